"""`journal` and `bilan`, as a house calls them."""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Call
from jsonschema import Draft202012Validator
from terminal import GUICHET

from fs_triage.counts.journal import Demand, Journal, Need
from fs_triage.desk.outcome import NOT_COVERED, NOT_UNDERSTOOD, PASSED_ON, SETTLED
from fs_triage.files import folders

HOUSE = "France services de Lons"
Keep = Callable[..., None]
SCHEMA = Draft202012Validator(json.loads((ROOT / "docs" / "reponse.schema.json").read_text("utf-8")))


@pytest.fixture
def desk(call: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call the program at a desk of its own, on the livret of the tests."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("FS_TRIAGE_REGLES", str(GUICHET))
    configure(tmp_path, f'maison = "{HOUSE}"\n')
    return call


def configure(home: Path, text: str) -> None:
    folder = home / ".config" / "fs-triage"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / ".local" / "share" / "fs-triage"


@pytest.fixture
def keep(data: Path) -> Keep:
    """Put rows into the journal: `keep(7, "mairie/naissance", SETTLED, week="2026-11-23", house=HOUSE)`."""

    def add(times: int, demarche: str, outcome: str, week: str = "2026-11-23", house: str = HOUSE) -> None:
        day = date.fromisoformat(week)
        Journal(data).add([Demand(uuid.uuid4(), day, house, demarche, outcome) for _ in range(times)], [])

    return add


@pytest.fixture
def counted(keep: Keep) -> None:
    """A few weeks of the livret of the tests."""
    keep(12, "mairie/naissance", SETTLED)
    keep(3, "mairie/naissance", PASSED_ON, "2026-11-16")
    keep(6, "mairie/bloque/urgence", PASSED_ON, "2026-11-16")
    keep(20, "prefecture/permis", SETTLED, "2026-11-30")
    keep(9, "", NOT_COVERED)
    keep(1, "", NOT_UNDERSTOOD)
    keep(7, "ancienne/fiche", SETTLED)


def test_nothing_is_counted_until_the_house_says_so(desk: Call, data: Path) -> None:
    assert not folders.is_journal_on()
    code, out, _ = desk("journal")
    assert (code, out.splitlines()[0]) == (
        0,
        "Le journal est arrêté\u00a0; «\u00a0fs-triage journal --activer\u00a0» le met en marche.",
    )
    code, out, err = desk("bilan")
    assert (code, out) == (1, "") and "fs-triage journal --activer" in err
    assert not data.exists()


def test_to_begin_says_what_is_kept(desk: Call, tmp_path: Path) -> None:
    code, out, _ = desk("journal", "--activer")
    assert code == 0 and folders.is_journal_on()
    for said in (
        "la semaine",
        HOUSE,
        "la démarche",
        "non comprise",
        "ni texte, ni heure, ni personne",
        "reste sur ce poste",
    ):
        assert said in out
    configure(tmp_path, 'comptes = "postgresql://poste@serveur/base"\n')
    code, out, _ = desk("journal", "--activer")
    assert "comptes du département" in out and "maison = " in out and "reste sur ce poste" not in out


@pytest.mark.usefixtures("counted")
def test_what_is_kept_is_shown_whole(desk: Call, data: Path) -> None:
    need = Need(uuid.uuid4(), date(2026, 11, 23), HOUSE, "un logement", NOT_COVERED)
    Journal(data).add([], [need])
    code, out, _ = desk("journal", "--voir")
    assert code == 0
    for line in (
        f"semaine du 16/11/2026 – {HOUSE} – mairie/naissance – transmis\u00a0: 3",
        f"semaine du 23/11/2026 – {HOUSE} – aucune démarche – non compris\u00a0: 1",
        f"semaine du 23/11/2026 – {HOUSE} – un logement",
    ):
        assert line in out.splitlines()
    answer = json.loads(desk("journal", "--json")[1])
    SCHEMA.validate(answer)
    row = {
        "week": "2026-11-16",
        "house": HOUSE,
        "demarche": "mairie/naissance",
        "outcome": "passed_on",
        "count": 3,
    }
    assert row in answer["journal"]
    assert (answer["active"], answer["waiting"], answer["needs"][0]["text"]) == (False, 59, "un logement")


@pytest.mark.usefixtures("counted")
def test_to_stop_keeps_what_is_there_and_to_erase_leaves_nothing(desk: Call, data: Path) -> None:
    desk("journal", "--activer")
    assert desk("journal", "--arreter")[0] == 0
    assert not folders.is_journal_on()
    assert "mairie/naissance" in desk("journal", "--voir")[1]
    assert desk("journal", "--effacer")[0] == 0
    assert [*data.iterdir()] == []
    assert "Rien n’est gardé." in desk("journal", "--voir")[1]
    assert desk("journal", "--effacer")[0] == desk("journal", "--arreter")[0] == 0


def test_what_cannot_be_read_can_be_erased(desk: Call, data: Path, keep: Keep) -> None:
    keep(1, "mairie/naissance", SETTLED)
    with sqlite3.connect(data / "journal.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    code, _, err = desk("journal", "--voir")
    assert code == 2 and "plus récente" in err
    assert desk("journal", "--effacer")[0] == 0
    assert [*data.iterdir()] == []


def test_a_damaged_journal_that_was_set_aside_unseen_is_told(desk: Call, data: Path) -> None:
    data.mkdir(parents=True)
    (data / "journal.sqlite").write_bytes(b"garbage" * 2000)
    assert Journal(data).list_waiting(1) == ([], [])
    [aside] = data.glob("journal-abime-*")
    assert str(aside) in desk("journal", "--voir")[1]
    desk("journal", "--effacer")
    assert not aside.exists()


def test_to_erase_says_what_had_not_left_yet(desk: Call, keep: Keep, tmp_path: Path) -> None:
    keep(4, "mairie/naissance", SETTLED)
    configure(tmp_path, 'comptes = "postgresql://poste@serveur/base"\n')
    out = desk("journal", "--effacer")[1]
    assert "parties au département\u00a0: 4." in out and "y reste" in out


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines(), delimiter=";"))


