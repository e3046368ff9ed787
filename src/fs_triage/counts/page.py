"""A report as one HTML page that needs nothing else: a table, and below the name of each line its bar."""

from __future__ import annotations

from datetime import date

from jinja2 import PackageLoader

from fs_triage.counts.report import GROUPINGS, LABELS, Report, as_number, show_cell
from fs_triage.render.documents import render_document

_LOADER = PackageLoader("fs_triage.counts")
_COLOURS = ("#1b6e3c", "#7a2f8f", "#b35c00", "#555555")


def render_page(report: Report, day: date, house: str) -> str:
    """Return a report as HTML; a hidden count has no part of a bar."""
    greatest = max((sum(map(as_number, line.cells)) for line in report.lines), default=0) or 1
    content = {
        "grouping": GROUPINGS[report.by],
        "report": report,
        "day": f"{day:%d/%m/%Y}",
        "since": f"{report.since:%d/%m/%Y}" if report.since else "",
        "house": house,
        "outcomes": [*zip(LABELS.values(), _COLOURS, strict=True)],
        "show": show_cell,
        "bars": [_measure_bar([as_number(cell) for cell in line.cells], greatest) for line in report.lines],
    }
    return render_document("bilan.html.j2", content, _LOADER)


def _measure_bar(counts: list[int], greatest: int) -> list[tuple[str, str, str]]:
    """Return the parts of a bar: where each begins, how wide it is (of 100), its colour."""
    parts, done = [], 0
    for count, colour in zip(counts, _COLOURS, strict=True):
        if count:
            parts.append((f"{100 * done / greatest:.2f}", f"{100 * count / greatest:.2f}", colour))
        done += count
    return parts
