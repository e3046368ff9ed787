"""The tree of a partner: ways, ends and cycles."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import GOOD, edit, find_problem_lines, write_files

from fs_triage.checks import registry, tree, verify
from fs_triage.rules import flatten, load

CARD = "    étapes:\n      - Prendre rendez-vous.\n"
LIST = "    étapes:\n      - S'inscrire en ligne.\n"
TWO = """\
    question: Laquelle ?
    réponses:
      - {{id: a, libellé: A, {}}}
      - {{id: b, libellé: B, {}}}
"""


@pytest.mark.parametrize(
    ("card", "answer", "line"),
    [
        (
            "    aller à: carte\n",
            LIST,
            "25:14: « aller à » tourne en rond : carte → carte ; menez à une autre réponse [cycle]",
        ),
        (
            "    aller à: liste\n",
            "    aller à: liste\n",
            "29:14: « aller à » tourne en rond : liste → liste ; menez à une autre réponse [cycle]",
        ),
        (
            TWO.format("aller à: carte", "aller à: aide"),
            LIST,
            "27:38: « aller à » tourne en rond : carte/a → carte ; menez à une autre réponse [cycle]",
        ),
        (
            TWO.format("aller à: liste", "étapes: [c]"),
            "    aller à: carte\n",
            "27:38: « aller à » tourne en rond : carte/a → liste → carte ; menez à une autre réponse [cycle]",
        ),
    ],
)
def test_a_round_is_told_once(card: str, answer: str, line: str, folder: Path) -> None:
    path = folder / "partenaires/mairie.yaml"
    edit(path, (CARD, card), (LIST, answer))
    found = load.load_livret(folder).draft
    assert found is not None
    assert [
        str(problem).removeprefix("bon/partenaires/mairie.yaml:")
        for problem in registry.CHECKS["cycle"].run(found)
    ] == [line]


def test_a_goto_that_goes_on_to_another_is_no_round(folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", (CARD, "    aller à: liste\n"), (LIST, "    aller à: aide\n"))
    draft = load.load_livret(folder).draft
    assert draft is not None and list(tree.find_cycles(draft)) == []


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A livret of two partners, the second named as the first but for its id."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(GOOD, tmp_path / "bon")
    folder = tmp_path / "bon"
    text = (folder / "partenaires/mairie.yaml").read_text(encoding="utf-8")
    other = text.replace("id: mairie", "id: ecole").replace("Mairie", "École").replace("la mairie", "l'école")
    other = other.replace("hôtel de ville", "classe")
    needs = "carte: [une carte d'élève]\nliste: [les élèves élus]\naide: [la classe est fermée]\n"
    write_files(folder, {"partenaires/ecole.yaml": other, "besoins/ecole.yaml": needs})
    edit(folder / "livret.yaml", ("[mairie]", "[mairie, ecole]"))
    return folder


NEED = "liste: [je veux m'inscrire sur la liste électorale pour voter]\n"


def replace_list(folder: Path, answer: str, need: str = "") -> None:
    """Make the list of voters of the mairie another `answer`, with another `need`."""
    edit(folder / "partenaires/mairie.yaml", (LIST, answer))
    edit(folder / "besoins/mairie.yaml", (NEED, need))


def lead_to(folder: Path, target: str) -> None:
    """Make the list of voters of the mairie an answer that leads to `target`."""
    replace_list(folder, f"    aller à: {target}\n")


@pytest.mark.parametrize(
    ("target", "end", "level"),
    [("ecole/liste", "ecole/liste", 1), ("ecole", "ecole", 0), ("aide", "mairie/aide", 2)],
)
def test_an_answer_may_lead_to_another_partner(target: str, end: str, level: int, two: Path) -> None:
    lead_to(two, target)
    assert find_problem_lines(two) == []
    livret = load.load_livret(two).livret
    assert livret is not None
    choice = flatten.flatten_livret(livret).questions["mairie"]["answers"][1]
    assert (choice["id"], choice["to"], choice["level"]) == ("liste", end, level)


def test_another_partner_has_no_such_answer(two: Path) -> None:
    lead_to(two, "ecole/listes")
    assert find_problem_lines(two) == [
        "partenaires/mairie.yaml:30:14: « aller à » mène à « ecole/listes », qui n’existe pas ; "
        "vouliez-vous dire « ecole/liste » ? [unknown-target]"
    ]


def test_a_round_through_two_partners(two: Path) -> None:
    lead_to(two, "ecole/liste")
    edit(two / "partenaires/ecole.yaml", (LIST, "    aller à: mairie/liste\n"))
    edit(two / "besoins/ecole.yaml", ("liste: [les élèves élus]\n", ""))
    assert find_problem_lines(two) == [
        "partenaires/mairie.yaml:30:14: « aller à » tourne en rond : mairie/liste → ecole/liste → mairie/liste ; "
        "menez à une autre réponse [cycle]"
    ]


def test_an_heir_without_the_other_partner_has_not_the_answer(two: Path, tmp_path: Path) -> None:
    lead_to(two, "ecole/liste")
    heir = tmp_path / "héritier"
    text = (two / "livret.yaml").read_text(encoding="utf-8")
    text = text.replace("id: bon", "id: heritier").replace("[mairie, ecole]", "[mairie]")
    own = (
        "id: mairie\n"
        "contacts:\n"
        "  accueil: {téléphone: '0384256993', libellé: Accueil, public: usager}\n"
        "  etat-civil: {courriel: a@b.fr, libellé: État civil, public: conseiller}\n"
    )
    write_files(heir, {"livret.yaml": f"{text}hérite de: bon\n", "partenaires/mairie.yaml": own})
    loaded = load.load_livret(heir)
    assert loaded.livret is not None and verify.find_blocking_problems(loaded.livret) == []
    answers = flatten.flatten_livret(loaded.livret).questions["mairie"]["answers"]
    assert [choice["id"] for choice in answers] == ["carte", "aide"]


OPENING = """\
    question: Où habite l'usager ?
    ouvre: {}
    réponses:
      - {{id: ici, libellé: Ici, contacter: [accueil]}}
      - {{id: loin, libellé: Ailleurs, contacter: [accueil]}}
      - {{id: carte, libellé: Pour une carte, aller à: carte}}
