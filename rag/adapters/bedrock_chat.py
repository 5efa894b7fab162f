"""Chat models on Bedrock, through Converse and ConverseStream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from langchain_aws import ChatBedrockConverse
from langchain_aws.utils import parse_model_provider
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from pydantic import BaseModel

from rag.adapters.bedrock_client import Retries, make_client
from rag.adapters.bedrock_errors import translated
from rag.errors import Blocked, ConfigError
from rag.settings import Settings

_GUARDRAIL = "guardrail_intervened"
_STOPPED = {
    _GUARDRAIL: "The guardrail blocked this answer.",
    "content_filtered": "The model's own filter blocked this answer.",
}
# It is asked about all that the model would have read.
_QUESTION_BLOCKED = "The guardrail blocked this question, or a passage that goes with it."


class BedrockChat(ChatBedrockConverse):
    """`ChatBedrockConverse` whose failures are `ModelError`; an answer that a guardrail replaced is `Blocked`."""

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        with translated(self.model_id):
            result = super()._generate(messages, stop, run_manager, **kwargs)
        _check(*_ended(result.generations[0].message))
        return result

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        reason, written = "", 0
        with translated(self.model_id):
            for chunk in super()._stream(messages, stop, run_manager, **kwargs):
                stopped, tokens = _ended(chunk.message)
                reason, written = reason or stopped, written + tokens
                yield chunk
        _check(reason, written)  # only now, since the tokens come last

    def with_structured_output(
        self, schema: dict[str, Any] | type, *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[LanguageModelInput, dict[str, Any] | BaseModel]:
        """Bind a schema in the way that the model can be held to.

        Raises:
            NotImplementedError: there is none; the prompt must ask for JSON.
        """
        if "method" not in kwargs and not {"any", "tool"} & set(self.supports_tool_choice_values or ()):
            if self.provider != "anthropic":
                raise NotImplementedError(f"{self.model_id} cannot be made to use a tool.")
            kwargs["method"] = "json_schema"
        return super().with_structured_output(schema, include_raw=include_raw, **kwargs)


def _ended(message: BaseMessage) -> tuple[str, int]:
    """Return why the model stopped and how many tokens it wrote, as far as a message or a piece of one says so."""
    assert isinstance(message, AIMessage)
    written = message.usage_metadata["output_tokens"] if message.usage_metadata else 0
    return message.response_metadata.get("stopReason", ""), written


def _check(reason: str, written: int) -> None:
    """Refuse what is no answer of the model: a guardrail puts a text of its own in its place.

    Raises:
        Blocked: it is none. Where a question is blocked the model writes nothing.
    """
    if reason in _STOPPED:
        raise Blocked(_QUESTION_BLOCKED if reason == _GUARDRAIL and not written else _STOPPED[reason])


def make_bedrock_chat(settings: Settings, name: str, retries: Retries = Retries()) -> BedrockChat:
    """Return the chat model of an id, of an inference profile's id (us.anthropic...) or of an ARN.

    Args:
        settings: region, profile, endpoint, timeout, longest reply, guardrail.
        name: the model.
        retries: of throttled calls.

    Raises:
        ConfigError: an ARN that does not say which model it is.
        ModelError: no region, no credentials, or an application inference profile that cannot be read.
    """
    client = make_client(settings, "bedrock-runtime", retries)
    with translated(name):
        chat = BedrockChat(
            model=name,
            client=client,
            bedrock_client=client,  # for the control plane, which is asked nothing: the base model is given
            max_tokens=settings.chat_max_tokens,
            guardrails=_guardrail(settings),
            **_behind(settings, name),
        )
    if (chat.profile or {}).get("temperature", True):  # some models refuse to be given one
        chat.temperature = 0.0
    return chat


def _guardrail(settings: Settings) -> dict[str, Any] | None:
    if not settings.guardrail_id:
        return None
    return {
        "guardrailIdentifier": settings.guardrail_id,
        "guardrailVersion": settings.guardrail_version or "DRAFT",
        "trace": "disabled",  # a trace would hold what was asked
    }


def _behind(settings: Settings, name: str) -> dict[str, Any]:
    """Return which model an ARN stands for, and whose it is: what can be sent depends on it."""
    if not name.startswith("arn:"):
        return {}
    kind, _, model = name.split(":", 5)[5].partition("/")
    if kind == "application-inference-profile":
        model = _profiled(settings, name)
    elif kind not in ("foundation-model", "inference-profile"):
        raise ConfigError(
            f"OPENBOOK_CHAT_MODEL: {name} does not say which model it is. Give a model's id, or the id or ARN of an "
            "inference profile."
        )
    return {"base_model": model, "provider": parse_model_provider(model)}


def _profiled(settings: Settings, name: str) -> str:
    control = make_client(settings, "bedrock")
    try:
        found = control.get_inference_profile(inferenceProfileIdentifier=name)
    finally:
        control.close()
    return str(found["models"][0]["modelArn"].rpartition("/")[2])
