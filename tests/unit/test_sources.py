from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.sources import SourceFile, find_folder, find_sources
from rag.errors import ConfigError, IngestError


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n\nText of {name}.\n")


def names(*paths: str | Path) -> list[str]:
    return [file.name for file in find_sources(paths).files]


def reasons(*paths: str | Path) -> dict[str, str]:
    return {Path(path).name: reason for path, reason in find_sources(paths).failed}


def test_a_folder_gives_its_supported_files_recursively_named_within_it(tmp_path: Path) -> None:
    write(tmp_path, "b.md", "a.txt", "deep/er/c.markdown", "picture.png", ".hidden.md", ".git/d.md")
    assert names(tmp_path) == ["a.txt", "b.md", "deep/er/c.markdown"]
    assert not find_sources([tmp_path]).failed


def test_a_uri_is_the_absolute_path_with_links_resolved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "real/a.md")
    (tmp_path / "alias").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    (file,) = find_sources(["alias"]).files
    assert file.uri == str((tmp_path / "real" / "a.md").resolve())


def test_a_file_named_twice_is_one_source(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    assert names(tmp_path, tmp_path / "a.md", tmp_path / "*.md", tmp_path / ".." / tmp_path.name) == ["a.md"]


def test_a_file_that_is_named_itself_is_taken_whatever_its_suffix_so_that_it_is_reported(tmp_path: Path) -> None:
    write(tmp_path, "slides.key", ".hidden.md")
    assert names(tmp_path / "slides.key", tmp_path / ".hidden.md") == [".hidden.md", "slides.key"]


def test_globs_find_supported_files_and_name_them_below_their_plain_part(tmp_path: Path) -> None:
    write(tmp_path, "one/a.md", "two/a.md", "two/b.png", "two/.c.md")
    assert names(tmp_path / "*" / "*") == ["one/a.md", "two/a.md"]
    assert names(tmp_path / "**" / "*.md") == ["one/a.md", "two/a.md"]
    assert names(tmp_path / "t*") == ["a.md"]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path) -> None:
    write(tmp_path, "week[1].md", "week1.md")
    assert names(tmp_path / "week[1].md") == ["week[1].md"]


def test_what_is_not_there_is_reported(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "dangling.md").symlink_to(tmp_path / "gone.md")
    assert reasons(tmp_path / "gone.md") == {"gone.md": "no such file or folder"}
    assert "no course text" in reasons(tmp_path / "*.rst")["*.rst"]
    assert "no course texts" in reasons(tmp_path / "empty")["empty"]
    assert reasons(tmp_path / "pipe.md") == {"pipe.md": "not a regular file"}
    assert "cannot be reached" in reasons(tmp_path / "dangling.md")["dangling.md"]


def test_links_that_leave_the_folder_are_not_followed_and_links_within_are(tmp_path: Path) -> None:
    write(tmp_path, "secret/s.md", "course/.store/blob.md")
    course = tmp_path / "course"
    (course / "out.md").symlink_to(tmp_path / "secret" / "s.md")
    (course / "outside").symlink_to(tmp_path / "secret")
    (course / "in.md").symlink_to(".store/blob.md")
    (course / "loop").symlink_to(course)
    found = find_sources([course])
    assert [file.name for file in found.files] == ["in.md"]
    assert len(found.warnings) == 2
    assert all("leaves the folder" in warning for warning in found.warnings)


def test_a_file_name_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md"))).write_text("text")
    assert any("not UTF-8" in reason for _, reason in find_sources([tmp_path]).failed)


def manifest(folder: Path, **content: object) -> None:
    (folder / "manifest.json").write_text(json.dumps(content))


def test_a_manifest_names_the_course_and_the_title_and_checksum_of_each_module(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "b.md")
    checksum = hashlib.sha256((tmp_path / "a.md").read_bytes()).hexdigest()
    manifest(tmp_path, course="optics", title="Light", modules=[{"path": "a.md", "title": "Rays", "sha256": checksum}])
    one, other = find_sources([tmp_path]).files
    assert (one.course, one.title, one.sha256) == ("optics", "Rays", checksum)
    assert (other.course, other.title, other.sha256) == ("optics", "", "")


def test_a_module_that_the_manifest_lists_but_is_not_there_is_a_warning(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    manifest(tmp_path, course="optics", modules=[{"path": "gone.md"}, {"title": "no path"}])
    warnings = find_sources([tmp_path]).warnings
    assert any("gone.md" in warning for warning in warnings)
    assert any("no path" in warning for warning in warnings)


@pytest.mark.parametrize("content", ["{", "[1]", '{"modules": 3}', '{"course": 3}', "[" * 100_000, "\\ud800"])
def test_a_manifest_that_is_none_stops_nothing(tmp_path: Path, content: str) -> None:
    write(tmp_path, "a.md")
    (tmp_path / "manifest.json").write_text(content)
    (file,) = find_sources([tmp_path]).files
    assert (file.course, file.title) == ("", "")


def test_a_folder_to_sync_may_be_empty_but_must_be_there(tmp_path: Path) -> None:
    assert find_folder(tmp_path).files == ()
    with pytest.raises(ConfigError, match="not a folder"):
        find_folder(tmp_path / "gone")


def test_standard_input_is_a_file_of_the_name_it_is_given() -> None:
    (file,) = find_sources(["-"], stdin_name="week 1/notes.md").files
    assert (file.uri, file.name) == ("stdin:week 1/notes.md", "week 1/notes.md")


def test_standard_input_needs_a_name_and_a_name_needs_standard_input(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--name"):
        find_sources(["-"])
    with pytest.raises(ConfigError, match="--name"):
        find_sources([tmp_path], stdin_name="notes.md")


def test_a_file_whose_size_is_known_to_be_too_large_is_not_read() -> None:
    def read(size: int) -> bytes:
        raise AssertionError("read")

    with pytest.raises(IngestError, match="larger than 1 MB"):
        SourceFile("s3://b/k", "s3://b/k", "k", read, size=1_000_001).read(1.0)


def test_a_listing_covers_what_lies_in_its_folder_and_could_be_listed(tmp_path: Path) -> None:
    write(tmp_path, "texts/a.md")
    found = replace(find_folder(tmp_path / "texts"), failed=((str(tmp_path / "texts" / "locked"), "denied"),))
    assert found.covers(str(tmp_path / "texts" / "gone.md"))
    assert not found.covers(str(tmp_path / "texts" / "locked" / "gone.md"))
    assert not found.covers(str(tmp_path / "texts-2" / "gone.md"))
    assert not find_sources([tmp_path / "texts"]).covers(str(tmp_path / "texts" / "gone.md"))
