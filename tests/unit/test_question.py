from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import QuestionError
from rag.question import AnswerType, Kind, parse_question
from rag.text.terms import content_words, question_words

A, K = AnswerType, Kind

QUESTIONS = [
    # definitions
    ("What is a lens?", K.DEFINITION, A.ANY, (), "lens"),
    ("What's dark energy", K.DEFINITION, A.ANY, (), "dark energy"),
    ("what does WORM mean?", K.DEFINITION, A.ANY, (), "WORM"),
    ("Define refraction.", K.DEFINITION, A.ANY, (), "refraction."),
    ("explain the Doppler effect", K.DEFINITION, A.ANY, (), "Doppler effect"),
    ("Tell me about Snell's law", K.FACT, A.ANY, (), ""),
    ("What is the purpose of a prism?", K.DEFINITION, A.ANY, (), "prism"),
    ("What is a grating used for?", K.DEFINITION, A.ANY, (), "grating"),
    ("What does a spectrometer do?", K.DEFINITION, A.ANY, (), "spectrometer"),
    ("describe an air-gap prism", K.DEFINITION, A.ANY, (), "air-gap prism"),
    # lists
    ("What are the kinds of lens?", K.LIST, A.ANY, (), ""),
    ("List the colours of the rainbow", K.LIST, A.ANY, (), ""),
    ("Name three noble gases", K.LIST, A.ANY, (), ""),
    ("Which coatings are there for mirrors?", K.LIST, A.ANY, (), ""),
    ("Which gases can a laser use?", K.LIST, A.ANY, (), ""),
    ("What are the four states of matter?", K.LIST, A.ANY, (), ""),
    ("What can be done about glare?", K.LIST, A.ANY, (), ""),
    ("How can I prevent chromatic aberration?", K.LIST, A.ANY, (), ""),
    ("how to reduce noise in images", K.LIST, A.ANY, (), ""),
    ("steps of photosynthesis", K.STEPS, A.ANY, (), ""),
    ("telescope mounts?", K.LIST, A.ANY, (), ""),
    ("What are the advantages of glass fibre?", K.LIST, A.ANY, (), ""),
    # numbers
    ("How many lenses does a microscope have?", K.NUMBER, A.COUNT, (), ""),
    ("How long does light take from the sun?", K.NUMBER, A.DURATION, (), ""),
    ("How large can a mirror be?", K.NUMBER, A.SIZE, (), ""),
    ("how often are mirrors cleaned", K.NUMBER, A.DURATION, (), ""),
    ("What is the maximum number of lenses?", K.NUMBER, A.COUNT, (), ""),
    ("What is the longest exposure?", K.NUMBER, A.DURATION, (), ""),
    ("What is the largest file a camera writes?", K.NUMBER, A.SIZE, (), ""),
    ("What percentage of light is lost?", K.NUMBER, A.PERCENT, (), ""),
    ("How fast is light in glass?", K.NUMBER, A.NUMBER, (), ""),
    ("How much memory does a camera need?", K.NUMBER, A.SIZE, (), ""),
    ("What is the default timeout?", K.NUMBER, A.DURATION, (), ""),
    ("What is the retention of a film?", K.NUMBER, A.DURATION, (), ""),
    # comparisons
    ("What is the difference between a lens and a mirror?", K.COMPARISON, A.ANY, ("lens", "mirror"), ""),
    ("difference between refraction and reflection", K.COMPARISON, A.ANY, ("refraction", "reflection"), ""),
    ("Compare crown glass with flint glass", K.COMPARISON, A.ANY, ("crown glass", "flint glass"), ""),
    ("fibre vs copper", K.COMPARISON, A.ANY, ("fibre", "copper"), ""),
    ("Fibre versus copper: which is faster?", K.COMPARISON, A.ANY, ("Fibre", "copper"), ""),
    ("How do lenses differ from mirrors?", K.COMPARISON, A.ANY, ("lenses", "mirrors"), ""),
    ("How is a prism different from a grating?", K.COMPARISON, A.ANY, ("prism", "grating"), ""),
    ("Contrast X-rays and gamma rays", K.COMPARISON, A.ANY, ("X-rays", "gamma rays"), ""),
    ("When should I use a lens rather than a mirror?", K.COMPARISON, A.ANY, ("lens", "mirror"), ""),
    ("SSE-A against SSE-B", K.COMPARISON, A.ANY, ("SSE-A", "SSE-B"), ""),
    # what two things share
    ("How are lenses and mirrors alike?", K.COMMON, A.ANY, ("lenses", "mirrors"), ""),
    ("What do sound and light have in common?", K.COMMON, A.ANY, ("sound", "light"), ""),
    ("What do sound and light share?", K.COMMON, A.ANY, ("sound", "light"), ""),
    # facts with what they must contain
    ("Who discovered the electron?", K.FACT, A.PERSON, (), ""),
    ("When was the telescope invented?", K.FACT, A.DATE, (), ""),
    ("Is a telescope expensive per month?", K.FACT, A.MONEY, (), ""),
    ("How much does a lens cost?", K.NUMBER, A.MONEY, (), ""),
    ("What is the price of a lens?", K.DEFINITION, A.MONEY, (), "price of a lens"),
    ("What happens when a lens overheats?", K.FACT, A.CONSEQUENCE, (), ""),
    ("What happens if the mirror cracks?", K.FACT, A.CONSEQUENCE, (), ""),
    ("Why is the sky blue?", K.FACT, A.REASON, (), ""),
    ("how come mirrors fog up", K.FACT, A.REASON, (), ""),
    ("When is a convex mirror right?", K.FACT, A.ANY, (), ""),
    ("Which telescope can see infrared?", K.FACT, A.ANY, (), ""),
    ("Can a lens focus sound?", K.FACT, A.ANY, (), ""),
    ("Where is the focal point of a concave mirror?", K.FACT, A.ANY, (), ""),
    ("Which process makes flat glass?", K.FACT, A.ANY, (), ""),
    ("Which analysis is best for spectra?", K.FACT, A.ANY, (), ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "answer_type", "sides", "subject"), QUESTIONS)
