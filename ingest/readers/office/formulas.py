"""Writes the equations of office files (OMML) as a person would type them: (a+b)/(2c), x_i^2, ∑_(i=1)^n.

The spelling follows the linear format of https://www.unicode.org/notes/tn28/; the elements are those of ECMA-376,
part 1, chapter 22.1.
"""

from __future__ import annotations

import re

from ingest.readers.office.package import Element, attribute, found, local

_SIMPLE = re.compile(r"[\w.√∞′]*")  # needs no brackets as a part of another expression
_ENDING = frozenset({"f", "sSup", "sSub", "sSubSup", "limLow", "limUpp"})
_ACCENTS = {"": "\u0302", "^": "\u0302", "~": "\u0303", "¯": "\u0304", "→": "\u20d7", "˙": "\u0307", "¨": "\u0308"}


def formula(math: Element | None) -> str:
    """Return an `m:oMath`, an `m:oMathPara` or any part of one as a line of text."""
    if math is None:
        return ""
    text = ""
    former = ""
    for child in math:
        written = _written(child)
        parted = former in _ENDING and text[-1:].isalnum() and written[:1].isalnum()  # x^k a, not x^ka
        text += f" {written}" if parted else written
        former = local(child) if written else former
    return " ".join(text.split()) if local(math).startswith("oMath") else text


def _written(element: Element) -> str:
    def part(name: str) -> str:
        return formula(found(element, name))

    match local(element):
        case "t":
            return element.text or ""
        case "f":
            return _fraction(element, part("num"), part("den"))
        case "sSup":
            return f"{part('e')}^{_held(part('sup'))}"
        case "sSub":
            return f"{part('e')}_{_held(part('sub'))}"
        case "sSubSup":
            return f"{part('e')}_{_held(part('sub'))}^{_held(part('sup'))}"
        case "sPre":
            return f"_{_held(part('sub'))}^{_held(part('sup'))} {part('e')}"
        case "rad":
            degree = part("deg").strip()
            return f"√({degree + '&' if degree else ''}{part('e')})"
        case "nary":
            return _operator(element, part("sub"), part("sup"), part("e"))
        case "func":
            return f"{part('fName')} {_held(part('e'))}"
        case "limLow":
            return f"{part('e')}_{_held(part('lim'))}"
        case "limUpp":
            return f"{part('e')}^{_held(part('lim'))}"
        case "acc":
            return _accented(part("e"), _property(element, "chr", ""))
        case "bar":
            return _accented(part("e"), "¯") if _property(element, "pos", "bot") == "top" else f"{part('e')}\u0332"
        case "groupChr":
            sign = _property(element, "chr", "⏟")
            return part("e") if sign in "⏟⏞" else f"{part('e')}{sign}"
        case "d":
            return _bracketed(element)
        case "m":
            rows = (", ".join(_parts(row)) for row in element if local(row) == "mr")
            return f"[{'; '.join(rows)}]"
        case "eqArr":
            return "; ".join(_parts(element))
        case "del" | "moveFrom" | "rPr" | "ctrlPr":
            return ""
        case name:
            return "" if name.endswith("Pr") else formula(element)


def _parts(element: Element) -> list[str]:
    return [formula(child).strip() for child in element if local(child) == "e"]


def _property(element: Element, name: str, default: str) -> str:
    """Return a setting of an element; `default` where it is not told, empty where it is told to be nothing."""
    setting = found(element, f"{local(element)}Pr", name)
    return default if setting is None else attribute(setting, "val")


def _held(text: str) -> str:
    text = text.strip()
    return text if _SIMPLE.fullmatch(text) or _in_brackets(text) else f"({text})"


def _in_brackets(text: str) -> bool:
    """Whether the bracket that opens `text` is closed by the one that ends it."""
    if not (text.startswith("(") and text.endswith(")")):
        return False
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return at == len(text) - 1
    return False


def _fraction(element: Element, above: str, below: str) -> str:
    if _property(element, "type", "bar") == "noBar":  # a binomial
        return f"{above.strip()} choose {below.strip()}"
    return f"{_held(above)}/{_held(below)}"


def _operator(element: Element, low: str, high: str, body: str) -> str:
    sign = _property(element, "chr", "∫")
    below = f"_{_held(low)}" if low.strip() else ""
    above = f"^{_held(high)}" if high.strip() else ""
    return f"{sign}{below}{above} {body}"


def _accented(body: str, sign: str) -> str:
    mark = sign if "\u0300" <= sign <= "\u036f" or "\u20d0" <= sign <= "\u20ff" else _ACCENTS.get(sign, "\u0302")
    return "".join(letter + mark if letter.isalnum() else letter for letter in body)


def _bracketed(element: Element) -> str:
    opening, closing = _property(element, "begChr", "("), _property(element, "endChr", ")")
    return f"{opening}{_property(element, 'sepChr', '|').join(_parts(element))}{closing}"
