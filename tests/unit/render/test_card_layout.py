"""Every card of the livret on the windows that counsellors have: what must be in sight, and what a mouse copies."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from conftest import RULES
from terminal import words

from fs_triage.index import lookup
from fs_triage.livret import open_livret
from fs_triage.render.card_layout import lay_out_card
from fs_triage.render.conclusion import Card, ContactList, TextList, Tone

MENU_LINES = {80: 4, 100: 4, 120: 4, 40: 6}
"""Lines of the menu below a card, by the columns of the window: a question, the choices, and an empty line."""


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Card]]:
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache))
        livret = open_livret(os.fspath(RULES / "jura"))
        yield lookup.read_cards(livret, range(len(livret.list_conclusions_json())))


def list_lines(card: Card, columns: int, rows: int | None = None) -> list[str]:
    laid_out = lay_out_card(card, columns, rows)
    return ["".join(span.text for span in line) for line in (*laid_out.banner, *laid_out.list_body())]


def find_contacts(card: Card) -> list[str]:
    return [
        contact.shown
        for section in card.sections
        if isinstance(section, ContactList)
        for contact in section.contacts
    ]


def find_texts(card: Card, *, forbidden_alone: bool) -> list[str]:
    return [
        text
        for section in card.sections
        if isinstance(section, TextList)
        and (section.tone is Tone.FORBIDDEN or (not forbidden_alone and section.tone is Tone.PLAIN))
        for text in section.texts
    ]


@pytest.mark.parametrize(("columns", "rows", "least"), [(80, 24, 190), (100, 30, 196), (120, 30, 196)])
def test_what_to_do_and_whom_to_reach_are_seen_with_the_menu(
    cards: list[Card], columns: int, rows: int, least: int
) -> None:
    room = rows - MENU_LINES[columns]
    assert len(cards) >= least
    seen = 0
    for card in cards:
        shown = words("".join(list_lines(card, columns, room)[:room]))
        wanted = [card.banner, card.way, *find_texts(card, forbidden_alone=False), *find_contacts(card)]
        seen += all(words(text) in shown for text in wanted)
    assert seen >= least


def test_a_small_window_shows_the_banner_the_prohibitions_and_the_first_contact(cards: list[Card]) -> None:
    room = 20 - MENU_LINES[40]
    assert len(cards) >= 190
    for card in cards:
        shown = words("".join(list_lines(card, 40, room)[:room]))
        wanted = [card.banner, card.way, *find_texts(card, forbidden_alone=True), *find_contacts(card)[:1]]
        assert [text for text in wanted if words(text) not in shown] == [], card.id


@pytest.mark.parametrize("columns", [20, 40, 80, 120])
def test_nothing_is_lost_nor_drawn_beside_the_text(cards: list[Card], columns: int) -> None:
    for card in cards:
        lines = list_lines(card, columns)
        shown = words("".join(lines))
        contacts = find_contacts(card)
        for text in (card.way, card.pages, card.id, *find_texts(card, forbidden_alone=False), *contacts):
            assert words(text) in shown, (card.id, text)
        assert not set(shown) & set("│║┃─═╔┌")
        longest = [line for line in lines if len(line) > columns]
        assert all(" " not in line.strip() or "fs-triage" in line for line in longest), longest
