"""Drop invalid parts of a table, so that the checks can run on the rest."""

from __future__ import annotations

from fs_triage.rules.yaml_reader import List, Table, Text, YamlNode, find_node

Location = tuple[str | int, ...]

ANY = "\0"
CONTACT = "\0contact:"
"""What no id as typed can be: a file may not hold such a character."""


def copy_table(table: Table) -> Table:
    """Return a copy of `table` that can be changed without changing `table`."""
    copied = _copy_node(table)
    assert isinstance(copied, Table)
    return copied


def _copy_node(node: YamlNode) -> YamlNode:
    if isinstance(node, List):
        return List(node.place, [_copy_node(item) for item in node.items])
    if isinstance(node, Table):
        return Table(
            node.place, {key: (place, _copy_node(item)) for key, (place, item) in node.entries.items()}
        )
    return node


def rename_key(table: Table, location: Location, key: str) -> None:
    """Call the key at `location` in `table` by the name `key`, in its place."""
    parent = find_node(table, location[:-1])
    if isinstance(parent, Table):
        parent.entries = {key if old == location[-1] else old: entry for old, entry in parent.entries.items()}


def remove_parts(table: Table, locations: list[Location], lost: set[str]) -> bool:
    """Take what stands at `locations` out of `table`, and add to `lost` the answers and contacts that went.

    Returns False when that cannot be done: then the table is of no use.
    """
    rows: list[List] = []
    gone = Text("", table.place)
    for location in sorted(set(locations), key=len):
        location = _trim_location(table, location)
        if not location:
            return False
        lost.update(_list_removed_names(table, location))
        parent = find_node(table, location[:-1])
        if isinstance(parent, List):
            parent.items[int(location[-1])] = gone
            rows.append(parent)
        elif isinstance(parent, Table):
            parent.entries.pop(str(location[-1]), None)
    for row in rows:
        row.items = [item for item in row.items if item is not gone]
    return True


def _trim_location(table: Table, location: Location) -> Location:
    """Return the longest part of `location` that exists in `table`."""
    while location:
        parent = find_node(table, location[:-1])
        last = location[-1]
        if isinstance(parent, Table) and last in parent.entries:
            return location
        if isinstance(parent, List) and isinstance(last, int) and last < len(parent.items):
            return location
        location = location[:-1]
    return location


def _list_removed_names(table: Table, location: Location) -> list[str]:
    """Return the names of the answers and contacts that are lost when `location` is removed."""
    if location[0] == "contacts":
        return [CONTACT + (str(location[1]) if len(location) > 1 else ANY)]
    if "answers" not in location or (location[-1] != "answers" and location[-2] != "answers"):
        return []
    path = []
    for end in range(1, len(location) + 1):
        if location[end - 1] == "answers" or end < 2 or location[end - 2] != "answers":
            continue
        answer = find_node(table, location[:end])
        identifier = answer.entries.get("id") if isinstance(answer, Table) else None
        if identifier is None or not isinstance(identifier[1], Text):
            return [ANY]
        path.append(identifier[1].value)
    return ["/".join(path)] if path else [ANY]
