"""What the reader learns from: questions with statements that answer and statements that do not, and claims."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from evals.rows import read_rows
from evals.suites import SHARED
from rag.ports import Embedder
from rag.text.sentences import sentence_spans
from rag.text.statements import points_back
from rag.text.terms import stems

TRAINING = SHARED / "training"
# ClapNQ is what we report on; the others have no sentence labels.
_LEFT_OUT = frozenset({"clapnq_300", "boolq_eraser", "pubmedqa_labelled"})
_CLAIMS_LEFT_OUT = frozenset({"snli", "med", "curriculum_drop"})  # captions, quantifiers, arithmetic
_NEAR, _FAR = 4, 4  # statements kept that do not answer: of the same passage, of others that look alike
_LOOKED_AT = 12  # passages most like the question, in which the far ones are looked for
_EMBEDDED = 900  # characters of a passage that are embedded


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class Group(_Model):
    """A question with statements that answer it and statements that do not, as the answerer would see them."""

    question: str
    right: tuple[str, ...]
    near: tuple[str, ...] = ()
    far: tuple[str, ...] = ()
    source: str = ""
    passage: str = ""  # hash of the passage: groups of one passage go to one side of a split


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a passage; `text` begins at `read_from`, with the sentence before it where it points back."""

    start: int
    end: int
    read_from: int
    text: str


class Claim(_Model):
    """A claim with the text that it is held against.

    Attributes:
        label: supported, contradicted or not_enough.
        binary: only whether it is supported is known.
        made: of our own claims, how it was made.
    """

    text: str
    source: str
    label: str
    binary: bool = False
    made: str = ""


def read_claims(limit: int, chooser: random.Random) -> list[Claim]:
    """Return a sample of the labelled claims."""
    rows = [row for row in read_rows(TRAINING / "support.jsonl") if row["dataset"] not in _CLAIMS_LEFT_OUT]
    chooser.shuffle(rows)
    return [
        Claim(text=row["claim"], source=row["passage"], label=row["label"], binary=bool(row.get("binary")))
        for row in rows[:limit]
    ]


def mine_groups(embedder: Embedder, told: Callable[[str], None]) -> list[Group]:
    """Return the public questions with statements mined from their own passages and from those that look alike."""
    rows = [row for row in read_rows(TRAINING / "questions.jsonl") if row["dataset"] not in _LEFT_OUT]
    whole = [row for row in rows if row.get("level") != "sentence"]
    passages = {_name(row): row for row in whole}
    statements = {name: _statements(row) for name, row in passages.items()}
    names = list(passages)
    told(f"embedding {len(names):,} passages and {len(whole):,} questions")
    titled = [f"{passages[name].get('title') or ''}\n{passages[name]['passage'][:_EMBEDDED]}" for name in names]
    vectors = embedder.embed(titled)
    asked = embedder.embed([row["question"] for row in whole])
    groups = [_sentence_group(row) for row in rows if row.get("level") == "sentence"]
    for row, vector in zip(whole, asked, strict=True):
        if row["answerable"] and not row["spans"]:
            continue
        alike = [names[at] for at in np.argsort(-(vectors @ vector))[:_LOOKED_AT]]
        groups.append(_group(row, statements, alike))
    return groups


def _group(row: dict[str, Any], statements: dict[str, list[_Sentence]], alike: Sequence[str]) -> Group:
    own, question = _name(row), str(row["question"])
    spans = row["spans"] if row["answerable"] else []
    assert isinstance(spans, list)
    right = [one.text for one in statements[own] if _overlaps(spans, one.start, one.end)]
    near = [one.text for one in statements[own] if not _overlaps(spans, one.read_from, one.end)]
    far = _nearest(question, [statements[name] for name in alike if name != own])
    answers = [str(row["passage"])[start:end].lower() for start, end in spans]
    return Group(
        question=question,
        right=tuple(right[:2]),
        near=tuple(sorted(near, key=_shared_with(question))[:_NEAR]),
        far=tuple(text for text in far if not any(answer in text.lower() for answer in answers))[:_FAR],
        source=str(row["dataset"]),
        passage=own,
    )


def _overlaps(spans: Iterable[Sequence[int]], start: int, end: int) -> bool:
    return any(first < end and start < last for first, last in spans)


def _nearest(question: str, passages: Iterable[Sequence[_Sentence]]) -> Iterator[str]:
    """Yield of each passage the statement that shares most words with the question."""
    for found in passages:
        if found:
            yield min((one.text for one in found), key=_shared_with(question))


def _shared_with(question: str) -> Callable[[str], int]:
    asked = stems(question)
    return lambda text: -len(asked & stems(text))


def _sentence_group(row: dict[str, Any]) -> Group:
    text = _titled(row, str(row["passage"]))
    right, near = ((text,), ()) if row["answerable"] else ((), (text,))
    return Group(question=str(row["question"]), right=right, near=near, source=str(row["dataset"]), passage=_name(row))


def _statements(row: dict[str, Any]) -> list[_Sentence]:
    """Part a passage into sentences as the answerer renders them: titled, with what they point back to."""
    passage = str(row["passage"])
    found: list[_Sentence] = []
    for start, end in sentence_spans(passage):
        text, read_from = passage[start:end], start
        if found and points_back(text):
            read_from = found[-1].start
            text = f"{passage[read_from : found[-1].end]} {text}"
        found.append(_Sentence(start, end, read_from, _titled(row, text)))
    return found


def _titled(row: dict[str, Any], text: str) -> str:
    title = row.get("title")
    return re.sub(r"\s+", " ", f"{title}: {text}" if title else text)


def bare_public() -> dict[str, str]:
    """Return the statements of the public questions, each with itself without the title above it."""
    known: dict[str, str] = {}
    for row in read_rows(TRAINING / "questions.jsonl"):
        untitled = row | {"title": ""}
        parts = _statements(row), _statements(untitled)
        known |= {one.text: bare.text for one, bare in zip(*parts, strict=True)}
        known[_titled(row, str(row["passage"]))] = _titled(untitled, str(row["passage"]))
    return known


def _name(row: dict[str, Any]) -> str:
    return hashlib.sha256(str(row["passage"]).encode()).hexdigest()[:16]
