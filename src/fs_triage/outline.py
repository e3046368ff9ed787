"""A tree as text: indented lines for a pipe, drawn and folded for a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fs_triage.branch import Branch
from fs_triage.typography import one_line

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

LEGEND = "[1er] à faire sur place   [2nd] à transmettre   → suite ailleurs"
_MARKS = {0: "", 1: "[1er] ", 2: "[2nd] "}


def _own_id(branch: Branch) -> str:
    """Return the part of the id that this answer adds, in brackets; nothing at the root."""
    own = branch["id"].rpartition("/")[2]
    return f" ({own})" if own else ""


def _elsewhere(branch: Branch) -> str:
    return f" → {branch['to']}" if branch["to"] is not None else ""


def plain(branch: Branch) -> str:
    """Return a tree as indented lines, for a pipe or a screen reader: nothing folded, nothing drawn."""
    return "\n".join(_lines(branch, "", ""))


def _lines(branch: Branch, indent: str, dash: str) -> Iterator[str]:
    mark, label = _MARKS[branch["level"]], one_line(branch["label"])
    yield f"{indent}{dash}{mark}{label}{_own_id(branch)}{_elsewhere(branch)}"
    below = indent + " " * len(dash)
    if branch["question"] is not None:
        yield f"{below}{one_line(branch['question'])}"
    for answer in branch["answers"]:
        yield from _lines(answer, below, "- ")


def draw(branch: Branch) -> None:
    """Draw a tree on the terminal, folded to its width."""
    from rich.console import Console

    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    console.print(_rich_tree(branch), "", LEGEND, sep="\n")


def _rich_tree(branch: Branch, above: Tree | None = None) -> Tree:
    from rich.tree import Tree

    here = Tree(_rich_label(branch), guide_style="dim") if above is None else above.add(_rich_label(branch))
    for answer in branch["answers"]:
        _rich_tree(answer, here)
    return here


def _rich_label(branch: Branch) -> Text:
    from rich.text import Text

    style = {0: "bold", 1: "green", 2: "bold yellow"}[branch["level"]]
    label = Text(overflow="fold")
    label.append(_MARKS[branch["level"]], style)
    label.append(one_line(branch["label"]), "bold" if branch["kind"] == "question" else "")
    label.append(_own_id(branch), "dim")
    label.append(_elsewhere(branch), "cyan")
    if branch["question"] is not None:
        label.append("\n" + one_line(branch["question"]), "italic")
    return label
