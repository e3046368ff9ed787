"""What the wizard asks, as data: `screen` draws it, `lines` prints it as numbered lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

from fs_triage.contract import REPLACEMENT_CHARACTER

if TYPE_CHECKING:
    from fs_triage.render.conclusion import Card

MAX_TYPED_LENGTH = 300
"""Letters that a prompt takes: a third more than the longest need of our rules; with more, a key would be felt."""
_TOO_LONG = f"{MAX_TYPED_LENGTH} lettres au plus : la suite n’est pas prise."
_UNREADABLE = "Une lettre est illisible, rien n’est pris : réglez le terminal sur UTF-8."


def is_surrogate(character: str) -> bool:
    """Return whether a character is half of a pair, or stands for a byte that could not be decoded."""
    return "\ud800" <= character <= "\udfff"


def fit_text(typed: str, more: str) -> tuple[str, str]:
    """Return the part of `more` that can be added to what is `typed`, and the message about the rest, if any.

    A function key, which is no text, is dropped without a message.
    """
    if not more.isprintable() or REPLACEMENT_CHARACTER in more:
        lost = any(character == REPLACEMENT_CHARACTER or is_surrogate(character) for character in more)
        return "", _UNREADABLE if lost else ""
    room = MAX_TYPED_LENGTH - len(typed)
    return more[:room], _TOO_LONG if len(more) > room else ""


class Action(Enum):
    """What a choice does when it is not the answer to a question."""

    DESCRIBE = auto()
    RESTART = auto()
    ESCALATE = auto()
    BACK = auto()
    QUIT = auto()


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: its value (an id, or an action), its label, and what tells it from its neighbours."""

    value: str | Action
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A question: the lines above it (the way so far, or a note), its choices, the value chosen earlier.

    A `compact` page leaves the screen to the conclusion above it: no hint, no empty line. `find_options` returns
    more choices for the words typed.
    """

    head: tuple[str, ...]
    question: str
    options: tuple[Option, ...] = ()
    earlier: str | Action | None = None
    compact: bool = False
    find_options: Callable[[str], Sequence[Option]] | None = None

    @property
    def has_back(self) -> bool:
        """Whether one of the options goes back."""
        return any(option.value is Action.BACK for option in self.options)


class Desk(Protocol):
    """Where pages are shown and answered: `screen.Screen`, or `lines.Lines` for screen readers."""

    def open_session(self) -> AbstractContextManager[None]:
        """Return the context of a whole session."""

    def interrupt(self) -> bool:
        """End the prompt under way as Ctrl-C does, from a signal handler; returns False where one may just raise."""

    def ask_choice(self, page: Page) -> str | Action:
        """Show `page`; returns the value of the option chosen. Ctrl-C and Ctrl-D raise `KeyboardInterrupt`."""

    def ask_words(self, page: Page, earlier: str) -> str | None:
        """Ask for words, `earlier` being those typed before; returns them, None to go back."""

    def show_conclusion(self, card: Card) -> bool:
        """Show a conclusion; returns False when its beginning has left the screen."""

    def clear_screen(self) -> None:
        """Clear the screen, so that no conclusion stays above the next question."""
