"""Generated parts of documentation pages."""

from __future__ import annotations

from pathlib import Path

from evals.pages import markdown_table, write_part


def test_a_part_is_replaced_between_its_markers_and_the_prose_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Why\n\n<!-- a -->\nold\n<!-- /a -->\n\nBecause.\n\n<!-- b -->\nkept\n<!-- /b -->\n", "utf-8")
    write_part(page, "a", "new \\1\n")
    expected = "# Why\n\n<!-- a -->\nnew \\1\n<!-- /a -->\n\nBecause.\n\n<!-- b -->\nkept\n<!-- /b -->\n"
    assert page.read_text("utf-8") == expected
    write_part(page, "a", "new \\1")
    assert page.read_text("utf-8") == expected


def test_a_part_that_has_no_markers_yet_is_appended_and_a_page_is_made(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "page.md"
    write_part(page, "a", "one")
    write_part(page, "b", "two")
    assert page.read_text("utf-8") == "<!-- a -->\none\n<!-- /a -->\n\n<!-- b -->\ntwo\n<!-- /b -->\n"


def test_figures_stand_to_the_right() -> None:
    assert markdown_table(("name", "n"), [("a", "1")]) == "| name | n |\n| --- | ---: |\n| a | 1 |"
