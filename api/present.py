"""The core's values as what replies hold."""

from __future__ import annotations

from dataclasses import asdict

from api import schemas
from rag.conversation import exchanges
from rag.types import Answer, AnswerStatement, Citation, DocumentInfo, Passage, Refusal


def citation(one: Citation) -> schemas.Citation:
    """Return where a statement stands."""
    return schemas.Citation(**asdict(one), place=one.place, reference=one.reference)


def statement(one: AnswerStatement) -> schemas.Statement:
    """Return one thing that is said."""
    return schemas.Statement(text=one.text, lead=one.lead, is_item=one.is_item, citations=list(one.citations))


def passage(one: Passage) -> schemas.Passage:
    """Return what was found."""
    chunk = one.chunk
    return schemas.Passage(
        document_id=chunk.document_id,
        document=one.document.name,
        heading_path=list(chunk.heading_path),
        text=chunk.text,
        start=chunk.start,
        end=chunk.end,
        page_start=chunk.page_start,
        page_end=chunk.page_end,
        place=chunk.place(one.document.page_unit),
        score=one.score,
        dense_rank=one.dense_rank,
        lexical_rank=one.lexical_rank,
    )


def answer(one: Answer) -> schemas.Answer:
    """Return an answer without its passages."""
    return schemas.Answer(
        question=one.question,
        text=one.text,
        statements=[statement(each) for each in one.statements],
        citations=[citation(each) for each in one.citations],
        refusal=_refusal(one.refusal) if one.refusal else None,
        notes=list(one.notes),
        confidence=one.confidence,
        answerer=one.answerer,
        usage=dict(one.usage),
        cost_usd=one.cost_usd,
        timings_ms=dict(one.timings_ms),
    )


def _refusal(one: Refusal) -> schemas.Refusal:
    return schemas.Refusal(reason=one.reason, closest=[citation(each) for each in one.closest])


def document(info: DocumentInfo) -> schemas.Document:
    """Return a document without its text; where its files lie is nobody's business."""
    held = {name: getattr(info, name) for name in schemas.Document.model_fields if name != "sources"}
    sources = [schemas.Source(course=one.course, name=one.name, tags=list(one.tags)) for one in info.sources]
    return schemas.Document(**held, sources=sources)


def conversation(one: exchanges.Conversation) -> schemas.Conversation:
    """Return a conversation without what was said."""
    return schemas.Conversation(**asdict(one))


def exchange(one: exchanges.Exchange) -> schemas.Exchange:
    """Return what was said."""
    return schemas.Exchange(question=one.question, asked_at=one.asked_at, answer=answer(one.answer))


def as_markdown(conversation: exchanges.Conversation, said: list[exchanges.Exchange]) -> str:
    """Return a conversation as a Markdown document: each question a heading, with its answer and its sources."""
    parts = [f"# {conversation.title or 'A conversation'}"]
    for one in said:
        parts += [f"## {' '.join(one.question.split())}", f"*{one.asked_at:%Y-%m-%d %H:%M} UTC*", one.answer.text]
        parts += [f"> {note}" for note in one.answer.notes]
        cited = one.answer.citations or (one.answer.refusal.closest if one.answer.refusal else ())
        listed = [
            f"- [{each.number}] {each.place}" + (f": “{' '.join(each.quote.split())}”" if each.quote else "")
            for each in cited
        ]
        parts += ["\n".join(listed)] if listed else []
    return "\n\n".join(parts) + "\n"
