"""Making the compiled livret anew from the rules, which `livret` asks for when what is there cannot serve.

When it cannot be kept (no home, full disk, read-only), the one in memory answers. Broken rules leave the last good
livret in use, with a warning that says so.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fs_triage import PACKAGE
from fs_triage.contract import RULES_UNUSABLE, DiskTimeout, Failure, describe_os_error
from fs_triage.files import folders
from fs_triage.files.checked_file import CheckedFile, Damaged, load_file
from fs_triage.files.livret_cache import MODEL, TEXTS, LivretCache
from fs_triage.files.timeout import LONG_TIMEOUT, SHORT_TIMEOUT, call_with_timeout
from fs_triage.index import rule_texts
from fs_triage.index.build import Origin, build_sections, pack_index
from fs_triage.index.freshness import UNREADABLE, FileState, Stamp, identify_program, read_state
from fs_triage.index.reader import KIND, Reader
from fs_triage.index.rule_texts import RuleTexts, compute_key, pack_rule_texts
from fs_triage.rules.problem import Problem
from fs_triage.text.days import MONTHS

if TYPE_CHECKING:
    from fs_triage.rules.load import Livret, LoadResult

_MEMORY = 1 << 25  # bytes that a compilation takes at least
_ABOVE = {"__main__.py", "cli", "delivery", "counts", "desk", "author", "livret.py", "livret_choice.py"}
"""The rooms above this one: nothing of them gets into an index."""
_ABSENT = "-"  # instead of the hash of a content


@dataclass(frozen=True)
class Built:
    """A livret as it was built: its index, loaded, and the texts that it was made from, None where they are lost."""

    index: Reader
    texts: RuleTexts | None


def rebuild(folder: str, cache: LivretCache | None, notices: list[str]) -> Built:
    """Return the livret at `folder`, kept in `cache` when that can be done.

    Adds to `notices` what the counsellor must know. Raises `Failure` when the rules cannot be used and no
    earlier index can answer.
    """
    bytes(_MEMORY)  # without it a library may end the process; nothing is written, so none is used up
    old = open_last_good(folder, cache)
    missing = _describe_absence(folder, old)
    sources: list[FileState] = []
    if old is not None and not missing and not old.index.stamp.warning:
        try:
            sources = [_read_source(source.path) for source in old.index.list_sources()]
        except DiskTimeout:
            missing = "ne répond pas"
    if missing and old is not None:
        date = old.index.stamp.date
        notices.append(f"Attention : le dossier des règles {missing} ; livret tel qu’il était le {date}.")
        return old
    if missing:
        raise Failure(RULES_UNUSABLE, f"Le dossier de règles « {folder} » {missing} ; vérifiez-le.")
    is_same = old is not None and sources and _list_hashes(sources) == _list_hashes(old.index.list_sources())
    if old is not None and old.texts is not None and is_same:
        return _renew(old, sources, "", cache, notices)
    with _garbage_collection_paused():
        return _build_from_rules(folder, old, cache, notices)


@contextlib.contextmanager
def _garbage_collection_paused() -> Iterator[None]:
    """Surround work whose results stay to the end: looking for what does not would cost a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # nor will it be looked for among what is there now
        gc.enable()


def train_model(texts: RuleTexts, key: str, cache: LivretCache | None) -> bytes:
    """Return the content of the model that an index knows by `key`, kept in `cache` when that can be done."""
    from fs_triage.search.train import train

    with _garbage_collection_paused():
        content = train(texts.read_training_set())
    if cache is not None:
        with contextlib.suppress(OSError):
            cache.write(key, MODEL, content)
    return content


def compile_livret(livret: Livret) -> Built:
    """Return `livret` built as it stands, which belongs to no file."""
    return _open_packed(*_pack_livret(livret, {}, [], folder="", date="", old=None))


def _list_checked_contacts(old: Built | None) -> set[tuple[str, str]]:
    """Return the kinds and values of the contacts of an index that served, which need no second look."""
    shown = [json.loads(contact) for contact in old.index.list_contacts_json()] if old is not None else []
    values = {(contact["kind"], contact["value"]) for contact in shown}
    return values | {("hours", contact["hours"]) for contact in shown}


def build_refusal(folder: str, problems: list[Problem]) -> str:
    """Return the sentence that says why the rules of `folder` cannot be used."""
    first = f"{problems[0].path}:{problems[0].line} : {problems[0].message}"
    more = f", et {len(problems) - 1} autres" if len(problems) > 1 else ""
    return f"Les règles ne peuvent pas servir ({first}{more}) ; {_advise(folder)}."


def _advise(folder: str) -> str:
    """Return what to do about the rules of `folder`: those that were received are not to be mended by hand."""
    received = folders.find_data_folder()
    if received is not None and Path(os.path.abspath(folder)).is_relative_to(received):
        return "« fs-triage maj » les reçoit de nouveau"
    return f"voyez « fs-triage verifier {folder} »"


