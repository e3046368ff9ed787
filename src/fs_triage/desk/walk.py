"""The engine, without input or output: a frozen state and an answer give the next state.

Answers are kept by the id of their question, not by position, so that a walk survives an inserted question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fs_triage.contract import ROOT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import QuestionFinder


class UnknownAnswer(ValueError):
    """The question has no such answer, or the walk is at a conclusion, which has no question."""


@dataclass(frozen=True, slots=True)
class Step:
    """One answer given: the id of the question, the id of the answer, and the label of that answer.

    `typed` are the words it was found by. The way to a node found elsewhere begins anew with its step (`begins_way`).
    """

    question: str
    answer: str
    label: str
    typed: str = ""
    begins_way: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """A position in the tree: the node, the answers that led to it, and answers given before going back.

    `typed` are words typed at the node, `left` the id of the node that one has come back from.
    """

    node: str = ROOT
    steps: tuple[Step, ...] = ()
    remembered: tuple[tuple[str, str], ...] = ()
    typed: str = ""
    left: str | None = None

    @property
    def way(self) -> list[str]:
        """The labels that lead to the node, from its partner on."""
        labels: list[str] = []
        for step in self.steps:
            labels = [step.label] if step.begins_way else [*labels, step.label]
        return labels

    def find_earlier_answer(self) -> str | None:
        """Return the answer given earlier to the question at hand, None if there was none."""
        return dict(self.remembered).get(self.node)

    def give_answer(self, answer: str, question_of: QuestionFinder, *, typed: str = "") -> Walk:
        """Return the walk one answer further, which was found by the words `typed`; raises `UnknownAnswer`."""
        question = question_of(self.node)
        for choice in question["answers"] if question else ():
            if choice["id"] == answer:
                step = Step(self.node, answer, choice["label"], typed)
                remembered = {**dict(self.remembered), self.node: answer}
                return Walk(choice["to"], (*self.steps, step), tuple(remembered.items()))
        raise UnknownAnswer(answer)

    def jump(self, node: str, label: str) -> Walk:
        """Return the walk that goes to `node` without an answer (an escalation); `label` goes on the way."""
        return Walk(node, (*self.steps, Step(self.node, "", label)), self.remembered)

    def open(self, node: str, way: str, typed: str) -> Walk:
        """Return the walk that goes to `node`, found by the words `typed`; `way` leads there from its partner."""
        step = Step(self.node, "", way, typed, begins_way=True)
        return Walk(node, (*self.steps, step), self.remembered)

    def type(self, typed: str) -> Walk:
        """Return the walk at the same node, the words `typed` there."""
        return replace(self, typed=typed)

    def go_back(self) -> Walk:
        """Return the walk one answer earlier, with the words it was found by; itself at the start.

        Later answers stay remembered.
        """
        if not self.steps:
            return self
        last = self.steps[-1]
        return Walk(last.question, self.steps[:-1], self.remembered, last.typed, self.node)

    def restart(self) -> Walk:
        """Return a walk at the start that remembers nothing: the next visitor is somebody else."""
        return Walk()


def replay_answers(answers: Iterable[str], question_of: QuestionFinder, start: str = ROOT) -> Walk:
    """Return the walk that `answers` (ids) lead to from `start`; raises `UnknownAnswer`."""
    walk = Walk(start)
    for answer in answers:
        walk = walk.give_answer(answer, question_of)
    return walk
