"""Lists for people, at the width of their screen."""

from __future__ import annotations

import pytest

from fs_triage.render.card_layout import Line
from fs_triage.render.conclusion import ContactCard, Remark, Tone
from fs_triage.render.directory import (
    ListedConclusion,
    ListedContact,
    lay_out_conclusions,
    lay_out_contacts,
)

NODE = "caf/autre-prestation/aah-declaration-trimestrielle"
WIDTHS = [20, 40, 52, 80, 200]


def make_card(**changes: object) -> ContactCard:
    card = ContactCard(
        "Téléphone",
        "3230",
        "Numéro de la CAF",
        "utilisable par l’usager",
        False,
        None,
        (
            Remark("lundi 9h-12h – Ouvert, jusqu’à 12h", "Horaires"),
            Remark("Il a changé.", "À vérifier", Tone.WARNING),
        ),
    )
    return card._replace(**changes)  # type: ignore[arg-type]


def texts(lines: list[Line]) -> list[str]:
    return ["".join(span.text for span in line).replace("\u00a0", " ") for line in lines]


def show(card: ContactCard, users: list[str], width: int = 80, all_calls: bool = False) -> list[str]:
    contact = ListedContact("tel-3230", card, users)
    return texts([*lay_out_contacts([("CAF", [contact])], width, are_all_calls_shown=all_calls)])


def test_a_contact_says_all_that_is_known_of_it() -> None:
    assert show(make_card(), ["caf/rsa"]) == [
        "CAF – 1 contact",
        "",
        " Numéro de la CAF",
        "   Téléphone : 3230",
        "   Utilisable par l’usager",
        "   Horaires : lundi 9h-12h – Ouvert, jusqu’à 12h",
        " ! À vérifier : Il a changé.",
        "   Sa fiche :",
        "     fs-triage caf/rsa",
    ]


@pytest.mark.parametrize(
    ("kind", "value", "label", "shown"),
    [
        (
            "Rendez-vous",
            "RDV auprès de la MSA",
            "RDV auprès de la MSA",
            [" Rendez-vous : RDV auprès de la MSA"],
        ),
        ("Administration+", "Administration +", "Administration+", [" Administration+"]),
        ("Administration+", "Administration +", "La CPAM", [" La CPAM", "   Administration+"]),
    ],
)
def test_what_says_the_same_is_said_once(kind: str, value: str, label: str, shown: list[str]) -> None:
    lines = show(make_card(kind=kind, value=value, label=label, details=()), ["a/b"])
    assert lines[2 : lines.index("   Utilisable par l’usager")] == shown


def test_many_calls_are_counted_unless_all_are_asked_for() -> None:
    users = [f"caf/d{rank}" for rank in range(9)]
    assert show(make_card(details=()), users)[-6:] == [
        "   Ses fiches :",
        *(f"     fs-triage {node}" for node in users[:3]),
        "     et 6 autres :",
        "     fs-triage contacts caf tel-3230",
    ]
    assert [line for line in show(make_card(), users, all_calls=True) if "caf/d" in line][-1].endswith(
        "caf/d8"
    )
    assert "autres" not in " ".join(show(make_card(), users[:4]))


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_screen_and_no_word_is_cut(width: int) -> None:
    card = make_card(
        value="transmettreundocument.caf39@bourgognefranchecomte.fr",
        kind="Courriel",
        label="TRANSMETTRE UN DOCUMENT à la CAF du Jura, même pour une autre prestation",
    )
    lines = show(card, [NODE, "caf/rsa", NODE], width)
    lines += texts([*lay_out_conclusions([("CAF", [ListedConclusion(NODE, 1, "Une déclaration")])], width)])
    assert [line for line in lines if len(line) > width] in ([], [card.value])  # it is copied whole
    words = set(" ".join([NODE.replace("/", " ").replace("-", " "), card.label]).split())
    seen = set(" ".join(lines).replace("/", " ").replace("-", " ").split())
    assert words <= seen
    assert card.value in [line.strip() for line in lines] or f"Courriel : {card.value}" in "".join(lines)


@pytest.mark.parametrize("width", [50, 80])
def test_an_id_that_has_room_stands_whole_on_a_line(width: int) -> None:
    lines = show(make_card(), [NODE], width)
    lines += texts([*lay_out_conclusions([("CAF", [ListedConclusion(NODE, 2, "Une déclaration")])], width)])
    assert sum(line.split()[-1:] == [NODE] for line in lines) == 3


def test_a_list_says_the_level_in_words_and_how_to_open_a_card() -> None:
    rows = [ListedConclusion("caf/rsa", 1, "Demander le RSA"), ListedConclusion("caf/bloque", 2, "Bloqué")]
    lines = [*lay_out_conclusions([("CAF", rows), ("MSA", [ListedConclusion("msa/rsa", 1, "RSA")])], 80)]
    assert texts(lines) == [
        "CAF – 2 démarches",
        " Demander le RSA",
        "   1er niveau : à faire sur place – caf/rsa",
        " Bloqué",
        "   2nd niveau : à transmettre – caf/bloque",
        "",
        "MSA – 1 démarche",
        " RSA",
        "   1er niveau : à faire sur place – msa/rsa",
        "",
        "Pour ouvrir une fiche, son identifiant :",
        "   fs-triage caf/rsa",
    ]
    assert [line[0].style for line in lines[:3]] == ["bold underline", "bold", ""]
