"""The examples of the rules, which are their tests: which conclusions they reach, and which of them fail.

What shows that a file is not whole stops the desk, nothing else here does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from fs_triage.checks import completeness, misfiled_examples, published_ids
from fs_triage.checks.registry import Finding, Scope, check
from fs_triage.rules import flatten
from fs_triage.rules.load import Livret, PartnerRules
from fs_triage.rules.nodes import list_conclusion_paths
from fs_triage.rules.problem import Severity
from fs_triage.rules.yaml_reader import Mark, get_mark
from fs_triage.search import phonetics, train, training_set


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
            named = rules.model.examples
            found.totals[rules.model.id] = len(paths)
            found.unreached[rules.model.id] = [
                f"{rules.model.id}/{path}" for path in paths if path not in named
            ]
    return found


@check("example-unknown", scope=Scope.LIVRET, severity=Severity.INCOMPLETE)
def find_unknown_examples(livret: Livret) -> Iterator[Finding]:
    """Un exemple nomme une conclusion qui n’existe pas.

    Éviter : « rsa/demandes: […] » quand la conclusion s’appelle « rsa/demande ».
    Préférer : le chemin exact d’une conclusion, et non d’une question ni d’un renvoi.
    Pourquoi : un exemple qui ne mène nulle part ne teste rien, et un arbre dont la fin manque se reconnaît là.
    """
    repeating = published_ids.list_repeating_partners(livret)
    foreign = completeness.find_foreign_needs(livret)
    for path, (place, partner) in foreign.items():
        message = f"ces besoins sont ceux de « {partner} »"
        yield Finding(place, message, f"remettez ici, d’une copie, ceux de « {Path(path).stem} »")
    for rules in livret.partners:
        known = list_conclusion_paths(rules)
        for named in rules.model.examples:
            node = f"{rules.model.id}/{named}"
            if named in known or not rules.whole or rules.model.id in repeating:
                continue
            place = get_mark(rules.table, ("examples", named), key=True)
            if published_ids.is_told_as_vanished(livret, node) or place.path in foreign:
                continue
            message = f"exemple d’une conclusion inconnue « {named} »"
            hint = _suggest_conclusion(livret, rules, node, known)
            yield Finding(place, message, hint)


def _suggest_conclusion(livret: Livret, rules: PartnerRules, node: str, known: list[str]) -> str:
    """Return what to write instead of `node`, which an example names and which is no conclusion."""
    path = node.removeprefix(f"{rules.model.id}/")
    below = [one for one in known if one.startswith(f"{path}/")]
    if below:
        return f"c’est une question : rangez ses besoins sous une de ses réponses, comme « {below[0]} »"
    moved = [one for one in known if one.rpartition("/")[2] == path.rpartition("/")[2]]
    if len(moved) == 1:
        return f"écrivez « {moved[0]} »"
    meant = completeness.find_meant_conclusion(livret, rules, path)
    return f"écrivez « {meant} »" if meant else "rangez ses besoins sous une conclusion qui existe"


@check("example-twice", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_ambiguous_examples(livret: Livret) -> Iterator[Finding]:
    """Le même besoin doit mener à deux endroits.

    Éviter : « j’ai perdu ma carte » à la fois pour la carte Vitale et pour la carte d’identité.
    Préférer : « j’ai perdu ma carte vitale » et « j’ai perdu ma carte d’identité ».
    Pourquoi : la recherche ne peut pas donner raison aux deux.
    """
    seen: dict[str, _Need] = {}
    foreign = completeness.find_foreign_needs(livret)
    for need in _list_needs(livret):
        if need.place.path in foreign:  # `example-unknown` says so
            continue
        first = seen.setdefault(need.same, need)
        if (first.node, first.text, first.place.path) == (
            need.node,
            need.text,
            need.place.path,
        ) and first is not need:
            yield Finding(
                need.place,
                f"besoin « {need.text} » déjà dit à la ligne {first.place.line}",
                "dites-le une fois",
            )
        if first.node != need.node:
            there, place = first.place, need.place
            file = "" if there.path == place.path else f" de {Path(there.path).name}"
            message = f"besoin « {need.text} » qui mène déjà à « {first.node} » (ligne {there.line}{file})"
            yield Finding(place, message, "précisez l’un des deux")


class _Need(NamedTuple):
    """A need of an example, and what makes it the same as another for a search."""

    rules: PartnerRules
    path: str
    number: int
    text: str
    same: str

    @property
    def node(self) -> str:
        """The conclusion that it must lead to."""
        return f"{self.rules.model.id}/{self.path}"

    @property
    def place(self) -> Mark:
        """Where it stands."""
        return get_mark(self.rules.table, ("examples", self.path, self.number))


def _list_needs(livret: Livret) -> list[_Need]:
    """Return every need of the examples, in the order of the files."""
    found = [
        (rules, path, number, need)
        for rules in livret.partners
        for path, needs in rules.model.examples.items()
        for number, need in enumerate(needs)
    ]
    same = phonetics.split_words_of_texts([need for *_, need in found])
    return [_Need(*need, " ".join(words)) for need, words in zip(found, same, strict=True)]


@check("example-missed", scope=Scope.SOUND_LIVRET, severity=Severity.ADVICE)
def find_missed_examples(livret: Livret) -> Iterator[Finding]:
    """La recherche ne trouve pas la conclusion d’un exemple.

    Éviter : le même besoin parmi les exemples et dans « hors-livret.yaml », ou un besoin sans aucun mot.
    Préférer : le laisser à un seul endroit, dans les mots de l’usager.
    Pourquoi : ce que l’exemple promet doit se trouver au comptoir.
    """
    grown = flatten.flatten_livret(livret)
    positions = {node: position for position, node in enumerate(grown.conclusions)}
    known = train.find_exact_examples(training_set.build_training_set(livret, grown))
    needs = _list_needs(livret)
    leads: dict[str, set[str]] = {}
    for need in needs:
        leads.setdefault(need.same, set()).add(need.node)
    for need in needs:
        if (
            need.node not in positions or len(leads[need.same]) > 1
        ):  # `example-unknown`, `example-twice` say so
            continue
        if known.get(need.same) != positions[need.node]:  # what is known by heart is found first
            message = f"besoin « {need.text} » : la recherche ne trouve pas « {need.node} »"
            hint = "retirez-le de hors-livret.yaml, ou dites-le autrement"
            yield Finding(need.place, message, hint)


@check("example-elsewhere", scope=Scope.SOUND_LIVRET, severity=Severity.ADVICE)
def find_misfiled_examples(livret: Livret) -> Iterator[Finding]:
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
    for position, rank, meant in misfiled_examples.find_misfiled(
        training_set.build_training_set(livret, grown)
    ):
        need = needs[nodes[position]][rank]
        if len(leads[need.same]) > 1:  # `example-twice` says so
            continue
        message = f"besoin « {need.text} » : les autres exemples mènent plutôt à « {nodes[meant]} »"
        hint = "rangez-le là-bas ; s’il est bien ici, ajoutez ici d’autres besoins qui lui ressemblent"
        yield Finding(need.place, message, hint)
