"""What the wizard asks, as data: `screen` draws it, `lines` prints it as numbered lines."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

from fs_triage.contract import REPLACEMENT_CHARACTER

if TYPE_CHECKING:
    from fs_triage.render.card_layout import CardLines

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

    RESTART = auto()
    NEW_VISITOR = auto()
    ESCALATE = auto()
    COPY = auto()
    SHEET = auto()
    SHEET_OF_VISIT = auto()
    MESSAGE = auto()
    MAIL = auto()
    REPORT = auto()
    VISIT = auto()
    BACK = auto()
    QUIT = auto()


@dataclass(frozen=True, slots=True)
class Retype:
    """The value of a choice that puts other words in the place of those typed."""

    words: str


@dataclass(frozen=True, slots=True)
class Event:
    """The value of a choice that opens an event of life, by its id; `answers` are the ids of those to its question."""

    id: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unfound:
    """The value of words that found nothing, once they were left: why, as an outcome of `desk.outcome`."""

    outcome: str


@dataclass(frozen=True, slots=True)
class Copy:
    """The value of a choice that copies a text; `what` names it in a sentence."""

    text: str
    what: str


Value = str | Action | Retype | Event | Unfound | Copy


@dataclass(frozen=True, slots=True)
class Document:
    """What a page is about, above its choices: a card, a sheet, a message.

    `lay_out` takes the columns of a window and the rows that are in sight of it; `text` is the whole as plain lines.
    """

    lay_out: Callable[[int, int | None], CardLines]
    text: str


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: its value (an id, an action, other words), its label, and what tells it from its neighbours.

    One that was `found` stands on one line, shortened where need be; its `level` is whole on it. `group` is the
    heading that it stands under.
    """

    value: Value
    label: str
    help: str = ""
    level: str = ""
    found: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What the words typed were understood as: choices, best first, and what is to be said above them.

    `unfound` is the outcome of words that found nothing, empty where they did, or say too little.
    """

    options: tuple[Option, ...] = ()
    notes: tuple[str, ...] = ()
    unfound: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A question: the lines above it (the way so far, or a note), its choices, the value chosen earlier.

    `find` says what words mean on this page; `typed` are those typed here earlier. A `document` has the screen but for
    the choices, which stand in a row, and none is pointed at: what is pressed in a hurry, before it is read, leads
    nowhere. `hint` says which keys do something.

    With `ends_unfound`, words that found nothing end the page when they are left, by Enter or by Esc. `default` is what
    Enter alone chooses where nothing is pointed at.
    """

    head: tuple[str, ...]
    question: str
    options: tuple[Option, ...] = ()
    earlier: Value | None = None
    typed: str = ""
    hint: str = ""
    document: Document | None = None
    find: Callable[[str], Found] | None = None
    ends_unfound: bool = False
    default: Value | None = None

    @property
    def has_back(self) -> bool:
        """Whether one of the options goes back."""
        return any(option.value is Action.BACK for option in self.options)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, and the words typed on the page by then."""

    value: Value
    typed: str = ""


class Desk(Protocol):
    """Where pages are shown and answered: `screen.Screen`, or `lines.Lines` for screen readers."""

    def open_session(self) -> AbstractContextManager[None]:
        """Return the context of a whole session."""

    def interrupt(self) -> bool:
        """End the prompt under way as Ctrl-C does, from a signal handler; returns False where one may just raise."""

    def ask_choice(self, page: Page) -> Choice:
        """Show `page`; returns what was chosen. Ctrl-C and Ctrl-D raise `KeyboardInterrupt`."""
