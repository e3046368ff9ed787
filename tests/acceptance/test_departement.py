"""The livret of a made-up département, as the officer next door would have written it."""

from __future__ import annotations

import json

from conftest import JURA, ROOT, Run

from fs_triage.rules.inherit import get_local_contacts
from fs_triage.rules.load import load_livret

VAL_FICTIF = ROOT / "tests" / "livrets" / "val-fictif"


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


def test_its_agency_replaces_ours(run: Run) -> None:
    answer = run("--regles", str(VAL_FICTIF), "liste", "pole-emploi")
    ids = [line.split("\t")[0] for line in answer.stdout.splitlines()]
    assert "pole-emploi/urgence/lons" in ids
    assert "pole-emploi/offres/salon-val-ville" in ids
    assert "pole-emploi/urgence/dole" not in ids
    agency = run("--regles", str(VAL_FICTIF), "pole-emploi/urgence/lons", "--json")
    values = [contact["value"] for contact in json.loads(agency.stdout)["matches"][0]["contacts"]]
    assert values == ["agence.val-ville@val-fictif.example", "3949"]


def test_no_local_contact_of_the_jura_is_left(run: Run) -> None:
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
