"""The ports of quizzes: where items and sittings are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from rag.quiz.items import Item
from rag.quiz.sittings import Response, Sitting


class QuizItems(Protocol):
    """Items that were written about documents, kept until the document or the generators change.

    Each call raises `StateError` where the store cannot be read or written.
    """

    def written(self, document_ids: Sequence[str], version: str) -> set[str]:
        """Return those of `document_ids` whose items a `version` of the generators has written."""
        ...

    def put(
        self, document_id: str, version: str, items: Sequence[Item], rejected: Mapping[str, int], at: datetime
    ) -> None:
        """Store the items of a document, and how many were rejected for which rule, in place of what was there."""
        ...

    def items(self, document_ids: Sequence[str], version: str) -> list[Item]:
        """Return the items of documents that `version` has written, document by document in the order given."""
        ...

    def rejected(self, document_ids: Sequence[str], version: str) -> dict[str, int]:
        """Return how many items were rejected for which rule, over the documents."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...


class Sittings(Protocol):
    """Quizzes and exams of learners. Every call is one transaction; another learner's are as if they were not there.

    Each call raises `StateError` where the store cannot be read or written.
    """

    def begin(self, sitting: Sitting) -> None:
        """Store a new sitting."""
        ...

    def sitting(self, learner: str, sitting_id: str) -> Sitting | None:
        """Return a sitting as it stands; None if the learner has none of that id."""
        ...

    def sittings(self, learner: str, *, course: str = "", unfinished: bool = False) -> list[Sitting]:
        """List sittings, the latest first."""
        ...

    def respond(self, learner: str, sitting_id: str, position: int, response: Response | None) -> None:
        """Store what was given to an item (0-based position) in place of what was, or None for nothing.

        Raises:
            StateError: there is no such seat, or the sitting is finished.
        """
        ...

    def flag(self, learner: str, sitting_id: str, position: int, flagged: bool) -> None:
        """Mark an item to come back to. Raises `StateError` as `respond`."""
        ...

    def spend(self, learner: str, sitting_id: str, spent_s: float) -> None:
        """Store how long the sitting was open. Raises `StateError` as `respond`."""
        ...

    def finish(self, learner: str, sitting_id: str, at: datetime) -> None:
        """End a sitting; what was given can no longer be changed. Raises `StateError` as `respond`."""
        ...

    def seen(self, learner: str) -> dict[str, datetime]:
        """Return the ids of the items that the learner has answered, each with when last."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...
