"""The wizard in a real pseudo-terminal, at two sizes: each key, each way back, each trap of the library."""

from __future__ import annotations

import re
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from terminal import (
    ALT_ENTER,
    BACKSPACE,
    CARDS,
    CTRL_R,
    CTRL_U,
    DOWN,
    END,
    ENTER,
    ESCAPE,
    HOME,
    LEFT,
    MENU,
    PAGE_DOWN,
    PAGE_UP,
    RIGHT,
    SIZES,
    UP,
    Terminal,
    guichet,
    plain,
    slow,
    words,
)

from fs_triage.desk.page import MAX_TYPED_LENGTH

pytestmark = pytest.mark.parametrize("size", SIZES, ids=["80x24", "40x20"])
FIRST = "Pour quel partenaire ?"
MAIRIE = "Que demande l’usager à la mairie ?"
ECOLE = "L’enfant est-il déjà inscrit dans une école de la commune ou d’une autre ?"
PICK = "Quelle démarche correspond ?"
TYPED = "Recherche :"
UNKNOWN = "non reconnu"
FULL = f"{MAX_TYPED_LENGTH} lettres au plus : la suite n’est pas prise."

Size = tuple[int, int]


def conclusion(window: Terminal, node: str) -> str:
    """Wait for the card of `node` and its menu; returns the screen."""
    window.see_card(node)
    return window.text()


def leave(window: Terminal) -> None:
    """Leave by « Quitter », from whatever page: it is the last choice of each."""
    window.send(END, ENTER)
    assert window.end() == 0
    assert window.given_back()


def test_first_screen(home: Path, size: Size) -> None:
    with guichet(home=home, size=size) as window:
        window.see("Livret du guichet – 998 Les Essais", FIRST)
        beside = " – " if size[0] == 80 else " "
        assert words(window.text()) == words(
            f"""Livret du guichet – 998 Les Essais {FIRST} » Mairie{beside}état civil, école, cimetière
            Préfecture – permis, étrangers Quitter
            Flèches et Entrée pour choisir, ou tapez le besoin"""
        )
        leave(window)
        assert window.text() == ""  # the question is erased


def test_answering_shows_the_way_and_erases_the_question(home: Path, size: Size) -> None:
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send(ENTER)
        window.see(f"Mairie {MAIRIE}", gone=[FIRST])
        window.send(DOWN, ENTER)
        shown = window.see(f"Mairie › Préparer la rentrée à l’école {ECOLE}", gone=[MAIRIE])
        assert shown.count("Mairie") == 1


@pytest.mark.parametrize("key", [ESCAPE, LEFT, END + UP + ENTER], ids=["escape", "left", "item"])
def test_going_back(home: Path, size: Size, key: str) -> None:
    """Esc, ← and « ← Revenir » lead back to the screen as it was, the earlier answer preselected."""
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send(ENTER)
        window.see(MAIRIE)
        window.send(DOWN)
        window.settle()
        before = window.text()
        window.points_at("Préparer la rentrée")
        window.send(ENTER)
        assert "← Revenir" in window.see(ECOLE)
        window.send(DOWN, ENTER)
        conclusion(window, "mairie/ecole/changement")
        back = "rev" + ENTER if len(key) > 3 else ESCAPE  # below a card, arrows go from choice to choice
        window.send(back)
        window.see(ECOLE, gone=[MENU])
        window.points_at("Oui, et il change")
        window.send(key)
        window.shows(before)
        window.send(key)
        window.see(FIRST)
        window.points_at("Mairie")
        window.send(ENTER)
        window.see(MAIRIE)
        window.points_at("Préparer la rentrée")


def test_nothing_is_before_the_first_question(home: Path, size: Size) -> None:
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send(DOWN, ESCAPE)
        window.settle()
        window.send(LEFT)
        window.settle()
        window.points_at("Préfecture")
        assert "Revenir" not in window.text()


def test_moving(home: Path, size: Size) -> None:
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send(ENTER)
        window.see(MAIRIE)
        for keys, pointed in [
            (DOWN, "Préparer la rentrée"),
            (DOWN + DOWN, "C’est bloqué"),
            (UP, "Papiers"),
            (HOME, "Déclarer"),
            (UP, "Quitter"),
            (DOWN, "Déclarer"),
            (PAGE_DOWN, "Quitter"),
            (PAGE_DOWN, "Quitter"),
            (PAGE_UP, "Déclarer"),
            (PAGE_UP, "Déclarer"),
            (END, "Quitter"),
            (RIGHT, "Quitter"),
        ]:
            window.send(keys)
            window.settle(0.15)
            window.points_at(pointed)


