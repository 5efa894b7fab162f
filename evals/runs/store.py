"""Where runs are kept and how they are named: by id, by path, "latest" or "baseline"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from difflib import get_close_matches
from itertools import count
from pathlib import Path

from evals.record import Run
from evals.runs.baseline import BASELINES, baseline_path
from evals.runs.files import OUTCOMES, RUN, RunWriter, read_file, read_folder, read_run, slug, whole_lines, write_whole
from rag.errors import ConfigError

LATEST, BASELINE = "latest", "baseline"
_NEAREST = 3  # runs named where one is not found


def run_id(started_at: datetime, suite: str, split: str, answerer: str) -> str:
    """Return an id that sorts by time and says what was run.

    >>> run_id(datetime(2026, 11, 20, 10, 15), "gold", "locked", "extractive")
    '20261120-101500-gold-locked-extractive'
    """
    return f"{started_at:%Y%m%d-%H%M%S}-{slug(suite, split, answerer)}"


class RunStore:
    """The runs under a folder.

    Args:
        folder: holds a folder for each run; made at the first run.
        baselines: holds the committed baselines.
    """

    def __init__(self, folder: Path, baselines: Path = BASELINES) -> None:
        self.folder, self.baselines = folder, baselines

    def start(self, run: Run) -> RunWriter:
        """Begin a run; its id is given a number where a run of the same second has it.

        Raises:
            ConfigError: the folder cannot be written.
        """
        taken = set(self.ids())
        free = next(one for one in _numbered(run.id) if one not in taken)
        run, folder = run.model_copy(update={"id": free}), self.folder / free
        write_whole(folder / RUN, run.model_dump_json(exclude={"outcomes"}, indent=1))
        return RunWriter(folder, run)

    def resume(self, name: str) -> RunWriter:
        """Go on with a run: what is done stays; a torn line, and items that failed, are run again.

        Raises:
            ConfigError: there is no such run, or it is a baseline.
        """
        folder = self._folder(name)
        run = read_folder(folder)
        outcomes = folder / OUTCOMES
        if outcomes.exists():
            whole = whole_lines(outcomes)
            with outcomes.open("r+b") as file:
                file.truncate(len(whole))
        return RunWriter(folder, run.model_copy(update={"outcomes": ()}), run.outcomes)

    def load(self, name: str, like: Run | None = None) -> Run:
        """Return a run with its outcomes, in order of item id.

        Args:
            name: an id, the path of a run's folder or of a baseline file, "latest", or "baseline".
            like: the run whose baseline is meant; None for that of the latest run.

        Raises:
            ConfigError: there is no such run, or it cannot be read.
        """
        if name == BASELINE:
            path = baseline_path(like or self.load(LATEST), self.baselines)
            if not path.exists():
                raise ConfigError(f"There is no baseline {path}. Make one of a complete run: evals baseline RUN")
            return read_file(path)
        path = Path(name)
        return read_file(path) if path.is_file() else read_folder(self._folder(name))

    def load_pair(self, before: str, after: str) -> tuple[Run, Run]:
        """Return two runs; where one is "baseline", it is that of runs like the other.

        Raises:
            ConfigError: one of them is not there, or cannot be read.
        """
        if before == BASELINE:
            two = self.load(after)
            return self.load(before, like=two), two
        one = self.load(before)
        return one, self.load(after, like=one)

    def runs(self) -> list[Run]:
        """Return the runs, newest first, without their outcomes."""
        return [read_run(self.folder / one / RUN) for one in self.ids()]

    def ids(self) -> list[str]:
        """Return the ids of the runs, newest first."""
        return sorted((path.parent.name for path in self.folder.glob(f"*/{RUN}")), reverse=True)

    def _folder(self, name: str) -> Path:
        known = self.ids()
        if name == LATEST and known:
            return self.folder / known[0]
        if name in known:
            return self.folder / name
        if (Path(name) / RUN).is_file():
            return Path(name)
        nearest = get_close_matches(name, known, _NEAREST, cutoff=0.0) if name != LATEST else []
        told = f"Nearest are: {', '.join(nearest)}." if nearest else "There are none yet: evals run"
        raise ConfigError(f"There is no run '{name}' in {self.folder}. {told}")


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in count(2))
