"""Files of items for other programs: each format is one module and one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from rag.errors import ConfigError
from rag.study.exports.entries import Exported, Written

__all__ = ["FORMATS", "Exported", "Format", "Written", "write_export"]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: the module that writes it, how its name ends, what it is for."""

    module: str
    suffix: str
    about: str


FORMATS: dict[str, Format] = {
    "anki": Format("anki", ".apkg", "a deck for Anki"),
    "csv": Format("quizlet", ".csv", "term and definition with commas, for spreadsheets and flashcard sites"),
    "quizlet": Format("quizlet", ".txt", "term and definition with tabs, to paste into Quizlet's import"),
    "gift": Format("gift", ".gift", "questions for Moodle in GIFT"),
    "moodle": Format("moodle", ".xml", "questions for Moodle in XML"),
    "qti": Format("qti", ".zip", "a QTI 2.1 package for learning platforms"),
    "markdown": Format("markdown", ".md", "questions, then answers, as Markdown"),
    "pdf": Format("pdf", ".pdf", "questions, then answers, to print"),
}


def write_export(name: str, exported: Exported) -> Written:
    """Return a file in a format; the same items (and, for Anki, the same time) give the same bytes.

    Raises:
        ConfigError: there is no format of that name, or a font cannot be read.
    """
    if name not in FORMATS:
        raise ConfigError(f"There is no format '{name}'. Valid are: {', '.join(FORMATS)}.")
    module = import_module(f"rag.study.exports.{FORMATS[name].module}")
    write: Callable[[Exported], Written] = getattr(module, f"write_{name}")
    return write(exported)
