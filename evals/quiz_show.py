"""What a bank is told as: figures for the terminal, and items for a person to read."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from evals.quiz import Bar, Made, soft_counts
from rag.quiz.items import CaseStudy, Cloze, Flashcard, Item, Matching, Ordering, ShortAnswer, TrueFalse, options_of
from rag.quiz.rules import soft_findings


def told(made: Made, reached: Sequence[Bar]) -> Iterator[str]:
    """Yield the figures of a bank."""
    yield f"{len(made.items)} items of {made.documents} documents in {made.seconds:.1f} s"
    for name, counts in _counts(made.items).items():
        yield f"{name}: {_listed(counts)}"
    yield f"soft findings: {_listed(soft_counts(made.items))}"
    yield f"rejected: {made.rejected.total()}"
    for rule, group in groupby(sorted(made.rejected.items()), key=lambda one: one[0][0]):
        by = {generator: count for (_, generator), count in group}
        yield f"  {sum(by.values()):4} {rule} ({_listed(by)})"
    for bar in reached:
        yield f"{'ok    ' if bar.reached else 'MISSED'} {bar.name}: {bar.told}"


def _counts(items: Sequence[Item]) -> dict[str, Counter[str]]:
    return {
        "type": Counter(one.type.value for one in items),
        "generator": Counter(one.generator for one in items),
        "domain": Counter(one.placement.domain or "none" for one in items),
        "difficulty": Counter(one.difficulty.value for one in items),
        "Bloom": Counter(one.bloom.value for one in items),
    }


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def sample(items: Sequence[Item], number: int, seed: int) -> str:
    """Return items drawn at random as Markdown, with all that they carry, for a person to read."""
    drawn = random.Random(seed).sample(list(items), min(number, len(items)))
    lines = [
        "# Items drawn at random",
        "",
        f"{len(drawn)} of {len(items)} items that pass the rules, drawn with seed {seed} by",
        f"`evals quiz --sample {number} --seed {seed} --write docs/sample-quiz.md`. Right options are marked with ✓.",
    ]
    for at, item in enumerate(drawn, 1):
        lines += ["", f"## {at}. {item.type.value.replace('_', ' ')}", "", *_item(item)]
    return "\n".join(lines) + "\n"


def _item(item: Item) -> Iterator[str]:
    yield item.stem
    yield ""
    yield from _answers(item)
    yield f"- **Why:** {item.rationale}"
    for one in item.citations:
        yield f"- **Quote:** “{' '.join(one.quote.split())}” ({one.place})"
    soft = ", ".join(one.rule for one in soft_findings(item))
    kept = filter(None, (item.generator, item.difficulty.value, item.bloom.value, item.placement.domain))
    yield f"- {', '.join(kept)}{f'; soft: {soft}' if soft else ''}"


def _answers(item: Item) -> Iterable[str]:
    for one in options_of(item):
        yield f"- {'✓ ' if one.right else ''}{one.text}{f' — {one.rationale}' if one.rationale else ''}"
    match item:
        case Matching():
            yield from (f"- {one.prompt} → {one.match}" for one in item.pairs)
            yield from (f"- (belongs to none) {one}" for one in item.decoys)
        case Ordering():
            yield from (f"{at}. {step}" for at, step in enumerate(item.steps, 1))
            yield ""
        case TrueFalse():
            yield f"- ✓ {item.answer}"
        case Cloze():
            yield f"- ✓ {' / '.join(item.answers)}"
        case ShortAnswer():
            yield f"- ✓ {item.answer} (must say: {'; '.join(' / '.join(ways) for ways in item.key_facts)})"
        case Flashcard():
            yield f"- ✓ {item.back}"
        case CaseStudy():
            for question in item.items:
                yield f"- **{question.stem}**"
                yield from (f"  {line}" for line in _answers(question))
                yield f"  - **Why:** {question.rationale}"
        case _:
            pass
