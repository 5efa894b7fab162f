"""Turns scored statements into an answer of the form that the question wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.extractive.match import Features, Matcher
from rag.question import AnswerType, Kind, Question
from rag.text.statements import Statement, row_text
from rag.text.terms import question_words, stem, stems

MAX_STATEMENTS = 3
MAX_ITEMS = 12
MAX_WORDS = 60
_LABEL_WORDS = 12  # longest item that is a label of what stands under it, and not a statement by itself
_LINE_WORDS = 24  # longest run of items that reads well in one line
_MAX_ROW_WORDS = 14  # of a table row in a list; a longer one is named by its first cell
_MAX_CHILDREN = 3  # shown of a label where no list was asked for
_SAY_THE_SAME = 0.6  # Jaccard similarity of stems above which a second statement adds nothing
_CONFIRMS = 0.75  # above which it confirms the first
_PROMOTES = 0.6  # share of the best score from which the items of one list speak for the list
_NEAR_BEST = 0.7  # share of the best score that a further statement must reach
_ANSWERS_A_PART = 0.4  # share of the score of the first statement that what is added for a part must reach
_MISFIT = 0.5  # what the score of a statement is worth that lacks the number, date or name asked for
_LIST_BONUS = 1.8
_STEPS_BONUS = 2.0
_DEFINES_BONUS = 2.0  # for what stands under the subject as a label
_SAYS_IT_IS_BONUS = 3.0  # for a statement that says what the subject is
_ASKS_FOR_CODE = re.compile(r"\b(?:code|json|yaml|sql|syntax|snippet|command|script|header|policy|example)\b", re.I)
_ENUMERATES = re.compile(  # "a, b and c", "a, b, c", "a/b/c", of short names
    r"(?:[\w()-]+(?: [\w()-]+){0,3}, )(?:[\w()-]+ ){1,4}?(?:and|or) "
    r"|(?:[\w()-]+(?: [\w()-]+){0,2}, ){2,}"
    r"|(?:\w+\s?/\s?){2,}\w+"
)
_DEFINES = (  # the subject, perhaps with words in brackets or an aside, and then what says what it is
    r"^(?:(?:amazon|aws|the|an?|in)\s+)*{subject}s?(?:\s*\([^)]{{1,60}}\)|,[^,]{{1,60}},)?"
    r"(?:\s+(?:is|are|was|refers|means|describes|occurs|measures)\b|\s*[:–—=]|\s->|\s-\s)"
)


@dataclass(frozen=True, slots=True)
class Scored:
    """A statement with its index among all statements, its features and its score.

    Attributes:
        parts: its score for each part of the question (`rag.parts`), where a reader read them one by one.
        read: what the reader says of it for each part, in log-odds.
    """

    index: int
    statement: Statement
    features: Features
    score: float
    parts: tuple[float, ...] = ()
    read: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Selected:
    """A statement chosen for the answer: how it reads, the span it is quoted from, and spans that confirm it."""

    text: str
    lead: str
    passage: int
    start: int
    end: int
    is_item: bool
    score: float
    also: tuple[tuple[int, int, int], ...] = ()


class Composer:
    """Composes the answer to one question.

    Attributes:
        question, statements, scored: what is asked, all statements of the passages, and those scored, best first.
    """

    def __init__(
        self, question: Question, matcher: Matcher, statements: Sequence[Statement], scored: Sequence[Scored]
    ) -> None:
        self.question, self.statements, self.scored = question, statements, scored
        self._matcher = matcher
        self._score_of = {one.statement: one.score for one in scored}

    def compose(self) -> tuple[list[Selected], Scored]:
        """Return what to say and the scored statement that the answer rests on."""
        chosen, basis = self._compose()
        return self._with_parts(chosen, basis), basis

    def _compose(self) -> tuple[list[Selected], Scored]:
        match self.question.kind:
            case Kind.LIST:
                return self._best(self._ranked_by(self._list_score))
            case Kind.STEPS:
                return self._best(self._ranked_by(self._steps_score))
            case Kind.DEFINITION:
                return self._best(self._ranked_by(self._definition_score))
            case _:
                return self._best(self.plain())

    # -- which statement the answer rests on -------------------------------------------------------------------

    def plain(self) -> list[Scored]:
        """Return the scored statements that say something by themselves, best first."""
        left_out = {"heading"} if _ASKS_FOR_CODE.search(self.question.text) else {"heading", "code"}
        kept = [one for one in self.scored if one.statement.form not in left_out] or list(self.scored)
        return sorted(kept, key=lambda one: -one.score * (_MISFIT if one.features.fits == 0 else 1.0))

    def _ranked_by(self, score: Callable[[Scored], float]) -> list[Scored]:
        usable = [one for one in self.scored if one.statement.form != "code"] or self.scored
        return sorted((replace(one, score=score(one)) for one in usable), key=lambda one: -one.score)

    def _list_score(self, one: Scored) -> float:
        if len(one.statement.children) >= 2:
            asked = self.question.asked
            named = not asked or self._matcher.credits(one.statement.text).get(asked, 1.0) >= 0.5
            items = self._items_score(one.statement)
            return _LIST_BONUS * max(one.score, items) if named else items
        return one.score * (1.2 if _ENUMERATES.search(one.statement.text) else 0.8)

    def _steps_score(self, one: Scored) -> float:
        if self.numbered(one.statement):
            # No single step need look like the question, but what the steps are for does.
            return max(_STEPS_BONUS * max(one.score, self._items_score(one.statement)), one.features.similarity)
        return one.score

    def numbered(self, statement: Statement) -> bool:
        """Whether a statement introduces steps, which stand under it as a numbered list."""
        return len(statement.children) >= 2 and all(self.statements[child].step for child in statement.children)

    def _items_score(self, statement: Statement) -> float:
        """Return the mean score of the two best items of a list."""
        scores = (self._score_of.get(self.statements[child], 0.0) for child in statement.children)
        return sum(sorted(scores, reverse=True)[:2]) / 2

    def _definition_score(self, one: Scored) -> float:
        statement, subject = one.statement, self.question.subject
        if not subject or self.question.answer_type is not AnswerType.ANY:
            return one.score * (statement.form != "heading")
        if statement.form == "row" and statement.cells and _same_words(subject, statement.cells[0][1]):
            return self._span_score(statement) * _DEFINES_BONUS
        if statement.form != "cell" and re.match(_DEFINES.format(subject=re.escape(subject)), statement.text, re.I):
            return one.score * _SAYS_IT_IS_BONUS
        if _same_words(subject, statement.text) and statement.children:
            return max(one.score, self._items_score(statement)) * _DEFINES_BONUS
        is_first = statement.parent < 0 or self.statements[statement.parent].children[0] == one.index
        if _same_words(subject, statement.lead) and is_first:
            return one.score * _DEFINES_BONUS
        return one.score * (0.5 if statement.form == "heading" else 1.0)

    def _span_score(self, statement: Statement) -> float:
        """Return the best score of a row and its cells."""
        return max(
            one.score
            for one in self.scored
            if (one.statement.passage, one.statement.start) == (statement.passage, statement.start)
        )

    # -- one main statement and what adds to it ----------------------------------------------------------------

    def _best(self, ranked: Sequence[Scored]) -> tuple[list[Selected], Scored]:
        best = self._promoted(ranked)
        chosen = list(self.say(best))
        if chosen[-1].is_item:
            return self.confirmed(chosen), best
        used = {best.index, *best.statement.children, best.statement.parent}
        spans = {(said.passage, said.start) for said in chosen}
        for one in ranked[1:12]:
            room = MAX_WORDS - sum(len(f"{said.lead} {said.text}".split()) for said in chosen)
            if len(chosen) >= MAX_STATEMENTS or one.score < best.score * _NEAR_BEST:
                break
            if (
                one.index in used
                or (one.statement.passage, one.statement.start) in spans
                or one.statement.form in ("heading", "code")
                or one.features.fits < best.features.fits
            ):
                continue
            if len(one.statement.text.split()) <= room and self.adds(one.statement, chosen):
                chosen.extend(self.say(one, brief=True))
                used |= {one.index, *one.statement.children}
        return self.confirmed(chosen), best

    def _with_parts(self, chosen: list[Selected], basis: Scored) -> list[Selected]:
        """Add what answers a part of the question best, where nothing that is said answers it nearly as well."""
        for at in range(len(basis.parts)):
            best = max(self.plain(), key=lambda one: one.parts[at])
            said = max((one.parts[at] for one in self.said(chosen)), default=0.0)
            if said < best.parts[at] * _NEAR_BEST and best.parts[at] >= basis.score * _ANSWERS_A_PART:
                chosen = [*chosen, *self.confirmed(list(self.say(best, brief=True)))]
        return chosen

    def said(self, chosen: Sequence[Selected]) -> list[Scored]:
        """Return the scored statements that are shown in what is chosen."""
        return [one for one in self.scored if any(_shows(said, one.statement) for said in chosen)]

    def _promoted(self, ranked: Sequence[Scored]) -> Scored:
        """Return the first statement, or the list of which two items are among the first four."""
        best = ranked[0]
        parents = [one.statement.parent for one in ranked[:4] if one.score >= best.score * _PROMOTES]
        for parent in dict.fromkeys(parents):
            if parent >= 0 and parents.count(parent) >= 2:
                label = self.statements[parent]
                if label.form == "item" and len(label.children) <= MAX_ITEMS:
                    return replace(best, index=parent, statement=label)
        return best

    def say(self, one: Scored, *, brief: bool = False) -> Iterator[Selected]:
        """Say a statement, with the items it introduces."""
        statement = one.statement
        children = [self.statements[child] for child in statement.children]
        if not children:
            yield self.single(one)
        elif not brief and (self.lists(statement) or self._reads_as_list(children)):
            yield from self._whole_list(one, children)
        else:
            yield from self._label(one, children, 1 if brief else _MAX_CHILDREN)

    def lists(self, statement: Statement) -> bool:
        """Whether the question wants what stands under a statement, item by item."""
        kind = self.question.kind
        if kind is Kind.STEPS:
            return self.numbered(statement)
        return kind is Kind.LIST and len(statement.children) >= 2

    def single(self, one: Scored) -> Selected:
        """Say a statement by itself, with the sentence before it where it points back."""
        return self._single(one.statement, one.score)

    def brief(self, index: int) -> Selected:
        """Say a statement, scored or not, in one line with what stands under it."""
        statement = self.statements[index]
        said = self._single(statement, self._score_of.get(statement, 0.0))
        if not statement.children:
            return said
        under = "; ".join(self.statements[child].text.rstrip(".;") for child in statement.children)
        return replace(said, text=f"{said.text.rstrip(':')}: {under}", end=self._last(statement))

    def _single(self, statement: Statement, score: float) -> Selected:
        text, start = statement.text, statement.start
        if statement.form == "row":
            text = row_text(self.cells(statement))
        elif statement.dangling and statement.former >= 0:
            former = self.statements[statement.former]
            text, start = f"{former.text} {text}", former.start
        return Selected(text, self._lead(statement), statement.passage, start, statement.end, False, score)

    def _whole_list(self, one: Scored, children: Sequence[Statement]) -> Iterator[Selected]:
        statement = one.statement
        start = min(statement.start, *(child.start for child in children))
        end = max(self._last(child) for child in children[:MAX_ITEMS])
        shown = "" if len(children) <= MAX_ITEMS else f" (the first {MAX_ITEMS} of {len(children)})"
        head = f"{statement.text.rstrip(':').strip()}{shown}:"
        yield Selected(head, self._lead(statement), statement.passage, start, end, False, one.score)
        for child in children[:MAX_ITEMS]:
            text = self._with_children(child)
            yield Selected(text, "", statement.passage, start, end, True, self._score_of.get(child, 0.0))

    def _label(self, one: Scored, children: Sequence[Statement], most: int) -> Iterator[Selected]:
        """Say a label and what stands under it: all of it if it is short, else the children that match best."""
        statement, lead = one.statement, self._lead(one.statement)
        text = statement.text.rstrip(":").strip()
        if len(statement.text.split()) > _LABEL_WORDS and statement.form == "item" and not statement.text.endswith(":"):
            yield Selected(text, lead, statement.passage, statement.start, statement.end, False, one.score)
            return
        shown = children if self._few_words(children) and most > 1 else self._picked(children, most)
        said = "; ".join(self._with_children(child).rstrip(".") for child in shown)
        start = min(statement.start, shown[0].start)
        end = max(self._last(child) for child in shown)
        lead = " › ".join(filter(None, (lead, text)))
        yield Selected(said, lead, statement.passage, start, end, False, one.score)

    def _reads_as_list(self, children: Sequence[Statement]) -> bool:
        """Whether items are best shown under each other though no list was asked for: too long for a line, but few."""
        total = sum(len(child.text.split()) for child in children)
        return self.question.kind is Kind.FACT and len(children) > 1 and _LINE_WORDS < total <= MAX_WORDS * 1.5

    def _few_words(self, children: Sequence[Statement]) -> bool:
        return sum(len(child.text.split()) for child in children) <= MAX_WORDS // 2

    def _picked(self, children: Sequence[Statement], most: int) -> Sequence[Statement]:
        """Return the first children where a label is to be defined, else those that match best, in their order."""
        if self.question.kind is Kind.DEFINITION:
            return children[:most]
        ranked = sorted(children, key=lambda child: -self._score_of.get(child, 0.0))[:most]
        return [child for child in children if child in ranked]

    def _with_children(self, statement: Statement) -> str:
        text = row_text(self.cells(statement)) if statement.form == "row" else statement.text
        if statement.form == "row" and len(text.split()) > _MAX_ROW_WORDS:
            text = statement.cells[0][1] if statement.cells else text
        under = [self.statements[child].text for child in statement.children]
        return f"{text.rstrip(':').strip()}: {', '.join(under)}" if under else text

    def cells(self, statement: Statement) -> Sequence[tuple[str, str]]:
        """Return the cells of a row whose columns the question names; all where it names none."""
        first, *rest = statement.cells or (("", statement.text),)
        row = self._matcher.credits(first[1])
        shares = [
            self._matcher.coverage(
                {term: credit * (row[term] < credit) for term, credit in self._matcher.credits(name).items()}
            )
            for name, _ in rest
        ]
        best = max(shares, default=0.0)
        if best < 0.15:
            return (first, *rest)
        return (first, *(cell for cell, share in zip(rest, shares, strict=True) if share >= best * 0.9))

    # -- parts -------------------------------------------------------------------------------------------------

    def _lead(self, statement: Statement) -> str:
        """Return the heading or parents without which the statement would not say what it is about."""
        if not statement.path:
            return ""
        own = stems(statement.text)
        wanted = [term for term in self.question.terms if stem(term) not in own]
        parts: list[str] = []
        for part in reversed(statement.path[-3:]):
            adds = any(stem(term) in stems(part) for term in wanted)
            needed = not parts and statement.form != "sentence"
            if (adds or needed) and len(part.split()) <= 14:
                parts.insert(0, part)
                wanted = [term for term in wanted if stem(term) not in stems(part)]
            if len(parts) == 2:
                break
        return " › ".join(parts)

    def adds(self, statement: Statement, chosen: Sequence[Selected]) -> bool:
        """Whether a statement says something that is not said yet."""
        mine = stems(statement.whole if len(statement.text.split()) < 4 else statement.text)
        return all(
            _overlap(mine, stems(said.text)) < _SAY_THE_SAME or _numbers(statement.text) - _numbers(said.text)
            for said in chosen
        )

    def confirmed(self, chosen: list[Selected]) -> list[Selected]:
        """Add to each statement the place in another passage that says the same."""
        return [said if said.is_item else replace(said, also=self._confirmations(said)) for said in chosen]

    def _confirmations(self, said: Selected) -> tuple[tuple[int, int, int], ...]:
        for one in self.scored:
            statement = one.statement
            if statement.passage == said.passage or statement.children or len(statement.text.split()) < 4:
                continue
            if _overlap(stems(statement.text), stems(said.text)) >= _CONFIRMS and _numbers(statement.text) == _numbers(
                said.text
            ):
                return ((statement.passage, statement.start, statement.end),)
        return ()

    def _last(self, statement: Statement) -> int:
        return max([statement.end, *(self._last(self.statements[child]) for child in statement.children)])


def _shows(said: Selected, statement: Statement) -> bool:
    return said.passage == statement.passage and said.start <= statement.start and statement.end <= said.end


def _overlap(one: frozenset[str], two: frozenset[str]) -> float:
    union = len(one | two)
    return len(one & two) / union if union else 1.0


def _numbers(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d+(?:[.,]\d+)*", text))


def _same_words(one: str, two: str) -> bool:
    def essence(text: str) -> list[str]:
        text = re.sub(r"\([^)]*\)", "", text)
        return [stem(word) for word in question_words(text) if word not in ("amazon", "aws", "the", "a", "an")]

    return essence(one) == essence(two)
