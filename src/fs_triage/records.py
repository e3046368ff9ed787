"""The records that the index keeps and everything else reads: what a question and a conclusion hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

ROOT = ""
"""The id of the first question, which names the partners."""


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


class PathStep(TypedDict):
    """One answer on the way to a node, as read."""

    question: str
    answer: str


class Conclusion(TypedDict):
    """What a walk ends on; the shape of `matches` in JSON."""

    id: str
    partner: str
    level: int
    title: str
    path: list[PathStep]
    steps: list[str]
    do_not: list[str]
    contacts: list[ContactRecord]
    if_blocked: list[str]
    no_second_level: str | None
    pages: list[int]
    warnings: list[str]


class Choice(TypedDict):
    """An answer to a question: `to` is the id of the node it leads to, `level` 0 where that is a question."""

    id: str
    label: str
    help: str | None
    to: str
    level: int


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
