"""The journal of a desk: a SQLite file with a row for each need that was counted, and the words that may be kept.

A row tells the week, the house, the démarche and the outcome; its id is random, and the rows stand in the order of
their ids: nothing tells which came first. It is opened for each piece of work alone: several processes share it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

from fs_triage.contract import WRONG_CALL, Failure, describe_os_error
from fs_triage.files import folders

T = TypeVar("T")

_FILE = "journal.sqlite"
_DAMAGED = "journal-abime"
_VERSION = 1
_TABLES = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS demandes (
    id BLOB PRIMARY KEY CHECK (length(id) = 16), semaine TEXT NOT NULL, maison TEXT NOT NULL,
    demarche TEXT NOT NULL, issue TEXT NOT NULL, envoyee INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS besoins (
    id BLOB PRIMARY KEY CHECK (length(id) = 16), semaine TEXT NOT NULL, maison TEXT NOT NULL,
    texte TEXT NOT NULL, issue TEXT NOT NULL, envoyee INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS demandes_a_envoyer ON demandes (id) WHERE envoyee = 0;
CREATE INDEX IF NOT EXISTS besoins_a_envoyer ON besoins (id) WHERE envoyee = 0;
PRAGMA user_version = 1;
COMMIT;
"""
_DAMAGES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
"""The last is said of tables and columns that are not ours, where no other query is ever made."""

_REASONS = {
    sqlite3.SQLITE_BUSY: "un autre programme s’en sert ; recommencez dans un moment",
    sqlite3.SQLITE_LOCKED: "un autre programme s’en sert ; recommencez dans un moment",
    sqlite3.SQLITE_FULL: "disque plein ; faites de la place",
    sqlite3.SQLITE_READONLY: "le fichier est en lecture seule ; vérifiez ses droits d’accès",
    sqlite3.SQLITE_CANTOPEN: "le fichier ne s’ouvre pas ; vérifiez le disque et ses droits d’accès",
}
_PATIENCE = 5.0  # seconds that another process may hold the file


class Unavailable(Exception):
    """The journal can be neither read nor written now; the message says why, in French, as the end of a sentence."""


class Demand(NamedTuple):
    """A need that was counted; `week` is its Monday."""

    id: uuid.UUID
    week: date
    house: str
    demarche: str
    outcome: str


class Need(NamedTuple):
    """The words of a need that found nothing."""

    id: uuid.UUID
    week: date
    house: str
    text: str
    outcome: str


class Counted(NamedTuple):
    """How often an outcome was counted for a key: a week, a house or a démarche."""

    key: str
    outcome: str
    times: int


