"""Putting an index in place by one atomic rename: a reader sees the old one or the new one, whole."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

from fs_triage.contract import describe_os_error
from fs_triage.files import atomic_write
from fs_triage.index import reader
from fs_triage.index.reader import Store

_STALE = 3600  # seconds after which the temporary file of a build that was killed is removed


def put(connection: sqlite3.Connection, path: str | None) -> str:
    """Put an index in place at `path`; returns the line that says why it was not."""
    if path is None:
        return "Note : pas de dossier personnel où garder le livret préparé ; réponse lente mais juste."
    try:
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        atomic_write.write_whole(Path(path), connection.serialize(), mode=0o600)
    except OSError as error:
        why = describe_os_error(error)
        return f"Note : le livret préparé n’a pas pu être gardé ({why}) ; réponse lente mais juste."
    with contextlib.suppress(OSError):
        _sweep(Path(path))
    return ""


def holds(path: str, stamp: str) -> bool:
    """Return whether the index at `path` still is the one with this `meta:stamp`, not one made since."""
    connection = reader.connect(path)
    if connection is None:
        return False
    try:
        return Store("", connection, []).read("meta:stamp") == stamp
    except reader.UNSOUND:
        return False
    finally:
        connection.close()


def _sweep(path: Path) -> None:
    """Remove the temporary files that builds of the same index left behind when they were killed."""
    for left in path.parent.glob(f"{path.stem}.*.tmp"):
        with contextlib.suppress(OSError):
            if abs(time.time() - left.stat().st_mtime) > _STALE:
                left.unlink()
