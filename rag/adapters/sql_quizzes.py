"""Items of quizzes, and sittings with what was given in them, in SQLite or PostgreSQL."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select, update

from rag.adapters.state_database import insertion, reading, writing
from rag.adapters.state_schema import quiz_documents, quiz_items, seats, sittings
from rag.errors import StateError
from rag.quiz.items import ITEM, Item
from rag.quiz.sittings import Grade, Kind, Response, Seat, Sitting


class SqlQuizItems:
    """Items in a database that `open_state` opened; see `rag.quiz.ports.QuizItems`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def written(self, document_ids: Sequence[str], version: str) -> set[str]:
        """Return those of `document_ids` whose items a `version` of the generators has written."""
        with reading(self._engine) as connection:
            return set(connection.scalars(_of(select(quiz_documents.c.document_id), document_ids, version)))

    def put(
        self, document_id: str, version: str, items: Sequence[Item], rejected: Mapping[str, int], at: datetime
    ) -> None:
        """Store the items of a document; its row is written first, which keeps others out until all is done."""
        head = {"version": version, "written_at": at, "rejected": json.dumps(dict(rejected))}
        new = insertion(self._engine, quiz_documents).values(document_id=document_id, **head)
        rows = [
            {"document_id": document_id, "position": position, "id": one.id, "body": json.dumps(plain(one))}
            for position, one in enumerate(items)
        ]
        with writing(self._engine) as connection:
            connection.execute(new.on_conflict_do_update(index_elements=["document_id"], set_=head))
            connection.execute(delete(quiz_items).where(quiz_items.c.document_id == document_id))
            if rows:
                connection.execute(insert(quiz_items), rows)

    def items(self, document_ids: Sequence[str], version: str) -> list[Item]:
        """Return the items of documents, document by document in the order given."""
        query = _of(select(quiz_items.c.document_id, quiz_items.c.body).join(quiz_documents), document_ids, version)
        of_each: dict[str, list[Item]] = {one: [] for one in document_ids}
        with reading(self._engine) as connection:
            for document_id, body in connection.execute(query.order_by(quiz_items.c.position)):
                of_each[document_id].append(item_of(json.loads(body)))
        return [item for items in of_each.values() for item in items]

    def rejected(self, document_ids: Sequence[str], version: str) -> dict[str, int]:
        """Return how many items were rejected for which rule, the commonest first."""
        counted: Counter[str] = Counter()
        with reading(self._engine) as connection:
            for body in connection.scalars(_of(select(quiz_documents.c.rejected), document_ids, version)):
                counted.update(json.loads(body))
        return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0])))

    def close(self) -> None:
        """Release connections."""
        self._engine.dispose()


def _of(query: Select[Any], document_ids: Sequence[str], version: str) -> Select[Any]:
    return query.where(quiz_documents.c.document_id.in_(document_ids), quiz_documents.c.version == version)


