"""The public holidays, against the dates that are published and the table of the library that reads hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from opening_hours import OpeningHours, State

from fs_triage.render.public_holidays import list_holidays

_LAST_YEAR_OF_THE_LIBRARY = 2076


def test_the_holidays_of_a_year() -> None:
    assert [f"{day:%d/%m}" for day in list_holidays(2026, "39")] == [
        *("01/01", "06/04", "01/05", "08/05", "14/05", "25/05"),
        *("14/07", "15/08", "01/11", "11/11", "25/12"),
    ]


@pytest.mark.parametrize(
    ("departement", "more"),
    [
        *((number, ["26/03", "26/12"]) for number in ("57", "67", "68")),
        ("971", ["27/05"]),
        ("972", ["22/05"]),
        ("973", ["10/06"]),
        ("974", ["20/12"]),
        ("976", ["27/04"]),
        ("977", ["09/10"]),
        ("978", ["28/05"]),
        ("975", []),
        ("2A", []),
        ("", []),
    ],
)
def test_the_holidays_that_a_departement_has_besides(departement: str, more: list[str]) -> None:
    everywhere, here = list_holidays(2027, "39"), list_holidays(2027, departement)
    assert [f"{day:%d/%m}" for day in here if day not in everywhere] == more
    assert {*everywhere} <= {*here}


def test_two_holidays_on_one_day_are_one() -> None:
    days = list_holidays(2008, "39")  # Ascension fell on the 1st of May
    assert len(days) == len({*days}) == 10


def test_the_library_knows_the_same_holidays_as_far_as_it_reaches() -> None:
    opening = OpeningHours("PH open", country="FR")
    first, end = datetime(2000, 1, 1), datetime(_LAST_YEAR_OF_THE_LIBRARY + 1, 1, 1)
    known: list[date] = []
    for start, stop, state, _ in opening.intervals(first, end):
        if state is State.OPEN:
            known += [start.date() + timedelta(days=count) for count in range((stop - start).days)]
    assert known == [day for year in range(first.year, end.year) for day in list_holidays(year, "39")]
