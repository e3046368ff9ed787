"""Lays a livret out as questions and conclusions, each complete in itself.

The answers below a branch inherit its `pages`, `if_blocked` and `no_second_level` unless they have their own; their
`do_not` and `warnings` come after its own. A question that opens one of its answers is never asked: what leads to
it leads to that answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from fs_triage.contract import ROOT
from fs_triage.rules.load import Livret, PartnerRules, is_below
from fs_triage.rules.model_partner import (
    TO_FILL,
    Answer,
    Check,
    Contact,
    ContactUse,
    EscalateAnswer,
    GotoAnswer,
    OrientAnswer,
    Partner,
    QuestionAnswer,
    StepsAnswer,
)
from fs_triage.rules.nodes import find_if_blocked_owners, find_target, iter_nodes, list_ancestors
from fs_triage.rules.references import list_referred_contacts
from fs_triage.rules.yaml_reader import Table, find_node, get_mark
from fs_triage.text.fold import fold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import CheckRecord, Choice, Conclusion, ContactRecord, PathStep, Question

_INHERITED_TEXTS = ("do_not", "warnings")
_OWN_TEXTS = ("label", "steps", "contacts", "escalate", "orient", *_INHERITED_TEXTS)
_OUTCOMES = {StepsAnswer: "settle", EscalateAnswer: "escalate", OrientAnswer: "orient"}
ROOT_QUESTION = "Pour quel partenaire ?"


@dataclass(slots=True)
class Tree:
    """The questions and conclusions of a livret by id, in its order."""

    questions: dict[str, Question] = field(default_factory=dict)
    conclusions: dict[str, Conclusion] = field(default_factory=dict)
    blocked: dict[str, str] = field(default_factory=dict)
    """For a conclusion, the node to go to when it blocks."""
    names: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """For a conclusion, the ids, labels and keywords of the answers that lead to it; its own are the last."""
    _order: list[str] = field(default_factory=list)
    _spans: dict[str, tuple[int, int]] = field(default_factory=dict)

    def get_span(self, node: str) -> tuple[int, int]:
        """Return the positions of the conclusions at or below `node`: first, and one after the last."""
        if len(self._order) != len(self.conclusions):
            self._order = list(self.conclusions)
            self._spans = {}
            for rank, above in enumerate(self._order):
                while above:
                    self._spans[above] = (self._spans.get(above, (rank, rank))[0], rank + 1)
                    above = above.rpartition("/")[0]
            self._spans[ROOT] = (0, len(self._order))
        return self._spans.get(node, (0, 0))

    def list_conclusions(self, node: str) -> list[str]:
        """Return the ids of the conclusions at or below `node`, in order."""
        first, last = self.get_span(node)
        return self._order[first:last]


@dataclass(frozen=True, slots=True)
class _Inheritance:
    """What the answers below a branch inherit from it."""

    path: tuple[PathStep, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    pages: tuple[int, ...] = ()
    if_blocked: str | None = None
    no_second_level: str | None = None
    do_not: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def add_answer(self, answer: Answer | Partner, step: PathStep, partner: str) -> _Inheritance:
        has_own = answer.if_blocked is not None or answer.no_second_level is not None
        blocked = f"{partner}/{answer.if_blocked}" if answer.if_blocked else None
        return _Inheritance(
            path=(*self.path, step),
            names=(*self.names, (answer.id, answer.label, *answer.keywords)),
            pages=tuple(answer.pages) if "pages" in answer.model_fields_set else self.pages,
            if_blocked=blocked if has_own else self.if_blocked,
            no_second_level=answer.no_second_level if has_own else self.no_second_level,
            do_not=(*self.do_not, *answer.do_not),
            warnings=(*self.warnings, *answer.warnings),
        )


def flatten_livret(livret: Livret) -> Tree:
    """Return the tree of `livret`, whose references must be sound (`checks.verify.find_blocking_problems`)."""
    tree = Tree()
    answers = {node: answer for rules in livret.partners for node, answer in iter_answers(rules.model)}
    choices: list[Choice] = []
    tree.questions[ROOT] = {
        "id": ROOT,
        "partner": "",
        "title": livret.booklet.title,
        "question": ROOT_QUESTION,
        "path": [],
        "answers": choices,
    }
    for rules in livret.partners:
        model = rules.model
        choices.append(
            {"id": model.id, "label": model.label, "help": model.about, "to": model.id, "level": 0}
        )
        step: PathStep = {"question": ROOT_QUESTION, "answer": model.label}
        inherited = _Inheritance().add_answer(model, step, model.id)
        inherited = replace(inherited, names=(*inherited.names, (model.name,)), path=())
        _PartnerFlattener(tree, livret, rules, answers).add_question(model.id, model, inherited)
    for choice in (one for question in tree.questions.values() for one in question["answers"]):
        if choice["to"] in tree.conclusions:
            conclusion = tree.conclusions[choice["to"]]
            choice["level"], choice["outcome"] = conclusion["level"], conclusion["outcome"]
    unasked = _find_unasked_conclusions(tree, answers)
    for node, target in tree.blocked.items():
        ways = [one for one in tree.list_conclusions(target) if one != node]
        tree.conclusions[node]["if_blocked"] = [one for one in ways if one not in unasked] or ways
    return tree


def _find_unasked_conclusions(tree: Tree, answers: Mapping[str, Answer | Partner]) -> set[str]:
    """Return the conclusions of questions that are not asked: all but the one that each opens."""
    return {
        conclusion
        for node, answer in answers.items()
        if isinstance(answer, QuestionAnswer) and answer.opens
        for conclusion in tree.list_conclusions(node)
        if conclusion != f"{node}/{answer.opens}"
    }


class _PartnerFlattener:
    """Lays out one partner."""

    def __init__(
        self, tree: Tree, livret: Livret, rules: PartnerRules, answers: Mapping[str, Answer | Partner]
    ) -> None:
        self.tree = tree
        self.livret = livret
        self.rules = rules
        self.partner = rules.model.id
        self.locations = {spot.path: spot.location for spot in iter_nodes(rules)}
        self.if_blocked_owners = find_if_blocked_owners(rules)
        self.answers = answers
        """Those of every partner: an answer may lead to another one."""

    def add_question(self, node: str, source: Partner | QuestionAnswer, inherited: _Inheritance) -> None:
        choices: list[Choice] = []
        self.tree.questions[node] = {
            "id": node,
            "partner": self.partner,
            "title": source.label,
            "question": source.question,
            "path": list(inherited.path),
            "answers": choices,
        }
        for answer in source.answers:
            target = f"{node}/{answer.id}"
            end = self._find_end(target)
            if end not in self.answers:  # of an heir that has not the partner that it leads to
                continue
            choices.append(self._build_choice(answer, end))
            step: PathStep = {"question": source.question, "answer": answer.label}
            below = inherited.add_answer(answer, step, self.partner)
            if isinstance(answer, QuestionAnswer):
                self.add_question(target, answer, below)
            elif not isinstance(answer, GotoAnswer):
                self._add_conclusion(target, answer, below)

    def _find_end(self, node: str) -> str:
        """Return the question that is asked or the conclusion that is shown where `node` is answered."""
        while node in self.answers:
            answer = self.answers[node]
            if isinstance(answer, GotoAnswer):
                node = find_target(node.partition("/")[0], answer.goto, self.answers)
            elif isinstance(answer, QuestionAnswer) and answer.opens:
                node = f"{node}/{answer.opens}"
            else:
                break
        return node

    def _build_choice(self, answer: Answer, target: str) -> Choice:
        return {"id": answer.id, "label": answer.label, "help": answer.help, "to": target, "level": 0}

    def _add_conclusion(
        self, node: str, answer: StepsAnswer | EscalateAnswer | OrientAnswer, below: _Inheritance
    ) -> None:
        is_second = isinstance(answer, EscalateAnswer) or (
            isinstance(answer, OrientAnswer) and below.no_second_level is None
        )
        path = node.partition("/")[2]
        contacts, missing = self._build_contacts(answer.uses)
        own = f"{self.partner}/{answer.if_blocked}" if answer.if_blocked else None
        blocked = own if is_second else below.if_blocked
        self.tree.conclusions[node] = {
            "id": node,
            "partner": self.partner,
            "level": 2 if is_second else 1,
            "title": answer.label,
            "path": list(below.path),
            "steps": list(answer.steps),
            "do_not": list(below.do_not),
            "contacts": contacts,
            "named_contacts": self._build_named_contacts(path, contacts),
            "in_order": isinstance(answer, EscalateAnswer) and answer.in_order,
            "if_blocked": [],
            "no_second_level": answer.no_second_level if is_second else below.no_second_level,
            "pages": list(below.pages),
            "warnings": [*below.warnings, *missing],
            "outcome": _OUTCOMES[type(answer)],
            "documents": list(answer.documents),
            "delay": answer.delay,
            "mandate": answer.mandate,
            "official": list(answer.official),
        }
        if not below.pages:
            self.tree.conclusions[node]["source"] = self._find_source(path)
        self.tree.names[node] = below.names
        if blocked is not None:
            self.tree.blocked[node] = self._find_end(blocked)

    def _find_source(self, path: str) -> str:
        """Return what the layer that tells of the answer at `path` says of where it was taken from."""
        file = get_mark(self.rules.table, (*self.locations[path], "label")).path
        layers = (layer for layer in reversed(self.livret.layers) if is_below(file, layer.folder))
        return next((layer.booklet for layer in layers), self.livret.booklet).source

    def _build_contacts(self, uses: list[ContactUse]) -> tuple[list[ContactRecord], list[str]]:
        """Return the contacts to show, and a warning for each that this département has yet to give."""
        shown: list[ContactRecord] = []
        missing: list[str] = []
        for use in uses:
            contact = self.rules.model.contacts[use.contact]
            if use.contact in self.rules.missing:
                missing.append(
                    f"Contact manquant pour ce département : {self.rules.name_contact(use.contact)}."
                )
                continue
            shown.append(_build_contact(use.contact, contact, use.when))
        return shown, missing

    def _build_named_contacts(self, path: str, shown: list[ContactRecord]) -> list[ContactRecord]:
        """Return the contacts that the texts of the card at `path` name, and that are not `shown` on it otherwise."""
        values = {fold(contact["value"]) for contact in shown}
        named: list[ContactRecord] = []
        for name in sorted(self._list_named(path)):
            partner, _, own = name.partition("/")
            rules = next((one for one in self.livret.partners if one.model.id == partner), None)
            contact = rules.model.contacts.get(own) if rules else None
            if (
                rules is None
                or contact is None
                or own in rules.missing
                or fold(contact.kinds[0][1]) in values
            ):
                continue
            named.append(_build_contact(own if partner == self.partner else name, contact))
            values.add(fold(contact.kinds[0][1]))
        return named

    def _list_named(self, path: str) -> set[str]:
        """Return the contacts that are named by what the card at `path` says itself, or has from a question above."""
        parts = [(path, _OWN_TEXTS), (self.if_blocked_owners[path], ("no_second_level",))]
        parts += [(above, _INHERITED_TEXTS) for above in [*list_ancestors(path)[1:], ""]]
        named: set[str] = set()
        for part, keys in parts:
            table = find_node(self.rules.table, self.locations.get(part, ()))
            assert isinstance(table, Table)
            entries = {key: table.entries[key] for key in keys if key in table.entries}
            named |= list_referred_contacts(replace(table, entries=entries), self.partner)
        return named


def _build_contact(name: str, contact: Contact, when: str | None = None) -> ContactRecord:
    """Return a contact as a conclusion has it, with the condition to use it there."""
    kind, value = contact.kinds[0]
    return {
        "id": name,
        "kind": kind,
        "value": value,
        "label": contact.label,
        "audience": contact.audience,
        "hours": None if fold(contact.hours or "") == fold(TO_FILL) else contact.hours,
        "note": contact.note,
        "doubt": contact.doubt,
        "when": when,
        "checked": describe_check(contact.checked),
        "valid_until": contact.valid_until,
    }


def describe_check(check: Check | None) -> CheckRecord | None:
    """Return when and by whom something was checked, as JSON has it."""
    return None if check is None else {"on": check.on, "by": check.by}


def iter_answers(partner: Partner) -> Iterator[tuple[str, Answer | Partner]]:
    """Yield each node of `partner` with its id, in order; the partner itself first."""

    def iter_subtree(node: str, answers: list[Answer]) -> Iterator[tuple[str, Answer | Partner]]:
        for answer in answers:
            yield f"{node}/{answer.id}", answer
            if isinstance(answer, QuestionAnswer):
                yield from iter_subtree(f"{node}/{answer.id}", answer.answers)

    yield partner.id, partner
    yield from iter_subtree(partner.id, partner.answers)
