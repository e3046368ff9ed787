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
    ConditionalContainer,
    ConditionalMargin,
    Dimension,
    FormattedTextControl,
    HSplit,
    ScrollbarMargin,
    ScrollOffsets,
    Window,
)
from questionary.prompts.common import InquirerControl

from fs_triage import output
from fs_triage.desk import console
from fs_triage.desk.choice_list import Choices, shorten
from fs_triage.desk.page import Action, Choice, Page, Value
from fs_triage.text.numbers import render_count
from fs_triage.text.wrap import wrap_text

if TYPE_CHECKING:
    from fs_triage.render.card_layout import CardLines, Line

_ESCAPE_SECONDS = 0.1  # after which a lone Esc is Esc, not the beginning of an arrow key
_NEXT_KEY_SECONDS = 0.05  # after which Esc is not the beginning of Alt+key
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
_STYLES = {colour: f"ansi{colour}" for colour in ("green", "magenta", "yellow", "red")} | {"dim": ""}
"""What the words of a style of Rich are in prompt_toolkit, where they differ."""
_MIN_DOCUMENT_LINES = 3  # of a document, whatever is typed below it
_MIN_LINES_BELOW = 5  # of the question, its hint and the choices; the choices scroll where there are more
_HINT_LINES = 1
_PLACEHOLDER = "-"  # a choice that questionary demands; the list it stands in is replaced


class Screen:
    """The desk of a terminal that can be drawn on; the methods are those of `page.Desk`."""

    def __init__(self) -> None:
        self._keyboard: console.Keyboard | None = None
        self._list: _ListPrompt | None = None
        self._asking: Application[Any] | None = None
        self._interrupted = False

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
        """Show `page`; returns what was chosen. A document that one quits stays on the terminal."""
        self._list = self._list or _ListPrompt()
        choice = self._list.build_choice(self._run_prompt(self._list.set_page(page)))
        if choice.value is Action.QUIT and page.document is not None:
            from fs_triage.render import terminal

            terminal.print_document(page.document.lay_out)
        return choice

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
        self._scrolled = 0  # lines of the document above the first that is in sight
        self._laid_out: tuple[object, CardLines] | None = None
        question = questionary.select(
            "", choices=[_PLACEHOLDER], qmark="", instruction=" ", style=_STYLE, erase_when_done=True
        )
        self._application: Application[Any] = question.application
        self._application.key_bindings = self._build_keys()
        self._application._on_resize = self._redraw_whole  # type: ignore[method-assign]
        self._build_layout()

    def set_page(self, page: Page) -> Application[Any]:
        """Return the prompt that shows `page` and ends with the value chosen."""
        self._choices = Choices(page, _make_readable)
        self._scrolled = 0
        self._laid_out = None
        return self._application

    def build_choice(self, value: Value) -> Choice:
        """Return the choice of `value`, and the words typed by then."""
        if not self._choices.has_value(value):
            raise AssertionError("a prompt returned what is no choice")
        return Choice(value, self._choices.typed.strip())

    def _redraw_whole(self) -> None:
        """Draw the page anew on an empty window that has another size.

        By itself, prompt_toolkit goes back by the lines it drew, and the terminal has broken them otherwise since.
        """
        self._application.renderer.clear()
        self._application._redraw()

    def _lay_out_document(self) -> tuple[list[Line], list[Line], int]:
        """Return the lines of the banner, those of the body, and how many of the body are in sight.

        A banner that would take all of a small window scrolls with the body.
        """
        document = self._choices.page.document
        if document is None:
            return [], [], 0
        from fs_triage.render.card_layout import break_line  # the first question does not pay for it

        size = self._application.output.get_size()
        below = self._count_lines_below(size)
        key = (size, below)
        if self._laid_out is None or self._laid_out[0] != key:
            self._laid_out = key, document.lay_out(size.columns, size.rows - below)
        lines = self._laid_out[1]
        banner = [part for line in lines.banner for part in break_line(line, size.columns)]
        body = [part for line in lines.list_body() for part in break_line(line, size.columns)]
        spaced = [part for line in lines.list_body(spaced=True) for part in break_line(line, size.columns)]
        if (
            len(banner) + _MIN_DOCUMENT_LINES + min(below, _MIN_LINES_BELOW) > size.rows
        ):  # a window of a few rows
            banner, body, spaced = [], [*banner, *body], [*banner, *spaced]
            room = max(size.rows - below, 0)
        else:
            room = max(size.rows - below - len(banner), _MIN_DOCUMENT_LINES)
        if len(spaced) <= room:
            body = spaced
        shown = min(len(body), room)
        self._scrolled = max(min(self._scrolled, len(body) - shown), 0)
        return banner, body, shown

    def _count_lines_below(self, size: Size) -> int:
        """Return the lines of the question and of the choices below a document."""
        page, width = self._choices.page, max(size.columns - 2, 1)
        drawn = "".join(text for _, text in self._choices.draw(size.columns, size.rows)).count("\n") + 1
        most = size.rows - _MIN_DOCUMENT_LINES - 2  # what is typed may find more than there is room for
        return len(wrap_text(page.question, width)) + _HINT_LINES + min(drawn, max(most, 1))

    def _scroll_document(self, by: int) -> None:
        """Show what is `by` screens further in the document."""
        _, body, shown = self._lay_out_document()
        before = self._scrolled
        self._scrolled = max(min(before + by * max(shown - 1, 1), len(body) - shown), 0)
        if before != self._scrolled:
            self._application.renderer.erase()  # a link that is drawn in part would go on over what follows

    def _render_banner(self) -> StyleAndTextTuples:
        return _render_lines(self._lay_out_document()[0], console.has_links(self._application.output))

    def _render_document(self) -> StyleAndTextTuples:
        _, body, shown = self._lay_out_document()
        has_links = console.has_links(self._application.output)
        return _render_lines(body[self._scrolled : self._scrolled + shown], has_links)

    def _build_layout(self) -> None:
        """Replace questionary's message by the page's head, and its list by our choices.

        The message comes with a hidden line of input, whose keys and English words are removed with it.
        """
        layout = self._application.layout
        window = next(each for each in layout.find_all_windows() if isinstance(each.content, InquirerControl))
        assert isinstance(layout.container, HSplit)
        has_document = Condition(lambda: self._choices.page.document is not None)
        above = [
            ConditionalContainer(
                Window(FormattedTextControl(render), height=height, wrap_lines=False), has_document
            )
            for render, height in (
                (self._render_banner, lambda: Dimension.exact(len(self._lay_out_document()[0]))),
                (self._render_document, lambda: Dimension.exact(self._lay_out_document()[2])),
            )
        ]
        head = Window(FormattedTextControl(self._render_head), wrap_lines=True, dont_extend_height=True)
        layout.container.children[:1] = [*above, head]
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
        own = () if self._choices.is_row else page.head
        lines = [("", f" {line}\n") for line in _wrap_texts(own, columns)]
        question = _wrap_texts([page.question], columns)
        hint = shorten(_make_readable(self._find_hint()), max(columns - 2, 1), _make_readable("…"))
        beside = len(question[-1]) + len(hint) + 3 < columns
        end = [("class:note", ("  " if beside else "\n ") + hint)] if hint else []
        return _free_spaces([*lines, ("class:question", " " + "\n ".join(question)), *end])

    def _find_hint(self) -> str:
        """Return what to do: see the rest of the document, else what the page or its choice says."""
        _, body, shown = self._lay_out_document()
        left = len(body) - shown - self._scrolled
        if left > 0 and self._choices.find_pointed_value() is None:
            return f"Page suivante\u00a0: {render_count(left, 'ligne')} de plus"
        return self._choices.find_hint()

    def _render_body(self) -> StyleAndTextTuples:
        size = self._application.output.get_size()
        return _free_spaces([*self._choices.draw(size.columns, size.rows)])

    def _build_keys(self) -> KeyBindings:
        keys = KeyBindings()
        moves = {"up": -1, "c-p": -1, "down": 1, "c-n": 1, "pageup": -5, "pagedown": 5}
        for name, by in moves.items():
            keys.add(name)(lambda _, by=by: self._choices.move_pointer(by))
        is_row = Condition(lambda: self._choices.is_row)
        for name, by in {"pageup": -1, "pagedown": 1}.items():
            keys.add(name, filter=is_row)(lambda _, by=by: self._scroll_document(by))
        for name, by in {"left": -1, "right": 1, "s-tab": -1, "tab": 1}.items():
            keys.add(name, filter=is_row)(lambda _, by=by: self._choices.move_pointer(by))
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
            value = self._choices.choose()
            if value is None and not self._choices.options:
                value = self._choices.find_unfound()
            if value is not None:
                event.app.exit(result=value)

        @keys.add("escape")
        @keys.add("left", filter=~is_row)
        def _(event: KeyPressEvent) -> None:
            if (unfound := self._choices.find_unfound()) is not None:
                event.app.exit(result=unfound)
            elif self._choices.typed:
                self._choices.clear_typed()
            elif self._choices.page.has_back:
                event.app.exit(result=Action.BACK)

        return keys


