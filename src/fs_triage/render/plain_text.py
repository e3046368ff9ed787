"""Answers as plain text: for a pipe, a file, a screen reader. Nothing is wrapped and nothing is drawn."""

from __future__ import annotations

from collections.abc import Iterable

from fs_triage.render import labels
from fs_triage.render.conclusion import Card, ContactCard, ContactList, Remark, Section, TextList, WayOut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion, ContactRecord


def render_card(card: Card) -> str:
    """Return a card as text."""
    lines = [card.way, card.banner]
    for section in card.sections:
        lines += ["", *_render_section(section)]
    return "\n".join([*lines, "", f"{card.pages} – {card.id}"])


def _render_section(section: Section) -> list[str]:
    match section:
        case Remark():
            return [section.line]
        case TextList():
            heading = section.heading
            lines = [
                f"{rank}. {text}" if section.numbered else f"- {text}"
                for rank, text in enumerate(section.texts, 1)
            ]
        case ContactList():
            heading, lines = section.heading, []
            for rank, contact in enumerate(section.contacts, 1):
                lines.append(
                    f"{rank}. {_render_value(contact)}" if section.in_order else _render_value(contact)
                )
                lines += [f"  {contact.label}", f"  {contact.audience}"]
                lines += [f"  {remark.line}" for remark in contact.remarks]
        case WayOut():
            heading, lines = f"{section.heading} ({section.level})", []
            for target in section.targets:
                lines.append(f"{target.title}\u00a0: fs-triage {target.id}")
                for contact in target.contacts:
                    audience = f" ({labels.FOR_COUNSELLOR})" if contact.for_counsellor else ""
                    lines.append(f"  {_render_value(contact)}{audience}")
    return [f"{heading}\u00a0:", *(f"  {line}" for line in lines)]


def _render_value(contact: ContactCard) -> str:
    return f"{contact.kind}\u00a0: {contact.value}"


def render_contact_row(partner: str, contact: ContactRecord, conclusions: Iterable[Conclusion]) -> str:
    """Return a contact as one line of a list, with the ids of the conclusions that use it."""
    users = " ".join(conclusion["id"] for conclusion in conclusions)
    kind, audience = labels.KIND_NAMES[contact["kind"]], contact["audience"]
    return f"{partner}/{contact['id']}\t{kind}\t{contact['value']}\t{audience}\t{users}"
