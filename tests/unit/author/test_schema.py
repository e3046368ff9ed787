"""The JSON Schema of a rule file: what an editor underlines is what the loader refuses, and nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import JURA, RULES, Run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from fs_triage.author import schema
from fs_triage.checks import contacts
from fs_triage.rules import model_livret, yaml_reader
from fs_triage.rules import model_partner as of_partners
from fs_triage.rules.load import PartnerRules
from fs_triage.rules.model_errors import build_model
from fs_triage.rules.model_partner import Partner
from fs_triage.rules.yaml_mistakes import SENTENCE_KEYS

DOCUMENT: dict[str, Any] = json.loads(schema.build_schema())
VALIDATOR = Draft7Validator(DOCUMENT)
PARTNERS = sorted(
    set(JURA.glob("*.yaml"))
    - {
        JURA / name
        for name in ("livret.yaml", "besoins/hors-livret.yaml", "identifiants.yaml", "situations.yaml")
    }
)

WHOLE = """\
id: guichet
libellé: Guichet
nom: Guichet d'essai
pour: essais
mots: [comptoir]
pages: [2, "3"]
si ça bloque: blocage
ne pas renseigner: [Ne pas donner les tarifs.]
attention: [Attention.]
contacts:
  tel:
    téléphone: 3230
    libellé: 3230
    public: usager
    portée: national
    horaires: Mo-Fr 08:30-19:00
    note: Gratuit.
    doute: À vérifier.
question: Que veut l'usager ?
réponses:
  - id: titre
    libellé: no
    mots: [1234]
    aide: Un titre.
    pages: [2]
    pas de second niveau: Rien.
    question: Lequel ?
    réponses:
      - id: 2
        libellé: Deux
        étapes: [Chercher.]
        contacts: [tel, {contact: tel, quand: si perdu}]
      - id: non
        libellé: Non
        aller à: blocage
  - id: blocage
    libellé: Ça bloque
    ne pas renseigner: []
    contacter: [tel]
    étapes: [Appeler.]
examples:
  - id: titre/2
    besoins: perdu
    walk: [titre, 2]
  - id: blocage
    besoins: [bloqué, 8]
"""


def refused_by_loader(text: str) -> bool:
    """Whether the loader refuses a partner's file, its references left aside: a schema cannot follow them."""
    table, problems = yaml_reader.parse_text(text, "partenaires/guichet.yaml")
    assert table is not None
    model = build_model(Partner, table, problems)
    return (
        model is None or bool(problems) or any(contacts.find_contact_kind_errors(PartnerRules(model, table)))
    )


def errors(data: object) -> list[tuple[list[str | int], str]]:
    return [(list(error.absolute_path), error.message) for error in VALIDATOR.iter_errors(data)]


def test_the_command_prints_the_committed_schema(run: Run) -> None:
    done = run("schema")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == schema.build_schema()
    kept = (RULES / "partner.schema.json").read_text(encoding="utf-8")
    assert kept == done.stdout, "run: fs-triage schema > rules/partner.schema.json"


def test_the_schema_is_a_schema() -> None:
    Draft7Validator.check_schema(DOCUMENT)


def models() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "Partner", DOCUMENT
    yield from DOCUMENT["$defs"].items()


def test_every_key_has_a_french_description_and_a_sound_example() -> None:
    keys = [(model, name, key) for model, body in models() for name, key in body["properties"].items()]
    assert len(keys) > 40
    for model, name, key in keys:
        assert key.get("description", "").endswith("."), (model, name)
        assert key.get("examples"), (model, name)
        for example in key["examples"]:
            validator = Draft7Validator({**key, "$defs": DOCUMENT["$defs"]})
            assert [error.message for error in validator.iter_errors(example)] == [], (model, name)


