"""How the name of a column asks for what stands in it: "Choose when" -> "When should X be chosen?".

A header that fits none of the forms here gives None, and nothing is asked of its column.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from rag.quiz.language import (
    PREPOSITIONS,
    agreed,
    article,
    base,
    head,
    inflected,
    is_helper,
    is_name,
    is_noun_phrase,
    is_plural,
    is_third_person,
    is_verb,
    without_brackets,
)

_VAGUE = frozenset(
    "remark remarks note notes comment comments value values item items detail details number no id other others more"
    " source sources reference references link links character here calculation example examples year question answer"
    " condition step steps row rows column columns index rank first second third".split()
)
# Nouns of many too, but as the name of a column they are verbs.
_VERBS = frozenset(
    "takes gives returns measures suits splits holds stores needs uses runs shows changes reaches serves favours favors"
    " supports handles covers works scales keeps costs protects contains".split()
)
_FOR = frozenset(
    "remedy remedies cure cures choice fit charge limit quota default recommendation route reason caution case cases"
    " advice".split()
)
_LINKS = {"idea": "behind"} | dict.fromkeys(_FOR, "for")
_KINDS = frozenset("kind type class category family".split())
_ACTS = frozenset("job purpose task role goal aim use function effect duty".split())
_SAID = frozenset("effect risk caution weakness cause reason danger idea rule example meaning consequence".split())
_POINTING = re.compile(r"\b(?:former|latter|this|these|above|below|next|previous|same)\b", re.I)
_BEST = frozenset("best good suitable suited ideal great right".split())
_AS_OF = re.compile(r",?\s+as of (?P<date>.+)$", re.I)
_WHEN = re.compile(r"(?:when to )?(?P<verb>choose|use|pick|select|prefer|apply)(?: (?P<link>when|if|for))?$", re.I)
_FOR_WHAT = re.compile(r"(?P<word>\w+) (?P<link>for|by|in|with|as|from|at)$", re.I)
_YOU = re.compile(r"you (?P<verb>\w+)$", re.I)
_WHO = re.compile(r"(?P<word>who|what) (?P<verb>\w+)(?: (?P<rest>.+))?$", re.I)
_HOW = re.compile(r"(?P<word>how|what|where|when|why) (?P<subject>.+?) (?P<verb>\S+?)(?P<rest> \w+)?$", re.I)


@dataclass(frozen=True, slots=True)
class Frame:
    """The questions of a column.

    `{n}` stands for a thing, `{c}` for what kind of thing, `{v}` for what is in the cell, `{q}` for the same in
    quotation marks unless it is a number.

    Attributes:
        ask: asks for the cell; "" where it cannot be asked for.
        say: the same as a statement.
        to: what things are matched to: "its typical use".
        which: asks for the thing, by how the cell reads (see `rag.quiz.generators.table_cells.reading`); under "" for
            any cell.
        share: asks which things (`{many}`) have a value; "" for none.
        deny: what is said of a thing whose cell says no, where the cells say yes or no; else "".
    """

    ask: str
    say: str
    to: str
    which: Mapping[str, str] = field(default_factory=dict)
    share: str = ""
    deny: str = ""

    @property
    def polar(self) -> bool:
        """Whether the cells say yes or no."""
        return bool(self.deny)

    @property
    def titled(self) -> bool:
        """Whether the name of the column with a cell after it reads as a statement: "Billing: per request"."""
        return self.ask.startswith(("What is the ", "What are the ", "When should "))

    def by_value(self, read: str) -> str:
        """Return what asks for the thing by a cell that reads so, or ""."""
        return self.which.get(read, self.which.get("", ""))


def frame_of(header: str, kind: str, names: Collection[str] = ()) -> Frame | None:
    """Return the questions of a column, or None where its name fits no form.

    Args:
        header: the name of the column.
        kind: what the rows are, "tool"; a header may name it, "What the tool does".
        names: what `rag.quiz.language.names_in` found in the document.
    """
    plain = " ".join(without_brackets(header).split()).rstrip(":?")
    as_of = _AS_OF.search(plain)
    if as_of:
        plain = plain[: as_of.start()]
    if not plain or len(plain.split()) > 7 or _POINTING.search(plain):
        return None
    thing = re.escape(head(kind) or "-")
    text = re.sub(rf"(?<=\w) of (?:the|a) {thing}$", "", header_in_sentence(plain, names))
    text = re.sub(rf"\bthe {thing}\b", "it", text)
    for form in (_when, _for_what, _you, _wh, _verb, _done, _noun):
        if found := form(text):
            return _dated(found, as_of["date"]) if as_of else found
    return None


def header_in_sentence(header: str, names: Collection[str]) -> str:
    """Return the name of a column in lower case, but for names: its capital tells nothing, since all have one."""
    words = header.split()
    titled = len(words) > 1 and all(word[:1].isupper() for word in words)
    plain = [word if (at and not titled) or is_named(word, names) else word.lower() for at, word in enumerate(words)]
    return header if header in names else " ".join(plain)


def is_named(word: str, names: Collection[str]) -> bool:
    """Whether a word keeps its capital: one of the names of a text, or with capitals or digits within."""
    return word in names or any(mark.isupper() or mark.isdigit() for mark in word[1:])


def _dated(frame: Frame, date: str) -> Frame:
    ask, say = (f"As of {date}, {text[:1].lower()}{text[1:]}" if text else "" for text in (frame.ask, frame.say))
    return Frame(ask, say, f"{frame.to} as of {date}")


def _when(text: str) -> Frame | None:
    """Read "choose when", "when to use", "choose for"."""
    found = _WHEN.match(text)
    if not found or not (found["link"] or text.startswith("when")):
        return None
    done = _participle(base(found["verb"]))
    by_noun = f"Which {{c}} should be {done} for {{v}}?"
    if found["link"] == "for":
        which = {"noun": by_noun, "doing": by_noun}
        what = f"what it should be {done} for"
        return Frame(f"What should {{n}} be {done} for?", f"{{n}} should be {done} for {{v}}.", what, which)
    return Frame(
        f"When should {{n}} be {done}?",
        f"{{n}} should be {done} in this case: {{v}}.",
        f"the case in which it should be {done}",
        {"clause": f"Which {{c}} should be {done} when {{v}}?", "noun": by_noun},
    )


def _for_what(text: str) -> Frame | None:
    """Read "best for", "works for", "shared by"."""
    found = _FOR_WHAT.match(text)
    if not found:
        return None
    word, link = found["word"], found["link"]
    if _is_third(word):
        verb, plain = f"{word} {link}", f"{base(word)} {link}"
        ask, say = f"What does {{n}} {plain}?", f"{{n}} {verb} {{v}}."
        which, to = f"Which {{c}} {verb} {{v}}?", f"what it {verb}"
    elif word in _BEST or (is_verb(word) and _participle(base(word)) == word):
        ask = "" if link in ("by", "with", "as") else f"What is {{n}} {text}?"
        say, which, to = f"{{n}} is {text} {{v}}.", f"Which {{c}} is {text} {{v}}?", f"what it is {text}"
    else:
        return None
    return Frame(ask, say, to, {"noun": which, "doing": which})


def _you(text: str) -> Frame | None:
    """Read "you manage"."""
    found = _YOU.match(text)
    if not found or not is_verb(found["verb"]):
        return None
    verb = found["verb"]
    which = {"noun": f"With which {{c}} do you {verb} {{v}}?"}
    return Frame(f"What do you {verb} with {{n}}?", f"With {{n}}, you {verb} {{v}}.", f"what you {verb} with it", which)


def _wh(text: str) -> Frame | None:
    """Read "who scales", "what is split", "how it works"."""
    if found := re.fullmatch(r"(how|what) it (\w+)(.*)", text):
        word, verb, rest = found.groups()
        acts = "Which {c} {v}?" if verb in ("does", "works", "acts") else ""
        ask, say = f"{word} does {{n}} {base(verb)}{rest}?", f"{word} {{n}} {verb}{rest}"
        return _cleft(ask, say, f"{word} it {verb}{rest}", acts)
    if (found := _WHO.match(text)) and _is_finite(found["verb"]):
        who = f"{found['word']} {found['verb']}"
        if found["rest"] in (None, "it") and not is_helper(found["verb"]):
            return _cleft(f"{who} {{n}}?", f"{who} {{n}}", f"{who} it")
        return _cleft(f"with {{n}}, {text}?", f"{text} with {{n}}", f"{text} with it")
    if not (found := _HOW.match(text)):
        return None
    word, subject, verb, rest = found["word"], found["subject"], found["verb"], found["rest"] or ""
    if not is_noun_phrase(subject) or not (is_helper(verb) or is_verb(verb)):
        return None
    does = "do" if agreed(verb, True) == verb else "does"
    asked = f"{verb} {subject}{rest}" if is_helper(verb) else f"{does} {subject} {base(verb)}{rest}"
    return _cleft(f"{word} {asked} with {{n}}?", f"{text} with {{n}}", f"{text} with it")


def _cleft(ask: str, clause: str, to: str, acts: str = "") -> Frame:
    return Frame(ask[:1].upper() + ask[1:], f"{{q}} is {clause}.", to, {"does": acts} if acts else {})


def _verb(text: str) -> Frame | None:
    """Read "returns", "needs ground truth", "means"."""
    verb, rest = (*text.split(" ", 1), "")[:2]
    if verb == "meaning" and not rest:
        return Frame("What does {n} mean?", "{n} means {q}.", "its meaning", {"": "Which {c} has the meaning {q}?"})
    if text in ("description", "definition"):
        return Frame("", "{n} is described as {q}.", "its description", {"": "Which {c} is described as {q}?"})
    if not _is_third(verb):
        return None
    plain = base(verb)
    if rest:
        say, deny = f"{{n}} {verb} {rest}.", f"{{n}} does not {plain} {rest}."
        return Frame("", say, f"whether it {verb} {rest}", share=f"Which {{many}} {plain} {rest}?", deny=deny)
    which = f"Which {{c}} {verb} {{v}}?"
    return Frame(
        f"What does {{n}} {plain}?",
        f"{{n}} {verb} {{v}}.",
        f"what it {verb}",
        {"noun": which, "doing": which},
        f"Which {{many}} {plain} {{v}}?",
    )


def _done(text: str) -> Frame | None:
    """Read "question answered", "data needed"."""
    *nouns, done = text.split(" ")
    noun = " ".join(nouns)
    if not noun or not is_verb(done) or _participle(base(done)) != done or not is_noun_phrase(noun) or "how" in noun:
        return None
    if base(done) == done:
        return None
    verb = agreed(base(done), False)
    ask = f"What {noun} does {{n}} {base(done)}?"
    which = {"": f"Which {{c}} {verb} the {noun} {{q}}?"}
    return Frame(ask, f"The {noun} that {{n}} {verb} is {{q}}.", f"the {noun} it {verb}", which)


def _noun(text: str) -> Frame | None:
    """Read "typical use", "limit per shard", "example"."""
    if text in ("example", "examples"):
        which = {"": "Of which {c} is {q} an example?"}
        return Frame("Which of these is an example of {n}?", "{q} is an example of {n}.", "its example", which)
    words = text.lower().split()
    if any(word in _VAGUE for word in words) or re.search(r"\b(?:and|or|most|least)\b|[/,=]", text):
        return None
    core, many = head(text).lower(), is_plural(text)
    if not is_noun_phrase(text) or len(core) < 3 or any(word.isdigit() for word in words):
        return None
    if all(is_name(word) and not word.isupper() for word in text.split()):
        return None
    be, of = ("are" if many else "is"), _preposition(text, core)
    if core in _KINDS:
        which = {"": f"Which {{c}} is of the {text} {{q}}?"}
        share = f"Which {{many}} are of the {text} {{q}}?"
        return Frame("", f"{{n}} is of the {text} {{q}}.", f"its {text}", which, share)
    number = "" if many else f"Which {{c}} has {article(text)} {text} of {{v}}?"
    which = {"": f"Which {{c}} has {{q}} as its {text}?", "number": number}
    if core not in _SAID:
        which["clause"] = ""
    if core in _ACTS:
        which["does"] = "Which {c} {v}?"
    return Frame(
        f"What {be} the {text} {of} {{n}}?",
        f"The {text} {of} {{n}} {be} {{q}}.",
        f"its {text}",
        which,
        f"For which {{many}} {be} the {text} {{q}}?",
    )


def _preposition(text: str, core: str) -> str:
    inner = any(word in PREPOSITIONS for word in text.lower().split())
    return _LINKS.get(core, "for" if inner else "of")


def _is_third(word: str) -> bool:
    """Whether a word is a verb as it follows "it", and no plural noun."""
    return is_third_person(word) and (word in _VERBS or not is_plural(word))


def _is_finite(word: str) -> bool:
    return is_helper(word) or is_third_person(word)


def _participle(verb: str) -> str:
    return inflected(verb, "VBN")
