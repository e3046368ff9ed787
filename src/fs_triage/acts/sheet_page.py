"""The visitor's sheet as a page to print on A4 or A5: one HTML file that needs nothing else."""

from __future__ import annotations

from math import ceil

from jinja2 import PackageLoader
from markupsafe import Markup

from fs_triage.acts import sheet as words
from fs_triage.acts.qr_code import draw_qr_code
from fs_triage.acts.sheet import PublicContact, Sheet
from fs_triage.render.documents import render_document

FORMATS = ("a4", "a5")
_LOADER = PackageLoader("fs_triage.acts")
_SIZES = {"a4": (100, 94, 88, 82, 76, 70), "a5": (100, 94, 88, 82)}
"""Of the letters, in hundredths: the greatest that lets the sheet be one page is taken, none below about 8 points."""

_ROOM = {"a4": (32, 88), "a5": (28, 78)}
"""How many lines of how many letters the démarches have on a page, beside the head, the notes and the foot."""

_SMALL, _QR_CODE = 0.85, 0.75
"""The height of a line of details; the width that is left of a line beside a QR code."""

_NOTE_LINES = 40  # more than a page holds: those that do not fit are not shown


def render_sheet_page(sheet: Sheet, paper: str = FORMATS[0]) -> str:
    """Return the sheet as HTML for `paper`, one of `FORMATS`."""
    content = {
        "words": words,
        "sheet": sheet,
        "paper": paper,
        "size": _choose_size(sheet, paper),
        "qr_codes": _draw_qr_codes(sheet),
        "source": words.render_source(sheet),
        "note_lines": range(_NOTE_LINES),
    }
    return render_document("feuille.html.j2", content, _LOADER)


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


def _choose_size(sheet: Sheet, paper: str) -> int:
    """Return the size of the letters, in hundredths."""
    room, columns = _ROOM[paper]
    for size in _SIZES[paper]:
        scale = size / 100
        if _count_lines(sheet, columns / scale) * scale <= room:
            return size
    return _SIZES[paper][-1]


def _count_lines(sheet: Sheet, columns: float) -> float:
    """Return how many lines the démarches take, about: `columns` letters fit on one."""

    def count(text: str, width: float = columns) -> int:
        return ceil(len(text) / width)

    beside = columns * _QR_CODE
    lines = 0.0
    for demarche in sheet.demarches:
        contacts = [*demarche.contacts, *demarche.if_blocked]
        lines += 1.9 * count(demarche.title) + _SMALL * count(demarche.way, columns / _SMALL)
        lines += count(demarche.what_next) + sum(1.1 * count(text) for text in demarche.steps)
        lines += sum(1.1 * count(text) for text in demarche.documents)
        lines += 1.3 * sum(map(bool, (demarche.steps, demarche.documents, demarche.contacts)))
        lines += 2.4 * demarche.can_block
        for contact in contacts:
            details = " ".join(words.list_details(contact))
            lines += 1.5 * count(f"{contact.kind_name} {contact.value}", beside)
            lines += _SMALL * count(details, beside / _SMALL)
    return lines
