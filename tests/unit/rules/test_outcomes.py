"""What a conclusion is besides its level: an orientation, and what a fuller card tells."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import GOOD, Call, edit

N = "\u00a0"
PAGE = "https://www.service-public.gouv.fr/particuliers/vosdroits/N1"
LIST = "      - S'inscrire en ligne.\n"
MORE = f"""\
    pièces: [Une pièce d'identité., Un justificatif de domicile.]
    délai: Deux semaines
    mandat: Mandat Aidants Connect
    fiche: {PAGE}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The good livret, whose card is an orientation, and whose list tells more."""
    folder = Path(shutil.copytree(GOOD, tmp_path / "bon"))
    steps = "    étapes:\n      - Prendre rendez-vous.\n"
    edit(
        folder / "partenaires" / "mairie.yaml",
        (steps, f"    orienter: [accueil]\n{steps}"),
        (LIST, LIST + MORE),
    )
    return folder


def look_up(call: Call, rules: Path, *words: str) -> str:
    code, out, err = call(*words, "--regles", str(rules))
    assert (code, err) == (0, ""), err
    return out.replace(N, " ")


def test_an_orientation_is_neither_done_here_nor_passed_on(call: Call, rules: Path) -> None:
    card = look_up(call, rules, "fiche", "mairie/carte")
    assert "\nÀ orienter : vers un autre service\n" in card
    assert "\nOù s’adresser :\n  Téléphone : 03 84 25 69 92\n" in card
    assert "niveau" not in card.partition("\n\n")[0]
    assert "- [orienter] Une carte d’identité (carte)" in look_up(call, rules, "arbre")
    assert "À orienter : le conseiller dit à l’usager où s’adresser." in look_up(call, rules, "relecture")
    assert "1 au 1er niveau, 1 au 2nd niveau, 1 à orienter." in look_up(call, rules, "relecture")


def test_the_level_of_an_orientation_is_one_where_there_is_no_other(call: Call, rules: Path) -> None:
    """A partner with a single level has it at that one; the key `outcome` tells what it is."""

    def read() -> tuple[int, str]:
        [match] = json.loads(look_up(call, rules, "fiche", "mairie/carte", "--json"))["matches"]
        tree = json.loads(look_up(call, rules, "arbre", "--json"))["tree"]
        branch = tree["answers"][0]["answers"][0]
        assert (branch["level"], branch["outcome"]) == (match["level"], match["outcome"])
        return match["level"], match["outcome"]

    assert read() == (2, "orient")
    label = "    libellé: Une carte d'identité\n"
    edit(rules / "partenaires" / "mairie.yaml", (label, f"{label}    pas de second niveau: Rien d'autre.\n"))
    assert read() == (1, "orient")


def test_a_fuller_card(call: Call, rules: Path) -> None:
    card = look_up(call, rules, "fiche", "mairie/liste")
    told = (
        "\nÀ apporter :\n  - Une pièce d’identité.\n  - Un justificatif de domicile.\n"
        f"\nDélai habituel : Deux semaines\n\nMandat de l’usager : Mandat Aidants Connect\n"
        f"\nFiche officielle :\n  - {PAGE}\n"
    )
    assert told in card
    match = json.loads(look_up(call, rules, "fiche", "mairie/liste", "--json"))["matches"][0]
    assert (match["outcome"], match["delay"], match["official"]) == ("settle", "Deux semaines", [PAGE])
    assert [text.replace(N, " ") for text in match["documents"]] == [
        "Une pièce d’identité.",
        "Un justificatif de domicile.",
    ]
    assert "☐ Un justificatif de domicile." in look_up(call, rules, "feuille", "mairie/liste", "-o", "-")
    assert f"- {PAGE}" in look_up(call, rules, "relecture")


def test_a_card_that_says_no_more_shows_no_more(call: Call, rules: Path) -> None:
    card = look_up(call, rules, "fiche", "mairie/aide")
    assert not [word for word in ("À apporter", "Délai", "Mandat", "Fiche officielle") if word in card]
    match = json.loads(look_up(call, rules, "fiche", "mairie/aide", "--json"))["matches"][0]
    assert [match[key] for key in ("outcome", "documents", "delay", "mandate", "official")] == [
        "escalate",
        [],
        None,
        None,
        [],
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("orienter: [accueil]", "orienter: [acueil]"), "contact inconnu « acueil »"),
        (
            ("orienter: [accueil]", "orienter: [accueil]\n    contacter: [accueil]"),
            "mène à plusieurs choses à la fois",
        ),
        (("orienter: [accueil]", "orienter: []"), "« orienter » est vide"),
        ((f"fiche: {PAGE}", "fiche: javascript:alert(1)"), "ne convient pas pour « fiche »"),
        (("délai: Deux semaines", "délai: [Deux semaines]"), "« délai » : ce texte se lit comme une liste"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    call: Call, rules: Path, change: tuple[str, str], said: str
) -> None:
    edit(rules / "partenaires" / "mairie.yaml", change)
    code, out, _ = call("verifier", str(rules))
    lines = [line for line in out.replace(N, " ").splitlines() if "[unused-contact]" not in line]
    assert code == 1 and len(lines) == 1 and said in lines[0], lines


def test_what_changes_is_told(call: Call, rules: Path) -> None:
    code, out, _ = call("comparer", str(GOOD), str(rules))
    said = out.replace(N, " ")
    assert code == 1
    for line in (
        "passe de « 1er niveau : à faire sur place » à « À orienter : vers un autre service ».",
        "les pièces à apporter ont changé.\n    en plus : Une pièce d’identité.",
        "le délai habituel est maintenant « Deux semaines », et non plus absent.",
        f"les fiches officielles ont changé.\n    en plus : {PAGE}",
    ):
        assert line in said, line