def test_words_take_accents_and_ignore_them(home: Path, size: Size) -> None:
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        for typed in ["préf", "pref", "PRÉF", "Préfecture", "pre\u0301f"]:
            window.send(typed)
            window.see(TYPED, gone=["Quitter"])
            window.points_at("Préfecture")
            window.send(ENTER)
            window.see("Que demande l’usager à la préfecture ?")
            window.send(ESCAPE)
            window.see(FIRST, f"{TYPED} {unicodedata.normalize('NFC', typed)}")  # the words are kept
            window.send(ESCAPE)
            window.see(FIRST, "Mairie", gone=[TYPED])


def test_words_can_be_corrected(home: Path, size: Size) -> None:
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send("maiz")
        window.see(f"{TYPED} maiz")
        window.send(BACKSPACE, "r")
        window.see(f"{TYPED} mair")
        window.points_at("Mairie")
        window.send(CTRL_U)
        window.see("Préfecture", "Quitter", gone=[TYPED])
        window.send("pref")
        window.points_at("Préfecture")
        window.send(ESCAPE)
        window.see("Mairie", "Quitter", gone=[TYPED])
        window.points_at("Préfecture")  # what was pointed at stays so
        window.send("\x1b[200~mairie\x1b[201~")  # pasted
        window.see(f"{TYPED} mairie")
        window.points_at("Mairie")
        window.send(ENTER)
        window.see(MAIRIE)


def test_a_need_is_found_while_it_is_typed(home: Path, size: Size) -> None:
    """On one line each, the level whole; the words are kept on the way back from what they found."""
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send("declaré bébé")
        window.see(f"{TYPED} declaré bébé", "» Mairie : Déclarer", gone=["Quitter"])
        rows = [row for row in window.rows() if "niveau" in row]
        assert rows
        assert all(re.search("1er niveau|2nd niveau", row) for row in rows)
        window.send(ENTER)
        conclusion(window, "mairie/naissance")
        window.send(ESCAPE)
        window.see(FIRST, f"{TYPED} declaré bébé", gone=[MENU])
        window.points_at("Mairie : Déclarer")
        window.send(ESCAPE)
        window.see(FIRST, "Préfecture", gone=[TYPED])
        leave(window)


def test_what_lies_below_a_page_is_found_there_first(home: Path, size: Size) -> None:
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send(ENTER)
        window.see(MAIRIE)
        window.send("refus")
        window.points_at("Mairie : La mairie re")
        window.send(ENTER)
        conclusion(window, "mairie/bloque/refus")
        window.send(ESCAPE)
        window.see(MAIRIE, f"{TYPED} refus", gone=[MENU])
        window.send(CTRL_U, "permis")
        window.points_at("Préfecture : Le permi")
        window.send(ENTER)
        conclusion(window, "prefecture/permis")
        window.send(ESCAPE)
        window.see(MAIRIE, f"{TYPED} permis", gone=[MENU])


def test_the_way_to_what_was_found_is_the_real_one(home: Path, size: Size) -> None:
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send("bébé", ENTER)
        conclusion(window, "mairie/naissance")
        window.point("La démarche bloque")
        window.send(ENTER)
        window.see("Mairie › Déclarer une naissance › 2nd niveau", "Qu’est-ce qui bloque ?", gone=[MENU])


def test_the_next_need_is_typed_below_a_card(home: Path, size: Size) -> None:
    """The way back leads to its words, not to the card above it; Esc takes the words away, then goes back."""
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send(ENTER)
        window.see(MAIRIE)
        window.send(ENTER)
        before = conclusion(window, "mairie/naissance")
        window.send("permis")
        window.see(MENU, f"{TYPED} permis", CARDS["mairie/naissance"], gone=["Un autre besoin"])
        window.points_at("Préfecture : Le permi")
        window.send(ESCAPE)
        window.shows(before)
        window.send("permis", ENTER)
        conclusion(window, "prefecture/permis")
        window.send(ESCAPE)
        window.see(FIRST, f"{TYPED} permis", gone=[MENU])
        window.points_at("Préfecture : Le permi")


