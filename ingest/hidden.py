"""Removes what a text holds and its reader does not see: comments, and words that are made invisible."""

from __future__ import annotations

import re

_FENCE_OR_HIDING = re.compile(
    r"^[ \t]*(?:(?P<ticks>`{3,}+)(?![^`\n]*`)|(?P<tildes>~{3,}))|(?P<comment><!--)"
    r"|<(?P<tag>span|font|div|p|b|i|em|strong|small|sub|sup|u|a|center|section)\s(?P<told>[^<>]{0,500})>",
    re.MULTILINE | re.IGNORECASE,
)
_PAGE_COMMENT = re.compile(r"<!--\s*(?:page|slide)(?:\s+number)?\s*[:#]?\s*\d{1,5}\s*-->", re.IGNORECASE)
_WHITE = r"(?:white\b|#fff(?:fff)?\b|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\)|transparent\b)"
_INVISIBLE = re.compile(
    rf"(?<![-\w])color\s*[:=]\s*[\"']?\s*{_WHITE}|\bdisplay\s*:\s*none\b|\bvisibility\s*:\s*hidden\b"
    r"|\bopacity\s*:\s*0(?!\.?0*[1-9])|\bfont-size\s*:\s*0(?!\.?0*[1-9])|(?:^|\s)hidden(?=\s|=|/|$)",
    re.IGNORECASE,
)
_NEAR = 300  # characters before a tag, on its line, where a background may be set
_BACKGROUND = re.compile(r"background|bgcolor", re.IGNORECASE)


def without_hidden(text: str) -> str:
    """Return a text without comments and invisible words, keeping line breaks so that line numbers hold.

    Page marks and code stay. White words are invisible unless their line sets a background. A comment that is never
    closed is a slip: only its opening goes, not the rest of the text; a tag that is never closed hides nothing.
    """
    parts: list[str] = []
    done = 0
    unclosed: set[str] = set()
    match = _FENCE_OR_HIDING.search(text)
    while match:
        start, end = match.start(), _end(text, match, unclosed)
        if match["comment"] and end < 0:
            return "".join([*parts, text[done:].replace("<!--", "")])
        if end < 0 or match["ticks"] or match["tildes"] or _PAGE_COMMENT.fullmatch(text, start, end):
            end = max(end, match.end())
        else:
            parts += [text[done:start], "\n" * text.count("\n", start, end)]
            done = end
        match = _FENCE_OR_HIDING.search(text, end)
    return "".join([*parts, text[done:]])


def _end(text: str, opening: re.Match[str], unclosed: set[str]) -> int:
    """Return where a fence, a comment or an invisible element ends; -1 where it does not or where there is none."""
    if fence := opening["ticks"] or opening["tildes"]:
        return _fence_end(text, opening.end(), fence)
    if opening["comment"]:
        found = text.find("-->", opening.end())
        return found + 3 if found >= 0 else -1
    name = opening["tag"].lower()
    if name in unclosed or not _hides(text, opening):
        return -1
    closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(text, opening.end())
    if closing is None:
        unclosed.add(name)  # so that many of them cost linear time
    return closing.end() if closing else -1


def _hides(text: str, tag: re.Match[str]) -> bool:
    before = max(text.rfind("\n", 0, tag.start()), tag.start() - _NEAR)
    return _INVISIBLE.search(tag["told"]) is not None and not _BACKGROUND.search(text, max(before, 0), tag.end())


def _fence_end(text: str, start: int, fence: str) -> int:
    closing = re.compile(rf"^[ \t]*{fence}{fence[0]}*[ \t]*$", re.M).search(text, start)
    return closing.end() if closing else len(text)
