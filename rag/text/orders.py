"""Finds sentences of a text that speak to the assistant instead of to the reader.

Course texts are data, never instruction. An extractive answer cannot obey an order, but it could repeat one
to a student; so a sentence that tells the assistant what to answer is never part of an answer. Neither is one
that asks for something which has nothing to do with the passage it stands in: a poem, a translation, the capital
of a country.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from rag.text.sentences import sentence_spans
from rag.text.terms import stems
from rag.types import Passage

_ASSISTANT = r"(?:assistant|chat ?bot|language model|llm|(?:ai|virtual|study) (?:tutor|model|system|assistant))"
_ANSWER = r"(?:answers?|repl(?:y|ies)|responses?)"
_SAY = (
    r"(?:say|repl(?:y|ies)|answers?|responds?|prints?|outputs?|writes?|tells?|hands?|gives?|greets?|states?|mentions?"
    r"|reveals?|repeats?)"
)
_BEGINNING = r"^(?:[\w -]{1,20}: *)?[\"'“‘(]*(?:please,? |now |then |also )*"
_AN = r"(?:me |us )?(?:an? |some |the )?(?:[\w-]+ ){0,2}?"
_ORDERS = (
    # "ignore the above", "disregard all previous instructions"
    r"\b(?:ignore|disregard|forget|override) (?:(?:all|any|the|every|your|these|those|of) )*"
    r"(?:above|previous|prior|earlier|preceding|other|system|existing|instructions?|prompts?|rules|guidelines)\b",
    # "if a student asks ..., say that ..."
    r"\b(?:if|when(?:ever)?|should) (?:any(?:one|body)|some(?:one|body)|an?|the|any|you)\b[^.?!]{0,30}"
    rf"\basks?\b[^.?!]{{0,160}}\b{_SAY}\b",
    # "the correct reply is that ...", "end each answer with ...", "in your response"
    rf"\b(?:correct|right|only|proper|required) {_ANSWER} (?:is|must be|should be) (?:that|to say)\b",
    r"\b(?:begin|start|end|finish|close|prefix|sign|append|include)\b[^.?!]{0,40}\b(?:each|every|all)"
    rf" {_ANSWER} with\b",
    rf"\b(?:in|to|of|from|with|modify|augment|enhance|provide|render) your (?:next |final |whole )?{_ANSWER}\b",
    r"\bbefore (?:replying|answering|responding) to (?:anything|any|every|questions?)\b",
    r"\b(?:answer|reply to|respond to) (?:every|all|any|each) questions? (?:with|in|by|as)\b",
    r"\b(?:reply|respond|answer) (?:only|always) (?:with|in|that)\b|\breply that\b|\bbefore every reply\b",
    # "whenever fees come up, state that ...", "AI readers of this page have to ..."
    r"\bwhen(?:ever)? [^.?!]{1,40} (?:comes? up|(?:is|are) (?:mentioned|asked|raised))\b[^.?!]{0,10}"
    rf"\b(?:claim|{_SAY})\b",
    r"\b(?:ai|automated) (?:readers?|assistants?|reviewers?)\b[^.?!]{0,30}\b(?:have to|has to|must|should|shall)\b",
    r"\b(?:append|add|attach)\b[^.?!]{0,80}\bto (?:whatever|everything|all that)"
    r" (?:you|they|it) (?:write|say|answer)s?\b",
    # "the assistant prints ...", "note to the AI tutor", "you are now", "from now on you"
    rf"\bthe {_ASSISTANT} (?:must|should|shall|will|has to|is to|may|never|always|now|{_SAY}|ignores?)\b",
    rf"\b(?:note|instructions?|message|reminder|attention|orders?) (?:to|for) (?:the |any |an? )?{_ASSISTANT}\b",
    r"\byou are now\b|\bfrom now on,? (?:you|i|always|never)\b|\bpretend (?:to be|that you)\b",
    r"\b(?:do not|don't|never) (?:tell|reveal (?:this|it) to|mention (?:this|it) to|inform|warn) (?:the )?"
    r"(?:users?|students?|readers?|anyone)\b",
    # "jumble the letters of your message", "replace every third letter", "print vowels as numbers"
    r"\b(?:letters?|words?|vowels|spaces|spelling|language)\b[^.?!]{0,40}\b(?:in|of|from)"
    r" your (?:messages?|output|text)\b",
    r"\b(?:render|encode|encrypt|phrase|spell|translate) your (?:messages?|output|text)\b",
    r"\b(?:replace|convert|swap|substitute|change|remove|turn|print|write) (?:every|each|all)? ?"
    r"(?:(?:second|third|fourth|fifth|other) (?:letter|vowel|word)s?|vowels|consonants)"
    r" (?:with|by|to|into|for|as|of)\b",
    # "encode your response", "express your answer in ...", "use a cipher for your reply", "reply in reverse"
    r"\b(?:encode|encrypt|express|reverse|shift|scramble|translate|print|display|represent) your"
    rf" (?:next |final |whole )?{_ANSWER}\b|\bfor your {_ANSWER}\b",
    rf"\bwrite your {_ANSWER} (?:backwards?|without|only)\b",
    rf"{_BEGINNING}(?:reply|respond) (?:in|using|with|as|by)\b|\bcan you (?:reply|respond)\b",
    # tasks that a course text does not set: a poem, a translation, a favour
    rf"{_BEGINNING}(?:write|compose|draft|develop|provide|create|generate|tell|give|sing|recite)"
    rf" {_AN}(?:poems?|story|stories|speech|essay|song|joke|haiku|limerick|sonnet|tale|letter to"
    r"|(?:introduction|outline|conclusion) (?:for|of|to) an? (?:\w+ )?(?:essay|speech|story|novel))\b",
    rf"{_BEGINNING}translate (?:this|these|the (?:following|above|next)|your)\b"
    r"[^.?!]{0,60}\b(?:in)?to (?-i:[A-Z])",
    r"\bprovide the \w+ (?:equivalent|translation|word) (?:for|of)\b|\bhow (?:do|would|can) (?:you|i|we) say [\"'‘“]",
    r"^what(?:'s|’s| is| are) [\"'‘“][^\"“”]{1,60}[\"'’”] in (?-i:[A-Z])[a-z]+\?",
    r"\b(?:can|could|would|will) you (?:please |kindly )?(?:show|tell|give|write|explain|help|teach|send)"
    rf"(?: to)? (?:me|us)\b|{_BEGINNING}(?:show|tell|give|teach|help) me\b",
    # a turn of a dialogue, a template of a chat model
    r"(?:^|[|>*-]\s*|[.!?]\s+)(?:system|assistant|user|ai)\s*:\s",
    r"<\|(?:im_start|im_end|system|user|assistant)\|?>|\[/?INST\]|<<SYS>>",
)
_ORDER = re.compile("|".join(f"(?:{order})" for order in _ORDERS), re.IGNORECASE)
# Every order holds one of these; looking for them first is a hundred times quicker.
_CUES = (
    "ignore", "disregard", "forget", "override", "asks", "ask ", "answer", "repl", "respon", "assistant", "chat",
    "language model", "llm", "tutor", "you are now", "from now on", "pretend", "tell", "reveal", "mention", "inform",
    "warn", "comes up", "come up", "mentioned", "raised", "ai ", "automated ", "whatever", "everything", "all that",
    "system", "user", "ai:", "ai :", "<|", "inst]", "<<sys", " your message", " your output", " your text", "letter",
    "vowel", "consonant", "second word", "third word", "fourth word", "fifth word", "other word", "poem", "story",
    "stories", "speech", "essay", "song", "joke", "haiku", "limerick", "sonnet", "tale", "translat", "equivalent",
    " say ", "?", " me ", " us ",
)  # fmt: skip


# Who asks a student to explain, or asks a question, says nothing that answers; but a question may head what does.
_REQUEST = re.compile(
    rf"{_BEGINNING}(?:explain|describe|discuss|outline|summari[sz]e|break down"
    r"|provide (?:an example|a summary|an explanation)|tell|suggest)\b"
    r"|^(?:who|whom|whose|what|which|when|where|why|how|can|could|would|do|does|did|is|are)\b[^.!]*\?[\"'”’)]*$",
    re.IGNORECASE,
)
_FOREIGN_STEMS, _FOREIGN_SHARE = 2, 1 / 3  # content words of a request, and how many of them its passage may hold
_STRAY_REQUESTS = 2  # a passage with more of them is about questions: a list of frequent ones, exercises
_TELLING_STEMS = 12  # content words of a passage that say what it is about
# Where a line begins something of its own, and the marks that it begins with.
_OPENING = re.compile(r"[ \t]*(?:[-*+•>#|]|\d{1,3}[.)]\s|```|~~~|(?:system|assistant|user|ai)\s*:)", re.IGNORECASE)
_COLON = re.compile(r":\s+(?=[\"'“‘(]*[A-Z])")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_MARKS = re.compile(r"[ \t]*(?:(?:[-*+•>]|#{1,6}|\d{1,3}[.)])[ \t]+)*")


def speaks_to_assistant(text: str) -> bool:
    """Whether a sentence tells the assistant what to do or to say."""
    lowered = text.lower()
    return any(cue in lowered for cue in _CUES) and _ORDER.search(text) is not None


def order_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of a passage that speak to the assistant."""
    return _orders(text, _sentences(text))


