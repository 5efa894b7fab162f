"""Standard input and S3 as the real `openbook` takes them, with the real embedder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.integration.course_folder import course_text, write_course
from tests.integration.test_cli import openbook
from tests.s3 import BUCKET, Store, moto_server
from tests.terminal import environment


def test_standard_input_is_ingested_under_its_name_and_replaced_when_it_changed(tmp_path: Path) -> None:
    assert "1 added" in openbook(tmp_path, "ingest", "-", "--name", "notes.md", input=course_text(1)).stdout
    assert "1 changed" in openbook(tmp_path, "ingest", "-", "--name", "notes.md", input=course_text(2)).stdout
    (info,) = json.loads(openbook(tmp_path, "documents", "--json").stdout)
    assert [source["name"] for source in info["sources"]] == ["notes.md"]


def test_an_ingest_lets_other_programs_go_first(tmp_path: Path) -> None:
    write_course(tmp_path / "texts", 2)
    command = [sys.executable, "-m", "ui.cli", "ingest", str(tmp_path / "texts")]
    with subprocess.Popen(command, env=environment(tmp_path), stdout=subprocess.DEVNULL) as ingest:
        niceness = [0]
        while ingest.poll() is None:
            niceness.append(os.getpriority(os.PRIO_PROCESS, ingest.pid))
            time.sleep(0.01)
    assert max(niceness) >= 10


def test_standard_input_without_a_name_is_refused(tmp_path: Path) -> None:
    done = openbook(tmp_path, "ingest", "-", input=course_text(1))
    assert done.returncode == 2
    assert "--name" in done.stderr


def test_a_prefix_is_synced_through_the_settings_of_s3(tmp_path: Path, stand_in_credentials: None) -> None:
    with moto_server() as url:
        store = Store(url)
        store.empty()
        store.put(**{"physics/a.md": course_text(1)})

        def run(place: str) -> subprocess.CompletedProcess[str]:
            variables = {**environment(tmp_path), "OPENBOOK_S3_ENDPOINT_URL": url, "OPENBOOK_AWS_REGION": "us-east-1"}
            command = [sys.executable, "-m", "ui.cli", "sync", place]
            return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)

        assert "1 added" in run(f"s3://{BUCKET}/physics").stdout
        assert "1 unchanged" in run(f"s3://{BUCKET}/physics").stdout
        refused = run("s3://gone-bucket/physics")
        assert refused.returncode == 3
        assert "NoSuchBucket" in refused.stderr
        assert "Traceback" not in refused.stderr
