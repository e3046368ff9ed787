"""Lists for people: démarches and contacts by partner, as lines that a terminal shows at its width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from fs_triage import output
from fs_triage.render import labels
from fs_triage.render.card_layout import Line, Span, wrap_styled
from fs_triage.render.conclusion import ContactCard, Tone
from fs_triage.text.fold import fold
from fs_triage.text.numbers import render_count

_HEADING, _NAME, _TEXT, _WARNING = "bold underline", "bold", "", "yellow"
_MAX_CALLS = 3  # calls shown of a contact that many démarches use
_DEEPER = "     "
_CONTINUED = "  "  # begins what is left of an id longer than a line


class ListedContact(NamedTuple):
    """A contact of a directory, and the ids of the démarches that use it."""

    id: str
    card: ContactCard
    users: Sequence[str]


class ListedConclusion(NamedTuple):
    """A démarche of a list."""

    id: str
    level: int
    title: str


def lay_out_contacts(
    groups: Iterable[tuple[str, Sequence[ListedContact]]], width: int, *, are_all_calls_shown: bool
) -> Iterator[Line]:
    """Yield the lines of contacts by partner, which each group names."""
    for rank, (partner, contacts) in enumerate(groups):
        if rank:
            yield ()
        yield from wrap_styled(f"{partner} – {render_count(len(contacts), 'contact')}", width, style=_HEADING)
        for contact in contacts:
            yield ()
            yield from _lay_out_contact(contact, width, are_all_calls_shown)


def lay_out_conclusions(
    groups: Iterable[tuple[str, Sequence[ListedConclusion]]], width: int
) -> Iterator[Line]:
    """Yield the lines of démarches by partner, which each group names, and how to open one."""
    first = ""
    for partner, conclusions in groups:
        yield from wrap_styled(
            f"{partner} – {render_count(len(conclusions), 'démarche')}", width, style=_HEADING
        )
        for conclusion in conclusions:
            first = first or conclusion.id
            yield from wrap_styled(conclusion.title, width, " ", _NAME)
            level = labels.LEVEL_BANNERS[conclusion.level]
            together = f"   {level} – {conclusion.id}"
            if len(together) <= width:
                yield _line(together)
            else:
                yield from wrap_styled(level, width, "   ")
                yield from _break_id("", conclusion.id, width)
        yield ()
    if first:
        yield from wrap_styled("Pour ouvrir une fiche, son identifiant\u00a0:", width)
        yield from _break_id("fs-triage ", first, width)


def _lay_out_contact(contact: ListedContact, width: int, are_all_calls_shown: bool) -> Iterator[Line]:
    card = contact.card
    value = card.kind if fold(card.value) == fold(card.kind) else f"{card.kind}\u00a0: {card.value}"
    if fold(card.label) in (fold(card.value), fold(value)):  # what says the same is said once
        yield from _lay_out_value(card, value, width, " ", _NAME)
    else:
        yield from wrap_styled(card.label, width, " ", _NAME)
        yield from _lay_out_value(card, value, width, "   ", _TEXT)
    yield from wrap_styled(card.audience[:1].upper() + card.audience[1:], width, "   ")
    for remark in card.remarks:
        is_warning = remark.tone is Tone.WARNING
        style = _WARNING if is_warning else _TEXT
        yield from wrap_styled(remark.line, width, " ! " if is_warning else "   ", style)
    yield from _lay_out_calls(contact, width, are_all_calls_shown)


def _lay_out_value(card: ContactCard, value: str, width: int, indent: str, style: str) -> Iterator[Line]:
    """Yield a value after its kind, or on a line of its own, where it is copied whole."""
    if len(indent) + len(value) <= width or " " in card.value:
        yield from wrap_styled(value, width, indent, style)
        return
    yield from wrap_styled(f"{card.kind}\u00a0:", width, indent, style)
    deeper = indent + "  "
    yield _line((deeper if len(deeper) + len(card.value) <= width else "") + card.value, style)


def _lay_out_calls(contact: ListedContact, width: int, are_all_shown: bool) -> Iterator[Line]:
    users = contact.users if are_all_shown else contact.users[:_MAX_CALLS]
    left = len(contact.users) - len(users)
    if left == 1:  # the line that would count it has room for it
        users, left = contact.users, 0
    call = "fs-triage "
    heading = "Sa fiche" if len(contact.users) == 1 else "Ses fiches"
    if any(len(_DEEPER + call + node) > width for node in users):
        heading, call = f"{heading}, après «\u00a0fs-triage\u00a0»", ""
    yield from wrap_styled(f"{heading}\u00a0:", width, "   ")
    for node in users:
        yield from _break_id(call, node, width, _DEEPER)
    if left:
        partner = contact.users[0].partition("/")[0]
        yield from wrap_styled(f"et {left} autres\u00a0:", width, _DEEPER)
        yield from _break_id(f"fs-triage contacts {partner} ", contact.id, width, _DEEPER)


def _break_id(call: str, node: str, width: int, indent: str = "   ") -> Iterator[Line]:
    """Yield a call and an id on one line; where it has no room, the id alone; broken at a sign where it must be."""
    if len(indent) + len(call) + len(node) <= width:
        yield _line(f"{indent}{call}{node}")
        return
    if call:
        yield _line(f"{indent}{call}".rstrip())
    if len(node) <= width:
        yield _line((indent if len(indent) + len(node) <= width else "") + node)
        return
    line = ""
    for piece in _split_id(node, width - len(_CONTINUED)):
        if len(line) + len(piece) > width:
            yield _line(line)
            line = _CONTINUED
        line += piece
    yield _line(line)


def _split_id(node: str, width: int) -> Iterator[str]:
    """Yield the pieces that an id may be broken into: its parts, and the words of a part longer than a line."""
    for part in re.findall(r"[^/]+/?", node):
        yield from [part] if len(part) <= width else re.findall(r"[^-]+-?", part)


def _line(text: str, style: str = _TEXT) -> Line:
    return (Span(output.make_printable(text), style),)
