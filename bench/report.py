"""Puts the figures into `docs/benchmarks.md`, each section between its markers; the prose around is written by hand."""

from __future__ import annotations

import re
from pathlib import Path

from evals.texts import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"


def write_section(name: str, content: str, page: Path = PAGE) -> None:
    """Replace what stands between the markers of `name`, or append them."""
    opening, closing = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    section = f"{opening}\n{content.strip()}\n{closing}"
    text = page.read_text("utf-8") if page.exists() else "# Benchmarks\n"
    pattern = re.compile(f"{re.escape(opening)}.*?{re.escape(closing)}", re.DOTALL)
    if not pattern.search(text):
        text = f"{text.rstrip()}\n\n{section}\n"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(pattern.sub(lambda _: section, text), "utf-8")
