"""How a terminal is read and written on Linux and on Windows; the keys of the list itself are in `screen`.

prompt_toolkit handles keys one by one, a thousand bytes at a time: Ctrl-C would wait behind all that was pasted.
Here the keys that end the session are looked for first, and letters in a row are handled as one paste.
"""

from __future__ import annotations

import string
import sys
from collections.abc import Callable
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.filters import Condition
from prompt_toolkit.input.typeahead import store_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPress, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.output.vt100 import Vt100_Output

from fs_triage.contract import WRONG_CALL, Failure
from fs_triage.desk.page import Action, fit_text, is_surrogate

STOP_KEYS = (Keys.ControlC, Keys.ControlD, Keys.ControlQ)
_STOP_PRESS = KeyPress(Keys.ControlC, "\x03")
_IGNORED_KEYS = (Keys.ControlR, Keys.ControlS, Keys.ControlV, Keys.ControlX, Keys.ControlY)
"""Keys that would open a search of the history, in English, insert raw bytes, or paste what was cut."""
_MAX_KEYS_AHEAD = 1024  # keys that are kept until they are asked for: more than a prompt takes
_MAX_READS = 256  # reads in a row, should keys come without end

_NO_CONSOLE: tuple[type[Exception], ...] = ()
_NO_CONSOLE_MESSAGE = (
    "Cette fenêtre n’est pas une console de Windows : ajoutez --accessible, ou ouvrez l’invite de commandes, "
    "PowerShell ou Terminal."
)

if sys.platform == "win32":
    from prompt_toolkit.input.win32 import Win32Input
    from prompt_toolkit.output.win32 import NoConsoleScreenBufferError, Win32Output

    _NO_CONSOLE = (NoConsoleScreenBufferError,)

    class Keyboard(Win32Input):
        """The keys of a Windows console."""

        def read_keys(self) -> list[KeyPress]:
            """Return the keys pressed so far; only the one that ends the session, if it is among them."""
            keys: list[KeyPress] = []
            for _ in range(_MAX_READS):
                more = super().read_keys()
                if any(key.key in STOP_KEYS for key in more):
                    return [_STOP_PRESS]
                keys += more[: max(_MAX_KEYS_AHEAD - len(keys), 0)]
                if not more:
                    break
            return _join_letters([part for key in keys for part in split_enter(key)])

else:
    from prompt_toolkit.input.vt100 import Vt100Input

    _STOP_BYTES = "\x03\x04\x11"
    _PASTE, _PASTED = "\x1b[200~", "\x1b[201~"

    class Keyboard(Vt100Input):
        """The keys of a terminal."""

        def read_keys(self) -> list[KeyPress]:
            """Return the keys pressed so far; only the one that ends the session, if it is among them."""
            text = ""
            for _ in range(_MAX_READS):
                more = self.stdin_reader.read(1 << 16)
                if any(stop in more for stop in _STOP_BYTES):
                    self.vt100_parser.reset()
                    return [_STOP_PRESS]
                text += more
                if not more:
                    break
            self._parse_keys(text[:_MAX_KEYS_AHEAD], text[_MAX_KEYS_AHEAD:])
            keys, self._buffer = self._buffer, []
            return _join_letters(keys)

        def _parse_keys(self, text: str, dropped: str) -> None:
            """Parse `text` into keys; of the `dropped` text, only the marks of a paste count."""
            parser = self.vt100_parser
            parser.feed(text)
            if dropped and parser._in_bracketed_paste and _PASTED in text[-len(_PASTED) :] + dropped:
                parser.feed(_PASTED)
            if dropped.rfind(_PASTE) > dropped.rfind(_PASTED) and not parser._in_bracketed_paste:
                parser.feed(_PASTE)


def open_output() -> Output:
    """Return the terminal of standard output; its cursor position is never requested.

    A terminal that does not answer such a request gets an English warning, and one that answers late leaves its
    answer on the shell's next line. Raises `Failure` on Windows for a window that is no console.
    """
    try:
        terminal = create_output(stdout=sys.stdout)
    except _NO_CONSOLE as error:
        raise Failure(WRONG_CALL, _NO_CONSOLE_MESSAGE) from error
    if isinstance(terminal, Vt100_Output):  # a Windows console is never asked
        terminal.enable_cpr = False
    return terminal


