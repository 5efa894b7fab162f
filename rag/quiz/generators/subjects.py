"""What a sentence is about: whether that is a term, and what it belongs to where it does not stand alone."""

from __future__ import annotations

import re

from rag.quiz.language import (
    DETERMINERS,
    POSSESSIVES,
    is_known,
    is_name,
    is_noun_phrase,
    is_plural,
    is_verb,
    lower_first,
    without_article,
    without_brackets,
)
from rag.quiz.material import Section

# Words of a subject that make it a case, a person or a degree, rather than a term.
_NO_TERM = re.compile(
    r"^(?:an? |the )?(?:higher|lower|larger|smaller|small|large|high|low|good|bad|better|best|long|short|big|new|old"
    r"|older|rising|falling|rare|common|typical|usual|wrong|right|similar|different|various|certain|other|same|first"
    r"|second|third|last|next|more|less|fewer|further|missed|important|main|whole|single|direct|simple|careful|known"
    r"|such|following|unusual|default|given|current|previous|built-in|possible|average|normal|particular|specific|final|initial|resulting|remaining)\b"
    r"|\b(?:team|shop|company|bank|hospital|factory|person|people|users?|students?|customers?|callers?"
    r"|readers?|doctors?|researchers?|author|everyone|anyone|nobody|something|nothing|things?|way|ways|reasons?|answer"
    r"|question|choice|idea|point|case|cases|result|results|effect|rule|remedy|cure|advantage|disadvantage|purpose"
    r"|difference|problem|goal|task|administrators?|engineers?|figure|note|notes|name|names|word|terms?"
    r"|kinds?|types?|part|parts|example|arrow)$",
    re.I,
)
# "A change of status"
_NOMINAL = re.compile(
    r"(?:an? )?(?:change|rise|fall|increase|decrease|drop|loss|lack|use|choice|number|thousand|hundred|million|dozen"
    r"|lot)s? (?:of|in)\b"
)
_COUNTS = DETERMINERS - {"a", "an", "the"} | POSSESSIVES | {"you", "we", "people"}


def is_term(subject: str) -> bool:
    """Whether a subject is something that can be asked for: a name or a thing, not a case, a person or a degree."""
    plain = without_brackets(subject)
    words = without_article(plain).split()
    if (
        not 0 < len(words) <= 6
        or len(words[0]) < 2
        or _NO_TERM.search(plain)
        or re.search(r"\b(?:and|or|with|without)\b|[,:;“”\"]", plain)
    ):
        return False
    if len({word.lower() for word in words}) < len(words) or any(re.search(r"[a-z]The$", word) for word in words):
        return False  # a heading that ran into its sentence
    if not is_noun_phrase(plain) or words[0].lower() in _COUNTS or words[0].isdigit():
        return False
    if re.search(r"\b[a-z]+ \d|\b(?:alone|itself|themselves)\b", plain) or _NOMINAL.match(plain):
        return False
    if plain.startswith("the ") and not any(word[:1].isupper() or is_name(word) for word in words):
        return False
    return not re.search(r"\b(?:of|in|for|to|on|from|at|by) (?:an?|the|each|every|one)\b", plain)


def is_case(subject: str) -> bool:
    """Whether a subject is a thing to which something was done: "a deployed model"."""
    first = without_article(subject).split()[0]
    return is_verb(first) and first.endswith("ed")


def speaks_for_itself(subject: str) -> bool:
    """Whether a term is known by its own words: a name, more than one word, or a word that lexicons do not have."""
    words = without_article(subject).split()
    if len(words) == 1 and words[0] == subject and not is_plural(subject):
        return True  # "boosting", "momentum"
    return len(words) > 1 or any(is_name(word) or not is_known(word) for word in words)


def place_of(section: Section, names: frozenset[str], subject: str = "") -> str:
    """Return the innermost heading that names what a section is about, as it reads after "In"; "" for none."""
    avoid = {word.lower() for word in without_article(subject).split()}
    for heading in reversed((section.document.title, *section.path)):
        plain = without_brackets(heading).strip()
        shown = lower_first(plain, names)
        named = len(plain.split()) > 1 or not is_known(plain)
        named = named and all(is_name(word, names) or word in ("for", "of") for word in plain.split())
        if len(plain.split()) <= 5 and named and is_noun_phrase(plain) and not avoid & set(plain.lower().split()):
            return shown
    return ""


def opened(question: str, place: str) -> str:
    """Return a question with what it is about before it: "In Kinesis Data Streams, what does a producer do?"."""
    return f"In {place}, {question[:1].lower()}{question[1:]}" if place else question
