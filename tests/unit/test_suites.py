from __future__ import annotations

from pathlib import Path

import pytest

from evals.items import Evidence, Item, Kind, write_items
from evals.suites import SUITES, Course, Suite, assistant_over, items_of, suite_named
from rag.errors import ConfigError
from rag.settings import Settings
from rag.types import Scope
from tests.fakes import COURSE_TEXTS, HashEmbedder

SETTINGS = Settings.model_construct(home=Path("/nowhere"))


def item(id: str, course: str) -> Item:
    evidence = (Evidence(document="d.md", quote="q"),)
    return Item(id=id, kind=Kind.FACT, question="?", course=course, facts=(("x",),), evidence=evidence)


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    """Two courses, the second of which is not here, and a file with an item of the first."""
    for name, sentences in COURSE_TEXTS.items():
        path = tmp_path / "main" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n\n".join((f"# {name}", *sentences)) + "\n", "utf-8")
    (tmp_path / "gold").mkdir()
    write_items(tmp_path / "gold" / "main.jsonl", [item("m1", "main")])
    courses = (Course("main", tmp_path / "main"), Course("side", tmp_path / "side"))
    return Suite("test", courses, (tmp_path / "gold" / "*.jsonl",))


def add_side(tmp_path: Path) -> None:
    (tmp_path / "side").mkdir()
    (tmp_path / "side" / "optics.md").write_text("# Optics\n\nA prism parts light.\n", "utf-8")


def test_an_unknown_suite_is_an_error_that_lists_the_valid_ones() -> None:
    with pytest.raises(ConfigError, match=r"no suite 'golden'\. Valid are: gold, "):
        suite_named("golden")


def test_the_gold_suite_is_over_the_course_we_ship() -> None:
    assert suite_named("gold").texts[0].name == "aws-ml"
    assert all(one.course for one in items_of(SUITES["gold"]))


def test_a_course_that_no_item_asks_need_not_be_here(suite: Suite) -> None:
    assert suite.available
    assert [course.name for course in suite.courses] == ["main"]


def test_a_course_that_an_item_asks_must_be_here(suite: Suite, tmp_path: Path) -> None:
    write_items(tmp_path / "gold" / "side.jsonl", [item("s1", "side")])
    assert [course.name for course in suite.missing] == ["side"]
    with (
        pytest.raises(ConfigError, match=f"suite 'test' are not here: course 'side' in {tmp_path / 'side'}"),
        assistant_over(suite, HashEmbedder(), SETTINGS),
    ):
        pass


def test_the_first_course_must_be_here_even_if_no_item_asks_it(tmp_path: Path) -> None:
    suite = Suite("test", (Course("main", tmp_path / "main"),))
    assert not suite.available


def test_items_of_all_files_are_read_in_order_of_name(suite: Suite, tmp_path: Path) -> None:
    write_items(tmp_path / "gold" / "a.jsonl", [item("a1", "main")])
    assert [one.id for one in items_of(suite)] == ["a1", "m1"]
    assert items_of(suite, "locked") == []


def test_a_suite_without_items_is_an_error_that_names_where_they_are_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gold-\*\.jsonl"):
        items_of(Suite("test", (), (tmp_path / "gold-*.jsonl",)))


def test_each_course_is_asked_by_itself(suite: Suite, tmp_path: Path) -> None:
    add_side(tmp_path)
    with assistant_over(suite, HashEmbedder(), SETTINGS) as assistant:
        main = {found.document.name for found in assistant.search("what bends light?", Scope(course="main"))}
        side = [found.chunk.text for found in assistant.search("what bends light?", Scope(course="side"))]
    assert "optics.md" in main
    assert side == ["A prism parts light."]


def test_a_text_that_cannot_be_read_is_an_error(suite: Suite, tmp_path: Path) -> None:
    (tmp_path / "main" / "empty.md").write_text("", "utf-8")
    with pytest.raises(ConfigError, match=r"empty\.md"), assistant_over(suite, HashEmbedder(), SETTINGS):
        pass


def test_a_library_for_the_occasion_is_gone_afterwards(suite: Suite) -> None:
    with assistant_over(suite, HashEmbedder(), SETTINGS) as assistant:
        path = assistant.library.path
        assert path.exists()
    assert not path.exists()


def asked_again(suite: Suite, kept: Path, embedder: HashEmbedder, settings: Settings = SETTINGS) -> list[str]:
    """Return the names of the documents of a kept library."""
    with assistant_over(suite, embedder, settings, kept) as assistant:
        return [document.name for document in assistant.library.documents()]


def test_a_kept_library_is_not_embedded_again(suite: Suite, tmp_path: Path) -> None:
    first, second = HashEmbedder(), HashEmbedder()
    names = asked_again(suite, tmp_path / "kept", first)
    assert first.embedded
    assert asked_again(suite, tmp_path / "kept", second) == names
    assert second.embedded == []


def test_a_kept_library_follows_its_texts(suite: Suite, tmp_path: Path) -> None:
    add_side(tmp_path)
    asked_again(suite, tmp_path / "kept", HashEmbedder())
    (tmp_path / "main" / "optics.md").unlink()
    (tmp_path / "main" / "new.md").write_text("# New\n\nSomething new under the sun.\n", "utf-8")
    (tmp_path / "side" / "optics.md").unlink()
    (tmp_path / "side").rmdir()
    assert asked_again(suite, tmp_path / "kept", HashEmbedder()) == ["biology.md", "economy.md", "new.md"]


def test_a_kept_library_forgets_a_folder_that_a_course_had_before(suite: Suite, tmp_path: Path) -> None:
    asked_again(suite, tmp_path / "kept", HashEmbedder())
    (tmp_path / "main").rename(tmp_path / "moved")
    (tmp_path / "moved" / "optics.md").unlink()
    moved = Suite("test", (Course("main", tmp_path / "moved"),), suite.items)
    assert asked_again(moved, tmp_path / "kept", HashEmbedder()) == ["biology.md", "economy.md"]


def test_a_kept_library_of_another_embedder_or_chunker_is_made_again(suite: Suite, tmp_path: Path) -> None:
    names = asked_again(suite, tmp_path / "kept", HashEmbedder())
    other = HashEmbedder(32, "other")
    assert asked_again(suite, tmp_path / "kept", other) == names
    assert other.embedded
    again = HashEmbedder(32, "other")
    shorter = SETTINGS.model_copy(update={"chunk_characters": 200})
    assert asked_again(suite, tmp_path / "kept", again, shorter) == names
    assert again.embedded


def test_sections_of_a_file_become_documents_and_leave_with_it(tmp_path: Path) -> None:
    path = tmp_path / "sections.jsonl"
    row = '{"book": "optics", "module": "m%d", "title": "Light", "text": "Light travels, %d."}\n'
    path.write_text(row % (1, 1) + row % (2, 2), "utf-8")
    suite = Suite("book", (Course("book", path),))
    assert asked_again(suite, tmp_path / "kept", HashEmbedder()) == ["optics/m1.md", "optics/m2.md"]
    path.write_text(row % (2, 2), "utf-8")
    again = HashEmbedder()
    assert asked_again(suite, tmp_path / "kept", again) == ["optics/m2.md"]
    assert again.embedded == []
