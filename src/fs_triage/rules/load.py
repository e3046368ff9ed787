"""A folder of rules in; a `Livret`, or the whole list of its problems, out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from fs_triage.files import places
from fs_triage.files.places import BOOKLET
from fs_triage.rules import misnamed_files, snapshot, yaml_reader
from fs_triage.rules.heads import Heads, Parent, files_of, folders_of_words, heads_of
from fs_triage.rules.inherit import Merged, merge
from fs_triage.rules.kept import Kept
from fs_triage.rules.model_errors import build, draft
from fs_triage.rules.model_livret import (
    ELSEWHERE,
    IDENTIFIERS,
    SYNONYMS,
    Booklet,
    Elsewhere,
    Identifiers,
    Synonyms,
    names_of,
)
from fs_triage.rules.model_partner import Partner
from fs_triage.rules.problem import Problem
from fs_triage.rules.snapshot import PATIENCE, Snapshot, SourceFile
from fs_triage.rules.yaml_reader import Table
from fs_triage.text.fold import fold

TO_FILL = "à remplir"
"""What stands for the value of a contact that a new livret has yet to give."""


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
    inherited: frozenset[str] = frozenset()
    """The paths of the livret that it inherits from."""


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
    lists_own: bool = True
    """Whether the list of identifiers is its own, not its parent's."""


@dataclass(slots=True)
class Loaded:
    """What came of loading a folder: the livret when it can be used, every problem, every file read."""

    folder: Path
    snapshot: Snapshot
    livret: Livret | None = None
    draft: Livret | None = None
    """What is right in a livret that cannot be used: only to look for more problems."""
    problems: list[Problem] = field(default_factory=list)
    files: list[SourceFile] = field(default_factory=list)
    kept: Kept = field(default_factory=Kept)
    """What the files hold that can be kept for the next time."""

    @property
    def blocking(self) -> list[Problem]:
        """The problems that stop the desk."""
        return [problem for problem in self.problems if problem.blocking]


def load(folder: Path, kept: Kept | None = None) -> Loaded:
    """Read every rule file of `folder` (a `pathlib.Path`) at one moment; problems name files by the path as given.

    Files that `kept` knows are not parsed again, unless one of their places is asked for.
    """
    old = kept.old if kept else None
    before: Snapshot | None = None
    end = time.monotonic() + PATIENCE
    while True:
        taken = Snapshot(places.PATIENCE if old else places.LONG_PATIENCE)
        loaded = Loaded(folder, taken, kept=Kept(old))
        heads = heads_of(folder, partial(_read, loaded=loaded), loaded.problems)
        for path in files_of(heads) if heads else ():
            taken.read(path)
        try:
            if taken.is_at_rest(heads.folders if heads else [folder], before):
                break
        except places.Silent:
            return _unread(loaded, yaml_reader.unreadable(str(folder / BOOKLET), yaml_reader.SILENT))
        if time.monotonic() > end:
            message = "des fichiers changent pendant la lecture : relancez la commande dans un instant"
            return _unread(loaded, Problem(str(folder / BOOKLET), 0, 0, "unreadable", message))
        before = taken
        time.sleep(snapshot.YOUNG)
    if heads is not None:
        _whole(heads, loaded)
    loaded.problems.sort()
    if loaded.draft is not None and not loaded.problems:
        loaded.livret = loaded.draft
    return loaded


def _unread(loaded: Loaded, problem: Problem) -> Loaded:
    """Return `loaded` as what could not be read, for one reason alone."""
    loaded.problems = [problem]
    return loaded


def _whole(heads: Heads, loaded: Loaded) -> None:
    """Make the livret of the files that were read."""
    folder, parent = loaded.folder, heads.parent
    partners = tuple(_partners(folder, heads.booklet, heads.table, parent, loaded))
    elsewhere = _beside(Elsewhere, ELSEWHERE, folder, parent, loaded)
    identifiers = _beside(Identifiers, IDENTIFIERS, folder, parent, loaded)
    loaded.draft = Livret(
        heads.booklet,
        heads.table,
        partners,
        elsewhere[0] or Elsewhere.model_validate({}),
        elsewhere[1],
        *identifiers,
        _synonyms(folder, loaded),
        heads.whole,
        lists_own=not loaded.snapshot.is_missing(folder / IDENTIFIERS),
    )


