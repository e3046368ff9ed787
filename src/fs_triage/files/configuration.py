"""The user's `config.toml`: plain lines without tomllib, all of TOML in any encoding, what to say of a mistake."""

from __future__ import annotations

import os
import stat

from fs_triage.contract import RULES_UNUSABLE, Failure, describe_os_error
from fs_triage.files.folders import DEFAULT_LIVRET

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

SETTINGS = ("regles", "livret", "maison", "maj", "maj_chaque_jour", "cle", "comptes")
"""The folder of the rules, the livret there, the name of the house (on what is printed and sent); where the livret is
published, whether to look there once a day, the fingerprint of the key that signs it; the server
of the counts."""

_EXAMPLES = {
    "livret": DEFAULT_LIVRET,
    "maison": "France services de Lons-le-Saunier",
    "maj": "https://exemple.fr/livret",
    "maj_chaque_jour": "oui",
    "cle": "ABCD-EFGH-IJKL-MNOP",
    "comptes": "postgresql://poste@serveur/france_services",
}

_LONGEST_FIRST = sorted(SETTINGS, key=len, reverse=True)
_MAX_SIZE = 65_536  # bytes
_ENCODINGS_BY_MARK = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_TYPED_LINE = r'^([ \t]*[\w-]+[ \t]*=[ \t]*)"([^"\n]*)"(?=[ \t]*(?:#.*)?$)'
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
_INVISIBLE = "il y a un caractère invisible"
_NOT_TOML = "cette ligne ne se lit pas"


def read_settings(path: str) -> dict[str, str]:
    """Return what the configuration at `path` sets; raises `Failure`."""
    content = _read_content(path)
    table: Mapping[str, object] | None
    try:
        table = parse_plain_toml(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        table = None
    if table is None:
        table = parse_toml(path, content)
    settings = {key: value for key, value in table.items() if key in SETTINGS and isinstance(value, str)}
    for key in table:
        if key not in settings:
            raise _build_wrong_setting(path, key)
    return settings


def parse_toml(path: str, content: bytes) -> dict[str, object]:
    """Return the table that `content` is, whatever TOML it is; raises `Failure`."""
    import re
    import tomllib  # which costs a whole start

    text = _decode(path, content).replace("\r\n", "\n")
    lines = text.rstrip("\n").split("\n")
    try:
        table = tomllib.loads(re.sub(_TYPED_LINE, _keep_windows_path, text, flags=re.MULTILINE))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+), column", str(error))
        line = min(int(found[1]), len(lines)) if found else len(lines)
        cause = next((said for start, said in _CAUSES.items() if str(error).startswith(start)), _NOT_TOML)
        raise _build_mistake(path, lines, line, cause) from None
    except RecursionError:  # brackets without end
        raise _build_mistake(path, lines, 1, _NOT_TOML) from None
    for key, value in table.items():
        if isinstance(value, str) and not value.isprintable():
            line = next((n for n, line in enumerate(lines, 1) if line.lstrip().startswith(key)), 1)
            # where the line is printable as typed, it is `\n` of a path, which TOML takes for a line end
            is_escape = lines[line - 1].isprintable()
            raise _build_mistake(path, lines, line, _CAUSES["Unescaped"] if is_escape else _INVISIBLE)
    return table


def parse_plain_toml(text: str) -> dict[str, str] | None:
    """Return the table that `text` is, None when it takes tomllib to read it.

    Read here are lines of `key = "value"` without escapes, empty lines and comments. A Windows path is taken as it
    was typed, though TOML sees escapes in it.
    """
    table: dict[str, str] = {}
    for line in text.replace("\r\n", "\n").split("\n"):
        line = line.strip(" \t")
        if not line.isprintable():
            return None
        if not line or line.startswith("#"):
            continue
        key, _, value = (part.strip(" ") for part in line.partition("="))
        plain = key.isidentifier() and key.isascii() and key not in table and len(value) > 1
        if not plain or value[0] != value[-1] or value[0] not in "\"'" or value.count(value[0]) != 2:
            return None
        quote, value = value[0], value[1:-1]
        if quote == '"' and "\\" in value and not is_windows_path(value):
            return None
        table[key] = value
    return table


