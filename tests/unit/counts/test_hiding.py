"""What may leave the house of a table of counts: held against every table that a reader could think of."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product

import pytest

from fs_triage.counts.hiding import LEAST, Cell, Hidden, hide_counts

Table = list[list[int]]


def with_totals(cells: Sequence[Sequence[int]]) -> Table:
    lines = [[*line, sum(line)] for line in cells]
    return [*lines, [sum(column) for column in zip(*lines, strict=True)]]


def fits(value: int, shown: Cell, real: int) -> bool:
    """Return whether a cell may hold `value`; a masked one is taken to be known not to be small, where it is not."""
    if shown is Hidden.SMALL:
        return 0 < value < LEAST
    return value >= min(real, LEAST) if shown is Hidden.MASKED else value == shown


def list_fitting(lines: Table, shown: list[list[Cell]]) -> list[Table]:
    """Return the tables that fit what is shown, by trying all; a masked cell is tried up to its value and a little."""
    places = [
        (line, column)
        for line, cells in enumerate(shown[:-1])
        for column, cell in enumerate(cells[:-1])
        if isinstance(cell, Hidden)
    ]
    ranges = [
        range(1, LEAST) if shown[line][column] is Hidden.SMALL else range(LEAST, lines[line][column] + LEAST)
        for line, column in places
    ]
    found = []
    for values in product(*ranges):
        cells = [[*line[:-1]] for line in lines[:-1]]
        for (line, column), value in zip(places, values, strict=True):
            cells[line][column] = value
        table = with_totals(cells)
        if all(
            fits(value, cell, real)
            for rows in zip(table, shown, lines, strict=True)
            for value, cell, real in zip(*rows, strict=True)
        ):
            found.append(table)
    return found


def test_no_small_cell_is_shown_or_can_be_worked_out() -> None:
    """Of made-up tables, also totals, and cells that bounds alone would give away (1 and 1 of 2)."""
    chance = random.Random(15)
    seen = 0
    for _ in range(250):
        count, width = chance.randint(1, 3), chance.randint(1, 2)
        lines = with_totals(
            [[chance.choice([0, 0, 1, 2, 3, 4, 5, 6, 9]) for _ in range(width)] for _ in range(count)]
        )
        shown = hide_counts(lines)
        fitting = list_fitting(lines, shown)
        assert lines in fitting
        for line, values in enumerate(lines):
            for column, value in enumerate(values):
                assert (shown[line][column] == value) or isinstance(shown[line][column], Hidden)
                if 0 < value < LEAST:
                    assert isinstance(shown[line][column], Hidden)
                    seen += 1
                    assert len({table[line][column] for table in fitting}) > 1, (lines, shown)
    assert seen > 300


SMALL, MASKED = Hidden.SMALL, Hidden.MASKED


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        pytest.param([[8, 7], [9, 6]], [[8, 7, 15], [9, 6, 15], [17, 13, 30]], id="nothing small"),
        pytest.param([[8, 0], [0, 6]], [[8, 0, 8], [0, 6, 6], [8, 6, 14]], id="nobody is behind a zero"),
        pytest.param(
            [[8, 3], [9, 6]],
            [[MASKED, SMALL, 11], [MASKED, MASKED, 15], [17, 9, 26]],
            id="the one small cell of a line",
        ),
        pytest.param(
            [[1, 1], [9, 6]],
            [[SMALL, SMALL, SMALL], [MASKED, MASKED, MASKED], [10, 7, 17]],
            id="two cells that only add up to two",
        ),
        pytest.param(
            [[1, 1, 1, 1], [9, 9, 9, 9]],
            [[SMALL] * 4 + [MASKED], [MASKED] * 5, [10, 10, 10, 10, 40]],
            id="a small total that leaves its cells no choice",
        ),
    ],
)
def test_as_little_is_hidden_as_can_be(cells: Table, shown: list[list[Cell]]) -> None:
    hidden = hide_counts(with_totals(cells))
    assert hidden == shown


def test_of_a_long_table_little_is_hidden_besides_the_small_cells() -> None:
    chance = random.Random(3)
    lines = with_totals([[int(chance.paretovariate(0.6)) - 1 for _ in range(4)] for _ in range(120)])
    shown = hide_counts(lines)
    cells = [cell for line in shown for cell in line]
    assert 0 < cells.count(MASKED) < cells.count(SMALL)
    assert shown[-1][1:] == lines[-1][1:]


def can_move(value: int, shown: Cell, by: int) -> bool:
    """Return whether a cell may hold one more or one less for all that a reader is told of it."""
    return fits(value + by, shown, value) and value + by > 0 if isinstance(shown, Hidden) else False


def can_be_another(lines: Table, shown: list[list[Cell]], line: int, column: int) -> bool:
    """Return whether hidden cells can be changed by one along a closed way through a cell: then all sums stay."""
    height, width = len(lines), len(lines[0])

    def list_steps(node: tuple[str, int]) -> list[tuple[str, int]]:
        kind, rank = node
        ends = range(width if kind == "line" else height)
        places = [(rank, end) if kind == "line" else (end, rank) for end in ends]
        totals = [(place[0] == height - 1) != (place[1] == width - 1) for place in places]
        by = 1 if kind == "line" else -1
        return [
            ("column" if kind == "line" else "line", end)
            for end, place, is_total in zip(ends, places, totals, strict=True)
            if place != (line, column)
            and can_move(lines[place[0]][place[1]], shown[place[0]][place[1]], -by if is_total else by)
        ]

    is_total = (line == height - 1) != (column == width - 1)
    for by, start, end in ((1, ("column", column), ("line", line)), (-1, ("line", line), ("column", column))):
        if not can_move(lines[line][column], shown[line][column], -by if is_total else by):
            continue
        seen, waiting = {start}, [start]
        while waiting:
            new = [node for node in list_steps(waiting.pop()) if node not in seen]
            seen.update(new)
            waiting += new
        if end in seen:
            return True
    return False


LONG = {
    "few and many": lambda chance: [int(chance.paretovariate(0.6)) - 1 for _ in range(4)],
    "one small cell a line": lambda chance: [3, 50, 60, 70],
    "settled or passed on": lambda chance: [
        chance.choice([0, 1, 3, 7, 60]),
        chance.choice([0, 0, 2, 9]),
        0,
        0,
    ],
}


@pytest.mark.parametrize("kind", LONG)
def test_no_small_cell_of_a_departement_can_be_worked_out(kind: str) -> None:
    """600 lines, as the démarches of all layers are: each small cell could be another number."""
    chance = random.Random(28)
    lines = with_totals([LONG[kind](chance) for _ in range(600)])
    shown = hide_counts(lines)
    small = [
        (line, column)
        for line, values in enumerate(lines)
        for column, v in enumerate(values)
        if 0 < v < LEAST
    ]
    assert len(small) > 300
    assert all(isinstance(shown[line][column], Hidden) for line, column in small)
    for line, column in chance.sample(small, 60):
        assert can_be_another(lines, shown, line, column), (line, column)
    hidden = sum(cell is MASKED for row in shown for cell in row)
    assert hidden <= len(small)


def test_the_two_ways_to_judge_agree() -> None:
    """Trying all tables, and following closed ways, on tables of which too little is hidden as well."""
    chance = random.Random(7)
    for _ in range(60):
        lines = with_totals([[chance.choice([0, 1, 2, 4, 5, 6]) for _ in range(2)] for _ in range(2)])
        shown = hide_counts(lines)
        for row in shown:
            for column, cell in enumerate(row):
                if cell is MASKED and chance.random() < 0.3:
                    row[column] = lines[shown.index(row)][column]
        fitting = list_fitting(lines, shown)
        for line, values in enumerate(lines):
            for column, value in enumerate(values):
                if 0 < value < LEAST:
                    is_open = len({table[line][column] for table in fitting}) > 1
                    assert can_be_another(lines, shown, line, column) == is_open, (lines, shown)
