"""Items from lists: procedures to order, named things, what fits what need, members of a kind, and case studies."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.quiz.generators.cases import Cases
from rag.quiz.generators.categories import category, owner
from rag.quiz.generators.choices import choices
from rag.quiz.generators.choosing import Choosing
from rag.quiz.generators.item_verbs import verb_at
from rag.quiz.generators.lists import Lists
from rag.quiz.generators.members import Members
from rag.quiz.generators.procedures import Procedures
from rag.quiz.generators.siblings import nearest
from rag.quiz.generators.steps import is_instruction, without_reasons
from rag.quiz.generators.topics import in_sentence
from rag.quiz.items import CaseStudy, Flashcard, Item, Matching, MultipleChoice, MultipleResponse, Ordering, TrueFalse
from rag.quiz.making import Generator
from tests.quiz_maker import made as made_of
from tests.quiz_maker import maker, read

BREAD = """# Bread baking

## Sourdough

### How to bake a sourdough loaf

1. Mix a dough from rye flour and water.
2. Optionally add some seeds.
3. Knead the dough for ten minutes, because gluten needs work.
4. Keep the kitchen warm.
5. Bake the dough on a hot stone (about 230 degrees).
6. Test the crust by knocking on it.

### The starter

A starter grows in these steps:

1. Flour and water stand in a warm jar.
2. Wild yeast feeds on the sugar; this takes two days.
3. Bubbles then lift the paste, which doubles.
4. If the paste smells sour, the jar moves to the fridge.
5. If the paste smells bad, the jar is emptied.
6. A spoonful raises the next loaf.

### Ways to bake

The methods run from quick to slow:

1. Bake soda bread from a bowl.
2. Prove a yeast dough for an hour.
3. Leave a sourdough on a shelf overnight.

### How to stock a kitchen

1. Add a scale.
2. Set the oven to rest.
3. Keep flour dry.
4. Create a list of suppliers.

### How to hunt for mould

1. List each shelf with its age.
2. Smell every sack of flour.
3. Lift one loaf at the back.
4. Test a corner by lamp light.

### How to order flour online

1. Create a basket in the menu.
2. Run the check on the page of prices.
3. Test the button for paying.

### How to fill the example rota

1. Create a table of shifts.
2. Run the numbers.
3. Test the plan for a week.

## Machines

A large bakery has six machines:

- The mixer turns flour and water into paste; an old one is loud.
- The prover keeps pieces warm and damp.
- The divider cuts paste into equal parts.
- The slicer slices whole loaves.
- The cooler blows cold air over shelves.
- Conveyors carry loaves to the shop.

## What to choose

Rye keeps longer, and wheat rises higher.

- "Bread without yeast" means soda bread; "buns for the freezer" means rye rolls.
- A crust that crackles aloud calls for steam trays, not dry heat.
- Many small rolls before breakfast need night shifts.
- Rye or wheat: dense dark loaves against light airy rolls.

## Orders of the week

| Situation | Fitting bread |
|---|---|
| A wedding with two hundred guests | Braided loaf |
| Lunch boxes of school children | Milk roll |
| Soup evening at the town hall | Garlic baguette |
| Picnic far from any shop | Crisp bread |
| Voyage of three months | Oat biscuit |
| Market stall in cold rain | Onion pie |

## Kinds

Types of grain are the following:

- Winter spelt, which grows on poor soil
- Durum semolina
- Pearl barley

Signs of old age are these:

- Dull crust
- Hard crumb
- Blue mould

Remedies for sticky paste are the following:

- Floured hands
- Oiled bowl
- Longer rest
"""


STALL = """# Night markets

## Stalls

A night market has these features:

