"""The assistant over a small library, with two embedders: what is said, cited and refused."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from ingest.sources import find_sources
from rag.adapters.onnx_embedder import OnnxEmbedder
from rag.adapters.sqlite_library import SqliteLibrary
from rag.answer import Assistant
from rag.asked import Asked
from rag.chain import OpenbookRetriever, as_langchain, build_chain
from rag.errors import ModelError, QuestionError
from rag.extractive.answerer import load_calibration
from rag.ports import Embedder
from rag.settings import Settings
from rag.text.blocks import chunker_name
from rag.types import Answer, LibraryStamp, Scope
from tests.fakes import HashEmbedder

TEXTS = {
    "queues.md": """# Harbour Queue

Harbour Queue is a managed queue that keeps messages until a worker takes them.

The picture shows a stylized gray ship on a blue background, with two gears on the left and a hand on the right.

# Harbour Queue

- A message is kept for at most 14 days.
- The largest message is 256 KB.

# Limits of a lane

When a lane receives more than 900 messages a second, further writes are refused with a SlowDown error.

# Where Harbour Relay can deliver

Harbour Relay delivers to these destinations:

- Anchor Bucket
- Tide Warehouse
- Gull Search
- any HTTP endpoint
""",
    "locks.md": """<!-- Slide number: 1 -->
# Locks

- Pier Lock

- The key is made and kept by the service
- Nothing has to be set up

- Owner Lock

- The customer brings the key with every request
- The service forgets the key at once

<!-- Slide number: 2 -->
# Boats

\tSkiff\tBarge
Crew\t2 people\t11 people
Top speed\t18 knots\t6 knots
Cargo\tmail\tcoal

<!-- Slide number: 3 -->
# Filling gaps in a column

