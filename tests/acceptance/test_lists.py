"""`contacts` and `liste`: what a person sees of them on a terminal, and what a program reads in a pipe."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import Call
from terminal import plain, terminal, words

from fs_triage.contract import NOTHING_FOUND, OK

WIDTHS = [40, 80]
COLOUR = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-7]|38|4[0-7]|48|9[0-7])[;m]")


def show(home: Path, *arguments: str, columns: int, **environment: str) -> tuple[str, bytes]:
    """Return the lines that a terminal shows of a list that may be long, and the bytes it was sent."""
    with terminal(*arguments, home=home, columns=columns, rows=3000, **environment) as window:
        assert window.end() == OK
        return plain(window.text()), window.raw


@pytest.fixture
def contacts(call: Call) -> list[dict[str, str]]:
    return json.loads(call("contacts", "--json")[1])["contacts"]


@pytest.mark.parametrize("columns", WIDTHS)
def test_the_directory_tells_every_contact(home: Path, contacts: list[dict[str, str]], columns: int) -> None:
    shown, raw = show(home, "contacts", columns=columns)
    assert b"\t" not in raw
    whole = words(shown)
    assert len(contacts) > 40
    for contact in contacts:
        for key in ("value", "label", "note", "doubt"):
            text = contact[key] or ""
            if text.replace(" ", "") != "Administration+":  # is the name of its kind
                assert words(plain(text)) in whole, contact["id"]
    assert "Horaires : lundi, mardi 8h30" in shown
    assert re.search(r"(Ouvert, jusqu’à|Fermé : rouvre)", " ".join(shown.split()))
    assert whole.count("Réservéauconseiller,nepasdonneràl’usager") == sum(
        contact["audience"] == "conseiller" for contact in contacts
    )


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("command", ["contacts", "liste"])
def test_no_line_breaks_a_word(home: Path, call: Call, command: str, columns: int) -> None:
    """The program itself breaks every line but that of a value: none reaches the edge of the screen in the middle."""
    shown, raw = show(home, command, columns=columns)
    sent = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", raw.decode()).replace("\r\n", "\n").replace("\u00a0", " ")
    long = {line.strip() for line in sent.splitlines() if len(line) > columns}
    values = {contact["value"] for contact in json.loads(call("contacts", "--json")[1])["contacts"]}
    assert long <= values
    nodes = {match["id"] for match in json.loads(call("liste", "--json")[1])["matches"]}
    if command == "liste":
        whole = {line.split()[-1] for line in shown.splitlines() if line.strip()}
        assert {node for node in nodes if len(node) <= columns} <= whole
        assert all(node in words(shown) for node in nodes)


@pytest.mark.parametrize("columns", WIDTHS)
def test_the_list_is_grouped_by_partner_and_says_the_level_in_words(home: Path, columns: int) -> None:
    shown, raw = show(home, "liste", columns=columns)
    assert b"\t" not in raw
    headings = [line for line in shown.splitlines() if re.fullmatch(r"\S.* – \d+ démarches?", line)]
    assert len(headings) == 9 and headings[0].startswith("CAF – ")
    levels = (
        "1er niveau : à faire sur place",
        "2nd niveau : à transmettre",
        "À orienter : vers un autre service",
    )
    assert sum(map(shown.count, levels)) == sum(int(line.split()[-2]) for line in headings)


@pytest.mark.parametrize("command", ["contacts", "liste"])
def test_without_colour_or_without_drawing_it_says_the_same(home: Path, command: str) -> None:
    drawn, raw = show(home, command, "caf", columns=80)
    assert b"\x1b[1" in raw
    uncoloured, raw = show(home, command, "caf", columns=80, NO_COLOR="1")
    assert uncoloured == drawn and not COLOUR.search(raw)
    for environment in ({"TERM": "dumb"}, {"ACCESSIBLE": "1"}):
        undrawn, raw = show(home, command, "caf", columns=81, **environment)
        assert undrawn == drawn and b"\x1b" not in raw


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("3230", ["caf/tel-3230"]),
        ("siv", ["ants/referent-immatriculation"]),
        ("caf mail", ["caf/transmettre-document"]),
        ("justice adresse", ["justice/adresse"]),
        ("Trouillot", ["justice/adresse"]),
        ("03 84 25", ["carsat/tel-agence-lons"]),
        ("la poste conseiller téléphone", ["la-poste/back-office-tel"]),
    ],
)
def test_words_find_the_same_in_every_form(home: Path, call: Call, typed: str, found: list[str]) -> None:
    every = call("contacts")[1].splitlines()
    code, out, _ = call("contacts", *typed.split())
    assert code == OK
    assert out.splitlines() == [line for line in every if line.partition("\t")[0] in found]
    records = json.loads(call("contacts", typed, "--json")[1])["contacts"]
    assert [f"{record['partner']}/{record['id']}" for record in records] == found
    shown, _ = show(home, "contacts", typed, columns=80)
    for record in records:
        assert words(plain(record["label"])) in words(shown)
        assert [line for line in shown.splitlines() if line.startswith("     fs-triage ")] == [
            f"     fs-triage {node}" for node in record["used_by"]
        ]


def test_every_contact_is_found_by_its_id_and_by_its_value(
    call: Call, contacts: list[dict[str, str]]
) -> None:
    for contact in contacts:
        line = f"{contact['partner']}/{contact['id']}\t"
        for typed in (contact["id"], contact["value"]):
            code, out, _ = call("contacts", contact["partner"], typed)
            assert code == OK and any(row.startswith(line) for row in out.splitlines()), (line, typed)


def test_in_a_pipe_nothing_changed(call: Call) -> None:
    code, out, err = call("contacts", "caf")
    assert (code, err) == (OK, "") and len(out.splitlines()) == 4
    assert all(
        re.fullmatch(r"caf/[\w-]+\t[^\t]+\t[^\t]+\t(usager|conseiller)\t\S[^\t]*", row)
        for row in out.splitlines()
    )
    assert call("contacts", "zzz") == (NOTHING_FOUND, "", call("contacts", "zzz", "--json")[2])
    rows = call("liste", "caf")[1].splitlines()
    assert len(rows) > 20 and all(re.fullmatch(r"caf/\S+\t(1er|2nd) niveau\t[^\t]+", row) for row in rows)
