"""The same steps as LangChain parts: a retriever and a chain for programs built on LangChain."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda

from rag.answer import Assistant
from rag.asked import Asked
from rag.types import Answer, Passage, Scope


class OpenbookRetriever(BaseRetriever):
    """Offers `Assistant.search` as a LangChain retriever."""

    assistant: Any  # an Assistant: pydantic cannot check a plain class without arbitrary types
    scope: Scope = Scope()
    top_k: int | None = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - part of LangChain's signature
    ) -> list[LangChainDocument]:
        return [as_langchain(passage) for passage in self.assistant.search(query, self.scope, self.top_k)]


def as_langchain(passage: Passage) -> LangChainDocument:
    """Return a passage as a LangChain document: its text, its chunk id, and its place in the metadata."""
    chunk, info = passage.chunk, passage.document
    return LangChainDocument(
        id=chunk.id,
        page_content=chunk.text,
        metadata={
            "source": info.name,
            "document_id": chunk.document_id,
            "title": info.title,
            "heading_path": list(chunk.heading_path),
            "start": chunk.start,
            "end": chunk.end,
            **({"line": chunk.line} if chunk.line else {}),
            info.page_unit or "page": chunk.page_start,
            "score": passage.score,
            "dense_rank": passage.dense_rank,
            "lexical_rank": passage.lexical_rank,
        },
    )


def build_chain(assistant: Assistant) -> Runnable[str | dict[str, Any] | Asked, Answer]:
    """Return the whole chain as a Runnable: a question, as text, `Asked` or a mapping, in; an `Answer` out."""
    return (
        RunnableLambda(_asked, name="question")
        | RunnableLambda(assistant.retrieve, name="retrieve")
        | RunnableLambda(assistant.answer, name="answer")
    )


def _asked(question: str | dict[str, Any] | Asked) -> Asked:
    if isinstance(question, Asked):
        return question
    if isinstance(question, str):
        return Asked(question)
    scope = Scope(course=question.get("course", ""), tags=tuple(question.get("tags", ())))
    return Asked(question["question"], scope, question.get("top_k"), tuple(question.get("history", ())))