def test_what_is_not_found_is_said(home: Path, size: Size) -> None:
    """Left alone, questionary shows every choice again and Enter takes the first."""
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        for typed in ["qqqq", "!!!", "…", "qqqq zzzz"]:
            window.send(typed)
            said = "econnu" if typed.isalpha() else TYPED
            window.see(f"{TYPED} {typed}", said, gone=["Mairie", "Quitter"])
            window.send(ENTER)
            window.settle(0.1)
            for key in (DOWN, UP, PAGE_DOWN, END, "\n", RIGHT):
                window.send(key)
            window.settle(0.15)
            window.see(FIRST, f"{TYPED} {typed}")
            window.send(ESCAPE)
            window.see("Mairie", gone=[TYPED])
        leave(window)


def test_words_have_a_length(home: Path, size: Size) -> None:
    """What is more is refused with a word, letter by letter and pasted; what was typed before stays."""
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send("mairie", *["\x1b[200~", " mairie" * 30_000, "\x1b[201~"])
        full = ("mairie" + " mairie" * 50)[:MAX_TYPED_LENGTH]
        window.see(FULL, f"{TYPED} mairie mairie", f"{full[-12:]} (Échap")
        window.send(BACKSPACE)
        window.see(f"{full[-12:-1]} (Échap", gone=[FULL])
        window.send("xy")
        window.see(FULL, f"{full[-12:-1]}x (Échap")
        window.send(ESCAPE)
        window.see("Préfecture", "Quitter", gone=[TYPED, FULL])
        window.send(*("préf " for _ in range(600)))
        window.see(FULL, f"{TYPED} préf préf")
        window.send(CTRL_U)
        window.see("Quitter", gone=[FULL])
        window.send_bytes("permis oublié ici".encode("latin-1"))
        window.see("Une lettre est illisible, rien n’est pris : réglez le terminal sur UTF-8.")
        window.send("permis")
        window.see(f"{TYPED} permis", gone=["illisible"])


def test_pasted_lines_are_one_need(home: Path, size: Size) -> None:
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send("\x1b[200~", "déclarer la naissance\r\nde mon bébé\r\n", "\x1b[201~")
        window.see(f"{TYPED} déclarer la naissance de mon bébé")
        window.points_at("Mairie : Déclarer")


def test_lines_pasted_as_if_they_were_typed_give_one_need(home: Path, size: Size) -> None:
    """The others are answers to no page: neither the one that follows nor, piece by piece, those after it."""
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send("bébé\rpermis\rrefus\r")
        conclusion(window, "mairie/naissance")
        window.settle()
        conclusion(window, "mairie/naissance")
        assert TYPED not in window.text()


MEANINGLESS = [ALT_ENTER, "\x1bx", "\x1b1", "\x1b-", CTRL_R, "\x13", "\t", "\x1bOP", "\x16", "\x18\x05"]
"""Alt+Enter, other keys with Alt, searches of the history, Tab, F1, quoting and an editor's key."""


def test_a_key_that_means_nothing_does_nothing(home: Path, size: Size) -> None:
    """Left alone, Alt+Enter returns what is no choice, and others open a search with English words."""
    with guichet(home=home, size=size) as window:
        before = window.see(FIRST)
        for key in MEANINGLESS:
            window.send(key)
            window.settle(0.05)
        window.settle()
        assert window.text() == before
        window.send(DOWN, ENTER)
        window.see("Que demande l’usager à la préfecture ?")


def test_long_choices_and_helps_are_whole(home: Path, size: Size) -> None:
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send(ENTER)
        window.see(MAIRIE)
        window.send(DOWN)
        help_text = (
            "De la maternelle au collège, pour la première inscription comme pour un changement d’école "
            "en cours d’année."
        )
        window.see("Préparer la rentrée à l’école", help_text, "Quitter")
        window.send(ENTER)
        window.see(
            ECOLE,
            "Non, c’est sa toute première inscription dans une école",
            "Oui, et il change d’école pendant l’année scolaire en cours",
            "← Revenir Quitter",
        )
        columns = size[0]
        assert all(len(row) <= columns - 1 for row in window.rows())


