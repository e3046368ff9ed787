"""The answers of a partner one by one, each with where it stands in the file: what every check goes through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from fs_triage.rules.load import PartnerRules
from fs_triage.rules.model_partner import Answer, EscalateAnswer, Partner, QuestionAnswer, StepsAnswer
from fs_triage.rules.problem import Problem
from fs_triage.rules.salvage import ANY
from fs_triage.rules.yaml_reader import Place, place_of

Location = tuple[str | int, ...]

MOST = 100  # problems told by one check of one file: whoever has that many has one cause for most of them


@dataclass(frozen=True, slots=True)
class Spot:
    """A node of a partner: its path inside it, the answer, and where it stands in the file."""

    path: str
    answer: Answer
    location: Location


@lru_cache(maxsize=32)
def spots(rules: PartnerRules) -> tuple[Spot, ...]:
    """Return every answer of a partner, in order; kept for a while, since every check goes through them."""

    def below(prefix: str, answers: list[Answer], location: Location) -> Iterator[Spot]:
        for rank, answer in enumerate(answers):
            here: Location = (*location, "answers", rank)
            yield Spot(prefix + answer.id, answer, here)
            if isinstance(answer, QuestionAnswer):
                yield from below(f"{prefix}{answer.id}/", answer.answers, here)

    return tuple(below("", rules.model.answers, ()))


def questions(rules: PartnerRules) -> Iterator[tuple[Partner | QuestionAnswer, Location]]:
    """Yield every question of a partner with where it stands, the first one first."""
    yield rules.model, ()
    for spot in spots(rules):
        if isinstance(spot.answer, QuestionAnswer):
            yield spot.answer, spot.location


def at(rules: PartnerRules, location: Location, code: str, message: str, hint: str = "") -> Problem:
    """Return a problem at `location` in the file of a partner."""
    place = place_of(rules.table, location)
    return Problem(place.path, place.line, place.column, code, message, hint)


def upwards(path: str) -> list[str]:
    """Return `path` and what it stands under, the nearest first."""
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(len(parts), 0, -1)]


def is_lost(rules: PartnerRules, path: str) -> bool:
    """Return whether the answer at `path` was left out because something in it is wrong."""
    return bool(rules.lost) and (ANY in rules.lost or not rules.lost.isdisjoint(upwards(path)))


def conclusions(rules: PartnerRules) -> list[str]:
    """Return the path of every conclusion of a partner, in order."""
    return [spot.path for spot in spots(rules) if isinstance(spot.answer, StepsAnswer | EscalateAnswer)]


def conclusions_below(rules: PartnerRules) -> dict[str, str | None]:
    """Return for each path the conclusion at or below it, None where there are several; not those with none."""
    below: dict[str, str | None] = {}
    for spot in spots(rules):
        path = spot.path if isinstance(spot.answer, StepsAnswer | EscalateAnswer) else ""
        while path:
            below[path] = None if path in below else spot.path
            path = path.rpartition("/")[0]
    return below


def ways_out(rules: PartnerRules) -> dict[str, str]:
    """Return for each path the one, of itself and those it stands under, that says what to do when it blocks."""
    ways = {"": ""}
    for spot in spots(rules):
        own = spot.answer.if_blocked or spot.answer.no_second_level
        ways[spot.path] = spot.path if own else ways[spot.path.rpartition("/")[0]]
    return ways


def where(place: Place) -> tuple[str, int, int]:
    """Return a place as the first fields of a `Problem`."""
    return place.path, place.line, place.column
