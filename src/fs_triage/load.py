"""A folder of rules in; a `Livret`, or the whole list of its problems, out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fs_triage import source
from fs_triage.explain import build
from fs_triage.model import Booklet, Elsewhere, Partner
from fs_triage.problem import Problem
from fs_triage.source import Place, Table

BOOKLET = "livret.yaml"
ELSEWHERE = "hors-livret.yaml"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read: where, its state on disk before the reading, and what was in it."""

    path: Path
    size: int
    mtime_ns: int
    inode: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PartnerRules:
    """A partner as modelled, and the table that tells where each thing was typed."""

    model: Partner
    table: Table
    missing: frozenset[str] = frozenset()
    """Contacts inherited from another département and not yet replaced: never to be shown."""


@dataclass(frozen=True, slots=True)
class Livret:
    """The rules of one département, valid one by one; `checks` holds them against each other."""

    booklet: Booklet
    table: Table
    partners: tuple[PartnerRules, ...]
    elsewhere: Elsewhere


@dataclass(slots=True)
class Loaded:
    """What came of loading a folder: the livret when it can be used, every problem, every file read."""

    folder: Path
    livret: Livret | None = None
    problems: list[Problem] = field(default_factory=list)
    files: list[SourceFile] = field(default_factory=list)

    @property
    def blocking(self) -> list[Problem]:
        """The problems that stop the desk."""
        return [problem for problem in self.problems if problem.blocking]


def load(folder: Path) -> Loaded:
    """Read every rule file of `folder` (a `pathlib.Path`); problems name files by the path as given."""
    loaded = Loaded(folder)
    table = _read(folder / BOOKLET, loaded)
    booklet = build(Booklet, table, loaded.problems) if table else None
    if table is None or booklet is None:
        loaded.problems.sort()
        return loaded
    partners = tuple(_partners(folder, booklet, table, loaded))
    elsewhere = _elsewhere(folder, loaded)
    loaded.problems.sort()
    if not loaded.problems and elsewhere is not None:
        loaded.livret = Livret(booklet, table, partners, elsewhere)
    return loaded


def _partners(folder: Path, booklet: Booklet, table: Table, loaded: Loaded) -> Iterator[PartnerRules]:
    for rank, name in enumerate(booklet.partners):
        if name in booklet.partners[:rank]:
            place = source.place_of(table, ("partners", rank))
            loaded.problems.append(_at(place, "duplicate-id", f"partenaire « {name} » cité deux fois"))
            continue
        content = _read(folder / f"{name}.yaml", loaded)
        model = build(Partner, content, loaded.problems) if content else None
        if content is None or model is None:
            continue
        if model.id != name:
            place = source.place_of(content, ("id",))
            message = f"« {model.id} » dans le fichier {name}.yaml"
            loaded.problems.append(_at(place, "duplicate-id", message, f"écrivez « id: {name} »"))
        yield PartnerRules(model, content)


def _elsewhere(folder: Path, loaded: Loaded) -> Elsewhere | None:
    if not (folder / ELSEWHERE).exists():
        return Elsewhere.model_validate({})
    table = _read(folder / ELSEWHERE, loaded)
    return build(Elsewhere, table, loaded.problems) if table else None


def _at(place: Place, code: str, message: str, hint: str = "") -> Problem:
    return Problem(place.path, place.line, place.column, code, message, hint)


def _read(path: Path, loaded: Loaded) -> Table | None:
    try:
        status = path.stat()
    except (OSError, RuntimeError):
        status = None
    table, problems, content = source.read(path, str(path))
    loaded.problems.extend(problems)
    if status is not None:
        digest = hashlib.sha256(content).hexdigest()
        loaded.files.append(SourceFile(path, status.st_size, status.st_mtime_ns, status.st_ino, digest))
    return None if problems else table