def _describe_absence(folder: str, old: Built | None) -> str:
    """Return what is wrong with the folder of the rules as a whole, nothing when it can be read."""

    def look() -> bool:
        return os.path.lexists(os.path.join(folder, folders.BOOKLET)) or bool(os.listdir(folder))

    try:
        there = call_with_timeout(look, LONG_TIMEOUT if old is None else SHORT_TIMEOUT)
        return "" if there else "est vide"
    except DiskTimeout:
        return "ne répond pas"
    except (FileNotFoundError, NotADirectoryError):
        return "est introuvable"
    except OSError as error:
        return f"est illisible ({describe_os_error(error)})"


def _build_from_rules(folder: str, old: Built | None, cache: LivretCache | None, notices: list[str]) -> Built:
    from fs_triage.checks import completeness
    from fs_triage.checks.verify import find_blocking_problems, tell_in_own_files
    from fs_triage.rules import load

    loaded = load.load_livret(Path(folder), LONG_TIMEOUT if old is None else SHORT_TIMEOUT)
    if loaded.livret is not None and loaded.livret.is_common:
        message = f"« {folder} » est commun à tous les départements ; choisissez un livret qui en hérite"
        raise Failure(RULES_UNUSABLE, f"{message}, ou commencez-en un avec « fs-triage nouveau ».")
    if loaded.livret is not None:
        problems = find_blocking_problems(loaded.livret, _list_checked_contacts(old))
        loaded.problems += tell_in_own_files(problems, loaded.livret)
    before = old.texts.read_contents() if old is not None and old.texts is not None else {}
    loaded.problems = completeness.drop_consequences(
        loaded.problems, completeness.find_losses(before, loaded)
    )
    unread = {os.path.abspath(problem.path) for problem in loaded.problems if problem.code == "unreadable"}
    files = [
        FileState(os.path.abspath(file.path), file.size, file.mtime_ns, file.inode, file.sha256 or _ABSENT)
        for file in loaded.files
    ]
    sources = [file for file in files if file.path not in unread] + [
        _build_unread_state(name) for name in sorted(unread)
    ]
    if loaded.livret is not None and not loaded.blocking_problems:
        contents = {os.path.abspath(file.path): file.content for file in loaded.files if file.size >= 0}
        built = _pack_livret(
            loaded.livret, contents, sources, folder=os.path.abspath(folder), date=_format_now(), old=old
        )
        _write_to_cache(*built, old=old, cache=cache, notices=notices)
        return _open_packed(*built)
    if old is None:
        raise Failure(RULES_UNUSABLE, build_refusal(folder, loaded.blocking_problems))
    warning = _build_warning(loaded, old.index.stamp.date)
    notices.append(warning)
    read = {source.path for source in sources}
    sources += [  # all is read anew after a warning
        _add_hash(read_state(source.path), _ABSENT)
        for source in old.index.list_sources()
        if source.path not in read
    ]
    return _renew(old, sources, warning, cache, notices)


def _pack_livret(
    livret: Livret,
    contents: Mapping[str, bytes],
    sources: list[FileState],
    *,
    folder: str,
    date: str,
    old: Built | None,
) -> tuple[bytes, bytes]:
    """Return the contents of an index and of its texts."""
    from fs_triage.rules.flatten import flatten_livret
    from fs_triage.search.training_set import build_training_set

    tree = flatten_livret(livret)
    training_set = json.dumps(build_training_set(livret, tree), ensure_ascii=False)
    texts = pack_rule_texts(training_set, contents)
    now = time.time_ns()
    stamp = Stamp(
        folder=folder,
        program=_identify_program(),
        texts=compute_key(texts),
        model=compute_key(training_set + _identify_program()),
        date=date,
        warning="",
        read_ns=now,
        since_ns=_find_unchanged_since(old, sources, now),
    )
    nodes = {*tree.questions, *tree.conclusions}
    renamed = livret.identifiers.find_moved(nodes) if livret.identifiers is not None else {}
    origin = Origin(stamp=stamp, sources=sources, program_files=_list_program_files())
    return pack_index(build_sections(livret, tree, renamed), origin), texts


def _open_packed(index: bytes, texts: bytes) -> Built:
    reader = Reader(CheckedFile(KIND, content=index))
    return Built(reader, RuleTexts(CheckedFile(rule_texts.KIND, content=texts)))


def _build_warning(loaded: LoadResult, date: str) -> str:
    problem, *others = loaded.blocking_problems
    more = f" (et {len(others)} autres)" if others else ""
    said = (
        f"Attention : les règles ont un problème ({problem.path}:{problem.line} : {problem.message}{more}) ; "
        f"livret tel qu’il était le {date}. "
    )
    advice = _advise(os.path.abspath(loaded.folder))
    said += f"{advice[0].upper()}{advice[1:]}."
    return said.encode("utf-8", "backslashreplace").decode()  # a file name need not be text


