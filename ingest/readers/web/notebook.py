"""Reads Jupyter notebooks: text cells as they are, code and what it printed in fences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.readers import Reading, ReadOptions, document_id
from ingest.readers.markdown import fenced
from ingest.readers.text import decode
from rag.errors import IngestError
from rag.types import Document

_CURRENT = 4  # major version of the format; older notebooks are upgraded to it
_OUTPUT_LINES = 30
_OUTPUT_CHARACTERS = 2000
_ERROR_CHARACTERS = 300
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_OPENING_FENCE = re.compile(r"^\s*(`{3,}(?![^`]*`)|~{3,})")
_OBJECT = re.compile(r"^<[^<>\n]*(?: at 0x[0-9a-fA-F]+|\bFigure size\b)[^<>\n]*>$")  # says nothing of its content


def read_notebook(path: Path, raw: bytes, options: ReadOptions = ReadOptions()) -> Reading:  # noqa: ARG001
    """Return the text of a notebook: its Markdown cells, its code and what that printed, pictures left out.

    Raises:
        IngestError: the file is no notebook or has no cells with text.
    """
    notebook = _notebook(decode(raw, str(path)), str(path))
    language = _language(notebook)
    blocks = [block for cell in _dicts(notebook.get("cells")) for block in _cell(cell, language)]
    if not blocks:
        raise IngestError("the notebook has no cells with text", str(path))
    metadata = notebook.get("metadata")
    title = metadata.get("title") if isinstance(metadata, dict) else None
    return Reading(
        Document(
            id=document_id(raw),
            title=title if isinstance(title, str) and title.strip() else path.stem,
            media_type="application/x-ipynb+json",
            text="\n\n".join(blocks),
        )
    )


def _notebook(text: str, path: str) -> dict[str, Any]:
    try:
        notebook = json.loads(text)
    except ValueError as error:
        raise IngestError(f"the file is no notebook or damaged ({error}); save it again from Jupyter", path) from error
    major = notebook.get("nbformat") if isinstance(notebook, dict) else None
    if not isinstance(major, int):
        raise IngestError("the file is JSON, but no Jupyter notebook", path)
    return notebook if major >= _CURRENT else _upgraded(text)


def _upgraded(text: str) -> dict[str, Any]:
    from nbformat import convert, reader

    return dict(convert(reader.reads(text), _CURRENT))  # type: ignore[no-untyped-call]


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata")
    for name, key in (("language_info", "name"), ("kernelspec", "language")):
        told = metadata.get(name) if isinstance(metadata, dict) else None
        if isinstance(told, dict) and isinstance(told.get(key), str):
            return "".join(told[key].split())
    return "python"


def _cell(cell: dict[str, Any], language: str) -> Iterator[str]:
    source = _text(cell.get("source")).strip("\n").rstrip()
    if source:
        match cell.get("cell_type"):
            case "markdown":
                yield source + _missing_fence(source)
            case "code":
                yield fenced(source, language)
            case "raw":
                yield fenced(source)
    for output in _dicts(cell.get("outputs")):
        shown = _output(output)
        if shown:
            yield "Output:\n\n" + fenced(_short(shown))


def _output(output: dict[str, Any]) -> str:
    match output.get("output_type"):
        case "stream":
            return _plain(output.get("text")) if output.get("name") != "stderr" else ""
        case "error":
            return f"{output.get('ename')}: {_plain(output.get('evalue'))}"[:_ERROR_CHARACTERS]
        case "execute_result" | "display_data":
            shown = output.get("data")
            if not isinstance(shown, dict) or any(kind.startswith("image/") for kind in shown):
                return ""
            text = _plain(shown.get("text/plain"))
            return "" if _OBJECT.match(text) else text
    return ""


def _plain(value: Any) -> str:
    """Return what a terminal would show in the end: without colours, progress bars at their last state."""
    text = _ANSI.sub("", _text(value)).replace("\r\n", "\n")
    return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1].rstrip() for line in text.split("\n")).strip("\n")


def _short(text: str) -> str:
    lines = text.split("\n")
    kept = "\n".join(lines[:_OUTPUT_LINES])[:_OUTPUT_CHARACTERS]
    return kept if kept == text else f"{kept}\n… (cut)"


def _missing_fence(markdown: str) -> str:
    """Return the fence that a cell does not close; in Jupyter a cell ends its code, in one text it would go on."""
    fence = ""
    for line in markdown.split("\n"):
        match = _OPENING_FENCE.match(line)
        if match and not fence:
            fence = match.group(1)
        elif match and match.group(1).startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
    return f"\n{fence}" if fence else ""


def _text(value: Any) -> str:
    """Return a string, or a list of its lines, as one text."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()
