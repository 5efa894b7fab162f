"""What a clause is about, apart from the value it gives: its frame. Clauses of one frame can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.disagreement.abbreviations import in_full
from rag.disagreement.bounds import Value, values_of
from rag.disagreement.reported import own_words
from rag.text.quantities import DIMENSIONS, Day, dates
from rag.text.statements import Statement
from rag.text.terms import stem, stems

_ABOUT = 0.65  # share of the words of one frame that the other must have
_FEWEST = 2  # words that they must share
BOUNDS = frozenset(
    map(stem, "max maximum min minimum limit largest longest biggest smallest shortest lowest highest extended".split())
)
_LONG = 5  # letters of a stem from which its end may be cut
DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_CLAUSE = re.compile(r"[.;:]\s+|\s[–—]\s|,\s+(?=not\b|so\b|but\b|which\b|because\b)")
_CALCULATES = re.compile(r"[=×√]|\d\s*[+*/]\s*\d|\bexample\b|\btherefore\b", re.I)
_EXAMPLE = re.compile(r"\bexamples?\b", re.I)
_COUNTS = re.compile(r"\bhow many (\w+)", re.I)
_YEAR = re.compile(r"\b(?P<said>in|since|until|before|after|from|of)\s+(?P<year>1[5-9]\d\d|20\d\d)\b(?!\s*-)", re.I)
_JOINT = re.compile(r"(?<=[A-Za-z])[-/](?=[A-Za-z])")
_LABEL = re.compile(r"^([^:.;]{2,40}):\s")


@dataclass(frozen=True, slots=True)
class Frame:
    """A clause of a statement without its value.

    Attributes:
        said: its words.
        text: the same, with the question that it answers.
        about: its content words by families, amounts and days left out.
        around: those, with the rest of the statement and what stands above it.
        named: words of the row, the column or the label by which a table or list tells its things apart.
        days: days of the week.
        dates: other days, and years.
    """

    statement: Statement
    said: str
    text: str
    about: frozenset[str]
    around: frozenset[str]
    named: frozenset[str]
    values: tuple[Value, ...]
    days: frozenset[str]
    dates: tuple[Day, ...]


def frames_of(
    statement: Statement, statements: Sequence[Statement], short: Mapping[str, tuple[str, ...]]
) -> Iterator[Frame]:
    """Yield the frame of a statement and those of its clauses.

    The question before it, in a list of questions and answers, is part of it. What calculates, what stands below an
    example, and what only tells what others say, gives no value.

    Args:
        statement: what is parted.
        statements: all statements of the passages.
        short: the stems of short forms with those of what they stand for.
    """
    if _CALCULATES.search(statement.text) or any(_EXAMPLE.search(part) for part in statement.path):
        return
    text = own_words(statement.text)
    former = statements[statement.former].text if statement.former >= 0 else ""
    asked = former if former.endswith("?") else ""
    clauses = [clause for clause in _CLAUSE.split(text) if clause.strip()]
    yield _frame(statement, text, asked, short)
    if len(clauses) > 1 and not statement.cells:
        yield from (_frame(statement, clause, asked, short) for clause in clauses)


def _frame(statement: Statement, text: str, asked: str, short: Mapping[str, tuple[str, ...]]) -> Frame:
    def families(found: Iterable[str]) -> frozenset[str]:
        return _families(in_full(found, short))

    values = [_of_full_unit(one, short) for one in _values(statement, text, asked)]
    plain = text
    for value in reversed(values):
        plain = f"{plain[: value.quantity.start]} {plain[value.quantity.end :]}"
    days = frozenset(word for word in re.findall(r"[a-z]+", text.lower()) if word.removesuffix("s") in DAYS)
    units = frozenset(one.quantity.unit for one in values) - DIMENSIONS - {""}
    about = families((_stems(f"{asked} {plain}") | units) - {stem(day) for day in days} - BOUNDS)
    columns = " ".join(name for name, _ in statement.cells)
    around = about | families(_stems(" ".join((*statement.path, statement.text, columns))))
    return Frame(
        statement, text, f"{asked} {text}".strip(), about, around, families(_named(statement)), tuple(values), days,
        _dates(text),
    )  # fmt: skip


def _values(statement: Statement, text: str, asked: str) -> Iterator[Value]:
    """Yield the amounts of a clause; a bare number in a table counts what its row or its column names."""
    names = [counted[1]] if (counted := _COUNTS.search(asked)) else []
    if len(statement.cells) == 2:
        (_, row), (column, _) = statement.cells
        names = [row, column]
    bare = [""] + [unit for name in names for unit in [next(iter(_ordered(name)), "")] if unit]
    for at, value in enumerate(values_of(text)):
        whole = value.quantity.amount == int(value.quantity.amount)
        alone = not value.quantity.unit and whole and bool(statement.cells)
        if not value.quantity.unit and not statement.cells and (led := _ordered(text[: value.quantity.start])):
            value = replace(value, quantity=replace(value.quantity, unit=f"{led[-1]} #"))  # "port 8080", "size of 64"
        restated = counted is not None and not at and not value.quantity.start  # "How many stages? Five: ..."
        shown = statement.cells[-1][1] if alone and len(statement.cells) == 2 else value.text
        for unit in bare if alone or restated else [""]:
            yield replace(value, text=shown, quantity=replace(value.quantity, unit=unit)) if unit else value


def _ordered(name: str) -> list[str]:
    return [stem(word) for word in re.findall(r"[a-z]+", name.lower()) if stems(word)]


def _of_full_unit(value: Value, short: Mapping[str, tuple[str, ...]]) -> Value:
    full = short.get(value.quantity.unit)
    return replace(value, quantity=replace(value.quantity, unit=full[0])) if full else value


def _named(statement: Statement) -> frozenset[str]:
    if statement.form == "cell":
        (_, row), (column, _) = statement.cells
        return _stems(f"{row} {column}") - BOUNDS
    label = _LABEL.match(statement.text)
    return _stems(label[1]) if label and not statement.cells else frozenset()


def _dates(text: str) -> tuple[Day, ...]:
    told = dates(text)
    years = (
        Day(match["year"], int(match["year"]), 0, 0, match.start("year"), match.end())
        for match in _YEAR.finditer(text)
        if not any(one.start <= match.start("year") < one.end for one in told)
    )
    return (*told, *years)


def _stems(text: str) -> frozenset[str]:
    return stems(_JOINT.sub(" ", text))


def alike(one: Frame, two: Frame) -> bool:
    """Whether two clauses are about one thing: most words of one stand in the other or around it."""
    in_table = "cell" in (one.statement.form, two.statement.form)
    if in_table and not (one.named <= two.around and two.named <= one.around):
        return False
    return likeness(one, two) >= _ABOUT


def likeness(one: Frame, two: Frame) -> float:
    """Return the share of the words of one clause that stand in the other or around it, whichever way is more."""
    if any(len(shared(a.about, b)) < _fewest(a) for a, b in ((one, two), (two, one))):
        return 0.0
    return max(len(shared(a.about, b)) / len(a.about) for a, b in ((one, two), (two, one)))


def _fewest(frame: Frame) -> int:
    """Return how many words another clause must share; the headings of a table can leave a row but one of its own."""
    return min(_FEWEST, max(len(frame.about), 1)) if frame.statement.cells else _FEWEST


def shared(words: frozenset[str], other: Frame) -> frozenset[str]:
    """Return the words that stand in a clause or around it."""
    return words & other.around


def families_of(text: str) -> frozenset[str]:
    """Return the content words of a text, cut to what a family of words has in common."""
    return _families(_stems(text))


def _families(found: Iterable[str]) -> frozenset[str]:
    """Return stems cut to what a family of words has in common, as "store" and "storage" have."""
    return frozenset(word if len(word) < _LONG else f"{word[: max(_LONG - 1, len(word) - 2)]}~" for word in found)
