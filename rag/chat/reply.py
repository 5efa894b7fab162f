"""Reads the JSON that a chat model writes, statement by statement, while it is still being written."""

from __future__ import annotations

import json
import re
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

_BETWEEN = re.compile(r"[\s,]*")
_OPEN = re.compile(r'"(?:quote|text)"\s*:\s*"((?:[^"\\]|\\.)*)\Z')
_SHOWN = 80  # characters of what could not be read


class Draft(BaseModel):
    """A statement as the model wrote it: nothing about it is known to be true."""

    model_config = ConfigDict(frozen=True)

    source: int
    quote: str
    text: str


Written = TypeVar("Written", bound=BaseModel)


class ObjectReader(Generic[Written]):
    """Takes a reply in pieces and gives each object of its list once that is whole.

    Args:
        kind: what the objects are to be.
        name: of the list in the reply.

    Attributes:
        text: what was read so far.
        unreadable: objects that are none of the kind, each with the reason.
    """

    def __init__(self, kind: type[Written], name: str) -> None:
        self._kind, self._name = kind, name
        self._opening = re.compile(rf'[{{,]\s*"{name}"\s*:\s*\[')
        self.text = ""
        self.unreadable: list[tuple[str, str]] = []
        self._at = -1  # where the next object begins; before the opening -1
        self._closed = False

    def feed(self, piece: str) -> list[Written]:
        """Return the objects that `piece` completes."""
        self.text += piece
        if self._at < 0 and (opening := self._opening.search(self.text)):
            self._at = opening.end()
        # An object ends with a brace, so that nothing else is worth another look.
        return self._complete() if self._at >= 0 and ("}" in piece or "]" in piece) else []

    @property
    def rest(self) -> str:
        """What comes after the last whole object."""
        return self.text[max(self._at, 0) :]

    @property
    def unfinished(self) -> str:
        """The quote or text that is being written, as far as it goes; empty between them."""
        found = _OPEN.search(self.rest) if self._at >= 0 else None
        try:
            text = str(json.loads(f'"{found[1]}"', strict=False)) if found else ""
        except json.JSONDecodeError:  # an escape that is not whole yet
            return ""
        return text.encode("utf-8", "ignore").decode("utf-8")  # without half a character

    def problem(self) -> str:
        """Return what is wrong with the reply as a whole, for the model to read, or nothing."""
        if self._at < 0:
            return f'It holds no JSON object {{"{self._name}": [...]}}.'
        if not self._closed:
            return f"Its JSON is not well-formed or not complete from here: {self.rest[:_SHOWN]!r}."
        return self.unreadable[0][1] if self.unreadable else ""

    def _complete(self) -> list[Written]:
        drafts: list[Written] = []
        while not self._closed:
            self._at = _BETWEEN.match(self.text, self._at).end()  # type: ignore[union-attr]  # matches anywhere
            self._closed = self.text.startswith("]", self._at)
            if not self.text.startswith("{", self._at):
                break
            try:
                value, end = json.JSONDecoder().raw_decode(self.text, self._at)
            except json.JSONDecodeError:
                break
            drafts += self._draft(value, self.text[self._at : end])
            self._at = end
        return drafts

    def _draft(self, value: object, raw: str) -> list[Written]:
        try:
            return [self._kind.model_validate(value)]
        except ValidationError as error:
            wrong = ", ".join(f"{one['loc'][0]}: {one['msg']}" for one in error.errors())
            self.unreadable.append((raw, f"It is no {self._name.removesuffix('s')} ({wrong})."))
            return []


class ReplyReader(ObjectReader[Draft]):
    """Reads the statements of an answer."""

    def __init__(self) -> None:
        super().__init__(Draft, "statements")
