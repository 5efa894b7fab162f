"""Fakes that implement our ports, and sample course texts."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from rag.ports import Scores, Vectors
from rag.types import Chunk, Document, EmbedderFingerprint, LibraryStamp, PageStart, Source, content_id

COURSE_TEXTS = {
    "optics.md": (
        "Light travels in straight lines through a uniform medium.",
        "Refraction bends light at the boundary of two media.",
        "A lens focuses light by refraction at its two surfaces.",
    ),
    "biology.md": (
        "Chlorophyll absorbs sunlight in the leaf of a plant.",
        "Mitochondria release energy from glucose.",
    ),
    "economy.md": (
        "Inflation lowers what money buys.",
        "A central bank raises interest rates against inflation.",
        "Café prices rose in the naïve model.",
    ),
}


class HashEmbedder:
    """Embeds a text as the normalised counts of its words, each hashed to a dimension with a sign.

    The same words give the same vector in every process; texts that share words are similar.

    Args:
        dimension: of the vectors.
        name: another name is another embedder, with other vectors.
    """

    def __init__(self, dimension: int = 64, name: str = "hash") -> None:
        self._fingerprint = EmbedderFingerprint(name, "1", dimension, normalised=True)
        self._dimension = dimension
        self.embedded: list[str] = []

    @property
    def fingerprint(self) -> EmbedderFingerprint:
        return self._fingerprint

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded.extend(texts)
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()) or [""]:
                code = zlib.crc32(f"{self._fingerprint.name} {word}".encode("utf-8", "replace"))
                row[code % self._dimension] += 1.0 if code & (1 << 31) else -1.0
            if not row.any():
                row[0] = 1.0
            row /= np.linalg.norm(row)
        return vectors


def stamp(embedder: HashEmbedder | None = None, chunker: str = "paragraphs-1") -> LibraryStamp:
    return LibraryStamp((embedder or HashEmbedder()).fingerprint, chunker)


def sample_document(name: str, paragraphs: Sequence[str]) -> tuple[Document, list[Chunk]]:
    """Return a document of one heading with a chunk for each paragraph, two paragraphs a page."""
    title = name.rpartition(".")[0].capitalize()
    text, starts = f"# {title}\n", []
    for paragraph in paragraphs:
        text += "\n"
        starts.append(len(text))
        text += f"{paragraph}\n"
    document = Document(
        id=content_id(name, text),
        title=title,
        media_type="text/markdown",
        text=text,
        pages=tuple(PageStart(start, 1 + n // 2) for n, start in enumerate(starts) if n % 2 == 0),
        page_unit="page",
        lines=tuple(range(1, text.count("\n") + 2)),
    )
    chunks = [
        Chunk(
            document_id=document.id,
            position=position,
            text=paragraph,
            heading_path=(title,),
            start=start,
            end=start + len(paragraph),
            line=text.count("\n", 0, start) + 1,
            page_start=1 + position // 2,
            page_end=1 + position // 2,
        )
        for position, (start, paragraph) in enumerate(zip(starts, paragraphs, strict=True))
    ]
    return document, chunks


def sample_source(name: str, course: str = "course", tags: tuple[str, ...] = ()) -> Source:
    return Source(course, f"/texts/{name}", name, tags)


class ListReader:
    """Says that the texts it was given answer, and that no others do, whatever is asked."""

    def __init__(self, *answering: str) -> None:
        self.answering = answering
        self.read: list[str] = []

    @property
    def fingerprint(self) -> str:
        return "list"

    def relevance(self, question: str, texts: Sequence[str]) -> Scores:
        self.read.extend(texts)
        return np.array([4.0 if any(one in text for one in self.answering) else -4.0 for text in texts], np.float32)

    def support(self, claim: str, sources: Sequence[str]) -> Scores:
        return np.array([[4.0, -4.0, -4.0] if claim in source else [-4.0, -4.0, 4.0] for source in sources], np.float32)


class AskedReader(ListReader):
    """Says of each question which texts answer it; the others do not.

    Args:
        answers: by the question, the texts that answer it.
    """

    def __init__(self, answers: Mapping[str, str]) -> None:
        super().__init__()
        self._answers = answers
        self.asked: list[str] = []

    def relevance(self, question: str, texts: Sequence[str]) -> Scores:
        self.asked.append(question)
        answer = self._answers.get(question)
        return np.array([4.0 if answer and answer in text else -4.0 for text in texts], np.float32)
