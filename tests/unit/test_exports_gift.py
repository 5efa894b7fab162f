"""GIFT, held against its grammar as gift-pegjs has it, restated here, and read back by our own reader.

https://github.com/fuhrmanator/GIFT-grammar-PEG.js
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.questions import read_questions
from rag.quiz.items import ItemType, Option, Placement, options_of
from rag.study.exports.entries import entries
from tests.quiz_items import ALL_TYPES, choice, cloze, matching, response
from tests.unit.test_exports import NASTY, NASTY_ITEMS, exported

CHAR = r"(?:\\[\\:#={}~n]|[^=~#{}\\:\n]|\n(?![ \t]*\n)|\\)"
RICH = rf"(?:\[(?:html|markdown|plain|moodle)\])?\s*{CHAR}+"
LEFT = rf"(?:\[(?:html|markdown|plain|moodle)\])?\s*(?:(?!->){CHAR})*"
FEEDBACK = rf"#(?!###)\s*(?:{RICH})?"
CHOICE = rf"\s*(?P<sign>[=~])\s*(?:%(?P<weight>-?\d+(?:\.\d+)?)%)?\s*(?P<text>{RICH})(?:{FEEDBACK})?\s*"
MATCH = rf"\s*=\s*(?P<left>{LEFT})->\s*(?P<right>{CHAR}+)\s*"
CHOICES, MATCHES = (re.sub(r"\?P<\w+>", "?:", one) for one in (CHOICE, MATCH))
ANSWERS = (
    rf"(?:(?P<matches>(?:{MATCHES})+)|(?P<truth>TRUE|FALSE|T|F)(?:{FEEDBACK}){{0,2}}|(?P<choices>(?:{CHOICES})+)|)"
)
TITLE = r"::(?:(?!::)(?:\\[\\:#={}~n]|[^=~#{}\\:]))+::"
QUESTION = re.compile(
    rf"(?P<comments>(?://[^\n]*\n)*)(?:{TITLE})?\s*(?P<stem>{RICH})\{{\s*{ANSWERS}\s*(?P<told>####\s*{RICH})?\s*\}}"
)


def grammatical(content: bytes) -> list[re.Match[str]]:
    """Return the questions of a file, each as the grammar parts it."""
    found = []
    for block in re.split(r"\n[ \t]*\n", content.decode().strip()):
        if not block.startswith("$CATEGORY: "):
            parted = QUESTION.fullmatch(block)
            assert parted, block
            found.append(parted)
    return found


def read(text: str) -> str:
    """Return what a reader sees of a text in the format [html]."""
    shown = re.sub(r"\\([\\:#={}~])", r"\1", text.strip().removeprefix("[html]"))
    return " ".join(unescape(shown.replace("<br>", " ")).split())


def test_every_type_of_item_stands_by_the_grammar() -> None:
    parted = grammatical(exported("gift"))
    kinds = ["choices" if one["choices"] else "matches" if one["matches"] else one["truth"] or "open" for one in parted]
    assert kinds == [
        "choices", "choices", "FALSE", "matches", "matches", "open", "choices", "open", "choices", "choices",
    ]  # fmt: skip
    assert [read(one["stem"]) for one in parted] == [" ".join(one.item.stem.split()) for one in entries(ALL_TYPES)]


def test_signs_of_gift_and_of_html_are_text_in_what_is_asked() -> None:
    (parted, *_) = grammatical(exported("gift", NASTY_ITEMS))
    assert read(parted["stem"]) == NASTY.replace("\x07", "\ufffd")
    found = [(one["sign"], read(one["text"])) for one in re.finditer(CHOICE, parted["choices"])]
    wanted = [("=" if one.right else "~", one.text.replace("\x07", "\ufffd")) for one in options_of(NASTY_ITEMS[0])]
    assert found == wanted


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1).filter(str.strip), st.text(min_size=1).filter(str.strip))
@example("a -> b", "%50%x")
@example("// no comment", "$CATEGORY: none")
def test_any_text_stands_by_the_grammar_and_is_read_back(stem: str, text: str) -> None:
    item = choice(1, stem=stem, options=(Option(text=text, right=True), Option(text="no", right=False)))
    content = exported("gift", [item])
    (parted,) = grammatical(content)
    assert "#" not in re.sub(r"\\#", "", parted["choices"])
    (draft,) = read_questions(Path("x.gift"), content)
    assert draft.item == item


def test_of_several_right_choices_each_has_its_share_and_a_wrong_one_takes_all() -> None:
    (parted,) = grammatical(exported("gift", [response(1)]))
    weights = [float(one["weight"]) for one in re.finditer(CHOICE, parted["choices"])]
    assert weights == [50, 50, -100, -100, -100]


def test_decoys_are_matches_without_a_prompt() -> None:
    (parted,) = grammatical(exported("gift", [matching(1)]))
    found = [(read(one["left"]), read(one["right"])) for one in re.finditer(MATCH, parted["matches"])]
    assert found[-1] == ("", "heats")
    assert found[0] == ("Mirror", "reflects")


def test_the_title_and_each_domain_are_a_category() -> None:
    placed = [choice(at, placement=Placement(domain=name)) for at, name in enumerate(("Data/Storage", "ML", "ML"))]
    content = exported("gift", placed, title="My\nexam").decode()
    assert re.findall(r"^\$CATEGORY: (.*)$", content, re.MULTILINE) == ["My exam/Data//Storage", "My exam/ML"]


def test_questions_as_others_write_them_are_read() -> None:
    content = rb"""// a remark
