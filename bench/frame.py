"""What every benchmark shares: its working folder, child processes, percentiles, what is missing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from evals.suites import ROOT, SHARED
from rag.settings import Settings

MANUALS = SHARED / "manuals" / "sagemaker"
FILES = SHARED / "files"
WHOLE = "DA-619p.pdf"  # a book among them
_OPENBOOK = ("-c", "from ui.cli import main; main()")
_THEN_STATUS = (
    "-c",
    "import atexit, pathlib\natexit.register(lambda: print(pathlib.Path('/proc/self/status').read_text()))\n"
    + _OPENBOOK[1],
)


class Missing(Exception):
    """What a benchmark needs is not on this machine: it is skipped."""


@dataclass(frozen=True)
class Bench:
    """Where and how large to measure.

    Attributes:
        work: a folder for libraries, which later benchmarks of the run use again.
        quick: measure on a small part.
    """

    work: Path
    quick: bool

    @cached_property
    def manuals(self) -> list[Path]:
        """The files of the manual, every sixteenth of them when quick.

        Raises:
            Missing: they are not here.
        """
        files = sorted(MANUALS.glob("*.md"))
        if not files:
            raise Missing("the manual ../shared/data/manuals/sagemaker is not here")
        return files[::16] if self.quick else files

    @property
    def manuals_home(self) -> Path:
        """The home of a library of the manual."""
        return self.work / ("manuals-quick" if self.quick else "manuals")

    def manuals_folder(self) -> Path:
        """Return a folder that holds just the files to measure on.

        Raises:
            Missing: they are not here.
        """
        files = self.manuals
        if not self.quick:
            return MANUALS
        folder = self.work / "texts-quick"
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            (folder / file.name).write_bytes(file.read_bytes())
        return folder


def settings_at(home: Path) -> Settings:
    """Return the default settings for a library at `home`, whatever the environment says."""
    return Settings.model_construct(home=home)


@dataclass(frozen=True, slots=True)
class Finished:
    """A child process that ended: its wall-clock time, exit status, and what it printed."""

    seconds: float
    status: int
    output: str

    @property
    def figures(self) -> dict[str, Any]:
        """The JSON object in the last line of the output."""
        found: dict[str, Any] = json.loads(self.output.splitlines()[-1])
        return found


def run_python(
    arguments: Sequence[str], home: Path, valid: Sequence[int] = (0,), setting: Mapping[str, str] = {}
) -> Finished:
    """Run this Python with `arguments`, away from settings of the caller's but those in `setting`.

    Raises:
        RuntimeError: its exit status is none of `valid`.
    """
    home.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=home, env={**_environment(home), **setting}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    if done.returncode not in valid:
        raise RuntimeError(f"{' '.join(arguments)[:200]} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return Finished(seconds, done.returncode, done.stdout)


def _environment(home: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OPENBOOK_")}
    return {**inherited, "PYTHONPATH": str(ROOT), "OPENBOOK_HOME": str(home), "HF_HUB_OFFLINE": "1"}


def run_openbook(arguments: Sequence[str], home: Path, valid: Sequence[int] = (0,)) -> Finished:
    """Run `openbook` as its console script does."""
    return run_python([*_OPENBOOK, *arguments], home, valid)


def run_openbook_watched(
    arguments: Sequence[str], home: Path, valid: Sequence[int], setting: Mapping[str, str]
) -> tuple[float, float]:
    """Run `openbook` with settings and return its seconds and its largest resident set in MiB.

    Raises:
        Missing: the system does not tell the second (only Linux does).
    """
    if not Path("/proc/self/status").exists():
        raise Missing("the peak memory of a process is read from /proc")
    finished = run_python([*_THEN_STATUS, *arguments], home, valid, setting)
    return finished.seconds, _high_water_mib(finished.output) or 0.0


@contextmanager
def openbook_beside(arguments: Sequence[str], home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `openbook` beside the block, and interrupt it at its end."""
    process = subprocess.Popen(
        [sys.executable, *_OPENBOOK, *arguments], cwd=home, env=_environment(home), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def peak_mib() -> float:
    """Return the largest resident set of this process so far, in MiB."""
    found = high_water_mib("self")
    if found is None:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return found


def high_water_mib(process: int | str) -> float | None:
    """Return the largest resident set of a process so far, in MiB; None where it is gone or the system does not tell.

    Not `ru_maxrss`: over fork and exec that keeps the peak of the parent (getrusage(2) counts the process,
    `VmHWM` in proc_pid_status(5) the program that it runs).
    """
    try:
        status = Path(f"/proc/{process}/status").read_text("utf-8")
    except OSError:
        return None
    return _high_water_mib(status)


def _high_water_mib(status: str) -> float | None:
    return next((int(line.split()[1]) / 2**10 for line in status.splitlines() if line.startswith("VmHWM")), None)


@contextmanager
def stopwatch(figures: dict[str, float], name: str) -> Iterator[None]:
    """Add the seconds that the block takes to `figures[name]`."""
    began = time.perf_counter()
    yield
    figures[name] = figures.get(name, 0.0) + time.perf_counter() - began


def milliseconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


@dataclass(frozen=True, slots=True)
class Taken:
    """How long a call took by the clock, and on all cores together, in milliseconds."""

    wall_ms: float
    core_ms: float

    @classmethod
    def by(cls, call: Callable[[], object]) -> Taken:
        """Time a call."""
        began, busy = time.perf_counter(), time.process_time()
        call()
        return cls((time.perf_counter() - began) * 1000, (time.process_time() - busy) * 1000)


def least(rounds: Sequence[Sequence[Taken]]) -> list[Taken]:
    """Return for each question the least of its rounds: on a shared machine the others hold waiting for a core."""
    return [
        Taken(min(one.wall_ms for one in tries), min(one.core_ms for one in tries))
        for tries in zip(*rounds, strict=True)
    ]


def p95s(taken: Sequence[Taken]) -> tuple[float, float]:
    """Return the 95th percentiles by the clock and on all cores."""
    return percentile([one.wall_ms for one in taken], 95), percentile([one.core_ms for one in taken], 95)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the percentile of `values` at `share` per cent, between neighbours linearly (numpy's default)."""
    return float(np.percentile(values, share))


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return percentile(values, 50)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; the first column is text, the others are figures."""
    lines = [columns, ["---"] + ["---:"] * (len(columns) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def bar(name: str, value: float, limit: float, *, at_least: bool, unit: str = "") -> str:
    """Return a line that says whether a bar is met."""
    met = value >= limit if at_least else value <= limit
    relation = "at least" if at_least else "at most"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"- {'Met' if met else '**Missed**'}: {name}: {value:,.{digits}f}{unit} ({relation} {limit:,g}{unit})"
