"""The generators that need no language model, by name; each is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from rag.quiz.making import Generator

VERSION = "1"  # raised when items come out differently, for the rules too

# name: module and class
GENERATORS: dict[str, tuple[str, str]] = {
    "tables": ("tables", "Tables"),
    "definitions": ("definitions", "Definitions"),
    "numbers": ("numbers", "Numbers"),
    "acronyms": ("acronyms", "Acronyms"),
    "recall": ("recall", "Recall"),
    "true_false": ("true_false", "TrueFalseStatements"),
    "cloze": ("cloze", "Gaps"),
    "procedures": ("procedures", "Procedures"),
    "lists": ("lists", "Lists"),
    "choosing": ("choosing", "Choosing"),
    "cases": ("cases", "Cases"),
    "members": ("members", "Members"),
    "slides": ("slides", "Slides"),
    "parts": ("parts", "Parts"),
    "asked": ("asked", "Asked"),
}


def make_generators() -> list[Generator]:
    """Return the generators, in the order in which they are asked."""
    made = []
    for module, name in GENERATORS.values():
        factory: Callable[[], Generator] = getattr(import_module(f"rag.quiz.generators.{module}"), name)
        made.append(factory())
    return made
