from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.chat.reply import Draft, ReplyReader
from tests.fake_chat import reply

STATEMENTS = st.lists(st.tuples(st.integers(0, 9), st.text(max_size=30), st.text(max_size=30)), max_size=4)


def read(*pieces: str) -> tuple[list[Draft], ReplyReader]:
    reader = ReplyReader()
    return [draft for piece in pieces for draft in reader.feed(piece)], reader


@given(STATEMENTS, st.integers(1, 20), st.sampled_from(["", "Surely! ", "```json\n"]))
def test_the_same_statements_are_read_in_whatever_pieces_they_come(
    statements: list[tuple[object, str, str]], size: int, before: str
) -> None:
    text = before + reply(*statements)
    drafts, reader = read(*(text[at : at + size] for at in range(0, len(text), size)))
    assert [(one.source, one.quote, one.text) for one in drafts] == statements
    assert reader.problem() == ""


@given(STATEMENTS.filter(bool), st.data())
def test_of_a_reply_that_is_cut_the_whole_statements_are_read_and_the_cut_is_told(
    statements: list[tuple[object, str, str]], data: st.DataObject
) -> None:
    whole = reply(*statements)
    drafts, reader = read(whole[: data.draw(st.integers(0, len(whole) - 3))])
    assert [(one.source, one.quote, one.text) for one in drafts] == statements[: len(drafts)]
    assert reader.problem()


@given(st.text(max_size=30), st.text(max_size=30), st.data())
def test_what_is_being_written_is_a_beginning_of_what_is_written_then(
    quote: str, text: str, data: st.DataObject
) -> None:
    whole = reply((1, quote, text))
    cut = data.draw(st.integers(0, whole.rindex("}")))
    _, reader = read(whole[:cut])
    assert quote.startswith(reader.unfinished) or text.startswith(reader.unfinished)


def test_what_is_being_written_is_the_last_value_without_its_marks() -> None:
    _, reader = read('{"statements": [{"source": 1, "quote": "It \\"is\\" \\u00e9')
    assert reader.unfinished == 'It "is" é'


def test_a_statement_is_given_as_soon_as_its_brace_is_closed() -> None:
    drafts, _ = read('{"statements": [{"source": "2", "quote": "a } b", "text": "c"}')
    assert drafts == [Draft(source=2, quote="a } b", text="c")]


def test_what_is_no_statement_is_kept_apart_with_its_reason() -> None:
    drafts, reader = read('{"statements": [{"quote": "a"}, {"source": 1, "quote": "a", "text": "b"}]}')
    assert [one.text for one in drafts] == ["b"]
    [(raw, reason)] = reader.unreadable
    assert raw == '{"quote": "a"}'
    assert "source: Field required" in reason