def test_markup_and_format_codes_are_text(home: Path, size: Size) -> None:
    label = "Papiers [bold]d’identité[/bold] :smile: {0} %s"
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send(ENTER)
        window.see(MAIRIE, label)
        window.send(DOWN * 2, ENTER)
        body = words("".join(window.see_card("mairie/papiers")))
        assert words("Lire [link=https://x.example]la notice[/link].") in body
        assert words("[red]jusqu’au 15[/red]") in body
        assert b"\x1b]" not in window.raw  # no OSC at all: no link, no title


def test_from_a_conclusion(home: Path, size: Size) -> None:
    """The menu: 2nd level, back to the card, another need of the same visitor, another visitor."""
    menu = ["Copier", "Feuille", "Message", "Signaler", "La démarche bloque : 2nd niveau", "Revenir"]
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send(ENTER)
        window.see(MAIRIE)
        window.send(ENTER)
        conclusion(window, "mairie/naissance")
        assert list_menu(window) == [*menu, "Un autre besoin", "Nouvel usager", "Quitter"]
        window.point("La démarche bloque")
        window.send(ENTER)
        window.see("Mairie › Déclarer une naissance › 2nd niveau Qu’est-ce qui bloque ?", gone=[MENU])
        window.send(ENTER)
        body = window.see_card("mairie/bloque/urgence")
        assert any("01 99 00 00 01" in line for line in body)
        del menu[4]
        assert list_menu(window) == [*menu, "Un autre besoin", "Cette visite (2)", "Nouvel usager", "Quitter"]
        window.send(ESCAPE)
        window.see("Qu’est-ce qui bloque ?", gone=[MENU])
        window.send(LEFT)
        conclusion(window, "mairie/naissance")
        window.send("nouvel usager", ENTER)
        window.see(FIRST, gone=[MENU, "Cette visite", "Nouvel usager"])
        assert window.rows()[1] == FIRST  # a fresh screen: nothing of the last visitor
        window.points_at("Mairie")
        window.send(DOWN, ENTER)
        window.see("Que demande l’usager à la préfecture ?")
        window.send(ESCAPE)
        window.see(FIRST)
        window.send(HOME, ENTER)
        window.see(MAIRIE)
        window.points_at("Déclarer")
        leave(window)


def list_menu(window: Terminal) -> list[str]:
    """Return the choices below a card."""
    rows = plain(window.text()).partition(MENU)[2].splitlines()
    return [label for row in rows if row.startswith("   ") for label in row.strip().split("   ")]


def test_a_menu_that_is_quit_leaves_its_card(home: Path, size: Size) -> None:
    """Printed whole, however long it is, and without its menu."""
    with guichet("mairie", "bloque", home=home, size=size) as window:
        window.see("Qu’est-ce qui bloque ?")
        window.send(ENTER)
        window.see_card("mairie/bloque/urgence")
        mark = len(window.raw)
        leave(window)
        left = words(window.drawn_since(mark))
        for text in (CARDS["mairie/bloque/urgence"], "À contacter", "01 99 00 00 01", "[red]jusqu’au 15"):
            assert left.count(words(text)) == 1, text
        assert left.endswith(words("fs-triage mairie/bloque/urgence"))


def test_no_second_level_where_there_is_none(home: Path, size: Size) -> None:
    with guichet("mairie", "ecole", home=home, size=size) as window:
        window.see(ECOLE)
        window.send(ENTER)
        body = window.see_card("mairie/ecole/inscription")
        assert not any("La démarche bloque" in label for label in list_menu(window))
        assert words("Pas de 2nd niveau : la mairie décide seule") in words("".join(body))
        window.send(ESCAPE)
        window.see(ECOLE, gone=[MENU])
        leave(window)


def test_a_lookup_that_meets_a_question_goes_on_from_there(home: Path, size: Size) -> None:
    with guichet("mairie", "ecole", home=home, size=size) as window:
        window.see(f"Mairie › Préparer la rentrée à l’école {ECOLE}")
        window.send(ESCAPE)
        window.see(MAIRIE)
        window.points_at("Préparer la rentrée")
        window.send(ESCAPE)
        window.see(FIRST)
        window.points_at("Mairie")


def test_a_lookup_that_meets_several_conclusions_asks_which(home: Path, size: Size) -> None:
    with guichet("école", home=home, size=size) as window:
        window.see(PICK, "» Mairie : Non", "Mairie : Oui", "← Revenir au choix du partenaire")
        window.see("Mairie : Non, c’est sa toute première inscription dans une école")
        assert len([row for row in window.rows() if " – 1er niveau" in row]) == 2
        window.send(DOWN, ENTER)
        conclusion(window, "mairie/ecole/changement")
        window.send(ESCAPE)
        window.see(PICK, gone=[MENU])
        window.points_at("Mairie : Oui, et il c")
        window.see("Mairie : Oui, et il change d’école pendant l’année scolaire en cours")
        window.send(ESCAPE)
        window.see(FIRST)


