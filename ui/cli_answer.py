"""Shows answers, refusals and passages."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.text import Text

from rag.adapters.terminal import err, out
from rag.types import Answer, AnswerStatement, Citation, Passage, Unverified
from ui.cli_output import columns, count, show_gap, show_hanging

_EXCERPT = 360  # characters of a passage that are shown unless all are asked for
_MARK = re.compile(r"\[\d+\]")


def show_answer(answer: Answer, *, explain: bool = False) -> None:
    """Print an answer with its numbered sources, or a refusal with the closest passages."""
    show_gap()
    if answer.refusal is None:
        _show_statements(answer.statements)
    else:
        show_hanging(answer.refusal.reason, style="yellow")
    _show_rest(answer, explain=explain)


def _show_rest(answer: Answer, *, explain: bool) -> None:
    if answer.refusal is None:
        _show_citations("Sources", answer.citations)
    elif answer.refusal.closest:
        _show_citations("Closest passages", answer.refusal.closest)
    for note in answer.notes:
        show_gap()
        show_hanging(note, style="yellow")
    if answer.dropped and not explain:
        show_gap()
        told = count(len(answer.dropped), "statement")
        show_hanging(f"{told} of the model dropped, for want of support: --explain shows them", style="dim")
    if explain:
        _show_reasons(answer)
    show_gap()


def show_stream(stream: Iterator[Unverified | AnswerStatement | Answer], *, explain: bool = False) -> Answer:
    """Print each statement as it comes, then what `show_answer` prints beside them; return the answer.

    What is being written is shown in the line of progress, which is gone once it is known whether it may stay.
    """
    shown = False
    one = _next_shown(stream)
    while isinstance(one, AnswerStatement):
        if not shown:
            show_gap()
        shown = True
        _show_statements([one])
        one = _next_shown(stream)
    if not shown:
        show_answer(one, explain=explain)
        return one
    if one.refusal is not None:
        show_gap()
        show_hanging(f"Withdrawn. {one.refusal.reason}", style="yellow")
    _show_rest(one, explain=explain)
    return one


def _next_shown(stream: Iterator[Unverified | AnswerStatement | Answer]) -> AnswerStatement | Answer:
    with err().status("Reading the passages") as status:
        one = next(stream)
        while isinstance(one, Unverified):
            status.update(Text(f"Not checked yet: {one.text}", style="dim", overflow="ellipsis", no_wrap=True))
            one = next(stream)
    return one


def _show_statements(statements: Sequence[AnswerStatement]) -> None:
    for (lead, is_item), group in groupby(statements, key=lambda one: (one.lead, one.is_item)):
        run = list(group)
        if is_item:
            if lead:
                show_hanging(f"{lead.rstrip(':')}:")
            for statement in run:
                show_hanging(_marked(statement.text, statement.citations), "  • ")
            continue
        for statement in run:
            words = f"{lead.rstrip(':')}: {statement.text}" if lead else statement.text
            show_hanging(_marked(words, statement.citations))


def _marked(words: str, citations: Iterable[int]) -> Text:
    marks = "".join(f"[{number}]" for number in citations)
    text = Text(f"{words} {marks}" if marks else words)
    if marks:
        text.stylize("cyan", len(text) - len(marks))
    return text


def _show_citations(title: str, citations: Sequence[Citation]) -> None:
    show_gap()
    show_hanging(title, style="bold")
    for citation in citations:
        _show_citation(citation)


def _show_citation(citation: Citation) -> None:
    mark = f"[{citation.number}] "
    indent = " " * len(mark)
    show_hanging(Text.assemble((mark, "cyan"), cited_place(citation)), "", indent)
    if not citation.quote:
        return
    lines = [line for line in citation.quote.split("\n") if line.strip()] or [""]
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    lines = [lines[0].strip(), *(line[margin:].rstrip() for line in lines[1:])]
    for at, line in enumerate(lines):
        opening = "“" if at == 0 else " "
        show_hanging(line + ("”" if at == len(lines) - 1 else ""), indent + opening, indent + " ")


def cited_place(citation: Citation) -> Text:
    """Return a citation's document, its place there, and, if it has a quote, the reference that shows it again."""
    place = citation.place.removeprefix(citation.document).removeprefix(", ")
    parts = filter(None, (place, citation.reference if citation.quote else ""))
    return Text.assemble((citation.document, "bold"), (f"  {' · '.join(parts)}", "dim"))


def _show_reasons(answer: Answer) -> None:
    show_gap()
    show_hanging("Why", style="bold")
    facts = [answer.answerer, f"confidence {answer.confidence:.2f}"]
    facts += [f"{name.removesuffix('_ms')} {value:.1f} ms" for name, value in answer.timings_ms.items()]
    facts += [f"{name} {value}" for name, value in answer.usage.items()]
    if answer.usage:
        facts.append("cost unknown" if answer.cost_usd is None else f"cost ${answer.cost_usd:.6f}")
    show_hanging(" · ".join(facts), style="dim")
    if answer.statements:
        show_gap()
        table = columns("score", "statement", right=("score",), fold=("statement",))
        for one in answer.statements:
            table.add_row(f"{one.score:.3f}", Text(str(one)))
        out().print(table)
    if answer.dropped:
        show_gap()
        dropped = columns("dropped", "why", fold=("dropped", "why"))
        for text, reason in answer.dropped:
            dropped.add_row(Text(text), Text(reason))
        out().print(dropped)
    if answer.passages:
        show_gap()
        out().print(_ranks(answer.passages))


