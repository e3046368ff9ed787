"""Rows of an index: read as they were written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fs_triage.index.reader import ConclusionRow, Meta, NodeRow, PartnerRow, WordRow

POSITION = st.integers(0, 10**6)
POSITIONS = st.lists(POSITION, max_size=4)


@given(POSITION, POSITION, st.none() | POSITION, st.none() | st.just("caf/blocage"))
def test_a_node(first: int, end: int, question: int | None, if_blocked: str | None) -> None:
    row = NodeRow.parse(NodeRow(first, end, question, if_blocked).dump())
    assert (row.first, row.end, row.question, row.if_blocked) == (first, end, question, if_blocked)


@given(POSITION, POSITION, POSITION, POSITION)
def test_a_partner(first: int, end: int, first_contact: int, end_contact: int) -> None:
    row = PartnerRow.parse(PartnerRow(first, end, first_contact, end_contact).dump())
    assert (row.first, row.end, row.first_contact, row.end_contact) == (
        first,
        end,
        first_contact,
        end_contact,
    )


def test_a_conclusion() -> None:
    line = ConclusionRow("caf/rsa", "1er niveau", "Demander le RSA").dump()
    row = ConclusionRow.parse(line)
    assert line == "caf/rsa\t1er niveau\tDemander le RSA"
    assert (row.id, row.level, row.title) == ("caf/rsa", "1er niveau", "Demander le RSA")


@given(POSITIONS, POSITIONS)
def test_a_word(own: list[int], inherited: list[int]) -> None:
    row = WordRow.parse(WordRow(own, inherited).dump())
    assert (row.own, row.inherited) == (own, inherited)


@given(st.text(), st.lists(st.text(), max_size=3))
def test_what_a_livret_says_of_itself(title: str, partners: list[str]) -> None:
    meta = Meta(livret="jura", title=title, departement="39", source="s", partners=partners)
    again = Meta.parse(meta.dump())
    assert (again.title, again.partners) == (title, partners)
    assert again.dump() == meta.dump()
