"""Leaving out of a table what is wrong in it, so that the rest can be held against itself."""

from __future__ import annotations

from fs_triage.rules.yaml_reader import Node, Row, Table, Text, node_at

Location = tuple[str | int, ...]

ANY = "\0"
CONTACT = "\0contact:"
"""What no id as typed can be: a file may not hold such a character."""


def copy(table: Table) -> Table:
    """Return a copy of `table` that can be changed without changing `table`."""
    copied = _copy(table)
    assert isinstance(copied, Table)
    return copied


def _copy(node: Node) -> Node:
    if isinstance(node, Row):
        return Row(node.place, [_copy(item) for item in node.items])
    if isinstance(node, Table):
        return Table(node.place, {key: (place, _copy(item)) for key, (place, item) in node.entries.items()})
    return node


def rename(table: Table, location: Location, key: str) -> None:
    """Call the key at `location` in `table` by the name `key`, in its place."""
    parent = node_at(table, location[:-1])
    if isinstance(parent, Table):
        parent.entries = {key if old == location[-1] else old: entry for old, entry in parent.entries.items()}


def prune(table: Table, locations: list[Location], lost: set[str]) -> bool:
    """Take what stands at `locations` out of `table`, and add to `lost` the answers and contacts that went.

    Returns False when that cannot be done: then the table is of no use.
    """
    rows: list[Row] = []
    gone = Text("", table.place)
    for location in sorted(set(locations), key=len):
        location = _reached(table, location)
        if not location:
            return False
        lost.update(_names(table, location))
        parent = node_at(table, location[:-1])
        if isinstance(parent, Row):
            parent.items[int(location[-1])] = gone
            rows.append(parent)
        elif isinstance(parent, Table):
            parent.entries.pop(str(location[-1]), None)
    for row in rows:
        row.items = [item for item in row.items if item is not gone]
    return True


def _reached(table: Table, location: Location) -> Location:
    """Return `location` as far as it leads in `table`."""
    while location:
        parent = node_at(table, location[:-1])
        last = location[-1]
        if isinstance(parent, Table) and last in parent.entries:
            return location
        if isinstance(parent, Row) and isinstance(last, int) and last < len(parent.items):
            return location
        location = location[:-1]
    return location


def _names(table: Table, location: Location) -> list[str]:
    """Return the names of the answers that go, and of the contacts that change, when `location` goes."""
    if location[0] == "contacts":
        return [CONTACT + (str(location[1]) if len(location) > 1 else ANY)]
    if "answers" not in location or (location[-1] != "answers" and location[-2] != "answers"):
        return []
    path = []
    for end in range(1, len(location) + 1):
        if location[end - 1] == "answers" or end < 2 or location[end - 2] != "answers":
            continue
        answer = node_at(table, location[:end])
        identifier = answer.entries.get("id") if isinstance(answer, Table) else None
        if identifier is None or not isinstance(identifier[1], Text):
            return [ANY]
        path.append(identifier[1].value)
    return ["/".join(path)] if path else [ANY]
