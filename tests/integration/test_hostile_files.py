"""Files as they come: those at hand, bombs in each format, what a pen knife makes of them, and archives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.batch import EMBED_BATCH
from ingest.parse.frames import Job, Parsed
from ingest.parse.pool import Limits, Parsers
from ingest.pipeline import Ingestor
from ingest.readers import READERS, ReadOptions
from ingest.sources import find_sources
from rag.errors import IngestError
from rag.ports import Vectors
from tests.fakes import HashEmbedder
from tests.hostile_readers import named
from tests.integration.course_folder import course_text, ingest, opened, settings_at

ROOT = Path(__file__).parents[2]
FILES = ROOT.parent / "shared" / "data" / "files"
needs_files = pytest.mark.skipif(not FILES.is_dir(), reason="needs the test material in ../shared/data")
NAMES = sorted(path.relative_to(FILES).as_posix() for path in FILES.glob("*/*"))
REFUSED = {
    "pdf/2206.01062_pg3.pdf": "password-protected",
    "pdf/libreoffice-writer-password.pdf": "password-protected",
    "pdf/unreadablemetadata.pdf": "damaged",
    "pptx/powerpoint_bad_text.pptx": "nothing to learn from",
    "pptx/powerpoint_malformed_pictures.pptx": "nothing to learn from",
}
SCANNED = "pdf/ocr_test.pdf"
MUTATIONS = int(os.environ.get("OPENBOOK_TEST_MUTATIONS", "500"))
MUTATED = [name for name in NAMES if name != SCANNED and (FILES / name).stat().st_size < 100_000]
MB = 1_000_000


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    with Parsers(1) as pool:
        yield pool


def parse(parsers: Parsers, name: str, raw: bytes) -> Parsed:
    return parsers.submit(Job(name, "", "id", 900, ReadOptions(ocr_language=""), READERS), raw).result()


def outcome(parsers: Parsers, name: str, raw: bytes) -> str:
    """Return the text of a file, or why it is refused."""
    try:
        return parse(parsers, name, raw).document.text
    except IngestError as error:
        return error.reason


@needs_files
@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if name != SCANNED])
def test_every_file_at_hand_is_read_or_refused_with_its_reason(parsers: Parsers, name: str) -> None:
    raw = (FILES / name).read_bytes()
    if name in REFUSED:
        with pytest.raises(IngestError, match=REFUSED[name]):
            parse(parsers, name, raw)
    else:
        parsed = parse(parsers, name, raw)
        assert all(chunk.text for chunk in parsed.chunks)
        assert len(parsed.document.layout) > 0 or not name.endswith(".pdf")


@needs_files
def test_a_scanned_page_without_recognition_is_refused_as_such(parsers: Parsers) -> None:
    with pytest.raises(IngestError, match=r"no page has text.*scanned"):
        parse(parsers, SCANNED, (FILES / SCANNED).read_bytes())


cuts = st.lists(
    st.one_of(
        st.tuples(st.just("truncate"), st.floats(0, 1), st.just(0), st.just(b"")),
        st.tuples(st.just("flip"), st.floats(0, 1), st.integers(1, 255), st.just(b"")),
        st.tuples(st.just("splice"), st.floats(0, 1), st.integers(0, 4000), st.binary(max_size=40)),
    ),
    min_size=1,
    max_size=6,
)


def mutated(raw: bytes, steps: list[tuple[str, float, int, bytes]], other: bytes) -> bytes:
    """Return a file that was truncated, had bits flipped, or parts of it and of another file spliced in."""
    for kind, where, number, new in steps:
        at = int(where * len(raw))
        if kind == "truncate":
            raw = raw[:at]
        elif kind == "flip":
            raw = raw[:at] + bytes(byte ^ number for byte in raw[at : at + 1]) + raw[at + 1 :]
        else:
            begin = int(where * len(other))
            raw = raw[:at] + (new or other[begin : begin + number]) + raw[at + number :]
    return raw


@needs_files
@pytest.mark.slow
@settings(max_examples=MUTATIONS, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.sampled_from(MUTATED or [""]), st.sampled_from(MUTATED or [""]), cuts)
def test_mutated_files_are_read_or_refused(
    parsers: Parsers, name: str, other: str, steps: list[tuple[str, float, int, bytes]]
) -> None:
    raw = mutated((FILES / name).read_bytes(), steps, (FILES / other).read_bytes())
    told = outcome(parsers, name, raw)
    assert "cannot be understood" not in told
    assert "longer than" not in told


def packed(parts: Mapping[str, bytes]) -> bytes:
    raw = BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return raw.getvalue()


LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a '"
    + "lol " * 20
    + "'>"
    + "".join(f"<!ENTITY {name} '{f'&{inner};' * 20}'>" for inner, name in zip("abcdefg", "bcdefgh", strict=True))
    + "]>"
)


SAID = "Light is fast here."


def saying(name: str, said: str, doctype: str = "") -> bytes:
    """Return an office file that says something else, with a document type in the part that says it."""
    make, part = OFFICE[name]
    raw = make()
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    declaration, begun, rest = parts[part].decode().rpartition("?>")
    assert SAID in rest
    return packed({**parts, part: f"{declaration}{begun}{doctype}{rest.replace(SAID, said)}".encode()})


def word() -> bytes:
    from docx import Document

    written = BytesIO()
    document = Document()
    document.add_paragraph(SAID)
    document.save(written)
    return written.getvalue()


def slides() -> bytes:
    from pptx import Presentation

    written = BytesIO()
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes[1].text_frame.text = SAID
    show.save(written)
    return written.getvalue()


def sheet() -> bytes:
    from openpyxl import Workbook

    written = BytesIO()
    book = Workbook()
    book.active.append(["what", "how"])
    book.active.append(["light", SAID])
    book.save(written)
    return written.getvalue()


OFFICE = {
    "a.docx": (word, "word/document.xml"),
    "a.pptx": (slides, "ppt/slides/slide1.xml"),
    "a.xlsx": (sheet, "xl/worksheets/sheet1.xml"),
}


def entity_reaches(parsers: Parsers, name: str, doctype: str, entity: str) -> str:
    """Name an entity in a file; return its text, or why it is refused."""
    return outcome(parsers, name, saying(name, f"{SAID} &{entity};", doctype))


@pytest.mark.parametrize("name", OFFICE)
def test_entities_within_office_files_do_not_expand(name: str) -> None:
    with Parsers(1, Limits(memory_mb=300, timeout_s=60)) as small:
        told = entity_reaches(small, name, LAUGHS, "h")
    assert "lol lol" not in told
    assert "memory" not in told
    assert "longer" not in told


@pytest.mark.parametrize("name", OFFICE)
def test_entities_outside_office_files_are_not_read(parsers: Parsers, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("key-4711")
    doctype = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    assert "key-4711" not in entity_reaches(parsers, name, doctype, "s")


def test_entities_of_web_pages_do_not_expand(parsers: Parsers) -> None:
    page = f"{LAUGHS.replace('DOCTYPE x', 'DOCTYPE html')}<html><body><p>Light is fast here. &h;</p></body></html>"
    assert "lol lol" not in parse(parsers, "a.html", page.encode()).document.text


@pytest.mark.parametrize("name", OFFICE)
def test_office_files_that_are_bombs_stay_within_their_memory(name: str) -> None:
    raw = saying(name, SAID + " " * 100 * MB)
    assert len(raw) < 2 * MB
    with Parsers(1, Limits(memory_mb=128, timeout_s=60)) as small, pytest.raises(IngestError) as told:
        parse(small, name, raw)
    assert told.value.reason


def test_an_archive_is_ingested_member_by_member_and_synced(tmp_path: Path) -> None:
    folder, home, embedder = tmp_path / "texts", tmp_path / "home", HashEmbedder()
    folder.mkdir()
    texts = {f"week{number}/a.md": course_text(number).encode() for number in range(3)}
    (folder / "all.zip").write_bytes(packed({**texts, "../out.md": b"text", "bad.md": b"\0"}))
    with opened(home, embedder) as library:
        ingestor = Ingestor(library, embedder, settings_at(home))

        def names() -> list[str]:
            return sorted(info.name for info in library.documents())

        first = ingestor.sync(folder)
        assert (first.added, [(Path(path).name, reason) for path, reason in first.failed]) == (
            3,
            [
                ("out.md", "its name leads out of the archive"),
                ("bad.md", "the file is binary, not text; save it as text or Markdown"),
            ],
        )
        assert names() == [f"all.zip/week{number}/a.md" for number in range(3)]
        assert ingestor.sync(folder).unchanged == 3
        (folder / "all.zip").write_bytes(packed(texts)[:-30])
        assert next(reason for _, reason in ingestor.sync(folder).failed).startswith("the archive is damaged")
        assert len(names()) == 3, "what an archive held that cannot be opened is kept"
        del texts["week1/a.md"]
        (folder / "all.zip").write_bytes(packed(texts))
        assert ingestor.sync(folder).removed == 1
        assert names() == ["all.zip/week0/a.md", "all.zip/week2/a.md"]


def test_a_file_called_otherwise_is_read_with_a_warning_and_copies_of_a_bad_file_fail_each(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "a.pdf").write_text("<!doctype html><html><body><p>Light is fast here.</p></body></html>")
    for name in ("b.md", "c.md"):
        (texts / name).write_bytes(b"\0")
    (texts / "d.md").write_text("The same light.")
    (texts / "e.md").write_text("The same light.")
    report = ingest(tmp_path / "home", texts)
    assert report.warnings == ("a.pdf: read as .html, which it is, whatever its name says",)
    assert (report.added, report.duplicates) == (2, 1)
    assert [Path(path).name for path, _ in report.failed] == ["b.md", "c.md"]


class Patient(HashEmbedder):
    """Embeds only after a file is there."""

    def __init__(self, awaited: Path) -> None:
        super().__init__()
        self.awaited = awaited

    def embed(self, texts: Sequence[str]) -> Vectors:
        until = time.monotonic() + 60
        while not self.awaited.exists() and time.monotonic() < until:
            time.sleep(0.01)
        assert self.awaited.exists()
        return super().embed(texts)


def test_files_are_parsed_while_others_are_embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READERS, ".hostile", named("touch"))
    texts, touched = tmp_path / "texts", tmp_path / "touched"
    texts.mkdir()
    (texts / "a.md").write_text(course_text(1, 300))
    (texts / "b.hostile").write_text(str(touched))
    embedder = Patient(touched)
    with opened(tmp_path / "home", embedder) as library:
        report = Ingestor(library, embedder, settings_at(tmp_path / "home")).ingest(find_sources([texts]))
    assert report.added == 2
    assert report.chunks > EMBED_BATCH


INTERRUPTED = """
import sys
from pathlib import Path
from ingest.readers import READERS
from tests.hostile_readers import named
from tests.integration.course_folder import ingest

READERS[".hostile"] = named("hang")
try:
    ingest(Path(sys.argv[1]), Path(sys.argv[2]))
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_control_c_leaves_no_child_behind(tmp_path: Path) -> None:
    texts, told = tmp_path / "texts", tmp_path / "process"
    texts.mkdir()
    (texts / "a.hostile").write_text(str(told))
    command = [sys.executable, "-c", INTERRUPTED, str(tmp_path / "home"), str(texts)]
    with subprocess.Popen(command, cwd=ROOT) as run:
        while not told.exists() or not told.read_text():
            assert run.poll() is None
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        assert run.wait(60) == 130
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)
