"""The sheet that a partner signs, printed by a real browser: whole cards, each page named, dated and numbered."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path

import pypdf
import pytest
from chromium import Check
from conftest import JURA

from fs_triage.author.relecture.command import render_sheet
from fs_triage.author.relecture.sheet import Sheet, build_sheet
from fs_triage.rules.load import Livret, load_livret

DAY, RETURN = date(2026, 11, 29), date(2027, 1, 15)


@pytest.fixture(scope="module")
def jura() -> Livret:
    livret = load_livret(JURA).livret
    assert livret is not None
    return livret


def print_pages(browser: Check, sheet: Sheet, folder: Path) -> list[str]:
    """Return the text of each page of a sheet as a browser prints it, on one line each."""
    page = folder / "relecture.html"
    page.write_text(render_sheet(sheet, ".html"), encoding="utf-8")
    browser(page, "a4", folder / "relecture.pdf")
    return [read_text(each.extract_text()) for each in pypdf.PdfReader(folder / "relecture.pdf").pages]


def read_text(text: str) -> str:
    """Return `text` on one line, without ligatures and no-break spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def test_no_card_of_any_partner_is_cut(browser: Check, jura: Livret, tmp_path: Path) -> None:
    """What a card begins with and what it ends with, its boxes, are on one page."""
    sheet = build_sheet(jura, None, day=DAY, return_by=RETURN)
    pages = print_pages(browser, sheet, tmp_path)
    cards = [
        (partner["label"], item["number"], item["card"].title)
        for partner in sheet["partners"]
        for group in partner["groups"]
        for item in group["demarches"]
    ]
    contacts = sum(len(partner["contacts"]) for partner in sheet["partners"])
    assert sum(text.count("À corriger") for text in pages) == len(cards) + contacts > 150
    starts: dict[int, list[int]] = {}
    for label, number, title in cards:
        start = re.compile(rf"(?<!\d){re.escape(read_text(f'{number}. {title}'))}")
        found = [
            (rank, hit.start())
            for rank, text in enumerate(pages)
            if text.startswith(f"{label} Imprimé") and (hit := start.search(text))
        ]
        assert len(found) == 1, start.pattern
        starts.setdefault(found[0][0], []).append(found[0][1])
    for rank, places in starts.items():
        ends = [*sorted(places)[1:], len(pages[rank])]
        parts = [pages[rank][start:end] for start, end in zip(sorted(places), ends, strict=True)]
        assert [part for part in parts if part.count("À corriger") != 1] == []
    assert len(pages) < 120


def test_every_page_is_named_dated_and_numbered(browser: Check, jura: Livret, tmp_path: Path) -> None:
    sheet = build_sheet(jura, "caf", day=DAY, return_by=RETURN)
    pages = print_pages(browser, sheet, tmp_path)
    assert len(pages) > 3
    for rank, text in enumerate(pages, 1):
        assert text.startswith("CAF Imprimé le 29 novembre 2026 "), text
        assert f" {rank} / {len(pages)}Relecture du livret, 39 Jura. Édition sans date " in text, text
    assert "avant le 15 janvier 2027 au soir" in pages[0] and "avant le 15 janvier 2027 au soir" in pages[-1]
    assert sum("Il manque une démarche" in text for text in pages) == 1
    answer = browser(tmp_path / "relecture.html", "a4")
    assert (answer["violations"], answer["overflows"], answer["pages"]) == ([], False, len(pages))


def test_a_name_that_would_end_the_style_sheet(browser: Check, jura: Livret, tmp_path: Path) -> None:
    sheet = build_sheet(jura, "justice", day=DAY)
    name = '</style><script>alert("x")</script>\\"}'
    sheet["partners"][0]["label"] = name
    pages = print_pages(browser, sheet, tmp_path)
    assert all(text.startswith(f"{name} Imprimé") for text in pages)
