"""Copying: what reaches a clipboard or a terminal, and that what reached none is told."""

from __future__ import annotations

import base64
import os
import re
import stat
import sys
from pathlib import Path

import pexpect
import pytest
from conftest import clean_environment

from fs_triage.clipboard import Copied, build_terminal_sequence, copy_text, describe_copy

TEXT = "Objet : « l’été »\nÀ : msa@exemple.fr\n"

REMOTE = {"SSH_TTY": "/dev/pts/1", "TERM": "xterm-256color"}


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT"):
        monkeypatch.delenv(name, raising=False)


def install_tool(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for tools of a desktop, which there is."""
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.delitem(sys.modules, "pyperclip", raising=False)  # it looks for tools once
    return tmp_path


def test_a_tool_of_the_desktop_holds_the_text(tools: Path) -> None:
    held = tools / "held"
    install_tool(tools, "xclip", f'case "$*" in *-o*) cat "{held}";; *) cat > "{held}";; esac')
    assert copy_text(TEXT) is Copied.IN_CLIPBOARD
    assert held.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("ends", ["exit 0", "echo 'Error: Can’t open display' >&2; echo oh; exit 1"])
def test_a_tool_that_loses_the_text_is_not_believed(
    tools: Path, capfd: pytest.CaptureFixture[str], ends: str
) -> None:
    """And what it says of it stands nowhere: not in the midst of a page that is drawn."""
    install_tool(tools, "xclip", f"cat > /dev/null; {ends}")
    assert copy_text(TEXT) is Copied.NOWHERE
    os.write(1, "encore là\n".encode())
    assert capfd.readouterr() == ("encore là\n", "")


def test_without_desktop_nor_remote_terminal_nothing_is_copied() -> None:
    assert copy_text(TEXT) is Copied.NOWHERE


def copied_by_terminal(home: Path, text: str, **environment: str) -> tuple[str, bytes]:
    """Return what `copy_text` says in a terminal, and what the terminal received besides."""
    script = "import sys; from fs_triage.clipboard import copy_text; print(f'={copy_text(sys.argv[1])}=')"
    spawned = pexpect.spawn(
        sys.executable, ["-c", script, text], env=clean_environment(home, **environment), timeout=30
    )
    spawned.expect(rb"=(\w*)=")
    received, said = spawned.before, spawned.match[1].decode()
    spawned.expect(pexpect.EOF)
    return said, received


def test_a_remote_terminal_is_asked(tmp_path: Path) -> None:
    said, received = copied_by_terminal(tmp_path, "pref-siv@jura.gov.fr", **REMOTE)
    assert said == Copied.BY_TERMINAL
    [content] = re.findall(rb"\x1b\]52;c;([\w+/=]+)\x07", received)
    assert base64.b64decode(content) == b"pref-siv@jura.gov.fr"


@pytest.mark.parametrize("environment", [{**REMOTE, "TERM": "dumb"}, {"TERM": "xterm-256color"}], ids=str)
def test_a_terminal_that_could_only_show_it_is_not_asked(tmp_path: Path, environment: dict[str, str]) -> None:
    assert copied_by_terminal(tmp_path, "x", **environment) == (Copied.NOWHERE, b"")


def test_tmux_and_screen_hand_the_sequence_on() -> None:
    plain = build_terminal_sequence(TEXT, {"TERM": "xterm"})
    assert plain is not None
    through = build_terminal_sequence(TEXT, {"TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0"})
    assert through is not None
    assert through.startswith(b"\x1bPtmux;\x1b\x1b]52;") and through.endswith(b"\x1b\\")
    assert through[len(b"\x1bPtmux;") : -2].replace(b"\x1b\x1b", b"\x1b") == plain
    long = "é" * 2000
    pieces = build_terminal_sequence(long, {"TERM": "screen"})
    assert pieces is not None and pieces.count(b"\x1bP") > 2
    assert pieces.replace(b"\x1bP", b"").replace(b"\x1b\\", b"") == build_terminal_sequence(long, {})


def test_what_terminals_refuse_is_not_sent() -> None:
    assert build_terminal_sequence("x" * 60_000, {}) is None


@pytest.mark.parametrize("copied", Copied)
def test_what_was_copied_is_said(copied: Copied) -> None:
    said = describe_copy(copied, "l’adresse")
    assert "l’adresse" in said and said.endswith(".")
    assert said.startswith("Copié") == bool(copied)
