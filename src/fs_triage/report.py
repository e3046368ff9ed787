"""Conclusions on a terminal: the only module on the desk's way that imports Rich.

Text from the rules is never markup, and no link is made of it. A value to dial or to copy stands on lines of
its own, with nothing drawn beside it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import cast

from rich.box import DOUBLE, ROUNDED, SQUARE, Box
from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.text import Text

from fs_triage import output, plain
from fs_triage.records import Conclusion, ContactRecord, Question
from fs_triage.store import Store
from fs_triage.wrapping import wrap

_BOXES = {1: ROUNDED, 2: DOUBLE}
_COLOURS = {1: "green", 2: "magenta"}
_INDENT = 3
_VALUE_INDENT = 5
_BORDERS = 4  # columns that a box and its padding take


def show(store: Store, positions: Sequence[int]) -> int:
    """Show the conclusions at `positions` on the terminal that standard output is; returns the lines taken."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False, record=True)
    for rank, text in enumerate(store.block("json", positions)):
        conclusion = cast(Conclusion, json.loads(text))
        partner = cast(Question, json.loads(store.need(f"question:{conclusion['partner']}")))
        if rank:
            console.print()
        _Panel(console, store, conclusion, partner["title"]).print()
    width = max(console.width, 1)
    return sum(max(-(-len(line) // width), 1) for line in console.export_text().splitlines())


class _Panel:
    """One conclusion on a console, as few lines as can be: a screen has 24, and the menu comes below."""

    def __init__(self, console: Console, store: Store, conclusion: Conclusion, partner: str) -> None:
        self._console = console
        self._store = store
        self._conclusion = conclusion
        self._partner = partner
        self._width = max(console.width, 1)

    def print(self) -> None:
        """Print it: what it is, what not to say, what to do, whom to reach, what to mind, where it stands."""
        conclusion = self._conclusion
        level = conclusion["level"]
        way = wrap(plain.way(conclusion, self._partner), self._width - _BORDERS)
        self._box(plain.LEVELS[level], way, _COLOURS[level], _BOXES[level], "bold")
        do_not = [line for text in conclusion["do_not"] for line in wrap(text, self._width - _BORDERS, "- ")]
        if do_not:
            self._box("Ne pas renseigner", do_not, "red", SQUARE)
        if conclusion["steps"]:
            self._title("Étapes")
            for rank, step in enumerate(conclusion["steps"], 1):
                self._lines(step, f" {rank}. ")
        self._contacts()
        if conclusion["warnings"]:
            self._title("Attention", "yellow")
            for warning in conclusion["warnings"]:
                self._lines(warning, " ! ", "yellow")
        self._blocked()
        self._foot()

    def _out(self, item: RenderableType = "") -> None:
        self._console.print(item, no_wrap=True, overflow="ignore", crop=False)

    def _box(self, title: str, lines: list[str], colour: str, box: Box, style: str = "") -> None:
        body = Text("\n").join(_text(line, style) for line in lines)
        if self._width < len(title) + 2 * _BORDERS:
            self._title(title, colour)
            self._out(body)
            return
        heading = _text(title, "bold")
        self._out(
            Panel(body, title=heading, title_align="left", box=box, border_style=colour, width=self._width)
        )

    def _title(self, title: str, colour: str = "") -> None:
        self._lines(title, "", f"bold underline {colour}".strip())

    def _lines(self, text: str, first: str = " " * _INDENT, style: str = "") -> None:
        for line in wrap(text, self._width, first):
            self._out(_text(line, style))

    def _contacts(self) -> None:
        contacts, second = self._conclusion["contacts"], self._conclusion["level"] == 2
        if not contacts:
            return
        numbered = second and len(contacts) > 1
        self._title(_contacts_title(second, numbered))
        for rank, contact in enumerate(contacts, 1):
            if second:
                self._escalation(contact, f" {rank}. " if numbered else " ")
            else:
                self._useful(contact)
            self._about(contact)
        if second:
            self._out()

    def _escalation(self, contact: ContactRecord, first: str) -> None:
        """Print a contact to reach: when to, then its value, which stands out, to dial from."""
        self._out()
        self._lines(f"{plain.KINDS[contact['kind']]} ({plain.AUDIENCES[contact['audience']]})", first)
        self._when(contact)
        self._value(contact["value"], "bold reverse")
        self._lines(contact["label"])

    def _useful(self, contact: ContactRecord) -> None:
        """Print a contact that helps with the steps."""
        self._kind_and_value(contact, " - ", "")
        self._when(contact)
        self._lines(f"{contact['label']} – {plain.AUDIENCES[contact['audience']]}")

    def _kind_and_value(self, contact: ContactRecord, first: str, note: str) -> None:
        head = f"{first}{plain.KINDS[contact['kind']]}{note} : "
        if len(head) + len(contact["value"]) <= self._width:
            self._out(_text(head).append(_text(contact["value"], "bold")))
        else:
            self._lines(head.strip(), " " * (len(first) - len(first.lstrip())))
            self._value(contact["value"], "bold")

    def _value(self, value: str, style: str) -> None:
        """Print a value on a line of its own, which the terminal alone may break: it is copied whole.

        An address of several words is read, not copied, and is broken between them.
        """
        indent = next((n for n in (_VALUE_INDENT, _INDENT) if n + len(value) <= self._width), 0)
        if not indent and " " in value:
            self._lines(value, " " * _VALUE_INDENT, style)
            return
        self._out(_text(" " * indent).append(_text(value, style)))

    def _when(self, contact: ContactRecord) -> None:
        if contact["when"]:
            self._lines(f"Quand : {contact['when']}")

    def _about(self, contact: ContactRecord) -> None:
        if contact["hours"]:
            self._lines(f"Horaires : {plain.hours_in_french(contact['hours'])}")
        if contact["note"]:
            self._lines(contact["note"])
        if contact["doubt"]:
            self._lines(f"À vérifier : {contact['doubt']}", " ! ", "yellow")

    def _blocked(self) -> None:
        """Print where to go when the démarche blocks; a single place with its contacts."""
        nodes = self._conclusion["if_blocked"]
        if not nodes:
            if reason := self._conclusion["no_second_level"]:
                self._lines(f"Pas de 2nd niveau : {reason}", "")
            return
        self._title("Si la démarche bloque : 2nd niveau")
        for node in nodes:
            target = self._of(node)
            self._lines(target["title"], " - " if len(nodes) > 1 else " ")
            for contact in target["contacts"] if len(nodes) == 1 else ():
                note = "" if contact["audience"] == "usager" else " (réservé au conseiller)"
                self._kind_and_value(contact, " " * _INDENT, note)
        self._command(self._entry(self._conclusion["id"])[3], " ")

    def _entry(self, node: str) -> list[str]:
        return self._store.need(f"node:{node}").split()

    def _of(self, node: str) -> Conclusion:
        return cast(Conclusion, json.loads(self._store.need(f"json:{int(self._entry(node)[0]):06}")))

    def _foot(self) -> None:
        level, pages = self._conclusion["level"], self._conclusion["pages"]
        self._lines(f"{plain.LEVEL_NAMES[level]} – {plain.pages_text(pages)}", "", "bold underline")
        self._command(self._conclusion["id"], "")

    def _command(self, node: str, first: str) -> None:
        """Print the call that opens `node`; the terminal alone may break it."""
        self._out(_text(f"{first}fs-triage {node}", "bold"))


def _text(text: str, style: str = "") -> Text:
    """Return `text` for the console: no markup, and nothing that a terminal would obey."""
    return Text(output.clean(text), style=style)


def _contacts_title(second: bool, numbered: bool) -> str:
    if not second:
        return "Contacts utiles"
    return "À contacter, dans cet ordre" if numbered else "À contacter"
