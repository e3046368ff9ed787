"""The JSON Schemas of rule files: what an editor underlines is what the loader refuses, in one French line."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, RULES, Run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from fs_triage.author import schema
from fs_triage.checks import contacts
from fs_triage.rules import model_livret, model_situations, yaml_reader
from fs_triage.rules import model_partner as of_partners
from fs_triage.rules.keys import translate_keys
from fs_triage.rules.load import PartnerRules
from fs_triage.rules.model_errors import build_model
from fs_triage.rules.model_partner import Partner
from fs_triage.rules.vocabulary import FRENCH_KEYS
from fs_triage.rules.yaml_mistakes import SENTENCE_KEYS

DOCUMENTS: dict[str, dict[str, Any]] = {
    kind: json.loads(schema.build_schema(kind)) for kind in schema.KINDS_OF_FILES
}
DOCUMENT = DOCUMENTS["partenaire"]

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
    horaires: lundi au vendredi 8h30-19h
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
    dans cet ordre: oui
    étapes: [Appeler.]
"""


REFERENCES = {"contacts", "contacter", "orienter", "contact", "si ça bloque", "aller à", "ouvre"}
"""What names a thing declared elsewhere: a check, which knows what there is, tells a name that cannot be one."""


def refused_by_loader(text: str) -> bool:
    """Whether the loader refuses a partner's file, its references left aside: a schema cannot follow them."""
    table, problems = yaml_reader.parse_text(text, "guichet.yaml")
    assert table is not None
    translate_keys(table, (Partner,), problems)
    model = build_model(Partner, table, problems)
    return (
        model is None or bool(problems) or any(contacts.find_contact_kind_errors(PartnerRules(model, table)))
    )


def errors(data: object, kind: str = "partenaire") -> list[str]:
    return [
        f"{'/'.join(map(str, error.absolute_path))} {error.message}"
        for error in Draft7Validator(DOCUMENTS[kind]).iter_errors(data)
    ]


def test_the_command_prints_and_writes_the_committed_schemas(run: Run, tmp_path: Path) -> None:
    done = run("schema")
    assert (done.returncode, done.stderr, done.stdout) == (0, "", schema.build_schema("partenaire"))
    assert run("schema", "-o", str(tmp_path)).returncode == 0
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text(encoding="utf-8") for path in RULES.glob("*.schema.json")}
    assert written == kept and len(kept) == 9, "run: fs-triage schema -o rules"
    refused = run("schema", "mairie")
    assert (refused.returncode, refused.stdout) == (2, "") and "possibles" in refused.stderr


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_every_key_has_a_french_description_and_a_sound_example(kind: str) -> None:
    document = DOCUMENTS[kind]
    Draft7Validator.check_schema(document)
    models = [document, *document.get("$defs", {}).values()]
    keys = [(name, key) for body in models for name, key in body.get("properties", {}).items()]
    for name, key in keys:
        assert name in FRENCH_KEYS.values()
        assert key.get("description", "").endswith("."), name
        for example in key["examples"] if kind != "partenaire-herite" else ():
            validator = Draft7Validator({**key, "$defs": document.get("$defs", {})})
            if name != "situations":  # its example is not whole
                assert [error.message for error in validator.iter_errors(example)] == [], name
    assert keys or kind == "besoins"


