"""The rule files of a livret as they were at one moment.

Files are replaced one after the other, and a folder may be swapped for another while it is read. So all are read
before any is used, and then their states are compared: when one changed, or so recently that another may follow, all
are read again.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fs_triage.contract import DiskTimeout
from fs_triage.files import timeout
from fs_triage.rules import yaml_reader
from fs_triage.rules.problem import Problem

SETTLING_SECONDS = 0.05  # seconds after a change within which another one may belong to it
MAX_WAIT_SECONDS = 2.0  # seconds that files which go on changing are waited for


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A rule file: where, its state on disk before the reading (size -1: absent), and what was in it."""

    path: Path
    size: int
    mtime_ns: int = 0
    inode: int = 0
    sha256: str = ""
    content: bytes = field(default=b"", repr=False)
    problems: tuple[Problem, ...] = ()
    """Why it could not be read."""


class Snapshot:
    """Files, each read once."""

    def __init__(self, patience: float, drafts: Mapping[Path, bytes] | None = None) -> None:
        self._drafts = drafts or {}
        self.hangs = False
        """Whether a disk did not answer: no other file is waited for."""
        self._patience = patience
        self._files: dict[Path, SourceFile] = {}
        self._states: dict[Path, tuple[int, ...]] = {}
        self._folder_states: dict[Path, tuple[int, ...]] = {}

    def read_file(self, path: Path) -> SourceFile:
        """Return the file at `path`, as its draft says if there is one; problems name it by the path as given."""
        if path in self._drafts:
            content = self._drafts[path]
            return SourceFile(path, len(content), content=content)
        if path not in self._files:
            try:
                if self.hangs:
                    raise DiskTimeout
                state, file = timeout.call_with_timeout(
                    lambda: (_get_state(path), _read_file(path)), self._patience
                )
                self._states[path] = state
            except DiskTimeout:
                self.hangs = True
                file = SourceFile(
                    path, 0, problems=(yaml_reader.build_unreadable_problem(str(path), yaml_reader.SILENT),)
                )
            self._files[path] = file
        return self._files[path]

    def is_missing(self, path: Path) -> bool:
        """Return whether there was nothing at `path`."""
        return self.read_file(path).size < 0

    def is_stable(self, folders: Iterable[Path], before: Snapshot | None) -> bool:
        """Return whether no file changed since it was read, nor so recently that another change may follow.

        A change in `folders` counts too: a file that was added or removed. What looks recent but is the same as in the
        snapshot taken `before` has settled, whatever the clocks say. Raises `DiskTimeout`.
        """
        if self.hangs:
            return True
        now, self._folder_states = timeout.call_with_timeout(
            lambda: (
                {path: _get_state(path) for path in self._states},
                {folder: _get_state(folder) for folder in folders},
            ),
            self._patience,
        )
        if now != self._states:
            return False
        if before is not None and (before._states, before._folder_states) == (
            self._states,
            self._folder_states,
        ):
            return True
        clock = time.time_ns()
        times = [moment for state in (*now.values(), *self._folder_states.values()) for moment in state[:2]]
        return not any(0 <= clock - moment < SETTLING_SECONDS * 1e9 for moment in times)


def _get_state(path: Path) -> tuple[int, ...]:
    """Return the times and the identity of a file or a folder, the times first; empty when it does not exist."""
    try:
        status = path.stat()
    except (OSError, RuntimeError):  # RuntimeError: links in a circle
        return ()
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev)


def _read_file(path: Path) -> SourceFile:
    try:
        status = path.stat()
    except (OSError, RuntimeError):
        status = None
    content, problems = yaml_reader.read_content(path, str(path))
    if problems and not os.path.lexists(path):
        return SourceFile(path, -1, problems=tuple(problems))
    digest = hashlib.sha256(content).hexdigest()
    state = (status.st_size, status.st_mtime_ns, status.st_ino) if status is not None else (0, 0, 0)
    return SourceFile(path, *state, digest, content, tuple(problems))