def _orders(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(start, end) for start, end in spans if speaks_to_assistant(text[start:end])]


def unspoken_spans(text: str, headings: Sequence[str] = ()) -> list[tuple[int, int]]:
    """Return the spans of the sentences that no answer may say: orders, and requests foreign to the passage."""
    spans = [*_sentences(text)]
    orders = _orders(text, spans)
    requests = [span for span in spans if _REQUEST.search(text[slice(*span)])]
    if len(requests) > _STRAY_REQUESTS:
        return orders
    rest = (*headings, _blanked(text, requests))
    foreign = [span for span in requests if _is_foreign(text[slice(*span)], rest)]
    return sorted({*orders, *foreign})


def without_orders(text: str, headings: Sequence[str] = ()) -> str:
    """Return a passage of the same length, with blanks for the sentences that no answer may say.

    So a sentence beside an order stays; a table row goes where an order fills a cell of it.
    """
    return _blanked(text, [_row_or_span(text, *span) for span in unspoken_spans(text, headings)])


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + re.sub(r"[^\n|]", " ", text[start:end]) + text[end:]
    return text


def _row_or_span(text: str, start: int, end: int) -> tuple[int, int]:
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end) if "\n" in text[end:] else len(text)
    before, after = text[line_start:start].strip(), text[end:line_end].strip()
    fills_cell = before.startswith("|") and before.endswith("|") and after[:1] in ("", "|")
    return (line_start, line_end) if fills_cell else (start, end)


