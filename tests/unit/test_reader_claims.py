"""Claims of our own: statements made of keyed questions, and sentences changed in one thing."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from evals.items import Split
from evals.peers.items import load_textbook
from evals.perturb import CHANGES
from evals.reader.claims import (
    WINDOW,
    as_statement,
    changed_claims,
    keyed_claims,
    nearest_window,
    own_claims,
    without_markup,
)
from evals.reader.written import are_new, is_held_document
from evals.suites import SUITES

SECTION = "A heron is a bird. It fishes in shallow rivers at dawn. " + "Reeds grow there. " * 60


@pytest.mark.parametrize(
    ("stem", "option", "statement"),
    [
        ("A heron eats ________ at dawn.", "fish", "A heron eats fish at dawn."),
        ("A heron is a(n) ________.", "animal", "A heron is an animal."),
        ("When a heron fishes, it", "stands still", "When a heron fishes, it stands still."),
        ("Herons nest in:", "trees.", "Herons nest in trees."),
        ("Which bird is found in shallow rivers?", "heron", "Heron is found in shallow rivers."),
        ("What is the colour of a heron?", "grey", "Grey is the colour of a heron."),
        ("Which of the following is a bird?", "a heron", "A heron is a bird."),
        ("Which of these statements about herons is true?", "They fish at dawn.", "They fish at dawn."),
    ],
)
def test_stem_and_option_become_a_sentence(stem: str, option: str, statement: str) -> None:
    assert as_statement(stem, option) == statement


@pytest.mark.parametrize(
    "stem",
    [
        "Which of these is not a bird?",
        "All birds ________ EXCEPT",
        "What is the heron made of?",
        "Which bird is the heron related to?",
        "Which fish does a heron eat?",
        "Herons stand still. Why?",
        "________ eat ________.",
        "How many eggs does a heron lay?",
    ],
)
def test_where_the_sentence_might_not_mean_the_same_none_is_made(stem: str) -> None:
    assert as_statement(stem, "fish") == ""


def module(split: Split, *, held: bool) -> str:
    """Return the name of a module whose questions lie in a split, and that is kept from the reader or not."""
    return next(
        name
        for name in (f"m{number}" for number in range(500))
        if split_of(name) is split and is_held_document(f"b/{name}.md") is held
    )


def split_of(name: str) -> Split:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mcq.jsonl"
        path.write_text(json.dumps({"id": name, "book": "b", "module": name, "section": "S", "stem": "Q?"}), "utf-8")
        return load_textbook(path)[0].split


def keyed(tmp_path: Path, name: str, **changed: object) -> list[tuple[str, str]]:
    row = {
        "id": f"b/{name}/0", "book": "b", "module": name, "section": "Herons", "answer": 1,
        "stem": "A heron fishes in ________.", "options": ["the sea", "shallow rivers", "reeds", "the deep sea"],
    }  # fmt: skip
    path = tmp_path / "mcq.jsonl"
    path.write_text(json.dumps(row | changed), "utf-8")
    claims = keyed_claims(path, {f"b/{name}.md": SECTION}, held=False)
    return [(claim.text, claim.label) for claim in claims]


def test_a_key_is_supported_and_the_distractors_nearest_to_the_section_are_not(tmp_path: Path) -> None:
    name = module(Split.DEV, held=False)
    assert keyed(tmp_path, name) == [
        ("A heron fishes in shallow rivers.", "supported"),
        ("A heron fishes in reeds.", "not_enough"),
        ("A heron fishes in the sea.", "not_enough"),
    ]


def test_no_claim_is_made_where_the_section_does_not_show_the_key(tmp_path: Path) -> None:
    name = module(Split.DEV, held=False)
    assert keyed(tmp_path, name, answer=0) == []


def test_no_claim_is_made_of_options_that_speak_of_each_other(tmp_path: Path) -> None:
    name = module(Split.DEV, held=False)
    assert keyed(tmp_path, name, options=["the sea", "shallow rivers", "all of the above"]) == []


def test_locked_questions_and_those_of_held_documents_are_not_learned_from(tmp_path: Path) -> None:
    assert keyed(tmp_path, module(Split.LOCKED, held=False)) == []
    assert keyed(tmp_path, module(Split.DEV, held=True)) == []


def test_sentences_are_supported_as_they_stand_and_not_when_they_are_changed() -> None:
    text = "A heron is never faster than 5 meters in 3 minutes of its long flight. It must always rest after that."
    claims = changed_claims("heron.md", text)
    assert claims == changed_claims("heron.md", text)
    assert {claim.made in CHANGES: claim.label for claim in claims} == {False: "supported", True: "not_enough"}
    assert all(claim.source == text for claim in claims)


def test_the_source_of_a_claim_is_what_of_a_long_text_is_nearest_to_it() -> None:
    text = "Reeds grow there. " * 60 + "A heron fishes at dawn. " + "Reeds grow there. " * 60
    window = nearest_window("The heron fishes early, at dawn.", text)
    assert "A heron fishes at dawn." in window
    assert len(window) <= WINDOW


def test_marks_that_would_tell_a_changed_sentence_are_taken_away() -> None:
    assert without_markup("Use **[Herons](herons.md#top)**, `grey` ones\\.") == "Use Herons, grey ones."


def test_a_text_that_is_nearly_known_is_not_new() -> None:
    assert are_new(["Herons fish at dawn.", "Reeds grow."], ["at dawn the heron fishes"]) == [False, True]
    assert are_new(["Reeds grow."], []) == [True]


@pytest.mark.skipif(not SUITES["textbook"].available, reason="the texts are not here")
def test_claims_that_judge_rest_on_other_sources_than_claims_that_are_learned() -> None:
    held, learned = own_claims(held=True), own_claims(held=False)
    assert len(learned) > len(held) > 500
    assert not {claim.source for claim in held} & {claim.source for claim in learned}
    assert {claim.made for claim in learned} >= {*CHANGES, "key", "distractor", "reworded"}
