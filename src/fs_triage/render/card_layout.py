"""A card as styled lines of a width, without any border: printed as they are, or scrolled by the wizard.

In as few lines as can be: a screen has 24, and the menu stands below. A value to dial or to copy is never broken by
us, and nothing is drawn beside it that a mouse would take along.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from fs_triage import output
from fs_triage.render import labels
from fs_triage.render.conclusion import (
    Card,
    ContactCard,
    ContactList,
    Remark,
    Section,
    TextList,
    Tone,
    WayOut,
)
from fs_triage.text.fold import fold
from fs_triage.text.wrap import wrap_text

_COLOURS = {1: "green", 2: "magenta", labels.ORIENT: "blue"}
_TONES = {Tone.PLAIN: "", Tone.WARNING: "yellow", Tone.FORBIDDEN: "bold red"}
_INDENT = 3
_MARK = " - "
_MARKED = re.compile(r"\s*(?:-|\d+\.)?\s+(?=\S)")
"""How a line of a text begins: spaces, and a mark or a number where it has one."""
_WARNING_MARK = " ! "
_SEPARATOR = " – "
_FIRST_CONTACT_LINES = 3  # a heading, the kind and the value of a contact


class Span(NamedTuple):
    """A piece of a line: `style` in the words that Rich and prompt_toolkit share, `link` the address it opens."""

    text: str
    style: str = ""
    link: str = ""


Line = tuple[Span, ...]


class CardLines(NamedTuple):
    """The lines of a card: its banner, which stays in sight, and its blocks, which scroll."""

    banner: tuple[Line, ...]
    blocks: tuple[tuple[Line, ...], ...]

    def list_body(self, spaced: bool = False) -> list[Line]:
        """Return the lines below the banner; `spaced` puts an empty one before each block."""
        lines: list[Line] = []
        for block in self.blocks:
            lines += [*([()] if spaced else []), *block]
        return lines


def lay_out_card(card: Card, width: int, rows: int | None = None) -> CardLines:
    """Return the lines of `card` for a terminal of `width` columns.

    Where only `rows` of them are in sight, contacts that would not begin there come before the steps.
    """
    width = max(width, 1)
    banner = tuple(_lay_out_banner(card, width))
    blocks = [(section, tuple(_lay_out_section(section, width))) for section in card.sections]
    if rows is not None:
        blocks = _move_contacts_up(blocks, rows - len(banner))
    return CardLines(banner, (*(lines for _, lines in blocks), _lay_out_foot(card, width)))


def lay_out_text(text: str, width: int) -> CardLines:
    """Return the lines of a text that is no card, each of its own broken between words; it has no banner.

    What follows the mark or the number of a line stands under its text.
    """
    lines: list[Line] = []
    for each in text.split("\n"):
        start = _MARKED.match(each)
        first = start[0] if start else ""
        lines += wrap_styled(each[len(first) :], width, first) if each.strip() else [()]
    return CardLines((), (tuple(lines),))


def break_line(line: Line, width: int) -> list[Line]:
    """Return `line` as the lines that a terminal of `width` columns makes of it."""
    if sum(len(span.text) for span in line) <= width:
        return [line]
    lines: list[list[Span]] = [[]]
    room = width
    for span in line:
        text = span.text
        while text:
            lines[-1].append(span._replace(text=text[:room]))
            text, room = text[room:], room - len(text[:room])
            if not room:
                lines.append([])
                room = width
    return [tuple(each) for each in lines if each]


def _move_contacts_up(
    blocks: list[tuple[Section, tuple[Line, ...]]], rows: int
) -> list[tuple[Section, tuple[Line, ...]]]:
    above = 0
    for section, lines in blocks:
        if isinstance(section, ContactList):
            if above + _FIRST_CONTACT_LINES <= rows:
                return blocks
            break
        above += len(lines)

    def rank(block: tuple[Section, tuple[Line, ...]]) -> int:
        section, _ = block
        if isinstance(section, TextList) and section.tone is Tone.FORBIDDEN:
            return 0
        return 1 if isinstance(section, ContactList) else 2

    return sorted(blocks, key=rank)


def _lay_out_foot(card: Card, width: int) -> tuple[Line, ...]:
    command = Span(f"fs-triage {card.id}", "bold")
    pages = f"{card.pages}{_SEPARATOR}"
    if len(pages) + len(command.text) <= width:
        return ((Span(pages, "dim"), command),)
    return (*wrap_styled(card.pages, width, "", "dim"), (command,))


def _lay_out_banner(card: Card, width: int) -> Iterator[Line]:
    """Yield the level in words, then the way to the card, on the same line where it fits."""
    style = f"bold reverse {_COLOURS[card.level]}"
    level = Span(f" {card.banner} ", style)
    if len(level.text) + 1 + len(card.way) <= width:
        yield level, Span(" "), Span(output.make_printable(card.way), "bold")
        return
    if len(level.text) <= width:
        yield (level,)
    else:
        yield from wrap_styled(card.banner, width, "", style)
    yield from wrap_styled(card.way, width, "", "bold")


def _lay_out_section(section: Section, width: int) -> Iterator[Line]:
    match section:
        case Remark() if section.label:
            yield from _wrap_after(section.label, section.text, width, _TONES[section.tone])
        case Remark():
            yield from wrap_styled(section.text, width, style=_TONES[section.tone])
        case TextList():
            yield from _lay_out_texts(section, width)
        case ContactList():
            yield from _lay_out_contacts(section, width)
        case WayOut():
            yield from _lay_out_way_out(section, width)


def _lay_out_texts(section: TextList, width: int) -> Iterator[Line]:
    style = _TONES[section.tone]
    if len(section.texts) == 1 and section.heading:
        yield from _wrap_after(section.heading, section.texts[0], width, style)
        return
    if section.heading:
        yield from _lay_out_heading(section.heading, width, style)
    mark = _WARNING_MARK if section.tone is Tone.WARNING else _MARK
    for rank, text in enumerate(section.texts, 1):
        yield from wrap_styled(text, width, f" {rank}. " if section.numbered else mark, style)


def _lay_out_contacts(section: ContactList, width: int) -> Iterator[Line]:
    """Yield contacts; what is the same for all of them, or for several in a row, is told once."""
    contacts = section.contacts
    audiences = list(dict.fromkeys(contact.audience for contact in contacts))
    is_shared = len(contacts) > 1 and len(audiences) == 1
    heading = f"{section.heading} ({audiences[0]})" if is_shared else section.heading
    yield from _lay_out_heading(heading, width)
    style = "bold reverse" if section.to_reach else "bold"
    for rank, contact in enumerate(contacts):
        first = f" {rank + 1}. " if section.in_order else _MARK
        told = [contact.label, "" if is_shared else contact.audience]
        yield from _lay_out_value(contact, first, width, style, told)
        yield from _lay_out_remarks(contacts, rank, width)


def _lay_out_remarks(contacts: tuple[ContactCard, ...], rank: int, width: int) -> Iterator[Line]:
    """Yield what else is to know of a contact; what holds for those before it too stands below the last of them."""
    following = contacts[rank + 1].remarks if rank + 1 < len(contacts) else ()
    own = [remark for remark in contacts[rank].remarks if remark not in following]
    counts = {remark: _count_sharing(contacts, rank, remark) for remark in own}
    for remark in sorted(own, key=lambda remark: counts[remark] > 1):
        text = remark.line
        if counts[remark] > 1:
            these = f"ces {counts[remark]} contacts"
            text = (
                f"{remark.label} de {these}\u00a0: {remark.text}"
                if remark.label
                else f"{these.capitalize()}\u00a0: {text}"
            )
        mark = _WARNING_MARK if remark.tone is Tone.WARNING else " " * _INDENT
        style = _TONES[remark.tone] or ("bold" if remark == contacts[rank].condition else "")
        yield from wrap_styled(text, width, mark, style)


def _count_sharing(contacts: tuple[ContactCard, ...], rank: int, remark: Remark) -> int:
    """Return how many contacts in a row, the one at `rank` being the last, have `remark`."""
    count = 0
    while rank >= count and remark in contacts[rank - count].remarks:
        count += 1
    return count


def _lay_out_value(
    contact: ContactCard, first: str, width: int, style: str, told: list[str]
) -> Iterator[Line]:
    """Yield a contact: its kind, its value whole, and what is told of it, on one line where it fits."""
    told = [text for text in told if text]
    if _is_named_by_kind(contact):
        yield from wrap_styled(_SEPARATOR.join([contact.kind, *told]), width, first)
        return
    head = f"{first}{contact.kind}\u00a0: "
    value = Span(output.make_printable(contact.shown), style, contact.link)
    beside = "".join(f"{_SEPARATOR}{text}" for text in told)
    indent = " " * _INDENT
    if len(head) + len(value.text) > width and " " in value.text:  # read, not copied
        yield from _wrap_after(contact.kind, contact.shown, width, "", first, style)
    elif len(head) + len(value.text) > width:
        yield from wrap_styled(f"{contact.kind}\u00a0:", width, first)
        yield (Span(indent), value) if len(indent) + len(value.text) <= width else (value,)
    elif len(head) + len(value.text) + len(beside) <= width:
        yield Span(output.make_printable(head)), value, Span(output.make_printable(beside))
        return
    else:
        yield Span(output.make_printable(head)), value
    if told:
        yield from wrap_styled(_SEPARATOR.join(told), width, indent)


def _is_named_by_kind(contact: ContactCard) -> bool:
    """Return whether the value says no more than the kind: « Administration + »."""
    return fold(contact.kind).replace(" ", "") == fold(contact.value).replace(" ", "")


def _lay_out_way_out(section: WayOut, width: int) -> Iterator[Line]:
    heading = f"{section.heading} ({section.level})"
    titles = "\u00a0; ".join(target.title for target in section.targets)
    yield from _wrap_after(heading, titles, width, "")
    for target in section.targets:
        for contact in target.contacts:
            told = [labels.FOR_COUNSELLOR] if contact.for_counsellor else []
            yield from _lay_out_value(contact, " " * _INDENT, width, "bold", told)
    yield (Span(f"{' ' * _INDENT}fs-triage {section.node}", "bold"),)


def _lay_out_heading(heading: str, width: int, style: str = "") -> Iterator[Line]:
    yield from wrap_styled(heading, width, "", f"bold underline {style}".strip())


def _wrap_after(
    heading: str, text: str, width: int, style: str, first: str = "", text_style: str | None = None
) -> Iterator[Line]:
    """Yield `text` behind its heading, on the same line; the heading is underlined where it begins the line."""
    text_style = style if text_style is None else text_style
    heading_style = "" if first else f"bold underline {style}".strip()
    begin, *others = wrap_text(f"{heading}\u00a0: {text}", width, first, " " * _INDENT)
    shown = output.make_printable(begin)
    if shown.startswith(first + heading):
        end = len(first + heading)
        yield Span(first + heading, heading_style), Span(shown[end:], text_style)
    else:  # a heading that is wider than the terminal
        yield (Span(shown, style),)
    for line in others:
        yield (Span(output.make_printable(line), text_style),)


def wrap_styled(text: str, width: int, first: str = "", style: str = "") -> Iterator[Line]:
    """Yield `text` as lines of one style; `first` begins the first, spaces as long as it the others."""
    for line in wrap_text(text, width, first):
        yield (Span(output.make_printable(line), style),)
