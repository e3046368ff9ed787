"""The identifiers that were published: which are gone, which are new, and where an old one leads now.

`identifiants.yaml` keeps every conclusion ever published and the changes of name, so that a script that calls
an old identifier arrives, and none disappears unnoticed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from fs_triage.checks.registry import Finding, Scope, check
from fs_triage.files.folders import BOOKLET
from fs_triage.rules.load import Livret
from fs_triage.rules.model_livret import IDENTIFIERS, PARTNERS
from fs_triage.rules.model_partner import CONCLUSIONS, GotoAnswer
from fs_triage.rules.nodes import iter_nodes, list_ancestors, list_conclusion_paths
from fs_triage.rules.problem import Mend, Severity
from fs_triage.rules.yaml_reader import List, Location, Mark, Text, find_node, get_mark
from fs_triage.text.did_you_mean import find_close_name, suggest_name


@dataclass(frozen=True, slots=True)
class VanishedNode:
    """A published node that does not exist any more, how many conclusions it had, and what may follow it."""

    node: str
    count: int
    place: Mark
    successor: str | None


class _Citation(NamedTuple):
    """A node that an example, a situation or an answer names, and where."""

    node: str
    place: Mark


@lru_cache(maxsize=4)
def list_nodes(livret: Livret) -> frozenset[str]:
    """Return the ids of every partner, question and conclusion."""
    answers = {
        f"{rules.model.id}/{spot.path}"
        for rules in livret.partners
        for spot in iter_nodes(rules)
        if not isinstance(spot.answer, GotoAnswer)
    }
    return frozenset(answers | {rules.model.id for rules in livret.partners})


def is_known(node: str, livret: Livret) -> bool:
    """Return whether every file that may define `node` was read whole, so that its absence is certain."""
    partner = node.partition("/")[0]
    read = {rules.model.id: rules.whole for rules in livret.partners}
    if partner in read:
        return read[partner]
    named = livret.booklet.partners
    return livret.whole and bool(named) and set(named) <= set(read)


@lru_cache(maxsize=4)
def find_vanished_nodes(livret: Livret) -> tuple[VanishedNode, ...]:
    """Return the published nodes that are gone: for a branch that is gone, the branch alone."""
    listed, table = livret.identifiers, livret.identifiers_table
    if listed is None or table is None:
        return ()
    nodes = list_nodes(livret)
    successors = find_successors(livret)
    unsure = list_repeating_partners(livret)
    branches: dict[str, list[int]] = {}
    for rank, node in enumerate(listed.published):
        is_own = livret.is_own(get_mark(table, ("published", rank)).path)
        gone = node not in nodes and listed.follow(node) == node and is_known(node, livret)
        is_expected = is_own or not _was_taken_away(node, livret)
        if gone and is_expected and node.partition("/")[0] not in unsure:
            branches.setdefault(_get_missing_branch(node, nodes), []).append(rank)
    return tuple(
        VanishedNode(
            branch,
            len(ranks) if listed.published[ranks[0]] != branch else 0,
            get_mark(table, ("published", ranks[0])),
            successors.get(branch),
        )
        for branch, ranks in branches.items()
    )


@lru_cache(maxsize=4)
def list_repeating_partners(livret: Livret) -> frozenset[str]:
    """Return the partners of which two answers have one id: what else seems gone may be but the other's name."""
    counts = {rules.model.id: Counter(spot.path for spot in iter_nodes(rules)) for rules in livret.partners}
    return frozenset(name for name, paths in counts.items() if max(paths.values(), default=0) > 1)


