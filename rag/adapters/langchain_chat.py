"""Chat models of every provider that LangChain knows, made by its `init_chat_model`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain_core.language_models import BaseChatModel

from rag.errors import ConfigError
from rag.settings import Settings

_RETRIES = 2  # of the client itself, on throttling and failures of the server


def _common(settings: Settings) -> dict[str, Any]:
    return {"timeout": settings.chat_timeout_s, "max_tokens": settings.chat_max_tokens, "max_retries": _RETRIES}


def _openai(settings: Settings) -> dict[str, Any]:
    return {**_common(settings), "stream_usage": True}


def _ollama(settings: Settings) -> dict[str, Any]:
    return {"num_predict": settings.chat_max_tokens, "client_kwargs": {"timeout": settings.chat_timeout_s}}


# Providers whose clients name these options otherwise, or need one more.
_OPTIONS: dict[str, Callable[[Settings], dict[str, Any]]] = {"openai": _openai, "ollama": _ollama}


def make_langchain_chat(settings: Settings, provider: str, model: str) -> BaseChatModel:
    """Return a chat model; keys are read from the provider's own variables.

    Raises:
        ConfigError: there is no such provider, its package is not installed, or its key is missing.
    """
    name = f"{provider}:{model}"
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise ConfigError(f"Chat model '{name}' needs LangChain. Install it: pip install langchain") from error
    options = {"temperature": 0, **_OPTIONS.get(provider, _common)(settings)}
    if settings.chat_base_url:
        options["base_url"] = settings.chat_base_url
    try:
        made: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    except ImportError as error:  # its message names the package to install
        raise ConfigError(f"Chat model '{name}' cannot be made. {error}") from error
    except Exception as error:  # each provider's client has errors of its own, with no base in common
        raise ConfigError(f"Chat model '{name}' cannot be made: {' '.join(str(error).split())}") from error
    return made
