"""The visitor's sheet as plain text: for a pipe, a file, a screen reader."""

from __future__ import annotations

from collections.abc import Iterator

from fs_triage.acts import sheet as words
from fs_triage.acts.sheet import PublicContact, Sheet, SheetDemarche

_LINE = "." * 60
_NOTE_LINES = 3


def render_sheet_text(sheet: Sheet) -> str:
    """Return the sheet as text; it ends without a line feed."""
    return "\n".join(_render_lines(sheet))


def _render_lines(sheet: Sheet) -> Iterator[str]:
    yield sheet.house or f"France services\u00a0: {_LINE[:40]}"
    yield sheet.day
    yield ""
    yield sheet.title.upper()
    for rank, demarche in enumerate(sheet.demarches, 1):
        yield ""
        yield f"{rank}. {demarche.title}" if len(sheet.demarches) > 1 else demarche.title
        yield demarche.way
        yield from _render_demarche(demarche)
    yield ""
    yield f"{words.MEETING}\u00a0: {_LINE[:40]}"
    yield f"{words.NOTES}\u00a0:"
    yield from [_LINE] * _NOTE_LINES
    yield ""
    yield words.render_source(sheet)


def _render_demarche(demarche: SheetDemarche) -> Iterator[str]:
    if demarche.what_next:
        yield ""
        yield demarche.what_next
    yield from _render_list(words.STEPS, [f"{rank}. {step}" for rank, step in enumerate(demarche.steps, 1)])
    yield from _render_list(words.DOCUMENTS, [f"☐ {document}" for document in demarche.documents])
    contacts = [line for contact in demarche.contacts for line in _render_contact(contact)]
    yield from _render_list(words.CONTACTS, contacts)
    if demarche.can_block:
        blocked = [line for contact in demarche.if_blocked for line in _render_contact(contact)]
        yield from _render_list(words.IF_BLOCKED, [words.COME_BACK, *blocked])


def _render_list(heading: str, lines: list[str]) -> list[str]:
    return ["", f"{heading}\u00a0:", *(f"  {line}" for line in lines)] if lines else []


def _render_contact(contact: PublicContact) -> list[str]:
    return [
        f"{contact.kind_name}\u00a0: {contact.value}",
        *(f"  {line}" for line in words.list_details(contact)),
    ]
