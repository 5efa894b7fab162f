"""Items from notes and slides: what is said of a thing, against what is said of others in the same words and form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from rag.quiz.generators.fragments import is_telling
from rag.quiz.generators.notes import Note, Notes
from rag.quiz.generators.said import turn
from rag.quiz.generators.siblings import nearest
from rag.quiz.items import (
    Bloom,
    Difficulty,
    Flashcard,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Option,
    Pair,
    TrueFalse,
)
from rag.quiz.language import article, upper_first
from rag.quiz.making import Maker
from rag.text.terms import stems

NAME = "slides"
_ALIKE = 0.75  # cosine from which two fragments may say the same
_SUPPORTED = 0.5  # share of the words of a fragment from which a statement about a thing may support it
_LONGER = 2.2  # times that one option may be longer than another
_MOST_OF_ONE = 3  # multiple choice items about one thing
_NEAR = 100  # notes among which others are sought
_PAIRS = 4
_ASKED = 3  # words of a noun phrase from which it can be asked for alone


class Slides:
    """Asks what notes say of things."""

    name = NAME

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield multiple choice, multiple response, matching, true or false and flashcards."""
        known = _Known(maker)
        yield from known.cards()
        for name in dict.fromkeys(note.name for note in known.told):
            yield from known.of_thing([note for note in known.told if note.name == name])
        yield from known.matchings()


