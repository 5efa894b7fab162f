"""Parts text into sentences, with spans."""

from __future__ import annotations

import re

_ABBREVIATIONS = frozenset(
    """
    e.g i.e etc vs cf fig figs eq eqs no nos dr mr mrs ms prof st inc ltd co al approx resp sec min max ca jan feb mar
    apr jun jul aug sep sept oct nov dec u.s u.k ph.d b.c a.d eg ex ref refs vol pp ch
    """.split()
)
# A sentence ends at . ! ? (with closing quotes or brackets) before white space and a likely beginning, or, where a
# converter lost the space, between a lower-case word and a capitalised one. Possessive, so that runs cost linear time.
_END = re.compile(
    r"(?<![.!?])[.!?]++[\"'”’)\]]*+(?=\s+[\"'“‘(\[]?[A-Z0-9<`])|(?:(?<=[a-z0-9)]{3})|(?<=\s[a-z]{2}))[.!?](?=(?:[A-Z][a-z]+|[AI])[\s,])|\n{2,}"
)


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the spans of the sentences of `text[start:end]`, without the white space around them."""
    end = len(text) if end is None else end
    spans: list[tuple[int, int]] = []
    begin = start
    for match in _END.finditer(text, start, end):
        if text[match.start()] == "." and _is_inside(text, begin, match):
            continue
        _append(spans, text, begin, match.end())
        begin = match.end()
    _append(spans, text, begin, end)
    return spans


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, without its full stop."""
    spans = sentence_spans(text)
    return text[slice(*spans[0])].rstrip(".") if spans else ""


def _is_inside(text: str, begin: int, end: re.Match[str]) -> bool:
    """Whether a full stop belongs to an abbreviation, an initial, or a dotted name ("package.module.Name")."""
    dot = end.start()
    word = text[max(begin, dot - 40) : dot].rsplit(None, 1)[-1:] or [""]
    token = word[0].lstrip("([\"'“").lower()
    if token in _ABBREVIATIONS or (len(token) == 1 and token.isalpha() and text[dot - 1].isupper()):
        return True
    return "." in token and not text[end.end() : end.end() + 1].isspace()


def _append(spans: list[tuple[int, int]], text: str, begin: int, end: int) -> None:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    if begin < end:
        spans.append((begin, end))
