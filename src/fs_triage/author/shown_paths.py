"""Paths as an author would type them."""

from __future__ import annotations

from pathlib import Path

from fs_triage.text.typography import escape_controls


def shorten_path(path: str) -> str:
    """Return `path` as the author would type it: relative when it is below the current folder."""
    here, absolute = Path.cwd(), Path(path).absolute()
    below = absolute.relative_to(here) if absolute.is_relative_to(here) else absolute
    return escape_controls(str(below))
