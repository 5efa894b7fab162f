"""Which terms of a document can stand beside a term as wrong options, and what is surely not true of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.quiz.generators.said import Said
from rag.quiz.language import is_noun, senses
from rag.quiz.making import Maker
from rag.text.terms import stems

_ALIKE = 0.8  # cosine from which two sentences may say the same
_SHORT = 3  # letters of a word that may be part of another by chance
_DETAIL = frozenset("has have was were".split())  # verbs that tell of a term what does not make it a rival
_MAKER = 3  # names that begin with a word, from which on it stands for who makes them: "Apple" beside "Apple Watch"
_SUPPORTED = 0.5  # share of the words of a claim from which a statement about a term may support it


class Terms:
    """The terms of one document with what is said of them."""

    def __init__(self, maker: Maker, said: Sequence[Said]) -> None:
        """Read the document.

        Args:
            maker: of the document.
            said: what it says of its terms.
        """
        self._said = said
        self._rows = dict(zip(said, maker.vectors([one.main for one in said]), strict=True)) if said else {}
        texts = dict.fromkeys(one.in_context for section in maker.sections for one in section.statements)
        self._known = [stems(text) for text in texts]
        self._text = "\n".join(texts)
        self._of_term: dict[str, list[frozenset[str]]] = {}

    def beside(self, one: Said, fits: Callable[[Said], bool]) -> list[Said]:
        """Return what is said of other terms, the most alike first, where neither can be meant by the other's claim.

        Args:
            one: what is asked for.
            fits: whether something said may stand beside it.
        """
        order = sorted(self._said, key=lambda other: -float(self._rows[one] @ self._rows[other]))
        found: list[Said] = []
        for other in order:
            fit = fits(other) and self._apart(one, other) and not self._is_maker(other.term)
            if fit and not any(_overlap(other, before) for before in found):
                found.append(other)
        return found

    def _apart(self, one: Said, other: Said) -> bool:
        if _overlap(one, other) or float(self._rows[one] @ self._rows[other]) > _ALIKE:
            return False
        return not self._may_be_true(other.term, one.claim) and not self._may_be_true(one.term, other.claim)

    def _may_be_true(self, term: str, claim: str) -> bool:
        """Whether a statement that names the term holds so much of the claim that it may be true of it."""
        wanted = stems(claim) - stems(term)
        if not wanted:
            return True
        return any(len(wanted & known) >= _SUPPORTED * len(wanted) for known in self._naming(term))

    def _is_maker(self, term: str) -> bool:
        """Whether a term is the first word of several names of the document."""
        return term.isalpha() and len(set(re.findall(rf"\b{term} (?=[A-Z])(\w+)", self._text))) >= _MAKER

    def _naming(self, term: str) -> list[frozenset[str]]:
        if term not in self._of_term:
            about = stems(term)
            self._of_term[term] = [known for known in self._known if about <= known]
        return self._of_term[term]


def _overlap(one: Said, other: Said) -> bool:
    """Whether two terms are one, or one a part of the other: "Old Wing" and "Wing Archive"."""
    mine, theirs = stems(one.term), stems(other.term)
    if not mine or not theirs or mine <= theirs or theirs <= mine:
        return True
    first, second = one.term.split(), other.term.split()
    return one.named and other.named and (first[-1] == second[0] or second[-1] == first[0])


def can_mislead(other: Said, one: Said) -> bool:
    """Whether a term can be taken for another: of the same number, and a name, defined, or a noun with another."""
    words = other.term.split()
    name = all(word[:1].isupper() for word in words)
    compound = len(words) > 1 and is_noun(words[0]) and not ({"ADJ", "VERB"} & set(senses(words[0])))
    poor = other.kind == "means" or other.verb in _DETAIL
    return other.is_term and other.plural == one.plural and not poor and (other.is_telling or name or compound)


def same_form(one: Said, other: Said) -> bool:
    """Whether two terms are alike as words: names or not, with an article or not, one or many."""
    articles = [term.subject.split()[0] in ("a", "an", "the") for term in (one, other)]
    return one.named == other.named and articles[0] == articles[1] and one.plural == other.plural


def names_itself(one: Said) -> bool:
    """Whether what is said of a term holds a word of it or in it, so that one of them tells the other."""
    claimed = stems(one.claim)
    made_of = any(len(word) > _SHORT and word in term for word in claimed for term in stems(one.term))
    return made_of or bool(stems(one.term) & claimed)
