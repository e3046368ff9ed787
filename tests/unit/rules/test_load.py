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
    path = folder / "prefecture.yaml"
    shutil.copy(folder / "mairie.yaml", path)
    edit(
        path,
        ("id: mairie", "id: prefecture"),
        ("label: Mairie", "label: Préfecture"),
        ("Mairie du village", "Préfecture du Jura"),
        ("keywords: [hôtel de ville]", "keywords: [préfète]"),
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
    files = {file.path.name: file for file in load_livret(folder).files if file.path.parent == folder}
    absent = ["hors-livret.yaml", "identifiants.yaml", "situations.yaml"]
    assert list(files)[:5] == ["livret.yaml", "mairie.yaml", *absent]
    assert [name for name, file in files.items() if file.size < 0] == absent


def test_every_broken_file_is_told_in_one_run_and_no_other(folder: Path) -> None:
    prefecture = second_partner(folder)
    edit(folder / "mairie.yaml", ("label: Mairie", "label: [Mairie"))
    edit(prefecture, ("audience: usager", "audience: tous"))
    (folder / "hors-livret.yaml").write_text("vagues: [aide]\n", encoding="utf-8")
    assert told(folder) == [
        "bon/hors-livret.yaml:1:1: clé inconnue « vagues » ; vouliez-vous dire « vague » ? [unknown-key]",
        "bon/mairie.yaml:2:8: syntaxe : liste entre crochets mal fermée : « , » ou « ] » attendu [syntax]",
        "bon/prefecture.yaml:13:15: « tous » n’est pas permis pour « audience » ; possible : conseiller, usager "
        "[bad-choice]",
    ]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        # what is left out must not be missed a second time by what named it
        ("  accueil:\n    phone:", "  accueil:\n    fax:", "unknown-key"),
        ('    phone: "03 84 25 69 92"\n', '    phone: "03 84 25 69 92"\n    fax: non\n', "unknown-key"),
        ("    label: Accueil de la mairie\n", "", "missing-key"),
        ("contacts:\n", "contacts: non\nnotes:\n", "unknown-key wrong-type"),
        ("  - id: aide\n", "  -\n", "missing-key"),
        ("    label: La démarche bloque\n", "", "missing-key"),
        ("    escalate: [accueil, etat-civil]\n", "", "no-lead"),
        ("    escalate: [accueil, etat-civil]\n", "    escalade: [accueil, etat-civil]\n", "unknown-key"),
        ("if_blocked: aide\n", "if_blocked: [aide]\n", "wrong-type"),
        ("if_blocked: aide\n", "if_block: aide\n", "unknown-key"),
        ("answers:\n", "reponses:\n", "unknown-key"),
        ("  - id: carte\n    label: Une", "  - libelle: Une", "missing-key unknown-key"),
        ("    steps:\n      - Prendre rendez-vous.\n", "    steps: Prendre rendez-vous.\n", "wrong-type"),
        ("    steps:\n      - Prendre rendez-vous.\n", "    steps:\n", "empty"),
        ("    steps:\n      - Prendre rendez-vous.\n", "    steps:\n      -\n", "empty"),
        ("    steps:\n      - Prendre rendez-vous.\n", "    goto: Aide\n", "bad-id"),
        ("pages: [3]\n", "pages: 3\n", "wrong-type"),
        ("pages: [3]\n", "pages: [0]\n", "bad-page"),
        ("pages: [3]\n", "pages: [6_0]\n", "bad-page"),
        ("question: Que veut l'usager ?\n", "", "missing-key"),
        ("question: Que veut l'usager ?\n", "qestion: Que veut l'usager ?\n", "unknown-key"),
        ("  accueil:\n", "  Accueil:\n", "bad-id"),
        ("    escalate: [accueil, etat-civil]", "    escalate: accueil", "wrong-type"),
        ("    escalate: [accueil, etat-civil]", "    escalate: [[accueil], etat-civil]", "wrong-type"),
        (
            "    escalate: [accueil, etat-civil]",
            "    escalate: [{contact: accueil, si: urgent}, etat-civil]",
            "unknown-key",
        ),
        ("  - id: aide\n    label: La", "  - id: aide\n    id: aide\n    label: La", "duplicate-key"),
        ("    keywords: [voter]\n", "    keywords: voter\n", "wrong-type"),
        (
            "  - id: liste\n    besoin: [je veux m'inscrire sur la liste électorale pour voter]\n",
            "  - id: liste\n    besoins: [je veux m'inscrire sur la liste électorale pour voter]\n",
            "unknown-key",
        ),
        ("    hours: Mo-Fr 08:30-12:00\n", "    hours:\n", "empty"),
        ("    label: Une carte d'identité\n", "    label: '  '\n", "empty"),
    ],
)
def test_one_mistake_is_one_line(before: str, after: str, code: str, folder: Path) -> None:
    edit(folder / "mairie.yaml", (before, after))
    assert sorted(problem.code for problem in verifier.verify_livret(folder).problems) == code.split()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "    steps:\n      - Prendre",
            "    action:\n      - Prendre",
            "25:5: clé inconnue « action » ; possible : help, pages,",
        ),
        (
            "  accueil:\n",
            "  l'Accueil:\n",
            "10:3: « l'Accueil » n’est pas un identifiant ; écrivez « l-accueil » [bad-id]",
        ),
        (
            "if_blocked: aide",
            "if_blocked: 'É !'",
            "7:13: « É ! » n’est pas un identifiant ; écrivez « e » [bad-id]",
        ),
        (
            "if_blocked: aide",
            "if_blocked: '!!'",
            "7:13: « !! » n’est pas un identifiant ; attendu : minuscules sans accent,",
        ),
        (
            "  - id: carte\n",
            "  - bonjour\n  - id: carte\n",
            "22:5: un texte à la place d’une réponse ; attendu : id, label,",
        ),
        ("[cni]", "[[cni]]", "24:16: « keywords » : une liste ; attendu : un texte [wrong-type]"),
        (
            "[cni]",
            "{cni: x, c: y}",
            "24:15: « keywords » : des « clé: valeur » ; attendu : une liste, chaque ligne",
        ),
        (
            "hours: Mo-Fr 08:30-12:00",
            "scope: locale",
            "14:12: « locale » n’est pas permis pour « scope » ; vouliez-vous dire « local » ?",
        ),
    ],
)
def test_the_words_of_a_problem(before: str, after: str, expected: str, folder: Path) -> None:
    edit(folder / "mairie.yaml", (before, after))
    (line, *_) = told(folder)
    assert line.removeprefix("bon/mairie.yaml:").startswith(expected)


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
    path = folder / "mairie.yaml"
    text = path.read_text(encoding="utf-8")
    keys = sorted(set(re.findall(r"(?m)^ *(?:- )?([\w-]+): ", text)))
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
    shutil.copy(folder / "mairie.yaml", folder / "prefecture.yaml")
    assert told(folder) == [
        "bon/prefecture.yaml:1:1: fichier que livret.yaml ne cite pas : rien n’y mène ; ajoutez « prefecture » "
        "à partners [unreachable]"
    ]
    edit(folder / "livret.yaml", ("[mairie]", "[mairie, prefecture]"))
    assert told(folder)[0] == (
        "bon/prefecture.yaml:1:5: « mairie » dans le fichier prefecture.yaml ; écrivez « id: prefecture » [file-name]"
    )
    edit(folder / "prefecture.yaml", ("id: mairie", "id: prefecture"))
    assert told(folder)[0] == (
        "bon/prefecture.yaml:2:8: « Mairie » désigne déjà « mairie » (ligne 1 de mairie.yaml) ; "
        "gardez-le chez un seul partenaire [shared-name]"
    )


