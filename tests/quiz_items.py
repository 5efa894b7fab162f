"""Sample items of every type, each of a fact of its own."""

from __future__ import annotations

from typing import Any

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
from rag.types import Citation

TOPICS = "prisms mirrors lenses fibres gratings lasers telescopes cameras filters diodes rainbows mirages".split()


def citation(document: str = "optics.md", section: str = "Light", quote: str = "light bends") -> Citation:
    return Citation(1, f"id-{document}", document, document.partition(".")[0].title(), (section,), quote, 3, 14, 7)


def _common(number: int, given: dict[str, Any], **own: Any) -> dict[str, Any]:
    topic = TOPICS[number % len(TOPICS)]
    section = given.pop("section", topic.title())
    document = given.pop("document", "optics.md")
    return {
        "rationale": f"The key about {topic} {number} is right.",
        "citations": (citation(document, section),),
        "facts": (f"fact-{number}",),
        "generator": "sample",
        **own,
        **given,
    }


def choice(number: int, **given: Any) -> MultipleChoice:
    topic = TOPICS[number % len(TOPICS)]
    options = (
        Option(text="They bend sunlight", right=True, rationale="So the text says."),
        Option(text="They give off sound", right=False, rationale="Bells give off sound."),
        Option(text="They store heat", right=False, rationale="Bricks store heat."),
        Option(text="They carry water", right=False, rationale="Pipes carry water."),
    )
    return MultipleChoice(**_common(number, given, stem=f"What do {topic} of kind {number} do?", options=options))


def response(number: int, **given: Any) -> MultipleResponse:
    texts = ("red", "green", "granite", "oak", "salt")
    options = tuple(
        Option(text=f"{text} {number}", right=at < 2, rationale="As said.") for at, text in enumerate(texts)
    )
    stem = f"Which TWO of these are colours of {TOPICS[number % len(TOPICS)]} {number}?"
    return MultipleResponse(**_common(number, given, stem=stem, options=options))


def true_false(number: int, answer: bool = True, **given: Any) -> TrueFalse:
    stem = f"Light passes {TOPICS[number % len(TOPICS)]} {number} at once."
    return TrueFalse(**_common(number, given, stem=stem, answer=answer))


def ordering(number: int, **given: Any) -> Ordering:
    steps = ("Switch on the lamp", "Turn the prism", "Read the angle", "Switch off the lamp")
    stem = f"Put the steps of measuring {TOPICS[number % len(TOPICS)]} {number} in the right order."
    return Ordering(**_common(number, given, stem=stem, steps=steps))


def matching(number: int, **given: Any) -> Matching:
    pairs = tuple(
        Pair(prompt=prompt, match=match, rationale=f"{prompt} goes with {match}.")
        for prompt, match in (("Mirror", "reflects"), ("Lens", "focuses"), ("Prism", "splits"))
    )
    stem = f"Match each part of {TOPICS[number % len(TOPICS)]} {number} to what it does."
    return Matching(**_common(number, given, stem=stem, pairs=pairs, decoys=("heats",)))


def short_answer(number: int, **given: Any) -> ShortAnswer:
    own = {
        "stem": f"How long does film for {TOPICS[number % len(TOPICS)]} {number} keep, and where?",
        "answer": "It keeps for 60 days in a dark room.",
        "key_facts": (("60 days",), ("dark room", "darkness")),
    }
    return ShortAnswer(**_common(number, given, **own))


def cloze(number: int, **given: Any) -> Cloze:
    stem = f"White light is split into {TOPICS[number % len(TOPICS)]} {number} by _____."
    return Cloze(**_common(number, given, stem=stem, answers=("refraction", "dispersion")))


def flashcard(number: int, **given: Any) -> Flashcard:
    stem = f"What is the use of {TOPICS[number % len(TOPICS)]} {number}?"
    return Flashcard(**_common(number, given, stem=stem, back="They guide light."))


def case_study(number: int, **given: Any) -> CaseStudy:
    items = (choice(1000 + 2 * number), choice(1001 + 2 * number))
    facts = tuple(fact for one in items for fact in one.facts)
    stem = f"A school buys {TOPICS[number % len(TOPICS)]} {number} for its laboratory. It wants to save light."
    return CaseStudy(**{**_common(number, given, stem=stem, items=items), "facts": facts})


ALL_TYPES: tuple[Item, ...] = (
    choice(1),
    response(2),
    true_false(3, answer=False),
    ordering(4),
    matching(5),
    short_answer(6),
    cloze(7),
    flashcard(8),
    case_study(9),
)
