"""The composition root: names in settings to adapters, each imported only when it is chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from rag.errors import ConfigError
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.adapters.sqlite_library import SqliteLibrary
    from rag.answer import Assistant
    from rag.chat import Chat
    from rag.ports import Embedder, Library, Reader

EmbedderFactory: TypeAlias = "Callable[[Settings, str], Embedder]"


def _minilm_int8(settings: Settings, _: str) -> Embedder:
    from rag.adapters.onnx_embedder import OnnxEmbedder

    return OnnxEmbedder.minilm(threads=settings.threads)


def _sentence_transformers(settings: Settings, model: str) -> Embedder:
    from rag.adapters.sentence_transformers_embedder import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder.named(model, threads=settings.threads)


def _bedrock_embedder(settings: Settings, model: str) -> Embedder:
    try:
        from rag.adapters.bedrock_embedder import BedrockEmbedder
    except ImportError as error:
        install = "pip install 'openbook[bedrock]'"
        raise ConfigError(f"Bedrock needs packages that are not installed ({error}). Run: {install}") from error
    return BedrockEmbedder.named(settings, model)


# By name, or by "name:" where the model's own name follows.
EMBEDDERS: dict[str, EmbedderFactory] = {
    "minilm-int8": _minilm_int8,
    "sentence-transformers:": _sentence_transformers,
    "bedrock:": _bedrock_embedder,
}


def make_embedder(settings: Settings) -> Embedder:
    """Return the embedder that `settings.embedder` names.

    Raises:
        ConfigError: there is none of that name.
        ModelError: its weights are missing or damaged.
    """
    name, colon, model = settings.embedder.partition(":")
    factory = EMBEDDERS.get(name + colon)
    if factory is None or (colon and not model):
        valid = ", ".join(f"{known}MODEL" if known.endswith(":") else known for known in EMBEDDERS)
        raise ConfigError(f"OPENBOOK_EMBEDDER: there is no embedder '{settings.embedder}'. Valid are: {valid}.")
    return factory(settings, model)


def make_reader(settings: Settings) -> Reader | None:
    """Return the reader in the folder that `settings.reader` names, or None for "none".

    Raises:
        ModelError: its weights are missing, damaged or of another version.
    """
    if settings.reader == "none":
        return None
    from rag.adapters.onnx_reader import OnnxReader

    return OnnxReader(Path(settings.reader).expanduser(), threads=settings.threads)


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
    from rag.blocks import chunker_name
    from rag.types import LibraryStamp

    stamp = LibraryStamp(embedder.fingerprint, chunker_name(settings.chunk_characters)) if embedder else None
    return SqliteLibrary(
        settings.library_path, stamp, exact_search_limit=settings.exact_search_limit, check_stamp=check
    )


def build_assistant(settings: Settings) -> Assistant:
    """Return what answers questions from the library of `settings`.

    Raises:
        OpenbookError: as `make_embedder`, `open_library` and `rag.chat_models.make_chat_model`.
    """
    from rag.chat_models import make_chat

    embedder = make_embedder(settings)
    chat = make_chat(settings, embedder, settings.chat_model)
    return assemble(open_library(settings, embedder), embedder, settings, chat)


def assemble(library: Library, embedder: Embedder, settings: Settings, chat: Chat | None = None) -> Assistant:
    """Return an assistant over a library, with the reader of the settings and the calibration made for it.

    Raises:
        ConfigError: there is no calibration for the reader.
        ModelError: the reader cannot be used.
    """
    from rag.answer import Assistant
    from rag.extract import load_calibration

    reader = make_reader(settings)
    calibration = load_calibration(Path(settings.reader).expanduser()) if reader else None
    return Assistant(library, embedder, settings, calibration, reader, chat)


def answering_by(assistant: Assistant, chat_model: str) -> Assistant:
    """Return an assistant over the same library that answers by another chat model, or by "extractive".

    Raises:
        OpenbookError: as `rag.chat_models.make_chat_model`.
    """
    from rag.chat_models import make_chat

    return assistant.answering_by(make_chat(assistant.settings, assistant.embedder, chat_model))
