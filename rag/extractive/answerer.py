"""The extractive answerer: selects the statements of the passages that answer, without a language model.

Every statement is scored against the question (rag.extractive.match) by a logistic model whose weights, like the
threshold under which an answer is refused, are fitted on labelled questions by `python -m
evals.calibrate` and stored with their provenance in `calibration.json`. What is shown then depends
on the kind of the question: a list question gets a list with its items, a comparison a statement for
each side, a definition what defines the subject, anything else the best statement and what adds to it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from importlib.resources import files
from math import inf, log, log1p
from pathlib import Path
from statistics import median

import numpy as np

from rag.disagreement.find import find_disagreement
from rag.disagreement.versions import said_in, versions_said, with_versions
from rag.errors import ConfigError
from rag.extractive.compare import compare
from rag.extractive.compose import Composer, Scored, Selected
from rag.extractive.match import Features, Matcher, VectorMemory, features_of, likely_statements, term_weights
from rag.logistic import Logistic
from rag.parts import parts_of
from rag.ports import Collection, Embedder, Reader
from rag.question import Question
from rag.text.statements import Statement, in_full, statements_of
from rag.types import Passage

_LEARNED = 16  # statements in whose words soft matches are looked for
_LOOKED_AT = 3  # of what is said, compared with the question as it stands
_OPENING = 600  # characters of a document in which its date is looked for
SCORED = 40  # statements scored with vectors; the others share too few words with the question


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted on labelled questions.

    Attributes:
        statement: probability that a statement answers.
        answer: probability that the answer composed around a statement is right.
        threshold: an answer less probable than this is refused.
        provenance: data, command and figures of the fit.
    """

    statement: Logistic
    answer: Logistic
    threshold: float
    provenance: Mapping[str, object]


@lru_cache(maxsize=4)
def load_calibration(folder: Path | None = None) -> Calibration:
    """Read the calibration shipped with the package, or that in the folder of a reader.

    Raises:
        ConfigError: there is none in the folder.
    """
    path = (folder or files("rag")) / "calibration.json"
    try:
        raw = json.loads(path.read_text("utf-8"))
    except OSError as error:
        command = f"OPENBOOK_READER={folder} python -m evals.calibrate"
        raise ConfigError(f"{path} is not there. Make it: {command}") from error
    return Calibration(Logistic(**raw["statement"]), Logistic(**raw["answer"]), raw["threshold"], raw["provenance"])


@dataclass(frozen=True, slots=True)
class Selection:
    """What the answerer chose, how sure it is, and whether that is sure enough to answer.

    Attributes:
        versions: of what is chosen, what the documents say of a thing on which they disagree.
    """

    chosen: tuple[Selected, ...]
    confidence: float
    answers: bool
    basis: Mapping[str, float]
    scored: tuple[Scored, ...]
    notes: tuple[str, ...] = ()
    versions: tuple[Selected, ...] = ()

    @property
    def lacking(self) -> bool:
        """Whether what was asked for (a number, a price, a date, a name) is not in what was found."""
        return bool(self.basis.get("misfit") or self.basis.get("miscount"))


