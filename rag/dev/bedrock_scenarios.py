"""What the Bedrock stand-in does wrong, by name: errors as AWS words them, delays, cut streams, bad answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Statements: TypeAlias = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Fault:
    """An error reply; `name` is the exception of the API."""

    status: int
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """How the stand-in departs from answering well.

    Attributes:
        description: for the help text.
        fault: what it replies instead.
        faulty_attempts: how many attempts of a call get `fault`; None is every attempt.
        delayed: whether it waits before it replies.
        cut_stream: whether a stream ends in the middle of a frame.
        stall_stream: whether it waits in the middle of a stream.
        stream_fault: an error sent as an event in the middle of a stream.
        blocked: what a guardrail intervenes at: the question, the answer, or an answer that is streamed already.
        spoil_text: what becomes of the text of an answer.
        spoil_statements: what becomes of the statements of an answer.
    """

    description: str
    fault: Fault | None = None
    faulty_attempts: int | None = None
    delayed: bool = False
    cut_stream: bool = False
    stall_stream: bool = False
    stream_fault: Fault | None = None
    blocked: Literal["", "question", "answer", "streamed"] = ""
    spoil_text: Callable[[str], str] = str
    spoil_statements: Callable[[Statements], Statements] = list

    def fails(self, attempt: int) -> Fault | None:
        """Return the error that the attempt, counted from 1, gets."""
        return self.fault if self.faulty_attempts is None or attempt <= self.faulty_attempts else None


_THROTTLED = Fault(429, "ThrottlingException", "Too many requests, please wait before trying again.")
_DENIED = Fault(
    403,
    "AccessDeniedException",
    "User: arn:aws:sts::123456789012:assumed-role/openbook/local is not authorized to perform: bedrock:InvokeModel on "
    "resource: arn:aws:bedrock:us-east-1::foundation-model/model because no identity-based policy allows the "
    "bedrock:InvokeModel action",
)
_NO_ACCESS = Fault(403, "AccessDeniedException", "You don't have access to the model with the specified model ID.")
_NO_FORM = Fault(
    404,
    "ResourceNotFoundException",
    "Model use case details have not been submitted for this account. Fill out the Anthropic use case details form "
    "before using the model. If you have already filled out the form, try again in 15 minutes.",
)
_NEEDS_PROFILE = Fault(
    400,
    "ValidationException",
    "Invocation of model ID anthropic.claude with on-demand throughput isn’t supported. Retry your request with the ID "
    "or ARN of an inference profile that contains this model.",
)
_BAD_ID = Fault(400, "ValidationException", "The provided model identifier is invalid.")
_EXPIRED = Fault(403, "ExpiredTokenException", "The security token included in the request is expired")
_DOWN = Fault(503, "ServiceUnavailableException", "Bedrock is unable to process your request.")


def _out_of_range(statements: Statements) -> Statements:
    return [{**one, "source": 99} for one in statements]


def _misquoted(statements: Statements) -> Statements:
    return [{**one, "quote": "Whales sing to penguins across wide oceans."} for one in statements]


def _unquoted(statements: Statements) -> Statements:
    return [{name: value for name, value in one.items() if name != "quote"} for one in statements]


SCENARIOS: dict[str, Scenario] = {
    "normal": Scenario("answers from the passages of the prompt"),
    "throttled-then-fine": Scenario("throttles the first two attempts of each call", _THROTTLED, 2),
    "throttled": Scenario("throttles every call", _THROTTLED),
    "timeout": Scenario("replies too late", delayed=True),
    "stream-cut": Scenario("closes a stream in the middle of a frame", cut_stream=True),
    "stream-stalled": Scenario("says nothing more in the middle of a stream", stall_stream=True),
    "stream-throttled": Scenario("throttles in the middle of a stream", stream_fault=_THROTTLED),
    "access-denied": Scenario("the IAM policy does not allow the call", _DENIED),
    "credentials-expired": Scenario("the session of the credentials is over", _EXPIRED),
    "model-not-enabled": Scenario("the account has no access to the model", _NO_ACCESS),
    "use-case-missing": Scenario("the account's form for Anthropic is not filled in", _NO_FORM),
    "needs-inference-profile": Scenario("the model is served through inference profiles only", _NEEDS_PROFILE),
    "model-unknown": Scenario("there is no such model", _BAD_ID),
    "unavailable": Scenario("the service is down", _DOWN),
    "guardrail-intervened": Scenario("a guardrail blocks the answer, and every claim", blocked="answer"),
    "guardrail-blocks-question": Scenario("a guardrail blocks the question, and every claim", blocked="question"),
    "guardrail-after-stream": Scenario("a guardrail blocks an answer that was streamed", blocked="streamed"),
    "malformed-json": Scenario("answers in JSON that ends too early", spoil_text=lambda text: text[: len(text) // 2]),
    "citations-out-of-range": Scenario("cites sources that were not shown", spoil_statements=_out_of_range),
    "nonsense": Scenario("writes no JSON, whatever is asked", spoil_text=lambda _: "Lorem ipsum dolor sit amet. " * 9),
    "misquotes": Scenario("quotes what stands in no passage", spoil_statements=_misquoted),
    "missing-quote": Scenario("leaves out the quotes", spoil_statements=_unquoted),
}
