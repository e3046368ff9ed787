"""The pure engine, against a list of answers that anybody can follow by hand."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)

from fs_triage.contract import ROOT
from fs_triage.desk.walk import Step, UnknownAnswer, Walk, replay_answers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Choice, Question

Tree = dict[str, list[tuple[str, str]]]
"""For each question, its answers: an id, and the node that it leads to."""

Kept = tuple[Walk, list[tuple[str, str, str]], dict[str, str]]
IDS = st.sampled_from(["a", "b", "c", "d"])


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Return a tree of questions, some of whose answers lead to a node elsewhere in it, as `goto` does."""
    tree: Tree = {}
    nodes = [ROOT]
    while nodes:
        node = nodes.pop()
        answers = draw(st.lists(IDS, min_size=1, max_size=3, unique=True))
        tree[node] = [(answer, f"{node}/{answer}") for answer in answers]
        deep = node.count("/") >= 3
        nodes += [target for _, target in tree[node] if not deep and draw(st.booleans())]
    everywhere = [target for answers in tree.values() for _, target in answers]
    for answers in tree.values():
        for rank, (answer, _) in enumerate(answers):
            if draw(st.integers(0, 9)) == 0:
                answers[rank] = (answer, draw(st.sampled_from(everywhere)))
    return tree


def question_of(tree: Tree):  # type: ignore[no-untyped-def]
    """Return what gives the questions of `tree`."""

    def find(node: str) -> Question | None:
        if node not in tree:
            return None
        answers: list[Choice] = [
            {"id": answer, "label": f"Réponse {answer}", "help": None, "to": target, "level": 0}
            for answer, target in tree[node]
        ]
        return {"id": node, "partner": "", "title": "", "question": "?", "path": [], "answers": answers}

    return find


class Session(RuleBasedStateMachine):
    """Answers, steps back, jumps and restarts in any order.

    The model is the list of what was done and not undone, and what was last answered to each question.
    """

    earlier = Bundle("earlier")

    @initialize(tree=trees())
    def begin(self, tree: Tree) -> None:
        self.tree = tree
        self.find = question_of(tree)
        self.walk = Walk()
        self.done: list[tuple[str, str, str]] = []  # where, the answer, where it led
        self.last: dict[str, str] = {}

    def here(self) -> str:
        return self.done[-1][2] if self.done else ROOT

    @precondition(lambda self: self.here() in self.tree)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        here = self.here()
        answer, target = data.draw(st.sampled_from(self.tree[here]))
        self.walk = self.walk.give_answer(answer, self.find)
        self.done.append((here, answer, target))
        self.last[here] = answer

    @rule(answer=st.sampled_from(["z", "", "a/b", "←"]))
    def answer_what_is_not_offered(self, answer: str) -> None:
        with pytest.raises(UnknownAnswer):
            self.walk.give_answer(answer, self.find)

    @precondition(lambda self: self.here() not in self.tree)
    @rule(answer=IDS)
    def answer_at_a_conclusion(self, answer: str) -> None:
        with pytest.raises(UnknownAnswer):
            self.walk.give_answer(answer, self.find)

    @rule()
    def back(self) -> None:
        self.walk = self.walk.go_back()
        if self.done:
            self.done.pop()

    @rule(data=st.data())
    def jump(self, data: st.DataObject) -> None:
        node = data.draw(st.sampled_from([*self.tree, *(t for a in self.tree.values() for _, t in a)]))
        self.done.append((self.here(), "", node))
        self.walk = self.walk.jump(node, "2nd niveau")

    @rule()
    def restart(self) -> None:
        self.walk = self.walk.restart()
        self.done, self.last = [], {}

    @rule(target=earlier)
    def keep(self) -> Kept:
        return self.walk, list(self.done), dict(self.last)

    @rule(kept=consumes(earlier))
    def take_up_again(self, kept: Kept) -> None:
        """A walk is frozen: nothing done since has changed one that was kept aside."""
        self.walk, self.done, self.last = kept

    @invariant()
    def stands_where_the_list_says(self) -> None:
        assert self.walk.node == self.here()
        assert [(step.question, step.answer) for step in self.walk.steps] == [
            (where, answer) for where, answer, _ in self.done
        ]

    @invariant()
    def preselects_what_was_answered_last(self) -> None:
        assert self.walk.find_earlier_answer() == self.last.get(self.here())

    @invariant()
    def the_same_answers_lead_to_the_same_node(self) -> None:
        if all(answer for _, answer, _ in self.done):
            again = replay_answers([answer for _, answer, _ in self.done], self.find)
            assert (again.node, again.steps) == (self.walk.node, self.walk.steps)


