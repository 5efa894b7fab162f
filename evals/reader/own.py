"""Our own questions as the reader sees them: the statements that the answerer would choose from, labelled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from evals.calibrate import label
from evals.items import Item, Kind
from evals.reader.examples import Group
from evals.reader.written import LEARNED, is_held, without_near_duplicates, written_for
from evals.runs.ask import asked_of
from evals.suites import SUITES, assistant_over, items_of
from evals.verdict import letters, shows
from rag.answer import Assistant
from rag.bootstrap import make_embedder
from rag.settings import load_settings, without_reader
from rag.text.statements import Statement, in_full, statements_of
from rag.types import Passage, Scope

_NEAR, _FAR = 12, 6


def own_groups(work: Path, told: Callable[[str], None]) -> list[Group]:
    """Return the dev questions of the suites that the reader learns from, with labelled statements.

    Questions that are nearly those of the gold set or of the course texts are left out, and those of held documents.
    The libraries of the suites are kept below `work`.
    """
    settings = without_reader(load_settings())
    embedder = make_embedder(settings)
    judging = [item for name, suite in SUITES.items() if name not in LEARNED and suite.ours for item in items_of(suite)]
    groups: list[Group] = []
    for name in LEARNED:
        items = [item for item in [*items_of(SUITES[name], "dev"), *written_for(name)] if not is_held(item)]
        items = without_near_duplicates(items, judging)
        told(f"{name}: {len(items)} questions")
        with assistant_over(SUITES[name], embedder, settings, work / "libraries" / name) as assistant:
            ids = {one.name: one.id for one in assistant.library.documents()}
            groups.extend(filter(None, (group_of(item, assistant, ids, name) for item in items)))
    return groups


def group_of(item: Item, assistant: Assistant, ids: Mapping[str, str], source: str) -> Group | None:
    """Return an item with the statements that the answerer would have to choose from; None if nothing can be learned.

    Near ones stand in a document that answers, or, of an unanswerable question, in the one that it was written over.
    `ids` are those of the documents, by name.
    """
    asked = asked_of(item)
    retrieved = assistant.retrieve(asked)
    about = {place.document for place in (*item.evidence, *item.near)}
    found = retrieved.passages if item.answerable or not about else ()
    if about:  # there the statements stand that look alike
        scope = Scope(asked.scope.course, tuple(ids[name] for name in about if name in ids))
        found = (*assistant.retrieve(replace(asked, scope=scope)).passages, *found)
    passages = list({one.chunk.id: one for one in found}.values())
    statements = statements_of(passages)
    right, near, far = [], [], []
    for index in assistant.answerer.likely(retrieved.question, statements)[1]:
        statement = statements[index]
        text, answers = in_full(statement, statements), label(statement, passages, item)
        if answers is None or statement.form in ("heading", "code"):
            continue
        if answers:
            right.append(text)
        elif any(shows(letters(place.quote), letters(text)) for place in item.evidence):
            continue  # read with its list, or with the sentence before it, it answers
        elif not about or passages[statement.passage].document.name in about:
            near.append(text)
        else:
            far.append(text)
    if item.kind is not Kind.UNANSWERABLE and not right:
        return None
    return Group(
        question=retrieved.question.text,
        right=tuple(dict.fromkeys(right)),
        near=tuple(dict.fromkeys(near))[:_NEAR],
        far=tuple(dict.fromkeys(far))[:_FAR],
        source=source,
    )


def bare_own(work: Path) -> dict[str, str]:
    """Return the statements of the texts that the reader learns from, each with itself without what stands above it."""
    settings = without_reader(load_settings())
    embedder, known = make_embedder(settings), dict[str, str]()
    for name in LEARNED:
        with assistant_over(SUITES[name], embedder, settings, work / "libraries" / name) as assistant:
            for info in assistant.library.documents():
                chunks = assistant.library.document_chunks(info.id)
                statements = statements_of([Passage(one, info, 0.0) for one in chunks])
                known |= {in_full(one, statements): without_headings(one, statements) for one in statements}
    return known


def without_headings(statement: Statement, statements: Sequence[Statement]) -> str:
    """Return a statement as it is read, but for what stands above it."""
    return in_full(replace(statement, path=()), statements)
