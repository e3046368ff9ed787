"""Drop invalid parts of a table, so that the checks can run on the rest."""

from __future__ import annotations

from dataclasses import dataclass

from fs_triage.rules.yaml_reader import List, Location, Table, Text, YamlNode, find_node


@dataclass(frozen=True, slots=True)
class LostParts:
    """The answers (by path) and the contacts (by id) that were removed, and whether there are some without a name.

    `pages` tells that one of the partner's was.
    """

    answers: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()
    unknown_answers: bool = False
    unknown_contacts: bool = False
    pages: bool = False

    def __or__(self, other: LostParts) -> LostParts:
        return LostParts(
            answers=self.answers | other.answers,
            contacts=self.contacts | other.contacts,
            unknown_answers=self.unknown_answers or other.unknown_answers,
            unknown_contacts=self.unknown_contacts or other.unknown_contacts,
            pages=self.pages or other.pages,
        )


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


def remove_parts(table: Table, locations: list[Location]) -> LostParts | None:
    """Remove what stands at `locations` from `table`; returns the answers and contacts lost with it.

    Returns None when the whole table would have to go.
    """
    lost = LostParts()
    lists: list[List] = []
    removed = Text("", table.place)
    for location in sorted(set(locations), key=len):
        location = _trim_location(table, location)
        if not location:
            return None
        lost |= _find_lost_parts(table, location)
        parent = find_node(table, location[:-1])
        if isinstance(parent, List):
            parent.items[int(location[-1])] = removed  # so that the other indexes stay
            lists.append(parent)
        elif isinstance(parent, Table):
            parent.entries.pop(str(location[-1]), None)
    for parent in lists:
        parent.items = [item for item in parent.items if item is not removed]
    return lost


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


def _find_lost_parts(table: Table, location: Location) -> LostParts:
    """Return the answers and contacts that are lost when `location` is removed."""
    if location[0] == "pages":
        return LostParts(pages=True)
    if location[0] == "contacts":
        if len(location) == 1:
            return LostParts(unknown_contacts=True)
        return LostParts(contacts=frozenset({str(location[1])}))
    if "answers" not in location[-2:]:
        return LostParts()
    path = []
    for rank in range(1, len(location)):
        if location[rank - 1] == "answers" and location[rank] != "answers":
            answer = find_node(table, location[: rank + 1])
            identifier = answer.entries.get("id") if isinstance(answer, Table) else None
            if identifier is None or not isinstance(identifier[1], Text):
                return LostParts(unknown_answers=True)
            path.append(identifier[1].value)
    return LostParts(answers=frozenset({"/".join(path)})) if path else LostParts(unknown_answers=True)
