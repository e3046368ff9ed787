"""The bars of a report on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from fs_triage.counts.bars import lay_out_report
from fs_triage.counts.journal import Counted
from fs_triage.counts.report import Report, build_report
from fs_triage.desk.outcome import NOT_COVERED, PASSED_ON, SETTLED
from fs_triage.render.card_layout import Line


@pytest.fixture
def report() -> Report:
    counts = [
        Counted("caf/rsa", SETTLED, 30),
        Counted("caf/apl", PASSED_ON, 10),
        Counted("msa/sante", SETTLED, 3),
        Counted("", NOT_COVERED, 1),
    ]
    return build_report("partenaire", None, counts, str.upper)


def read(lines: Iterable[Line]) -> list[str]:
    return ["".join(span.text for span in line) for line in lines]


def test_a_bar_is_as_long_as_its_count_and_its_parts_as_theirs(report: Report) -> None:
    shown = read(lay_out_report(report, 44))
    assert shown[1:7] == [
        "CAF\u00a0: 40 (réglé sur place 30, transmis 10)",
        "  " + "█" * 30 + "▓" * 10,
        "MSA\u00a0: 3 (réglé sur place 3)",
        "  ███",
        "aucun partenaire\u00a0: 1 (hors du livret 1)",
        "  ▒",
    ]
    assert "Total\u00a0: 44 (réglé sur place 33, transmis" in shown


def test_a_terminal_without_blocks_or_bars_says_the_same(report: Report) -> None:
    latin = read(lay_out_report(report, 44, encoding="latin-1"))
    assert "  " + "#" * 30 + "=" * 10 in latin and "█" not in "".join(latin)
    plain = read(lay_out_report(report, 44, bars=False))
    assert [line for line in plain if line.strip() and "#" in line] == []
    assert "MSA\u00a0: 3 (réglé sur place 3)" in plain


@pytest.mark.parametrize("width", [24, 40])
def test_no_line_is_longer_than_a_small_window(report: Report, width: int) -> None:
    assert max(map(len, read(lay_out_report(report, width)))) <= width
