"""Livrets on the layer that all départements share: one as an officer wrote it, and those that `nouveau` begins."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import JURA, ROOT, RULES, SOCLE, Run

from fs_triage.rules.inherit import get_local_contacts
from fs_triage.rules.load import load_livret

VAL_FICTIF = ROOT / "tests" / "livrets" / "val-fictif"
WORDS_OF_THE_JURA = re.compile(
    r"\bjura|\blons\b|lons-le|\bdole\b|saint[- ]claude|\bst[- ]claude|\bcaf39\b|\b39\d{3}\b|franche-?comt|-bfc\b|msafc"
    r"|champagnole|poligny|arbois|\bmorez\b",
    re.IGNORECASE,
)
FILLED = {
    "courriel": "accueil@doubs.example",
    "téléphone": '"03 81 00 00 00"',
    "site": "www.doubs.example",
    "rendez-vous": "www.doubs.example",
    "adresse": "1 rue de la Gare, Besançon",
    "sur place": "Au guichet de Besançon",
    "horaires": "mardi 9h-12h",
}


def fill(folder: Path) -> int:
    """Write a value in the place of each « à remplir », as an officer does; returns how many there were."""
    count = 0
    for file in sorted(folder.glob("partenaires/*.yaml")):
        text = file.read_text(encoding="utf-8")
        text, here = re.subn(
            r"^    (\S[^:\n]*): à remplir$",
            lambda match: f"    {match[1]}: {FILLED[match[1]]}",
            text,
            flags=re.M,
        )
        file.write_text(text, encoding="utf-8")
        count += here
    return count


@pytest.fixture(scope="module")
def doubs(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """The livret of the Doubs, as `nouveau` begins it."""
    folder = tmp_path_factory.mktemp("livrets") / "doubs"
    answer = run("nouveau", str(folder), "--depuis", "socle", "--departement", "25 Doubs")
    assert answer.returncode == 0, answer.stderr
    return folder


def test_a_departement_is_begun_filled_in_and_says_nothing_of_another(doubs: Path, run: Run) -> None:
    before = run("verifier", str(doubs))
    assert before.returncode == 1 and before.stdout.count("[contact-not-replaced]") == len(
        before.stdout.splitlines()
    )
    count = fill(doubs)
    assert count == len(before.stdout.splitlines()) > 20
    after = run("verifier", str(doubs))
    assert (after.returncode, after.stdout) == (0, ""), after.stdout
    shown = {
        words: run("--regles", str(doubs), *words.split())
        for words in ("liste --json", "contacts --json", "situation --json", "arbre", "caf rsa demande")
    }
    assert all(answer.returncode == 0 for answer in shown.values())
    cards = json.loads(shown["liste --json"].stdout)["matches"]
    assert len(cards) > 190 and all(card["pages"] == [] for card in cards)
    assert {card["source"] for card in cards} == {"Socle commun des livrets France services"}
    assert "Contact manquant" not in shown["liste --json"].stdout
    for words, answer in shown.items():
        assert WORDS_OF_THE_JURA.findall(answer.stdout) == [], words
    own = [value.strip('"') for value in FILLED.values()]
    local = {one["value"] for one in json.loads(shown["contacts --json"].stdout)["contacts"]} & set(own)
    assert len(local) > 4


def test_a_house_is_begun_on_a_departement(doubs: Path, run: Run) -> None:
    folder = doubs.parent / "dole"
    answer = run("nouveau", str(folder), "--depuis", "jura", "--maison", "France services de Dole")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "hérite de «\u00a0jura\u00a0»" in answer.stdout
    ours, its = (run(*where, "liste", "--json").stdout for where in ((), ("--regles", str(folder))))
    assert json.loads(its)["matches"] == json.loads(ours)["matches"]
    own = "id: caf\ncontacts:\n  tel-3230:\n    horaires: mardi 9h-12h\n"
    (folder / "partenaires").mkdir()
    (folder / "partenaires" / "caf.yaml").write_text(own, encoding="utf-8")
    answer = run("verifier", str(folder))
    assert (answer.returncode, answer.stdout) == (0, "")
    (card,) = json.loads(run("--regles", str(folder), "caf/blocage/en-ligne-impossible", "--json").stdout)[
        "matches"
    ]
    assert [one["hours"] for one in card["contacts"] if one["id"] == "tel-3230"] == ["Tu 09:00-12:00"]


def test_what_all_departements_share_holds_no_local_fact() -> None:
    livret = load_livret(SOCLE).livret
    assert livret is not None
    for rules in livret.partners:
        assert rules.model.pages == []
        assert set(get_local_contacts(rules.table)) == rules.missing, rules.model.id
    for file in SOCLE.rglob("*.yaml"):
        if file.parent.name != "besoins" and file.name != "livret.yaml":
            assert WORDS_OF_THE_JURA.findall(file.read_text(encoding="utf-8")) == [], file.name
    for file in SOCLE.glob("besoins/*.yaml"):
        assert re.findall(r"\b(?:Jura|Lons|Dole|Saint-Claude)\b", file.read_text(encoding="utf-8")) == [], (
            file.name
        )


def test_no_desk_uses_what_all_departements_share(run: Run, tmp_path: Path) -> None:
    answer = run("--regles", str(SOCLE), "caf", "rsa")
    assert (answer.returncode, answer.stdout) == (
        3,
        "",
    ) and "choisissez un livret qui en hérite" in answer.stderr
    assert [one["id"] for one in json.loads(run("livrets", "--json").stdout)["livrets"]] == ["jura"]
    for name in ("socle", "doubs"):
        (tmp_path / name).mkdir()
        text = (RULES / "socle" / "livret.yaml").read_text(encoding="utf-8")
        if name == "doubs":
            text = "id: doubs\ndépartement: 25 Doubs\nhérite de: socle\n"
        (tmp_path / name / "livret.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "socle" / "partenaires").mkdir()
    answer = run("--regles", str(tmp_path), "liste")
    assert "Plusieurs livrets" not in answer.stderr and "socle/livret.yaml" in answer.stderr


def test_it_passes_the_verification(run: Run) -> None:
    answer = run("verifier", str(VAL_FICTIF))
    assert answer.stdout == ""
    assert answer.returncode == 0, answer.stderr


def test_it_answers_with_its_own_contacts(run: Run) -> None:
    answer = run("--regles", str(VAL_FICTIF), "ants/permis/situation-complexe", "--json")
    assert answer.stderr == ""
    envelope = json.loads(answer.stdout)
    assert envelope["livret"] == "val-fictif"
    assert [contact["value"] for contact in envelope["matches"][0]["contacts"]] == [
        "ants.referent-permis@val-fictif.example"
    ]


def test_its_agency_replaces_the_one_to_fill(run: Run) -> None:
    answer = run("--regles", str(VAL_FICTIF), "liste", "pole-emploi")
    ids = [line.split("\t")[0] for line in answer.stdout.splitlines()]
    assert "pole-emploi/offres/salon-val-ville" in ids
    assert "pole-emploi/urgence/dole" not in ids
    agency = run("--regles", str(VAL_FICTIF), "pole-emploi/urgence/agence", "--json")
    values = [contact["value"] for contact in json.loads(agency.stdout)["matches"][0]["contacts"]]
    assert values == ["agence.val-ville@val-fictif.example", "3949"]


def test_no_local_contact_of_the_jura_is_in_it(run: Run) -> None:
    ours = load_livret(JURA).livret
    assert ours is not None
    local = {
        rules.model.contacts[name].kinds[0]
        for rules in ours.partners
        for name in get_local_contacts(rules.table)
        if rules.model.contacts[name].kinds[0][0] in ("email", "phone", "web")
    }
    assert len(local) > 15
    answer = run("--regles", str(VAL_FICTIF), "contacts", "--json")
    shown = {(contact["kind"], contact["value"]) for contact in json.loads(answer.stdout)["contacts"]}
    assert len(shown) > 30
    assert shown & local == set()
    everything = run("--regles", str(VAL_FICTIF), "liste", "--json").stdout
    assert "Contact manquant" not in everything
