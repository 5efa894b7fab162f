"""Chat models by name: what `chat_model` may be, what each needs, and whether that is here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeAlias

from rag.errors import ConfigError, ModelError
from rag.settings import EXTRACTIVE, Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from rag.chat.answerer import Chat
    from rag.ports import Embedder

_KNOWS_SEARCH_RESULTS = re.compile(r"anthropic\.claude-(?:opus|sonnet|haiku)-\d")  # Claude 4 and later
_LOCAL_CHARACTERS, _CHARACTERS = 500, 8_000  # of passages: a local model reads about 250 a second

Factory: TypeAlias = "Callable[[Settings, str], BaseChatModel]"


@dataclass(frozen=True, slots=True)
class Provider:
    """Where chat models of one kind come from.

    Attributes:
        make: factory, given the settings and the model's own name.
        needs: modules that must be installed.
        install: the command that installs them.
        asks: what else must be there, for a person to read.
    """

    make: Factory
    needs: tuple[str, ...]
    install: str
    asks: str = ""

    @property
    def missing(self) -> str:
        """What is to be installed, empty if nothing is."""
        absent = [module for module in self.needs if find_spec(module) is None]
        return f"not installed: {', '.join(absent)}. Run: {self.install}" if absent else ""


def _local(settings: Settings, model: str) -> BaseChatModel:
    from rag.adapters.local_chat import make_local_chat

    return make_local_chat(settings, model)


def _bedrock(settings: Settings, model: str) -> BaseChatModel:
    from rag.adapters.bedrock_chat import make_bedrock_chat

    return make_bedrock_chat(settings, model)


def _of(provider: str) -> Factory:
    def make(settings: Settings, model: str) -> BaseChatModel:
        from rag.adapters.langchain_chat import make_langchain_chat

        return make_langchain_chat(settings, provider, model)

    return make


PROVIDERS: dict[str, Provider] = {
    "local": Provider(_local, ("xllamacpp", "langchain_openai", "filelock"), "pip install 'openbook[local]'"),
    "bedrock_converse": Provider(
        _bedrock, ("langchain_aws",), "pip install 'openbook[bedrock]'", "AWS credentials and a region"
    ),
    "ollama": Provider(
        _of("ollama"), ("langchain", "langchain_ollama"), "pip install langchain langchain-ollama", "a running Ollama"
    ),
    "openai": Provider(
        _of("openai"), ("langchain", "langchain_openai"), "pip install langchain langchain-openai",
        "OPENAI_API_KEY, and for another server OPENBOOK_CHAT_BASE_URL",
    ),
}  # fmt: skip


def check_chat_model(name: str) -> tuple[str, str]:
    """Return the provider of a chat model and the model's own name; ("", "") for the extractive answerer.

    Raises:
        ConfigError: it is no name of one.
    """
    if name == EXTRACTIVE:
        return "", ""
    provider, _, model = name.partition(":")
    if not (provider and model):
        raise ConfigError(f"There is no chat model '{name}'. Valid are: {valid_names()}.")
    return provider, model


def valid_names() -> str:
    """Return the kinds of names that there are, for a person to read."""
    known = ", ".join([EXTRACTIVE, *(f"{provider}:MODEL" for provider in PROVIDERS)])
    return f"{known}, and any other provider:MODEL of LangChain's init_chat_model"


def make_chat_model(settings: Settings, name: str) -> BaseChatModel:
    """Return the chat model of that name.

    Raises:
        ConfigError: there is none of that name, or what it needs is not installed.
        ModelError: its weights, credentials or server cannot be used.
    """
    provider, model = check_chat_model(name)
    if not provider:
        raise ConfigError(f"'{name}' answers without a chat model. Chat models are: {valid_names()}.")
    if provider not in PROVIDERS:
        return _of(provider)(settings, model)
    require(provider)
    return PROVIDERS[provider].make(settings, model)


def require(provider: str) -> None:
    """Check that what a provider of the table needs is installed.

    Raises:
        ConfigError: it is not; the message has the command that installs it.
    """
    if missing := PROVIDERS[provider].missing:
        raise ConfigError(f"Chat models of '{provider}:' cannot be used here, {missing}")


def make_chat(settings: Settings, embedder: Embedder, name: str) -> Chat | None:
    """Return the chat model of that name with what checks its answers; None for the extractive answerer.

    Raises:
        OpenbookError: as `make_chat_model`.
    """
    if name == EXTRACTIVE:
        return None
    from rag.bootstrap import make_grounding
    from rag.chat.answerer import Chat
    from rag.chat.prompt import EXAMPLES, briefly, search_results, tagged
    from rag.chat.stream import ModelStream

    provider, model = check_chat_model(name)
    is_local = provider == "local"
    knows_results = provider == "bedrock_converse" and _KNOWS_SEARCH_RESULTS.search(model)
    return Chat(
        ModelStream(make_chat_model(settings, name), name),
        make_grounding(settings, embedder),
        settings.chat_context_characters or (_LOCAL_CHARACTERS if is_local else _CHARACTERS),
        settings.chat_min_confidence,
        briefly if is_local else search_results if knows_results else tagged,
        EXAMPLES if is_local else (),
        is_local,
        settings.price_table.get(name) or settings.price_table.get(model),
    )


@dataclass(frozen=True, slots=True)
class Usable:
    """Whether a chat model can be used here, and what it still asks for or why it cannot."""

    name: str
    usable: bool
    note: str


def usable(settings: Settings) -> Iterator[Usable]:
    """Yield what can be used here and what cannot, without loading or asking any of it."""
    yield Usable(EXTRACTIVE, usable=True, note="no language model")
    for name, provider in PROVIDERS.items():
        if name == "local" and not provider.missing:
            yield from _local_models(settings)
        else:
            yield Usable(f"{name}:MODEL", not provider.missing, provider.missing or provider.asks)


def _local_models(settings: Settings) -> Iterator[Usable]:
    from rag.adapters.model_store import MODELS, find_model

    for model in MODELS.values():
        try:
            find_model(model.name, settings)
        except ModelError as error:
            yield Usable(f"local:{model.name}", usable=False, note=str(error))
        else:
            yield Usable(f"local:{model.name}", usable=True, note=model.title)
