"""Each rule lets a good item pass, and finds what is wrong with a bad one."""

from __future__ import annotations

from typing import Any

import pytest

from rag.quiz.items import (
    CaseStudy,
    Cloze,
    Flashcard,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Option,
    Ordering,
    Pair,
    ShortAnswer,
    TrueFalse,
)
from rag.quiz.reading import Part, says
from rag.quiz.rules import HARD, SOFT, Evidence, findings, soft_findings
from rag.quiz.rules.shape import alike
from rag.text.terms import stems
from tests.unit.quiz_text import cited, evidence, options

WIRE = cited("A coil spring stores energy in a wound wire.")
LASTS = cited("A coil spring lasts 10 years by default, and at most 25 years.")
ROWS = tuple(
    cited(row)
    for row in (
        "| Coil | Steel wire | The load is light |",
        "| Leaf | Steel bands | The load is heavy |",
        "| Gas | Nitrogen | A lid must stay open |",
        "| Torsion | Brass rod | A flap must snap shut |",
    )
)
STEPS = (
    "Release the load from the axle",
    "Take out the broken spring",
    "Oil the new part well",
    "Fit the clamps on both ends",
)
CHOICE: dict[str, Any] = {
    "stem": "Which spring stores energy in a wound wire?",
    "options": options(
        "Coil spring",
        "Leaf spring | A leaf spring carries the weight of a cart.",
        "Gas spring | A gas spring holds a lid open.",
        "Torsion spring | A torsion spring closes a mousetrap.",
    ),
    "rationale": "A coil spring stores energy in a wound wire.",
    "citations": (WIRE,),
    "facts": ("wire",),
    "generator": "by hand",
}
YEARS = options(
    "10 years",
    "5 years | A gas spring lasts 5 years.",
    "25 years | “25 years” is the most, not the default.",
    "40 years | A leaf spring lasts 40 years.",
)


@pytest.fixture(scope="module")
def held() -> Evidence:
    return evidence()


def choice(**changed: Any) -> MultipleChoice:
    return MultipleChoice(**{**CHOICE, **changed})


def years(**changed: Any) -> MultipleChoice:
    stem = "How many years does a coil spring last by default?"
    return choice(**{"stem": stem, "options": YEARS, "rationale": LASTS.quote, "citations": (LASTS,), **changed})


def response(**changed: Any) -> MultipleResponse:
    made = {
        "stem": "Which TWO of these springs are made of steel?",
        "options": (
            Option(text="Coil", right=True),
            Option(text="Leaf", right=True),
            *options(
                "x",
                "Gas | The gas spring holds nitrogen.",
                "Torsion | The torsion spring is a brass rod.",
                "Rubber | A rubber band is no spring.",
            )[1:],
        ),
        "rationale": "The coil is of steel wire, the leaf of steel bands.",
        "citations": ROWS[:2],
    }
    return MultipleResponse(**{**CHOICE, **made, **changed})


def ordering(**changed: Any) -> Ordering:
    made = {
        "stem": "Put the steps to change a spring in the right order.",
        "steps": STEPS,
        "options": None,
        "rationale": "The load is released, the broken spring taken out, the new part oiled, the clamps fitted.",
        "citations": tuple(cited(f"{step}.") for step in STEPS),
    }
    return Ordering(**{key: value for key, value in {**CHOICE, **made, **changed}.items() if value is not None})


def matching(*pairs: tuple[str, str], **changed: Any) -> Matching:
    pairs = pairs or (("Coil", "Steel wire"), ("Gas", "Nitrogen"), ("Torsion", "Brass rod"))
    made = {
        "stem": "Match each spring with its material.",
        "rationale": "The table of springs has it so.",
        "options": None,
        "pairs": tuple(Pair(prompt=prompt, match=match) for prompt, match in pairs),
        "citations": ROWS,
    }
    return Matching(**{key: value for key, value in {**CHOICE, **made, **changed}.items() if value is not None})


def other(kind: type[Any], **made: Any) -> Any:
    return kind(**{**{key: value for key, value in CHOICE.items() if key != "options"}, **made})


GOOD: list[Item] = [
    choice(),
    years(),
    response(),
    ordering(),
    matching(),
    other(TrueFalse, stem="A coil spring stores energy in a wound wire.", answer=True),
    other(TrueFalse, stem="A leaf spring stores energy in a wound wire.", answer=False),
    other(
        ShortAnswer,
        stem="Where does a coil spring store energy?",
        answer="In a wound wire.",
        key_facts=(("wound wire",),),
    ),
    other(Cloze, stem=f"A coil spring stores energy in a wound {Cloze.BLANK}.", answers=("wire",)),
    other(Flashcard, stem="What does a coil spring store energy in?", back="A wound wire."),
    other(CaseStudy, stem="A workshop mends carts.", items=(choice(), years())),
]


