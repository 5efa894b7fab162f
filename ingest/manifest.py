"""Reads the `manifest.json` of a course folder: the course, and title and checksum of each module."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Module:
    """What a manifest says of one file."""

    title: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder says of itself; empty where it has no manifest."""

    course: str = ""
    modules: Mapping[str, Module] = field(default_factory=dict)

    def describe(self, name: str) -> tuple[str, str, str]:
        """Return course, title and SHA-256 for the file at `name` within the folder, empty where not given."""
        module = self.modules.get(name, Module("", ""))
        return self.course, module.title, module.sha256


def read_manifest(folder: Path) -> tuple[Manifest, list[str]]:
    """Return the manifest of a folder and warnings about it.

    A `manifest.json` that is not about course texts (it has neither a course nor modules) is of no concern.
    """
    path = folder / NAME
    if not path.is_file():
        return Manifest(), []
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        return Manifest(), [f"{path}: not used, it cannot be read as JSON ({error})"]
    if not isinstance(content, dict):
        return Manifest(), []
    modules = content.get("modules", [])
    entries = [entry for entry in modules if _is_module(entry)] if isinstance(modules, list) else []
    warnings = [] if entries == modules else [f"{path}: some modules have no path and are not used"]
    return Manifest(_text(content, "course"), {entry["path"]: _module(entry) for entry in entries}), warnings


def _is_module(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("path"), str)


def _module(entry: Mapping[str, Any]) -> Module:
    return Module(_text(entry, "title"), _text(entry, "sha256").lower())


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key, "")
    # JSON can spell half a surrogate pair, which no database stores.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
