"""A folder of rules in; a `Livret`, or the whole list of its problems, out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from fs_triage import places, source, strays
from fs_triage.booklet import Booklet, Elsewhere, Identifiers, Synonyms
from fs_triage.explain import build, draft
from fs_triage.kept import Kept
from fs_triage.model import Partner
from fs_triage.names import nearest
from fs_triage.problem import Problem
from fs_triage.source import Place, Table
from fs_triage.words import fold

BOOKLET = "livret.yaml"
ELSEWHERE = "hors-livret.yaml"
IDENTIFIERS = "identifiants.yaml"
SYNONYMS = "synonymes.yaml"
TO_FILL = "à remplir"
"""What stands for the value of a contact that a new livret has yet to give."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read: where, its state on disk before the reading, and what was in it."""

    path: Path
    size: int
    mtime_ns: int
    inode: int
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class PartnerRules:
    """A partner as modelled, and the table that tells where each thing was typed."""

    model: Partner
    table: Table
    missing: frozenset[str] = frozenset()
    """Contacts inherited from another département and not yet replaced, or yet to be filled: never shown."""
    whole: bool = True
    """Whether nothing was left out because it was wrong."""
    lost: frozenset[str] = frozenset()
    """What was left out (`explain.Built`): not to be missed a second time."""


@dataclass(frozen=True, slots=True)
class Livret:
    """The rules of one département, valid one by one; `checks` holds them against each other."""

    booklet: Booklet
    table: Table
    partners: tuple[PartnerRules, ...]
    elsewhere: Elsewhere
    elsewhere_table: Table | None = None
    identifiers: Identifiers | None = None
    identifiers_table: Table | None = None
    synonyms: Synonyms = field(default_factory=Synonyms)
    whole: bool = True
    """Whether nothing of the booklet was left out because it was wrong."""


@dataclass(slots=True)
class Loaded:
    """What came of loading a folder: the livret when it can be used, every problem, every file read."""

    folder: Path
    livret: Livret | None = None
    draft: Livret | None = None
    """What is right in a livret that cannot be used: only to look for more problems."""
    problems: list[Problem] = field(default_factory=list)
    files: list[SourceFile] = field(default_factory=list)
    kept: Kept = field(default_factory=Kept)
    """What the files hold that can be kept for the next time."""
    hangs: bool = False
    """Whether a reading did not end: none that follows is waited for."""

    @property
    def blocking(self) -> list[Problem]:
        """The problems that stop the desk."""
        return [problem for problem in self.problems if problem.blocking]


def load(folder: Path, kept: Kept | None = None) -> Loaded:
    """Read every rule file of `folder` (a `pathlib.Path`); problems name files by the path as given.

    Files that `kept` knows are not parsed again, unless one of their places is asked for.
    """
    loaded = Loaded(folder, kept=kept or Kept())
    table = _read(folder / BOOKLET, loaded)
    built = draft(Booklet, table, loaded.problems) if table else None
    booklet = built.model if built else None
    if table is None or built is None or booklet is None:
        loaded.problems.sort()
        return loaded
    parent = _parent(folder, booklet, table, loaded) if built.whole else None
    if parent is not None and not booklet.partners:
        booklet = booklet.model_copy(update={"partners": parent.booklet.partners})
    partners = tuple(_partners(folder, booklet, table, parent, loaded))
    elsewhere = _beside(Elsewhere, ELSEWHERE, folder, parent, loaded)
    identifiers = _beside(Identifiers, IDENTIFIERS, folder, parent, loaded)
    loaded.draft = Livret(
        booklet,
        table,
        partners,
        elsewhere[0] or Elsewhere.model_validate({}),
        elsewhere[1],
        *identifiers,
        _synonyms(folder, loaded),
        built.whole,
    )
    loaded.problems.sort()
    if not loaded.problems:
        loaded.livret = loaded.draft
    return loaded


@dataclass(frozen=True, slots=True)
class _Parent:
    """The livret inherited from: its folder and what it says of itself."""

    folder: Path
    booklet: Booklet


def _parent(folder: Path, booklet: Booklet, table: Table, loaded: Loaded) -> _Parent | None:
    """Return the livret that `booklet` extends, None when it extends none or one that cannot serve."""
    if booklet.extends is None:
        if not booklet.partners:
            loaded.problems.append(
                _at(table.place, "missing-key", "il manque la clé « partners »", "ajoutez-la")
            )
        return None
    from fs_triage import livrets

    place = source.place_of(table, ("extends",))
    found = livrets.beside(folder, booklet.extends)
    if found is None:
        hint = nearest(booklet.extends, sorted({*livrets.installed(), *_siblings(folder)}))
        loaded.problems.append(_at(place, "unknown-livret", f"livret inconnu « {booklet.extends} »", hint))
        return None
    content = _read(found / BOOKLET, loaded)
    model = build(Booklet, content, loaded.problems) if content else None
    if model is None:
        return None
    if model.extends is not None or found.resolve() == folder.resolve():
        message = f"« {booklet.extends} » hérite lui-même d’un autre livret"
        loaded.problems.append(
            _at(place, "unknown-livret", message, "héritez d’un livret qui n’hérite de rien")
        )
        return None
    return _Parent(found, model)


