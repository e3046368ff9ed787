"""A tree as nested branches, and as lines: what every drawing of it is made from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypedDict

from fs_triage.render import labels
from fs_triage.text.typography import join_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Choice, Question, QuestionFinder


class Branch(TypedDict):
    """A node and all that is below it; the shape of `arbre --json`.

    `id` is the full id, `label` the answer that leads there, `level` 0 and `outcome` empty but for a conclusion or
    a way to one, `to` the node that a `goto` leads to, `question` and `answers` what a question asks.
    """

    id: str
    label: str
    help: str | None
    kind: Literal["question", "conclusion", "goto"]
    level: int
    outcome: str
    to: str | None
    question: str | None
    answers: list[Branch]


def build_branch(question_of: QuestionFinder, node: str) -> Branch:
    """Return the question `node` and all that is below it; raises `LookupError` when it is no question."""
    question = _get_question(question_of, node)
    return _build_question(question_of, question, question["title"], None)


def _get_question(question_of: QuestionFinder, node: str) -> Question:
    question = question_of(node)
    if question is None:
        raise LookupError(node)
    return question


def _build_question(question_of: QuestionFinder, question: Question, label: str, help: str | None) -> Branch:
    return {
        "id": question["id"],
        "label": label,
        "help": help,
        "kind": "question",
        "level": 0,
        "outcome": "",
        "to": None,
        "question": question["question"],
        "answers": [_build_answer(question_of, question["id"], choice) for choice in question["answers"]],
    }


def _build_answer(question_of: QuestionFinder, above: str, choice: Choice) -> Branch:
    own = f"{above}/{choice['id']}" if above else choice["id"]
    elsewhere = not f"{choice['to']}/".startswith(f"{own}/")
    if not elsewhere and (
        choice["level"] == 0 or choice["to"] != own
    ):  # asked, or opening an answer of its own
        return _build_question(question_of, _get_question(question_of, own), choice["label"], choice["help"])
    return {
        "id": own,
        "label": choice["label"],
        "help": choice["help"],
        "kind": "goto" if elsewhere else "conclusion",
        "level": choice["level"],
        "outcome": choice.get("outcome", ""),
        "to": choice["to"] if elsewhere else None,
        "question": None,
        "answers": [],
    }


def iter_branches(branch: Branch) -> Iterator[Branch]:
    """Yield `branch` and every branch below it, in order."""
    yield branch
    for answer in branch["answers"]:
        yield from iter_branches(answer)


def render_legend(branch: Branch) -> str:
    """Return what the marks of a drawing mean; that of an orientation where the tree has one."""
    shown = {1, 2, *map(labels.get_level_key, iter_branches(branch))}
    marks = [
        f"{labels.LEVEL_MARKS[level]}{what}" for level, what in labels.LEVEL_ACTIONS.items() if level in shown
    ]
    return "   ".join([*marks, "→ suite ailleurs"])


class BranchLine(NamedTuple):
    """What is written of one branch, in this order; `question` on a line of its own."""

    mark: str
    label: str
    own_id: str
    elsewhere: str
    question: str | None


def describe_branch(branch: Branch) -> BranchLine:
    """Return what is written of a branch: of its id, the part that it adds to the one above."""
    own = branch["id"].rpartition("/")[2]
    return BranchLine(
        mark=labels.LEVEL_MARKS[labels.get_level_key(branch)],
        label=join_lines(branch["label"]),
        own_id=f" ({own})" if own else "",
        elsewhere=f" → {branch['to']}" if branch["to"] is not None else "",
        question=join_lines(branch["question"]) if branch["question"] is not None else None,
    )


def render_tree(branch: Branch) -> str:
    """Return a tree as indented lines, for a pipe or a screen reader: nothing folded, nothing drawn."""
    return "\n".join(_render_lines(branch, "", ""))


def _render_lines(branch: Branch, indent: str, dash: str) -> Iterator[str]:
    line = describe_branch(branch)
    yield f"{indent}{dash}{line.mark}{line.label}{line.own_id}{line.elsewhere}"
    below = indent + " " * len(dash)
    if line.question is not None:
        yield f"{below}{line.question}"
    for answer in branch["answers"]:
        yield from _render_lines(answer, below, "- ")
