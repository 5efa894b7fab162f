"""A language model as judge: any LangChain chat model, asked for a label with a reason.

Nothing needs it. Its packages are imported when a judge is made.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict, ValidationError

from evals.judge.prompt import REMINDER, Label, Shown, Task, material
from rag.errors import ConfigError, ModelError

_EXAMPLES = "openai:NAME (with OPENBOOK_JUDGE_BASE_URL any compatible server), bedrock_converse:MODEL, ollama:MODEL"
# How long to wait, where the client's own default is ten minutes. Throttling is left to the client's own retries.
_OPTIONS: dict[str, dict[str, Any]] = {"openai": {"timeout": 60.0, "max_retries": 4}}
_NO_SCHEMA = (400, 422)  # what servers answer that do not know structured output
_FENCE = re.compile(r"\A```(?:json)?\s*(.*?)\s*```\Z", re.DOTALL)
_log = logging.getLogger(__name__)


class Reply(BaseModel):
    """What a model says of one thing that it was asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str
    label: Label


@dataclass(frozen=True, slots=True)
class Ruling:
    """A label, with the reason that was given in each order of the fields."""

    label: Label
    reasons: tuple[str, ...] = ()


def make_judge(name: str, base_url: str = "", **options: Any) -> Judge:
    """Make a judge of a model named as LangChain's `init_chat_model` does, `provider:model`.

    Args:
        name: the model; keys are read from the provider's own variables.
        base_url: of the server, where it is not the provider's own.
        options: of the client, over those that we give it.

    Raises:
        ConfigError: no such provider, or its package or key is missing.
    """
    provider, colon, model = name.partition(":")
    if not (provider and colon and model):
        told = f"'{name}' is no model" if name else "No judge is set"
        raise ConfigError(f"{told}. Set OPENBOOK_JUDGE or give --judge as provider:model, such as {_EXAMPLES}.")
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise ConfigError("A judge needs LangChain. Install it: pip install 'openbook[judge]'") from error
    given = {"temperature": 0, **_OPTIONS.get(provider, {}), **({"base_url": base_url} if base_url else {}), **options}
    try:
        made = init_chat_model(model, model_provider=provider, **given)
    except Exception as error:  # each provider's client has errors of its own, with no base in common
        raise ConfigError(f"Judge '{name}' cannot be made: {error}") from error
    return Judge(made, f"{name} at {_host(base_url)}" if base_url else name)


def _host(url: str) -> str:
    """Return where a server is, without a name or password that its URL may hold."""
    return urlsplit(url).netloc.rpartition("@")[2]


class Judge:
    """Asks a model for labels.

    Args:
        model: any chat model.
        name: which one it is; judgements are kept, and agreement is measured, under it.
    """

    def __init__(self, model: BaseChatModel, name: str) -> None:
        self.name = name
        self._model = model
        self._structured = True

    def rule(self, task: Task, shown: Shown) -> Ruling:
        """Judge in each order of the task; where these differ, the label is UNSURE.

        Raises:
            ModelError: the model failed.
        """
        replies: list[Reply] = []
        for order in task.orders:
            reply = self._ask(task, material(shown, order))
            if reply is None:
                return Ruling(Label.UNSCORED)
            replies.append(reply)
        label = replies[0].label if len({one.label for one in replies}) == 1 else Label.UNSURE
        return Ruling(label, tuple(one.reason for one in replies))

    def _ask(self, task: Task, text: str) -> Reply | None:
        """Return what the model says, None if that cannot be read even when it is asked once more."""
        for reminder in ("", REMINDER):
            reply = self._reply(task, [SystemMessage(task.system + reminder), HumanMessage(text)])
            if reply and reply.label in task.labels:
                return reply
        return None

    def _reply(self, task: Task, messages: list[BaseMessage]) -> Reply | None:
        if self._structured:
            try:
                return self._structured_reply(task, messages)
            except NotImplementedError:  # LangChain's own models say so
                self._structured = False
            except Exception as error:
                if getattr(error, "status_code", None) not in _NO_SCHEMA:
                    raise self._failed(error) from error
                self._structured = False  # and if that was not the reason, it fails again below
            _log.info("Judge %s has no structured output: its text is read as JSON", self.name)
        try:
            return read_reply(self._model.invoke(messages).text)
        except Exception as error:
            raise self._failed(error) from error

    def _structured_reply(self, task: Task, messages: list[BaseMessage]) -> Reply | None:
        # A plain schema: given a type, some clients raise on malformed JSON before `include_raw` can return it.
        asked = self._model.with_structured_output(task.schema, include_raw=True)
        said = asked.invoke(messages)
        assert isinstance(said, dict)
        if said["parsed"] is None:  # servers that ignore the schema reply in text
            return read_reply(said["raw"].text)
        return _valid(said["parsed"])

    def _failed(self, error: Exception) -> ModelError:
        return ModelError(f"Judge '{self.name}' failed: {type(error).__name__}: {error}", retryable=True)


def read_reply(text: str) -> Reply | None:
    """Read a reply that is JSON and nothing else, but for a code fence around it; None if it is not."""
    stripped = text.strip()
    fenced = _FENCE.match(stripped)
    try:
        return Reply.model_validate_json(fenced[1] if fenced else stripped)
    except ValidationError:
        return None


def _valid(parsed: object) -> Reply | None:
    try:
        return Reply.model_validate(parsed)
    except ValidationError:
        return None
