"""What the wizard shows at one moment, as data: the terminal and the numbered prompts both draw it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fs_triage.contract import REPLACEMENT_CHARACTER

if TYPE_CHECKING:
    from fs_triage.render.conclusion import Card

BACK = "←"
QUIT = "✕"
"""Values of the choices that every page may offer; no id of a livret can be one."""
MAX_TYPED_LENGTH = 300
"""Letters that a prompt takes: a third more than the longest need of our rules; with more, a key would be felt."""
_TOO_LONG = f"{MAX_TYPED_LENGTH} lettres au plus : la suite n’est pas prise."
_UNREADABLE = "Une lettre est illisible, rien n’est pris : réglez le terminal sur UTF-8."


def is_surrogate(character: str) -> bool:
    """Return whether a character is half of one, or stands for a byte that is no text."""
    return "\ud800" <= character <= "\udfff"


def fit_text(typed: str, more: str) -> tuple[str, str]:
    """Return what of `more` can be added to what is `typed`, and what to say of the rest.

    A function key, which is no text, is left out without a word.
    """
    if not more.isprintable() or REPLACEMENT_CHARACTER in more:
        lost = any(character == REPLACEMENT_CHARACTER or is_surrogate(character) for character in more)
        return "", _UNREADABLE if lost else ""
    room = MAX_TYPED_LENGTH - len(typed)
    return more[:room], _TOO_LONG if len(more) > room else ""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: the value it stands for, what is read, and what tells it from its neighbours."""

    value: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A question: the way so far (or a note), the question, its choices, the choice made earlier.

    A `compact` page leaves the screen to what stands above it: no hint, no empty line. `found` gives the choices to
    offer besides for words that are typed.
    """

    head: tuple[str, ...]
    question: str
    options: tuple[Option, ...] = ()
    earlier: str | None = None
    compact: bool = False
    found: Callable[[str], Sequence[Option]] | None = None

    @property
    def has_back(self) -> bool:
        """Whether one can go back from here: one of the options is `BACK`."""
        return any(option.value == BACK for option in self.options)


class Desk(Protocol):
    """Where pages are shown and answered: `screen.Screen`, or `lines.Lines` for screen readers."""

    def open_session(self) -> AbstractContextManager[None]:
        """Return what surrounds a whole session."""

    def interrupt(self) -> bool:
        """End the prompt under way as Ctrl-C does, from a signal handler; returns False where one may just raise."""

    def ask_choice(self, page: Page) -> str:
        """Show `page`; returns the value of the option chosen. Ctrl-C and Ctrl-D raise `KeyboardInterrupt`."""

    def ask_words(self, page: Page, earlier: str) -> str:
        """Ask for words, `earlier` being those typed before; returns them, or `BACK`."""

    def show_conclusions(self, card: Card) -> bool:
        """Show a conclusion; returns False when its beginning has left the screen."""

    def clear_screen(self) -> None:
        """Clear the screen, so that no conclusion stays above the next question."""
