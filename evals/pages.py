"""Tables and generated parts of documentation pages; the prose around them is written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose first column is text and whose others are figures."""
    ruler = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, ruler, *rows))


def write_part(page: Path, marker: str, content: str) -> None:
    """Replace what stands between the markers of a part, or append them; a page that is not there is made."""
    opening, closing = f"<!-- {marker} -->", f"<!-- /{marker} -->"
    part = f"{opening}\n{content.strip()}\n{closing}"
    text = page.read_text("utf-8") if page.exists() else ""
    pattern = re.compile(f"{re.escape(opening)}.*?{re.escape(closing)}", re.DOTALL)
    written, found = pattern.subn(lambda _: part, text)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(written if found else f"{text.rstrip()}\n\n{part}\n".lstrip(), "utf-8")