@lru_cache(maxsize=4)
def find_successors(livret: Livret) -> dict[str, str]:
    """Return, for each branch that is named and does not exist, the one that it has become, if only one can be meant.

    An answer that changed its name stands among the same neighbours; one that was moved has kept its name.
    """
    inherited = {f"{rules.model.id}/{path}" for rules in livret.partners for path in rules.inherited}
    nodes = list_nodes(livret) | inherited  # what an heir takes away is not gone
    listed = livret.identifiers
    named = [citation.node for citation in list_examples(livret)]
    promised = [*listed.published, *listed.renamed.values()] if listed is not None else []
    known = {head for node in promised or named for head in list_ancestors(node)}
    named += promised
    fresh = sorted(node for node in nodes - known if node.rpartition("/")[0] in known)
    gone = dict.fromkeys(_get_missing_branch(node, nodes) for node in named if node not in nodes)
    if listed is not None:
        gone = {node: None for node in gone if listed.follow(node) == node}
    found: dict[str, str] = {}
    for branch in gone:
        neighbours = [node for node in fresh if node.rpartition("/")[0] == branch.rpartition("/")[0]]
        moved = [node for node in fresh if _is_moved(branch, node)]
        lost = [node for node in gone if node.rpartition("/")[0] == branch.rpartition("/")[0]]
        left = [node for node in neighbours if node not in found.values()]
        if len(moved) == 1:
            found[branch] = moved[0]
        elif len(neighbours) == len(lost) == 1 and "/" in branch:
            found[branch] = neighbours[0]
        elif near := find_close_name(branch, left):
            found[branch] = near
    return found


def _is_moved(old: str, new: str) -> bool:
    """Return whether `new` may be the answer `old` under another question of the same partner."""
    return (old.partition("/")[0], old.rpartition("/")[2]) == (new.partition("/")[0], new.rpartition("/")[2])


def find_successor(livret: Livret, node: str) -> str | None:
    """Return what `node`, which does not exist, has become, itself or with what it stands under."""
    successors = find_successors(livret)
    for head in list_ancestors(node):
        if head in successors:
            return successors[head] + node[len(head) :]
    return None


def is_told_as_vanished(livret: Livret, node: str) -> bool:
    """Return whether `id-vanished` tells that `node`, or what it stands under, is gone."""
    return not _list_vanished(livret).isdisjoint(list_ancestors(node))


@lru_cache(maxsize=4)
def _list_vanished(livret: Livret) -> frozenset[str]:
    return frozenset(one.node for one in find_vanished_nodes(livret))


def list_examples(livret: Livret) -> list[_Citation]:
    """Return the conclusions that the examples name, in the order of the files."""
    return [
        _Citation(f"{rules.model.id}/{named}", get_mark(rules.table, ("examples", named), key=True))
        for rules in livret.partners
        for named in rules.model.examples
    ]


def _list_citations(livret: Livret) -> list[_Citation]:
    """Return the nodes that are named and where: by examples, by answers that lead there, by situations."""
    found = list_examples(livret)
    for rules in livret.partners:
        places: list[tuple[object, Location]] = [(rules.model, ())]
        places += [(spot.answer, spot.location) for spot in iter_nodes(rules)]
        for answer, location in places:
            for key in ("goto", "if_blocked"):
                if target := getattr(answer, key, None):
                    found.append(
                        _Citation(f"{rules.model.id}/{target}", get_mark(rules.table, (*location, key)))
                    )
    if livret.situations_table is not None:
        for rank, situation in enumerate(livret.situations.situations):
            for number, node in enumerate(situation.demarches):
                place = get_mark(livret.situations_table, ("situations", rank, "demarches", number))
                found.append(_Citation(node, place))
    return [citation for citation in found if livret.is_own(citation.place.path)]


def _was_taken_away(node: str, livret: Livret) -> bool:
    """Return whether the livret does without `node`, which a layer below it gives."""
    partner, _, path = node.partition("/")
    if partner not in livret.booklet.partners:
        return any(partner in layer.booklet.partners for layer in livret.layers[:-1])
    return any(rules.model.id == partner and path in rules.inherited for rules in livret.partners)


def _get_missing_branch(node: str, nodes: Collection[str]) -> str:
    """Return the highest part of `node` that is gone."""
    parts = node.split("/")
    heads = ("/".join(parts[:end]) for end in range(1, len(parts) + 1))
    return next(head for head in heads if head not in nodes)


