"""A chat model as an author: one request, and what could be read of its reply, however badly that went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from langchain_core.messages import BaseMessage

from rag.chat.reply import ObjectReader
from rag.chat.stream import ModelStream, cost_usd
from rag.errors import Blocked, ModelError
from rag.quiz.items import ItemType
from rag.quiz.written.drafts import QUESTIONS, Draft, read_scenario
from rag.quiz.written.prompt import PROMPT_VERSION

_LONGEST = 20_000  # characters of a reply; a model that goes on has lost its way
_MOST = 8  # questions of a reply
EMPTY, ENDLESS, NO_JSON, NO_QUESTION = "no question written", "reply without an end", "no JSON", "not as asked for"
BLOCKED, FAILED = "blocked by a guardrail or filter", "the model failed"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote.

    Attributes:
        drafts: the questions that could be read.
        scenario: of a case study.
        spoilt: why nothing, or not all of it, could be read, counted.
        failure: the error that broke the reply off, None for none.
    """

    drafts: tuple[Draft, ...]
    scenario: str
    spoilt: Counter[str]
    failure: ModelError | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """A chat model that writes questions.

    Attributes:
        questions, cases: the model, held to the schemas of questions and of case studies.
        one_of: the same, held to the schema of one question of a type; for small models.
        characters: of the texts that it reads at a time.
        questions_a_call: how many it writes at a time.
        example: whether it is shown what a reply is like, being small.
        price: US dollars for 1,000 tokens read and 1,000 written, None where it is not known.
    """

    questions: ModelStream
    cases: ModelStream
    characters: int
    questions_a_call: int = 3
    example: bool = False
    price: tuple[float, float] | None = None
    one_of: Mapping[ItemType, ModelStream] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The model, as it stands in settings."""
        return self.questions.name

    @property
    def version(self) -> str:
        """What its items are kept under: the model and what it is told."""
        return f"{self.name} prompt {PROMPT_VERSION}"

    def cost_usd(self, usage: Mapping[str, int]) -> float | None:
        """Return what tokens cost; None where no price is known or no tokens were counted."""
        return cost_usd(self.price, usage)

    def write(
        self, messages: list[BaseMessage], types: Sequence[ItemType], usage: Counter[str], is_over: Callable[[], bool]
    ) -> Reply:
        """Return what the model writes of some types until it ends, goes on for too long, or time is over.

        Raises:
            ModelError: it cannot be used at all: trying again would not help.
        """
        reader = ObjectReader(Draft, QUESTIONS)
        drafts: list[Draft] = []
        failure, cut = None, False
        try:
            with closing(self._stream(types).answer(messages, usage)) as pieces:
                for piece in pieces:
                    drafts += reader.feed(piece)
                    if cut := len(reader.text) > _LONGEST or len(drafts) >= _MOST or is_over():
                        break
        except ModelError as error:
            if not (error.retryable or isinstance(error, Blocked)):
                raise
            failure = error
        return Reply(tuple(drafts[:_MOST]), read_scenario(reader.text), _spoilt(reader, drafts, failure, cut), failure)

    def _stream(self, types: Sequence[ItemType]) -> ModelStream:
        if ItemType.CASE_STUDY in types:
            return self.cases
        return self.one_of.get(types[0], self.questions) if len(types) == 1 else self.questions


def _spoilt(reader: ObjectReader[Draft], drafts: list[Draft], failure: ModelError | None, cut: bool) -> Counter[str]:
    """Return why what was read is not all that was asked for."""
    found = Counter({NO_QUESTION: len(reader.unreadable)})
    if failure:
        found[BLOCKED if isinstance(failure, Blocked) else FAILED] += 1
    elif cut and len(drafts) < _MOST:
        found[ENDLESS] += 1
    elif reader.problem() and not reader.unreadable:
        found[NO_JSON] += 1
    elif not drafts and not reader.unreadable:
        found[EMPTY] += 1
    return +found
