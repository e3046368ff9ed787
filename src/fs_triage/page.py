"""What the wizard shows at one moment, as data: the terminal and the numbered prompts both draw it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from fs_triage.store import Store

BACK = "←"
QUIT = "✕"
"""Values of the choices that every page may offer; no id of a livret can be one."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: the value it stands for, what is read, and what tells it from its neighbours."""

    value: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A question: the way so far (or a note), the question, its choices, the choice made earlier.

    `back` says whether Esc leads anywhere; where it does, one of the options is `BACK`.
    """

    head: tuple[str, ...]
    question: str
    options: tuple[Option, ...] = ()
    earlier: str | None = None

    @property
    def back(self) -> bool:
        """Whether one can go back from here."""
        return any(option.value == BACK for option in self.options)


class Desk(Protocol):
    """Where pages are shown and answered: `prompts` on a terminal, `numbered` for screen readers."""

    def session(self) -> AbstractContextManager[None]:
        """Return what surrounds a whole session."""

    def choose(self, page: Page) -> str:
        """Show `page`; returns the value of the option chosen. Ctrl-C and Ctrl-D raise `KeyboardInterrupt`."""

    def write(self, page: Page, earlier: str) -> str:
        """Ask for words, `earlier` being those typed before; returns them, or `BACK`."""

    def show(self, store: Store, positions: Sequence[int]) -> None:
        """Show the conclusions at `positions`."""

    def turn(self) -> None:
        """Begin a fresh screen: what a conclusion left behind must not stand above another question."""