def get_first_row(terminal: Output) -> int:
    """Return the first row of the window: in a Windows console without escape sequences, it is not always 0."""
    if sys.platform == "win32" and isinstance(terminal, Win32Output):
        return int(terminal.get_win32_screen_buffer_info().srWindow.Top)
    return 0


def open_keyboard() -> Keyboard:
    """Return the keyboard of standard input."""
    return Keyboard(sys.stdin)


def has_stop_key(keyboard: Keyboard) -> bool:
    """Return whether a key that ends the session was pressed between two prompts; the next prompt gets the others."""
    with keyboard.raw_mode():
        keys = keyboard.read_keys()
    store_typeahead(keyboard, keys)
    return _STOP_PRESS in keys


def split_enter(key: KeyPress) -> list[KeyPress]:
    """Return `key`, or a line and its Enter that the library took for a paste since both were read at once.

    A Windows console does not say what was pasted; whoever types fast on a busy machine must not lose Enter.
    """
    line = key.data.rstrip("\r\n")
    is_typed = key.key == Keys.BracketedPaste and line != key.data and len(line.splitlines()) == 1
    return [KeyPress(Keys.BracketedPaste, line), KeyPress(Keys.ControlM, "\r")] if is_typed else [key]


def _join_letters(keys: list[KeyPress]) -> list[KeyPress]:
    """Return `keys` with letters in a row as one paste, and without what is no text in a paste.

    The letter after Esc stays a key of its own: both are Alt and that letter.
    """
    joined: list[KeyPress] = []
    for key in keys:
        before = joined[-1].key if joined else None
        if key.key == Keys.BracketedPaste:
            joined.append(KeyPress(Keys.BracketedPaste, _join_lines(key.data)))
        elif isinstance(key.key, Keys) or before == Keys.Escape:
            joined.append(key)
        elif before is not None and (before == Keys.BracketedPaste or not isinstance(before, Keys)):
            alt = len(joined) > 1 and joined[-2].key == Keys.Escape and before != Keys.BracketedPaste
            start = "" if alt else joined.pop().data
            joined.append(KeyPress(Keys.BracketedPaste, start + key.data))
        else:
            joined.append(key)
    return joined


def _join_lines(text: str) -> str:
    return "".join(
        c if c.isprintable() or is_surrogate(c) else " " if c.isspace() else ""
        for c in text.replace("\r\n", "\n")
    )


def build_text_keys(application: Application[Any], set_note: Callable[[str], None]) -> KeyBindings:
    """Return the keys of the prompt for words; `set_note` gets the message about a key that is refused, else ""."""
    application.current_buffer.on_text_changed += lambda _: set_note("")
    keys = KeyBindings()
    empty = Condition(lambda: not application.current_buffer.text)
    add_stops(keys)
    for key in _IGNORED_KEYS:
        keys.add(key)(ignore_key)
    for letter in (*string.ascii_letters, *string.digits, *string.punctuation, "enter", Keys.Any):
        keys.add("escape", letter)(ignore_key)  # one by one: Alt+1 and the like have a meaning of their own

    @keys.add("escape")
    @keys.add("left", filter=empty)
    def _(event: KeyPressEvent) -> None:
        event.app.exit(result=Action.BACK)

    @keys.add(Keys.BracketedPaste)
    @keys.add(Keys.Any)
    def _(event: KeyPressEvent) -> None:
        taken, refused = fit_text(application.current_buffer.text, event.data)
        application.current_buffer.insert_text(taken)
        set_note(refused)

    return keys


def add_stops(keys: KeyBindings) -> None:
    """Add the keys that end the session, also after an Esc that may be the start of another key."""

    def stop(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt())

    for key in STOP_KEYS:
        keys.add(key)(stop)
        keys.add("escape", key)(stop)


def ignore_key(_event: KeyPressEvent) -> None:
    """Do nothing."""
