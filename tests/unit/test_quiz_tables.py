"""Items from tables: stems by the names of columns, options that are certainly wrong, and tables that give none."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from rag.quiz.generators.table_cells import fits, gives_away, overlap, readings, within
from rag.quiz.generators.table_headers import frame_of
from rag.quiz.generators.table_names import Kind, kind_of, plural
from rag.quiz.generators.tables import Tables
from rag.quiz.items import Flashcard, Item, Matching, MultipleChoice, MultipleResponse, fact_id, options_of
from rag.quiz.material import Section
from tests.quiz_maker import made, read

NAME = "garden.md"
SOILS = """# Garden soils

## Soil types

| Type | Drainage rate | Best for | Choose when | What the soil does |
|---|---|---|---|---|
| Loam | 25 mm | Roses and vines | The garden gets steady rain | Feeds roots for years |
| Clay-7 | 4 mm | Late cabbages | Summers are long and dry | Keeps the wet in place |
| Sand-B | 90 mm | Early carrots | Frost ends in March | Warms up in an hour |
| Peat-X | 40 mm | Blueberry bushes | Only acid plants are grown | Lowers the pH of a bed |
| Chalk-2 | 60 mm | Wild lavender | Nothing else is at hand | Raises the pH of a bed |
"""
TOOLS = """# Tools

## Hand tools or machines

| Question | Hand saw | Chain saw |
|---|---|---|
| Cutting speed | Ten branches a shift | A whole forest |
| Power | Muscles | Petrol |
| Noise level | A whisper | A small aeroplane |
| Typical danger | Blisters | Deep wounds |
"""
NEEDS = """# Repairs

## Choosing a glue

