"""Items made from sentences: definitions, figures, short forms, true or false, gaps, flashcards, short answers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.quiz.generators.acronyms import Acronyms, spelt_out
from rag.quiz.generators.beside import Terms, can_mislead
from rag.quiz.generators.claims import main_clause
from rag.quiz.generators.cloze import Gaps
from rag.quiz.generators.definitions import Definitions
from rag.quiz.generators.figures import figures
from rag.quiz.generators.near_numbers import near, value
from rag.quiz.generators.numbers import Numbers
from rag.quiz.generators.recall import Recall
from rag.quiz.generators.said import Said, said
from rag.quiz.generators.true_false import TrueFalseStatements
from rag.quiz.items import Cloze, Flashcard, Item, MultipleChoice, ShortAnswer, TrueFalse
from rag.quiz.making import Generator
from tests.quiz_maker import made as made_of
from tests.quiz_maker import maker

TEXT = """# The observatory

## Rooms

A star cellar is a cold room that protects glass plates from damp. A plate lift carries glass plates from the
dome to the darkroom. A wind shutter closes the dome slit during storms. A dew heater warms the corrector
lens at night. A clock drive turns the telescope against the rotation of Earth. It is wound each morning.
The Drift Recorder keeps readings for 30 days by default, so old nights are lost. A guide camera holds up to
500 frames in memory. The Plate Archive accepts at most 40 MB in one upload. Visitors pay 3 dollars.

A spectrum tube (ST) splits starlight into colours. The light intensity meter (LIM) measures dusk.
A narrow strip of cleaned glass is called a witness plate.

Older notes give another number. When the dome opens, the mirror cools. A higher dome costs more than a wall.

## Worked example: counting frames

