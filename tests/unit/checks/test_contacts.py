"""Contacts: which values are right, and who is named."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import GOOD, Run, clean_environment, edit, find_problem_lines
from hypothesis import given, settings
from hypothesis import strategies as st

from fs_triage.author import verifier
from fs_triage.checks import contacts, verify
from fs_triage.rules import load


@pytest.mark.parametrize(
    "value",
    [
        "3230",
        "3646",
        "3949",
        "3039",
        "36 46",
        "15",
        "112",
        "06 63 48 58 22",
        "0806 001 625",
        "0 809 401 401",
        "07.88.39.97.74",
        "03-84-25-69-92",
        "+33 3 84 25 69 92",
        "+33 (0)3 84 25 69 92",
        "(03) 84 25 69 92",
        "0590 20 30 40",
        "0262 40 40 40",
        "116 000",
    ],
)
def test_numbers_that_can_be_dialled(value: str) -> None:
    assert contacts.find_phone_error(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "03 84 25 69 9",
        "03 84 25 69 921",
        "99 99",
        "0",
        "tel:3230",
        "3230 ou 3646",
        "0800-CAF",
        "٣٢٣٠",
        "03 84 25 69 92 poste 3",
        "",
        " ",
        "+",
        "+999 12 34 56 78",
        "+41 22 555 12",
        "0041 22 307 13 13",
        "+33 3 84 25 69 9",
        "36466",
        "32 30 1",
        "6 48 20 56 08",
        "648205608",
    ],
)
def test_numbers_that_cannot(value: str) -> None:
    assert contacts.find_phone_error(value) is not None


@pytest.mark.parametrize(
    "value", ["contact@cdad-jura.fr", "Patricia.marchal@laposte.fr", "ape.39054@pole-emploi.fr"]
)
def test_addresses_that_can_be_written_to(value: str) -> None:
    assert contacts.find_email_error(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "contact",
        "contact@",
        "@caf.fr",
        "contact@caf",
        "contact(at)caf.fr",
        "a@caf.fr, b@caf.fr",
        "mailto:a@caf.fr",
        "a@caf.fr?cc=b@caf.fr",
        "a&b@caf.fr",
        "a;b@caf.fr",
        "<a@caf.fr>",
        "a @caf.fr",
        "a@caf..fr",
        "a@-caf.fr",
        "a@b@caf.fr",
        "préfecture@jura.gouv.fr",
        "contact@franche-comté.fr",
        "c\u03bfntact@caf.fr",
    ],
)
def test_addresses_that_cannot(value: str) -> None:
    assert contacts.find_email_error(value) is not None


@pytest.mark.parametrize(
    "value",
    [
        "www.caf.fr",
        "CAF.FR",
        "caf.fr/rdv",
        "https://www.jura.gouv.fr/a#!/b/F19211",
        "HTTP://caf.fr",
        "www.caf.fr:443",
        "éducation.gouv.fr",
        "https://caf.fr?x=1&y=2",
        "xn--ducation-90a.fr",
    ],
)
def test_sites_that_are_sites(value: str) -> None:
    assert contacts.find_site_error(value) is None
    assert contacts.find_appointment_error(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "JavaScript://caf.fr/%0aalert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "ftp://caf.fr",
        "https://nom:secret@caf.fr",
        "https://nom@caf.fr",
        "https://caf.fr\\@mal.fr",
        "mailto:a@caf.fr",
        "https:///x",
        "http://",
        "https://caf.fr/a b",
        "www.caf.fr:99999",
        "https://1.2.3.4/",
        "https://[::1]/",
        "-a.fr",
        "caf..fr",
        "//caf.fr",
        "https://caf.fr/" + "x" * 2000,
    ],
)
def test_sites_that_are_none_or_may_harm(value: str) -> None:
    assert contacts.find_site_error(value) is not None
    if "." in value and "//" in value and not value.startswith("//"):
        assert contacts.find_appointment_error(value) is not None


@pytest.mark.parametrize(
    "value", ["compte AMELI", "RDV auprès de la MSA", "Services En Ligne", "Sur rendez-vous : à la mairie."]
)
def test_an_appointment_may_be_words(value: str) -> None:
    assert contacts.find_appointment_error(value) is None
    assert contacts.find_appointment_error("javascript:alert(1)") is not None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mo-Fr 09:00-12:00", "écrivez « lundi au vendredi 9h-12h »"),
        ("Lu-Ve 09:00-12:00", "écrivez « lundi au vendredi 9h-12h »"),
        ("Mo[1] 09:00-12:00", "écrivez « 1er lundi du mois 9h-12h »"),
        ("24/7", None),
        ("week 1-53/2 Mo 09:00-12:00", "écrivez « semaines impaires, lundi 9h-12h »"),
        ("Jan-Mar Mo-Fr 09:00-12:00", "écrivez « de janvier à mars, lundi au vendredi 9h-12h »"),
        ("PH,SH off", "écrivez « jours fériés, vacances scolaires fermé »"),
        (
            "Mo-Fr 09:00-12:00, Sa 10:00-12:00",
            "écrivez « lundi au vendredi 9h-12h ; samedi 10h-12h »",
        ),
        ("Mo-Fr 09:00-25:00", "écrivez par exemple « lundi au vendredi"),
        ("Mo-Fr 12:00-12:00", "écrivez par exemple « lundi au vendredi"),
        ("sunrise-sunset", "écrivez par exemple « lundi au vendredi"),
        ("lundi au vendredi 8h30-19h", None),
        ("samedi matin", "écrivez par exemple « samedi 9h-12h »"),
        ("Mo-", "écrivez par exemple"),
    ],
)
def test_hours_are_french_or_the_french_to_write_is_told(value: str, expected: str | None) -> None:
    error = contacts.find_hours_error(value)
    assert error is None if expected is None else error is not None and expected in error


@settings(deadline=None)  # the first call imports the libraries
@given(st.text(max_size=40))
def test_no_value_makes_a_check_fail(value: str) -> None:
    for check in (
        contacts.find_phone_error,
        contacts.find_email_error,
        contacts.find_site_error,
        contacts.find_appointment_error,
        contacts.find_hours_error,
    ):
        assert check(value) is None or isinstance(check(value), str)


def test_hours_that_served_are_french_in_the_file_all_the_same(folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", ("lundi au vendredi 8h30-12h", "Mo-Fr 08:30-12:00"))
    draft = load.load_livret(folder).draft
    assert draft is not None
    proved = {("hours", "Mo-Fr 08:30-12:00")}
    assert [one.code for one in verify.find_blocking_problems(draft, proved)] == ["bad-hours"]


def test_values_that_served_are_not_looked_at_again(folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", ("03 84 25 69 92", "03 84 25 69"))
    draft = load.load_livret(folder).draft
    assert draft is not None
    assert [problem.code for problem in verify.find_blocking_problems(draft)] == ["bad-phone"]
    assert verify.find_blocking_problems(draft, {("phone", "03 84 25 69")}) == []


def test_a_wrong_value_stops_the_desk_even_after_a_good_start(run: Run, tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path / "bon")
    call = ("mairie", "aide", "--regles", str(tmp_path / "bon"))
    good = run(*call, home=tmp_path)
    assert good.returncode == 0 and "03 84 25 69 92" in good.stdout
    edit(tmp_path / "bon" / "partenaires/mairie.yaml", ("03 84 25 69 92", "03 84 25 69 9"))
    kept = run(*call, home=tmp_path)
    assert (kept.returncode, kept.stdout) == (0, good.stdout)
    assert "bon/partenaires/mairie.yaml:11" in kept.stderr and "03 84 25 69 9" in kept.stderr
    fresh = run(*call, home=tmp_path / "other")
    assert (fresh.returncode, fresh.stdout) == (3, "")


def test_a_lookup_loads_none_of_the_libraries(run: Run, home: Path) -> None:
    assert run("caf", "rsa").returncode == 0
    script = (
        "import sys; sys.argv = ['fs-triage', 'caf', 'rsa']; from fs_triage.__main__ import main; main();"
        "print(*[m for m in sys.modules if m in ('phonenumbers', 'email_validator', 'opening_hours', 'pydantic',"
        "'yaml', 'fs_triage.checks.registry', 'fs_triage.index.lookup')], file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", env=clean_environment(home)
    )
    assert (result.returncode, result.stderr) == (0, "fs_triage.index.lookup\n")


def test_an_unknown_contact_is_told_once(folder: Path) -> None:
    steps = "    contacts: [acueil]\n    étapes:\n"
    edit(
        folder / "partenaires/mairie.yaml",
        ("    étapes:\n", steps),
        ("[accueil, etat-civil]", "[acueil, etat-civil, autre]"),
    )
    assert find_problem_lines(folder) == [
        "partenaires/mairie.yaml:25:16: contact inconnu « acueil » (et 1 autre fois) ; vouliez-vous dire "
        "« accueil » ? [unknown-contact]",
        "partenaires/mairie.yaml:35:37: contact inconnu « autre » ; possible : accueil, etat-civil [unknown-contact]",
    ]


def test_a_contact_whose_identifier_is_refused_is_not_unknown_as_well(folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", ("  etat-civil:\n", "  Etat_civil:\n"))
    assert find_problem_lines(folder) == [
        "partenaires/mairie.yaml:15:3: « Etat_civil » n’est pas un identifiant ; écrivez « etat-civil » [bad-id]"
    ]


def test_contacts_that_an_heir_has_yet_to_replace(folder: Path) -> None:
    (folder.parent / "voisin").mkdir()
    booklet = (GOOD / "livret.yaml").read_text(encoding="utf-8").replace("id: bon", "id: voisin")
    (folder.parent / "voisin" / "livret.yaml").write_text(
        booklet.replace("partenaires: [mairie]", "hérite de: bon").replace("39 Jura", "25 Doubs"),
        encoding="utf-8",
    )
    verified = verifier.verify_livret(Path("voisin"))
    assert [str(problem) for problem in verified.problems] == [
        "voisin/livret.yaml:1:1: contact « accueil » à remplir ; sans lui, mairie/aide n’a personne à contacter ; "
        "donnez « téléphone » sous « accueil », dans partenaires/mairie.yaml de ce livret [contact-not-replaced]",
        "voisin/livret.yaml:1:1: contact « etat-civil » à remplir ; sans lui, mairie/aide n’a personne à contacter ; "
        "donnez « courriel » sous « etat-civil », dans partenaires/mairie.yaml de ce livret [contact-not-replaced]",
        "voisin/livret.yaml:1:1: horaires du contact « accueil » à remplir ; donnez « horaires » sous « accueil », "
        "dans partenaires/mairie.yaml de ce livret, ou « retirer: [horaires] » s’il n’en a pas [contact-not-replaced]",
    ]
    assert not any(problem.blocking for problem in verified.problems)
