"""What a livret says of its age: written in the rules, shown wherever it is read, never taken from a file."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import GOOD, JURA, Call, edit, write_files

from fs_triage.text.days import add_duration, guess_day, parse_duration, render_day, render_written_day

N = "\u00a0"
SOURCE = "source: Préfecture du Jura\n"
DATED = (
    "édition: novembre 2026\nvérifié: {le: 2026-11-23, par: la préfecture}\nlicence: Licence Ouverte 2.0\n"
)
MAIL = "courriel: etat-civil@mairie.fr\n"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The good livret, dated, with a contact that somebody checked and that ends."""
    folder = Path(shutil.copytree(GOOD, tmp_path / "bon"))
    edit(folder / "livret.yaml", (SOURCE, SOURCE + DATED))
    contact = f"{MAIL}    vérifié: {{le: 2026-11-20, par: Zoé}}\n    valable jusqu'au: 2031-06-01\n"
    edit(folder / "partenaires" / "mairie.yaml", (MAIL, contact))
    return folder


def test_everything_that_is_read_tells_the_edition(call: Call, rules: Path) -> None:
    where = ("--regles", str(rules))
    version = call("--version", *where)[1].replace(N, " ")
    assert version.splitlines()[1] == (
        "livret bon : Livret d’essai (39 Jura), édition novembre 2026, "
        "vérifié le 23 novembre 2026, par la préfecture, Licence Ouverte 2.0"
    )
    assert "Livret, édition novembre 2026, page 3 – mairie/aide" in call("fiche", "mairie/aide", *where)[1]
    assert "édition novembre 2026" in call("feuille", "mairie/carte", "-o", "-", *where)[1]
    assert "(bon), édition novembre 2026\n" in call("signaler", "mairie/aide", *where)[1]
    assert "Édition novembre 2026." in call("relecture", *where)[1]
    for words in (
        ("fiche", "mairie/aide"),
        ("liste",),
        ("contacts",),
        ("contacts", "mairie"),
        ("situation",),
    ):
        assert json.loads(call(*words, "--json", *where)[1])["edition"] == "novembre 2026", words


def test_a_contact_tells_when_it_was_checked_and_until_when_it_holds(call: Call, rules: Path) -> None:
    where = ("--regles", str(rules))
    card = call("fiche", "mairie/aide", *where)[1].replace(N, " ")
    assert "  Valable jusqu’au : 1er juin 2031\n" in card
    assert "  Vérifié : le 20 novembre 2026, par Zoé\n" in card
    contacts = {one["id"]: one for one in json.loads(call("contacts", "--json", *where)[1])["contacts"]}
    assert contacts["etat-civil"]["checked"] == {"on": "2026-11-20", "by": "Zoé"}
    assert contacts["etat-civil"]["valid_until"] == "2031-06-01"
    assert (contacts["accueil"]["checked"], contacts["accueil"]["valid_until"]) == (None, None)


def test_no_day_of_a_file_is_shown(call: Call, tmp_path: Path) -> None:
    """The booklet of the Jura bears no date: that is all that is said of it, however old its files are."""
    folder = Path(shutil.copytree(JURA.parent, tmp_path / "regles")) / "jura"
    for path in folder.rglob("*.yaml"):
        os.utime(path, (1_234_567_890, 1_234_567_890))  # 13 February 2009
    said = [
        call(*words, "--regles", str(folder))[1]
        for words in (("--version",), ("signaler", "caf/rsa/demande"))
    ]
    assert all("édition sans date" in text for text in said)
    today = date.today()
    for day in (f"{today:%d/%m/%Y}", "13/02/2009", "2009", today.isoformat()):
        assert not [text for text in said if day in text], day


OLD = date.today() - timedelta(days=800)


def verify(call: Call, folder: Path) -> list[str]:
    """Return the codes that `verifier` gives, the messages with them."""
    return [
        f"{one['code']}: {one['message']}".replace(N, " ")
        for one in json.loads(call("verifier", str(folder), "--json")[1])["problems"]
    ]


def test_what_is_older_than_the_livret_says(call: Call, rules: Path) -> None:
    assert verify(call, rules) == []
    edit(rules / "livret.yaml", ("2026-11-23", OLD.isoformat()), (SOURCE, f"{SOURCE}à revoir après: 2 ans\n"))
    edit(rules / "partenaires" / "mairie.yaml", ("2026-11-20", OLD.isoformat()), ("2031-06-01", "2024-02-29"))
    write_files(rules, {"relectures.yaml": f"relectures:\n  mairie: {{le: {OLD}, par: Le maire}}\n"})
    day = render_day(OLD)
    assert verify(call, rules) == [
        f"to-review: livret vérifié le {day}, il y a plus de 2 ans",
        f"to-review: contact « etat-civil » vérifié le {day}, il y a plus de 2 ans",
        "past-validity: contact « etat-civil », valable jusqu’au 29 février 2024",
        f"to-review: relecture de « mairie » signée le {day}, il y a plus de 2 ans",
    ]
    edit(rules / "livret.yaml", ("2 ans", "3 ans"))
    assert [line.partition(":")[0] for line in verify(call, rules)] == ["past-validity"]


