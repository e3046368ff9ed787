"""The program on Windows, in a console: the wizard, a card, the plain mode, Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import wine
from conftest import ROOT
from terminal import CTRL_C, ENTER, Terminal, terminal

Open = Callable[..., AbstractContextManager[Terminal]]


@pytest.fixture
def console(windows: Path) -> Iterator[Open]:
    """Open a console on `fs-triage`: no TERM, as on a PC."""
    command = [wine.WINE, wine.native(wine.PYTHON), wine.native(ROOT / "tests" / "windows" / "console.py")]

    def open_console(*arguments: str) -> AbstractContextManager[Terminal]:
        return terminal(*arguments, home=windows, command=command, env=wine.environment(windows))

    yield open_console


def test_the_wizard_walks_to_a_card(console: Open) -> None:
    with console() as screen:
        screen.see("Pour quel partenaire ?")
        screen.send("caf")
        screen.see("Recherche : caf")  # keys and Enter read at once are taken for a paste there
        screen.send(ENTER)
        screen.see("Que veut faire l’usager avec la CAF ?")
        screen.send(ENTER)
        screen.see("Où en est l’usager avec le RSA ?")
        screen.send("demande")
        screen.see("Recherche : demande")
        screen.send(ENTER)
        screen.see("Faire une demande de RSA", "page 8")
        screen.send(CTRL_C)
        assert screen.end() == 130


def test_letters_with_accents_are_typed(console: Open) -> None:
    with console() as screen:
        screen.see("Pour quel partenaire ?")
        screen.send("permis volé")
        screen.see("permis volé", "Demande de permis après un vol")
        screen.send(CTRL_C)
        assert screen.end() == 130


def test_ctrl_c_at_once(console: Open) -> None:
    with console() as screen:
        screen.see("Pour quel partenaire ?")
        screen.send(CTRL_C)
        assert screen.end() == 130


def test_a_card_on_a_console(console: Open) -> None:
    with console("caf/rsa/demande") as screen:
        screen.see("CAF › RSA › Faire une demande de RSA", "Étapes", "page 8")
        assert screen.end() == 0


def test_numbered_lines(console: Open) -> None:
    with console("--accessible") as screen:
        screen.see("Pour quel partenaire ?", "1. ")
        screen.send("0", ENTER)
        screen.see("0")
