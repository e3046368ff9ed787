"""Things that are counted, in French: none and one are singular."""

from __future__ import annotations

import pytest

from fs_triage.text.numbers import pluralise, render_count


@pytest.mark.parametrize(
    ("number", "what", "told"),
    [
        (0, "problème", "0 problème"),
        (1, "problème", "1 problème"),
        (2, "problème", "2 problèmes"),
        (3, "autre ligne", "3 autres lignes"),
    ],
)
def test_a_count_agrees_with_its_noun(number: int, what: str, told: str) -> None:
    assert render_count(number, what) == told
    assert pluralise(what, number) == told.partition(" ")[2]