# What a partner signs


def test_a_sheet_that_came_back_signed(call: Call, rules: Path) -> None:
    where = ("--regles", str(rules))
    code, out, err = call(
        "relecture", "mairie", "--revenue", "--par", 'Mme "Roy" : maire # 1', "--le", "2026-11-02", *where
    )
    assert (code, out) == (0, "")
    assert (
        err.replace(N, " ")
        == 'Relecture notée : Mairie, signée le 2 novembre 2026 par Mme "Roy" : maire # 1.\n'
    )
    signed = {"on": "2026-11-02", "by": f'Mme "Roy"{N}: maire # 1'}
    assert {
        json.dumps(one["reviewed"]) for one in json.loads(call("contacts", "--json", *where)[1])["contacts"]
    } == {json.dumps(signed)}
    assert "Dernière relecture signée le 2 novembre 2026, par Mme" in call("relecture", *where)[1]
    assert verify(call, rules) == []
    call("relecture", "mairie", "--revenue", "--par", "M. Roy", *where)
    text = (rules / "relectures.yaml").read_text(encoding="utf-8")
    assert text.endswith(
        f'relectures:\n  mairie: {{le: {date.today()}, par: "M. Roy", édition: "novembre 2026"}}\n'
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--revenue",), "Dites quel partenaire a signé, et qui"),
        (("mairie", "--revenue"), "Dites quel partenaire a signé, et qui"),
        (("mairie", "--revenue", "--par", " "), "Dites quel partenaire a signé, et qui"),
        (("mairie", "--revenue", "--par", "Zoé", "--le", "2999-01-01"), "ce jour n’est pas encore venu"),
        (("mairie", "--revenue", "--par", "Zoé", "--le", "hier"), "n’est pas un jour"),
        (("mairie", "--revenue", "--par", "Z\u043eé"), "--par : "),
        (("mairie", "--revenue", "--par", "Zoé", "-o", "f.md"), "ne vont pas ensemble"),
        (("mairie", "--par", "Zoé"), "ajoutez --revenue"),
        (("--retour-avant", "2020-01-01"), "ce jour est passé"),
        (("prefecture", "--revenue", "--par", "Zoé"), "prefecture"),
    ],
)
def test_a_signature_that_cannot_be_noted(call: Call, rules: Path, words: tuple[str, ...], said: str) -> None:
    code, out, err = call("relecture", *words, "--regles", str(rules))
    assert (code, out) == (2, "")
    assert said in err.replace(N, " ")
    assert not (rules / "relectures.yaml").exists()


def test_who_signed_for_another_departement_did_not_sign_here(call: Call, rules: Path) -> None:
    call("relecture", "mairie", "--revenue", "--par", "Zoé", "--regles", str(rules))
    for name, departement, signed in (("maison", "39 Jura", 2), ("doubs", "25 Doubs", 0)):
        heir = rules.with_name(name)
        booklet = f"id: {name}\ntitre: T\ndépartement: {departement}\nsource: S\nhérite de: bon\n"
        contacts = (rules / "partenaires" / "mairie.yaml").read_text(encoding="utf-8")
        start, end = contacts.index("contacts:"), contacts.index("question:")
        write_files(heir, {"livret.yaml": booklet, "partenaires/mairie.yaml": contacts[start:end]})
        found = json.loads(call("contacts", "--json", "--regles", str(heir))[1])
        assert sum(one["reviewed"] is not None for one in found["contacts"]) == signed, name
        assert found["edition"] == ("novembre 2026" if signed else None)


# Days


@pytest.mark.parametrize(
    ("day", "duration", "then"),
    [
        ("2024-02-29", "1 an", "2025-02-28"),
        ("2026-01-31", "1 mois", "2026-02-28"),
        ("2026-11-23", "12 mois", "2027-11-23"),
        ("2026-12-31", "2 jours", "2027-01-02"),
        ("2026-08-31", "18 mois", "2028-02-29"),
    ],
)
def test_what_comes_after(day: str, duration: str, then: str) -> None:
    assert add_duration(date.fromisoformat(day), duration).isoformat() == then


@pytest.mark.parametrize("text", ["0 mois", "bientôt", "12", "mois", "1 semaine", "1,5 an"])
def test_what_is_no_duration(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("23/11/2026", "2026-11-23"),
        ("1er mars 2026", "2026-03-01"),
        ("2026/3/1", "2026-03-01"),
        ("23.11.2026", "2026-11-23"),
        ("30/02/2026", None),
        ("novembre 2026", None),
        ("23/11/26", None),
    ],
)
def test_a_day_written_otherwise(text: str, meant: str | None) -> None:
    assert guess_day(text) == meant


def test_a_day_in_french() -> None:
    assert (render_written_day("2026-03-01"), render_day(date(2026, 11, 23))) == (
        "1er mars 2026",
        "23 novembre 2026",
    )
