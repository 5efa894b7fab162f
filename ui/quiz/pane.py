"""A full screen of lines: a bar above, lines that scroll, a place to write, a note, and what keys do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, Generic, TypeVar

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import (
    BufferControl,
    ConditionalContainer,
    Dimension,
    FormattedTextControl,
    HSplit,
    Layout,
    Window,
)
from prompt_toolkit.layout.processors import BeforeInput

from rag.errors import OpenbookError
from ui.quiz.lines import STYLES, Line, wrapped
from ui.quiz.writing import Written

_LOW = 10  # rows; a lower terminal has no line of keys
_NAMES = {
    Keys.Up: "up", Keys.Down: "down", Keys.Left: "left", Keys.Right: "right", Keys.ControlM: "enter",
    Keys.PageUp: "page up", Keys.PageDown: "page down", Keys.ControlC: "leave", Keys.ControlD: "leave",
}  # fmt: skip
_OF_TEXT = {"left", "right", "up", "down", "back"}  # keys that an entry of text has a use for
_Result = TypeVar("_Result")


class Pane(Generic[_Result]):
    """Shows what a subclass says, and gives it the keys that are pressed.

    Attributes:
        names: of keys that it takes beside characters, arrows, Enter, and Ctrl-C ("leave").
    """

    names: ClassVar[Mapping[Keys, str]] = {}

    def __init__(self) -> None:
        self._line: int | None = None  # that is scrolled to
        self._more = False  # whether lines stand below those that are seen
        self._buffer = Buffer(multiline=False, on_text_changed=lambda _: self._written())
        self._body = Window(FormattedTextControl(self._shown, focusable=True, show_cursor=False))
        self._entry = Window(BufferControl(self._buffer, [BeforeInput("> ")]), height=1)
        self.app: Application[_Result] = Application(
            Layout(self._layout(), focused_element=self._body), key_bindings=self._bindings(), full_screen=True
        )
        self.app.after_render += lambda _: self._look_below()
        self._settle_focus()

    def bar(self) -> str:
        """Return what stands above."""
        raise NotImplementedError

    def hints(self) -> str:
        """Return what keys do."""
        raise NotImplementedError

    def note(self) -> str:
        """Return what the learner is to be told of the last key; "" for nothing."""
        raise NotImplementedError

    def lines(self, width: int) -> Iterator[Line]:
        """Yield what is shown."""
        raise NotImplementedError

    @property
    def writing(self) -> Written | None:
        """What text is written into now."""
        return None

    def press(self, key: str) -> None:
        """Take a key by its name, or a character. Raises `OpenbookError`, which ends the screen."""
        raise NotImplementedError

    def guarded(self, act: Callable[[], None]) -> None:
        """Do something; an error ends the screen and is raised by what runs it."""
        try:
            act()
        except OpenbookError as error:
            if not self.app.is_done:
                self.app.exit(exception=error)

    def scroll(self, *, down: bool, by: int = 0) -> None:
        """Scroll by lines, or by a screen."""
        info = self._body.render_info
        if info:
            by = by or max(info.window_height - 1, 1)
            self._line = info.last_visible_line() + by if down else max(info.first_visible_line() - by, 0)

    def to_top(self) -> None:
        """Show the lines from the first on."""
        self._line, self._body.vertical_scroll = None, 0

    def _layout(self) -> HSplit:
        high = Condition(lambda: self.app.output.get_size().rows >= _LOW)
        keys = self._below(self.hints, "dim")
        note = self._below(self.note, "note")
        more = Window(FormattedTextControl("more below: page down"), height=1, style=STYLES["dim"][1])
        return HSplit(
            [
                Window(FormattedTextControl(self.bar), height=1, style="reverse"),
                self._body,
                ConditionalContainer(more, Condition(lambda: self._more)),
                ConditionalContainer(self._entry, Condition(lambda: self.writing is not None)),
                ConditionalContainer(note, Condition(lambda: bool(self.note()))),
                ConditionalContainer(keys, high),
            ]
        )

    def _below(self, told: Callable[[], str], style: str) -> Window:
        """Return a few lines for a text, word by word."""
        text = FormattedTextControl(lambda: "\n".join(line.text for line in wrapped(told(), self._width)))
        return Window(text, height=Dimension(max=3), style=STYLES[style][1], dont_extend_height=True)

    def _look_below(self) -> None:
        """See, once the lines are drawn, whether there are more than fit; if that is new, draw them again."""
        info = self._body.render_info
        more = info is not None and info.last_visible_line() < info.ui_content.line_count - 2  # the last line is empty
        if more != self._more:
            self._more = more
            self.app.invalidate()

    @property
    def _width(self) -> int:
        return self.app.output.get_size().columns

    def _shown(self) -> StyleAndTextTuples:
        lines = list(self.lines(self._width))
        at = max((number for number, line in enumerate(lines) if line.cursor), default=0)
        at = at if self._line is None else min(self._line, len(lines) - 1)
        made: StyleAndTextTuples = []
        for number, line in enumerate(lines):
            if number == at:
                made.append(("[SetCursorPosition]", ""))
            made.append((STYLES[line.style][1], f"{line.text}\n"))
        return made

    def _bindings(self) -> KeyBindings:
        bindings = KeyBindings()
        writing = Condition(lambda: self.writing is not None)
        for key, name in {**_NAMES, **self.names}.items():
            # Escape begins the codes of other keys too.
            bindings.add(key, eager=key != Keys.Escape, filter=~writing if name in _OF_TEXT else True)(self._on(name))

        @bindings.add(Keys.Any, filter=~writing)
        def _(event: KeyPressEvent) -> None:
            for sign in event.data:
                self._on("space" if sign == " " else sign)(event)

        return bindings

    def _on(self, key: str) -> Callable[[KeyPressEvent], None]:
        return lambda _: self._pressed(key)

    def _pressed(self, key: str) -> None:
        if key in ("page up", "page down"):
            self.scroll(down=key == "page down")
            return
        self._line = None
        self.guarded(lambda: self.press(key))
        if not self.app.is_done:
            self._settle_focus()

    def _written(self) -> None:
        if self.writing:
            self.writing.text = self._buffer.text

    def _settle_focus(self) -> None:
        view = self.writing
        if view is None:
            self.app.layout.focus(self._body)
            return
        if self._buffer.text != view.text:
            self._buffer.text = view.text
            self._buffer.cursor_position = len(view.text)
        self.app.layout.focus(self._entry)