@pytest.mark.parametrize("item", GOOD, ids=lambda item: f"{item.type.value}: {item.stem}")
def test_a_good_item_breaks_no_hard_rule(item: Item, held: Evidence) -> None:
    assert [one for one in findings(item, held) if one.hard] == []


def with_option(text: str, at: int = 3, rationale: str = "") -> tuple[Option, ...]:
    made = Option(text=text, right=at == 0, rationale=rationale or f"{text} is something else.")
    return (*CHOICE["options"][:at], made, *CHOICE["options"][at + 1 :])


BAD: list[tuple[str, Item]] = [
    ("count of options and keys", choice(options=CHOICE["options"][:3])),
    ("count of options and keys", choice(options=tuple(one.model_copy(update={"right": True}) for one in YEARS))),
    ("count of options and keys", response(options=response().options[:4])),
    ("count of options and keys", ordering(steps=STEPS[:2])),
    ("count of options and keys", matching(("Coil", "Steel wire"), ("Gas", "Nitrogen"))),
    ("count of options and keys", other(Cloze, stem="A wound wire.", answers=("wire",))),
    ("count of options and keys", other(CaseStudy, stem="A workshop mends carts.", items=(choice(), choice()))),
    ("number of keys not stated", response(stem="Which of these springs are made of steel?")),
    ("number of keys not stated", response(stem="Which THREE of these springs are made of steel?")),
    ("option without its own rationale", choice(options=(*CHOICE["options"][:3], Option(text="Band", right=False)))),
    ("option without its own rationale", choice(options=with_option("Rubber band", rationale="Carts are heavy."))),
    ("options alike", choice(options=with_option("coil  Spring"))),
    ("options alike", choice(options=with_option("A heavy gas spring"))),
    (
        "options alike",
        years(options=(*YEARS[:3], Option(text="60 months", right=False, rationale="60 months are 5 years."))),
    ),
    ("options alike", matching(("Coil", "Steel wire"), ("Gas", "Nitrogen"), ("Leaf", "Nitrogen"))),
    ("options alike", ordering(steps=(*STEPS[:2], STEPS[0]))),
    ("all or none of the above", choice(options=with_option("All of the above"))),
    ("all or none of the above", choice(options=with_option("Both A and B"))),
    ("does not stand alone", choice(stem="Which spring does this passage describe?")),
    ("does not stand alone", choice(stem="According to the text, which spring stores energy?")),
    ("does not stand alone", choice(stem="Where does it store energy?")),
    ("does not stand alone", choice(rationale="It stores energy in a wound wire, as coil springs do.")),
    ("broken text", choice(options=with_option("**Clip** spring"))),
    ("broken text", choice(options=with_option("Spring with with a clip"))),
    ("broken text", choice(stem="Which spring (of steel stores energy in a wound wire?")),
    ("stem holds the key", choice(stem="In which coil spring is energy stored by a wound wire?")),
    (
        "stem holds the key",
        other(Cloze, stem=f"A wire is wound, and the {Cloze.BLANK} stores energy.", answers=("wire",)),
    ),
    ("stem holds the key", matching(("Coil of wire", "Steel wire"), ("Gas", "Nitrogen"), ("Torsion", "Brass rod"))),
    ("grammar gives the key away", choice(stem="What stores energy in a wound wire is an:")),
    (
        "grammar gives the key away",
        choice(
            stem="What is made of a wound wire?",
            options=(
                Option(text="coil", right=True),
                *options("x", "leaves | Leaves carry.", "gases | Gases lift.", "rods | Rods turn.")[1:],
            ),
        ),
    ),
    ("step tells its place", ordering(steps=(*STEPS[:3], "Finally fit the clamps on both ends"))),
    (
        "quote not in the text",
        choice(citations=(WIRE.__class__(1, WIRE.document_id, "", "", (), "Springs fly.", 12, 24, 0),)),
    ),
    ("key not supported", choice(options=with_option("Magnetic hinge", at=0))),
    ("rationale does not agree", choice(rationale="A gas spring holds a lid open.")),
    (
        "distractor supported",
        choice(
            stem="Which spring is made of steel?",
            rationale="The coil is of steel wire.",
            citations=ROWS[:1],
            options=options(
                "Coil", "Leaf | The leaf is of bands.", "Gas | The gas is nitrogen.", "Torsion | Torsion is brass."
            ),
        ),
    ),
    ("two ways to match", matching(("Steel", "Coil"), ("Nitrogen", "Gas"), ("Brass", "Torsion"), decoys=("Leaf",))),
    ("truth not as stated", other(TrueFalse, stem="A coil spring closes a mousetrap.", answer=True)),
    ("truth not as stated", other(TrueFalse, stem="A gas spring does not hold a lid open.", answer=True)),
    (
        "truth not as stated",
        other(
            TrueFalse,
            stem="A coil spring stores energy in a wound wire.",
            answer=False,
            rationale="A leaf spring carries a cart.",
        ),
    ),
    ("solver finds another key", ordering(steps=(STEPS[1], STEPS[0], STEPS[2]))),
    ("solver finds another key", choice(stem="Which spring carries the weight of a cart?")),
    (
        "solver finds another key",
        matching(
            ("Carrying a cart", "Gas spring"),
            ("Holding a lid open", "Leaf spring"),
            ("Closing a mousetrap", "Torsion spring"),
            citations=tuple(
                map(
                    cited,
                    (
                        "A gas spring holds a lid open.",
                        "A leaf spring carries the weight of a cart.",
                        "A torsion spring closes a mousetrap.",
                    ),
                )
            ),
        ),
    ),
    (
        "solver finds another key",
        other(Cloze, stem=f"A leaf spring stores {Cloze.BLANK} in a wire.", answers=("energy",)),
    ),
]


