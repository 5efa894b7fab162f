"""What the rows of a table are, and how each is called in a sentence that stands alone.

"Standard" in a table of classes, under "Storage classes" in a text on Amazon S3, is "the Amazon S3 storage class
“Standard”".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.quiz.generators.table_headers import header_in_sentence, is_named
from rag.quiz.generators.topics import plain_heading
from rag.quiz.language import (
    DETERMINERS,
    base,
    head,
    inflected,
    is_adjective,
    is_countable_single,
    is_name,
    is_noun_phrase,
    is_plural,
    is_plural_word,
    lower_first,
    singular,
    with_article,
)
from rag.quiz.material import Section

_NO_TOPIC = re.compile(
    r"\b(?:overview|introduction|summary|conclusion|examples?|worked|guide|notes|tutorial|chapter|general|pieces|their|its"
    r"|this|these|other|which|what|why|how|who|when|choosing|choose|reading|using|comparing|understanding|recognise|matrix"
    r"|questions?|formula|or|versus|vs|first|metrics computed)\b",
    re.I,
)
_NAMELESS = frozenset(["", "name", "item", "items", "id", "thing", "element", "entry", "#", "no", "title", "label"])
_GENERIC = frozenset(
    "strategy kind type method form option mode approach technique way step level stage setting policy status point"
    " control variant family layer phase component element part trigger lever feature mechanism direction process"
    " tool situation symptom sign problem model version class category rule state role unit factor"
    " parameter argument field property attribute".split()
)
_USED = frozenset(
    "method technique way tool option feature strategy approach setting lever algorithm metric family".split()
)
_PLAIN = re.compile(r"[\w.@/:<>*+-]+(?: [\w./+-]+){0,5}(?: \([^)]*\))?")
_WAYS = re.compile(r"(?:\w+ )?(?:ways|options|methods|means) to (\w+) (\w.+)$", re.I)
_ACTS = re.compile(r"(?:ing|tion|ment|sis|age|ance|ence|ity)s?$")


@dataclass(frozen=True, slots=True)
class Kind:
    """What the rows of a table are.

    Attributes:
        noun: "Amazon S3 storage class", "method"; "" for none.
        about: what they belong to: "Amazon MSK", "adapting a model"; "" where the noun says it.
        link: how `about` follows the noun, "of" or "for"; "" where it must go before.
    """

    noun: str
    about: str = ""
    link: str = ""

    @property
    def phrase(self) -> str:
        """As it reads after "which"."""
        return f"{self.noun} {self.link} {self.about}" if self.link else self.noun

    @property
    def many(self) -> str:
        """The phrase for several of them."""
        return self.phrase.replace(self.noun, plural(self.noun), 1)

    @property
    def place(self) -> str:
        """What a stem begins with where the phrase is not in it: "When adapting a model, "."""
        if not self.about:
            return ""
        if _is_doing(self.about.split()):
            return f"When {self.about}, "
        act = bool(_ACTS.search(head(self.about)))
        one = not act and " and " not in self.about and is_countable_single(self.about)
        about = f"the {self.about}" if one else self.about
        return f"{'In' if act else 'For'} {about}, "

    @property
    def opening(self) -> str:
        """What a stem begins with where the phrase is in it."""
        return "" if self.link else self.place


def plural(phrase: str) -> str:
    """Return a noun phrase for several: "form of Amazon MSK" -> "forms of Amazon MSK"."""
    word = head(phrase)
    if not word or is_plural_word(word):
        return phrase
    many = inflected(word, "NNS") or f"{word}s"
    return re.sub(rf"\b{re.escape(word)}\b", many, phrase, count=1)


def kind_of(header: str, section: Section, things: Sequence[str], names: Collection[str]) -> Kind:
    """Return what the things of a table are, from the name of their column and the headings above."""
    headings = list(_headings(section))
    plain = re.sub(r"\s*\([^)]*\)|(?<=\w) name$", "", header, flags=re.I).strip()
    own = header_in_sentence(plain, names)
    if own.lower() in _NAMELESS:
        own = _kind_in(headings[0], names) if headings else ""
    if not own:
        return Kind("")
    own = _singular(own) if is_plural(own) else own
    known = sum(is_proper(one, names) for one in things) >= 0.8 * len(things)
    for heading in headings:
        found = _of_heading(own, heading, names)
        if found and not (known and found.link and own not in _GENERIC):
            return replace(found, noun=_with_product(found, section, names))
    if any(is_name(word, names) for word in own.split()) or " of " in own or (known and own not in _GENERIC):
        return Kind(own)
    return next(_under(own, headings, names), Kind(own))


def _headings(section: Section) -> Iterator[str]:
    """Yield the headings above a table, innermost first, without what says nothing."""
    for heading in dict.fromkeys((*reversed(section.path), section.document.title)):
        yield plain_heading(heading)


def _kind_in(heading: str, names: Collection[str]) -> str:
    """Return what a heading of many things says that they are: "Architectures to recognise" -> "architecture"."""
    usable = is_plural(heading) and is_noun_phrase(heading) and not re.search(r"\band\b", heading)
    return lower_first(_singular(heading), names) if usable and not _NO_TOPIC.search(heading) else ""


def _singular(phrase: str) -> str:
    word = head(phrase)
    lemma = singular(word)
    return re.sub(rf"\b{re.escape(word)}\b", lemma if word.islower() else lemma.capitalize(), phrase, count=1)


def _of_heading(own: str, heading: str, names: Collection[str]) -> Kind | None:
    """Return a fuller name for the things where a heading has it: "Storage classes", "Forms of Amazon MSK"."""
    one = rf"(?:{re.escape(plural(own))}|{re.escape(own)})"
    if found := re.fullmatch(rf"(\S+) in {one}", heading, re.I):
        return Kind(own, lower_first(found[1], names), "of")
    found = re.fullmatch(rf"(?:(?P<before>.+?) )??{one}(?: (?P<link>of|for|and) (?P<after>.+))?", heading, re.I)
    if not found or (not found["before"] and found["link"] in (None, "and") and own in _GENERIC):
        return None
    before, after = found["before"] or "", found["after"] or ""
    if set(before.lower().split()) & (DETERMINERS | {"and"}) or _NO_TOPIC.search(before):
        return None
    whole = f"{lower_first(before, names)} {own}".strip()
    if found["link"] in ("of", "for") and is_noun_phrase(after) and "," not in after:
        return Kind(whole, after, found["link"])
    return Kind(whole)


def _under(own: str, headings: Sequence[str], names: Collection[str]) -> Iterator[Kind]:
    """Yield the things as what belongs to a heading: "for adapting a model", "Textract operation"."""
    for heading in headings:
        words = heading.split()
        if ways := _WAYS.match(heading):
            yield Kind(own, f"{inflected(base(ways[1]), 'VBG')} {ways[2]}", "for" if own in _USED else "")
        if not words or len(words) > 6 or _NO_TOPIC.search(heading) or re.search(r"[,?:;]", heading):
            continue
        titled = any(word.istitle() for word in words[1:]) and not _is_doing(words)  # "Model Registry"
        topic = heading if titled or is_named(words[0], names) else heading[:1].lower() + heading[1:]
        if all(is_name(word, names) for word in words):
            yield Kind(own, heading) if is_plural(heading) else Kind(f"{heading} {own}")
        elif _is_doing(words):
            yield Kind(own, topic, "for" if own in _USED else "")
        elif is_noun_phrase(heading) and words[0].lower() not in DETERMINERS and heading.lower() != plural(own):
            if len(words) == 1 and not is_plural(heading):
                yield Kind(own if own[:4] == topic[:4] else f"{topic} {own}")
            yield Kind(own, topic)


def _is_doing(words: Sequence[str]) -> bool:
    """Whether a heading says what is done: "Adapting a model", "Hosting many models"."""
    if all(word.lower().endswith("ing") or word == "and" for word in words):
        return len(words) > 2
    first, second = words[0].lower(), words[1] if len(words) > 1 else ""
    if not first.endswith("ing") or base(first) == first:
        return False
    objects = second in DETERMINERS | {"less", "more", "data"} or second.isupper()
    return objects or (not is_adjective(first) and is_plural_word(second))


def _with_product(kind: Kind, section: Section, names: Collection[str]) -> str:
    """Return a noun with the name that the document's title begins with, where it has none: "Amazon S3 ..."."""
    product = _product(section.document.title, names)
    named = any(is_name(word, names) for word in kind.phrase.split())
    return f"{product} {kind.noun}" if product and not named else kind.noun


