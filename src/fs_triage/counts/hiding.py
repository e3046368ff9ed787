"""What of a table of counts may leave the house: no cell under five, and none that the rest would give away.

The reader knows that every line and column adds up to its total. A hidden cell is given away when one value alone fits
all that is shown. It is not when the hidden cells can be changed together, each within what its mark says, so that all
sums stay: then a closed way leads from hidden cell to hidden cell, by line and by column in turn, along which one is
raised and the next lowered. Where there is no such way for a small cell, the cells of the cheapest one are hidden too.

A report has few columns and many lines: the cheapest lines that lead from each column to each other are kept, so that a
way is looked for among the columns alone.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import permutations
from math import inf

LEAST = 5
"""The least count that may leave the house; nobody is behind a zero, which is shown."""


class Hidden(Enum):
    """A count that is not shown: one under `LEAST`, or one that would give such a count away."""

    SMALL = f"<\u00a0{LEAST}"
    MASKED = "masqué"


Cell = int | Hidden

_Place = tuple[int, int]
_Way = tuple[float, int, list[_Place]]
"""What is shown of it, how many cells it crosses, those cells."""


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
    """A table, and the marks of what is hidden in it. To cross a cell costs what is shown in it."""

    def __init__(self, lines: Sequence[Sequence[int]]) -> None:
        self._lines = lines
        self._last = (len(lines) - 1, len(lines[0]) - 1)
        self._columns = range(len(lines[0]))
        self.marks: dict[_Place, Hidden] = {}
        self._leaving = [[inf] * len(self._columns) for _ in lines]  # from a line to a column
        self._entering = [[inf] * len(self._columns) for _ in lines]  # from a column to a line
        self._best: dict[tuple[int, int], list[tuple[float, int]]] = {
            pair: [] for pair in permutations(self._columns, 2)
        }
        """The two cheapest lines from a column to another: a way does not go through the line of its own cell."""
        for line, values in enumerate(lines):
            for column, value in enumerate(values):
                if 0 < value < LEAST:
                    self.marks[line, column] = Hidden.SMALL
                self._weigh((line, column))
            self._compare(line)

    def is_uncertain(self, place: _Place) -> bool:
        """Return whether more than one value of a hidden cell fits what is shown."""
        return any(cost == 0 for cost, _, _ in self._find_ways(place))

    def hide_way(self, place: _Place) -> None:
        """Hide what makes a small cell uncertain, as little as can be.

        A small total that is known to be small may leave its cells no choice (4, of four cells): nothing is told of it.
        """
        ways = sorted(self._find_ways(place))
        for total in ((place[0], self._last[1]), (self._last[0], place[1]), self._last):
            if not ways:
                self._mask(total)
                ways = sorted(self._find_ways(place))
        for other in ways[0][2]:
            if other not in self.marks:
                self._mask(other)

    def _mask(self, place: _Place) -> None:
        self.marks[place] = Hidden.MASKED
        self._weigh(place)
        self._compare(place[0])

    def _weigh(self, place: _Place) -> None:
        """Note what it costs to cross a cell each way: along it one of its line and its column gives to the other."""
        line, column = place
        cost = 0 if place in self.marks else self._lines[line][column]
        for costs, by in ((self._leaving, 1), (self._entering, -1)):
            if self._can_move(place, by * self._get_sign(place)):
                costs[line][column] = cost

    def _compare(self, line: int) -> None:
        """Note where a line, of which no cell costs more than before, is now among the cheapest."""
        entering, leaving = self._entering[line], self._leaving[line]
        for (start, end), best in self._best.items():
            cost = entering[start] + leaving[end]
            if cost < inf and (len(best) < 2 or cost < best[1][0]):
                best[:] = sorted([*(one for one in best if one[1] != line), (cost, line)])[:2]

    def _find_ways(self, place: _Place) -> Iterator[_Way]:
        """Yield the cheapest way along which a cell can be raised, then lowered, where there is one.

        It leads from the column to the line, or from the line to the column, and not by the cell itself.
        """
        line, column = place
        others = [other for other in self._columns if other != column]
        if self._leaving[line][column] < inf:
            ends = {other: (self._entering[line][other], 1, [(line, other)]) for other in others}
            yield from self._find_cheapest(line, {column: (0, 0, [])}, ends)
        if self._entering[line][column] < inf:
            starts = {other: (self._leaving[line][other], 1, [(line, other)]) for other in others}
            yield from self._find_cheapest(line, starts, {column: (0, 0, [])})

    def _find_cheapest(
        self, without: int, starts: Mapping[int, _Way], ends: Mapping[int, _Way]
    ) -> Iterator[_Way]:
        """Yield the cheapest way, from what begins it to what ends it at a column, by lines other than `without`."""
        end = len(self._columns)
        waiting = [(*start, column) for column, start in starts.items() if start[0] < inf]
        heapq.heapify(waiting)
        seen: set[int] = set()
        while waiting:
            cost, length, way, column = heapq.heappop(waiting)
            if column == end:
                yield cost, length, way
                return
            if column in seen:
                continue
            seen.add(column)
            if column in ends and ends[column][0] < inf:
                more, crossed, last = ends[column]
                heapq.heappush(waiting, (cost + more, length + crossed, way + last, end))
            for other in self._columns:
                more, line = self._find_line(column, other, without)
                if other not in seen and more < inf:
                    cells = [(line, column), (line, other)]
                    heapq.heappush(waiting, (cost + more, length + 2, way + cells, other))

    def _find_line(self, start: int, end: int, without: int) -> tuple[float, int]:
        """Return the cheapest line from a column to another, and what it costs."""
        best = self._best.get((start, end), [])
        return next((one for one in best if one[1] != without), (inf, -1))

    def _can_move(self, place: _Place, by: int) -> bool:
        """Return whether a cell, once hidden, might hold one more or one less for all that its mark says."""
        value = self._lines[place[0]][place[1]]
        if self.marks.get(place) is Hidden.SMALL:
            return 1 <= value + by < LEAST
        return value > 0 and value + by >= (LEAST if value >= LEAST else 1)

    def _get_sign(self, place: _Place) -> int:
        """Return 1 for a cell and the total of totals, -1 for the total of a line or a column: then all sums are 0."""
        return -1 if (place[0] == self._last[0]) != (place[1] == self._last[1]) else 1
