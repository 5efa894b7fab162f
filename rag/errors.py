"""The error tree.

    OpenbookError
    ├── ConfigError          a setting or an argument is wrong
    ├── IngestError          a course text cannot be read (path, page)
    ├── LibraryError         the library cannot be opened, read or written
    │   └── IndexMismatch    the library was indexed by another embedder or chunker
    ├── QuestionError        a question that cannot be answered as put: empty, too long
    ├── QuizError            there is not enough in the texts for the quiz or exam that was wanted
    ├── StateError           what is stored beside the library, such as conversations, cannot be read or written
    └── ModelError           a model or its weights failed (retryable)
        └── Blocked          a guardrail or filter stopped a question or an answer; answerers refuse instead

A message says what happened, where, and what to do next. Errors of libraries are translated in
`rag.adapters` and `ingest.readers`. A refusal to answer is a value, not an error.
"""

from __future__ import annotations


class OpenbookError(Exception):
    """Base of every error that Openbook raises on purpose."""


class ConfigError(OpenbookError):
    """A setting or an argument is wrong."""


class IngestError(OpenbookError):
    """A course text cannot be read.

    Args:
        reason: what is wrong and what to do.
        path: the file or URI.
        page: the 1-based page or slide, where known.
    """

    def __init__(self, reason: str, path: str, page: int | None = None) -> None:
        self.reason, self.path, self.page = reason, path, page
        place = path if page is None else f"{path}, page {page}"
        super().__init__(f"{place}: {reason}")


class LibraryError(OpenbookError):
    """The library cannot be opened, read or written."""


class IndexMismatch(LibraryError):
    """The library was indexed by another embedder or chunker than the one configured."""


class QuestionError(OpenbookError):
    """A question that cannot be answered as put."""


class QuizError(OpenbookError):
    """The texts hold too little for the quiz or exam that was wanted."""


class StateError(OpenbookError):
    """What is stored beside the library, such as conversations, cannot be opened, read or written."""


class ModelError(OpenbookError):
    """A model or its weights failed; `retryable` says whether trying again can help."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        self.retryable = retryable
        super().__init__(message)


class Blocked(ModelError):
    """A guardrail or a model's own filter stopped a question or an answer; the message is what a refusal says."""