def _partners(
    folder: Path, booklet: Booklet, table: Table, parent: Parent | None, loaded: Loaded
) -> Iterator[PartnerRules]:
    for rank, name in enumerate(booklet.partners):
        if name in booklet.partners[:rank]:
            place = yaml_reader.place_of(table, ("partners", rank))
            loaded.problems.append(
                Problem(*place, "duplicate-id", f"partenaire « {name} » cité deux fois", "retirez-en un")
            )
            continue
        path = folder / f"{name}.yaml"
        if loaded.snapshot.is_missing(path) and (parent is None or name not in parent.booklet.partners):
            loaded.files.append(loaded.snapshot.read(path))
            place = yaml_reader.place_of(table, ("partners", rank))
            message = f"partenaire « {name} » sans fichier {name}.yaml"
            hint = misnamed_files.remedy(folder, name, names_of(booklet))
            loaded.problems.append(Problem(*place, "missing-file", message, hint))
            continue
        merged = _partner(path, name, parent, loaded)
        built = draft(Partner, merged.table, loaded.problems) if merged else None
        if merged is None or built is None or built.model is None:
            continue
        if built.model.id != name:
            place = yaml_reader.place_of(built.table, ("id",))
            message = f"« {built.model.id} » dans le fichier {name}.yaml"
            loaded.problems.append(Problem(*place, "file-name", message, f"écrivez « id: {name} »"))
        missing = merged.missing | to_fill(built.model)
        yield PartnerRules(built.model, built.table, missing, built.whole, built.lost, merged.inherited)


def to_fill(partner: Partner) -> frozenset[str]:
    """Return the contacts of `partner` whose value has yet to be written."""
    return frozenset(
        name
        for name, contact in partner.contacts.items()
        if any(fold(value) == fold(TO_FILL) for _, value in contact.kinds)
    )


def _partner(path: Path, name: str, parent: Parent | None, loaded: Loaded) -> Merged | None:
    """Return the table of a partner, with what it inherited."""
    if parent is None or name not in parent.booklet.partners:
        table = _read(path, loaded)
        return Merged(table) if table else None
    inherited = _read(parent.folder / f"{name}.yaml", loaded)
    if inherited is None:
        return None
    own = _first_there(path.name, [path.parent], loaded) or Table(inherited.place)
    merged = merge(inherited, own)
    loaded.problems.extend(merged.problems)
    return merged


B = TypeVar("B", Elsewhere, Identifiers)


def _beside(
    model: type[B], name: str, folder: Path, parent: Parent | None, loaded: Loaded
) -> tuple[B | None, Table | None]:
    """Return what an optional file says, the parent's when the livret has none."""
    table = _first_there(name, [folder] if parent is None else [folder, parent.folder], loaded)
    return (build(model, table, loaded.problems), table) if table else (None, None)


def _synonyms(folder: Path, loaded: Loaded) -> Synonyms:
    table = _first_there(SYNONYMS, folders_of_words(folder), loaded)
    return (build(Synonyms, table, loaded.problems) if table else None) or Synonyms()


def _first_there(name: str, folders: list[Path], loaded: Loaded) -> Table | None:
    """Read the first file `name` that is there; those that are absent are noted, so that their coming is noticed."""
    for folder in folders:
        if not loaded.snapshot.is_missing(folder / name):
            return _read(folder / name, loaded)
        loaded.files.append(loaded.snapshot.read(folder / name))
    return None


def _read(path: Path, loaded: Loaded) -> Table | None:
    file = loaded.snapshot.read(path)
    table, problems = None, list(file.problems)
    if not problems:
        table, problems = loaded.kept.read(file.content, file.sha256, str(path))
    loaded.problems.extend(problems)
    loaded.files.append(file)
    return table
