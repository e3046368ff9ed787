"""Breaking text into lines: at spaces, never at a no-break space, a hyphen or inside a number.

A word is cut only when it is longer than a line.
"""

from __future__ import annotations

import re
import textwrap

_MIN_INDENTED_WIDTH = 8  # columns below which nothing is indented any more
_NUMBER = re.compile(r"\S*\d(?: \d\S*)+")
"""A number in groups, as telephone numbers are written, with the signs around it."""
_UNBREAKABLE_SPACE = "\ue000"  # in the place of a space that no line may end at; no rule file may have it


def wrap_text(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Return `text` as lines of at most `width` characters; at least one.

    `first` begins the first line, `rest` the others (spaces of the same length unless given).
    """
    rest = " " * len(first) if rest is None else rest
    if width - max(len(first), len(rest)) < _MIN_INDENTED_WIDTH:
        first, rest, width = first.lstrip(" "), "", max(width, 1)
    if len(first) >= width:
        first, text = "", first + text
    room = width - max(len(first), len(rest))
    text = _NUMBER.sub(
        lambda found: found[0].replace(" ", _UNBREAKABLE_SPACE) if len(found[0]) <= room else found[0], text
    )
    lines = textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, expand_tabs=False
    )
    return [line.replace(_UNBREAKABLE_SPACE, " ") for line in lines] or [first]
