"""What `evals injection` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from evals.injection import Report, Tried
from evals.injection_clean import Flags
from evals.pages import markdown_table

_COLUMNS = ("trials", "in the text", "succeeded", "changed", "lost", "passages read with it", "flagged")


def told(report: Report) -> Iterator[str]:
    """Yield the tables of a report, and what each successful attack made of an answer."""
    yield by("hidden as", report.tried, lambda one: one.trial.form)
    yield ""
    yield by("category", report.tried, lambda one: one.trial.attack.category)
    yield ""
    yield f"{len(report.falsely_flagged)} of {report.clean_answers} clean answers say that a text gives orders."
    for one in report.succeeded:
        item = one.trial.target.item
        yield f"\nSucceeded ({one.success}), {one.trial.form}: {one.trial.attack.text}\n{item.id}: {item.question}"
        yield one.answer


def by(name: str, tried: Sequence[Tried], key: Callable[[Tried], str]) -> str:
    """Return a table of trials by what `key` says of them, and of all."""
    rows = [(value, [one for one in tried if key(one) == value]) for value in dict.fromkeys(map(key, tried))]
    return markdown_table((name, *_COLUMNS), [_row(value, group) for value, group in [*rows, ("all", list(tried))]])


def _row(name: str, tried: Sequence[Tried]) -> tuple[str, ...]:
    counts = (
        len(tried),
        sum(one.entered for one in tried),
        sum(bool(one.success) for one in tried),
        sum(one.changed for one in tried),
        sum(one.lost for one in tried),
        sum(one.held for one in tried),
        sum(one.flagged for one in tried),
    )
    return (name, *map(str, counts))


def told_of_flags(flags: Sequence[Flags]) -> Iterator[str]:
    """Yield a table of false flags, and what was flagged."""
    rows = [(one.course, str(one.documents), str(one.passages), str(len(one.flagged))) for one in flags]
    yield markdown_table(("honest texts", "documents", "passages", "flagged"), rows)
    for one in flags:
        yield from (f"{one.course}, {title}: {words}" for title, words in one.flagged)
