"""A folder of rules: what is read, what is ignored, and that one broken file does not speak for the others."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import GOOD, edit

from fs_triage.author import verifier
from fs_triage.rules.flatten import flatten_livret
from fs_triage.rules.load import load_livret
from fs_triage.rules.salvage import LostParts
from fs_triage.search.training_set import build_training_set

NOBODY = 65534


def told(folder: Path) -> list[str]:
    return [str(problem) for problem in verifier.verify_livret(folder).problems]


def second_partner(folder: Path) -> Path:
    """Add a sound partner « prefecture » to the livret; returns its file."""
    path, needs = folder / "partenaires/prefecture.yaml", folder / "besoins/prefecture.yaml"
    shutil.copy(folder / "partenaires/mairie.yaml", path)
    shutil.copy(folder / "besoins/mairie.yaml", needs)
    edit(
        path,
        ("id: mairie", "id: prefecture"),
        ("libellé: Mairie", "libellé: Préfecture"),
        ("Mairie du village", "Préfecture du Jura"),
        ("mots: [hôtel de ville]", "mots: [préfète]"),
    )
    edit(
        needs,
        ("refaire ma carte", "refaire une carte"),
        ("je veux m'inscrire", "il faut m'inscrire"),
        ("la mairie ne", "la préfecture ne"),
    )
    edit(folder / "livret.yaml", ("[mairie]", "[mairie, prefecture]"))
    return path


def test_a_sound_livret_is_loaded_whole(folder: Path) -> None:
    second_partner(folder)
    loaded = load_livret(folder)
    assert loaded.problems == [] and loaded.livret is loaded.draft is not None
    assert [rules.model.id for rules in loaded.livret.partners] == ["mairie", "prefecture"]
    assert all(rules.whole and rules.lost == LostParts() for rules in loaded.livret.partners)
    assert told(folder) == []


def test_the_state_of_every_file_is_noted_and_that_others_were_absent(folder: Path) -> None:
    found = [file for file in load_livret(folder).files if file.path.is_relative_to(folder)]
    files = {file.path.relative_to(folder).as_posix(): file for file in found}
    absent = ["besoins/hors-livret.yaml", "identifiants.yaml", "situations.yaml", "relectures.yaml"]
    assert list(files)[:7] == ["livret.yaml", "partenaires/mairie.yaml", "besoins/mairie.yaml", *absent]
    assert [name for name, file in files.items() if file.size < 0] == absent


def test_every_broken_file_is_told_in_one_run_and_no_other(folder: Path) -> None:
    prefecture = second_partner(folder)
    edit(folder / "partenaires/mairie.yaml", ("libellé: Mairie", "libellé: [Mairie"))
    edit(prefecture, ("public: usager", "public: tous"))
    (folder / "besoins/hors-livret.yaml").write_text("vage: [aide]\n", encoding="utf-8")
    assert told(folder) == [
        "bon/besoins/hors-livret.yaml:1:1: clé inconnue « vage » ; vouliez-vous dire « vagues » ? [unknown-key]",
        "bon/partenaires/mairie.yaml:2:10: ce texte commence par « [ », un signe de YAML ; mettez des guillemets : "
        '"[Mairie" [syntax]',
        "bon/partenaires/prefecture.yaml:13:13: « tous » n’est pas permis pour « public » ; possible : conseiller, "
        "usager [bad-choice]",
    ]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        # what is left out must not be missed a second time by what named it
        ("  accueil:\n    téléphone:", "  accueil:\n    fax:", "unknown-key"),
        (
            '    téléphone: "03 84 25 69 92"\n',
            '    téléphone: "03 84 25 69 92"\n    fax: non\n',
            "unknown-key",
        ),
        ("    libellé: Accueil de la mairie\n", "", "missing-key"),
        ("contacts:\n", "contacts: non\nnotes:\n", "unknown-key wrong-type"),
        ("  - id: aide\n", "  -\n", "missing-key"),
        ("    libellé: La démarche bloque\n", "", "missing-key"),
        ("    contacter: [accueil, etat-civil]\n", "", "no-lead"),
        ("    contacter: [accueil, etat-civil]\n", "    escalade: [accueil, etat-civil]\n", "unknown-key"),
        ("si ça bloque: aide\n", "si ça bloque: [aide]\n", "wrong-type"),
        ("si ça bloque: aide\n", "if_block: aide\n", "unknown-key"),
        ("réponses:\n", "answers:\n", "unknown-key"),
        ("  - id: carte\n    libellé: Une", "  - label: Une", "missing-key unknown-key"),
        ("    étapes:\n      - Prendre rendez-vous.\n", "    étapes: Prendre rendez-vous.\n", "wrong-type"),
        ("    étapes:\n      - Prendre rendez-vous.\n", "    étapes:\n", "empty"),
        ("    étapes:\n      - Prendre rendez-vous.\n", "    étapes:\n      -\n", "empty"),
        (
            "    étapes:\n      - Prendre rendez-vous.\n",
            "    aller à: Aide\n",
            "example-unknown unknown-target",
        ),
        ("pages: [3]\n", "pages: 3\n", "wrong-type"),
        ("pages: [3]\n", "pages: [0]\n", "bad-page"),
        ("pages: [3]\n", "pages: [6_0]\n", "bad-page"),
        ("question: Que veut l'usager ?\n", "", "missing-key"),
        ("question: Que veut l'usager ?\n", "qestion: Que veut l'usager ?\n", "unknown-key"),
        ("  accueil:\n", "  Accueil:\n", "bad-id"),
        ("    contacter: [accueil, etat-civil]", "    contacter: accueil", "wrong-type"),
        ("    contacter: [accueil, etat-civil]", "    contacter: [[accueil], etat-civil]", "wrong-type"),
        (
            "    contacter: [accueil, etat-civil]",
            "    contacter: [{contact: accueil, si: urgent}, etat-civil]",
            "unknown-key",
        ),
        ("  - id: aide\n    libellé: La", "  - id: aide\n    id: aide\n    libellé: La", "duplicate-key"),
        ("    mots: [voter]\n", "    mots: voter\n", "wrong-type"),
        ("question: Que veut l'usager ?\n", "question: Que veut l'usager ?\nbesoins: {}\n", "unknown-key"),
        ("    horaires: lundi au vendredi 8h30-12h\n", "    horaires:\n", "empty"),
        ("    libellé: Une carte d'identité\n", "    libellé: '  '\n", "empty"),
    ],
)
def test_one_mistake_is_one_line(before: str, after: str, code: str, folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", (before, after))
    assert sorted(problem.code for problem in verifier.verify_livret(folder).problems) == code.split()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "    étapes:\n      - Prendre",
            "    action:\n      - Prendre",
            "25:5: clé inconnue « action » ; vouliez-vous dire « attention » ?",
        ),
        (
            "  accueil:\n",
            "  l'Accueil:\n",
            "10:3: « l'Accueil » n’est pas un identifiant ; écrivez « l-accueil » [bad-id]",
        ),
        (
            "si ça bloque: aide",
            "si ça bloque: 'É !'",
            "7:15: «\u00a0si ça bloque\u00a0» mène à «\u00a0É\u00a0!\u00a0», qui n’existe pas\u00a0; possible",
        ),
        (
            "si ça bloque: aide",
            "si ça bloque: '!!'",
            "7:15: «\u00a0si ça bloque\u00a0» mène à «\u00a0!!\u00a0», qui n’existe pas\u00a0; possible",
        ),
        (
            "  - id: carte\n",
            "  - bonjour\n  - id: carte\n",
            "22:5: un texte à la place d’une réponse ; attendu : id, libellé,",
        ),
        ("[cni]", "[[cni]]", "24:12: « mots » : une liste ; attendu : un texte [wrong-type]"),
        (
            "[cni]",
            "{cni: x, c: y}",
            "24:11: « mots » : des « clé: valeur » ; attendu : une liste, chaque ligne",
        ),
        (
            "horaires: lundi au vendredi 8h30-12h",
            "portée: locale",
            "14:13: « locale » n’est pas permis pour « portée » ; vouliez-vous dire « local » ?",
        ),
    ],
)
def test_the_words_of_a_problem(before: str, after: str, expected: str, folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", (before, after))
    lines = [line.removeprefix("bon/partenaires/mairie.yaml:") for line in told(folder)]
    assert [line for line in lines if line.startswith(expected)], lines


def test_no_english_word_of_a_library_shows_through(folder: Path) -> None:
    english = {
        "should",
        "input",
        "valid",
        "expected",
        "field",
        "required",
        "found",
        "while",
        "mapping",
        "string",
    }
    path = folder / "partenaires/mairie.yaml"
    text = path.read_text(encoding="utf-8")
    keys = sorted(set(re.findall(r"(?m)^ *(?:- )?([\w +-]+): ", text)))
    assert len(keys) > 10
    seen = 0
    for value in ("[", "{a: b}", "[a]", "''", "x: y", "- a", "'", "&a", "!!x", "1" * 400):
        for key in keys:
            path.write_text(re.sub(rf"(?m)^( *(?:- )?{key}: ).*", rf"\g<1>{value}", text, count=1), "utf-8")
            for problem in load_livret(folder).problems:
                seen += 1
                assert english.isdisjoint(problem.message.lower().split()), problem
    assert seen > 100


def test_a_copied_file_is_told_with_both_places(folder: Path) -> None:
    shutil.copy(folder / "partenaires/mairie.yaml", folder / "partenaires/prefecture.yaml")
    assert told(folder) == [
        "bon/partenaires/prefecture.yaml:1:1: fichier que livret.yaml ne cite pas : rien n’y mène ; ajoutez "
        "« prefecture » à partenaires [unreachable]"
    ]
    edit(folder / "livret.yaml", ("[mairie]", "[mairie, prefecture]"))
    assert told(folder)[0] == (
        "bon/partenaires/prefecture.yaml:1:5: « mairie » dans le fichier prefecture.yaml ; écrivez "
        "« id: prefecture » [file-name]"
    )
    edit(folder / "partenaires/prefecture.yaml", ("id: mairie", "id: prefecture"))
    assert told(folder)[0] == (
        "bon/partenaires/prefecture.yaml:2:10: « Mairie » désigne déjà « mairie » (ligne 1 de mairie.yaml) ; "
        "gardez-le chez un seul partenaire [shared-name]"
    )


@pytest.mark.parametrize(
    "name",
    [
        "Thumbs.db",
        "partenaires/~$mairie.yaml",
        "partenaires/.mairie.yaml.swp",
        "partenaires/mairie.yaml~",
        "partenaires/mairie.yaml.bak",
        "notes.txt",
        "partenaires/#mairie.yaml#",
        ".git/config",
        "sauvegarde/caf.yaml",
    ],
)
def test_stray_files_are_ignored(name: str, folder: Path) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"\x00{[ pas du YAML")
    assert told(folder) == []
    assert name not in {file.path.name for file in load_livret(folder).files}


def test_another_ending_is_not_taken_for_a_missing_file(folder: Path) -> None:
    (folder / "partenaires/mairie.yaml").rename(folder / "mairie.yml")
    assert told(folder) == [
        "bon/livret.yaml:5:15: partenaire « mairie » sans fichier partenaires/mairie.yaml ; "
        "renommez « mairie.yml » en « partenaires/mairie.yaml » [missing-file]"
    ]


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Read files as somebody who may not read everything: root is let in everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_may_not_be_read_is_named_and_the_rest_is_not_served_as_whole() -> None:
    load_livret(GOOD)  # nothing is left to import
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "bon"
        shutil.copytree(GOOD, folder)
        for path in (Path(name), folder):
            path.chmod(0o755)
        (folder / "partenaires/mairie.yaml").chmod(0o000)
        with as_nobody():
            loaded = load_livret(folder)
        (folder / "partenaires/mairie.yaml").chmod(0o644)
    assert loaded.livret is None
    assert [str(problem) for problem in loaded.problems] == [
        f"{folder}/partenaires/mairie.yaml:1:1: accès refusé ; vérifiez le disque et les droits d’accès [unreadable]"
    ]


def test_a_livret_that_cannot_be_read_at_all(tmp_path: Path) -> None:
    loaded = load_livret(tmp_path / "nulle-part")
    assert loaded.livret is loaded.draft is None
    assert [problem.code for problem in loaded.problems] == ["unreadable"]


def test_files_beside_the_partners(folder: Path) -> None:
    (folder / "besoins/hors-livret.yaml").write_text(
        "hors livret: [permis de chasse]\nvagues: []\n", encoding="utf-8"
    )
    (folder / "identifiants.yaml").write_text("publiés: [mairie/carte]\n", encoding="utf-8")
    livret = load_livret(folder).livret
    assert livret is not None and livret.identifiers is not None
    assert livret.elsewhere.unsorted_needs == ["permis de chasse"]
    assert livret.identifiers.published == ["mairie/carte"]


TOPICS = """\
hors livret:
  - carte de pêche
  - sujet: logement social
    où: La mairie, ou le bailleur.
    besoins: [hlm, dossier de logement social]
  - sujet: l'énergie
    besoins: chèque énergie
