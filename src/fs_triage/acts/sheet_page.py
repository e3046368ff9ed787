"""The visitor's sheet as a page to print on A4 or A5: one HTML file that needs nothing else."""

from __future__ import annotations

from jinja2 import PackageLoader
from markupsafe import Markup

from fs_triage.acts import sheet as words
from fs_triage.acts.qr_code import draw_qr_code
from fs_triage.acts.sheet import PublicContact, Sheet
from fs_triage.render.documents import render_document

FORMATS = ("a4", "a5")
_NOTE_LINES = 40  # more than a page holds: those that do not fit are not shown


def render_sheet_page(sheet: Sheet, paper: str = FORMATS[0]) -> str:
    """Return the sheet as HTML for `paper`, one of `FORMATS`."""
    content = {
        "words": words,
        "sheet": sheet,
        "paper": paper,
        "qr_codes": _draw_qr_codes(sheet),
        "source": words.render_source(sheet),
        "note_lines": range(_NOTE_LINES),
    }
    return render_document("feuille.html.j2", content, PackageLoader("fs_triage.acts"))


def _draw_qr_codes(sheet: Sheet) -> list[tuple[PublicContact, Markup] | None]:
    """Return, for each démarche, its site and the QR code of it; none where one before has the same."""
    drawn: set[str] = set()
    codes: list[tuple[PublicContact, Markup] | None] = []
    for demarche in sheet.demarches:
        site = demarche.site
        if site is None or site.url in drawn:
            codes.append(None)
        else:
            codes.append((site, Markup(draw_qr_code(site.url))))  # made of numbers alone
            drawn.add(site.url)
    return codes
