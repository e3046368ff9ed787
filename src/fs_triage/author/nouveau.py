"""`nouveau`: creates the folder of a livret that inherits from another, with the contacts it has to replace."""

from __future__ import annotations

import json
import re
from pathlib import Path

from fs_triage import output
from fs_triage.contract import OK, RULES_UNUSABLE, WRONG_CALL, Failure, describe_os_error
from fs_triage.files import folders
from fs_triage.files.atomic_write import refused_name
from fs_triage.rules import booklets, inherit, load, yaml_reader
from fs_triage.rules.model_livret import PARTNERS
from fs_triage.rules.model_partner import TO_FILL
from fs_triage.rules.vocabulary import get_french_key
from fs_triage.rules.yaml_reader import Table
from fs_triage.text.fold import fold
from fs_triage.text.typography import escape_controls

_DEPARTEMENT = re.compile(r"(?P<code>[0-9]{2,3}|2[AB]) (?P<name>[^\W\d_][\w '’.()-]*)")
_PLAIN_SCALAR = re.compile(r"[\w(«](?!.*(: | #|:$)).*")
"""A text that YAML reads without quotes."""

_BOOKLET = """\
# Le livret de ce département hérite des arbres de « {parent} ».
# Chaque contact local de « {parent} » est à remplacer ; « fs-triage verifier {folder} » dit lesquels restent.
id: {id}
titre: Livret d'accompagnement de 1er niveau
département: {departement}
source: Préfecture, livret d'accompagnement des démarches de 1er niveau
hérite de: {parent}
"""

_PARTNER = """\
# Décommentez « contacts: » et chaque contact (retirez « # » et l'espace qui le suit), puis écrivez vos valeurs.
# Les libellés (« libellé ») sont ceux de « {parent} » : mettez-y le nom de vos services et de vos communes.
id: {id}
# contacts:
"""


def run_nouveau(folder: str, parent: str, departement: str) -> int:
    """Create the livret `folder`, which inherits from the livret `parent`, for `departement` (« 25 Doubs »).

    Returns the exit code; raises `Failure` when the call is wrong, or the folder exists and is not empty.
    """
    if wrong := refused_name(folder):
        message = f"Le dossier « {folder} » ne peut pas être créé ({wrong}) ; choisissez un autre nom."
        raise Failure(WRONG_CALL, message)
    target = Path(folder)
    match = _DEPARTEMENT.fullmatch(departement.strip())
    if match is None:
        raise Failure(WRONG_CALL, "Écrivez le département par son numéro et son nom, comme « 25 Doubs ».")
    inherited = booklets.find_parent(target, parent)
    if inherited is None:
        known = ", ".join(sorted(booklets.list_installed()))
        raise Failure(WRONG_CALL, f"Livret « {parent} » inconnu ; possibles : {known}.")
    files = _build_files(
        target,
        parent=parent,
        inherited=inherited,
        departement=departement.strip(),
        departement_name=match["name"],
    )
    _write_files(target, files)
    count = len(files) - 1
    output.print_answer(
        f"Livret créé dans {escape_controls(str(target))} : il hérite de « {parent} ».\n"
        f"{count} fichiers de partenaires y attendent les contacts de votre département.\n"
        f"Suite : remplir les contacts, puis « fs-triage verifier {_quote_path(target)} »."
    )
    return OK


def _build_files(
    target: Path, *, parent: str, inherited: Path, departement: str, departement_name: str
) -> dict[str, str]:
    """Return the content of each file to write, by name."""
    identifier = "-".join(fold(departement_name).split())
    booklet = _BOOKLET.format(
        parent=parent, folder=_quote_path(target), id=identifier, departement=departement
    )
    files = {folders.BOOKLET: booklet}
    content = load.load_livret(inherited)
    if content.livret is None:
        problem = content.problems[0]
        raise Failure(RULES_UNUSABLE, f"Le livret « {parent} » ne peut pas servir : {problem}.")
    ancestor = content.livret.booklet.extends
    if ancestor is not None:
        message = f"Le livret « {parent} » hérite lui-même de « {ancestor} » ; partez de « {ancestor} »."
        raise Failure(WRONG_CALL, message)
    for rules in content.livret.partners:
        local = inherit.get_local_contacts(rules.table)
        if local:
            lines = [
                line for name, contact in local.items() for line in _render_contact(name, contact, parent)
            ]
            files[f"{PARTNERS}/{rules.model.id}.yaml"] = (
                _PARTNER.format(id=rules.model.id, parent=parent) + "\n".join(lines) + "\n"
            )
    return files


def _render_contact(name: str, contact: Table, parent: str) -> list[str]:
    """Return the commented lines of a contact to fill in: that of the parent, its value only as an example."""
    lines = [f"#   {name}:"]
    for key, value in yaml_reader.convert_to_data(contact).items():
        if key in ("doubt", "note", "hours"):
            continue
        shown, french = " ".join(str(value).split()), get_french_key(key)
        is_value = key not in ("label", "audience", "scope")
        lines.append(f"#     {french}: {TO_FILL}" if is_value else f"#     {french}: {_render_scalar(shown)}")
        if is_value:
            lines[-1] += f"    # {parent} = {shown}"
    return lines


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
