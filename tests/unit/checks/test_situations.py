"""Events of life: what is wrong in `situations.yaml` is told, and an heir has the démarches that are left to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import JURA, edit, find_problem_lines, open_compiled, write_files

from fs_triage.rules.load import load_livret

GOOD = """\
situations:
  - id: demenagement
    titre: Déménagement
    mots: [déménager, nouvelle adresse]
    question: Que faut-il changer ?
    réponses:
      - id: titre
        libellé: Son titre d'identité
        mots: [cni]
        démarches: [mairie/carte]
      - id: vote
        libellé: Son lieu de vote
        démarches: [mairie/liste]
    démarches: [mairie/carte, mairie/liste, mairie/aide]
    besoins: [je viens de déménager, à qui donner ma nouvelle adresse]
"""


def write(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the good situations in `folder`, but for `changes`."""
    path = folder / "situations.yaml"
    path.write_text(GOOD, encoding="utf-8")
    edit(path, *changes)
    return folder


def told(folder: Path, *changes: tuple[str, str]) -> list[str]:
    return [
        line.removeprefix("situations.yaml:").replace("\u00a0", " ")
        for line in find_problem_lines(write(folder, *changes))
    ]


def test_what_is_sound_is_not_told(folder: Path) -> None:
    assert told(folder) == []
    assert told(
        folder, ("démarches: [mairie/carte, mairie/liste, mairie/aide]", "démarches: [mairie/carte]")
    ) == [
        "13:21: « mairie/liste » ne garde aucune démarche de « demenagement » ; ajoutez-la aux démarches de la "
        "situation [unknown-demarche]"
    ]


DEMARCHES = "démarches: [mairie/carte, mairie/liste, mairie/aide]"
MISTAKES = {
    "a slip": (
        (DEMARCHES, "démarches: [mairie/carte, mairie/list, mairie/liste]"),
        "14:31: démarche inconnue « mairie/list » ; vouliez-vous dire « mairie/liste » ? [unknown-demarche]",
    ),
    "a whole partner": (
        (DEMARCHES, "démarches: [mairie/carte, mairie/liste, mairie]"),
        "14:45: « mairie » est un partenaire entier, et non une démarche ; nommez ses démarches ; voyez "
        "« fs-triage liste mairie » [unknown-demarche]",
    ),
    "nothing like it": (
        (DEMARCHES, "démarches: [mairie/carte, mairie/liste, prefecture/zzzzz]"),
        "14:45: démarche inconnue « prefecture/zzzzz » ; ôtez cette ligne ; voyez « fs-triage liste » "
        "[unknown-demarche]",
    ),
    "a slip in an answer": (
        ("démarches: [mairie/liste]", "démarches: [mairie/lister]"),
        "13:21: « mairie/lister » ne garde aucune démarche de « demenagement » ; vouliez-vous dire "
        "« mairie/liste » ? [unknown-demarche]",
    ),
    "answers alone": (
        ("    question: Que faut-il changer ?\n", ""),
        "6:7: les réponses de « demenagement » n’ont pas de question ; ajoutez question, ou ôtez réponses "
        "[situation-question]",
    ),
    "an answer twice": (
        ("- id: vote", "- id: titre"),
        "11:13: identifiant répété « titre », déjà à la ligne 7 ; changez-en un [situation-twice]",
    ),
    "a word of two answers": (
        (
            "        libellé: Son lieu de vote\n",
            "        libellé: Son lieu de vote\n        mots: [la CNI]\n",
        ),
        "13:16: mot « la CNI » déjà à la ligne 9 ; gardez-le à un endroit [situation-words]",
    ),
    "an empty list": (
        (DEMARCHES, "démarches: []"),
        "14:16: « démarches » est vide ; complétez la liste [empty]",
    ),
    "no list": ((f"    {DEMARCHES}\n", ""), "2:5: il manque la clé « démarches » ; ajoutez"),
    "a key in English": (
        ("    titre: Déménagement", "    title: Déménagement"),
        "3:5: clé inconnue « title » ; écrivez « titre » [unknown-key]",
    ),
    "a key of an answer that is misspelt": (
        ("        mots: [cni]", "        motss: [cni]"),
        "9:9: clé inconnue « motss » ; vouliez-vous dire « mots » ? [unknown-key]",
    ),
    "a key that an answer lacks": (
        ("        libellé: Son lieu de vote\n", ""),
        "11:9: il manque la clé « libellé » ; ajoutez par exemple « libellé: Oui, régime agricole » [missing-key]",
    ),
    "no id": (("- id: demenagement", "- id: Déménagement"), "2:9: « Déménagement » n’est pas un identifiant"),
    "markup": (
        ("titre: Déménagement", "titre: <b>Déménagement</b>"),
        "3:12: « <b> » se lit comme du balisage",
    ),
}


