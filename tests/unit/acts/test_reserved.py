"""What is reserved is found however a text spells it, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fs_triage.acts.reserved import PublicText, ReservedValues, keep_public, mask_text

VALUES = (
    "06 63 48 58 22",
    "+33 3 84 25 69 92",
    "3949",
    "pref-siv@jura.gov.fr",
    "Administration +",
    "OSMOSE départemental",
)
RESERVED = ReservedValues(VALUES)


@pytest.mark.parametrize(
    "text",
    [
        "Appeler le 06.63.48.58.22.",
        "0663485822",
        "+33 6 63 48 58 22",
        "0033 (0)6-63-48-58-22",
        "le 03 84 25 69 92, le matin",
        "au 39 49",
        "Écrire à PREF-SIV@jura.gov.fr.",
        "mailto:pref-siv@jura.gov.fr?subject=x",
        "pref-siv @ jura.gov.fr",
        "via Administration+",
        "via ADMINISTRATION\u00a0+ ou",
        "sur l’Osmose Departemental",
    ],
)
def test_a_value_is_found_in_any_spelling(text: str) -> None:
    assert RESERVED.are_in(text)
    assert keep_public([text, "Prendre rendez-vous."], RESERVED) == ("Prendre rendez-vous.",)
    assert not RESERVED.are_in(mask_text(text, RESERVED))
    with pytest.raises(ValueError, match="reserved") as refused:
        PublicText(text, RESERVED)
    assert text not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "L’administration répond.",
        "le 13949",
        "39491",
        "06 63 48 58 2",
        "siv@jura.gov.fr",
        "Osmose du Jura",
        "",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert not RESERVED.are_in(text)
    assert PublicText(text, RESERVED) == text == mask_text(text, RESERVED)


def test_a_value_that_says_nothing_hides_nothing() -> None:
    assert not ReservedValues(["", "  ", "+", "…"]).are_in("tout + reste…")
    assert not ReservedValues([]).are_in("tout reste")


@given(before=st.text(), value=st.sampled_from(VALUES), after=st.text())
def test_no_value_ever_passes(before: str, value: str, after: str) -> None:
    text = f"{before} {value} {after}"
    assert RESERVED.are_in(text)
    assert not RESERVED.are_in(RESERVED.mask(text))
