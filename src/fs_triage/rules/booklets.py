"""The `livret.yaml` of a livret and of those it inherits from, which say what files it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from fs_triage import output
from fs_triage.files import folders
from fs_triage.files.folders import ALL_PLACES, BOOKLET
from fs_triage.rules import yaml_reader
from fs_triage.rules.model_errors import build_valid_part
from fs_triage.rules.model_livret import FOLDERS, SYNONYMS, Booklet, list_file_names
from fs_triage.rules.problem import Problem
from fs_triage.rules.vocabulary import get_french_key
from fs_triage.rules.yaml_reader import Table
from fs_triage.text.did_you_mean import suggest_name
from fs_triage.text.fold import fold

Read = Callable[[Path, type[BaseModel]], Table | None]

MAX_LAYERS = 5


@dataclass(frozen=True, slots=True)
class Layer:
    """One livret of a chain, its booklet as it stands with what lies below."""

    folder: Path
    booklet: Booklet
    table: Table
    partners_table: Table
    """The table of the livret that lists the partners: this one's, or one below."""

    def holds_at(self, departement: str) -> bool:
        """Return whether what it says holds in `departement`."""
        return self.is_common or fold(self.booklet.departement) == fold(departement)

    @property
    def is_common(self) -> bool:
        """Whether it holds in every département."""
        return fold(self.booklet.departement) == ALL_PLACES


@dataclass(frozen=True, slots=True)
class BookletChain:
    """The layers of a livret, the lowest first and its own last; `whole` unless invalid parts were dropped."""

    layers: tuple[Layer, ...]
    whole: bool

    @property
    def top(self) -> Layer:
        """The livret itself."""
        return self.layers[-1]

    @property
    def folders(self) -> list[Path]:
        """The folders of the livret and of those it inherits from, its own first."""
        return [layer.folder for layer in reversed(self.layers)]

    @property
    def watched_folders(self) -> list[Path]:
        """The folders whose files are read: those of the livrets and those below them."""
        return [folder / below for folder in self.folders for below in ("", *FOLDERS)]


def read_booklets(folder: Path, read: Read, problems: list[Problem]) -> BookletChain | None:
    """Return the booklets of the livret at `folder`, None when its own cannot be read; adds to `problems`."""
    found: list[tuple[Path, Booklet, Table]] = []
    here: Path | None = folder
    whole = True
    while here is not None:
        table = read(here / BOOKLET, Booklet)
        built = build_valid_part(Booklet, table, problems) if table else None
        if built is None or built.model is None:
            return None
        whole = whole and built.whole
        found.append((here, built.model, built.table))
        if built.model.extends is None:
            break
        here = _find_parent_of(found, problems)
    if here is None:
        return None
    layers: list[Layer] = []
    for place, booklet, table in reversed(found):
        layers.append(_lay_booklet(place, booklet, table, layers[-1] if layers else None))
    problems += [problem for layer in layers for problem in _find_missing_keys(layer)]
    return BookletChain(tuple(layers), whole)


def _lay_booklet(folder: Path, booklet: Booklet, table: Table, below: Layer | None) -> Layer:
    """Return a layer as it stands on the one `below`: what it does not say is inherited, where it holds here too."""
    if below is None:
        return Layer(folder, booklet, table, table)
    inherited = below.booklet
    update: dict[str, Any] = {
        "title": booklet.title or inherited.title,
        "partners": booklet.partners or inherited.partners,
        "messages": {**inherited.messages, **booklet.messages},
    }
    if not below.is_common:
        update["departement"] = booklet.departement or inherited.departement
    if below.is_common or below.holds_at(update["departement"]):
        update["source"] = booklet.source or inherited.source
        update["owner"] = booklet.owner or inherited.owner
    if not below.is_common and below.holds_at(update["departement"]) and booklet.edition is None:
        update["edition"], update["checked"] = inherited.edition, booklet.checked or inherited.checked
    partners_table = table if booklet.partners else below.partners_table
    return Layer(folder, booklet.model_copy(update=update), table, partners_table)


def _find_missing_keys(layer: Layer) -> list[Problem]:
    """Return a problem for each thing that neither `layer` nor one below it says."""
    problems = []
    for key in ("title", "departement", "source", "partners"):
        if not getattr(layer.booklet, key) and key not in layer.table.entries:
            examples = Booklet.model_fields[key].examples
            example = examples[0] if examples and isinstance(examples[0], str) else "…"
            name = get_french_key(key)
            message = f"il manque la clé « {name} »"
            hint = f"ajoutez par exemple « {name}: {example} »" if key != "partners" else "ajoutez-la"
            problems.append(Problem(*layer.table.place, code="missing-key", message=message, hint=hint))
    return problems


def list_files(booklets: BookletChain) -> list[Path]:
    """Return every file that the livret may be read from."""
    named = [
        layer.folder / name for layer in booklets.layers for name in list_file_names(booklets.top.booklet)
    ]
    return [*named, *(folder / SYNONYMS for folder in list_synonym_folders(booklets))]


def list_synonym_folders(booklets: BookletChain) -> list[Path]:
    """Return the folders that may hold synonymes.yaml: of each layer, above it, the program's."""
    own = booklets.folders
    above = [folder.parent if folder.name else folder.absolute().parent for folder in own]
    return list(dict.fromkeys([*own, *above, Path(folders.get_own_livrets())]))


def get_program_words() -> Path:
    """Return the words that come with the program: a livret that stands alone reads them, and does not hold them."""
    return Path(folders.get_own_livrets()) / SYNONYMS


def find_parent(folder: Path, name: str) -> Path | None:
    """Return the folder of the livret `name` that one at `folder` may inherit from, one beside it or installed."""
    from fs_triage.files.installed import has_livret

    near = folder.resolve().parent / name
    if has_livret(near):
        return near
    return list_installed().get(name)


def list_installed() -> dict[str, Path]:
    """Return the folders of the installed livrets by name; prints a line for each one that cannot be had."""
    from fs_triage.files.installed import find_installed

    installed = find_installed()
    output.print_once(*installed.warnings)
    return installed.folders


def _find_parent_of(found: list[tuple[Path, Booklet, Table]], problems: list[Problem]) -> Path | None:
    """Return the folder of the livret that the last one `found` extends; None, and why, where it cannot serve."""
    folder, booklet, table = found[-1]
    name = str(booklet.extends)
    parent = find_parent(folder, name)
    if parent is None:
        message = f"livret inconnu « {name} »"
        hint = suggest_name(name, sorted({*list_installed(), *_list_siblings(folder)}))
    elif any(parent.resolve() == one.resolve() for one, _, _ in found):
        message = f"« {name} » hérite de lui-même"
        hint = "nommez le livret d’au-dessous : un socle, ou le livret du département"
    elif len(found) == MAX_LAYERS:
        message = f"plus de {MAX_LAYERS} livrets qui héritent l’un de l’autre"
        hint = "héritez d’un livret plus proche du socle"
    else:
        return parent
    place = yaml_reader.get_mark(table, ("extends",))
    problems.append(Problem(*place, code="unknown-livret", message=message, hint=hint))
    return None


def _list_siblings(folder: Path) -> list[str]:
    """Return the names of the livrets beside the one at `folder`."""
    return [name for name in folders.list_livrets(str(folder.absolute().parent)) if name != folder.name]
