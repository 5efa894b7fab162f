"""Labelled questions, and what is right."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rag.errors import ConfigError
from rag.types import Answer

_TELLING = 15  # characters from which a part of a fragment tells the fragment


@dataclass(frozen=True, slots=True)
class Place:
    """Where a right citation opens: `near` is a fragment of the words that answer."""

    document: str
    near: str


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what a right answer holds.

    Attributes:
        must: key facts, each a list of alternatives; all facts must be there. Empty: the texts do not say.
        must_not: what makes an answer wrong.
        places: where a right citation may open.
        split: "dev" to tune on, "held" to report on.
    """

    id: str
    kind: str
    question: str
    must: tuple[tuple[str, ...], ...]
    must_not: tuple[str, ...]
    places: tuple[Place, ...]
    split: str

    @property
    def answerable(self) -> bool:
        """Whether the texts say."""
        return bool(self.must)


class Verdict(StrEnum):
    """How an answer compares with its case."""

    RIGHT = "right"
    WRONG = "wrong"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with the answer it got: whether that is right, and whether a citation opens a right place."""

    case: Case
    answer: Answer
    verdict: Verdict
    cited: bool

    @property
    def words(self) -> int:
        """How many words the answer shows."""
        return sum(len(f"{said.lead} {said.text}".split()) for said in self.answer.statements)


def load_cases(path: Path, split: str = "") -> list[Case]:
    """Read cases from JSON lines, those of `split` only where it is given.

    Raises:
        ConfigError: the file or a line of it cannot be read; the message names the line.
    """
    cases = []
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    for number, line in enumerate(lines, 1):
        try:
            case = _case(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{path}, line {number}: not a case ({error!r})") from error
        if not split or case.split == split:
            cases.append(case)
    return cases


def _case(raw: dict[str, object]) -> Case:
    places = raw.get("place")
    if places is None:
        places = [{"document": raw["document"], "near": raw["quote"]}] if raw.get("document") else []
    assert isinstance(places, list)
    return Case(
        id=str(raw["id"]),
        kind=str(raw["kind"]),
        question=str(raw["question"]),
        must=tuple(tuple(map(str, fact)) for fact in _list(raw["must"])),
        must_not=tuple(map(str, _list(raw.get("must_not") or []))),
        places=tuple(Place(str(place["document"]), str(place["near"])) for place in places),
        split=str(raw.get("split", "dev")),
    )


def _list(value: object) -> list[list[object]]:
    if not isinstance(value, list):
        raise TypeError(f"a list is expected, not {value!r}")
    return value


def judge(case: Case, answer: Answer) -> Judged:
    """Compare an answer with its case. Where the texts do not say, only a refusal is right."""
    if answer.refusal is not None:
        verdict = Verdict.REFUSED
    elif case.answerable and _holds(case, _normal(f"{said.lead} {said.text}" for said in answer.statements)):
        verdict = Verdict.RIGHT
    else:
        verdict = Verdict.WRONG
    return Judged(case, answer, verdict, opens_right_place(case, answer))


def _holds(case: Case, said: str) -> bool:
    return all(any(_normal([one]) in said for one in fact) for fact in case.must) and not any(
        _normal([wrong]) in said for wrong in case.must_not
    )


def opens_right_place(case: Case, answer: Answer) -> bool:
    """Whether a citation quotes words that answer, or is quoted from within them."""
    for citation in answer.citations:
        quote = letters(citation.quote)
        for place in case.places:
            if place.document == citation.document and shows(letters(place.near), quote):
                return True
    return False


def shows(near: str, found: str) -> bool:
    """Whether `found` holds the fragment `near`, or is a part of it that is long enough to tell; both as `letters`."""
    return near in found or (len(found) > _TELLING and found in near)


def _normal(parts: Iterable[str]) -> str:
    return re.sub(r"\s+", " ", " ".join(parts).lower().replace("*", ""))


def letters(text: str) -> str:
    """Return the words of `text`, lower-cased, one space between: what fragments are compared by."""
    return re.sub(r"\W+", " ", text.lower()).strip()


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures over judged cases, counts and shares."""

    answerable: int
    right: int
    wrong: int
    refused: int
    cited: int
    unanswerable: int
    unanswerable_refused: int
    median_words: float
    p95_ms: float

    def rows(self) -> list[tuple[str, str]]:
        """Return the figures as (name, value) for a table."""
        return [
            ("right", _share(self.right, self.answerable)),
            ("wrong", _share(self.wrong, self.answerable)),
            ("refused though the texts say", _share(self.refused, self.answerable)),
            ("a citation opens the right place, of those right", _share(self.cited, self.right)),
            ("unanswerable refused", _share(self.unanswerable_refused, self.unanswerable)),
            ("median words of an answer", f"{self.median_words:.0f}"),
            ("p95 of a warm answer", f"{self.p95_ms:.0f} ms"),
        ]


def summarise(judged: Sequence[Judged]) -> Summary:
    """Count verdicts."""
    answerable = [one for one in judged if one.case.answerable]
    rest = [one for one in judged if not one.case.answerable]
    right = [one for one in answerable if one.verdict is Verdict.RIGHT]
    words = sorted(one.words for one in judged if one.answer.refusal is None) or [0]
    times = sorted(one.answer.timings_ms.get("total", 0.0) for one in judged) or [0.0]
    return Summary(
        answerable=len(answerable),
        right=len(right),
        wrong=sum(one.verdict is Verdict.WRONG for one in answerable),
        refused=sum(one.verdict is Verdict.REFUSED for one in answerable),
        cited=sum(one.cited for one in right),
        unanswerable=len(rest),
        unanswerable_refused=sum(one.verdict is Verdict.REFUSED for one in rest),
        median_words=float(words[len(words) // 2]),
        p95_ms=times[min(len(times) - 1, int(len(times) * 0.95))],
    )


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({100 * part / whole:.0f} %)" if whole else "-"
