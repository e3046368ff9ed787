"""The list of identifiers, which the tool writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import edit, find_problem_lines, write_files

from fs_triage.author import identifiants
from fs_triage.author.corriger import run_corriger

NEW = "  - id: aide\n", "  - {id: permis, libellé: Un permis, étapes: [Ouvrir.]}\n  - id: aide\n"


def test_a_list_is_begun_then_kept_in_the_order_of_the_tree(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "identifiants.yaml"
    assert identifiants.run_identifiants(str(folder)) == 0
    assert "+  - mairie/carte\n" in capsys.readouterr().out
    begun = path.read_text(encoding="utf-8")
    assert begun.endswith("publiés:\n  - mairie/carte\n  - mairie/liste\n  - mairie/aide\n")
    assert find_problem_lines(folder) == []
    assert identifiants.run_identifiants(str(folder)) == 0
    assert capsys.readouterr().out == "" and path.read_text(encoding="utf-8") == begun
    path.write_text(
        begun.replace("carte\n", "carte\n  # à part\n") + "renommés: {mairie/cni: mairie/carte}\n"
    )
    edit(folder / "partenaires/mairie.yaml", NEW)
    edit(folder / "besoins/mairie.yaml", ("aide:", "permis: [mon permis]\naide:"))
    assert identifiants.run_identifiants(str(folder)) == 0
    assert (
        path.read_text(encoding="utf-8")
        == begun.replace("carte\n", "carte\n  # à part\n").replace("liste\n", "liste\n  - mairie/permis\n")
        + "renommés: {mairie/cni: mairie/carte}\n"
    )
    assert find_problem_lines(folder) == []


@pytest.mark.parametrize(
    "before",
    [
        f"publiés: {listed}\n"
        for listed in ("[mairie/aide, mairie/carte]", "[]", "[mairie/aide,\n  mairie/carte]")
    ],
)
def test_a_list_between_brackets(before: str, folder: Path) -> None:
    path = folder / "identifiants.yaml"
    path.write_text(f"# à nous\n{before}renommés: {{}}\n", encoding="utf-8")
    assert identifiants.run_identifiants(str(folder)) == 0
    expected = "# à nous\npubliés:\n  - mairie/carte\n  - mairie/liste\n  - mairie/aide\nrenommés: {}\n"
    assert path.read_text(encoding="utf-8") == expected


def test_what_is_gone_stays_for_a_person_to_say(folder: Path) -> None:
    path = folder / "identifiants.yaml"
    path.write_text("publiés:\n  - mairie/vieux\n  - mairie/carte\n", encoding="utf-8")
    assert identifiants.run_identifiants(str(folder)) == 0
    assert "  - mairie/vieux\n" in path.read_text(encoding="utf-8")
    assert any("[id-vanished]" in line for line in find_problem_lines(folder))


@pytest.mark.parametrize("write", [identifiants.run_identifiants, lambda name: run_corriger([name], True)])
@pytest.mark.parametrize("listed", ["\n  - mairie/liste\n", "[mairie/liste]\n", "[]\n"])
def test_an_heir_writes_its_own_list_alone(
    listed: str, write: Callable[[str], int], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    identifiants.run_identifiants(str(folder))
    below = (folder / "identifiants.yaml").read_bytes()
    heir = folder.with_name("antenne")
    write_files(
        heir,
        {
            "livret.yaml": "id: antenne\nhérite de: bon\n",
            "partenaires/mairie.yaml": f"id: mairie\najouter:\n  .:\n  {NEW[1].partition(NEW[0])[0]}",
            "besoins/mairie.yaml": "permis: [mon permis]\n",
            "identifiants.yaml": f"# à nous\npubliés: {listed}",
        },
    )
    write(str(heir))
    assert "+" in capsys.readouterr().out
    assert "mairie/permis" in (heir / "identifiants.yaml").read_text(encoding="utf-8")
    assert (folder / "identifiants.yaml").read_bytes() == below
    assert find_problem_lines(heir) == []