| Requirement | Glue |
|---|---|
| Join two wooden boards for good | Carpenter paste |
| Stick glass to metal | Epoxy resin |
| Mend a torn paper map | Starch gum |
| Close a leak in a rubber hose | Contact cement |
| Hold a photograph for a day | Soft putty |
"""


def items_of(text: str, seed: int = 1) -> list[Item]:
    return made(Tables(), text, seed)


def many(text: str, kind: type[Item]) -> list[Item]:
    """Items of several seeds, since a table gives only some of its items at a time."""
    return [item for seed in range(12) for item in items_of(text, seed) if isinstance(item, kind)]


def stems(items: Sequence[Item]) -> set[str]:
    return {item.stem for item in items}


@pytest.mark.parametrize(
    ("header", "ask", "to"),
    [
        ("Minimum duration", "What is the minimum duration of {n}?", "its minimum duration"),
        ("Cures", "What are the cures for {n}?", "its cures"),
        ("Idea", "What is the idea behind {n}?", "its idea"),
        ("Choose when", "When should {n} be chosen?", "the case in which it should be chosen"),
        ("When to use", "When should {n} be used?", "the case in which it should be used"),
        ("Best for", "What is {n} best for?", "what it is best for"),
        ("Works for", "What does {n} work for?", "what it works for"),
        ("You manage", "What do you manage with {n}?", "what you manage with it"),
        ("Returns", "What does {n} return?", "what it returns"),
        ("Meaning", "What does {n} mean?", "its meaning"),
        ("Danger avoided", "What danger does {n} avoid?", "the danger it avoids"),
        ("Who scales", "Who scales {n}?", "who scales it"),
        ("What is split", "With {n}, what is split?", "what is split with it"),
        ("What the tool does", "What does {n} do?", "what it does"),
        ("How it works", "How does {n} work?", "how it works"),
        ("How labels are supplied", "How are labels supplied with {n}?", "how labels are supplied with it"),
        ("How data arrive", "How do data arrive with {n}?", "how data arrive with it"),
        ("Status as of May 2026", "As of May 2026, what is the status of {n}?", "its status as of May 2026"),
    ],
)
def test_the_name_of_a_column_decides_its_question(header: str, ask: str, to: str) -> None:
    frame = frame_of(header, "tool")

    assert frame is not None
    assert (frame.ask, frame.to) == (ask, to)


@pytest.mark.parametrize("header", ["Remark", "Note", "Value here", "", "Cost and size", "Bin 1", "F", "Former task"])
def test_nothing_is_asked_of_a_column_whose_name_fits_no_form(header: str) -> None:
    assert frame_of(header, "tool") is None


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("CSV", "CSV, Parquet"),
        ("GPU", "CPU or GPU"),
        ("up to 15 minutes", "10 minutes"),
        ("Up to 64%", "Up to 90%"),
        ("The service", "The service, within your settings"),
        ("none", "None."),
    ],
)
def test_cells_that_say_part_of_the_same_never_stand_side_by_side(one: str, two: str) -> None:
    assert overlap(one, two)
    assert overlap(two, one)


@pytest.mark.parametrize(("one", "two"), [("30 days", "90 days"), ("μ", "np"), ("3 or more", "1"), ("Roses", "Vines")])
def test_cells_that_say_different_things_may(one: str, two: str) -> None:
    assert not overlap(one, two)


def test_cells_that_say_nothing_by_themselves_are_no_options() -> None:
    poor = ["See below", "Yes", "none", "Like Adagrad", "https://example.org", "<pre>x</pre>", "It depends", "a" * 200]

    assert not [cell for cell in poor if fits(cell)]
    assert all(map(fits, ["No fixed limit", "Lines and words", "90 days", "λ"]))


def test_a_column_of_verbs_is_told_from_one_of_nouns() -> None:
    assert readings(["Stores table definitions", "Runs code", "Draws jobs"]) == ["does"] * 3
    assert readings(["Store records for a year", "Load a table", "Run the job"]) == ["do"] * 3
    assert readings(["Lines and words", "The model does not fit", "12 days", "Default for jobs", "How many?"]) == [
        "noun", "clause", "number", "other", "question",
    ]  # fmt: skip


def test_a_list_in_a_cell_reads_with_an_and_within_a_sentence() -> None:
    assert within("Transactions, foreign keys") == "transactions and foreign keys"
    assert within("Known peaks, such as noon") == "known peaks, such as noon"
    assert within("GPU, one machine") == "GPU, one machine"


def test_a_quotation_is_the_cell_as_it_is_written() -> None:
    text = SOILS.replace("Drainage rate", "Weakness").replace("25 mm", "Slugs, moss").replace("4 mm", "Deep cracks.")
    items = many(text, MultipleChoice)
    texts = [part for item in items for part in (item.stem, *(one.rationale for one in options_of(item)))]
    quotes = {quote for part in texts for quote in re.findall("“([^”]+)”", part)}
    assert {"Slugs, moss", "Deep cracks"} <= quotes
    assert all(quote in text for quote in quotes)


def test_a_word_that_stem_and_key_alone_share_gives_the_key_away() -> None:
    assert gives_away("What does the video service do?", "Takes video in", ["Takes sound in"])
    assert not gives_away("What does the video service do?", "Takes video in", ["Shows video"])


def place(path: tuple[str, ...], title: str) -> Section:
    text = f"# {title}\n\n" + "".join(f"{'#' * (at + 2)} {one}\n\n" for at, one in enumerate(path)) + "Some words.\n"
    return read(text)[-1]


@pytest.mark.parametrize(
    ("header", "path", "title", "which", "opening"),
    [
        ("Class", ("Storage classes",), "Acme S9 storage for beginners", "Acme S9 storage class", ""),
        ("Form", ("Forms of cheese",), "Dairy", "form of cheese", ""),
        ("Kind", ("Cross-validation in kinds",), "Learning", "kind of cross-validation", ""),
        ("Method", ("Adapting a model",), "Learning", "method for adapting a model", ""),
        ("Option", ("Four ways to serve soup",), "Kitchens", "option for serving soup", ""),
        ("Technique", ("Regularisation",), "Learning", "regularisation technique", ""),
        ("Leak", ("Data leakage",), "Learning", "leak", "In data leakage, "),
        ("Symptom", ("Measuring RAG",), "Search", "symptom", "When measuring RAG, "),
        ("Status", ("Bread Registry",), "Bakeries", "status", "For Bread Registry, "),
    ],
)
def test_things_are_named_by_the_headings_above_so_that_a_stem_stands_alone(
    header: str, path: tuple[str, ...], title: str, which: str, opening: str
) -> None:
    kind = kind_of(header, place(path, title), ["Mean", "Drop rows", "Early stop"], frozenset(["RAG", "Acme"]))

    assert (kind.phrase, kind.opening) == (which, opening)


def test_several_of_a_kind_are_named_so() -> None:
    assert Kind("form", "cheese", "of").many == "forms of cheese"
    assert plural("storage class") == "storage classes"


def test_choices_take_their_options_from_one_column_and_cite_its_row() -> None:
    found = many(SOILS, MultipleChoice)

    assert len(found) > 20
    for item in found:
        assert isinstance(item, MultipleChoice)
        assert len(item.options) == 4
        assert len(item.key) == 1
        right = item.options[item.key[0]]
        assert right.citation == item.citations[0]
        assert right.rationale
        assert len({option.citation.quote for option in item.options if option.citation}) == 4


def test_stems_ask_for_the_thing_by_what_the_table_says_of_it() -> None:
    found = stems(many(SOILS, MultipleChoice))

    assert "Which soil type has a drainage rate of 90 mm?" in found
    assert "Which soil type is best for late cabbages?" in found
    assert "Which soil type should be chosen when summers are long and dry?" in found
    assert "What is the drainage rate of the soil type Loam?" in found


def test_a_wrong_option_says_what_is_true_of_it() -> None:
    asked = "What is the drainage rate of the soil type Loam?"
    item = next(one for one in many(SOILS, MultipleChoice) if one.stem == asked)
    assert isinstance(item, MultipleChoice)

    said = {option.text: option.rationale for option in item.options}

    assert said["25 mm"] == item.rationale == "The drainage rate of the soil type Loam is 25 mm."
    assert said.get("90 mm", "") in ("", "The drainage rate of the soil type Sand-B is 90 mm.")


def test_a_fact_has_one_id_whichever_way_it_is_asked_and_is_asked_once() -> None:
    fact = fact_id("d" * 32, "Loam", "Drainage rate")

    assert {type(item) for seed in range(12) for item in items_of(SOILS, seed) if fact in item.facts} > {MultipleChoice}
    assert all(
        len(facts) == len(set(facts))
        for seed in range(12)
        for facts in [[fact for item in items_of(SOILS, seed) for fact in item.facts]]
    )


def test_matching_pairs_things_with_one_column() -> None:
    item = next(one for one in many(SOILS, Matching) if "best for" in one.stem)
    assert isinstance(item, Matching)

    assert item.stem == "Match each soil type to what it is best for."
    assert 3 <= len(item.pairs) <= 7
    assert all(pair.match in SOILS.partition(f"| {pair.prompt} |")[2].partition("\n")[0] for pair in item.pairs)


def test_multiple_response_asks_for_the_things_that_share_a_value() -> None:
    text = SOILS.replace("4 mm", "25 mm").replace("60 mm", "90 mm")
    item = next(one for one in many(text, MultipleResponse) if one.stem.startswith("For which"))
    assert isinstance(item, MultipleResponse)

    assert item.stem in {f"For which TWO of these soil types is the drainage rate {mm} mm?" for mm in (25, 90)}
    right = {item.options[at].text for at in item.key}
    assert right == ({"Loam", "Clay-7"} if "25" in item.stem else {"Sand-B", "Chalk-2"})
    assert len(item.options) == 5


def test_of_a_yes_or_no_column_those_are_asked_for_that_say_yes() -> None:
    rows = "".join(
        f"| Plant {mark} | {said} |\n" for mark, said in zip("ABCDEF", ["Yes"] * 2 + ["No"] * 4, strict=True)
    )
    text = f"# Beds\n\n## Plants\n\n| Plant | Needs shade |\n|---|---|\n{rows}"
    item = next(one for one in many(text, MultipleResponse))
    assert isinstance(item, MultipleResponse)

    assert item.stem == "Which TWO of these plants need shade?"
    assert {item.options[at].text for at in item.key} == {"Plant A", "Plant B"}
    assert {option.rationale for option in item.options if not option.right} <= {
        f"Plant {mark} does not need shade." for mark in "CDEF"
    }


def test_tables_with_their_things_in_columns_ask_what_is_true_of_one() -> None:
    found = [one for one in many(TOOLS, MultipleChoice) if isinstance(one, MultipleChoice)]

    assert stems(found) == {"Which of these is true of a hand saw?", "Which of these is true of a chain saw?"}
    chain = next(one for one in found if "chain" in one.stem)
    key = chain.options[chain.key[0]].text
    assert key in {
        "Cutting speed: A whole forest", "Power: Petrol", "Noise level: A small aeroplane",
        "Typical danger: Deep wounds",
    }  # fmt: skip


def test_needs_are_asked_for_what_fits_them() -> None:
    found = many(NEEDS, MultipleChoice)
    item = next(one for one in found if "photograph" in one.stem)
    assert isinstance(item, MultipleChoice)

    assert item.stem == "A team needs to hold a photograph for a day. Which glue fits best?"
    assert item.options[item.key[0]].text == "Soft putty"
    assert item.bloom.value == "apply"
    assert item.rationale == "Soft putty is the glue that fits the requirement “Hold a photograph for a day”."


def test_questions_in_rows_are_asked_as_they_are() -> None:
    text = NEEDS.replace("Requirement", "Question")
    for row, asked in (
        ("Join two wooden boards for good", "Who joins boards?"),
        ("Stick glass to metal", "Who sticks glass?"),
        ("Mend a torn paper map", "Who mends maps?"),
        ("Close a leak in a rubber hose", "Who stops leaks?"),
        ("Hold a photograph for a day", "Who holds pictures?"),
    ):
        text = text.replace(row, asked)

    assert "Which glue answers the question “Who mends maps?”" in stems(many(text, MultipleChoice))


def test_flashcards_ask_a_question() -> None:
    cards = [one for one in many(SOILS, Flashcard) if isinstance(one, Flashcard)]

    assert cards
    assert all(card.stem.endswith("?") for card in cards)


@pytest.mark.parametrize(
    "rows",
    [
        ("| Fold | Train on | Test on |", "| 1 | 1–24 | 25–27 |", "| 2 | 1–27 | 28–30 |", "| 3 | 1–30 | 31–33 |"),
        ("| Metric | Sum |", "| MAE | (10 + 40) / 2 = 25 |", "| MSE | 100 + 16 = 116 |", "| Bias | 3 / 4 |"),
        ("| Soil | Remark |", "| Loam | Good |", "| Clay | Bad |", "| Sand | Ugly |"),
        ("| Pump | Latency |", "| P-1 | seconds |", "| P-2 | minutes |", "| P-3 | hours |", "| P-4 | real time |"),
    ],
)
def test_worked_vague_and_nameless_tables_give_no_items(rows: tuple[str, ...]) -> None:
    rule = "|---" * (rows[0].count("|") - 1) + "|"
    table = "\n".join((rows[0], rule, *rows[1:]))

    assert items_of(f"# Numbers\n\n## Some values\n\n{table}\n") == []


def test_a_table_of_a_worked_example_gives_no_items() -> None:
    assert items_of(SOILS.replace("## Soil types", "## Soil types, a worked example")) == []


def test_columns_whose_numbers_reach_into_each_other_give_no_choices() -> None:
    text = SOILS
    for exact, bound in (("25 mm", "up to 25 mm"), ("4 mm", "up to 4 mm"), ("90 mm", "up to 90 mm")):
        text = text.replace(f" {exact} ", f" {bound} ")

    assert not [one for one in stems(many(text, MultipleChoice)) if "drainage rate" in one]


@pytest.mark.parametrize(
    "table",
    [
        "| Need |\n|---|\n| Rest |\n| Food |\n| Sleep |\n",
        "| Soil | Use | Use |\n|---|---|---|\n| Loam | Roses | Vines |\n| Clay | Kale | Leek |\n",
        "| Requirement | Tool | Weight |\n|---|---|---|\n| Dig | | 1 |\n| Cut | | 2 |\n| Saw | | 3 |\n",
        "| , | ; |\n|---|---|\n| , , | ; |\n| — | ... |\n",
    ],
)
def test_odd_tables_do_no_harm(table: str) -> None:
    assert items_of(f"# Odd\n\n## Odd things\n\n{table}") == []


def test_of_a_very_long_table_only_the_first_rows_are_read() -> None:
    rows = "".join(f"| Pump P-{number} | {number} kg |\n" for number in range(1, 2000))

    found = items_of(f"# Pumps\n\n## Water pumps\n\n| Pump | Weight |\n|---|---|\n{rows}")

    assert found
    assert all(int(item.citations[0].quote.split("P-")[1].split()[0]) <= 60 for item in found)


def test_the_same_seed_gives_the_same_items() -> None:
    assert [one.id for one in items_of(SOILS, 3)] == [one.id for one in items_of(SOILS, 3)]
