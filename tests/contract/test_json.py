"""JSON answers: one document, alone on standard output, of the shape that `docs/reponse.schema.json` says."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import pytest
from conftest import ROOT, RULES, Call, Run

from fs_triage.contract import NOTHING_FOUND, OK

SCHEMA = json.loads((ROOT / "docs" / "reponse.schema.json").read_text(encoding="utf-8"))

MATCHES = [
    "id",
    "partner",
    "level",
    "title",
    "path",
    "steps",
    "do_not",
    "contacts",
    "if_blocked",
    "pages",
    "warnings",
]
"""The keys that scripts rely on since the first version; more may come, none may go."""
CONTACT = ["id", "kind", "value", "label", "audience", "hours", "note", "doubt"]


def closed(schema: Any) -> Any:
    """Return `schema` with no room for a key that it does not tell."""
    if isinstance(schema, dict):
        schema = {key: closed(value) for key, value in schema.items()}
        if "properties" in schema:
            schema["additionalProperties"] = False
    elif isinstance(schema, list):
        schema = [closed(item) for item in schema]
    return schema


@pytest.fixture(scope="module")
def validator() -> jsonschema.protocols.Validator:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(closed(copy.deepcopy(SCHEMA)))


GUICHET, VAL_FICTIF = (str(ROOT / "tests" / "livrets" / name) for name in ("guichet", "val-fictif"))
ANSWERS = {
    "one démarche, by its id": ("caf/rsa/demande", "--json"),
    "some, by their words": ("caf", "rsa", "--json"),
    "a whole partner": ("--json", "msa"),
    "the explicit form": ("fiche", "--json", "cpam"),
    "all": ("liste", "--json"),
    "those of a partner": ("liste", "la poste", "--json"),
    "the contacts": ("contacts", "--json"),
    "the contacts of a partner": ("contacts", "--json", "ddfip"),
    "some contacts, by their words": ("contacts", "--json", "lons"),
    "the contacts that are open": ("contacts", "--json", "justice", "--maintenant"),
    "whether contacts are open": ("fiche", "ddfip", "contact", "--json", "--quand", "2026-12-25 10:00"),
    "a need": ("chercher", "--json", "carte grise perdue"),
    "a need, explained": ("chercher", "--json", "--expliquer", "rsa"),
    "the situations": ("situation", "--json"),
    "a situation": ("situation", "--json", "perte-papiers/permis"),
    "no situation": ("situation", "--json", "demenagment"),
    "a sheet": ("feuille", "caf/rsa/demande", "justice/cdad/coordonnees", "--json"),
    "the messages to the second level": ("message", "msa/blocage/legislation", "--json"),
    "a report": ("signaler", "caf/rsa/demande", "--json"),
    "a tree": ("arbre", "--json", "justice"),
    "every tree": ("arbre", "--json"),
    "the problems": ("verifier", GUICHET, "--json"),
    "the livrets": ("livrets", "--json"),
    "what a desk has counted": ("journal", "--json"),
    "a report of what was counted": ("bilan", "--json"),
    "the needs that found nothing": ("bilan", "--besoins", "--json"),
    "the same livret twice": ("comparer", GUICHET, GUICHET, "--json"),
    "two livrets": ("comparer", VAL_FICTIF, str(RULES / "jura"), "--json"),
}


@pytest.mark.parametrize("arguments", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_what_the_schema_says(
    run: Run, validator: jsonschema.protocols.Validator, arguments: tuple[str, ...]
) -> None:
    ran = run(*arguments)
    assert ran.returncode in (OK, NOTHING_FOUND)
    assert ran.stdout.count("\n") == 1
    answer = json.loads(ran.stdout)
    validator.validate(answer)
    assert answer["schema_version"] == 1


def test_every_shape_is_met(call: Call) -> None:
    keys = {frozenset(json.loads(call(*arguments)[1])) for arguments in ANSWERS.values()}
    for shape in SCHEMA["oneOf"]:
        name = shape["$ref"].rpartition("/")[2]
        assert any(name in found or ("changes" in found and name == "comparison") for found in keys), name


def test_a_batch_is_one_answer_a_line(run: Run, validator: jsonschema.protocols.Validator) -> None:
    needs = ["je voudrais le rsa", "", "permis de pêche", "aide", "\x1b[2J\u202e"]
    ran = run("chercher", "--lot", "--json", input="\n".join(needs))
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [answer["query"] for answer in answers] == needs
    for answer in answers:
        validator.validate(answer)
    assert answers[0]["matches"]


def test_nothing_found_is_an_answer_too(call: Call, validator: jsonschema.protocols.Validator) -> None:
    code, out, err = call("zzzzz", "--json")
    assert code == NOTHING_FOUND and err
    answer = json.loads(out)
    validator.validate(answer)
    assert answer["matches"] == [] and answer["found_by"] == "nothing" and answer["query"] == "zzzzz"


def test_an_undescribed_key_would_be_seen(validator: jsonschema.protocols.Validator, call: Call) -> None:
    answer = json.loads(call("caf/rsa/demande", "--json")[1])
    answer["matches"][0]["contacts"][0]["colour"] = "red"
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(answer)


def test_the_keys_of_the_contract_are_there(call: Call) -> None:
    answer = json.loads(call("liste", "--json")[1])
    assert list(answer)[:3] == ["schema_version", "livret", "query"]
    assert len(answer["matches"]) > 100
    for match in answer["matches"]:
        assert [key for key in match if key in MATCHES] == MATCHES
        for contact in match["contacts"]:
            assert [key for key in contact if key in CONTACT] == CONTACT


def test_every_conclusion_is_reopened_by_its_id(call: Call) -> None:
    every = json.loads(call("liste", "--json")[1])["matches"]
    ids = [match["id"] for match in every]
    assert len(set(ids)) == len(ids) > 100
    for match in every[:: max(1, len(every) // 12)]:
        again = json.loads(call("fiche", match["id"], "--json")[1])
        assert again["matches"] == [match] and again["found_by"] == "id"
    known = {*ids, *(node.rpartition("/")[0] for node in ids)}
    for match in every:
        assert set(match["if_blocked"]) <= known, match["id"]
        assert match["level"] == 2 or match["if_blocked"] or match["no_second_level"], match["id"]


def test_a_query_comes_back_as_typed(call: Call) -> None:
    for query in (
        'guillemet " et \\ barre',
        "retour\nligne",
        "\x1b[31mrouge",
        "\u202eenvers",
        "é œ ’ «",
        "😀",
    ):
        out = call("fiche", f"{query} zzzzz", "--json")[1]
        assert json.loads(out)["query"] == f"{query} zzzzz"
        assert out[:-1].isprintable() or "\u00a0" in out
