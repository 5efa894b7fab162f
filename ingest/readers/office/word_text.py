"""The words of a paragraph of a Word file as they are printed, its notes, and the page breaks in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ingest.readers.markdown import PAGE_BREAK
from ingest.readers.office.formulas import formula
from ingest.readers.office.numerals import superscript
from ingest.readers.office.package import LINE_BREAK, Element, attribute, found, local
from ingest.readers.office.word_styles import is_on

_LEFT_OUT = frozenset("del moveFrom pPr rPr instrText delText delInstrText rt sdtPr object".split())
# Letters that the font Symbol shows for others, which Word keeps in its private use area.
_SYMBOL = dict(zip(
    map(ord, "ABCDEFGHIKLMNOPQRSTUWXYZabcdefghiklmnopqrstuwxyz\xa3\xa5\xae\xb1\xb3\xb4\xb9\xbb\xce\xd6\xd7"),
    "ΑΒΧΔΕΦΓΗΙΚΛΜΝΟΠΘΡΣΤΥΩΞΨΖαβχδεφγηικλμνοπθρστυωξψζ≤∞→±≥×≠≈∈√⋅", strict=True,
))  # fmt: skip
_PRIVATE = 0xF000


@dataclass(slots=True)
class Printed:
    """What a paragraph prints: its text, with `PAGE_BREAK`s and `LINE_BREAK`s, and what stands beside it.

    Attributes:
        notes: the texts of its footnotes and endnotes.
        boxes: the drawings in it.
        runs: those of its runs that have words.
    """

    text: str = ""
    notes: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    runs: list[Element] = field(default_factory=list)


class Printer:
    """Reads paragraphs in order; a page that Word last began where a break stands is begun once.

    Args:
        notes: footnotes and endnotes by their kind and id: ("footnote", "2").
    """

    def __init__(self, notes: Mapping[tuple[str, str], Element]) -> None:
        self._notes = notes
        self._broken = True  # whether no word was printed since the last page break

    def read(self, paragraph: Element) -> Printed:
        """Return what a paragraph prints."""
        printed = Printed()
        printed.text = "".join(self._words(paragraph, printed))
        return printed

    def page_break(self) -> str:
        """Return a break before what is printed next, unless a page has just begun."""
        begun, self._broken = self._broken, True
        return "" if begun else PAGE_BREAK

    def _words(self, element: Element, printed: Printed) -> Iterator[str]:
        for child in element:
            name = local(child)
            if name in _LEFT_OUT or (name == "r" and is_on(found(child, "rPr", "vanish"))):
                continue
            if name == "oMath":
                yield from self._told(formula(child))
            elif name == "oMathPara":
                yield from self._told("; ".join(filter(None, map(formula, child))))
            elif name in ("footnoteReference", "endnoteReference"):
                self._note(name.removesuffix("Reference"), child, printed)
            elif name in ("drawing", "pict"):
                self._broken = False
                printed.boxes.append(child)
            elif name == "r":
                text = "".join(self._words(child, printed))
                printed.runs += [child] if text.strip() else []
                yield superscript(text) if _is_raised(child) else text
            elif (sign := _sign(child)) is not None:
                yield from self._told(sign)
            elif name == "lastRenderedPageBreak":
                yield self.page_break()
            elif name == "br" and attribute(child, "type") == "page":
                self._broken = True
                yield PAGE_BREAK
            else:
                yield from self._words(child, printed)

    def _told(self, text: str) -> Iterator[str]:
        self._broken = self._broken and not text.strip()
        yield text

    def _note(self, kind: str, reference: Element, printed: Printed) -> None:
        note = self._notes.get((kind, attribute(reference, "id")))
        if note is not None:
            inside = Printer({})  # a note has no notes
            text = " ".join(inside.read(line).text for line in note.iter() if local(line) == "p")
            printed.notes.append(" ".join(text.split()))


def _sign(element: Element) -> str | None:
    """Return what an element of a run prints, None for one that holds others."""
    match local(element):
        case "t":
            return element.text or ""
        case "tab":
            return "\t"
        case "ptab":
            return " "
        case "noBreakHyphen":
            return "-"
        case "cr":
            return LINE_BREAK
        case "br" if attribute(element, "type") != "page":
            return LINE_BREAK
        case "sym":
            return _symbol(element)
    return None


def _symbol(element: Element) -> str:
    code = int(attribute(element, "char") or "0", 16)
    code -= _PRIVATE if code >= _PRIVATE else 0
    if attribute(element, "font") == "Symbol":
        return _SYMBOL.get(code, "")
    return ""  # of Wingdings and its like: ticks and arrows that have no letter


def _is_raised(run: Element) -> bool:
    return attribute(found(run, "rPr", "vertAlign"), "val") == "superscript"
