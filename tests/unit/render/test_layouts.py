"""One card in every output: what is added to the card is shown by all of them, and stays text in each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from jinja2 import DictLoader

from fs_triage.render.conclusion import (
    Card,
    ContactCard,
    ContactList,
    Remark,
    Section,
    TextList,
    Tone,
    WayOut,
    WayOutTarget,
)
from fs_triage.render.documents import render_document
from fs_triage.render.plain_text import render_card
from fs_triage.render.terminal import print_cards
from fs_triage.text.markdown import escape_markdown

N = "\u00a0"
DOCUMENT = """\
{% from "card.FORM.j2" import section %}
{% for part in card.sections %}
{{ section(part) }}
{% endfor %}
"""
Layout = Callable[[Card], str]


def make_card(*sections: Section) -> Card:
    return Card("p/a", 1, "Titre", "P › Titre", "Bandeau", sections, "Livret, page 2")


@pytest.fixture(params=["plain text", "terminal", "html", "md"])
def layout(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Layout:
    """Each output in turn, as a function from a card to what is shown."""
    monkeypatch.setenv("COLUMNS", "80")

    def show_on_terminal(card: Card) -> str:
        print_cards([card])
        return capsys.readouterr().out

    def render_form(card: Card) -> str:
        name = f"essai.{request.param}.j2"
        loader = DictLoader({name: DOCUMENT.replace("FORM", request.param)})
        return render_document(name, {"card": card}, loader)

    return {"plain text": render_card, "terminal": show_on_terminal}.get(request.param, render_form)


def test_a_new_list_and_a_new_remark_of_a_contact_stand_in_every_output(layout: Layout) -> None:
    """A line of a card is written where the card is described, and nowhere else."""
    contact = ContactCard(
        kind="Téléphone",
        value="3949",
        label="Accueil",
        audience="pour tous",
        for_counsellor=False,
        condition=Remark("le soir", "Quand"),
        details=(
            Remark("le 3 mai", "Vérifié"),
            Remark("rien", "Périmé", Tone.WARNING),
            Remark("Gratuit", "Coût"),
        ),
    )
    shown = layout(
        make_card(
            TextList("Pièces à apporter", ("Carte", "Photo")),
            TextList("Ensuite", ("Signer", "Dater"), numbered=True),
            ContactList("Qui", (contact,), to_reach=True, in_order=True),
            ContactList("Aide", (contact,), to_reach=False, in_order=False),
            Remark("deux semaines", "Délai"),
        )
    )
    words = [
        "Pièces à apporter",
        "Carte",
        "Photo",
        "Ensuite",
        "1. Signer",
        "2. Dater",
        "Qui",
        "3949",
        "Vérifié",
        "le 3 mai",
    ]
    words += [
        "Périmé",
        "rien",
        "Coût",
        "Gratuit",
        "Aide",
        "3949",
        "Vérifié",
        "Coût",
        "Délai",
        "deux semaines",
    ]
    found = 0
    for word in words:
        if "<li>" in shown:
            word = word.removeprefix("1. ").removeprefix("2. ")
        found = shown.find(word, found)
        assert found >= 0, word
        found += len(word)


def test_what_a_text_holds_stays_text(layout: Layout) -> None:
    hostile = "*a* <b>&amp;</b> [red]c[/red] {{ 7 * 7 }} 1."
    shown = " ".join(layout(make_card(TextList(hostile, (hostile,)), Remark(hostile, hostile))).split())
    html = "*a* &lt;b&gt;&amp;amp;&lt;/b&gt; [red]c[/red] {{ 7 * 7 }} 1."
    assert [shown.count(text) for text in (hostile, html, escape_markdown(hostile))].count(4) == 1
    assert "49" not in shown


def test_the_way_out_says_which_call_opens_it(capsys: pytest.CaptureFixture[str]) -> None:
    contact = ContactCard("Courriel", "a@b.fr", "Boîte", "réservé", True, None, ())
    alone = make_card(WayOut("Si ça bloque", "2nd niveau", "p/b", (WayOutTarget("p/b/c", "C", (contact,)),)))
    several = (WayOutTarget("p/b/c", "C", ()), WayOutTarget("p/b/d", "D", ()))
    choice = make_card(WayOut("Si ça bloque", "2nd niveau", "p/b", several))
    assert render_card(alone).splitlines()[2:6] == [
        "",
        f"Si ça bloque (2nd niveau){N}:",
        f"  C{N}: fs-triage p/b/c",
        f"    Courriel{N}: a@b.fr (réservé au conseiller)",
    ]
    assert render_card(choice).splitlines()[3:6] == [
        f"Si ça bloque (2nd niveau){N}:",
        f"  C{N}: fs-triage p/b/c",
        f"  D{N}: fs-triage p/b/d",
    ]
    print_cards([choice])
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:3] == [f"Si ça bloque (2nd niveau){N}: C{N}; D", "fs-triage p/b"]
