"""Loads the rules of a folder as a `Livret`, and lists all problems that reading finds."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from fs_triage.contract import DiskTimeout
from fs_triage.files.folders import BOOKLET
from fs_triage.files.timeout import LONG_TIMEOUT
from fs_triage.rules import misnamed_files, recovery, snapshot, yaml_reader
from fs_triage.rules.booklets import BookletChain, Layer, list_files, list_synonym_folders, read_booklets
from fs_triage.rules.inherit import MergedPartner, forget_places, forget_where, merge_items, merge_partner
from fs_triage.rules.model_errors import build_model, build_valid_part
from fs_triage.rules.model_livret import (
    IDENTIFIERS,
    NEEDS,
    PARTNERS,
    REVIEWS,
    SYNONYMS,
    UNCOVERED_NEEDS,
    Booklet,
    Identifiers,
    Review,
    Reviews,
    Synonyms,
    UncoveredNeeds,
    list_file_names,
)
from fs_triage.rules.model_partner import TO_FILL, Changes, Partner, Removal
from fs_triage.rules.model_situations import SITUATIONS, Situations
from fs_triage.rules.other_content import find_other_content
from fs_triage.rules.problem import Problem
from fs_triage.rules.references import NOT_GIVEN, expand_references, list_referred_contacts
from fs_triage.rules.salvage import LostParts
from fs_triage.rules.snapshot import MAX_WAIT_SECONDS, Snapshot, SourceFile
from fs_triage.rules.vocabulary import fold_key, get_french_key
from fs_triage.rules.yaml_reader import Mark, Table, Text
from fs_triage.text.did_you_mean import suggest_name
from fs_triage.text.fold import fold
from fs_triage.text.typography import escape_controls


@dataclass(frozen=True, slots=True, eq=False)
class PartnerRules:
    """The model of a partner, and the table with the place of each key and value."""

    model: Partner
    table: Table
    missing: frozenset[str] = frozenset()
    """Contacts that are to be filled: never shown."""
    whole: bool = True
    """Whether nothing was dropped as invalid."""
    lost: LostParts = field(default_factory=LostParts)
    """What was dropped as invalid: checks do not report it as missing again."""
    inherited: frozenset[str] = frozenset()
    """The paths of the livrets that it inherits from."""
    inherited_contacts: frozenset[str] = frozenset()
    """The contacts of the livrets that it inherits from."""
    inherited_reserved: frozenset[str] = frozenset()
    """The values of contacts for counsellors in the livrets that it inherits from."""
    forgotten: tuple[str, ...] = ()
    """The values of contacts that hold in another département alone."""
    own_place: Mark = field(default=Mark("", 1, 1))
    """The head of the file of this livret that tells of the partner, that of livret.yaml where there is none."""
    changes: tuple[tuple[str, Mark], ...] = ()
    """The paths of the trees inherited that this livret changes, and where it says so."""

    def list_used_contacts(self) -> set[str]:
        """Return the contacts that an answer cites, or a text."""
        own = f"{self.model.id}/"
        named = list_referred_contacts(self.table, self.model.id)
        uses = {name.removeprefix(own) for name in named if name.startswith(own)}
        answers = [*self.model.answers]
        for answer in answers:
            uses |= {use.contact for use in getattr(answer, "uses", ())}
            answers += getattr(answer, "answers", ())
        return uses

    def name_contact(self, name: str) -> str:
        """Return the label of the contact `name`, its id where it has none yet."""
        label = self.model.contacts[name].label
        return name if fold(label) == fold(TO_FILL) else label

    def list_reserved_values(self) -> list[str]:
        """Return the values of contacts for counsellors, its own and those that its texts may have inherited.

        What stands for a value that is not given is one of them: a visitor has nothing to do with it.
        """
        own = [
            value
            for contact in self.model.contacts.values()
            if contact.audience != "usager"
            for _, value in contact.kinds
            if fold(value) != fold(TO_FILL)
        ]
        not_given = [NOT_GIVEN] if self.missing else []
        return list(dict.fromkeys([*own, *sorted(self.inherited_reserved), *not_given]))


@dataclass(frozen=True, slots=True, eq=False)
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
    reviews: Reviews = field(default_factory=Reviews)
    """What partners have signed, here and where it inherits from."""
    reviews_table: Table | None = None
    """That of its own file."""
    whole: bool = True
    """Whether nothing of the booklet was dropped as invalid."""
    own_identifiers: Table | None = None
    """What its own list of identifiers holds, without those of the layers below."""
    layers: tuple[Layer, ...] = ()
    """The livrets that it is made of, the lowest first and itself last."""

    @property
    def is_common(self) -> bool:
        """Whether it holds in every département: others inherit from it, and no desk uses it."""
        return any(layer.is_common for layer in self.layers[-1:])

    @property
    def foreign(self) -> list[Layer]:
        """The layers that say what holds in another département."""
        return [layer for layer in self.layers if not layer.holds_at(self.booklet.departement)]

    def is_own(self, path: str) -> bool:
        """Return whether the file at `path` is this livret's own, not one of a layer below."""
        return all(is_below(path, layer.folder) for layer in self.layers[-1:])


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
    damaged: dict[Path, frozenset[str]] = field(default_factory=dict)
    """The files of which something could not be read, and the top keys under which it stood."""

    @property
    def blocking_problems(self) -> list[Problem]:
        """The problems that stop the desk."""
        return [problem for problem in self.problems if problem.blocking]


