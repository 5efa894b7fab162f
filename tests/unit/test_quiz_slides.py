"""Items from notes, slides and textbooks: bullets under names, labels, terms with "the", and what has which parts."""

from __future__ import annotations

import pytest

from rag.quiz.generators.acronyms import Acronyms
from rag.quiz.generators.asked import Asked
from rag.quiz.generators.definites import definite_terms, without_the
from rag.quiz.generators.fragments import cleaned, form_of, is_telling
from rag.quiz.generators.notes import Note, Notes
from rag.quiz.generators.owners import is_facet, label, owner_in
from rag.quiz.generators.parts import Parts
from rag.quiz.generators.said import said, without_furniture
from rag.quiz.generators.slides import Slides
from rag.quiz.items import Flashcard, Item, Matching, MultipleChoice, MultipleResponse, TrueFalse
from rag.quiz.rules import Evidence, findings
from tests.fakes import HashEmbedder
from tests.quiz_maker import made, maker, read

SLIDES = """# Garden machines

# HedgeMaster - Overview

- Trims thick hedges around public parks
- Used to shape climbing roses (e.g. arches)
- Must be oiled before winter storage
- Not for lawns

# PondCleaner

- Features
  - Filters algae from shallow water
  - Powered by a floating solar panel
- Use cases:
  - Preparing fish tanks for exhibitions
- https://example.org/pond -> shop

# SeedRobot

- Plants bulbs along straight furrows
- Built for stony mountain terraces
- Can carry forty crates of barley

# LeafBlower: Facts

- Clears gravel paths after autumn storms
- Driven by compressed air cylinders
- It is shown on this slide

# HedgeMaster vs SeedRobot

- HedgeMaster
  - Runs on lithium batteries
- SeedRobot
  - Steers itself by satellite
"""

LABELS = """# Telescope notes

KeplerScope: a mirror telescope for faint nebulae

RadioDish - listens for pulsars at night

SunFilter -> a dark glass that protects young observers

StarAtlas: describes nine thousand northern stars

Example: this is one of many

CCD: charge-coupled device
"""

BONES = """# Bones of the arm

The ulna is a long thin bone on the inner side of the forearm. The olecranon is a large hook that forms the tip of the
elbow (). Muscles pull on the ulna and on the olecranon. A joint that lets a bone turn about its own axis is called a
pivot joint. The forearm flexors include the brachialis, the brachioradialis and the pronator teres. The wrist
extensors include the anconeus, the supinator and the extensor indicis. The bony pelvis consists of the ilium, the
ischium and the pubis. The next column shows a table.
"""


def notes(text: str) -> list[Note]:
    return list(Notes(maker(text)))


def of(name: str, text: str = SLIDES) -> list[str]:
    return [note.says for note in notes(text) if note.name == name]


def judged(item: Item, text: str) -> list[str]:
    from rag.extractive.match import VectorMemory
    from rag.grounding.ground import PlainGrounding

    embedder = HashEmbedder()
    evidence = Evidence(read(text), VectorMemory(embedder).vectors, PlainGrounding(embedder))
    return [one.rule for one in findings(item, evidence) if one.hard and not one.rule.startswith("solver")]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**Great for hedges** (Eg: box, yew), etc.", "Great for hedges"),
        ("It cuts wood – new!", "Cuts wood"),
        ("Needs 'soft' water, because lime harms it", "Needs “soft” water"),
        ("Spring -> summer", ""),
        ("See these slides", ""),
        ("No moving parts", ""),
        ("Useful for", ""),
        ("Cheap", ""),
    ],
)
def test_a_note_is_cleaned_or_left_out(text: str, plain: str) -> None:
    assert cleaned(text) == plain


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Trims thick hedges", "does"),
        ("Listens for pulsars", "does"),
        ("Types of pulsars", "noun"),
        ("Built for mountains", "is"),
        ("Retain keeps the bucket", ""),
        ("Can carry barley", "can"),
        ("Used for alerts", "is"),
        ("Shards are ordered", "clause"),
        ("Run batch jobs as images", "verb"),
        ("A store for old records", "noun"),
        ("Granting access to a garden", "noun"),
        ("Even deeper", ""),
    ],
)
def test_how_a_fragment_goes_on_after_its_name_is_told_or_left_open(text: str, form: str) -> None:
    assert form_of(text) == form


