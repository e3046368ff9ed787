"""What was counted, by partner, démarche, week or house: whole for the house, without small cells elsewhere."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from fs_triage.counts.hiding import LEAST, Cell, Hidden, hide_counts
from fs_triage.counts.journal import Counted
from fs_triage.desk.outcome import NOT_COVERED, NOT_UNDERSTOOD, OUTCOMES, PASSED_ON, SETTLED
from fs_triage.text.typography import NBSP, join_lines

LABELS = {
    SETTLED: "réglé sur place",
    PASSED_ON: "transmis",
    NOT_COVERED: "hors du livret",
    NOT_UNDERSTOOD: "non compris",
}
TOTAL = "Total"
JSON_NAMES = {
    SETTLED: "settled",
    PASSED_ON: "passed_on",
    NOT_COVERED: "not_in_livret",
    NOT_UNDERSTOOD: "not_understood",
}
_FORMULA = re.compile(r"\s*[=+@\uff1d\uff0b\uff0d\uff20-]")
"""What a spreadsheet takes for the beginning of a formula, also after blanks, also in the width of Asian signs."""


class Grouping(NamedTuple):
    """A way to group: the column it is counted by, its heading, its name in JSON, what names a key that is empty."""

    column: str
    heading: str
    json_name: str
    nothing: str


GROUPINGS = {
    "partenaire": Grouping("demarche", "Partenaire", "partner", "aucun partenaire"),
    "demarche": Grouping("demarche", "Démarche", "demarche", "aucune démarche"),
    "semaine": Grouping("semaine", "Semaine du", "week", ""),
    "maison": Grouping("maison", "Maison", "house", "maison sans nom"),
}


class Line(NamedTuple):
    """A line of a report: its key as it is kept, its name, the count of each of `OUTCOMES`, their total."""

    key: str
    label: str
    cells: tuple[Cell, ...]
    total: Cell


class Report(NamedTuple):
    """What was counted; `total` is the last line."""

    by: str
    since: date | None
    lines: list[Line]
    total: Line


def build_report(
    by: str, since: date | None, counts: Iterable[Counted], name_key: Callable[[str], str]
) -> Report:
    """Return the report of `counts`, grouped `by` one of `GROUPINGS`; `name_key` names a key that is not empty.

    The lines are in the order of weeks, else the greatest first. What a desk of the département sent may be any text.
    """
    cells: dict[str, dict[str, int]] = {}
    for key, outcome, count in counts:
        group = cells.setdefault(
            key.partition("/")[0] if by == "partenaire" else key, dict.fromkeys(OUTCOMES, 0)
        )
        group[outcome] = group.get(outcome, 0) + count
    lines = [
        Line(
            key,
            join_lines(name_key(key)) if key else GROUPINGS[by].nothing,
            tuple(group[outcome] for outcome in OUTCOMES),
            sum(group[outcome] for outcome in OUTCOMES),
        )
        for key, group in cells.items()
    ]
    sums = [sum(as_number(line.cells[rank]) for line in lines) for rank in range(len(OUTCOMES))]
    return _arrange(Report(by, since, lines, Line("", TOTAL, tuple(sums), sum(sums))))


def hide_small_cells(report: Report) -> Report:
    """Return a report as it may leave the house; its order tells nothing of what is hidden."""
    lines = [*report.lines, report.total]
    table = [[as_number(cell) for cell in (*line.cells, line.total)] for line in lines]
    *shown, total = [
        line._replace(cells=tuple(cells[:-1]), total=cells[-1])
        for line, cells in zip(lines, hide_counts(table), strict=True)
    ]
    return _arrange(report._replace(lines=shown, total=total))


def as_number(cell: Cell) -> int:
    """Return a count, 0 for one that is hidden."""
    return cell if isinstance(cell, int) else 0


def show_cell(cell: Cell) -> str:
    """Return a count as it is read."""
    return cell.value if isinstance(cell, Hidden) else str(cell)


def render_csv(report: Report) -> str:
    """Return a report as CSV, parted by semicolons as the spreadsheets of a French system read it."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\n")
    writer.writerow([GROUPINGS[report.by].heading, *LABELS.values(), TOTAL])
    for line in (*report.lines, report.total):
        label = f"'{line.label}" if _FORMULA.match(line.label) else line.label
        writer.writerow([label, *(show_cell(cell).replace(NBSP, " ") for cell in (*line.cells, line.total))])
    return stream.getvalue().rstrip("\n")


def render_json(report: Report) -> str:
    """Return a report as JSON; a count that is hidden is null."""
    answer = {
        "schema_version": 1,
        "by": GROUPINGS[report.by].json_name,
        "since": report.since.isoformat() if report.since else None,
        "hidden_below": LEAST,
        "counts": [{"key": line.key, "label": line.label, **_describe(line)} for line in report.lines],
        "total": _describe(report.total),
    }
    return json.dumps(answer, ensure_ascii=False)


def _describe(line: Line) -> dict[str, int | None]:
    cells = zip((*JSON_NAMES.values(), "total"), (*line.cells, line.total), strict=True)
    return {name: cell if isinstance(cell, int) else None for name, cell in cells}


def _arrange(report: Report) -> Report:
    """Return a report whose lines are in the order of what is shown of them."""

    def rank_line(line: Line) -> tuple[int, str, str]:
        return (0 if report.by == "semaine" else -as_number(line.total), line.label, line.key)

    lines = sorted(report.lines, key=(lambda line: line.key) if report.by == "semaine" else rank_line)
    return report._replace(lines=lines)