def load_livret(
    folder: Path, patience: float = LONG_TIMEOUT, drafts: Mapping[Path, bytes] | None = None
) -> LoadResult:
    """Read every rule file of `folder` (a `pathlib.Path`) at one moment; problems name files by the path as given.

    A disk may take `patience`, in seconds, to give one of them; `drafts` are read in the place of those files.
    """
    before: Snapshot | None = None
    end = time.monotonic() + MAX_WAIT_SECONDS
    while True:
        taken = Snapshot(patience, drafts)
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


def is_below(path: str, folder: Path) -> bool:
    """Return whether the file at `path`, as problems name it, is in `folder`."""
    return Path(path).is_relative_to(folder)


def _build_livret(booklets: BookletChain, loaded: LoadResult) -> None:
    """Set the draft from the files that were read."""
    top = booklets.top
    partners = tuple(_load_partners(booklets, loaded))
    elsewhere, elsewhere_table, _ = _load_optional_file(UncoveredNeeds, UNCOVERED_NEEDS, booklets, loaded)
    identifiers, identifiers_table, own_identifiers = _load_optional_file(
        Identifiers, IDENTIFIERS, booklets, loaded
    )
    situations, situations_table, _ = _load_optional_file(Situations, SITUATIONS, booklets, loaded)
    reviews, reviews_table = _load_reviews(booklets, loaded)
    livret = Livret(
        booklet=top.booklet,
        table=top.table,
        layers=booklets.layers,
        partners=partners,
        elsewhere=elsewhere or UncoveredNeeds.model_validate({}),
        elsewhere_table=elsewhere_table,
        identifiers=identifiers,
        identifiers_table=identifiers_table,
        synonyms=_load_synonyms(booklets, loaded),
        situations=situations or Situations(),
        situations_table=situations_table,
        reviews=reviews,
        reviews_table=reviews_table,
        whole=booklets.whole,
        own_identifiers=own_identifiers,
    )
    loaded.draft = _expand_texts(livret)


def list_contact_values(partners: Iterable[PartnerRules]) -> dict[str, tuple[str, str]]:
    """Return the kind and the value of each contact, under its partner and id; those not given have no value."""
    return {
        f"{rules.model.id}/{name}": (kind, NOT_GIVEN if name in rules.missing else value)
        for rules in partners
        for name, contact in rules.model.contacts.items()
        for kind, value in contact.kinds[:1]
    }


