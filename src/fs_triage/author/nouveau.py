"""`nouveau`: creates the folder of a livret that inherits from another: a département's, or that of a house.

In it stands what is to be written, and nothing that is already said below.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

from fs_triage import output
from fs_triage.checks.layers import describe_neighbour
from fs_triage.contract import OK, RULES_UNUSABLE, WRONG_CALL, Failure, describe_os_error
from fs_triage.files import folders
from fs_triage.files.atomic_write import refused_name
from fs_triage.rules import booklets, load, yaml_reader
from fs_triage.rules.booklets import Layer
from fs_triage.rules.inherit import find_text, is_to_fill
from fs_triage.rules.load import Livret, PartnerRules
from fs_triage.rules.model_livret import PARTNERS
from fs_triage.rules.model_partner import KINDS, TO_FILL
from fs_triage.rules.vocabulary import get_french_key
from fs_triage.rules.yaml_reader import Table
from fs_triage.text.did_you_mean import build_slug
from fs_triage.text.fold import fold
from fs_triage.text.typography import escape_controls

_DEPARTEMENT = re.compile(r"(?P<code>[0-9]{2,3}|2[AB]) (?P<name>[^\W\d_][\w '’.()-]*)")
_PLAIN_SCALAR = re.compile(r"[\w(«](?!.*(: | #|:$)).*")
"""A text that YAML reads without quotes."""

_SCHEMAS = {folders.BOOKLET: "livret.schema.json", PARTNERS: "partenaire-herite.schema.json"}

_BOOKLET = """\
# Ce livret hérite de « {parent} » : il ne dit que ce qui change ici.
# « fs-triage verifier {folder} » dit ce qui reste à remplir.
id: {id}
{keys}hérite de: {parent}
"""

_PARTNER = """\
# Écrivez chaque valeur à la place de « {to_fill} » ; retirez ce qu'il n'y a pas ici (« retirer: [contacts/…] »).
id: {id}

