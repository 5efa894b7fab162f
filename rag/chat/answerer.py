"""The chat answerer: a language model writes, and only what the texts support is shown.

Whether there is an answer at all is first decided without the model, by the extractive answerer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from time import perf_counter

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from rag.asked import Retrieved
from rag.chat.evidence import Evidence, evidence
from rag.chat.followup import standalone_by_model
from rag.chat.prompt import RETRY, SYSTEM, Material, tagged
from rag.chat.reply import Draft, ReplyReader
from rag.chat.stream import ModelStream, cost_usd
from rag.chat.verify import Verifier
from rag.conversation.followup import Nearness, standalone
from rag.errors import Blocked, ModelError
from rag.extractive.answerer import Selection
from rag.ports import Answerer, GroundingScorer
from rag.question import Kind
from rag.respond import NOT_SAID, Responder, since
from rag.types import Answer, AnswerStatement, Refusal, Turn, Unverified

_MOST_STATEMENTS = 12  # a model that goes on has lost its way
_UNSUPPORTED = "The texts do not say: nothing of what the model wrote was found in them."
_FIRST: dict[type, str] = {Unverified: "first_text", AnswerStatement: "first_statement"}  # names of timings
_AS_IT_STANDS = (Kind.LIST, Kind.STEPS, Kind.COMPARISON, Kind.COMMON)  # answers in which nothing may be left out
_REPEATED = 2000  # characters of a reply that could not be read, shown to the model again


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat model with what its answers are held against.

    Attributes:
        model: what writes.
        scorer: what says whether a statement is supported.
        context_characters: of the passages that the model reads.
        min_confidence: of the extractive answerer, below which the model is not asked.
        show: how passages and question are put to the model.
        guided: whether the model, being too small to choose among passages, only puts into its own words what the
            extractive answerer chose. That one then refuses, shows lists, steps and comparisons as they stand, and
            adds what it chose and the model left out.
        examples: questions put to it so, each with the reply that it should give.
        price: US dollars for 1,000 tokens read and 1,000 written, None where it is not known.
    """

    model: ModelStream
    scorer: GroundingScorer
    context_characters: int
    min_confidence: float = 0.0
    show: Callable[[str, Sequence[Evidence]], Material] = tagged
    examples: Sequence[tuple[str, str]] = ()
    guided: bool = False
    price: tuple[float, float] | None = None

    def answerer(self, responder: Responder) -> Answerer:
        """Return what answers by this model over the library of `responder`."""
        return ChatAnswerer(self, responder)

    def standalone(
        self, question: str, history: Sequence[Turn], nearness: Nearness | None = None
    ) -> tuple[str, Mapping[str, int]]:
        """Return a question that can be understood without `history`, and the tokens that took.

        A small model does it worse than rules (docs/answers.md).
        """
        if self.guided:
            return standalone(question, history, nearness), {}
        return standalone_by_model(self.model, question, history, nearness)

    def cost_usd(self, usage: Mapping[str, int]) -> float | None:
        """Return what tokens cost; None where no price is known or no tokens were counted."""
        return cost_usd(self.price, usage)


