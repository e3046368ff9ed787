"""Copying a text, for whoever pastes it elsewhere: by Windows, by a tool of the desktop, by the terminal."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum

_LONGEST_SEQUENCE = 74_994  # bytes in base64: what xterm takes of OSC 52, and most terminals after it
_SCREEN_PIECE = 512  # bytes of a sequence that `screen` hands on at once


class Copied(StrEnum):
    """Where a copied text is; false when it is nowhere."""

    NOWHERE = ""
    IN_CLIPBOARD = "clipboard"
    BY_TERMINAL = "terminal"
    """The terminal was asked; it does not say whether it did it."""


def copy_text(text: str) -> Copied:
    """Copy `text`, and return what came of it; nothing is raised, the caller shows what could not be copied."""
    if _copy_by_tool(text):
        return Copied.IN_CLIPBOARD
    return Copied.BY_TERMINAL if _copy_by_terminal(text) else Copied.NOWHERE


def describe_copy(copied: Copied, what: str) -> str:
    """Return the sentence that says what became of `what` (« l’adresse », « le message »)."""
    if copied is Copied.IN_CLIPBOARD:
        return f"Copié\u00a0: {what}. Collez-le où vous voulez (Ctrl-V)."
    if copied is Copied.BY_TERMINAL:
        return f"Copié par le terminal, s’il le permet\u00a0: {what}. Si rien ne se colle, sélectionnez-le à l’écran."
    return f"Rien n’a pu être copié ici\u00a0; sélectionnez {what} à l’écran."


def build_terminal_sequence(text: str, environment: Mapping[str, str]) -> bytes | None:
    """Return what makes a terminal copy `text`, None when it is longer than terminals take."""
    import base64

    content = base64.b64encode(text.encode("utf-8", "replace"))
    if len(content) > _LONGEST_SEQUENCE:
        return None
    sequence = b"\x1b]52;c;" + content + b"\x07"
    if environment.get("TMUX"):
        return b"\x1bPtmux;" + sequence.replace(b"\x1b", b"\x1b\x1b") + b"\x1b\\"
    if environment.get("TERM", "").startswith("screen"):
        pieces = [sequence[start : start + _SCREEN_PIECE] for start in range(0, len(sequence), _SCREEN_PIECE)]
        return b"".join(b"\x1bP" + piece + b"\x1b\\" for piece in pieces)
    return sequence


def _copy_by_tool(text: str) -> bool:
    """Copy by Windows, or by what the desktop has (pbcopy, wl-copy, xclip, xsel).

    A text is copied when the tool gives it back: one that fails says so nowhere. Without a desktop there is nothing
    to copy to, and xclip would wait for one.
    """
    desktops = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
    if sys.platform not in ("win32", "darwin") and not any(map(os.environ.get, desktops)):
        return False
    import pyperclip

    if sys.platform == "win32":
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    try:
        with silence_tools():
            pyperclip.copy(text)
            return bool(pyperclip.paste().splitlines() == text.splitlines())
    except Exception:  # no tool, one that fails, one that gives back no text
        return False


@contextlib.contextmanager
def silence_tools() -> Iterator[None]:
    """Surround the start of tools of the desktop: what they print would stand in the midst of a page that is drawn.

    Windows starts none, and would take the console for another one.
    """
    if sys.platform == "win32":
        yield
        return
    kept: list[tuple[int, int]] = []
    with contextlib.suppress(OSError):  # one of them is closed
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            kept.append((stream, os.dup(stream)))
            os.dup2(nowhere, stream)
        os.close(nowhere)
    try:
        yield
    finally:
        for stream, copy in kept:
            os.dup2(copy, stream)
            os.close(copy)


def _copy_by_terminal(text: str) -> bool:
    """Ask a terminal, over a remote connection, to copy: OSC 52, handed through tmux and screen."""
    remote = any(map(os.environ.get, ("SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT")))
    sequence = build_terminal_sequence(text, os.environ)
    if not remote or os.environ.get("TERM", "") in ("", "dumb", "unknown") or sequence is None:
        return False
    try:  # not by standard output, which may be a file
        terminal = os.open("/dev/tty", os.O_WRONLY)
    except OSError:
        return False
    try:
        while sequence:
            sequence = sequence[os.write(terminal, sequence) :]
    except OSError:
        return False
    finally:
        os.close(terminal)
    return True
