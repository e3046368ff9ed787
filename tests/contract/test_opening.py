"""Whether contacts are open: `--maintenant`, `--quand`, and what a terminal says by itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import JURA, ROOT, Call, Run, edit
from terminal import plain, terminal

from fs_triage.contract import NOTHING_FOUND, OK, WRONG_CALL

GUICHET = ROOT / "tests" / "livrets" / "guichet"
ENVIRONMENT = {"FS_TRIAGE_REGLES": str(GUICHET)}
NODE = "mairie/bloque/urgence"
OPEN, CLOSED = "2026-11-30 09:00", "2026-12-25 10:00"


@pytest.fixture(autouse=True)
def guichet(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FS_TRIAGE_REGLES", str(GUICHET))


def get_statuses(call: Call, *arguments: str) -> dict[str, tuple[Any, Any]]:
    code, out, _ = call(*arguments, "--json")
    assert code == OK
    answer = json.loads(out)
    contacts = answer.get("contacts") or [one for match in answer["matches"] for one in match["contacts"]]
    return {contact["id"]: (contact["open"], contact["next_change"]) for contact in contacts}


@pytest.mark.parametrize(
    "words",
    [
        ("fiche", NODE),
        ("contacts", "mairie"),
        ("contacts", "accueil", "mairie"),
        ("liste", "mairie"),
        ("chercher", "bloqué", "urgent"),
    ],
)
def test_json_says_it_for_each_contact_when_asked(call: Call, words: tuple[str, ...]) -> None:
    statuses = get_statuses(call, *words, "--quand", OPEN)
    assert statuses.pop("accueil") == (True, "2026-11-30T12:00:00+01:00")
    assert {*statuses.values()} <= {(None, None)}  # without hours
    assert get_statuses(call, *words, "--quand", CLOSED)["accueil"] == (False, "2026-12-28T08:30:00+01:00")


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (("situation", "mariage"), "situations"),
        (("fiche", "voir un notaire pour un héritage"), "near"),
        (("liste",), "matches"),
    ],
)
def test_json_says_it_wherever_there_are_contacts(
    call: Call, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], where: str
) -> None:
    monkeypatch.setenv("FS_TRIAGE_REGLES", str(JURA))
    answer = json.loads(call(*words, "--json", "--quand", CLOSED)[1])
    conclusions = [c for one in answer[where] for c in one.get("matches", [one])]
    contacts = [contact for one in conclusions for contact in one["contacts"]]
    assert contacts and {contact["open"] for contact in contacts} == {None, False}
    assert all((contact["hours"] is None) or contact["next_change"] for contact in contacts)


def test_a_batch_says_it_too(run: Run) -> None:
    """And refuses a moment that cannot be read before it reads any need."""
    told = run("chercher", "--lot", "--quand", OPEN, input="bloqué, urgent\nbébé\n", env=ENVIRONMENT)
    assert '"open": true' in told.stdout and told.stdout.count("\n") == 2
    refused = run("chercher", "--lot", "--quand", "demain", input="bloqué\n", env=ENVIRONMENT)
    assert (refused.returncode, refused.stdout) == (WRONG_CALL, "")


@pytest.mark.parametrize("option", [("--maintenant",), ("--quand", OPEN)])
@pytest.mark.parametrize("words", [("liste",), ("chercher", "urgent"), ("situation", "mariage")])
def test_what_shows_no_contact_says_so(
    call: Call, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], option: tuple[str, ...]
) -> None:
    monkeypatch.setenv("FS_TRIAGE_REGLES", str(JURA))
    code, out, err = call(*words, *option)
    assert (code, out) == (WRONG_CALL, "")
    assert err.startswith(f"{option[0]} demande ici --json") and "fs-triage contacts" in err


def test_json_says_it_now(call: Call) -> None:
    is_open, change = get_statuses(call, "fiche", NODE, "--maintenant")["accueil"]
    assert isinstance(is_open, bool)
    assert datetime.fromisoformat(change) > datetime.now(UTC)


def test_nothing_changes_where_it_is_not_asked_for(call: Call) -> None:
    for words in (("fiche", NODE), ("contacts",)):
        assert "next_change" not in call(*words, "--json")[1]
        assert not {"Ouvert", "Fermé"} & set(call(*words)[1].split())


def test_text_says_it_when_asked(call: Call) -> None:
    before, after = call("fiche", NODE)[1], call("fiche", NODE, "--quand", OPEN)[1]
    hours = "8h30-12h et 13h30-17h"
    assert after == before.replace(hours, f"{hours} – Ouvert, jusqu’à 12h") != before
    assert call("fiche", NODE, "--maintenant")[1] != before


def test_a_list_of_contacts_has_one_more_column_when_asked(call: Call) -> None:
    before, after = (call("contacts", *more)[1].splitlines() for more in ((), ("--quand", CLOSED)))
    assert [line.rpartition("\t")[0] for line in after] == before
    told = {line.rpartition("\t")[2].replace("\u00a0", " ") for line in after}
    assert told == {"", "Fermé : rouvre lundi à 8h30 (férié le vendredi 25 décembre)"}


@pytest.mark.parametrize(
    "text", ["demain", "", "2026-12-25", "25/12/2026 10:00", "2026-02-30 10:00", "\x1b[2J"]
)
@pytest.mark.parametrize("command", ["fiche", "contacts"])
def test_a_moment_that_cannot_be_read_is_refused(call: Call, command: str, text: str) -> None:
    code, out, err = call(command, "mairie", "--quand", text)
    assert (code, out) == (WRONG_CALL, "")
    assert err.count("\n") == 1 and "2026-12-25" in err and err[:-1].replace("\u00a0", " ").isprintable()


@pytest.mark.parametrize(
    ("departement", "opens"),
    [("39 Jura", True), ("57 Moselle", False), ("67 Bas-Rhin", False), ("974 La Réunion", True)],
)
def test_holidays_are_those_of_the_livret(call: Call, tmp_path: Path, departement: str, opens: bool) -> None:
    import shutil

    shutil.copytree(GUICHET, tmp_path / "livret")
    edit(tmp_path / "livret" / "livret.yaml", ("998 Les Essais", departement))
    statuses = get_statuses(
        call, "fiche", NODE, "--regles", str(tmp_path / "livret"), "--quand", "2027-03-26 09:00"
    )
    assert statuses["accueil"][0] is opens  # Good Friday


def test_a_terminal_says_it_by_itself(home: Path) -> None:
    for arguments in ((NODE,), (NODE, "--accessible"), ("contacts", "accueil", "mairie")):
        with terminal(*arguments, home=home, FS_TRIAGE_REGLES=str(GUICHET), TZ="Pacific/Auckland") as window:
            assert window.end() == OK
            shown = " ".join(plain(window.text()).split())
            assert "8h30-12h et 13h30-17h – " in shown
            assert "– Ouvert, jusqu’à" in shown or "– Fermé : rouvre" in shown


def test_the_wizard_keeps_the_moment_that_was_asked_for(home: Path) -> None:
    with terminal("mairie/bloque", "--quand", CLOSED, home=home, FS_TRIAGE_REGLES=str(GUICHET)) as window:
        window.see("C’est urgent")
        window.send("urgent", "\r")
        window.see("férié")
        assert "rouvre lundi à 8h30" in " ".join(plain(window.text()).split())


def test_no_contact_found_is_told_and_answered(call: Call) -> None:
    code, out, err = call("contacts", "zzz")
    assert (code, out) == (NOTHING_FOUND, "")
    assert err.count("\n") == 1 and "fs-triage contacts" in err
    code, out, err = call("contacts", "zzz", "--json")
    assert code == NOTHING_FOUND and json.loads(out)["contacts"] == []
    assert plain(call("contacts", "miarie")[2]).endswith("« fs-triage contacts mairie » ?\n")
    assert plain(call("contacts", "miarie mail")[2]).endswith("« fs-triage contacts mairie mail » ?\n")
    assert call("contacts", "")[0] == WRONG_CALL