def is_windows_path(value: str) -> bool:
    """Return whether `value`, typed between double quotes, is a path of Windows typed as it is: `C:\\...`, `\\\\...`.

    Not one whose backslashes are all doubled, as TOML wants them.
    """
    starts = value[1:3] == ":\\" or (value.startswith("\\\\") and value[2:3] != "\\")
    return starts and "\\" in value.replace("\\\\", "")


def _build_wrong_setting(path: str, key: str) -> Failure:
    """Return the failure to say that the configuration sets what it may not, or not to a text."""
    if key not in SETTINGS:
        *first, last = (f"« {setting} »" for setting in SETTINGS)
        known = f"{', '.join(first)} et {last}"
        message = f"Clé inconnue « {key} » dans le fichier de configuration {path} ; possibles : {known}."
        return Failure(RULES_UNUSABLE, message)
    message = f"Dans le fichier de configuration {path}, la valeur de « {key} » doit être un texte"
    return Failure(RULES_UNUSABLE, f"{message}, comme « {_render_example(key)} ».")


def _read_content(path: str) -> bytes:
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise _build_failure(
                path, "c’est un dossier ; mettez à sa place un fichier de texte, ou changez son nom"
            )
        if not stat.S_ISREG(mode):
            raise _build_failure(path, "ce n’est pas un fichier ; mettez à sa place un fichier de texte")
        with open(path, "rb") as stream:
            content = stream.read(_MAX_SIZE + 1)
    except OSError as error:
        raise _build_failure(
            path, f"{describe_os_error(error)} ; vérifiez le disque et les droits d’accès"
        ) from error
    if len(content) > _MAX_SIZE:
        raise _build_failure(
            path, f"il fait plus de {_MAX_SIZE} octets ; n’y gardez que « {_render_example('regles')} »"
        )
    return content


def _decode(path: str, content: bytes) -> str:
    mark, encoding = next(
        ((mark, encoding) for mark, encoding in _ENCODINGS_BY_MARK.items() if content.startswith(mark)),
        (b"", "utf-8"),
    )
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        before = content[len(mark) : len(mark) + error.start].decode(encoding, "ignore")
        line = before.count("\n") + 1
        raise _build_not_utf8(path, line) from None
    if "\0" in text:  # UTF-16 without its mark
        raise _build_not_utf8(path, text[: text.index("\0")].count("\n") + 1)
    return text


def _build_not_utf8(path: str, line: int) -> Failure:
    return _build_failure(
        path, f"ligne {line} : ce n’est pas de l’UTF-8 ; enregistrez ce fichier en « UTF-8 »"
    )


def _build_mistake(path: str, lines: list[str], line: int, cause: str) -> Failure:
    key = next((key for key in _LONGEST_FIRST if lines[line - 1].lstrip().startswith(key)), SETTINGS[0])
    return _build_failure(path, f"ligne {line} : {cause} ; écrivez « {_render_example(key)} »")


def _keep_windows_path(found: re.Match[str]) -> str:
    """Return a line of which a Windows path between double quotes is taken as it was typed."""
    value = found[2].replace("\\", "\\\\") if is_windows_path(found[2]) else found[2]
    return f'{found[1]}"{value}"'


def _render_example(key: str) -> str:
    """Return a line as it is to be written on this system."""
    if key != "regles":
        return f'{key} = "{_EXAMPLES[key]}"'
    return r"regles = 'C:\chemin\du\dossier'" if os.name == "nt" else 'regles = "/chemin/du/dossier"'


def _build_failure(path: str, why: str) -> Failure:
    return Failure(RULES_UNUSABLE, f"Le fichier de configuration {path} est illisible : {why}.")