class _Known:
    """The notes of one document, and which of them can stand beside one another."""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker
        self._notes = Notes(maker)
        self.told = [note for note in self._notes if is_telling(note.says, note.name)]
        self._rows = maker.vectors([note.says for note in self.told] or [""])
        self._at = {note: at for at, note in enumerate(self.told)}
        self._held: dict[tuple[str, str], bool] = {}
        self._named: dict[str, list[frozenset[str]]] = {}
        self._lead = 0  # how many more statements are true than false

    @cached_property
    def _statements(self) -> list[frozenset[str]]:
        return [stems(one.whole) for section in self._maker.sections for one in section.statements]

    def of_thing(self, notes: Sequence[Note]) -> Iterator[Item]:
        """Yield the items about one thing."""
        asked = 0
        for note in notes:
            if asked < _MOST_OF_ONE:
                ways = [self._which, self._what] if turn(note.fact, 2) else [self._what, self._which]
                made = [item for way in ways if (item := way(note))]  # the second stands in for the first
                asked += bool(made)
                yield from made
            yield from filter(None, [self._truth(note)])
        yield from filter(None, [self._response(notes)])

    def cards(self) -> Iterator[Flashcard]:
        """Yield flashcards, of the notes too that have a word of the name in them."""
        for note in self._notes:
            yield from filter(None, [self._card(note)])

    def matchings(self) -> Iterator[Matching]:
        """Yield items that match the things of one section to what is said of them."""
        for section in self._maker.sections:
            here = [note for note in self.told if note.section is section and note.form != "clause"]
            for form in dict.fromkeys(note.form for note in here):
                group: list[Note] = []
                for note in here:
                    fits = note.form == form and all(_same_form(note, one) and self._apart(note, one) for one in group)
                    if len(group) < _PAIRS and fits and all(_similar(one.says, note.says) for one in group):
                        group.append(note)
                if len(group) > 2 and (made := self._matching(group)):
                    yield made

    def _beside(self, note: Note) -> list[Note]:
        """Return what is said of other things in the same form, the most alike first; of each thing one note."""
        found: list[Note] = []
        for other in self._near(note):
            fits = other.form == note.form and _similar(note.says, other.says) and self._apart(note, other)
            if fits and all(self._apart(other, one) for one in found):
                found.append(other)
        return found

    def _near(self, note: Note) -> list[Note]:
        """Return the notes that say something most like it; itself among them."""
        scores = self._rows @ self._rows[self._at[note]]
        return [self.told[at] for at in (-scores).argsort(kind="stable")[:_NEAR]]

    def _apart(self, one: Note, other: Note) -> bool:
        """Whether two notes are about different things, and what is said of one surely not said of the other."""
        if self._notes.are_kin(one, other) or self._likeness(one, other) > _ALIKE:
            return False
        return not self._may_hold(one, other.says) and not self._may_hold(other, one.says)

    def _likeness(self, one: Note, other: Note) -> float:
        return float(self._rows[self._at[one]] @ self._rows[self._at[other]])

    def _may_hold(self, note: Note, says: str) -> bool:
        """Whether a statement that names a thing holds so much of a fragment that it may be true of it."""
        if (note.name, says) not in self._held:
            wanted = stems(says) - stems(note.name)
            enough = _SUPPORTED * len(wanted)
            self._held[note.name, says] = any(len(wanted & known) >= enough for known in self._naming(note.name))
        return self._held[note.name, says]

    def _naming(self, name: str) -> list[frozenset[str]]:
        """Return the words of each statement that names a thing."""
        if name not in self._named:
            bare = self._notes.bare(name)
            self._named[name] = [known for known in self._statements if bare <= known]
        return self._named[name]

    def _what(self, note: Note) -> Item | None:
        """Ask for what is said: "Which description fits Amazon Kinesis?"."""
        if note.form == "noun" and len(note.says.split()) < _ASKED:
            return None
        others = sorted(self._beside(note), key=lambda other: other.facet != note.facet)
        return self._choice(note, _what_stem(note), [note, *others[: MultipleChoice.SIZE - 1]], "says")

    def _which(self, note: Note) -> Item | None:
        """Ask for the thing: "Which of these encrypts objects with a key of your own?"."""
        stem = _which_stem(note)
        others = [other for other in self._near(note) if self._apart(note, other) and _same_form(note, other)]
        others = list({other.title.lower(): other for other in reversed(others)}.values())
        here = [other for other in others if other.section is note.section]
        chosen = nearest(self._maker, note.name, here, lambda other: other.title, MultipleChoice.SIZE - 1)
        rest = [other for other in others if other not in here and all(self._apart(other, one) for one in chosen)]
        chosen += nearest(
            self._maker, note.name, rest, lambda other: other.title, MultipleChoice.SIZE - 1 - len(chosen)
        )
        return self._choice(note, stem, [note, *chosen], "title") if stem else None

    def _choice(self, note: Note, stem: str, shown: Sequence[Note], text: str) -> Item | None:
        citations = self._maker.cite(note.section, *note.statements)
        if len(shown) < MultipleChoice.SIZE or not citations:
            return None
        return MultipleChoice(
            stem=stem,
            options=tuple(self._option(one, getattr(one, text), one is note) for one in shown),
            rationale=note.sentence,
            citations=citations,
            facts=(note.fact,),
            difficulty=Difficulty.MEDIUM,
            bloom=Bloom.UNDERSTAND if text == "says" else Bloom.REMEMBER,
            generator=NAME,
        )

    def _option(self, note: Note, text: str, right: bool) -> Option:
        cited = self._maker.cite_one(note.section, note.statement)
        return Option(text=text, right=right, rationale=note.sentence, citation=cited)

    def _response(self, notes: Sequence[Note]) -> Item | None:
        """Ask for two things that are said of one."""
        forms = [note.form for note in notes]
        right = [note for note in notes if note.form == max(forms, key=forms.count)][:2]
        if len(right) < 2:
            return None
        wrong = [one for one in self._beside(right[0]) if self._apart(one, right[1])][:3]
        citations = self._maker.cite(right[0].section, *(one.statement for one in right))
        if len(wrong) < 3 or len(citations) < 2 or right[0].section is not right[1].section:
            return None
        return MultipleResponse(
            stem=f"Which TWO descriptions fit {right[0].owner}?",
            options=tuple(self._option(one, one.says, one in right) for one in (*right, *wrong)),
            rationale=" ".join(one.sentence for one in right),
            citations=citations,
            facts=tuple(one.fact for one in right),
            difficulty=Difficulty.HARD,
            bloom=Bloom.UNDERSTAND,
            generator=NAME,
        )

    def _matching(self, group: Sequence[Note]) -> Matching | None:
        citations = [cited for note in group if (cited := self._maker.cite_one(note.section, note.statement))]
        if len(citations) < len(group):
            return None
        *first, last = (note.owner for note in group)
        return Matching(
            stem=f"Match each of {', '.join(first)} and {last} with its description.",
            pairs=tuple(
                Pair(prompt=note.title, match=note.says, rationale=note.sentence, citation=cited)
                for note, cited in zip(group, citations, strict=True)
            ),
            rationale=" ".join(note.sentence for note in group),
            citations=tuple(dict.fromkeys(citations)),
            facts=tuple(note.fact for note in group),
            difficulty=Difficulty.EASY if len(group) == 3 else Difficulty.MEDIUM,
            bloom=Bloom.UNDERSTAND,
            generator=NAME,
        )

    def _truth(self, note: Note) -> Item | None:
        """Ask whether something is true of a thing, or false since it is true of another."""
        citations = self._maker.cite(note.section, *note.statements)
        if note.form not in ("does", "can", "is") or not citations or turn(note.fact, 3) == 0:
            return None
        others = [other for other in self._beside(note) if other.is_plural == note.is_plural]
        if not others:
            return None
        of = others[0] if self._lead >= 0 else note
        self._lead += 1 if of is note else -1
        return TrueFalse(
            stem=f"True or false: {note.said_of(of)}",
            answer=of is note,
            rationale=note.sentence if of is note else f"{note.sentence} No such thing is said of {of.owner}.",
            citations=citations,
            facts=(note.fact,),
            difficulty=Difficulty.EASY,
            bloom=Bloom.UNDERSTAND,
            generator=NAME,
        )

    def _card(self, note: Note) -> Flashcard | None:
        """Ask what a thing is, does or is used for, where only one note says it."""
        alone = sum(other.name == note.name and other.form == note.form for other in self._notes) == 1
        question, back = _asked_for(note) if alone else ("", "")
        citations = self._maker.cite(note.section, *note.statements)
        if not question or not citations:
            return None
        return Flashcard(
            stem=question,
            back=back,
            rationale=note.sentence,
            citations=citations,
            facts=(note.fact,),
            difficulty=Difficulty.EASY,
            generator=NAME,
        )


