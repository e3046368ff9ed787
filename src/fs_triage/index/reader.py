"""Reading the compiled livret: one SQLite file of checksummed entries, rebuilt when the rules have changed.

A flipped bit is a wrong address, so an entry carries a checksum of its key, of its value and of the key that
follows. Reading the nearest entry at or before a key therefore proves in one step what the key holds, or that
nothing has it; a whole kind is read along the same chain. Damage is healed from the rules, in silence.
"""

from __future__ import annotations

import os
from binascii import crc32

from fs_triage.contract import RULES_UNUSABLE, Failure
from fs_triage.files import folders, timeout

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeVar

    T = TypeVar("T")
else:
    try:
        import _sqlite3 as sqlite3  # what sqlite3 wraps, without the dates that it imports: a tenth of a lookup
    except ImportError:  # another Python than CPython
        import sqlite3

FORMAT = "2"
_PAUSES = (0.002, 0.01, 0.03, 0.1, 0.2)  # seconds
DOUBT = 2_000_000_000  # nanoseconds: FAT keeps times to 2 s, so a change within that time may not show

Source = tuple[str, int, int, int]
"""A file that the index was built from: path, size (-1: absent), time in nanoseconds, inode."""

_NEAREST = "SELECT key, value, next, crc FROM entry WHERE key <= ? ORDER BY key DESC LIMIT 1"
_FROM = "SELECT key, value, next, crc FROM entry WHERE key >= ? AND key < ? ORDER BY key"


class Damaged(Exception):
    """An entry is missing, or is not what was written."""


UNSOUND = (Damaged, sqlite3.Error, UnicodeDecodeError)
"""What reading a damaged index raises; the last, when SQLite quotes in its message a schema that is no text."""


def checksum(key: str, value: str, following: str) -> int:
    """Return the checksum of an entry: its key, its value and the key after it (empty after the last)."""
    return crc32(f"{key}\x1f{value}\x1f{following}".encode())


def unlocked(use: Callable[[], T]) -> T:
    """Return what `use` of a file returns; on Windows it is tried again for a moment while another process holds it."""
    for pause in _PAUSES if os.name == "nt" else ():
        try:
            return use()
        except PermissionError:
            import time

            time.sleep(pause)
    return use()


def state_of(path: str) -> Source:
    """Return the state of the file at `path` on disk."""
    try:
        status = os.stat(path)
    except OSError:
        return (path, -1, 0, 0)
    return (path, status.st_size, status.st_mtime_ns, status.st_ino)


class Store:
    """An open livret.

    `notices` are the lines to say on standard error: the index could not be kept, or what is shown is old. The
    connection is closed when nobody reads it any more.
    """

    def __init__(self, folder: str, connection: sqlite3.Connection, notices: list[str]) -> None:
        self.folder = folder
        self.connection = connection
        self.notices = notices
        self._healed = False
        self._searched = False
        self._content = self.read("meta:content")

    def __del__(self) -> None:
        self.connection.close()

    def peek(self, key: str) -> str | None:
        """Return the value of `key`, None when it is sure that there is none."""
        return self._healing(self.read, key)

    def need(self, key: str) -> str:
        """Return the value of `key`, which must be there."""
        return self._healing(self._need, key)

    def block(self, kind: str, positions: Iterable[int]) -> list[str]:
        """Return the values of `kind` at `positions`, all of which must be there."""
        return [self.need(f"{kind}:{position:06}") for position in positions]

    def all(self, kind: str) -> list[str]:
        """Return every value of `kind`, in order."""
        return self._healing(self._all, f"{kind}:")

    def sources(self, kind: str = "source") -> list[Source]:
        """Return the rule files that the index was built from, as they were; `program` gives its own files."""
        return [source_of(value) for value in self.all(kind)]

    def quoted(self, text: str) -> str:
        """Return `text` as a JSON string."""
        text = text.encode("utf-8", "replace").decode()
        row = self.connection.execute("SELECT json_quote(?)", (text,)).fetchone()
        return str(row[0])

    def learn(self) -> None:
        """Make sure that what a search needs is there: it is learnt when first asked for, then kept."""
        self._searched = True
        self._healing(self._learn, "search:sizes")

    def close(self) -> None:
        """Close the index; nothing may be read afterwards."""
        self.connection.close()

    def read(self, key: str) -> str | None:
        """Return the value of `key`, None when there is none; raises one of `UNSOUND`."""
        row = self.connection.execute(_NEAREST, (key,)).fetchone()
        found, value, following = _checked(row)
        if found == key:
            return value
        if found > key or (following and following <= key):
            raise Damaged(key)
        return None

    def entries(self, low: str = "", high: str = "\U0010ffff") -> Iterator[tuple[str, str]]:
        """Yield the key and the value of every entry from `low` up to `high`, which none may miss."""
        before, _, expected = _checked(self.connection.execute(_NEAREST, (low,)).fetchone())
        if before > low:
            raise Damaged(low)
        for row in self.connection.execute(_FROM, (low, high)):
            key, value, following = _checked(row)
            if key != expected and key != low:
                raise Damaged(key)
            expected = following
            yield key, value
        if expected and expected < high:
            raise Damaged(expected)

    def _learn(self, key: str) -> None:
        if self.read(key) is None:
            from fs_triage import rebuild

            connection = rebuild.learn(self)
            self.connection.close()
            self.connection = connection

    def _need(self, key: str) -> str:
        value = self.read(key)
        if value is None:
            raise Damaged(key)
        return value

    def _all(self, prefix: str) -> list[str]:
        after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        return [value for _, value in self.entries(prefix, after)]

    def _healing(self, read: Callable[[str], T], argument: str) -> T:
        try:
            return read(argument)
        except UNSOUND:
            if self._healed:
                raise
            self._heal()
            return read(argument)

    def _heal(self) -> None:
        """Go on with an index built anew; raises `Failure` when it says something else than this one."""
        from fs_triage import rebuild

        self._healed = True
        self.connection.close()
        self.connection = rebuild.rebuild(self.folder, folders.find_index_path(self.folder), self.notices)
        if self.read("meta:content") != self._content:
            message = "Les règles viennent de changer pendant la réponse ; relancez la commande."
            raise Failure(RULES_UNUSABLE, message)
        if self._searched:
            self._learn("search:sizes")


