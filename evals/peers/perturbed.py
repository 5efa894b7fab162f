"""Are true sentences kept and falsified ones caught? Sentences of texts, changed by code in one thing each."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.pages import markdown_table
from evals.perturb import CHANGES, perturb, true_variants
from rag.grounding.alignment import sentences_of
from rag.ports import GroundingScorer

_WORDS = range(8, 41)  # of a sentence worth changing
_LONGEST = 2500  # characters of a passage
_SEED = 1
_REWORDED, _VERBATIM = "reworded", "word for word"


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence with the passage that it was taken from, and what was done to it."""

    text: str
    passage: str
    made: str

    @property
    def supported(self) -> bool:
        """Whether it still says what the passage says."""
        return self.made not in CHANGES


def read_passages(folder: Path) -> list[str]:
    """Return the sections of the Markdown texts of a folder."""
    sections = (
        re.sub(r"^#+ .*\n", "", section)[:_LONGEST]
        for path in sorted(folder.rglob("*.md"))
        for section in re.split(r"\n(?=#)", path.read_text("utf-8"))
    )
    return [section for section in sections if len(section.split()) > 2 * _WORDS[0]]


def cases_of(passages: Sequence[str], most: int) -> list[Case]:
    """Return at most `most` sentences of each passage as they stand, reworded and falsified."""
    return [case for passage in passages for sentence in _chosen(passage, most) for case in _cases(sentence, passage)]


def _chosen(passage: str, most: int) -> list[str]:
    found = [
        one for one in sentences_of([passage]) if len(one.split()) in _WORDS and one[-1] in ".!" and "|" not in one
    ]
    return random.Random(passage).sample(found, min(most, len(found)))


def _cases(sentence: str, passage: str) -> Iterator[Case]:
    yield Case(sentence, passage, _VERBATIM)
    for text in true_variants(sentence):
        yield Case(text, passage, _REWORDED)
    for changed in perturb(sentence, passage, _SEED):
        yield Case(changed.text, passage, changed.change)


def supported_shares(scorer: GroundingScorer, cases: Sequence[Case]) -> dict[str, tuple[int, float]]:
    """Return for each thing that was done how many cases there are, and the share of them said to be supported."""
    said: dict[str, list[bool]] = defaultdict(list)
    for case in cases:
        said[case.made].append(scorer.score(case.text, [case.passage]).supported)
    return {made: (len(said[made]), sum(said[made]) / len(said[made])) for made in sorted(said)}


def perturbed_table(shares: dict[str, tuple[int, float]]) -> str:
    """Return the shares that came out right as a Markdown table."""
    rows = [
        (made, str(number), f"{share:.3f} kept" if made not in CHANGES else f"{1 - share:.3f} caught")
        for made, (number, share) in shares.items()
    ]
    return markdown_table(("sentence of our course", "cases", "right"), rows)