def test_what_holds_of_many_or_names_the_thing_tells_nothing() -> None:
    assert not is_telling("Fully managed service", "PondCleaner")
    assert not is_telling("Cleans every pond", "PondCleaner")
    assert is_telling("Filters algae from shallow water", "PondCleaner")


def test_a_heading_and_a_bullet_own_what_stands_under_them() -> None:
    assert of("HedgeMaster") == [
        "Trims thick hedges around public parks",
        "Used to shape climbing roses",
        "Must be oiled before winter storage",
        "Runs on lithium batteries",
    ]
    assert "Steers itself by satellite" in of("SeedRobot")
    assert not [note for note in notes(SLIDES) if "vs" in note.name]


def test_a_facet_is_no_owner_but_is_told() -> None:
    facets = {note.says: note.facet for note in notes(SLIDES) if note.name == "PondCleaner"}
    assert facets == {
        "Filters algae from shallow water": "feature",
        "Powered by a floating solar panel": "feature",
        "Preparing fish tanks for exhibitions": "use case",
    }
    assert is_facet("Weaknesses:")
    assert not is_facet("PondCleaner features")


def test_labels_of_all_kinds_name_what_their_line_is_about() -> None:
    assert label("RadioDish - listens for pulsars") == ("RadioDish", "listens for pulsars")
    assert label("SunFilter -> a dark glass") == ("SunFilter", "a dark glass")
    assert label("Example: one of many") is None
    assert label("By date: one folder a day") is None
    assert label("normal -> continuous") is None
    assert owner_in("NTP – Network Time Protocol").name == "NTP"
    assert owner_in("Types of errors").name == ""


def test_a_slip_of_the_pen_is_not_asked_for() -> None:
    assert "Plants bulbs along straight furrows" in of("SeedRobot")
    slip = of("SeedRobot", SLIDES.replace("straight furrows", "straihgt furrows"))
    assert slip
    assert not any("straihgt" in says for says in slip)


def test_each_form_gets_a_question_of_its_own() -> None:
    stems = {item.stem for item in made(Slides(), SLIDES)}
    assert {"Which of these clears gravel paths after autumn storms?", "What does LeafBlower do?"} & stems
    assert {"Which of these is built for stony mountain terraces?", "Which description fits SeedRobot?"} & stems
    assert "What is HedgeMaster used to?" not in stems


def test_wrong_options_are_true_of_other_things_and_the_rules_find_nothing() -> None:
    choices = [item for item in made(Slides(), SLIDES) if isinstance(item, MultipleChoice)]
    assert choices
    for item in choices:
        key = next(one for one in item.options if one.right)
        assert all(one.rationale != key.rationale and one.citation for one in item.options if not one.right)
        assert len({one.text for one in item.options}) == MultipleChoice.SIZE
        assert not judged(item, SLIDES)


def test_a_thing_of_which_the_text_says_the_same_is_no_wrong_option() -> None:
    def beside_leaf_blower(text: str) -> set[str]:
        choices = [item for item in made(Slides(), text) if isinstance(item, MultipleChoice)]
        return {one.text for item in choices if "gravel" in item.stem for one in item.options}

    assert "HedgeMaster" in beside_leaf_blower(SLIDES)
    also = "\n# Hints\n\nHedgeMaster clears gravel paths after heavy autumn storms as well.\n"
    assert "HedgeMaster" not in beside_leaf_blower(SLIDES + also)


def test_a_false_statement_is_true_of_another_thing() -> None:
    truths = [item for item in made(Slides(), SLIDES) if isinstance(item, TrueFalse)]
    assert {item.answer for item in truths} == {True, False}
    assert all(not judged(item, SLIDES) for item in truths)


