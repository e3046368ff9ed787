"""The line of a rule file that a problem is about, with a caret under the exact key or value."""

from __future__ import annotations

import re
import shutil
from functools import lru_cache
from pathlib import Path

from fs_triage.rules.characters import MAX_BYTES
from fs_triage.rules.problem import Problem
from fs_triage.text.typography import escape_controls

_MARGIN = 8
# a quoted text, a key, or a plain value
_TOKEN = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[\w./-]+(?=\s*:(?:\s|$))|[^,\]}\s][^,\]}]*|\S""")


def render_snippet(problem: Problem) -> list[str]:
    """Return the source line of `problem` and its caret; nothing when the whole file is meant."""
    text = _find_line(problem.path, problem.line) if problem.line else None
    if not text or not 0 < problem.column <= len(text) + 1:
        return []
    start = problem.column - 1
    token = _TOKEN.match(text, start)
    length = len(escape_controls(token.group().rstrip())) if token else 1
    before, shown = escape_controls(text[:start]), escape_controls(text)
    width = max(20, shutil.get_terminal_size().columns - _MARGIN)
    cut = max(0, len(before) + 10 - width)
    before = before[cut:]
    length = max(1, min(length, width - len(before)))
    caret = " " * len(before) + "^" + "~" * (length - 1)
    return [f"{problem.line:>5} | {shown[cut : cut + width]}", f"{'':>5} | {caret}"]


def _find_line(path: str, number: int) -> str | None:
    found = _read_text(path).split("\n")
    return found[number - 1] if number <= len(found) else None


@lru_cache(maxsize=16)
def _read_text(path: str) -> str:
    try:
        with Path(path).open("rb") as stream:
            return stream.read(MAX_BYTES).decode("utf-8-sig", "replace").replace("\r\n", "\n")
    except OSError:
        return ""
