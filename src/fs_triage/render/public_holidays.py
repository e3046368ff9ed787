"""The public holidays of France, with those of Alsace-Moselle and of the overseas départements.

They follow from the law alone (Code du travail, L3133-1, L3134-13 and L3422-2; decree 83-1003), so no table has to be
kept up to date. The one in opening-hours-py knows no region, and ends in 2076; the `holidays` package knows regions,
and takes 9 MB and dateutil for what these lines say. Both agree with them, but for the 21st of July of the Antilles,
which the law does not name.
"""

from __future__ import annotations

from datetime import date, timedelta

_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_DAYS_AFTER_EASTER = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday
_GOOD_FRIDAY = -2  # days after Easter; by law, where there is a Protestant church: in nearly every town
_ALSACE_MOSELLE = ("57", "67", "68")
_SAINT_STEPHEN = (12, 26)
_ABOLITIONS = {
    "971": (5, 27),
    "972": (5, 22),
    "973": (6, 10),
    "974": (12, 20),
    "976": (4, 27),
    "977": (10, 9),
    "978": (5, 28),
}
"""The day that remembers the abolition of slavery."""


def list_holidays(year: int, departement: str) -> list[date]:
    """Return the public holidays of `year` in the département with this number, in order."""
    days, after_easter = [*_FIXED], [*_DAYS_AFTER_EASTER]
    if departement in _ALSACE_MOSELLE:
        days.append(_SAINT_STEPHEN)
        after_easter.append(_GOOD_FRIDAY)
    if departement in _ABOLITIONS:
        days.append(_ABOLITIONS[departement])
    easter = _compute_easter(year)
    moving = [easter + timedelta(days=count) for count in after_easter]
    return sorted({*moving, *(date(year, month, day) for month, day in days)})


def _compute_easter(year: int) -> date:
    """Return Easter Sunday, by the algorithm of Butcher (Meeus, Astronomical Algorithms, chapter 8)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_shift + 15) % 30
    leaps, year_rest = divmod(rest, 4)
    weekday = (32 + 2 * century_rest + 2 * leaps - epact - year_rest) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)
