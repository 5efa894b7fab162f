"""`openbook chat`: a conversation in the terminal, each question read in the light of those before it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rag.errors import OpenbookError
from ui.cli_ask import tell
from ui.cli_options import (
    Course,
    Explain,
    GoOn,
    Model,
    Only,
    Tags,
    TopK,
    Wanted,
    find_scope,
    open_assistant,
    read_settings,
)

if TYPE_CHECKING:
    from rag.conversation.dialogue import Dialogue
    from rag.settings import Settings
    from rag.types import Answer, Scope

_PROMPT = "> "
_COMMANDS = "/new begins another conversation, /quit ends this one (so does Ctrl-D)."


def chat(
    course: Course = "",
    document: Only = None,
    tag: Tags = None,
    top_k: TopK = None,
    model: Model = "",
    go_on: GoOn = False,
    conversation: Wanted = "",
    explain: Explain = False,
) -> None:
    """Talk about the course texts: questions may follow up on those before; one a line from a pipe."""
    from ui.cli_output import show_hanging

    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    wanted = conversation if conversation or go_on else "new"
    with open_talk(read_settings(model), course, document, tag, go_on=go_on, wanted=wanted) as talk:
        if interactive:
            show_hanging(f"Ask away. {_COMMANDS} Ctrl-C stops an answer.", style="dim")
        for line in _lines(interactive=interactive):
            if line == "/quit":
                break
            if line == "/new":
                talk.begin_anew()
            elif line.startswith("/"):
                show_hanging(f"There is no command {line.split()[0]}: {_COMMANDS}", style="yellow")
            elif interactive:
                talk.try_asking(line, top_k, explain=explain)
            else:
                show_hanging(line, _PROMPT)
                talk.ask(line, top_k, explain=explain)


def _lines(*, interactive: bool) -> Iterator[str]:
    """Yield what is typed, or piped, a line at a time; Ctrl-C empties the line that is being typed."""
    sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
    if interactive:
        with suppress(ImportError):  # not on Windows
            import readline  # noqa: F401 - its import gives `input` a line that can be edited
    while True:
        try:
            line = input(_PROMPT if interactive else "").strip()
        except EOFError:
            return
        except KeyboardInterrupt:
            if not interactive:
                raise
            sys.stdout.write("\n")
            continue
        if line:
            yield line


@contextmanager
def open_talk(
    settings: Settings,
    course: str,
    document: Sequence[str] | None,
    tag: Sequence[str] | None,
    *,
    go_on: bool,
    wanted: str,
) -> Iterator[Talk]:
    """Yield a conversation to ask questions in: the newest, the one that is `wanted`, or a new one.

    Raises:
        ConfigError: there is none such.
    """
    from rag.conversation.dialogue import Dialogue
    from ui.cli_conversations import choose_conversation, open_conversations

    with open_conversations(settings) as conversations:
        chosen = choose_conversation(conversations, course, wanted, go_on=go_on)
        scope = find_scope(settings, course or (chosen.course if chosen else ""), document, tag)
        with open_assistant(settings) as assistant:
            talk = Talk(Dialogue(assistant, conversations, chosen), scope)
            try:
                yield talk
            finally:
                talk.say_where_it_is()


class Talk:
    """A conversation in the terminal."""

    def __init__(self, dialogue: Dialogue, scope: Scope) -> None:
        self._dialogue, self._scope = dialogue, scope

    def ask(self, question: str, top_k: int | None, *, explain: bool, json: bool = False) -> Answer:
        """Answer a question, show how it was read and the answer, and keep both.

        Raises:
            OpenbookError: as `rag.conversation.dialogue.Dialogue`.
        """
        from rag.adapters.terminal import err
        from rag.conversation.exchanges import reworded
        from ui.cli_output import show_reworded

        at = datetime.now(UTC)
        with err().status("Reading the question"):
            retrieved = self._dialogue.read(question, self._scope, top_k)
        if not json:
            show_reworded(reworded(question, retrieved.question.text))
        answer = tell(self._dialogue.assistant, retrieved, explain=explain, json=json)
        self._dialogue.keep(question, answer, self._scope, at)
        return answer

    def try_asking(self, question: str, top_k: int | None, *, explain: bool) -> None:
        """Ask as `ask` does; an error is shown, and Ctrl-C stops this answer only."""
        from ui.cli_output import show_error, show_hanging

        try:
            self.ask(question, top_k, explain=explain)
        except KeyboardInterrupt:
            sys.stdout.write("\n")
            show_hanging("Stopped. Neither question nor answer is kept.", style="yellow")
        except OpenbookError as error:
            show_error(str(error))

    def begin_anew(self) -> None:
        """Begin another conversation with the next question."""
        from ui.cli_output import show_hanging

        self.say_where_it_is()
        self._dialogue.conversation = None
        show_hanging("A new conversation.", style="dim")

    def say_where_it_is(self) -> None:
        """Say, beside the results, how to go on with what was kept."""
        from rag.adapters.terminal import err
        from ui.cli_conversations import SHORT_ID

        if one := self._dialogue.conversation:
            told = f"`openbook chat --conversation {one.id[:SHORT_ID]}` goes on with this conversation."
            err().print(told, style="dim", soft_wrap=True)