class SqlSittings:
    """Sittings in a database that `open_state` opened; see `rag.quiz.ports.Sittings`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, sitting: Sitting) -> None:
        """Store a new sitting with its seats."""
        row = {column.name: getattr(sitting, column.name) for column in sittings.columns}
        with writing(self._engine) as connection:
            connection.execute(insert(sittings).values(row))
            if sitting.seats:
                connection.execute(insert(seats), [_seat_row(sitting.id, *one) for one in enumerate(sitting.seats)])

    def sitting(self, learner: str, sitting_id: str) -> Sitting | None:
        """Return a sitting as it stands, or None."""
        found = self._read(select(sittings).where(sittings.c.learner == learner, sittings.c.id == sitting_id))
        return found[0] if found else None

    def sittings(self, learner: str, *, course: str = "", unfinished: bool = False) -> list[Sitting]:
        """List sittings, the latest first."""
        query = select(sittings).where(sittings.c.learner == learner)
        query = query.where(sittings.c.course == course) if course else query
        return self._read(query.where(sittings.c.finished_at.is_(None)) if unfinished else query)

    def respond(self, learner: str, sitting_id: str, position: int, response: Response | None) -> None:
        """Store what was given to an item, or None for nothing."""
        body = json.dumps({"given": response.given, "seconds": response.seconds, "grade": asdict(response.grade)}) \
            if response else None  # fmt: skip
        self._change_seat(learner, sitting_id, position, response=body, answered_at=response and response.at)

    def flag(self, learner: str, sitting_id: str, position: int, flagged: bool) -> None:
        """Mark an item to come back to."""
        self._change_seat(learner, sitting_id, position, flagged=flagged)

    def spend(self, learner: str, sitting_id: str, spent_s: float) -> None:
        """Store how long the sitting was open."""
        with writing(self._engine) as connection:
            _change_open(connection, learner, sitting_id, spent_s=spent_s)

    def finish(self, learner: str, sitting_id: str, at: datetime) -> None:
        """End a sitting."""
        with writing(self._engine) as connection:
            _change_open(connection, learner, sitting_id, finished_at=at)

    def seen(self, learner: str) -> dict[str, datetime]:
        """Return the ids of the items that the learner has answered, each with when last."""
        query = select(seats.c.item_id, func.max(seats.c.answered_at)).join(sittings).group_by(seats.c.item_id)
        answered = query.where(sittings.c.learner == learner, seats.c.answered_at.is_not(None))
        with reading(self._engine) as connection:
            return {row.item_id: row[1] for row in connection.execute(answered)}

    def close(self) -> None:
        """Release connections."""
        self._engine.dispose()

    def _read(self, query: Select[Any]) -> list[Sitting]:
        """Return the sittings of a query with their seats, the latest first."""
        with reading(self._engine) as connection:
            heads = connection.execute(query.order_by(sittings.c.begun_at.desc(), sittings.c.id)).all()
            of_them = select(seats).where(seats.c.sitting_id.in_([one.id for one in heads]))
            rows = connection.execute(of_them.order_by(seats.c.sitting_id, seats.c.position)).all()
        placed = {
            sitting_id: tuple(map(_seat, of_one)) for sitting_id, of_one in groupby(rows, lambda row: row.sitting_id)
        }
        return [_sitting(one, placed.get(one.id, ())) for one in heads]

    def _change_seat(self, learner: str, sitting_id: str, position: int, **values: Any) -> None:
        of_it = update(seats).where(seats.c.sitting_id == sitting_id, seats.c.position == position)
        with writing(self._engine) as connection:
            _change_open(connection, learner, sitting_id, id=sitting_id)  # locks the row
            if not connection.execute(of_it.values(values)).rowcount:
                raise StateError(f"The sitting {sitting_id} has no question {position + 1}.")


def _change_open(connection: Connection, learner: str, sitting_id: str, **values: Any) -> None:
    """Change a sitting that is not finished."""
    of_it = update(sittings).where(sittings.c.learner == learner, sittings.c.id == sitting_id)
    if not connection.execute(of_it.where(sittings.c.finished_at.is_(None)).values(values)).rowcount:
        raise StateError(
            f"There is no sitting {sitting_id} that can still be taken: it was finished, perhaps in another window."
        )


def plain(item: Item) -> Any:
    """Return an item as what JSON is made of, as it is stored."""
    return ITEM.dump_python(item, mode="json")


def item_of(stored: Any) -> Item:
    """Return the item that `plain` wrote.

    Raises:
        StateError: another version of Openbook wrote it in a form that this one does not know.
    """
    try:
        return ITEM.validate_python(stored)
    except ValidationError as error:
        raise StateError(
            "A stored question was written by another version of Openbook, and this one cannot read it. Upgrade "
            "Openbook."
        ) from error


def _seat_row(sitting_id: str, position: int, seat: Seat) -> dict[str, Any]:
    body = {"item": plain(seat.item), "shown": seat.shown, "scored": seat.scored, "scenario": seat.scenario}
    return {
        "sitting_id": sitting_id, "position": position, "item_id": seat.item.id, "flagged": seat.flagged,
        "body": json.dumps(body),
    }  # fmt: skip


def _seat(row: Row[Any]) -> Seat:
    held = json.loads(row.body)
    seat = Seat(item_of(held["item"]), tuple(held["shown"]), held["scored"], held["scenario"], row.flagged)
    return replace(seat, response=_response(row.response, row.answered_at)) if row.response else seat


def _response(stored: str, at: datetime) -> Response:
    held = json.loads(stored)
    given = held["given"] if isinstance(held["given"], str) else tuple(held["given"])
    return Response(given, at, held["seconds"], Grade(**held["grade"]))


def _sitting(row: Row[Any], placed: tuple[Seat, ...]) -> Sitting:
    return Sitting(**{**row._mapping, "kind": Kind(row.kind)}, seats=placed)
