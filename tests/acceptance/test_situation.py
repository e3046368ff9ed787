"""`situation` on a terminal: its démarches are offered to pick from, in order, with a way back to the list."""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import DOWN, ENTER, ESCAPE, MENU, SIZES, terminal

PICK = "Quelle démarche correspond ?"
LOSS = "ants/permis/refaire/perte"


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "40x20"])
def test_the_demarches_of_a_situation_are_picked_from(home: Path, size: tuple[int, int]) -> None:
    columns, rows = size
    with terminal("situation", "permis", "perdu", home=home, columns=columns, rows=rows) as window:
        window.see(PICK, "Demande de permis après une perte")
        window.send(ENTER)
        window.see(MENU)
        window.send(ESCAPE)
        window.see(PICK)
        window.send(DOWN, ENTER)
        window.see(MENU)
        window.send("\x03")
        assert window.end() == 130


def test_a_screen_reader_gets_numbered_lines(home: Path) -> None:
    with terminal("situation", "perte-papiers/permis", "--accessible", home=home) as window:
        window.see(PICK, "1. ", "Demande de permis après une perte")
        window.send("1", ENTER)
        window.see(LOSS, MENU)
        window.send("\x03")
        assert window.end() == 130


def test_one_demarche_alone_and_the_list_of_events_are_printed(home: Path) -> None:
    with terminal("situation", "perte-papiers/carte-vitale", home=home) as window:
        assert window.end() == 0
        assert "cpam/carte/vitale" in window.text()
    with terminal("situation", home=home) as window:
        assert window.end() == 0
        assert "Décès d’un proche" in window.text()
