"""What an index was made from: the states of files, and whether they are still the same."""

from __future__ import annotations

import os

from fs_triage import PACKAGE, __version__

DOUBT = 2_000_000_000  # nanoseconds: FAT keeps times to 2 s, so a change within that time may not show
ABSENT = -1  # in the place of the size of a file
UNREADABLE = -2  # a size that no file has: each start tries to read it again


class FileState:
    """A file as it was when it was read: `mtime_ns` in nanoseconds; `sha256` of its content, empty without one."""

    __slots__ = ("inode", "mtime_ns", "path", "sha256", "size")

    def __init__(self, path: str, size: int, mtime_ns: int, inode: int, sha256: str = "") -> None:
        self.path = path
        self.size = size
        self.mtime_ns = mtime_ns
        self.inode = inode
        self.sha256 = sha256

    @classmethod
    def parse(cls, text: str) -> FileState:
        """Return the state that `dump` made a text of."""
        size, mtime_ns, inode, sha256, path = text.split(" ", 4)
        return cls(path, int(size), int(mtime_ns), int(inode), sha256)

    def dump(self) -> str:
        """Return it as one text, for an index."""
        return f"{self.size} {self.mtime_ns} {self.inode} {self.sha256} {self.path}"

    def is_same(self, other: FileState) -> bool:
        """Return whether the disk tells the same of both."""
        return (self.path, self.size, self.mtime_ns, self.inode) == (
            other.path,
            other.size,
            other.mtime_ns,
            other.inode,
        )


def read_state(path: str) -> FileState:
    """Return the state of the file at `path`."""
    try:
        status = os.stat(path)
    except OSError:
        return FileState(path, ABSENT, 0, 0)
    return FileState(path, status.st_size, status.st_mtime_ns, status.st_ino)


def identify_program() -> str:
    """Return what tells this program, as it is installed, from another one."""
    state = read_state(
        os.path.join(PACKAGE, "__init__.py")
    )  # another one, when the same version is installed anew
    return f"{__version__} {state.size} {state.mtime_ns} {state.inode}"


class Stamp:
    """What an index was made of, and when.

    `program` tells the version that made it; `texts` and `model` are the keys of the files that belong to it;
    `read_ns` is when the contents of the rules were last read, `since_ns` since when their states are what they
    are; `date` is shown when the rules are away, `warning` whenever it is there.
    """

    __slots__ = ("date", "folder", "model", "program", "read_ns", "since_ns", "texts", "warning")

    def __init__(
        self,
        *,
        folder: str,
        program: str,
        texts: str,
        model: str,
        date: str,
        warning: str,
        read_ns: int,
        since_ns: int,
    ) -> None:
        self.folder = folder
        self.program = program
        self.texts = texts
        self.model = model
        self.date = date
        self.warning = warning
        self.read_ns = read_ns
        self.since_ns = since_ns

    @classmethod
    def parse(cls, texts: list[str]) -> Stamp:
        """Return the stamp that `dump` made texts of."""
        folder, program, texts_key, model, date, warning, read_ns, since_ns = texts
        return cls(
            folder=folder,
            program=program,
            texts=texts_key,
            model=model,
            date=date,
            warning=warning,
            read_ns=int(read_ns),
            since_ns=int(since_ns),
        )

    def dump(self) -> list[str]:
        """Return it as texts, for an index."""
        numbers = [str(self.read_ns), str(self.since_ns)]
        return [self.folder, self.program, self.texts, self.model, self.date, self.warning, *numbers]

    def have_changed(self, before: list[FileState], now: list[FileState]) -> bool:
        """Return whether a file is no longer as it was, or may not be: then its content must say.

        A change made soon after a reading may leave the state of a file as it was.
        """
        if not all(old.is_same(new) for old, new in zip(before, now, strict=True)):
            return True
        settled = self.read_ns - self.since_ns > DOUBT
        return not (settled or all(state.mtime_ns <= self.read_ns - DOUBT for state in now))
