"""A livret that inherits from another: the trees of a département serve the one next door.

Tables are merged before the models are built, so that each problem is reported where its text was typed. What an heir
says replaces what its parent says at the same place. A livret that inherits cannot be inherited from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from fs_triage.rules.model_errors import describe_node, suggest_name
from fs_triage.rules.model_partner import KINDS
from fs_triage.rules.problem import Problem
from fs_triage.rules.vocabulary import get_french_key
from fs_triage.rules.yaml_reader import List, Mark, Table, Text, YamlNode
from fs_triage.text.typography import escape_controls

TOP = "."
"""In `add`, the first question of the partner."""

CHANGES = ("remove", "replace", "add")


@dataclass(slots=True)
class MergedPartner:
    """The table of a partner, merged with that of its parent."""

    table: Table
    missing: frozenset[str] = frozenset()
    """The parent's local contacts that the heir has yet to replace."""
    inherited: frozenset[str] = frozenset()
    """The paths of the parent's tree."""
    reserved: frozenset[str] = frozenset()
    """The values of the parent's contacts for counsellors: a text inherited from it may name one."""
    problems: list[Problem] = field(default_factory=list)


def merge_partner(parent: Table, heir: Table) -> MergedPartner:
    """Merge `heir` into `parent`, whose table is changed in place.

    Keys of `heir` replace those of the parent; `contacts` are replaced one by one, `examples` are added;
    `remove` (paths), `replace` (path: answer) and `add` (path: answers) change the tree.
    """
    reserved = frozenset(_iter_reserved_values(parent))
    merged = MergedPartner(parent, inherited=frozenset(list_paths(parent)), reserved=reserved)
    _check_shapes(merged, heir)
    merged.missing = _merge_contacts(parent, heir)
    for item in _list_texts(heir, "remove"):
        _remove_answer(merged, item)
    for path, (mark, answer) in _get_entries(heir, "replace").items():
        _replace_answer(merged, path, mark, answer)
    for path, (mark, answers) in _get_entries(heir, "add").items():
        _add_answers(merged, path, mark, answers)
    _merge_examples(parent, heir)
    for key, entry in heir.entries.items():
        if key not in (*CHANGES, "contacts", "examples"):
            parent.entries[key] = entry
    return merged


_LIST = "une liste, chaque ligne commençant par « - »"
_SHAPES: dict[str, tuple[type[YamlNode], str]] = {
    "remove": (List, f"{_LIST} et donnant un chemin comme « rsa/demande »"),
    "replace": (Table, "des « chemin: réponse »"),
    "add": (Table, "des « chemin: liste de réponses »"),
    "contacts": (Table, "des « identifiant: contact »"),
}


def _check_shapes(merged: MergedPartner, heir: Table) -> None:
    """Add a problem for each key of an heir whose value has the wrong type."""
    for key, (shape, expected) in _SHAPES.items():
        if key not in heir.entries:
            continue
        node = heir.entries[key][1]
        if not isinstance(node, shape):
            _add_shape_problem(merged, key, node, expected)
        for item in node.items if key == "remove" and isinstance(node, List) else []:
            if not isinstance(item, Text):
                _add_shape_problem(merged, key, item, "un chemin comme « rsa/demande »")
        for path, (_, answers) in node.entries.items() if key == "add" and isinstance(node, Table) else ():
            if not isinstance(answers, List):
                _add_shape_problem(merged, path, answers, f"{_LIST} et donnant une réponse")


def _add_shape_problem(merged: MergedPartner, key: str, node: YamlNode, expected: str) -> None:
    if isinstance(node, Text) and not node.value.strip():
        code = "empty"
        message = f"« {escape_controls(get_french_key(key))} » est vide"
        hint = "complétez, ou supprimez-la"
    else:
        code = "wrong-type"
        message = f"« {escape_controls(get_french_key(key))} » : {describe_node(node)}"
        hint = f"attendu : {expected}"
    merged.problems.append(Problem(*node.place, code=code, message=message, hint=hint))


def _iter_reserved_values(partner: Table) -> Iterator[str]:
    contacts = partner.entries.get("contacts", (partner.place, None))[1]
    for _, contact in contacts.entries.values() if isinstance(contacts, Table) else ():
        if isinstance(contact, Table) and find_text(contact, "audience") != "usager":
            yield from (value for kind in KINDS if (value := find_text(contact, kind)))


def get_local_contacts(partner: Table) -> dict[str, Table]:
    """Return the contacts of `partner` that belong to its département, by id."""
    contacts = partner.entries.get("contacts", (partner.place, Table(partner.place)))[1]
    entries = contacts.entries if isinstance(contacts, Table) else {}
    return {
        name: contact
        for name, (_, contact) in entries.items()
        if isinstance(contact, Table) and find_text(contact, "scope") != "national"
    }


