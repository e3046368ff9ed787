"""Escape text for Markdown."""

from __future__ import annotations

import re

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~&$])")
_LIST = re.compile(r"^(\d*)([-+.)=])")


def escape_markdown(text: str) -> str:
    """Return `text`, on one line, as Markdown that shows it as it is."""
    line = " ".join(text.split("\n"))
    return _LIST.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", line))
