"""Pages as numbered lines, for screen readers and plain terminals: only written to, never drawn on.

On every page a number takes a choice, words find others, 0 goes back and q quits. As on a drawn page, what was typed
before a page was there does not answer it.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace

from fs_triage import output
from fs_triage.desk.choice_list import find_choices
from fs_triage.desk.page import Action, Choice, Found, Option, Page, Unfound, fit_text, is_surrogate
from fs_triage.text.fold import fold
from fs_triage.text.numbers import parse_number
from fs_triage.text.typography import NBSP, quote_input

_MAX_LINES_AHEAD = 100  # lines that are kept until they are asked for: nobody types more ahead
_PROMPT = "Numéro ou mots (0\u00a0: revenir, q\u00a0: quitter)\u00a0: "
_EXITS = {"0": Action.BACK, "revenir": Action.BACK, "q": Action.QUIT, "quitter": Action.QUIT}
_LONGEST_RANK = 2  # digits of a number that can only have meant a choice; « 3230 » is a contact
_REST_OF_A_KEY = re.compile(r"^(?:\[[A-Z]|\[\d+~|O[A-Z])+")
"""What is left of arrows and the like without their Esc."""


class Lines:
    """The desk of a terminal that is only written to; the methods are those of `page.Desk`."""

    def __init__(self) -> None:
        self._typed = _TypedLines()
        self._is_first = True

    @contextlib.contextmanager
    def open_session(self) -> Iterator[None]:
        """Surround a session; after Ctrl-C, end the line, so that the shell's prompt begins a new one."""
        try:
            with _swallow_escape():
                yield
        except KeyboardInterrupt:
            output.print_answer("")
            raise

    def interrupt(self) -> bool:
        """Return False: nothing is drawn that would have to be cleared.

        An exception raised in the handler may be lost (in a callback that Python calls); then the next line read
        ends the session.
        """
        self._typed.stopped = True
        return False

    def ask_choice(self, page: Page) -> Choice:
        """Show `page`; returns what was chosen."""
        own = replace(page, options=tuple(o for o in page.options if o.value not in _EXITS.values()))
        typed, options, unfound = "", own.options, ""
        _print_page(own)
        if page.typed:
            found = find_choices(own, page.typed)
            _print_found(found, page.typed)
            typed, options = page.typed, found.options or options
        else:
            _print_options(own)
        while True:
            line, note = fit_text("", self._ask_line())
            action = _EXITS.get(fold(line))
            number = parse_number(line, len(options))
            if note:
                output.print_wrapped_answer(note)
            if number is not None:
                return Choice(options[number - 1].value, typed)
            if action is Action.BACK and unfound:
                return Choice(Unfound(unfound), typed)
            if action is Action.BACK and typed:
                typed, options = "", own.options
                _print_options(own)
            elif action is Action.BACK and not page.has_back:
                output.print_answer("Il n’y a rien avant.")
            elif action is not None:
                return Choice(action)
            elif line.isascii() and line.isdigit() and len(line) <= _LONGEST_RANK:
                output.print_answer(f"{quote_input(line)} n’est pas un numéro de 1 à {len(options)}.")
            elif line:
                found = find_choices(own, line)
                _print_found(found, line)
                unfound = found.unfound if page.ends_unfound else ""
                if unfound and not found.options:
                    return Choice(Unfound(unfound), line)
                typed, options = (line, found.options) if found.options else (typed, options)
            elif page.default is not None and not note:
                return Choice(page.default)
            elif not note:
                output.print_answer("Rien n’est choisi.")

    def _ask_line(self) -> str:
        """Return the next line, without what is no text; words typed before the first page count for it."""
        ahead = self._typed.take_waiting()
        if ahead and self._is_first and parse_number(ahead[0], sys.maxsize) is None and ahead[0].strip():
            self._typed.put_back(ahead[0])
        elif ahead:
            output.print_wrapped_answer("Ce qui était tapé d’avance n’est pas pris.")
        self._is_first = False
        sys.stdout.write(output.make_printable(_PROMPT))
        sys.stdout.flush()
        try:
            line = self._typed.read_line()
        except OSError:  # the terminal is gone
            line = ""
        if not line:  # or Ctrl-D
            raise KeyboardInterrupt
        words = "".join(c for c in " ".join(line.split()) if c.isprintable() or is_surrogate(c))
        return _REST_OF_A_KEY.sub("", words)