def _product(title: str, names: Collection[str]) -> str:
    words = title.split()
    count = next((at for at, word in enumerate(words) if not is_name(word, names) or word.endswith((",", ":"))), 0)
    if count and words[count].lower() != "and" and not words[count].endswith((",", ":")):
        return " ".join(words[:count])
    last = re.search(r" (?:on|in|with) ((?:[A-Z]\S* ?)+)$", title)
    return last[1] if last and all(is_name(word, names) for word in last[1].split()) else ""


def is_proper(name: str, names: Collection[str]) -> bool:
    """Whether a name is one wherever it stands: "Kinesis Data Streams", "gp3", not "Standard" or "Early stopping"."""
    words = re.findall(r"[^\s(),/]+", name)
    if "/" in name or any(mark.isupper() or mark.isdigit() or mark == "_" for word in words for mark in word[1:]):
        return True
    if len(words) == 1:
        return words[0] in names
    return len(words) > 1 and all(word[:1].isupper() or word in ("for", "of", "on", "and") for word in words)


def called(things: Sequence[str], kind: Kind, text: str, names: Collection[str]) -> dict[str, str]:
    """Return how each thing of a table is called within a sentence, after the place of its kind.

    Args:
        things: as they stand in the table.
        kind: what they are.
        text: the document, which shows how they are called there.
        names: what `rag.quiz.language.names_in` found in it.
    """
    known = {one: _known(one, kind, text, names) for one in things}
    proper = {one for one in things if is_proper(one, names)}
    if any(not known[one] for one in things if one not in proper):  # the others in one way too
        known |= dict.fromkeys((one for one in things if one not in proper), "")
        if len(proper) < 0.6 * len(things):
            known = dict.fromkeys(things, "")
    return {one: known[one] or _labelled(one, kind) for one in things}


