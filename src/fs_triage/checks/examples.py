"""The examples of the rules, which are their tests: which conclusions they reach, and which of them fail.

None of these problems stops the desk. Each check is a short generator named like its code; its docstring is the
manual page of that code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from fs_triage.checks import misfiled_examples
from fs_triage.desk import walk
from fs_triage.records import QuestionFinder
from fs_triage.rules import flatten
from fs_triage.rules.load import Livret, PartnerRules
from fs_triage.rules.nodes import (
    MAX_PROBLEMS,
    build_problem,
    list_conclusion_paths,
    unpack_mark,
    was_left_out,
)
from fs_triage.rules.problem import Problem
from fs_triage.rules.yaml_reader import Mark, get_mark
from fs_triage.search import phonetics, train, training_set
from fs_triage.search.features import EXACT_EXAMPLE
from fs_triage.text.did_you_mean import find_close_name


@dataclass(slots=True)
class Coverage:
    """How many conclusions each partner has, and which of them no example names."""

    totals: dict[str, int] = field(default_factory=dict)
    unreached: dict[str, list[str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    """Partners of which something is wrong: not counted."""

    @property
    def total(self) -> int:
        """The number of conclusions."""
        return sum(self.totals.values())

    @property
    def reached(self) -> int:
        """The number of conclusions that an example reaches."""
        return self.total - sum(len(nodes) for nodes in self.unreached.values())

    def to_data(self) -> dict[str, object]:
        """Return the coverage as data: whole numbers, no percentage that could round up."""
        partners = {
            name: {"conclusions": total, "unreached": self.unreached[name]}
            for name, total in self.totals.items()
        }
        return {"conclusions": self.total, "reached": self.reached, "partners": partners}

    def render_lines(self, folder: str) -> list[str]:
        """Return the coverage as lines to read: the livret, then each partner that lacks examples."""
        if not self.totals:
            return []
        without = f" (sans {', '.join(self.left_out)}, à corriger d’abord)" if self.left_out else ""
        lines = [f"{folder} : {self.reached} conclusions sur {self.total} atteintes par un exemple{without}"]
        for name, nodes in self.unreached.items():
            if nodes:
                reached = self.totals[name] - len(nodes)
                lines.append(f"  {name} : {reached} sur {self.totals[name]}")
        return lines


def compute_coverage(livret: Livret) -> Coverage:
    """Return what the examples of `livret` reach, partner by partner (those that could be read whole)."""
    found = Coverage()
    for rules in livret.partners:
        if not rules.whole:
            found.left_out.append(rules.model.id)
        else:
            paths = list_conclusion_paths(rules)
            named = {example.id for example in rules.model.examples}
            found.totals[rules.model.id] = len(paths)
            found.unreached[rules.model.id] = [
                f"{rules.model.id}/{path}" for path in paths if path not in named
            ]
    return found


def example_unknown(rules: PartnerRules) -> Iterator[Problem]:
    """Un exemple nomme une conclusion qui n’existe pas.

    Éviter : « - id: rsa/demandes » quand la conclusion s’appelle « rsa/demande ».
    Préférer : le chemin exact d’une conclusion, et non d’une question ni d’un renvoi.
    Pourquoi : un exemple qui ne mène nulle part ne teste rien.
    """
    known = list_conclusion_paths(rules)
    for rank, example in enumerate(rules.model.examples):
        if example.id not in known and not was_left_out(rules, example.id):
            message = f"exemple d’une conclusion inconnue « {example.id} »"
            moved = [path for path in known if path.rpartition("/")[2] == example.id.rpartition("/")[2]]
            meant = moved[0] if len(moved) == 1 else find_close_name(example.id, known)
            hint = f"vouliez-vous dire « {meant} » ? Sinon, ôtez cet exemple" if meant else "ôtez cet exemple"
            yield build_problem(rules, ("examples", rank, "id"), "example-unknown", message, hint)


def example_empty(rules: PartnerRules) -> Iterator[Problem]:
    """Un exemple n’a ni besoin, ni parcours.

    Éviter : « - id: rsa/demande » tout seul.
    Préférer : « besoin: [je voudrais toucher le rsa] », ou « walk: [rsa, demande] ».
    Pourquoi : il n’y aurait rien à essayer.
    """
    for rank, example in enumerate(rules.model.examples):
        if not example.besoin and not example.walk:
            message = f"exemple de « {example.id} » sans besoin ni parcours"
            yield build_problem(rules, ("examples", rank), "example-empty", message, "ajoutez besoin ou walk")


def example_twice(livret: Livret) -> Iterator[Problem]:
    """Le même besoin doit mener à deux endroits.

    Éviter : « j’ai perdu ma carte » à la fois pour la carte Vitale et pour la carte d’identité.
    Préférer : « j’ai perdu ma carte vitale » et « j’ai perdu ma carte d’identité ».
    Pourquoi : la recherche ne peut pas donner raison aux deux.
    """
    seen: dict[str, _Need] = {}
    for need in _list_needs(livret):
        first = seen.setdefault(need.same, need)
        if first.node != need.node:
            there, place = first.place, need.place
            file = "" if there.path == place.path else f" de {Path(there.path).name}"
            message = f"besoin « {need.text} » qui mène déjà à « {first.node} » (ligne {there.line}{file})"
            yield Problem(*unpack_mark(place), "example-twice", message, "précisez l’un des deux")


class _Need(NamedTuple):
    """A need of an example, and what makes it the same as another for a search."""

    rules: PartnerRules
    rank: int
    number: int
    text: str
    same: str

    @property
    def node(self) -> str:
        """The conclusion that it must lead to."""
        return f"{self.rules.model.id}/{self.rules.model.examples[self.rank].id}"

    @property
    def place(self) -> Mark:
        """Where it stands."""
        return get_mark(self.rules.table, ("examples", self.rank, "besoin", self.number))


def _list_needs(livret: Livret) -> list[_Need]:
    """Return every need of the examples, in the order of the files."""
    found = [
        (rules, rank, number, need)
        for rules in livret.partners
        for rank, example in enumerate(rules.model.examples)
        for number, need in enumerate(example.besoin)
    ]
    same = phonetics.split_words_of_texts([need for *_, need in found])
    return [_Need(*need, " ".join(words)) for need, words in zip(found, same, strict=True)]


def example_walk(livret: Livret) -> Iterator[Problem]:
    """Le parcours d’un exemple ne mène pas à sa conclusion.

    Éviter : « walk: [rsa, papier] » pour l’exemple « rsa/demande ».
    Préférer : les identifiants des réponses à donner, dans l’ordre où les questions sont posées.
    Pourquoi : l’ordre des questions compte, et ce parcours en est le test.
    """
    questions = flatten.flatten_livret(livret).questions
    for rules in livret.partners:
        for rank, example in enumerate(rules.model.examples):
            expected = f"{rules.model.id}/{example.id}"
            reached = (
                _follow_answers(example.walk, questions.get, rules.model.id) if example.walk else expected
            )
            if reached != expected:
                message = f"le parcours mène à « {reached} », non à « {expected} »"
                yield build_problem(
                    rules, ("examples", rank, "walk"), "example-walk", message, "corrigez walk ou id"
                )


def _follow_answers(answers: list[str], question_of: QuestionFinder, start: str) -> str:
    """Return the node that `answers` lead to, up to the first unknown answer."""
    at_hand = walk.Walk(start)
    for answer in answers:
        try:
            at_hand = at_hand.give_answer(answer, question_of)
        except walk.UnknownAnswer:
            break
    return at_hand.node


def example_missed(livret: Livret) -> Iterator[Problem]:
    """La recherche ne trouve pas la conclusion d’un exemple.

    Éviter : le même besoin parmi les exemples et dans « hors-livret.yaml », ou un besoin sans aucun mot.
    Préférer : le laisser à un seul endroit, dans les mots de l’usager.
    Pourquoi : ce que l’exemple promet doit se trouver au comptoir.
    """
    grown = flatten.flatten_livret(livret)
    positions = {node: str(position) for position, node in enumerate(grown.conclusions)}
    known = train.index_exact_examples(training_set.build_training_set(livret, grown))
    needs = _list_needs(livret)
    leads: dict[str, set[str]] = {}
    for need in needs:
        leads.setdefault(need.same, set()).add(need.node)
    for need in needs:
        if (
            need.node not in positions or len(leads[need.same]) > 1
        ):  # `example_unknown`, `example_twice` say so
            continue
        if (
            known.get(EXACT_EXAMPLE + need.same) != positions[need.node]
        ):  # what is known by heart is found first
            message = f"besoin « {need.text} » : la recherche ne trouve pas « {need.node} »"
            hint = "retirez-le de hors-livret.yaml, ou dites-le autrement"
            yield Problem(*unpack_mark(need.place), "example-missed", message, hint)


def example_elsewhere(livret: Livret) -> Iterator[Problem]:
    """Un exemple semble rangé à la mauvaise conclusion : tous les autres parlent pour une autre.

    Éviter : « je veux refaire ma carte vitale perdue » parmi les exemples de La Poste.
    Préférer : ce besoin à la conclusion « carte/vitale » de la CPAM, où sont ceux qui lui ressemblent.
    Pourquoi : un besoin appris par cœur est trouvé là où il est rangé, même au mauvais endroit.
    """
    grown = flatten.flatten_livret(livret)
    nodes = list(grown.conclusions)
    needs: dict[str, list[_Need]] = {node: [] for node in nodes}
    leads: dict[str, set[str]] = {}
    for need in _list_needs(livret):
        needs.get(need.node, []).append(need)
        leads.setdefault(need.same, set()).add(need.node)
    for position, rank, meant in misfiled_examples.misfiled(training_set.build_training_set(livret, grown)):
        need = needs[nodes[position]][rank]
        if len(leads[need.same]) > 1:  # `example_twice` says so
            continue
        message = f"besoin « {need.text} » : les autres exemples mènent plutôt à « {nodes[meant]} »"
        hint = "rangez-le là-bas ; s’il est bien ici, ajoutez ici d’autres besoins qui lui ressemblent"
        yield Problem(*unpack_mark(need.place), "example-elsewhere", message, hint)


WHOLE: tuple[Callable[[PartnerRules], Iterator[Problem]], ...] = (example_empty, example_unknown)
ACROSS: tuple[Callable[[Livret], Iterator[Problem]], ...] = (example_twice,)
SOUND: tuple[Callable[[Livret], Iterator[Problem]], ...] = (example_walk, example_missed, example_elsewhere)
"""Checks that walk the tree or search it: only of a livret that nothing blocks."""


def find_example_problems(livret: Livret, sound: bool) -> list[Problem]:
    """Return what is wrong with the examples of `livret`, sorted; `sound` tells that nothing blocks it."""
    problems: list[Problem] = []
    for rules in livret.partners:
        for check in WHOLE if rules.whole else ():
            problems += islice(check(rules), MAX_PROBLEMS)
    for across in (*ACROSS, *(SOUND if sound else ())):
        problems += islice(across(livret), MAX_PROBLEMS)
    return sorted(problems)