def _end_prompt(application: Application[Any], error: BaseException) -> None:
    """End a prompt with `error`, if it has not ended already."""
    if application.is_running and not application.is_done:
        application.exit(exception=error)


def _render_lines(lines: Sequence[Line], has_links: bool) -> StyleAndTextTuples:
    """Return styled lines as prompt_toolkit takes them; a link goes where it is known, and one cell follows its end."""
    fragments: StyleAndTextTuples = []
    for line in lines:
        for span in line:
            text = _make_readable(span.text)
            style = " ".join(_STYLES.get(word, word) for word in span.style.split())
            if span.link and has_links:
                start, end = (f"\x1b]8;;{address}\x1b\\" for address in (span.link, ""))
                fragments += [("[ZeroWidthEscape]", start), (style, text), ("[ZeroWidthEscape]", end)]
            else:
                fragments.append((style, text))
        if line and line[-1].link and has_links:
            fragments.append(("", " "))
        fragments.append(("", "\n"))
    return _free_spaces(fragments[:-1])


def _free_spaces(fragments: StyleAndTextTuples) -> StyleAndTextTuples:
    """Return `fragments`, already in lines, with spaces for no-break ones, which prompt_toolkit draws in yellow."""
    return [(style, text.replace("\u00a0", " "), *more) for style, text, *more in fragments]  # type: ignore[misc]


def _wrap_texts(texts: Sequence[str], columns: int) -> list[str]:
    return [line for text in texts if text for line in wrap_text(_make_readable(text), columns - 2)]


def _make_readable(text: str) -> str:
    """Return `text` as the encoding of the terminal can show it; prompt_toolkit would put `?` for the rest."""
    encoding = sys.stdout.encoding
    return output.make_printable(text).encode(encoding, sys.stdout.errors or "replace").decode(encoding)