def _known(name: str, kind: Kind, text: str, names: Collection[str]) -> str:
    """Return a thing as the text itself calls it, or ""."""
    last = kind.noun.split()[-1] if kind.noun else ""
    if last and (said := re.search(rf"\b{re.escape(name)} {re.escape(last)}(?=\b|s\b)", text, re.I)):
        return f"the {said.group()}" if not is_proper(name, names) or " " not in name else name
    if not _PLAIN.fullmatch(name) or re.search(r"\b(?:or|and)\b", name):
        return ""
    if is_proper(name, names):
        if " " in kind.noun and not kind.about and set(name.split()).isdisjoint(kind.phrase.split()):
            return ""
        common = name.split()[-1].isalpha() and name.split()[-1].islower() and is_countable_single(name)
        return with_article(name) if common else name
    return _as_noun(lower_first(name, names), text) if kind.about or " " not in kind.noun else ""


def _labelled(name: str, kind: Kind) -> str:
    if not kind.noun:
        return name
    if " " not in kind.noun or " of " in kind.noun:
        return f"the “{name}” {kind.noun}"
    common = re.search(r"[,;]| (?!(?:for|of|on)\b)[a-z]", name)
    return f"the {kind.noun} “{name}”" if common else f"the {kind.noun} {name}"


def _as_noun(low: str, text: str) -> str:
    """Return a name as a noun of the text, with the article that it has there, or ""."""
    last = low.split()[-1].strip("()")
    if not is_noun_phrase(low):
        return ""
    if " " in low and re.search(rf"\ban? {re.escape(low)}\b", text, re.I):
        return with_article(low)
    mass = not is_plural_word(last) and _ACTS.search(last) and not is_countable_single(low)
    return low if mass else ""
