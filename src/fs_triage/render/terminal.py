"""Cards and trees on a terminal: the only module that imports Rich.

Text from the rules is never markup, and no link is made of it. A value to dial or to copy stands on lines of
its own, with nothing drawn beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.box import DOUBLE, ROUNDED, SQUARE, Box
from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.text import Text
from rich.tree import Tree

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
from fs_triage.render.tree import LEGEND, Branch, describe_branch
from fs_triage.text.wrap import wrap_text

_BOXES = {1: ROUNDED, 2: DOUBLE}
_COLOURS = {1: "green", 2: "magenta"}
_TONES = {Tone.PLAIN: "", Tone.WARNING: "yellow", Tone.FORBIDDEN: "red"}
_INDENT = 3
_VALUE_INDENT = 5
_BORDERS = 4  # columns that a box and its padding take


def print_cards(cards: Iterable[Card]) -> int:
    """Print cards on the terminal that standard output is; returns the lines taken."""
    console = _build_console(record=True)
    for rank, card in enumerate(cards):
        if rank:
            console.print()
        _CardPrinter(console).print(card)
    width = max(console.width, 1)
    return sum(max(-(-len(line) // width), 1) for line in console.export_text().splitlines())


def print_tree(branch: Branch) -> None:
    """Draw a tree on the terminal that standard output is, folded to its width."""
    _build_console().print(_build_tree(branch), "", LEGEND, sep="\n")


def _build_console(record: bool = False) -> Console:
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False, record=record)


class _CardPrinter:
    """Prints cards on a console, in as few lines as can be: a screen has 24, and the menu comes below."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._width = max(console.width, 1)

    def print(self, card: Card) -> None:
        """Print `card`."""
        way = wrap_text(card.way, self._width - _BORDERS)
        self._print_box(card.banner, way, _COLOURS[card.level], _BOXES[card.level], "bold")
        for section in card.sections:
            self._print_section(section)
        self._print_lines(f"{labels.LEVEL_NAMES[card.level]} – {card.pages}", "", "bold underline")
        self._print_command(card.id, "")

    def _print_section(self, section: Section) -> None:
        match section:
            case Remark():
                self._print_lines(section.line, "")
            case TextList():
                self._print_texts(section)
            case ContactList():
                self._print_contacts(section)
            case WayOut():
                self._print_way_out(section)

    def _print_texts(self, section: TextList) -> None:
        colour = _TONES[section.tone]
        if section.tone is Tone.FORBIDDEN:
            room = self._width - _BORDERS
            lines = [line for text in section.texts for line in wrap_text(text, room, "- ")]
            self._print_box(section.heading, lines, colour, SQUARE)
            return
        self._print_heading(section.heading, colour)
        mark = " ! " if section.tone is Tone.WARNING else " - "
        for rank, text in enumerate(section.texts, 1):
            self._print_lines(text, f" {rank}. " if section.numbered else mark, colour)

    def _print_contacts(self, section: ContactList) -> None:
        self._print_heading(section.heading)
        for rank, contact in enumerate(section.contacts, 1):
            if section.to_reach:
                self._print_contact_to_reach(contact, f" {rank}. " if section.in_order else " ")
            else:
                self._print_useful_contact(contact)
            for detail in contact.details:
                self._print_remark(detail)
        if section.to_reach:
            self._print_item()

    def _print_contact_to_reach(self, contact: ContactCard, first: str) -> None:
        """Print when to reach it, then its value, which stands out, to dial from."""
        self._print_item()
        self._print_lines(f"{contact.kind} ({contact.audience})", first)
        self._print_condition(contact)
        self._print_value(contact.value, "bold reverse")
        self._print_lines(contact.label)

    def _print_useful_contact(self, contact: ContactCard) -> None:
        self._print_kind_and_value(contact, " - ", "")
        self._print_condition(contact)
        self._print_lines(f"{contact.label} – {contact.audience}")

    def _print_condition(self, contact: ContactCard) -> None:
        if contact.condition:
            self._print_remark(contact.condition)

    def _print_remark(self, remark: Remark) -> None:
        first = " ! " if remark.tone is Tone.WARNING else " " * _INDENT
        self._print_lines(remark.line, first, _TONES[remark.tone])

    def _print_way_out(self, section: WayOut) -> None:
        self._print_heading(f"{section.heading}\u00a0: {section.level}")
        for target in section.targets:
            self._print_lines(target.title, " - " if len(section.targets) > 1 else " ")
            for contact in target.contacts:
                note = f" ({labels.FOR_COUNSELLOR})" if contact.for_counsellor else ""
                self._print_kind_and_value(contact, " " * _INDENT, note)
        self._print_command(section.node, " ")

    def _print_kind_and_value(self, contact: ContactCard, first: str, note: str) -> None:
        head = f"{first}{contact.kind}{note}\u00a0: "
        if len(head) + len(contact.value) <= self._width:
            self._print_item(_build_text(head).append(_build_text(contact.value, "bold")))
        else:
            self._print_lines(head.strip(), " " * (len(first) - len(first.lstrip())))
            self._print_value(contact.value, "bold")

    def _print_value(self, value: str, style: str) -> None:
        """Print a value on a line of its own, which the terminal alone may break: it is copied whole.

        An address of several words is read, not copied, and is broken between them.
        """
        indent = next((n for n in (_VALUE_INDENT, _INDENT) if n + len(value) <= self._width), 0)
        if not indent and " " in value:
            self._print_lines(value, " " * _VALUE_INDENT, style)
            return
        self._print_item(_build_text(" " * indent).append(_build_text(value, style)))

    def _print_box(self, title: str, lines: list[str], colour: str, box: Box, style: str = "") -> None:
        body = Text("\n").join(_build_text(line, style) for line in lines)
        if self._width < len(title) + 2 * _BORDERS:
            self._print_heading(title, colour)
            self._print_item(body)
            return
        heading = _build_text(title, "bold")
        self._print_item(
            Panel(body, title=heading, title_align="left", box=box, border_style=colour, width=self._width)
        )

    def _print_heading(self, heading: str, colour: str = "") -> None:
        self._print_lines(heading, "", f"bold underline {colour}".strip())

    def _print_command(self, node: str, first: str) -> None:
        """Print the call that opens `node`; the terminal alone may break it."""
        self._print_item(_build_text(f"{first}fs-triage {node}", "bold"))

    def _print_lines(self, text: str, first: str = " " * _INDENT, style: str = "") -> None:
        for line in wrap_text(text, self._width, first):
            self._print_item(_build_text(line, style))

    def _print_item(self, item: RenderableType = "") -> None:
        self._console.print(item, no_wrap=True, overflow="ignore", crop=False)


def _build_text(text: str, style: str = "") -> Text:
    """Return `text` for the console: no markup, and nothing that a terminal would obey."""
    return Text(output.make_printable(text), style=style)


def _build_tree(branch: Branch, above: Tree | None = None) -> Tree:
    label = _build_branch_label(branch)
    here = Tree(label, guide_style="dim") if above is None else above.add(label)
    for answer in branch["answers"]:
        _build_tree(answer, here)
    return here


def _build_branch_label(branch: Branch) -> Text:
    line = describe_branch(branch)
    label = Text(overflow="fold")
    label.append(line.mark, {0: "bold", 1: "green", 2: "bold yellow"}[branch["level"]])
    label.append(line.label, "bold" if branch["kind"] == "question" else "")
    label.append(line.own_id, "dim")
    label.append(line.elsewhere, "cyan")
    if line.question is not None:
        label.append("\n" + line.question, "italic")
    return label
