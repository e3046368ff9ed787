"""Loads the rules of a folder as a `Livret`, and lists all problems that reading finds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from fs_triage.contract import DiskTimeout
from fs_triage.files.folders import BOOKLET
from fs_triage.files.timeout import LONG_TIMEOUT
from fs_triage.rules import misnamed_files, snapshot, yaml_reader
from fs_triage.rules.booklets import BookletChain, Parent, list_files, list_synonym_folders, read_booklets
from fs_triage.rules.inherit import MergedPartner, merge_partner
from fs_triage.rules.keys import translate_keys
from fs_triage.rules.model_errors import build_model, build_valid_part
from fs_triage.rules.model_livret import (
    IDENTIFIERS,
    NEEDS,
    PARTNERS,
    SYNONYMS,
    UNCOVERED_NEEDS,
    Booklet,
    Identifiers,
    Synonyms,
    UncoveredNeeds,
    get_livret_folder,
    list_file_names,
)
from fs_triage.rules.model_partner import Changes, Partner
from fs_triage.rules.model_situations import SITUATIONS, Situations
from fs_triage.rules.problem import Problem
from fs_triage.rules.salvage import LostParts
from fs_triage.rules.snapshot import MAX_WAIT_SECONDS, Snapshot, SourceFile
from fs_triage.rules.vocabulary import fold_key
from fs_triage.rules.yaml_reader import Table
from fs_triage.text.fold import fold
from fs_triage.text.typography import escape_controls

TO_FILL = "à remplir"
"""What stands for the value of a contact that a new livret has yet to give."""


_MAX_OLD_KEYS = 3  # in a file that is written with today's keys: more come from a file of before


@dataclass(frozen=True, slots=True, eq=False)
class PartnerRules:
    """The model of a partner, and the table with the place of each key and value."""

    model: Partner
    table: Table
    missing: frozenset[str] = frozenset()
    """Contacts inherited from another département and not yet replaced, or yet to be filled: never shown."""
    whole: bool = True
    """Whether nothing was dropped as invalid."""
    lost: LostParts = field(default_factory=LostParts)
    """What was dropped as invalid: checks do not report it as missing again."""
    inherited: frozenset[str] = frozenset()
    """The paths of the livret that it inherits from."""
    inherited_reserved: frozenset[str] = frozenset()
    """The values of contacts for counsellors in the livret that it inherits from."""

    def list_reserved_values(self) -> list[str]:
        """Return the values of contacts for counsellors, its own and those that its texts may have inherited."""
        own = [
            value
            for contact in self.model.contacts.values()
            if contact.audience != "usager"
            for _, value in contact.kinds
            if fold(value) != fold(TO_FILL)
        ]
        return list(dict.fromkeys([*own, *sorted(self.inherited_reserved)]))


@dataclass(frozen=True, slots=True)
class Livret:
    """The rules of one département, each valid by itself; `checks` compares them with each other."""

    booklet: Booklet
    table: Table
    partners: tuple[PartnerRules, ...]
    elsewhere: UncoveredNeeds
    elsewhere_table: Table | None = None
    identifiers: Identifiers | None = None
    identifiers_table: Table | None = None
    synonyms: Synonyms = field(default_factory=Synonyms)
    situations: Situations = field(default_factory=Situations)
    situations_table: Table | None = None
    whole: bool = True
    """Whether nothing of the booklet was dropped as invalid."""
    lists_own: bool = True
    """Whether the list of identifiers is its own, not its parent's."""
    has_own_situations: bool = True
    """Whether its situations are its own, not its parent's."""


@dataclass(slots=True)
class LoadResult:
    """The livret when it can be used, all problems, and all files read."""

    folder: Path
    snapshot: Snapshot
    livret: Livret | None = None
    draft: Livret | None = None
    """The valid part of the livret, for the checks alone."""
    problems: list[Problem] = field(default_factory=list)
    files: list[SourceFile] = field(default_factory=list)

    @property
    def blocking_problems(self) -> list[Problem]:
        """The problems that stop the desk."""
        return [problem for problem in self.problems if problem.blocking]


