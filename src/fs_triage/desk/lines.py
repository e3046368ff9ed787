"""Pages as numbered lines, for screen readers and plain terminals: only written to, never drawn on."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fs_triage import output
from fs_triage.desk.page import Action, Page, fit_text
from fs_triage.text.numbers import parse_number
from fs_triage.text.typography import quote_input

if TYPE_CHECKING:
    from fs_triage.render.conclusion import Card

_MAX_LINES_AHEAD = 100  # lines that are kept until they are asked for: nobody types more ahead


class Lines:
    """The desk of a terminal that is only written to; the methods are those of `page.Desk`."""

    def __init__(self) -> None:
        self._typed = _TypedLines()

    @contextlib.contextmanager
    def open_session(self) -> Iterator[None]:
        """Surround a session; after Ctrl-C, end the line, so that the shell's prompt begins a new one."""
        try:
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

    def ask_choice(self, page: Page) -> str | Action:
        """Show `page`; returns the value of the option chosen."""
        output.print_answer("")
        for line in (*page.head, page.question):
            output.print_wrapped_answer(line)
        for rank, option in enumerate(page.options, 1):
            earlier = " (choisi avant)" if option.value == page.earlier else ""
            output.print_wrapped_answer(
                f"{rank}. {option.label}{earlier}{f' – {option.help}' if option.help else ''}"
            )
        last = len(page.options)
        while True:
            typed = _ask_line(self._typed, f"Numéro du choix, de 1 à {last} : ")
            if (number := parse_number(typed, last)) is not None:
                return page.options[number - 1].value
            output.print_answer(
                f"{quote_input(typed)} n’est pas un numéro de 1 à {last}." if typed else "Rien n’est choisi."
            )

    def ask_words(self, page: Page, earlier: str) -> str | None:
        """Ask for words, `earlier` being those typed before; returns them, None to go back."""
        output.print_answer("")
        for line in page.head:
            output.print_wrapped_answer(line)
        if earlier:
            output.print_wrapped_answer(f"Écrit avant : {earlier}")
        while True:
            typed = _ask_line(self._typed, f"{page.question} (Entrée seule : revenir) ")
            taken, refused = fit_text("", typed)
            if refused:
                output.print_wrapped_answer(refused)
            if taken or not typed:
                return taken or None

    def show_conclusion(self, card: Card) -> bool:
        """Show a conclusion; returns True: lines that scroll away can be scrolled back to."""
        from fs_triage.render import plain_text

        output.print_answer("")
        output.print_wrapped_answer(plain_text.render_card(card))
        return True

    def clear_screen(self) -> None:
        """Do nothing: the empty line before each page is enough on a plain terminal."""


def _ask_line(typed: _TypedLines, prompt: str) -> str:
    sys.stdout.write(prompt)
    sys.stdout.flush()
    try:
        line = typed.read_line()
    except OSError:  # the terminal is gone
        line = ""
    if not line:  # or Ctrl-D
        raise KeyboardInterrupt
    words = " ".join(line.split())
    return "".join(c for c in words if c.isprintable())


class _TypedLines:
    """The lines typed. Those typed ahead are read at once: a terminal whose buffer is full holds Ctrl-C back."""

    def __init__(self) -> None:
        self._started_line = b""
        self._lines: list[str] = []
        self.stopped = False

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