def test_a_lookup_that_is_searched_asks_which(home: Path, size: Size) -> None:
    with guichet("j'attends", "mon", "permis", "à", "l'école", home=home, size=size) as window:
        window.see("Rien ne porte exactement", PICK, "Préfecture : Le permis de conduire")
        window.send(ENTER)
        conclusion(window, "prefecture/permis")


def test_a_lookup_that_meets_one_conclusion_asks_nothing(home: Path, size: Size) -> None:
    with guichet("mairie", "naissance", home=home, size=size) as window:
        assert window.end() == 0
        assert "fs-triage mairie/naissance" in window.text()
        assert MENU not in window.text()


@pytest.mark.parametrize("what", ["rebuild.rebuild", "rebuild.train_model", "desk.session._create_desk"])
def test_letters_typed_before_the_first_page_are_kept_for_it(tmp_path: Path, size: Size, what: str) -> None:
    """Meanwhile a line says what is done, and no letter is echoed over what is drawn then."""
    with slow(what, home=tmp_path, size=size) as window:
        window.see("Préparation du livret…")
        window.send("bébé")
        window.see(FIRST, f"{TYPED} bébé", gone=["Préparation"])
        assert window.rows()[0].startswith("Livret du guichet")
        window.points_at("Mairie : Déclarer")
        assert words("bébé") not in words(window.raw.partition(b"guichet")[0].decode())


def test_keys_pressed_before_a_page_do_not_answer_it(home: Path, size: Size) -> None:
    """Enter and arrows are meant for what is seen; letters are kept up to the first of them."""
    with slow("desk.session.Wizard._show_conclusion", home=home, size=size) as window:
        window.see(FIRST)
        window.send("bébé")
        window.points_at("Mairie : Déclarer")
        window.send(ENTER)
        time.sleep(0.7)
        window.send(DOWN, ENTER, ENTER)
        time.sleep(0.2)
        window.send("permis", ENTER, ENTER, "zzz")
        window.see(CARDS["mairie/naissance"], MENU, f"{TYPED} permis")
        window.settle()
        window.see(CARDS["mairie/naissance"], f"{TYPED} permis (Échap")
        window.points_at("Préfecture : Le permi")


def test_a_hurried_hand_stays_on_the_card(home: Path, size: Size) -> None:
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send("bébé")
        window.points_at("Mairie : Déclarer")
        for _ in range(4):
            window.send(ENTER)
            window.settle(0.1)
        conclusion(window, "mairie/naissance")
        window.settle()
        conclusion(window, "mairie/naissance")
        assert not window.pointed()


@pytest.mark.parametrize("typed", ["", "perm"], ids=["menu", "words"])
def test_a_card_is_drawn_anew_for_another_size(home: Path, size: Size, typed: str) -> None:
    """Once and whole, whatever the terminal has made of the lines meanwhile: broken or cut, moved up or kept."""
    columns, rows = size
    with guichet("mairie", "ecole", home=home, size=size) as window:
        window.see(ECOLE)
        window.send(DOWN, ENTER)
        conclusion(window, "mairie/ecole/changement")
        window.send(typed)
        begin = window.see(MENU, *([f"{TYPED} {typed}"] if typed else []), gone=["Copier"] if typed else [])
        for more in (20, 0, 30):
            window.resize(columns + more, 45)
        window.settle(0.5)
        shown = window.see("fs-triage mairie/ecole/changement", MENU)
        for text in ("1er niveau :", "Étape", "Attention", "Livret, pages", "Et maintenant"):
            assert shown.count(text) == 1, text
        assert shown.count("Recherche") == bool(typed)
        assert max(map(len, shown.splitlines())) > columns
        window.resize(columns, rows)
        window.shows(begin)


