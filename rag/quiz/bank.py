"""The bank: items about documents, written once for each version of the generators, checked, and kept."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from rag.cite import Citer
from rag.extractive.match import VectorMemory
from rag.grounding.ground import PlainGrounding
from rag.ports import Embedder, Reader, Texts
from rag.quiz.arrange import arranged
from rag.quiz.generators import VERSION, make_generators
from rag.quiz.items import Item, cited_documents
from rag.quiz.making import Generator, Maker
from rag.quiz.material import sections
from rag.quiz.ports import QuizItems
from rag.quiz.rules import REPEAT, Evidence, Finding, findings
from rag.quiz.rules.repeats import without_repeats
from rag.types import DocumentInfo, content_id


class Writer:
    """Writes items about documents of a library, one document after the other.

    Args:
        library: where the documents are.
        embedder: tells near terms, and how near a text is to a stem.
        generators: what yields items; those that need no language model unless others are given.
        reader: reads stem and statement together; None for none.
        rejected: is told each item that is not kept, with what is wrong with it.
    """

    def __init__(
        self,
        library: Texts,
        embedder: Embedder,
        *,
        generators: Sequence[Generator] | None = None,
        reader: Reader | None = None,
        rejected: Callable[[Item, Sequence[Finding]], None] = lambda *_: None,
    ) -> None:
        self._library, self._reader, self._rejected = library, reader, rejected
        self._memory, self._citer, self._scorer = VectorMemory(embedder), Citer(library), PlainGrounding(embedder)
        self._generators = make_generators() if generators is None else generators

    def write(self, info: DocumentInfo) -> tuple[list[Item], Counter[str]]:
        """Return the items of a document that pass the rules, and how many were rejected for which rule.

        The same text, generators and embedder give the same items in the same order.

        Raises:
            LibraryError: no such document.
            ModelError: a model failed.
        """
        evidence = Evidence(sections(self._library, info), self._memory.vectors, self._scorer, self._reader)
        counts: Counter[str] = Counter()
        passed = []
        for generator in self._generators:
            chooser = random.Random(f"{info.id} {generator.name}")
            for item in generator.items(Maker(evidence.sections, chooser, self._memory.vectors, self._citer)):
                found = findings(item, evidence)
                if any(one.hard for one in found):
                    counts[found[0].rule] += 1
                    self._rejected(item, found)
                else:
                    passed.append(arranged(item))
        kept, again = without_repeats(passed)
        for item in again:
            self._rejected(item, [Finding(REPEAT, True, "another item asks it")])
        return kept, counts + Counter({REPEAT: len(again)})


class Bank:
    """Items about the documents of a library.

    Args:
        library: what the documents are read from, and what tells which are still there.
        store: where items are kept.
        author: version of the language model whose items it holds; "" for those that need none.
    """

    def __init__(
        self, library: Texts, embedder: Embedder, store: QuizItems, reader: Reader | None = None, author: str = ""
    ) -> None:
        self._library, self._embedder, self._store, self._reader = library, embedder, store, reader
        self._author = author

    @property
    def version(self) -> str:
        """What items are kept under: the version of generators and rules, the embedder, the reader and the author."""
        read_by = self._reader.fingerprint if self._reader else "no reader"
        return " ".join(filter(None, (VERSION, str(self._embedder.fingerprint), read_by, self._author)))

    def ensure(
        self, infos: Sequence[DocumentInfo], at: datetime, progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Write the items of those documents that have none of this version.

        Args:
            infos: the documents.
            at: now; stored as the time of writing.
            progress: told how many documents are done, of how many that had to be written; first of all none.

        Raises:
            ModelError: the embedder or the reader failed; what was written before is kept.
        """
        there = self._store.written([info.id for info in infos], self.version)
        missing = [info for info in infos if info.id not in there]
        if not missing:
            return
        writer = Writer(self._library, self._embedder, reader=self._reader)
        for done, info in enumerate(missing):
            if progress:
                progress(done, len(missing))
            items, rejected = writer.write(info)
            self.keep(info, items, rejected, at)
        if progress:
            progress(len(missing), len(missing))

    def keep(self, info: DocumentInfo, items: Sequence[Item], rejected: Mapping[str, int], at: datetime) -> None:
        """Store the items of a document, and how many were rejected for what, in place of what was there."""
        self._store.put(self._key(info), self.version, items, rejected, at)

    def items(self, infos: Sequence[DocumentInfo]) -> list[Item]:
        """Return the items of documents, in their order; none whose cited texts are gone, none that repeats another."""
        found = self._store.items([*map(self._key, infos)], self.version)
        needed = frozenset().union(*map(cited_documents, found))
        there = set(filter(self._library.has_document, needed))
        return without_repeats([item for item in found if cited_documents(item) <= there])[0]

    def rejected(self, infos: Sequence[DocumentInfo]) -> dict[str, int]:
        """Return how many items were rejected for which rule, over the documents."""
        return self._store.rejected([*map(self._key, infos)], self.version)

    def _key(self, info: DocumentInfo) -> str:
        """Return the id that items are kept under: an author's stand beside those that need none."""
        return content_id(info.id, self._author) if self._author else info.id
