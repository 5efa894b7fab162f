"""What a reader says of pages, from the file to the library and the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.readers import READERS
from ingest.sources import find_sources
from tests import hostile_readers
from tests.integration.course_folder import ingest, opened


def test_pages_labels_layout_warnings_and_the_file_of_what_is_shown_by_pages_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(READERS, ".paged", hostile_readers.named("pages"))
    (tmp_path / "slides.paged").write_text("the file itself")
    (tmp_path / "notes.md").write_text("# Notes\n\nA lens bends light.")
    assert len(find_sources([tmp_path]).files) == 2
    report = ingest(tmp_path / "home", tmp_path)
    assert (report.failed, report.warnings) == ((), ("slides.paged: page 3 is a picture",))
    with opened(tmp_path / "home") as library:
        notes, slides = library.documents()
        assert library.original(slides.id) == b"the file itself"
        document = library.document(slides.id)
        assert [(page.number, page.label) for page in document.pages] == [(1, ""), (2, "ii")]
        words = [(document.text[word.start : word.end], word.box.page) for word in library.layout(slides.id)]
        assert words == [("Half", 1), ("On", 2)]
        assert library.original(notes.id) is None
        assert len(library.layout(notes.id)) == 0
