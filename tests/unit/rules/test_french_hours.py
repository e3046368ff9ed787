"""Opening hours as people write them: what they become, what is refused, and that a card says the same again."""

from __future__ import annotations

import re

import opening_hours
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fs_triage.render.hours import find_french
from fs_triage.rules.french_hours import HoursMistake, convert_hours, read_hours


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lundi au vendredi 8h30-19h", "Mo-Fr 08:30-19:00"),
        ("du lundi au vendredi de 8h30 à 12h et de 14h à 17h", "Mo-Fr 08:30-12:00,14:00-17:00"),
        ("Ouvert du LUNDI au Vendredi, de 8 h 30 à 12:00.", "Mo-Fr 08:30-12:00"),
        (
            "lun.\u00a0\u2013\u00a0ven. 08h30\u20119h00 / 14\u202fh\u202f\u2014 minuit",
            "Mo-Fr 08:30-09:00,14:00-24:00",
        ),
        ("lundi, mardi et jeudi 9-12h", "Mo,Tu,Th 09:00-12:00"),
        ("le samedi et le dimanche de 10h à midi", "Sa,Su 10:00-12:00"),
        ("8h-12h du lundi au vendredi", "Mo-Fr 08:00-12:00"),
        ("lundi : 9h-12h ; mardi : 14h-17h", "Mo 09:00-12:00; Tu 14:00-17:00"),
        ("lundi et mardi 9h-12h et jeudi 14h-17h", "Mo,Tu 09:00-12:00; Th 14:00-17:00"),
        ("tous les jours 8h-20h", "Mo-Su 08:00-20:00"),
        ("7j/7 8h-20h", "Mo-Su 08:00-20:00"),
        ("24h/24, 7j/7", "24/7"),
        ("7 jours sur 7, 24 heures sur 24", "24/7"),
        ("1er lundi du mois 9h-12h", "Mo[1] 09:00-12:00"),
        ("les premier et 3ème mercredis de chaque mois, 9h-12h", "We[1,3] 09:00-12:00"),
        ("dernier vendredi du mois 14h-17h", "Fr[-1] 14:00-17:00"),
        ("semaines impaires, mardi 14h-17h", "week 1-53/2 Tu 14:00-17:00"),
        ("mardi des semaines paires 14h-17h", "week 2-52/2 Tu 14:00-17:00"),
        ("de septembre à juin, mar. 9h-12h", "Sep-Jun Tu 09:00-12:00"),
        ("en juillet et août, lundi 9h-12h", "Jul,Aug Mo 09:00-12:00"),
        ("du 1er juillet au 31 août, lundi 9h-12h", "Jul 1-Aug 31 Mo 09:00-12:00"),
        ("fermé les jours fériés", "PH off"),
        ("pendant les vacances scolaires 9h-12h", "SH 09:00-12:00"),
        ("lundi 9h-12h sauf jours fériés", "Mo 09:00-12:00; PH off"),
        ("lundi 9h-12h (hors vacances scolaires)", "Mo 09:00-12:00; SH off"),
        ("du lundi au vendredi sauf le mercredi 9h-12h", "Mo-Fr 09:00-12:00; We off"),
        ("fermé en août, lundi 9h-12h", "Mo 09:00-12:00; Aug off"),
        ("lundi 9h-12h, fermé le mercredi et en août", "Mo 09:00-12:00; We off; Aug off"),
        ("lundi 9h-12h, fermé le 25 décembre et le 1er janvier", "Mo 09:00-12:00; Dec 25,Jan 1 off"),
        ("le 24 décembre 9h-11h ; fermé du 20 au 31 décembre", "Dec 20-31 off; Dec 24 09:00-11:00"),
        ("uniquement sur RDV", '"sur rendez-vous"'),
        ("lundi 9h-12h et sur rendez-vous", 'Mo 09:00-12:00 || "sur rendez-vous"'),
        ("lundi au vendredi 24h/24", "Mo-Fr 00:00-24:00"),
        ("lundi 9h-12h (bureau #3)", 'Mo 09:00-12:00 "bureau #3"'),
        ("dimanche et jours fériés 9h-12h", "Su 09:00-12:00; PH 09:00-12:00"),
        ("lundi 9h-12h ; sur rendez-vous", 'Mo 09:00-12:00 || "sur rendez-vous"'),
        ("lundi 9h-12h, sur rendez-vous", 'Mo 09:00-12:00 "sur rendez-vous"'),
        ("lundi 9h-12h, samedi sur rendez-vous", 'Mo 09:00-12:00; Sa "sur rendez-vous"'),
        ("lundi 9h-12h (en mairie ; au 1er)", 'Mo 09:00-12:00 "en mairie ; au 1er"'),
        ("lundi 22h-2h", "Mo 22:00-02:00"),
        ("lundi 0h-24h", "Mo 00:00-24:00"),
        ("lundi 9h-12h ; en août, lundi 10h-11h", "Mo 09:00-12:00; Aug Mo 10:00-11:00"),
        (
            "semaines paires, lundi 9h-12h ; semaines impaires, lundi 14h-17h",
            "week 2-52/2 Mo 09:00-12:00; week 1-53/2 Mo 14:00-17:00",
        ),
    ],
)
def test_hours_as_people_write_them(text: str, expected: str) -> None:
    assert read_hours(text) == expected
    check_said_again(expected)


