"""What a stored conversation still shows, and what a later question may make of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from ingest.sources import find_sources
from rag.adapters.sqlite_library import SqliteLibrary
from rag.answer import Assistant
from rag.bootstrap import make_conversations
from rag.conversation.dialogue import Dialogue
from rag.conversation.exchanges import REMEMBERED_TURNS, Exchange, as_of_now, reworded, title_of, turns
from rag.errors import StateError
from rag.ports import Conversations
from rag.settings import Settings
from rag.text.blocks import chunker_name
from rag.types import LOCAL, Answer, AnswerStatement, Citation, LibraryStamp, Refusal, Scope, Turn
from tests.fakes import HashEmbedder

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def cited(number: int, document: str) -> Citation:
    return Citation(number, f"id of {document}", document, "", (), f"what {document} says", 0, 4, 1)


def said(question: str, *citations: Citation, standalone: str = "", refusal: Refusal | None = None) -> Exchange:
    statements = (AnswerStatement(f"On {question}", tuple(one.number for one in citations)),)
    answer = Answer(standalone or question, statements, citations, (), "extractive", refusal, notes=("A note.",))
    return Exchange(question, answer, NOON)


def test_an_answer_whose_documents_are_all_there_is_shown_as_it_was() -> None:
    exchange = said("lenses", cited(1, "optics.md"))
    assert as_of_now(exchange, lambda _: True) is exchange


def test_quotes_of_a_removed_document_are_not_shown_and_the_reader_is_told() -> None:
    refusal = Refusal("They do not say.", (cited(1, "gone.md"), cited(2, "optics.md")))
    for exchange in (said("x", cited(1, "gone.md"), cited(2, "optics.md")), said("x", refusal=refusal)):
        now = as_of_now(exchange, lambda one: one != "id of gone.md").answer
        left = now.refusal.closest if now.refusal else now.citations
        assert [(one.document, one.quote) for one in left] == [("gone.md", ""), ("optics.md", "what optics.md says")]
        assert now.notes[0] == "A note."
        assert "no longer holds gone.md" in now.notes[1]
        assert now.statements == exchange.answer.statements


def test_a_later_question_is_read_in_the_light_of_what_still_stands() -> None:
    exchanges = [
        said("lenses", cited(1, "optics.md")),
        said("and why?", cited(1, "gone.md")),
        said("who?", refusal=Refusal("They do not say.")),
    ]
    now = [as_of_now(one, lambda one: one != "id of gone.md") for one in exchanges]
    assert turns(now) == (Turn("lenses", "On lenses [1]"), Turn("and why?", ""), Turn("who?", ""))


def test_the_oldest_question_that_is_remembered_stands_alone() -> None:
    exchanges = [said(f"and {n}?", standalone=f"What about {n}?") for n in range(REMEMBERED_TURNS + 2)]
    remembered = [one.question for one in turns(exchanges)]
    assert remembered == ["What about 2?", *(f"and {n}?" for n in range(3, REMEMBERED_TURNS + 2))]


@pytest.mark.parametrize(
    ("question", "answered", "shown"),
    [
        ("What is a lens?", "What is a lens?", ""),
        ("  What is\n a lens? ", "What is a lens?", ""),
        ("and why?", "What is a lens, why?", "What is a lens, why?"),
    ],
)
def test_a_question_is_shown_again_only_if_it_was_read_otherwise(question: str, answered: str, shown: str) -> None:
    assert reworded(question, answered) == shown


def test_a_title_is_one_line_of_bounded_length() -> None:
    assert title_of(" What\n\0is\ud800 this? ") == "What is this?"
    assert len(title_of("word " * 100)) == 80
    assert title_of("word " * 100).endswith(" word…")


@pytest.fixture
def dialogue(tmp_path: Path) -> Iterator[Dialogue]:
    """A dialogue about two small texts that has not begun."""
    settings, embedder = Settings(home=tmp_path), HashEmbedder()
    library = SqliteLibrary(
        settings.library_path, LibraryStamp(embedder.fingerprint, chunker_name(settings.chunk_characters))
    )
    (tmp_path / "optics.md").write_text("# Lenses\n\nA lens is a body of glass that gathers light.\n")
    (tmp_path / "waves.md").write_text("# Waves\n\nA wave is a disturbance that travels.\n")
    Ingestor(library, embedder, settings).ingest(find_sources([str(tmp_path / "*.md")]), "physics")
    conversations = make_conversations(settings)
    yield Dialogue(Assistant(library, embedder, settings), conversations)
    conversations.close()
    library.close()


def ask(dialogue: Dialogue, question: str, scope: Scope = Scope("physics")) -> Answer:
    answer = dialogue.assistant.answer(dialogue.read(question, scope))
    dialogue.keep(question, answer, scope, NOON)
    return answer


def test_a_follow_up_is_read_in_the_light_of_what_is_stored(dialogue: Dialogue) -> None:
    assert dialogue.conversation is None
    first = ask(dialogue, "What is a lens?")
    assert first.citations
    again = Dialogue(dialogue.assistant, stores_of(dialogue), dialogue.conversation)
    assert ask(again, "and a wave?").question == "What is a lens, a wave?"
    assert [one.question for one in dialogue.exchanges()] == ["What is a lens?", "and a wave?"]
    assert dialogue.exchanges()[0].answer == replace(first, passages=())
    begun = dialogue.conversation
    assert (begun.course, begun.created_at) == ("physics", NOON) if begun else False


def test_nothing_is_stored_before_there_is_an_answer(dialogue: Dialogue) -> None:
    dialogue.read("What is a lens?")
    assert stores_of(dialogue).conversations(LOCAL) == []


def test_a_removed_document_is_neither_quoted_nor_remembered(dialogue: Dialogue) -> None:
    first = ask(dialogue, "What is a lens?")
    for one in first.citations:
        dialogue.assistant.library.remove_document(one.document_id)
    (now,) = dialogue.exchanges()
    assert all(one.quote == "" for one in now.answer.citations)
    assert "no longer holds optics.md" in now.answer.notes[-1]
    assert turns([now]) == (Turn("What is a lens?", ""),)
    later = ask(dialogue, "and why does it?")
    assert all(one.document != "optics.md" for one in later.citations)


def test_a_conversation_that_was_deleted_meanwhile_is_told(dialogue: Dialogue) -> None:
    answer = ask(dialogue, "What is a lens?")
    assert dialogue.conversation
    stores_of(dialogue).delete(LOCAL, dialogue.conversation.id)
    with pytest.raises(StateError, match="may have been deleted"):
        dialogue.keep("and why?", answer, Scope(), NOON)


def stores_of(dialogue: Dialogue) -> Conversations:
    return dialogue._conversations
