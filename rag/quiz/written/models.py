"""Chat models by name, as authors."""

from __future__ import annotations

from rag.chat.models import check_chat_model, make_chat_model
from rag.chat.stream import ModelStream
from rag.errors import ConfigError
from rag.quiz.written.author import Author
from rag.quiz.written.drafts import CASE_SCHEMA, SCHEMA, TYPES, schema_of
from rag.settings import Settings

_CHARACTERS, _LOCAL_CHARACTERS = 8_000, 2_000  # of the texts, a request; a local model reads about 250 a second
_SEED = 7  # where a model takes one; temperature is 0 for all that take it
_MOST_TOKENS = 1_500  # of a reply: three questions take about 500


def author_named(settings: Settings, name: str) -> Author:
    """Return an author by the name of its model; see `rag.bootstrap.make_author`.

    Raises:
        ConfigError: it is no name of a chat model, or what it needs is not installed.
        ModelError: its weights, credentials or server cannot be used.
    """
    provider, own = check_chat_model(name)
    if not provider:
        raise ConfigError(f"'{name}' writes no questions. Name a chat model: `openbook models` lists them.")
    longer = max(settings.chat_max_tokens, _MOST_TOKENS)
    model = make_chat_model(settings.model_copy(update={"chat_max_tokens": longer}), name)
    if "seed" in type(model).model_fields:
        model.seed = _SEED  # type: ignore[attr-defined]
    is_local = provider == "local"
    return Author(
        ModelStream(model, name, SCHEMA),
        ModelStream(model, name, CASE_SCHEMA),
        settings.chat_context_characters or (_LOCAL_CHARACTERS if is_local else _CHARACTERS),
        questions_a_call=1 if is_local else 3,
        example=is_local,
        price=settings.price_table.get(name) or settings.price_table.get(own),
        one_of={one: ModelStream(model, name, schema_of(one)) for one in TYPES} if is_local else {},
    )