def test_a_question_is_read(
    text: str, kind: Kind, answer_type: AnswerType, sides: tuple[str, ...], subject: str
) -> None:
    question = parse_question(text)
    assert (question.kind, question.answer_type, question.subject) == (kind, answer_type, subject)
    # What a side is compared by leaves stop words out, so they may stand before it.
    assert [content_words(question_words(side)) for side in question.sides] == [
        content_words(question_words(side)) for side in sides
    ]


@pytest.mark.parametrize(
    ("text", "counted"),
    [("How many lenses are there?", "lenses"), ("the number of mirrors in it", "mirrors"),
     ("how many free plates?", "plates"), ("What is a lens?", "")],
)  # fmt: skip
def test_what_is_to_be_counted_is_named(text: str, counted: str) -> None:
    assert parse_question(text).counted == counted


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("What is a lens?", ("lens",)),
        ("how does SSE-KMS use FindMatches", ("sse", "kms", "findmatches")),
        ("light light LIGHT", ("light",)),
        ("what is it", ("what", "is", "it")),  # where nothing else is left, stop words count
        ("字幕はどこですか", ("字幕はどこですか",)),
    ],
)
def test_the_terms_are_its_content_words(text: str, terms: tuple[str, ...]) -> None:
    assert parse_question(text).terms == terms


@pytest.mark.parametrize(
    ("text", "message"), [("", "empty"), (" \n\t", "empty"), ("x " * 60_000, "119,999"), ("?! …", "no word")]
)
def test_what_is_no_question_is_refused_with_advice(text: str, message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        parse_question(text)


def test_white_space_and_case_of_the_opening_do_not_matter() -> None:
    one, two = parse_question("  what\n is   a lens ?"), parse_question("WHAT IS a lens ?")
    assert one.text == "what is a lens ?"
    assert (one.kind, one.subject.lower()) == (two.kind, two.subject.lower())


ASKED = st.lists(
    st.sampled_from(
        "what which how many long is are the a of and or vs difference between lens lenses maximum size cost when why "
        "list who in common steps limit alike % $ ? : , per 5".split()
    ),
    min_size=1, max_size=30,
).map(" ".join)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=300), ASKED))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        question = parse_question(text)
    except QuestionError:
        return
    assert question.terms
    assert len(question.sides) in (0, 2)
    assert bool(question.sides) == (question.kind in (K.COMPARISON, K.COMMON))


@pytest.mark.parametrize(
    "unit",
    [
        "a ",
        "what ",
        "and ",
        "difference between a and ",
        "vs ",
        "x-",
        "how do a and ",
        "the ",
        "s ",
        "which as ",
        "is a and b ",
    ],
)
def test_the_longest_question_of_any_shape_is_read_at_once(unit: str) -> None:
    text = (unit * 2000)[:2000]
    began = time.process_time()
    parse_question(text)
    assert time.process_time() - began < 0.5
