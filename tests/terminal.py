"""A terminal for tests: `fs-triage` in a real pseudo-terminal, read off the screen as a person reads it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import termios
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pexpect
import pyte
from conftest import ROOT, clean_environment

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
HOME, END, PAGE_UP, PAGE_DOWN = "\x1b[H", "\x1b[F", "\x1b[5~", "\x1b[6~"
ENTER, ESCAPE, BACKSPACE, ALT_ENTER = "\r", "\x1b", "\x7f", "\x1b\r"
CTRL_C, CTRL_D, CTRL_R, CTRL_U = "\x03", "\x04", "\x12", "\x15"
POINTER = "»"
SIZES = [(80, 24), (40, 20)]
"""Columns and rows: an ordinary window, and a small one."""
GUICHET = ROOT / "tests" / "livrets" / "guichet"
MENU = "Et maintenant"
"""What stands above the choices below a card."""
MORE = "Page suivante"
"""What is said of a card that goes on below."""
_RENTREE = "Mairie › Préparer la rentrée à l’école"
CARDS = {
    "mairie/naissance": "Mairie › Déclarer une naissance",
    "mairie/ecole/inscription": f"{_RENTREE} › Non, c’est sa toute première inscription dans une école",
    "mairie/ecole/changement": f"{_RENTREE} › Oui, et il change d’école pendant l’année scolaire en cours",
    "mairie/papiers": "Mairie › Papiers [bold]d’identité[/bold] :smile: {0} %s",
    "mairie/bloque/urgence": "Mairie › C’est bloqué › C’est urgent",
    "mairie/bloque/refus": "Mairie › C’est bloqué › La mairie refuse",
    "prefecture/permis": "Préfecture › Le permis de conduire",
    "prefecture/referent": "Préfecture › Joindre le référent",
}
"""The ways in the banners of the cards of the made-up livret."""
PATIENCE = 20.0  # seconds that two busy processors may need; nothing is measured by it
MODULE = (sys.executable, "-m", "fs_triage")


class Terminal:
    """A program in a pseudo-terminal of `columns` by `rows`, and the screen that it has drawn.

    `raw` is every byte it sent. Keys are sent with `send`; `see` waits for what must appear.
    """

    def __init__(
        self,
        *arguments: str,
        home: Path,
        columns: int = 80,
        rows: int = 24,
        command: Sequence[str] = MODULE,
        env: dict[str, str] | None = None,
        **environment: str,
    ) -> None:
        env = env or clean_environment(home, **{"TERM": "xterm-256color", **environment})
        self.raw = b""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        program, *before = command
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # forkpty beside the threads of xdist
            self._child = pexpect.spawn(
                program, [*before, *arguments], dimensions=(rows, columns), env=env, timeout=PATIENCE
            )
        self._child.delaybeforesend = None
        self._child.ptyproc.delayafterclose = 0
        # held open so that the state of the terminal can be read after the program has gone
        self._line = os.open(os.ttyname(self._child.child_fd), os.O_RDWR | os.O_NOCTTY)
        self.modes = termios.tcgetattr(self._line)

    @property
    def pid(self) -> int:
        """The process id of the program."""
        return int(self._child.pid)

    @property
    def drawn(self) -> bool:
        """Whether the last drawing is whole: the cursor is hidden as long as a prompt is being drawn."""
        return not self.screen.cursor.hidden

    def read(self, seconds: float = 0.02) -> bool:
        """Take in what has been drawn; returns whether there was anything."""
        try:
            drawn = self._child.read_nonblocking(1 << 16, seconds)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        self.raw += drawn
        self._stream.feed(drawn)
        return True

    def settle(self, seconds: float = 0.3) -> None:
        """Take in what is drawn until nothing more comes: for what must not appear."""
        end = time.monotonic() + 2
        while self.read(seconds) or (not self.drawn and time.monotonic() < end):
            pass

    def send(self, *keys: str) -> None:
        """Press keys."""
        self._child.send("".join(keys).encode())

    def send_bytes(self, keys: bytes) -> None:
        """Press keys in an encoding of their own."""
        self._child.send(keys)

    def flood(self, keys: str) -> None:
        """Press many keys at once, taking in meanwhile what is drawn: a terminal that nobody reads stands still."""
        left = keys.encode()
        end = time.monotonic() + PATIENCE
        os.set_blocking(self._child.child_fd, False)
        while left and time.monotonic() < end:
            with contextlib.suppress(BlockingIOError):
                left = left[os.write(self._child.child_fd, left[:4096]) :]
            self.read(0)
        os.set_blocking(self._child.child_fd, True)
        assert not left, "nobody takes the keys"

    def text(self) -> str:
        """Return the screen as lines, without the spaces at their ends."""
        return lines(self.screen)

    def rows(self) -> list[str]:
        """Return the rows of the screen that hold something, without the spaces around them."""
        return [row.strip() for row in self.text().splitlines() if row.strip()]

    def bare(self) -> str:
        """Return what was sent, without escape sequences: the lines as the program ended them."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.raw.decode()).replace("\r\n", "\n")

    def drawn_since(self, mark: int) -> str:
        """Return what was drawn since the byte `mark` of `raw`, as on a screen of the same width without end."""
        screen = pyte.Screen(self.screen.columns, 200)
        pyte.ByteStream(screen).feed(self.raw[mark:])
        return lines(screen)

    def see(self, *texts: str, gone: Sequence[str] = ()) -> str:
        """Wait until all `texts` stand on the screen, broken over lines or not, and none of `gone` does."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            shown = words(self.text())
            there = all(words(text) in shown for text in texts)
            if there and self.drawn and not any(words(text) in shown for text in gone):
                return self.text()
            if not self.read() and not self._child.isalive() and not self.read():
                break
        raise AssertionError(f"waited for {texts} without {gone}; the screen shows:\n{self.text()}")

    def pointed(self) -> str:
        """Return the choice that the pointer stands before, nothing while there is none.

        The pointer is bold: a quotation mark in a text is not. Choices side by side are three spaces apart.
        """
        display = self.screen.display
        found = [
            display[y][x + 1 :].strip().partition("   ")[0]
            for y, row in self.screen.buffer.items()
            for x, cell in row.items()
            if cell.data == POINTER and cell.bold
        ]
        return found[0] if len(found) == 1 else ""

    def point(self, label: str) -> None:
        """Point at the choice that begins with `label`, of those side by side below a card."""
        for _ in range(20):
            before = self.pointed()
            if before.startswith(label):
                return
            self.send(RIGHT)
            self._wait_for(lambda: self.pointed() not in ("", before), f"a pointer after {before}")  # noqa: B023
        raise AssertionError(f"no choice {label}; the screen shows:\n{self.text()}")

    def see_card(self, node: str, *, way: str = "") -> list[str]:
        """Wait for the card of `node` and its menu, and read it to its end; returns the lines below its banner.

        Then it is again as it was. `way` is what its banner says, for a card that is not of the made-up livret.
        """
        way = words(way or CARDS[node])
        self._wait_for(lambda: way in words(self.text().partition(MENU)[0]) and MENU in self.text(), way)
        body = self.read_document(MENU, way)
        assert words(f"fs-triage {node}") in words("".join(body)), body
        return body

    def read_document(self, question: str, way: str = "") -> list[str]:
        """Return all lines between a banner, which ends with `way`, and the row of `question`; it scrolls, and back."""
        begin = self.text()
        body: list[str] = []
        pages = 0
        while True:
            new = self._read_body(question, way)
            same = max(n for n in range(len(new) + 1) if not n or body[-n:] == new[:n])
            body += new[same:]
            if MORE not in self.text():
                break
            self._turn(PAGE_DOWN, question)
            pages += 1
        for _ in range(pages):
            self._turn(PAGE_UP, question)
        self.shows(begin)
        return body

    def _turn(self, key: str, question: str) -> None:
        """Turn a page, and wait for the other one, which is drawn on an empty window."""
        before = self.text()
        self.send(key)
        self._wait_for(lambda: self.text() != before and f"\n {question}" in self.text(), "another page")

    def _read_body(self, question: str, way: str) -> list[str]:
        lines = f"\n{self.text()}".partition(f"\n {question}")[0].split("\n")[1:]
        end = next(n for n in range(len(lines) + 1) if way in words("".join(lines[:n])))
        return [line for line in lines[end:] if line]

    def _wait_for(self, is_so: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not (self.drawn and is_so()):
            if time.monotonic() > end:
                raise AssertionError(f"waited for {what}; the screen shows:\n{self.text()}")
            self.read()

    def shows(self, text: str) -> None:
        """Wait until the screen is `text`, to the letter."""
        end = time.monotonic() + PATIENCE
        while not (self.drawn and self.text() == text):
            if time.monotonic() > end:
                raise AssertionError(f"waited for:\n{text}\nthe screen shows:\n{self.text()}")
            self.read()

    def points_at(self, label: str) -> None:
        """Wait until the pointer stands before a choice that begins with `label`."""
        end = time.monotonic() + PATIENCE
        while not (self.drawn and self.pointed().startswith(label)):
            if time.monotonic() > end:
                raise AssertionError(f"waited for the pointer at {label}; the screen shows:\n{self.text()}")
            self.read()

    def resize(self, columns: int, rows: int) -> None:
        """Make the window another size; the program is told, as by a window manager."""
        self.screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def kill(self, number: signal.Signals) -> None:
        """Send a signal to the program alone."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Close the window."""
        os.close(self._line)
        self._line = -1
        os.close(self._child.child_fd)
        self._child.child_fd = -1
        self._child.ptyproc.fd = -1

    def end(self) -> int:
        """Wait for the program to end; returns its exit code, as a shell gives it."""
        end = time.monotonic() + PATIENCE
        while self._child.isalive() and time.monotonic() < end:
            if self._line != -1:
                self.read()
            else:
                time.sleep(0.02)
        if self._child.isalive():
            raise AssertionError(f"it goes on; the screen shows:\n{self.text()}")
        while self._line != -1 and self.read():
            pass
        if self._child.signalstatus is not None:
            return 128 + int(self._child.signalstatus)
        return int(self._child.exitstatus)

    def given_back(self) -> bool:
        """Return whether the terminal is as it was: its modes, and a cursor that can be seen."""
        shown = self.raw.rfind(b"\x1b[?25h")
        hidden = self.raw.rfind(b"\x1b[?25l")
        return (
            termios.tcgetattr(self._line) == self.modes and shown >= hidden and not self.screen.cursor.hidden
        )

    def close(self) -> None:
        """Let go of everything."""
        if self._child.isalive():
            os.kill(self.pid, signal.SIGKILL)
            self._child.wait()
        if self._line != -1:
            os.close(self._line)
        if self._child.child_fd != -1:
            self._child.close(force=True)


