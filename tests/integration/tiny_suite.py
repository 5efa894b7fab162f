"""A tiny suite: three texts of a made-up harbour town and ten items about them, as a folder that `evals run` takes."""

from __future__ import annotations

from pathlib import Path

from evals.items import Evidence, Item, Kind, Split, write_items

TEXTS = {
    "lighthouse.md": """# The lighthouse of Varrow

## The tower

The tower of the lighthouse is 41 metres high. A spiral staircase of 198 steps leads to the lamp.

## The lamp

The lamp burns whale oil substitute and flashes every 12 seconds. Its beam is seen from 27 kilometres away.

## The keeper

The keeper is paid 350 crowns a month. The keeper polishes the lens each morning and winds the clockwork each evening.

## The fog horn

The fog horn sounds when visibility falls below 900 metres. Compressed air drives it.

## The lenses

The old lens weighs 800 kilograms and stands in the museum. The new lens weighs 90 kilograms and turns in the lamp.
""",
    "ferry.md": """# The ferry of Varrow

## The boats

The ferry Heron carries 60 passengers and no cars. The ferry Pelican carries 220 passengers and 34 cars.

## The timetable

The Heron leaves every 20 minutes in summer. The Pelican leaves every two hours in summer.

## Tickets

A return ticket costs 9 crowns, and children under six travel free. Season tickets are sold at the harbour office.

## Winter service

In winter the Heron is laid up in the dry dock. In winter the Pelican sails only on Tuesdays and Fridays.

## Safety

Every passenger is counted at the gangway. Life jackets lie under the benches of the upper deck.
""",
    "market.md": """# The fish market of Varrow

## The auction

The auction begins at 5:30 in the morning and runs downwards: the price falls until a buyer calls out.

## Grades of fish

Grade A fish was landed on the same day. Grade B fish was landed on the day before.

## Weighing

Herring is weighed in crates of 25 kilograms. Lobster is weighed one by one on a brass balance.

## Ice

Ice comes from the ice house on the quay. A crate of herring is covered with four kilograms of crushed ice.

## Fees

Sellers pay the market 3 percent of the price. Buyers pay nothing to the market.
""",
}


def _answerable(name: str, kind: Kind, question: str, document: str, facts: list[list[str]], *quotes: str) -> Item:
    return Item(
        id=name,
        kind=kind,
        question=question,
        split=Split.LOCKED,
        course="tiny",
        reference=" ".join(quotes),
        facts=tuple(tuple(fact) for fact in facts),
        evidence=tuple(Evidence(document=document, quote=quote) for quote in quotes),
    )


def _unanswerable(name: str, question: str) -> Item:
    return Item(id=name, kind=Kind.UNANSWERABLE, question=question, split=Split.LOCKED, course="tiny")


ITEMS = (
    _answerable(
        "horn", Kind.FACT, "What drives the fog horn?", "lighthouse.md", [["compressed air"]],
        "Compressed air drives it.",
    ),
    _answerable(
        "lens", Kind.COMPARISON, "What is the difference between the old lens and the new lens?", "lighthouse.md",
        [["800 kilograms"], ["90 kilograms"]],
        "The old lens weighs 800 kilograms", "The new lens weighs 90 kilograms",
    ),
    _answerable(
        "boats", Kind.NUMBER, "How many passengers do the Heron and the Pelican carry?", "ferry.md",
        [["60 passengers"], ["220 passengers"]],
        "The ferry Heron carries 60 passengers", "The ferry Pelican carries 220 passengers",
    ),
    _answerable(
        "winter", Kind.COMPARISON, "What happens to the Heron and the Pelican in winter?", "ferry.md",
        [["dry dock"], ["tuesday"]],
        "In winter the Heron is laid up in the dry dock.", "In winter the Pelican sails only on Tuesdays and Fridays.",
    ),
    _answerable(
        "ticket", Kind.NUMBER, "What does a return ticket cost?", "ferry.md", [["9 crowns"]],
        "A return ticket costs 9 crowns",
    ),
    _answerable(
        "weighing", Kind.COMPARISON, "Compare how herring and lobster are weighed.", "market.md",
        [["crates of 25"], ["brass balance"]],
        "Herring is weighed in crates of 25 kilograms.", "Lobster is weighed one by one on a brass balance.",
    ),
    _answerable(
        "fees", Kind.COMPARISON, "What do sellers and buyers pay to the market?", "market.md",
        [["3 percent"], ["nothing"]],
        "Sellers pay the market 3 percent of the price.", "Buyers pay nothing to the market.",
    ),
    _unanswerable("paint", "What colour is the tower painted?"),
    _unanswerable("captain", "Who is the captain of the Pelican?"),
    _unanswerable("founded", "In what year was the fish market founded?"),
)  # fmt: skip


def write_suite(folder: Path) -> Path:
    """Write the suite as the folder `tiny` below `folder` and return it."""
    suite = folder / "tiny"
    (suite / "texts").mkdir(parents=True)
    for name, text in TEXTS.items():
        (suite / "texts" / name).write_text(text, "utf-8")
    write_items(suite / "items.jsonl", ITEMS)
    return suite
