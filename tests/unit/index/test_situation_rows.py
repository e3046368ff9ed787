"""Events of life: rows read as they were written, and the ones that words name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fs_triage.index.situations import SituationAnswer, SituationRow, find_named

TEXT = st.text(st.characters(exclude_categories=("C",)), min_size=1)
POSITIONS = st.lists(st.integers(0, 10**6), max_size=4, unique=True)
WORDS = st.lists(TEXT, max_size=3)
ANSWERS = st.builds(SituationAnswer, TEXT, TEXT, WORDS, POSITIONS)
ROWS = st.builds(
    SituationRow, TEXT, TEXT, WORDS, POSITIONS, question=TEXT | st.just(""), answers=st.lists(ANSWERS)
)


@given(ROWS)
def test_a_row_is_read_as_it_was_written(row: SituationRow) -> None:
    again = SituationRow.parse(row.dump())
    assert (again.id, again.title, again.words, again.positions) == (
        row.id,
        row.title,
        row.words,
        row.positions,
    )
    assert again.question == row.question
    assert [(one.id, one.label, one.words, one.positions) for one in again.answers] == [
        (one.id, one.label, one.words, one.positions) for one in row.answers
    ]


MOVE = SituationRow("demenagement", "Déménagement", ["déménager", "nouvelle adresse"], [4, 2, 7])
LOSS = SituationRow(
    "perte-papiers",
    "Perte ou vol de papiers",
    ["perte de papiers", "papiers volés", "permis perdu", "né"],
    [1, 2, 3],
    question="Lequel ?",
    answers=[
        SituationAnswer("permis", "Le permis de conduire", ["permis"], [1, 3]),
        SituationAnswer("cni", "La carte d’identité", [], [2, 3]),
    ],
)
PAPERS = SituationRow("papiers", "Les papiers", [], [9])

NAMED = {
    "déménagement": ["demenagement"],
    "DEMENAGEMENT": ["demenagement"],
    "je vais déménager": ["demenagement"],
    "ma nouvelle adresse, à qui la dire ?": ["demenagement"],
    "adresse nouvelle": ["demenagement"],
    "une adresse": [],
    "perte-papiers": ["perte-papiers"],
    "la perte de mes papiers": ["perte-papiers"],
    "mes papiers": ["papiers"],
    "papier volé": ["perte-papiers"],
    "déménager, et mes papiers": ["demenagement", "papiers"],
    "déménager après la perte de mes papiers": ["perte-papiers", "demenagement"],
    "né": ["perte-papiers"],
    "": [],
    "?": [],
}


@pytest.mark.parametrize(("text", "named"), NAMED.items())
def test_words_name_a_situation_when_all_of_a_name_of_it_is_there(text: str, named: list[str]) -> None:
    assert [found.row.id for found in find_named([MOVE, LOSS, PAPERS], text)] == named


@pytest.mark.parametrize(
    ("text", "answers", "positions"),
    [
        ("perte de papiers", [], [1, 2, 3]),
        ("perte de papiers : le permis", ["permis"], [1, 3]),
        ("perte-papiers/cni", ["cni"], [2, 3]),
        ("perte-papiers", [], [1, 2, 3]),
        ("permis perdu", ["permis"], [1, 3]),
        ("perte de papiers, permis et cni", ["permis", "cni"], [1, 2, 3]),
        ("perte de papiers, carte d’identité", [], [1, 2, 3]),
    ],
)
def test_words_name_answers_too(text: str, answers: list[str], positions: list[int]) -> None:
    [found] = find_named([LOSS], text)
    assert [answer.id for answer in found.chosen] == answers
    assert found.positions == positions


def test_what_every_answer_leaves_belongs_to_none() -> None:
    assert [[answer.id for answer in LOSS.list_answers_of(position)] for position in (1, 2, 3)] == [
        ["permis"],
        ["cni"],
        [],
    ]