def check_said_again(hours: str) -> None:
    said = find_french(hours)
    assert opening_hours.validate(hours) and said is not None, hours
    outside = re.sub(r"\([^()]*\)", "", said)
    assert not re.search(r"  |[\[\]|/\"]|\b(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH|week|off)\b", outside), said
    assert read_hours(said) == hours


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("samedi matin", "« matin » ne dit pas les heures ; écrivez par exemple « samedi 9h-12h »"),
        ("dernier vendredi du mois", "écrivez par exemple « dernier vendredi du mois 9h-12h »"),
        ("9h-12h", "écrivez par exemple « tous les jours 9h-12h »"),
        ("en août, 9h-12h", "« en août, tous les jours 9h-12h »"),
        ("lundi 9h", "le début et la fin"),
        ("lundi 9h-25h", "« 25h00 » n’est pas une heure"),
        ("lundi 9h60-12h", "« 9h60 » n’est pas une heure"),
        ("lundi 12h-12h", "commencent quand elles finissent"),
        ("lundi 0h-0h", "commencent"),
        ("lundi 24h-2h", "commencent"),
        ("lundi 9h-12h et 11h-14h", "se chevauchent"),
        ("lundi 22h-2h et 1h-3h", "se chevauchent"),
        ("lundi 14h-17h et 9h-12h", "dans l’ordre"),
        ("lundi au vendredi 9h-12h ; lundi 14h-17h", "dit deux fois"),
        ("lundi 9h-12h ; 1er lundi du mois 14h-17h", "dit deux fois"),
        ("lundi au mercredi, mardi 9h-12h", "dit deux fois"),
        ("lundi au lundi 9h-12h", "deux jours différents"),
        ("le 31 juin fermé", "n’a pas de 31"),
        ("fermé", "dites de quels jours"),
        ("fermé le lundi, mardi 9h-12h", "séparez par « ; »"),
        ("pendant les vacances scolaires, mercredi 14h-17h", "vacances à part"),
        ("fermé le mercredi pendant les vacances scolaires", "ne se comprend pas ici"),
        ("mercredi fermé ; samedi", "il manque les heures"),
        ("en semaine 9h-12h", "« en » ne se comprend pas ici"),
        ('lundi 9h-12h (voir l\'"accueil")', "sans guillemets"),
        ("samedi (au marché)", "il manque les heures"),
        ("Mo-Fr 09:00-12:00", "« Mo-Fr » ne se comprend pas ici"),
        ("", "attendu"),
    ],
)
def test_what_leaves_a_doubt_is_refused_with_what_can_be_written(text: str, expected: str) -> None:
    with pytest.raises(HoursMistake) as caught:
        read_hours(text)
    assert expected in str(caught.value).replace("\u00a0", " ")
    assert convert_hours(text) == text


_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_times = st.integers(0, 96).map(lambda quarter: f"{quarter // 4}h{quarter % 4 * 15:02}")
_spans = st.lists(st.tuples(_times, _times).map("-".join), min_size=1, max_size=3).map(" et ".join)
_days = st.lists(st.sampled_from(_DAYS), min_size=1, max_size=3, unique=True)
_when = st.one_of(
    _days.map(", ".join),
    _days.map(" au ".join),
    st.tuples(st.sampled_from(["1er", "2e", "1er et 3e", "dernier"]), st.sampled_from(_DAYS)).map(" ".join),
    st.sampled_from(
        [
            "tous les jours",
            "jours fériés",
            "semaines paires, lundi",
            "de mai à août, mardi",
            "en mai, juin, jeudi",
        ]
    ),
    st.sampled_from(["le 24 décembre", "du 24 au 31 décembre", "du 20 décembre au 3 janvier", "week-end"]),
)
_what = st.one_of(_spans, st.sampled_from(["fermé", "sur rendez-vous"]))
_rule = st.tuples(_when, _what, st.sampled_from(["", "", " (en mairie)", ", sur rendez-vous"])).map(
    lambda parts: f"{parts[0]} {parts[1]}{parts[2]}"
)
_hours = st.lists(_rule, min_size=1, max_size=3).map(" ; ".join)


@settings(deadline=None, max_examples=300)  # the first call imports the library
@given(st.one_of(_hours, st.text("lundimar 0123456789h-,;()/à", max_size=30)))
def test_what_is_accepted_is_said_in_french_that_reads_the_same(text: str) -> None:
    hours = convert_hours(text)
    if hours != text:
        check_said_again(hours)
