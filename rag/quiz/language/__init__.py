"""The grammar that items need: noun phrases, number and agreement, articles, names, and where a sentence has its verb.

It rests on a lexicon (lemminflect), not on a tagger. So it says nothing rather than something unsure: where a sentence
can be read in two ways, `clause` returns None.
"""

from rag.quiz.language.alone import stands_alone
from rag.quiz.language.clauses import NEGATION, Clause, clause
from rag.quiz.language.phrases import (
    head,
    is_countable_single,
    is_noun_phrase,
    is_plural,
    is_plural_word,
    is_verb_phrase,
    with_article,
    without_article,
)
from rag.quiz.language.words import (
    DETERMINERS,
    MODALS,
    POSSESSIVES,
    PREPOSITIONS,
    agreed,
    article,
    base,
    inflected,
    is_helper,
    is_known,
    is_name,
    is_noun,
    is_verb,
    lower_first,
    names_in,
    senses,
    sentence,
    upper_first,
)

__all__ = [
    "DETERMINERS",
    "MODALS",
    "NEGATION",
    "POSSESSIVES",
    "PREPOSITIONS",
    "Clause",
    "agreed",
    "article",
    "base",
    "clause",
    "head",
    "inflected",
    "is_countable_single",
    "is_helper",
    "is_known",
    "is_name",
    "is_noun",
    "is_noun_phrase",
    "is_plural",
    "is_plural_word",
    "is_verb",
    "is_verb_phrase",
    "lower_first",
    "names_in",
    "senses",
    "sentence",
    "stands_alone",
    "upper_first",
    "with_article",
    "without_article",
]