def _siblings(folder: Path) -> list[str]:
    """Return the names of the livrets beside the one at `folder`."""
    return [name for name in places.livrets_in(str(folder.absolute().parent)) if name != folder.name]


def _partners(
    folder: Path, booklet: Booklet, table: Table, parent: _Parent | None, loaded: Loaded
) -> Iterator[PartnerRules]:
    for rank, name in enumerate(booklet.partners):
        if name in booklet.partners[:rank]:
            place = source.place_of(table, ("partners", rank))
            loaded.problems.append(
                _at(place, "duplicate-id", f"partenaire « {name} » cité deux fois", "retirez-en un")
            )
            continue
        path = folder / f"{name}.yaml"
        if _is_missing(path) and (parent is None or name not in parent.booklet.partners):
            loaded.files.append(_absent(path))
            place = source.place_of(table, ("partners", rank))
            message = f"partenaire « {name} » sans fichier {name}.yaml"
            hint = strays.remedy(folder, name, names_of(booklet))
            loaded.problems.append(_at(place, "missing-file", message, hint))
            continue
        content, missing = _partner(path, name, parent, loaded)
        built = draft(Partner, content, loaded.problems) if content else None
        if built is None or built.model is None:
            continue
        if built.model.id != name:
            place = source.place_of(built.table, ("id",))
            message = f"« {built.model.id} » dans le fichier {name}.yaml"
            loaded.problems.append(_at(place, "file-name", message, f"écrivez « id: {name} »"))
        missing |= to_fill(built.model)
        yield PartnerRules(built.model, built.table, missing, built.whole, built.lost)


def names_of(booklet: Booklet) -> list[str]:
    """Return the names of the files that the livret of `booklet` is read from."""
    return [BOOKLET, ELSEWHERE, IDENTIFIERS, SYNONYMS, *(f"{name}.yaml" for name in booklet.partners)]


def to_fill(partner: Partner) -> frozenset[str]:
    """Return the contacts of `partner` whose value has yet to be written."""
    return frozenset(
        name
        for name, contact in partner.contacts.items()
        if any(fold(value) == fold(TO_FILL) for _, value in contact.kinds)
    )


def _partner(
    path: Path, name: str, parent: _Parent | None, loaded: Loaded
) -> tuple[Table | None, frozenset[str]]:
    """Return the table of a partner, and the contacts it inherited that are still another département’s."""
    if parent is None or name not in parent.booklet.partners:
        return _read(path, loaded), frozenset()
    inherited = _read(parent.folder / f"{name}.yaml", loaded)
    if inherited is None:
        return None, frozenset()
    from fs_triage import heir

    own = _first_there(path.name, [path.parent], loaded) or Table(inherited.place)
    merged = heir.merge(inherited, own)
    loaded.problems.extend(merged.problems)
    return merged.table, merged.missing


B = TypeVar("B", Elsewhere, Identifiers)


def _beside(
    model: type[B], name: str, folder: Path, parent: _Parent | None, loaded: Loaded
) -> tuple[B | None, Table | None]:
    """Return what an optional file says, the parent's when the livret has none."""
    table = _first_there(name, [folder] if parent is None else [folder, parent.folder], loaded)
    return (build(model, table, loaded.problems), table) if table else (None, None)


def _synonyms(folder: Path, loaded: Loaded) -> Synonyms:
    """Return the words of the desk: the livret's own, else those beside the livrets, else the program's."""
    beside = folder.parent if folder.name else folder.absolute().parent
    table = _first_there(SYNONYMS, [folder, beside, Path(places.own_rules())], loaded)
    return (build(Synonyms, table, loaded.problems) if table else None) or Synonyms()


def _first_there(name: str, folders: list[Path], loaded: Loaded) -> Table | None:
    """Read the first file `name` that is there; those that are absent are noted, so that their coming is noticed."""
    for folder in folders:
        if not _is_missing(folder / name):
            return _read(folder / name, loaded)
        loaded.files.append(_absent(folder / name))
    return None


def _is_missing(path: Path) -> bool:
    return not os.path.lexists(path)


def _absent(path: Path) -> SourceFile:
    return SourceFile(path, -1, 0, 0, "")


def _at(place: Place, code: str, message: str, hint: str = "") -> Problem:
    return Problem(place.path, place.line, place.column, code, message, hint)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (OSError, RuntimeError):
        return None


def _read(path: Path, loaded: Loaded) -> Table | None:
    patience = places.PATIENCE if loaded.kept.old else places.LONG_PATIENCE
    try:
        if loaded.hangs:
            raise places.Silent
        status, (content, problems) = places.within(
            lambda: (_status(path), source.content_of(path, str(path))), patience
        )
    except places.Silent:
        loaded.hangs = True
        status, content = None, b""
        problems = [source.unreadable(str(path), source.SILENT)]
    digest = hashlib.sha256(content).hexdigest()
    table = None
    if not problems:
        table, problems = loaded.kept.read(content, digest, str(path))
    loaded.problems.extend(problems)
    if status is not None:
        loaded.files.append(SourceFile(path, status.st_size, status.st_mtime_ns, status.st_ino, digest))
    return table