def _format_now() -> str:
    now = time.localtime()
    return f"{now.tm_mday} {MONTHS[now.tm_mon - 1]} {now.tm_year} à {now.tm_hour:02}:{now.tm_min:02}"


def open_last_good(folder: str, cache: LivretCache | None) -> Built | None:
    """Return the newest index that was kept, if this program made it of `folder` and all of it is sound."""
    path = cache.find_index() if cache is not None else None
    if path is None or cache is None:
        return None
    try:
        index = Reader(load_file(KIND, path))
    except Damaged:
        return None
    if index.stamp.program != _identify_program() or index.stamp.folder != os.path.abspath(folder):
        return None
    try:
        texts = RuleTexts(load_file(rule_texts.KIND, cache.get_path(index.stamp.texts, TEXTS)))
    except Damaged:
        return Built(index, None)
    return Built(index, texts)


def _list_hashes(files: list[FileState]) -> list[str]:
    return [file.sha256 for file in files]


def _read_source(path: str) -> FileState:
    """Return a rule file as it is now, read as `load` reads it; raises `DiskTimeout`."""
    from fs_triage.rules import yaml_reader

    state = read_state(path)
    if state.size < 0 and not os.path.lexists(path):
        return _add_hash(state, _ABSENT)
    content, problems = call_with_timeout(lambda: yaml_reader.read_content(Path(path), path))
    return _build_unread_state(path) if problems else _add_hash(state, hashlib.sha256(content).hexdigest())


def _add_hash(state: FileState, sha256: str) -> FileState:
    state.sha256 = sha256
    return state


def _build_unread_state(path: str) -> FileState:
    """Return a file that could not be read in a state that no file has: each start tries it again."""
    return FileState(path, UNREADABLE, 0, 0, "?")


@cache
def _list_program_files() -> list[FileState]:
    """Return the files of the program, where they may be edited; none of one that was installed.

    Those of the rooms above this one are left out, as nothing of them gets into what is made here.
    """
    if os.path.isdir(os.path.join(PACKAGE, "livrets")):
        return []
    paths = sorted(Path(PACKAGE).rglob("*.py"))
    states = [read_state(str(path)) for path in paths if path.relative_to(PACKAGE).parts[0] not in _ABOVE]
    for state in states:
        state.sha256 = hashlib.sha256(Path(state.path).read_bytes()).hexdigest()
    return states


def _identify_program() -> str:
    """Return what tells this program from another one: an index made by another is not served."""
    states = _list_program_files()
    if not states:
        return identify_program()
    return hashlib.sha256("".join(_list_hashes(states)).encode()).hexdigest()


def _find_unchanged_since(old: Built | None, sources: list[FileState], now: int) -> int:
    """Return since when the states of the files are what they are, as far as is known."""
    before = old.index.list_sources() if old is not None else []
    if old is None or len(before) != len(sources):
        return now
    same = all(one.is_same(other) for one, other in zip(before, sources, strict=True))
    return old.index.stamp.since_ns if same else now


def _renew(
    old: Built, sources: list[FileState], warning: str, cache: LivretCache | None, notices: list[str]
) -> Built:
    """Return an earlier livret with the files as they are now."""
    stamp = old.index.stamp
    now = time.time_ns()
    stamp.since_ns, stamp.read_ns, stamp.warning = _find_unchanged_since(old, sources, now), now, warning
    file = old.index.file
    sections = {name: file.read_section(name) for name in file.list_sections()}
    index = pack_index(sections, Origin(stamp=stamp, sources=sources, program_files=_list_program_files()))
    _write_to_cache(index, None, old=old, cache=cache, notices=notices)
    return Built(Reader(CheckedFile(KIND, content=index)), old.texts)


def _write_to_cache(
    index: bytes,
    texts: bytes | None,
    *,
    old: Built | None,
    cache: LivretCache | None,
    notices: list[str],
) -> None:
    """Put an index in the cache, and its texts where they are new; where that cannot be done, say so."""
    stamp = Reader(CheckedFile(KIND, content=index)).stamp
    if cache is None:
        note = "Note : pas de dossier personnel où garder le livret préparé ; réponse lente mais juste."
    else:
        try:
            if texts is not None:
                cache.write(stamp.texts, TEXTS, texts)
            cache.write_index(index)
            cache.sweep(stamp.texts, stamp.model)
            return
        except OSError as error:
            before = old.index.stamp if old is not None else None
            cache.sweep(*(() if before is None else (before.texts, before.model)))
            why = describe_os_error(error)
            note = f"Note : le livret préparé n’a pas pu être gardé ({why}) ; réponse lente mais juste."
    if not notices:  # one line at most: a warning matters more
        notices.append(note)
