"""Our own questions as the reader sees them: the statements of the passages that retrieval finds, labelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rapidfuzz import fuzz

from evals.calibrate import LEARNED, label
from evals.items import Item, Kind, load_items
from evals.reader.examples import Group
from evals.runs.ask import asked_of
from evals.suites import SUITES, assistant_over, items_of
from evals.verdict import letters, shows
from rag.answer import Assistant
from rag.bootstrap import make_embedder
from rag.settings import load_settings
from rag.text.statements import in_full, statements_of
from rag.text.terms import stems

QUESTIONS = Path(__file__).resolve().parent / "questions"
_NEAR, _FAR = 8, 6
_SAME = 90  # similarity of their sorted stems, 0 to 100, from which two questions are the same


def own_groups(work: Path, told: Callable[[str], None]) -> list[Group]:
    """Return the dev questions of the suites that the reader learns from, with labelled statements.

    Questions that are nearly those of the gold set or of the course texts are left out. The libraries of the suites
    are kept below `work`.
    """
    embedder = make_embedder(load_settings())
    judging = [item for name, suite in SUITES.items() if name not in LEARNED and suite.ours for item in items_of(suite)]
    groups: list[Group] = []
    for name in LEARNED:
        items = without_near_duplicates([*items_of(SUITES[name], "dev"), *written_for(name)], judging)
        told(f"{name}: {len(items)} questions")
        with assistant_over(SUITES[name], embedder, kept=work / "libraries" / name) as assistant:
            groups.extend(filter(None, (group_of(item, assistant, name) for item in items)))
    return groups


def written_for(suite: str) -> list[Item]:
    """Return the questions that were written for training, over the texts of a suite."""
    return [item for path in sorted(QUESTIONS.glob(f"{suite}-*.jsonl")) for item in load_items(path)]


def without_near_duplicates(items: Sequence[Item], judging: Sequence[Item]) -> list[Item]:
    """Return the items whose question is not nearly that of an item that judges."""
    known = [_key(item) for item in judging]
    return [item for item in items if not any(fuzz.ratio(_key(item), one) >= _SAME for one in known)]


def _key(item: Item) -> str:
    return " ".join(sorted(stems(item.question)))


def group_of(item: Item, assistant: Assistant, source: str) -> Group | None:
    """Return an item with the statements that the answerer would have to choose from; None if nothing can be learned.

    Near ones stand in a passage with a statement that answers, or, of an unanswerable question, anywhere.
    """
    retrieved = assistant.retrieve(asked_of(item))
    statements = statements_of(retrieved.passages)
    _, scored = assistant.answerer.score(retrieved.question, statements, retrieved.passages)
    labels = {one.index: label(one, retrieved.passages, item) for one in scored}
    answering = {one.statement.passage for one in scored if labels[one.index]}
    if item.kind is not Kind.UNANSWERABLE and not answering:
        return None
    right, near, far = [], [], []
    for one in scored:
        text = in_full(one.statement, statements)
        if labels[one.index] is None or one.statement.form in ("heading", "code"):
            continue
        if labels[one.index]:
            right.append(text)
        elif any(shows(letters(place.quote), letters(text)) for place in item.evidence):
            continue  # read with its list, or with the sentence before it, it answers
        elif not answering or one.statement.passage in answering:
            near.append(text)
        else:
            far.append(text)
    return Group(
        question=retrieved.question.text,
        right=tuple(dict.fromkeys(right)),
        near=tuple(dict.fromkeys(near))[:_NEAR],
        far=tuple(dict.fromkeys(far))[:_FAR],
        source=source,
    )
