"""Files of questions that are damaged, hostile, or not what their names say."""

from __future__ import annotations

import io
import sqlite3
import time
import zipfile
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.questions import QUESTION_READERS, read_questions
from ingest.questions.texts import out_of_html
from rag.errors import IngestError
from rag.study.exports import FORMATS
from tests.quiz_items import choice
from tests.unit.test_exports import exported

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<quiz><question type="essay"><questiontext><text>&b;</text></questiontext></question></quiz>"""
SECRETS = b"""<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question type="essay">
<questiontext><text>&x;</text></questiontext></question></quiz>"""
FETCHED = b'<!DOCTYPE quiz SYSTEM "http://127.0.0.1:1/quiz.dtd"><quiz/>'


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def collection(*statements: str) -> bytes:
    with closing(sqlite3.connect(":memory:")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
        return zipped({"collection.anki2": database.serialize()})


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS id, 'a' AS flds FROM n"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("x.docx", b"", "questions are not read from '.docx' files; valid are .apkg, .csv"),
        ("x.gift", b"\xff\xfa", "no text in UTF-8"),
        ("x.gift", b"nothing is asked here", "holds no questions"),
        ("x.md", b"# A text\n\nWithout items.", "holds no questions"),
        ("x.csv", b"", "holds no questions"),
        ("x.csv", b"a," + b"x" * 200_000, "no table of two columns"),
        ("x.xml", b"<quiz><question>", "damaged or no XML"),
        ("x.xml", b"", "damaged or no XML"),
        ("x.xml", b"<html><body/></html>", "its root is <html>; read are Moodle's XML"),
        ("x.xml", LAUGHS, "declares a document type"),
        ("x.xml", SECRETS, "declares a document type"),
        ("x.xml", FETCHED, "declares a document type"),
        ("x.xml", b"<a>" * 1000 + b"</a>" * 1000, "nested deeper"),
        ("x.xml", b"<quiz>" + b"<a/>" * 500_000 + b"</quiz>", "larger than files of questions"),
        ("x.zip", b"PK no archive", "the archive is damaged"),
        ("x.zip", zipped({"a.xml": b"<x/>"})[:-30], "the archive is damaged"),
        ("x.zip", zipped({"a.xml": b" " * 30_000_000}), "expands to 30 MB"),
        ("x.zip", zipped({"items/a.xml": LAUGHS}), "declares a document type"),
        ("x.zip", zipped({f"{at}.xml": b"" for at in range(5001)}), "too many members"),
        ("x.zip", zipped({"a.xml": b"<x/>"}, zipfile.ZIP_BZIP2), "compressed in a way that is not read"),
        ("x.apkg", zipped({"media": b"{}"}), "no Anki package"),
        ("x.apkg", zipped({"collection.anki21b": b"", "collection.anki2": b""}), "Support older Anki versions"),
        ("x.apkg", zipped({"collection.anki2": b"SQLite format 3\0" + b"\0" * 200}), "is damaged"),
        ("x.apkg", collection("CREATE TABLE cards (id)"), "is damaged"),
        ("x.apkg", collection(f"CREATE VIEW notes AS {ENDLESS}"), "is damaged"),
        ("x.apkg", collection("CREATE TABLE s (id, flds)", "CREATE VIEW notes AS SELECT * FROM s"), "is damaged"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(name: str, content: bytes, why: str) -> None:
    with pytest.raises(IngestError, match=why.replace("(", r"\(")):
        read_questions(Path(name), content)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 10_000), st.integers(1, 60))
@pytest.mark.parametrize("name", ["anki", "gift", "moodle", "qti", "markdown", "csv"])
def test_a_file_with_bytes_knocked_out_is_read_or_refused(name: str, noise: bytes, at: int, cut: int) -> None:
    content = exported(name, [choice(1)])
    at %= len(content)
    broken = content[:at] + noise + content[at + cut :]
    try:
        drafts = read_questions(Path(f"x{FORMATS[name].suffix}"), broken)
    except IngestError:
        return
    assert {one.item.id for one in drafts if one.item} <= {choice(1).id}


@pytest.mark.parametrize(
    ("piece", "end"),
    [("{", ""), ("{~", "}"), ("{=a -> ", "}"), ("<", "{=x ~y}"), ("<!--", "{=x ~y}"), ("<b ", "{=x ~y}"),
     ("<script>", "{=x ~y}"), ("\\", "{=x ~y}"), ("::", "{=x ~y}"), ("%", "{=x ~y}"), ("openbook-item [", "{=x ~y}"),
     ("// openbook-item {\"a\":", "\n{=x ~y}")],
)  # fmt: skip
def test_text_that_is_as_long_as_it_is_crooked_is_read_at_once(piece: str, end: str) -> None:
    began = time.process_time()
    with suppress(IngestError):
        read_questions(Path("x.gift"), (piece * 100_000 + end).encode())
    assert time.process_time() - began < 5


def test_html_is_read_as_a_browser_shows_it() -> None:
    html = (
        "a &lt;b&gt; <!-- <p>no</p> -->c<style>p {x: 1}</style>d<br/>e < f<P class='x'>g</P><b>h</b>i &amp; j<!x>k 3<4"
    )
    assert out_of_html(html) == "a <b> cd\ne < f\ng\nhi & jk 3<4"


def test_every_reader_is_there() -> None:
    for suffix in QUESTION_READERS:
        with pytest.raises(IngestError):
            read_questions(Path(f"x{suffix}"), b"")


@pytest.mark.parametrize(
    "content",
    [
        'term,definition\nlens,"bends, light"\n\n  ,x\nprism,splits\n',
        "lens;bends, light\nprism;splits\n",
        "lens\tbends, light\tmore\nprism\tsplits\n",
        "\ufefflens\tbends, light\r\nprism\tsplits",
    ],
)
def test_two_columns_are_cards_whatever_parts_them(content: str) -> None:
    for suffix in (".csv", ".txt") if "\t" in content else (".csv",):
        cards = read_questions(Path(f"x{suffix}"), content.encode())
        assert [(one.stem, one.answers) for one in cards] == [("lens", ("bends, light",)), ("prism", ("splits",))]


def test_headers_are_no_cards_wherever_they_stand() -> None:
    cards = read_questions(Path("x.csv"), b"lens,bends\nTerm,Definition\nQuestion,Answer\nTerm,word\n")
    assert [one.stem for one in cards] == ["lens", "Term"]


GIFT = b"What bends? {=lens ~wall}\n\nWhat is lost? {=lens ~wall\n\nTold.\n\n$CATEGORY: a{b}\n\nWhat splits? {=prism}"
MOODLE = (
    b"<quiz><question type='category'/><question type='description'/>"
    b"<question type='calculated'><questiontext><text>How far?</text></questiontext></question>"
    b"<question type='truefalse'><questiontext><text>Light bends.</text></questiontext>"
    b"<answer fraction='100'><text>true</text></answer></question></quiz>"
)


@pytest.mark.parametrize(
    ("name", "content", "read"),
    [
        ("x.gift", GIFT, ["", "Its { is not closed by } before the next empty line.", ""]),
        ("x.xml", MOODLE, ["Questions of the type 'calculated' are not read.", ""]),
    ],
)
def test_a_question_that_is_not_read_is_told_of(name: str, content: bytes, read: list[str]) -> None:
    drafts = read_questions(Path(name), content)
    assert [one.unread for one in drafts] == read
    assert [one.place for one in drafts] == [f"question {at}" for at in range(1, len(read) + 1)]


def test_notes_of_other_decks_are_cards_without_their_markup() -> None:
    deck = collection(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, flds TEXT)",
        "INSERT INTO notes VALUES (2, '<b>lens</b>' || char(31) || 'bends&nbsp;light<br>twice')",
        "INSERT INTO notes VALUES (1, 'alone')",
    )
    cards = read_questions(Path("x.apkg"), deck)
    assert [(one.stem, one.answers) for one in cards] == [("alone", ()), ("lens", ("bends light\ntwice",))]