def find_monday(day: date) -> date:
    """Return the Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def find_folder() -> Path:
    """Return the folder that holds the journal; raises `Failure`."""
    folder = folders.find_data_folder()
    if folder is None:
        raise Failure(WRONG_CALL, "Pas de dossier personnel où tenir le journal ; vérifiez la variable HOME.")
    return Path(folder)


class Journal:
    """The journal in a folder, which need not exist. `notices` are the lines to say of what had to be set aside.

    Every method raises `Unavailable`.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self.notices: list[str] = []

    def add(self, demands: Iterable[Demand], needs: Iterable[Need], patience: float = _PATIENCE) -> None:
        """Add rows, all or none; those that are there are left as they are."""
        rows = [[_pack(row) for row in kind] for kind in (demands, needs)]

        def write(connection: sqlite3.Connection) -> None:
            for table, values in zip(("demandes", "besoins"), rows, strict=True):
                connection.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?,?,?,?,?, 0)", values)

        self._work(write, patience)

    def list_waiting(self, most: int) -> tuple[list[Demand], list[Need]]:
        """Return rows that are not known to be with the département, at most so many of each kind, in their order."""

        def read(connection: sqlite3.Connection) -> tuple[list[Demand], list[Need]]:
            demands, needs = (
                connection.execute(
                    f"SELECT id, semaine, maison, {column}, issue FROM {table} "
                    "WHERE envoyee = 0 ORDER BY id LIMIT (?)",
                    (most,),
                ).fetchall()
                for table, column in (("demandes", "demarche"), ("besoins", "texte"))
            )
            return [Demand(*_unpack(row)) for row in demands], [Need(*_unpack(row)) for row in needs]

        none: tuple[list[Demand], list[Need]] = ([], [])
        return self._read(read, none)

    def count_waiting(self) -> int:
        """Return how many rows are not known to be with the département."""
        counts = "SELECT (SELECT count(*) FROM demandes WHERE envoyee = 0) + "
        counts += "(SELECT count(*) FROM besoins WHERE envoyee = 0)"
        return self._read(lambda connection: int(connection.execute(counts).fetchone()[0]), 0)

    def mark_sent(self, demands: Iterable[Demand], needs: Iterable[Need]) -> None:
        """Note that rows are with the département."""
        ids = [[(row.id.bytes,) for row in kind] for kind in (demands, needs)]

        def write(connection: sqlite3.Connection) -> None:
            for table, values in zip(("demandes", "besoins"), ids, strict=True):
                connection.executemany(f"UPDATE {table} SET envoyee = 1 WHERE id=?", values)

        self._work(write)

    def count_by(self, column: str, since: date | None) -> list[Counted]:
        """Return the counts by `column` (`semaine`, `maison` or `demarche`) and outcome, from the week `since` on."""
        query = f"SELECT {column}, issue, count(*) FROM demandes WHERE semaine>=? GROUP BY 1, 2"
        values = (since.isoformat() if since else "",)

        def read(connection: sqlite3.Connection) -> list[Counted]:
            counts = [
                Counted(key, outcome, row[2])
                for row in connection.execute(query, values)
                for key, outcome in [_check_texts(row[:2])]
            ]
            if column == "semaine":
                for one in counts:
                    date.fromisoformat(one.key)
            return counts

        return self._read(read, [])

    def list_needs(self, since: date | None) -> list[Need]:
        """Return the needs that found nothing, from the week `since` on."""
        query = "SELECT id, semaine, maison, texte, issue FROM besoins WHERE semaine>=? ORDER BY texte, id"
        values = (since.isoformat() if since else "",)
        return self._read(
            lambda connection: [Need(*_unpack(row)) for row in connection.execute(query, values)], []
        )

    def list_kept(self) -> list[tuple[date, str, str, str, int]]:
        """Return all that is counted: week, house, démarche, outcome and how often."""
        query = "SELECT semaine, maison, demarche, issue, count(*) FROM demandes GROUP BY 1, 2, 3, 4"
        return self._read(
            lambda connection: [
                (date.fromisoformat(week), house, demarche, outcome, row[4])
                for row in connection.execute(query)
                for week, house, demarche, outcome in [_check_texts(row[:4])]
            ],
            [],
        )

    def list_aside(self) -> list[Path]:
        """Return the damaged files that were set aside, also by a process that nobody saw."""
        return sorted(self._path.parent.glob(f"{_DAMAGED}-*.sqlite"))

    def erase(self) -> None:
        """Remove the file, what damaged ones were set aside, and what SQLite has beside them: nothing is left of it.

        To delete the rows would need room on a full disk.
        """
        try:
            for path in self._path.parent.glob("journal*.sqlite*"):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable(describe_os_error(error)) from error

    def _read(self, read: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        """Return what `read` makes of the file, `nothing` where there is none: to read makes no file."""
        return self._work(read) if self._path.exists() else nothing

    def _work(self, work: Callable[[sqlite3.Connection], T], patience: float = _PATIENCE) -> T:
        """Return what `work` makes of the file, in one transaction.

        A damaged file is set aside, and `work` done on a new one.
        """
        for _ in range(2):
            file = self._identify()
            try:
                with contextlib.closing(self._connect(patience)) as connection, connection:
                    return work(connection)
            except sqlite3.OperationalError as error:
                if not _is_damage(error):
                    raise Unavailable(_describe(error)) from error
            except (sqlite3.DatabaseError, ValueError) as error:
                if not _is_damage(error):
                    raise
            except OSError as error:
                raise Unavailable(describe_os_error(error)) from error
            self._set_aside(file)
        raise Unavailable("il est abîmé")

    def _connect(self, patience: float) -> sqlite3.Connection:
        if not self._path.exists():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self._path, timeout=patience)
        try:
            connection.execute("PRAGMA secure_delete = ON")
            [version] = connection.execute("PRAGMA user_version").fetchone()
            if version > _VERSION:
                raise Unavailable("une version plus récente de fs-triage le tient ; servez-vous de celle-là")
            if version < _VERSION:
                connection.executescript(_TABLES)
        except BaseException:
            connection.close()
            raise
        return connection

    def _identify(self) -> tuple[int, int] | None:
        try:
            state = self._path.stat()
        except OSError:
            return None
        return state.st_dev, state.st_ino

    def _set_aside(self, file: tuple[int, int] | None) -> None:
        """Give a damaged file another name; not the one that another process has put in its place meanwhile."""
        if self._identify() != file:
            return
        aside = self._path.with_name(f"{_DAMAGED}-{uuid.uuid4().hex[:8]}.sqlite")
        try:
            self._path.replace(aside)
            self._path.with_name(f"{_FILE}-journal").unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable(
                f"il est abîmé et ne peut pas être mis de côté\u00a0: {describe_os_error(error)}"
            ) from error
        self.notices.append(
            f"Le journal des demandes était abîmé ; il est mis de côté («\u00a0{aside}\u00a0»), un nouveau commence."
        )


def _pack(row: Demand | Need) -> tuple[bytes, str, str, str, str]:
    key, week, house, what, outcome = row
    return key.bytes, week.isoformat(), house, what, outcome


def _unpack(row: Sequence[object]) -> tuple[uuid.UUID, date, str, str, str]:
    """Return a row as it was; raises `ValueError` for what cannot be one."""
    key, *texts = row
    if not isinstance(key, bytes):
        raise ValueError
    week, house, what, outcome = _check_texts(texts)
    return uuid.UUID(bytes=key), date.fromisoformat(week), house, what, outcome


def _check_texts(values: Sequence[object]) -> list[str]:
    """Return values as the texts that they were; raises `ValueError` for what is none, or what no server takes."""
    texts = [value for value in values if isinstance(value, str) and "\0" not in value]
    if len(texts) != len(values):
        raise ValueError
    return texts


def _is_damage(error: Exception) -> bool:
    """Return whether an error says that the file is damaged: SQLite itself, or a value that no row of ours has."""
    if not isinstance(error, sqlite3.Error):
        return isinstance(error, ValueError)
    code = getattr(error, "sqlite_errorcode", None)
    return code is None or code & 0xFF in _DAMAGES  # no code: a text that is no UTF-8


def _describe(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return _REASONS.get(code, "le fichier ne se lit ou ne s’écrit pas ; vérifiez le disque")
