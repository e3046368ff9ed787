"""Opening hours as they are read."""

from __future__ import annotations

import pytest

from fs_triage.render.hours import find_french, render_hours


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("Mo-Fr 08:30-19:00", "lundi à vendredi 8h30-19h"),
        ("Mo-Fr 08:30-12:00,13:30-17:00", "lundi à vendredi 8h30-12h et 13h30-17h"),
        ("Mo,We 09:00-12:00; Sa 10:00-11:05", "lundi, mercredi 9h-12h\u00a0; samedi 10h-11h05"),
        ("Mo-We,Fr 09:00-12:00; PH off", "lundi à mercredi, vendredi 9h-12h\u00a0; jours fériés fermé"),
        ("Su open", "dimanche ouvert"),
        ("Mo-Su 08:00-20:00", "tous les jours 8h-20h"),
        ('Mo 09:00-12:00; Sa "sur rendez-vous"', "lundi 9h-12h\u00a0; samedi sur rendez-vous"),
        ('Mo 09:00-12:00 "sur rendez-vous"', "lundi 9h-12h (sur rendez-vous)"),
        ("Dec 25,Jan 1 off", "le 25 décembre, le 1er janvier fermé"),
        ("Sep-Jun week 1-53/2 Tu 14:00-17:00", "de septembre à juin, semaines impaires, mardi 14h-17h"),
        ("24/7", "tous les jours, 24 heures sur 24"),
        ("09:00-12:00", "9h-12h"),
        ("Mo-Fr 9:00-24:00", "lundi à vendredi 9h-24h"),
        ("Mo-Fr 09:00-12:00, Sa 10:00-12:00", "lundi à vendredi 9h-12h\u00a0; samedi 10h-12h"),
        ("Mo[1] 09:00-12:00", "1er lundi du mois 9h-12h"),
        ("We[1,3],Fr[-1] 09:00-12:00", "1er et 3e mercredi du mois, dernier vendredi du mois 9h-12h"),
        ("week 1-53/2 Mo 09:00-12:00", "semaines impaires, lundi 9h-12h"),
        ("Jan-Mar Mo-Fr 09:00-12:00", "de janvier à mars, lundi à vendredi 9h-12h"),
        ("Apr-Jun 09:00-12:00", "d’avril à juin 9h-12h"),
        ("Jul,Aug off", "en juillet, août fermé"),
        ("Mo 09:00-12:00; Dec 24-31 off", "lundi 9h-12h\u00a0; du 24 au 31 décembre fermé"),
        ("Mo 09:00-12:00; Dec 24-Jan 1 off", "lundi 9h-12h\u00a0; du 24 décembre au 1er janvier fermé"),
        ("Mo 09:00-12:00; Dec 25 closed", "lundi 9h-12h\u00a0; le 25 décembre fermé"),
        (
            "Mo-Fr 09:00-12:00; PH,SH off",
            "lundi à vendredi 9h-12h\u00a0; jours fériés, vacances scolaires fermé",
        ),
        ('Mo-Fr 09:00-12:00 || "sur rendez-vous"', "lundi à vendredi 9h-12h\u00a0; sinon sur rendez-vous"),
        ('Mo 09:00-12:00 "en mairie; au 1er"; Tu off', "lundi 9h-12h (en mairie; au 1er)\u00a0; mardi fermé"),
        ('"sur rendez-vous"', "sur rendez-vous"),
        ("", ""),
    ],
)
def test_hours_in_french(hours: str, expected: str) -> None:
    assert render_hours(hours) == expected


@pytest.mark.parametrize(
    "hours",
    [
        *(
            "Mo-Fr 09:00-25:00",
            "Mo-Fr 12:00-12:00",
            "Mo-Fr 9:00-09:00",
            "week 3 Mo 09:00-12:00",
            "Mo-Fr",
            "Mo, Tu 09:00-12:00",
        ),
        *(
            "sunrise-sunset",
            "Mo 09:00+",
            "2026 Mo 09:00-12:00",
            "easter off",
            "PH -1 day off",
            "Mo 09:00-12:00 unknown",
        ),
        *("Mo 09:00-12:00;", "; Mo 09:00-12:00", "Mo 09:00-12:00 off", "lundi 9h"),
    ],
)
def test_hours_without_french_are_shown_as_they_are_and_told_apart(hours: str) -> None:
    assert find_french(hours) is None
    assert render_hours(hours) == hours