The median suits columns with outliers. The most frequent value suits columns of categories.
""",
    "kitchen.txt": "Bread\n\nBread dough rests for two hours before it is baked in hot ovens.\n\nSalt is added last.\n",
}


def minilm() -> Embedder:
    try:
        return OnnxEmbedder.minilm()
    except ModelError as error:
        pytest.skip(str(error))


EMBEDDERS = {"hash": lambda: HashEmbedder(256), "minilm": minilm}


@pytest.fixture(scope="module", params=sorted(EMBEDDERS))
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return EMBEDDERS[request.param]()


def settings(home: Path) -> Settings:
    return Settings(home=home, _env_file=None)


def open_library(home: Path, embedder: Embedder) -> SqliteLibrary:
    stamp = LibraryStamp(embedder.fingerprint, chunker_name(settings(home).chunk_characters))
    return SqliteLibrary(settings(home).library_path, stamp)


@pytest.fixture
def empty(tmp_path: Path, embedder: Embedder) -> Iterator[Assistant]:
    with open_library(tmp_path / "home", embedder) as library:
        yield Assistant(library, embedder, settings(tmp_path / "home"))


@pytest.fixture
def filled(empty: Assistant, embedder: Embedder, tmp_path: Path) -> Assistant:
    for name, text in TEXTS.items():
        folder = tmp_path / ("cooking" if name == "kitchen.txt" else "harbour")
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    ingestor = Ingestor(empty.library, embedder, settings(tmp_path))  # type: ignore[arg-type]
    for course in ("harbour", "cooking"):
        assert not ingestor.ingest(find_sources([tmp_path / course]), course=course).failed
    return empty


# The threshold that we ship is fitted to MiniLM's cosines; to those of HashEmbedder it says nothing.


@pytest.fixture
def assistant(filled: Assistant, embedder: Embedder) -> Assistant:
    fitted = embedder.fingerprint.name != "hash"
    return filled if fitted else filled.calibrated(replace(load_calibration(), threshold=0.0))


@pytest.fixture
def doubtful(filled: Assistant, embedder: Embedder) -> Assistant:
    fitted = embedder.fingerprint.name != "hash"
    return filled if fitted else filled.calibrated(replace(load_calibration(), threshold=1.1))


def check(assistant: Assistant, answer: Answer) -> Answer:
    """Check what holds of every answer: each statement cited, each quote in the stored text, marks in order."""
    named = [*answer.citations, *(answer.refusal.closest if answer.refusal else ())]
    for one in named:
        assert assistant.library.text(one.document_id, one.start, one.end) == one.quote
    assert [one.number for one in named] == list(range(1, len(named) + 1))
    mentioned = [number for statement in answer.statements for number in statement.citations]
    assert list(dict.fromkeys(mentioned)) == [one.number for one in answer.citations]
    assert all(statement.citations for statement in answer.statements)
    assert bool(answer.refusal) is not bool(answer.statements)
    assert answer.passages or answer.refusal
    return answer


def ask(assistant: Assistant, question: str, **options: object) -> Answer:
    return check(assistant, assistant.ask(question, **options))  # type: ignore[arg-type]


def cited(answer: Answer) -> set[str]:
    """Return the documents that an answer or a refusal names."""
    closest = answer.refusal.closest if answer.refusal else ()
    return {one.document for one in (*answer.citations, *closest)}


def test_a_list_question_gets_the_list_with_its_items(assistant: Assistant) -> None:
    answer = ask(assistant, "To which destinations can Harbour Relay deliver?")
    items = [one.text for one in answer.statements if one.is_item]
    assert items == ["Anchor Bucket", "Tide Warehouse", "Gull Search", "any HTTP endpoint"]
    assert answer.text.count("\n- ") == 4
    assert answer.citations[0].heading_path == ("Where Harbour Relay can deliver",)

    answer = ask(assistant, "What is Harbour Queue?")
    assert answer.statements[0].text.startswith("Harbour Queue is a managed queue")
    assert len(answer.text.split()) <= 60


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("How long is a message kept in Harbour Queue?", "14 days"),
        ("What is the largest message of Harbour Queue?", "256 KB"),
        ("How long does bread dough rest before it is baked in the oven?", "two hours"),
    ],
)
def test_a_number_is_in_the_first_statement(assistant: Assistant, question: str, number: str) -> None:
    assert number in str(ask(assistant, question).statements[0])


def test_what_happens_is_said_with_its_condition(assistant: Assistant) -> None:
    answer = ask(assistant, "What happens when a lane receives too many messages a second?")
    assert "SlowDown" in answer.statements[0].text


def test_a_comparison_says_something_of_each_side(assistant: Assistant) -> None:
    answer = ask(assistant, "What is the difference between Pier Lock and Owner Lock?")
    said = [str(one) for one in answer.statements]
    assert any("Pier Lock" in one and "kept by the service" in one for one in said)
    assert any("Owner Lock" in one and "customer brings the key" in one for one in said)
    assert {(one.page_unit, one.page_start) for one in answer.citations} == {("slide", 1)}


def test_a_cell_of_a_table_is_said_with_its_row_and_column(assistant: Assistant) -> None:
    answer = ask(assistant, "What is the top speed of a Barge?")
    first = str(answer.statements[0])
    assert "Top speed" in first
    assert "Barge: 6 knots" in first
    assert (answer.citations[0].page_start, answer.citations[0].heading_path) == (2, ("Boats",))


def test_the_one_sentence_that_answers_is_chosen(assistant: Assistant) -> None:
    answer = ask(assistant, "Which value suits columns of categories?")
    assert answer.statements[0].text == "The most frequent value suits columns of categories."


def test_no_picture_and_no_furniture_is_ever_said(assistant: Assistant) -> None:
    for question in ("What does the picture show?", "Which ship is on a blue background?", "What is slide number 2?"):
        assert "stylized" not in ask(assistant, question).text


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Australia?",
        "Who invented the steam engine and when?",
        "How many free emails a month are there?",
    ],
)
def test_what_the_texts_do_not_say_is_refused_with_the_closest_passages(doubtful: Assistant, question: str) -> None:
    answer = ask(doubtful, question)
    assert answer.refusal is not None
    assert answer.text == answer.refusal.reason
    assert answer.text.startswith("The texts do not say")
    assert 1 <= len(answer.refusal.closest) <= 3


def test_an_empty_library_says_what_to_do(empty: Assistant) -> None:
    answer = ask(empty, "What is Harbour Queue?")
    assert "openbook ingest" in answer.text
    assert answer.refusal is not None
    assert answer.refusal.closest == ()


def test_a_course_that_is_not_there_answers_nothing_and_the_library_is_not_called_empty(assistant: Assistant) -> None:
    answer = ask(assistant, "What is Harbour Queue?", scope=Scope(course="chess"))
    assert answer.refusal is not None
    assert "chosen course" in answer.text


def test_only_the_course_asked_for_answers(assistant: Assistant) -> None:
    question = "How long does bread dough rest before it is baked in the oven?"
    assert ask(assistant, question, scope=Scope(course="cooking")).refusal is None
    assert "kitchen.txt" not in cited(ask(assistant, question, scope=Scope(course="harbour")))


def test_a_deleted_document_never_answers(assistant: Assistant) -> None:
    question = "How long is a message kept in Harbour Queue?"
    before = ask(assistant, question)
    late = assistant.retrieve(Asked(question))
    assistant.library.remove_document(before.citations[0].document_id)
    after = ask(assistant, question)
    assert "queues.md" not in cited(after)
    # what was retrieved before the deletion is not said after it
    overtaken = check(assistant, assistant.answer(late))
    assert "queues.md" not in cited(overtaken)


def test_fewer_passages_are_read_where_fewer_are_asked_for(assistant: Assistant) -> None:
    assert len(ask(assistant, "message", top_k=1).passages) == 1
    assert len(assistant.search("message", top_k=2)) == 2


@pytest.mark.parametrize("question", ["", "   ", "?!", "why " * 10_000])
def test_what_is_no_question_raises(assistant: Assistant, question: str) -> None:
    with pytest.raises(QuestionError):
        assistant.ask(question)


@pytest.mark.parametrize(
    "question",
    ["キューとは何ですか", "مرحبا", "\U0001f600 \U0001f600", "lane\x00lane", "'; DROP TABLE chunks; --", "NEAR(a b)"],
)
def test_odd_questions_are_answered_or_refused(assistant: Assistant, question: str) -> None:
    try:
        ask(assistant, question)
    except QuestionError as error:
        assert "no word" in str(error)  # noqa: PT017


QUESTIONS = ["What is Harbour Queue?", "What is the capital of Australia?", "Pier Lock vs Owner Lock"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_langchain_chain_answers_as_ask_does(assistant: Assistant, question: str) -> None:
    chain = build_chain(assistant)
    asked = replace(assistant.ask(question), timings_ms={})
    for given in (question, {"question": question}, Asked(question)):
        assert replace(chain.invoke(given), timings_ms={}) == asked
    scoped = replace(assistant.ask(question, Scope(course="harbour"), 2), timings_ms={})
    assert len(scoped.passages) == 2
    assert replace(chain.invoke({"question": question, "course": "harbour", "top_k": 2}), timings_ms={}) == scoped
    assert [replace(one, timings_ms={}) for one in chain.batch([question])] == [asked]


def test_the_langchain_retriever_finds_what_search_finds(assistant: Assistant) -> None:
    question = "What is the top speed of a Barge?"
    documents = OpenbookRetriever(assistant=assistant, top_k=3).invoke(question)
    passages = assistant.search(question, top_k=3)
    assert [one.page_content for one in documents] == [one.chunk.text for one in passages]
    first = documents[0]
    assert (first.id, first.metadata["source"], first.metadata["slide"]) == (passages[0].chunk.id, "locks.md", 2)
    assert first.metadata["heading_path"] == ["Boats"]
    assert first.metadata["line"] == passages[0].chunk.line > 0
    assert "line" not in as_langchain(replace(passages[0], chunk=replace(passages[0].chunk, line=0))).metadata
    cooking = OpenbookRetriever(assistant=assistant, scope=Scope(course="cooking")).invoke("dough")
    assert {one.metadata["source"] for one in cooking} == {"kitchen.txt"}


def test_an_answer_says_how_sure_it_is_and_what_it_took(assistant: Assistant) -> None:
    sure, unsure = assistant.ask("How long is a message kept in Harbour Queue?"), assistant.ask("Who invented steam?")
    assert 0 <= unsure.confidence < sure.confidence <= 1
    assert sure.answerer == "extractive"
    assert sure.timings_ms["total"] == pytest.approx(sum(ms for step, ms in sure.timings_ms.items() if step != "total"))


def test_many_threads_ask_one_assistant_and_get_what_one_gets(assistant: Assistant) -> None:
    questions = ["What is Harbour Queue?", "How long is a message kept?", "What is the largest message?"] * 8
    alone = [ask(assistant, question).text for question in questions]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: ask(assistant, question).text, questions))
    assert together == alone
