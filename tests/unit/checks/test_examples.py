"""Examples: what they reach, and where they lead."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import JURA, edit, find_problem_lines, leave_out_checks

from fs_triage.checks import examples
from fs_triage.rules import load


def test_coverage_counts_what_could_be_read(folder: Path) -> None:
    draft = load.load_livret(folder).draft
    assert draft is not None
    assert examples.compute_coverage(draft).to_data() == {
        "conclusions": 3,
        "reached": 3,
        "partners": {"mairie": {"conclusions": 3, "unreached": []}},
    }
    edit(folder / "partenaires/mairie.yaml", ("public: usager", "public: tous"))
    draft = load.load_livret(folder).draft
    assert draft is not None and examples.compute_coverage(draft).to_data()["conclusions"] == 0


def test_our_examples_reach_every_conclusion_partner_by_partner() -> None:
    livret = load.load_livret(JURA).livret
    assert livret is not None
    found = examples.compute_coverage(livret)
    assert len(found.totals) == 9 and min(found.totals.values()) > 0
    assert {name: nodes for name, nodes in found.unreached.items() if nodes} == {}


def test_a_need_of_the_booklet_is_not_out_of_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_out_checks(monkeypatch, "example-elsewhere")
    (folder / "besoins/hors-livret.yaml").write_text(
        "hors livret:\n  - Je veux M'INSCRIRE sur la liste électorale pour voter !\n", encoding="utf-8"
    )
    assert find_problem_lines(folder) == [
        "besoins/mairie.yaml:2:9: besoin « je veux m’inscrire sur la liste électorale pour voter » : la recherche ne "
        "trouve pas « mairie/liste » ; retirez-le de hors-livret.yaml, ou dites-le autrement [example-missed]"
    ]
