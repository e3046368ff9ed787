"""Texts and names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import edit, find_problem_lines

LIST = "    étapes:\n      - S'inscrire en ligne.\n"


@pytest.mark.parametrize(
    ("path", "length", "problems"),
    [("libellé: Une carte d'identité", 60, 0), ("libellé: Une carte d'identité", 61, 1)],
)
def test_the_widths_of_texts(path: str, length: int, problems: int, folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", (path, f"libellé: {'x' * length}"))
    assert [line.rpartition("[")[2] for line in find_problem_lines(folder)] == ["text-too-long]"] * problems


def test_a_keyword_may_stand_twice_when_it_leads_to_one_place(folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", (LIST, "    aller à: carte\n"), ("[voter]", "[CNI]"))
    edit(
        folder / "besoins/mairie.yaml",
        ("liste: [je veux m'inscrire sur la liste électorale pour voter]\n", ""),
    )
    assert find_problem_lines(folder) == []


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("Cocher [ oui ] ou [ non ].", None),
        ("Écrire à 8:30 ou 9:00, dans 2 < 3 > 1 cas.", None),
        ("Ouvrir le site & choisir AT&T ; continuer.", None),
        ("Voir [bold]ici[/bold].", "[bold]"),
        ("Voir [/].", None),
        ("Voir <b>ici</b>.", "<b>"),
        ("Voir <!-- rien -->.", None),
        ("Un caf&eacute;.", "&eacute;"),
        ("Bien :smile: fait.", ":smile:"),
        ("Voir **ici**.", "**ici**"),
        ("Voir __ici__.", "__ici__"),
        ("Voir [lien](page-12).", "[lien]"),
    ],
)
def test_markup(text: str, markup: str | None, folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", ("Prendre rendez-vous.", json.dumps(text, ensure_ascii=False)))
    expected = f"partenaires/mairie.yaml:26:9: « {markup} » se lit comme du balisage ; écrivez le texte seul [markup]"
    assert find_problem_lines(folder) == ([expected] if markup else [])
