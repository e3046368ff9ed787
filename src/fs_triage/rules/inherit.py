"""A livret that inherits from another: the trees of a département serve the one next door.

Inheritance is worked out on the tables, before the models: what an heir says replaces what its parent says at
the same place, so that a problem is told where the text it came from was typed. There is one level of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fs_triage.rules.model_errors import nearest, what
from fs_triage.rules.problem import Problem
from fs_triage.rules.yaml_reader import Node, Place, Row, Table, Text
from fs_triage.text.typography import visible

TOP = "."
"""In `add`, the first question of the partner."""

CHANGES = ("remove", "replace", "add")


@dataclass(slots=True)
class Merged:
    """A partner as inherited: its table, and the parent's local contacts that the heir has yet to replace."""

    table: Table
    missing: frozenset[str] = frozenset()
    inherited: frozenset[str] = frozenset()
    """The paths of the parent's tree, whatever the heir makes of it."""
    problems: list[Problem] = field(default_factory=list)


def merge(parent: Table, heir: Table) -> Merged:
    """Return the partner that `heir` makes of `parent`, whose table is changed in place.

    Keys of `heir` replace those of the parent; `contacts` are replaced one by one, `examples` are added;
    `remove` (paths), `replace` (path: answer) and `add` (path: answers) change the tree.
    """
    merged = Merged(parent, inherited=frozenset(paths_below(parent)))
    _shapes(merged, heir)
    merged.missing = _contacts(parent, heir)
    for item in _items(heir, "remove"):
        _remove(merged, item)
    for path, place, answer in _pairs(heir, "replace"):
        _replace(merged, path, place, answer)
    for path, place, answers in _pairs(heir, "add"):
        _add(merged, path, place, answers)
    _examples(parent, heir)
    for key, entry in heir.entries.items():
        if key not in (*CHANGES, "contacts", "examples"):
            parent.entries[key] = entry
    return merged


_LIST = "une liste, chaque ligne commençant par « - »"
_SHAPES: dict[str, tuple[type[Node], str]] = {
    "remove": (Row, f"{_LIST} et donnant un chemin comme « rsa/demande »"),
    "replace": (Table, "des « chemin: réponse »"),
    "add": (Table, "des « chemin: liste de réponses »"),
    "examples": (Row, _LIST),
    "contacts": (Table, "des « identifiant: contact »"),
}


def _shapes(merged: Merged, heir: Table) -> None:
    """Note what an heir says in a shape of which nothing could be made."""
    for key, (shape, expected) in _SHAPES.items():
        if key not in heir.entries:
            continue
        node = heir.entries[key][1]
        if not isinstance(node, shape):
            _wrong(merged, key, node, expected)
        for item in node.items if key == "remove" and isinstance(node, Row) else []:
            if not isinstance(item, Text):
                _wrong(merged, key, item, "un chemin comme « rsa/demande »")
        for path, (_, answers) in node.entries.items() if key == "add" and isinstance(node, Table) else ():
            if not isinstance(answers, Row):
                _wrong(merged, path, answers, f"{_LIST} et donnant une réponse")


def _wrong(merged: Merged, key: str, node: Node, expected: str) -> None:
    code, message, hint = "wrong-type", f"« {visible(key)} » : {what(node)}", f"attendu : {expected}"
    if isinstance(node, Text) and not node.value.strip():
        code, message, hint = "empty", f"« {visible(key)} » est vide", "complétez, ou supprimez-la"
    merged.problems.append(Problem(node.place.path, node.place.line, node.place.column, code, message, hint))


def local_contacts(partner: Table) -> dict[str, Table]:
    """Return the contacts of `partner` that belong to its département, by id."""
    contacts = partner.entries.get("contacts", (partner.place, Table(partner.place)))[1]
    entries = contacts.entries if isinstance(contacts, Table) else {}
    return {
        name: contact
        for name, (_, contact) in entries.items()
        if isinstance(contact, Table) and text_of(contact, "scope") != "national"
    }


def text_of(table: Table, key: str) -> str | None:
    """Return the text under `key`, None when there is none."""
    node = table.entries.get(key, (None, None))[1]
    return node.value if isinstance(node, Text) else None


