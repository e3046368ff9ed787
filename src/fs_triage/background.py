"""Work that nobody waits for: a call of this program as a process of its own, which outlives the one that began it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import Any


def start_call(*arguments: str) -> None:
    """Begin `fs-triage` with `arguments`, silent and detached; where that cannot be, whoever comes next begins it."""
    options: dict[str, Any] = {"start_new_session": True}  # Ctrl-C of the wizard is not for it
    if sys.platform == "win32":
        options = {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    for stream in ("stdin", "stdout", "stderr"):
        options[stream] = subprocess.DEVNULL
    with contextlib.suppress(OSError):
        subprocess.Popen([sys.executable, "-m", "fs_triage", *arguments], **options)
