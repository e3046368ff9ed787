"""`identifiants`: writes the list of published identifiers, which nobody has to keep by hand.

What is new is added at its place in the tree. What is gone stays, for only a person can say whether it has another
name now or was really dropped; `verifier` tells it.
"""

from __future__ import annotations

import difflib
from pathlib import Path

from fs_triage import livret_choice, output, rebuild
from fs_triage.checks.published_ids import list_unpublished_nodes
from fs_triage.contract import OK, RULES_UNUSABLE, Failure
from fs_triage.files.atomic_write import write_for_user
from fs_triage.rules.load import Livret, load_livret
from fs_triage.rules.model_livret import IDENTIFIERS
from fs_triage.rules.nodes import list_conclusion_paths
from fs_triage.rules.vocabulary import get_french_key
from fs_triage.rules.yaml_reader import List, Text
from fs_triage.text.typography import escape_controls

_NEW_FILE = """\
# Les identifiants déjà publiés : des scripts et des signets les appellent. « fs-triage identifiants » ajoute ici les
# nouvelles démarches ; un changement de nom se dit sous renommés, « ancien: nouveau ».
"""


def run_identifiants(given: str | None) -> int:
    """Show what the list of the livret `given` lacks, and write it; returns the exit code.

    Raises `Failure` when the livret cannot be read.
    """
    folder = Path(livret_choice.find_livret_folder(given))
    loaded = load_livret(folder)
    if loaded.livret is None:
        raise Failure(RULES_UNUSABLE, rebuild.build_refusal(str(folder), loaded.blocking_problems))
    path = folder / IDENTIFIERS
    before = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
    after = add_new_identifiers(loaded.livret, before)
    if after == before:
        has_list = loaded.livret.own_identifiers is not None
        output.print_message(
            "Toutes les démarches sont déjà dans la liste."
            if has_list
            else "Ce livret n’ajoute aucune démarche à celles dont il hérite : il n’a pas besoin de liste."
        )
        return OK
    shown = escape_controls(str(path))
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), shown, shown, n=1, lineterm="")
    write_for_user(str(path), after.encode())
    output.print_answer("\n".join(lines))
    return OK


def add_new_identifiers(livret: Livret, text: str) -> str:
    """Return `text`, that of the list of `livret` (empty when there is none), with every conclusion that it lacks."""
    order = [f"{rules.model.id}/{path}" for rules in livret.partners for path in list_conclusion_paths(rules)]
    if not text and livret.own_identifiers is None:
        known = livret.identifiers.published if livret.identifiers is not None else []
        nodes = [node for node in order if node not in known]
        key = get_french_key("published")
        return _NEW_FILE + f"{key}:\n" + "".join(f"  - {node}\n" for node in nodes) if nodes else ""
    new = list_unpublished_nodes(livret)
    table = livret.own_identifiers
    if not new or table is None:
        return text
    place, listed = table.entries.get("published", (table.place, List(table.place)))
    items = [item for item in listed.items if isinstance(item, Text)] if isinstance(listed, List) else []
    lines = text.splitlines()
    rows = {item.value: item.place.line - 1 for item in items}
    if lines[listed.place.line - 1][listed.place.column - 1 :].startswith("["):
        return _write_as_list(lines, place.line - 1, [item.value for item in items], order, new)
    anchor, added = place.line - 1, dict[int, list[str]]()
    for node in order:
        anchor = rows.get(node, anchor)
        if node in new:
            added.setdefault(anchor, []).append(node)
    margin = " " * (items[0].place.column - 3 if items else 2)
    written = []
    for rank, line in enumerate(lines):
        written += [line, *(f"{margin}- {node}" for node in added.get(rank, []))]
    return "\n".join(written) + "\n"


def _write_as_list(lines: list[str], row: int, known: list[str], order: list[str], new: set[str]) -> str:
    """Return the text of `lines` with the list of which the key stands at `row` written one a line."""
    end = row
    while "]" not in lines[end]:
        end += 1
    place = {node: rank for rank, node in enumerate(order)}
    nodes = sorted([*known, *new], key=lambda node: place.get(node, len(place)))
    written = [f"{get_french_key('published')}:", *(f"  - {node}" for node in nodes)]
    return "\n".join([*lines[:row], *written, *lines[end + 1 :]]) + "\n"
