"""How cells of a table read, which of them can be options, and which two cannot stand side by side."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rag.quiz.language import (
    FINITE,
    PREPOSITIONS,
    base,
    clause,
    head,
    is_name,
    is_noun,
    is_third_person,
    is_verb_phrase,
    listed,
    lower_first,
    senses,
)
from rag.text.quantities import DIMENSIONS, Quantity, quantities
from rag.text.terms import STOP_WORDS, stems

MOST = 110  # characters of an option
_EMPTY = re.compile(
    r"(?:none|no|yes|n/?a|any|all|other|others|not applicable|somewhat|varies|depends|—|-|–|\?)[.,]?$", re.I
)
_UNFIT = re.compile(
    r"<|https?:|[{}\[\]]|:.*: |^(?:see|same|as above|ditto|likewise|like|also|none|both|neither|it|they|this|these)\b"
    r"|^(?:yes|no)\b,|\b(?:see (?:below|above|the)|older notes|documentation|here)\b"
    r"|\bthis (?:module|section|chapter|table|page)\b|\.\.\.|…",
    re.I,
)
_NUMBER = re.compile(
    r"(?:about |around |up to |at (?:least|most) |over |within |less than )?[−-]?\d[\d.,]*(?![^\W\d])", re.I
)
_BOUND = re.compile(
    r"\b(?:about|around|up to|at least|at most|over|under|within|or (?:more|less)|less than|more than|to"
    r"|and (?:above|below))\b|[–<>≤≥+~]",
    re.I,
)
_TIME = re.compile(
    r"\b(?:(?:micro|milli|sub-?)?seconds?|minutes?|hours?|days?|weeks?|months?|years?|real.time)\b", re.I
)
_VERB = re.compile(rf"\b(?:{'|'.join(sorted(FINITE))}|need)\b")
_RELATIVE = re.compile(r"\b(?:that|which|who|whose|where|whatever)\b")
_OPENING = re.compile(
    r"(?:always|never|default|when|if|as|often|usually|mostly|nobody|nothing|how|what|why|where)\b", re.I
)
_COMPARED = re.compile(r"(?:more|less|slower|faster|better|worse|higher|lower|cheaper|simpler|smaller|larger)\b", re.I)
_NOT_LISTED = frozenset("no not such like or and but one each e.g always never only which who so then".split())


def fits(cell: str) -> bool:
    """Whether a cell can be an option: it says something, by itself, in few words."""
    return len(cell) <= MOST and not _EMPTY.match(cell) and not _UNFIT.search(cell) and bool(re.search(r"\w", cell))


def is_vague(cell: str) -> bool:
    """Whether a cell says an amount without a number: "minutes to hours"; others of its column may mean the same."""
    return bool(_TIME.search(cell)) and not quantities(cell)


def is_poor(cell: str) -> bool:
    """Whether a cell may be true of other things too: a single quality, "Fast", or "more complex"."""
    if _COMPARED.match(cell) and len(cell.split()) < 4:
        return True
    return " " not in cell.strip() and cell.isalpha() and bool({"ADJ", "ADV"} & set(senses(cell))) and not is_name(cell)


def readings(cells: Sequence[str], names: Collection[str] = ()) -> list[str]:
    """Return how each cell of a column reads: as `reading` says, "do" (what to do) or "does" (what is done)."""
    if len(cells) > 2 and sum(is_verb_phrase(one) for one in cells) >= 0.7 * len(cells):
        return ["do" if is_verb_phrase(one) else "" for one in cells]
    verbs = [_begins_with_verb(one) for one in cells]
    if sum(verbs) > 2 and sum(verbs) >= 0.7 * len(cells):
        return ["does" if one else "" for one in verbs]
    return [reading(one, names) for one in cells]


def reading(cell: str, names: Collection[str] = ()) -> str:
    """Return how a cell reads: "number", "question", "clause", "doing", "noun", "other" (as, in) or "" (unsure)."""
    first = cell.split()[0].lower()
    if _NUMBER.match(cell):
        return "number"
    if cell.endswith("?"):
        return "question"
    if _OPENING.match(cell) or first in PREPOSITIONS:
        return "other"
    if _is_clause(cell):
        return "clause"
    if ";" in cell or ":" in cell or first in ("only", "not"):
        return ""
    if first.endswith("ing") and base(first) != first and not is_name(cell.split()[0], names):
        return "doing"
    return "noun" if _are_nominal(re.split(r", (?:and |or )?", cell)) else ""


def _begins_with_verb(cell: str) -> bool:
    first, _, rest = cell.partition(" ")
    noun = re.match(r"(?:of|in|for|and|or|per|from|by|at|over|need|are|can)\b|,", rest)
    return is_third_person(first.lower()) and bool(rest) and not noun


def _is_clause(cell: str) -> bool:
    match = _VERB.search(cell)
    if match:
        return match.start() > 0 and not _RELATIVE.search(cell[: match.start()])
    found = re.findall(r"[^\s,;:()]+", cell.strip(" ."))
    if any(
        _is_verb_only(one) and one.endswith("s") and not _RELATIVE.search(cell.partition(one)[0]) for one in found[1:]
    ):
        return True
    last = found[-1]
    if len(found) > 1 and _is_verb_only(last) and base(last) == last and "to" not in found:
        return True
    unsure = "," in cell or _begins_with_verb(cell) or _is_verb_only(found[0])
    part = None if unsure else clause(cell)
    return part is not None and part.verb not in PREPOSITIONS


def _is_verb_only(word: str) -> bool:
    return set(senses(word)) == {"VERB"}


def _are_nominal(parts: Sequence[str]) -> bool:
    """Whether the parts of a list are nouns with what describes them."""
    later = [word for part in parts[1:] for word in part.split()[:1]]
    plain = all(word not in _NOT_LISTED and not _is_verb_only(word) for word in later)
    return plain and all(_is_nominal(part) for part in parts)


def _is_nominal(part: str) -> bool:
    word, first = head(part), part.partition(" ")[0].lower()
    if first in PREPOSITIONS or first in ("no", "not"):
        return False
    return bool(word) and (is_noun(word) or is_name(word) or word.endswith("ing") or bool(re.search(r"\d", word)))


def within(cell: str, names: Collection[str] = ()) -> str:
    """Return a cell as it reads within a sentence: in lower case but for names, and a list of nouns with an "and"."""
    if cell.endswith("?"):
        return cell
    text = lower_first(cell.rstrip("."), names)
    parts = text.split(", ")
    if len(parts) > 1 and _are_nominal(parts) and ";" not in text and not re.search(r"\b(?:and|or)\b", parts[-1]):
        return listed(parts)
    return text


def quoted(text: str) -> str:
    """Return a text in quotation marks, as it is written but for its full stop and the marks within it made single."""
    inner = re.sub(r'["“]([^"”]*)["”]', r"‘\1’", text.rstrip("."))
    return f"“{inner}”"


def overlap(one: str, two: str) -> bool:
    """Whether two cells are the same, or one says part of what the other says, so that only one can be an option."""
    first, second = (" ".join(text.casefold().split()).strip(" .") for text in (one, two))
    if first == second:
        return True
    if _amounts_meet(one, two):
        return True
    if not (_is_worded(first) and _is_worded(second)):
        return re.sub(r"\W", "", first) == re.sub(r"\W", "", second) != ""
    if re.search(rf"(?<!\w){re.escape(first)}(?!\w)", second) or re.search(rf"(?<!\w){re.escape(second)}(?!\w)", first):
        return True
    mine, yours = _marked(one), _marked(two)
    return bool(mine and yours) and len(mine & yours) / min(len(mine), len(yours)) >= 0.5


def gives_away(stem: str, key: str, others: Sequence[str]) -> bool:
    """Whether the key says again a word of the stem that no other option has."""
    shared = stems(stem) & stems(key)
    return bool(shared.difference(*map(stems, others)))


def _is_worded(text: str) -> bool:
    """Whether a cell is text rather than a formula."""
    return any(len(word) > 2 and word.isalpha() for word in re.findall(r"[^\W_]+", text))


def _marked(text: str) -> frozenset[str]:
    """Return the stems of a cell without those of its amounts."""
    spans = [(one.start, one.end) for one in quantities(text) if one.unit in DIMENSIONS]
    bare = "".join(mark for at, mark in enumerate(text) if not any(start <= at < end for start, end in spans))
    return frozenset(one for one in stems(bare) if one not in STOP_WORDS)


def _amounts_meet(one: str, two: str) -> bool:
    mine, yours = quantities(one), quantities(two)
    if not mine or not yours:
        return False
    if not (_BOUND.search(one) or _BOUND.search(two)):
        return any(a.same(b) for a in mine for b in yours) and _marked(one) == _marked(two)
    (low, high), (bottom, top) = _range(one, mine), _range(two, yours)
    return mine[0].unit == yours[0].unit and low <= top and bottom <= high


def _range(text: str, found: Sequence[Quantity]) -> tuple[float, float]:
    """Return the least and the most that the amounts of a cell may stand for."""
    amounts = [one.amount for one in found if one.unit == found[0].unit]
    least, most = min(amounts), max(amounts)
    if re.search(r"\b(?:up to|at most|under|within|less than|and below|or less)\b|[<≤]", text, re.I):
        least = 0.0
    if re.search(r"\b(?:at least|over|more|and above)\b|[>≥+]", text, re.I):
        most = float("inf")
    return least, most
