"""What everything else relies on: how a call ends, the names of the commands, the shapes of questions and conclusions.

The shapes are those of the JSON answers too: keys are added, none goes.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` costs a lookup half of a bare start of Python
    from collections.abc import Callable
    from typing import NotRequired, TypedDict

OK = 0
NOTHING_FOUND = 1
PROBLEMS = 1
WRONG_CALL = 2
RULES_UNUSABLE = 3
BUG = 70
OUTPUT_LOST = 74  # EX_IOERR of sysexits.h: the answer could not be written (full disk)
SIGINT_EXIT = 130  # 128 + SIGINT


COMMAND_NAMES = (
    "fiche",
    "liste",
    "contacts",
    "chercher",
    "situation",
    "feuille",
    "message",
    "signaler",
    "arbre",
    "verifier",
    "schema",
    "comparer",
    "relecture",
    "nouveau",
    "convertir",
    "identifiants",
    "livrets",
    "publier",
    "maj",
    "journal",
    "bilan",
)
"""Every command: no partner, keyword or alias may be called so."""

REPLACEMENT_CHARACTER = "\ufffd"
"""What stands in the place of a character that could not be read."""

ROOT = ""
"""The id of the first question, which names the partners."""


class Failure(Exception):
    """An expected failure: one French sentence that says what to do next, and the exit code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class DiskTimeout(Exception):
    """The disk did not answer in time."""


def describe_os_error(error: OSError) -> str:
    """Return why the system refused, in French."""
    from fs_triage import system_errors  # only a message pays for it

    return system_errors.reason(error)


if TYPE_CHECKING:

    class CheckRecord(TypedDict):
        """When somebody last checked, as `2026-11-29`, and who."""

        on: str
        by: str

    class ContactRecord(TypedDict):
        """A contact as a conclusion shows it."""

        id: str
        kind: str
        value: str
        label: str
        audience: str
        hours: str | None
        note: str | None
        doubt: str | None
        when: str | None
        checked: NotRequired[CheckRecord | None]
        valid_until: NotRequired[str | None]

    class PathStep(TypedDict):
        """One answer on the way to a node, as read."""

        question: str
        answer: str

    class Conclusion(TypedDict):
        """What a walk ends on; the shape of `matches` in JSON.

        `outcome` is what a counsellor does: `settle` it here, `escalate` it, or `orient` the visitor elsewhere.
        `named_contacts` are those that its texts name and that are not among its `contacts`.
        """

        id: str
        partner: str
        level: int
        title: str
        path: list[PathStep]
        steps: list[str]
        do_not: list[str]
        contacts: list[ContactRecord]
        named_contacts: NotRequired[list[ContactRecord]]
        in_order: bool
        if_blocked: list[str]
        no_second_level: str | None
        pages: list[int]
        source: NotRequired[str]
        warnings: list[str]
        outcome: NotRequired[str]
        documents: NotRequired[list[str]]
        delay: NotRequired[str | None]
        mandate: NotRequired[str | None]
        official: NotRequired[list[str]]

    class SituationChoice(TypedDict):
        """An answer to the question of a situation; `demarches` are the ids that it leaves, in order."""

        id: str
        label: str
        demarches: list[str]

    class Situation(TypedDict):
        """An event of life; the shape of `situations` in JSON. `chosen` are the answers that the words name."""

        id: str
        title: str
        words: list[str]
        question: str | None
        answers: list[SituationChoice]
        chosen: list[str]
        matches: list[Conclusion]

    class Choice(TypedDict):
        """An answer to a question: `to` is the id of the node it leads to, `level` 0 where that is a question."""

        id: str
        label: str
        help: str | None
        to: str
        level: int
        outcome: NotRequired[str]

    class Question(TypedDict):
        """A question of the tree; `title` is the label of the answer that leads to it."""

        id: str
        partner: str
        title: str
        question: str
        path: list[PathStep]
        answers: list[Choice]

    QuestionFinder = Callable[[str], Question | None]
    """From the id of a node to its question; None when the node is a conclusion."""


def list_contacts(conclusion: Conclusion) -> list[ContactRecord]:
    """Return every contact that the card of a conclusion shows as its own, those that its texts name last."""
    return [*conclusion["contacts"], *conclusion.get("named_contacts", ())]