"""


def test_topics_stand_beside_needs_that_have_none(folder: Path) -> None:
    (folder / "besoins/hors-livret.yaml").write_text(TOPICS, encoding="utf-8")
    livret = load_livret(folder).livret
    assert livret is not None
    assert [(topic.topic, topic.where, topic.needs) for topic in livret.elsewhere.topics] == [
        ("logement social", "La mairie, ou le bailleur.", ["hlm", "dossier de logement social"]),
        ("l’énergie", None, ["chèque énergie"]),
    ]
    assert livret.elsewhere.unsorted_needs == ["carte de pêche"]
    assert sorted(livret.elsewhere.uncovered) == [
        "carte de pêche",
        "chèque énergie",
        "dossier de logement social",
        "hlm",
    ]


def test_what_a_search_learns_keeps_the_topic_of_each_need(folder: Path) -> None:
    (folder / "besoins/hors-livret.yaml").write_text(TOPICS, encoding="utf-8")
    livret = load_livret(folder).livret
    assert livret is not None
    assert build_training_set(livret, flatten_livret(livret))["out_of_scope"] == [
        {
            "name": "logement social",
            "where": "La mairie, ou le bailleur.",
            "needs": ["hlm", "dossier de logement social"],
        },
        {"name": "l’énergie", "where": "", "needs": ["chèque énergie"]},
        {"name": "", "where": "", "needs": ["carte de pêche"]},
    ]


@pytest.mark.parametrize(
    ("item", "lines"),
    [
        (
            "- clôture : que dit le PLU",
            [
                "2:5: « hors livret » : ce texte se lit comme « clé: valeur » à cause de « : » ; "
                "mettez le texte entre guillemets doubles [wrong-type]"
            ],
        ),
        ("-\n  - pêche", ["2:4: « hors livret » est vide ; complétez, ou supprimez-la [empty]"]),
        ("- [a, b]", ["2:5: « hors livret » : une liste ; attendu : un texte [wrong-type]"]),
        ("- {sujet: pêche, besoins: []}", ["2:29: « besoins » est vide ; complétez la liste [empty]"]),
        ("- sujet: pêche\n    besoins:", ["3:13: « besoins » est vide ; complétez [empty]"]),
        ("- sujet:\n    besoins: [a b]", ["2:11: « sujet » est vide ; complétez [empty]"]),
        (
            "- sujet: pêche",
            [
                "2:5: il manque la clé « besoins » ; ajoutez par exemple "
                "« besoins: je voudrais un logement HLM » [missing-key]"
            ],
        ),
        (
            "- besoins: [a b]",
            [
                "2:5: il manque la clé « sujet » ; ajoutez par exemple « sujet: logement social » "
                "[missing-key]"
            ],
        ),
        (
            "- topic: pêche\n    where: La mairie.\n    besoin: [a b]",
            [
                "2:5: clé inconnue « topic » ; écrivez « sujet » [unknown-key]",
                "3:5: clé inconnue « where » ; écrivez « où » [unknown-key]",
                "4:5: clé inconnue « besoin » ; vouliez-vous dire « besoins » ? [unknown-key]",
            ],
        ),
        (
            "- sujet: pêche\n    besoins:\n      - mur : le PLU\n      - où donc",
            [
                "4:9: « besoins » : ce texte se lit comme « clé: valeur » à cause de « : » ; "
                "mettez le texte entre guillemets doubles [wrong-type]"
            ],
        ),
        (
            "- sujet: pêche # 3\n    besoins: [a b]",
            [
                "2:12: « # 3 » n’est pas lu, à cause de « # » ; mettez le texte entre guillemets doubles, "
                "ou le commentaire sur une ligne à lui [cut-by-comment]"
            ],
        ),
    ],
)
def test_a_mistake_in_a_topic_is_one_line_at_its_place(item: str, lines: list[str], folder: Path) -> None:
    (folder / "besoins/hors-livret.yaml").write_text(f"hors livret:\n  {item}\n", encoding="utf-8")
    assert told(folder) == [f"bon/besoins/hors-livret.yaml:{line}" for line in lines]