"""


@pytest.mark.parametrize(
    ("opened", "hint"), [("loi", "vouliez-vous dire « loin » ?"), ("carte", "possible : ici, loin")]
)
def test_a_question_opens_a_conclusion_of_its_own(opened: str, hint: str, folder: Path) -> None:
    replace_list(folder, OPENING.format(opened))
    assert [line for line in find_problem_lines(folder) if "[unknown-target]" in line] == [
        f"partenaires/mairie.yaml:31:12: « ouvre » mène à « {opened} », qui n’est pas une conclusion de cette "
        f"question ; {hint} [unknown-target]"
    ]


@pytest.mark.parametrize(
    ("neighbour", "lost"),
    [
        ("étapes: [S'inscrire.], contacts: [accueil]", "le 1er niveau"),
        ("contacter: [etat-civil]", "le contact « etat-civil »"),
        ("contacter: [accueil], ne pas renseigner: [Rien.]", "le « ne pas renseigner » « Rien. »"),
        ("aller à: carte", "le renvoi à « carte »"),
    ],
)
def test_the_card_that_is_opened_tells_all_that_its_neighbours_tell(
    neighbour: str, lost: str, folder: Path
) -> None:
    opening = OPENING.format("loin").replace("contacter: [accueil]", neighbour, 1)
    replace_list(
        folder, opening.replace("      - {id: carte, libellé: Pour une carte, aller à: carte}\n", "")
    )
    told = [line for line in find_problem_lines(folder) if "[opens-less]" in line]
    assert len(told) == 1 and f"qui n’a pas {lost} de « liste/ici »" in told[0]


def test_a_question_that_opens_an_answer_is_not_asked(folder: Path) -> None:
    opening = OPENING.format("loin").replace(
        "      - {id: carte, libellé: Pour une carte, aller à: carte}\n", ""
    )
    edit(folder / "partenaires/mairie.yaml", ("si ça bloque: aide", "si ça bloque: liste"))
    replace_list(folder, opening, f"liste/ici: [ici]\n{NEED.replace('liste:', 'liste/loin:')}")
    assert find_problem_lines(folder) == []
    livret = load.load_livret(folder).livret
    assert livret is not None
    grown = flatten.flatten_livret(livret)
    opened = grown.questions["mairie"]["answers"][1]
    assert (opened["to"], opened["level"]) == ("mairie/liste/loin", 2)
    assert grown.list_conclusions("mairie/liste") == ["mairie/liste/ici", "mairie/liste/loin"]
    assert grown.conclusions["mairie/carte"]["if_blocked"] == ["mairie/liste/loin"]
    assert grown.blocked["mairie/carte"] == "mairie/liste/loin"


def test_an_escalation_may_not_name_what_only_leads_on(folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", ("si ça bloque: aide", "si ça bloque: liste"))
    replace_list(folder, "    aller à: aide\n")
    assert find_problem_lines(folder) == [
        "partenaires/mairie.yaml:7:15: « si ça bloque » mène à « liste », qui n’est qu’un renvoi ; écrivez « aide » "
        "[unknown-target]"
    ]


LABEL = "    libellé: S'inscrire sur la liste électorale\n"


def test_what_blocks_may_not_lead_back_to_itself(folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", (LABEL, f"{LABEL}    si ça bloque: liste\n"))
    assert find_problem_lines(folder) == [
        "partenaires/mairie.yaml:29:19: « S’inscrire sur la liste électorale » : si la démarche bloque, elle ne mène "
        "qu’à elle-même ; donnez un autre « si ça bloque » [no-way-out]"
    ]


def test_what_blocks_may_not_lead_to_the_first_level_alone(folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", ("si ça bloque: aide", "si ça bloque: liste"))
    assert find_problem_lines(folder) == [
        "partenaires/mairie.yaml:7:15: « Mairie » : si la démarche bloque, elle ne mène qu’à du 1er niveau ; "
        "donnez un autre « si ça bloque » [no-way-out]"
    ]
    edit(folder / "partenaires/mairie.yaml", (LABEL, f"{LABEL}    pas de second niveau: Tout se fait ici.\n"))
    assert find_problem_lines(folder) == []


def test_one_answer_does_not_say_both_who_helps_and_that_nobody_does(folder: Path) -> None:
    edit(
        folder / "partenaires/mairie.yaml",
        ("si ça bloque: aide\n", "si ça bloque: aide\npas de second niveau: Rien.\n"),
    )
    assert find_problem_lines(folder) == [
        "partenaires/mairie.yaml:8:23: « si ça bloque » et « pas de second niveau » se contredisent ; "
        "gardez l’un des deux [no-way-out]"
    ]


def test_a_partner_that_never_says_who_helps_is_told_once(folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", ("si ça bloque: aide\n", ""))
    assert find_problem_lines(folder) == [
        "partenaires/mairie.yaml:1:5: rien n’est dit si une des 2 démarches de 1er niveau bloque ; "
        "ajoutez « si ça bloque » ou « pas de second niveau » au partenaire [no-way-out]"
    ]


@pytest.mark.parametrize("said", ["pas de second niveau: Tout se fait ici.\n", "si ça bloque: aide\n"])
def test_a_way_out_is_inherited(said: str, folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", ("si ça bloque: aide\n", said))
    assert find_problem_lines(folder) == []


@pytest.mark.parametrize(("count", "problems"), [(1, 1), (2, 0), (9, 0), (10, 1)])
def test_the_number_of_answers(count: int, problems: int, folder: Path) -> None:
    rows = "".join(f"      - {{id: a{n}, libellé: Réponse {n}, étapes: [Faire.]}}\n" for n in range(count))
    edit(folder / "partenaires/mairie.yaml", (CARD, f"    question: Laquelle ?\n    réponses:\n{rows}"))
    codes = [line.rpartition("[")[2] for line in find_problem_lines(folder)]
    assert codes.count("answer-count]") == problems
