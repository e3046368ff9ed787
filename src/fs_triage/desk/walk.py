"""The engine, without input or output: a frozen state and an answer give the next state.

Answers are kept by the id of their question, not by position, so that a walk survives an inserted question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fs_triage.contract import ROOT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import QuestionFinder


class UnknownAnswer(ValueError):
    """The question has no such answer, or the walk is at a conclusion, which has no question."""


@dataclass(frozen=True, slots=True)
class Step:
    """One answer given: the id of the question, the id of the answer, and the label of that answer."""

    question: str
    answer: str
    label: str


@dataclass(frozen=True, slots=True)
class Walk:
    """A position in the tree: the node, the answers that led to it, and answers given before going back."""

    node: str = ROOT
    steps: tuple[Step, ...] = ()
    remembered: tuple[tuple[str, str], ...] = ()

    def find_earlier_answer(self) -> str | None:
        """Return the answer given earlier to the question at hand, None if there was none."""
        return dict(self.remembered).get(self.node)

    def give_answer(self, answer: str, question_of: QuestionFinder) -> Walk:
        """Return the walk one answer further; raises `UnknownAnswer`."""
        question = question_of(self.node)
        for choice in question["answers"] if question else ():
            if choice["id"] == answer:
                step = Step(self.node, answer, choice["label"])
                remembered = {**dict(self.remembered), self.node: answer}
                return Walk(choice["to"], (*self.steps, step), tuple(remembered.items()))
        raise UnknownAnswer(answer)

    def jump(self, node: str, label: str) -> Walk:
        """Return the walk that goes to `node` without an answer (an escalation, a search result)."""
        return Walk(node, (*self.steps, Step(self.node, "", label)), self.remembered)

    def go_back(self) -> Walk:
        """Return the walk one answer earlier; itself at the start. Later answers stay remembered."""
        if not self.steps:
            return self
        return Walk(self.steps[-1].question, self.steps[:-1], self.remembered)

    def restart(self) -> Walk:
        """Return a walk at the start that remembers nothing: the next visitor is somebody else."""
        return Walk()


def replay_answers(answers: Iterable[str], question_of: QuestionFinder, start: str = ROOT) -> Walk:
    """Return the walk that `answers` (ids) lead to from `start`; raises `UnknownAnswer`."""
    walk = Walk(start)
    for answer in answers:
        walk = walk.give_answer(answer, question_of)
    return walk
