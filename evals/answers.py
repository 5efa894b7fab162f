"""Runs the labelled questions of a suite: `python -m evals.answers SUITE [--split dev|held] [--show]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from evals.cases import Case, Judged, Verdict, judge, summarise
from evals.texts import SUITES, assistant_over, cases_of, suite_named
from rag.answer import Assistant
from rag.errors import OpenbookError


def run_cases(assistant: Assistant, cases: Sequence[Case]) -> list[Judged]:
    """Ask every question and judge the answers."""
    return [judge(case, assistant.ask(case.question)) for case in cases]


def show(console: Console, judged: Sequence[Judged]) -> None:
    """Print every question with its answer and verdict."""
    for one in judged:
        good = one.verdict is (Verdict.RIGHT if one.case.answerable else Verdict.REFUSED)
        console.print(
            f"\n[{'green' if good else 'red'}]{one.verdict}[/] {one.answer.confidence:.2f} {one.case.id} "
            f"[bold]{one.case.question}[/] {list(map(list, one.case.must))}",
            highlight=False,
        )
        console.print(one.answer.text, markup=False, highlight=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a suite and print its figures; exit status 1 where it cannot be run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite", choices=sorted(SUITES))
    parser.add_argument("--split", default="", choices=("", "dev", "held"))
    parser.add_argument("--show", action="store_true", help="print every answer")
    options = parser.parse_args(arguments)
    console = Console(soft_wrap=True)
    try:
        suite = suite_named(options.suite)
        with assistant_over(suite.texts) as assistant:
            judged = run_cases(assistant, cases_of(suite, options.split))
    except OpenbookError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    if options.show:
        show(console, judged)
    table = Table(title=f"{options.suite} {options.split}".strip(), show_header=False)
    for name, value in summarise(judged).rows():
        table.add_row(name, value)
    console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
