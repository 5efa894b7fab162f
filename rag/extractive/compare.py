"""Answers questions that set two things side by side: from a table, from a sentence about both, or a side each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.extractive.compose import Composer, Scored, Selected
from rag.question import Kind
from rag.text.statements import Statement, row_text
from rag.text.terms import content_words, stem, stems, words

_SHORT_FORM = 5  # letters from which the beginning of a word stands for it
_MAX_ROWS = 4  # of a table that compares
_CONTRASTS = re.compile(
    r"\b(?:while|whereas|but|than|unlike|contrast|instead|cannot|not|rather|differs?|however|only|vs|versus)\b|;", re.I
)


def compare(composer: Composer) -> tuple[list[Selected], Scored] | None:
    """Say what holds of both sides, or something of each; None where a side is not found or nothing is compared."""
    if len(composer.question.sides) != 2:
        return None
    one, two = (frozenset(side_stems(side)) for side in composer.question.sides)
    only_one, only_two = one - two, two - one
    if not only_one or not only_two:
        return None
    tabled = _in_table(composer, only_one, only_two)
    if tabled:
        return tabled
    both = [scored for scored in composer.plain() if _names(only_one | only_two, stems(scored.statement.text))]
    if composer.question.kind is Kind.COMPARISON:
        both = [scored for scored in both if _CONTRASTS.search(scored.statement.text)]
    first = _side(composer, only_one, only_two, 0)
    second = _side(composer, only_two, only_one, 1)
    if both and (
        composer.question.kind is Kind.COMMON
        or not (first and second)
        or both[0].score >= max(first.score, second.score)
    ):
        chosen = [composer.single(both[0])]
        extra = [side for side in (first, second) if side] if composer.question.kind is Kind.COMPARISON else both[1:2]
        chosen += [said for side in extra if composer.adds(side.statement, chosen) for said in composer.say(side)]
        return composer.confirmed(chosen[:4]), both[0]
    if not first or not second:
        return None
    chosen = [*composer.say(first), *composer.say(second)]
    return composer.confirmed(chosen[:4]), max(first, second, key=lambda side: side.score)


def _in_table(composer: Composer, one: frozenset[str], two: frozenset[str]) -> tuple[list[Selected], Scored] | None:
    """Say the rows of a table that has a column for each side, or its two rows that are named after the sides."""
    for scored in composer.scored:
        if not scored.statement.cells:
            continue
        table = _table(composer, scored.statement)
        names = [name for name, _ in max((row.cells for row in table), key=len)[1:]]
        columns = [next((name for name in names if _names(side, stems(name))), "") for side in (one, two)]
        if all(columns) and columns[0] != columns[1]:
            return [_row_said(composer, row, scored, columns) for row in table[:_MAX_ROWS]], scored
        above = stems(" ".join(scored.statement.path[-2:]))
        named = [(side - above) or side for side in (one, two)]
        rows = [next((row for row in table if _names(side, stems(row.cells[0][1]))), None) for side in named]
        if rows[0] and rows[1] and rows[0] is not rows[1]:
            return [_row_said(composer, row, scored) for row in rows if row], scored
    return None


def _table(composer: Composer, statement: Statement) -> list[Statement]:
    """Return the rows of the table that a row or cell stands in."""
    names = {name for name, _ in statement.cells}
    return [
        row
        for row in composer.statements
        if row.form == "row"
        and row.cells
        and row.passage == statement.passage
        and names <= {name for name, _ in row.cells}
    ] or [statement]


def _row_said(composer: Composer, row: Statement, scored: Scored, columns: Sequence[str] = ()) -> Selected:
    first, *rest = row.cells
    cells = [cell for cell in rest if cell[0] in columns] if columns else composer.cells(row)[1:]
    text = row_text((first, *cells))
    return Selected(text, row.lead, row.passage, row.start, row.end, False, scored.score)


def _side(composer: Composer, own: frozenset[str], other: frozenset[str], at: int) -> Scored | None:
    """Return the best statement about one side, the first or the second, that is not about the other."""
    ranked = []
    for one in composer.plain():
        statement = one.statement
        inside = stems(statement.text)
        above = frozenset().union(*(stems(part) for part in statement.path[-2:]))
        if statement.form in ("code", "cell") or not _names(own, inside | above):
            continue
        if _names((other - above) or other, inside):
            continue
        if _names(other, stems(statement.lead)) and not _names(own, inside):
            continue
        opens = _names(own, stems(" ".join(statement.text.split()[:5])))
        labelled = bool(statement.path) and _names(own, stems(statement.lead))
        score = one.parts[at] if one.parts else one.score
        ranked.append(replace(one, score=score * (1.5 if opens or labelled else 1.0)))
    return max(ranked, key=lambda one: one.score, default=None)


def side_stems(side: str) -> list[str]:
    """Return the stems that tell a side of a comparison; a joined name such as SSE-C counts whole.

    >>> side_stems("SSE-C"), side_stems("batch inference")
    (['ssec'], ['batch', 'infer'])
    """
    found: list[str] = []
    for token in side.split():
        parts = words(token)
        found += parts[-1:] if len(parts) > 1 and re.search(r"\w[-_/.]\w", token) else parts
    return [stem(word) for word in content_words(found)]


def _names(side: frozenset[str], found: frozenset[str]) -> bool:
    """Whether all words of a side are among `found`, a short form counting for the long one ("async")."""
    return all(
        word in found or (len(word) >= _SHORT_FORM and any(other.startswith(word) for other in found)) for word in side
    )
