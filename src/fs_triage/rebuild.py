"""Compiling a livret into its index.

The index is made in memory; when it cannot be kept (no home, full disk, read-only), the one in memory
answers. Broken rules leave the last good index in use, with a warning that says so.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import os
import sqlite3
import time
from functools import cache
from pathlib import Path

from fs_triage.contract import RULES_UNUSABLE, Failure, describe_os_error
from fs_triage.files import folders, placing, timeout
from fs_triage.index import reader
from fs_triage.index.reader import FORMAT, Store, checksum
from fs_triage.rules.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from fs_triage.index.build import Entries
    from fs_triage.rules.load import Livret, LoadResult

    File = tuple[reader.Source, str]
    Files = list[File]

_MONTHS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()  # noqa: SIM905
)
_MEMORY = 1 << 25  # bytes that a compilation takes at least
_ABSENT = "-"  # instead of the hash of a content
_SCHEMA = (
    "CREATE TABLE entry (key TEXT PRIMARY KEY, value TEXT NOT NULL, next TEXT NOT NULL, crc INTEGER NOT NULL)"
    " WITHOUT ROWID"
)


def rebuild(folder: str, path: str | None, notices: list[str]) -> sqlite3.Connection:
    """Return an open index of the livret at `folder`, kept at `path` when that can be done.

    Adds to `notices` what the counsellor must know. Raises `Failure` when the rules cannot be used and no
    earlier index can answer.
    """
    bytes(
        _MEMORY
    )  # a library that is short of it may end the process; nothing is written, so none is used up
    old = last_good(folder, path)
    missing = _missing(folder, old)
    files: Files = []
    if old is not None and not missing and not old["meta:warning"]:
        try:
            files = _again(old)
        except timeout.DiskTimeout:
            missing = "ne répond pas"
    if missing and old is not None:
        notices.append(
            f"Attention : le dossier des règles {missing} ; livret tel qu’il était le {old['meta:date']}."
        )
        return _connection(old)
    if missing:
        raise Failure(RULES_UNUSABLE, f"Le dossier de règles « {folder} » {missing} ; vérifiez-le.")
    if old is not None and files and [sha for _, sha in files] == [sha for _, sha in _files_of(old)]:
        return _keep(old, files, old, path, notices)
    with _undisturbed():
        return _compile(folder, old, path, notices)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Surround work whose results stay to the end: looking for what does not would cost a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # nor will it be looked for among what is there now
        gc.enable()


def learn(taught: Store) -> sqlite3.Connection:
    """Return the index of an open livret with what a search needs, put in its place when that can be done.

    Raises one of `store.UNSOUND` when it cannot be read whole.
    """
    from fs_triage.search import train

    with _undisturbed():
        entries = dict(taught.entries())
        connection = _connection(train.train_model(entries))
    path = folders.find_index_path(taught.folder) if taught.folder else None
    if path is not None and placing.holds(path, entries["meta:stamp"]):
        placing.put(connection, path)
    return connection


def compile_livret(livret: Livret) -> sqlite3.Connection:
    """Return the index of `livret`, in memory, without its sources."""
    from fs_triage.index.build import entries_of

    return _connection(entries_of(livret) | {"meta:content": ""})


def _proved(old: Entries | None) -> set[tuple[str, str]]:
    """Return the kinds and values of the contacts of an index that served, which need no second look."""
    shown = [json.loads(value) for value in _of_kind(old, "contact").values()]
    values = {(contact["kind"], contact["value"]) for contact in shown}
    return values | {("hours", contact["hours"]) for contact in shown}


def _of_kind(old: Entries | None, kind: str) -> Entries:
    """Return the entries of a kind in an earlier index, by what follows it in their keys."""
    start = len(kind) + 1
    return {key[start:]: value for key, value in (old or {}).items() if key.startswith(f"{kind}:")}


def refusal(folder: str, problems: list[Problem]) -> str:
    """Return the sentence that says why the rules of `folder` cannot be used."""
    first = f"{problems[0].path}:{problems[0].line} : {problems[0].message}"
    more = f", et {len(problems) - 1} autres" if len(problems) > 1 else ""
    return f"Les règles ne peuvent pas servir ({first}{more}) ; voyez « fs-triage verifier {folder} »."


def _missing(folder: str, old: Entries | None) -> str:
    """Return what is wrong with the folder of the rules as a whole, nothing when it can be read."""

    def look() -> bool:
        return os.path.lexists(os.path.join(folder, folders.BOOKLET)) or bool(os.listdir(folder))

    try:
        there = timeout.call_with_timeout(
            look, timeout.LONG_TIMEOUT if old is None else timeout.SHORT_TIMEOUT
        )
        return "" if there else "est vide"
    except timeout.DiskTimeout:
        return "ne répond pas"
    except (FileNotFoundError, NotADirectoryError):
        return "est introuvable"
    except OSError as error:
        return f"est illisible ({describe_os_error(error)})"


def _compile(folder: str, old: Entries | None, path: str | None, notices: list[str]) -> sqlite3.Connection:
    from fs_triage.checks import completeness
    from fs_triage.checks.verify import find_blocking_problems
    from fs_triage.rules import load
    from fs_triage.rules.kept import ParseCache

    loaded = load.load_livret(Path(folder), ParseCache(_of_kind(old, "~file")))
    if loaded.livret is not None:
        loaded.problems += find_blocking_problems(loaded.livret, _proved(old))
    loaded.problems = completeness.drop_consequences(
        loaded.problems, completeness.find_losses(old or {}, loaded)
    )
    unread = {os.path.abspath(problem.path) for problem in loaded.problems if problem.code == "unreadable"}
    files = [((os.path.abspath(f.path), f.size, f.mtime_ns, f.inode), f.sha256) for f in loaded.files]
    files = [file for file in files if file[0][0] not in unread] + [_unread(name) for name in sorted(unread)]
    if loaded.livret is not None and not loaded.blocking_problems:
        from fs_triage.index.build import entries_of

        entries = entries_of(loaded.livret, old)
        entries |= {
            "meta:format": FORMAT,
            "meta:folder": _kept_name(folder),
            "meta:program": _program(),
            "meta:warning": "",
            "meta:date": _today(),
            "meta:content": "".join(sha256 for _, sha256 in files),
        }
        entries |= {f"~file:{sha256}": held for sha256, held in loaded.kept.now.items()}
        entries |= completeness.pack_files(loaded, old or {})
        return _keep(entries, files, old, path, notices)
    if old is None:
        raise Failure(RULES_UNUSABLE, refusal(folder, loaded.blocking_problems))
    warning = _warning(loaded, old["meta:date"])
    notices.append(warning)
    read = {state[0] for state, _ in files}
    others = [name for (name, *_), _ in _files_of(old) if name not in read]
    files += [(reader.state_of(name), _ABSENT) for name in others]  # all is read anew after a warning
    return _keep(old | {"meta:warning": warning}, files, old, path, notices)


def _warning(loaded: LoadResult, date: str) -> str:
    problem, *others = loaded.blocking_problems
    more = f" (et {len(others)} autres)" if others else ""
    said = (
        f"Attention : les règles ont un problème ({problem.path}:{problem.line} : {problem.message}{more}) ; "
        f"livret tel qu’il était le {date}. "
        f"Voyez « fs-triage verifier {os.path.abspath(loaded.folder)} »."
    )
    return said.encode("utf-8", "backslashreplace").decode()  # a file name need not be text


def _connection(entries: Entries) -> sqlite3.Connection:
    """Return an index of `entries` in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(_SCHEMA)
    keys = sorted({"", *entries})
    following = [*keys[1:], ""]
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO entry VALUES (?, ?, ?, ?)",
        (
            (key, value, after, checksum(key, value, after))
            for key, after in zip(keys, following, strict=True)
            for value in [entries.get(key, "")]
        ),
    )
    connection.execute("COMMIT")
    return connection


