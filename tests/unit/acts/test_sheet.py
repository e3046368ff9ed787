"""The visitor's sheet: what stands on it, and that nothing that is reserved does, over all livrets and heirs."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from conftest import GOOD, JURA, ROOT, edit, open_compiled, write_files

from fs_triage.acts.demarche import Demarche, find_demarche, read_demarche
from fs_triage.acts.reserved import ReservedValues
from fs_triage.acts.sheet import PublicContact, Sheet, build_sheet, list_doubts
from fs_triage.acts.sheet_page import render_sheet_page
from fs_triage.acts.sheet_text import render_sheet_text
from fs_triage.cli import acts
from fs_triage.livret import OpenLivret
from fs_triage.rules.load import TO_FILL, Livret, load_livret
from fs_triage.text.days import render_day
from fs_triage.text.fold import fold

DAY = date(2026, 3, 1)
HOUSE = "France services de Lons-le-Saunier"
LIVRETS = [
    path.parent
    for folder in (ROOT / "rules", ROOT / "tests" / "livrets")
    for path in folder.glob("*/livret.yaml")
]
HEIR = """\
id: doubs
titre: Livret du Doubs
département: 25 Doubs
source: Préfecture du Doubs
hérite de: {parent}
"""


@cache
def load(folder: Path) -> Livret:
    loaded = load_livret(folder).livret
    assert loaded is not None, folder
    return loaded


@cache
def opened(folder: Path) -> OpenLivret:
    return open_compiled(load(folder))


def make_sheet(livret: OpenLivret, *nodes: str) -> Sheet:
    return build_sheet(livret, [read_demarche(livret, node) for node in nodes], house=HOUSE, day=DAY)


def list_nodes(livret: OpenLivret) -> list[str]:
    return [row.id for row in livret.list_conclusion_rows()]


def render_all(sheet: Sheet) -> Iterator[str]:
    """Yield the sheet in every form; of the page, all but the pictures: text, addresses, what is read aloud."""
    yield render_sheet_text(sheet)
    yield json.dumps(acts._describe_sheet(sheet, DAY), ensure_ascii=False)
    yield re.sub(r"<svg.*?</svg>", "", render_sheet_page(sheet), flags=re.DOTALL)


def list_reserved(livret: Livret) -> set[str]:
    """Return the values of contacts for counsellors, as the rules have them."""
    return {
        value
        for rules in livret.partners
        for contact in rules.model.contacts.values()
        if contact.audience == "conseiller"
        for _, value in contact.kinds
        if fold(value) != fold(TO_FILL)
    }


def squeeze(text: str) -> str:
    """Return `text` without what may stand between the letters and figures of a value."""
    return re.sub(r"[\W_]+(?<!\+)", "", text.casefold())


def find_leaks(values: set[str], text: str) -> list[str]:
    """Return the reserved `values` that stand in `text`; written apart from the code that keeps them off."""
    squeezed = squeeze(text)
    found = [value for value in values if not value.endswith("+") and squeeze(value) in squeezed]
    return found + [
        value for value in values if value.endswith("+") and re.search(r"administration\W*\+", text, re.I)
    ]


@pytest.mark.parametrize("folder", LIVRETS, ids=lambda folder: folder.name)
def test_no_sheet_shows_what_is_reserved(folder: Path) -> None:
    livret, reserved = opened(folder), list_reserved(load(folder))
    extends = load(folder).booklet.extends
    if extends is not None:  # its texts are those of the parent
        reserved |= list_reserved(load(JURA.parent / extends))
    nodes = list_nodes(livret)
    assert reserved or folder.name != "jura"
    cards = "".join(map(livret.get_conclusion_text, range(len(nodes))))
    assert find_leaks(reserved, cards) or not reserved, "what is looked for is not on the cards either"
    sheets = [make_sheet(livret, node) for node in nodes] + [make_sheet(livret, *nodes)]
    assert [
        leak for sheet in sheets for text in render_all(sheet) for leak in find_leaks(reserved, text)
    ] == []


PHONE = "03 84 25 69 93"
HOSTILE = [
    ("libellé: Accueil de la mairie", f"libellé: Accueil, ou {PHONE}"),
    (
        "    horaires: lundi au vendredi 8h30-12h",
        "    horaires: lundi au vendredi 8h30-12h\n    note: Sinon écrire à ETAT-CIVIL@mairie.fr",
    ),
    ("libellé: Une carte d'identité", f"libellé: Une carte, par {PHONE.replace(' ', '.')}"),
    (
        "      - Prendre rendez-vous.",
        "      - Écrire à etat-civil @mairie.fr.\n      - Sinon à {etat-civil}.\n      - Prendre rendez-vous.",
    ),
    (
        "    public: conseiller",
        "    public: conseiller\n"
        f'  direct:\n    téléphone: "{PHONE}"\n    libellé: Ligne directe\n    public: conseiller\n'
        f'  copie:\n    téléphone: "{PHONE.replace(" ", "")}"\n    libellé: La même, par erreur\n    public: usager',
    ),
    ("contacter: [accueil, etat-civil]", "contacter: [accueil, etat-civil, direct, copie]"),
]


def test_a_text_that_names_a_reserved_value_is_left_out_or_masked(folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", *HOSTILE)
    livret = opened(folder.resolve())
    reserved = list_reserved(load(folder.resolve()))
    assert reserved == {"etat-civil@mairie.fr", PHONE}
    sheet = make_sheet(livret, "mairie/carte", "mairie/aide")
    for text in render_all(sheet):
        assert find_leaks(reserved, text) == []
    card, way_out = sheet.demarches
    assert card.title == "Une carte, par …"
    assert card.steps == ("Prendre rendez-vous.",)
    assert [(one.value, one.label, one.note) for one in way_out.contacts] == [
        ("03 84 25 69 92", "Accueil, ou …", "")
    ]


@pytest.mark.parametrize("replaces", [True, False], ids=["replaced", "missing"])
def test_an_heir_keeps_off_what_its_parent_reserves(tmp_path: Path, replaces: bool) -> None:
    """The steps are inherited from a livret whose own contact the heir replaces, or has yet to replace."""
    shutil.copytree(GOOD, tmp_path / "bon")
    edit(
        tmp_path / "bon" / "partenaires/mairie.yaml",
        (
            "      - Prendre rendez-vous.",
            "      - Écrire à etat-civil@mairie.fr.\n      - Ou à {etat-civil}.\n      - Prendre rendez-vous.",
        ),
    )
    heir = tmp_path / "doubs"
    own = (
        "contacts:\n  etat-civil:\n    courriel: autre@mairie.fr\n    libellé: L'état civil\n    public: conseiller\n"
        if replaces
        else "mots: [hôtel de ville]\n"
    )
    write_files(heir, {"livret.yaml": HEIR.format(parent="bon"), "partenaires/mairie.yaml": own})
    sheet = make_sheet(opened(heir), "mairie/carte", "mairie/aide")
    assert sheet.demarches[0].steps == ("Prendre rendez-vous.",)
    for text in render_all(sheet):
        assert find_leaks({"etat-civil@mairie.fr", "autre@mairie.fr"}, text) == []


def test_a_contact_for_counsellors_cannot_be_made_public() -> None:
    livret = opened(JURA)
    contact = read_demarche(livret, "msa/sante/legislation").conclusion["contacts"][0]
    assert contact["audience"] == "conseiller"
    with pytest.raises(ValueError, match="reserved"):
        PublicContact(contact, ReservedValues([]))


# -- what stands on it


def test_a_sheet_says_what_to_do_and_whom_the_visitor_may_reach() -> None:
    text = render_sheet_text(make_sheet(opened(JURA), "caf/rsa/demande", "justice/cdad/coordonnees"))
    for said in (
        HOUSE,
        "1er mars 2026",
        "1. Faire une demande de RSA",
        "CAF › RSA › Faire une demande de RSA",
        "Accompagner l’allocataire pour faire une demande de RSA en ligne sur CAF.FR.",
        "Site\u00a0: CAF.FR",
        "Revenez à France services.",
        "Téléphone\u00a0: 3230",
        "2. Contacter le CDAD",
        "Horaires\u00a0: lundi, mardi 8h30-12h30 et 13h30-16h",
        "Prochain rendez-vous",
        "Notes",
        "caf/rsa/demande, justice/cdad/coordonnees",
    ):
        assert said in text
    assert "Ne pas renseigner" not in text


def test_a_second_level_says_how_it_goes_on_without_the_counsellors_own_steps() -> None:
    livret = opened(JURA)
    [handed] = make_sheet(livret, "msa/blocage/bloque-ou-urgent").demarches
    assert (handed.steps, handed.contacts) == ((), ())
    assert handed.what_next == "Votre conseiller France services transmet cette demande pour vous."
    [shared] = make_sheet(livret, "caf/blocage/en-ligne-impossible").demarches
    assert [contact.value for contact in shared.contacts] == ["3230", "CAF.FR"]
    assert "ci-dessous" in shared.what_next


def test_a_demarche_asked_twice_stands_once() -> None:
    sheet = make_sheet(opened(JURA), "caf/rsa/demande", "caf/rsa/demande")
    assert [demarche.id for demarche in sheet.demarches] == ["caf/rsa/demande"]
    assert sheet.title == "Votre démarche"


def test_documents_stand_where_the_livret_knows_them() -> None:
    livret = opened(JURA)
    demarche = read_demarche(livret, "caf/rsa/demande")
    known = Demarche({**demarche.conclusion, "documents": ["Une pièce d’identité"]}, "CAF", ())
    sheet = build_sheet(livret, [known], house="", day=DAY)
    assert "À apporter" in render_sheet_text(sheet) and "☐ Une pièce d’identité" in render_sheet_text(sheet)
    assert "Une pièce d’identité" in render_sheet_page(sheet)
    assert "À apporter" not in render_sheet_text(make_sheet(livret, "caf/rsa/demande"))


def test_a_doubt_is_told_to_the_counsellor_and_marked_for_the_visitor() -> None:
    livret = opened(JURA)
    demarche = find_demarche(livret, "ants/carte-grise/tarif")
    [line] = list_doubts([demarche])
    assert line.startswith("À vérifier avant de donner la feuille")
    assert "À vérifier avec votre conseiller" in render_sheet_text(make_sheet(livret, demarche.id))


@pytest.mark.parametrize(
    ("day", "said"), [(date(2026, 1, 1), "1er janvier 2026"), (date(2026, 8, 31), "31 août 2026")]
)
def test_a_day_is_french(day: date, said: str) -> None:
    assert render_day(day) == said


def test_texts_of_the_rules_stay_texts_in_the_page() -> None:
    page = render_sheet_page(make_sheet(opened(ROOT / "tests" / "livrets" / "guichet"), "mairie/papiers"))
    assert "[bold]d’identité[/bold]" in page
    hostile = build_sheet(
        opened(JURA), [read_demarche(opened(JURA), "caf/rsa/demande")], house="<script>", day=DAY
    )
    assert "<script>" not in render_sheet_page(hostile)


def test_a_page_needs_nothing_else() -> None:
    page = render_sheet_page(make_sheet(opened(JURA), "caf/rsa/demande"), "a5")
    assert "size: A5" in page and 'lang="fr"' in page
    assert not re.search(r"<(?:script|link|img|iframe)\b|@import|url\(", page)
    assert set(re.findall(r'(?:href|src)="(\w+):', page)) <= {"https", "tel", "mailto"}
