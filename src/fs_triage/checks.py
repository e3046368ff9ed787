"""What pydantic cannot see: rules held against each other. One short generator a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fs_triage.explain import nearest
from fs_triage.load import Livret, PartnerRules
from fs_triage.model import Answer, EscalateAnswer, GotoAnswer, Partner, QuestionAnswer, StepsAnswer
from fs_triage.problem import Problem
from fs_triage.source import place_of

Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A node of a partner: its path inside it, the answer, and where it stands in the file."""

    path: str
    answer: Answer
    location: Location


def spots(rules: PartnerRules) -> Iterator[Spot]:
    """Yield every answer of a partner, in order."""

    def below(prefix: str, answers: list[Answer], location: Location) -> Iterator[Spot]:
        for rank, answer in enumerate(answers):
            here: Location = (*location, "answers", rank)
            yield Spot(prefix + answer.id, answer, here)
            if isinstance(answer, QuestionAnswer):
                yield from below(f"{prefix}{answer.id}/", answer.answers, here)

    yield from below("", rules.model.answers, ())


def at(rules: PartnerRules, location: Location, code: str, message: str, hint: str = "") -> Problem:
    """Return a problem at `location` in the file of a partner."""
    place = place_of(rules.table, location)
    return Problem(place.path, place.line, place.column, code, message, hint)


def duplicate_id(rules: PartnerRules) -> Iterator[Problem]:
    """Two answers of one question have the same id."""
    seen: dict[str, Spot] = {}
    for spot in spots(rules):
        if spot.path in seen:
            first = place_of(rules.table, (*seen[spot.path].location, "id"))
            message = f"identifiant répété « {spot.path} », déjà à la ligne {first.line}"
            yield at(rules, (*spot.location, "id"), "duplicate-id", message, "changez-en un")
        seen.setdefault(spot.path, spot)


def unknown_contact(rules: PartnerRules) -> Iterator[Problem]:
    """A conclusion names a contact that the partner does not have."""
    known = list(rules.model.contacts)
    for spot in spots(rules):
        key = "escalate" if isinstance(spot.answer, EscalateAnswer) else "contacts"
        uses = getattr(spot.answer, key, None) or []
        for rank, use in enumerate(uses):
            if use.contact not in rules.model.contacts:
                place = (*spot.location, key, rank)
                message = f"contact inconnu « {use.contact} »"
                yield at(rules, place, "unknown-contact", message, nearest(use.contact, known))


def unknown_target(rules: PartnerRules) -> Iterator[Problem]:
    """A `goto` or an `if_blocked` leads to a node that does not exist."""
    known = [spot.path for spot in spots(rules)]
    places: list[tuple[Answer | Partner, Location]] = [(rules.model, ())]
    places += [(spot.answer, spot.location) for spot in spots(rules)]
    for answer, location in places:
        for key in ("goto", "if_blocked"):
            target = getattr(answer, key, None)
            if target is not None and target not in known:
                message = f"« {key} » mène à « {target} », qui n’existe pas"
                yield at(rules, (*location, key), "unknown-target", message, nearest(target, known))


def cycle(rules: PartnerRules) -> Iterator[Problem]:
    """A `goto` leads back to itself or to a question it stands under: the walk would never end."""
    answers = {spot.path: spot.answer for spot in spots(rules)}
    for spot in spots(rules):
        if not isinstance(spot.answer, GotoAnswer):
            continue
        seen = [spot.path]
        end: Answer | None = spot.answer
        while isinstance(end, GotoAnswer) and end.goto not in seen:
            seen.append(end.goto)
            end = answers.get(end.goto)
        if isinstance(end, GotoAnswer) or (
            isinstance(end, QuestionAnswer) and f"{spot.path}/".startswith(f"{seen[-1]}/")
        ):
            message = f"« goto » tourne en rond : {' → '.join([*seen, spot.path])}"
            yield at(rules, (*spot.location, "goto"), "cycle", message, "menez à une autre réponse")


def one_value(rules: PartnerRules) -> Iterator[Problem]:
    """A contact has no value, or values of several kinds."""
    for name, contact in rules.model.contacts.items():
        kinds = [kind for kind, _ in contact.kinds]
        if len(kinds) != 1:
            given = " et ".join(f"« {kind} »" for kind in kinds) or "aucun moyen de joindre"
            message = f"contact « {name} » : {given}"
            hint = "gardez exactement un type" if kinds else "ajoutez phone, email, web…"
            yield at(rules, ("contacts", name), "one-value", message, hint)


def no_way_out(rules: PartnerRules) -> Iterator[Problem]:
    """A first-level conclusion neither escalates nor says why there is no second level."""

    def below(answers: list[Answer], location: Location, known: bool) -> Iterator[Problem]:
        for rank, answer in enumerate(answers):
            here: Location = (*location, "answers", rank)
            says = known or answer.if_blocked is not None or answer.no_second_level is not None
            if isinstance(answer, QuestionAnswer):
                yield from below(answer.answers, here, says)
            elif isinstance(answer, StepsAnswer) and not says:
                message = f"« {answer.label} » : rien n’est dit si la démarche bloque"
                yield at(rules, here, "no-way-out", message, "ajoutez if_blocked ou no_second_level")

    model = rules.model
    yield from below(model.answers, (), model.if_blocked is not None or model.no_second_level is not None)


BLOCKING: tuple[Callable[[PartnerRules], Iterator[Problem]], ...] = (
    duplicate_id,
    unknown_contact,
    unknown_target,
    cycle,
    one_value,
    no_way_out,
)


def blocking(livret: Livret) -> list[Problem]:
    """Return the problems that would make the desk give a wrong or an empty answer, sorted."""
    return sorted(problem for rules in livret.partners for check in BLOCKING for problem in check(rules))


def every(livret: Livret) -> list[Problem]:
    """Return every problem of `livret` that the models cannot see, sorted."""
    return blocking(livret)