def test_a_definition_becomes_a_flashcard_with_its_article() -> None:
    cards = {item.stem: item.back for item in made(Slides(), LABELS) if isinstance(item, Flashcard)}
    assert cards["What is KeplerScope?"] == "A mirror telescope for faint nebulae."
    assert cards["What does RadioDish do?"] == "It listens for pulsars at night."


def test_things_of_one_slide_are_matched_with_what_is_said_of_them() -> None:
    text = """# Three lamps

- **GlowTube**
  - Illuminates narrow mine shafts
- **FlashCube**
  - Marks runways during fog
- **MoonLamp**
  - Dries printed film slowly
"""
    (item,) = [item for item in made(Slides(), text) if isinstance(item, Matching)]
    assert {pair.prompt: pair.match for pair in item.pairs} == {
        "GlowTube": "Illuminates narrow mine shafts",
        "FlashCube": "Marks runways during fog",
        "MoonLamp": "Dries printed film slowly",
    }


def test_a_short_form_before_a_colon_is_spelt_out() -> None:
    (item,) = made(Acronyms(), LABELS)
    assert item.stem == "What does CCD stand for?"


def test_a_term_that_is_always_written_with_the_stands_alone() -> None:
    terms = definite_terms(read(BONES))
    assert "olecranon" in terms
    assert "ulna" not in terms  # lexicons have it, and twice is not often
    assert not any("column" in term for term in terms)
    assert without_the("The olecranon is large.", terms) == "olecranon is large."
    assert without_the("The table is long.", terms) == "The table is long."


def test_a_term_of_which_there_are_many_does_not_stand_alone() -> None:
    assert "olecranon" not in definite_terms(read(BONES + "An olecranon heals slowly.\n"))


def test_a_reference_to_a_figure_is_left_out_of_what_is_said() -> None:
    told = {one.subject: one for one in said(maker(BONES))}
    assert told["the olecranon"].full.endswith("the tip of the elbow.")


def test_a_heading_that_ran_into_its_sentence_is_left_out() -> None:
    assert without_furniture("The Ulna The ulna is a bone ().") == "The ulna is a bone."
    assert without_furniture("Growth Growth is slow.") == "Growth is slow."
    assert without_furniture("Vitamin A is found in carrots.") == "Vitamin A is found in carrots."


def test_what_something_is_called_may_hold_a_clause() -> None:
    told = {one.subject: one.rest for one in said(maker(BONES))}
    assert told["a pivot joint"] == "a joint that lets a bone turn about its own axis"


def test_parts_of_one_whole_stand_beside_parts_of_others() -> None:
    items = [item for item in made(Parts(), BONES) if isinstance(item, MultipleResponse)]
    stems = {item.stem for item in items}
    assert "Which TWO of these belong to the forearm flexors?" in stems
    assert "Which TWO of these are parts of the bony pelvis?" in stems
    for item in items:
        assert sum(one.right for one in item.options) == 2
        assert len(item.options) == 5


def test_a_part_that_a_text_names_with_another_whole_is_no_wrong_option() -> None:
    text = BONES + "Some atlases count the supinator among the forearm flexors.\n"
    items = [item for item in made(Parts(), text) if "forearm flexors" in item.stem]
    assert items
    assert not any(one.text == "Supinator" for item in items for one in getattr(item, "options", ()))


def test_a_question_that_notes_answer_becomes_a_flashcard() -> None:
    text = """# Bees

Q: How does a bee tell others of a meadow? A: By a dance on the comb.

Q: Why is it so?

A: Nobody knows.

- What does a queen bee need in winter?
  - Warm workers around her
  - Honey from the comb
- How do you choose the best one?
  - By its colour
"""
    cards = {item.stem: item.back for item in made(Asked(), text) if isinstance(item, Flashcard)}
    assert cards == {
        "How does a bee tell others of a meadow?": "By a dance on the comb.",
        "What does a queen bee need in winter?": "Warm workers around her; Honey from the comb.",
    }
    assert not any(judged(item, text) for item in made(Asked(), text))


def test_the_same_notes_and_seed_give_the_same_items() -> None:
    assert [item.id for item in made(Slides(), SLIDES)] == [item.id for item in made(Slides(), SLIDES)]
