"""What generators make of a text that a test gives."""

from __future__ import annotations

import random

from rag.cite import Citer
from rag.extractive.match import VectorMemory
from rag.quiz.items import Item
from rag.quiz.making import Generator, Maker
from rag.quiz.material import Section, sections
from rag.types import Document, DocumentInfo
from tests.fakes import HashEmbedder


class OneText:
    """A library of one document; `gone` takes it away."""

    gone = False

    def __init__(self, text: str, document_id: str = "d" * 32) -> None:
        self._text, self._id = text, document_id

    def text(self, document_id: str, start: int, end: int) -> str:
        return self._text[start:end] if self.has_document(document_id) else ""

    def document(self, document_id: str) -> Document:
        return Document(document_id, "", "text/markdown", self._text)

    def has_document(self, document_id: str) -> bool:
        return document_id == self._id and not self.gone


def read(text: str) -> list[Section]:
    """Return the sections of a text, which is titled as its first heading."""
    title = text.partition("\n")[0].lstrip("# ")
    return sections(OneText(text), DocumentInfo("d" * 32, title, "text/markdown", "", len(text), 1, "", ()))


def maker(text: str, seed: int = 1) -> Maker:
    return Maker(read(text), random.Random(seed), VectorMemory(HashEmbedder()).vectors, Citer(OneText(text)))


def made(generator: Generator, text: str, seed: int = 1) -> list[Item]:
    return list(generator.items(maker(text, seed)))