def list_unpublished_nodes(livret: Livret) -> set[str]:
    """Return the conclusions that are neither published, nor what a published one was renamed to."""
    listed = livret.identifiers
    if listed is None or livret.own_identifiers is None:
        return set()
    targets = (
        *listed.renamed.values(),
        *(gone.successor for gone in find_vanished_nodes(livret) if gone.successor),
    )
    published = set(listed.published)
    return {
        node
        for rules in livret.partners
        for spot in iter_nodes(rules)
        if rules.model.id in livret.booklet.partners
        and isinstance(spot.answer, CONCLUSIONS)
        and (node := f"{rules.model.id}/{spot.path}") not in published
        and not any(f"{node}/".startswith(f"{target}/") for target in targets)
    }


@check("bad-rename", scope=Scope.LIVRET, severity=Severity.INCOMPLETE)
def find_bad_renames(livret: Livret) -> Iterator[Finding]:
    """Un changement de nom d’« identifiants.yaml » ne mène à rien, ou cache une démarche qui existe.

    Éviter : « caf/rmi: caf/rsaa » quand la démarche s’appelle « caf/rsa ».
    Préférer : l’ancien identifiant, qui n’existe plus, puis le nouveau, qui existe.
    Pourquoi : un script qui appelle l’ancien nom doit arriver au bon endroit.
    """
    if livret.identifiers is None or livret.identifiers_table is None:
        return
    nodes = list_nodes(livret)
    for old, new in livret.identifiers.renamed.items():
        place = get_mark(livret.identifiers_table, ("renamed", old), key=True)
        if not livret.is_own(place.path) and _was_taken_away(livret.identifiers.follow(old), livret):
            continue
        if old in nodes:
            message = f"« {old} » existe toujours"
            yield Finding(place, message, "retirez cette ligne")
        elif livret.identifiers.follow(old) not in nodes and is_known(new, livret):
            message = f"« {old} » est renommé en « {new} », qui n’existe pas"
            yield Finding(place, message, suggest_name(new, sorted(nodes)))


@check("id-vanished", scope=Scope.LIVRET, severity=Severity.INCOMPLETE)
def find_vanished_ids(livret: Livret) -> Iterator[Finding]:
    """Un identifiant déjà publié n’existe plus.

    Éviter : changer ou supprimer « id: demande » sans le dire dans « identifiants.yaml ».
    Préférer : sous « renommés », « ancien identifiant: nouvel identifiant » ; l’ôter si le livret ne le donne plus.
    Pourquoi : des scripts et des signets l’appellent ; ils s’arrêteraient sans un mot.
    """
    for gone in find_vanished_nodes(livret):
        lost = "la conclusion" if gone.count == 1 else f"les {gone.count} conclusions"
        more = f", ni {lost} qu’il portait" if gone.count else ""
        message = f"identifiant publié « {gone.node} » qui n’existe plus{more}"
        partner = gone.node.partition("/")[0]
        lines = f"ces {gone.count} lignes" if gone.count > 1 else "cette ligne"
        place = gone.place
        if (
            partner == gone.node
            and Path(livret.table.place.path).with_name(PARTNERS).joinpath(f"{partner}.yaml").exists()
        ):
            hint = (
                f"ajoutez « {partner} » à partenaires, dans {BOOKLET} ; si le livret ne le donne plus, "
                f"ôtez {PARTNERS}/{partner}.yaml et {lines}"
            )
        elif gone.successor:
            place, hint = _explain_successor(livret, gone)
        else:
            hint = (
                f"vérifiez que {PARTNERS}/{partner}.yaml est entier, puis ajoutez sous renommés : "
                f"« {gone.node}: nouvel identifiant », ou ôtez {lines} si le livret ne le donne plus"
            )
        yield Finding(place, message, hint)


def _explain_successor(livret: Livret, gone: VanishedNode) -> tuple[Mark, str]:
    """Return where the old name of a node stands first, and what to write there and everywhere else."""
    assert gone.successor is not None
    uses = [one for one in _list_citations(livret) if gone.node in list_ancestors(one.node)]
    listed = f"sous renommés : « {gone.node}: {gone.successor} »"
    if not uses:
        return gone.place, f"s’il a changé de nom, ajoutez {listed}"
    place = uses[0].place
    partner = gone.node.partition("/")[0]
    in_partner = gone.successor.removeprefix(f"{partner}/") + uses[0].node[len(gone.node) :]
    others = _render_places([one.place for one in uses[1:]], place.path)
    return place, f"écrivez « {in_partner} »{others} et ajoutez dans {IDENTIFIERS}, {listed}"


