"""A conclusion as a card: which sections it has, in which order and in which words, for whom reads it."""

from __future__ import annotations

from typing import Any

import pytest

from fs_triage.render.conclusion import (
    COUNSELLOR,
    PARTNER,
    Card,
    ContactCard,
    ContactList,
    Remark,
    TextList,
    Tone,
    WayOut,
    WayOutTarget,
    describe_conclusion,
    describe_contact,
    describe_for_partner,
)
from fs_triage.render.labels import render_pages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion, ContactRecord

N = "\u00a0"


def make_contact(**changes: Any) -> ContactRecord:
    contact: ContactRecord = {
        "id": "tel",
        "kind": "phone",
        "value": "3949",
        "label": "Accueil",
        "audience": "usager",
        "hours": None,
        "note": None,
        "doubt": None,
        "when": None,
    }
    return {**contact, **changes}  # type: ignore[typeddict-item]


def make_conclusion(**changes: Any) -> Conclusion:
    conclusion: Conclusion = {
        "id": "mairie/papier",
        "partner": "mairie",
        "level": 1,
        "title": "Un papier",
        "path": [{"question": "Quoi ?", "answer": "Un papier"}],
        "steps": [],
        "do_not": [],
        "contacts": [],
        "in_order": False,
        "if_blocked": [],
        "no_second_level": None,
        "pages": [2],
        "warnings": [],
    }
    return {**conclusion, **changes}  # type: ignore[typeddict-item]


def describe(conclusion: Conclusion, *blocked: Conclusion) -> Card:
    return describe_conclusion(conclusion, "Mairie", if_blocked=blocked, blocked_node="mairie/bloque")


TEL = ContactCard(
    "Téléphone",
    "3949",
    "Accueil",
    "utilisable par l’usager",
    False,
    None,
    (),
    grouped="3949",
    link="tel:3949",
)


def test_a_bare_conclusion() -> None:
    assert describe(make_conclusion()) == Card(
        id="mairie/papier",
        level=1,
        title="Un papier",
        way="Mairie › Un papier",
        banner=f"1er niveau{N}: à faire sur place",
        sections=(),
        pages="Livret, page 2",
    )


def test_the_sections_of_the_first_level_in_order() -> None:
    conclusion = make_conclusion(
        do_not=["Le prix."],
        steps=["Ouvrir.", "Fermer."],
        contacts=[make_contact()],
        warnings=["Fermé en août."],
        no_second_level="la mairie décide",
    )
    assert describe(conclusion).sections == (
        TextList("Ne pas renseigner", ("Le prix.",), tone=Tone.FORBIDDEN),
        TextList("Étapes", ("Ouvrir.", "Fermer."), numbered=True),
        ContactList("Contacts utiles", (TEL,), to_reach=False, in_order=False),
        TextList("Attention", ("Fermé en août.",), tone=Tone.WARNING),
        Remark("la mairie décide", "Pas de 2nd niveau"),
    )


@pytest.mark.parametrize(
    ("level", "count", "asked", "heading", "in_order"),
    [
        (1, 1, False, "Contacts utiles", False),
        (1, 2, True, "Contacts utiles", False),
        (2, 1, True, "À contacter", False),
        (2, 2, False, "À contacter", False),
        (2, 2, True, "À contacter, dans cet ordre", True),
    ],
)
def test_contacts_are_tried_in_order_where_the_rules_say_so(
    level: int, count: int, asked: bool, heading: str, in_order: bool
) -> None:
    numbers = ["3949", "3950"][:count]
    contacts = [make_contact(value=number) for number in numbers]
    [section] = describe(make_conclusion(level=level, contacts=contacts, in_order=asked)).sections
    shown = tuple(TEL._replace(value=number, grouped=number, link=f"tel:{number}") for number in numbers)
    assert section == ContactList(heading, shown, to_reach=level == 2, in_order=in_order)


def test_what_is_reached_in_one_way_is_said_once() -> None:
    """A site that serves twice, with one doubt: one line that tells both uses."""
    site = make_contact(kind="web", value="www.a.fr", label="Site de A", doubt="A a changé de nom.")
    appointment = make_contact(
        kind="appointment", value="www.a.fr", label="RDV avec A", doubt="A a changé de nom."
    )
    [section] = describe(make_conclusion(level=2, contacts=[appointment, site])).sections
    assert isinstance(section, ContactList)
    [contact] = section.contacts
    assert contact.kind == "Rendez-vous et Site"
    assert contact.label == f"RDV avec A{N}; Site de A"
    assert [remark.text for remark in contact.details] == ["A a changé de nom."]
    reserved = {**site, "audience": "conseiller"}
    [section] = describe(make_conclusion(level=2, contacts=[site, reserved])).sections
    assert isinstance(section, ContactList)
    assert [contact.for_counsellor for contact in section.contacts] == [False, True]


def test_a_label_that_says_what_the_value_says_is_left_out() -> None:
    contact = make_contact(kind="appointment", value="RDV auprès de la MSA", label="RDV auprès de la MSA")
    assert describe_contact(contact, COUNSELLOR).label == ""


