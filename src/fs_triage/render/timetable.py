"""Opening hours as spans of time, where it is sure what they say: what opening-hours-py makes of them.

What cannot be told for sure is not told: days without times, times that a comment or the sun changes, school holidays.
What is closed on the Sunday after a public holiday is taken to be closed on that holiday too, as offices are, unless
its hours speak of holidays (`PH`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from opening_hours import OpeningHours, State, validate

HORIZON = timedelta(days=400)
"""How far ahead the next change is looked for: over every season."""

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905
_COMMENT = re.compile(r'"[^"]*"')
_SEPARATOR = re.compile(r"(; |, )")
_FALLBACK = " || "
_DAY = r"(?:PH|(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:-(?:Mo|Tu|We|Th|Fr|Sa|Su)|\[[-1-5,]+\])?)"
_SPAN = r"\d\d:\d\d-\d\d:\d\d"
_RULE = re.compile(
    rf"(?P<season>[\w/, -]+? )??(?P<days>{_DAY}(?:,{_DAY})*)? ?"
    rf'(?P<rest>(?:{_SPAN}(?:,{_SPAN})*)?(?: ?(?:closed|unknown))?(?: ?"c")?)'
)
"""A rule of hours as the library writes it; the season may be months, weeks, dates, years, or `24/7`."""
_NO_SEASON = re.compile(r"\b(?:PH|SH|easter|days?|Mo|Tu|We|Th|Fr|Sa|Su)\b")
_ONE_DATE = re.compile(r"(\d{4} )?[A-Z][a-z]{2} \d{1,2} ")


class Outlook(NamedTuple):
    """Whether it is open at a moment, and until when, None for ever.

    What is closed `opens` then for sure, or only perhaps; `holiday` is the one on which it would else have been open
    before.
    """

    is_open: bool
    change: datetime | None
    opens: bool = False
    holiday: date | None = None


def find_outlook(hours: str, moment: datetime, holidays: Sequence[date]) -> Outlook | None:
    """Return what `hours` say of a local time without a zone; None where they say nothing for sure.

    `holidays` are all those from the day before to `HORIZON` after. A fallback (`|| "sur rendez-vous"`) may say more
    than the hours do whenever they do not say that it is open.
    """
    found = _read_hours(hours)
    if found is None:
        return None
    rules, has_fallback = found
    ordinary = OpeningHours("".join(rules))
    named = any("PH" in rule for rule in rules)
    closed = [day for day in holidays if not named and not _is_open_on(ordinary, _find_sunday(day))]
    if (named or closed) and any(map(_passes_midnight, rules)):
        return None  # whether a holiday cuts a night short is not said
    opening = OpeningHours("".join(_close_on(closed, _name_holidays(rules, holidays))))
    spans = [
        (start, _get_state(state, comment))
        for start, _, state, comment in opening.intervals(moment, moment + HORIZON)
    ]
    state = spans[0][1]
    change, then = next((span for span in spans if span[1] is not state), (None, state))
    if state is State.UNKNOWN or (has_fallback and state is not State.OPEN):
        return None
    if state is State.OPEN or change is None:
        return Outlook(state is State.OPEN, change)
    lost = (day for day in holidays if moment.date() <= day < change.date() and _is_open_on(ordinary, day))
    return Outlook(False, change, opens=then is State.OPEN, holiday=next(lost, None))


def _read_hours(hours: str) -> tuple[list[str], bool] | None:
    """Return the rules of `hours`, a separator between each two, and whether a fallback follows them.

    None where one says what is not known here.
    """
    if not validate(hours):
        return None
    text = str(OpeningHours(hours))  # days and months spelt in one way
    main, fallback, _ = _COMMENT.sub('"c"', text).partition(_FALLBACK)
    parts = _SEPARATOR.split(main)
    if parts != ["24/7"] and not all(map(_is_understood, parts[::2])):
        return None
    return parts, bool(fallback)


def _is_understood(rule: str) -> bool:
    found = _RULE.fullmatch(rule)
    if found is None or not found["rest"]:
        return False
    season, days = found["season"] or "", found["days"] or ""
    if _NO_SEASON.search(season) or (season and "PH" in days):
        return False
    return all(start != end for start, end in _list_spans(rule))  # 24 hours for some readers, none for others


def _passes_midnight(rule: str) -> bool:
    return any(end < start or end > "24:00" for start, end in _list_spans(rule))


def _list_spans(rule: str) -> list[list[str]]:
    return [span.split("-") for span in re.findall(_SPAN, rule)]


def _close_on(days: Sequence[date], rules: Sequence[str]) -> list[str]:
    """Return `rules` with one that closes on `days`, before those that speak of a single date."""
    if not days:
        return [*rules]
    ranks = range(2, len(rules), 2)
    place = next((rank for rank in ranks if _ONE_DATE.match(rules[rank])), len(rules) + 1)
    rule = f"{_list_dates(days)} closed"
    return [*rules[: place - 1], "; ", rule, *rules[place - 1 :]]


def _name_holidays(rules: Sequence[str], holidays: Sequence[date]) -> list[str]:
    """Return `rules` with the dates of the holidays instead of `PH`, in rules of their own beside other days."""
    named: list[str] = []
    separator = "; "
    for rank, rule in enumerate(rules):
        if rank % 2:
            separator = rule
            continue
        found = _RULE.fullmatch(rule)
        days = (found["days"] or "").split(",") if found else []
        pieces = [rule]
        if found and "PH" in days:
            others = ",".join(day for day in days if day != "PH")
            pieces = [f"{part} {found['rest']}" for part in (others, _list_dates(holidays)) if part]
        for piece in pieces:
            named += [separator, piece] if named else [piece]
    return named


def _list_dates(days: Sequence[date]) -> str:
    return ",".join(f"{day.year} {_MONTHS[day.month - 1]} {day.day}" for day in days)


def _find_sunday(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())


def _is_open_on(opening: OpeningHours, day: date) -> bool:
    midnight = datetime.combine(day, time())
    spans = opening.intervals(midnight, midnight + timedelta(days=1))
    return any(state is not State.CLOSED for _, _, state, _ in spans)


def _get_state(state: State, comment: str) -> State:
    """Return a state, unknown where it is open with a comment such as « sur rendez-vous »."""
    return State.UNKNOWN if comment and state is State.OPEN else state