def _render_places(places: list[Mark], path: str) -> str:
    """Return « , comme aux lignes 3 et 5 », for places that are to be changed like the one told in the file `path`."""
    shown = [
        f"{one.line}" if one.path == path else f"{one.line} de {Path(one.path).name}"
        for one in dict.fromkeys(place._replace(column=0) for place in places)
    ]
    if not shown:
        return ""
    if len(shown) == 1:
        return f", comme à la ligne {shown[0]},"
    more = shown[_MAX_PLACES:]
    last = f"{len(more)} autres" if more else shown.pop()
    return f", comme aux lignes {', '.join(shown[:_MAX_PLACES])} et {last},"


_MAX_PLACES = 4


@check("no-identifiers", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_missing_list(livret: Livret) -> Iterator[Finding]:
    """Un livret qui sert n’a pas de liste de ses identifiants publiés.

    Éviter : supprimer « identifiants.yaml » ; un livret de douze démarches sans cette liste.
    Préférer : « fs-triage verifier --corriger », qui l’écrit.
    Pourquoi : sans elle, une démarche qui change de nom ou disparaît ne se voit pas.
    """
    nodes = list_conclusions(livret)
    is_read = livret.whole and len(livret.partners) == len(livret.booklet.partners)
    if livret.identifiers_table is None and is_read and len(nodes) >= _MIN_LISTED:
        message = f"aucune liste des identifiants publiés ({IDENTIFIERS})"
        hint = "remettez-la ; si elle n’a jamais existé, « fs-triage verifier --corriger » l’écrit"
        path = Path(livret.table.place.path).with_name(IDENTIFIERS)
        after = "".join(f"  - {node}\n" for node in nodes)
        mends = (Mend(str(path), 1, 1, "", f"publiés:\n{after}"),)
        yield Finding(livret.table.place, message, hint, mends)


_MIN_LISTED = 12  # conclusions; a livret with fewer is being written


def list_conclusions(livret: Livret) -> list[str]:
    """Return the ids of the conclusions of a livret, in order."""
    return [f"{rules.model.id}/{path}" for rules in livret.partners for path in list_conclusion_paths(rules)]


@check("id-unpublished", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_unpublished_ids(livret: Livret) -> Iterator[Finding]:
    """Une conclusion n’est pas encore dans la liste des identifiants publiés.

    Éviter : une nouvelle démarche sans ligne dans « identifiants.yaml ».
    Préférer : sous « publiés », la ligne que ce message donne.
    Pourquoi : une fois la démarche publiée, son identifiant ne doit plus disparaître sans bruit.
    """
    new = list_unpublished_nodes(livret)
    for rules in livret.partners:
        for spot in iter_nodes(rules):
            node = f"{rules.model.id}/{spot.path}"
            if node in new:
                hint = f"ajoutez dans {IDENTIFIERS}, sous publiés : « - {node} »"
                message = f"« {node} » n’est pas dans la liste des identifiants publiés"
                mends = (_add_to_list(livret, node),)
                yield Finding(get_mark(rules.table, (*spot.location, "id")), message, hint, mends)


def _add_to_list(livret: Livret, node: str) -> Mend:
    """Return what adds `node` at the end of the livret's own list of published identifiers."""
    assert livret.own_identifiers is not None
    table = livret.own_identifiers
    path = table.place.path
    listed = find_node(table, ("published",))
    if not isinstance(listed, List):
        return Mend(path, 1, 1, "", f"publiés: [{node}]\n")
    if not listed.items:
        return Mend(path, listed.place.line, listed.place.column, "[]", f"[{node}]")
    first, last = listed.items[0].place, listed.items[-1]
    if first.column - listed.place.column == 1 and isinstance(last, Text):  # in brackets
        return Mend(path, last.place.line, last.place.column + len(last.value), "", f", {node}")
    return Mend(path, last.place.line + 1, 1, "", f"{' ' * (listed.place.column - 1)}- {node}\n")