@pytest.mark.parametrize(("change", "line"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_is_told_at_its_place_and_alone(
    folder: Path, change: tuple[str, str], line: str
) -> None:
    [found] = told(folder, change)
    assert found.startswith(line)


def test_a_new_name_is_told(folder: Path) -> None:
    (folder / "identifiants.yaml").write_text(
        "publiés: [mairie/carte, mairie/liste, mairie/aide]\nrenommés: {mairie/cni: mairie/carte}\n",
        encoding="utf-8",
    )
    [line] = told(folder, (DEMARCHES, "démarches: [mairie/carte, mairie/liste, mairie/cni]"))
    assert "démarche inconnue « mairie/cni » ; elle s’appelle maintenant « mairie/carte »" in line


def test_a_demarche_that_vanished_is_told_once(folder: Path) -> None:
    (folder / "identifiants.yaml").write_text(
        "publiés: [mairie/carte, mairie/liste, mairie/aide, mairie/cni]\n", encoding="utf-8"
    )
    [line] = find_problem_lines(
        write(folder, (DEMARCHES, "démarches: [mairie/carte, mairie/liste, mairie/cni]"))
    )
    assert line.endswith("[id-vanished]")


def test_a_question_stands_for_what_is_below_it_once(folder: Path) -> None:
    edit(
        folder / "partenaires/mairie.yaml",
        (
            "    étapes:\n      - Prendre rendez-vous.\n",
            "    question: Laquelle ?\n    réponses:\n"
            "      - {id: une, libellé: Première, étapes: [Prendre rendez-vous.]}\n"
            "      - {id: refaire, libellé: Autre, étapes: [Prendre rendez-vous.]}\n",
        ),
    )
    edit(folder / "besoins/mairie.yaml", ("carte:", "carte/une: [la première]\ncarte/refaire:"))
    more = (DEMARCHES, "démarches: [mairie/liste, mairie/carte, mairie/carte/une]")
    assert told(folder, more) == [
        "14:45: démarche « mairie/carte/une » déjà donnée à la ligne 14 ; ôtez l’une des deux [demarche-twice]"
    ]
    livret = load_livret(folder).livret
    assert livret is not None
    [row] = open_compiled(livret).list_situations()
    assert list_ids(folder) == [["mairie/liste", "mairie/carte/une", "mairie/carte/refaire"]]
    assert [len(answer.positions) for answer in row.answers] == [2, 1]


def list_ids(folder: Path) -> list[list[str]]:
    """Return the ids of the conclusions of each situation of the livret in `folder`."""
    livret = load_livret(folder).livret
    assert livret is not None
    reader = open_compiled(livret)
    return [
        [json.loads(reader.get_conclusion_json(position))["id"] for position in row.positions]
        for row in reader.list_situations()
    ]


def build_heir(folder: Path, mairie: str = "") -> Path:
    """Return a livret beside `folder` that inherits from it, with what it says of the mairie."""
    heir = folder.absolute().parent / "heritier"
    booklet = "id: heritier\ntitre: Héritier\ndépartement: 25 Doubs\nsource: Préfecture\nhérite de: bon\n"
    write_files(heir, {"livret.yaml": booklet, "mots/synonymes.yaml": "synonymes: []\n"})
    if mairie:
        write_files(heir, {"partenaires/mairie.yaml": f"id: mairie\n{mairie}"})
    return heir


def test_an_heir_has_the_situations_of_its_parent(folder: Path) -> None:
    write(folder)
    assert list_ids(build_heir(folder)) == [["mairie/carte", "mairie/liste", "mairie/aide"]]


def test_what_an_heir_takes_away_goes_from_its_situations_without_a_word(folder: Path) -> None:
    write(folder)
    heir = build_heir(folder, "retirer: [liste]\n")
    assert [line for line in find_problem_lines(heir) if "contact-not-replaced" not in line] == []
    assert list_ids(heir) == [["mairie/carte", "mairie/aide"]]


def test_an_heir_may_have_its_own(folder: Path) -> None:
    write(folder)
    heir = write(build_heir(folder), (DEMARCHES, "démarches: [mairie/liste, mairie/carte]"))
    assert list_ids(heir) == [["mairie/liste", "mairie/carte"]]
    write(heir, (DEMARCHES, "démarches: [mairie/liste, mairie/carte, mairie/zz]"))
    assert any("[unknown-demarche]" in line for line in find_problem_lines(heir))


def test_a_livret_without_situations_has_none(folder: Path) -> None:
    assert list_ids(folder) == []


def test_those_of_the_jura_are_the_events_that_a_desk_meets() -> None:
    livret = load_livret(JURA).livret
    assert livret is not None
    rows = open_compiled(livret).list_situations()
    assert [row.id for row in rows] == [
        "demenagement",
        "naissance",
        "deces",
        "mariage-divorce",
        "perte-emploi",
        "retraite",
        "perte-papiers",
    ]
    for row in rows:
        partners = {node.partition("/")[0] for node in [*_list_nodes(livret, row.id)]}
        assert len(partners) > 1 and len(row.positions) > 4
        assert {len(answer.positions) for answer in row.answers} != {len(row.positions)}


def _list_nodes(livret: object, situation: str) -> list[str]:
    told = livret.situations.situations  # type: ignore[attr-defined]
    return next(one.demarches for one in told if one.id == situation)
