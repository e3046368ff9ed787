"""`--installer-completion`: puts the completion of a shell where that shell reads it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from shlex import quote

from fs_triage import PACKAGE, output
from fs_triage.cli.commands import SHELLS
from fs_triage.contract import OK, OUTPUT_LOST, WRONG_CALL, Failure, describe_os_error
from fs_triage.files import folders
from fs_triage.text.typography import quote_input

_SUFFIX = {"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "ps1"}
_NOTE = "# Completion of fs-triage"  # in ASCII, as whatever stands in a profile of PowerShell
_PRINT_SIGN = "-"
_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_POLICIES = r"Software\Policies\Microsoft\Windows\PowerShell"
_SETTINGS = r"Software\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell"


def run_install_completion(words: list[str]) -> int:
    """Install the completion of the shell that `words` name (the user's own if none), or print it (`bash -`).

    Says which files changed; a second time changes none. Returns the exit code; raises `Failure`.
    """
    shell = _get_shell(words[0] if words else None)
    script = _read_script(shell)
    if words[1:] == [_PRINT_SIGN]:
        output.print_format(script.rstrip("\n"))
        return OK
    if words[1:]:
        raise Failure(
            WRONG_CALL,
            f"Mot en trop : {quote_input(words[1])} ; tapez « fs-triage --installer-completion {shell} ».",
        )
    try:
        changed = _install_script(shell, script)
    except (OSError, RuntimeError) as error:
        why = describe_os_error(error) if isinstance(error, OSError) else "pas de dossier personnel"
        other = f"« fs-triage --installer-completion {shell} - » l’écrit ici"
        message = f"La complétion n’a pas pu être installée ({why}) ; {other}."
        raise Failure(OUTPUT_LOST, message) from error
    if changed:
        files = " et ".join([", ".join(changed[:-1]), changed[-1]] if changed[1:] else changed)
        output.print_answer(f"Complétion installée pour {shell} : {files}. Ouvrez un nouveau terminal.")
    else:
        output.print_answer(f"La complétion pour {shell} est déjà installée ; rien n’a changé.")
    if shell == "powershell":
        output.print_message(*_explain_policies(*_read_execution_policies()))
    return OK


def _get_shell(asked: str | None) -> str:
    name = asked or Path(os.environ.get("SHELL", "")).name.removesuffix(".exe")  # as Git Bash hands it on
    name = name or ("powershell" if sys.platform == "win32" else "")
    name = {"pwsh": "powershell"}.get(name, name)
    if name in SHELLS:
        return name
    said = f"Shell inconnu : {quote_input(name)}" if name else "Quel shell ?"
    raise Failure(
        WRONG_CALL, f"{said} ; tapez « fs-triage --installer-completion bash » (ou {', '.join(SHELLS[1:])})."
    )


def _read_script(shell: str) -> str:
    return Path(PACKAGE, "cli", "shells", f"completion.{_SUFFIX[shell]}").read_text(encoding="utf-8")


def _install_script(shell: str, script: str) -> list[str]:
    """Write the script, and the line that reads it where the shell does not look by itself; returns the changes."""
    home = Path(os.environ.get("HOME") or Path.home())  # Git Bash reads HOME, which Windows does not know
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    if shell == "fish":
        return _write_file(config / "fish" / "completions" / "fs-triage.fish", script)
    kept = _get_data_folder(home) / folders.APPLICATION / f"completion.{_SUFFIX[shell]}"
    quoted = quote(kept.as_posix())  # Git Bash reads C:/…
    line = f". {quote_powershell(str(kept))}" if shell == "powershell" else f"[ -r {quoted} ] && . {quoted}"
    profiles = {
        "bash": [home / ".bashrc"],
        "zsh": [Path(os.environ.get("ZDOTDIR") or home) / ".zshrc"],
        "powershell": _list_powershell_profiles(config),
    }[shell]
    changed = _write_file(kept, script)
    return changed + [told for profile in profiles for told in _add_line(profile, line)]


def _get_data_folder(home: Path) -> Path:
    if sys.platform == "win32":
        import platformdirs

        return Path(platformdirs.user_data_dir())
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")


def _list_powershell_profiles(config: Path) -> list[Path]:
    """Return the profiles for every host: Windows PowerShell and PowerShell 7 have each its own.

    They stand in the user's documents, which are often moved (to OneDrive, to a share of the house).
    """
    if sys.platform != "win32":
        return [config / "powershell" / "profile.ps1"]
    import platformdirs

    documents = Path(platformdirs.user_documents_dir())
    return [documents / name / "profile.ps1" for name in ("WindowsPowerShell", "PowerShell")]


def quote_powershell(text: str) -> str:
    """Return `text` as a string of PowerShell, in ASCII: Windows PowerShell reads its profile in the ANSI page."""
    if text.isascii():
        return "'{}'".format(text.replace("'", "''"))
    text = re.sub(r'["`$]', r"`\g<0>", text)
    return '"{}"'.format(re.sub(r"[^ -~]", lambda c: f"$([char]::ConvertFromUtf32({ord(c[0])}))", text))


def _write_file(path: Path, content: str) -> list[str]:
    if path.exists() and path.read_bytes() == content.encode():
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="\n")
    return [str(path)]


def _add_line(profile: Path, line: str) -> list[str]:
    """Add `line` at the end of `profile`, unless it is there; nothing else in it is touched.

    Windows PowerShell writes UTF-16 where it is not told otherwise (`"…" > $PROFILE`): the line is added in that.
    """
    before = profile.read_bytes() if profile.exists() else b""
    encoding = _UTF_16.get(before[:2], "utf-8")
    text = before.decode(encoding, "replace")
    if line in text.splitlines():
        return []
    profile.parent.mkdir(parents=True, exist_ok=True)
    gap = "" if not text or text.endswith("\n") else "\n"
    with profile.open("ab") as stream:
        stream.write(f"{gap}{_NOTE}\n{line}\n".encode(encoding))
    return [str(profile)]


def _read_execution_policies() -> tuple[str, str]:
    """Return what the house and what the user or the machine says of scripts, empty where nothing is said."""
    if sys.platform != "win32":
        return "", "RemoteSigned"
    import winreg

    def read_value(root: int, key: str, name: str) -> str:
        try:
            with winreg.OpenKey(root, key, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as opened:
                said = str(winreg.QueryValueEx(opened, name)[0])
        except OSError:
            return ""
        return "" if said.casefold() == "undefined" else said

    machine, user = winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER
    house = next(
        (said for root in (machine, user) if (said := read_value(root, _POLICIES, "ExecutionPolicy"))), ""
    )
    if not house and "0" in [read_value(root, _POLICIES, "EnableScripts") for root in (machine, user)]:
        house = "Restricted"
    own = read_value(user, _SETTINGS, "ExecutionPolicy") or read_value(machine, _SETTINGS, "ExecutionPolicy")
    return house, own


def _explain_policies(house: str, own: str) -> list[str]:
    """Return what to do for Windows PowerShell to read its profile, where it reads no script that is not signed.

    That is how a PC comes, when nobody has said anything.
    """
    if (house or own).casefold() in ("remotesigned", "unrestricted", "bypass"):
        return []
    if house:
        return ["Ce poste interdit les scripts à Windows PowerShell : voyez avec le service informatique."]
    return [
        "Windows PowerShell ne lit pas encore de scripts ; pour qu’il lise celui-ci, tapez-y une fois : "
        "Set-ExecutionPolicy -Scope CurrentUser RemoteSigned"
    ]
