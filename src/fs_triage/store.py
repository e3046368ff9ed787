"""Reading the compiled livret: one SQLite file of checksummed entries, rebuilt when the rules have changed.

A flipped bit is a wrong address: every entry carries a checksum of its key and value, and an entry that
should be there and is not counts as damage. Damage is healed from the rules, in silence.
"""

from __future__ import annotations

import os
import sqlite3
from zlib import crc32

from fs_triage import __version__, places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeVar

    T = TypeVar("T")

FORMAT = "1"
STAT_TIMEOUT = 2.0  # seconds that a hanging share may cost
DOUBT = 2_000_000_000  # nanoseconds: FAT keeps times to 2 s, so a change within that time may not show

Source = tuple[str, int, int, int]
"""A file that the index was built from: path, size (-1: absent), time in nanoseconds, inode."""


class Damaged(Exception):
    """An entry is missing, or is not what was written."""


def checksum(key: str, value: str) -> int:
    """Return the checksum of an entry."""
    return crc32(f"{key}\x1f{value}".encode())


def index_path(folder: str) -> str | None:
    """Return where the index of the livret at `folder` is kept; None when the user has no cache folder."""
    cache = places.cache_folder()
    if cache is None:
        return None
    folder = os.path.abspath(folder)
    key = crc32(f"{folder}\x1f{places.PACKAGE}\x1f{__version__}".encode())
    return f"{cache}/{os.path.basename(folder)}-{key:08x}.sqlite"


def state_of(path: str) -> Source:
    """Return the state of the file at `path` on disk."""
    try:
        status = os.stat(path)
    except OSError:
        return (path, -1, 0, 0)
    return (path, status.st_size, status.st_mtime_ns, status.st_ino)


def states_of(paths: list[str]) -> list[Source] | None:
    """Return the states of `paths`; None when the disk did not answer in `STAT_TIMEOUT` seconds."""
    import _thread

    done = _thread.allocate_lock()
    done.acquire()
    found: list[Source] = []

    def look() -> None:
        try:
            found.extend(state_of(path) for path in paths)
        finally:
            done.release()

    _thread.start_new_thread(look, ())
    return found if done.acquire(timeout=STAT_TIMEOUT) else None


class Store:
    """An open livret.

    `notices` are the lines to say on standard error: the index could not be kept, or what is shown is old.
    """

    def __init__(self, folder: str, connection: sqlite3.Connection, notices: list[str]) -> None:
        self.folder = folder
        self.connection = connection
        self.notices = notices
        self._healed = False

    def peek(self, key: str) -> str | None:
        """Return the value of `key`, None when there is none; see `sound` before saying that there is none."""
        return self._healing(self._get, key)

    def need(self, key: str) -> str:
        """Return the value of `key`, which must be there."""
        return self._healing(self._need, key)

    def sound(self) -> bool:
        """Return whether every entry is there and is what was written; if not, the index was rebuilt."""
        healed = self._healed
        self._healing(self._check_all, "")
        return healed == self._healed

    def block(self, kind: str, positions: Iterable[int]) -> list[str]:
        """Return the values of `kind` at `positions`, all of which must be there."""
        return [self.need(f"{kind}:{position:06}") for position in positions]

    def all(self, kind: str) -> list[str]:
        """Return every value of `kind`, in order; as many as were written."""
        return self._healing(self._all, kind)

    def quoted(self, text: str) -> str:
        """Return `text` as a JSON string."""
        row = self.connection.execute("SELECT json_quote(?)", (text,)).fetchone()
        return str(row[0])

    def close(self) -> None:
        """Close the index; nothing may be read afterwards."""
        self.connection.close()

    def _healing(self, read: Callable[[str], T], argument: str) -> T:
        try:
            return read(argument)
        except (Damaged, sqlite3.DatabaseError, UnicodeDecodeError):
            if self._healed:
                raise
            self._healed = True
            self.connection.close()
            from fs_triage import index

            self.connection = index.rebuild(self.folder, index_path(self.folder), self.notices)
            return read(argument)

    def _get(self, key: str) -> str | None:
        row = self.connection.execute("SELECT value, crc FROM entry WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        value, crc = row
        if not isinstance(value, str) or checksum(key, value) != crc:
            raise Damaged(key)
        return value

    def _need(self, key: str) -> str:
        value = self._get(key)
        if value is None:
            raise Damaged(key)
        return value

    def _rows(self, low: str, high: str) -> Iterator[str]:
        query = "SELECT key, value, crc FROM entry WHERE key >= ? AND key < ? ORDER BY key"
        for key, value, crc in self.connection.execute(query, (low, high)):
            if not isinstance(key, str) or not isinstance(value, str) or checksum(key, value) != crc:
                raise Damaged(str(key))
            yield value

    def _all(self, kind: str) -> list[str]:
        values = list(self._rows(f"{kind}:", f"{kind};"))
        if str(len(values)) != self._get(f"count:{kind}"):
            raise Damaged(kind)
        return values

    def _check_all(self, _: str) -> None:
        if str(sum(1 for _ in self._rows("", "\U0010ffff"))) != self._get("meta:entries"):
            raise Damaged("meta:entries")


def sources(connection: sqlite3.Connection) -> list[Source]:
    """Return the files that an index was built from, as they were; raises `Damaged`."""
    rows = connection.execute("SELECT path, size, mtime, inode, crc FROM source").fetchall()
    if not rows:
        raise Damaged("source")
    for path, size, mtime, inode, crc in rows:
        if checksum(str(path), f"{size} {mtime} {inode}") != crc:
            raise Damaged("source")
    return [(path, size, mtime, inode) for path, size, mtime, inode, _ in rows]


def connect(path: str) -> sqlite3.Connection:
    """Open the index at `path` for reading; raises `sqlite3.Error`."""
    from_file = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return sqlite3.connect(f"file:{from_file}?mode=ro&immutable=1", uri=True, isolation_level=None)


def open_store(folder: str) -> Store:
    """Open the compiled livret of `folder`, built anew when the rules or the program have changed.

    Raises `Failure` when the rules cannot be used and no earlier index can answer.
    """
    path = index_path(folder)
    notices: list[str] = []
    if path is not None:
        try:
            connection = connect(path)
        except sqlite3.Error:
            connection = None
        if connection is not None:
            store = Store(folder, connection, notices)
            try:
                if _fresh(store):
                    return store
            except (Damaged, sqlite3.Error):
                pass
            connection.close()
    from fs_triage import index

    return Store(folder, index.rebuild(folder, path, notices), notices)


def _fresh(store: Store) -> bool:
    """Whether nothing changed since the index was built, or whether the disk is away and it must do."""
    if store._get("meta:format") != FORMAT:
        return False
    old = sources(store.connection)
    new = states_of([path for path, *_ in old])
    if new is None:
        return _away(store)
    built = int(store._get("meta:built") or 0)
    if new != old or any(mtime > built - DOUBT for _, _, mtime, _ in new):
        return False
    warning = store._get("meta:warning")
    if warning:
        store.notices.append(warning)
    return True


def _away(store: Store) -> bool:
    date = store._get("meta:date")
    store.notices.append(
        f"Attention : le dossier des règles ne répond pas ; livret tel qu’il était le {date}."
    )
    return True
