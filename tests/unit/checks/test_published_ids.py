"""Identifiers that were published, and changes of name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Run, edit, find_problem_lines
from hypothesis import given
from hypothesis import strategies as st

from fs_triage.rules.model_livret import Identifiers


def listed(folder: Path, text: str) -> None:
    (folder / "identifiants.yaml").write_text(text, encoding="utf-8")


ALL = "publiés: [mairie/carte, mairie/liste, mairie/aide]\n"


def test_a_list_that_is_complete(folder: Path) -> None:
    listed(folder, ALL)
    assert find_problem_lines(folder) == []


def test_a_change_of_name_is_one_line_and_the_line_it_gives_mends_it(folder: Path) -> None:
    listed(folder, ALL)
    edit(folder / "partenaires/mairie.yaml", ("  - id: liste\n", "  - id: electeur\n"))
    edit(folder / "besoins/mairie.yaml", ("liste:", "electeur:"))
    assert find_problem_lines(folder) == [
        "identifiants.yaml:1:25: identifiant publié « mairie/liste » qui n’existe plus ; s’il a changé de nom, "
        "ajoutez sous renommés : « mairie/liste: mairie/electeur » [id-vanished]"
    ]
    listed(folder, ALL + "renommés:\n  mairie/liste: mairie/electeur\n")
    assert find_problem_lines(folder) == []


def test_a_branch_that_is_gone_is_one_line(folder: Path) -> None:
    listed(
        folder,
        "publiés: [mairie/carte, mairie/liste, mairie/aide, mairie/etat/a, mairie/etat/b/c, msa/x]\n",
    )
    assert find_problem_lines(folder) == [
        "identifiants.yaml:1:52: identifiant publié « mairie/etat » qui n’existe plus, ni les 2 conclusions qu’il "
        "portait ; vérifiez que partenaires/mairie.yaml est entier, puis ajoutez "
        "sous renommés : « mairie/etat: nouvel identifiant », ou ôtez ces 2 lignes si le livret "
        "ne le donne plus [id-vanished]",
        "identifiants.yaml:1:84: identifiant publié « msa » qui n’existe plus, ni la conclusion qu’il portait ; "
        "vérifiez que partenaires/msa.yaml est entier, puis ajoutez "
        "sous renommés : « msa: nouvel identifiant », ou ôtez cette ligne si le livret ne le donne plus "
        "[id-vanished]",
    ]


def test_a_partner_that_cannot_be_read_does_not_make_its_identifiers_vanish(folder: Path) -> None:
    listed(folder, ALL)
    edit(folder / "partenaires/mairie.yaml", ("libellé: Mairie", "libellé: ["))
    assert [line.rpartition("[")[2] for line in find_problem_lines(folder)] == ["syntax]"]


@pytest.mark.parametrize(
    ("renamed", "line"),
    [
        (
            "mairie/liste: mairie/carte",
            "3:3: « mairie/liste » existe toujours ; retirez cette ligne [bad-rename]",
        ),
        (
            "mairie/cni: mairie/cartes",
            "3:3: « mairie/cni » est renommé en « mairie/cartes », qui n’existe pas ; vouliez-vous dire "
            "« mairie/carte » ? [bad-rename]",
        ),
        (
            "mairie/a: mairie/b\n  mairie/b: mairie/a",
            "3:3: « mairie/a » est renommé en « mairie/b », qui n’existe pas ; vouliez-vous dire "
            "« mairie » ? [bad-rename]",
        ),
    ],
)
def test_a_change_of_name_that_leads_nowhere(renamed: str, line: str, folder: Path) -> None:
    listed(folder, f"{ALL}renommés:\n  {renamed}\n")
    assert find_problem_lines(folder)[0] == f"identifiants.yaml:{line}"


def test_an_old_identifier_arrives(run: Run, folder: Path) -> None:
    listed(
        folder,
        "publiés: [mairie/carte, mairie/liste, mairie/aide, guichet/vote]\n"
        "renommés: {mairie/cni: mairie/carte, mairie/papiers: mairie/cni, guichet: mairie, "
        "mairie/vote: mairie/liste}\n",
    )
    assert find_problem_lines(folder) == []
    for old, new in {
        "mairie/cni": "mairie/carte",
        "mairie/papiers": "mairie/carte",
        "guichet/vote": "mairie/liste",
        "mairie/vote": "mairie/liste",
    }.items():
        result = run("fiche", old, "--regles", "bon", "--json", cwd=folder.parent.absolute())
        assert [match["id"] for match in json.loads(result.stdout)["matches"]] == [new]


@given(
    st.dictionaries(st.sampled_from("abcde"), st.sampled_from("abcdef"), max_size=5),
    st.sampled_from("abcdef"),
)
def test_following_names_always_ends(renamed: dict[str, str], start: str) -> None:
    seen, node = {start}, start
    while node in renamed and renamed[node] not in seen:
        node = renamed[node]
        seen.add(node)
    end = Identifiers(published=[], renamed=renamed).follow(start)
    if node not in renamed:
        assert end == node
    else:
        assert end in renamed, "a round has no end: it leads to none that is not renamed"
