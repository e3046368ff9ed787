"""`situation`: an event of life by its words, its démarches in order over all partners; nothing guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Call

from fs_triage.contract import NOTHING_FOUND, OK
from fs_triage.text import typography


def answer(call: Call, *words: str) -> list[dict[str, Any]]:
    """Return the situations that a call answers."""
    code, out, err = call("situation", *words, "--json")
    assert (code, err) == (OK, "")
    found: list[dict[str, Any]] = json.loads(out)["situations"]
    return found


def ids(situation: dict[str, Any]) -> list[str]:
    return [match["id"] for match in situation["matches"]]


def test_without_words_all_events_are_listed(call: Call) -> None:
    code, out, err = call("situation")
    assert (code, err) == (OK, "")
    rows = [line.split("\t") for line in out.splitlines()]
    assert [row[0] for row in rows] == [found["id"] for found in answer(call)]
    assert ["demenagement", "Déménagement", "10 démarches"] in rows


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("déménagement", "demenagement"),
        ("DEMENAGEMENT", "demenagement"),
        ("je viens d'accoucher", "naissance"),
        ("décès de mon mari", "deces"),
        ("divorcée", "mariage-divorce"),
        ("j’ai perdu mon emploi", "perte-emploi"),
        ("à la retraite", "retraite"),
        ("on m'a volé ma carte vitale", "perte-papiers"),
    ],
)
def test_an_event_is_named_by_its_words(call: Call, words: str, named: str) -> None:
    assert [found["id"] for found in answer(call, *words.split())] == [named]
    assert [found["id"] for found in answer(call, words)] == [named]


def test_the_demarches_are_in_the_order_of_the_livret_and_what_a_lookup_gives(call: Call) -> None:
    [birth] = answer(call, "naissance")
    nodes = ids(birth)
    assert nodes.index("caf/naissance/grossesse") < nodes.index("caf/naissance/prime")
    assert {"caf", "cpam", "msa"} <= {match["partner"] for match in birth["matches"]}
    for match in birth["matches"]:
        assert json.loads(call("fiche", match["id"], "--json")[1])["matches"] == [match]


def test_an_answer_sorts_them(call: Call) -> None:
    [whole] = answer(call, "perte-papiers")
    assert whole["question"] and whole["chosen"] == []
    for told in whole["answers"]:
        [sorted_out] = answer(call, f"perte-papiers/{told['id']}")
        assert sorted_out["chosen"] == [told["id"]]
        assert ids(sorted_out) == told["demarches"]
        assert told["demarches"] == [node for node in ids(whole) if node in told["demarches"]]
    assert sorted({node for told in whole["answers"] for node in told["demarches"]}) == sorted(ids(whole))
    [by_words] = answer(call, "permis volé")
    assert by_words["chosen"] == ["permis"]
    [of_farmers] = answer(call, "déménagement", "MSA")
    assert of_farmers["chosen"] == ["agricole"]


def test_what_no_answer_takes_is_for_every_one(call: Call) -> None:
    [move] = answer(call, "demenagement")
    for told in move["answers"]:
        assert "la-poste/changement-adresse" in told["demarches"]
    general, farming = (told["demarches"] for told in move["answers"])
    assert "cpam/changement/adresse" in general and "cpam/changement/adresse" not in farming
    assert "msa/famille/depot/allocation-logement" in farming


def test_two_events_at_once_are_both_told(call: Call) -> None:
    assert [found["id"] for found in answer(call, "naissance", "et", "déménagement")] == [
        "demenagement",
        "naissance",
    ]


def test_the_text_says_partner_title_level_id_and_for_whom(call: Call) -> None:
    code, out, err = call("situation", "déménagement")
    assert (code, err) == (OK, "")
    text = out.replace("\u00a0", " ")
    assert text.startswith("Déménagement\n\nL’usager relève-t-il du régime agricole (MSA) ?\n")
    assert "  Oui, MSA : fs-triage situation demenagement/agricole\n" in text
    assert (
        "  1. ANTS › Carte grise (immatriculation) › Changement d’adresse sur la carte grise\n"
        "    ants/carte-grise/changement-adresse – 1er niveau : à faire sur place\n"
    ) in text
    assert (
        "    cpam/changement/adresse – 1er niveau : à faire sur place\n    si « Non, CAF et CPAM »\n" in text
    )
    asked = call("situation", "demenagement/agricole")[1].replace("\u00a0", " ")
    assert asked.startswith("Déménagement – Oui, MSA\n\nLes démarches, dans cet ordre :\n")
    assert "cpam" not in asked and "relève" not in asked


NOTHING = {
    "demenagment": (["demenagement"], ". Vouliez-vous dire : « fs-triage situation demenagement » ?"),
    "je suis licensié": (["perte-emploi"], ". Vouliez-vous dire : « fs-triage situation perte-emploi » ?"),
    "zzzzz": ([], " ; toutes les situations : « fs-triage situation »."),
    "???": ([], " ; toutes les situations : « fs-triage situation »."),
    "rsa": ([], " ; toutes les situations : « fs-triage situation »."),
    "demenagement/zzz": (["demenagement"], ". Vouliez-vous dire : « fs-triage situation demenagement » ?"),
}


@pytest.mark.parametrize("words", NOTHING)
def test_what_is_near_is_told_and_never_taken(call: Call, words: str) -> None:
    near, said = NOTHING[words]
    code, out, err = call("situation", *words.split(), "--json")
    found = json.loads(out)
    assert (code, found["situations"], found["near"]) == (NOTHING_FOUND, [], near)
    assert err == typography.typeset_french(f"Rien trouvé pour « {words} »{said}") + "\n"
    assert call("situation", *words.split()) == (NOTHING_FOUND, "", err)
