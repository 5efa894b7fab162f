"""Questions to ask of the manual: made of its headings, and those that people labelled."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from pathlib import Path

from evals.suites import SUITES, items_of

_HEADING = re.compile(r"^#{1,3} +([A-Z][^#\n<`\[\]|]{8,70}?) *(?:<a .*)?$", re.MULTILINE)
_FORMS = (
    "What is {}?",
    "How does {} work?",
    "When should I use {}?",
    "What are the limits of {}?",
    "Explain {}",
    "Which parameters does {} have?",
)


def heading_questions(files: Iterable[Path], count: int, seed: int = 0) -> list[str]:
    """Return `count` different questions, each about another heading, in an order that depends on `seed` alone."""
    found = {match.strip() for file in files for match in _HEADING.findall(file.read_text("utf-8"))}
    topics = sorted(topic for topic in found if 2 <= len(topic.split()) <= 8)
    chosen = random.Random(seed).sample(topics, min(count, len(topics)))
    return [_FORMS[at % len(_FORMS)].format(topic) for at, topic in enumerate(chosen)]


def labelled_questions(count: int) -> list[str]:
    """Return labelled questions about AWS, half of them about the manual; none where their texts are not here."""
    suites = [SUITES[name] for name in ("manuals", "course-texts") if name in SUITES and SUITES[name].available]
    return [item.question for suite in suites for item in items_of(suite)[: count // len(suites)]]
