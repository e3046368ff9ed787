"""The `livret.yaml` of a livret and of the one it inherits from, which say what files it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from fs_triage import output
from fs_triage.files import folders
from fs_triage.files.folders import BOOKLET
from fs_triage.rules import yaml_reader
from fs_triage.rules.model_errors import build_model, build_valid_part
from fs_triage.rules.model_livret import FOLDERS, SYNONYMS, Booklet, list_file_names
from fs_triage.rules.problem import Problem
from fs_triage.rules.yaml_reader import Table
from fs_triage.text.did_you_mean import suggest_name

Read = Callable[[Path, type[BaseModel]], Table | None]


@dataclass(frozen=True, slots=True)
class Parent:
    """The livret inherited from."""

    folder: Path
    booklet: Booklet


@dataclass(frozen=True, slots=True)
class BookletChain:
    """The booklet of a livret and of its parent; `whole` unless invalid parts were dropped."""

    folder: Path
    booklet: Booklet
    table: Table
    parent: Parent | None
    whole: bool

    @property
    def folders(self) -> list[Path]:
        """The folders of the livret and of the one it inherits from."""
        return [self.folder, *([self.parent.folder] if self.parent else [])]

    @property
    def watched_folders(self) -> list[Path]:
        """The folders whose files are read: those of the livrets and those below them."""
        return [folder / below for folder in self.folders for below in ("", *FOLDERS)]


def read_booklets(folder: Path, read: Read, problems: list[Problem]) -> BookletChain | None:
    """Return the booklets of the livret at `folder`, None when its own cannot be read; adds to `problems`."""
    table = read(folder / BOOKLET, Booklet)
    built = build_valid_part(Booklet, table, problems) if table else None
    booklet = built.model if built else None
    if table is None or built is None or booklet is None:
        return None
    parent = _read_parent(folder, booklet, table, read, problems) if built.whole else None
    if parent is not None:
        inherited = parent.booklet
        update = {
            "partners": booklet.partners or inherited.partners,
            "messages": {**inherited.messages, **booklet.messages},
        }
        booklet = booklet.model_copy(update=update)
    return BookletChain(folder, booklet, table, parent, built.whole)


def list_files(booklets: BookletChain) -> list[Path]:
    """Return every file that the livret may be read from."""
    named = [folder / name for folder in booklets.folders for name in list_file_names(booklets.booklet)]
    return [*named, *(folder / SYNONYMS for folder in list_synonym_folders(booklets.folder))]


def list_synonym_folders(folder: Path) -> list[Path]:
    """Return the folders that may hold synonymes.yaml: the livret's, the one above it, the program's."""
    return [
        folder,
        folder.parent if folder.name else folder.absolute().parent,
        Path(folders.get_own_livrets()),
    ]


def find_parent(folder: Path, name: str) -> Path | None:
    """Return the folder of the livret `name` that one at `folder` may inherit from, one beside it or installed."""
    from fs_triage.files import livrets

    near = folder.resolve().parent / name
    if livrets.has_livret(near):
        return near
    return list_installed().get(name)


def list_installed() -> dict[str, Path]:
    """Return the folders of the installed livrets by name; prints a line for each one that cannot be had."""
    from fs_triage.files import livrets

    installed = livrets.find_installed()
    output.print_once(*installed.warnings)
    return installed.folders


def _read_parent(
    folder: Path, booklet: Booklet, table: Table, read: Read, problems: list[Problem]
) -> Parent | None:
    """Return the livret that `booklet` extends, None when it extends none or one that cannot serve."""
    if booklet.extends is None:
        if not booklet.partners:
            problems.append(
                Problem(
                    *table.place,
                    code="missing-key",
                    message="il manque la clé « partenaires »",
                    hint="ajoutez-la",
                )
            )
        return None
    place = yaml_reader.get_mark(table, ("extends",))
    found = find_parent(folder, booklet.extends)
    if found is None:
        hint = suggest_name(booklet.extends, sorted({*list_installed(), *_list_siblings(folder)}))
        problems.append(
            Problem(*place, code="unknown-livret", message=f"livret inconnu « {booklet.extends} »", hint=hint)
        )
        return None
    content = read(found / BOOKLET, Booklet)
    model = build_model(Booklet, content, problems) if content else None
    if model is None:
        return None
    if model.extends is not None or found.resolve() == folder.resolve():
        message = f"« {booklet.extends} » hérite lui-même d’un autre livret"
        problems.append(
            Problem(
                *place,
                code="unknown-livret",
                message=message,
                hint="héritez d’un livret qui n’hérite de rien",
            )
        )
        return None
    return Parent(found, model)


def _list_siblings(folder: Path) -> list[str]:
    """Return the names of the livrets beside the one at `folder`."""
    return [name for name in folders.list_livrets(str(folder.absolute().parent)) if name != folder.name]
