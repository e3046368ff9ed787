"""Where things are: the rules to use, the user's cache and config folders.

On Linux the two folders are worked out here, by the XDG base directory rules, as a lookup cannot pay for the
import of platformdirs; elsewhere platformdirs says. A test holds both against each other.
"""

from __future__ import annotations

import os
import sys

from fs_triage.failure import RULES_UNUSABLE, WRONG_CALL, Failure

APPLICATION = "fs-triage"
BOOKLET = "livret.yaml"
DEFAULT_LIVRET = "jura"
PACKAGE = os.path.dirname(os.path.abspath(__file__))


def _user_folder(variable: str, default: str, asked: str) -> str | None:
    """Return a folder of the user's, None when there is no home to hold it."""
    if sys.platform.startswith("linux"):
        base = os.environ.get(variable, "")
        if not base.startswith("/"):
            base = os.path.expanduser(default)
        return f"{base}/{APPLICATION}" if base.startswith("/") else None
    import platformdirs

    return str(getattr(platformdirs, asked)(APPLICATION, appauthor=False))


def cache_folder() -> str | None:
    """Return the folder of compiled livrets; None when the user has no home."""
    return _user_folder("XDG_CACHE_HOME", "~/.cache", "user_cache_dir")


def config_file() -> str | None:
    """Return the path of the user's `config.toml`, which need not exist; None without a home."""
    folder = _user_folder("XDG_CONFIG_HOME", "~/.config", "user_config_dir")
    return folder and os.path.join(folder, "config.toml")


def own_rules() -> str:
    """Return the folder of the livrets that come with the program: inside the wheel, or beside `src/`."""
    packed = os.path.join(PACKAGE, "rules")
    if os.path.isdir(packed):
        return packed
    return os.path.join(os.path.dirname(os.path.dirname(PACKAGE)), "rules")


def _config() -> dict[str, object]:
    path = config_file()
    if path is None or not os.path.exists(path):
        return {}
    import tomllib

    try:
        with open(path, "rb") as stream:
            return tomllib.load(stream)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"Le fichier de configuration {path} est illisible ; corrigez-le ou supprimez-le."
        raise Failure(RULES_UNUSABLE, message) from error


def livret_folder(regles: str | None = None, livret: str | None = None) -> str:
    """Return the folder of the livret to use.

    `regles` (the option) goes before `FS_TRIAGE_REGLES`, then the `regles` of `config.toml`, then the livrets
    that come with the program. Any of them may name a livret or a folder of livrets, where `livret` (or the
    `livret` of `config.toml`) chooses. Raises `Failure` when there is none.
    """
    config = _config()
    root = regles or os.environ.get("FS_TRIAGE_REGLES") or _text(config, "regles") or own_rules()
    name = livret or _text(config, "livret")
    if not os.path.isdir(root):
        if regles is None and os.path.isabs(root):
            return root  # a share may be away: the last good index can still answer
        raise Failure(RULES_UNUSABLE, f"Le dossier de règles « {root} » n’existe pas ; vérifiez son nom.")
    if os.path.exists(os.path.join(root, BOOKLET)):
        return root
    return _one_of(root, name)


def _text(config: dict[str, object], key: str) -> str | None:
    value = config.get(key)
    return value if isinstance(value, str) and value else None


def livrets_in(root: str) -> list[str]:
    """Return the names of the livrets in the folder `root`, sorted."""
    names = sorted(entry.name for entry in os.scandir(root) if entry.is_dir())
    return [name for name in names if os.path.exists(os.path.join(root, name, BOOKLET))]


def _one_of(root: str, name: str | None) -> str:
    names = livrets_in(root)
    if name is None and len(names) == 1:
        name = names[0]
    if name is None and DEFAULT_LIVRET in names:
        name = DEFAULT_LIVRET
    if name in names:
        return os.path.join(root, str(name))
    if name is not None and root == own_rules():
        from fs_triage import livrets

        brought = livrets.installed()
        if name in brought:
            return str(brought[name])
        names = sorted(brought)
    if not names:
        raise Failure(RULES_UNUSABLE, f"Aucun livret dans « {root} » : il y manque un fichier {BOOKLET}.")
    if name is None:
        raise Failure(WRONG_CALL, f"Plusieurs livrets ({', '.join(names)}) ; choisissez avec --livret.")
    raise Failure(WRONG_CALL, f"Livret « {name} » inconnu ; possibles : {', '.join(names)}.")
