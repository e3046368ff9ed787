"""What stands on the sheet that a visitor takes home, without any layout; nothing that is reserved can be on it.

A contact of it is a `PublicContact` and a text a `PublicText`, and neither can be made of what a visitor must not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from fs_triage.acts.demarche import Demarche
from fs_triage.acts.reserved import PublicText, ReservedValues, keep_public, mask_text
from fs_triage.contract import list_contacts
from fs_triage.render import labels
from fs_triage.render.contact_values import build_link
from fs_triage.render.hours import render_hours
from fs_triage.text.days import render_day
from fs_triage.text.fold import fold
from fs_triage.text.typography import quote_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion, ContactRecord
    from fs_triage.index.reader import Meta, Reader

TITLES = ("Votre démarche", "Vos démarches")
STEPS = "Étapes, avec votre conseiller France services"
DOCUMENTS = "À apporter"
CONTACTS = "Sites, numéros et horaires pour vous"
IF_BLOCKED = "Si la démarche bloque"
BY_COUNSELLOR = "Votre conseiller France services transmet cette demande pour vous."
BY_CONTACTS = "La suite se fait par les contacts ci-dessous, ou par votre conseiller France services."
BY_ORIENTATION = "La suite se fait par les contacts ci-dessous."
COME_BACK = "Revenez à France services."
TO_CHECK = "À vérifier avec votre conseiller avant de vous en servir."
NOTES = "Notes"
MEETING = "Prochain rendez-vous"


class PublicContact:
    """A contact that a visitor may use, as he reads it; made of no other: `ValueError` then."""

    __slots__ = (
        *(
            "condition",
            "hours",
            "id",
            "kind",
            "kind_name",
            "label",
            "must_be_checked",
            "note",
            "opening_hours",
        ),
        *("url", "value"),
    )

    def __init__(self, contact: ContactRecord, reserved: ReservedValues) -> None:
        if contact["audience"] != "usager":
            raise ValueError("a reserved contact")
        self.id = PublicText(contact["id"], reserved)
        self.kind = contact["kind"]
        self.kind_name = labels.KIND_NAMES[contact["kind"]]
        self.value = PublicText(contact["value"], reserved)
        says_more = fold(contact["label"]) != fold(contact["value"])
        self.label = mask_text(contact["label"] if says_more else "", reserved)
        self.opening_hours = mask_text(contact["hours"] or "", reserved)
        self.hours = mask_text(render_hours(self.opening_hours), reserved)
        self.note = _keep_text(contact["note"], reserved)
        self.condition = _keep_text(contact["when"], reserved)
        self.must_be_checked = contact["doubt"] is not None
        self.url = PublicText(build_link(contact["kind"], contact["value"]), reserved)


class SheetDemarche(NamedTuple):
    """One démarche on the sheet; `what_next` says how it goes on where the visitor does no steps here."""

    id: PublicText
    level: int
    partner: PublicText
    title: PublicText
    way: PublicText
    what_next: str
    steps: tuple[PublicText, ...]
    documents: tuple[PublicText, ...]
    contacts: tuple[PublicContact, ...]
    if_blocked: tuple[PublicContact, ...]
    can_block: bool
    pages: str

    @property
    def site(self) -> PublicContact | None:
        """The first contact that is a site: what the QR code leads to."""
        return next((contact for contact in self.contacts if contact.url.startswith("http")), None)


class Sheet(NamedTuple):
    """The sheet; `house` is empty where the configuration does not name it."""

    title: str
    house: PublicText
    day: str
    demarches: tuple[SheetDemarche, ...]
    source: PublicText


def build_sheet(reader: Reader, demarches: Sequence[Demarche], *, house: str, day: date) -> Sheet:
    """Return the sheet of `demarches`, each once, in their order."""
    reserved = ReservedValues(reader.list_reserved_values())
    own = tuple(
        _describe_demarche(demarche, reserved)
        for demarche in {demarche.id: demarche for demarche in demarches}.values()
    )
    return Sheet(
        title=TITLES[len(own) > 1],
        house=mask_text(house, reserved),
        day=render_day(day),
        demarches=own,
        source=mask_text(_name_booklet(reader.meta), reserved),
    )


def _name_booklet(meta: Meta) -> str:
    edition = f", {labels.render_edition(meta.edition)}" if meta.edition else ""
    return f"{meta.title}, {meta.departement}{edition}"


def list_doubts(demarches: Iterable[Demarche]) -> list[str]:
    """Return what the counsellor must check before the sheet is handed over, one line a contact."""
    lines = [
        f"À vérifier avant de donner la feuille\u00a0: {contact['value']} ({contact['doubt']})"
        for demarche in demarches
        for contact in _list_useful(demarche.conclusion)
        if contact["audience"] == "usager" and contact["doubt"]
    ]
    return list(dict.fromkeys(lines))


def _describe_demarche(demarche: Demarche, reserved: ReservedValues) -> SheetDemarche:
    conclusion = demarche.conclusion
    is_second = conclusion["level"] == 2
    contacts = list(_collect_contacts(_list_useful(conclusion), reserved))
    blocked = demarche.if_blocked[0]["contacts"] if len(demarche.if_blocked) == 1 else []
    shown = {(contact.kind, fold(contact.value)) for contact in contacts}
    return SheetDemarche(
        id=mask_text(demarche.id, reserved),
        level=conclusion["level"],
        partner=mask_text(demarche.partner, reserved),
        title=mask_text(demarche.title, reserved),
        way=mask_text(demarche.way, reserved),
        what_next=_tell_next(conclusion, bool(contacts)) if is_second else "",
        # those of a 2nd level are the counsellor's own: whom to write to, in what order
        steps=() if is_second else keep_public(conclusion["steps"], reserved),
        documents=keep_public(_get_documents(conclusion), reserved),
        contacts=tuple(contacts),
        if_blocked=tuple(
            contact
            for contact in _collect_contacts(blocked, reserved)
            if (contact.kind, fold(contact.value)) not in shown
        ),
        can_block=not is_second and bool(demarche.if_blocked),
        pages=labels.render_reference(conclusion),
    )


def _list_useful(conclusion: Conclusion) -> list[ContactRecord]:
    """Return the contacts that the sheet is about: with its steps, those that they name."""
    return conclusion["contacts"] if conclusion["level"] == 2 else list_contacts(conclusion)


def _tell_next(conclusion: Conclusion, has_contacts: bool) -> str:
    """Return how a démarche of the 2nd level goes on."""
    if labels.get_level_key(conclusion) == labels.ORIENT and has_contacts:
        return BY_ORIENTATION
    return BY_CONTACTS if has_contacts else BY_COUNSELLOR


def _get_documents(conclusion: Conclusion) -> list[str]:
    """Return the documents to bring, where the livret knows them."""
    return list(conclusion.get("documents") or ())


def _collect_contacts(contacts: Iterable[ContactRecord], reserved: ReservedValues) -> list[PublicContact]:
    """Return those of `contacts` that a visitor may use, each way and value once.

    One whose value another contact of the livret keeps for counsellors is left out: the stricter of both holds.
    """
    found: dict[tuple[str, str], PublicContact] = {}
    for contact in contacts:
        if contact["audience"] == "usager" and not reserved.are_in(f"{contact['value']} {contact['id']}"):
            found.setdefault((contact["kind"], fold(contact["value"])), PublicContact(contact, reserved))
    return list(found.values())


def _keep_text(text: str | None, reserved: ReservedValues) -> PublicText:
    """Return `text`, nothing in its place where it must not be read."""
    return PublicText("" if text is None or reserved.are_in(text) else text, reserved)


def list_details(contact: PublicContact) -> list[str]:
    """Return what is said of a contact: what it is, when it serves, its hours."""
    return [
        *([contact.label] if contact.label else []),
        *([f"{labels.CONDITION}\u00a0: {contact.condition}"] if contact.condition else []),
        *([f"{labels.HOURS}\u00a0: {contact.hours}"] if contact.hours else []),
        *([contact.note] if contact.note else []),
        *([TO_CHECK] if contact.must_be_checked else []),
    ]


def render_source(sheet: Sheet) -> str:
    """Return the line that says what the sheet was made from."""
    ids = ", ".join(demarche.id for demarche in sheet.demarches)
    return f"D’après le livret {quote_text(sheet.source)}\u00a0: {ids}."