class ChatAnswerer:
    """Answers by a chat model."""

    def __init__(self, chat: Chat, responder: Responder) -> None:
        self.name = chat.model.name
        self._chat, self._responder = chat, responder

    def answer(self, retrieved: Retrieved) -> Answer:
        """Return the answer whose statements `stream` yields."""
        *_, answer = self.stream(retrieved)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, retrieved: Retrieved) -> Iterator[Unverified | AnswerStatement | Answer]:
        """Yield what is being written, each statement once its quote supports it, and the whole answer last."""
        began = perf_counter()
        usage = Counter(retrieved.usage)
        selection = self._responder.selector.select(retrieved.question, retrieved.passages)
        timings = {**retrieved.timings_ms, "select": since(began)}
        if (answer := self._without_model(retrieved, selection)) is not None:
            yield from answer.statements
            yield self._finished(answer, usage, timings)
            return
        asked = perf_counter()
        shown = evidence(selection, retrieved.passages, self._chat.context_characters, only_chosen=self._chat.guided)
        is_list = retrieved.question.kind is Kind.LIST
        verifier = Verifier([one.passage for one in shown], self._responder.citer, self._chat.scorer, as_items=is_list)
        first_ms: dict[str, float] = {}
        material = self._chat.show(retrieved.question.text, shown)
        try:
            with closing(self._written(material, usage, verifier)) as written:
                for one in written:
                    first_ms.setdefault(_FIRST[type(one)], since(began))
                    yield one
            # What sources say that disagree is shown, whichever of them the model chose.
            others = selection.chosen if self._chat.guided else selection.versions if verifier.statements else ()
            yield from filter(None, (verifier.add(one, retrieved.passages[one.passage]) for one in others))
        except Blocked as blocked:
            answer = self._blocked(retrieved, selection, str(blocked))
        else:
            answer = self._verified(retrieved, selection, verifier)
        timings["chat"] = since(asked)
        answer = self._finished(answer, usage, timings)
        before = sum(retrieved.timings_ms.values())
        waited = {name: before + ms for name, ms in first_ms.items()}
        yield replace(answer, timings_ms={**answer.timings_ms, **waited})

    def _without_model(self, retrieved: Retrieved, selection: Selection) -> Answer | None:
        """Return the answer where the model need not be asked."""
        guided = self._chat.guided
        unsure = not selection.answers if guided else selection.confidence < self._chat.min_confidence
        if unsure or not retrieved.passages:
            return self._responder.refusal(retrieved, selection)
        if guided and (retrieved.question.kind in _AS_IT_STANDS or any(one.is_item for one in selection.chosen)):
            return self._responder.respond(retrieved, selection)
        return None

    def _written(
        self, material: Material, usage: Counter[str], verifier: Verifier
    ) -> Generator[Unverified | AnswerStatement]:
        """Yield what the model is writing and each statement that may be shown, up to as many as are wanted."""
        with closing(self._drafts(material, usage, verifier.dropped)) as drafts:
            for draft in drafts:
                shown = draft if isinstance(draft, Unverified) else verifier.take(draft)
                if shown is not None:
                    yield shown
                if len(verifier.statements) == _MOST_STATEMENTS:
                    return

    def _drafts(
        self, shown: Material, usage: Counter[str], dropped: list[tuple[str, str]]
    ) -> Generator[Draft | Unverified]:
        """Yield what the model writes; where not one statement can be read, it is told why and asked once more.

        Raises:
            ModelError: its second reply cannot be read either.
        """
        messages: list[BaseMessage] = [SystemMessage(SYSTEM)]
        for asked, replied in self._chat.examples:
            messages += [HumanMessage(asked), AIMessage(replied)]
        messages.append(HumanMessage(shown))
        for is_last in (False, True):
            reader, found = ReplyReader(), 0
            for piece in self._chat.model.answer(messages, usage):
                drafts = reader.feed(piece)
                found += len(drafts)
                yield from drafts
                if not drafts and (unfinished := reader.unfinished):
                    yield Unverified(unfinished)
            problem = reader.problem()
            if found or not problem:
                dropped += reader.unreadable or ([(reader.rest, problem)] if problem else [])
                return
            if is_last:
                raise ModelError(
                    f"{self.name} did not reply with the JSON that it was asked for. {problem} "
                    "Ask again, or choose another model: `openbook models` lists them.",
                    retryable=True,
                )
            messages += [AIMessage(reader.text[:_REPEATED] or "..."), HumanMessage(RETRY.format(problem=problem))]

    def _verified(self, retrieved: Retrieved, selection: Selection, verifier: Verifier) -> Answer:
        """Return what survived, or a refusal, which says whether the model wrote anything."""
        dropped = tuple(verifier.dropped)
        if not verifier.statements:
            refusal = self._responder.refusal(retrieved, selection, _UNSUPPORTED if dropped else NOT_SAID)
            return replace(refusal, dropped=dropped)
        statements, citations = tuple(verifier.statements), verifier.citations
        empty = self._responder.empty(retrieved, selection)
        return replace(empty, statements=statements, citations=citations, dropped=dropped)

    def _blocked(self, retrieved: Retrieved, selection: Selection, reason: str) -> Answer:
        """Refuse without the closest passages: they may be what is not to be shown."""
        empty = self._responder.empty(retrieved, replace(selection, notes=()))
        return replace(empty, refusal=Refusal(reason))

    def _finished(self, answer: Answer, usage: Counter[str], timings: Mapping[str, float]) -> Answer:
        return replace(
            answer,
            answerer=self.name,
            usage=dict(usage),
            cost_usd=self._chat.cost_usd(usage),
            timings_ms={**timings, "total": sum(timings.values())},
        )