@pytest.mark.parametrize(
    ("kind", "value", "shown", "link"),
    [
        ("phone", "03.63.67.80.65", "03 63 67 80 65", "tel:0363678065"),
        ("phone", "0809401401", "0 809 401 401", "tel:0809401401"),
        ("phone", "0 806 001 625", "0 806 001 625", "tel:0806001625"),
        ("phone", "3230", "3230", "tel:3230"),
        ("phone", "+41 22 307 13 13", "+41 22 307 13 13", "tel:+41223071313"),
        ("email", "a.b@c.fr", "a.b@c.fr", "mailto:a.b@c.fr"),
        ("web", "www.cdad-jura.fr", "www.cdad-jura.fr", "https://www.cdad-jura.fr"),
        ("web", "http://a.fr/x?y#z", "http://a.fr/x?y#z", "http://a.fr/x?y#z"),
        ("web", "www.Exemple.fr/Page", "www.Exemple.fr/Page", "https://www.exemple.fr/Page"),
        ("appointment", "RDV auprès de la M.S.A.", "RDV auprès de la M.S.A.", ""),
        ("appointment", "compte AMELI", "compte AMELI", ""),
        ("appointment", "RDV auprès de la MSA", "RDV auprès de la MSA", ""),
        ("appointment", "CAF.FR", "CAF.FR", "https://caf.fr"),
        ("address", "1 rue A. Briand", "1 rue A. Briand", ""),
        ("email", "a\x1b]8;;b@c.fr", "a\x1b]8;;b@c.fr", ""),
    ],
)
def test_a_value_as_it_is_read_and_opened(kind: str, value: str, shown: str, link: str) -> None:
    contact = describe_contact(make_contact(kind=kind, value=value), COUNSELLOR)
    assert (contact.value, contact.shown, contact.link) == (value, shown, link)


def test_a_contact_with_all_there_is_to_know() -> None:
    contact = make_contact(
        audience="conseiller", when="le matin", hours="Mo 09:00-12:00", note="Gratuit.", doubt="Deux numéros."
    )
    card = describe_contact(contact, COUNSELLOR)
    assert card.for_counsellor
    assert card.audience == "réservé au conseiller, ne pas donner à l’usager"
    assert [remark.line for remark in card.remarks] == [
        f"Quand{N}: le matin",
        f"Horaires{N}: lundi 9h-12h",
        "Gratuit.",
        f"À vérifier{N}: Deux numéros.",
    ]
    assert [remark.tone for remark in card.details] == [Tone.PLAIN, Tone.PLAIN, Tone.WARNING]


def test_one_way_out_comes_with_its_contacts_several_do_not() -> None:
    first = make_conclusion(id="mairie/bloque/a", title="A", level=2, contacts=[make_contact()])
    second = make_conclusion(id="mairie/bloque/b", title="B", level=2, contacts=[make_contact()])
    blocked = make_conclusion(no_second_level="ne se voit pas")
    assert describe(blocked, first).sections == (
        WayOut(
            "Si la démarche bloque",
            "2nd niveau",
            "mairie/bloque",
            (WayOutTarget("mairie/bloque/a", "A", (TEL,)),),
        ),
    )
    [section] = describe(blocked, first, second).sections
    assert isinstance(section, WayOut)
    assert section.targets == (
        WayOutTarget("mairie/bloque/a", "A", ()),
        WayOutTarget("mairie/bloque/b", "B", ()),
    )


def test_a_partner_reads_sentences() -> None:
    conclusion = make_conclusion(do_not=["Le prix."], steps=["Ouvrir."], if_blocked=["mairie/a", "mairie/b"])
    numbers, titles = {"mairie/a": 4, "mairie/b": 5}, {"mairie/a": "A", "mairie/b": "B"}
    card = describe_for_partner(conclusion, numbers, titles)
    assert card.banner == f"1er niveau{N}: le conseiller fait la démarche sur place, avec l’usager."
    assert card.way == f"On y arrive en répondant{N}: à «{N}Quoi ?{N}», «{N}Un papier{N}»."
    assert card.sections == (
        TextList("Le conseiller ne renseigne pas", ("Le prix.",), tone=Tone.FORBIDDEN),
        TextList("", ("Ouvrir.",), numbered=True),
        Remark(
            f"Si la démarche bloque, le conseiller passe, selon le cas, à{N}: "
            f"n°{N}4, «{N}A{N}» ou n°{N}5, «{N}B{N}»."
        ),
    )
    alone = describe_for_partner(make_conclusion(if_blocked=["mairie/a"]), numbers, titles)
    assert alone.sections == (
        Remark(f"Si la démarche bloque, le conseiller passe à la démarche n°{N}4, «{N}A{N}»."),
    )
    none = describe_for_partner(make_conclusion(no_second_level="La mairie décide"), {}, {})
    assert none.sections == (Remark("Il n’y a pas de 2nd niveau. La mairie décide."),)


def test_administration_plus_reads_as_a_sentence_for_a_partner() -> None:
    contact = make_contact(kind="administration-plus", value="Administration+ : CAF")
    assert describe_contact(contact, COUNSELLOR).kind == "Administration+"
    assert describe_contact(contact, PARTNER).kind == "Par"


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([4], "Livret, page 4"),
        ([4, 5], "Livret, pages 4 et 5"),
        ([4, 5, 9], "Livret, pages 4, 5 et 9"),
        ([], "Livret, sans page"),
    ],
)
def test_pages(pages: list[int], expected: str) -> None:
    assert render_pages(pages) == expected