def _checked(row: tuple[object, ...] | None) -> tuple[str, str, str]:
    """Return the key, the value and the following key of an entry that is what was written."""
    if row is None:
        raise Damaged
    key, value, following, crc = row
    if not (isinstance(key, str) and isinstance(value, str) and isinstance(following, str)):
        raise Damaged
    if checksum(key, value, following) != crc:
        raise Damaged(key)
    return key, value, following


def source_of(value: str) -> Source:
    """Return the file that an entry of the index notes: size, time, inode, hash of the content, path."""
    size, mtime, inode, _, path = value.split(" ", 4)
    return (os.fsdecode(path.encode("latin-1")), int(size), int(mtime), int(inode))


def open_store(folder: str) -> Store:
    """Open the compiled livret of `folder`, built anew when the rules or the program have changed.

    Raises `Failure` when the rules cannot be used and no earlier index can answer.
    """
    path = folders.find_index_path(folder)
    notices: list[str] = []
    connection = connect(path) if path is not None else None
    if connection is not None:
        try:
            store = Store(folder, connection, notices)
            if _fresh(store):
                return store
        except UNSOUND:
            pass
        connection.close()
    from fs_triage import rebuild

    return Store(folder, rebuild.rebuild(folder, path, notices), notices)


def connect(path: str) -> sqlite3.Connection | None:
    """Open the index at `path` for reading; None when there is none, or one that another user could write.

    Windows replaces no open file: there the index is read and closed, and tells nothing of its owner.
    """
    try:
        if os.name == "nt":
            return unlocked(lambda: _in_memory(path))
        status = os.stat(path)
        owner = getattr(os, "geteuid", lambda: 0)()
        if status.st_mode & 0o170022 != 0o100000 or status.st_uid not in (owner, 0):
            return None
        name = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        return sqlite3.connect(f"file:{name}?mode=ro&immutable=1", uri=True, isolation_level=None)
    except (OSError, sqlite3.Error):
        return None


def _in_memory(path: str) -> sqlite3.Connection:
    with open(path, "rb") as stream:
        content = stream.read()
    if not content:  # which SQLite takes for a want of memory
        raise sqlite3.DatabaseError
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.deserialize(content)
    except BaseException:
        connection.close()
        raise
    return connection


def _fresh(store: Store) -> bool:
    """Whether nothing changed since the index was built, or whether the rules are away and it must do."""
    kept = folders.encode_path(os.path.abspath(store.folder))
    if store.read("meta:format") != FORMAT or store.read("meta:folder") != kept:
        return False
    stamp = store.read("meta:stamp") or "0 0"
    program, rules = store.sources("program"), store.sources()
    if _changed(program, [state_of(path) for path, *_ in program], stamp):
        return False
    try:
        now = timeout.call_with_timeout(lambda: [state_of(path) for path, *_ in rules])
    except timeout.DiskTimeout:
        return _away(store, "ne répond pas")
    folder = os.path.abspath(store.folder)
    if all(size < 0 for path, size, _, _ in now if os.path.dirname(path) == folder):
        return _away(store, "est introuvable")
    if _changed(rules, now, stamp):
        return False
    warning = store.read("meta:warning")
    if warning:
        store.notices.append(warning)
    return True


def _changed(old: list[Source], new: list[Source], stamp: str) -> bool:
    """Whether a file is no longer as it was, or may not be: then its content must say.

    `stamp` tells when the contents were last read, and since when the states are what they are. A change made
    soon after a reading may leave the state of a file as it was.
    """
    read, since = map(int, stamp.split())
    settled = read - since > DOUBT
    return new != old or not (settled or all(mtime <= read - DOUBT for _, _, mtime, _ in new))


def _away(store: Store, what: str) -> bool:
    date = store.read("meta:date")
    store.notices.append(f"Attention : le dossier des règles {what} ; livret tel qu’il était le {date}.")
    return True
