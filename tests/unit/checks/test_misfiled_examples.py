"""Examples filed at the wrong conclusion: those that are told, and those that must not be."""

from __future__ import annotations

import copy
import random
import shutil
from pathlib import Path

import pytest
from conftest import JURA, edit

from fs_triage.author import verifier
from fs_triage.checks import misfiled_examples
from fs_triage.rules import flatten, load
from fs_triage.search import training_set
from fs_triage.search.training_set import TrainingSet

MOVED = 80


@pytest.fixture(scope="module")
def jura() -> TrainingSet:
    livret = load.load_livret(JURA).livret
    assert livret is not None
    return training_set.build_training_set(livret, flatten.flatten_livret(livret))


def moved(jura: TrainingSet, same_partner: bool) -> tuple[TrainingSet, dict[str, int]]:
    """Return the lesson with some examples filed elsewhere at random, and where each of these was."""
    draw = random.Random(1)
    changed = copy.deepcopy(jura)
    told = changed["conclusions"]
    was: dict[str, int] = {}
    while len(was) < MOVED:
        right, wrong = draw.sample(range(len(told)), 2)
        if (told[right]["partner"] == told[wrong]["partner"]) is same_partner:
            need = told[right]["examples"].pop(draw.randrange(len(told[right]["examples"])))
            told[wrong]["examples"].append(need)
            was[need] = right
    return changed, was


def test_none_of_ours_is_told(jura: TrainingSet) -> None:
    assert [*misfiled_examples.find_misfiled(jura)] == []


@pytest.mark.parametrize(("same_partner", "least"), [(False, 0.5), (True, 0.2)])
def test_many_of_those_filed_elsewhere_are_told_and_lead_home(
    jura: TrainingSet, same_partner: bool, least: float
) -> None:
    changed, was = moved(jura, same_partner)
    told = changed["conclusions"]
    found = {
        told[place]["examples"][rank]: meant
        for place, rank, meant in misfiled_examples.find_misfiled(changed)
    }
    assert len(found.keys() & was.keys()) >= least * MOVED
    assert len(found.keys() - was.keys()) <= 1
    home = [
        told[meant]["partner"] == told[was[need]]["partner"] for need, meant in found.items() if need in was
    ]
    assert sum(home) >= 0.9 * len(home)


def test_a_livret_of_few_examples_is_left_alone(jura: TrainingSet) -> None:
    few, _ = moved(jura, False)
    for told in few["conclusions"]:
        told["examples"] = told["examples"][-5:]
    assert [*misfiled_examples.find_misfiled(few)] == []


@pytest.mark.parametrize(
    ("need", "meant"),
    [
        ("je veux refaire ma carte vitale perdue", "cpam/carte/vitale"),
        ("déclarer mes impôts en ligne cette année", "ddfip/declaration/simple"),
    ],
)
def test_a_need_of_another_partner_is_told_where_it_stands(tmp_path: Path, need: str, meant: str) -> None:
    folder = tmp_path / "r1"
    shutil.copytree(JURA, folder)
    needs = folder / "besoins/la-poste.yaml"
    first = next(line for line in needs.read_text(encoding="utf-8").splitlines() if line.startswith("  - "))
    edit(needs, (f"{first}\n", f"{first}\n  - {need}\n"))
    problem, *others = verifier.verify_livret(folder).problems
    assert others == [] and not problem.blocking
    assert problem.code == "example-elsewhere" and f"« {need} »" in problem.message
    assert problem.message.endswith(f"plutôt à « {meant} »")


def test_what_is_right_here_is_left_in_peace_once_more_needs_are_like_it(jura: TrainingSet) -> None:
    grown = copy.deepcopy(jura)
    nodes = [told["way"] for told in grown["conclusions"]]
    here = next(rank for rank, way in enumerate(nodes) if way.startswith("la-poste"))
    need = "je veux refaire ma carte vitale perdue"
    grown["conclusions"][here]["examples"].append(need)
    assert [place for place, *_ in misfiled_examples.find_misfiled(grown)] == [here]
    grown["conclusions"][here]["examples"] += [
        f"{need} {word}" for word in ("hier", "ici", "au guichet", "vite")
    ]
    assert [*misfiled_examples.find_misfiled(grown)] == []
