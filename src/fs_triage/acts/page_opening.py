"""Showing a page in the browser of the desktop: it is a file of the user's, which the next one replaces."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from fs_triage.clipboard import silence_tools
from fs_triage.files import atomic_write, folders

_NAME = "feuille.html"
_OWNER_ALONE = 0o600


def can_open_page() -> bool:
    """Return whether there is a desktop to open a browser on: one in a terminal would take the place of the answer."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(map(os.environ.get, ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")))


def open_address(address: str) -> bool:
    """Open an address, of a site or of a message (`mailto:`), with what the desktop has for it."""
    import webbrowser

    try:
        with silence_tools():
            return webbrowser.open(address)
    except (OSError, webbrowser.Error):
        return False


def open_page(page: str) -> Path | None:
    """Open `page` (HTML) in the browser; returns the file that it is in, None when it could not be opened."""
    folder = folders.find_cache_folder()
    path = Path(folder or tempfile.gettempdir()) / _NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write.write_whole(path, page.encode(), _OWNER_ALONE)
        if open_address(path.as_uri()):
            return path
    except OSError:
        pass
    with contextlib.suppress(OSError):  # nobody reads it
        path.unlink()
    return None
