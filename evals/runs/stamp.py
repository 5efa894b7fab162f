"""What a run rests on, as hashes: two runs are of the same thing where their stamps agree."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from evals.items import Item
from evals.record import Stamp
from rag.extractive.answerer import Calibration, load_calibration
from rag.ports import Library
from rag.settings import Settings
from rag.text.blocks import chunker_name
from rag.types import EmbedderFingerprint

_HERE = Path(__file__).resolve().parent.parent
_GIT_TIMEOUT_S = 20.0


def stamp_of(
    library: Library,
    embedder: EmbedderFingerprint,
    settings: Settings,
    items: Sequence[Item],
    *,
    answerer: str,
    prompt: str = "",
    calibration: Calibration | None = None,
) -> Stamp:
    """Return the stamp of a run over the texts of `library`.

    Args:
        library: its documents are the texts; their ids are hashes of their bytes.
        embedder: what it was indexed by.
        settings: those that change answers are hashed, with the chunker's version.
        items: what is asked; their order makes no difference.
        answerer: the name of the answerer, with its model and revision where it has one.
        prompt: version of the prompt; empty where no model is prompted.
        calibration: None for the one that is shipped.
    """
    commit, dirty = checkout(_HERE)
    return Stamp(
        corpus=_hash([source.course, source.name, info.id] for info in library.documents() for source in info.sources),
        gold=_hash(item.model_dump(mode="json") for item in items),
        embedder=str(embedder),
        model=answerer,
        calibration=_hash([asdict(calibration or load_calibration())]),
        prompt=prompt,
        settings=_hash([_settings_that_matter(settings, prompted=bool(prompt))]),
        commit=commit,
        dirty=dirty,
    )


def _settings_that_matter(settings: Settings, *, prompted: bool) -> list[object]:
    """Return the settings that change answers; those of chat models change no others.

    What came later counts only where it is not the default, so that earlier stamps stay what they are.
    """
    common: list[object] = [settings.top_k, settings.candidates, chunker_name(settings.chunk_characters)]
    common += [settings.reranker] if settings.reranker != "none" else []
    chat: list[object] = [settings.chat_context_characters, settings.chat_min_confidence, settings.chat_max_tokens]
    chat += [settings.grounding] if settings.grounding != "plain" else []
    return [*common, *chat] if prompted else common


def _hash(parts: Iterable[object]) -> str:
    """Return the SHA-256 of JSON values, in whatever order they come."""
    lines = sorted(json.dumps(part, sort_keys=True, ensure_ascii=False) for part in parts)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def checkout(folder: Path) -> tuple[str, bool]:
    """Return the git commit of a folder and whether anything differs from it; ("", False) outside a checkout."""
    commit = _git(folder, "rev-parse", "HEAD")
    return commit, bool(commit and _git(folder, "status", "--porcelain"))


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_GIT_TIMEOUT_S)  # noqa: S603
    except (OSError, subprocess.SubprocessError):  # no git here: a run says so by an empty commit
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