def _today() -> str:
    now = time.localtime()
    return f"{now.tm_mday} {_MONTHS[now.tm_mon - 1]} {now.tm_year} à {now.tm_hour:02}:{now.tm_min:02}"


def last_good(folder: str, path: str | None) -> Entries | None:
    """Return the entries of the index at `path`, if this program made it of `folder` and all of them are sound."""
    connection = reader.connect(path) if path is not None else None
    if connection is None:
        return None
    try:
        entries = dict(Store("", connection, []).entries())
    except reader.UNSOUND:
        return None
    finally:
        connection.close()
    expected = {"meta:format": FORMAT, "meta:program": _program(), "meta:folder": _kept_name(folder)}
    return entries if expected.items() <= entries.items() else None


def _kept_name(folder: str) -> str:
    return folders.encode_path(os.path.abspath(folder))


def _files_of(old: Entries) -> Files:
    """Return the rule files that an index was built from: their states, and the hashes of their contents."""
    kept = [value for key, value in sorted(old.items()) if key.startswith("source:")]
    return [(reader.source_of(value), value.split(" ", 4)[3]) for value in kept]


def _again(old: Entries) -> Files:
    """Return the files that an index was built from as they are now; raises `timeout.DiskTimeout`."""
    return [_as_it_is(path) for (path, *_), _ in _files_of(old)]