@contextlib.contextmanager
def terminal(*arguments: str, **options: object) -> Iterator[Terminal]:
    """Open a `Terminal` for a test, and close it whatever happens."""
    opened = Terminal(*arguments, **options)  # type: ignore[arg-type]
    try:
        yield opened
    finally:
        opened.close()


def guichet(*arguments: str, home: Path, size: tuple[int, int] = SIZES[0], **more: object):  # type: ignore[no-untyped-def]
    """Open a terminal of `size` (columns, rows) on the made-up livret of the tests."""
    columns, rows = size
    options = {"home": home, "columns": columns, "rows": rows, "FS_TRIAGE_REGLES": str(GUICHET), **more}
    return terminal(*arguments, **options)


def slow(what: str, *, home: Path, size: tuple[int, int] = SIZES[0]):  # type: ignore[no-untyped-def]
    """Open a terminal where `what` takes two seconds more: time to press keys before a page."""
    owner, _, name = what.rpartition(".")
    program = (
        "import pkgutil, sys, time; from fs_triage import __main__\n"
        f"owner = pkgutil.resolve_name('fs_triage.{owner}')\n"
        f"before = owner.{name}\n"
        "def slow(*arguments, **options):\n"
        "    time.sleep(2)\n"
        "    return before(*arguments, **options)\n"
        f"owner.{name} = slow\n"
        "sys.argv = ['fs-triage']; __main__.start()\n"
    )
    return guichet(home=home, size=size, command=(sys.executable, "-c", program))


def lines(screen: pyte.Screen) -> str:
    """Return what stands on `screen` as lines, without the spaces at their ends."""
    last = max((number for number, row in screen.buffer.items() if row), default=-1)
    rows = (screen.buffer[number] for number in range(last + 1))
    return "\n".join(
        "".join(row[x].data for x in range(max(row, default=-1) + 1)).rstrip() for row in rows
    ).rstrip()


def words(text: str) -> str:
    """Return `text` without any space or line end: as read, however it was laid out or broken."""
    return "".join(text.split())


def plain(text: str) -> str:
    """Return `text` with no-break spaces as spaces, as pyte shows them or not."""
    return text.replace("\u00a0", " ")
