"""Checks that compare rules with each other; their problems block the livret.

Each check is a short generator named like its code; its docstring is the manual page of that code, of which
`docs/verifications.md` is made. What does not stop the desk is in `advice`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from fs_triage.checks import contacts, published_ids
from fs_triage.checks.completeness import not_covered
from fs_triage.rules.load import Livret, PartnerRules
from fs_triage.rules.model_partner import (
    Answer,
    EscalateAnswer,
    GotoAnswer,
    Partner,
    QuestionAnswer,
    StepsAnswer,
)
from fs_triage.rules.nodes import (
    MAX_PROBLEMS,
    Location,
    Node,
    build_problem,
    find_if_blocked_owners,
    find_only_conclusions,
    iter_nodes,
    iter_questions,
    list_ancestors,
    was_left_out,
)
from fs_triage.rules.problem import Problem
from fs_triage.rules.salvage import ANY, CONTACT
from fs_triage.rules.yaml_reader import get_mark
from fs_triage.text.did_you_mean import build_slug, suggest_name
from fs_triage.text.fold import fold

_MAX_SHOWN = 8  # nodes of a round that goes on and on


def duplicate_id(rules: PartnerRules) -> Iterator[Problem]:
    """Deux réponses d’une même question ont le même identifiant.

    Éviter : deux fois « id: demande » sous la même question, souvent après un copier-coller.
    Préférer : un identifiant pour chacune, « demande » et « demande-papier ».
    Pourquoi : l’identifiant est l’adresse de la démarche ; on n’atteindrait jamais la seconde.
    """
    seen: dict[str, Node] = {}
    for spot in iter_nodes(rules):
        if spot.path in seen:
            first = get_mark(rules.table, (*seen[spot.path].location, "id"))
            message = f"identifiant répété « {spot.path} », déjà à la ligne {first.line}"
            yield build_problem(rules, (*spot.location, "id"), "duplicate-id", message, "changez-en un")
        seen.setdefault(spot.path, spot)


def unknown_contact(rules: PartnerRules) -> Iterator[Problem]:
    """Une conclusion nomme un contact que le partenaire n’a pas.

    Éviter : « escalate: [tel-3320] » quand les contacts disent « tel-3230 ».
    Préférer : l’identifiant exact, tel qu’il est écrit sous « contacts ».
    Pourquoi : le conseiller n’aurait personne à appeler.
    """
    known = list(rules.model.contacts)
    lost = {build_slug(name.removeprefix(CONTACT)) for name in rules.lost if name.startswith(CONTACT)}
    uses: dict[str, list[Location]] = {}
    for spot in iter_nodes(rules):
        key = "escalate" if isinstance(spot.answer, EscalateAnswer) else "contacts"
        for rank, use in enumerate(getattr(spot.answer, key, None) or []):
            if use.contact not in rules.model.contacts and use.contact not in lost:
                uses.setdefault(use.contact, []).append((*spot.location, key, rank))
    for name, places in uses.items() if CONTACT + ANY not in rules.lost else ():
        more = (
            f" (et {len(places) - 1} autre{'s' if len(places) > 2 else ''} fois)" if len(places) > 1 else ""
        )
        yield build_problem(
            rules,
            places[0],
            "unknown-contact",
            f"contact inconnu « {name} »{more}",
            suggest_name(name, known),
        )


def unknown_target(rules: PartnerRules) -> Iterator[Problem]:
    """Un « goto » ou un « if_blocked » mène à une réponse qui n’existe pas, ou qui n’est qu’un renvoi.

    Éviter : « if_blocked: bloquage » quand la réponse s’appelle « blocage ».
    Préférer : le chemin exact de la réponse chez ce partenaire, « rsa/demande ».
    Pourquoi : la démarche s’arrêterait sur un cul-de-sac.
    """
    answers = {spot.path: spot.answer for spot in iter_nodes(rules)}
    places: list[tuple[Answer | Partner, Location]] = [(rules.model, ())]
    places += [(spot.answer, spot.location) for spot in iter_nodes(rules)]
    for answer, location in places:
        for key in ("goto", "if_blocked"):
            target = getattr(answer, key, None)
            if target is None or was_left_out(rules, target):
                continue
            end = answers.get(target)
            if end is None:
                message = f"« {key} » mène à « {target} », qui n’existe pas"
                yield build_problem(
                    rules, (*location, key), "unknown-target", message, suggest_name(target, list(answers))
                )
            elif key == "if_blocked" and isinstance(end, GotoAnswer):
                message = f"« if_blocked » mène à « {target} », qui n’est qu’un renvoi"
                yield build_problem(
                    rules, (*location, key), "unknown-target", message, f"écrivez « {end.goto} »"
                )


def cycle(rules: PartnerRules) -> Iterator[Problem]:
    """Un « goto » tourne en rond.

    Éviter : une réponse « rsa » avec « goto: prime », et une réponse « prime » avec « goto: rsa ».
    Préférer : un renvoi vers une réponse qui conclut ou qui pose une autre question.
    Pourquoi : le conseiller reviendrait sans fin au même endroit.
    """
    answers = {spot.path: spot.answer for spot in iter_nodes(rules)}
    places = {spot.path: spot.location for spot in iter_nodes(rules)}
    seen: set[str] = set()
    for start in answers:
        way = _follow_gotos(start, answers, seen)
        seen.update(way)
        turn = _find_cycle(way, answers)
        if turn:
            message = f"« goto » tourne en rond : {' → '.join(turn[:_MAX_SHOWN])}"
            yield build_problem(
                rules, (*places[turn[0]], "goto"), "cycle", message, "menez à une autre réponse"
            )


def _follow_gotos(start: str, answers: dict[str, Answer], seen: set[str]) -> dict[str, None]:
    """Return the nodes that the `goto` at `start` leads through, up to the first one already visited."""
    way: dict[str, None] = {}
    node = start
    while node not in seen and node not in way and isinstance(end := answers.get(node), GotoAnswer):
        way[node] = None
        node = end.goto
    return way


def _find_cycle(way: dict[str, None], answers: dict[str, Answer]) -> list[str]:
    """Return the cycle in `way`, empty unless it returns to one of its nodes or to a question above one of them."""
    nodes = list(way)
    last = answers[nodes[-1]] if nodes else None
    target = last.goto if isinstance(last, GotoAnswer) else ""
    if target in way:
        return [*nodes[nodes.index(target) :], target]
    if isinstance(answers.get(target), QuestionAnswer):
        under = next((rank for rank, node in enumerate(nodes) if target in list_ancestors(node)), None)
        return [] if under is None else [*nodes[under:], target]
    return []


def contact_kind(rules: PartnerRules) -> Iterator[Problem]:
    """Un contact n’a aucun moyen de joindre, ou en a plusieurs.

    Éviter : « phone » et « email » dans le même contact.
    Préférer : deux contacts, chacun avec un seul moyen, cités l’un après l’autre.
    Pourquoi : l’ordre dans lequel essayer les contacts est celui de la liste ; chacun doit être un seul geste.
    """
    for name, contact in rules.model.contacts.items():
        kinds = [kind for kind, _ in contact.kinds]
        if len(kinds) != 1 and CONTACT + name not in rules.lost:
            given = " et ".join(f"« {kind} »" for kind in kinds) or "aucun moyen de joindre"
            message = f"contact « {name} » : {given}"
            hint = "gardez exactement un moyen" if kinds else "ajoutez phone, email, web…"
            yield build_problem(rules, ("contacts", name), "contact-kind", message, hint)


def no_way_out(rules: PartnerRules) -> Iterator[Problem]:
    """Une démarche de 1er niveau ne dit pas quoi faire quand elle bloque.

    Éviter : des « steps » sans « if_blocked » ni « no_second_level », ni sur la réponse, ni au-dessus.
    Préférer : « if_blocked: blocage » une fois pour tout le partenaire, ou la raison de ne pas en avoir.
    Pourquoi : le conseiller resterait seul avec l’usager devant une démarche qui n’aboutit pas.
    """
    ways = find_if_blocked_owners(rules)
    said: dict[str, tuple[Answer | Partner, Location]] = {"": (rules.model, ())}
    said |= {spot.path: (spot.answer, spot.location) for spot in iter_nodes(rules)}
    first = [spot for spot in iter_nodes(rules) if isinstance(spot.answer, StepsAnswer)]
    for answer, location in said.values():
        if answer.if_blocked and answer.no_second_level:
            message = "« if_blocked » et « no_second_level » se contredisent"
            yield build_problem(
                rules, (*location, "no_second_level"), "no-way-out", message, "gardez l’un des deux"
            )
    deciding = dict.fromkeys(ways[spot.path] for spot in first)
    yield from _find_dead_ends(rules, {path: said[path] for path in deciding})
    unsaid = {path for path, (answer, _) in said.items() if not (answer.if_blocked or answer.no_second_level)}
    alone = [spot for spot in first if ways[spot.path] in unsaid]
    hint = "ajoutez if_blocked ou no_second_level"
    if len(alone) > 1 and not any(answer.if_blocked for answer, _ in said.values()):
        message = f"rien n’est dit si une des {len(alone)} démarches de 1er niveau bloque"
        yield build_problem(rules, ("id",), "no-way-out", message, f"{hint} au partenaire")
        return
    for spot in alone:
        message = f"« {spot.answer.label} » : rien n’est dit si la démarche bloque"
        yield build_problem(rules, spot.location, "no-way-out", message, hint)


def _find_dead_ends(
    rules: PartnerRules, said: dict[str, tuple[Answer | Partner, Location]]
) -> Iterator[Problem]:
    """Yield the problem of each `if_blocked` of `said` that leads to nothing but the 1st level."""
    below, ways = find_only_conclusions(rules), find_if_blocked_owners(rules)
    final = {spot.path for spot in iter_nodes(rules) if spot.answer.no_second_level}
    helpful = {
        path
        for spot in iter_nodes(rules)
        if isinstance(spot.answer, EscalateAnswer) or ways[spot.path] in final
        for path in list_ancestors(spot.path)
    }
    for path, (answer, location) in said.items():
        target = answer.if_blocked
        if target not in below or target in helpful or answer.no_second_level or rules.model.no_second_level:
            continue
        what = "elle-même" if below[target] == path else "du 1er niveau"
        message = f"« {answer.label} » : si la démarche bloque, elle ne mène qu’à {what}"
        yield build_problem(
            rules, (*location, "if_blocked"), "no-way-out", message, "donnez un autre if_blocked"
        )


def only_goto(rules: PartnerRules) -> Iterator[Problem]:
    """Toutes les réponses d’une question renvoient ailleurs.

    Éviter : une question dont chaque réponse est un « goto ».
    Préférer : un seul « goto » à la place de la question, ou une réponse qui conclut.
    Pourquoi : la question n’aurait aucune conclusion à elle, et ne pourrait être ni listée, ni cherchée.
    """
    below = find_only_conclusions(rules)
    for spot in iter_nodes(rules):
        if isinstance(spot.answer, QuestionAnswer) and spot.path not in below:
            message = f"toutes les réponses de « {spot.path} » renvoient ailleurs"
            yield build_problem(
                rules, (*spot.location, "question"), "only-goto", message, "gardez-en une qui conclut"
            )


def same_words(rules: PartnerRules) -> Iterator[Problem]:
    """Deux réponses d’une même question se lisent pareil.

    Éviter : « Faire une demande » deux fois sous la même question.
    Préférer : « Faire une première demande » et « Renouveler une demande ».
    Pourquoi : le conseiller ne pourrait pas les distinguer, et choisirait au hasard.
    """
    for question, location in iter_questions(rules):
        seen: dict[str, int] = {}
        ids: set[str] = set()
        for rank, answer in enumerate(question.answers):
            if answer.id in ids:  # copied as a whole: `duplicate_id` says so
                continue
            ids.add(answer.id)
            words = fold(answer.label)
            place = (*location, "answers", rank, "label")
            if words in seen:
                first = get_mark(rules.table, (*location, "answers", seen[words], "label"))
                message = f"réponse « {answer.label} » qui se lit comme celle de la ligne {first.line}"
                yield build_problem(rules, place, "same-words", message, "dites ce qui les distingue")
            seen.setdefault(words, rank)


def shared_name(livret: Livret) -> Iterator[Problem]:
    """Deux partenaires portent le même nom.

    Éviter : « impôts » parmi les « keywords » de deux partenaires.
    Préférer : un nom qui ne désigne qu’un partenaire ; l’autre se trouve par ses démarches.
    Pourquoi : ce nom peut remplacer l’identifiant dans un appel, et ne doit mener qu’à un seul endroit.
    """
    seen: dict[str, tuple[PartnerRules, Location]] = {}
    told: set[tuple[str, str]] = set()
    for rules in livret.partners:
        model = rules.model
        names: list[tuple[str, Location]] = [
            (model.id, ("id",)),
            (model.label, ("label",)),
            (model.name, ("name",)),
        ]
        names += [(word, ("keywords", rank)) for rank, word in enumerate(model.keywords)]
        for name, location in names:
            other, at_first = seen.setdefault(fold(name), (rules, location))
            first = other.model.id
            if first != model.id and (first, model.id) not in told:  # of a copied file, one name is enough
                told.add((first, model.id))
                there = get_mark(other.table, at_first)
                file = Path(there.path).name
                message = f"« {name} » désigne déjà « {first} » (ligne {there.line} de {file})"
                yield build_problem(
                    rules, location, "shared-name", message, "gardez-le chez un seul partenaire"
                )


LOCAL: tuple[Callable[[PartnerRules], Iterator[Problem]], ...] = (
    duplicate_id,
    unknown_contact,
    unknown_target,
    cycle,
    contact_kind,
    same_words,
)
"""Checks that stay right for a partner of which invalid parts were dropped."""

WHOLE: tuple[Callable[[PartnerRules], Iterator[Problem]], ...] = (no_way_out, only_goto)
ACROSS: tuple[Callable[[Livret], Iterator[Problem]], ...] = (
    shared_name,
    not_covered,
    *published_ids.CHECKS,
)


def find_blocking_problems(livret: Livret, proved: contacts.KnownValues = ()) -> list[Problem]:
    """Return the problems that would make the desk give a wrong or an empty answer, sorted.

    The values of contacts that are in `proved` were checked before and are skipped: the libraries are slow to import.
    """
    problems: list[Problem] = []
    for rules in livret.partners:
        for check in (*LOCAL, *(WHOLE if rules.whole else ())):
            problems += islice(check(rules), MAX_PROBLEMS)
        for value_check in contacts.CHECKS:
            problems += islice(value_check(rules, proved), MAX_PROBLEMS)
    for across in ACROSS:
        problems += islice(across(livret), MAX_PROBLEMS)
    return sorted(problems)
