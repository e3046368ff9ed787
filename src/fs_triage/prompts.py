"""Pages on a terminal: the only module that imports questionary, with its traps closed.

questionary draws and runs the prompts. What it gets wrong for a desk is replaced here: its keys (no way back,
accents dropped, an empty filter or Alt+Enter accepted, SIGINT and Ctrl-D ignored) and its list, which cuts
what is longer than the screen is wide.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import questionary
from prompt_toolkit.application import Application, create_app_session
from prompt_toolkit.filters import Condition, to_filter
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import ConditionalMargin, ScrollbarMargin, ScrollOffsets, Window
from prompt_toolkit.output import create_output
from questionary.prompts.common import InquirerControl

from fs_triage import output
from fs_triage.choices import Choices
from fs_triage.page import BACK, Page
from fs_triage.store import Store
from fs_triage.wrapping import wrap

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
_MENU_LINES = 5
_STOP = (Keys.ControlC, Keys.ControlD, Keys.ControlQ, Keys.SIGINT)
_DEAF = (Keys.ControlR, Keys.ControlS, Keys.ControlV, Keys.ControlX)
"""Keys that would open something with English words in it (a search of the history) or insert raw bytes."""
_WRITE_HINT = "Entrée : chercher ; Échap, ou Entrée sans rien : revenir"


@contextlib.contextmanager
def session() -> Iterator[None]:
    """Surround a session: one output for all prompts, which never asks the terminal where its cursor is.

    A terminal that does not answer such a question gets an English warning, and one that answers late leaves
    its answer on the shell's next line.
    """
    terminal = create_output(stdout=sys.stdout)
    terminal.enable_cpr = False  # type: ignore[attr-defined]
    with create_app_session(output=terminal):
        yield


def choose(page: Page) -> str:
    """Show `page`; returns the value of the option chosen. Ctrl-C and Ctrl-D raise `KeyboardInterrupt`."""
    choices = Choices(page, _readable)
    question = questionary.select(
        _lines(page.question),
        choices=[questionary.Choice(option.label, option.value) for option in page.options],
        qmark=_head(page),
        instruction=" ",
        style=_STYLE,
        erase_when_done=True,
    )
    application = question.application
    _show_list(application, choices)
    application.key_bindings = _list_keys(choices)
    chosen = _run(application)
    if chosen not in [option.value for option in page.options]:
        raise AssertionError("a prompt returned what is no choice")
    return str(chosen)


def write(page: Page, earlier: str) -> str:
    """Ask for words, `earlier` being those typed before; returns them, or `BACK`."""
    question = questionary.text(
        _lines(page.question),
        default=earlier,
        qmark=_head(page),
        instruction=f"\n {_lines(_WRITE_HINT)}\n »",
        style=_STYLE,
        erase_when_done=True,
    )
    application = question.application
    for window in application.layout.find_all_windows():
        window.wrap_lines = to_filter(True)
    own = application.key_bindings
    application.key_bindings = merge_key_bindings([*([own] if own else []), _text_keys(application)])
    typed = " ".join(str(_run(application)).split())
    return typed or BACK


def show(store: Store, positions: Sequence[int]) -> bool:
    """Show the conclusions at `positions`; returns whether the screen holds them and the menu below."""
    from fs_triage import report

    return report.show(store, positions) + _MENU_LINES <= create_output(stdout=sys.stdout).get_size().rows


def turn() -> None:
    """Begin a fresh screen; what is on it scrolls away, and can be scrolled back to."""
    terminal = create_output(stdout=sys.stdout)
    terminal.write_raw("\n" * terminal.get_size().rows)
    terminal.cursor_goto(0, 0)
    terminal.erase_down()
    terminal.flush()


def _head(page: Page) -> str:
    return "".join(f" {_lines(line)}\n" for line in page.head if line)


def _lines(text: str) -> str:
    columns = create_output(stdout=sys.stdout).get_size().columns
    return "\n ".join(wrap(_readable(text), columns - 4))


def _readable(text: str) -> str:
    """Return `text` as the encoding of the terminal can show it; prompt_toolkit knows `?` alone."""
    encoding = sys.stdout.encoding
    return output.clean(text).encode(encoding, sys.stdout.errors or "replace").decode(encoding)


def _show_list(application: Application[Any], choices: Choices) -> None:
    """Let the list of `application` be drawn by `choices`, wrapped, scrolling, with the cursor on its line."""

    def drawn() -> StyleAndTextTuples:
        size = application.output.get_size()
        return [*choices.draw(size.columns, size.rows)]

    for window in application.layout.find_all_windows():
        window.wrap_lines = to_filter(True)
        if isinstance(window.content, InquirerControl):
            _scroll(window, choices)
            window.content.text = drawn
            window.content.focusable = to_filter(True)
            application.layout.focus(window)  # not the hidden buffer: it has keys and words of its own


def _scroll(window: Window, choices: Choices) -> None:
    def longer() -> bool:
        drawn = window.render_info
        return drawn is not None and drawn.content_height > drawn.window_height

    window.right_margins = [ConditionalMargin(ScrollbarMargin(display_arrows=True), Condition(longer))]
    window.scroll_offsets = ScrollOffsets(top=1, bottom=lambda: choices.lines_below)


def _stop(event: KeyPressEvent) -> None:
    event.app.exit(exception=KeyboardInterrupt())


def _nothing(_event: KeyPressEvent) -> None:
    """Take a key and do nothing."""


def _list_keys(choices: Choices) -> KeyBindings:
    keys = KeyBindings()
    moves = {"up": -1, "c-p": -1, "down": 1, "c-n": 1, "pageup": -5, "pagedown": 5}
    for name, by in moves.items():
        keys.add(name)(lambda _, by=by: choices.move(by))
    keys.add("home")(lambda _: choices.first())
    keys.add("end")(lambda _: choices.last())
    keys.add("backspace")(lambda _: choices.erase())
    keys.add("c-u")(lambda _: choices.clear())
    keys.add(Keys.BracketedPaste)(lambda event: choices.type(event.data))
    keys.add(Keys.Any)(lambda event: choices.type(event.data))
    keys.add("escape", Keys.Any)(_nothing)
    for key in _STOP:
        keys.add(key)(_stop)

    @keys.add("enter")
    @keys.add("c-j")
    def _(event: KeyPressEvent) -> None:
        if (value := choices.pointed()) is not None:
            event.app.exit(result=value)

    @keys.add("escape")
    @keys.add("left")
    def _(event: KeyPressEvent) -> None:
        if choices.typed:
            choices.clear()
        elif choices.page.back:
            event.app.exit(result=BACK)

    return keys


def _text_keys(application: Application[Any]) -> KeyBindings:
    keys = KeyBindings()
    empty = Condition(lambda: not application.current_buffer.text)
    for key in _STOP:
        keys.add(key)(_stop)
    for key in _DEAF:
        keys.add(key)(_nothing)
    keys.add("escape", Keys.Any)(_nothing)

    @keys.add("escape")
    @keys.add("left", filter=empty)
    def _(event: KeyPressEvent) -> None:
        event.app.exit(result=BACK)

    return keys


def _run(application: Application[Any]) -> Any:
    """Run a prompt; an error in it ends it, and is raised here.

    Left alone, prompt_toolkit shows a traceback and waits for Enter. The end of standard input (the window
    was closed) counts as Ctrl-C.
    """
    application.ttimeoutlen = _ESCAPE_SECONDS
    application.timeoutlen = _NEXT_KEY_SECONDS

    def end(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception") or RuntimeError(context["message"])
        if application.is_running and not application.is_done:
            application.exit(exception=error)

    def prepare() -> None:
        asyncio.get_running_loop().set_exception_handler(end)

    try:
        return application.run(pre_run=prepare, set_exception_handler=False)
    except EOFError:
        raise KeyboardInterrupt from None