def _ranks(passages: Sequence[Passage]) -> object:
    scored, _ = _scored(passages[0])
    table = columns("", scored, "dense", "BM25", "passage", right=("", scored, "dense", "BM25"), fold=("passage",))
    for number, one in enumerate(passages, 1):
        place = ", ".join(filter(None, (one.document.name, _place(one))))
        table.add_row(
            str(number), f"{_scored(one)[1]:.4f}", _rank(one.dense_rank, one.dense_score),
            _rank(one.lexical_rank, one.lexical_score), Text(place),
        )  # fmt: skip
    return table


def _scored(passage: Passage) -> tuple[str, float]:
    """Return what the passage's place rests on: the fused ranks, or what a reranker or a Knowledge Base made of it."""
    return ("fused", passage.score) if passage.relevance is None else ("relevance", passage.relevance)


def _rank(rank: int | None, score: float | None) -> str:
    return "–" if rank is None else f"{rank} ({score:.2f})"


def show_passages(question: str, passages: Sequence[Passage], *, full: bool = False) -> None:
    """Print passages, each with its place, its ranks and the words of the question that it holds."""
    if not passages:
        show_hanging("No passage matches. `openbook documents` lists what can be searched.", style="yellow")
    for number, passage in enumerate(passages, 1):
        show_gap()
        _show_passage(number, passage, question, full=full)
    show_gap()


def _show_passage(number: int, passage: Passage, question: str, *, full: bool) -> None:
    mark = f"{number}. "
    indent = " " * len(mark)
    place = Text.assemble((mark, "cyan"), (passage.document.name, "bold"), (f"  {_place(passage)}", "dim"))
    show_hanging(place, "", indent)
    matched = matched_words(question, f"{' '.join(passage.chunk.heading_path)} {passage.chunk.text}")
    why = [
        f"dense {_rank(passage.dense_rank, passage.dense_score)}",
        f"BM25 {_rank(passage.lexical_rank, passage.lexical_score)}",
        "{} {:.4f}".format(*_scored(passage)),
        f"matched: {', '.join(matched) or 'meaning only'}",
    ]
    show_hanging(" · ".join(why), indent, style="dim")
    text = textwrap.dedent(passage.chunk.text) if full else excerpt(passage.chunk.text, matched)
    for line in text.split("\n"):
        if line.strip():
            show_hanging(_emphasised(line, matched), indent)
    for twin in passage.also:
        show_hanging(f"also in {twin.document.name}, {_place(twin)}", indent, style="dim")


def _place(passage: Passage) -> str:
    return passage.chunk.place(passage.document.page_unit)


def matched_words(question: str, text: str) -> list[str]:
    """Return the words of `text` that share a stem with a content word of the question, each stem once."""
    from rag.text.terms import WORD, content_words, stem, words

    wanted = {stem(word) for word in content_words(words(question))}
    found: dict[str, str] = {}
    for match in WORD.finditer(text):
        word = match.group()
        for part in {word.lower(), *words(word)}:
            if stem(part) in wanted:
                found.setdefault(stem(part), word)
    return list(found.values())


def excerpt(text: str, matched: Sequence[str], size: int = _EXCERPT) -> str:
    """Return about `size` characters of `text` where most of the words `matched` stand, cut between lines or words."""
    if len(text) <= size:
        return textwrap.dedent(text)
    places = sorted(match.start() for word in matched for match in _word(word).finditer(text)) or [0]
    best = max(places, key=lambda at: sum(at <= other < at + size // 2 for other in places))
    start = _cut_after(text, max(0, min(best - size // 4, len(text) - size)), best)
    end = _cut_before(text, start + size // 2, start + size)
    shown = textwrap.dedent(text[start:end].strip("\n"))
    return f"{'… ' if start else ''}{shown}{' …' if end < len(text) else ''}"


def _cut_after(text: str, low: int, high: int) -> int:
    """Return where a line, or else a word, begins between `low` and `high`; 0 is such a place."""
    if low == 0:
        return 0
    found = [at for sign in "\n " if (at := text.find(sign, low, high)) >= 0]
    return found[0] + 1 if found else low


def _cut_before(text: str, low: int, high: int) -> int:
    """Return where a line, or else a word, ends between `low` and `high`; the end of `text` is such a place."""
    if high >= len(text):
        return len(text)
    found = [at for sign in "\n " if (at := text.rfind(sign, low, high)) >= 0]
    return found[0] if found else high


def _emphasised(line: str, matched: Sequence[str]) -> Text:
    text = Text(line)
    for word in matched:
        text.highlight_regex(_word(word), "bold")
    return text


def _word(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
