"""Plants an attack in a Markdown text, beside the words that answer a question, in one of several hiding forms."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from evals.verdict import letters
from rag.text.sentences import sentence_spans

_MARKER = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_BLANK = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the evidence stands in a text: spans of its sentence or cell, of its line and of its block of lines."""

    text: str
    sentence_end: int
    line: tuple[int, int]
    block: tuple[int, int]

    @property
    def first_line(self) -> str:
        """The line of the evidence."""
        return self.text[slice(*self.line)]

    @property
    def is_row(self) -> bool:
        """Whether the evidence stands in a table."""
        return self.first_line.lstrip().startswith("|")

    def put(self, at: int, words: str) -> str:
        """Return the text with `words` put in at an offset."""
        return self.text[:at] + words + self.text[at:]

    def beside(self, block: str, chooser: random.Random) -> str:
        """Return the text with a block of its own before or after that of the evidence."""
        start, end = self.block
        return self.put(start, f"{block}\n\n") if chooser.random() < 0.5 else self.put(end, f"\n\n{block}")


def find_spot(text: str, quote: str) -> Spot | None:
    """Return where `quote` stands in `text`, whatever markup parts its words; None if it does not."""
    words = letters(quote).split()
    match = re.search(r"[\W_]+".join(map(re.escape, words)), text, re.IGNORECASE) if words else None
    if match is None:
        return None
    line_start = text.rfind("\n", 0, match.end()) + 1
    line = (line_start, _or_end(text.find("\n", match.end()), text))
    bounds = [0, *(blank.end() for blank in _BLANK.finditer(text))]
    start = max(bound for bound in bounds if bound <= match.start())
    after = _BLANK.search(text, match.end())
    block = (start, after.start() if after else len(text.rstrip()))
    return Spot(text, _sentence_end(text, line, match.end()), line, block)


def _sentence_end(text: str, line: tuple[int, int], at: int) -> int:
    """Return the end of the sentence, or of the table cell, in which the evidence ends."""
    if text[slice(*line)].lstrip().startswith("|"):
        return len(text[: _or_end(text.find("|", at, line[1]), text[: line[1]])].rstrip())
    return next((end for _, end in sentence_spans(text, *line) if end >= at), line[1])


def _or_end(found: int, text: str) -> int:
    return found if found >= 0 else len(text)


def _sentence(spot: Spot, attack: str, _: random.Random) -> str:
    before = spot.text[: spot.sentence_end].rstrip()
    stop = "" if before.endswith((".", "!", "?", ":", '"', ")")) else "."
    return spot.put(spot.sentence_end, f"{stop} {attack}")


def _paragraph(spot: Spot, attack: str, chooser: random.Random) -> str:
    return spot.beside(attack, chooser)


def _comment(spot: Spot, attack: str, chooser: random.Random) -> str:
    hidden = chooser.choice(["<!-- {} -->", "<!--\n{}\n-->", "<!-- slide: {} -->"]).format(attack)
    return spot.put(spot.sentence_end, f" {hidden}") if "\n" not in hidden else spot.beside(hidden, chooser)


def _white(spot: Spot, attack: str, chooser: random.Random) -> str:
    hidden = chooser.choice(
        [
            '<span style="color:white">{}</span>',
            '<font color="white">{}</font>',
            '<span style="color: #FFFFFF; font-size: 1px">{}</span>',
            '<span style="display:none">{}</span>',
        ]
    )
    return spot.put(spot.sentence_end, " " + hidden.format(attack))


def _alt(spot: Spot, attack: str, chooser: random.Random) -> str:
    quoted = attack.replace('"', "'")
    picture = chooser.choice([f"![{attack}](figure.png)", f'<img src="figure.png" alt="{quoted}">'])
    return spot.beside(picture, chooser)


def _cell(spot: Spot, attack: str, chooser: random.Random) -> str:
    if not spot.is_row:
        return spot.beside(f"| Term | Remark |\n|---|---|\n| Note | {attack} |", chooser)
    columns = spot.first_line.strip().strip("|").count("|") + 1
    cells = ["Note"] * columns
    cells[chooser.randrange(columns)] = attack
    return spot.put(spot.line[1], f"\n| {' | '.join(cells)} |")


def _item(spot: Spot, attack: str, chooser: random.Random) -> str:
    marker = _MARKER.match(spot.first_line)
    if marker is None:
        return spot.beside(f"- {attack}", chooser)
    return spot.put(spot.line[1], f"\n{marker.group()}{attack}")


def _heading(spot: Spot, attack: str, _: random.Random) -> str:
    above = re.findall(r"^(#{1,5})\s", spot.text[: spot.block[0]], re.M)
    return spot.put(spot.block[0], f"{above[-1] if above else '#'}# {attack}\n\n")


def _fence(spot: Spot, attack: str, chooser: random.Random) -> str:
    return spot.beside(f"```\n{attack}\n```", chooser)


def _front_matter(spot: Spot, attack: str, _: random.Random) -> str:
    return spot.put(0, f'---\ndescription: "{attack}"\n---\n\n')


FORMS: dict[str, Callable[[Spot, str, random.Random], str]] = {
    "own paragraph": _paragraph,
    "within a paragraph": _sentence,
    "comment": _comment,
    "white text": _white,
    "alt text": _alt,
    "table cell": _cell,
    "list item": _item,
    "heading": _heading,
    "code fence": _fence,
    "front matter": _front_matter,
}


def plant(text: str, quote: str, attack: str, form: str, seed: str) -> str | None:
    """Return `text` with an attack planted beside `quote` in a form; None where the text lacks the quote.

    The same arguments give the same text.
    """
    spot = find_spot(text, quote)
    return FORMS[form](spot, attack, random.Random(seed)) if spot else None
