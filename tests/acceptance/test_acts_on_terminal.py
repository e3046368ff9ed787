"""Acts on a terminal: the sheet opens in a browser where there is a desktop, a message is copied where that can be."""

from __future__ import annotations

import base64
import re
import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from conftest import Run
from terminal import SIZES, terminal

from fs_triage.contract import OK


def print_on_terminal(*arguments: str, **options: object) -> str:
    """Return all that a call prints on a terminal until it ends."""
    with terminal(*arguments, **options) as one:
        assert one.end() == OK
        return one.raw.decode().replace("\r\n", "\n")


@pytest.fixture
def browser(tmp_path: Path) -> Path:
    """A program that notes what it is given to open."""
    program = tmp_path / "navigateur"
    program.write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{tmp_path}/ouvert"\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def test_a_sheet_opens_in_the_browser_and_only_the_last_is_kept(
    home: Path, run: Run, browser: Path, tmp_path: Path
) -> None:
    run("liste", home=tmp_path)
    for node, title in (
        ("caf/rsa/demande", "Faire une demande de RSA"),
        ("caf/prime-activite/demande", "prime"),
    ):
        printed = print_on_terminal("feuille", node, home=tmp_path, BROWSER=str(browser))
        assert "Feuille ouverte dans le navigateur" in printed
        opened = Path(unquote(urlsplit((tmp_path / "ouvert").read_text(encoding="utf-8")).path))
        assert opened.name == "feuille.html" and str(opened) in printed.replace("\n", "")
        assert title in opened.read_text(encoding="utf-8")
        assert stat.S_IMODE(opened.stat().st_mode) == 0o600
    assert "Faire une demande de RSA" not in opened.read_text(encoding="utf-8")
    assert [path.name for path in opened.parent.glob("*.html")] == ["feuille.html"]


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("broken", [True, False], ids=["no browser", "no desktop"])
def test_without_a_browser_a_sheet_is_text(
    home: Path, tmp_path: Path, columns: int, rows: int, broken: bool
) -> None:
    environment = {"BROWSER": str(tmp_path / "absent")} if broken else {}
    printed = print_on_terminal(
        "feuille", "caf/rsa/demande", home=home, columns=columns, rows=rows, **environment
    )
    assert "VOTRE DÉMARCHE" in printed and ("Aucun navigateur" in printed) == broken
    sheet = [line for line in printed.splitlines() if not line.startswith("Aucun navigateur")]
    assert max(map(len, sheet)) <= columns
    assert not [*home.rglob("feuille.html")]


def test_a_message_is_copied_by_a_remote_terminal(home: Path) -> None:
    printed = print_on_terminal(
        "message", "msa/sante/legislation", "--copier", home=home, SSH_TTY="/dev/pts/0"
    )
    [content] = re.findall(r"\x1b\]52;c;([\w+/=]+)\x07", printed)
    body = base64.b64decode(content).decode()
    assert body.startswith("Bonjour,") and body in printed
    assert "Copié par le terminal, s’il le permet" in printed


def test_what_could_not_be_copied_stands_on_the_screen(home: Path) -> None:
    printed = print_on_terminal("signaler", "caf/rsa/demande", "--copier", home=home)
    assert "Rien n’a pu être copié ici" in printed and "Ce qui est faux" in printed
    assert "\x1b]52" not in printed
