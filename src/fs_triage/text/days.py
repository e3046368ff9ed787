"""Days as people write them, in French, and as files and calls do: `2026-11-29`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()  # noqa: SIM905


_DURATION = r"([1-9][0-9]{0,2}) ?(jours?|mois|ans?)"


def render_day(day: date) -> str:
    """Return a day in French: « 1er mars 2026 »."""
    return render_written_day(day.isoformat())


def render_written_day(text: str) -> str:
    """Return the day that `text` writes as `2026-03-01` in French: « 1er mars 2026 »."""
    year, month, day = map(int, text.split("-"))
    return f"{'1er' if day == 1 else day} {MONTHS[month - 1]} {year}"


def parse_day(text: str) -> date | None:
    """Return the day that `text` writes as `2026-11-29`, None when it writes none."""
    import re
    from datetime import date

    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def guess_day(text: str) -> str | None:
    """Return how a day that is written otherwise in French (`29/11/2026`, « 29 novembre 2026 ») is to be written."""
    import re

    from fs_triage.text.fold import fold

    parts = re.findall(r"[a-z]+|[0-9]+", fold(text).replace("1er", "1"))
    months = {fold(name): str(rank) for rank, name in enumerate(MONTHS, 1)}
    parts = [months.get(part, part) for part in parts]
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    day, month, year = parts if len(parts[2]) == 4 else reversed(parts)
    written = f"{year}-{month:0>2}-{day:0>2}"
    return written if parse_day(written) else None


def parse_duration(text: str) -> tuple[int, str] | None:
    """Return the number and the unit (`j`, `m` or `a`) of a duration such as « 12 mois », None when it is none."""
    import re

    found = re.fullmatch(_DURATION, " ".join(text.split()))
    return (int(found[1]), found[2][0]) if found else None


def add_duration(day: date, duration: str) -> date:
    """Return the day that comes `duration` (« 12 mois ») after `day`; the last of a shorter month."""
    from calendar import monthrange
    from datetime import timedelta

    number, unit = parse_duration(duration) or (0, "j")
    if unit == "j":
        return day + timedelta(days=number)
    years, month = divmod(day.month - 1 + number * (12 if unit == "a" else 1), 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))
