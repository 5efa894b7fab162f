"""`openbook ask` and `openbook search`: one question, its answer or its passages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli_options import (
    EXIT_REFUSAL,
    AsJson,
    Course,
    Explain,
    GoOn,
    Model,
    Only,
    Question,
    Tags,
    TopK,
    Wanted,
    find_scope,
    open_assistant,
    read_question,
    read_settings,
)

if TYPE_CHECKING:
    from rag.answer import Assistant
    from rag.asked import Retrieved
    from rag.types import Answer


def search(
    question: Question,
    course: Course = "",
    document: Only = None,
    tag: Tags = None,
    top_k: TopK = None,
    full: Annotated[bool, typer.Option("--full", help="Show passages whole.")] = False,
    json: AsJson = False,
) -> None:
    """Show the passages that a question finds, with both ranks and why."""
    from rag.settings import EXTRACTIVE
    from ui.cli_answer import show_passages
    from ui.cli_output import show_json

    settings = read_settings(EXTRACTIVE)  # nothing is written here
    words = read_question(question, settings)
    scope = find_scope(settings, course, document, tag)
    with open_assistant(settings) as assistant:
        passages = assistant.search(words, scope, top_k)
    show_json(passages) if json else show_passages(words, passages, full=full)


def ask(
    question: Question,
    course: Course = "",
    document: Only = None,
    tag: Tags = None,
    top_k: TopK = None,
    model: Model = "",
    go_on: GoOn = False,
    conversation: Wanted = "",
    explain: Explain = False,
    json: AsJson = False,
) -> None:
    """Answer a question from the course texts, with numbered sources; kept only as part of a conversation."""
    settings = read_settings(model)
    words = read_question(question, settings)
    if go_on or conversation:
        from ui.cli_chat import open_talk

        with open_talk(settings, course, document, tag, go_on=go_on, wanted=conversation) as talk:
            answer = talk.ask(words, top_k, explain=explain, json=json)
    else:
        from rag.asked import Asked

        scope = find_scope(settings, course, document, tag)
        with open_assistant(settings) as assistant:
            answer = tell(assistant, assistant.retrieve(Asked(words, scope, top_k)), explain=explain, json=json)
    if answer.refusal is not None:
        raise typer.Exit(EXIT_REFUSAL)


def tell(assistant: Assistant, retrieved: Retrieved, *, explain: bool, json: bool = False) -> Answer:
    """Answer, show the answer and return it; in a terminal, a chat model's answer is shown as it comes."""
    from rag.adapters.terminal import out
    from ui.cli_answer import show_answer, show_stream
    from ui.cli_output import show_json

    if assistant.settings.answers_by_chat and out().is_terminal and not json:
        return show_stream(assistant.stream_answer(retrieved), explain=explain)
    answer = assistant.answer(retrieved)
    show_json(answer) if json else show_answer(answer, explain=explain)
    return answer
