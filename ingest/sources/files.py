"""Files, folders and globs of this machine."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from ingest.manifest import Manifest, read_manifest
from ingest.readers import supported
from ingest.sources.source_file import SourceFile, SourceList
from rag.errors import ConfigError


def find_folder(folder: str | Path) -> SourceList:
    """Expand one folder, which may be empty.

    Raises:
        ConfigError: there is no such folder, or it cannot be listed.
    """
    root = Path(folder).expanduser()
    if not root.is_dir():
        raise ConfigError(f"{folder} is not a folder.")
    if not os.access(root, os.R_OK | os.X_OK):
        raise ConfigError(f"The folder {folder} may not be listed by this user.")
    finder = Finder()
    manifest = finder.add_folder(root)
    return replace(finder.result(), course=manifest.course, root=os.path.join(root.resolve(), ""))  # noqa: PTH118


class Finder:
    """Gathers files by uri, what failed by place, and warnings."""

    def __init__(self) -> None:
        self.files: dict[str, SourceFile] = {}
        self.failed: dict[str, str] = {}
        self.warnings: dict[str, None] = {}

    def result(self) -> SourceList:
        """Return what was gathered, files in order of uri."""
        files = tuple(sorted(self.files.values(), key=lambda file: file.uri))
        return SourceList(files, tuple(self.failed.items()), tuple(self.warnings))

    def add(self, argument: str) -> None:
        """Expand a file, folder or glob."""
        path = Path(argument).expanduser()
        if path.is_dir():
            before = len(self.files), len(self.failed)
            self.add_folder(path)
            if before == (len(self.files), len(self.failed)):
                self.failed[argument] = f"no course texts in this folder; supported are {', '.join(supported())}"
        elif path.is_file() or path.is_symlink():
            self._add_file(path, path.name)
        elif path.exists():
            self.failed[argument] = "not a regular file"
        elif glob.has_magic(argument):
            self._add_glob(argument)
        else:
            self.failed[argument] = "no such file or folder"

    def add_file(self, file: SourceFile) -> None:
        """Add what was found already."""
        self.files.setdefault(file.uri, file)

    def add_folder(self, root: Path) -> Manifest:
        """Add the supported files of a folder; return its manifest."""
        manifest, warnings = read_manifest(root)
        self.warnings.update(dict.fromkeys(warnings))
        seen = set()
        for path in self._walk(root, root.resolve()):
            name = path.relative_to(root).as_posix()
            seen.add(name)
            self._add_file(path, name, manifest)
        for missing in sorted(manifest.modules.keys() - seen):
            self.warnings[f"{root / missing}: listed in manifest.json but not there"] = None
        return manifest

    def _add_glob(self, pattern: str) -> None:
        expanded = os.path.expanduser(pattern)  # noqa: PTH111 (Path would normalise the pattern)
        base = Path(*_plain_parts(expanded))
        matches = [Path(match) for match in sorted(glob.glob(expanded, recursive=True))]  # noqa: PTH207 (patterns are absolute too)
        before = len(self.files), len(self.failed)
        for path in matches:
            if path.is_dir() and not pattern.endswith("**"):
                self.add_folder(path)
            elif path.is_file() and path.suffix.lower() in supported():
                self._add_file(path, path.relative_to(base).as_posix())
        if not matches or before == (len(self.files), len(self.failed)):
            self.failed[pattern] = "no course text matches this pattern"

    def _walk(self, folder: Path, root: Path) -> Iterator[Path]:
        """Yield supported files below `folder`, in order of name; `root` is what links may not leave."""
        folders = [folder]
        while folders:
            try:
                entries = sorted(os.scandir(folders.pop()), key=lambda entry: entry.name)
            except OSError as error:
                self.failed[str(error.filename)] = f"the folder cannot be listed: {error.strerror}"
                continue
            visible = [entry for entry in entries if not entry.name.startswith(".")]
            folders += [Path(entry.path) for entry in reversed(visible) if entry.is_dir(follow_symlinks=False)]
            yield from (path for entry in visible if (path := self._supported_file(entry, root)) is not None)

    def _supported_file(self, entry: os.DirEntry[str], root: Path) -> Path | None:
        path = Path(entry.path)
        if entry.is_symlink():
            inside = path.resolve().is_relative_to(root)
            if not inside:
                self.warnings[f"{path}: not followed, the link leaves the folder"] = None
            if not inside or path.is_dir():  # a folder inside is visited by itself
                return None
        elif not entry.is_file(follow_symlinks=False):
            return None
        return path if path.suffix.lower() in supported() else None

    def _add_file(self, path: Path, name: str, manifest: Manifest | None = None) -> None:
        try:
            uri = str(path.resolve(strict=True))
            uri.encode()
            name.encode()
        except UnicodeEncodeError:
            self.failed[os.fsencode(path).decode("utf-8", "backslashreplace")] = "the file name is not UTF-8; rename it"
        except (OSError, RuntimeError) as error:
            reason = getattr(error, "strerror", "") or str(error)
            self.failed[str(path)] = f"the file cannot be reached: {reason}"
        else:
            course, title, sha256 = manifest.describe(name) if manifest else ("", "", "")
            place, content = str(path.absolute()), partial(_read_file, path.absolute())
            self.add_file(SourceFile(place, uri, name, content, course=course, title=title, sha256=sha256))


def _read_file(path: Path, size: int) -> bytes:
    # A named pipe would block for ever when opened.
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("not a regular file")
    with path.open("rb") as file:
        return file.read(size)


def _plain_parts(pattern: str) -> Iterator[str]:
    """Yield the leading parts of a glob that name one folder."""
    for part in Path(pattern).parts[:-1]:
        if glob.has_magic(part):
            return
        yield part
