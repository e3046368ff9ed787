"""Files that are written for people and for other programs: whole or not at all, under a name that every disk takes."""

from __future__ import annotations

import contextlib
import ntpath
import os
import re
import sys
import time
from pathlib import Path

from fs_triage.contract import OUTPUT_LOST, WRONG_CALL, Failure, describe_os_error

_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
_LONGEST = 50  # characters of a file's name in the name of its temporary file
_TRIES, _MOMENT = 10, 0.02  # seconds between two tries to replace a file that somebody reads


def write_whole(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write `content` beside `path`, then rename it there: a reader sees the old file or the new one, whole.

    A link stays one, what it leads to is replaced. Raises `OSError`; nothing is left behind then.
    """
    path = Path(os.path.realpath(path))  # not `resolve`, which raises RuntimeError for a link to itself
    temporary = path.with_name(f"{path.stem[:_LONGEST]}.{os.getpid()}-{time.time_ns()}.tmp")
    try:
        with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        _replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def write_for_user(target: str, content: bytes) -> None:
    """Write `content` to the file that a user named `target`; raises `Failure` when that cannot be."""
    if wrong := refused_name(target):
        raise Failure(WRONG_CALL, f"« {target} » ne peut pas être écrit ({wrong}) ; choisissez un autre nom.")
    try:
        write_whole(Path(target), content)
    except OSError as error:
        folder = Path(target).parent
        why, remedy = describe_os_error(error), "choisissez un autre fichier"
        if not folder.is_dir():
            why, remedy = f"il n’y a pas de dossier « {folder} »", "créez-le d’abord, ou donnez-en un autre"
        message = f"« {target} » n’a pas pu être écrit ({why}) ; {remedy}."
        raise Failure(OUTPUT_LOST, message) from error


def _replace(temporary: Path, path: Path) -> None:
    """Rename a file over another; Windows refuses as long as somebody reads that one, a moment most often."""
    for _ in range(_TRIES if sys.platform == "win32" else 0):
        try:
            temporary.replace(path)
        except PermissionError:
            time.sleep(_MOMENT)
        else:
            return
    temporary.replace(path)


def refused_name(path: str) -> str | None:
    """Return why Windows takes no file of the name `path`, None when it does; elsewhere, any name will do.

    Windows itself says so by the number of another error, or writes to a device, or changes the name.
    """
    return _refused_by_windows(path) if sys.platform == "win32" else None


def _refused_by_windows(path: str) -> str | None:
    for name in re.split(r"[\\/]", ntpath.splitdrive(path)[1]):
        if found := _FORBIDDEN.search(name):
            sign = found.group()
            return f"« {sign} » est interdit dans un nom" if sign.isprintable() else "un signe y est interdit"
        if device := _DEVICE.fullmatch(name):
            return f"« {device[1]} » est le nom d’un appareil pour Windows"
        if name not in (".", "..") and name.endswith((".", " ")):
            return "un nom ne finit ni par un point ni par un espace"
    return None
