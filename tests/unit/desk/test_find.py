"""What is understood of words, as the wizard shows it: choices, and a word on what was not understood."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from conftest import clean_environment
from terminal import GUICHET

from fs_triage.desk import outcome
from fs_triage.desk.find import Finder
from fs_triage.desk.page import Found, Option, Retype
from fs_triage.livret import OpenLivret, open_livret
from fs_triage.search.rank import Hit
from fs_triage.understanding.result import Topic, Understanding, UnknownWord, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


class Told(NamedTuple):
    """One of several needs, as the search tells it."""

    text: str
    hits: list[Hit]


NAISSANCE = Option(
    "mairie/naissance", "Mairie\u00a0: Déclarer une naissance", "", "1er niveau", found=True, group=""
)
PREFECTURE = Option("prefecture", "Préfecture", "permis, étrangers", found=True)


@pytest.fixture(scope="module")
def livret(home: Path) -> OpenLivret:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in clean_environment(home).items():
            patch.setenv(name, value)
        opened = open_livret(str(GUICHET))
        assert opened.model.partners
        return opened


def shown(
    livret: OpenLivret, monkeypatch: pytest.MonkeyPatch, meant: Understanding, typed: str = "des mots"
) -> Found:
    """Return what is shown of words that were understood as `meant`."""
    monkeypatch.setattr("fs_triage.understanding.understand.understand", lambda *_, **__: meant)
    return Finder(livret).find(typed)


def hit(livret: OpenLivret, node: str) -> Hit:
    return Hit(livret.get_node(node).first, 1.0, None)  # type: ignore[arg-type]


def test_a_partner_a_page_and_a_conclusion(livret: OpenLivret, monkeypatch: pytest.MonkeyPatch) -> None:
    meant = Understanding(
        Verdict.MATCHES, ranked=["prefecture", "mairie/ecole", "mairie/naissance", "mairie/bloque/refus"]
    )
    assert shown(livret, monkeypatch, meant) == Found(
        (
            PREFECTURE,
            Option(
                "mairie/ecole",
                "Mairie\u00a0: Préparer la rentrée à l’école",
                "L’enfant est-il déjà inscrit dans une école de la commune ou d’une autre\u00a0?",
                found=True,
            ),
            NAISSANCE,
            Option(
                "mairie/bloque/refus",
                "Mairie\u00a0: La mairie refuse",
                "C’est bloqué",
                "2nd niveau",
                found=True,
            ),
        )
    )


def test_the_id_of_a_card_is_that_card_whatever_else_its_words_mean(
    livret: OpenLivret, monkeypatch: pytest.MonkeyPatch
) -> None:
    meant = Understanding(Verdict.MAYBE, ranked=["prefecture", "mairie/naissance"])
    found = shown(livret, monkeypatch, meant, " mairie/naissance ")
    assert found == Found((NAISSANCE, PREFECTURE))
    found = shown(livret, monkeypatch, Understanding(Verdict.UNKNOWN), "mairie/naissance")
    assert found == Found((NAISSANCE,))


def test_what_is_not_sure_is_shown_as_such(livret: OpenLivret, monkeypatch: pytest.MonkeyPatch) -> None:
    meant = Understanding(Verdict.MAYBE, ranked=["mairie/naissance"])
    assert shown(livret, monkeypatch, meant) == Found((NAISSANCE,), ("Peut-être\u00a0:",))
    meant = Understanding(
        Verdict.MAYBE, ranked=["mairie/naissance"], unknown_words=[UnknownWord("zzz", ["zone"])]
    )
    assert shown(livret, monkeypatch, meant) == Found(
        (NAISSANCE,), ("Mot non reconnu\u00a0: «\u00a0zzz\u00a0».",)
    )


def test_a_vague_need_offers_its_choices(livret: OpenLivret, monkeypatch: pytest.MonkeyPatch) -> None:
    meant = Understanding(Verdict.VAGUE, choices=["prefecture", "mairie/naissance"])
    found = shown(livret, monkeypatch, meant)
    assert found == Found((PREFECTURE, NAISSANCE), ("Plusieurs démarches répondent\u00a0; laquelle\u00a0?",))


def test_what_the_livret_does_not_speak_of(livret: OpenLivret, monkeypatch: pytest.MonkeyPatch) -> None:
    topic = Topic("la chasse et la pêche", "Voyez la fédération.")
    assert shown(livret, monkeypatch, Understanding(Verdict.OUT_OF_SCOPE, topic=topic)) == Found(
        (),
        ("Ce livret ne traite pas ce sujet\u00a0: la chasse et la pêche.", "Voyez la fédération."),
        unfound=outcome.NOT_COVERED,
    )
    assert shown(livret, monkeypatch, Understanding(Verdict.OUT_OF_SCOPE)).notes == (
        "Ce livret ne traite pas ce sujet.",
    )


def test_words_that_are_not_known_and_those_near(livret: OpenLivret, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = [UnknownWord("naisance", ["naissance"]), UnknownWord("qqq", [])]
    found = shown(
        livret,
        monkeypatch,
        Understanding(Verdict.UNKNOWN, unknown_words=unknown),
        "une naisance qqq",
    )
    assert found.unfound == outcome.NOT_UNDERSTOOD
    assert found.notes == ("Mots non reconnus\u00a0: «\u00a0naisance\u00a0», «\u00a0qqq\u00a0».",)
    assert [option.value for option in found.options] == [Retype("une naissance qqq")]
    assert found.options[0].label == "Vouliez-vous dire\u00a0: naissance\u00a0?"


@pytest.mark.parametrize(
    ("meant", "note"),
    [
        (
            Understanding(Verdict.UNKNOWN, is_foreign=True),
            "Ces mots ne semblent pas français\u00a0: écrivez le besoin en français.",
        ),
        (Understanding(Verdict.UNKNOWN), "Rien de reconnu\u00a0: dites-le autrement."),
        (
            Understanding(Verdict.VAGUE),
            "Trop vague\u00a0: ajoutez un mot, ou choisissez un partenaire.",
        ),
    ],
)
def test_nothing_to_choose_from(
    livret: OpenLivret, monkeypatch: pytest.MonkeyPatch, meant: Understanding, note: str
) -> None:
    unfound = "" if meant.verdict == Verdict.VAGUE else outcome.NOT_UNDERSTOOD
    assert shown(livret, monkeypatch, meant) == Found((), (note,), unfound)


def test_several_needs_are_shown_need_by_need(livret: OpenLivret, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = [["mairie/naissance", "mairie/bloque/refus"], ["prefecture/permis"]]
    needs = [
        Told(text, [hit(livret, node) for node in each])
        for text, each in zip(["un bébé", "un permis"], nodes, strict=True)
    ]
    meant = Understanding(Verdict.MATCHES, ranked=["mairie/naissance", "prefecture/permis"], needs=needs)  # type: ignore[arg-type]
    found = shown(livret, monkeypatch, meant)
    assert [(option.value, option.group) for option in found.options] == [
        ("mairie/naissance", "Besoin 1\u00a0: «\u00a0un bébé\u00a0»"),
        ("mairie/bloque/refus", "Besoin 1\u00a0: «\u00a0un bébé\u00a0»"),
        ("prefecture/permis", "Besoin 2\u00a0: «\u00a0un permis\u00a0»"),
    ]


def test_the_way_to_a_node_begins_at_its_partner(livret: OpenLivret) -> None:
    finder = Finder(livret)
    assert finder.get_way("mairie") == ["Mairie"]
    assert finder.get_way("mairie/bloque") == ["Mairie", "C’est bloqué"]
    assert finder.get_way("mairie/bloque/refus") == ["Mairie", "C’est bloqué", "La mairie refuse"]
