"""Lays a claim beside the sentences it may come from: which one it matches, and what stands in its place there."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from rag.grounding.contrast import all_stems
from rag.text.sentences import sentence_spans
from rag.text.terms import STOP_WORDS, stem, stems

_NAME = re.compile(r"(?<![\w'’])(?:[A-Z][\w]*|[a-z]+[A-Z]\w*)(?:[-/.][A-Za-z0-9]\w*)*")
_TOKEN = re.compile(r"\d[\d,]*\d(?:\.\d+)?|[^\W_]+(?:[-'’./][^\W_]+)*")
_SWAPPED = 4  # words that may stand in the place of others
_COPIED = 0.8  # share of the words that a near copy has in common with its source
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*|#]|\d+\.))")


def sentences_of(sources: Sequence[str]) -> list[str]:
    """Return the sentences, list items and table rows of `sources`."""
    found = []
    for source in sources:
        for part in _PARAGRAPH.split(source):
            found += [part[start:end] for start, end in sentence_spans(part)]
    return found or [" ".join(sources)]


def rarity(sentences: Sequence[str], claim: str) -> dict[str, float]:
    """Return for each content stem of a claim how much it tells: the more sentences hold it, the less."""
    count = len(sentences)
    held = [stems(sentence) for sentence in sentences]
    return {word: math.log(1 + (count + 1) / (0.5 + sum(word in one for one in held))) for word in sorted(stems(claim))}


def covered(weights: Mapping[str, float], text: str) -> float:
    """Return the share of the weights whose words `text` holds."""
    total = sum(weights.values())
    there = stems(text)
    return sum(weight for word, weight in weights.items() if word in there) / total if total else 1.0


def windows(sentences: Sequence[str]) -> list[str]:
    """Return the sentences, and each two neighbours as one: a sentence often leans on the one before it."""
    return [*sentences, *(f"{one} {two}" for one, two in pairwise(sentences))]


def likeliest(claim: str, weights: Mapping[str, float], sentences: Sequence[str]) -> str:
    """Return the sentence that the claim most likely comes from: by its words, and by which stand side by side."""
    return max(sentences, key=lambda sentence: covered(weights, sentence) + pair_share(claim, sentence))


def is_copy(claim: str, sentence: str) -> bool:
    """Whether a claim is a sentence but for a few words."""
    return SequenceMatcher(None, all_stems(claim), all_stems(sentence), autojunk=False).ratio() >= _COPIED


def pair_share(claim: str, text: str) -> float:
    """Return the share of neighbouring words of the claim that are neighbours in `text` too."""
    wanted = set(pairwise(_said(claim)))
    return len(wanted & set(pairwise(_said(text)))) / len(wanted) if wanted else 0.0


def _said(text: str) -> list[str]:
    return [word for word in all_stems(text) if word.isalnum()]


def swaps(claim: str, sentence: str) -> list[tuple[str, str]]:
    """Return the words of a claim in whose place other words stand in `sentence`, with those, both as written.

    Compared word by word; only short runs between words that both share, or at either end, are places.
    """
    mine, theirs = _tokens(claim), _tokens(sentence)
    blocks = SequenceMatcher(None, [key for key, _ in mine], [key for key, _ in theirs], autojunk=False).get_opcodes()
    return [
        (" ".join(word for _, word in mine[a:b]), " ".join(word for _, word in theirs[c:d]))
        for kind, a, b, c, d in blocks
        if kind == "replace" and b - a <= _SWAPPED and d - c <= _SWAPPED
    ]


def _tokens(text: str) -> list[tuple[str, str]]:
    return [(stem(word.lower().replace(",", "")), word) for word in _TOKEN.findall(text)]


def names(text: str, known: str = "") -> list[str]:
    """Return the names of a text, each once: capitalised words, but for a first word unless `known` has it inside.

    A capitalised word that `known` or the text also writes small is no name.
    """
    small = {word.lower() for word in re.findall(r"\b[a-z][\w'’-]*", f"{text} {known}")}
    inside = {match.group() for match in _NAME.finditer(known) if not _opens(known, match.start())}
    found = []
    for match in _NAME.finditer(text):
        word = match.group()
        low = word.lower()
        if low in STOP_WORDS or low in small or len(word) < 2:
            continue
        odd = any(char.isupper() or char.isdigit() for char in word[1:])
        if not _opens(text, match.start()) or odd or word in inside:
            found.append(word)
    return list(dict.fromkeys(found))


def _opens(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \"'“‘([*_-")
    return not before or before[-1] in ".!?:\n"
