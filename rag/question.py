"""What a question asks for: its kind, its words, its sides, the type of its answer. Rules over the words alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rag.errors import QuestionError
from rag.text.terms import content_words, question_words


class Kind(StrEnum):
    """What form of answer a question wants."""

    FACT = "fact"
    DEFINITION = "definition"
    LIST = "list"
    NUMBER = "number"
    COMPARISON = "comparison"
    STEPS = "steps"  # what is done in which order
    COMMON = "common"  # what two things share


class AnswerType(StrEnum):
    """What an answer must contain to be one."""

    ANY = "any"
    NUMBER = "number"
    COUNT = "count"  # of a counted thing: how many X
    DURATION = "duration"
    SIZE = "size"
    PERCENT = "percent"
    MONEY = "money"
    DATE = "date"
    PERSON = "person"
    CONSEQUENCE = "consequence"  # what happens if
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was put and what was read from it.

    Attributes:
        terms: its content words, in order.
        sides: of a comparison, the two things compared; otherwise empty.
        subject: of a definition, what is to be defined; otherwise "".
        counted: of a count, the thing that is counted; otherwise "".
        asked: what kind of thing is asked for ("service" of "which Kinesis service can ..."); otherwise "".
        respelt: words that no text holds, with the stems of the library's words they may stand for.
    """

    text: str
    kind: Kind
    answer_type: AnswerType
    terms: tuple[str, ...]
    sides: tuple[str, ...] = ()
    subject: str = ""
    counted: str = ""
    asked: str = ""
    respelt: Mapping[str, str] = field(default_factory=dict)


def _pattern(*alternatives: str) -> re.Pattern[str]:
    """Compile a pattern that any of `alternatives` matches, in either case."""
    return re.compile("|".join(alternatives), re.IGNORECASE)


_AUXILIARY = r"(?:is|are|was|were|do|does|did|can|could|should|would|will|happens?|has|have|had)"
_SUPERLATIVE = r"(?:longest|shortest|biggest|largest|smallest|highest|lowest|max(?:imum)?|min(?:imum)?)"
_QUANTITY = (
    r"(?:size|time|length|number|limit|duration|retention|period|latency|rate|throughput|value|capacity|count|interval"
    r"|timeout|bound)"
)

# Two things set against each other. Tried in order on the question without its question mark.
_VERSUS = r"(?:vs\.?|versus|against|as opposed to|compared (?:to|with))"
_SIDES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:differences?|distinction|comparison|compare|contrast)\s+(?:between\s+|of\s+)?(?P<a>.+?)\s+"
        rf"(?:and|with|to|{_VERSUS})\s+(?P<b>.+)$",
        r"(?:how|in what way)s?\s+(?:do|does|is|are)\s+(?P<a>.+?)\s+"
        r"(?:and|different from|differ from|compare (?:to|with))\s+(?P<b>.+?)\s*(?:differ|different|compare|unlike)?$",
        rf"(?P<a>[^,;:]+?)\s+{_VERSUS}\s+(?P<b>.+)$",
        r"(?:when (?:to|should i|do i)|should i) (?:use|choose|pick)\s+(?P<a>.+?)\s+(?:or|over|instead of|rather than)"
        r"\s+(?P<b>.+)$",
    )
)
_COMPARES = _pattern(rf"\b(?:{_VERSUS}|differ\w*|distinction|compare[ds]?|comparison|contrast|rather than)(?!\w)")
_SHARES = _pattern(r"\b(?:alike|in common|similar(?:ity|ities)?|the same|share|both)\b")
_SHARED_SIDES = _pattern(
    r"(?:do|does|are|is|between|of|common to|how)?\s*(?P<a>[\w.+-]+(?:\s[\w.+-]+){0,3}?)\s+(?:and|&)\s+"
    r"(?P<b>[\w.+-]+(?:\s[\w.+-]+){0,3}?)"
    r"(?=\s+(?:are|is|alike|have|has|similar|share|both|do|in common|the same)\b|\s*\?|$)"
)
_SIDE_OPENING = _pattern(
    r"^(?:(?:what(?:'s| is| are)|how (?:is|are|do|does)|are|is|do|does|the|an?|between|of|diff(?:erence)?)\s+)+"
)
_ASIDE = _pattern(r"[:,;]\s*(?:what(?:'s| is| are)|how do)\b.*(?:differ|compare)\w*.*$")

_COUNTED = _pattern(
    r"\bhow (?:many|long|much|big|large|often|fast|far|high|low|old|small|soon)\b",
    r"\bwhat (?:number|percentage|percent|fraction|size|proportion|ratio)\b",
    rf"\b{_SUPERLATIVE}\b",
    rf"\b(?:default|upper|lower)\s+(?:\w+\s+){{0,4}}?{_QUANTITY}\b",
    r"\b(?:retention|latency|throughput|durability|availability|size limit|time limit|buffer (?:time|interval)|quota"
    r"|lifespan|percentage|percent)\b",
    r"\w+ limit of\b",
)
# What is counted: the last word before the verb or preposition ("how many Kinesis processing units can ...").
_COUNT = _pattern(
    r"\b(?:how many|number of)\s+(?:[\w-]+\s+){0,4}?(?P<counted>[\w-]+)"
    rf"(?=\s+(?:{_AUXILIARY}|may|must|in|on|of|per|for|at|to|with|by|from|there|you|i|we|you|make|allowed)\b|\s*[?.!]|\s*$)"
)