@pytest.mark.parametrize(
    "name",
    [
        "Thumbs.db",
        "~$mairie.yaml",
        ".mairie.yaml.swp",
        "mairie.yaml~",
        "mairie.yaml.bak",
        "notes.txt",
        "#mairie.yaml#",
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
    (folder / "mairie.yaml").rename(folder / "mairie.yml")
    assert told(folder) == [
        "bon/livret.yaml:5:12: partenaire « mairie » sans fichier mairie.yaml ; "
        "renommez « mairie.yml » en « mairie.yaml » [missing-file]"
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
        (folder / "mairie.yaml").chmod(0o000)
        with as_nobody():
            loaded = load_livret(folder)
        (folder / "mairie.yaml").chmod(0o644)
    assert loaded.livret is None
    assert [str(problem) for problem in loaded.problems] == [
        f"{folder}/mairie.yaml:1:1: accès refusé ; vérifiez le disque et les droits d’accès [unreadable]"
    ]


def test_a_livret_that_cannot_be_read_at_all(tmp_path: Path) -> None:
    loaded = load_livret(tmp_path / "nulle-part")
    assert loaded.livret is loaded.draft is None
    assert [problem.code for problem in loaded.problems] == ["unreadable"]


def test_files_beside_the_partners(folder: Path) -> None:
    (folder / "hors-livret.yaml").write_text(
        "out_of_scope: [permis de chasse]\nvague: []\n", encoding="utf-8"
    )
    (folder / "identifiants.yaml").write_text("published: [mairie/carte]\n", encoding="utf-8")
    livret = load_livret(folder).livret
    assert livret is not None and livret.identifiers is not None
    assert livret.elsewhere.unsorted_needs == ["permis de chasse"]
    assert livret.identifiers.published == ["mairie/carte"]


TOPICS = """\
out_of_scope:
  - carte de pêche
  - topic: logement social
    where: La mairie, ou le bailleur.
    needs: [hlm, dossier de logement social]
  - topic: l'énergie
    needs: chèque énergie
"""


def test_topics_stand_beside_needs_that_have_none(folder: Path) -> None:
    (folder / "hors-livret.yaml").write_text(TOPICS, encoding="utf-8")
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
    (folder / "hors-livret.yaml").write_text(TOPICS, encoding="utf-8")
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
                "2:5: « out_of_scope » : ce texte se lit comme « clé: valeur » à cause de « : » ; "
                "mettez le texte entre guillemets doubles [wrong-type]"
            ],
        ),
        ("-\n  - pêche", ["2:4: « out_of_scope » est vide ; complétez, ou supprimez-la [empty]"]),
        ("- [a, b]", ["2:5: « out_of_scope » : une liste ; attendu : un texte [wrong-type]"]),
        ("- {topic: pêche, needs: []}", ["2:27: « needs » est vide ; complétez la liste [empty]"]),
        ("- topic: pêche\n    needs:", ["3:11: « needs » est vide ; complétez [empty]"]),
        ("- topic:\n    needs: [a b]", ["2:11: « topic » est vide ; complétez [empty]"]),
        (
            "- topic: pêche",
            [
                "2:5: il manque la clé « needs » ; ajoutez par exemple "
                "« needs: je voudrais un logement HLM » [missing-key]"
            ],
        ),
        (
            "- needs: [a b]",
            [
                "2:5: il manque la clé « topic » ; ajoutez par exemple « topic: logement social » "
                "[missing-key]"
            ],
        ),
        (
            "- sujet: pêche\n    où: La mairie.\n    besoin: [a b]",
            [
                "2:5: clé inconnue « sujet » ; vouliez-vous dire « topic » ? [unknown-key]",
                "3:5: clé inconnue « où » ; vouliez-vous dire « where » ? [unknown-key]",
                "4:5: clé inconnue « besoin » ; vouliez-vous dire « needs » ? [unknown-key]",
            ],
        ),
        (
            "- topic: pêche\n    needs:\n      - mur : le PLU\n      - où donc",
            [
                "4:9: « needs » : ce texte se lit comme « clé: valeur » à cause de « : » ; "
                "mettez le texte entre guillemets doubles [wrong-type]"
            ],
        ),
        (
            "- topic: pêche # 3\n    needs: [a b]",
            [
                "2:12: « # 3 » n’est pas lu, à cause de « # » ; mettez le texte entre guillemets doubles, "
                "ou le commentaire sur une ligne à lui [cut-by-comment]"
            ],
        ),
    ],
)
def test_a_mistake_in_a_topic_is_one_line_at_its_place(item: str, lines: list[str], folder: Path) -> None:
    (folder / "hors-livret.yaml").write_text(f"out_of_scope:\n  {item}\n", encoding="utf-8")
    assert told(folder) == [f"bon/hors-livret.yaml:{line}" for line in lines]
