"""`openbook watch` in a process of its own, with the real embedder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.course_folder import course_text, write_course
from tests.integration.test_cli import openbook
from tests.terminal import environment
from tests.unit.test_page_pictures import LOCKED

_SECONDS = 120


class Watch:
    def __init__(self, home: Path, folder: Path, *options: str) -> None:
        self._log = home / "log.txt"
        self._seen = 0
        command = [sys.executable, "-m", "ui.cli", "watch", str(folder), "--course", "physics", *options]
        with self._log.open("w") as log:
            self.process = subprocess.Popen(command, env=environment(home), stdout=log, stderr=subprocess.STDOUT)

    @property
    def told(self) -> str:
        return self._log.read_text()

    def wait_for(self, *words: str) -> None:
        """Wait until all of these are told, each after what earlier calls waited for."""
        deadline = time.monotonic() + _SECONDS
        while not all(word in self.told[self._seen :] for word in words):
            assert self.process.poll() is None, self.told
            assert time.monotonic() < deadline, f"{words} not told: {self.told}"
            time.sleep(0.1)
        self._seen = len(self.told)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_course(tmp_path / "texts", 2)
    return tmp_path / "texts"


@pytest.fixture
def watch(tmp_path: Path, folder: Path) -> Iterator[Watch]:
    watch = Watch(tmp_path, folder)
    yield watch
    watch.process.kill()
    watch.process.wait()


@pytest.mark.slow
def test_a_watched_folder_and_the_library_stay_in_step_until_ctrl_c(tmp_path: Path, folder: Path, watch: Watch) -> None:
    watch.wait_for("2 added", "Watching")
    assert os.getpriority(os.PRIO_PROCESS, watch.process.pid) >= 10, "questions go first"
    (folder / "new.md").write_text(course_text(7))
    watch.wait_for("added: new.md")
    (folder / "bad.md").write_bytes(b"")
    (folder / ".hidden.md").write_text(course_text(8))
    watch.wait_for("bad.md: the file is empty")
    (folder / "0000.md").write_text(course_text(9))
    (folder / "0001.md").unlink()
    (folder / "new.md").rename(folder / "renamed.md")
    watch.wait_for("changed: 0000.md", "removed: 0001.md", "removed: new.md", "known under another name: renamed.md")
    assert watch.told.count("bad.md") == 1, "a trouble is told once"
    watch.process.send_signal(signal.SIGINT)
    assert watch.process.wait(_SECONDS) == 130
    assert "Traceback" not in watch.told
    assert "hidden" not in watch.told
    listed = openbook(tmp_path, "documents").stdout
    assert "0000.md" in listed
    assert "renamed.md" in listed
    assert "0001.md" not in listed


@pytest.mark.slow
def test_a_folder_that_goes_away_ends_the_watch_with_its_reason_and_keeps_what_the_library_holds(
    tmp_path: Path, folder: Path, watch: Watch
) -> None:
    watch.wait_for("Watching")
    folder.rename(tmp_path / "moved")
    assert watch.process.wait(_SECONDS) == 2
    assert "is not a folder" in watch.told
    assert "0000.md" in openbook(tmp_path, "documents").stdout


def test_a_folder_that_is_not_there_cannot_be_watched(tmp_path: Path) -> None:
    done = openbook(tmp_path, "watch", str(tmp_path / "gone"))
    assert done.returncode == 2
    assert "is not a folder" in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not LOCKED.is_file(), reason="needs ../shared/data")
def test_a_watch_tries_the_password_that_it_was_given(tmp_path: Path, folder: Path) -> None:
    (folder / "locked.pdf").write_bytes(LOCKED.read_bytes())
    watch = Watch(tmp_path, folder, "--password", "openpassword")
    try:
        watch.wait_for("3 added", "Watching")
    finally:
        watch.process.kill()
        watch.process.wait()