def _as_it_is(path: str) -> File:
    """Return a rule file as it is now, read as `load` reads it; raises `timeout.DiskTimeout`."""
    from fs_triage.rules import yaml_reader

    state = reader.state_of(path)
    if state[1] < 0 and not os.path.lexists(path):
        return state, _ABSENT
    content, problems = timeout.call_with_timeout(lambda: yaml_reader.read_content(Path(path), path))
    return _unread(path) if problems else (state, hashlib.sha256(content).hexdigest())


def _unread(path: str) -> File:
    """Return a file that could not be read in a state that no file has: each start tries it again."""
    return (path, -2, 0, 0), "?"


def _program_files() -> list[str]:
    return sorted(str(path) for path in Path(folders.PACKAGE).rglob("*.py"))


def _program() -> str:
    """Return what tells this program from another one: an index made by another is not served."""
    return hashlib.sha256("".join(sha256 for _, sha256 in _program_states()).encode()).hexdigest()


def _program_states() -> Files:
    return [(state, _digest_of(state)) for state in map(reader.state_of, _program_files())]


@cache
def _digest_of(state: reader.Source) -> str:
    """Return the hash of a file of the program, which is asked for several times in one compilation."""
    try:
        return hashlib.sha256(Path(state[0]).read_bytes()).hexdigest()
    except OSError:
        return _ABSENT


def _keep(
    entries: Entries, files: Files, old: Entries | None, path: str | None, notices: list[str]
) -> sqlite3.Connection:
    """Return an index of `entries` that notes what it was built from, put in place at `path`."""
    now = time.time_ns()
    since = now
    if old is not None and [state for state, _ in files] == [state for state, _ in _files_of(old)]:
        since = int(old["meta:stamp"].split()[1])
    entries = {key: value for key, value in entries.items() if not key.startswith(("source:", "program:"))}
    entries["meta:stamp"] = f"{now} {since}"
    for kind, states in (("source", files), ("program", _program_states())):
        for rank, ((name, size, mtime, inode), sha256) in enumerate(states):
            text = f"{size} {mtime} {inode} {sha256 or _ABSENT} {folders.encode_path(name)}"
            entries[f"{kind}:{rank:06}"] = text
    connection = _connection(entries)
    note = placing.put(connection, path)
    if note and not notices:  # one line at most: a warning matters more
        notices.append(note)
    return connection
