"""The tree of a partner: ways, ends and cycles."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import edit, find_problem_lines

from fs_triage.checks import registry, tree
from fs_triage.rules import load

CARD = "    steps:\n      - Prendre rendez-vous.\n"
LIST = "    steps:\n      - S'inscrire en ligne.\n"
TWO = """\
    question: Laquelle ?
    answers:
      - {{id: a, label: A, {}}}
      - {{id: b, label: B, {}}}
"""


@pytest.mark.parametrize(
    ("card", "answer", "line"),
    [
        (
            "    goto: carte\n",
            LIST,
            "25:11: « goto » tourne en rond : carte → carte ; menez à une autre réponse [cycle]",
        ),
        (
            "    goto: liste\n",
            "    goto: liste\n",
            "29:11: « goto » tourne en rond : liste → liste ; menez à une autre réponse [cycle]",
        ),
        (
            TWO.format("goto: carte", "goto: aide"),
            LIST,
            "27:33: « goto » tourne en rond : carte/a → carte ; menez à une autre réponse [cycle]",
        ),
        (
            TWO.format("goto: liste", "steps: [c]"),
            "    goto: carte\n",
            "27:33: « goto » tourne en rond : carte/a → liste → carte ; menez à une autre réponse [cycle]",
        ),
    ],
)
def test_a_round_is_told_once(card: str, answer: str, line: str, folder: Path) -> None:
    path = folder / "mairie.yaml"
    edit(path, (CARD, card), (LIST, answer))
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("\nexamples:")], encoding="utf-8")
    found = load.load_livret(folder).draft
    assert found is not None
    assert [
        str(problem).removeprefix("bon/mairie.yaml:")
        for problem in registry.CHECKS["cycle"].run(found.partners[0])
    ] == [line]


def test_a_goto_that_goes_on_to_another_is_no_round(folder: Path) -> None:
    edit(folder / "mairie.yaml", (CARD, "    goto: liste\n"), (LIST, "    goto: aide\n"))
    draft = load.load_livret(folder).draft
    assert draft is not None and list(tree.find_cycles(draft.partners[0])) == []


def test_an_escalation_may_not_name_what_only_leads_on(folder: Path) -> None:
    edit(folder / "mairie.yaml", ("if_blocked: aide", "if_blocked: liste"), (LIST, "    goto: aide\n"))
    edit(
        folder / "mairie.yaml",
        ("  - id: liste\n    besoin: [je veux m'inscrire sur la liste électorale pour voter]\n", ""),
    )
    assert find_problem_lines(folder) == [
        "mairie.yaml:7:13: « if_blocked » mène à « liste », qui n’est qu’un renvoi ; écrivez « aide » [unknown-target]"
    ]


LABEL = "    label: S'inscrire sur la liste électorale\n"


def test_what_blocks_may_not_lead_back_to_itself(folder: Path) -> None:
    edit(folder / "mairie.yaml", (LABEL, f"{LABEL}    if_blocked: liste\n"))
    assert find_problem_lines(folder) == [
        "mairie.yaml:29:17: « S’inscrire sur la liste électorale » : si la démarche bloque, elle ne mène qu’à "
        "elle-même ; donnez un autre if_blocked [no-way-out]"
    ]


def test_what_blocks_may_not_lead_to_the_first_level_alone(folder: Path) -> None:
    edit(folder / "mairie.yaml", ("if_blocked: aide", "if_blocked: liste"))
    assert find_problem_lines(folder) == [
        "mairie.yaml:7:13: « Mairie » : si la démarche bloque, elle ne mène qu’à du 1er niveau ; "
        "donnez un autre if_blocked [no-way-out]"
    ]
    edit(folder / "mairie.yaml", (LABEL, f"{LABEL}    no_second_level: Tout se fait ici.\n"))
    assert find_problem_lines(folder) == []


def test_one_answer_does_not_say_both_who_helps_and_that_nobody_does(folder: Path) -> None:
    edit(folder / "mairie.yaml", ("if_blocked: aide\n", "if_blocked: aide\nno_second_level: Rien.\n"))
    assert find_problem_lines(folder) == [
        "mairie.yaml:8:18: « if_blocked » et « no_second_level » se contredisent ; gardez l’un des deux [no-way-out]"
    ]


def test_a_partner_that_never_says_who_helps_is_told_once(folder: Path) -> None:
    edit(folder / "mairie.yaml", ("if_blocked: aide\n", ""))
    assert find_problem_lines(folder) == [
        "mairie.yaml:1:5: rien n’est dit si une des 2 démarches de 1er niveau bloque ; "
        "ajoutez if_blocked ou no_second_level au partenaire [no-way-out]"
    ]


@pytest.mark.parametrize("said", ["no_second_level: Tout se fait ici.\n", "if_blocked: aide\n"])
def test_a_way_out_is_inherited(said: str, folder: Path) -> None:
    edit(folder / "mairie.yaml", ("if_blocked: aide\n", said))
    assert find_problem_lines(folder) == []


@pytest.mark.parametrize(("count", "problems"), [(1, 1), (2, 0), (9, 0), (10, 1)])
def test_the_number_of_answers(count: int, problems: int, folder: Path) -> None:
    rows = "".join(f"      - {{id: a{n}, label: Réponse {n}, steps: [Faire.]}}\n" for n in range(count))
    edit(folder / "mairie.yaml", (CARD, f"    question: Laquelle ?\n    answers:\n{rows}"))
    codes = [line.rpartition("[")[2] for line in find_problem_lines(folder)]
    assert codes.count("answer-count]") == problems
