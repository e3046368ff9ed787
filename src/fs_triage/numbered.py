"""Pages as numbered lines, for screen readers and plain terminals: nothing is drawn, nothing is redrawn."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
from collections.abc import Iterator, Sequence

from fs_triage import output
from fs_triage.page import BACK, Page
from fs_triage.store import Store


class Lines:
    """The desk of a terminal that is only written to; the methods are those of `page.Desk`."""

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        """Surround a session: after Ctrl-C the shell begins on a line of its own."""
        try:
            yield
        except KeyboardInterrupt:
            output.answer("")
            raise

    def interrupt(self) -> bool:
        """Return False: a terminal that is only written to is left as it is."""
        return False

    def choose(self, page: Page) -> str:
        """Show `page`; returns the value of the option chosen."""
        output.answer("")
        for line in (*page.head, page.question):
            output.answer_lines(line)
        for rank, option in enumerate(page.options, 1):
            earlier = " (choisi avant)" if option.value == page.earlier else ""
            output.answer_lines(
                f"{rank}. {option.label}{earlier}{f' – {option.help}' if option.help else ''}"
            )
        last = len(page.options)
        while True:
            typed = _read(f"Numéro du choix, de 1 à {last} : ")
            if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= last:
                return page.options[int(typed) - 1].value
            output.answer(
                f"« {typed} » n’est pas un numéro de 1 à {last}." if typed else "Rien n’est choisi."
            )

    def write(self, page: Page, earlier: str) -> str:
        """Ask for words, `earlier` being those typed before; returns them, or `BACK`."""
        output.answer("")
        for line in page.head:
            output.answer_lines(line)
        if earlier:
            output.answer_lines(f"Écrit avant : {earlier}")
        return _read(f"{page.question} (Entrée seule : revenir) ") or BACK

    def show(self, store: Store, positions: Sequence[int]) -> bool:
        """Show the conclusions at `positions`; lines that scroll away need no word of it."""
        output.answer("")
        output.answer_lines("\n\n----\n\n".join(store.block("text", positions)))
        return True

    def turn(self) -> None:
        """Begin a fresh screen: the empty line before each page is all that a plain terminal needs."""


def _read(prompt: str) -> str:
    sys.stdout.write(prompt)
    sys.stdout.flush()
    try:
        line = _line()
    except OSError:  # the terminal is gone
        line = ""
    if not line:  # or Ctrl-D
        raise KeyboardInterrupt
    typed = " ".join(line.split())
    return "".join(c for c in typed if c.isprintable())


def _line() -> str:
    """Return the next line typed, empty at the end of the terminal.

    A signal received just before a read begins would wait for the next key: its byte in the pipe ends the wait
    (https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd).
    """
    if os.name == "nt":  # select knows nothing but sockets there
        return sys.stdin.readline()
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    before = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    try:
        select.select([sys.stdin, woken], [], [])
        return sys.stdin.readline()
    finally:
        signal.set_wakeup_fd(before)
        os.close(woken)
        os.close(wake)
