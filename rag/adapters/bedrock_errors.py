"""Errors of boto3 and of what lies below it, as a `ModelError` that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore import exceptions as boto
from botocore.eventstream import ParserError
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError, TimeoutError

from rag.errors import ModelError

THROTTLING = frozenset({"ThrottlingException", "TooManyRequestsException", "ModelNotReadyException"})
# A stream is read straight from urllib3, and langchain-aws reports one that ended too early as a ConnectionError.
_TOO_LATE = (boto.ReadTimeoutError, boto.ConnectTimeoutError, TimeoutError)
_BROKEN_OFF = (ParserError, HTTPError, ConnectionError)
BEDROCK_ERRORS = (boto.BotoCoreError, boto.ClientError, ResponseParserError, *_BROKEN_OFF)
_TRANSIENT = THROTTLING | {
    "InternalServerException",
    "ServiceUnavailableException",
    "ModelTimeoutException",
    "ModelErrorException",
    "ModelStreamErrorException",
    "DependencyFailedException",
    "BadGatewayException",
}
_NO_ACCESS = "See in the Bedrock console whether the account has the model in the region of OPENBOOK_AWS_REGION."
_NO_CREDENTIALS = "Renew the AWS credentials (aws sso login, or new keys) or set OPENBOOK_AWS_PROFILE."
# What to do, by words of AWS's message, then by the code; the first that is found is told.
_BY_MESSAGE = {
    "inference profile": "Name the profile instead of the model: us., eu. or global. before the model's id.",
    "use case details": "Fill in the form in the Bedrock console, under model access.",
    "have access to the model": _NO_ACCESS,
    "model identifier is invalid": "Check the model's id and whether the region of OPENBOOK_AWS_REGION offers it.",
    "too long": "Set OPENBOOK_CHAT_CONTEXT_CHARACTERS or --top-k lower.",
    "not authorized to perform": "Allow it in the IAM policy: docs/bedrock.md has the least one that is enough.",
}
_BY_CODE = {
    "ThrottlingException": "Wait, or ask AWS for a higher quota of the model.",
    "TooManyRequestsException": "Wait, or ask AWS for a higher quota of the model.",
    "ModelNotReadyException": "The model is being started: try again in a minute.",
    "ServiceQuotaExceededException": "Ask AWS for a higher quota.",
    "AccessDeniedException": _NO_ACCESS,
    "ResourceNotFoundException": "Check its id and the region, OPENBOOK_AWS_REGION.",
    "ExpiredTokenException": _NO_CREDENTIALS,
    "UnrecognizedClientException": _NO_CREDENTIALS,
    "InvalidSignatureException": _NO_CREDENTIALS,
    "MissingAuthenticationTokenException": _NO_CREDENTIALS,
}
# Kinds of error, whether trying again can help, and what to do.
_BY_TYPE: tuple[tuple[tuple[type[Exception], ...], bool, str], ...] = (
    ((boto.NoRegionError,), False, "Set OPENBOOK_AWS_REGION."),
    ((boto.NoCredentialsError,), False, "Run aws configure, or set OPENBOOK_AWS_PROFILE."),
    ((boto.PartialCredentialsError,), False, "Run aws configure."),
    ((boto.ProfileNotFound,), False, "Check OPENBOOK_AWS_PROFILE."),
    ((boto.TokenRetrievalError, boto.UnauthorizedSSOTokenError, boto.SSOTokenLoadError), False, _NO_CREDENTIALS),
    ((boto.ParamValidationError, boto.InvalidRegionError), False, "Check the settings of Bedrock."),
    (
        (boto.EndpointConnectionError,),
        True,
        "Check the network, the region and OPENBOOK_BEDROCK_ENDPOINT_URL.",
    ),
    ((Exception,), True, "Try again."),
)


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Raise what boto3 raises as a `ModelError`; `what` names the model, guardrail or knowledge base.

    Raises:
        ModelError: a call failed.
    """
    try:
        yield
    except BEDROCK_ERRORS as error:
        raise translate_bedrock_error(error, what) from error


def translate_bedrock_error(error: Exception, what: str = "a call") -> ModelError:
    """Return the `ModelError` for an error of boto3: what failed, AWS's own words, and what to do."""
    if isinstance(error, boto.ClientError):
        return _of_service(error, what)
    if isinstance(error, _TOO_LATE):
        return ModelError(
            f"Bedrock, {what}: no reply in time. Try again, or set OPENBOOK_CHAT_TIMEOUT_S higher.", retryable=True
        )
    if isinstance(error, _BROKEN_OFF):
        return ModelError(f"Bedrock, {what}: the reply broke off before its end. Ask again.", retryable=True)
    retryable, advice = next((again, advice) for kinds, again, advice in _BY_TYPE if isinstance(error, kinds))
    return ModelError(f"Bedrock, {what}: {str(error).rstrip('.')}. {advice}", retryable=retryable)


def code_of(error: boto.ClientError) -> str:
    """Return the exception's name in the API; events of a stream write it with a small first letter."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    return code[:1].upper() + code[1:]


def _of_service(error: boto.ClientError, what: str) -> ModelError:
    code, message = code_of(error), str(error.response.get("Error", {}).get("Message", ""))
    advice = next((advice for words, advice in _BY_MESSAGE.items() if words in message), _BY_CODE.get(code, ""))
    said = f"Bedrock, {what}: {code}: {message.rstrip('.')}. {advice}".rstrip()
    return ModelError(said, retryable=code in _TRANSIENT)
