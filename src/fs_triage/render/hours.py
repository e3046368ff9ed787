"""Opening hours in French words."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DAYS = {
    "Mo": "lundi",
    "Tu": "mardi",
    "We": "mercredi",
    "Th": "jeudi",
    "Fr": "vendredi",
    "Sa": "samedi",
    "Su": "dimanche",
    "PH": "jours fériés",
    "SH": "vacances scolaires",
}
_MONTHS = {
    "Jan": "janvier",
    "Feb": "février",
    "Mar": "mars",
    "Apr": "avril",
    "May": "mai",
    "Jun": "juin",
    "Jul": "juillet",
    "Aug": "août",
    "Sep": "septembre",
    "Oct": "octobre",
    "Nov": "novembre",
    "Dec": "décembre",
}
_STATES = {"off": "fermé", "closed": "fermé", "open": "ouvert"}
_WEEKS = {"1-53/2": "semaines impaires", "2-53/2": "semaines paires", "2-52/2": "semaines paires"}
_RANKS = {"1": "1er", "2": "2e", "3": "3e", "4": "4e", "5": "5e", "-1": "dernier"}
_APPOINTMENT = "sur rendez-vous"
_ALWAYS = {"24/7": "tous les jours, 24 heures sur 24"}

_MONTH = "|".join(_MONTHS)
_DATE = rf"(?:{_MONTH}) \d\d?(?:-(?:(?:{_MONTH}) )?\d\d?)?"
_DAY = r"Mo|Tu|We|Th|Fr|Sa|Su"
_DAY_ITEM = rf"PH|SH|(?:{_DAY})(?:-(?:{_DAY})|\[-?[1-5](?:,-?[1-5])*\])?"
_TIME = r"(?:[01]?\d|2[0-3]):[0-5]\d|24:00"
_SPAN = rf"(?:{_TIME})-(?:{_TIME})"
_COMMENT = re.compile(r'"([^"]*)"')
_SEPARATOR = re.compile(r"\s*(\|\||;|,(?=\s))\s*")
_RULE = re.compile(
    rf"(?:(?P<dates>{_DATE}(?:,{_DATE})*)(?: |$)"
    rf"|(?P<months>(?:{_MONTH})(?:-(?:{_MONTH}))?(?:,(?:{_MONTH})(?:-(?:{_MONTH}))?)*)(?: |$))?"
    rf"(?:week (?P<weeks>\S+)(?: |$))?"
    rf"(?:(?P<days>(?:{_DAY_ITEM})(?:,(?:{_DAY_ITEM}))*)(?: |$))?"
    rf"(?P<times>{_SPAN}(?:,{_SPAN})*)? ?(?P<state>off|closed|open)?"
)


def render_hours(hours: str) -> str:
    """Return opening hours (OpenStreetMap syntax) as a counsellor reads them.

    `Mo-Fr 08:30-19:00` gives « lundi à vendredi 8h30-19h ». What has no French here stays as it is: `verifier` refuses
    it.
    """
    found = find_french(hours)
    return hours if found is None else found


def find_french(hours: str) -> str | None:
    """Return opening hours in French, None where a part of them has no words here."""
    comments = iter(_COMMENT.findall(hours))
    parts = _SEPARATOR.split(_COMMENT.sub('"', hours.strip()))
    if parts == [""]:
        return ""
    said = [_render_rule(rule, comments) for rule in parts[::2]]
    if None in said:
        return None
    text = said[0] or ""
    for separator, rule in zip(parts[1::2], said[1:], strict=True):
        text += f"\u00a0; {'sinon ' if separator == '||' else ''}{rule}"
    return text


def _render_rule(rule: str, comments: Iterator[str]) -> str | None:
    """Return a rule, whose comment a `"` stands for, in French; None where there are no words for it."""
    words, mark, rest = rule.partition('"')
    note = next(comments, "") if mark else ""
    words = words.strip()
    if rest or (not words and not note):
        return None
    if not words:
        return note
    text = _ALWAYS.get(words) or _render_words(words, by_appointment=note == _APPOINTMENT)
    if text is None:
        return None
    says_hours = text[-1].isdigit() or text.endswith(("h", *_STATES.values()))
    return text if not note else f"{text} ({note})" if says_hours else f"{text} {note}"


def _render_words(words: str, *, by_appointment: bool) -> str | None:
    found = _RULE.fullmatch(words)
    if found is None:
        return None
    if not (found["times"] or found["state"] or by_appointment):  # days alone would be all of their hours
        return None
    if found["times"] and found["state"] in ("off", "closed"):
        return None
    if found["weeks"] and found["weeks"] not in _WEEKS:
        return None
    if any(start.zfill(5) == end.zfill(5) for start, end in _list_spans(found["times"] or "")):
        return None
    when = [_render_date(date) for date in (found["dates"] or "").split(",") if date]
    when += [_render_months(found["months"])] if found["months"] else []
    when += [_WEEKS[found["weeks"]]] if found["weeks"] else []
    when += [_render_days(found["days"])] if found["days"] else []
    hours = " et ".join(
        f"{_render_time(start)}-{_render_time(end)}" for start, end in _list_spans(found["times"] or "")
    )
    return " ".join(part for part in (", ".join(when), hours or _STATES.get(found["state"], "")) if part)


def _list_spans(times: str) -> list[list[str]]:
    return [span.split("-") for span in times.split(",") if span]


def _render_date(date: str) -> str:
    first, _, last = date.partition("-")
    month, _, day = first.partition(" ")
    if not last:
        return f"le {_render_number(day)} {_MONTHS[month]}"
    last_month, _, last_day = last.rpartition(" ")
    start = _render_number(day) if last_month in ("", month) else f"{_render_number(day)} {_MONTHS[month]}"
    return f"du {start} au {_render_number(last_day)} {_MONTHS[last_month or month]}"


def _render_number(day: str) -> str:
    return "1er" if int(day) == 1 else str(int(day))


def _render_months(months: str) -> str:
    items = [[_MONTHS[name] for name in item.split("-")] for item in months.split(",")]
    said = [_put_from(item[0]) + f" à {item[1]}" if len(item) > 1 else item[0] for item in items]
    return f"en {', '.join(said)}" if all(len(item) == 1 for item in items) else ", ".join(said)


def _put_from(month: str) -> str:
    return f"d’{month}" if month[0] in "ao" else f"de {month}"


def _render_days(days: str) -> str:
    said = []
    if days == "Mo-Su":
        return "tous les jours"
    for item in re.findall(_DAY_ITEM, days):
        day, bracket, ranks = item.rstrip("]").partition("[")
        if bracket:
            said.append(
                f"{' et '.join(_RANKS.get(rank, rank) for rank in ranks.split(','))} {_DAYS[day]} du mois"
            )
        else:
            said.append(" à ".join(_DAYS[name] for name in day.split("-")))
    return ", ".join(said)


def _render_time(time: str) -> str:
    hour, _, minute = time.partition(":")
    return render_time(int(hour), int(minute))


def render_time(hour: int, minute: int) -> str:
    """Return a time of the day: 8h30, 9h."""
    return f"{hour}h{minute:02}" if minute else f"{hour}h"