@pytest.mark.parametrize("path", PARTNERS, ids=lambda path: path.stem)
def test_our_rule_files(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert first == "# yaml-language-server: $schema=../partner.schema.json"
    assert (path.parent / first.partition("=")[2]).resolve() == (RULES / "partner.schema.json").resolve()
    assert errors(yaml.safe_load(text)) == []


def test_our_rule_files_are_nine() -> None:
    assert len(PARTNERS) == 9


def test_a_whole_file_is_accepted_as_an_editor_types_it() -> None:
    data = yaml.safe_load(WHOLE)
    assert data["contacts"]["tel"]["phone"] == 3230
    assert data["answers"][0]["label"] is False
    assert errors(data) == []
    assert not refused_by_loader(WHOLE)


TWO_THINGS = "Une réponse mène à une seule chose\u00a0: gardez «\u00a0{}\u00a0» ou «\u00a0{}\u00a0»."
MUTANTS: dict[str, tuple[str, str, list[str | int]]] = {
    "an unknown key": ("    aide: Un titre.\n", "    aide: Un titre.\n", ["answers", 0]),
    "a missing label": ("    libellé: Ça bloque\n", "", ["answers", 1]),
    "a bad id": ("id: blocage\n    label", "id: Blocage\n    label", ["answers", 1, "id"]),
    "an empty label": ("libellé: Ça bloque", "libellé:", ["answers", 1, "label"]),
    "a blank label": ("libellé: Ça bloque", 'libellé: "  "', ["answers", 1, "label"]),
    "a list for a text": ("libellé: Ça bloque", "libellé: [Ça bloque]", ["answers", 1, "label"]),
    "a text for a list": ("ne pas renseigner: []", "ne pas renseigner: Rien.", ["answers", 1, "do_not"]),
    "an empty list of steps": ("étapes: [Chercher.]", "étapes: []", ["answers", 0, "answers", 0, "steps"]),
    "no answers": ("si ça bloque: blocage\n", "si ça bloque: blocage\nanswers2: []\n", []),
    "steps and a goto": (
        "aller à: blocage",
        "aller à: blocage\n        étapes: [a]",
        ["answers", 0, "answers", 1, "steps"],
    ),
    "a question and steps": (
        "    question: Lequel ?",
        "    étapes: [a]\n    question: Lequel ?",
        ["answers", 0, "steps"],
    ),
    "a question without answers": ("aller à: blocage", "question: Quoi ?", ["answers", 0, "answers", 1]),
    "contacts beside escalate": (
        "contacter: [tel]",
        "contacter: [tel]\n    contacts: [tel]",
        ["answers", 1, "contacts"],
    ),
    "contacts without steps": ("étapes: [Chercher.]\n", "\n", ["answers", 0, "answers", 0]),
    "an answer that leads nowhere": ("        aller à: blocage\n", "", ["answers", 0, "answers", 1]),
    "an unknown audience": ("public: usager", "public: tous", ["contacts", "tel", "audience"]),
    "an unknown scope": ("portée: national", "portée: Jura", ["contacts", "tel", "scope"]),
    "a contact of two kinds": (
        "téléphone: 3230",
        "téléphone: 3230\n    courriel: a@b.fr",
        ["contacts", "tel", "email"],
    ),
    "a contact without a value": ("    téléphone: 3230\n", "", ["contacts", "tel"]),
    "a contact with a bad id": ("  tel:\n", "  Tél:\n", ["contacts"]),
    "a page that is no number": ("pages: [2]", "pages: [deux]", ["answers", 0, "pages", 0]),
    "page 0": ("pages: [2]", "pages: [0]", ["answers", 0, "pages", 0]),
    "page 1000": ("pages: [2]", "pages: [1000]", ["answers", 0, "pages", 0]),
    "an unknown key in a use": (
        "quand: si perdu",
        "quand: si perdu",
        ["answers", 0, "answers", 0, "contacts", 1],
    ),
    "an unknown key in an example": ("besoins: perdu", "besoins: perdu", ["examples", 0]),
    "an example without id": ("  - id: blocage\n    besoins:", "  - besoins:", ["examples", 1]),
    "a bad path": ("id: titre/2", "id: titre//2", ["examples", 0, "id"]),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_underlined_where_it_is_wrong(name: str) -> None:
    old, new, place = MUTANTS[name]
    assert WHOLE.count(old) == 1, "the mutation must change one place"
    text = WHOLE.replace(old, new)
    assert refused_by_loader(text)
    assert place in [path for path, _ in errors(yaml.safe_load(text))]


def test_a_node_that_is_two_things_says_so_in_french() -> None:
    node = DOCUMENT["$defs"]["Answer"]["dependencies"]["steps"]["properties"]["goto"]
    assert node["errorMessage"] == TWO_THINGS.format("steps", "goto")


def places(data: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to everything in `data`."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


BASE = yaml.safe_load(WHOLE)
KEYS = sorted({name for _, body in models() for name in body["properties"]} | {"inconnue", "A b"})
VALUES = [
    "",
    "  ",
    "x",
    "a/b",
    "É",
    0,
    7,
    1000,
    -1,
    1.5,
    True,
    [],
    ["x"],
    [3],
    ["usager"],
    {},
    {"x": "y"},
    "usager",
    "08",
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    place=st.sampled_from(list(places(BASE))),
    change=st.sampled_from(["delete", "replace", "add"]),
    key=st.sampled_from(KEYS),
    value=st.sampled_from(VALUES),
)
def test_schema_and_loader_agree(place: tuple[str | int, ...], change: str, key: str, value: object) -> None:
    data: Any = copy.deepcopy(BASE)
    holder = data
    for step in place[:-1]:
        holder = holder[step]
    if change == "delete":
        del holder[place[-1]]
    elif change == "replace":
        holder[place[-1]] = value
    elif isinstance(holder[place[-1]], dict):
        holder[place[-1]][key] = value
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    assert yaml.safe_load(text) == data
    assert refused_by_loader(text) == bool(errors(data)), (text, errors(data))


def test_the_reader_knows_which_keys_hold_sentences() -> None:
    every = [item for module in (of_partners, model_livret) for item in vars(module).values()]
    classes = {item for item in every if isinstance(item, type) and issubclass(item, of_partners.Model)}
    assert len(classes) > 10
    fields = [(field.alias or name, field) for one in classes for name, field in one.model_fields.items()]
    assert {
        key for key, field in fields if "french" in f"{field.annotation}{field.metadata}"
    } == SENTENCE_KEYS
