"""What the models cannot see and what stops the desk: rules held against each other.

Each check is a short generator named like its code; its docstring is the manual page of that code, of which
`docs/verifications.md` is made. What does not stop the desk is in `advice`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import islice

from fs_triage import values
from fs_triage.load import Livret, PartnerRules
from fs_triage.model import Answer, EscalateAnswer, GotoAnswer, Partner, QuestionAnswer, StepsAnswer
from fs_triage.names import nearest
from fs_triage.problem import Problem
from fs_triage.pruning import ANY, CONTACT
from fs_triage.source import place_of
from fs_triage.spots import Location, Spot, at, is_lost, questions, spots
from fs_triage.words import fold

Proved = Collection[tuple[str, str]]
"""Kinds and values of contacts that were found right before."""

MOST = 100  # problems told by one check of one file: whoever has that many has one cause for most of them


def duplicate_id(rules: PartnerRules) -> Iterator[Problem]:
    """Deux réponses d’une même question ont le même identifiant.

    Éviter : deux fois « id: demande » sous la même question, souvent après un copier-coller.
    Préférer : un identifiant pour chacune, « demande » et « demande-papier ».
    Pourquoi : l’identifiant est l’adresse de la démarche ; on n’atteindrait jamais la seconde.
    """
    seen: dict[str, Spot] = {}
    for spot in spots(rules):
        if spot.path in seen:
            first = place_of(rules.table, (*seen[spot.path].location, "id"))
            message = f"identifiant répété « {spot.path} », déjà à la ligne {first.line}"
            yield at(rules, (*spot.location, "id"), "duplicate-id", message, "changez-en un")
        seen.setdefault(spot.path, spot)


def unknown_contact(rules: PartnerRules) -> Iterator[Problem]:
    """Une conclusion nomme un contact que le partenaire n’a pas.

    Éviter : « escalate: [tel-3320] » quand les contacts disent « tel-3230 ».
    Préférer : l’identifiant exact, tel qu’il est écrit sous « contacts ».
    Pourquoi : le conseiller n’aurait personne à appeler.
    """
    known = list(rules.model.contacts)
    for spot in spots(rules):
        key = "escalate" if isinstance(spot.answer, EscalateAnswer) else "contacts"
        for rank, use in enumerate(getattr(spot.answer, key, None) or []):
            lost = CONTACT + use.contact in rules.lost or CONTACT + ANY in rules.lost
            if use.contact not in rules.model.contacts and not lost:
                place = (*spot.location, key, rank)
                message = f"contact inconnu « {use.contact} »"
                yield at(rules, place, "unknown-contact", message, nearest(use.contact, known))


def unknown_target(rules: PartnerRules) -> Iterator[Problem]:
    """Un « goto » ou un « if_blocked » mène à une réponse qui n’existe pas, ou qui n’est qu’un renvoi.

    Éviter : « if_blocked: bloquage » quand la réponse s’appelle « blocage ».
    Préférer : le chemin exact de la réponse chez ce partenaire, « rsa/demande ».
    Pourquoi : la démarche s’arrêterait sur un cul-de-sac.
    """
    answers = {spot.path: spot.answer for spot in spots(rules)}
    places: list[tuple[Answer | Partner, Location]] = [(rules.model, ())]
    places += [(spot.answer, spot.location) for spot in spots(rules)]
    for answer, location in places:
        for key in ("goto", "if_blocked"):
            target = getattr(answer, key, None)
            if target is None or is_lost(rules, target):
                continue
            end = answers.get(target)
            if end is None:
                message = f"« {key} » mène à « {target} », qui n’existe pas"
                yield at(rules, (*location, key), "unknown-target", message, nearest(target, list(answers)))
            elif key == "if_blocked" and isinstance(end, GotoAnswer):
                message = f"« if_blocked » mène à « {target} », qui n’est qu’un renvoi"
                yield at(rules, (*location, key), "unknown-target", message, f"écrivez « {end.goto} »")


def cycle(rules: PartnerRules) -> Iterator[Problem]:
    """Un « goto » ou un « if_blocked » tourne en rond.

    Éviter : une réponse « rsa » avec « goto: prime », et une réponse « prime » avec « goto: rsa ».
    Préférer : un renvoi vers une réponse qui conclut ou qui pose une autre question.
    Pourquoi : le conseiller reviendrait sans fin au même endroit.
    """
    answers = {spot.path: spot.answer for spot in spots(rules)}
    told: set[str] = set()
    for spot in spots(rules):
        if isinstance(spot.answer, GotoAnswer):
            way = _round(spot.path, answers)
            if way and told.isdisjoint(way):
                told.update(way)
                message = f"« goto » tourne en rond : {' → '.join(way)}"
                yield at(rules, (*spot.location, "goto"), "cycle", message, "menez à une autre réponse")
        elif spot.answer.if_blocked == spot.path:
            message = f"« if_blocked » de « {spot.path} » mène à elle-même"
            yield at(rules, (*spot.location, "if_blocked"), "cycle", message, "menez à une autre réponse")


def _round(start: str, answers: dict[str, Answer]) -> list[str]:
    """Return the way that the `goto` at `start` makes when it comes back; nothing when it does not."""
    way = [start]
    end: Answer | None = answers[start]
    while isinstance(end, GotoAnswer) and end.goto not in way:
        way.append(end.goto)
        end = answers.get(end.goto)
    above = isinstance(end, QuestionAnswer) and start.startswith(f"{way[-1]}/")
    return [*way, start] if above or (isinstance(end, GotoAnswer) and end.goto == start) else []


def contact_kind(rules: PartnerRules) -> Iterator[Problem]:
    """Un contact n’a aucun moyen de joindre, ou en a plusieurs.

    Éviter : « phone » et « email » dans le même contact.
    Préférer : deux contacts, chacun avec un seul moyen, cités l’un après l’autre.
    Pourquoi : l’ordre dans lequel essayer les contacts est celui de la liste ; chacun doit être un seul geste.
    """
    for name, contact in rules.model.contacts.items():
        kinds = [kind for kind, _ in contact.kinds]
        if len(kinds) != 1:
            given = " et ".join(f"« {kind} »" for kind in kinds) or "aucun moyen de joindre"
            message = f"contact « {name} » : {given}"
            hint = "gardez exactement un moyen" if kinds else "ajoutez phone, email, web…"
            yield at(rules, ("contacts", name), "contact-kind", message, hint)


def _wrong_values(
    rules: PartnerRules, kinds: Collection[str], code: str, proved: Proved
) -> Iterator[Problem]:
    for name, contact in rules.model.contacts.items():
        given = [*contact.kinds, *([("hours", contact.hours)] if contact.hours else [])]
        for kind, value in given:
            expected = values.CHECKS[kind](value) if kind in kinds and (kind, value) not in proved else None
            if expected is not None:
                place = ("contacts", name, kind)
                yield at(rules, place, code, f"« {value[:80]} » ne convient pas pour « {kind} »", expected)


def bad_email(rules: PartnerRules, proved: Proved = ()) -> Iterator[Problem]:
    """Une adresse électronique n’en est pas une.

    Éviter : « email: contact(at)cdad-jura.fr », ou deux adresses dans un seul contact.
    Préférer : « email: contact@cdad-jura.fr ».
    Pourquoi : le message ne partirait pas, ou partirait à quelqu’un d’autre.
    """
    yield from _wrong_values(rules, ("email",), "bad-email", proved)


def bad_phone(rules: PartnerRules, proved: Proved = ()) -> Iterator[Problem]:
    """Un numéro de téléphone n’existe pas en France.

    Éviter : « phone: 03 84 25 69 9 », où il manque un chiffre.
    Préférer : « phone: "03 84 25 69 92" », ou un numéro court comme « phone: "3230" ».
    Pourquoi : le conseiller ou l’usager tomberait sur une autre personne, ou sur personne.
    """
    yield from _wrong_values(rules, ("phone",), "bad-phone", proved)


def bad_site(rules: PartnerRules, proved: Proved = ()) -> Iterator[Problem]:
    """L’adresse d’un site n’en est pas une, ou peut nuire.

    Éviter : « web: javascript:alert(1) », « web: file:///etc/passwd », « web: https://nom:secret@caf.fr ».
    Préférer : « web: www.caf.fr » ou « web: https://www.caf.fr/page ».
    Pourquoi : l’adresse est recopiée ou suivie sans être relue ; elle doit être un site, et rien d’autre.
    """
    yield from _wrong_values(rules, ("web", "appointment"), "bad-site", proved)


def bad_hours(rules: PartnerRules, proved: Proved = ()) -> Iterator[Problem]:
    """Des horaires ne suivent pas la syntaxe opening_hours d’OpenStreetMap.

    Éviter : « hours: lundi au vendredi de 8h30 à 19h ».
    Préférer : « hours: Mo-Fr 08:30-19:00 ».
    Pourquoi : des horaires que le programme comprend peuvent être montrés en toutes lettres, sans erreur.
    """
    yield from _wrong_values(rules, ("hours",), "bad-hours", proved)


def no_way_out(rules: PartnerRules) -> Iterator[Problem]:
    """Une démarche de 1er niveau ne dit pas quoi faire quand elle bloque.

    Éviter : des « steps » sans « if_blocked » ni « no_second_level », ni sur la réponse, ni au-dessus.
    Préférer : « if_blocked: blocage » une fois pour tout le partenaire, ou la raison de ne pas en avoir.
    Pourquoi : le conseiller resterait seul avec l’usager devant une démarche qui n’aboutit pas.
    """

    def below(answers: list[Answer], location: Location, known: bool) -> Iterator[Problem]:
        for rank, answer in enumerate(answers):
            here: Location = (*location, "answers", rank)
            says = known or answer.if_blocked is not None or answer.no_second_level is not None
            if isinstance(answer, QuestionAnswer):
                yield from below(answer.answers, here, says)
            elif isinstance(answer, StepsAnswer) and not says:
                message = f"« {answer.label} » : rien n’est dit si la démarche bloque"
                yield at(rules, here, "no-way-out", message, "ajoutez if_blocked ou no_second_level")

    model = rules.model
    yield from below(model.answers, (), model.if_blocked is not None or model.no_second_level is not None)


def same_words(rules: PartnerRules) -> Iterator[Problem]:
    """Deux réponses d’une même question se lisent pareil.

    Éviter : « Faire une demande » deux fois sous la même question.
    Préférer : « Faire une première demande » et « Renouveler une demande ».
    Pourquoi : le conseiller ne pourrait pas les distinguer, et choisirait au hasard.
    """
    for question, location in questions(rules):
        seen: dict[str, int] = {}
        for rank, answer in enumerate(question.answers):
            words = fold(answer.label)
            place = (*location, "answers", rank, "label")
            if words in seen:
                first = place_of(rules.table, (*location, "answers", seen[words], "label"))
                message = f"réponse « {answer.label} » qui se lit comme celle de la ligne {first.line}"
                yield at(rules, place, "same-words", message, "dites ce qui les distingue")
            seen.setdefault(words, rank)


def shared_name(livret: Livret) -> Iterator[Problem]:
    """Deux partenaires portent le même nom.

    Éviter : « impôts » parmi les « keywords » de deux partenaires.
    Préférer : un nom qui ne désigne qu’un partenaire ; l’autre se trouve par ses démarches.
    Pourquoi : ce nom peut remplacer l’identifiant dans un appel, et ne doit mener qu’à un seul endroit.
    """
    seen: dict[str, tuple[str, int]] = {}
    for rules in livret.partners:
        model = rules.model
        names: list[tuple[str, Location]] = [
            (model.id, ("id",)),
            (model.label, ("label",)),
            (model.name, ("name",)),
        ]
        names += [(word, ("keywords", rank)) for rank, word in enumerate(model.keywords)]
        for name, location in names:
            place = place_of(rules.table, location)
            first, line = seen.setdefault(fold(name), (model.id, place.line))
            if first != model.id:
                message = f"« {name} » désigne déjà « {first} » (ligne {line} de son fichier)"
                yield at(rules, location, "shared-name", message, "gardez-le chez un seul partenaire")


LOCAL: tuple[Callable[[PartnerRules], Iterator[Problem]], ...] = (
    duplicate_id,
    unknown_contact,
    unknown_target,
    cycle,
    contact_kind,
    same_words,
)
"""Checks that say nothing wrong of a partner of which something was left out."""

WHOLE: tuple[Callable[[PartnerRules], Iterator[Problem]], ...] = (no_way_out,)
VALUES: tuple[Callable[[PartnerRules, Proved], Iterator[Problem]], ...] = (
    bad_email,
    bad_phone,
    bad_site,
    bad_hours,
)
ACROSS: tuple[Callable[[Livret], Iterator[Problem]], ...] = (shared_name,)


def blocking(livret: Livret, proved: Proved = ()) -> list[Problem]:
    """Return the problems that would make the desk give a wrong or an empty answer, sorted.

    The values of contacts that are in `proved` are not looked at again: that takes libraries that cost a desk
    its patience, and an earlier run has done it.
    """
    problems: list[Problem] = []
    for rules in livret.partners:
        for check in (*LOCAL, *(WHOLE if rules.whole else ())):
            problems += islice(check(rules), MOST)
        for value_check in VALUES:
            problems += islice(value_check(rules, proved), MOST)
    for across in ACROSS:
        problems += islice(across(livret), MOST)
    return sorted(problems)
