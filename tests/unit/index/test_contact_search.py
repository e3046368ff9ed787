"""Contacts found by words and by numbers."""

from __future__ import annotations

import pytest

from fs_triage.index.contact_search import SearchableContact, list_wanted_words

TEL = SearchableContact(
    "phone", "03.84.25.69.92", ["Carsat", "Agence retraite de Lons", "réservé au conseiller"]
)
MAIL = SearchableContact("email", "pref-siv@jura.gouv.fr", ["ANTS", "Référent « immatriculation »"])
PLACE = SearchableContact("address", "295, rue Georges Trouillot 39000 LONS LE SAUNIER", ["CDAD"])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("retraite", [TEL]),
        ("LONS", [TEL, PLACE]),
        ("à Lons", [TEL, PLACE]),
        ("siv", [MAIL]),
        ("pref-siv@jura", [MAIL]),
        ("immatric", [MAIL]),
        ("ants mail", [MAIL]),
        ("courriel", [MAIL]),
        ("tél lons", [TEL]),
        ("téléphone de l’agence", [TEL]),
        ("conseiller", [TEL]),
        ("rue georges", [PLACE]),
        ("39000", [PLACE]),
        ("0384256992", [TEL]),
        ("03 84 25", [TEL]),
        ("03.84", [TEL]),
        ("6992", [TEL]),
        ("84 25 lons", [TEL]),
        ("+33 3 84 25", [TEL]),
        ("+33384", [TEL]),
        ("0033 (0)3 84", [TEL]),
        ("ons", []),  # no word begins so
        ("lons bleue", []),
        ("03 85", []),
        ("???", []),
    ],
)
def test_what_words_find(typed: str, found: list[SearchableContact]) -> None:
    wanted = list_wanted_words(typed.split())
    assert [contact for contact in (TEL, MAIL, PLACE) if wanted and contact.has_words(wanted)] == found
