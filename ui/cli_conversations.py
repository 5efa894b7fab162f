"""`openbook conversations`: what was asked and answered before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from rag.errors import ConfigError
from rag.types import LOCAL
from ui.cli_options import AsJson, Course, Explain, read_settings

if TYPE_CHECKING:
    from datetime import datetime

    from rag.conversation.exchanges import Conversation, Exchange
    from rag.ports import Conversations
    from rag.settings import Settings

SHORT_ID = 8
_LISTED = 5
_NEW = "new"
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids, or beginnings of ids.", show_default=False)]
conversations_app = typer.Typer(add_completion=False)


@conversations_app.callback()
def _conversations(context: typer.Context, course: Course = "", json: AsJson = False) -> None:
    """List, show and delete stored conversations; without a command, list them."""
    if context.invoked_subcommand is None:
        list_conversations(course, json)


@conversations_app.command("list")
def list_conversations(course: Course = "", json: AsJson = False) -> None:
    """List conversations with their ids, the latest first."""
    from ui.cli_output import show_json

    with open_conversations(read_settings()) as conversations:
        found = conversations.conversations(LOCAL, (course,) if course else ())
    show_json(found) if json else _show_conversations(found)


@conversations_app.command("show")
def show_conversation(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="An id, or its beginning.", show_default=False)],
    explain: Explain = False,
    json: AsJson = False,
) -> None:
    """Show what was asked and answered, without quotes of documents that were removed since."""
    from rag.bootstrap import open_library
    from rag.conversation.exchanges import as_of_now
    from ui.cli_output import show_json

    settings = read_settings()
    with open_conversations(settings) as conversations:
        conversation = find_conversation(conversations, wanted)
        said = conversations.exchanges(LOCAL, conversation.id)
    with open_library(settings) as library:
        exchanges = [as_of_now(one, library.has_document) for one in said]
    if json:
        show_json({"conversation": conversation, "exchanges": exchanges})
    else:
        _show_exchanges(exchanges, explain=explain)


@conversations_app.command("delete")
def delete_conversations(ids: Ids) -> None:
    """Delete conversations with all that was said in them."""
    from ui.cli_output import show_hanging

    with open_conversations(read_settings()) as conversations:
        # All must be there before any is deleted.
        for one in [find_conversation(conversations, wanted) for wanted in ids]:
            conversations.delete(LOCAL, one.id)
            show_hanging(f"Deleted {one.id[:SHORT_ID]} ({one.title}).")


@contextmanager
def open_conversations(settings: Settings) -> Iterator[Conversations]:
    """Yield the stored conversations."""
    from rag.bootstrap import make_conversations

    conversations = make_conversations(settings)
    try:
        yield conversations
    finally:
        conversations.close()


def choose_conversation(conversations: Conversations, course: str, wanted: str, *, go_on: bool) -> Conversation | None:
    """Return the conversation to go on with; None for "new".

    Raises:
        ConfigError: there is none, or both the newest and another are wanted.
    """
    if wanted and go_on:
        raise ConfigError("--continue and --conversation exclude each other. Give one of them.")
    if wanted:
        return None if wanted == _NEW else find_conversation(conversations, wanted)
    newest = conversations.conversations(LOCAL, (course,) if course else (), limit=1)
    if not newest:
        about = f" about the course '{course}'" if course else ""
        raise ConfigError(f"There is no conversation{about} to go on with. `--conversation new` begins one.")
    return newest[0]


def find_conversation(conversations: Conversations, wanted: str) -> Conversation:
    """Return the conversation whose id begins so.

    Raises:
        ConfigError: there is none, or there are several.
    """
    found = [one for one in conversations.conversations(LOCAL) if one.id.startswith(wanted.lower())]
    if not found:
        raise ConfigError(f"There is no conversation '{wanted}'. `openbook conversations` lists their ids.")
    if len(found) > 1:
        ids = ", ".join(f"{one.id[:SHORT_ID]} ({one.title})" for one in found[:_LISTED])
        raise ConfigError(f"'{wanted}' names {len(found)} conversations: {ids}. Give more of the id.")
    return found[0]


def _show_conversations(found: Sequence[Conversation]) -> None:
    from rich.text import Text

    from rag.adapters.terminal import out
    from ui.cli_output import columns, show_hanging

    if not found:
        show_hanging("No conversations. `openbook chat` begins one.", style="yellow")
        return
    table = columns("id", "opened with", "course", "last", fold=("opened with",))
    for one in found:
        table.add_row(Text(one.id[:SHORT_ID], "cyan"), Text(one.title), Text(one.course), _local(one.updated_at))
    out().print(table)


def _show_exchanges(exchanges: Sequence[Exchange], *, explain: bool) -> None:
    from ui.cli_answer import show_answer
    from ui.cli_output import show_hanging, show_reworded

    for one in exchanges:
        show_hanging(one.question, "> ", style="bold")
        show_reworded(one.reworded)
        show_hanging(_local(one.asked_at), style="dim")
        show_answer(one.answer, explain=explain)


def _local(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M}"