def _similar(one: str, other: str) -> bool:
    shorter, longer = sorted((len(one), len(other)))
    return longer <= _LONGER * shorter


def _same_form(one: Note, other: Note) -> bool:
    """Whether two names can stand side by side: both of one or of many, both names or both common nouns."""
    return one.is_plural == other.is_plural and one.is_named == other.is_named


def _what_stem(note: Note) -> str:
    if note.facet and note.form in ("noun", "verb"):
        return f"Which of these is {article(note.facet)} {note.facet} of {note.owner}?"
    if note.form == "does" and not note.is_state:
        return f"What does {note.owner} do?"
    if note.definition:
        return f"What is {note.owner}?"
    which = "Which of these is true of" if note.form == "clause" else "Which description fits"
    return f"{which} {note.owner}?"


def _which_stem(note: Note) -> str:
    """Return the question for the thing, or "" where what is said cannot stand without its name."""
    match note.form:
        case "does" | "can":
            return "" if note.is_plural else f"Which of these {note.within}?"
        case "is":
            return f"Which of these {'are' if note.is_plural else 'is'} {note.within}?"
        case "noun" if note.definition:
            return f"Which of these is {note.definition}?"
        case "noun" | "verb":
            return f"Which of these fits the description “{note.says}”?"
    return ""


def _asked_for(note: Note) -> tuple[str, str]:
    """Return a question whose answer is what is said, and the answer; empty ones where there is no plain question."""
    opening, _, rest = note.says.partition(" ")
    second, _, rest = rest.partition(" ")
    if note.form == "does" and not note.is_state:
        return f"What does {note.owner} do?", f"It {note.within}."
    if note.form == "is" and opening in ("Used", "Useful", "Great", "Good") and second == "for":
        return f"What is {note.owner} {opening.lower()} for?", f"{upper_first(rest)}."
    if note.definition:
        return f"What is {note.owner}?", f"{upper_first(note.definition)}."
    if note.is_label and note.form == "verb" and note.is_named and not note.is_plural and "," not in note.says:
        return f"What is {note.owner} for?", f"To {note.within}."
    return "", ""
