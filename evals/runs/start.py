"""A run of a suite from start to end: its library, its stamp, its items, and where they are kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from evals.items import Item
from evals.peers.sections import RETRIEVAL, SectionObserver, retrieval_only
from evals.record import Outcome, Run, Stamp
from evals.runs.answerers import Answerer, chat_model_of, check_answerer, make_answerer
from evals.runs.ask import run_items, spread
from evals.runs.files import RunWriter, slug
from evals.runs.observe import Observer, Observing
from evals.runs.stamp import stamp_of
from evals.runs.store import RunStore, run_id
from evals.suites import SUITES, Course, Suite, assistant_over, items_of, suite_named
from rag.answer import Assistant
from rag.bootstrap import answering_by, make_embedder
from rag.chat.prompt import PROMPT_VERSION
from rag.errors import ConfigError
from rag.grounding.ground import PlainGrounding
from rag.ports import Embedder
from rag.settings import Settings

ALL = "all"  # of the splits


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run.

    Attributes:
        suite: name of a suite, or a folder with `texts/` and JSON-lines files of items.
        split: "dev", "locked" or "all".
        limit: about how many items, of as many kinds as there are; None for all.
    """

    suite: str = "gold"
    split: str = "locked"
    answerer: str = "extractive"
    limit: int | None = None

    @property
    def command(self) -> str:
        """The command that runs it."""
        limit = f" --limit {self.limit}" if self.limit else ""
        return f"evals run --suite {self.suite} --split {self.split} --answerer {self.answerer}{limit}"


class Progress(Protocol):
    """Is told how far a run is."""

    def began(self, run: Run, done: int, items: int) -> None:
        """A run began, or goes on, with `done` of its items done before."""
        ...

    def did(self, outcome: Outcome) -> None:
        """An item is done, and kept."""
        ...


def home_of(settings: Settings) -> Path:
    """Return the folder of runs and of the libraries that they keep."""
    return settings.home.expanduser() / "evals"


def store_of(settings: Settings) -> RunStore:
    """Return the store of runs."""
    return RunStore(home_of(settings) / "runs")


def find_suite(name: str) -> Suite:
    """Return the suite of that name, or that of a folder.

    Raises:
        ConfigError: there is neither.
    """
    folder = Path(name).resolve()
    if name in SUITES or not folder.is_dir():
        return suite_named(name)
    return Suite(str(folder), (Course(folder.name, folder / "texts"),), (folder / "*.jsonl",))


@dataclass(frozen=True, slots=True)
class _Ready:
    """A plan with everything that it needs."""

    plan: Plan
    suite: Suite
    items: list[Item]
    assistant: Assistant
    answerer: Answerer
    observer: Observing
    stamp: Stamp


def start_run(
    plan: Plan, settings: Settings, progress: Progress, *,
    jobs: int = 1, fresh: bool = False, embedder: Embedder | None = None,
) -> Run:  # fmt: skip
    """Run a plan and return the run with its outcomes, which are stored as they come.

    Args:
        plan: what to run.
        settings: the run, and the library of the suite, are kept under their `home`.
        progress: is told of each item.
        jobs: how many items are asked at a time.
        fresh: whether to make the library of the suite again.
        embedder: that of the settings where none is given.

    Raises:
        ConfigError: the plan names what is not there.
    """
    with _ready(plan, settings, embedder, fresh=fresh) as ready:
        return _finished(ready, store_of(settings).start(_new(ready)), progress, jobs)


def resume_run(
    name: str, settings: Settings, progress: Progress, *, jobs: int = 1, embedder: Embedder | None = None
) -> Run:
    """Go on with a run that was stopped, or run again the items that failed; the rest is as in `start_run`.

    Raises:
        ConfigError: there is no such run, or what it rests on has changed since.
    """
    writer = store_of(settings).resume(name)
    run = writer.run
    plan = Plan(run.suite, run.split, run.answerer, run.limit)
    with _ready(plan, settings, embedder) as ready:
        changed = [part for part, was in run.stamp if was != getattr(ready.stamp, part)]
        if changed:
            raise ConfigError(
                f"Run {run.id} cannot be resumed, since this has changed: {', '.join(changed)}. "
                f"Start anew: {plan.command}"
            )
        return _finished(ready, writer, progress, jobs)


@contextmanager
def _ready(plan: Plan, settings: Settings, embedder: Embedder | None, *, fresh: bool = False) -> Iterator[_Ready]:
    suite = find_suite(plan.suite)
    plan = _fitting(plan, suite)
    items = asked_items(suite, plan.split, plan.limit)
    embedder = embedder or make_embedder(settings)
    kept = home_of(settings) / "libraries" / slug(suite.name)
    if fresh:
        shutil.rmtree(kept, ignore_errors=True)
    with assistant_over(suite, embedder, settings, kept) as assistant:
        chat_model = "" if suite.retrieval_only else chat_model_of(plan.answerer)
        assistant = answering_by(assistant, chat_model) if chat_model else assistant
        answerer, observer = _asking(plan, suite, assistant, embedder)
        stamp = stamp_of(
            assistant.library, embedder.fingerprint, settings, items,
            answerer=plan.answerer, prompt=PROMPT_VERSION if chat_model else "",
        )  # fmt: skip
        yield _Ready(plan, suite, items, assistant, answerer, observer, stamp)


def asked_items(suite: Suite, split: str, limit: int | None) -> list[Item]:
    """Return the items of a suite that are asked: of a split or all of them, about `limit` of as many kinds.

    Raises:
        ConfigError: there are none, or a file of them cannot be read.
    """
    items = spread(items_of(suite, "" if split == ALL else split), limit)
    if not items:
        raise ConfigError(f"Suite '{suite.name}' has no items of split '{split}'.")
    return items


def _fitting(plan: Plan, suite: Suite) -> Plan:
    """Return the plan with what answers: nothing does where the suite measures retrieval only."""
    if not suite.retrieval_only:
        check_answerer(plan.answerer)
        return plan
    if plan.answerer not in (Plan().answerer, RETRIEVAL):
        raise ConfigError(f"Suite '{suite.name}' measures retrieval only: run it without --answerer.")
    return replace(plan, answerer=RETRIEVAL)


def _asking(plan: Plan, suite: Suite, assistant: Assistant, embedder: Embedder) -> tuple[Answerer, Observing]:
    if suite.retrieval_only:
        return retrieval_only, SectionObserver()
    return make_answerer(plan.answerer, assistant), Observer(assistant.library, PlainGrounding(embedder))


def _new(ready: _Ready) -> Run:
    plan, now = ready.plan, datetime.now(UTC)
    return Run(
        id=run_id(now, ready.suite.name, plan.split, plan.answerer),
        suite=ready.suite.name,
        split=plan.split,
        answerer=plan.answerer,
        started_at=now.isoformat(timespec="seconds"),
        stamp=ready.stamp,
        limit=plan.limit,
    )


def _finished(ready: _Ready, writer: RunWriter, progress: Progress, jobs: int) -> Run:
    left = [item for item in ready.items if item.id not in writer.done]
    progress.began(writer.run, len(ready.items) - len(left), len(ready.items))
    with closing(run_items(ready.assistant, left, ready.answerer, ready.observer, jobs)) as outcomes:
        for outcome in outcomes:
            writer.append(outcome)
            progress.did(outcome)
    writer.finish()
    return writer.load()