@pytest.mark.usefixtures("counted")
def test_a_report_by_each_grouping(desk: Call) -> None:
    head = ["réglé sur place", "transmis", "hors du livret", "non compris", "Total"]
    assert rows(desk("bilan", "--csv", "--par", "partenaire")[1]) == [
        ["Partenaire", *head],
        ["Mairie", "12", "9", "0", "0", "21"],
        ["Préfecture", "20", "0", "0", "0", "20"],
        ["aucun partenaire", "0", "0", "masqué", "< 5", "10"],
        ["ancienne", "7", "0", "0", "0", "7"],
        ["Total", "39", "9", "masqué", "< 5", "58"],
    ]
    labels = [row[0] for row in rows(desk("bilan", "--csv", "--par", "demarche")[1])]
    assert {"Mairie\u00a0: Déclarer une naissance", "ancienne/fiche", "aucune démarche"} <= {*labels}
    weeks = rows(desk("bilan", "--csv", "--par", "semaine")[1])
    assert [row[0] for row in weeks] == ["Semaine du", "16/11/2026", "23/11/2026", "30/11/2026", "Total"]
    assert [row[0] for row in rows(desk("bilan", "--csv", "--par", "maison")[1])] == [
        "Maison",
        HOUSE,
        "Total",
    ]


@pytest.mark.usefixtures("counted")
def test_from_the_week_of_a_day_on(desk: Call) -> None:
    for day in ("2026-11-23", "2026-11-29"):
        answer = json.loads(desk("bilan", "--json", "--depuis", day, "--par", "semaine")[1])
        SCHEMA.validate(answer)
        assert answer["since"] == "2026-11-23"
        assert [row["key"] for row in answer["counts"]] == ["2026-11-23", "2026-11-30"]
    assert desk("bilan", "--depuis", "2027-01-01")[0] == 1
    for wrong in ("hier", "2026-13-01", "23/11/2026", ""):
        code, _, err = desk("bilan", "--depuis", wrong)
        assert code == 2 and "2026-09-01" in err and len(err.splitlines()) == 1


def test_what_leaves_the_house_hides_small_counts_and_what_would_tell_them(
    desk: Call, keep: Keep, tmp_path: Path
) -> None:
    keep(12, "mairie/naissance", SETTLED)
    keep(3, "mairie/naissance", PASSED_ON)
    keep(8, "prefecture/permis", SETTLED)
    keep(7, "prefecture/permis", PASSED_ON)
    page = tmp_path / "bilan.html"
    assert desk("bilan", "--html", str(page))[0] == 0
    answer = json.loads(desk("bilan", "--json")[1])
    SCHEMA.validate(answer)
    [mairie] = [row for row in answer["counts"] if row["key"] == "mairie"]
    assert (mairie["passed_on"], mairie["not_in_livret"]) == (None, 0)
    assert None in (mairie["settled"], mairie["total"])
    assert None in (
        answer["total"]["passed_on"],
        *[row["passed_on"] for row in answer["counts"] if row is not mairie],
    )
    for text in (desk("bilan", "--csv")[1], desk("bilan")[1]):
        [line] = [line for line in rows(text) if line[0] == "Mairie"]
        assert line[2] == "< 5"
        assert "masqué" in line
    text = page.read_text("utf-8")
    assert "&lt;\u00a05" in text and ">3<" not in text and "masqué" in text