def test_what_is_scrolled_stays_in_sight_of_the_banner(home: Path, size: Size) -> None:
    """The banner and the menu stay; the end of the card is the end, its beginning the beginning."""
    with guichet("mairie", "bloque", home=home, size=(size[0], 16)) as window:
        window.see("Qu’est-ce qui bloque ?")
        window.send(ENTER)
        first = conclusion(window, "mairie/bloque/urgence")
        assert "Page suivante" in first
        window.send(PAGE_UP)
        window.settle(0.1)
        assert window.text() == first
        for _ in range(12):
            window.send(PAGE_DOWN)
            window.settle(0.05)
            window.see(CARDS["mairie/bloque/urgence"], "2nd niveau :", MENU, "Quitter")
            assert not window.pointed()
        last = window.see("fs-triage mairie/bloque/urgence", gone=["Page suivante"])
        window.send(PAGE_DOWN)
        window.settle(0.1)
        assert window.text() == last
        window.send(RIGHT)
        window.points_at("Copier")
        window.send("\x1b[Z")
        window.points_at("Quitter")
        window.send("\t")
        window.points_at("Copier")
        for _ in range(12):
            window.send(PAGE_UP)
        window.send(ESCAPE)
        window.see("Qu’est-ce qui bloque ?")


def test_a_window_made_smaller_and_larger(home: Path, size: Size) -> None:
    with guichet(home=home, size=size) as window:
        window.see(FIRST)
        window.send(ENTER)
        window.see(MAIRIE)
        for columns, rows in [(20, 20), (30, 6), (10, 4), (20, 1), (1, 1), (0, 0), size]:
            window.resize(max(columns, 1), max(rows, 1))
            while window.read(0.15):
                pass
        window.send(DOWN, ENTER)
        window.see(ECOLE)
        window.send(ENTER)
        conclusion(window, "mairie/ecole/inscription")
        assert "Window too small" not in window.raw.decode()
        leave(window)


def test_a_card_in_a_window_of_a_few_rows_scrolls_whole(home: Path, size: Size) -> None:
    """Its banner with it, where that would take all of the window; the menu scrolls too."""
    with guichet("mairie", "ecole", home=home, size=size) as window:
        window.see(ECOLE)
        window.send(DOWN, ENTER)
        begin = conclusion(window, "mairie/ecole/changement")
        window.resize(30, 8)
        window.see("1er niveau", "Page suivante", "Copier")
        seen = ""
        for _ in range(30):
            seen += words(window.text().partition(MENU)[0])
            window.send(PAGE_DOWN)
            window.settle(0.02)
        for text in ("année scolaire", "Étape", "Attention", "fs-triage"):
            assert words(text) in seen, text
        window.send(END)
        window.points_at("Quitter")
        window.resize(*size)
        window.send(ESCAPE)
        window.see(ECOLE, gone=[MENU])
        window.send(ENTER)
        window.shows(begin)


def test_a_list_longer_than_the_window_scrolls(home: Path, size: Size) -> None:
    """What is pointed at can be read whole, its help too."""
    helps = {
        "Déclarer une naissance": "cinq jours.",
        "Préparer la rentrée": "en cours d’année.",
        "C’est bloqué": "",
        "Quitter": "",
    }
    with guichet(home=home, size=(size[0], 8)) as window:
        window.see(FIRST)
        window.send(ENTER)
        window.see(MAIRIE)
        seen = set()
        for _ in range(6):
            window.settle(0.1)
            pointed = window.pointed()
            for label, help_text in helps.items():
                if pointed.startswith(label):
                    seen.add(label)
                    assert words(help_text) in words(window.text())
            assert MAIRIE in window.text()
            window.send(DOWN)
        assert seen == set(helps)


def test_the_first_question_waits_for_nothing_it_does_not_need(home: Path, size: Size) -> None:
    """No rules are read and no validation is loaded to ask; Rich comes with the first conclusion."""
    heavy = [
        "pydantic",
        "yaml",
        "typer",
        "rich",
        "fs_triage.rules.load",
        "fs_triage.rules.flatten",
        "fs_triage.render.terminal",
    ]
    program = f"""
import sys
from fs_triage import __main__
sys.argv = ["fs-triage"]
__main__.main()
print("questionary" in sys.modules, [name for name in {heavy} if name in sys.modules])
"""
    with guichet(home=home) as window:  # the livret is compiled
        window.see(FIRST)
    with guichet(home=home, size=size, command=(sys.executable, "-c", program)) as window:
        window.see(FIRST)
        window.send("quitter", ENTER)
        assert window.end() == 0
        assert window.text() == "True []"
