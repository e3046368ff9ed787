"""Names that were meant, and identifiers made of words."""

from __future__ import annotations

import pytest

from fs_triage.text.did_you_mean import build_slug, suggest_name


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("Carte d'identité", "carte-d-identite"),
        ("RSA/Œuvres sociales", "rsa/oeuvres-sociales"),
        ("!!", ""),
        ("日本", ""),
    ],
)
def test_an_identifier_made_of_words(text: str, identifier: str) -> None:
    assert build_slug(text) == identifier


def test_the_nearest_name() -> None:
    assert suggest_name("usagers", ["conseiller", "usager"]) == "vouliez-vous dire « usager » ?"
    assert suggest_name("xyz", ["a", "b"]) == "possible : a, b"
    assert suggest_name("xyz", [str(n) for n in range(30)]).endswith(" 19 et 10 autres")
    assert suggest_name("xyz", []) == ""