def find_text(table: Table, key: str) -> str | None:
    """Return the text under `key`, None when there is none."""
    node = table.entries.get(key, (None, None))[1]
    return node.value if isinstance(node, Text) else None


def _merge_contacts(parent: Table, heir: Table) -> frozenset[str]:
    local = get_local_contacts(parent)
    own = heir.entries.get("contacts", (heir.place, None))[1]
    if not isinstance(own, Table):
        return frozenset(local)
    _, inherited = parent.entries.setdefault("contacts", (own.place, Table(own.place)))
    if isinstance(inherited, Table):
        inherited.entries.update(own.entries)
    return frozenset(name for name in local if name not in own.entries)


def _list_texts(heir: Table, key: str) -> list[Text]:
    node = heir.entries.get(key, (None, None))[1]
    return [item for item in node.items if isinstance(item, Text)] if isinstance(node, List) else []


def _get_entries(heir: Table, key: str) -> dict[str, tuple[Mark, YamlNode]]:
    node = heir.entries.get(key, (None, None))[1]
    return node.entries if isinstance(node, Table) else {}


def _find_answers(node: Table) -> List | None:
    answers = node.entries.get("answers", (None, None))[1]
    return answers if isinstance(answers, List) else None


def _find_answer(partner: Table, path: str) -> tuple[List, int] | None:
    """Return the list of answers that holds the one at `path`, and its rank there."""
    node, found = partner, None
    for identifier in path.split("/"):
        answers = _find_answers(node)
        if answers is None:
            return None
        for rank, answer in enumerate(answers.items):
            if isinstance(answer, Table) and find_text(answer, "id") == identifier:
                node, found = answer, (answers, rank)
                break
        else:
            return None
    return found


def _add_unknown_target(merged: MergedPartner, path: str, mark: Mark) -> None:
    hint = suggest_name(path, list_paths(merged.table))
    message = f"« {path} » n’existe pas dans le livret dont celui-ci hérite"
    merged.problems.append(Problem(*mark, code="unknown-target", message=message, hint=hint))


def list_paths(node: Table, prefix: str = "") -> list[str]:
    """Return the path of every answer below `node`, with `prefix` before it."""
    paths = []
    for answer in (_find_answers(node) or List(node.place)).items:
        identifier = find_text(answer, "id") if isinstance(answer, Table) else None
        if isinstance(answer, Table) and identifier is not None:
            paths.append(prefix + identifier)
            paths += list_paths(answer, f"{prefix}{identifier}/")
    return paths


def _remove_answer(merged: MergedPartner, path: Text) -> None:
    found = _find_answer(merged.table, path.value)
    if found is None:
        _add_unknown_target(merged, path.value, path.place)
        return
    answers, rank = found
    del answers.items[rank]
    examples = merged.table.entries.get("examples", (None, None))[1]
    if isinstance(examples, Table):
        for node in [node for node in examples.entries if f"{node}/".startswith(f"{path.value}/")]:
            del examples.entries[node]


def _replace_answer(merged: MergedPartner, path: str, mark: Mark, answer: YamlNode) -> None:
    found = _find_answer(merged.table, path)
    if found is None:
        _add_unknown_target(merged, path, mark)
        return
    answers, rank = found
    if isinstance(answer, Table):
        answer.entries.setdefault("id", (mark, Text(path.rpartition("/")[2], mark)))
    answers.items[rank] = answer


def _add_answers(merged: MergedPartner, path: str, mark: Mark, answers: YamlNode) -> None:
    found = None if path == TOP else _find_answer(merged.table, path)
    node = found[0].items[found[1]] if found else merged.table
    if (found is None and path != TOP) or not isinstance(node, Table):
        _add_unknown_target(merged, path, mark)
        return
    existing = _find_answers(node)
    if existing is None:
        message = f"« {path} » n’est pas une question : rien ne peut s’y ajouter"
        merged.problems.append(Problem(*mark, code="unknown-target", message=message))
    elif isinstance(answers, List):
        existing.items += answers.items


def _merge_examples(parent: Table, heir: Table) -> None:
    own = heir.entries.get("examples", (None, None))[1]
    if not isinstance(own, Table):
        return
    _, inherited = parent.entries.setdefault("examples", (own.place, Table(own.place)))
    assert isinstance(inherited, Table)
    for path, (mark, needs) in own.entries.items():
        _, known = inherited.entries.get(path, (mark, List(mark)))
        told = [node.items if isinstance(node, List) else [node] for node in (known, needs)]
        inherited.entries[path] = (mark, List(needs.place, [*told[0], *told[1]]))
