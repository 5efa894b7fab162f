"""Passages from a Bedrock Knowledge Base, by hybrid search.

It is not a retriever of LangChain's: what comes after retrieval reads passages, with their pages, scores and
ids, and `rag.chain.as_langchain` makes a LangChain document of any passage.

The text of a Knowledge Base lies with AWS, so that quotes are verified in what it returned: this class keeps
the passages it gave last, each as a stored text of its own. Lines count from the start of a passage. Which words
the texts hold and how often is not known, so that no slip of spelling is found and all words of a question weigh
the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from threading import Lock
from typing import Any

from rag.adapters.bedrock_client import Retries, make_client
from rag.adapters.bedrock_errors import translated
from rag.errors import LibraryError, QuestionError
from rag.question import Question
from rag.retrieve import collapse_near_duplicates
from rag.settings import Settings
from rag.types import Chunk, Document, DocumentInfo, PageStart, Passage, Scope, Source, content_id

_REMEMBERED = 4096  # passages
_MOST = 100  # passages of a call
_PAGE = "x-amz-bedrock-kb-document-page-number"
_URI = "x-amz-bedrock-kb-source-uri"


class KnowledgeBase:
    """A `RemoteCollection` on Bedrock. Thread-safe.

    Args:
        client: of bedrock-agent-runtime.
        knowledge_base: its id.
        search: "HYBRID" (vectors and words) or "SEMANTIC", for a vector store that has no text search.
    """

    def __init__(self, client: Any, knowledge_base: str, search: str = "HYBRID") -> None:
        self._client, self._id, self._search = client, knowledge_base, search
        self._given: OrderedDict[str, Document] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def named(cls, settings: Settings, knowledge_base: str, retries: Retries = Retries()) -> KnowledgeBase:
        """Make a client by the settings.

        Raises:
            ModelError: no region, no such profile.
        """
        return cls(make_client(settings, "bedrock-agent-runtime", retries), knowledge_base)

    def retrieve(self, question: Question, limit: int, scope: Scope = Scope()) -> list[Passage]:
        """Return up to `limit` passages of text, best first, with the relevance that the Knowledge Base gives.

        `scope` filters by the metadata `course` and `tags` of the Knowledge Base's documents.

        Raises:
            QuestionError: the scope names documents of the library.
            ModelError: the call failed.
        """
        if scope.document_ids:
            raise QuestionError("A Knowledge Base does not know the library's documents. Ask without --document.")
        search: dict[str, Any] = {"numberOfResults": min(limit, _MOST), "overrideSearchType": self._search}
        if chosen := _filter(scope):
            search["filter"] = chosen
        with translated(f"knowledge base {self._id}"):
            reply = self._client.retrieve(
                knowledgeBaseId=self._id,
                retrievalQuery={"text": question.text},
                retrievalConfiguration={"vectorSearchConfiguration": search},
            )
        texts = [found for found in reply["retrievalResults"] if found["content"].get("text", "").strip()]
        return collapse_near_duplicates([self._passage(found, scope.course) for found in texts])

    def frequencies(self, terms: Sequence[str]) -> Mapping[str, int]:
        """Return 0 for each term: a Knowledge Base does not count words."""
        return dict.fromkeys(terms, 0)

    def vocabulary(self, prefix: str) -> Mapping[str, int]:  # noqa: ARG002 - part of the port
        """Return nothing: a Knowledge Base does not list its words."""
        return {}

    @property
    def chunk_count(self) -> None:
        """Not known."""
        return None

    def text(self, document_id: str, start: int, end: int) -> str:
        """Return `text[start:end]` of a passage that was given; the empty string if it was forgotten."""
        with self._lock:
            document = self._given.get(document_id)
        return document.text[start:end] if document else ""

    def has_document(self, document_id: str) -> bool:
        """Whether the passage is remembered."""
        with self._lock:
            return document_id in self._given

    def document(self, document_id: str) -> Document:
        """Return a passage that was given, as a document.

        Raises:
            LibraryError: it was forgotten.
        """
        with self._lock:
            if found := self._given.get(document_id):
                return found
        raise LibraryError(f"Passage {document_id} of knowledge base {self._id} is no longer held. Ask again.")

    def _passage(self, found: Mapping[str, Any], course: str) -> Passage:
        text, page, uri = found["content"]["text"], found.get("metadata", {}).get(_PAGE), _uri_of(found)
        name = PurePosixPath(uri).name or uri
        number = int(page) if page is not None else None
        document = Document(
            id=content_id(self._id, uri, text),
            title=name,
            media_type="text/plain",
            text=text,
            pages=(PageStart(0, number),) if number is not None else (),
            page_unit="page" if number is not None else "",
        )
        self._remember(document)
        sources = (Source(course, uri, name),)
        whole = content_id(self._id, uri)  # the document of which this and perhaps other passages are parts
        info = DocumentInfo(whole, name, "text/plain", document.page_unit, len(text), 1, "", sources)
        chunk = Chunk(document.id, 0, text, (), 0, len(text), 1, number, number)
        score = float(found.get("score", 0.0))
        return Passage(chunk, info, score, relevance=score)

    def _remember(self, document: Document) -> None:
        with self._lock:
            self._given[document.id] = document
            self._given.move_to_end(document.id)
            while len(self._given) > _REMEMBERED:
                self._given.popitem(last=False)


def _filter(scope: Scope) -> dict[str, Any] | None:
    course = [{"equals": {"key": "course", "value": scope.course}}] if scope.course else []
    tags = [{"listContains": {"key": "tags", "value": tag}} for tag in scope.tags]
    wanted = [*course, *tags]
    return {"andAll": wanted} if len(wanted) > 1 else next(iter(wanted), None)


def _uri_of(found: Mapping[str, Any]) -> str:
    """Return where a passage comes from: each kind of location keeps its address under a name of its own."""
    if uri := found.get("metadata", {}).get(_URI):
        return str(uri)
    places = [place for name, place in found.get("location", {}).items() if name != "type"]
    return next((str(value) for place in places for value in place.values()), "knowledge base")
