"""Items about which choice fits which need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.quiz.generators.choices import Choice, choices
from rag.quiz.generators.siblings import Fact, choice_of, matching_of, nearest
from rag.quiz.generators.table_cells import quoted
from rag.quiz.generators.topics import in_sentence, subject
from rag.quiz.items import Bloom, Difficulty, Item, Matching, MultipleChoice, MultipleResponse, Option, TrueFalse
from rag.quiz.language import listed, upper_first, with_article
from rag.quiz.making import Maker, numbered
from rag.text.terms import stems

_MOST_COMPARED = 2
_FEWEST_PAIRS, _MOST_PAIRS = 3, 5


class Choosing:
    """Asks what fits a need, and matches needs with what fits them."""

    name = "choosing"

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield questions about each need that a list states, matching items, and needs that share a choice."""
        known = choices(maker.sections)
        told = [one for one in known if one.statement.form != "row"]  # rows are asked for by the generator of tables
        contrasts = [one for one in told if one.is_contrast]
        for one in maker.chooser.sample(contrasts, k=min(_MOST_COMPARED, len(contrasts))):
            yield from _compared(maker, one)
        for one in told:
            if not one.is_contrast and one.is_telling and (made := choice_item(maker, one, known, _asked(one))):
                yield made
        yield from _matching(maker, told)
        yield from _responses(maker, known)


def _asked(one: Choice) -> str:
    """Return the question which choice fits a need."""
    need = in_sentence(one.need, one.section.text)
    if one.is_task:
        return f"You need to {need}. Which choice fits best?"
    if one.is_clause and one.need[:1].isupper():
        return f"{one.wanted}. Which choice fits best?"
    if one.is_clause or "," in need or with_article(need) != need:
        return f"A requirement reads “{one.wanted}”. Which choice does it point to?"
    return f"Which choice fits {need}?"


def choice_item(maker: Maker, key: Choice, known: Sequence[Choice], stem: str) -> MultipleChoice | None:
    """Return a question for a choice, or None; its rival is among the wrong options, then come those near the key.

    Args:
        maker: what items are made with.
        key: the choice asked for.
        known: all choices of the document.
        stem: the question.
    """
    options = [Fact(one.title, one.text, one.section, one.statement) for one in (key, *_wrong(maker, key, known))]
    return choice_of(maker, options, stem=stem, facts=(key.fact,), bloom=Bloom.APPLY, generator=Choosing.name)


def _wrong(maker: Maker, key: Choice, known: Sequence[Choice]) -> list[Choice]:
    """Return what the text names beside the key, for other needs: such choices are alternatives to it."""
    fits = {one.title.lower() for one in known if one.need.lower() == key.need.lower()}
    others = [
        one for one in known if one.section is key.section and key.leaves_out(one) and one.title.lower() not in fits
    ]
    others = list({one.title.lower(): one for one in reversed(others)}.values())
    rivals = [one for one in others if key.rival and one.thing.lower() == key.rival.lower()][:1]
    rest = [one for one in others if one not in rivals]
    return rivals + nearest(maker, key.title, rest, lambda one: one.title, MultipleChoice.SIZE - 1 - len(rivals))


def _compared(maker: Maker, one: Choice) -> Iterator[TrueFalse]:
    """Yield that a need points to one of two things, which is false of the one that the text sets against it."""
    citations, about = maker.cite(one.section, one.statement), subject(one.section, maker.text)
    if not citations or not about:
        return
    answer, rival = maker.chooser.random() < 0.5, upper_first(one.rival)
    both, said = listed(sorted(map(quoted, (one.title, rival)))), quoted(one.title if answer else rival)
    yield TrueFalse(
        stem=f"True or false: in {about}, of {both}, “{one.wanted}” points to {said}.",
        answer=answer,
        rationale=f"“{one.wanted}” points to “{one.title}”, not to “{rival}”.",
        citations=citations,
        facts=(one.fact,),
        difficulty=Difficulty.EASY,
        bloom=Bloom.UNDERSTAND,
        generator=Choosing.name,
    )


def _matching(maker: Maker, told: Sequence[Choice]) -> Iterator[Matching]:
    """Yield an item for the section with most needs, each with a choice of its own."""
    sets: list[list[Choice]] = []
    for section in dict.fromkeys(one.section for one in told):
        pairs: list[Choice] = []
        for one in told:
            beside = one.is_contrast and any(other.statement is one.statement for other in pairs)
            apart = all(one.leaves_out(other) and other.leaves_out(one) for other in pairs)
            if one.section is section and one.is_telling and apart and not beside:
                pairs.append(one)
        sets.append(pairs)
    if made := _matched(maker, max(sets, key=len, default=[])[:_MOST_PAIRS]):
        yield made


def _matched(maker: Maker, pairs: Sequence[Choice]) -> Matching | None:
    about = subject(pairs[0].section, maker.text) if len(pairs) >= _FEWEST_PAIRS else ""
    if not about:
        return None
    return matching_of(
        maker,
        [(one.wanted, Fact(one.title, one.text, one.section, one.statement)) for one in pairs],
        stem=f"For {about}, match each requirement with the choice that fits it.",
        facts=tuple(one.fact for one in pairs),
        difficulty=Difficulty.EASY if len(pairs) == _FEWEST_PAIRS else Difficulty.MEDIUM,
        bloom=Bloom.APPLY,
        generator=Choosing.name,
    )


def _responses(maker: Maker, known: Sequence[Choice]) -> Iterator[MultipleResponse]:
    """Yield, for each choice that fits two needs or three, which of five they are."""
    for title in dict.fromkeys(one.title for one in known):
        right = _different([one for one in known if one.title == title])
        rest = [one for one in known if all(one.leaves_out(other) and other.leaves_out(one) for other in right)]
        wrong: list[Choice] = []
        for one in (right * 3)[: 3 if right else 0]:  # beside each right need stand wrong ones of its own section
            beside = [other for other in rest if other.section is one.section and other not in wrong]
            wrong += nearest(maker, one.need, beside, lambda other: other.need, 1)
        shown = {one: maker.cite_one(one.section, one.statement) for one in (*right, *wrong)}
        if len(right) not in (2, 3) or len(wrong) < 3 or None in shown.values():
            continue
        yield MultipleResponse(
            stem=f"Which {MultipleResponse.NUMBERS[len(right)]} of these requirements point to “{title}”?",
            options=tuple(
                Option(text=one.wanted, right=one in right, rationale=one.text, citation=cited)
                for one, cited in shown.items()
            ),
            rationale=" ".join(one.text for one in right),
            citations=numbered(cited for one in right if (cited := shown[one])),
            facts=tuple(one.fact for one in right),
            difficulty=Difficulty.HARD,
            bloom=Bloom.ANALYSE,
            generator=Choosing.name,
        )


def _different(right: Sequence[Choice]) -> list[Choice]:
    """Return needs of which none says what another says."""
    kept: list[Choice] = []
    for one in right:
        if all(len(stems(one.need) & stems(other.need)) * 2 < len(stems(one.need)) for other in kept):
            kept.append(one)
    return kept