$CATEGORY: history

::Grant::Who is buried in Grant's tomb?{~Grant#no ~%50%Jefferson =no one # right \= so ####Because.}

Grant is {~buried =entombed} in Grant's tomb.

The sun rises in the east.{T#Look again.}

Two of these are primes:{~%50%2 ~%50%3 ~%-100%4 ~6}

Match.{=Canada -> Ottawa =Italy -> Rome = -> Bonn}

When was Grant born?{#1822:5}

2 + 2 \= ? {=4 =four =%50%five}

[plain]a <b> c?{=yes \* no}

Write of it.{####It is <b>long</b>.}

only a description
"""
    found = read_questions(Path("others.gift"), content)
    kinds = ItemType
    assert [one.type for one in found] == [
        kinds.MULTIPLE_CHOICE, kinds.MULTIPLE_CHOICE, kinds.TRUE_FALSE, kinds.MULTIPLE_RESPONSE, kinds.MATCHING,
        kinds.SHORT_ANSWER, kinds.SHORT_ANSWER, kinds.SHORT_ANSWER, kinds.FLASHCARD,
    ]  # fmt: skip
    grant, entombed, sun, primes, match, born, two, plain, essay = found
    assert [(one.text, one.right, one.told) for one in grant.options] == [
        ("Grant", False, "no"), ("Jefferson", False, ""), ("no one", True, "right = so"),
    ]  # fmt: skip
    assert (grant.stem, grant.told) == ("Who is buried in Grant's tomb?", "Because.")
    assert entombed.stem == "Grant is _____ in Grant's tomb."
    assert (sun.answers, sun.told) == (("true",), "Look again.")
    assert [one.right for one in primes.options] == [True, True, False, False]
    assert (match.pairs, match.decoys) == ((("Canada", "Ottawa"), ("Italy", "Rome")), ("Bonn",))
    assert born.answers == ("1822",)
    assert (two.stem, two.answers) == ("2 + 2 = ?", ("4", "four"))
    assert (plain.stem, plain.answers) == ("a <b> c?", ("yes * no",))
    assert essay.answers == ("It is long.",)


def test_an_asterisk_in_an_answer_is_no_wildcard() -> None:
    content = exported("gift", [cloze(1, answers=("a*b",))]).decode()
    assert "\n=a\\\\*b\n" in content


@pytest.mark.parametrize("text", ["{", "}", "a{b", "::", "{}", "{#}", "{=}", "{~}", "{->=}", "x{#=%a%}", "\\", "{=\\}"])
def test_a_broken_question_costs_no_other(text: str) -> None:
    found = read_questions(Path("x.gift"), f"{text}\n\ngood{{=a ~b}}".encode())
    assert [(one.text, one.right) for one in found[-1].options] == [("a", True), ("b", False)]
