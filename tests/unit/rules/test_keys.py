"""French keys: one vocabulary, whatever the spelling; another word is refused with the right one."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import edit, find_problem_lines

from fs_triage.rules import model_livret, model_partner, model_situations
from fs_triage.rules.keys import translate_keys
from fs_triage.rules.model_partner import Changes, Model, Partner
from fs_triage.rules.vocabulary import FRENCH_KEYS, fold_key
from fs_triage.rules.yaml_reader import parse_text

MODELS = {
    item
    for module in (model_partner, model_livret, model_situations)
    for item in vars(module).values()
    if isinstance(item, type) and issubclass(item, Model)
}


def test_every_key_has_one_french_word() -> None:
    every = {field.alias or name for model in MODELS for name, field in model.model_fields.items()}
    assert len(every) > 50
    assert every - set(FRENCH_KEYS) == {"examples"}, "the needs have files of their own"
    for model in MODELS:
        keys = {field.alias or name for name, field in model.model_fields.items()} - {"examples"}
        folded = [fold_key(FRENCH_KEYS[key]) for key in keys]
        assert len(set(folded)) == len(folded), model


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("libellé: Mairie", "Libelle: Mairie"),
        ("si ça bloque:", "SI_CA_BLOQUE:"),
        ("si ça bloque:", "si-ça\u00a0bloque:"),
        ("téléphone:", "telephone:"),
        ("réponses:", "re\u0301ponses:"),
        ("    courriel: etat-civil@mairie.fr", "    administration plus: AdmPlus"),
        ("    courriel: etat-civil@mairie.fr", "    rendez vous: Au guichet"),
        ("    courriel: etat-civil@mairie.fr", "    sur_place: Au guichet"),
        ("    pages: [3]", "    dans cet ordre: Oui\n    pages: [3]"),
    ],
)
def test_a_spelling_makes_no_other_key(before: str, after: str, folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", (before, after))
    assert find_problem_lines(folder) == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("    libellé: Une carte", "    label: Une carte", "23:5: clé inconnue « label » ; écrivez « libellé »"),
        ("    étapes:\n      - Pren", "    steps:\n      - Pren", "25:5: clé inconnue « steps » ; écrivez « étapes »"),
        ("    courriel:", "    mail:", "16:5: clé inconnue « mail » ; vouliez-vous dire « courriel » ?"),
        ("    courriel:", "    e-mail:", "16:5: clé inconnue « e-mail » ; vouliez-vous dire « courriel » ?"),
        ("    courriel:", "    couriel:", "16:5: clé inconnue « couriel » ; vouliez-vous dire « courriel » ?"),
        ("    mots: [cni]", "    mots: [a]\n    Mots: [b]", "25:5: clé répétée « Mots », déjà à la ligne 24 ; gardez"),
        ("    mots: [cni]", "    keywords: [b]\n    mots: [a]", "24:5: clé répétée « keywords », déjà à la ligne 25"),
        ("    pages: [3]", "    dans cet ordre: true", "35:21: « true » n’est pas permis pour « dans cet ordre »"),
        ("    public: usager", "    public: tous", "13:13: « tous » n’est pas permis pour « public » ; possible"),
        ("nom: Mairie du village\n", "", "1:1: il manque la clé « nom » ; ajoutez par exemple « nom: Caisse d’all"),
    ],
)  # fmt: skip
def test_another_word_is_one_line_with_the_right_one(
    before: str, after: str, told: str, folder: Path
) -> None:
    edit(folder / "partenaires/mairie.yaml", (before, after))
    [line] = find_problem_lines(folder)
    assert line.replace("\u00a0", " ").startswith(f"partenaires/mairie.yaml:{told}")


def test_a_name_is_no_key_whatever_it_is_called(folder: Path) -> None:
    """Contacts called as keys are, in French and as the models are."""
    edit(folder / "partenaires/mairie.yaml", ("  accueil:\n", "  site:\n"), ("  etat-civil:\n", "  label:\n"))
    edit(folder / "partenaires/mairie.yaml", ("[accueil, etat-civil]", "[site, label]"))
    assert find_problem_lines(folder) == []


def test_the_names_of_messages_are_kinds_or_contacts() -> None:
    text = "messages:\n  courriel: {objet: a, texte: b}\n  administration+: {objet: a, texte: b}\n  mairie/site: {}\n"
    table, problems = parse_text(text, "f")
    assert table is not None
    assert translate_keys(table, (model_livret.Booklet,), problems) == 0 and problems == []
    assert list(table.to_data()["messages"]) == ["email", "administration-plus", "mairie/site"]
    assert table.to_data()["messages"]["email"] == {"subject": "a", "body": "b"}


def test_what_an_heir_changes_is_read_with_the_same_keys() -> None:
    text = (
        "retirer: [a]\nremplacer: {a/label: {libellé: x, étapes: [y]}}\najouter: {.: [{id: z, aller à: a}]}\n"
    )
    table, problems = parse_text(text, "f")
    assert table is not None and translate_keys(table, (Partner, Changes), problems) == 0
    assert problems == []
    assert table.to_data() == {
        "remove": ["a"],
        "replace": {"a/label": {"label": "x", "steps": ["y"]}},
        "add": {".": [{"id": "z", "goto": "a"}]},
    }
