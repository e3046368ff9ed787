"""Cards, trees and lists on a terminal; with `progress`, the only module that imports Rich.

Text from the rules is never markup; the values of contacts alone are links.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial

from rich.console import Console
from rich.style import Style
from rich.text import Text
from rich.tree import Tree

from fs_triage.render.card_layout import CardLines, Line, lay_out_card
from fs_triage.render.conclusion import Card
from fs_triage.render.labels import ORIENT, get_level_key
from fs_triage.render.tree import Branch, describe_branch, render_legend


def print_cards(cards: Iterable[Card]) -> None:
    """Print cards on the terminal that standard output is, one after the other."""
    for rank, card in enumerate(cards):
        if rank:
            _build_console().print()
        print_document(partial(lay_out_card, card))


def print_document(lay_out: Callable[[int, int | None], CardLines]) -> None:
    """Print what `lay_out` makes for the width of the terminal that standard output is, and for no height."""
    console = _build_console()
    lines = lay_out(max(console.width, 1), None)
    for line in (*lines.banner, *lines.list_body()):
        console.print(_build_line(line), no_wrap=True, overflow="ignore", crop=False)


def print_tree(branch: Branch) -> None:
    """Draw a tree on the terminal that standard output is, folded to its width."""
    _build_console().print(_build_tree(branch), "", render_legend(branch), sep="\n")


def print_lines(lay_out: Callable[[int], Iterable[Line]]) -> None:
    """Print what `lay_out` makes for the width of the terminal that standard output is."""
    console = _build_console()
    for line in lay_out(max(console.width, 1)):
        console.print(_build_line(line), no_wrap=True, overflow="ignore", crop=False)


def _build_console() -> Console:
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False)


def _build_line(line: Line) -> Text:
    """Return a line for the console: no markup, and nothing that a terminal would obey but its links."""
    text = Text()
    for span in line:
        text.append(span.text, Style.parse(span.style) + Style(link=span.link or None))
    return text


def _build_tree(branch: Branch, above: Tree | None = None) -> Tree:
    label = _build_branch_label(branch)
    here = Tree(label, guide_style="dim") if above is None else above.add(label)
    for answer in branch["answers"]:
        _build_tree(answer, here)
    return here


def _build_branch_label(branch: Branch) -> Text:
    line = describe_branch(branch)
    label = Text(overflow="fold")
    label.append(line.mark, {0: "bold", 1: "green", 2: "bold yellow", ORIENT: "blue"}[get_level_key(branch)])
    label.append(line.label, "bold" if branch["kind"] == "question" else "")
    label.append(line.own_id, "dim")
    label.append(line.elsewhere, "cyan")
    if line.question is not None:
        label.append("\n" + line.question, "italic")
    return label
