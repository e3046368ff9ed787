"""Opening hours in French words."""

from __future__ import annotations

_DAYS = {
    "Mo": "lundi",
    "Tu": "mardi",
    "We": "mercredi",
    "Th": "jeudi",
    "Fr": "vendredi",
    "Sa": "samedi",
    "Su": "dimanche",
    "PH": "jours fériés",
}
_STATES = {"off": "fermé", "open": "ouvert"}


def render_hours(hours: str) -> str:
    """Return opening hours (OpenStreetMap syntax) as a counsellor reads them.

    `Mo-Fr 08:30-19:00` gives « lundi à vendredi 8h30-19h ». What is not days and times stays as it is.
    """
    rules = [rule.strip() for rule in hours.split(";")]
    return "\u00a0; ".join(" ".join(_render_part(part) for part in rule.split(" ") if part) for rule in rules)


def _render_part(part: str) -> str:
    if part[:2] in _DAYS:
        return ", ".join(
            " à ".join(_DAYS.get(day, day) for day in days.split("-")) for days in part.split(",")
        )
    if part[:1].isdigit():
        return " et ".join(
            "-".join(_render_time(time) for time in span.split("-")) for span in part.split(",")
        )
    return _STATES.get(part, part)


def _render_time(time: str) -> str:
    hour, _, minute = time.partition(":")
    return render_time(int(hour), int(minute)) if hour.isdigit() and minute.isdigit() else time


def render_time(hour: int, minute: int) -> str:
    """Return a time of the day: 8h30, 9h."""
    return f"{hour}h{minute:02}" if minute else f"{hour}h"
