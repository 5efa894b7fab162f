"""Files of items: what all formats have in common, Anki's packages, and tables of cards."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.questions import read_questions
from rag.errors import ConfigError
from rag.quiz.items import CaseStudy, Cloze, Item, ItemType, Matching, Option, Ordering, Placement, options_of
from rag.study.carried import carried, remark
from rag.study.exports import FORMATS, Exported, write_export
from rag.study.exports.entries import answer, asked, entries, mixed
from tests.quiz_items import ALL_TYPES, case_study, choice, cloze, flashcard, matching, ordering, short_answer

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NASTY = "a<b> & {x} = ~y # z: \\n \\ 50% -> “q” ]]> --> {{c1::v}} [sound:a.mp3] *b* `c` | 1. λ\x07"
NASTY_ITEMS: tuple[Item, ...] = (
    choice(21, stem=NASTY, rationale=NASTY, options=tuple(
        Option(text=text, right=at == 0, rationale=text)
        for at, text in enumerate((f"%50%{NASTY}", "=1+1", "1. first", "# head"))
    )),
    cloze(22, stem=f"{NASTY} _____ {NASTY}", answers=("a*b = {c}::d }}", "x")),
    flashcard(23, stem=f"{NASTY}\n\nline two", back=NASTY),
    short_answer(24, answer="24 hours", key_facts=(("24 hours", "24 h"),)),
)  # fmt: skip
CARRYING = ("anki", "gift", "moodle", "qti", "markdown")


def exported(name: str, items: Sequence[Item] = ALL_TYPES, **given: Any) -> bytes:
    return write_export(name, Exported(items, given.pop("title", "Optics"), given.pop("at", NOON), **given)).content


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_items_give_the_same_bytes(name: str) -> None:
    assert exported(name) == exported(name)


@pytest.mark.parametrize("name", FORMATS)
def test_only_anki_files_hold_the_time_at_which_they_were_made(name: str) -> None:
    assert (exported(name) == exported(name, at=NOON + timedelta(days=1))) is (name != "anki")


@pytest.mark.parametrize("name", CARRYING)
@pytest.mark.parametrize("items", [ALL_TYPES, NASTY_ITEMS], ids=["plain", "nasty"])
def test_our_own_files_come_back_as_the_same_items(name: str, items: Sequence[Item]) -> None:
    read = read_questions(Path(f"x{FORMATS[name].suffix}"), exported(name, items))
    assert tuple(dict.fromkeys(one.item for one in read)) == tuple(items)


@pytest.mark.parametrize("name", ["gift", "moodle", "qti"])
def test_a_question_that_was_changed_in_the_file_is_read_as_it_stands(name: str) -> None:
    content = exported(name, [choice(1), choice(2)])
    if name == "qti":
        content = _changed_in_zip(content, b"What do lenses", b"What would lenses")
    else:
        content = content.replace(b"]What do lenses", b"]What would lenses")
        content = content.replace(b"CDATA[What do lenses", b"CDATA[What would lenses")
    first, second = read_questions(Path(f"x{FORMATS[name].suffix}"), content)
    assert first.item == choice(1)
    assert (second.item, second.stem) == (None, "What would lenses of kind 2 do?")
    assert [one.text for one in second.options if one.right] == [answer(choice(2))]


def _changed_in_zip(content: bytes, old: bytes, new: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w") as after:
        for one in before.infolist():
            after.writestr(one, before.read(one).replace(b"<prompt>" + old, b"<prompt>" + new))
    return made.getvalue()


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"There is no format 'word'.*gift"):
        exported("word")


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1), st.text())
@example("<!-- openbook-item {} -- -->", "openbook-item ")
def test_a_remark_holds_any_item_and_never_ends_a_comment(stem: str, title: str) -> None:
    item = choice(1, stem=stem, placement=Placement(domain=title))
    told = remark(item)
    assert "--" not in told
    assert "\n" not in told
    assert told.isascii()
    assert list(carried(f"<!-- {told} -->{told}")) == [item, item]


def test_a_remark_that_somebody_changed_is_passed_over() -> None:
    told = remark(choice(1)).replace(answer(choice(1)), "They give off heat")
    assert list(carried(f"{told}\n{remark(choice(2))}\nopenbook-item {{")) == [choice(2)]


def test_the_questions_of_a_case_study_stand_one_by_one_each_with_the_scenario() -> None:
    case = case_study(1)
    assert isinstance(case, CaseStudy)
    parts = entries([case])
    assert [part.whole for part in parts] == [case, case]
    assert all(part.item.stem.startswith(f"{case.stem}\n\n") for part in parts)
    assert len({part.item.id for part in parts}) == 2


@pytest.mark.parametrize("item", [ordering(1), ordering(2), matching(1), matching(2)])
def test_what_is_to_be_ordered_or_matched_is_never_shown_as_it_is_right(item: Any) -> None:
    right = list(item.steps if hasattr(item, "steps") else item.matches)
    assert sorted(mixed(item)) == sorted(right)
    assert mixed(item) != right
    assert mixed(item) == mixed(item)


# --- Anki -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Note:
    guid: str
    kind: int
    tags: list[str]
    fields: dict[str, str]
    front: str
    back: str


class Collection:
    """Reads an Anki package as Anki documents it, and renders its cards."""

    def __init__(self, package: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(package)) as archive, closing(sqlite3.connect(":memory:")) as database:
            assert json.loads(archive.read("media")) == {}
            database.deserialize(archive.read("collection.anki2"))
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            models, decks = database.execute("SELECT models, decks FROM col").fetchone()
            self.models = {int(number): model for number, model in json.loads(models).items()}
            self.decks = {int(number): deck["name"] for number, deck in json.loads(decks).items()}
            self.modified = [row[0] for row in database.execute("SELECT mod FROM notes")]
            rows = database.execute(
                "SELECT guid, mid, notes.tags, flds, did, ord FROM notes JOIN cards ON nid = notes.id ORDER BY due"
            ).fetchall()
        assert len(rows) == len(self.modified), "each note has one card"
        self.deck_ids = {row[4] for row in rows}
        self.notes = [self._note(*row) for row in rows]

    def _note(self, guid: str, kind: int, tags: str, fields: str, _: int, order: int) -> Note:
        model = self.models[kind]
        named = dict(zip((field["name"] for field in model["flds"]), fields.split("\x1f"), strict=True))
        template = model["tmpls"][order]
        front = self._render(template["qfmt"], named, "[...]")
        back = self._render(template["afmt"], {**named, "FrontSide": front}, None)
        return Note(guid, kind, tags.split(), named, front, back)

    @staticmethod
    def _render(template: str, fields: dict[str, str], gap: str | None) -> str:
        def fill(found: re.Match[str]) -> str:
            name = found[1].removeprefix("cloze:")
            if name == found[1]:
                return fields[name]
            return re.sub(r"{{c\d+::(.*?)(?:::.*?)?}}", lambda held: gap or held[1], fields[name])

        return re.sub(r"{{([^{}]+)}}", fill, template)


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(html: str) -> _Seen:
    parser = _Seen()
    parser.feed(html)
    parser.close()
    return parser


def test_an_anki_card_shows_the_question_first_and_then_key_reason_and_source() -> None:
    collection = Collection(exported("anki"))
    parts = entries(ALL_TYPES)
    assert [note.guid for note in collection.notes] == [part.item.id for part in parts]
    for note, part in zip(collection.notes, parts, strict=True):
        front, back = seen(note.front).text, seen(note.back).text
        if part.item.type != "cloze":
            assert all(line in front for line in (*part.item.stem.splitlines(), *asked(part.item)))
        assert part.item.rationale not in front
        assert part.item.rationale in back
        assert f"(openbook show {part.item.citations[0].reference})" in back


def test_a_gap_becomes_a_cloze_note_that_hides_its_answer() -> None:
    (note,) = Collection(exported("anki", [cloze(1)])).notes
    assert seen(note.front).text.strip() == "White light is split into mirrors 1 by [...]."
    assert "refraction (or: dispersion)" in seen(note.back).text


def test_signs_that_mean_something_to_anki_or_html_are_shown_as_they_are() -> None:
    for note in Collection(exported("anki", NASTY_ITEMS)).notes:
        shown = seen(note.front)
        assert shown.tags <= {"br", "div", "hr"}
        assert "[sound:" not in note.front + note.back
        assert note.guid == NASTY_ITEMS[3].id or NASTY.partition("{{")[0] in shown.text
    gap = Collection(exported("anki", NASTY_ITEMS)).notes[1]
    assert "a*b = {c}::d }} (or: x)" in seen(gap.back).text


def test_a_later_anki_file_updates_the_notes_of_an_earlier_one() -> None:
    before = Collection(exported("anki", [choice(1), cloze(2)]))
    after = Collection(exported("anki", [choice(1, rationale="Better told."), cloze(2)], at=NOON + timedelta(days=1)))
    assert [(note.guid, note.kind) for note in before.notes] == [(note.guid, note.kind) for note in after.notes]
    assert before.deck_ids == after.deck_ids
    assert max(before.modified) < min(after.modified)
    other = Collection(exported("anki", title="Waves"))
    assert other.deck_ids != before.deck_ids
    assert [other.decks[number] for number in other.deck_ids] == ["Waves"]


def test_anki_tags_tell_domain_objective_document_and_type() -> None:
    placed = choice(1, placement=Placement(blueprint="x", domain="Data Engineering", objective="Choose a store."))
    (note,) = Collection(exported("anki", [placed])).notes
    assert {"domain::Data_Engineering", "objective::Choose_a_store.", "document::optics.md",
            "type::multiple_choice"} <= set(note.tags)  # fmt: skip


# --- cards as tables ------------------------------------------------------------------------------------------------


def test_a_csv_file_has_term_and_definition_of_every_question() -> None:
    rows = list(csv.reader(io.StringIO(exported("csv").decode())))
    parts = entries(ALL_TYPES)
    assert len(rows) == len(parts)
    for (term, definition), part in zip(rows, parts, strict=True):
        assert term.startswith(" ".join(part.item.stem.split()))
        assert definition.startswith(answer(part.item))
        assert part.item.citations[0].reference in definition


@pytest.mark.parametrize("name", ["csv", "quizlet"])
def test_cards_of_ours_come_back_as_questions_of_their_types(name: str) -> None:
    items = [part.item for part in entries(ALL_TYPES)]
    drafts = read_questions(Path(f"x{FORMATS[name].suffix}"), exported(name))
    for draft, item in zip(drafts, items, strict=True):
        assert draft.type is (ItemType.FLASHCARD if item.type is ItemType.SHORT_ANSWER else item.type)
        assert (draft.stem, draft.told) == (" ".join(item.stem.split()), item.rationale)
        assert [(one.text, one.right) for one in draft.options] == [(one.text, one.right) for one in options_of(item)]
        if isinstance(item, Matching):
            assert (dict(draft.pairs), draft.decoys) == ({one.prompt: one.match for one in item.pairs}, item.decoys)
        elif isinstance(item, Ordering):
            assert tuple(step for step, _ in draft.pairs) == item.steps
        elif isinstance(item, Cloze):
            assert draft.answers == item.answers
        else:
            key = answer(item).lower() if item.type is ItemType.TRUE_FALSE else answer(item)
            assert draft.answers == (() if draft.options else (key,))


@pytest.mark.parametrize("stem", ["=HYPERLINK(1)", "+1+2", "-x", "@SUM(A1)"])
def test_a_cell_that_a_spreadsheet_would_compute_is_kept_from_it_and_read_back_without_the_mark(stem: str) -> None:
    content = exported("csv", [flashcard(1, stem=stem, back="-5.5%")])
    ((term, definition),) = csv.reader(io.StringIO(content.decode()))
    assert term == f"'{stem}"
    assert definition.startswith("'-5.5% —")
    assert read_questions(Path("x.csv"), content)[0].stem == stem


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1).filter(str.strip), st.text(min_size=1))
def test_the_form_for_quizlet_has_one_line_a_card_and_one_tab_in_it(stem: str, back: str) -> None:
    content = exported("quizlet", [flashcard(1, stem=stem, back=back), choice(2)]).decode()
    assert content.count("\n") == 2
    assert [line.count("\t") for line in content.split("\n")] == [1, 1, 0]