def _print_page(page: Page) -> None:
    output.print_answer("")
    if page.document is not None:
        output.print_wrapped_answer(page.document.text)
        output.print_answer("")
    for line in (*page.head, page.question):
        if line:
            output.print_wrapped_answer(line)


def _print_options(page: Page) -> None:
    for rank, option in enumerate(page.options, 1):
        earlier = " (choisi avant)" if option.value == page.earlier else ""
        _print_option(rank, option, earlier)


def _print_found(found: Found, typed: str) -> None:
    """Print what words found."""
    if found.options:
        output.print_answer("")
        output.print_wrapped_answer(f"Recherche\u00a0: {typed}")
    for note in found.notes:
        output.print_wrapped_answer(note)
    group = ""
    for rank, option in enumerate(found.options, 1):
        if option.group != group:
            group = option.group
            output.print_wrapped_answer(group)
        _print_option(rank, option)


def _print_option(rank: int, option: Option, earlier: str = "") -> None:
    parts = (option.label + earlier, option.level.replace(" ", NBSP), option.help)
    output.print_wrapped_answer(f"{rank}. {' – '.join(part for part in parts if part)}")


@contextlib.contextmanager
def _swallow_escape() -> Iterator[None]:
    """Have Esc take away what is typed on the line, as it does on a drawn page; a terminal would show `^[`.

    Its own key for that, Ctrl-U, then takes away a word. In a console of Windows Esc does so by itself.
    """
    if sys.platform == "win32":
        yield
        return
    import termios

    try:
        before = termios.tcgetattr(sys.stdin.fileno())
    except termios.error:  # the terminal is gone
        yield
        return
    ours = termios.tcgetattr(sys.stdin.fileno())
    ours[6][termios.VWERASE], ours[6][termios.VKILL] = ours[6][termios.VKILL], b"\x1b"
    try:
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, ours)
        yield
    finally:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, before)


class _TypedLines:
    """The lines typed. Those typed ahead are read at once: a terminal whose buffer is full holds Ctrl-C back."""

    def __init__(self) -> None:
        self._started_line = b""
        self._lines: list[str] = []
        self._is_at_end = False
        self.stopped = False

    def take_waiting(self) -> list[str]:
        """Return the lines that were typed before they are asked for, as far as the system tells."""
        while sys.platform != "win32" and not self._is_at_end and select.select([sys.stdin], [], [], 0)[0]:
            try:
                self._is_at_end = not self._add_piece(os.read(sys.stdin.fileno(), 1 << 16))
            except OSError:
                self._is_at_end = True
        lines, self._lines = self._lines, []
        return lines

    def put_back(self, line: str) -> None:
        """Have `read_line` return `line`, which was taken."""
        self._lines.insert(0, line)

    def read_line(self) -> str:
        """Return the next line, empty at the end of the terminal.

        A signal received just before a read begins would wait for the next key: its byte in the pipe ends the wait
        (https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd).
        """
        if sys.platform == "win32":  # select knows nothing but sockets there; Ctrl-Z and Enter are the end
            return sys.stdin.readline()
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        before = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        try:
            while True:
                if self.stopped:
                    raise KeyboardInterrupt
                if self._is_at_end:
                    break
                ready = select.select([sys.stdin, woken], [], [], 0 if self._lines else None)[0]
                if sys.stdin not in ready and self._lines:
                    break
                if sys.stdin in ready and not self._add_piece(os.read(sys.stdin.fileno(), 1 << 16)):
                    break
        finally:
            signal.set_wakeup_fd(before)
            os.close(woken)
            os.close(wake)
        return self._lines.pop(0) if self._lines else ""

    def _add_piece(self, piece: bytes) -> bool:
        """Add what was read from the terminal: a line, or the start of one when Ctrl-D came first; False at its end."""
        self._started_line += piece
        if not piece or piece.endswith(b"\n"):
            if len(self._lines) < _MAX_LINES_AHEAD:
                self._lines.append(self._started_line.decode(sys.stdin.encoding, "replace"))
            self._started_line = b""
        return bool(piece)
