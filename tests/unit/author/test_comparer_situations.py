"""Events of life compared: what a counsellor must know of them, and nothing when they say the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import GOOD, Run, edit

SITUATIONS = """\
situations:
  - id: demenagement
    titre: Déménagement
    mots: [déménager]
    question: Que faut-il changer ?
    réponses:
      - id: titre
        libellé: Son titre
        démarches: [mairie/carte]
      - id: vote
        libellé: Son vote
        démarches: [mairie/liste]
    démarches: [mairie/carte, mairie/liste]
    besoins: [je viens de déménager]
"""
DECES = """\
  - id: deces
    titre: Décès d'un proche
    mots: [décès]
    démarches: [mairie/aide]
    besoins: [un décès]
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(GOOD, tmp_path / "ancien"))
    (folder / "situations.yaml").write_text(SITUATIONS + DECES, encoding="utf-8")
    return folder


def compare(run: Run, old: Path, *changes: tuple[str, str]) -> list[str]:
    """Return the lines that tell the changes of the situations, without their heading."""
    new = shutil.copytree(old, old.with_name("nouveau"))
    edit(new / "situations.yaml", *changes)
    ran = run("comparer", str(old), str(new))
    assert ran.stderr == ""
    lines = ran.stdout.replace("\u00a0", " ").splitlines()
    return [line for line in lines[2:] if line]


CHANGES = {
    "nothing": ((), ["Rien : les deux livrets disent la même chose."]),
    "gone": (
        ((DECES, ""),),
        ["Situations (1)", "- La situation « Décès d’un proche » n’est plus dans le livret."],
    ),
    "order": (
        (("    démarches: [mairie/carte, mairie/liste]", "    démarches: [mairie/liste, mairie/carte]"),),
        [
            "Situations (1)",
            "- L’ordre des démarches de « Déménagement » change.",
            "    passe du rang 2 au rang 1 : mairie/liste",
        ],
    ),
    "one more": (
        (("    démarches: [mairie/aide]", "    démarches: [mairie/liste, mairie/aide]"),),
        [
            "Situations (1)",
            "- Les démarches de « Décès d’un proche » changent.",
            "    en plus : mairie/liste",
            "    touche : mairie/liste",
        ],
    ),
    "title": (
        (("titre: Déménagement", "titre: Déménagement ou emménagement"),),
        [
            "Situations (1)",
            "- La situation « Déménagement » s’appelle maintenant « Déménagement ou emménagement ».",
        ],
    ),
    "question": (
        (("libellé: Son vote", "libellé: Son lieu de vote"),),
        [
            "Situations (1)",
            "- La question qui trie les démarches de « Déménagement » change.",
            "    avant : Son vote : mairie/liste",
            "    maintenant : Son lieu de vote : mairie/liste",
        ],
    ),
    "words": (
        (("mots: [décès]", "mots: [décès, deuil]"),),
        [
            "Recherche (1)",
            "- Les mots qui désignent « Décès d’un proche » ont changé.",
            "    en plus : deuil",
        ],
    ),
}


@pytest.mark.parametrize(("changes", "lines"), CHANGES.values(), ids=CHANGES)
def test_what_to_tell(run: Run, old: Path, changes: tuple[tuple[str, str], ...], lines: list[str]) -> None:
    assert compare(run, old, *changes) == lines


def test_a_new_situation_is_told_with_its_demarches(run: Run, old: Path) -> None:
    edit(old / "situations.yaml", (DECES, ""))
    lines = compare(
        run, old, ("    besoins: [je viens de déménager]\n", f"    besoins: [je viens de déménager]\n{DECES}")
    )
    assert lines == [
        "Situations (1)",
        "- « Décès d’un proche » est une nouvelle situation, avec 1 démarche.",
        "    touche : mairie/aide",
    ]
