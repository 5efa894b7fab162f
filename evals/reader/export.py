"""Exports the trained reader to int8 ONNX: `python -m evals.reader.export --work FOLDER`.

Writes `reader.onnx` into the folder, and `reader.json`, which names its checksum and what it was made from; then
`OPENBOOK_READER=FOLDER python -m evals.calibrate` makes the calibration that goes with it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from evals.reader.network import Network, backbone, make_tokenizer
from evals.reader.plan import CONFIG, Config, read_config
from rag.adapters.onnx_reader import CARD, FORMAT, WEIGHTS
from rag.errors import ConfigError

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_OUTPUTS = ("relevance", "support")


def export(network: Network, folder: Path, config: Config, *, int8: bool = True) -> dict[str, object]:
    """Write the network as ONNX with a card that says what it is, and return the card."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    network.eval()
    folder.mkdir(parents=True, exist_ok=True)
    example = make_tokenizer()(["what is it"], ["it is a thing"], return_tensors="pt")
    axes = {name: {0: "pairs", 1: "tokens"} for name in _INPUTS} | {name: {0: "pairs"} for name in _OUTPUTS}
    path = folder / WEIGHTS
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the older exporter is the one that needs no further package
        whole = Path(scratch) / "fp32.onnx"
        torch.onnx.export(
            network, tuple(example[name] for name in _INPUTS), str(whole), input_names=list(_INPUTS),
            output_names=list(_OUTPUTS), dynamic_axes=axes, opset_version=17, dynamo=False,
        )  # fmt: skip
        if int8:
            quantize_dynamic(whole, path, weight_type=QuantType.QInt8, per_channel=True)
        else:
            shutil.copy(whole, path)
        difference = _difference(whole, path)
    weights = path.read_bytes()
    card = {
        "format": FORMAT,
        "sha256": hashlib.sha256(weights).hexdigest(),
        "bytes": len(weights),
        "mean_difference_to_fp32": difference,
        "date": datetime.now(UTC).date().isoformat(),
        "command": "python -m evals.reader.train && python -m evals.reader.export",
        "config": config.model_dump(),
    }
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    return card


def _difference(whole: Path, small: Path) -> float:
    """Return the mean difference of relevance between two files, in log-odds, over a few pairs."""
    import onnxruntime

    pairs = [
        ("how long are records kept", "Streams: Records are kept for 24 hours by default."),
        ("how long are records kept", "Streams: A shard accepts 1 MB a second."),
        ("what is dropout", "Dropout switches off units at random while the network learns."),
        ("which paper introduced dropout", "Dropout switches off units at random while the network learns."),
    ]
    tokenizer, found = make_tokenizer(), []
    for path in (whole, small):
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        encoded = [tokenizer(*pair, return_tensors="np") for pair in pairs]
        found.append([session.run(["relevance"], dict(one))[0][0] for one in encoded])
    return round(float(np.abs(np.array(found[0]) - np.array(found[1])).mean()), 3)


def trained(work: Path, config: Config) -> Network:
    """Return the network of a training that has ended.

    Raises:
        ConfigError: there is no training in the folder, or it has not ended.
    """
    path = work / "checkpoint.pt"
    if not path.exists():
        raise ConfigError(f"There is no training in {work}. Run: python -m evals.reader.train --work {work}")
    saved = torch.load(path, weights_only=True)
    if saved["stage"] < len(config.stages):
        raise ConfigError(f"The training in {work} has not ended. Go on: python -m evals.reader.train --work {work}")
    network = Network(backbone(), config.layers)
    network.load_state_dict(saved["network"])
    return network


def main(arguments: Sequence[str] | None = None) -> int:
    """Export and print what was made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--config", type=Path, default=CONFIG)
    options = parser.parse_args(arguments)
    try:
        config = read_config(options.config)
        card = export(trained(options.work, config), options.work, config)
    except ConfigError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(json.dumps(card, indent=1))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
