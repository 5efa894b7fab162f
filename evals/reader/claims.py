"""Claims of our own for the support head, made from texts that are at hand, by code and without a language model.

From keyed questions: the stem with its key is supported by the section, with a distractor it is not. From sentences of
textbooks and manuals: as they stand and reworded they are supported, changed in one thing (`evals.perturb`) they are
not; whether they are contradicted is not said. Each stands beside the window of its section that is nearest to it,
since no more can be read at once.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from evals.items import Split
from evals.peers.items import load_textbook
from evals.peers.perturbed import cases_of
from evals.reader.examples import Claim
from evals.reader.written import LEARNED, are_new, is_held_document
from evals.rows import read_rows
from evals.suites import SHARED, SUITES, items_of
from rag.text.sentences import sentence_spans
from rag.text.terms import stems

_LABELS = {True: "supported", False: "not_enough"}
WINDOW = 600  # characters of a source
_PIECES = 4  # of a document of which a sentence is taken
_DISTRACTORS = 2  # of a question
_KEY_SHOWN, _CLAIM_SHOWN = 0.75, 0.6  # shares of the words of key and claim that the window must hold

_MARKUP = re.compile(r"\[(?P<kept>[^\]\n]*)\]\([^)\n]*\)|<[^>\n]*>|\*\*|`|\\(?=[^\w\s])")
_BLANK = re.compile(r"_{2,}")
_SENTENCE_END = re.compile(r"[.?!]\s")
_NEGATED = re.compile(r"\b(?:not|except|false|incorrect|untrue|never|least)\b", re.I)
_TOGETHER = re.compile(r"\b(?:above|both|neither|either|all of|none of|depends)\b|\b[A-E] and [A-E]\b")
_THESE, _IS = r"of (?:the following|these)", r"(?:is|are|was|were)"
_STATEMENTS = re.compile(rf"which (?:one )?{_THESE}\b.*\b(?:true|correct)\?", re.I)
_OF_THESE = re.compile(rf"which (?:one )?{_THESE} (?P<rest>{_IS} (?:an? |the ).+)\?", re.I)
_IS_THE = re.compile(rf"what (?P<rest>{_IS} the .+)\?", re.I)
# "which nerve is involved in ...": where anything else follows the verb, the answer may be its object.
_IS_DONE = re.compile(
    rf"(?:which|what)(?: {_THESE})?(?: [\w-]+){{0,4}}? (?P<rest>{_IS} [\w-]+(?:ed|ing|ble|en|nd) "
    r"(?:by|for|in|of|from|to|with|as|on|during|within|into) .+)\?",
    re.I,
)
_STRANDED = re.compile(r"\b(?:of|in|for|by|to|with|from|on|as|into)$")


def own_claims(*, held: bool) -> list[Claim]:
    """Return the claims over documents that are kept from the reader, or over the others, always the same.

    What is nearly an item that judges, or evidence of one, is left out; of the others, what a held document says too.
    """
    claims = _claims(held=held)
    if not held:
        kept = {claim.source for claim in _claims(held=True)}
        claims = [claim for claim in claims if claim.source not in kept]
    judging = [item for name, suite in SUITES.items() if name not in LEARNED and suite.ours for item in items_of(suite)]
    known = [text for item in judging for text in (item.question, item.reference)]
    known += [place.quote for item in judging for place in item.evidence]
    return [claim for claim, new in zip(claims, are_new([one.text for one in claims], known), strict=True) if new]


def _claims(*, held: bool) -> list[Claim]:
    claims = list(keyed_claims(SHARED / "textbook" / "mcq.jsonl", _sections(), held=held))
    for name, text in _texts():
        if is_held_document(name) == held:
            claims += changed_claims(name, text)
    return claims


def _sections() -> dict[str, str]:
    return {
        f"{row['book']}/{row['module']}.md": row["text"] for row in read_rows(SHARED / "textbook" / "sections.jsonl")
    }


def _texts() -> Iterator[tuple[str, str]]:
    yield from _sections().items()
    for path in sorted((SHARED / "manuals" / "sagemaker").glob("*.md")):
        yield path.name, without_markup(path.read_text("utf-8"))


def without_markup(text: str) -> str:
    """Return Markdown without links, emphasis and escapes, which a change would be told by.

    >>> without_markup("**Note** see [Jobs](jobs.md) for `all`.")
    'Note see Jobs for all.'
    """
    return _MARKUP.sub(lambda match: match["kept"] or "", text)


def changed_claims(name: str, text: str) -> list[Claim]:
    """Return sentences of a document as they stand, reworded and falsified, with the pieces they stand in."""
    pieces = list(_pieces(text))
    chosen = random.Random(name).sample(pieces, min(_PIECES, len(pieces)))
    return [
        Claim(text=case.text, source=case.passage, label=_LABELS[case.supported], binary=True, made=case.made)
        for case in cases_of(chosen, 1)
        if "\n" not in case.text  # a title ran into it
    ]


def _pieces(text: str) -> Iterator[str]:
    """Yield runs of sentences that follow each other and together are at most a window."""
    began = ended = -1
    for start, end in sentence_spans(text):
        if began >= 0 and end - began > WINDOW:
            yield text[began:ended]
            began = -1
        began, ended = (start if began < 0 else began), end
        if ended - began > WINDOW:  # a single one that is too long, most often a table or code
            began = -1
    if began >= 0:
        yield text[began:ended]


def keyed_claims(questions: Path, sections: dict[str, str], *, held: bool) -> Iterator[Claim]:
    """Yield of each dev question that reads as a statement its key, and the distractors nearest to the section.

    Where the window does not show the key, nothing is yielded.
    """
    dev = {item.id: item.group for item in load_textbook(questions, Split.DEV)}
    for row in read_rows(questions):
        document = dev.get(row["id"])
        if document is None or is_held_document(document) != held or any(map(_TOGETHER.search, row["options"])):
            continue
        made = [(option, as_statement(row["stem"], option)) for option in row["options"]]
        key, claim = made.pop(row["answer"])
        source = nearest_window(claim, sections[document]) if claim else ""
        if not source or _shown(key, source) < _KEY_SHOWN or _shown(claim, source) < _CLAIM_SHOWN:
            continue
        yield Claim(text=claim, source=source, label=_LABELS[True], binary=True, made="key")
        nearest = sorted(((option, text) for option, text in made if text), key=lambda one: -_shown(one[0], source))
        for _, text in nearest[:_DISTRACTORS]:
            yield Claim(text=text, source=source, label=_LABELS[False], binary=True, made="distractor")


def as_statement(stem: str, option: str) -> str:
    """Return stem and option as one sentence, "" where that is not safe.

    >>> as_statement("The diaphysis contains ________.", "fat stores")
    'The diaphysis contains fat stores.'
    >>> as_statement("Which nerve is responsible for taste?", "vagus")
    'Vagus is responsible for taste.'
    >>> as_statement("Which of these is not a bone?", "rib")
    ''
    """
    stem, option = stem.strip(), option.strip().rstrip(".")
    if _NEGATED.search(stem) or _SENTENCE_END.search(stem) or _SENTENCE_END.search(option):
        return ""
    if _BLANK.search(stem):
        return _filled(stem, option)
    if not stem.endswith("?"):
        return f"{stem.rstrip(': ')} {option}."
    if _STATEMENTS.fullmatch(stem):
        return f"{option}." if len(option.split()) > 3 else ""
    match = _OF_THESE.fullmatch(stem) or _IS_THE.fullmatch(stem) or _IS_DONE.fullmatch(stem)
    if not match or _STRANDED.search(match["rest"]):
        return ""
    return f"{option[:1].upper()}{option[1:]} {match['rest']}."


def _filled(stem: str, option: str) -> str:
    if len(_BLANK.findall(stem)) > 1:
        return ""
    article = "an" if option[:1].lower() in "aeiou" else "a"
    filled = _BLANK.sub(lambda _: option, re.sub(r"\ba\(n\)", article, stem)).rstrip(" .:")
    return f"{filled}." if "?" not in filled else ""


def nearest_window(claim: str, text: str) -> str:
    """Return the sentences of `text` that follow each other and hold most of the words of a claim."""
    spans = sentence_spans(text)
    wanted = stems(claim)
    held = [wanted & stems(text[start:end]) for start, end in spans]
    best, most = "", -1
    for first, (start, _) in enumerate(spans):
        last = first
        while last + 1 < len(spans) and spans[last + 1][1] - start <= WINDOW:
            last += 1
        count = len(frozenset().union(*held[first : last + 1]))
        if count > most:
            best, most = text[start : min(spans[last][1], start + WINDOW)], count
    return best


def _shown(text: str, source: str) -> float:
    wanted = stems(text)
    return len(wanted & stems(source)) / len(wanted) if wanted else 0.0
