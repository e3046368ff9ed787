"""Whether a contact is open, said at a moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fs_triage.contract import RULES_UNUSABLE, WRONG_CALL, Failure
from fs_triage.render import opening_status
from fs_triage.render.opening_status import Clock, Status, parse_moment

N = "\u00a0"
OFFICE = "Mo-Fr 08:30-12:30,13:30-17:00"
JURA = "39 Jura"


def find_status(hours: str | None, moment: str, departement: str = JURA) -> Status | None:
    return Clock(departement, parse_moment(moment)).find_status(hours)


def say(hours: str, moment: str, departement: str = JURA) -> str:
    status = find_status(hours, moment, departement)
    return "" if status is None else status.text.replace(N, " ")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-30 08:29", "Fermé : rouvre aujourd’hui à 8h30"),
        ("2026-11-30 08:30", "Ouvert, jusqu’à 12h30"),
        ("2026-11-30 12:29", "Ouvert, jusqu’à 12h30"),
        ("2026-11-30 12:30", "Fermé : rouvre aujourd’hui à 13h30"),
        ("2026-11-30 16:59", "Ouvert, jusqu’à 17h"),
        ("2026-11-30 17:00", "Fermé : rouvre demain à 8h30"),
        ("2026-12-04 18:00", "Fermé : rouvre lundi à 8h30"),  # a Friday
        ("2026-12-05 10:00", "Fermé : rouvre lundi à 8h30"),
        ("2026-12-06 10:00", "Fermé : rouvre demain à 8h30"),
    ],
)
def test_an_office_through_a_week(moment: str, expected: str) -> None:
    assert say(OFFICE, moment) == expected


@pytest.mark.parametrize(
    ("moment", "departement", "expected"),
    [
        ("2026-12-25 10:00", JURA, "Fermé : rouvre lundi à 8h30 (férié le vendredi 25 décembre)"),
        ("2026-12-24 18:00", JURA, "Fermé : rouvre lundi à 8h30 (férié le vendredi 25 décembre)"),
        ("2026-12-31 18:00", JURA, "Fermé : rouvre lundi à 8h30 (férié le vendredi 1er janvier)"),
        ("2026-04-06 10:00", JURA, "Fermé : rouvre demain à 8h30 (férié le lundi 6 avril)"),
        ("2026-08-15 10:00", JURA, "Fermé : rouvre lundi à 8h30"),  # closed anyway: a Saturday
        ("2027-03-26 10:00", JURA, "Ouvert, jusqu’à 12h30"),
        *(
            ("2027-03-26 10:00", name, "Fermé : rouvre mardi à 8h30 (férié le vendredi 26 mars)")
            for name in ("57 Moselle", "67 Bas-Rhin", "68 Haut-Rhin", "Moselle", "Bas-Rhin")
        ),
        ("2029-12-26 10:00", "67 Bas-Rhin", "Fermé : rouvre demain à 8h30 (férié le mercredi 26 décembre)"),
        ("2029-12-20 10:00", "974 La Réunion", "Fermé : rouvre demain à 8h30 (férié le jeudi 20 décembre)"),
        ("2027-05-27 10:00", "971 Guadeloupe", "Fermé : rouvre demain à 8h30 (férié le jeudi 27 mai)"),
        ("2027-05-27 10:00", "972 Martinique", "Ouvert, jusqu’à 12h30"),
    ],
)
def test_public_holidays(moment: str, departement: str, expected: str) -> None:
    assert say(OFFICE, moment, departement) == expected


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("Mo-Fr 09:00-17:00; PH off", "Fermé : rouvre lundi à 9h (férié le vendredi 25 décembre)"),
        ("Mo-Fr 09:00-17:00; PH 10:00-12:00", "Ouvert, jusqu’à 12h"),
        ("Mo-Th,PH 09:00-17:00", "Ouvert, jusqu’à 17h"),
        ("mo-fr 09:00-17:00; PH 10:00-12:00", "Ouvert, jusqu’à 12h"),
        ('Mo-Fr 09:00-17:00; Sa off "PH"', "Fermé : rouvre lundi à 9h (férié le vendredi 25 décembre)"),
        ("Mo-Fr 09:00-17:00; PH,Su off", "Fermé : rouvre lundi à 9h (férié le vendredi 25 décembre)"),
        ("Mo-Fr 09:00-17:00; Dec 25 10:30-12:00", "Fermé : rouvre aujourd’hui à 10h30"),
        ("Mo-Su 09:00-17:00", "Ouvert, jusqu’à 17h"),  # on Sundays too: every day
        ("24/7", "Ouvert en permanence"),
    ],
)
def test_hours_on_christmas_day(hours: str, expected: str) -> None:
    assert say(hours, "2026-12-25 10:00") == expected


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        ("Mo-Su 18:00-24:00", "2026-11-30 20:00", "Ouvert, jusqu’à minuit"),
        ("Mo-Su 20:00-02:00", "2026-11-30 23:00", "Ouvert, jusqu’à demain 2h"),
        ("Mo-Su 20:00-02:00", "2026-12-01 01:00", "Ouvert, jusqu’à 2h"),
        ("Mo[1] 09:00-12:00", "2026-11-30 10:00", "Fermé : rouvre le lundi 7 décembre à 9h"),
        ("Mo[1] 09:00-12:00", "2026-12-28 10:00", "Fermé : rouvre le lundi 4 janvier 2027 à 9h"),
        ("Jul-Aug Mo-Su 09:00-12:00", "2026-11-30 10:00", "Fermé : rouvre le jeudi 1er juillet 2027 à 9h"),
        ("Mo 09:00-12:00", "2026-11-30 12:00", "Fermé : rouvre le lundi 7 décembre à 9h"),
        ("2020 Mo 09:00-12:00", "2026-11-30 10:00", "Fermé"),
    ],
)
def test_midnight_and_what_is_far_away(hours: str, moment: str, expected: str) -> None:
    assert say(hours, moment) == expected


@pytest.mark.parametrize(
    "hours",
    [
        '"sur rendez-vous"',
        'Mo-Fr 09:00-12:00 "sur rendez-vous"',
        "Mo-Fr 09:00-12:00 unknown",
        "Mo-Fr 09:00-12:00; PH,SH off",
        "SH off",
        "Mo-Fr",
        "Mo, Tu 09:00-12:00",
        "Mo-Fr 09:00+",
        "Mo-Fr 12:00-12:00",
        "Mo-Fr 22:00-02:00",  # and the night before a holiday?
        "sunrise-sunset",
        "Mo-Fr 09:00-12:00; PH -1 day off",
        "Mo-Fr 09:00-12:00; easter off",
        "ceci n’est pas un horaire",
    ],
)
def test_what_is_not_sure_is_not_said(hours: str) -> None:
    assert find_status(hours, "2026-11-30 10:00") is None


def test_a_contact_without_hours_has_no_status() -> None:
    assert find_status(None, "2026-11-30 10:00") is None
    assert find_status("", "2026-11-30 10:00") is None


def test_what_is_by_appointment_at_other_times_is_never_said_to_be_closed() -> None:
    hours = 'Mo-Fr 09:00-12:00 || "sur rendez-vous"'
    assert say(hours, "2026-11-30 10:00") == "Ouvert, jusqu’à 12h"
    for moment in ("2026-11-30 13:00", "2026-12-05 10:00", "2026-12-25 10:00"):
        assert find_status(hours, moment) is None


def test_what_opens_only_perhaps_is_not_said_to_open() -> None:
    hours = 'Mo-Fr 09:00-12:00; Sa 09:00-12:00 "sur rendez-vous"'
    status = find_status(hours, "2026-12-04 18:00")
    assert status is not None
    assert (status.is_open, status.text) == (False, "Fermé")


@pytest.mark.parametrize(
    ("moment", "change"),
    [
        ("2026-03-27 18:00", "2026-03-30T08:30:00+02:00"),  # the clocks change on Sunday
        ("2026-10-23 18:00", "2026-10-26T08:30:00+01:00"),
        ("2026-07-01 10:00", "2026-07-01T12:30:00+02:00"),
    ],
)
def test_the_next_change_has_the_offset_of_its_own_day(moment: str, change: str) -> None:
    status = find_status(OFFICE, moment)
    assert status is not None and status.next_change is not None
    assert status.next_change.isoformat() == change


@pytest.mark.parametrize(
    ("instant", "change"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-25T02:45:00+02:00"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2026-10-25T02:45:00+01:00"),
    ],
)
def test_in_the_hour_that_winter_repeats_the_change_is_still_to_come(instant: datetime, change: str) -> None:
    status = Clock(JURA, instant).find_status("Mo-Su 02:00-02:45")
    assert status is not None and status.next_change is not None
    assert status.next_change.isoformat() == change


def test_a_time_that_summer_skips_is_the_one_an_hour_later() -> None:
    assert Clock(JURA, parse_moment("2026-03-29 02:30")).moment.isoformat() == "2026-03-29T03:30:00+02:00"


@pytest.mark.parametrize(
    ("departement", "is_open", "change"),
    [
        (JURA, False, "2026-11-30T08:30:00+01:00"),
        ("974 La Réunion", True, "2026-11-30T12:30:00+04:00"),
        ("971 Guadeloupe", False, "2026-11-30T08:30:00-04:00"),
        ("Mayotte", True, "2026-11-30T12:30:00+03:00"),
        ("998 Les Essais", False, "2026-11-30T08:30:00+01:00"),
    ],
)
def test_hours_are_those_of_the_departement(departement: str, is_open: bool, change: str) -> None:
    status = Clock(departement, datetime(2026, 11, 30, 6, 0, tzinfo=UTC)).find_status(OFFICE)
    assert status is not None and status.next_change is not None
    assert (status.is_open, status.next_change.isoformat()) == (is_open, change)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "UTC"])
def test_now_does_not_depend_on_the_zone_of_the_machine(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        there = Clock(JURA).moment
    finally:
        monkeypatch.undo()
        time.tzset()
    assert abs((datetime.now(UTC) - there).total_seconds()) < 120
    assert there.isoformat()[-6:] in ("+01:00", "+02:00")


@pytest.mark.parametrize(
    "text",
    [
        *("", "demain", "2026-12-25", "10:00", "2026-13-25 10:00", "2026-12-32 10:00", "2026-12-25 24:30"),
        *(
            "2026-12-25 10:60",
            "25/12/2026 10:00",
            "0001-01-01 10:00",
            "9999-12-31 23:59",
            "2026-12-25 10:00 x",
        ),
    ],
)
def test_a_moment_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Failure) as raised:
        parse_moment(text)
    assert raised.value.code == WRONG_CALL
    assert "2026-12-25 10:00" in raised.value.message


@pytest.mark.parametrize("text", ["2026-12-25 10:00", "2026-12-25T10:00", " 2026-12-25  10h00 "])
def test_a_moment_can_be_written_in_these_ways(text: str) -> None:
    assert parse_moment(text) == datetime(2026, 12, 25, 10, 0)


def test_a_machine_without_time_zones_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(opening_status._ZONES, "974", "Indian/Nowhere")
    with pytest.raises(Failure) as raised:
        Clock("974 La Réunion")
    assert raised.value.code == RULES_UNUSABLE
    assert "tzdata" in raised.value.message