def _expand_texts(livret: Livret) -> Livret:
    """Return `livret` with the values of contacts in its texts; its tables stay as typed."""
    values = list_contact_values(livret.partners)
    return replace(
        livret,
        booklet=expand_references(livret.booklet, values),
        partners=tuple(
            replace(rules, model=expand_references(rules.model, values, rules.model.id))
            for rules in livret.partners
        ),
        elsewhere=expand_references(livret.elsewhere, values),
        situations=expand_references(livret.situations, values),
    )


def _load_partners(booklets: BookletChain, loaded: LoadResult) -> Iterator[PartnerRules]:
    top = booklets.top
    for rank, name in enumerate(top.booklet.partners):
        place = yaml_reader.get_mark(top.partners_table, ("partners", rank))
        if name in top.booklet.partners[:rank]:
            message = f"partenaire « {name} » cité deux fois"
            loaded.problems.append(
                Problem(*place, code="duplicate-id", message=message, hint="retirez-en un")
            )
            continue
        layers = [layer for layer in booklets.layers if layer is top or name in layer.booklet.partners]
        told = [
            layer for layer in layers if not _is_missing(layer.folder / PARTNERS / f"{name}.yaml", loaded)
        ]
        if not told:
            message = f"partenaire « {name} » sans fichier {PARTNERS}/{name}.yaml"
            folder = Path(place.path).parent
            hint = misnamed_files.suggest_remedy(folder, name, list_file_names(top.booklet))
            loaded.problems.append(Problem(*place, code="missing-file", message=message, hint=hint))
            continue
        merged = _merge_layers(booklets, layers[layers.index(told[0]) :], name, loaded)
        lost = _find_lost_parts(f"{name}.yaml", loaded)
        if merged is not None and merged.has_lost_answers:
            lost = (lost or LostParts()) | LostParts(unknown_answers=True)
        found: list[Problem] = []
        built = build_valid_part(Partner, merged.table, found) if merged else None
        loaded.problems += [one for one in found if not (lost and _is_gap(one))]
        if merged is None or built is None or built.model is None:
            continue
        if built.model.id != name:
            place = yaml_reader.get_mark(built.table, ("id",))
            message = f"« {built.model.id} » dans le fichier {name}.yaml"
            hint = f"écrivez « id: {name} »"
            loaded.problems.append(Problem(*place, code="file-name", message=message, hint=hint))
        yield PartnerRules(
            model=built.model,
            table=built.table,
            own_place=Mark(str(top.folder / PARTNERS / f"{name}.yaml"), 1, 1)
            if told[-1] is top
            else top.table.place,
            missing=list_unfilled_contacts(built.model),
            whole=built.whole and lost is None,
            lost=built.lost | (lost or LostParts()),
            inherited=merged.inherited,
            inherited_contacts=merged.inherited_contacts,
            forgotten=merged.forgotten,
            inherited_reserved=merged.reserved,
            changes=tuple(merged.changes),
        )


def _find_lost_parts(name: str, loaded: LoadResult) -> LostParts | None:
    """Return what may stand in the part of the files `name` that could not be read, None when all was read."""
    damaged = {path: lost for path, lost in loaded.damaged.items() if path.name == name}
    if not damaged:
        return None
    keys = {fold(key) for path, lost in damaged.items() if path.parent.name != NEEDS for key in lost if key}
    return LostParts(unknown_answers=bool(keys - {"contacts"}), unknown_contacts=bool(keys - {"reponses"}))


def _is_gap(problem: Problem) -> bool:
    """Return whether a problem of a file that was not read whole may be but a gap that this left."""
    return problem.code in ("missing-key", "empty", "no-lead")


def list_unfilled_contacts(partner: Partner) -> frozenset[str]:
    """Return the contacts of `partner` whose value or label has yet to be written."""
    return frozenset(
        name
        for name, contact in partner.contacts.items()
        if any(
            fold(text) == fold(TO_FILL) for text in (contact.label, *(value for _, value in contact.kinds))
        )
    )


