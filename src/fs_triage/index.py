"""Compiling a livret into its index, and putting it in place by one atomic rename.

The index is made in memory; when it cannot be kept (no home, full disk, read-only), the one in memory
answers. Broken rules leave the last good index in use, with a warning that says so.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import tempfile
import time
from pathlib import Path

from fs_triage import places, plain, store
from fs_triage.failure import RULES_UNUSABLE, Failure
from fs_triage.problem import Problem
from fs_triage.store import FORMAT, checksum
from fs_triage.words import fold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.load import Livret, Loaded
    from fs_triage.records import Conclusion
    from fs_triage.tree import Tree

_MONTHS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()  # noqa: SIM905
)
_SCHEMA = """
CREATE TABLE entry (key TEXT PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE source (path TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, inode INTEGER, sha256 TEXT, crc INTEGER);
"""


def rebuild(folder: str, path: str | None, notices: list[str]) -> sqlite3.Connection:
    """Return an open index of the livret at `folder`, kept at `path` when that can be done.

    Adds to `notices` what the counsellor must know. Raises `Failure` when the rules cannot be used and no
    earlier index can answer.
    """
    old = _last_good(path)
    if old is not None and _same_content(old):
        return _keep(old, _states(_paths_of(old)), path, notices)
    from fs_triage import checks, load

    loaded = load.load(Path(folder))
    if loaded.livret is not None:
        loaded.problems += checks.blocking(loaded.livret)
    if loaded.livret is None or loaded.blocking:
        return _serve_last_good(old, loaded, path, notices)
    return _keep(compile_livret(loaded.livret), _read_states(loaded), path, notices)


def compile_livret(livret: Livret) -> sqlite3.Connection:
    """Return the index of `livret`, in memory, without its sources."""
    from fs_triage import tree

    grown = tree.grow(livret)
    entries = _entries(livret, grown)
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(_SCHEMA)
    _write(connection, entries)
    return connection


def _entries(livret: Livret, grown: Tree) -> dict[str, str]:
    entries = {"meta:livret": livret.booklet.id, "meta:title": livret.booklet.title, "meta:format": FORMAT}
    entries["meta:departement"] = livret.booklet.departement
    entries["meta:source"] = livret.booklet.source
    entries["meta:partners"] = " ".join(livret.booklet.partners)
    labels = {rules.model.id: rules.model.label for rules in livret.partners}
    positions = {node: rank for rank, node in enumerate(grown.conclusions)}
    words: dict[str, list[int]] = {}
    for node, conclusion in grown.conclusions.items():
        rank = positions[node]
        blocked = [grown.conclusions[target] for target in conclusion["if_blocked"]]
        entries[f"json:{rank:06}"] = _json(conclusion)
        entries[f"text:{rank:06}"] = plain.conclusion_text(conclusion, labels[conclusion["partner"]], blocked)
        entries[f"line:{rank:06}"] = plain.conclusion_line(conclusion)
        entries[f"node:{node}"] = f"{rank} {rank + 1} conclusion {grown.blocked.get(node, '')}".rstrip()
        for word in sorted(set(fold(" ".join([*grown.names[node], node])).split())):
            words.setdefault(word, []).append(rank)
    for node, question in grown.questions.items():
        ranks = [positions[below] for below in grown.below(node)]
        entries[f"node:{node}"] = f"{ranks[0]} {ranks[-1] + 1} question"
        entries[f"question:{node}"] = _json(question)
        if node == question["partner"] or not node:
            entries[f"span-json:{node}"] = entries[f"span-line:{node}"] = f"{ranks[0]} {ranks[-1] + 1}"
    entries |= {f"word:{word}": " ".join(map(str, ranks)) for word, ranks in words.items()}
    entries |= _aliases(livret)
    entries |= _contacts(livret, grown)
    for kind in ("json", "text", "line", "contact", "contact-line"):
        entries[f"count:{kind}"] = str(sum(1 for key in entries if key.startswith(f"{kind}:")))
    return entries


def _aliases(livret: Livret) -> dict[str, str]:
    """Return the names of each partner, folded: each may stand for its id."""
    return {
        f"alias:{fold(name)}": rules.model.id
        for rules in livret.partners
        for name in (rules.model.id, rules.model.label, rules.model.name, *rules.model.keywords)
    }


def _contacts(livret: Livret, grown: Tree) -> dict[str, str]:
    entries: dict[str, str] = {}
    rank = 0
    for rules in livret.partners:
        partner, first = rules.model.id, rank
        users: dict[str, list[Conclusion]] = {}
        shown = {}
        for conclusion in grown.conclusions.values():
            for contact in conclusion["contacts"] if conclusion["partner"] == partner else ():
                users.setdefault(contact["id"], []).append(conclusion)
                shown[contact["id"]] = contact
        for name, conclusions in users.items():
            record = {"partner": partner, **{k: v for k, v in shown[name].items() if k != "when"}}
            record["used_by"] = [conclusion["id"] for conclusion in conclusions]
            entries[f"contact:{rank:06}"] = _json(record)
            entries[f"contact-line:{rank:06}"] = plain.contact_line(partner, shown[name], conclusions)
            rank += 1
        entries[f"span-contact:{partner}"] = f"{first} {rank}"
    return entries


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _write(connection: sqlite3.Connection, entries: dict[str, str]) -> None:
    entries |= {
        "meta:program": _program(),
        "meta:warning": "",
        "meta:date": _today(),
        "meta:built": str(time.time_ns()),
    }
    entries["meta:entries"] = str(len(entries) + 1)
    rows = [(key, value, checksum(key, value)) for key, value in sorted(entries.items())]
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO entry VALUES (?, ?, ?)", rows)
    connection.execute("COMMIT")


def _set(connection: sqlite3.Connection, key: str, value: str) -> None:
    row = (key, value, checksum(key, value))
    connection.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", row)


def _today() -> str:
    now = time.localtime()
    return f"{now.tm_mday} {_MONTHS[now.tm_mon - 1]} {now.tm_year} à {now.tm_hour:02}:{now.tm_min:02}"


def _last_good(path: str | None) -> sqlite3.Connection | None:
    """Return a copy in memory of the index at `path` if every entry of it is sound."""
    if path is None:
        return None
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.deserialize(Path(path).read_bytes())
        kept = store.Store("", connection, [])
        kept._healed = True
        kept._check_all("")
        if kept._get("meta:program") == _program() and store.sources(connection):
            return connection
    except (OSError, sqlite3.Error, store.Damaged, UnicodeDecodeError, OverflowError):
        pass
    connection.close()
    return None


def _paths_of(connection: sqlite3.Connection) -> list[str]:
    return [path for (path,) in connection.execute("SELECT path FROM source ORDER BY path")]


def _same_content(old: sqlite3.Connection) -> bool:
    row = old.execute("SELECT value FROM entry WHERE key = 'meta:warning'").fetchone()
    rows = old.execute("SELECT path, sha256 FROM source").fetchall()
    return (row is None or not row[0]) and all(_digest(path) == sha256 for path, sha256 in rows)


def _digest(path: str) -> str:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return ""


def _program_files() -> list[str]:
    return sorted(str(path) for path in Path(places.PACKAGE).glob("*.py"))


def _program() -> str:
    """Return what tells this program from another one: an index made by another is not served."""
    return hashlib.sha256("".join(_digest(path) for path in _program_files()).encode()).hexdigest()


def _states(paths: list[str]) -> list[tuple[store.Source, str]]:
    return [(store.state_of(path), _digest(path)) for path in paths]


def _read_states(loaded: Loaded) -> list[tuple[store.Source, str]]:
    """Return the states of the files read, then of the files that make the program."""
    read = [((os.path.abspath(f.path), f.size, f.mtime_ns, f.inode), f.sha256) for f in loaded.files]
    return read + _states(_program_files())


def _serve_last_good(
    old: sqlite3.Connection | None, loaded: Loaded, path: str | None, notices: list[str]
) -> sqlite3.Connection:
    blocking = loaded.blocking
    if old is None:
        raise Failure(RULES_UNUSABLE, refusal(str(loaded.folder), blocking))
    date = old.execute("SELECT value FROM entry WHERE key = 'meta:date'").fetchone()[0]
    more = f" (et {len(blocking) - 1} autres)" if len(blocking) > 1 else ""
    first = f"{blocking[0].path}:{blocking[0].line} : {blocking[0].message}{more}"
    warning = (
        f"Attention : les règles ont un problème ({first}) ; livret tel qu’il était le {date}. "
        "Voyez « fs-triage verifier »."
    )
    notices.append(warning)
    _set(old, "meta:warning", warning)
    read = {state[0]: (state, sha256) for state, sha256 in _read_states(loaded)}
    missing = [path for path in _paths_of(old) if path not in read]
    return _keep(old, [*read.values(), *_states(missing)], path, notices)


def refusal(folder: str, problems: list[Problem]) -> str:
    """Return the sentence that says why the rules of `folder` cannot be used."""
    first = f"{problems[0].path}:{problems[0].line} : {problems[0].message}"
    more = f", et {len(problems) - 1} autres" if len(problems) > 1 else ""
    return f"Les règles ne peuvent pas servir ({first}{more}) ; voyez « fs-triage verifier {folder} »."


def _keep(
    connection: sqlite3.Connection,
    states: list[tuple[store.Source, str]],
    path: str | None,
    notices: list[str],
) -> sqlite3.Connection:
    """Note what the index was built from, and put it in place at `path`."""
    connection.execute("DELETE FROM source")
    for (name, size, mtime, inode), sha256 in states:
        crc = checksum(name, f"{size} {mtime} {inode}")
        connection.execute(
            "INSERT INTO source VALUES (?, ?, ?, ?, ?, ?)", (name, size, mtime, inode, sha256, crc)
        )
    _set(connection, "meta:built", str(time.time_ns()))
    if path is None:
        notices.append(
            "Note : pas de dossier personnel où garder le livret préparé ; réponse lente mais juste."
        )
        return connection
    try:
        _place(connection.serialize(), Path(path))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "erreur du système"
        notices.append(
            f"Note : le livret préparé n’a pas pu être gardé ({reason}) ; réponse lente mais juste."
        )
    return connection


def _place(content: bytes, path: Path) -> None:
    """Write `content` beside `path`, then rename it there: a reader sees the old or the new, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f"{path.stem}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
