"""Whether an item is worded as an exam words it: by itself, without giving its key away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.quiz.items import CaseStudy, Cloze, Item, Matching, MultipleChoice, Ordering, answers_of, options_of
from rag.quiz.language import article, head, is_noun_phrase, is_plural
from rag.quiz.reading import plain
from rag.quiz.rules.evidence import Evidence
from rag.text.statements import points_back
from rag.text.terms import stems

_ALL_OR_NONE = re.compile(
    r"^(?:all|none|any|both|neither|either|some|two)(?: \w+)? of (?:the|these|them|those)\b"
    r"|^(?:all|none|both|neither)[.!]?$|^(?:both |either )?(?:options? )?[A-F] (?:and|or|&) [A-F]$"
    r"|\b(?:options?|answers?) (?:above|below)\b",
    re.I,
)
_PART = (
    r"(?:passages?|excerpts?|texts?|figures?|tables?|sections?|chapters?|diagrams?|paragraphs?|lists?|pages?|slides?"
    r"|notes?|documents?|lessons?|modules?|examples?|equations?|images?|sentences?|screenshots?)"
)
_BACK = re.compile(
    rf"(?<!\bof )\b(?:this|these|that|those) {_PART}\b|\bthe (?:passage|excerpt)\b"
    rf"|\b(?:above|preceding|previous|following|aforementioned|given|current) {_PART}\b|\b{_PART} (?:above|below)\b"
    rf"|\baccording to the {_PART}\b|\b(?:figure|table|section|chapter|equation|exercise|listing) \d"
    r"|\bas (?:shown|mentioned|described|seen|noted|stated|discussed) (?:above|below|earlier|before|in)\b"
    r"|\b(?:the former|the latter|aforementioned|see (?:above|below|also))\b|\b(?:older|study|course) notes\b",
    re.I,
)
_PRONOUN = re.compile(
    r"^(?:(?:what|which|why|when|where|how|who|whose|is|are|does|do|did|can|in|for|of|to|on|at|with|by|must|should|many|much"
    r"|long|true or false:?)\W+){0,3}(?:it|they|them|its|their|(?<!of )(?:this|these|those)|such|he|she"
    r"|here)\b(?! comes to\b)",
    re.I,
)
_ORDER_WORDS = re.compile(
    r"^(?:first|firstly|second|secondly|third|then|next|finally|lastly|last|afterwards?|after that|step \d|now"
    r"|later|again|repeat|\d+[.)])\b|\b(?:finally|afterwards|previous step|next step|last step|step \d)\b",
    re.I,
)
_ARTICLE_AT_END = re.compile(rf"\b(an?)(?:\s+{Cloze.BLANK})?\s*[:?.…]*$", re.I)
_NUMBER = re.compile(
    r"^(?:which|what) (?:(?:one|two|three|four) of (?:the|these) (?:following )?)?(?:[\w-]+ ){0,3}?"
    r"(is|are|does|do|has|have|was|were)\b",
    re.I,
)
_TWICE = re.compile(r"\b(?!had|that)([a-z]{2,}) \1\b")
_HTML = re.compile(r"</?[a-z][^>]*>|&[a-z]+;|\*\*|\]\(|\|\s*\||\ufffd|^\s*[-*|#]\s", re.I)


def all_or_none(item: Item, _: Evidence) -> Iterator[str]:
    """Yield options that stand for other options."""
    for one in options_of(item):
        if _ALL_OR_NONE.search(one.text):
            yield f"“{one.text}” stands for other options"


def standing_alone(item: Item, _: Evidence) -> Iterator[str]:
    """Yield what points to something that a learner does not see."""
    for text in _read(item):
        if found := _BACK.search(text):
            yield f"“{found.group()}” points to what is not shown: “{text}”"
    if not isinstance(item, CaseStudy) and (found := _PRONOUN.match(item.stem)):
        yield f"“{found.group()}” stands for something that the stem does not name"
    if points_back(item.rationale):
        yield f"the rationale does not stand alone: “{item.rationale}”"


def clean(item: Item, _: Evidence) -> Iterator[str]:
    """Yield marks of a format, unclosed brackets, and words said twice."""
    for text in (*_read(item), *answers_of(item)):
        if found := _HTML.search(text):
            yield f"“{found.group()}” is no text: “{text}”"
        elif found := _TWICE.search(text):
            yield f"“{found.group()}” says a word twice"
        elif text.count("(") != text.count(")") or text.count("“") != text.count("”"):
            yield f"a bracket or quotation mark is not closed: “{text}”"


def key_in_stem(item: Item, _: Evidence) -> Iterator[str]:
    """Yield answers that the stem says already."""
    if isinstance(item, Matching):
        yield from _matched_by_words(item)
        return
    stem = plain(item.stem)
    others = [one.text for one in options_of(item) if not one.right]
    if others and all(plain(one) in stem for one in others):
        return  # the stem names what is to be chosen from
    for one in answers_of(item):
        if plain(one).strip() and plain(one) in stem and (len(one) > 1 or isinstance(item, Cloze)):
            yield f"the stem holds the key “{one}”"


def grammar(item: Item, _: Evidence) -> Iterator[str]:
    """Yield keys that the grammar of the stem gives away: by its article, or by its number."""
    options = options_of(item)
    if not options:
        return
    if end := _ARTICLE_AT_END.search(item.stem):
        if any(article(one.text) != end[1].lower() for one in options):
            yield f"“{end[1]}” at the end of the stem does not go with every option"
        return
    flags = {one.text: is_plural(one.text) for one in options if is_noun_phrase(one.text) and head(one.text).islower()}
    if isinstance(item, MultipleChoice) and len(flags) == len(options) and _NUMBER.match(item.stem):
        right = flags[options[item.key[0]].text]
        if list(flags.values()).count(right) == 1:
            yield f"only the key is {'plural' if right else 'singular'}, as the stem is"


def order_words(item: Item, _: Evidence) -> Iterator[str]:
    """Yield steps that say where they belong."""
    if isinstance(item, Ordering):
        for step in item.steps:
            if found := _ORDER_WORDS.search(step):
                yield f"“{found.group()}” tells the place of “{step}”"


def _read(item: Item) -> Sequence[str]:
    """Return what a learner reads, but for what is to be found."""
    texts = [item.stem, item.rationale, *(one.rationale for one in options_of(item))]
    if isinstance(item, Matching):
        texts += [text for one in item.pairs for text in (one.prompt, one.rationale)]
    return [text for text in texts if text]


def _matched_by_words(item: Matching) -> Iterator[str]:
    """Yield pairs that share a word which no other match has: the word matches them, not the learner."""
    for pair in item.pairs:
        others = [one.match for one in item.pairs if one is not pair]
        alone = stems(pair.match) - frozenset().union(*map(stems, others))
        if shared := alone & stems(pair.prompt):
            yield f"“{pair.prompt}” and “{pair.match}” share the word “{min(shared)}”, and no other match does"
