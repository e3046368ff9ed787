"""Contacts that texts refer to: their values are shown, said once, and changed everywhere at once."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from conftest import GOOD, JURA, edit, find_problem_lines, open_compiled

from fs_triage.acts.demarche import read_demarche
from fs_triage.acts.sheet import build_sheet
from fs_triage.index import lookup
from fs_triage.render import plain_text
from fs_triage.rules.flatten import Tree, flatten_livret
from fs_triage.rules.load import load_livret

HEIR = """\
id: voisin
titre: Livret du voisin
département: 25 Doubs
source: Préfecture du Doubs
hérite de: bon
"""


def flatten(folder: Path) -> Tree:
    livret = load_livret(folder).livret
    assert livret is not None
    return flatten_livret(livret)


def test_a_number_that_changes_is_changed_on_every_card(tmp_path: Path) -> None:
    shutil.copytree(JURA.parent, tmp_path / "rules")
    livret = tmp_path / "rules" / "jura"
    before = json.dumps([*flatten(JURA).conclusions.values(), *flatten(JURA).questions.values()])
    edit(tmp_path / "rules" / "socle" / "partenaires" / "caf.yaml", ('"3230"', '"3231"'))
    after = json.dumps([*flatten(livret).conclusions.values(), *flatten(livret).questions.values()])
    typed = r"(?<![\w-])3230\b"
    assert len(re.findall(typed, before)) > 3 and re.findall(typed, after) == []
    assert after == re.sub(typed, "3231", before)


def test_every_text_of_a_card_may_refer_to_a_contact(folder: Path) -> None:
    edit(
        folder / "partenaires/mairie.yaml",
        (
            "libellé: Accueil de la mairie",
            "libellé: Accueil, {accueil}\n    note: Note {accueil}\n    doute: Doute {accueil}",
        ),
        ("question: Que veut l'usager ?", "question: Que veut-il du {accueil} ?"),
        ("libellé: Une carte d'identité", "libellé: Une carte, au {mairie/accueil}"),
        (
            "mots: [cni]",
            'aide: Aide {accueil}\n    attention: ["Attention {accueil}"]\n    ne pas renseigner: ["Pas {accueil}"]',
        ),
        (
            "[accueil, etat-civil]",
            '[{contact: accueil, quand: "si {accueil}"}, etat-civil]',
        ),
        ("      - Prendre rendez-vous.", "      - Au {accueil}, l'étape."),
    )
    tree = flatten(folder)
    texts = json.dumps([*tree.conclusions.values(), *tree.questions.values()], ensure_ascii=False)
    assert "{accueil}" not in texts and "{mairie/" not in texts
    for beginning in (
        "Accueil, ",
        "Note ",
        "Doute ",
        "Que veut-il du ",
        "Aide ",
        "Attention ",
        "Pas ",
        "si ",
        "Au ",
    ):
        assert f"{beginning}03 84 25 69 92" in texts
    assert tree.conclusions["mairie/carte"]["title"] == "Une carte, au 03 84 25 69 92"
    assert find_problem_lines(folder) == []


def test_what_is_outside_the_partners_refers_to_a_contact_with_its_partner(folder: Path) -> None:
    (folder / "situations.yaml").write_text(
        "situations:\n  - id: perte\n    titre: 'Papiers perdus : {mairie/accueil}'\n"
        "    mots: [papiers]\n    démarches: [mairie]\n",
        encoding="utf-8",
    )
    (folder / "besoins" / "hors-livret.yaml").write_text(
        "hors livret:\n  - {sujet: chasse, où: 'Au {mairie/accueil}.', besoins: [permis de chasse]}\n",
        encoding="utf-8",
    )
    edit(
        folder / "livret.yaml",
        (
            "id: bon",
            'messages:\n  courriel:\n    objet: "{{ demarche }}"\n    texte: "Copie : {mairie/etat-civil}"\nid: bon',
        ),
    )
    livret = load_livret(folder).livret
    assert livret is not None
    assert livret.situations.situations[0].title == "Papiers perdus\u00a0: 03 84 25 69 92"
    assert livret.elsewhere.topics[0].where == "Au 03 84 25 69 92."
    reader = open_compiled(livret)
    assert [*reader.list_message_templates()["email"]] == ["{{ demarche }}", "Copie : etat-civil@mairie.fr"]
    edit(folder / "livret.yaml", ("{mairie/etat-civil}", "{etat-civil}"))
    [line] = [line for line in find_problem_lines(folder) if "[unknown-reference]" in line]
    told = "« {etat-civil} » ne renvoie à aucun contact ; écrivez « {mairie/etat-civil} » [unknown-reference]"
    assert line.replace("\u00a0", " ").endswith(told)


@pytest.mark.parametrize(
    ("value", "text", "shown"),
    [
        ("téléphone: 06.63 48-58.22", "Au {accueil} !", "Au 06.63 48-58.22\u00a0!"),
        ("site: WWW.Mairie.fr/L'accueil", "{accueil}", "WWW.Mairie.fr/L'accueil"),
        ("site: MAIRIE.FR", "le site {Accueil}", "le site Mairie.fr"),
        ("courriel: A.B@mairie.fr", "{Accueil}", "A.B@mairie.fr"),
        ("sur place: mairie", "{Accueil}", "mairie"),
    ],
)
def test_a_value_is_shown_to_the_character(folder: Path, value: str, text: str, shown: str) -> None:
    edit(
        folder / "partenaires/mairie.yaml",
        ('téléphone: "03 84 25 69 92"', value),
        ("Prendre rendez-vous.", f'"{text}"'),
    )
    assert flatten(folder).conclusions["mairie/carte"]["steps"] == [shown]


def test_a_contact_that_only_a_text_names_serves(folder: Path) -> None:
    edit(
        folder / "partenaires/mairie.yaml",
        ("[accueil, etat-civil]", "[accueil]"),
        ("Prendre rendez-vous.", "Écrire à {etat-civil}."),
    )
    assert find_problem_lines(folder) == []


@pytest.mark.parametrize(
    "contact", ["", "contacts:\n  accueil: {téléphone: à remplir, libellé: Accueil, public: usager}\n"]
)
def test_a_neighbour_is_never_shown_for_what_is_yet_to_be_given(folder: Path, contact: str) -> None:
    edit(folder / "partenaires/mairie.yaml", ("Prendre rendez-vous.", "Prendre rendez-vous au {accueil}."))
    heir = folder.parent / "voisin"
    shutil.copytree(GOOD, heir, ignore=shutil.ignore_patterns("partenaires", "besoins"))
    (heir / "livret.yaml").write_text(HEIR, encoding="utf-8")
    (heir / "partenaires").mkdir()
    if contact:
        (heir / "partenaires/mairie.yaml").write_text(contact, encoding="utf-8")
    assert flatten(heir).conclusions["mairie/carte"]["steps"] == [
        "Prendre rendez-vous au [contact à remplir]."
    ]
    own = 'contacts:\n  accueil: {téléphone: "03 81 61 50 50", libellé: Accueil, public: usager}\n'
    (heir / "partenaires/mairie.yaml").write_text(own, encoding="utf-8")
    assert flatten(heir).conclusions["mairie/carte"]["steps"] == ["Prendre rendez-vous au 03 81 61 50 50."]


STEP = "    étapes:\n      - Pr"
NAMED = {
    "a step": ("- Prendre rendez-vous.", "- Appeler le {etat-civil}.", ["etat-civil"]),
    "a warning of the partner": ("pages: [3]\nsi", "attention: ['{etat-civil}']\nsi", ["etat-civil"]),
    "no second level": ("[cni]", "[cni]\n    pas de second niveau: Voir {etat-civil}.", ["etat-civil"]),
    "a condition": (
        STEP,
        f"    contacts: [{{contact: accueil, quand: 'sans {{etat-civil}}'}}]\n{STEP}",
        ["etat-civil"],
    ),
    "one that is shown anyway": (
        STEP,
        f"    contacts: [etat-civil]\n{STEP.replace('Pr', 'Voir {etat-civil}, pr')}",
        [],
    ),
    "a help, which is not on the card": ("[cni]", "[cni]\n    aide: Voir {etat-civil}.", []),
    "a step of a neighbour": ("- S'inscrire en ligne.", "- Voir {etat-civil}.", []),
}


@pytest.mark.parametrize(("before", "after", "named"), NAMED.values(), ids=NAMED)
def test_a_card_has_the_contacts_that_its_texts_name(
    folder: Path, before: str, after: str, named: list[str]
) -> None:
    edit(folder / "partenaires/mairie.yaml", (before, after))
    conclusion = flatten(folder).conclusions["mairie/carte"]
    assert [contact["id"] for contact in conclusion["named_contacts"]] == named


def test_a_contact_that_a_text_names_is_on_the_card_and_in_what_is_made_of_it(folder: Path) -> None:
    """With who may use it, its hours and its doubt; on the visitor's sheet only if it is for him."""
    partner = folder / "partenaires/mairie.yaml"
    edit(partner, ("- Prendre rendez-vous.", "- Appeler le {accueil}, sinon écrire à {etat-civil}."))
    edit(
        partner,
        (
            "    contacter: [accueil, etat-civil]",
            "    contacter: [etat-civil]\n    étapes: ['Ou le {accueil}.']",
        ),
    )
    livret = open_compiled(load_livret(folder).livret)  # type: ignore[arg-type]
    cards = lookup.read_cards(livret, range(3))
    texts = {card.id: plain_text.render_card(card).replace("\u00a0", " ") for card in cards}
    useful = texts["mairie/carte"].partition("Contacts utiles :")[2]
    assert "03 84 25 69 92" in useful and "réservé au conseiller" in useful and "8h30-12h" in useful
    reached, _, cited = texts["mairie/aide"].partition("Contacts cités :")
    assert "etat-civil@mairie.fr" in reached.partition("À contacter :")[2]
    assert "03 84 25 69 92" in cited and "etat-civil" not in cited.partition("\n\n")[0]
    sheet = build_sheet(livret, [read_demarche(livret, "mairie/carte")], house="", day=date(2026, 3, 1))
    assert [contact.value for contact in sheet.demarches[0].contacts] == ["03 84 25 69 92"]
    used = {
        record["id"]: record["used_by"] for record in map(json.loads, livret.list_contacts_json("mairie"))
    }
    assert used == {"accueil": ["mairie/carte", "mairie/aide"], "etat-civil": ["mairie/carte", "mairie/aide"]}


def test_a_contact_of_another_partner_keeps_its_name_and_its_place(tmp_path: Path) -> None:
    shutil.copytree(JURA.parent, tmp_path / "rules")
    edit(
        tmp_path / "rules/socle/partenaires/la-poste.yaml",
        ("- Accompagner l'usager à la création d'un coffre", "- Au {caf/tel-3230}, un coffre"),
    )
    livret = open_compiled(load_livret(tmp_path / "rules" / "jura").livret)  # type: ignore[arg-type]
    match = json.loads(livret.get_conclusion_json(livret.get_node("la-poste/digiposte").first))
    assert [(one["id"], one["value"]) for one in match["named_contacts"]] == [("caf/tel-3230", "3230")]
    used = {record["id"]: record["used_by"] for record in map(json.loads, livret.list_contacts_json("caf"))}
    assert "la-poste/digiposte" in used["tel-3230"]
    assert not any("3230" in text for text in livret.list_contacts_json("la-poste"))
