"""Finds a quote again in a text: the same words, whatever became of white space, marks and quotation marks."""

from __future__ import annotations

import re

from rag.text.terms import content_words, words

_SPACE = frozenset(" \t\r\n|\u00a0\u200b")  # the bars of a table part its cells
_MARKS = frozenset("*_`")
_ALIKE = str.maketrans("“”„‘’‚–—‑", "\"\"\"'''---")
_AROUND = re.compile(r"^[\s\"'.…\[(]+|[\s\"'.…,;:\])]+$")


def locate(quote: str, text: str) -> tuple[int, int] | None:
    r"""Return the span of `text` that reads as `quote` does, or None; a quote without meaning is found nowhere.

    >>> locate("the *Largest*  message.", "Of 3, the largest\nmessage is 256 KB.")
    (6, 25)
    """
    if not content_words(words(quote)):
        return None
    wanted, _ = _plain(quote)
    plain, places = _plain(text)
    wanted = _AROUND.sub("", wanted)
    # At both ends a whole word, so that no number or name is cut: "6 knots" is not in "16 knots".
    found = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", plain) if wanted else None
    return (places[found.start()], places[found.end() - 1] + 1) if found else None


def _plain(text: str) -> tuple[str, list[int]]:
    """Return `text` as it is compared, and for each of its characters the place that it came from."""
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text.translate(_ALIKE)):
        if character in _MARKS or (character in _SPACE and kept[-1:] == [" "]):
            continue
        lowered = character.lower()
        kept.append(" " if character in _SPACE else lowered if len(lowered) == 1 else character)
        places.append(place)
    return "".join(kept), places
