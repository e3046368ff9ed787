"""Whether a contact is open at a moment, and until when: from its hours, the moment and the département.

Hours are those of the place that the livret is for: its time, its public holidays.
"""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fs_triage.contract import RULES_UNUSABLE, WRONG_CALL, Failure
from fs_triage.render.hours import render_time
from fs_triage.render.public_holidays import list_holidays
from fs_triage.text.days import MONTHS
from fs_triage.text.fold import fold
from fs_triage.text.typography import quote_input

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_DAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()  # noqa: SIM905

_PARIS = "Europe/Paris"
_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
}
_NUMBER = re.compile(r"\s*(97\d|[0-9][0-9AB])\b", re.IGNORECASE)
_NAMES = {
    "moselle": "57",
    "bas rhin": "67",
    "haut rhin": "68",
    "guadeloupe": "971",
    "martinique": "972",
    "guyane": "973",
    "reunion": "974",
    "saint pierre et miquelon": "975",
    "mayotte": "976",
    "saint barthelemy": "977",
    "saint martin": "978",
}
"""The départements of which the time or the holidays differ, as `fold` writes them."""


class Status(NamedTuple):
    """What to say of a contact at a moment; `next_change` is None where none is known."""

    is_open: bool
    next_change: datetime | None
    text: str


class Clock:
    """A moment in a département, at which hours are read."""

    def __init__(self, departement: str, moment: datetime | None = None) -> None:
        """Take `moment`, in the time of the département where it has no zone of its own; now when it is None.

        `departement` is that of a livret: its number, then its name.
        """
        self._number = _find_number(departement)
        self._zone = _find_zone(self._number)
        moment = moment or datetime.now(self._zone)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._zone).astimezone(UTC)  # what summer skips is an hour later
        self.moment = moment.astimezone(self._zone).replace(second=0, microsecond=0)
        self._found: dict[str, Status | None] = {}

    def find_status(self, hours: str | None) -> Status | None:
        """Return the status of a contact with these hours, None where nothing can be told for sure."""
        if not hours:
            return None
        if hours not in self._found:
            self._found[hours] = self._compute_status(hours)
        return self._found[hours]

    def _compute_status(self, hours: str) -> Status | None:
        from fs_triage.render import timetable  # slow to import, and few contacts have hours

        local = self.moment.replace(tzinfo=None)
        years = range(local.year - 1, (local + timetable.HORIZON).year + 1)
        days = [day for year in years for day in list_holidays(year, self._number)]
        start, end = local.date() - timedelta(days=1), (local + timetable.HORIZON).date()
        found = timetable.find_outlook(hours, local, [day for day in days if start <= day <= end])
        if found is None:
            return None
        change = self._put_in_zone(found.change) if found.change else None
        if found.is_open:
            text = f"Ouvert, jusqu’{self._say_end(change)}" if change else "Ouvert en permanence"
            return Status(True, change, text)
        if change is None or not found.opens:
            return Status(False, change, "Fermé")
        reason = f" (férié le {_render_day(found.holiday)})" if found.holiday else ""
        return Status(False, change, f"Fermé\u00a0: rouvre {self._say_start(change)}{reason}")

    def _put_in_zone(self, change: datetime) -> datetime:
        """Return a local time with its zone; in the hour that winter repeats, the one after the moment."""
        change = change.replace(tzinfo=self._zone)
        return change if change.timestamp() > self.moment.timestamp() else change.replace(fold=1)

    def _say_end(self, change: datetime) -> str:
        """Return until when it is open, as what comes after « jusqu’ »."""
        at_midnight = change.time() == time()
        day = change.date() - timedelta(days=at_midnight)
        hour = "minuit" if at_midnight else render_time(change.hour, change.minute)
        away = (day - self.moment.date()).days
        if away < 7:
            name = "" if away == 0 else "demain " if away == 1 else f"{_DAYS[day.weekday()]} "
            return f"à {name}{hour}"
        return f"au {self._render_far_day(day)} à {hour}"

    def _say_start(self, change: datetime) -> str:
        """Return when it opens again, as what comes after « rouvre »."""
        day, hour = change.date(), render_time(change.hour, change.minute)
        away = (day - self.moment.date()).days
        if away < 7:
            name = "aujourd’hui" if away == 0 else "demain" if away == 1 else _DAYS[day.weekday()]
            return f"{name} à {hour}"
        return f"le {self._render_far_day(day)} à {hour}"

    def _render_far_day(self, day: date) -> str:
        year = "" if day.year == self.moment.year else f" {day.year}"
        return f"{_render_day(day)}{year}"


def build_screen_clock(departement: str, moment: datetime | None = None) -> Clock | None:
    """Return the clock that a screen shows contacts by, None where the machine knows no time zones."""
    try:
        return Clock(departement, moment)
    except Failure:
        return None


def parse_moment(text: str) -> datetime:
    """Return the moment that `--quand` names, without a zone; raises `Failure`."""
    found = re.fullmatch(r"\s*(\d{4})-(\d\d?)-(\d\d?)[ T]+(\d\d?)(?::|h)(\d\d)\s*", text, re.ASCII)
    moment = None
    if found:
        year, month, day, hour, minute = map(int, found.groups())
        with contextlib.suppress(ValueError):
            moment = datetime(year, month, day, hour, minute)
    if moment is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise Failure(
            WRONG_CALL,
            f"--quand attend une date et une heure, comme « 2026-12-25 10:00 », et non {quote_input(text)}.",
        )
    return moment


def _find_zone(number: str) -> ZoneInfo:
    name = _ZONES.get(number, _PARIS)
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        message = (
            f"Ce poste ne connaît pas le fuseau horaire {name}\u00a0; installez le paquet Python « tzdata »."
        )
        raise Failure(RULES_UNUSABLE, message) from None


def _find_number(departement: str) -> str:
    """Return the number that a livret gives of its département, or what its name tells, else nothing."""
    if number := _NUMBER.match(departement):
        return number[1].upper()
    name = fold(departement)
    return next((number for known, number in _NAMES.items() if known in name), "")


def _render_day(day: date) -> str:
    number = "1er" if day.day == 1 else day.day
    return f"{_DAYS[day.weekday()]} {number} {MONTHS[day.month - 1]}"