def _merge_layers(
    booklets: BookletChain, layers: list[Layer], name: str, loaded: LoadResult
) -> MergedPartner | None:
    """Return the table of the partner `name` as `layers` make it, None when one of them cannot be read."""
    merged: MergedPartner | None = None
    for layer in layers:
        table = _read_partner(layer.folder, name, loaded, Partner, *((Changes,) if merged else ()))
        if table is None or not _is_of_partner(table, name, booklets, loaded, is_first=merged is None):
            return None
        if merged is None:
            merged = MergedPartner(table)
        else:
            merge_partner(merged, table)
    assert merged is not None
    loaded.problems.extend(merged.problems)
    here = booklets.top.booklet.departement
    files = [(str(layer.folder / PARTNERS / f"{name}.yaml"), layer) for layer in layers]
    merged.forgotten = forget_places(
        merged.table,
        foreign=[file for file, layer in files if not layer.holds_at(here)],
        unpaged=[file for file, layer in files if fold(layer.booklet.departement) != fold(here)],
    )
    return merged


def _holds_partner(table: Table, name: str, loaded: LoadResult) -> bool:
    """Return whether the file of the partner `name`, beside that of `table`, is its own: then that one is a copy."""
    file = loaded.snapshot.read_file(Path(table.place.path).with_name(f"{name}.yaml"))
    return f"id: {name}".encode() in file.content.splitlines()


def _is_of_partner(
    table: Table, name: str, booklets: BookletChain, loaded: LoadResult, *, is_first: bool
) -> bool:
    """Return whether `table`, of a file of the partner `name`, is not another's; tells where it is, or has no id."""
    place, node = table.entries.get("id", (table.place, None))
    is_other = isinstance(node, Text) and node.value != name and node.value in booklets.top.booklet.partners
    if isinstance(node, Text) and is_other and not _holds_partner(table, node.value, loaded):
        message = f"ce fichier est celui de « {node.value} », et non de « {name} »"
        hint = "remettez chacun à sa place, d’une copie ; si c’est un nouveau partenaire, changez « id »"
        loaded.problems.append(Problem(*node.place, code="file-name", message=message, hint=hint))
        return False
    if Path(table.place.path).parent.name != PARTNERS or Path(table.place.path) in loaded.damaged:
        return True
    absent = [
        key for key, field in Partner.model_fields.items() if field.is_required() and key not in table.entries
    ]
    if is_first and len(absent) >= _MANY_KEYS:
        shown = ", ".join(f"« {get_french_key(key)} »" for key in absent)
        message = f"il manque les clés {shown} : ce n’est qu’une partie du fichier"
        hint = "remettez-le entier, d’une copie"
        loaded.problems.append(Problem(*table.place, code="missing-key", message=message, hint=hint))
        return False
    if node is None and is_first:
        message, hint = "il manque la clé « id »", f"ajoutez en tête « id: {name} »"
        loaded.problems.append(Problem(*table.place, code="missing-key", message=message, hint=hint))
        table.entries["id"] = (place, Text(name, table.place))
    return True


_MANY_KEYS = 3  # of those that every partner has: a file without them is not one that was written as such


def _read_partner(folder: Path, name: str, loaded: LoadResult, *models: type[BaseModel]) -> Table | None:
    """Return what the livret at `folder` says of the partner `name`, with its needs; None when it cannot be read."""
    file, needs_file = folder / PARTNERS / f"{name}.yaml", folder / NEEDS / f"{name}.yaml"
    table: Table | None = Table(Mark(str(folder / BOOKLET), 1, 1))
    if not _is_missing(file, loaded):
        table = _read_table(file, *models, loaded=loaded)
    needs = None if _is_missing(needs_file, loaded) else _read_table(needs_file, loaded=loaded)
    if table is not None:
        loaded.problems.extend(_refuse_needs(table, f"{NEEDS}/{name}.yaml"))
    if table is not None and needs is not None:
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


B = TypeVar("B", UncoveredNeeds, Identifiers, Situations, Reviews)

_LISTS = {
    UNCOVERED_NEEDS: {"out_of_scope": "topic", "vague": ""},
    IDENTIFIERS: {"published": ""},
    SITUATIONS: {"situations": "id"},
}
"""The lists of each optional file, and the key that tells an item of it from the others."""


