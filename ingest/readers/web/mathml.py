"""MathML as one line of text: (a + b)/2, x_i^2, √(x), √(3&x) for the third root.

The spelling follows the linear format of https://www.unicode.org/notes/tn28/, as that of office equations does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

_SPACED = frozenset("=≠≈≡≤≥<>+−-±×·÷∈∉⊂⊆∪∩→⇒⇔↔↦∧∨∣:≔∼∝")
_ACCENTS = {"¯": "\u0304", "‾": "\u0304", "^": "\u0302", "~": "\u0303", "→": "\u20d7", "˙": "\u0307", "¨": "\u0308"}
_UNSEEN = {"\u2061": " ", "\u2062": "", "\u2063": "", "\u2064": ""}  # function application, times, separator, plus
_ENDING = frozenset(("mfrac", "msup", "msub", "msubsup", "munder", "mover", "munderover"))
_LOOSE = re.compile(r" (?=[,;)\]}])|(?<=[(\[{]) ")  # spaces inside brackets
_SIGN = re.compile(r"((?:^|[(\[{]|[=,;] )[-−+]) ")  # of what follows, not between two terms
_ATOM = re.compile(r"[^\W_]*|\([^()]*\)|\[[^\[\]]*\]|.")
_TEX_STYLE = re.compile(r"^\{\\(?:display|text)style\s+(.*)\}$", re.DOTALL)


def math_text(element: Any) -> str:
    """Return a `<math>` element as text, what it says in its `alttext` where it has no parts."""
    text = _LOOSE.sub("", " ".join(_linear(element).split()))
    return _SIGN.sub(r"\1", text) or tex_text(element.get("alttext") or "")


def tex_text(tex: str) -> str:
    r"""Return TeX on one line without what only sets its size: `{\displaystyle x}` is x."""
    tex = " ".join(tex.split()).strip("$ ")
    return _TEX_STYLE.sub(r"\1", tex).strip()


def _linear(element: Any) -> str:
    if not isinstance(element.tag, str):
        return ""
    name = _name(element)
    if name == "mfenced":
        return _fenced(element)
    parts: list[str] = []
    former = ""
    for child in (child for child in element if isinstance(child.tag, str)):
        written = _linear(child)
        parted = former in _ENDING and parts[-1][-1:].isalnum() and written[:1].isalnum()  # x^k a, not x^ka
        parts.append(f" {written}" if parted else written)
        former = _name(child)
    if not parts:
        return _LEAVES.get(name, _own)(element)
    if name == "mfrac" and (element.get("linethickness") or "").startswith("0"):  # a binomial
        return " choose ".join(map(_group, parts))
    return _FORMS.get(name, "".join)(parts)


def _name(element: Any) -> str:
    return str(element.tag).rsplit("}", 1)[-1].rsplit(":", 1)[-1].lower()


def _own(element: Any) -> str:
    return "".join(_UNSEEN.get(sign, sign) for sign in " ".join((element.text or "").split()))


def _operator(element: Any) -> str:
    sign = _own(element)
    return f" {sign} " if sign in _SPACED else f"{sign} " if sign in (",", ";") else sign


def _fenced(element: Any) -> str:
    inner = ", ".join(_linear(child) for child in element)
    return f"{element.get('open', '(')}{inner}{element.get('close', ')')}"


def _group(text: str) -> str:
    text = text.strip()
    return text if _ATOM.fullmatch(text) else f"({text})"


def _fraction(parts: Sequence[str]) -> str:
    return "/".join(map(_group, parts))


def _power(parts: Sequence[str]) -> str:
    base, *exponents = parts
    return base.strip() + "".join(f"^{_group(part)}" for part in exponents)


def _index(parts: Sequence[str]) -> str:
    base, *indices = parts
    return base.strip() + "".join(f"_{_group(part)}" for part in indices)


def _both(parts: Sequence[str]) -> str:
    return _power([_index(parts[:2]), *parts[2:]])


def _over(parts: Sequence[str]) -> str:
    accent = _ACCENTS.get(parts[-1].strip())
    return parts[0].strip() + accent if accent else _power(parts)


def _root(parts: Sequence[str]) -> str:
    return f"√({'&'.join(part.strip() for part in reversed(parts))})"


# The parts of an element joined; where a form is missing, one after the other.
_FORMS: dict[str, Callable[[list[str]], str]] = {
    "mfrac": _fraction,
    "msup": _power,
    "msub": _index,
    "msubsup": _both,
    "munder": _index,
    "mover": _over,
    "munderover": _both,
    "msqrt": lambda parts: f"√({''.join(parts).strip()})",
    "mroot": _root,
    "mtable": lambda parts: f"[{'; '.join(parts)}]",
    "mtr": lambda parts: ", ".join(part.strip() for part in parts),
    "mphantom": lambda _: "",
    "maction": lambda parts: parts[0],
    "semantics": lambda parts: parts[0],
}
_LEAVES: dict[str, Callable[[Any], str]] = {
    "mo": _operator,
    "mspace": lambda _: " ",
    "annotation": lambda _: "",
}
