"""Questions that ask more than one thing, and what each of their parts is as a question of its own."""

from __future__ import annotations

import pytest

from rag.parts import parts_of
from rag.question import parse_question


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What is the difference between a mirror and a prism?", ("What is mirror?", "What is prism?")),
        ("mirror vs prism, difference?", ("What is mirror?", "What is prism?")),
        ("How do mirrors and prisms differ?", ("What is mirrors?", "What is prisms?")),
        ("optics: mirror vs prism", ("optics: mirror", "optics: prism")),
        ("When should I use a mirror or a prism?", ()),  # a choice, which one statement may answer
        (
            "mirror vs prism: which one parts light",
            ("mirror: which one parts light", "prism: which one parts light"),
        ),
        ("mirrors and prisms, how do they differ", ("What is mirrors?", "What is prisms?")),
        ("in a lamp, mirror or prism, what is the diffrence", ("in a lamp, mirror", "in a lamp, prism")),
        ("diff between mirror and prism", ("What is mirror?", "What is prism?")),
        (
            "How much light do I get from a mirror compared with a prism?",
            ("How much light do I get from a mirror?", "How much light do I get from a prism?"),
        ),
    ],
)
def test_each_side_of_a_comparison_is_asked_for_by_its_name_with_what_is_asked(
    question: str, parts: tuple[str, ...]
) -> None:
    assert parts_of(parse_question(question)) == parts


def test_questions_that_are_joined_are_parts_as_they_stand() -> None:
    asked = parse_question("Which mirror is curved, and how does a prism part light?")
    assert parts_of(asked) == ("Which mirror is curved?", "how does a prism part light?")


def test_what_is_said_before_the_questions_belongs_to_each_of_them() -> None:
    asked = parse_question("My lamp is dim. Which mirror helps, and what does a second bulb cost?")
    assert parts_of(asked) == (
        "My lamp is dim. Which mirror helps?",
        "My lamp is dim. what does a second bulb cost?",
    )


def test_a_part_that_leans_on_the_one_before_it_is_read_behind_it() -> None:
    asked = parse_question("who built the first prism and in which year")
    assert parts_of(asked) == ("who built the first prism?", "who built the first prism? in which year?")


@pytest.mark.parametrize(
    "question",
    [
        "What happens to light in a prism?",
        "What do mirrors and prisms have in common?",
        "What happens when a mirror and a prism touch?",
        "my mirror breaks when it falls, what do I do",
    ],
)
def test_a_question_that_asks_one_thing_has_no_parts(question: str) -> None:
    assert parts_of(parse_question(question)) == ()