def _load_optional_file(
    model: type[B], name: str, booklets: BookletChain, loaded: LoadResult
) -> tuple[B | None, Table | None, Table | None]:
    """Return the model and the table of an optional file, as the layers make it, and the table of the livret's own."""
    merged: Table | None = None
    table: Table | None = None
    for layer in booklets.layers:
        path, models = layer.folder / name, (model, Removal) if merged is not None else (model,)
        table = None if _is_missing(path, loaded) else _read_table(path, *models, loaded=loaded)
        if table is not None and not layer.holds_at(booklets.top.booklet.departement):
            forget_where(table)
        if table is not None and merged is not None:
            loaded.problems.extend(merge_items(merged, table, _LISTS[name]))
        merged = merged or table
    return build_model(model, merged, loaded.problems) if merged else None, merged, table


def _load_reviews(booklets: BookletChain, loaded: LoadResult) -> tuple[Reviews, Table | None]:
    """Return what partners have signed, and the livret's own table of it.

    Who signed a part of the livret that this one inherits from signed it here too, unless for another département.
    """
    reviews: dict[str, Review] = {}
    table: Table | None = None
    own: dict[str, Review] = {}
    for layer in booklets.layers:
        path = layer.folder / REVIEWS
        table = None if _is_missing(path, loaded) else _read_table(path, Reviews, loaded=loaded)
        signed = build_model(Reviews, table, loaded.problems) if table is not None else None
        own = signed.reviews if signed is not None else {}
        if signed is not None and layer.holds_at(booklets.top.booklet.departement):
            reviews |= signed.reviews
    for name in own:
        if name not in booklets.top.booklet.partners and table is not None:
            place = yaml_reader.get_mark(table, ("reviews", name), key=True)
            hint = suggest_name(name, booklets.top.booklet.partners)
            message = f"« {name} » n’est pas un partenaire de ce livret"
            loaded.problems.append(Problem(*place, code="unknown-target", message=message, hint=hint))
    return Reviews(reviews=reviews), table


def _load_synonyms(booklets: BookletChain, loaded: LoadResult) -> Synonyms:
    """Return the synonyms that all livrets share, those of the nearest folder, then what each layer adds to them."""
    if loaded.snapshot.hangs:  # which files there are cannot be known, and that has been told
        return Synonyms()
    own = [layer.folder for layer in booklets.layers]
    given = [
        folder for folder in list_synonym_folders(booklets) if not _is_missing(folder / SYNONYMS, loaded)
    ]
    shared = [folder for folder in given if folder not in own][:1]
    found = Synonyms()
    for folder in [*shared, *(folder for folder in own if folder in given)]:
        table = _read_table(folder / SYNONYMS, Synonyms, loaded=loaded)
        model = build_model(Synonyms, table, loaded.problems) if table else None
        if model is not None:
            found = Synonyms(
                synonyms=[*found.synonyms, *model.synonyms],
                themes=[*found.themes, *model.themes],
                neutral=[*found.neutral, *model.neutral],
            )
    return found


def _is_missing(path: Path, loaded: LoadResult) -> bool:
    """Return whether there is no file at `path`; it is recorded then, so that the index is rebuilt when one appears."""
    file = loaded.snapshot.read_file(path)
    is_missing = loaded.snapshot.is_missing(path)
    if is_missing and file not in loaded.files:
        loaded.files.append(file)
    return is_missing


def _read_table(path: Path, *models: type[BaseModel], loaded: LoadResult) -> Table | None:
    """Return what the file at `path` holds, in so far as it can be read, with the keys of `models`."""
    file = loaded.snapshot.read_file(path)
    loaded.files.append(file)
    if file.problems:
        loaded.problems.extend(file.problems)
        return None
    found = recovery.read_content(file.content, path, models)
    if found.table is not None and (other := find_other_content(found.table, models)):
        loaded.problems.append(other)
        return None
    loaded.problems.extend(found.problems)
    if found.lost:
        loaded.damaged[path] = found.lost
    return found.table