contacts:
"""

_HOUSE = """
# Une maison dit ici ce qui lui est propre, dans des fichiers de même nom que ceux du département. Dans
# {partners}/caf.yaml, par exemple, ses horaires au-dessus de ceux du département :
#   id: caf
#   contacts:
#     tel-3230:
#       horaires: lundi au vendredi 9h-12h
"""


def run_nouveau(folder: str, parent: str, departement: str, house: str = "") -> int:
    """Create the livret `folder`, which inherits from the livret `parent`, for `departement` (« 25 Doubs »).

    For a `house` of the département of `parent`, its name is given instead. Returns the exit code; raises `Failure`
    when the call is wrong, or the folder exists and is not empty.
    """
    target = Path(folder)
    departement, house = departement.strip(), house.strip()
    name = _check_names(folder, departement, house)
    below = _load_parent(target, parent)
    if house and below.is_common:
        message = f"« {parent} » est commun à tous : une maison hérite du livret de son département."
        raise Failure(WRONG_CALL, message)
    files = _build_files(target, parent, below, departement, name)
    _check_files(files, departement or house)
    _write_files(target, files)
    count = len(files) - 1
    if count:
        where = "un fichier de partenaire" if count == 1 else f"{count} fichiers de partenaires"
        waiting = f"{where}, sous {PARTNERS}, où écrire les contacts d’ici."
    else:
        waiting = (
            "rien n’y est à remplir\u00a0; livret.yaml dit comment y ajouter ce qui est propre à la maison."
        )
    output.print_answer(
        f"Livret créé dans {escape_controls(str(target))}\u00a0: il hérite de «\u00a0{parent}\u00a0».\n"
        f"Dedans\u00a0: {waiting}\n"
        f"Suite\u00a0: compléter, puis «\u00a0fs-triage verifier {_quote_path(target)}\u00a0»."
    )
    return OK


def _check_names(folder: str, departement: str, house: str) -> str:
    """Return the name that was given, of a département or of a house; raises `Failure` for a wrong call."""
    if wrong := refused_name(folder):
        message = f"Le dossier « {folder} » ne peut pas être créé ({wrong}) ; choisissez un autre nom."
        raise Failure(WRONG_CALL, message)
    if bool(departement) == bool(house):
        message = "Donnez ou bien --departement, comme « 25 Doubs », ou bien --maison avec son nom."
        raise Failure(WRONG_CALL, message)
    match = _DEPARTEMENT.fullmatch(departement)
    if departement and match is None:
        message = "Écrivez le département par son numéro et son nom, comme « 25 Doubs »."
        raise Failure(WRONG_CALL, message)
    name = house if match is None else match["name"]
    if not _build_id(name):
        raise Failure(
            WRONG_CALL,
            f"«\u00a0{escape_controls(name)}\u00a0» ne peut faire un identifiant\u00a0; retapez ce nom au clavier.",
        )
    return name


def _build_id(name: str) -> str:
    """Return the id of a livret that is called `name`, empty where there is none."""
    return build_slug(name.replace("/", " "))


def _load_parent(target: Path, parent: str) -> Livret:
    """Return the livret `parent`; raises `Failure` where there is none that can serve."""
    inherited = booklets.find_parent(target, parent)
    if inherited is None:
        known = ", ".join(sorted(booklets.list_installed()))
        raise Failure(WRONG_CALL, f"Livret « {parent} » inconnu ; possibles : {known}.")
    loaded = load.load_livret(inherited)
    if loaded.livret is None:
        problem = loaded.problems[0]
        raise Failure(RULES_UNUSABLE, f"Le livret « {parent} » ne peut pas servir : {problem}.")
    return loaded.livret


def _build_files(target: Path, parent: str, below: Livret, departement: str, name: str) -> dict[str, str]:
    """Return the content of each file to write, by its name below `target`."""
    is_here = not departement or fold(departement) == fold(below.booklet.departement)
    keys = {} if is_here else {"departement": departement}
    if is_here:
        keys["title"] = name if departement else f"{below.booklet.title}, {name}"
    elif not below.is_common:
        keys["source"] = f"Livret du département {departement}"
    lines = "".join(f"{get_french_key(key)}: {_render_scalar(text)}\n" for key, text in keys.items())
    booklet = _BOOKLET.format(parent=parent, folder=_quote_path(target), id=_build_id(name), keys=lines)
    files = {folders.BOOKLET: booklet + (_HOUSE.format(partners=PARTNERS) if is_here else "")}
    neighbours = [
        layer for layer in below.layers if not (is_here or layer.is_common or layer.holds_at(departement))
    ]
    neighbour = describe_neighbour(neighbours)
    for rules in below.partners:
        contacts = [
            line
            for contact in rules.model.contacts
            if contact in rules.list_used_contacts()
            for line in _render_contact(rules, contact, neighbours, neighbour.find_fact)
        ]
        if contacts:
            head = _PARTNER.format(id=rules.model.id, to_fill=TO_FILL)
            files[f"{PARTNERS}/{rules.model.id}.yaml"] = head + "\n".join(contacts) + "\n"
    return {file: _render_schema_line(target / file) + text for file, text in files.items()}


def _render_contact(
    rules: PartnerRules, name: str, neighbours: list[Layer], find_fact: Callable[[str], str | None]
) -> list[str]:
    """Return the lines of a contact of the livret below of which something is to be filled here; none for others."""
    contact = yaml_reader.find_node(rules.table, ("contacts", name))
    assert isinstance(contact, Table)
    is_local = find_text(contact, "scope") != "national"
    missing = [
        key
        for key, (_, node) in contact.entries.items()
        if is_to_fill(node)
        or (
            (key == "hours" or (is_local and key in KINDS))
            and any(load.is_below(node.place.path, layer.folder) for layer in neighbours)
        )
    ]
    if not missing:
        return []
    values = dict.fromkeys(missing, TO_FILL)
    if any(key in KINDS for key in missing):
        for key in ("label", "audience"):
            text = find_text(contact, key) or ""
            values.setdefault(key, TO_FILL if find_fact(text) else " ".join(text.split()))
    order = sorted(
        values, key=lambda key: ("label", "audience", "hours").index(key) if key not in KINDS else -1
    )
    return [f"  {name}:", *(f"    {get_french_key(key)}: {_render_scalar(values[key])}" for key in order)]


def _render_schema_line(file: Path) -> str:
    """Return the line by which an editor knows what `file` may hold; the schema stands beside the livrets."""
    schema = _SCHEMAS[file.name if file.name == folders.BOOKLET else PARTNERS]
    folder = file.absolute().parent.parent if file.name != folders.BOOKLET else file.absolute().parent
    near, own = folder.parent / schema, Path(folders.get_own_livrets()) / schema
    if not near.exists() and not own.exists():
        return ""
    path = os.path.relpath(near, file.absolute().parent) if near.exists() else str(own)
    return f"# yaml-language-server: $schema={Path(path).as_posix()}\n"


def _check_files(files: dict[str, str], given: str) -> None:
    """Raise `Failure` where `given` is such that the files cannot be read back."""
    for name, text in files.items():
        _, problems = yaml_reader.parse_text(text, name)
        if problems:
            message = f"«\u00a0{escape_controls(given)}\u00a0» ne peut pas s’écrire dans un livret"
            raise Failure(WRONG_CALL, f"{message} ({problems[0].message})\u00a0; retapez ce nom au clavier.")


def _quote_path(path: Path) -> str:
    """Return `path` quoted for any shell, on one line."""
    shown = escape_controls(str(path))
    return f'"{shown}"' if " " in shown else shown


def _render_scalar(text: str) -> str:
    """Return `text`, of one line, as a value in YAML."""
    return text if _PLAIN_SCALAR.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _write_files(target: Path, files: dict[str, str]) -> None:
    try:
        target.mkdir(parents=True, exist_ok=True)
        if any(target.iterdir()):
            raise Failure(WRONG_CALL, f"Le dossier « {target} » n’est pas vide ; choisissez-en un autre.")
        for name, text in files.items():
            (target / name).parent.mkdir(exist_ok=True)
            (target / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        message = f"Le dossier « {target} » ne peut pas être écrit : {describe_os_error(error)}."
        raise Failure(RULES_UNUSABLE, message) from error