def load_livret(folder: Path, patience: float = LONG_TIMEOUT) -> LoadResult:
    """Read every rule file of `folder` (a `pathlib.Path`) at one moment; problems name files by the path as given.

    A disk may take `patience`, in seconds, to give one of them.
    """
    before: Snapshot | None = None
    end = time.monotonic() + MAX_WAIT_SECONDS
    while True:
        taken = Snapshot(patience)
        loaded = LoadResult(folder, taken)
        booklets = read_booklets(folder, partial(_read_table, loaded=loaded), loaded.problems)
        for path in list_files(booklets) if booklets else ():
            taken.read_file(path)
        try:
            if taken.is_stable(booklets.watched_folders if booklets else [folder], before):
                break
        except DiskTimeout:
            return _mark_unreadable(
                loaded, yaml_reader.build_unreadable_problem(str(folder / BOOKLET), yaml_reader.SILENT)
            )
        if time.monotonic() > end:
            message = "des fichiers changent pendant la lecture : relancez la commande dans un instant"
            return _mark_unreadable(
                loaded, Problem(str(folder / BOOKLET), 0, 0, code="unreadable", message=message)
            )
        before = taken
        time.sleep(snapshot.SETTLING_SECONDS)
    if booklets is not None:
        _build_livret(booklets, loaded)
    loaded.problems.sort()
    if loaded.draft is not None and not loaded.problems:
        loaded.livret = loaded.draft
    return loaded


def _mark_unreadable(loaded: LoadResult, problem: Problem) -> LoadResult:
    """Return `loaded` with the one `problem` that kept it from being read."""
    loaded.problems = [problem]
    return loaded


def _build_livret(booklets: BookletChain, loaded: LoadResult) -> None:
    """Set the draft from the files that were read."""
    folder, parent = loaded.folder, booklets.parent
    partners = tuple(_load_partners(folder, booklets.booklet, booklets.table, parent, loaded))
    elsewhere, elsewhere_table = _load_optional_file(UncoveredNeeds, UNCOVERED_NEEDS, folder, parent, loaded)
    if elsewhere is not None and parent is not None and loaded.snapshot.is_missing(folder / UNCOVERED_NEEDS):
        elsewhere = elsewhere.forget_places()
    identifiers, identifiers_table = _load_optional_file(Identifiers, IDENTIFIERS, folder, parent, loaded)
    situations, situations_table = _load_optional_file(Situations, SITUATIONS, folder, parent, loaded)
    loaded.draft = Livret(
        booklet=booklets.booklet,
        table=booklets.table,
        partners=partners,
        elsewhere=elsewhere or UncoveredNeeds.model_validate({}),
        elsewhere_table=elsewhere_table,
        identifiers=identifiers,
        identifiers_table=identifiers_table,
        synonyms=_load_synonyms(folder, loaded),
        situations=situations or Situations(),
        situations_table=situations_table,
        whole=booklets.whole,
        lists_own=not loaded.snapshot.is_missing(folder / IDENTIFIERS),
        has_own_situations=not loaded.snapshot.is_missing(folder / SITUATIONS),
    )


def _load_partners(
    folder: Path, booklet: Booklet, table: Table, parent: Parent | None, loaded: LoadResult
) -> Iterator[PartnerRules]:
    for rank, name in enumerate(booklet.partners):
        if name in booklet.partners[:rank]:
            place = yaml_reader.get_mark(table, ("partners", rank))
            loaded.problems.append(
                Problem(
                    *place,
                    code="duplicate-id",
                    message=f"partenaire « {name} » cité deux fois",
                    hint="retirez-en un",
                )
            )
            continue
        path = folder / PARTNERS / f"{name}.yaml"
        if loaded.snapshot.is_missing(path) and (parent is None or name not in parent.booklet.partners):
            loaded.files.append(loaded.snapshot.read_file(path))
            place = yaml_reader.get_mark(table, ("partners", rank))
            message = f"partenaire « {name} » sans fichier {PARTNERS}/{name}.yaml"
            hint = misnamed_files.suggest_remedy(folder, name, list_file_names(booklet))
            loaded.problems.append(Problem(*place, code="missing-file", message=message, hint=hint))
            continue
        merged = _read_partner_table(folder, name, parent, loaded)
        built = build_valid_part(Partner, merged.table, loaded.problems) if merged else None
        if merged is None or built is None or built.model is None:
            continue
        if built.model.id != name:
            place = yaml_reader.get_mark(built.table, ("id",))
            message = f"« {built.model.id} » dans le fichier {name}.yaml"
            loaded.problems.append(
                Problem(*place, code="file-name", message=message, hint=f"écrivez « id: {name} »")
            )
        missing = merged.missing | list_unfilled_contacts(built.model)
        yield PartnerRules(
            model=built.model,
            table=built.table,
            missing=missing,
            whole=built.whole,
            lost=built.lost,
            inherited=merged.inherited,
            inherited_reserved=merged.reserved,
        )