Session.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestSession = Session.TestCase

TREE: Tree = {
    ROOT: [("caf", "caf"), ("msa", "msa")],
    "caf": [("rsa", "caf/rsa"), ("papier", "caf/blocage/papier")],
    "caf/rsa": [("demande", "caf/rsa/demande")],
}
FIND = question_of(TREE)


def test_a_step_keeps_the_words_that_were_read() -> None:
    walk = Walk().give_answer("caf", FIND).give_answer("rsa", FIND)
    assert walk.steps == (Step(ROOT, "caf", "Réponse caf"), Step("caf", "rsa", "Réponse rsa"))
    assert walk.node == "caf/rsa"


def test_an_answer_may_lead_elsewhere_in_the_tree() -> None:
    walk = replay_answers(["caf", "papier"], FIND)
    assert walk.node == "caf/blocage/papier"
    assert walk.go_back().node == "caf"


def test_going_back_keeps_the_answers_that_were_left_behind() -> None:
    walk = replay_answers(["caf", "rsa", "demande"], FIND)
    start = walk.go_back().go_back().go_back()
    assert (start.node, start.find_earlier_answer()) == (ROOT, "caf")
    assert start.give_answer("caf", FIND).find_earlier_answer() == "rsa"


def test_another_answer_forgets_none_of_the_other_questions() -> None:
    walk = replay_answers(["caf", "rsa"], FIND).go_back().give_answer("papier", FIND).go_back()
    assert walk.find_earlier_answer() == "papier"
    assert walk.give_answer("rsa", FIND).node == "caf/rsa"


def test_the_words_that_found_a_node_are_kept_on_the_way_back() -> None:
    found = Walk().give_answer("caf", FIND).open("msa/retraite", "MSA › Retraite", "ma pension")
    assert found.way == ["MSA › Retraite"]
    back = found.go_back()
    assert (back.node, back.typed, back.left) == ("caf", "ma pension", "msa/retraite")
    assert back.way == ["Réponse caf"]
    assert back.go_back() == Walk(remembered=(("", "caf"),), left="caf")
    assert back.give_answer("rsa", FIND, typed="rsa").go_back().typed == "rsa"


def test_the_way_goes_on_from_what_was_found() -> None:
    walk = Walk().give_answer("msa", FIND).open("caf/rsa", "CAF › RSA", "rsa")
    assert walk.give_answer("demande", FIND).jump("caf/blocage", "2nd niveau").way == [
        "CAF › RSA",
        "Réponse demande",
        "2nd niveau",
    ]


def test_the_next_visitor_is_somebody_else() -> None:
    assert replay_answers(["caf", "rsa"], FIND).restart() == Walk()
    assert Walk().find_earlier_answer() is None


def test_nothing_is_before_the_start() -> None:
    assert Walk().go_back() == Walk()
    assert Walk("caf").go_back() == Walk("caf")


def test_replaying_from_a_node() -> None:
    assert replay_answers(["demande"], FIND, "caf/rsa").node == "caf/rsa/demande"
    with pytest.raises(UnknownAnswer):
        replay_answers(["caf", "cpam"], FIND)
    with pytest.raises(UnknownAnswer):
        replay_answers(["caf", "rsa", "demande", "encore"], FIND)