def _contacts(parent: Table, heir: Table) -> frozenset[str]:
    local = local_contacts(parent)
    own = heir.entries.get("contacts", (heir.place, None))[1]
    if not isinstance(own, Table):
        return frozenset(local)
    _, inherited = parent.entries.setdefault("contacts", (own.place, Table(own.place)))
    if isinstance(inherited, Table):
        inherited.entries.update(own.entries)
    return frozenset(name for name in local if name not in own.entries)


def _items(heir: Table, key: str) -> list[Text]:
    node = heir.entries.get(key, (None, None))[1]
    return [item for item in node.items if isinstance(item, Text)] if isinstance(node, Row) else []


def _pairs(heir: Table, key: str) -> list[tuple[str, Place, Node]]:
    node = heir.entries.get(key, (None, None))[1]
    if not isinstance(node, Table):
        return []
    return [(path, place, value) for path, (place, value) in node.entries.items()]


def _answers(node: Table) -> Row | None:
    answers = node.entries.get("answers", (None, None))[1]
    return answers if isinstance(answers, Row) else None


def _find(partner: Table, path: str) -> tuple[Row, int] | None:
    """Return the row of answers that holds the node at `path`, and its rank there."""
    node, found = partner, None
    for identifier in path.split("/"):
        row = _answers(node)
        ranks = [
            rank
            for rank, answer in enumerate(row.items if row else ())
            if isinstance(answer, Table) and text_of(answer, "id") == identifier
        ]
        if row is None or not ranks:
            return None
        found = (row, ranks[0])
        following = row.items[ranks[0]]
        assert isinstance(following, Table)
        node = following
    return found


def _unknown(merged: Merged, path: str, place: Place) -> None:
    hint = nearest(path, paths_below(merged.table))
    message = f"« {path} » n’existe pas dans le livret dont celui-ci hérite"
    merged.problems.append(Problem(place.path, place.line, place.column, "unknown-target", message, hint))


def paths_below(node: Table, prefix: str = "") -> list[str]:
    """Return the path of every answer below `node`, each after `prefix`."""
    paths = []
    for answer in (_answers(node) or Row(node.place)).items:
        identifier = text_of(answer, "id") if isinstance(answer, Table) else None
        if isinstance(answer, Table) and identifier is not None:
            paths.append(prefix + identifier)
            paths += paths_below(answer, f"{prefix}{identifier}/")
    return paths


def _remove(merged: Merged, path: Text) -> None:
    found = _find(merged.table, path.value)
    if found is None:
        _unknown(merged, path.value, path.place)
        return
    row, rank = found
    del row.items[rank]
    examples = merged.table.entries.get("examples", (None, None))[1]
    if isinstance(examples, Row):
        examples.items = [item for item in examples.items if not _is_under(item, path.value)]


def _is_under(example: Node, path: str) -> bool:
    node = text_of(example, "id") if isinstance(example, Table) else None
    return node is not None and f"{node}/".startswith(f"{path}/")


def _replace(merged: Merged, path: str, place: Place, answer: Node) -> None:
    found = _find(merged.table, path)
    if found is None:
        _unknown(merged, path, place)
        return
    row, rank = found
    if isinstance(answer, Table):
        answer.entries.setdefault("id", (place, Text(path.rpartition("/")[2], place)))
    row.items[rank] = answer


def _add(merged: Merged, path: str, place: Place, answers: Node) -> None:
    found = None if path == TOP else _find(merged.table, path)
    node = found[0].items[found[1]] if found else merged.table
    if (found is None and path != TOP) or not isinstance(node, Table):
        _unknown(merged, path, place)
        return
    row = _answers(node)
    if row is None:
        message = f"« {path} » n’est pas une question : rien ne peut s’y ajouter"
        merged.problems.append(Problem(place.path, place.line, place.column, "unknown-target", message))
    elif isinstance(answers, Row):
        row.items += answers.items


def _examples(parent: Table, heir: Table) -> None:
    own = heir.entries.get("examples", (None, None))[1]
    if isinstance(own, Row):
        _, inherited = parent.entries.setdefault("examples", (own.place, Row(own.place)))
        if isinstance(inherited, Row):
            inherited.items += own.items