def list_unfilled_contacts(partner: Partner) -> frozenset[str]:
    """Return the contacts of `partner` whose value has yet to be written."""
    return frozenset(
        name
        for name, contact in partner.contacts.items()
        if any(fold(value) == fold(TO_FILL) for _, value in contact.kinds)
    )


def _read_partner_table(
    folder: Path, name: str, parent: Parent | None, loaded: LoadResult
) -> MergedPartner | None:
    """Return the table of a partner, merged with that of the parent livret."""
    if parent is None or name not in parent.booklet.partners:
        table = _read_partner(folder, name, loaded, Partner)
        return MergedPartner(table) if table else None
    inherited = _read_partner(parent.folder, name, loaded, Partner)
    if inherited is None:
        return None
    own = _read_partner(folder, name, loaded, Partner, Changes) or Table(inherited.place)
    merged = merge_partner(inherited, own)
    loaded.problems.extend(merged.problems)
    return merged


def _read_partner(folder: Path, name: str, loaded: LoadResult, *models: type[BaseModel]) -> Table | None:
    """Return the table of the partner `name` of the livret at `folder`, with its needs; None without any.

    What is read as `Changes` too may be needs alone.
    """
    table = _read_first_file(f"{PARTNERS}/{name}.yaml", [folder], loaded, *models)
    needs = _read_first_file(f"{NEEDS}/{name}.yaml", [folder], loaded)
    if table is not None:
        loaded.problems.extend(_refuse_needs(table, f"{NEEDS}/{name}.yaml"))
    elif needs is not None and Changes in models:
        table = Table(needs.place)
    if needs is not None and table is not None:
        table.entries["examples"] = (needs.place, needs)
    return table


def _refuse_needs(partner: Table, name: str) -> Iterator[Problem]:
    """Take the needs out of the table of a partner, which have a file of their own of that `name`."""
    for key, (place, _) in list(partner.entries.items()):
        if fold_key(key) in ("besoin", "besoins", "examples", "exemple", "exemples"):
            del partner.entries[key]
            message = f"clé inconnue « {escape_controls(key)} »"
            hint = f"écrivez dans {name} « chemin de la démarche: [besoin, autre besoin] »"
            yield Problem(*place, code="unknown-key", message=message, hint=hint)


B = TypeVar("B", UncoveredNeeds, Identifiers, Situations)


def _load_optional_file(
    model: type[B], name: str, folder: Path, parent: Parent | None, loaded: LoadResult
) -> tuple[B | None, Table | None]:
    """Return the model and the table of an optional file, those of the parent when the livret has none."""
    folders = [folder] if parent is None else [folder, parent.folder]
    table = _read_first_file(name, folders, loaded, model)
    return (build_model(model, table, loaded.problems), table) if table else (None, None)


def _load_synonyms(folder: Path, loaded: LoadResult) -> Synonyms:
    table = _read_first_file(SYNONYMS, list_synonym_folders(folder), loaded, Synonyms)
    return (build_model(Synonyms, table, loaded.problems) if table else None) or Synonyms()


def _read_first_file(
    name: str, folders: list[Path], loaded: LoadResult, *models: type[BaseModel]
) -> Table | None:
    """Read the first file `name` that exists; records absent ones, so that the index is rebuilt when they appear."""
    for folder in folders:
        if not loaded.snapshot.is_missing(folder / name):
            return _read_table(folder / name, *models, loaded=loaded)
        loaded.files.append(loaded.snapshot.read_file(folder / name))
    return None


def _has_old_layout(booklet: Path) -> bool:
    """Return whether the livret of which `booklet` may be the file has its partners' files beside it, as of old."""
    return booklet.name == BOOKLET and not (booklet.parent / PARTNERS).exists()


def _build_old_form_problem(path: Path) -> Problem:
    message = "ce fichier est écrit dans l’ancienne forme, avec des clés en anglais"
    hint = f"convertissez son livret : fs-triage convertir {get_livret_folder(path)}"
    return Problem(str(path), 0, 0, code="old-form", message=message, hint=hint)


def _read_table(path: Path, *models: type[BaseModel], loaded: LoadResult) -> Table | None:
    """Return what the file at `path` holds, with the keys of `models`, as one of which it is read."""
    file = loaded.snapshot.read_file(path)
    table, problems = None, list(file.problems)
    if not problems:
        table, problems = yaml_reader.parse_content(file.content, str(path), holds_needs=not models)
        old_keys = translate_keys(table, models, problems) if table is not None and models else 0
        if old_keys and (old_keys > _MAX_OLD_KEYS or _has_old_layout(path)):
            table, problems = None, [_build_old_form_problem(path)]
    loaded.problems.extend(problems)
    loaded.files.append(file)
    return table
