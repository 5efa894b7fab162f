"""Wrong options for a key that a model wrote: things that the document names, and does not say of the stem.

What the model offers is taken where the document speaks of it, of something else. A wrong option that the texts do not
know could be right for all they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from rag.quiz.generators.near_numbers import near, value
from rag.quiz.items import Option
from rag.quiz.making import Maker
from rag.quiz.reading import Part, plain, says
from rag.quiz.rules import Evidence
from rag.quiz.rules.shape import alike
from rag.quiz.rules.support import Spoken
from rag.quiz.written.quoting import Quoted
from rag.quiz.written.things import Thing, is_named, of_a_form, of_a_length, option_text, things
from rag.text.quantities import quantities
from rag.text.terms import stems

_AMOUNT = re.compile(r"(?P<lead>(?:about |up to |at least |at most )?)(?P<digits>\d[\d,.]*\d|\d)(?P<rest>\D*)$", re.I)
_SAME = 0.93  # cosine from which two texts may say the same
_READ = 40  # things that are held against the text, the likeliest first
_FARTHEST = 20  # times larger or smaller than the key


class Distractors:
    """Makes the wrong options of one document."""

    def __init__(self, maker: Maker, evidence: Evidence) -> None:
        self._maker, self._evidence = maker, evidence

    @cached_property
    def _things(self) -> list[Thing]:
        return things(self._maker)

    def options(
        self, stem: str, keys: Sequence[str], quoted: Quoted, offered: Sequence[str], number: int
    ) -> list[Option]:
        """Return up to `number` options that are wrong for a stem: amounts for an amount, else things like the keys."""
        fit = _Fit(stem, keys, quoted, self._evidence)
        if len(keys) == 1 and (amount := _AMOUNT.fullmatch(keys[0])):
            return self._amounts(fit, amount, number)
        chosen: list[Thing] = []
        for tier in (self._column(keys, quoted), *self._of_form(keys[0], offered)):
            for one in self._likely(keys, [one for one in tier if fit.reads(one.text)]):
                apart = not any(alike(one.text, other.text) for other in chosen)
                if len(chosen) < number and apart and fit.is_wrong(one.text):
                    chosen.append(one)
        return [self._option(one) for one in chosen]

    def _likely(self, keys: Sequence[str], tier: Sequence[Thing]) -> list[Thing]:
        """Return things that may not say the same as the first key: names for a name first, then by their nearness."""
        if not tier:
            return []
        rows = self._maker.vectors([keys[0], *(one.text for one in tier)])
        near = dict(zip(tier, (rows[1:] @ rows[0]).tolist(), strict=True))
        named = is_named(keys[0])
        order = sorted(tier, key=lambda one: (is_named(one.text) is not named, -near[one]))
        return [one for one in order if near[one] < _SAME][:_READ]

    def _option(self, one: Thing) -> Option:
        told = one.told if stems(one.text) & stems(one.told) else f"“{one.text}” is said of something else: {one.told}"
        citation = self._maker.cite_one(one.section, one.statement)
        return Option(text=one.text, right=False, rationale=told, citation=citation)

    def _column(self, keys: Sequence[str], quoted: Quoted) -> list[Thing]:
        """Return the cells of the columns that the keys are cells of."""
        rows = {one.start for one in quoted.statements}
        wanted = {plain(key) for key in keys}
        held = {one.column for one in self._things if one.statement.start in rows and plain(one.text) in wanted}
        return [one for one in self._things if one.column and one.column in held]

    def _of_form(self, key: str, offered: Sequence[str]) -> Iterator[list[Thing]]:
        """Yield what a model offers, then all that the document names, as far as it has the form of a key."""
        for tier in (self._offered(offered), self._things):
            yield [one for one in tier if of_a_form(key, one.text)]

    def _offered(self, offered: Sequence[str]) -> Iterator[Thing]:
        """Yield what a model offers, as far as the document knows it."""
        known = {plain(one.text): one for one in reversed(self._things)}
        for text in map(option_text, offered):
            thing = known.get(plain(text)) or self._mentioned(text)
            if thing:
                yield thing

    def _mentioned(self, text: str) -> Thing | None:
        """Return a text as a thing, with the first statement that speaks of it."""
        for at, section in enumerate(self._evidence.sections):
            for one in section.statements:
                if one.form in ("sentence", "item", "row") and says(
                    text, Part(one.text, stems(one.text), frozenset(), at)
                ):
                    return Thing(text, one.text, section, one)
        return None

    def _amounts(self, fit: _Fit, key: re.Match[str], number: int) -> list[Option]:
        """Return other amounts: first those that the document gives of something else, then some of the same scale."""
        lead, digits, rest = key.groups()
        amount, unit = value(digits), rest.strip(" -")
        if amount == 0 or (amount == 1 and len(unit.split(" ")[0]) > 2):  # its unit stands in the singular
            return []
        given = {
            f"{lead}{other}{rest}": told
            for other, told in self._given(key.group())
            if amount / _FARTHEST <= value(other) <= amount * _FARTHEST
        }
        near_by = sorted(given, key=lambda text: abs(value(_digits(text)) - amount))
        found = {
            text: f"{text} is said of something else: {given[text]}"
            for text in near_by
            if fit.reads(text) and fit.is_wrong(text)
        }
        found = dict([*found.items()][: number - 1])
        taken = {1.0, *(value(_digits(text)) for text in given)}
        below = self._maker.chooser.randint(0, number)
        for other in (*near(digits, unit, taken, below, number - below), *near(digits, unit, taken, number, number)):
            text = f"{lead}{other}{rest}"
            if len(found) < number and fit.is_wrong(text):
                found.setdefault(text, f"It is {key.group()}, not {text}.")
        return [Option(text=text, right=False, rationale=told) for text, told in found.items()]

    def _given(self, key: str) -> Iterator[tuple[str, str]]:
        """Yield the digits of amounts in the unit of a key, each with the statement that gives it."""
        units = [one.written for one in quantities(key)]
        for section in self._evidence.sections:
            for one in section.statements:
                for other in quantities(one.text):
                    if units == [other.written] and (number := re.match(r"\d[\d,.]*\d|\d", other.text)):
                        yield number.group(), one.text


def _digits(text: str) -> str:
    found = _AMOUNT.fullmatch(text)
    return found["digits"] if found else "0"


class _Fit:
    """Whether a text can be a wrong option of a stem and its keys."""

    def __init__(self, stem: str, keys: Sequence[str], quoted: Quoted, evidence: Evidence) -> None:
        self._stem, self._keys, self._quoted, self._reading = stem, keys, quoted, evidence.reading
        self._spoken = [Spoken.of(stem, key, evidence.reading) for key in keys]
        told = " ".join(one.text for one in (*quoted.statements, *quoted.beside))
        self._told = Part(told, stems(told), frozenset(), 0)

    def reads(self, text: str) -> bool:
        """Whether it reads like the keys, and is neither part of them nor of the stem."""
        if not text or plain(text) in plain(self._stem):
            return False
        return of_a_length(self._keys[0], text) and not any(alike(text, key) for key in self._keys)

    def is_wrong(self, text: str) -> bool:
        """Whether the text says it of something else only: not in the quote, nor in the list that the quote is of."""
        inside = stems(text) and says(text, self._told)
        return not inside and not any(one.holds_of(text, self._reading) for one in self._spoken)
