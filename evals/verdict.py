"""Is an answer right? Key facts and wrong words are looked for in it, as whole words of one spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from evals.items import Item, Kind
from evals.record import Verdict
from rag.types import Answer

_TELLING = 15  # characters from which a part of a fragment tells the fragment
_PLURAL = 3  # letters from which a last word may be a plural: "day" is held by "days", but "5 m" not by "5 ms"

_FOLDED = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("*`\u00ad\u200b\ufeff", None),  # marks of emphasis and code; characters without width
    }
)
_THOUSANDS = re.compile(r"(?<=\d)[,\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_PERCENT = re.compile(r"\s*(?:%|\bper ?cent\b)")


class Said(Protocol):
    """A statement of an answer, as the assistant gives it or as a run keeps it."""

    @property
    def text(self) -> str:
        """What is said."""
        ...

    @property
    def lead(self) -> str:
        """The heading or parent that gives the text its meaning."""
        ...


def said(statements: Iterable[Said]) -> str:
    """Return what an answer shows, one statement a line."""
    return "\n".join(f"{one.lead}: {one.text}" if one.lead else one.text for one in statements)


def judge(item: Item, answer: Answer) -> Verdict:
    """Compare an answer with its item. Where the texts do not say, only a refusal is right.

    Of public items only the place is known: an answer that cites it is right.
    """
    if answer.refusal is not None:
        return Verdict.REFUSED
    if item.kind is Kind.PUBLIC:
        right = any(shown_evidence(item, one.document, one.quote) for one in answer.citations)
    else:
        right = item.answerable and is_right(item, said(answer.statements))
    return Verdict.RIGHT if right else Verdict.WRONG


def is_right(item: Item, text: str) -> bool:
    """Whether `text` holds every key fact of the item and nothing that makes it wrong."""
    return all(held_facts(item, text)) and not wrong_found(item, text)


def held_facts(item: Item, text: str) -> tuple[bool, ...]:
    """Say of each key fact whether `text` holds it, in one of its wordings."""
    return tuple(any(holds(text, wording) for wording in fact) for fact in item.facts)


def wrong_found(item: Item, text: str) -> tuple[str, ...]:
    """Return the words in `text` that make an answer to the item wrong."""
    return tuple(words for words in item.wrong if holds(text, words))


def holds(text: str, words: str) -> bool:
    """Whether `words` stand in `text` as whole words, both as `normal`; the last of them may be in the plural.

    >>> holds("It takes 15 MB.", "5 mb"), holds("at most 1,000 days", "1000 day")
    (False, True)
    """
    return _whole_words(normal(words)).search(normal(text)) is not None


@lru_cache(maxsize=8192)
def _whole_words(words: str) -> re.Pattern[str]:
    before = r"(?<!\w)" if re.match(r"\w", words) else ""
    if words[:1].isdigit():  # "5" is not in "1.5", nor in "-5"
        before += r"(?<!\d\.)(?<![\s(]-)(?<!^-)"
    last = re.search(r"[^\W\d_]*$", words)
    plural = "s?" if last and len(last.group()) >= _PLURAL else ""
    after = plural + (r"(?!\w)" if re.search(r"\w$", words) else "")
    if words[-1:].isdigit():
        after += r"(?!\.\d)"
    return re.compile(before + re.escape(words) + after)


@lru_cache(maxsize=8192)
def normal(text: str) -> str:
    """Return `text` as facts are looked for in it: lower case, one spelling of each sign, of numbers and of per cent.

    >>> normal("**Up to**  10,000\u00a0km – 5%")
    'up to 10000 km - 5 percent'
    """
    folded = _THOUSANDS.sub("", text.lower()).translate(_FOLDED)
    return " ".join(_PERCENT.sub(" percent", folded).split())


def shown_evidence(item: Item, document: str, quote: str) -> tuple[int, ...]:
    """Return the indices of the item's evidence that words quoted from `document` show."""
    found = letters(quote)
    return tuple(
        index
        for index, one in enumerate(item.evidence)
        if one.document == document and shows(letters(one.quote), found)
    )


def shows(near: str, found: str) -> bool:
    """Whether `found` holds the fragment `near`, or is a part of it that is long enough to tell; both as `letters`."""
    return bool(near) and (near in found or (len(found) > _TELLING and found in near))


def letters(text: str) -> str:
    """Return the words of `text`, lower-cased, one space between: what fragments are compared by."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip()
