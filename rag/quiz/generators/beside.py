"""Which terms of a document can stand beside a term as wrong options, and what is surely not true of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.quiz.generators.said import Said
from rag.quiz.items import Option
from rag.quiz.language import is_noun, senses, upper_first
from rag.quiz.making import Maker
from rag.text.terms import stems

_ALIKE = 0.8  # cosine from which two sentences may say the same
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
        self._of_term: dict[str, list[frozenset[str]]] = {}

    def claims(self, one: Said) -> int:
        """Return how many things that tell a term are said of it."""
        return sum(other.is_telling and other.term.lower() == one.term.lower() for other in self._said)

    def beside(self, one: Said, fits: Callable[[Said], bool]) -> list[Said]:
        """Return what is said of other terms, the most alike first, where neither can be meant by the other's claim.

        Args:
            one: what is asked for.
            fits: whether something said may stand beside it.
        """
        order = sorted(self._said, key=lambda other: -float(self._rows[one] @ self._rows[other]))
        found: list[Said] = []
        for other in order:
            if fits(other) and self._apart(one, other) and not any(_overlap(other, before) for before in found):
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

    def _naming(self, term: str) -> list[frozenset[str]]:
        if term not in self._of_term:
            about = stems(term)
            self._of_term[term] = [known for known in self._known if about <= known]
        return self._of_term[term]


def _overlap(one: Said, other: Said) -> bool:
    """Whether two terms are one, or one a part of the other."""
    mine, theirs = stems(one.term), stems(other.term)
    return not mine or not theirs or mine <= theirs or theirs <= mine


def can_mislead(other: Said, one: Said) -> bool:
    """Whether a term can be taken for another: of the same number, and a name, defined, or a noun with another."""
    words = other.term.split()
    name = all(word[:1].isupper() for word in words)
    compound = len(words) > 1 and is_noun(words[0]) and not ({"ADJ", "VERB"} & set(senses(words[0])))
    return other.is_term and other.plural == one.plural and (other.is_telling or name or compound)


def same_form(one: Said, other: Said) -> bool:
    """Whether two terms are alike as words: names or not, with an article or not, one or many."""
    articles = [term.subject.split()[0] in ("a", "an", "the") for term in (one, other)]
    return one.named == other.named and articles[0] == articles[1] and one.plural == other.plural


def gives_away(one: Said) -> bool:
    """Whether what is said of a term holds a word of it, so that one of them tells the other."""
    return bool(stems(one.term) & stems(one.claim))


def options_of(maker: Maker, one: Said, others: Sequence[Said], text: Callable[[Said], str]) -> tuple[Option, ...]:
    """Return the right option and the wrong ones, each of these with what is true of it instead."""
    key = Option(text=upper_first(text(one)), right=True, rationale=one.full)
    wrong = (
        Option(
            text=upper_first(text(other)),
            right=False,
            rationale=other.full,
            citation=maker.cite_one(other.section, other.statement),
        )
        for other in others
    )
    return key, *wrong