A guide camera holds 20 frames. A test camera stores 4 frames.
"""


def made(generator: Generator, text: str = TEXT, seed: int = 7) -> list[Item]:
    return made_of(generator, text, seed)


def by_term(text: str = TEXT) -> dict[str, Said]:
    return {one.term: one for one in said(maker(text))}


def test_what_is_said_of_terms_is_read_from_sentences_that_stand_alone() -> None:
    found = by_term()
    assert found["star cellar"].kind == "is"
    assert found["plate lift"].claim == "carries glass plates from the dome to the darkroom"
    assert not {"it", "mirror", "notes", "test camera"} & set(found)


def test_what_something_is_called_is_a_definition_of_the_name() -> None:
    witness = by_term()["witness plate"]
    assert (witness.subject, witness.claim) == ("a witness plate", "is a narrow strip of cleaned glass")


def test_cases_and_degrees_are_no_terms() -> None:
    found = by_term("# Domes\n\nA higher dome costs the town money. The dome team opens the slit each night.\n")
    assert not any(one.is_telling for one in found.values())


@pytest.mark.parametrize(
    ("rest", "kept"),
    [
        ("readings for 30 days, so old nights are lost", "readings for 30 days"),
        ("plates, glass and film", "plates, glass and film"),
        ("dry plates while Annex Two keeps the rest", "dry plates"),
        ("the slit shut while a storm lasts", "the slit shut while a storm lasts"),
        ("a flow: a graph of steps", "a flow"),
        ("the slit, and the keeper locks the door", "the slit"),
        ("light, because glass is dense unless it is cold", "light, because glass is dense unless it is cold"),
        ("which node an entry, such as a user, uses", "which node an entry, such as a user, uses"),
    ],
)
def test_what_only_explains_is_cut_and_conditions_stay(rest: str, kept: str) -> None:
    assert main_clause(rest) == kept


def test_definitions_are_asked_in_both_directions_with_true_claims_of_other_terms_beside() -> None:
    stems = set()
    for seed in range(6):
        for item in made(Definitions(), seed=seed):
            assert isinstance(item, MultipleChoice)
            assert len(item.options) == MultipleChoice.SIZE
            assert len(item.key) == 1
            stems.add(item.stem)
            for option in item.options:
                assert option.rationale in TEXT.replace("\n", " ")
                assert option.right or option.citation is not None
    assert "Which of these closes the dome slit during storms?" in stems
    assert "What does a wind shutter do?" in stems


def test_a_term_is_not_asked_for_where_what_is_said_of_it_names_it() -> None:
    told = "A slit board is a board that holds the keys of the slit. A moonlight screen dims the light at night."
    stems = [item.stem for item in made(Definitions(), f"{TEXT}\n## Boards\n\n{told}\n")]
    assert not any("slit board" in stem or "keys of the slit" in stem for stem in stems)
    assert not any("moonlight screen" in stem or "dims the light" in stem for stem in stems)


def test_no_term_stands_beside_another_of_which_the_text_may_say_the_same() -> None:
    text = TEXT + "\n## Storms\n\nDuring storms a dew heater or a wind shutter closes the dome slit.\n"
    given = maker(text)
    found = said(given)
    shutter = next(one for one in found if one.term == "wind shutter")
    others = {one.term for one in Terms(given, found).beside(shutter, lambda _: True)}
    assert "plate lift" in others
    assert "dew heater" not in others


def test_no_parent_or_maker_no_word_for_a_state_and_no_mere_detail_stands_beside_a_term() -> None:
    text = (
        "# Comets\n\nThe Night Dome locks each eyepiece away. The Star Ledger lists comets by year. The Dome Archive"
        " covers bright lamps with felt. Lens fogging means that damp dims each photograph. Wendelin has two jobs."
        " Zeitz grinds mirrors for the town, such as Zeitz Ruby, Zeitz Opal and Zeitz Jade.\n"
    )
    given = maker(text)
    found = said(given)
    dome = next(one for one in found if one.term == "Night Dome")
    assert {"Dome Archive", "lens fogging", "Wendelin", "Zeitz"} < {one.term for one in found}
    beside = Terms(given, found).beside(dome, lambda other: can_mislead(other, dome))
    assert [one.term for one in beside] == ["Star Ledger"]


def test_a_name_before_a_noun_makes_no_gap() -> None:
    gums = {"lens": "Quorbal", "door": "Zemtar", "roof": "Vontol", "lamp": "Braxel", "desk": "Tulmen", "pipe": "Dorvik"}
    kits = [f"A {kit} kit blocks all damp with a clear {gum}{{}} in one season." for kit, gum in gums.items()]
    whole = TEXT + "\n## Glue\n\n" + " ".join(kits) + "\n"
    asked = {after: made(Gaps(), whole.replace("{}", after)) for after in ("", " film")}
    assert any("kit blocks" in item.stem for item in asked[""])
    assert not any("kit blocks" in item.stem for item in asked[" film"])


def test_the_same_text_and_seed_give_the_same_items() -> None:
    for generator in (Definitions(), Numbers(), Acronyms(), Recall(), TrueFalseStatements(), Gaps()):
        assert made(generator) == made(generator)


def test_figures_are_asked_for_with_their_unit_and_bound() -> None:
    asked = {one.question: one.answer for one in figures(said(maker(TEXT))) if one.question}
    assert asked == {
        "For how many days does the Drift Recorder keep readings by default?": "30 days",
        "Up to how many frames does a guide camera hold in memory?": "500 frames",
        "At most how many MB does the Plate Archive accept in one upload?": "40 MB",
    }


def test_numbers_are_sorted_and_those_of_the_document_come_with_what_they_belong_to() -> None:
    text = TEXT + "\n## Wax\n\nSealing wax dries within 90 days.\n"
    item = next(one for one in made(Numbers(), text) if "Drift" in one.stem)
    assert isinstance(item, MultipleChoice)
    amounts = [value(option.text.split()[0]) for option in item.options]
    assert amounts == sorted(amounts)
    assert len(set(amounts)) == MultipleChoice.SIZE
    wax = next(option for option in item.options if option.text == "90 days")
    assert "Sealing wax" in wax.rationale
    assert wax.citation is not None


def test_a_number_that_the_text_gives_for_the_same_question_is_never_wrong() -> None:
    text = TEXT + "\n## Again\n\nBy default the keeper lets the Drift Recorder keep readings for 60 days.\n"
    for seed in range(12):
        item = next(one for one in made(Numbers(), text, seed) if "Drift" in one.stem)
        assert isinstance(item, MultipleChoice)
        assert "60 days" not in [option.text for option in item.options]


def test_near_numbers_go_by_the_scale_of_what_is_counted() -> None:
    assert near("24", "hours", (), 1, 2) == ["12", "36", "48"]
    assert near("512", "MB", (), 1, 1) == ["256", "1,024"]
    assert near("1,000", "records", {2000.0}, 1, 1) == ["500", "2,500"]
    assert "24" not in near("24", "hours", (), 9, 9)


def test_short_forms_are_spelt_out_by_their_first_letters() -> None:
    assert spelt_out("The Kinesis Producer Library ", "KPL") == "Kinesis Producer Library"
    assert spelt_out("a directed acyclic graph ", "DAG") == "directed acyclic graph"
    assert spelt_out("the mean time between failures ", "MTF") == ""
    assert spelt_out("an area under the curve ", "AUC") == "area under the curve"


def test_short_forms_are_asked_for_in_full_and_never_as_a_choice() -> None:
    items = made(Acronyms())
    assert {item.stem for item in items} == {"What does ST stand for?", "What does LIM stand for?"}
    assert all(isinstance(item, Flashcard | ShortAnswer) for item in items)
    assert {item.rationale for item in items} == {
        "ST stands for spectrum tube.",
        "LIM stands for light intensity meter.",
    }


def test_false_statements_say_of_a_term_what_is_true_of_another_or_change_the_number() -> None:
    items = made(TrueFalseStatements())
    wrong = [item for item in items if isinstance(item, TrueFalse) and not item.answer]
    assert wrong
    for item in wrong:
        assert item.stem.removeprefix("True or false: ") not in TEXT.replace("\n", " ")
        assert ", not " in item.rationale


def test_true_statements_are_hardly_more_than_false_ones() -> None:
    kept = " ".join(
        f"The {name} Archive keeps its glass plates for 30 days." for name in ("Old", "Lee", "Orr", "Fay", "Ash")
    )
    more = " ".join(
        f"The {name} Recorder holds 500 frames in its memory." for name in ("Elm", "Oak", "Fir", "Yew", "Box")
    )
    items = made(TrueFalseStatements(), f"{TEXT}\n## More\n\n{kept} {more}\n")
    answers = [item.answer for item in items if isinstance(item, TrueFalse)]
    assert len(answers) > 4
    assert abs(answers.count(True) - answers.count(False)) <= 1


def test_a_gap_fills_to_the_sentence_of_the_text() -> None:
    text = TEXT + "\n## Glue\n\nA lens kit is sealed with a coat of Canada Balsam for 45 days.\n"
    items = made(Gaps(), text)
    assert items
    for item in items:
        assert isinstance(item, Cloze)
        assert item.stem.count(Cloze.BLANK) == 1
        filled = item.stem.replace(Cloze.BLANK, item.answers[0]).rstrip(".")
        assert filled in text.replace("\n", " ")


def test_flashcards_ask_a_question_and_short_answers_accept_the_term_with_and_without_its_article() -> None:
    items = made(Recall())
    for item in items:
        assert item.stem.endswith("?")
    named = [item for item in items if isinstance(item, ShortAnswer) and item.stem.endswith("called?")]
    assert all(ways[1].endswith(ways[0]) for item in named for ways in item.key_facts if len(ways) > 1)
    assert any(isinstance(item, Flashcard) for item in items)


def test_every_item_quotes_the_text() -> None:
    generators: Sequence[Generator] = (Definitions(), Numbers(), Acronyms(), Recall(), TrueFalseStatements(), Gaps())
    for generator in generators:
        for item in made(generator):
            assert item.generator == generator.name
            assert all(one.quote == TEXT[one.start : one.end] for one in item.citations)
