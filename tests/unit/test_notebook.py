"""Jupyter notebooks: cells, outputs, old versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.clean import clean
from ingest.readers import read
from rag.errors import IngestError
from rag.types import Document

NOTEBOOK = Path("week 1.ipynb")


def markdown(source: str | list[str]) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "execution_count": 1, "outputs": list(outputs)}


def stream(text: str | list[str], name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def shown(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {k.replace("_", "/"): v for k, v in data.items()}}


def document(*cells: Any, **metadata: Any) -> Document:
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)}
    return read(NOTEBOOK, json.dumps(notebook).encode()).document


def text(*cells: Any, **metadata: Any) -> str:
    return document(*cells, **metadata).text


def test_text_stands_as_it_is_and_code_in_fences_of_its_language() -> None:
    cells = (markdown(["# Sorting\n", "\n", "By **merging**."]), code("def f():\n    pass\n"))
    assert text(*cells) == "# Sorting\n\nBy **merging**.\n\n```python\ndef f():\n    pass\n```"
    assert "```julia\n1\n```" in text(code("1"), language_info={"name": "julia"})
    assert "```r\n1\n```" in text(code("1"), kernelspec={"language": "r"})


def test_what_code_prints_follows_it() -> None:
    made = text(code("print(1)", stream(["1\n", "2\n"]), stream("warning", "stderr"), shown(text_plain="[3]")))
    assert made == "```python\nprint(1)\n```\n\nOutput:\n\n```\n1\n2\n```\n\nOutput:\n\n```\n[3]\n```"


def test_pictures_and_names_of_objects_are_left_out() -> None:
    outputs = (
        shown(image_png="AAAA", text_plain="<Figure size 640x480 with 1 Axes>"),
        shown(text_plain="<m.C at 0x7f>"),
    )
    assert text(code("plot()", *outputs)) == "```python\nplot()\n```"


def test_colours_and_progress_bars_are_shown_as_they_end() -> None:
    assert "```\n100%\r\n```".replace("\r", "") in text(code("x", stream("\x1b[31m1%\x1b[0m\r50%\r100%\r\n")))


def test_long_outputs_and_errors_are_cut() -> None:
    made = text(code("x", stream("\n".join(map(str, range(100))))))
    assert "\n29\n… (cut)\n" in made
    assert "\n30\n" not in made
    error = {"output_type": "error", "ename": "ValueError", "evalue": "bad " * 500, "traceback": ["line"] * 50}
    assert len(text(code("x", error))) < 400
    assert "ValueError: bad" in text(code("x", error))


def test_a_fence_that_a_cell_leaves_open_does_not_swallow_the_next() -> None:
    assert text(markdown("```\nx = 1"), markdown("# After")) == "```\nx = 1\n```\n\n# After"
    assert "````python\na ``` b\n````" in text(code("a ``` b"))


def test_raw_cells_are_kept_as_code() -> None:
    assert text({"cell_type": "raw", "metadata": {}, "source": "\\begin{x}"}) == "```\n\\begin{x}\n```"


def test_the_title_is_that_of_the_notebook_or_its_first_heading_or_its_name() -> None:
    assert document(markdown("x"), title="Sorting").title == "Sorting"
    assert document(markdown("x")).title == "week 1"
    cleaned = clean(document(markdown("# **Sorting**\n\nx")))
    assert (cleaned.title, cleaned.lines, cleaned.media_type) == ("Sorting", (0, 0, 0), "application/x-ipynb+json")


def test_a_notebook_of_an_old_version_is_upgraded() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Sorting"], "metadata": {}},
        {"cell_type": "code", "input": ["print(1)"], "language": "python", "collapsed": False, "metadata": {},
         "outputs": [{"output_type": "stream", "stream": "stdout", "text": ["1\n"]}]},
    ]  # fmt: skip
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": "old"},
        "worksheets": [{"cells": cells, "metadata": {}}],
    }
    made = read(NOTEBOOK, json.dumps(old).encode()).document.text
    assert made == "## Sorting\n\n```python\nprint(1)\n```\n\nOutput:\n\n```\n1\n```"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [(b"", "damaged"), (b'{"nbformat": 4, "cells": [', "damaged"), (b"[1, 2]", "no Jupyter notebook"),
     (b'{"a": 1}', "no Jupyter notebook"), (b'{"nbformat": 4, "cells": []}', "no cells with text"),
     (b'{"nbformat": 4, "cells": 7}', "no cells with text"), (b"\x00\x01", "binary")],
)  # fmt: skip
def test_what_is_no_notebook_is_refused_with_a_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(IngestError, match=reason):
        read(NOTEBOOK, raw)


def test_cells_of_the_wrong_shape_are_passed_over() -> None:
    broken: list[Any] = [7, {}, {"cell_type": "code", "source": 3, "outputs": 5}, code("x", {"output_type": "stream"})]
    assert text(markdown("kept"), *broken) == "kept\n\n```python\nx\n```"
