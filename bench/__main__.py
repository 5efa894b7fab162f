"""Measures Openbook: `python -m bench [NAME...] [--quick] [--work FOLDER]`.

Prints each section, and writes it into docs/benchmarks.md unless `--quick` is given. A benchmark
whose texts or packages are not here is skipped with a line that says what is missing.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.frame import Bench, Missing
from bench.machine import OtherWork, describe_machine
from bench.report import write_section
from rag.errors import OpenbookError

BENCHES = {
    "embedder": "the ONNX embedder one text at a time, against batches and torch",
    "ingest": "ingest against the plain LangChain pipeline, and again with nothing changed",
    "mixed": "ingest of files of all formats, and the memory of 20,000 chunks",
    "pdf": "PDF with the places of words, beside pypdf and markitdown",
    "retrieval": "retrieval over 10,000 and 100,000 chunks",
    "vectors": "exact search against a graph (HNSW)",
    "answer": "warm and cold answers, and `openbook --help`",
    "reader": "what the reader costs: answers with it beside answers without it, its loading",
    "busy": "answers while an ingest runs into the same library",
    "textbook": "recall and MRR on the textbook questions",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="; ".join(f"{n}: {t}" for n, t in BENCHES.items()))
    parser.add_argument("--quick", action="store_true", help="measure on a small part, and only print")
    parser.add_argument("--work", type=Path, help="keep libraries in this folder, for later runs")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in BENCHES]
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    with TemporaryDirectory(prefix="openbook-bench-") as temporary:
        bench = Bench((options.work or Path(temporary)).resolve(), options.quick)
        bench.work.mkdir(parents=True, exist_ok=True)
        failed = [name for name in options.names or BENCHES if not _run(name, bench)]
    return 1 if failed else 0


def _run(name: str, bench: Bench) -> bool:
    """Run one benchmark; return whether it ran or was rightly skipped."""
    print(f"== {name}: {BENCHES[name]}", flush=True)
    others = OtherWork()
    try:
        figures: str = importlib.import_module(f"bench.{name}").run(bench)
    except Missing as error:
        print(f"Skipped: {error}.\n", flush=True)
        return True
    except (OpenbookError, RuntimeError) as error:
        print(f"Failed: {error}\n", file=sys.stderr, flush=True)
        return False
    command = f"python -m bench {name}" + (" --quick" if bench.quick else "")
    section = "\n\n".join([
        f"Printed by `{command}` on {describe_machine()}{_meanwhile(others.cores())}.",
        figures,
    ])  # fmt: skip
    print(f"{section}\n", flush=True)
    if not bench.quick:
        write_section(name, section)
    return True


def _meanwhile(cores: float | None) -> str:
    return "" if cores is None else f"; other work took {cores:.1f} cores meanwhile"


if __name__ == "__main__":
    sys.exit(main())