def test_a_terminal_shows_all_to_the_house(desk: Call, keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(12, "mairie/naissance", SETTLED)
    keep(3, "mairie/naissance", PASSED_ON)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    out = desk("bilan")[1]
    assert "Mairie\u00a0: 15 (réglé sur place 12, transmis 3)" in out


def test_a_name_is_text_in_a_page_and_no_formula_in_a_spreadsheet(
    desk: Call, keep: Keep, tmp_path: Path
) -> None:
    keep(6, "mairie/naissance", SETTLED, house="=HYPERLINK(1)")
    keep(6, "mairie/naissance", SETTLED, house="<b>Lons</b>; « Est »")
    keep(6, "mairie/naissance", SETTLED, house="")
    hostile = ("+1", "-1", "@x", "\t=1", "\r=1", "\u00a0=1", "\uff1d1", "\n=1")
    for house in (*hostile, "a\x1b[2J\u202eb\nc"):
        keep(6, "mairie/naissance", SETTLED, house=house)
    page = tmp_path / "bilan.html"
    desk("bilan", "--par", "maison", "--html", str(page))
    text = page.read_text("utf-8")
    assert "&lt;b&gt;Lons" in text and "\x1b" not in text and "\u202e" not in text
    labels = [row[0] for row in rows(desk("bilan", "--par", "maison", "--csv")[1])]
    assert {"'=HYPERLINK(1)", "<b>Lons</b>; « Est »", "maison sans nom"} <= {*labels}
    assert "a\\u001b[2J\\u202eb c" in labels
    assert len([label for label in labels if label.startswith("'")]) == 1 + len(hostile)


def keep_needs(data: Path, *texts: str) -> None:
    needs = [Need(uuid.uuid4(), date(2026, 11, 23), HOUSE, text, NOT_UNDERSTOOD) for text in texts]
    Journal(data).add([], needs)


def test_needs_become_lines_of_the_livret(desk: Call, data: Path) -> None:
    texts = ['un "zzyx" : #2', "- wxqz", "Blorp zzyx", "blorp zzyx", "yes"]
    keep_needs(data, *texts, "je viens déclarer une naissance")
    code, out, _ = desk("bilan", "--besoins")
    assert code == 0 and "besoins/hors-livret.yaml" in out
    lines = yaml.safe_load(f"besoins:\n{out}")["besoins"]
    assert lines[0] == "Blorp zzyx"
    assert {*lines} == {'un "zzyx" : #2', "- wxqz", "Blorp zzyx", "yes"}
    answer = json.loads(desk("bilan", "--besoins", "--json")[1])
    SCHEMA.validate(answer)
    assert answer["unanswered"][0] == {"text": "Blorp zzyx", "topic": None}


WRONG_CALLS = [
    (("journal", "--activer", "--arreter"), "--activer et --arreter"),
    (("journal", "--effacer", "--json"), "--voir"),
    (("journal", "--envoyer"), "comptes = "),
    (("bilan", "--comptes"), "comptes = "),
    (("bilan", "--par", "jour"), "partenaire, demarche, semaine, maison"),
    (("bilan", "--csv", "--json"), "ne vont pas ensemble"),
    (("bilan", "--csv", "--besoins"), "--besoins ne va"),
    (("bilan", "--besoins", "--par", "semaine"), "--besoins ne va"),
    (("bilan", "--preparer", "mysql://poste@serveur/base"), "postgresql://"),
    (("bilan", "--preparer", "n'importe quoi"), "postgresql://"),
    (("bilan", "--preparer", "postgresql://poste:secret@[::1/base"), "postgresql://"),
    (("bilan", "--preparer", f"postgresql://poste:secret@{'h' * 99}/base"), "postgresql://"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG_CALLS, ids=[" ".join(call) for call, _ in WRONG_CALLS])
def test_a_call_that_makes_no_sense_says_what_does(desk: Call, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = desk(*arguments)
    assert (code, out) == (2, "")
    assert said in err and len(err.splitlines()) == 1 and "secret" not in err


def test_a_page_that_cannot_be_written(desk: Call, keep: Keep, tmp_path: Path) -> None:
    keep(6, "mairie/naissance", SETTLED)
    code, _, err = desk("bilan", "--html", str(tmp_path / "absent" / "bilan.html"))
    assert code == 74 and "bilan.html" in err


def test_without_the_extra_a_sentence_says_what_to_install(
    desk: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(tmp_path, 'comptes = "postgresql://poste@serveur/base"\n')
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    monkeypatch.delitem(sys.modules, "fs_triage.counts.server", raising=False)
    monkeypatch.delattr("fs_triage.counts.server", raising=False)
    code, _, err = desk("bilan", "--comptes")
    assert code == 2 and 'pip install "psycopg[binary]" SQLAlchemy' in err
