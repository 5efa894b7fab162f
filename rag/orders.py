"""Finds sentences of a text that speak to the assistant instead of to the reader.

Course texts are data, never instruction. An extractive answer cannot obey an order, but it could repeat one
to a student; so a sentence that tells the assistant what to answer is never part of an answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.sentences import sentence_spans
from rag.types import Passage

_ASSISTANT = r"(?:assistant|chat ?bot|language model|llm|(?:ai|virtual|study) (?:tutor|model|system|assistant))"
_ANSWER = r"(?:answers?|repl(?:y|ies)|responses?)"
_SAY = (
    r"(?:say|repl(?:y|ies)|answers?|responds?|prints?|outputs?|writes?|tells?|hands?|gives?|greets?|states?|mentions?"
    r"|reveals?|repeats?)"
)
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
    "system", "user", "ai:", "ai :", "<|", "inst]", "<<sys",
)  # fmt: skip


def speaks_to_assistant(text: str) -> bool:
    """Whether a sentence tells the assistant what to do or to say."""
    lowered = text.lower()
    return any(cue in lowered for cue in _CUES) and _ORDER.search(text) is not None


def order_notes(passages: Sequence[Passage]) -> tuple[str, ...]:
    """Return a note for each document of which a passage tells the assistant what to say."""
    named = dict.fromkeys(one.document.name for one in passages if _has_order(one.chunk.text))
    return tuple(f"A passage of {name} tells the assistant what to say; it was left out." for name in named)


def _has_order(text: str) -> bool:
    if not any(cue in text.lower() for cue in _CUES):
        return False
    lines = (line for line in text.splitlines() if line.strip())
    return any(speaks_to_assistant(line[start:end]) for line in lines for start, end in sentence_spans(line))