@pytest.mark.parametrize(("rule", "item"), BAD, ids=lambda one: one if isinstance(one, str) else one.stem)
def test_a_hard_rule_finds_what_is_wrong(rule: str, item: Item, held: Evidence) -> None:
    found = findings(item, held)

    assert (rule, True) in [(one.rule, one.hard) for one in found], found


def test_every_hard_rule_has_a_case() -> None:
    assert {rule for rule, _ in BAD} == set(HARD)


def test_a_case_study_is_judged_by_its_questions(held: Evidence) -> None:
    case = other(CaseStudy, stem="A workshop mends carts.", items=(choice(), years(options=YEARS[:3])))

    assert [(one.rule, one.why.split(":")[0]) for one in findings(case, held)] == [
        ("count of options and keys", "question 2")
    ]


def test_the_order_of_options_changes_no_finding(held: Evidence) -> None:
    for item in (choice(), choice(stem="Which spring carries the weight of a cart?")):
        turned = item.model_copy(update={"options": item.options[::-1]})
        assert {one.rule for one in findings(turned, held)} == {one.rule for one in findings(item, held)}


PLAIN = options("Steel wire", "Steel bands | x", "Nitrogen gas | x", "Brass rods | x")
SOFTLY: list[tuple[str, Item]] = [
    ("key longest", choice(options=(Option(text="A long wound wire of hardened steel", right=True), *PLAIN[1:]))),
    ("negative stem", choice(stem="Which of these is NOT a spring?")),
    ("absolute terms", choice(options=(*PLAIN[:3], Option(text="Always brass", right=False)))),
    ("words shared with the key", choice(stem="Which material makes a wound wire?", options=PLAIN)),
    ("numbers unsorted", years()),
    ("unfocused stem", choice(stem="Which of these is true?")),
    ("options of mixed kinds", choice(options=(*PLAIN[:3], Option(text="7 rods", right=False)))),
    (
        "guessable from the options",
        choice(
            stem="Which wire of steel is wound?",
            options=(
                Option(text="A steel wire, wound and hardened", right=True),
                *options("x", "Never brass | x", "Steel | x", "Always gas | x")[1:],
            ),
        ),
    ),
]


@pytest.mark.parametrize(("rule", "item"), SOFTLY, ids=lambda one: one if isinstance(one, str) else "")
def test_a_soft_rule_warns_of_what_a_quiz_must_not_have_much_of(rule: str, item: Item) -> None:
    assert (rule, False) in [(one.rule, one.hard) for one in soft_findings(item)]


def test_every_soft_rule_has_a_case() -> None:
    assert {rule for rule, _ in SOFTLY} == set(SOFT)


def test_soft_rules_find_nothing_in_a_plain_item() -> None:
    ascending = sorted(YEARS, key=lambda one: int(one.text.split()[0]))
    assert soft_findings(years(options=tuple(ascending))) == []


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("L1 regularisation", "L2 regularisation"),
        ("Random Forest", "Random Cut Forest"),
        ("4 GB", "14 GB"),
        ("μ = 1", "μ = 2"),
    ],
)
def test_names_and_amounts_that_differ_may_stand_side_by_side(one: str, two: str) -> None:
    assert alike(one, two) == ""


@pytest.mark.parametrize(
    ("one", "two"),
    [("60 minutes", "1 hour"), ("Amazon S3", "S3"), ("the wire", "The wire."), ("red and blue", "blue and red")],
)
def test_what_means_the_same_may_not(one: str, two: str) -> None:
    assert alike(one, two)


def test_a_part_says_an_option_only_with_its_amounts_and_without_denying_it() -> None:
    def part(text: str) -> Part:
        return Part(text, stems(text), frozenset(), 0)

    option = "a coil spring that lasts 10 years by default when oiled"
    assert says(option, part("By default an oiled coil spring lasts 10 years."))
    assert not says(option, part("By default an oiled coil spring lasts 12 years, with 10 coils."))
    assert says("leaf spring", part("Carts need leaf springs."))
    assert not says("leaf spring", part("Carts need a coil spring rather than a leaf spring."))
