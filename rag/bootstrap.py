"""The composition root: names in settings to adapters, each imported only when it is chosen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from rag.errors import ConfigError, ModelError
from rag.settings import LIBRARY, READER, SHIPPED, Settings

if TYPE_CHECKING:
    from rag.access.ports import ApiKeys
    from rag.adapters.sqlite_library import SqliteLibrary
    from rag.answer import Assistant
    from rag.chat.answerer import Chat
    from rag.ports import Conversations, Embedder, GroundingScorer, Library, Reader, RemoteCollection, Reranker
    from rag.quiz.ports import QuizItems, Sittings
    from rag.quiz.written.author import Author
    from rag.study.ports import Cards

EmbedderFactory: TypeAlias = "Callable[[Settings, str], Embedder]"
RerankerFactory: TypeAlias = "Callable[[Settings, str], Reranker | None]"
GroundingFactory: TypeAlias = "Callable[[Settings, Embedder], GroundingScorer]"
RemoteFactory: TypeAlias = "Callable[[Settings, str], RemoteCollection | None]"
_Factory = TypeVar("_Factory")

_LOG = logging.getLogger(__name__)


@contextmanager
def _bedrock_packages() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        install = "pip install 'openbook[bedrock]'"
        raise ConfigError(f"Bedrock needs packages that are not installed ({error}). Run: {install}") from error


def _minilm_int8(settings: Settings, _: str) -> Embedder:
    from rag.adapters.onnx_embedder import OnnxEmbedder

    return OnnxEmbedder.minilm(threads=settings.threads)


def _sentence_transformers(settings: Settings, model: str) -> Embedder:
    from rag.adapters.sentence_transformers_embedder import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder.named(model, threads=settings.threads)


def _bedrock_embedder(settings: Settings, model: str) -> Embedder:
    with _bedrock_packages():
        from rag.adapters.bedrock_embedder import BedrockEmbedder
    return BedrockEmbedder.named(settings, model)


def _bedrock_reranker(settings: Settings, model: str) -> Reranker:
    with _bedrock_packages():
        from rag.adapters.bedrock_rerank import BedrockReranker
    return BedrockReranker.named(settings, model)


def _reader_reranker(settings: Settings, _: str) -> Reranker | None:
    from rag.rerank import StatementReranker

    reader = reader_or_none(settings)
    return StatementReranker(reader) if reader else None


def _plain_grounding(_: Settings, embedder: Embedder) -> GroundingScorer:
    from rag.grounding.ground import PlainGrounding

    return PlainGrounding(embedder)


def _bedrock_grounding(settings: Settings, embedder: Embedder) -> GroundingScorer:
    from rag.grounding.ground import PlainGrounding, ThenGrounding

    with _bedrock_packages():
        from rag.adapters.bedrock_grounding import BedrockGrounding
    return ThenGrounding(PlainGrounding(embedder), BedrockGrounding.named(settings))


def _knowledge_base(settings: Settings, knowledge_base: str) -> RemoteCollection:
    with _bedrock_packages():
        from rag.adapters.bedrock_knowledge_base import KnowledgeBase
    return KnowledgeBase.named(settings, knowledge_base)


# By name, or by "name:" where the model's own name follows.
EMBEDDERS: dict[str, EmbedderFactory] = {
    "minilm-int8": _minilm_int8,
    "sentence-transformers:": _sentence_transformers,
    "bedrock:": _bedrock_embedder,
}
RERANKERS: dict[str, RerankerFactory] = {
    "none": lambda *_: None,
    READER: _reader_reranker,
    "bedrock:": _bedrock_reranker,
}
GROUNDINGS: dict[str, GroundingFactory] = {"plain": _plain_grounding, "bedrock": _bedrock_grounding}
RETRIEVERS: dict[str, RemoteFactory] = {LIBRARY: lambda *_: None, "knowledge_base:": _knowledge_base}


def _chosen(setting: str, name: str, registry: Mapping[str, _Factory], own: str = "MODEL") -> tuple[_Factory, str]:
    """Return the factory that a setting names, and what follows its colon, which messages call `own`.

    Raises:
        ConfigError: there is none of that name.
    """
    kind, colon, rest = name.partition(":")
    factory = registry.get(kind + colon)
    if factory is None or (colon and not rest):
        valid = ", ".join(f"{known}{own}" if known.endswith(":") else known for known in registry)
        raise ConfigError(f"OPENBOOK_{setting.upper()}: there is no {setting} '{name}'. Valid are: {valid}.")
    return factory, rest


def make_embedder(settings: Settings) -> Embedder:
    """Return the embedder that `settings.embedder` names.

    Raises:
        ConfigError: there is none of that name.
        ModelError: its weights are missing or damaged.
    """
    factory, model = _chosen("embedder", settings.embedder, EMBEDDERS)
    return factory(settings, model)


def make_reranker(settings: Settings) -> Reranker | None:
    """Return the reranker that `settings.reranker` names, or None for "none".

    Raises:
        ConfigError: there is none of that name, or what it needs is not installed.
        ModelError: no region, no such profile.
    """
    factory, model = _chosen("reranker", settings.reranker, RERANKERS)
    return factory(settings, model)


def make_grounding(settings: Settings, embedder: Embedder) -> GroundingScorer:
    """Return the scorer that `settings.grounding` names.

    Raises:
        ConfigError: as `make_reranker`, or no guardrail is set.
        ModelError: as `make_reranker`.
    """
    factory, _ = _chosen("grounding", settings.grounding, GROUNDINGS)
    return factory(settings, embedder)


def make_remote(settings: Settings) -> RemoteCollection | None:
    """Return what `settings.retriever` names beside "library", or None for that. Raises as `make_reranker`."""
    factory, knowledge_base = _chosen("retriever", settings.retriever, RETRIEVERS, "ID")
    return factory(settings, knowledge_base)


def reader_folder(settings: Settings) -> Path:
    """Return the folder of the reader that `settings.reader` names."""
    return Path(str(files("rag"))) / READER if settings.reader == SHIPPED else Path(settings.reader).expanduser()


def make_reader(settings: Settings) -> Reader | None:
    """Return the reader that `settings.reader` names, or None for "none".

    Raises:
        ModelError: its weights are missing, damaged or of another version.
    """
    return None if settings.reader == "none" else _open_reader(reader_folder(settings), settings.threads)


@lru_cache(maxsize=2)
def _open_reader(folder: Path, threads: int) -> Reader:
    from rag.adapters.onnx_reader import OnnxReader

    return OnnxReader(folder, threads=threads)


def reader_or_none(settings: Settings) -> Reader | None:
    """Return the reader of the settings, or None where it cannot be used; then a warning says why and what to do."""
    return None if settings.reader == "none" else _reader_or_none(reader_folder(settings), settings.threads)


@lru_cache(maxsize=2)  # tried, and told of, once
def _reader_or_none(folder: Path, threads: int) -> Reader | None:
    try:
        return _open_reader(folder, threads)
    except ModelError as error:
        _LOG.warning("%s Until then answers are found without it, and are worse.", error)
        return None


def open_library(settings: Settings, embedder: Embedder | None = None, *, check: bool = True) -> SqliteLibrary:
    """Return the library of `settings`; it is made at the first `put`.

    Args:
        settings: where it is, and the chunk size.
        embedder: what texts and questions are embedded with; None to list, show, remove and examine only.
        check: whether to refuse a library that was indexed by another embedder or chunker.

    Raises:
        IndexMismatch: the library was indexed by another embedder or chunker.
        LibraryError: the library cannot be opened.
    """
    from rag.adapters.sqlite_library import SqliteLibrary
    from rag.text.blocks import chunker_name
    from rag.types import LibraryStamp

    stamp = LibraryStamp(embedder.fingerprint, chunker_name(settings.chunk_characters)) if embedder else None
    return SqliteLibrary(
        settings.library_path, stamp, exact_search_limit=settings.exact_search_limit, check_stamp=check
    )


def make_conversations(settings: Settings) -> Conversations:
    """Return the stored conversations of `settings`; their database is made or upgraded here.

    Raises:
        ConfigError: OPENBOOK_DATABASE_URL names no database that can be used.
        StateError: the database cannot be opened, or was written by a newer version of Openbook.
    """
    from rag.adapters.sql_conversations import SqlConversations
    from rag.adapters.state_database import open_state

    return SqlConversations(open_state(settings.state))


def make_quiz_items(settings: Settings) -> QuizItems:
    """Return the stored items of `settings`. Raises as `make_conversations`."""
    from rag.adapters.sql_quizzes import SqlQuizItems
    from rag.adapters.state_database import open_state

    return SqlQuizItems(open_state(settings.state))


def make_author(settings: Settings, name: str) -> Author:
    """Return the chat model of that name as a writer of questions.

    Raises:
        ConfigError: it is no name of a chat model, or what it needs is not installed.
        ModelError: its weights, credentials or server cannot be used.
    """
    from rag.quiz.written.models import author_named

    return author_named(settings, name)


def make_sittings(settings: Settings) -> Sittings:
    """Return the stored sittings of `settings`. Raises as `make_conversations`."""
    from rag.adapters.sql_quizzes import SqlSittings
    from rag.adapters.state_database import open_state

    return SqlSittings(open_state(settings.state))


def make_cards(settings: Settings) -> Cards:
    """Return the stored review cards of `settings`. Raises as `make_conversations`."""
    from rag.adapters.sql_cards import SqlCards
    from rag.adapters.state_database import open_state

    return SqlCards(open_state(settings.state))


def make_api_keys(settings: Settings) -> ApiKeys:
    """Return the stored keys of `settings`. Raises as `make_conversations`."""
    from rag.adapters.sql_keys import SqlApiKeys
    from rag.adapters.state_database import open_state

    return SqlApiKeys(open_state(settings.state))


def build_assistant(settings: Settings) -> Assistant:
    """Return what answers questions from the library of `settings`.

    Raises:
        OpenbookError: as `make_embedder`, `open_library`, `make_remote`, `assemble` and
            `rag.chat.models.make_chat_model`.
    """
    from rag.chat.models import make_chat

    embedder = make_embedder(settings)
    chat = make_chat(settings, embedder, settings.chat_model)
    remote = make_remote(settings)
    library = open_library(settings, embedder, check=remote is None)  # else it is not searched
    return assemble(library, embedder, settings, chat, remote)


def assemble(
    library: Library,
    embedder: Embedder,
    settings: Settings,
    chat: Chat | None = None,
    remote: RemoteCollection | None = None,
) -> Assistant:
    """Return an assistant over a library, with reranker and reader of the settings and the calibration made for it.

    Raises:
        ConfigError: there is no calibration for the reader, or as `make_reranker`.
        ModelError: as `make_reranker`.
    """
    from rag.answer import Assistant, Parts
    from rag.extractive.answerer import load_calibration

    reader = reader_or_none(settings)
    calibration = load_calibration(reader_folder(settings)) if reader else None
    return Assistant(library, embedder, settings, Parts(calibration, reader, chat, make_reranker(settings), remote))


def answering_by(assistant: Assistant, chat_model: str) -> Assistant:
    """Return an assistant over the same library that answers by another chat model, or by "extractive".

    Raises:
        OpenbookError: as `rag.chat.models.make_chat_model`.
    """
    from rag.chat.models import make_chat

    return assistant.answering_by(make_chat(assistant.settings, assistant.embedder, chat_model))