# The noun after "which" or "what": before an auxiliary if there is one, else before what looks like a verb.
_ASKED_NOUN = rf"\b(?:which|what)\s+(?!{_AUXILIARY}\b|an?\b|the\b|of\b|to\b|if\b)(?:[\w-]+\s+){{0,3}}?(?P<asked>[\w-]+)"
_ASKED = (
    _pattern(rf"{_ASKED_NOUN}\s+(?:{_AUXILIARY}|may|must|to|for|in)\b"),
    _pattern(rf"{_ASKED_NOUN}\s+(?:[a-z]{{3,}}ed|[a-z]{{2,}}[^s\W]s)\b"),
)

_MONEY = _pattern(
    r"\b(?:price[ds]?|pricing|costs?|charge[ds]?|fees?|dollars?|usd|expensive|cheap(?:er|est)?|billed|rate per)\b"
)
_MONEY_AMOUNT = _pattern(
    r"\b(?:how much|what (?:is|are|does|do)|what'?s|price|monthly|per (?:month|hour|gb|tb|user))\b"
)
_MADE_BY = r"(?:invented|discovered|wrote|created|founded|proposed|introduced|coined|developed|named|came up with)"
_ANSWER_TYPES = (
    (
        _pattern(
            r"^\s*(?:who|whom|whose)\b(?!\s+(?:should|can|may|needs?|uses?|must|deleted|changed|called))",
            rf"\bwho {_MADE_BY}\b",
            r"\b(?:inventor|founder|author|ceo|discoverer) of\b",
        ),
        AnswerType.PERSON,
    ),
    (
        _pattern(
            r"^\s*when (?:was|did|were)\b",
            r"^\s*(?:in )?(?:what|which) (?:year|date|month|century|decade)\b",
            r"\bwhat year\b",
            r"\band when\b",
        ),
        AnswerType.DATE,
    ),
    (
        _pattern(r"\bwhat (?:happens|do i get|occurs|would happen|will happen)\b.*\b(?:when|if|once|after)\b"),
        AnswerType.CONSEQUENCE,
    ),
    (_pattern(r"^\s*(?:why|how come|what is the reason|for what reason)\b"), AnswerType.REASON),
    (
        _pattern(
            r"\bhow (?:long|often|soon|old)\b",
            r"\b(?:longest|shortest)\b",
            r"\b(?:retention|lifespan|duration|latency|timeout)\b",
        ),
        AnswerType.DURATION,
    ),
    (_pattern(r"\bper ?cent(?:age)?\b", r"\bwhat (?:share|fraction|proportion)\b", "%"), AnswerType.PERCENT),
    (
        _pattern(
            r"\bhow (?:big|large|much (?:data|memory|storage|space))\b",
            rf"\b{_SUPERLATIVE}\s+(?:\w+\s+){{0,2}}?(?:size|object|file|record|payload|item)\b",
            r"\bsize limit\b",
            r"\bmemory limit\b",
        ),
        AnswerType.SIZE,
    ),
)

