"""Puts the figures into `docs/benchmarks.md`, each section between its markers; the prose around is written by hand."""

from __future__ import annotations

from pathlib import Path

from evals.pages import write_part
from evals.suites import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"


def write_section(name: str, content: str, page: Path = PAGE) -> None:
    """Replace what stands between the markers of `name`, or append them."""
    write_part(page, f"bench:{name}", content)
