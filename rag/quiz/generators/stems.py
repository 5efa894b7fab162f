"""Questions about what is said of a term."""

from __future__ import annotations

from rag.quiz.generators.said import Said
from rag.quiz.generators.subjects import opened
from rag.quiz.language import agreed


def what_stem(one: Said) -> str:
    """Return the question for what a term is, does or means: "What does a metric filter do?"."""
    if one.kind == "is":
        return opened(f"What {one.verb} {one.subject}?", one.place)
    asked = "mean" if one.kind == "means" else "do"
    return opened(f"What {agreed('do', one.plural)} {one.subject} {asked}?", one.place)


def which_stem(one: Said) -> str:
    """Return the question for the term: "Which of these turns a log pattern into a metric?"."""
    return opened(f"Which of these {one.claim}?", one.place)


def statement(one: Said, subject: str = "") -> str:
    """Return what is said as a statement, of another subject if one is given."""
    return one.placed(f"{subject or one.subject} {one.claim}")