_SINGULAR_IN_S = (
    r"(?:is|does|was|has|this|process|analysis|bias|kinesis|class|loss|access|redis|status|aws|basis|axis|its|always)\b"
)
_MANY = (
    r"(?:ways|methods|kinds|types|options|steps|examples|advantages|benefits|features|destinations|reasons|sources"
    r"|formats|stages|phases|parts|components|layers|techniques|categories|remed(?:y|ies))"
)
_LIST = _pattern(
    r"^\s*(?:list|enumerate|name)\b",
    r"\b(?:what|which)\s+(?:are|were)\b(?!.*\bfor\?$)",
    rf"\b(?:what|which)\s+(?!{_AUXILIARY}\b)(?:\w+[\s-]){{0,3}}?(?!{_SINGULAR_IN_S})[a-z-]{{3,}}s\s+"
    r"(?:can|are|do|does|could|is|will|may|should|has|have|to|for|of|in|support|exist|work|count|make|shall)\b",
    rf"\b{_MANY}\b",
    r"\bwhat can (?:be done|i do|you do|we do)\b",
    r"\bhow (?:can|could|do|to) (?:\w+\s+){0,2}?"
    r"(?:prevent|avoid|reduce|mitigate|fix|deal with|handle|combat|fight|overcome|solve|speed up|improve|lower|cut"
    r"|optimi[sz]e|save)\b",
    r"\b(?:all|the (?:two|three|four|five|six|seven|eight|nine|ten|\d+))\s+[\w-]+(?:\s[\w-]+)?s\b",
)
# "firehose destinations?", "tuning strategies in sagemaker": a few words without a verb, a plural among them.
_TERSE_PLURAL = re.compile(
    rf"(?!.*\b(?:{_AUXILIARY}|what|how|why|when|who|where)\b)(?:[\w./+-]+\s+){{1,4}}(?!\w*(?:ss|us|is|sis)\b)[a-z-]{{3,}}s"
    r"(?:\s+(?:in|of|for|on|with|from)\s+\S+(?:\s\S+){0,2})?(?:\s+(?:pls|please))?\s*\??",
    re.IGNORECASE,
)
_STEPS = _pattern(
    r"\bsteps?\b(?!\s+functions?\b)",
    r"\b(?:in )?(?:what|which) order\b",
    r"\bin order\b(?! to\b)",
    r"\bstep[ -]by[ -]step\b",
    r"\bwalk me through\b",
    r"\bprocedure\b",
    r"^\W*(?:so\s+|and\s+|ok\s+)?how (?:do|would|should|can|could|must|to|does)(?: (?:i|we|you|one|someone|people))? "
    r"(?:set|create|build|make|turn|add|move|import|teach|train|deploy|roll|migrate|start|prepare|get|put|bring|run|widen"
    r"|split|resize|change|switch|fix|restore|connect|share|give|let|encrypt|protect|configure|enable|register|publish)\b",
)
_DEFINITION = _pattern(
    r"^\s*(?:so\s+)?(?:what(?:'s| is| are| was| does| do)|define|explain|describe|meaning of|tell me about)\s+"
    r"(?:the\s+(?:meaning|purpose|role|point|idea|definition)\s+of\s+)?(?:an?\s+|the\s+)?"
    r"(?P<subject>[\w.&/+-]+(?:\s+[\w.&/+-]+){0,4}?)\s*(?:mean|stand for|do|used for|for|good for|about)?\s*\??\s*$"
)


def parse_question(text: str, max_characters: int = 2000) -> Question:
    """Read a question.

    Raises:
        QuestionError: it is empty, longer than `max_characters`, or has no word to look for.
    """
    text = re.sub(r"\s+", " ", text).strip()
    if not text:
        raise QuestionError('The question is empty. Ask something, for example: openbook ask "What is SSE-KMS?"')
    if len(text) > max_characters:
        raise QuestionError(
            f"The question has {len(text):,} characters; at most {max_characters:,} are read. Ask one thing at a time, "
            "or put long material into a file and ingest it."
        )
    found = question_words(text)
    terms = tuple(content_words(found) or dict.fromkeys(found))
    if not terms:
        raise QuestionError(f"There is no word in the question {text[:60]!r}. Ask in words.")
    kind, sides = _kind(text)
    counted = match.group("counted").lower() if (match := _COUNT.search(text)) else ""
    subject = match.group("subject") if kind is Kind.DEFINITION and (match := _DEFINITION.match(text)) else ""
    asked = next((match.group("asked").lower() for pattern in _ASKED if (match := pattern.search(text))), "")
    return Question(text, kind, _answer_type(text, kind), terms, sides, subject, counted, asked)


def _kind(text: str) -> tuple[Kind, tuple[str, ...]]:
    bare = _ASIDE.sub("", text).rstrip(" ?!.") or text
    if _SHARES.search(bare) and (match := _SHARED_SIDES.search(bare)):
        return Kind.COMMON, _clean_sides(match)
    if _COMPARES.search(bare) and not re.match(r"how (?:many|much|long)\b", bare, re.IGNORECASE):
        match = next((found for pattern in _SIDES if (found := pattern.search(bare))), None)
        if match:
            return Kind.COMPARISON, _clean_sides(match)
    if _COUNTED.search(text):
        return Kind.NUMBER, ()
    if _STEPS.search(text):
        return Kind.STEPS, ()
    if _LIST.search(text) or _TERSE_PLURAL.fullmatch(text):
        return Kind.LIST, ()
    return (Kind.DEFINITION if _DEFINITION.match(text) else Kind.FACT), ()


def _clean_sides(match: re.Match[str]) -> tuple[str, ...]:
    """Return the two sides without articles, question words and what follows a comma."""
    return tuple(_SIDE_OPENING.sub("", re.split(r"[,;:]", match.group(name))[0].strip()) for name in ("a", "b"))


def _answer_type(text: str, kind: Kind) -> AnswerType:
    if kind in (Kind.COMPARISON, Kind.COMMON):
        return AnswerType.ANY
    found = next((answer_type for pattern, answer_type in _ANSWER_TYPES if pattern.search(text)), None)
    if found:
        return found
    if _MONEY.search(text) and _MONEY_AMOUNT.search(text):
        return AnswerType.MONEY
    if _COUNT.search(text):
        return AnswerType.COUNT
    return AnswerType.NUMBER if kind is Kind.NUMBER else AnswerType.ANY