class ExtractiveAnswerer:
    """Chooses the statements that answer a question."""

    name = "extractive"

    def __init__(
        self,
        library: Collection,
        embedder: Embedder,
        calibration: Calibration | None = None,
        reader: Reader | None = None,
    ) -> None:
        self._library = library
        self._memory = VectorMemory(embedder)
        self._reader = reader
        self._calibration = calibration or load_calibration()

    def select(self, question: Question, passages: Sequence[Passage]) -> Selection:
        """Return what to say, and how sure it is that this answers."""
        statements = statements_of(passages)
        matcher, scored = self.score(question, statements, passages)
        if not scored:
            return Selection((), 0.0, False, {}, ())
        composer = Composer(question, matcher, statements, scored)
        compared = compare(composer)
        chosen, basis = compared or composer.compose()
        # Compared with the question also as it stands, without what stands above it.
        vectors = self._memory.vectors([question.text, *(said.text for said in chosen[:_LOOKED_AT])])
        bare = float((vectors[1:] @ vectors[0]).max())
        listed = compared is None and composer.lists(basis.statement)
        form = {"bare": bare, "sides": float(compared is not None), "listed": float(listed)}
        measured = {**answer_features(basis, scored), **form}
        if basis.read:  # a statement may answer the whole, or something that is said each part
            measured["reader"] = max(measured["reader"], all_parts_read(composer.said(chosen)))
        confidence = self._calibration.answer.probability(measured)
        sure = confidence >= self._calibration.threshold
        selection = Selection(tuple(chosen), confidence, sure, measured, tuple(scored))
        if selection.lacking or not sure:
            return replace(selection, answers=False)
        return self._with_versions(selection, composer, passages)

    def _with_versions(self, selection: Selection, composer: Composer, passages: Sequence[Passage]) -> Selection:
        """Add to an answer what other documents say otherwise of the same thing, and a note that they do."""

        def opening(passage: Passage) -> str:
            return self._library.text(passage.chunk.document_id, 0, _OPENING)

        said = said_in(selection.chosen, composer.statements)
        scores = {one.statement: one.score for one in selection.scored}
        found = find_disagreement(composer.question, said, scores, composer.statements, passages, opening)
        if found is None:
            return selection
        versions = versions_said(selection.chosen, found, composer)
        chosen = with_versions(selection.chosen, versions)
        return replace(selection, chosen=tuple(chosen), notes=(found.note,), versions=tuple(versions))

    def score(
        self, question: Question, statements: Sequence[Statement], passages: Sequence[Passage]
    ) -> tuple[Matcher, list[Scored]]:
        """Score the statements that share most words with the question, best first."""
        matcher, likely = self.likely(question, statements)
        if not likely:
            return matcher, []
        vectors = self._memory.vectors([question.text, *(statements[index].in_context for index in likely)])
        similarity = vectors[1:] @ vectors[0]
        promising = np.argsort(-(similarity + np.array(list(likely.values()))))[:_LEARNED]
        indices = list(likely)
        matcher.learn([statements[indices[at]].whole for at in promising])
        scored = []
        for index, cosine, read in zip(likely, similarity, self._read(question, statements, indices), strict=True):
            whole, *parts = read
            features = features_of(matcher, statements[index], float(cosine), whole, passages)
            by_part = tuple(self._statement_score(replace(features, reader=one)) for one in parts)
            scored.append(
                Scored(index, statements[index], features, self._statement_score(features), by_part, tuple(parts))
            )
        return matcher, sorted(scored, key=lambda one: -one.score)

    def likely(self, question: Question, statements: Sequence[Statement]) -> tuple[Matcher, dict[int, float]]:
        """Return what matches words, and the indices of the statements that are scored, with their shares of words."""
        matcher = self._matcher(question)
        return matcher, likely_statements(matcher, statements, SCORED)

    def _statement_score(self, features: Features) -> float:
        score: float = self._calibration.statement.probability(asdict(features))
        return score

    def _read(
        self, question: Question, statements: Sequence[Statement], likely: Sequence[int]
    ) -> list[tuple[float, ...]]:
        """Return of each statement what the reader says of it for the question and for each of its parts."""
        if self._reader is None:
            return [(0.0,)] * len(likely)
        texts = [in_full(statements[index], statements) for index in likely]
        asked = (question.text, *parts_of(question))
        return list(zip(*(self._reader.relevance(one, texts).tolist() for one in asked), strict=True))

    def _matcher(self, question: Question) -> Matcher:
        frequencies = self._library.frequencies(question.terms)
        weights = term_weights(question.terms, frequencies, self._library.chunk_count or 0)
        return Matcher(question, weights, self._memory)


def answer_features(basis: Scored, scored: Sequence[Scored]) -> dict[str, float]:
    """Measure what tells a right answer from a wrong one: the statement it rests on, and its lead over the next."""
    features = basis.features
    read = [one.features.reader for one in scored]
    own = next((one.score for one in scored if one.index == basis.index), basis.score)
    rivals = (one.score for one in scored if one.index != basis.index and not _related(one.statement, basis.statement))
    return {
        "similarity": features.similarity,
        "own": features.own,
        "context": features.context,
        "missing": features.missing,
        "nearby": features.nearby,
        "misfit": float(features.fits == 0),
        "miscount": float(features.counted == 0),
        "asked": features.asked,
        "margin": own - max(rivals, default=0.0),
        "score": log(max(own, 1e-6) / max(1 - own, 1e-6)),
        "reader": features.reader,
        "reader_lead": features.reader - median(read),
        "reader_best": max(read),
        "agreeing": log1p(sum(one > 0 for one in read)),
    }


def all_parts_read(said: Sequence[Scored]) -> float:
    """Return how surely each part of the question is answered by something that is said: the least of the parts."""
    return min((max(found) for found in zip(*(one.read for one in said), strict=True)), default=-inf)


def _related(one: Statement, two: Statement) -> bool:
    return one.passage == two.passage and (one.path == two.path or one.lead == two.text or two.lead == one.text)
