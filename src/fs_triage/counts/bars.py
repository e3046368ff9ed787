"""A report as lines of a terminal: a bar for each line of it, whose parts are the outcomes."""

from __future__ import annotations

from collections.abc import Iterator

from fs_triage.counts.report import GROUPINGS, LABELS, Line, Report, as_number
from fs_triage.render.card_layout import Line as ShownLine
from fs_triage.render.card_layout import Span
from fs_triage.text.wrap import wrap_text

_STYLES = ("green", "magenta", "yellow", "dim")
_SIGNS, _PLAIN_SIGNS = "█▓▒░", "#=-."
"""Of the outcomes: told apart without colours, too."""

_INDENT = "  "


def lay_out_report(
    report: Report, width: int, *, encoding: str = "utf-8", bars: bool = True
) -> Iterator[ShownLine]:
    """Yield the lines of a report for a terminal of `width` columns and an encoding; without `bars`, words alone."""
    signs = _SIGNS if _can_encode(_SIGNS, encoding) else _PLAIN_SIGNS
    since = f", depuis le {report.since:%d/%m/%Y}" if report.since else ""
    yield (Span(f"Par {GROUPINGS[report.by].heading.removesuffix(' du').lower()}{since}", "bold underline"),)
    greatest = max((as_number(line.total) for line in report.lines), default=0) or 1
    for line in report.lines:
        yield from _lay_out_line(line, width)
        if bars:
            yield _draw_bar(line, max(width - 2 * len(_INDENT), 1), greatest, signs)
    yield ()
    yield from _lay_out_line(report.total, width)
    if bars:
        yield from _draw_legend(signs, width)


def _lay_out_line(line: Line, width: int) -> Iterator[ShownLine]:
    """Yield the name of a line, its total, and the outcomes that there are."""
    parts = [
        f"{label} {cell}" for label, cell in zip(LABELS.values(), line.cells, strict=True) if as_number(cell)
    ]
    first, *others = wrap_text(
        f"{line.label}\u00a0: {as_number(line.total)} ({', '.join(parts)})", width, _INDENT
    )
    yield (Span(first.removeprefix(_INDENT), "bold"),)
    yield from ((Span(other),) for other in others)


def _draw_bar(line: Line, width: int, greatest: int, signs: str) -> ShownLine:
    """Return a bar whose parts are as long as their counts, and together as long as their sum."""
    spans, done, drawn = [Span(_INDENT)], 0, 0
    for cell, sign, style in zip(line.cells, signs, _STYLES, strict=True):
        done += as_number(cell)
        length = round(done * width / greatest) - drawn
        drawn += length
        spans.append(Span(sign * length, style))
    return tuple(span for span in spans if span.text)


def _draw_legend(signs: str, width: int) -> Iterator[ShownLine]:
    """Yield what the parts of the bars are, on as many lines as they take."""
    line, length = [Span(_INDENT)], len(_INDENT)
    for sign, style, label in zip(signs, _STYLES, LABELS.values(), strict=True):
        text = f" {label}  "
        if length + len(sign + text) > width:
            yield tuple(line)
            line, length = [Span(_INDENT)], len(_INDENT)
        line += [Span(sign, style), Span(text)]
        length += len(sign + text)
    yield tuple(line)


def _can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
