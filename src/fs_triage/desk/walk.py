"""The pure engine: a frozen state and one answer give the next; a walk is a list of answers by id.

Answers are kept by the id of their question, not by position, so that a walk survives an inserted question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fs_triage.records import ROOT, QuestionFinder


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
    """Where a counsellor stands: the node, the answers that led to it, and answers once given elsewhere."""

    at: str = ROOT
    steps: tuple[Step, ...] = ()
    remembered: tuple[tuple[str, str], ...] = ()

    def preselected(self) -> str | None:
        """Return the answer given earlier to the question at hand, None if there was none."""
        return dict(self.remembered).get(self.at)

    def answer(self, answer: str, question_of: QuestionFinder) -> Walk:
        """Return the walk one answer further; raises `UnknownAnswer`."""
        question = question_of(self.at)
        for choice in question["answers"] if question else ():
            if choice["id"] == answer:
                step = Step(self.at, answer, choice["label"])
                remembered = {**dict(self.remembered), self.at: answer}
                return Walk(choice["to"], (*self.steps, step), tuple(remembered.items()))
        raise UnknownAnswer(answer)

    def jump(self, node: str, label: str) -> Walk:
        """Return the walk that goes to `node` without an answer (an escalation, a search result)."""
        return Walk(node, (*self.steps, Step(self.at, "", label)), self.remembered)

    def back(self) -> Walk:
        """Return the walk one answer earlier; itself at the start. Later answers stay remembered."""
        if not self.steps:
            return self
        return Walk(self.steps[-1].question, self.steps[:-1], self.remembered)

    def restart(self) -> Walk:
        """Return a walk at the start that remembers nothing: the next visitor is somebody else."""
        return Walk()


def replay(answers: Iterable[str], question_of: QuestionFinder, start: str = ROOT) -> Walk:
    """Return the walk that `answers` (ids) lead to from `start`; raises `UnknownAnswer`."""
    walk = Walk(start)
    for answer in answers:
        walk = walk.answer(answer, question_of)
    return walk
