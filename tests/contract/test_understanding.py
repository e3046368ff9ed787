"""What the whole program makes of words: verdicts, with what they name, and what a counsellor reads."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Call

from fs_triage.contract import NOTHING_FOUND, OK
from fs_triage.text import typography


def answer(call: Call, *arguments: str) -> tuple[int, dict[str, Any], str]:
    code, out, err = call("chercher", "--json", *arguments)
    return code, json.loads(out), err.replace("\u00a0", " ")


@pytest.mark.parametrize("need", ["pemis volé", "permis demain", "notaire svp", "relevé", "logement"])
def test_a_short_need_with_a_word_of_ours_is_not_refused(call: Call, need: str) -> None:
    code, found, _ = answer(call, need)
    assert found["verdict"] in ("matches", "maybe", "vague")
    assert found["matches"] if code == OK else found["choices"]


@pytest.mark.parametrize("need", ["zzzzz", "zorglub krrpt", "qwxz"])
def test_what_is_not_understood_names_the_words(call: Call, need: str) -> None:
    code, found, err = answer(call, need)
    assert (code, found["verdict"], found["matches"]) == (NOTHING_FOUND, "unknown", [])
    assert [word["word"] for word in found["unknown_words"]] == need.split()
    assert err.startswith(f"Pas compris : « {need} »") and "orient" not in err


def test_another_language_is_asked_for_in_french(call: Call) -> None:
    code, found, err = answer(call, "I would like to know where my neighbour has gone this morning")
    assert (code, found["verdict"], found["is_foreign"]) == (NOTHING_FOUND, "unknown", True)
    assert "Dites-le en français." in err


@pytest.mark.parametrize("need", ["passer le permis de chasser", "obtenir la nationalité par mariage"])
def test_what_the_livret_does_not_cover_is_named(call: Call, need: str) -> None:
    code, found, err = answer(call, need)
    assert (code, found["verdict"], found["matches"]) == (NOTHING_FOUND, "out-of-scope", [])
    assert found["topic"]["name"]
    assert err.startswith(f"Ce livret ne parle pas de ce sujet : {found['topic']['name']}")


@pytest.mark.parametrize("need", ["attestation", "adresse", "courrier", "décès"])
def test_a_vague_need_offers_what_would_settle_it(call: Call, need: str) -> None:
    code, found, _ = answer(call, need)
    if found["verdict"] != "vague":
        assert (code, bool(found["matches"])) == (OK, True)
        return
    partners = [choice["id"].partition("/")[0] for choice in found["choices"]]
    assert code == NOTHING_FOUND and len(partners) > 1
    assert any("/" in choice["id"] for choice in found["choices"]), "démarches, not partners alone"
    for choice in found["choices"]:
        assert call("fiche", choice["id"])[0] == OK


def test_two_needs_are_told_apart(call: Call) -> None:
    need = "J'ai perdu ma carte grise. Et je voudrais aussi faire une demande de RSA."
    code, found, _ = answer(call, need)
    assert code == OK and len(found["needs"]) == 2
    firsts = {told["matches"][0] for told in found["needs"]}
    assert firsts == {"ants/carte-grise/duplicata", "caf/rsa/demande"}
    assert {match["id"] for match in found["matches"][:2]} == firsts
    out = call("chercher", need)[1].replace("\u00a0", " ")
    assert "Besoin 1 : « " in out and "Besoin 2 : « " in out


def test_a_partner_that_does_not_have_it_says_so(call: Call) -> None:
    code, _, err = answer(call, "zzzz", "--partenaire", "caf", "--niveau", "2")
    assert code == NOTHING_FOUND
    said = "Rien trouvé pour « zzzz » avec ces options ; essayez sans --partenaire ni --niveau."
    assert err == f"{said}\n"


@pytest.mark.parametrize("need", ["zzzzz", "permis zzzzz", "passer le permis de chasser"])
def test_an_explanation_says_what_was_known(call: Call, need: str) -> None:
    _, found, _ = answer(call, need, "--expliquer")
    assert found["unknown_words"] or found["known_words"]
    assert {"known_words", "reach"} <= {*found}


MISSED = {
    ("zzzzz",): "Rien trouvé pour « zzzzz » ; tout ce que dit le livret : « fs-triage liste ».",
    ("zzz\u202e\u0007",): (
        "Rien trouvé pour « zzz\\u202e\\u0007 » ; tout ce que dit le livret : « fs-triage liste »."
    ),
    ("z" * 10_000,): f"Rien trouvé pour « {'z' * 59}… » ; tout ce que dit le livret : « fs-triage liste ».",
}


@pytest.mark.parametrize("words", MISSED, ids=lambda words: ascii(" ".join(words))[:40])
def test_a_lookup_of_what_is_not_understood(call: Call, words: tuple[str, ...]) -> None:
    assert call(*words) == (NOTHING_FOUND, "", f"{typography.typeset_french(MISSED[words])}\n")


def test_a_line_feed_is_no_line_of_a_message(call: Call) -> None:
    code, out, err = call("zzz\nyyy")
    assert (code, out, err.count("\n")) == (NOTHING_FOUND, "", 1) and "zzz\\u000ayyy" in err


def test_a_lookup_of_what_the_livret_does_not_cover_names_it(call: Call) -> None:
    code, out, err = call("permis", "de", "chasse")
    assert (code, out) == (NOTHING_FOUND, "")
    assert err.startswith(typography.typeset_french("Ce livret ne parle pas de ce sujet : "))


@pytest.mark.parametrize("words", ["mot de passe", "caf mot de passe"])
def test_one_need_has_one_answer_by_every_way(call: Call, words: str) -> None:
    looked_up = json.loads(call("fiche", words, "--json")[1])["matches"]
    searched = answer(call, words)[1]
    assert looked_up[0]["id"] in [found["id"] for found in (*searched["matches"], *searched["choices"])]
