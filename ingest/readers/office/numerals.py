"""Numbers as lists print them: 3, c, C, iii, III."""

from __future__ import annotations

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_RAISABLE = "0123456789+-−"
_RAISED = str.maketrans(_RAISABLE, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_MOST_ROMAN = 4000  # 4000 has no sign of its own
_MOST_LETTERS = 26 * 20


def numeral(value: int, kind: str) -> str:
    """Return `value` as WordprocessingML's number formats name it (ECMA-376, part 1, 17.18.59); digits for others."""
    match kind:
        case "lowerLetter" if 0 < value <= _MOST_LETTERS:
            return chr(ord("a") + (value - 1) % 26) * (1 + (value - 1) // 26)  # after z comes aa, then bb
        case "lowerRoman" if 0 < value < _MOST_ROMAN:
            return _roman(value)
        case "upperLetter" | "upperRoman":
            return numeral(value, kind.replace("upper", "lower")).upper()
        case "decimalZero":
            return f"{value:02}"
        case "none":
            return ""
        case _:
            return str(value)


def _roman(value: int) -> str:
    signs = ""
    for worth, sign in _ROMAN:
        signs += sign * (value // worth)
        value %= worth
    return signs


def superscript(text: str) -> str:
    """Return raised digits and signs as such, so that 10 to the 3 is not read as 103; other text as it is."""
    return text.translate(_RAISED) if all(sign in _RAISABLE for sign in text) else text
