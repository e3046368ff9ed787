"""The visitor's sheet in a real browser: one page, nothing that axe-core finds wrong, QR codes that can be read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from chromium import Check
from conftest import JURA, open_compiled

from fs_triage.acts.demarche import read_demarche
from fs_triage.acts.sheet import build_sheet
from fs_triage.acts.sheet_page import FORMATS, render_sheet_page
from fs_triage.acts.sheet_text import render_sheet_text
from fs_triage.livret import OpenLivret
from fs_triage.rules.load import load_livret


@pytest.fixture(scope="module")
def jura() -> OpenLivret:
    livret = load_livret(JURA).livret
    assert livret is not None
    return open_compiled(livret)


def write_page(livret: OpenLivret, path: Path, paper: str, *nodes: str) -> Path:
    demarches = [read_demarche(livret, node) for node in nodes]
    house = "France services de Lons-le-Saunier"
    sheet = build_sheet(livret, demarches, house=house, day=date(2026, 11, 29))
    path.write_text(render_sheet_page(sheet, paper), encoding="utf-8")
    return path


def list_longest(livret: OpenLivret, count: int) -> list[str]:
    """Return the ids of the démarches whose sheets are the longest, of as many partners as there are."""
    nodes = [row.id for row in livret.list_conclusion_rows()]

    def measure(node: str) -> int:
        sheet = build_sheet(livret, [read_demarche(livret, node)], house="", day=date.today())
        return len(render_sheet_text(sheet))

    longest = {node.partition("/")[0]: node for node in sorted(nodes, key=measure)}
    return sorted(longest.values(), key=measure, reverse=True)[:count]


@pytest.mark.parametrize("paper", FORMATS)
def test_the_longest_sheet_of_a_partner_is_one_sound_page(
    browser: Check, jura: OpenLivret, tmp_path: Path, paper: str
) -> None:
    longest = list_longest(jura, 5)
    assert len(longest) == 5
    for node in longest:
        answer = browser(write_page(jura, tmp_path / "feuille.html", paper, node), paper)
        assert (answer["pages"], answer["violations"], answer["overflows"]) == (1, [], False), node


def test_three_demarches_of_a_visit_are_one_page(browser: Check, jura: OpenLivret, tmp_path: Path) -> None:
    nodes = ("caf/rsa/demande", "carsat/agence/suivi-dossier", "justice/cdad/coordonnees")
    answer = browser(write_page(jura, tmp_path / "feuille.html", "a4", *nodes), "a4")
    assert (answer["pages"], answer["violations"], answer["overflows"]) == (1, [], False)
    assert answer["codes"] == ["https://caf.fr", "https://www.cdad-jura.fr"]


def test_a_telephone_reads_the_longest_address(browser: Check, jura: OpenLivret, tmp_path: Path) -> None:
    answer = browser(write_page(jura, tmp_path / "feuille.html", "a5", "ants/carte-grise/tarif"), "a5")
    assert answer["codes"] == ["https://www.jura.gov.fr/Demarches/Cartes-grises#!/Particuliers/page/F19211"]


def test_what_is_wrong_in_a_page_would_be_seen(browser: Check, tmp_path: Path) -> None:
    page = tmp_path / "faux.html"
    page.write_text(
        "<html><title>x</title><h3>x</h3><img src=x><p style='width:2000px;height:3000px'>x", encoding="utf-8"
    )
    answer = browser(page, "a4")
    assert answer["pages"] > 1 and answer["overflows"]
    assert {told.partition(":")[0] for told in answer["violations"]} >= {"html-has-lang", "image-alt"}
