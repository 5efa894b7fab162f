"""The files of a run: the run in `run.json`, and a line in `outcomes.jsonl` for each item that is done.

A line counts once its newline is written, so a run that is killed at any moment has lost at most the
item at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from evals.record import Outcome, Run
from rag.errors import ConfigError

RUN, OUTCOMES = "run.json", "outcomes.jsonl"


def slug(suite: str, *parts: str) -> str:
    """Return a file name that tells a suite, of which a folder is told by its last name, and what else is given."""
    return "-".join(re.sub(r"[^\w.-]+", "-", part) for part in (Path(suite).name, *parts))


class RunWriter:
    """A run that is being written.

    Attributes:
        run: without outcomes.
        done: the outcomes of items that need not be run again, by id.
    """

    def __init__(self, folder: Path, run: Run, done: Iterable[Outcome] = ()) -> None:
        self.folder, self.run = folder, run
        self.done = {one.id: one for one in done if not one.error}

    def append(self, outcome: Outcome) -> None:
        """Keep an outcome; it outlives this process from here on."""
        path = self.folder / OUTCOMES
        with _writing(path), path.open("ab") as file:
            file.write(outcome.model_dump_json().encode() + b"\n")

    def finish(self) -> None:
        """Mark the run as complete: every item has an outcome."""
        self.run = self.run.model_copy(update={"complete": True})
        write_whole(self.folder / RUN, self.run.model_dump_json(exclude={"outcomes"}, indent=1))

    def load(self) -> Run:
        """Return the run as it is kept so far."""
        return read_folder(self.folder)


def read_folder(folder: Path) -> Run:
    """Return the run of a folder with its outcomes, in order of item id; a torn last line is dropped.

    Raises:
        ConfigError: something in it is not what it should be.
    """
    outcomes = folder / OUTCOMES
    lines = whole_lines(outcomes).splitlines() if outcomes.exists() else []
    return _with_outcomes(read_run(folder / RUN), outcomes, lines, first=1)


def read_file(path: Path) -> Run:
    """Return the run of a single file, a baseline: its first line is the run, the others are outcomes.

    Raises:
        ConfigError: something in it is not what it should be.
    """
    head, *lines = path.read_bytes().splitlines() or [b""]
    return _with_outcomes(_parse_run(path, head), path, lines, first=2)


def _with_outcomes(run: Run, path: Path, lines: Iterable[bytes], first: int) -> Run:
    found: dict[str, Outcome] = {}  # an item that was run again has two lines, of which the later counts
    for number, line in enumerate(lines, first):
        try:
            outcome = Outcome.model_validate_json(line)
        except ValidationError as error:
            reason = error.errors()[0]["msg"]
            raise ConfigError(
                f"{path}, line {number}: not an outcome ({reason}). Remove the line or the run."
            ) from error
        found[outcome.id] = outcome
    return run.model_copy(update={"outcomes": tuple(found[key] for key in sorted(found))})


def read_run(path: Path) -> Run:
    """Return a run without its outcomes.

    Raises:
        ConfigError: it is no run.
    """
    return _parse_run(path, path.read_bytes())


def _parse_run(path: Path, raw: bytes) -> Run:
    try:
        return Run.model_validate_json(raw)
    except ValidationError as error:
        raise ConfigError(f"{path} is not a run ({error.errors()[0]['msg']}). Remove it, or run anew.") from error


def whole_lines(path: Path) -> bytes:
    """Return the bytes of a file without what stands after its last newline: a line cut off in writing."""
    raw = path.read_bytes()
    return raw[: raw.rfind(b"\n") + 1]


def write_whole(path: Path, text: str) -> None:
    """Write a file, in a folder that is made if need be, so that it is there whole or not at all.

    Raises:
        ConfigError: it cannot be written.
    """
    partial = path.with_suffix(".partial")
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(f"{text}\n", "utf-8")
        partial.replace(path)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        told = f"{path} cannot be written: {error.strerror}. Make room, or set OPENBOOK_HOME elsewhere."
        raise ConfigError(told) from error
