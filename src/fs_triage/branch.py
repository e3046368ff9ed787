"""A tree as nested branches: what every drawing of it is made from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypedDict

from fs_triage.records import Choice, Question, QuestionOf


class Branch(TypedDict):
    """A node and all that is below it; the shape of `arbre --json`.

    `id` is the full id, `label` the answer that leads there, `level` 0 but for a conclusion or a way to one,
    `to` the node that a `goto` leads to, `question` and `answers` what a question asks.
    """

    id: str
    label: str
    help: str | None
    kind: Literal["question", "conclusion", "goto"]
    level: int
    to: str | None
    question: str | None
    answers: list[Branch]


def nest(question_of: QuestionOf, node: str) -> Branch:
    """Return the question `node` and all that is below it; raises `LookupError` when it is no question."""
    question = _need(question_of, node)
    return _question(question_of, question, question["title"], None)


def _need(question_of: QuestionOf, node: str) -> Question:
    question = question_of(node)
    if question is None:
        raise LookupError(node)
    return question


def _question(question_of: QuestionOf, question: Question, label: str, help: str | None) -> Branch:
    return {
        "id": question["id"],
        "label": label,
        "help": help,
        "kind": "question",
        "level": 0,
        "to": None,
        "question": question["question"],
        "answers": [_answer(question_of, question["id"], choice) for choice in question["answers"]],
    }


def _answer(question_of: QuestionOf, above: str, choice: Choice) -> Branch:
    own = f"{above}/{choice['id']}" if above else choice["id"]
    elsewhere = choice["to"] != own
    if choice["level"] == 0 and not elsewhere:
        return _question(question_of, _need(question_of, own), choice["label"], choice["help"])
    return {
        "id": own,
        "label": choice["label"],
        "help": choice["help"],
        "kind": "goto" if elsewhere else "conclusion",
        "level": choice["level"],
        "to": choice["to"] if elsewhere else None,
        "question": None,
        "answers": [],
    }


def walk_branches(branch: Branch) -> Iterator[Branch]:
    """Yield `branch` and every branch below it, in order."""
    yield branch
    for answer in branch["answers"]:
        yield from walk_branches(answer)