@pytest.mark.parametrize(
    "path", sorted(RULES.rglob("*.yaml")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_our_rule_files(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = re.match(r"# yaml-language-server: \$schema=((?:\.\./)+[a-z-]+\.schema\.json)\n", text)
    assert found is not None
    named = (path.parent / found[1]).resolve()
    assert named.parent == RULES and named.is_file()
    assert errors(yaml.safe_load(text), named.name.partition(".")[0]) == []


def test_a_whole_file_is_accepted_as_an_editor_types_it() -> None:
    data = yaml.safe_load(WHOLE)
    assert data["contacts"]["tel"]["téléphone"] == 3230
    assert data["réponses"][0]["libellé"] is False
    data["réponses"][1]["dans cet ordre"] = "oui"  # a truth for PyYAML, a text for editors and for the loader
    assert errors(data) == []
    assert not refused_by_loader(WHOLE)


# What the server that editors use says of each mistake: the line, from 1, and the words


LEADS = "Cette réponse ne mène nulle part\u00a0: ajoutez"
MISTAKES: dict[str, tuple[str, str, str, str]] = {
    "an unknown key": ("    aide: Un titre.\n", "    fax: Un titre.\n", "fax:", "Cette clé n’existe pas ici"),
    "an English key": (
        "    aide: Un titre.\n",
        "    help: Un titre.\n",
        "help:",
        "Cette clé s’écrit «\u00a0aide\u00a0».",
    ),
    "a key without its accent": (
        "libellé: Deux",
        "libelle: Deux",
        "libelle: Deux",
        "Cette clé s’écrit «\u00a0libellé\u00a0».",
    ),
    "a missing label": (
        "    libellé: Ça bloque\n",
        "",
        "- id: blocage",
        "Il manque la clé «\u00a0libellé\u00a0»",
    ),
    "a bad id": ("id: blocage\n", "id: Blocage\n", "- id: Blocage", "Attendu\u00a0: des minuscules"),
    "an empty label": ("libellé: Ça bloque", "libellé:", "libellé:", "Attendu\u00a0: un texte."),
    "a blank label": ("libellé: Ça bloque", 'libellé: "  "', 'libellé: "  "', "Attendu\u00a0: un texte."),
    "a list for a text": ("libellé: Ça bloque", "libellé: [Ça]", "[Ça]", "Attendu\u00a0: un texte."),
    "a text for a list": ("renseigner: []", "renseigner: Rien.", "Rien.", "Attendu\u00a0: une liste"),
    "an empty list of steps": ("étapes: [Chercher.]", "étapes: []", "étapes: []", "Cette liste est vide."),
    "steps and a goto": (
        "aller à: blocage",
        "aller à: blocage\n        étapes: [a]",
        "aller à: blocage",
        "gardez",
    ),
    "a question without answers": (
        "aller à: blocage",
        "question: Quoi ?",
        "- id: non",
        "Il manque la clé «\u00a0réponses",
    ),
    "contacts beside escalate": (
        "contacter: [tel]",
        "contacter: [tel]\n    contacts: [tel]",
        "contacts: [tel]",
        "gardez",
    ),
    "contacts without steps": ("        étapes: [Chercher.]\n", "", "- id: 2", LEADS),
    "an answer that leads nowhere": ("        aller à: blocage\n", "", "- id: non", LEADS),
    "an unknown audience": (
        "public: usager",
        "public: tous",
        "tous",
        "«\u00a0conseiller\u00a0» ou «\u00a0usager\u00a0»",
    ),
    "a contact of two kinds": (
        "téléphone: 3230",
        "téléphone: 3230\n    courriel: a@b.fr",
        "téléphone",
        "Un contact a une seule valeur\u00a0: gardez «\u00a0courriel\u00a0» ou «\u00a0téléphone\u00a0».",
    ),
    "a contact without a value": (
        "    téléphone: 3230\n",
        "",
        "libellé: 3230",
        "Il manque une valeur\u00a0: ajoutez",
    ),
    "a contact with a bad id": ("  tel:\n", "  Tél:\n", "Tél:", "Attendu\u00a0: des minuscules"),
    "a page that is no number": ("pages: [2]", "pages: [deux]", "deux", "Attendu\u00a0: une page"),
    "page 0": ("pages: [2]", "pages: [0]", "[0]", "Attendu\u00a0: une page"),
    "page 1000": ("pages: [2]", "pages: [1000]", "[1000]", "Attendu\u00a0: une page"),
    "an unknown key in a use": (
        "quand: si perdu",
        "où: si perdu",
        "où: si perdu",
        "Cette clé n’existe pas ici",
    ),
    "a truth in English": (
        "dans cet ordre: oui",
        "dans cet ordre: true",
        "true",
        "«\u00a0oui\u00a0» ou «\u00a0non\u00a0»",
    ),
}
"""What was there, what was written, what the line holds that is underlined, what is said."""


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    """The real YAML language server of editors."""
    folder = Path(os.environ.get("FS_TRIAGE_YAML", ROOT / "tests" / "yaml"))
    if not (shutil.which("node") and (folder / "node_modules" / "yaml-language-server").is_dir()):
        assert os.environ.get("CI") != "true", "npm install in tests/yaml; CI installs it"
        pytest.skip("npm install dans tests/yaml")
    command = ["node", str(ROOT / "tests" / "yaml" / "check.mjs"), str(folder.resolve())]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        yield Editor(process)
        assert process.stdin is not None
        process.stdin.close()


class Editor:
    """Asks the language server, which answers a line for a line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def ask(self, kind: str, text: str, **place: int) -> Any:
        assert self.process.stdin is not None and self.process.stdout is not None
        question = {"schema": DOCUMENTS[kind], "text": text, **place}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def find_problems(self, text: str, kind: str = "partenaire") -> list[tuple[int, str]]:
        """Return the line, from 1, and the message of each problem."""
        return [(one["line"] + 1, one["message"]) for one in self.ask(kind, text)["problems"]]

    def complete(self, kind: str, text: str) -> list[str]:
        """Return what is proposed at the sign `|` in `text`."""
        before = text.partition("|")[0]
        place = {"line": before.count("\n"), "column": len(before) - before.rfind("\n") - 1}
        return list(self.ask(kind, text.replace("|", "", 1), **place)["proposed"])


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_one_french_line_in_the_editor(name: str, editor: Editor) -> None:
    before, after, line, said = MISTAKES[name]
    assert WHOLE.count(before) == 1, "the mutation must change one place"
    text = WHOLE.replace(before, after)
    assert refused_by_loader(text) or name == "a key without its accent"
    [(found, message)] = editor.find_problems(text)
    assert line in text.split("\n")[found - 1] and said in message, (found, message)


LIVRET = "id: a\ntitre: b\ndépartement: 39 c\nsource: d\n"
HEIR = """\
id: caf
remplacer:
  rsa: {libellé: b, étapes: [c]}
ajouter:
  .: [{id: a, libellé: b, étapes: [c]}]
"""
OTHERS = [
    ("besoins", "carte:\n  - perdue\nliste: une seule\n", []),
    ("besoins", "carte: []\n", [(1, "Cette liste est vide.")]),
    ("besoins", "Carte: [perdue]\n", [(1, "Attendu\u00a0: des minuscules")]),
    ("besoins", "carte: [{a: b}]\n", [(1, "Attendu\u00a0: un texte.")]),
    ("livret", f"{LIVRET}messages:\n  administration+: {{objet: a, texte: b}}\n", []),
    ("livret", "id: a\ntitre: b\nsource: c\n", []),  # what a layer below may give is not asked for
    ("livret", f"{LIVRET}partners: [a]\n", [(5, "s’écrit «\u00a0partenaires\u00a0»")]),
    ("hors-livret", "hors livret:\n  - seul\n  - {sujet: a, besoins: b}\nvagues: [c]\n", []),
    ("hors-livret", "hors livret:\n  - sujet: a\n", []),
    ("identifiants", "publiés: [a/b]\nrenommés: {c: d}\n", []),
    ("identifiants", "publiés: [a b]\n", [(1, "Attendu\u00a0: des minuscules")]),
    ("situations", "situations:\n  - {id: a, titre: b, mots: [], démarches: [a]}\n", [(2, "Cette liste est vide.")]),
    ("synonymes", "synonymes:\n  - mot: a\n", [(2, "Il manque la clé «\u00a0aussi\u00a0»")]),
    ("partenaire-herite", HEIR, []),
    ("partenaire-herite", "id: caf\nretirer: rsa\n", [(2, "Attendu\u00a0: une liste")]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "expected"), OTHERS)
def test_the_other_files_in_the_editor(
    kind: str, text: str, expected: list[tuple[int, str]], editor: Editor
) -> None:
    found = editor.find_problems(text, kind)
    assert [line for line, _ in found] == [line for line, _ in expected], found
    assert all(said in message for (_, message), (_, said) in zip(found, expected, strict=True)), found


@pytest.mark.parametrize(
    ("kind", "text", "proposed"),
    [
        (
            "partenaire",
            "id: a\n|",
            {"libellé", "si ça bloque", "pas de second niveau", "contacts", "réponses"},
        ),
        ("partenaire", "contacts:\n  a:\n    |", {"téléphone", "administration+", "sur place", "public"}),
        ("partenaire", "réponses:\n  - id: a\n    |", {"étapes", "aller à", "contacter", "question"}),
        ("livret", "id: a\n|", {"titre", "hérite de", "responsable"}),
        ("situations", "situations:\n  - id: a\n    |", {"mots", "démarches", "besoins"}),
    ],
)
def test_the_editor_proposes_french_keys(kind: str, text: str, proposed: set[str], editor: Editor) -> None:
    found = set(editor.complete(kind, text))
    assert proposed <= found
    assert found <= set(FRENCH_KEYS.values())


VALUES_OF_CONTACTS = {
    "courriel": ["a@b.fr", "contact@cdad-jura.fr", "a(at)b.fr", "a@b", "a b@c.fr", "à@b.fr", "à remplir"],
    "téléphone": [
        "3230",
        "39 49",
        "03 84 25 69 92",
        "0384256992",
        "03 84 25 69 9",
        "bonjour",
        "112",
        "à remplir",
    ],
    "site": [
        "caf.fr",
        "https://www.caf.fr/a?b=c",
        "javascript:alert(1)",
        "caf",
        "a b.fr",
        "http://u:p@caf.fr",
    ],
}


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in VALUES_OF_CONTACTS.items() for value in values]
)
def test_the_editor_looks_at_values_as_the_verifier_does(key: str, value: str) -> None:
    find = {"courriel": contacts.find_email_error, "téléphone": contacts.find_phone_error}
    wrong = value != "à remplir" and find.get(key, contacts.find_site_error)(value) is not None
    data = copy.deepcopy(BASE)
    data["contacts"]["tel"] = {key: value, "libellé": "x", "public": "usager"}
    assert bool(errors(data)) == wrong


def places(data: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to everything in `data`."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


BASE = yaml.safe_load(WHOLE.replace("dans cet ordre: oui", 'dans cet ordre: "oui"'))
KEYS = sorted({*FRENCH_KEYS.values(), "inconnue", "A b"})
VALUES = [
    *("", "  ", "x", "a/b", "É", "usager", "08"),
    *(0, 7, 1000, -1, 1.5, True),
    *([], ["x"], [3], ["usager"], {}, {"x": "y"}),
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    place=st.sampled_from(list(places(BASE))),
    change=st.sampled_from(["delete", "replace", "add"]),
    key=st.sampled_from(KEYS),
    value=st.sampled_from(VALUES),
)
def test_schema_and_loader_agree(place: tuple[str | int, ...], change: str, key: str, value: object) -> None:
    """But for the values of contacts, which the loader does not look at."""
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
    # the pattern of a contact's value says more than the loader, but for one that is empty
    found = [one for one in errors(data) if "[rR][eE][mM]" not in one or re.search(r" '\s*' does not", one)]
    changed = {"replace": place[-2:], "add": (key,)}.get(change, ())
    if any(step in REFERENCES for step in changed):
        assert found or not refused_by_loader(text), text
        return
    assert refused_by_loader(text) == bool(found), (text, found)


def test_the_reader_knows_which_keys_hold_sentences() -> None:
    every = [
        item for module in (of_partners, model_livret, model_situations) for item in vars(module).values()
    ]
    classes = {item for item in every if isinstance(item, type) and issubclass(item, of_partners.Model)}
    assert len(classes) > 10
    fields = [(field.alias or name, field) for one in classes for name, field in one.model_fields.items()]
    assert {
        key
        for key, field in fields
        if key in FRENCH_KEYS and "french" in f"{field.annotation}{field.metadata}"
    } == SENTENCE_KEYS
