"""`--installer-completion`: puts the completion of a shell where that shell reads it."""

from __future__ import annotations

import os
from pathlib import Path
from shlex import quote

from fs_triage import output, places
from fs_triage.completion import SHELLS
from fs_triage.failure import OK, OUTPUT_LOST, WRONG_CALL, Failure, reason
from fs_triage.typography import shown

_SUFFIX = {"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "ps1"}
_NOTE = "# Complétion de fs-triage"
_SHOW = "-"


def run(words: list[str]) -> int:
    """Install the completion of the shell that `words` name (the user's own if none), or print it (`bash -`).

    Says which files changed; a second time changes none. Returns the exit code; raises `Failure`.
    """
    shell = _shell(words[0] if words else None)
    script = _script(shell)
    if words[1:] == [_SHOW]:
        output.answer(script.rstrip("\n"))
        return OK
    if words[1:]:
        raise Failure(
            WRONG_CALL,
            f"Mot en trop : {shown(words[1])} ; tapez « fs-triage --installer-completion {shell} ».",
        )
    try:
        changed = _install(shell, script)
    except (OSError, RuntimeError) as error:
        why = reason(error) if isinstance(error, OSError) else "pas de dossier personnel"
        other = f"« fs-triage --installer-completion {shell} - » l’écrit ici"
        message = f"La complétion n’a pas pu être installée ({why}) ; {other}."
        raise Failure(OUTPUT_LOST, message) from error
    if changed:
        output.answer(
            f"Complétion installée pour {shell} : {' et '.join(changed)}. Ouvrez un nouveau terminal."
        )
    else:
        output.answer(f"La complétion pour {shell} est déjà installée ; rien n’a changé.")
    return OK


def _shell(asked: str | None) -> str:
    name = asked or Path(os.environ.get("SHELL", "")).name or ("powershell" if os.name == "nt" else "")
    name = {"pwsh": "powershell"}.get(name, name)
    if name in SHELLS:
        return name
    said = f"Shell inconnu : {shown(name)}" if name else "Quel shell ?"
    raise Failure(
        WRONG_CALL, f"{said} ; tapez « fs-triage --installer-completion bash » (ou {', '.join(SHELLS[1:])})."
    )


def _script(shell: str) -> str:
    return Path(places.PACKAGE, "shells", f"completion.{_SUFFIX[shell]}").read_text(encoding="utf-8")


def _install(shell: str, script: str) -> list[str]:
    """Write the script, and the line that reads it where the shell does not look by itself; returns the changes."""
    home = Path.home()
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    if shell == "fish":
        return _write(config / "fish" / "completions" / "fs-triage.fish", script)
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    kept = data / places.APPLICATION / f"completion.{_SUFFIX[shell]}"
    profile = {
        "bash": home / ".bashrc",
        "zsh": Path(os.environ.get("ZDOTDIR") or home) / ".zshrc",
        "powershell": _powershell(home, config) / "profile.ps1",
    }[shell]
    quoted = quote(str(kept))
    line = (
        ". '{}'".format(str(kept).replace("'", "''"))
        if shell == "powershell"
        else f"[ -r {quoted} ] && . {quoted}"
    )
    return [*_write(kept, script), *_add_line(profile, line)]


def _powershell(home: Path, config: Path) -> Path:
    return home / "Documents" / "PowerShell" if os.name == "nt" else config / "powershell"


def _write(path: Path, content: str) -> list[str]:
    if path.exists() and path.read_text(encoding="utf-8") == content:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return [str(path)]


def _add_line(profile: Path, line: str) -> list[str]:
    """Add `line` at the end of `profile`, unless it is there; nothing else in it is touched."""
    before = profile.read_bytes() if profile.exists() else b""
    if line.encode() in before.splitlines():
        return []
    profile.parent.mkdir(parents=True, exist_ok=True)
    gap = b"" if not before or before.endswith(b"\n") else b"\n"
    with profile.open("ab") as stream:
        stream.write(gap + f"{_NOTE}\n{line}\n".encode())
    return [str(profile)]
