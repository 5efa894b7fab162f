"""Sentences of a document with a gap for the number or the name that tells most."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.quiz.generators.figures import Figure, figures
from rag.quiz.generators.said import Said, said, turn
from rag.quiz.items import Cloze, Item
from rag.quiz.language import PREPOSITIONS, is_name, is_noun, sentence
from rag.quiz.making import Maker
from rag.text.terms import stems

_FEWEST, _MOST = 6, 24  # words of a sentence with a gap
_COMMON = 0.1  # share of the statements of a document from which a name in them is no news
_NAME = re.compile(r"(?<![\w.:(-])[A-Za-z]*[A-Z]\w*(?:[ -][A-Z]\w*)*(?![\w-]|\.\w)")
_LISTED = re.compile(r"(?:,|\b(?:and|or))\s*$"), re.compile(r"^\s*(?:,|(?:and|or)\b)")


class Gaps:
    """Asks for what fills a gap."""

    name = "cloze"

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield a sentence with a gap for the figures, and for the names in what is said."""
        found = said(maker)
        texts = [one.text for section in maker.sections for one in section.statements]
        counted = {figure.one: figure for figure in figures(found) if figure.is_only}
        for one in found:
            if not one.is_term or not _FEWEST <= len(one.main.split()) <= _MOST:
                continue
            if one in counted and (turn(one.fact, 3) == 2 or not counted[one].question):
                yield from _figure(maker, counted[one])
            elif one not in counted and one.is_telling and turn(one.fact, 3) == 0:
                name = _telling_name(one)
                if name and sum(name in text for text in texts) <= _COMMON * len(texts):
                    yield from _name(maker, one, name)


def _figure(maker: Maker, figure: Figure) -> Iterator[Item]:
    yield from _item(maker, figure.one, figure.with_number(Cloze.BLANK), (figure.digits,))


def _name(maker: Maker, one: Said, name: str) -> Iterator[Item]:
    text = f"{one.subject} {one.verb} {one.rest.replace(name, Cloze.BLANK)}"
    yield from _item(maker, one, re.sub(rf"\b(?:a|an) (?={Cloze.BLANK})", "a(n) ", text), (name,))


def _item(maker: Maker, one: Said, text: str, answers: tuple[str, ...]) -> Iterator[Item]:
    citations = maker.cite(one.section, one.statement)
    if citations:
        yield Cloze(
            stem=sentence(one.placed(text)),
            answers=answers,
            rationale=one.full,
            citations=citations,
            facts=(one.fact,),
            generator=Gaps.name,
        )


def _telling_name(one: Said) -> str:
    """Return the one name in what is said that the rest of the sentence asks for, or ""."""
    found = [match for match in _NAME.finditer(one.rest) if is_name(match.group().split()[0])]
    if len(found) != 1 or len(found[0].group()) < 3 or stems(found[0].group()) & stems(one.subject):
        return ""
    match = found[0]
    listed = _LISTED[0].search(one.rest[: match.start()]) or _LISTED[1].search(one.rest[match.end() :])
    after = re.match(r" ([a-z]+)", one.rest[match.end() :])
    if after and is_noun(after[1]) and after[1] not in PREPOSITIONS | {"and", "or"}:
        return ""  # "a KMS key": other words describe a key as well
    again = len(re.findall(re.escape(match.group()), f"{one.subject} {one.rest}", re.I)) > 1
    return "" if listed or again else match.group()
