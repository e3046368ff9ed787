"""Escape text for Markdown."""

from __future__ import annotations

import re

_SIGNS = re.compile(
    r"[\\`*\[\]<~$]"  # anywhere
    r"|(?<![^\W_])_|_(?![^\W_])"  # not within a word
    r"|&(?=#?\w+;)"
    r"|^(?:#{1,6}|[-+])(?=\s|$)"  # a heading, an item
    r"|^[>|]"
    r"|^[-=:](?=[-=|: ]*$)"  # a line below a heading or a row
)
"""What Markdown takes for markup: some signs anywhere, others at the beginning of a line alone."""
_NUMBER = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")


def escape_markdown(text: str) -> str:
    """Return `text`, on one line, as Markdown that shows it as it is, escaped where it must be."""
    line = " ".join(text.split("\n"))
    return _NUMBER.sub(r"\1\\\2", _SIGNS.sub(lambda sign: f"\\{sign.group()}", line))


def quote_code(text: str) -> str:
    """Return `text`, on one line, as Markdown that shows it as it is, letter by letter: to be copied as it stands."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    edge = " " if text[:1] in ("`", " ") or text[-1:] in ("`", " ") else ""
    return f"{fence}{edge}{' '.join(text.splitlines())}{edge}{fence}"
