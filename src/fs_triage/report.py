"""Conclusions on a terminal: the only module on the desk's way that imports Rich.

Text from the rules is never markup, and no link is made of it. A value to dial or to copy stands on lines of
its own, with nothing drawn beside it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from rich.box import DOUBLE, ROUNDED, SQUARE
from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.text import Text

from fs_triage import plain
from fs_triage.records import Conclusion, ContactRecord, Question
from fs_triage.store import Store
from fs_triage.wrapping import wrap

_BOXES = {1: ROUNDED, 2: DOUBLE}
_COLOURS = {1: "green", 2: "magenta"}
_INDENT = 3
_VALUE_INDENT = 5
_BORDERS = 4  # columns that a box and its padding take


def show(store: Store, positions: Sequence[int]) -> None:
    """Show the conclusions at `positions` on the terminal that standard output is."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    for rank, text in enumerate(store.block("json", positions)):
        conclusion = cast(Conclusion, json.loads(text))
        partner = cast(Question, json.loads(store.need(f"question:{conclusion['partner']}")))
        if rank:
            console.print()
        _Panel(console, store, conclusion, partner["title"]).print()


class _Panel:
    """One conclusion on a console."""

    def __init__(self, console: Console, store: Store, conclusion: Conclusion, partner: str) -> None:
        self._console = console
        self._store = store
        self._conclusion = conclusion
        self._partner = partner
        self._width = max(console.width, 1)

    def print(self) -> None:
        """Print it: what it is, what not to say, what to do, whom to reach, what to mind, where it stands."""
        conclusion = self._conclusion
        self._head()
        self._box("Ne pas renseigner", conclusion["do_not"], "red")
        if conclusion["steps"]:
            self._title("Étapes")
            for rank, step in enumerate(conclusion["steps"], 1):
                self._lines(step, f" {rank}. ")
        self._contacts()
        self._box("Attention", conclusion["warnings"], "yellow")
        self._blocked()
        self._foot()

    def _out(self, item: RenderableType = "") -> None:
        self._console.print(item, no_wrap=True, overflow="ignore", crop=False)

    def _head(self) -> None:
        conclusion, width = self._conclusion, self._width - _BORDERS
        way = wrap(plain.way({**conclusion, "path": conclusion["path"][:-1]}, self._partner), width)
        body = Text("\n").join([*_texts(wrap(conclusion["title"], width), "bold"), *_texts(way)])
        level = conclusion["level"]
        self._out(self._panel(body, plain.LEVELS[level], level, _COLOURS[level]))

    def _panel(self, body: Text, title: str, level: int | None, colour: str) -> RenderableType:
        if self._width < len(title) + 2 * _BORDERS:
            return Text("\n").join([*_texts(wrap(title, self._width), f"bold {colour}"), body])
        box = _BOXES[level] if level else SQUARE
        heading = Text(title, style="bold")
        return Panel(body, title=heading, title_align="left", box=box, border_style=colour, width=self._width)

    def _box(self, title: str, texts: Iterable[str], colour: str) -> None:
        lines = [line for text in texts for line in wrap(text, self._width - _BORDERS, "- ")]
        if lines:
            self._out(self._panel(Text("\n").join(_texts(lines)), title, None, colour))

    def _title(self, title: str) -> None:
        self._out()
        self._out(Text(title, style="bold underline"))

    def _lines(self, text: str, first: str = " " * _INDENT, style: str = "") -> None:
        for line in wrap(text, self._width, first):
            self._out(Text(line, style=style))

    def _contacts(self) -> None:
        contacts, second = self._conclusion["contacts"], self._conclusion["level"] == 2
        if not contacts:
            return
        numbered = second and len(contacts) > 1
        self._title(_contacts_title(second, numbered))
        for rank, contact in enumerate(contacts, 1):
            self._contact(contact, f" {rank}. " if numbered else " - ", spaced=second)
        if second:
            self._out()

    def _contact(self, contact: ContactRecord, first: str, spaced: bool) -> None:
        kind, audience = plain.KINDS[contact["kind"]], plain.AUDIENCES[contact["audience"]]
        if spaced:
            self._out()
        self._lines(f"{kind} ({audience})", first)
        self._value(contact["value"])
        self._lines(contact["label"])
        if contact["when"]:
            self._lines(f"Quand : {contact['when']}")
        if contact["hours"]:
            self._lines(f"Horaires : {plain.hours_in_french(contact['hours'])}")
        if contact["note"]:
            self._lines(contact["note"])
        if contact["doubt"]:
            self._lines(f"! À vérifier : {contact['doubt']}", style="yellow")

    def _value(self, value: str) -> None:
        """Print a value on a line of its own, which the terminal alone may break: it is copied whole."""
        indent = next((n for n in (_VALUE_INDENT, _INDENT) if n + len(value) <= self._width), 0)
        self._out(Text(" " * indent).append(value, style="bold"))

    def _blocked(self) -> None:
        blocked = [self._store.need(f"node:{node}").split()[0] for node in self._conclusion["if_blocked"]]
        targets = [
            cast(Conclusion, json.loads(text)) for text in self._store.block("json", map(int, blocked))
        ]
        heading, *lines = [line for line in plain.blocked_lines(self._conclusion, targets) if line] or [""]
        if heading and not lines:
            self._out()
            self._lines(heading, "")
        elif heading:
            self._title(heading.removesuffix("\u00a0:"))
            for line in lines:
                self._lines(line.strip(), " " * (1 + len(line) - len(line.lstrip()) - 2))

    def _foot(self) -> None:
        self._out()
        self._lines(plain.pages_text(self._conclusion["pages"]), "")
        self._out(Text(f"fs-triage {self._conclusion['id']}", style="bold"))


def _texts(lines: Iterable[str], style: str = "") -> Iterator[Text]:
    return (Text(line, style=style) for line in lines)


def _contacts_title(second: bool, numbered: bool) -> str:
    if not second:
        return "Contacts utiles"
    return "À contacter, dans cet ordre" if numbered else "À contacter"
