"""The folders of the program and of its user: the livrets that come with it, the cache, the configuration.

On Linux and Windows those of the user are worked out here, by the XDG base directory rules and by LOCALAPPDATA, as a
lookup cannot pay for the import of platformdirs; elsewhere platformdirs says. A test holds both against each other.
"""

from __future__ import annotations

import os
import sys

from fs_triage import PACKAGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

APPLICATION = "fs-triage"
BOOKLET = "livret.yaml"
ALL_PLACES = "tous"
"""The département of a livret that holds everywhere: others inherit from it, and no desk uses it."""
JOURNAL_ON = "journal-actif"
"""In the data folder, the empty file that is there while the house counts."""

DEFAULT_LIVRET = "jura"
_HEAD = 4000  # characters of a booklet in which its département stands


def is_text(path: str) -> bool:
    """Return whether `path` is text throughout: an index takes no other."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _find_user_folder(variable: str, default: str, asked: str, below: str) -> str | None:
    """Return a folder of the user's, None when there is no home to hold it.

    On Linux `variable` of the environment names what holds it, else it is at `default`; on Windows it is `below` our
    folder; elsewhere platformdirs is `asked`.
    """
    if sys.platform.startswith("linux") and os.name != "nt":
        base = os.environ.get(variable, "")
        if not base.startswith("/"):
            base = os.path.expanduser(default) if os.environ.get("HOME", "/") else ""
        return f"{base}/{APPLICATION}" if base.startswith("/") and is_text(base) else None
    base = os.environ.get("LOCALAPPDATA", "")
    if os.name == "nt" and os.path.isabs(base):
        return (
            os.path.join(os.path.normpath(base), APPLICATION, below).rstrip(os.sep) if is_text(base) else None
        )
    import platformdirs

    return str(getattr(platformdirs, asked)(APPLICATION, appauthor=False))


def find_cache_folder() -> str | None:
    """Return the folder of compiled livrets; None when the user has no home."""
    return _find_user_folder("XDG_CACHE_HOME", "~/.cache", "user_cache_dir", "Cache")


def find_config_file() -> str | None:
    """Return the path of the user's `config.toml`, which need not exist; None without a home."""
    folder = _find_user_folder("XDG_CONFIG_HOME", "~/.config", "user_config_dir", "")
    return folder and os.path.join(folder, "config.toml")


def find_data_folder() -> str | None:
    """Return the folder of the livrets that were received and of the journal; None when the user has no home."""
    return _find_user_folder("XDG_DATA_HOME", "~/.local/share", "user_data_dir", "Livrets")


def is_journal_on() -> bool:
    """Return whether the house counts what its visitors need."""
    folder = find_data_folder()
    return folder is not None and os.path.exists(os.path.join(folder, JOURNAL_ON))


def get_own_livrets() -> str:
    """Return the folder of the livrets that come with the program: inside the wheel, or beside `src/`."""
    packed = os.path.join(PACKAGE, "livrets")
    if os.path.isdir(packed):
        return packed
    return os.path.join(os.path.dirname(os.path.dirname(PACKAGE)), "rules")


def look_at(folder: str, look: Callable[[], T]) -> T:
    """Return what `look` returns of `folder`; raises `DiskTimeout` when its disk hangs.

    What comes with the program is looked at without the thread that guards against it: its disk has just answered,
    and a first thread costs up to four milliseconds of a busy machine.
    """
    if f"{os.path.abspath(folder)}{os.sep}".startswith(f"{get_own_livrets()}{os.sep}"):
        return look()
    from fs_triage.files.timeout import call_with_timeout

    return call_with_timeout(look)


def list_livrets(root: str) -> list[str]:
    """Return the names of the livrets in the folder `root`, sorted; none when it cannot be read."""
    try:
        names = sorted(entry.name for entry in os.scandir(root) if entry.is_dir())
    except OSError:
        return []
    return [name for name in names if os.path.exists(os.path.join(root, name, BOOKLET))]


def list_desk_livrets(root: str) -> list[str]:
    """Return the names of the livrets in the folder `root` that a desk may use, sorted."""
    return [name for name in list_livrets(root) if not _is_common(os.path.join(root, name, BOOKLET))]


def _is_common(booklet: str) -> bool:
    """Return whether the `booklet` says that its livret holds in every département."""
    try:
        with open(booklet, encoding="utf-8", errors="replace") as file:
            lines = file.read(_HEAD).casefold().splitlines()
    except OSError:
        return False
    said = (line.partition(":") for line in lines if line.startswith(("département", "departement")))
    return any(value.partition("#")[0].strip(" \t\"'") == ALL_PLACES for _, _, value in said)
