"""Writes the files of the course with their manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.course_files.guide import GUIDE_TITLE, write_guide
from tests.course_files.handbook import HANDBOOK_TITLE, write_handbook
from tests.course_files.slides import SLIDES_TITLE, write_slides

FOLDER = Path(__file__).resolve().parents[2] / "evals" / "courses" / "files"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    modules = []
    for name, title, write in (
        ("serving-handbook.pdf", HANDBOOK_TITLE, write_handbook),
        ("streaming-slides.pptx", SLIDES_TITLE, write_slides),
        ("data-quality-guide.docx", GUIDE_TITLE, write_guide),
    ):
        raw = write()
        (FOLDER / name).write_bytes(raw)
        sha256 = hashlib.sha256(raw).hexdigest()
        modules.append({"path": name, "title": title, "licence": "CC-BY-4.0", "sha256": sha256})
    manifest = {"course": "files", "title": "Three course files", "licence": "CC-BY-4.0", "modules": modules}
    (FOLDER / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


main()
