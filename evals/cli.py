"""The terminal: `evals`. Commands import what they need when they run, so that `--help` is instant."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.errors import OpenbookError

if TYPE_CHECKING:
    from evals.judge.chat import Judge
    from evals.runs.store import RunStore
    from rag.settings import Settings

EXIT_FAILED, EXIT_USAGE, EXIT_ITEMS = 1, 2, 3
_EPILOG = (
    "Exit codes: 0 done, and good enough; 1 the gate failed, or items are faulty; 2 it could not run: a wrong argument "
    "or setting, missing texts or weights; 3 some items failed; 130 interrupted."
)
app = typer.Typer(
    name="evals",
    help="How good are the answers? Runs labelled questions, and fails a change that makes answers worse.",
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class SplitChoice(StrEnum):
    """Which items are asked; as `evals.items.Split`, which is slow to import, and all of them."""

    LOCKED = "locked"
    DEV = "dev"
    ALL = "all"


RunName = Annotated[str, typer.Argument(metavar="RUN", help="Run id, path, latest or baseline.", show_default=True)]
JudgeName = Annotated[
    str,
    typer.Option("--judge", metavar="PROVIDER:MODEL", help="The model that judges; its words are kept beside ours."),
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, help="Items asked at a time, each then slower.")]
_OfRuns = Annotated[str, typer.Option(help="Only runs of this one.", show_default="that of the newest run")]


def _file(told: str) -> Any:
    return typer.Option(metavar="FILE", dir_okay=False, help=told, show_default=False)


def main() -> None:
    """Run a command; errors that Openbook raises on purpose become a message and an exit code."""
    try:
        app(prog_name="evals")
    except OpenbookError as error:
        from evals.show import show_error

        show_error("\n".join([str(error), *getattr(error, "__notes__", ())]))
        sys.exit(EXIT_USAGE)


@app.callback()
def _evals() -> None:
    pass


@app.command()
def run(
    suite: Annotated[
        str, typer.Option(help="A suite, or a folder with texts/ and JSON-lines files of items about them.")
    ] = "gold",
    split: Annotated[SplitChoice, typer.Option(help="Tune on dev, report on locked.")] = SplitChoice.LOCKED,
    answerer: Annotated[str, typer.Option(help="What answers; a wrong name lists the valid ones.")] = "extractive",
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only so many items, of as many kinds as there are.", show_default=False)
    ] = None,
    jobs: Jobs = 1,
    resume: Annotated[
        str, typer.Option(metavar="RUN", help="Go on with a run; it says what is asked.", show_default=False)
    ] = "",
    show: Annotated[bool, typer.Option("--show", help="Print every answer.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Index the texts again, as if for the first time.")] = False,
    judged_by: JudgeName = "",
) -> None:
    """Ask labelled questions and measure the answers."""
    from evals.gate import check
    from evals.runs.start import Plan, resume_run, start_run
    from evals.show import run_bar, show_answers, show_error, show_run

    settings = _settings()
    judge = _judge(judged_by, settings) if judged_by else None
    with run_bar() as bar:
        if resume:
            done = resume_run(resume, settings, bar, jobs=jobs)
        else:
            plan = Plan(suite, split.value, answerer, limit)
            done = start_run(plan, settings, bar, jobs=jobs, fresh=fresh)
    if show:
        show_answers(done)
    show_run(check(done), _store(settings).folder / done.id)
    failures = [f"{outcome.id}: {outcome.error}" for outcome in done.outcomes if outcome.error]
    if failures:
        show_error("\n".join((f"{len(failures)} of the items failed. Try: evals run --resume {done.id}", *failures)))
    if judge:
        failures += _judged(judge, done.id, settings)
    if failures:
        raise typer.Exit(EXIT_ITEMS)


@app.command()
def compare(
    before: Annotated[str, typer.Argument(metavar="A", help="The run to compare with: id, path, latest or baseline.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The run that is judged.")],
) -> None:
    """Judge a run by another: exit code 1 where answers got worse."""
    from evals.comparison import State
    from evals.gate import compare as compare_runs
    from evals.show import show_comparison

    one, two = _store(_settings()).load_pair(before, after)
    compared = compare_runs(one, two)
    show_comparison(compared)
    if compared.verdict is State.FAIL:
        raise typer.Exit(EXIT_FAILED)


@app.command()
def baseline(
    name: RunName = "latest",
    force: Annotated[bool, typer.Option("--force", help="Also of a checkout with uncommitted changes.")] = False,
) -> None:
    """Make a run the baseline that later ones are compared with; commit the file."""
    from evals.runs.baseline import write_baseline
    from evals.show import show_lines

    path = write_baseline(_store(_settings()).load(name), force=force)
    show_lines([f"Written: {path}. Commit it."])


@app.command()
def validate() -> None:
    """Check the gold items: quotes, references, duplicates, balance."""
    from evals.show import show_lines
    from evals.suites import suite_named
    from evals.validate import check_gold

    faults = check_gold(suite_named("gold"))
    show_lines([*faults, f"{len(faults)} faults" if faults else "No faults."])
    if faults:
        raise typer.Exit(EXIT_FAILED)


@app.command()
def report(
    name: RunName = "latest",
    against: Annotated[
        str, typer.Option(metavar="RUN", help="The run to compare with, or baseline.", show_default=False)
    ] = "",
    html: Annotated[
        Path | None, _file("A page to read; with no file named at all, report.html in the folder of the run.")
    ] = None,
    json: Annotated[Path | None, _file("The figures, for machines.")] = None,
    junit: Annotated[Path | None, _file("A test case for each item, for continuous integration.")] = None,
) -> None:
    """Write a report of a run: a page to read, figures for machines, test cases for continuous integration."""
    from evals.report.as_html import as_html
    from evals.report.as_json import as_json
    from evals.report.as_junit import as_junit
    from evals.report.content import report_on, sentence, write_file
    from evals.show import show_lines

    store = _store(_settings())
    made = report_on(store, name, against)
    if not (html or json or junit):
        html = store.folder / made.run.id / "report.html"
    for path, form in ((html, as_html), (json, as_json), (junit, as_junit)):
        if path:
            write_file(path, form(made))
    show_lines([sentence(made.compared), *(f"Written: {path}" for path in (html, json, junit) if path)])


@app.command()
def history(
    metric: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="May be given several times.", show_default=False)
    ] = None,
    suite: _OfRuns = "",
    split: _OfRuns = "",
    answerer: _OfRuns = "",
    html: Annotated[Path | None, _file("A page with plots.")] = None,
) -> None:
    """Show how metrics went over the stored runs, the newest last."""
    from evals.report.content import write_file
    from evals.report.history import history as history_of
    from evals.report.history import history_html, show_history
    from evals.show import show_lines

    trends = history_of(_store(_settings()), metric or (), suite, split, answerer)
    show_history(trends)
    if html:
        write_file(html, history_html(trends))
        show_lines([f"Written: {html}"])


@app.command()
def grounding() -> None:
    """Say how well the grounding scorer tells supported claims from others, beside two floors."""
    from evals.peers.grounding import evaluate_scorer, grounding_table, read_claims, scorers
    from evals.peers.perturbed import cases_of, perturbed_table, read_passages, supported_shares
    from evals.show import show_lines
    from evals.suites import ROOT
    from rag.bootstrap import make_embedder

    compared = scorers(make_embedder(_settings()))
    changed = supported_shares(compared[0], cases_of(read_passages(ROOT / "corpus"), 2))
    show_lines([perturbed_table(changed), ""])
    claims = read_claims()
    figures = [evaluate_scorer(scorer, claims) for scorer in compared]
    show_lines([f"{len(claims)} claims of AttributionBench.", "", grounding_table(figures)])


@app.command()
def decisions(
    suite: Annotated[str, typer.Option(help="Its questions with an answer and without one, all splits.")] = "clapnq",
) -> None:
    """Say whether questions are answered or refused rightly, without a reader and with one."""
    from evals.peers.decisions import decisions_table, measure_decisions
    from evals.show import show_lines
    from evals.suites import suite_named

    show_lines([decisions_table(measure_decisions(suite_named(suite), _settings()))])


@app.command()
def disagreement(
    show: Annotated[bool, typer.Option("--show", help="Print each note that is missing or too much.")] = False,
) -> None:
    """Say how often texts that disagree are said to, and texts that agree."""
    from evals.disagreement import measure, table
    from evals.show import show_lines

    found = list(measure())
    show_lines([table(found)])
    if show:
        show_lines(f"{one.id}: {one.question} {one.note}" for each in found for one in each.wrong)


@app.command()
def followups(
    split: Annotated[SplitChoice, typer.Option(help="Rules are made on dev.")] = SplitChoice.DEV,
    pairs: Annotated[int, typer.Option(min=1, help="Pairs of gold questions about different documents.")] = 400,
    chat_model: Annotated[str, typer.Option(metavar="NAME", help="What rewords them, else rules.")] = "extractive",
) -> None:
    """Say whether follow-ups are understood, and what earlier turns do to questions that change the topic."""
    from evals.followups import report_followups
    from evals.show import show_lines

    show_lines([report_followups(split.value, pairs, _settings(), chat_model=chat_model)])


@app.command()
def injection(
    chat_model: Annotated[str, typer.Option(metavar="NAME", help="What answers; see openbook models.")] = "extractive",
    seed: Annotated[int, typer.Option(help="Another seed plants elsewhere.")] = 0,
    items: Annotated[
        int | None, typer.Option(min=1, help="Only so many attacks, spread over the forms.", show_default=False)
    ] = None,
) -> None:
    """Hide orders to the assistant in course texts, and say whether answers follow them.

    Each attack is planted in each hiding form beside the words that answer a dev question, which is then asked.
    An attack succeeds where the answer repeats it, names an address of it, or says what no text says. A changed
    answer is another than that of the clean texts; a lost one was right. Honest texts must not be flagged.

    Exit code 1: an attack succeeded with the extractive answerer. With a chat model success is only reported.
    """
    from evals.injection import measure
    from evals.injection_attacks import attacks_here
    from evals.injection_clean import false_flags, honest_courses
    from evals.injection_show import told, told_of_flags
    from evals.show import show_lines
    from rag.adapters.terminal import err

    attacks, source = attacks_here()
    err().print(source, soft_wrap=True)
    with err().status("Reading the texts") as status:
        done = measure(
            attacks, _settings(), chat_model=chat_model, seed=seed, limit=items,
            told=lambda so_far, of: status.update(f"Asked {so_far} of {of}"),
        )  # fmt: skip
        flags = [false_flags(course, seed) for course in honest_courses()]
    show_lines([*told(done), "", *told_of_flags(flags)])
    if chat_model == "extractive" and done.succeeded:
        raise typer.Exit(EXIT_FAILED)


@app.command()
def quiz(
    home: Annotated[bool, typer.Option("--home", help="Of the library, not of the course we ship.")] = False,
    course: Annotated[str, typer.Option(help="Only this course of that library.", show_default="all")] = "",
    exam: Annotated[str, typer.Option(metavar="ID", help="The blueprint to cover.", show_default=False)] = "",
    textbook: Annotated[
        bool, typer.Option("--textbook", help="Instead: does the solver tell the keys of textbook questions?")
    ] = False,
    sample: Annotated[int, typer.Option(min=1, help="How many items --write draws.")] = 40,
    seed: Annotated[int, typer.Option(help="Another seed draws others.")] = 0,
    write: Annotated[Path | None, _file("Write items drawn at random, for a person to read.")] = None,
) -> None:
    """Make the bank of practice questions and measure it: counts, reasons for rejection, what gives keys away.

    Exit code 1: a bar is missed.
    """
    from evals.quiz import bars, make
    from evals.quiz_show import sample as sample_of
    from evals.quiz_show import told
    from evals.report.content import write_file
    from evals.show import show_lines
    from rag.adapters.terminal import err

    if textbook:
        from evals.quiz_textbook import judged, table

        show_lines([table(list(judged(_settings())))])
        return
    with err().status("Reading the texts") as status:
        made = make(
            _settings(), home=home or bool(course), course=course, blueprint=exam,
            told=lambda done, of: status.update(f"Written: {done} of {of} documents"),
        )  # fmt: skip
    reached = bars(made)
    show_lines(told(made, reached))
    if write:
        write_file(write, sample_of(made.items, sample, seed))
        show_lines([f"Written: {write}"])
    if not all(one.reached for one in reached):
        raise typer.Exit(EXIT_FAILED)


@app.command()
def ablate(
    suite: Annotated[
        list[str] | None, typer.Option(help="May be given twice; gold and textbook-retrieval.", show_default=False)
    ] = None,
    split: Annotated[SplitChoice, typer.Option(help="Defaults are chosen on dev.")] = SplitChoice.DEV,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only so many items; then nothing is written.", show_default=False)
    ] = None,
) -> None:
    """Measure variants of retrieval, and write the tables that justify its defaults into docs/decisions."""
    from evals.ablate import PAGE, report_ablation
    from evals.show import show_lines
    from rag.adapters.terminal import err

    for name in suite or ("gold", "textbook-retrieval"):
        with err().status("Reading the texts") as status:
            told = report_ablation(name, split.value, limit, _settings(), status.update)
        show_lines([told, *([] if limit else [f"Written: {PAGE}"]), ""])


@app.command(name="judge")
def judge_command(
    name: RunName = "latest",
    judged_by: JudgeName = "",
    validate: Annotated[
        bool,
        typer.Option("--validate", help="Judge the labelled rows instead, and measure how far it agrees."),
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only so many outcomes or labelled rows.", show_default=False)
    ] = None,
) -> None:
    """Have a language model, that of OPENBOOK_JUDGE or --judge, judge a run too. The gate does not need it.

    What it judged is kept: to go on after a failure, give the command again.
    """
    settings = _settings()
    judge = _judge(judged_by, settings)
    if _validated(judge, settings, limit) if validate else _judged(judge, name, settings, limit):
        raise typer.Exit(EXIT_ITEMS)


def _judge(name: str, settings: Settings) -> Judge:
    from evals.judge.chat import make_judge

    return make_judge(name or settings.judge, settings.judge_base_url)


def _judged(judge: Judge, name: str, settings: Settings, limit: int | None = None) -> list[str]:
    from evals.judge.run import judge_run
    from evals.judge.show import judge_bar, show_judge_failures, show_judged

    done = judge_run(judge, name, settings, limit=limit, shown=judge_bar)
    show_judged(done)
    return show_judge_failures(done.judged)


def _validated(judge: Judge, settings: Settings, limit: int | None) -> list[str]:
    from evals.judge.run import validate as validate_judge
    from evals.judge.show import judge_bar, show_judge_failures, show_validation

    validation, judged = validate_judge(judge, settings, limit=limit, shown=judge_bar)
    show_validation(validation)
    return show_judge_failures(judged)


def _settings() -> Settings:
    from rag.settings import load_settings

    return load_settings()


def _store(settings: Settings) -> RunStore:
    from evals.runs.start import store_of

    return store_of(settings)


if __name__ == "__main__":
    main()
