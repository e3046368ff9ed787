"""Checks of `situations.yaml`: events of life that lead to démarches of this livret, each found by its own words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fs_triage.checks import published_ids
from fs_triage.checks.registry import Finding, Scope, check
from fs_triage.index import build, situations
from fs_triage.rules import flatten
from fs_triage.rules.load import Livret
from fs_triage.rules.model_situations import Situation
from fs_triage.rules.problem import Severity
from fs_triage.rules.yaml_reader import Location, Mark, get_mark
from fs_triage.text.did_you_mean import find_close_name


class _Place(NamedTuple):
    """A situation, and where it stands in its file."""

    livret: Livret
    situation: Situation
    location: Location

    def get_mark(self, *location: str | int) -> Mark:
        """Return the place of what stands at `location` in the situation."""
        assert self.livret.situations_table is not None
        return get_mark(self.livret.situations_table, (*self.location, *location))


def _list_places(livret: Livret) -> list[_Place]:
    """Return the situations that the livret itself tells or changes: those of the layers below are verified there."""
    told = enumerate(livret.situations.situations)
    places = [_Place(livret, situation, ("situations", rank)) for rank, situation in told]
    return [place for place in places if livret.is_own(place.get_mark().path)]


def _is_at_or_below(node: str, above: str) -> bool:
    return f"{node}/".startswith(f"{above}/")


@check("unknown-demarche", scope=Scope.LIVRET, severity=Severity.BLOCKING)
def find_unknown_demarches(livret: Livret) -> Iterator[Finding]:
    """Une situation nomme une démarche que ce livret n’a pas.

    Éviter : « caf/rsa/demandes » quand la démarche s’appelle « caf/rsa/demande » ; un partenaire entier.
    Préférer : l’identifiant exact d’une démarche, ou d’une question pour toutes celles qu’elle contient.
    Pourquoi : l’usager repartirait sans une des démarches à faire, et rien ne le dirait.
    """
    nodes = published_ids.list_nodes(livret)
    partners = {rules.model.id for rules in livret.partners}
    for place in _list_places(livret):
        for rank, node in enumerate(place.situation.demarches):
            mark = place.get_mark("demarches", rank)
            if node in partners:
                message = f"« {node} » est un partenaire entier, et non une démarche"
                yield Finding(mark, message, f"nommez ses démarches ; voyez « fs-triage liste {node} »")
            elif node not in nodes and _is_surely_absent(node, livret):
                message = f"démarche inconnue « {node} »"
                yield Finding(mark, message, _suggest_demarche(node, livret, nodes - partners))
        for rank, answer in enumerate(place.situation.answers):
            for number, node in enumerate(answer.demarches):
                if not any(_is_at_or_below(one, node) for one in place.situation.demarches):
                    message = f"« {node} » ne garde aucune démarche de « {place.situation.id} »"
                    mark = place.get_mark("answers", rank, "demarches", number)
                    hint = _suggest_kept(node, place.situation, nodes)
                    yield Finding(mark, message, hint)


def _is_surely_absent(node: str, livret: Livret) -> bool:
    """Return whether nothing defines `node`, so that it is no mere consequence of what is told of another file."""
    listed = livret.identifiers
    published = listed.published if listed is not None else []
    is_gone = listed is not None and listed.follow(node) == node
    if published_ids.find_successor(livret, node) or node.partition("/")[0] in (
        published_ids.list_repeating_partners(livret)
    ):  # the change of name is told, with every place
        return False
    if is_gone and any(_is_at_or_below(one, node) for one in published):  # `id-vanished` says so
        return False
    read = {rules.model.id: rules.whole for rules in livret.partners}
    all_are_read = livret.whole and {*livret.booklet.partners} <= {*read}
    return read.get(node.partition("/")[0], all_are_read)


def _suggest_demarche(node: str, livret: Livret, known: frozenset[str]) -> str:
    """Return what to write instead of `node`: its new name, or the nearest id."""
    renamed = livret.identifiers.follow(node) if livret.identifiers is not None else node
    if renamed in known:
        return f"elle s’appelle maintenant « {renamed} »"
    partner, _, rest = node.partition("/")
    own = sorted(one for one in known if one.startswith(f"{partner}/"))
    last = [one for one in own if one.rpartition("/")[2] == rest.rpartition("/")[2]]
    meant = last[0] if len(last) == 1 else find_close_name(node, own or sorted(known))
    return f"vouliez-vous dire « {meant} » ?" if meant else "ôtez cette ligne ; voyez « fs-triage liste »"


def _suggest_kept(node: str, situation: Situation, nodes: frozenset[str]) -> str:
    """Return what to write instead of `node`, which an answer to the question of `situation` names."""
    parts = [one.split("/") for one in situation.demarches]
    known = sorted({"/".join(part[:end]) for part in parts for end in range(1, len(part) + 1)})
    meant = None if node in nodes else find_close_name(node, known)
    return f"vouliez-vous dire « {meant} » ?" if meant else "ajoutez-la aux démarches de la situation"


@check("situation-question", scope=Scope.LIVRET, severity=Severity.BLOCKING)
def find_unsorting_questions(livret: Livret) -> Iterator[Finding]:
    """Une situation pose une question à laquelle on ne peut pas répondre, ou donne des réponses sans question.

    Éviter : « question » sans « réponses », « réponses » sans « question », une seule réponse.
    Préférer : une question et de 2 à 7 réponses qui s’excluent, ou ni l’une ni les autres.
    Pourquoi : la question n’aiderait pas à trier les démarches.
    """
    for place in _list_places(livret):
        count = len(place.situation.answers)
        if place.situation.question is not None and count < 2:
            told = "une seule réponse" if count else "aucune réponse"
            message = f"la question de « {place.situation.id} » a {told}"
            yield Finding(
                place.get_mark("question"), message, "ajoutez-en sous réponses, ou ôtez la question"
            )
        elif place.situation.question is None and count:
            message = f"les réponses de « {place.situation.id} » n’ont pas de question"
            yield Finding(place.get_mark("answers"), message, "ajoutez question, ou ôtez réponses")


@check("situation-twice", scope=Scope.LIVRET, severity=Severity.BLOCKING)
def find_duplicate_situations(livret: Livret) -> Iterator[Finding]:
    """Deux situations, ou deux réponses d’une situation, ont le même identifiant.

    Éviter : deux fois « id: naissance », souvent après un copier-coller.
    Préférer : un identifiant pour chacune.
    Pourquoi : on n’atteindrait jamais la seconde.
    """
    seen: dict[str, Mark] = {}
    for place in _list_places(livret):
        answers: dict[str, Mark] = {}
        own = [(place.situation.id, place.get_mark("id"), seen)]
        own += [
            (answer.id, place.get_mark("answers", rank, "id"), answers)
            for rank, answer in enumerate(place.situation.answers)
        ]
        for identifier, mark, known in own:
            first = known.setdefault(identifier, mark)
            if first != mark:
                message = f"identifiant répété « {identifier} », déjà à la ligne {first.line}"
                yield Finding(mark, message, "changez-en un")


@check("situation-uncovered", scope=Scope.LIVRET, severity=Severity.INCOMPLETE)
def find_uncovered_situations(livret: Livret) -> Iterator[Finding]:
    """Une situation n’a pas de besoin en exemple.

    Éviter : une situation sans « besoins », ou un fichier coupé avant lui.
    Préférer : « besoins: [je viens de déménager] », ce que dirait un usager.
    Pourquoi : c’est l’essai de la situation ; et un fichier coupé au milieu d’une liste ne se verrait pas.
    """
    for place in _list_places(livret):
        if not place.situation.besoin:
            message = f"la situation « {place.situation.id} » n’a pas d’exemple"
            yield Finding(place.get_mark("id"), message, "ajoutez-y besoins, avec les mots d’un usager")


@check("demarche-twice", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_repeated_demarches(livret: Livret) -> Iterator[Finding]:
    """Une situation nomme deux fois la même démarche.

    Éviter : « caf/logement », puis « caf/logement/allocataire », qui est dessous.
    Préférer : chaque démarche une fois, à son rang dans l’ordre où les faire.
    Pourquoi : elle n’est montrée qu’une fois, au premier des deux rangs.
    """
    for place in _list_places(livret):
        demarches = place.situation.demarches
        for rank, node in enumerate(demarches):
            before = next((one for one in demarches[:rank] if _is_at_or_below(node, one)), None)
            if before is not None:
                mark = place.get_mark("demarches", rank)
                line = place.get_mark("demarches", demarches.index(before)).line
                yield Finding(
                    mark, f"démarche « {node} » déjà donnée à la ligne {line}", "ôtez l’une des deux"
                )


@check("situation-words", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_shared_words(livret: Livret) -> Iterator[Finding]:
    """Un mot désigne deux situations, ou deux réponses d’une situation, ou y est écrit deux fois.

    Éviter : « papiers » à la fois pour une perte de papiers et pour un mariage.
    Préférer : « papiers perdus » et « papiers du mariage ».
    Pourquoi : le mot ne dirait pas laquelle est voulue ; on les montrerait toutes.
    """
    seen: dict[frozenset[str], Mark] = {}
    for place in _list_places(livret):
        situation = place.situation
        names = [(word, place.get_mark("words", rank)) for rank, word in enumerate(situation.words)]
        yield from _find_repeated_names([(situation.title, place.get_mark("title")), *names], seen)
        among: dict[frozenset[str], Mark] = {}
        for rank, answer in enumerate(situation.answers):
            names = [
                (word, place.get_mark("answers", rank, "words", number))
                for number, word in enumerate(answer.words)
            ]
            yield from _find_repeated_names(names, among)


def _find_repeated_names(
    names: list[tuple[str, Mark]], seen: dict[frozenset[str], Mark]
) -> Iterator[Finding]:
    """Yield those of `names` that are the same as one `seen`, and add the others to it; a title may be a word too."""
    for rank, (name, mark) in enumerate(names):
        first = seen.setdefault(frozenset(situations.split_words(name)), mark)
        if first != mark and not (rank and first == names[0][1]):
            yield Finding(mark, f"mot « {name} » déjà à la ligne {first.line}", "gardez-le à un endroit")


@check("situation-missed", scope=Scope.SOUND_LIVRET, severity=Severity.ADVICE)
def find_missed_situations(livret: Livret) -> Iterator[Finding]:
    """Le besoin donné en exemple ne mène pas à sa situation.

    Éviter : « besoins: [je change de maison] » quand aucun mot de la situation n’y est.
    Préférer : ajouter à « mots » les mots de ce besoin qui désignent la situation.
    Pourquoi : une situation se trouve par ses mots, et par eux seuls.
    """
    places = _list_places(livret)
    rows = build.list_situations(livret, flatten.flatten_livret(livret)) if places else []
    for place in places:
        for rank, need in enumerate(place.situation.besoin):
            named = [found.row.id for found in situations.find_named(rows, need)]
            if place.situation.id not in named[:1]:
                told = f"mène d’abord à « {named[0]} »" if named else "n’a aucun des mots de la situation"
                message = f"besoin « {need} » : il {told}"
                yield Finding(place.get_mark("besoin", rank), message, "complétez mots, ou changez ce besoin")
