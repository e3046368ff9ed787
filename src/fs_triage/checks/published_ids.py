"""The identifiers that were published: which are gone, which are new, and where an old one leads now.

`identifiants.yaml` keeps every conclusion ever published and the changes of name, so that a script that calls
an old identifier arrives, and none disappears unnoticed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from fs_triage.checks.registry import Finding, Scope, check
from fs_triage.files.folders import BOOKLET
from fs_triage.rules.load import Livret
from fs_triage.rules.model_livret import IDENTIFIERS, PARTNERS
from fs_triage.rules.model_partner import EscalateAnswer, GotoAnswer, StepsAnswer
from fs_triage.rules.nodes import iter_nodes
from fs_triage.rules.problem import Severity
from fs_triage.rules.yaml_reader import Mark, get_mark
from fs_triage.text.did_you_mean import find_close_name, suggest_name


@dataclass(frozen=True, slots=True)
class VanishedNode:
    """A published node that does not exist any more, how many conclusions it had, and what may follow it."""

    node: str
    count: int
    place: Mark
    successor: str | None


def list_nodes(livret: Livret) -> set[str]:
    """Return the ids of every partner, question and conclusion."""
    answers = {
        f"{rules.model.id}/{spot.path}"
        for rules in livret.partners
        for spot in iter_nodes(rules)
        if not isinstance(spot.answer, GotoAnswer)
    }
    return answers | {rules.model.id for rules in livret.partners}


def is_known(node: str, livret: Livret) -> bool:
    """Return whether every file that may define `node` was read whole, so that its absence is certain."""
    partner = node.partition("/")[0]
    read = {rules.model.id: rules.whole for rules in livret.partners}
    if partner in read:
        return read[partner]
    return livret.whole and set(livret.booklet.partners) <= set(read)


def find_vanished_nodes(livret: Livret) -> list[VanishedNode]:
    """Return the published nodes that are gone: for a branch that is gone, the branch alone."""
    listed, table = livret.identifiers, livret.identifiers_table
    if listed is None or table is None:
        return []
    nodes = list_nodes(livret)
    fresh = _find_new_nodes(livret, nodes)
    branches: dict[str, list[int]] = {}
    for rank, node in enumerate(listed.published):
        is_own = livret.is_own(get_mark(table, ("published", rank)).path)
        gone = node not in nodes and listed.follow(node) == node and is_known(node, livret)
        if gone and (is_own or not _was_taken_away(node, livret)):
            branches.setdefault(_get_missing_branch(node, nodes), []).append(rank)
    found = []
    for branch, ranks in branches.items():
        successor = find_close_name(
            branch, [node for node in sorted(fresh) if node.count("/") == branch.count("/")]
        )
        fresh.discard(successor or "")
        count = len(ranks) if listed.published[ranks[0]] != branch else 0
        found.append(VanishedNode(branch, count, get_mark(table, ("published", ranks[0])), successor))
    return found


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


def _find_new_nodes(livret: Livret, nodes: set[str]) -> set[str]:
    """Return the nodes that are new: neither published, nor above a published one, nor the new name of one."""
    assert livret.identifiers is not None
    old = [*livret.identifiers.published, *livret.identifiers.renamed.values()]
    used = {"/".join(node.split("/")[:end]) for node in old for end in range(1, node.count("/") + 2)}
    return nodes - used


def list_unpublished_nodes(livret: Livret) -> set[str]:
    """Return the conclusions that are neither published, nor what a published one was renamed to."""
    listed = livret.identifiers
    if listed is None or livret.identifiers_table is None or not livret.lists_own:
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
        and isinstance(spot.answer, StepsAnswer | EscalateAnswer)
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
        if (
            partner == gone.node
            and Path(livret.table.place.path).with_name(PARTNERS).joinpath(f"{partner}.yaml").exists()
        ):
            hint = (
                f"ajoutez « {partner} » à partenaires, dans {BOOKLET} ; si le livret ne le donne plus, "
                f"ôtez {PARTNERS}/{partner}.yaml et {lines}"
            )
        elif gone.successor:
            hint = f"s’il a changé de nom, ajoutez sous renommés : « {gone.node}: {gone.successor} »"
        else:
            hint = (
                f"vérifiez que {PARTNERS}/{partner}.yaml est entier, puis ajoutez sous renommés : "
                f"« {gone.node}: nouvel identifiant », ou ôtez {lines} si le livret ne le donne plus"
            )
        yield Finding(gone.place, message, hint)


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
                yield Finding(get_mark(rules.table, (*spot.location, "id")), message, hint)
