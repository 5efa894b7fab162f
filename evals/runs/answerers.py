"""Answerers by name: what turns the passages found for a question into an answer."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TypeAlias

from rag.answer import Assistant
from rag.asked import Retrieved
from rag.cite import Citer
from rag.errors import ConfigError
from rag.text.sentences import sentence_spans
from rag.types import Answer, AnswerStatement, Refusal

Answerer: TypeAlias = Callable[[Retrieved], Answer]


class FirstPassage:
    """Shows the first passage and never refuses: the floor that every answerer must beat."""

    name = "first-passage"

    def __init__(self, assistant: Assistant) -> None:
        self._citer = Citer(assistant.library)

    def __call__(self, retrieved: Retrieved) -> Answer:
        """Return the sentences of the first passage; only where nothing was found is there nothing to show."""
        began = perf_counter()
        passages = retrieved.passages[:1]
        made = [self._citer.citation(one, one.chunk.start, one.chunk.end, 1) for one in passages]
        citations = tuple(filter(None, made))
        sentences = [one.quote[start:end] for one in citations for start, end in sentence_spans(one.quote)]
        timings = {**retrieved.timings_ms, "select": (perf_counter() - began) * 1000}
        return Answer(
            question=retrieved.question.text,
            statements=tuple(AnswerStatement(sentence, (1,)) for sentence in sentences),
            citations=citations,
            passages=retrieved.passages,
            answerer=self.name,
            refusal=None if sentences else Refusal("No passage was found."),
            confidence=1.0,
            timings_ms={**timings, "total": sum(timings.values())},
        )


# By name, or by "name:" where a model's own name follows, which the factory is given.
ANSWERERS: dict[str, Callable[[Assistant, str], Answerer]] = {
    "extractive": lambda assistant, _: assistant.answer,
    "chat:": lambda assistant, _: assistant.answer,  # the assistant is that of the chat model
    FirstPassage.name: lambda assistant, _: FirstPassage(assistant),
}


def make_answerer(name: str, assistant: Assistant) -> Answerer:
    """Return the answerer of that name, over the library of `assistant`.

    Raises:
        ConfigError: there is none of that name.
    """
    known, model = check_answerer(name)
    return ANSWERERS[known](assistant, model)


def chat_model_of(name: str) -> str:
    """Return the chat model that an answerer asks, as the settings name it; empty if it asks none."""
    known, model = check_answerer(name)
    return model if known == "chat:" else ""


def check_answerer(name: str) -> tuple[str, str]:
    """Return the key of an answerer and the name of its model.

    Raises:
        ConfigError: there is none of that name.
    """
    known, colon, model = name.partition(":")
    if known + colon not in ANSWERERS or (colon and not model):
        valid = ", ".join(f"{one}MODEL" if one.endswith(":") else one for one in ANSWERERS)
        raise ConfigError(f"There is no answerer '{name}'. Valid are: {valid}.")
    return known + colon, model
