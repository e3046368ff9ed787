"""Pages drawn on a terminal, with the prompts of questionary.

Its keys are replaced (no way back, accents dropped, an empty filter or Alt+Enter accepted, Ctrl-D ignored), and so is
its list, which cuts lines longer than the screen is wide.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import questionary
from prompt_toolkit.application import Application, create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.filters import Condition, to_filter
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input.typeahead import get_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import (
    ConditionalMargin,
    FormattedTextControl,
    HSplit,
    ScrollbarMargin,
    ScrollOffsets,
    Window,
)
from questionary.prompts.common import InquirerControl

from fs_triage import output
from fs_triage.desk import console
from fs_triage.desk.choice_list import Choices
from fs_triage.desk.page import Action, Choice, Page, Value
from fs_triage.text.wrap import wrap_text

if TYPE_CHECKING:
    from fs_triage.render.conclusion import Card

_ESCAPE_SECONDS = 0.1  # after which a lone Esc is Esc, not the beginning of an arrow key
_NEXT_KEY_SECONDS = 0.05  # after which Esc is not the beginning of Alt+key
_SIZE_KEPT_SECONDS = (
    0.15  # after which a window is taken to have its size: while it is dragged, each moment has another
)
_STYLE = questionary.Style(
    [
        ("qmark", "nobold fg:default"),
        ("question", "bold"),
        ("instruction", "fg:default"),
        ("pointer", "bold"),
        ("highlighted", "bold"),
        ("text", ""),
        ("note", "italic"),
    ]
)
_MENU_LINES = 5
_PLACEHOLDER = "-"  # a choice that questionary demands; the list it stands in is replaced


class Screen:
    """The desk of a terminal that can be drawn on; the methods are those of `page.Desk`."""

    def __init__(self) -> None:
        self._keyboard: console.Keyboard | None = None
        self._list: _ListPrompt | None = None
        self._asking: Application[Any] | None = None
        self._interrupted = False
        self._size: Size | None = None  # of the window when the last card was printed

    @contextlib.contextmanager
    def open_session(self) -> Iterator[None]:
        """Surround a session with one input and one output for all prompts; raises `Failure` without a console."""
        terminal = console.open_output()
        self._keyboard = console.open_keyboard()
        with self._keyboard.silence(), create_app_session(input=self._keyboard, output=terminal):
            yield

    def interrupt(self) -> bool:
        """End the prompt under way as Ctrl-C does, from a signal handler; returns False where there is none.

        An exception would be lost in a callback of prompt_toolkit, or leave the terminal half restored.
        """
        self._interrupted = True
        if self._asking is None:
            return False
        if self._asking.loop is not None:
            self._asking.loop.call_soon_threadsafe(_end_prompt, self._asking, KeyboardInterrupt())
        return True

    def ask_choice(self, page: Page) -> Choice:
        """Show `page`; returns what was chosen."""
        self._list = self._list or _ListPrompt()
        application = self._list.set_page(page, self._size)
        return self._list.build_choice(self._run_prompt(application))

    def show_conclusion(self, card: Card) -> bool:
        """Show a conclusion; returns whether it fits the screen with the menu below."""
        from fs_triage.render import terminal

        self._size = console.open_output().get_size()
        return terminal.print_cards([card]) + _MENU_LINES <= self._size.rows

    def clear_screen(self) -> None:
        """Clear the screen; what is on it scrolls away, and can be scrolled back to."""
        terminal = console.open_output()
        terminal.write_raw("\n" * terminal.get_size().rows)
        terminal.cursor_goto(console.get_first_row(terminal), 0)
        terminal.erase_down()
        terminal.flush()

    def _run_prompt(self, application: Application[Any]) -> Any:
        """Run a prompt; an error in it ends it, and is raised here.

        By itself, prompt_toolkit shows a traceback and waits for Enter. The end of standard input (the window
        was closed) counts as Ctrl-C.
        """
        application.ttimeoutlen = _ESCAPE_SECONDS
        application.timeoutlen = _NEXT_KEY_SECONDS

        def end_prompt(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            _end_prompt(application, context.get("exception") or RuntimeError(context["message"]))

        def flush_keys() -> None:
            """Give this prompt a lone Esc that was pressed between two prompts."""
            if application.is_running and not application.is_done and self._keyboard is not None:
                application.key_processor.feed_multiple(self._keyboard.flush_keys())
                application.key_processor.process_keys()

        def start_prompt() -> None:
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(end_prompt)
            loop.call_later(_ESCAPE_SECONDS, flush_keys)
            if self._interrupted:
                _end_prompt(application, KeyboardInterrupt())

        self._take_keys_ahead(application)
        self._asking = application
        try:
            answer = application.run(pre_run=start_prompt, set_exception_handler=False, handle_sigint=False)
        except EOFError:
            raise KeyboardInterrupt from None
        finally:
            self._asking = None
        if self._interrupted:
            raise KeyboardInterrupt
        return answer

    def _take_keys_ahead(self, application: Application[Any]) -> None:
        """When the page is about to be drawn, give it what counts of the keys pressed so far."""
        if self._keyboard is None:
            return
        keyboard, before = self._keyboard, get_typeahead(self._keyboard)

        def take(_: object) -> None:
            application.before_render -= take
            application.key_processor.feed_multiple(console.take_keys_ahead(keyboard, before))
            application.key_processor.process_keys()

        application.before_render += take


class _ListPrompt:
    """The list prompt, made once for all pages."""

    def __init__(self) -> None:
        self._choices = Choices(Page((), ""), _make_readable)
        self._size: Size | None = None
        question = questionary.select(
            "", choices=[_PLACEHOLDER], qmark="", instruction=" ", style=_STYLE, erase_when_done=True
        )
        self._application: Application[Any] = question.application
        self._application.key_bindings = self._build_keys()
        self._application.before_render += self._check_size
        self._build_layout()

    def set_page(self, page: Page, size: Size | None) -> Application[Any]:
        """Return the prompt that shows `page` and ends with the value chosen.

        `size` is that of the window when a card was printed above the page.
        """
        self._choices = Choices(page, _make_readable)
        self._size = size
        return self._application

    def build_choice(self, value: Value) -> Choice:
        """Return the choice of `value`, and the words typed by then."""
        if not self._choices.has_value(value):
            raise AssertionError("a prompt returned what is no choice")
        return Choice(value, self._choices.typed.strip())

    def _check_size(self, application: Application[Any]) -> None:
        """End a page below a card once the window has kept another size: the card must be printed anew.

        By itself, prompt_toolkit draws the page a second time, and the card stays as it was broken into lines.
        """
        size = application.output.get_size()
        if not self._choices.page.below_card or size == self._size or application.loop is None:
            return
        self._size = size

        def end_page() -> None:
            if size == self._size and application.is_running and not application.is_done:
                application.exit(result=Action.REDRAW)

        application.loop.call_later(_SIZE_KEPT_SECONDS, end_page)

    def _build_layout(self) -> None:
        """Replace questionary's message by the page's head, and its list by our choices.

        The message comes with a hidden line of input, whose keys and English words are removed with it.
        """
        layout = self._application.layout
        window = next(each for each in layout.find_all_windows() if isinstance(each.content, InquirerControl))
        assert isinstance(layout.container, HSplit)
        head = Window(FormattedTextControl(self._render_head), wrap_lines=True, dont_extend_height=True)
        layout.container.children[0] = head
        layout.container.window_too_small = Window()  # its own says so in English
        assert isinstance(window.content, InquirerControl)
        window.content.text = self._render_body
        window.content.focusable = to_filter(True)
        window.wrap_lines = to_filter(True)
        window.right_margins = [
            ConditionalMargin(ScrollbarMargin(display_arrows=True), self._build_overflow_condition(window))
        ]
        window.scroll_offsets = ScrollOffsets(top=1, bottom=lambda: self._choices.lines_below)
        layout.focus(window)

    def _build_overflow_condition(self, window: Window) -> Condition:
        def has_overflow() -> bool:
            drawn = window.render_info
            return drawn is not None and drawn.content_height > drawn.window_height

        return Condition(has_overflow)

    def _render_head(self) -> StyleAndTextTuples:
        page, columns = self._choices.page, self._application.output.get_size().columns
        lines = [("", f" {line}\n") for line in _wrap_texts(page.head, columns)]
        question = _wrap_texts([page.question], columns)
        hint = _wrap_texts([page.hint], columns) if page.hint else []
        beside = bool(hint) and len(question[-1]) + len(hint[0]) + 3 < columns and len(hint) == 1
        end = [("class:note", ("  " if beside else "\n ") + "\n ".join(hint))] if hint else []
        return [*lines, ("class:question", " " + "\n ".join(question)), *end]

    def _render_body(self) -> StyleAndTextTuples:
        size = self._application.output.get_size()
        return [*self._choices.draw(size.columns, size.rows)]

    def _build_keys(self) -> KeyBindings:
        keys = KeyBindings()
        moves = {"up": -1, "c-p": -1, "down": 1, "c-n": 1, "pageup": -5, "pagedown": 5}
        for name, by in moves.items():
            keys.add(name)(lambda _, by=by: self._choices.move_pointer(by))
        keys.add("home")(lambda _: self._choices.point_at_first())
        keys.add("end")(lambda _: self._choices.point_at_last())
        keys.add("backspace")(lambda _: self._choices.erase())
        keys.add("c-u")(lambda _: self._choices.clear_typed())
        keys.add(Keys.BracketedPaste)(lambda event: self._choices.add_text(event.data))
        keys.add(Keys.Any)(lambda event: self._choices.add_text(event.data))
        keys.add("escape", Keys.Any)(console.ignore_key)
        console.add_stops(keys)

        @keys.add("enter")
        @keys.add("c-j")
        def _(event: KeyPressEvent) -> None:
            if (value := self._choices.choose()) is not None:
                event.app.exit(result=value)

        @keys.add("escape")
        @keys.add("left")
        def _(event: KeyPressEvent) -> None:
            if self._choices.typed:
                self._choices.clear_typed()
            elif self._choices.page.has_back:
                event.app.exit(result=Action.BACK)

        return keys


def _end_prompt(application: Application[Any], error: BaseException) -> None:
    """End a prompt with `error`, if it has not ended already."""
    if application.is_running and not application.is_done:
        application.exit(exception=error)


def _wrap_texts(texts: Sequence[str], columns: int) -> list[str]:
    return [line for text in texts if text for line in wrap_text(_make_readable(text), columns - 2)]


def _make_readable(text: str) -> str:
    """Return `text` as the encoding of the terminal can show it; prompt_toolkit would put `?` for the rest."""
    encoding = sys.stdout.encoding
    return output.make_printable(text).encode(encoding, sys.stdout.errors or "replace").decode(encoding)
