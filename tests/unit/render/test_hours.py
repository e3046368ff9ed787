"""Opening hours as they are read."""

from __future__ import annotations

import pytest

from fs_triage.render.hours import render_hours


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("Mo-Fr 08:30-19:00", "lundi à vendredi 8h30-19h"),
        ("Mo-Fr 08:30-12:00,13:30-17:00", "lundi à vendredi 8h30-12h et 13h30-17h"),
        ("Mo,We 09:00-12:00; Sa 10:00-11:05", "lundi, mercredi 9h-12h\u00a0; samedi 10h-11h05"),
        ("Mo-We,Fr 09:00-12:00; PH off", "lundi à mercredi, vendredi 9h-12h\u00a0; jours fériés fermé"),
        ("Su open", "dimanche ouvert"),
        ("24/7", "24/7"),
        ("", ""),
    ],
)
def test_hours_in_french(hours: str, expected: str) -> None:
    assert render_hours(hours) == expected
