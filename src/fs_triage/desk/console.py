"""How a terminal is read and written on Linux and on Windows; the keys of the list itself are in `screen`.

prompt_toolkit handles keys one by one, a thousand bytes at a time: Ctrl-C would wait behind all that was pasted.
Here the keys that end the session are looked for first, and letters in a row are handled as one paste.

A page is answered by what is pressed once it is drawn. Of what was pressed before, the letters count, up to the first
other key; of lines pasted as if they were typed, the first.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from prompt_toolkit.key_binding import KeyBindings, KeyPress, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.output.vt100 import Vt100_Output

from fs_triage.contract import WRONG_CALL, Failure
from fs_triage.desk.page import is_surrogate

STOP_KEYS = (Keys.ControlC, Keys.ControlD, Keys.ControlQ)
_STOP_PRESS = KeyPress(Keys.ControlC, "\x03")
_ENTER_KEYS = (Keys.ControlM, Keys.ControlJ)
_TEXT_KEYS = (Keys.BracketedPaste, Keys.Backspace, Keys.ControlU, Keys.Escape)
"""The keys besides letters that answer nothing: text, what takes it away, the way back."""
_MAX_KEYS_AHEAD = 1024  # keys that are kept until they are asked for: more than a prompt takes
_MAX_READS = 256  # reads in a row, should keys come without end

_NO_CONSOLE: tuple[type[Exception], ...] = ()
_NO_CONSOLE_MESSAGE = (
    "Cette fenêtre n’est pas une console de Windows : ajoutez --accessible, ou ouvrez l’invite de commandes, "
    "PowerShell ou Terminal."
)

if sys.platform == "win32":
    from prompt_toolkit.input.win32 import Win32Input
    from prompt_toolkit.output.win32 import NoConsoleScreenBufferError

    _NO_CONSOLE = (NoConsoleScreenBufferError,)

    class Keyboard(Win32Input):
        """The keys of a Windows console."""

        lines_pasted = False

        def read_keys(self) -> list[KeyPress]:
            """Return the keys pressed so far, to the first Enter: nobody types so fast, the rest is of lines pasted."""
            keys, was_cut = _cut_lines(self.read_all_keys())
            self.lines_pasted = self.lines_pasted or was_cut
            return keys

        def read_all_keys(self) -> list[KeyPress]:
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

        @contextlib.contextmanager
        def silence(self) -> Iterator[None]:
            """Do nothing: that console echoes nothing but what a program is waiting for."""
            yield

else:
    import termios

    from prompt_toolkit.input.vt100 import Vt100Input

    _STOP_BYTES = "\x03\x04\x11"
    _PASTE, _PASTED = "\x1b[200~", "\x1b[201~"

    class Keyboard(Vt100Input):
        """The keys of a terminal."""

        lines_pasted = False

        def read_keys(self) -> list[KeyPress]:
            """Return the keys pressed so far, to the first Enter: nobody types so fast, the rest is of lines pasted."""
            keys, was_cut = _cut_lines(self.read_all_keys())
            self.lines_pasted = self.lines_pasted or was_cut
            return keys

        def read_all_keys(self) -> list[KeyPress]:
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

        @contextlib.contextmanager
        def silence(self) -> Iterator[None]:
            """Surround a session: between two pages, keys are kept and not echoed, Ctrl-C remains a signal."""
            try:
                before = termios.tcgetattr(self.fileno())
            except termios.error:  # the terminal is gone
                yield
                return
            quiet = termios.tcgetattr(self.fileno())
            quiet[3] &= ~(termios.ECHO | termios.ICANON)
            try:
                termios.tcsetattr(self.fileno(), termios.TCSANOW, quiet)
                yield
            finally:
                with contextlib.suppress(termios.error):
                    termios.tcsetattr(self.fileno(), termios.TCSANOW, before)

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


def has_links(terminal: Output) -> bool:
    """Return whether links may be written: a terminal that does not know their escape sequences shows none of them."""
    return isinstance(terminal, Vt100_Output) or type(terminal).__name__ == "Windows10_Output"


def open_keyboard() -> Keyboard:
    """Return the keyboard of standard input."""
    return Keyboard(sys.stdin)


def take_keys_ahead(keyboard: Keyboard, before: list[KeyPress]) -> list[KeyPress]:
    """Return what counts of the keys pressed before a page was drawn: those in `before`, and those not yet read.

    What answers (Enter, arrows) was meant for a page that nobody had seen, and what follows it for the one after.
    """
    was_pasted = keyboard.lines_pasted
    keys = [*before, *keyboard.read_all_keys()]
    keyboard.lines_pasted = False
    if _STOP_PRESS in keys:
        return [_STOP_PRESS]
    if was_pasted:  # what is left of the lines
        return []
    first = next((rank for rank, key in enumerate(keys) if _is_text(key)), len(keys))
    end = next((rank for rank, key in enumerate(keys) if rank > first and not _is_text(key)), len(keys))
    return keys[first:end]


def _is_text(key: KeyPress) -> bool:
    return key.key in _TEXT_KEYS or not isinstance(key.key, Keys)


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


def _cut_lines(keys: list[KeyPress]) -> tuple[list[KeyPress], bool]:
    """Return `keys` up to the first Enter, and whether others came with it."""
    end = next((rank for rank, key in enumerate(keys, 1) if key.key in _ENTER_KEYS), len(keys))
    return keys[:end], end < len(keys)


def _join_lines(text: str) -> str:
    return "".join(
        c if c.isprintable() or is_surrogate(c) else " " if c.isspace() else ""
        for c in text.replace("\r\n", "\n")
    )


def add_stops(keys: KeyBindings) -> None:
    """Add the keys that end the session, also after an Esc that may be the start of another key."""

    def stop(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt())

    for key in STOP_KEYS:
        keys.add(key)(stop)
        keys.add("escape", key)(stop)


def ignore_key(_event: KeyPressEvent) -> None:
    """Do nothing."""
