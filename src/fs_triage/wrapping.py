"""Breaking text into lines: at spaces, never at a no-break space or a hyphen, cut only when one word is too long."""

from __future__ import annotations

import textwrap

_NARROWEST = 8  # columns below which nothing is indented any more


def wrap(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Return `text` as lines of at most `width` characters; at least one.

    `first` begins the first line, `rest` the others (spaces of the same length unless given).
    """
    rest = " " * len(first) if rest is None else rest
    if width - max(len(first), len(rest)) < _NARROWEST:
        first, rest, width = first.lstrip(" "), "", max(width, 1)
    if len(first) >= width:
        first, text = "", first + text
    lines = textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, expand_tabs=False
    )
    return lines or [first]