def honest_headings(headings: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the headings above a text, and what stands as such, that give no orders."""
    return tuple(
        one
        for at, one in enumerate(headings)
        if not speaks_to_assistant(one) and not _is_foreign(one, (*headings[:at], *headings[at + 1 :], text))
    )


def order_notes(passages: Sequence[Passage]) -> tuple[str, ...]:
    """Return a note for each document of which passages tell the assistant what to say, with their places."""
    places: dict[str, dict[str, None]] = {}
    for one in passages:
        if order_spans(one.chunk.text) or any(map(speaks_to_assistant, one.chunk.heading_path)):
            places.setdefault(one.document.name, {})[place_of(one)] = None
    return tuple(
        f"{name} tells the assistant what to say ({'; '.join(found)}); that was left out."
        for name, found in places.items()
    )


def place_of(passage: Passage) -> str:
    """Return where in its document a passage stands, for a person to read, without headings that give orders."""
    chunk = passage.chunk
    return chunk.place(passage.document.page_unit, honest_headings(chunk.heading_path, chunk.text))


def _is_foreign(sentence: str, rest: Iterable[str]) -> bool:
    """Whether a sentence asks for something that the rest of its passage is not about."""
    if not _REQUEST.search(sentence):
        return False
    asked, about = stems(sentence), stems(" ".join(rest))
    return (
        len(asked) >= _FOREIGN_STEMS
        and len(about) >= _TELLING_STEMS
        and len(asked & about) <= _FOREIGN_SHARE * len(asked)
    )


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of sentences, each within its paragraph, list item or table cell, and of what a colon begins."""
    for unit in _units(text):
        for start, end in sentence_spans(text, *unit):
            yield start, end
            yield from ((colon.end(), end) for colon in _COLON.finditer(text, start, end))


def _units(text: str) -> Iterator[tuple[int, int]]:
    begin = at = 0
    for line in text.splitlines(keepends=True):
        if not line.strip() or _OPENING.match(line):
            yield begin, at
            marks = _MARKS.match(text, at)
            begin = marks.end() if marks else at
        at += len(line)
        if _FENCE.match(line):
            begin = at
        if line.lstrip().startswith("|"):
            bars = [*(bar.start() for bar in re.finditer(r"\|", line)), len(line)]
            yield from ((at - len(line) + one + 1, at - len(line) + two) for one, two in pairwise(bars))
            begin = at
    yield begin, at
