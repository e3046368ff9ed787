"""What of a table of counts may leave the house: no cell under five, and none that the rest would give away.

The reader knows that every line and column adds up to its total. A hidden cell is given away when one value alone fits
all that is shown. It is not when the hidden cells can be changed together, each within what its mark says, so that all
sums stay: then a closed way leads from hidden cell to hidden cell, by line and by column in turn, along which one is
raised and the next lowered. Where there is no such way for a small cell, the cells of the cheapest one are hidden too.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import count

LEAST = 5
"""The least count that may leave the house; nobody is behind a zero, which is shown."""


class Hidden(Enum):
    """A count that is not shown: one under `LEAST`, or one that would give such a count away."""

    SMALL = f"<\u00a0{LEAST}"
    MASKED = "masqué"


Cell = int | Hidden

_Place = tuple[int, int]
_Node = tuple[bool, int]
"""A line (True) or a column, by its rank."""


def hide_counts(lines: Sequence[Sequence[int]]) -> list[list[Cell]]:
    """Return a table of which the last line and the last column are totals, without what may not be shown."""
    hiding = _Hiding(lines)
    for place in sorted(hiding.marks):
        if not hiding.is_uncertain(place):
            hiding.hide_way(place)
    return [
        [hiding.marks.get((line, column), value) for column, value in enumerate(values)]
        for line, values in enumerate(lines)
    ]


class _Hiding:
    """A table, and the marks of what is hidden in it."""

    def __init__(self, lines: Sequence[Sequence[int]]) -> None:
        self._lines = lines
        self._last = (len(lines) - 1, len(lines[0]) - 1)
        self.marks: dict[_Place, Hidden] = {
            (line, column): Hidden.SMALL
            for line, values in enumerate(lines)
            for column, value in enumerate(values)
            if 0 < value < LEAST
        }

    def is_uncertain(self, place: _Place) -> bool:
        """Return whether more than one value of a hidden cell fits what is shown."""
        return any(cost == 0 for cost, _ in self._find_ways(place))

    def hide_way(self, place: _Place) -> None:
        """Hide what makes a small cell uncertain, as little as can be.

        A small total that is known to be small may leave its cells no choice (4, of four cells): nothing is told of it.
        """
        ways = sorted(self._find_ways(place))
        for total in ((place[0], self._last[1]), (self._last[0], place[1]), self._last):
            if not ways:
                self.marks[total] = Hidden.MASKED
                ways = sorted(self._find_ways(place))
        for other in ways[0][1]:
            self.marks.setdefault(other, Hidden.MASKED)

    def _find_ways(self, place: _Place) -> Iterator[tuple[int, list[_Place]]]:
        """Yield the cheapest way along which a cell can be raised, then lowered: what is shown of it, and its cells."""
        line, column = (True, place[0]), (False, place[1])
        for by in (1, -1):
            if self._can_move(place, by):
                goes_down = by * self._get_sign(place) > 0
                start, end = (column, line) if goes_down else (line, column)
                way = self._find_cheapest(start, end, place)
                if way is not None:
                    yield way

    def _find_cheapest(self, start: _Node, end: _Node, without: _Place) -> tuple[int, list[_Place]] | None:
        """Return the cheapest way from a line or column to another: to cross a cell costs what is shown in it."""
        order = count()
        waiting: list[tuple[int, int, _Node, list[_Place]]] = [(0, next(order), start, [])]
        seen: set[_Node] = set()
        while waiting:
            cost, _, node, way = heapq.heappop(waiting)
            if node == end:
                return cost, way
            if node in seen:
                continue
            seen.add(node)
            is_line, rank = node
            for other in range(self._last[is_line] + 1):
                place = (rank, other) if is_line else (other, rank)
                by = self._get_sign(place) * (1 if is_line else -1)
                if place != without and (not is_line, other) not in seen and self._can_move(place, by):
                    more = 0 if place in self.marks else self._get_value(place)
                    heapq.heappush(waiting, (cost + more, next(order), (not is_line, other), [*way, place]))
        return None

    def _can_move(self, place: _Place, by: int) -> bool:
        """Return whether a cell, once hidden, might hold one more or one less for all that its mark says."""
        value = self._get_value(place)
        if self.marks.get(place) is Hidden.SMALL:
            return 1 <= value + by < LEAST
        return value > 0 and value + by >= (LEAST if value >= LEAST else 1)

    def _get_value(self, place: _Place) -> int:
        return self._lines[place[0]][place[1]]

    def _get_sign(self, place: _Place) -> int:
        """Return 1 for a cell and the total of totals, -1 for the total of a line or a column: then all sums are 0."""
        return -1 if (place[0] == self._last[0]) != (place[1] == self._last[1]) else 1
