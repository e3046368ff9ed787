"""The user's `config.toml` when it is not plain: other encodings, all of TOML, and what to say of a mistake."""

from __future__ import annotations

import codecs
import os
import re
import stat
import tomllib

from fs_triage.contract import RULES_UNUSABLE, Failure, describe_os_error
from fs_triage.files import places

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_TYPED = re.compile(r'^([ \t]*[\w-]+[ \t]*=[ \t]*)"([^"\n]*)"(?=[ \t]*(?:#.*)?$)', re.MULTILINE)
_CAUSES = {
    "Cannot overwrite": "ce nom est déjà plus haut ; gardez-en une seule ligne",
    "Cannot declare": "ce titre entre crochets est déjà plus haut",
    "Expected '=' after": "il manque « = » après le nom",
    "Expected newline or end": "il y a du texte après la valeur",
    "Illegal character": "il y a un caractère interdit, ou un guillemet n’est pas refermé",
    "Invalid initial character": "le nom de la valeur n’est pas un mot",
    "Invalid value": "la valeur n’est pas entre guillemets",
    "Unescaped": "« \\ » ne s’écrit pas entre guillemets doubles",
    "Unterminated string": "un guillemet n’est pas refermé",
}
_NOT_TOML = "cette ligne ne se lit pas"


def read(path: str) -> dict[str, object]:
    """Return the table of the configuration at `path`; raises `Failure`."""
    text = _text(path, _content(path)).replace("\r\n", "\n")
    lines = text.rstrip("\n").split("\n")
    try:
        table = tomllib.loads(_TYPED.sub(_as_typed, text))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+), column", str(error))
        line = min(int(found[1]), len(lines)) if found else len(lines)
        cause = next((said for start, said in _CAUSES.items() if str(error).startswith(start)), _NOT_TOML)
        raise _mistake(path, lines, line, cause) from None
    except RecursionError:  # brackets without end
        raise _mistake(path, lines, 1, _NOT_TOML) from None
    for key, value in table.items():
        if (
            isinstance(value, str) and not value.isprintable()
        ):  # `\n` of a path, which TOML takes for a line end
            line = next((n for n, line in enumerate(lines, 1) if line.lstrip().startswith(key)), 1)
            raise _mistake(path, lines, line, _CAUSES["Unescaped"])
    return table


def wrong(path: str, key: str) -> Failure:
    """Return the failure to say that the configuration sets what it may not, or not to a text."""
    if key not in places.SETTINGS:
        known = " et ".join(f"« {setting} »" for setting in places.SETTINGS)
        message = f"Clé inconnue « {key} » dans le fichier de configuration {path} ; possibles : {known}."
        return Failure(RULES_UNUSABLE, message)
    message = f"Dans le fichier de configuration {path}, la valeur de « {key} » doit être un texte"
    return Failure(RULES_UNUSABLE, f"{message}, comme « {_example(key)} ».")


def _content(path: str) -> bytes:
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise _failure(
                path, "c’est un dossier ; mettez à sa place un fichier de texte, ou changez son nom"
            )
        if not stat.S_ISREG(mode):
            raise _failure(path, "ce n’est pas un fichier ; mettez à sa place un fichier de texte")
        with open(path, "rb") as stream:
            content = stream.read(places.LARGEST + 1)
    except OSError as error:
        raise _failure(
            path, f"{describe_os_error(error)} ; vérifiez le disque et les droits d’accès"
        ) from error
    if len(content) > places.LARGEST:
        raise _failure(
            path, f"il fait plus de {places.LARGEST} octets ; n’y gardez que « {_example('regles')} »"
        )
    return content


def _text(path: str, content: bytes) -> str:
    mark, encoding = next(
        ((mark, encoding) for mark, encoding in _MARKS.items() if content.startswith(mark)), (b"", "utf-8")
    )
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        before = content[len(mark) : len(mark) + error.start].decode(encoding, "ignore")
        line = before.count("\n") + 1
        raise _not_utf8(path, line) from None
    if "\0" in text:  # UTF-16 without its mark
        raise _not_utf8(path, text[: text.index("\0")].count("\n") + 1)
    return text


def _not_utf8(path: str, line: int) -> Failure:
    return _failure(path, f"ligne {line} : ce n’est pas de l’UTF-8 ; enregistrez ce fichier en « UTF-8 »")


def _mistake(path: str, lines: list[str], line: int, cause: str) -> Failure:
    key = next(
        (key for key in places.SETTINGS if lines[line - 1].lstrip().startswith(key)), places.SETTINGS[0]
    )
    return _failure(path, f"ligne {line} : {cause} ; écrivez « {_example(key)} »")


def _as_typed(found: re.Match[str]) -> str:
    """Return a line of which a Windows path between double quotes is taken as it was typed."""
    value = found[2].replace("\\", "\\\\") if places.is_windows_path(found[2]) else found[2]
    return f'{found[1]}"{value}"'


def _example(key: str) -> str:
    """Return a line as it is to be written on this system."""
    if key != "regles":
        return f'{key} = "{places.DEFAULT_LIVRET}"'
    return r"regles = 'C:\chemin\du\dossier'" if os.name == "nt" else 'regles = "/chemin/du/dossier"'


def _failure(path: str, why: str) -> Failure:
    return Failure(RULES_UNUSABLE, f"Le fichier de configuration {path} est illisible : {why}.")