- Canary sells one basket to a few guests.
- Gateway brings goods from the harbour.
- Memory keeps tickets until dawn.
- JadeRoof lends umbrellas to walkers.
- Lantern shows the way out.
"""


def made(generator: Generator, text: str = BREAD, seed: int = 1) -> list[Item]:
    return made_of(generator, text, seed)


def key(item: MultipleChoice | MultipleResponse) -> str:
    return item.options[item.key[0]].text


def ordered() -> dict[str, tuple[str, ...]]:
    return {item.stem: item.steps for item in made(Procedures()) if isinstance(item, Ordering)}


class TestProcedures:
    def test_steps_are_cut_to_what_is_done_and_steps_that_fit_anywhere_are_left_out(self) -> None:
        assert ordered()["Put the steps to bake a sourdough loaf in the right order."] == (
            "Mix a dough from rye flour and water",
            "Knead the dough for ten minutes",
            "Bake the dough on a hot stone",
            "Test the crust by knocking on it",
        )

    def test_where_the_text_states_the_order_steps_lose_their_order_words_and_only_one_branch_stays(self) -> None:
        steps = next(steps for stem, steps in ordered().items() if "starter" in stem)
        assert steps == (
            "Flour and water stand in a warm jar",
            "Wild yeast feeds on the sugar",
            "Bubbles then lift the paste",
            "If the paste smells sour, the jar moves to the fridge",
            "A spoonful raises the next loaf",
        )

    def test_choices_on_a_scale_are_put_in_its_order(self) -> None:
        stem = next(stem for stem in ordered() if stem.endswith("in order, from quick to slow."))
        assert ordered()[stem][0] == "Bake soda bread from a bowl"

    @pytest.mark.parametrize("no_procedure", ["stock", "hunt", "order flour", "example", "rota"])
    def test_settings_clicks_examples_and_steps_in_any_order_are_no_procedures(self, no_procedure: str) -> None:
        assert not [stem for stem in ordered() if no_procedure in stem]

    def test_every_step_is_cited(self) -> None:
        assert all(len(item.citations) == len(item.steps) for item in made(Procedures()) if isinstance(item, Ordering))

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("Knead it, because gluten needs work", "Knead it"),
            ("Feed the jar; it may smell", "Feed the jar"),
            ("cut, fold and roll the paste", "cut, fold and roll the paste"),
            ("weigh the flour, and the sum is right", "weigh the flour"),
            ("use a tin, such as an old one", "use a tin"),
        ],
    )
    def test_a_main_clause_has_no_reasons_and_examples(self, text: str, shown: str) -> None:
        assert without_reasons(text) == shown

    def test_an_instruction_begins_with_a_plain_verb(self) -> None:
        assert is_instruction("Keep flour dry")
        assert is_instruction("Initiate a review")
        assert not is_instruction("Mixers turn flour into paste")
        assert not is_instruction("Compute Optimizer finds sizes")


class TestLists:
    def test_things_are_matched_with_what_they_do_and_a_name_in_its_own_fact_is_left_out(self) -> None:
        matching = next(item for item in made(Lists()) if isinstance(item, Matching))
        assert matching.stem == "In a large bakery, match each machine with what it does."
        assert {one.prompt: one.match for one in matching.pairs} == {
            "Mixer": "Turns flour and water into paste",
            "Prover": "Keeps pieces warm and damp",
            "Divider": "Cuts paste into equal parts",
            "Cooler": "Blows cold air over shelves",
            "Conveyors": "Carries loaves to the shop",
        }

    def test_wrong_options_are_what_is_said_of_the_other_things(self) -> None:
        asked = [item for seed in range(6) for item in made(Lists(), seed=seed) if isinstance(item, MultipleChoice)]
        item = next(item for item in asked if item.stem == "In a large bakery, what does the divider do?")
        assert key(item) == "Cuts paste into equal parts"
        wrong = {one.text: one.rationale for one in item.options if not one.right}
        assert wrong["Keeps pieces warm and damp"] == "The prover keeps pieces warm and damp."
        which = next(item for item in asked if item.stem.startswith("In a large bakery, which machine "))
        assert {one.text for one in which.options} == {"Mixer", "Prover", "Divider", "Cooler"}

    def test_the_verb_of_a_card_agrees_with_its_thing(self) -> None:
        cards = {item.stem: item.back for item in made(Lists()) if isinstance(item, Flashcard)}
        assert cards["In a large bakery, what do conveyors do?"] == "Carry loaves to the shop."

    def test_a_question_names_what_its_things_belong_to(self) -> None:
        asked = [item for seed in range(6) for item in made(Lists(), STALL, seed) if isinstance(item, MultipleChoice)]
        stems = {item.stem for item in asked}
        assert any(stem.startswith("In a night market, which of these ") for stem in stems)
        assert not any(stem.startswith("Which") for stem in stems)

    def test_a_word_that_only_the_list_makes_a_name_stands_in_quotation_marks(self) -> None:
        cards = {item.stem for item in made(Lists(), STALL) if isinstance(item, Flashcard)}
        assert "In a night market, what does “Canary” do?" in cards

    @pytest.mark.parametrize(
        ("words", "verb"),
        [
            ("The driver plans the work", "plans"),
            ("Data filters limit rows and cells", "limit"),
            ("Core nodes run tasks and store blocks", "run"),
            ("Trend is the long-term direction", "is"),
            ("Word filters for exact words", None),
            ("A large jar must stand warm", None),
        ],
    )
    def test_the_verb_of_an_item_is_found_or_none(self, words: str, verb: str | None) -> None:
        found = verb_at(words.split(), ())
        assert (words.split()[found] if found is not None else None) == verb

    @pytest.mark.parametrize(
        ("phrase", "context", "expected"),
        [
            ("Rye loaves", "A bakery sells rye loaves. Rye loaves keep well.", "rye loaves"),
            ("Provence loaves", "Loaves of Provence, made in provence style.", "Provence loaves"),
            ("Chorleywood Process", "The Chorleywood Process is quick.", "Chorleywood Process"),
            ("A sponge", "A sponge rises.", "a sponge"),
            ("Mozhets, rolls and buns", "Bakers sell mozhets.", "mozhets, rolls and buns"),
        ],
    )
    def test_a_name_keeps_its_capital_within_a_sentence(self, phrase: str, context: str, expected: str) -> None:
        assert in_sentence(phrase, context) == expected

    def test_a_category_is_read_from_the_lead_the_names_or_the_heading(self) -> None:
        assert category("A cluster has three kinds of node:", ["the primary node", "executors"]) == "kind of node"
        assert category("Useful transforms are these:", ["Filter", "Join"]) == "transform"
        assert category("It works so:", ["the input gate", "the output gate"]) == "gate"
        assert category("", ["label shift", "skew"], "Kinds of drift") == "kind of drift"
        assert category("Key ideas are these:", ["tags", "filters"]) == ""
        assert owner("A telescope has three parts:") == "A telescope"


class TestChoosing:
    def test_needs_and_what_fits_them_are_read_from_lists_and_tables(self) -> None:
        found = {one.need: (one.thing, one.rival) for one in choices(read(BREAD))}
        assert found["buns for the freezer"] == ("rye rolls", "")
        assert found["A crust that crackles aloud"] == ("steam trays", "dry heat")
        assert found["Many small rolls before breakfast"] == ("night shifts", "")
        assert found["dense dark loaves"] == ("Rye", "wheat")
        assert found["light airy rolls"] == ("wheat", "Rye")
        assert found["Picnic far from any shop"] == ("Crisp bread", "")

    def test_a_thing_that_shares_a_word_with_its_need_gives_itself_away(self) -> None:
        assert "Bread without yeast" not in {one.need for one in choices(read(BREAD))}

    def test_two_things_set_against_one_another_make_statements_that_are_true_or_false(self) -> None:
        told = [item for seed in range(8) for item in made(Choosing(), seed=seed) if isinstance(item, TrueFalse)]
        truth = {item.stem: item.answer for item in told}
        assert (
            truth["True or false: in bread baking, of “Rye” and “Wheat”, “Dense dark loaves” points to “Rye”."] is True
        )
        assert (
            truth["True or false: in bread baking, of “Rye” and “Wheat”, “Dense dark loaves” points to “Wheat”."]
            is False
        )

    def test_a_need_of_a_word_or_two_is_too_little_to_be_matched(self) -> None:
        wants = ("Old flour", "Loaves for a wedding feast", "Soup for tired night guards", "Crumbs for birds in winter")
        fits = ("a sieve", "a stone oven", "a copper pot", "a tin box")
        lines = "".join(f"- {want} points to {fit}.\n" for want, fit in zip(wants, fits, strict=True))
        item = next(item for item in made(Choosing(), f"# Kitchen tools\n\n{lines}") if isinstance(item, Matching))
        assert {one.prompt for one in item.pairs} == set(wants[1:])

    def test_a_list_that_only_says_what_things_need_is_no_list_of_choices(self) -> None:
        text = "# Ovens\n\n## Care\n\n- Old ovens need fresh air.\n- Doors close well.\n- Bricks last long.\n"
        assert not choices(read(text))

    def test_needs_of_one_choice_are_asked_for_among_needs_of_others(self) -> None:
        text = BREAD.replace("| Picnic far", "| Breakfast at a camp site | Crisp bread |\n| Picnic far")
        item = next(item for item in made(Choosing(), text) if isinstance(item, MultipleResponse))
        assert [one.number for one in item.citations] == [1, 2]
        assert item.stem == "Which TWO of these requirements point to “Crisp bread”?"
        right = {one.text for one in item.options if one.right}
        assert right == {"Breakfast at a camp site", "Picnic far from any shop"}
        assert all("Crisp bread" not in one.rationale for one in item.options if not one.right)


class TestMembers:
    def test_wrong_members_are_of_other_kinds(self) -> None:
        asked = {item.stem: item for item in made(Members()) if isinstance(item, MultipleResponse)}
        item = asked["Which TWO of these are types of grain?"]
        right = {one.text for one in item.options if one.right}
        assert right < {"Winter spelt", "Durum semolina", "Pearl barley"}
        assert len(right) == 2
        assert all(not one.text.endswith(("barley", "spelt", "semolina")) for one in item.options if not one.right)
        assert len({one.rationale for one in item.options}) == 5

    def test_a_line_that_may_be_the_name_of_what_its_list_describes_is_no_kind(self) -> None:
        text = BREAD.replace("Types of grain are the following", "Video Streams")
        assert not [item for item in made(Members(), text) if "Video" in item.stem]


class TestCases:
    def test_a_case_weaves_needs_into_a_scenario_and_asks_for_each(self) -> None:
        case = next(item for item in made(Cases()) if isinstance(item, CaseStudy))
        assert len(case.items) == 3
        fits = {one.wanted: one.title for one in choices(read(BREAD))}
        for question in case.items:
            need = next(need for need in fits if need in question.stem)
            assert need in case.stem
            assert key(question) == fits[need]
            assert question.citations[0].quote.strip("| ").startswith(need)
        assert not any(key(question) in case.stem for question in case.items)

    def test_no_question_of_a_case_shows_the_key_of_another_among_its_options(self) -> None:
        for seed in range(6):
            case = next(item for item in made(Cases(), seed=seed) if isinstance(item, CaseStudy))
            keys = {key(question) for question in case.items}
            assert all(len(keys & {one.text for one in question.options}) == 1 for question in case.items)

    def test_where_few_other_choices_are_left_a_case_asks_for_two(self) -> None:
        text = BREAD.replace("| Market stall in cold rain | Onion pie |\n", "")
        assert [len(item.items) for item in made(Cases(), text) if isinstance(item, CaseStudy)] == [2]

    def test_the_citations_of_a_case_are_those_of_its_questions_numbered_through(self) -> None:
        case = next(item for item in made(Cases()) if isinstance(item, CaseStudy))
        assert [one.number for one in case.citations] == list(range(1, len(case.citations) + 1))
        assert {one.start for one in case.citations} == {one.start for item in case.items for one in item.citations}

    def test_without_choices_side_by_side_there_is_no_case(self) -> None:
        assert not made(Cases(), BREAD.partition("## What to choose")[0])


GENERATORS: Sequence[Generator] = (Procedures(), Lists(), Choosing(), Members(), Cases())


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda one: one.name)
def test_the_same_text_and_seed_give_the_same_items(generator: Generator) -> None:
    first, again = made(generator), made(generator)
    assert first
    assert [item.id for item in first] == [item.id for item in again]


def test_wrong_options_never_say_what_the_key_or_another_says() -> None:
    others = ["Kafka Connect", "rye flour", "flour", "spelt"]
    assert set(nearest(maker(""), "Kafka", others, str, 3)) in ({"rye flour", "spelt"}, {"flour", "spelt"})


_words = st.lists(
    st.sampled_from("a the dough is bakes runs set Rye of or : ; , . 1. - (old) means and yeast it".split())
)
_lists = st.lists(_words.map(" ".join), min_size=3, max_size=6)


@settings(max_examples=40, deadline=None)
@given(_lists, st.booleans(), _words.map(" ".join))
def test_any_list_gives_whole_items_or_none(items: list[str], numbered: bool, lead: str) -> None:
    marks = [f"{at}." if numbered else "-" for at in range(1, 7)]
    listed = [f"{mark} {one}" for mark, one in zip(marks, items, strict=False)]
    text = "\n".join(["# How to bake", "", f"{lead}:", "", *listed])
    for generator in GENERATORS:
        for item in made(generator, text):
            assert item.stem.strip()
            assert item.citations
