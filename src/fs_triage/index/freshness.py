"""What an index was made from: the states of files, and whether they are still the same.

A start compares texts, one a file, and makes no objects of them: in a checkout there are nearly a hundred.
"""

from __future__ import annotations

import os

from fs_triage import __file__ as program_file
from fs_triage import __version__

DOUBT = 2_000_000_000  # nanoseconds: FAT keeps times to 2 s, so a change within that time may not show
ABSENT = -1  # in the place of the size of a file
ABSENT_STATE = f"{ABSENT} 0 0"
_SEPARATOR = "\0"  # which no path has
_SETTLED = "settled"
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
    def parse(cls, path: str, state: str, sha256: str) -> FileState:
        """Return the file of this `path` and of this `state`, as `read_states` tells it."""
        size, mtime_ns, inode = state.split(" ")
        return cls(path, int(size), int(mtime_ns), int(inode), sha256)

    @property
    def state(self) -> str:
        """What the disk tells of it, as `read_states` does."""
        return f"{self.size} {self.mtime_ns} {self.inode}"

    def is_same(self, other: FileState) -> bool:
        """Return whether the disk tells the same of both."""
        return (self.path, self.state) == (other.path, other.state)


def dump_files(files: list[FileState]) -> list[str]:
    """Return `files` as three texts, for an index: the paths, the states, the hashes; none for no files."""
    columns = ([getattr(file, name) for file in files] for name in ("path", "state", "sha256"))
    return [_SEPARATOR.join(column) for column in columns] if files else []


def parse_files(texts: list[str]) -> list[FileState]:
    """Return the files that `dump_files` made `texts` of."""
    columns = [text.split(_SEPARATOR) for text in texts]
    return [FileState.parse(*row) for row in zip(*columns, strict=True)]


def are_same(texts: list[str]) -> bool:
    """Return whether the disk tells of the files, which `dump_files` made `texts` of, what it told then."""
    paths, states, _ = texts
    return _SEPARATOR.join(read_states(paths.split(_SEPARATOR))) == states


def read_states(paths: list[str]) -> list[str]:
    """Return what the disk tells now of the files at `paths`: of each its size, its time and its inode."""
    states = []
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            states.append(ABSENT_STATE)
        else:
            states.append(f"{status.st_size} {status.st_mtime_ns} {status.st_ino}")
    return states


def read_state(path: str) -> FileState:
    """Return the state of the file at `path`."""
    return FileState.parse(path, read_states([path])[0], "")


def identify_program() -> str:
    """Return what tells this program, as it is installed, from another one."""
    state = read_state(program_file)  # another one, when the same version is installed anew
    return f"{__version__} {state.state}"


class Stamp:
    """What an index was made of, and when.

    `program` tells the version that made it; `texts` and `model` are the keys of the files that belong to it;
    `read_ns` is when the contents of the rules were last read, `since_ns` since when their states are what they
    are; `date` is shown when the rules are away, `warning` whenever it is there. `is_settled` tells whether states
    that are the same mean that the files are.
    """

    __slots__ = (
        "date",
        "folder",
        "is_settled",
        "model",
        "program",
        "read_ns",
        "since_ns",
        "texts",
        "warning",
    )

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
        is_settled: bool = False,
    ) -> None:
        self.folder = folder
        self.program = program
        self.texts = texts
        self.model = model
        self.date = date
        self.warning = warning
        self.read_ns = read_ns
        self.since_ns = since_ns
        self.is_settled = is_settled

    @classmethod
    def parse(cls, texts: list[str]) -> Stamp:
        """Return the stamp that `dump` made texts of."""
        folder, program, texts_key, model, date, warning, read_ns, since_ns, settled = texts
        return cls(
            folder=folder,
            program=program,
            texts=texts_key,
            model=model,
            date=date,
            warning=warning,
            read_ns=int(read_ns),
            since_ns=int(since_ns),
            is_settled=settled == _SETTLED,
        )

    def dump(self) -> list[str]:
        """Return it as texts, for an index."""
        numbers = [str(self.read_ns), str(self.since_ns), _SETTLED if self.is_settled else ""]
        return [self.folder, self.program, self.texts, self.model, self.date, self.warning, *numbers]

    def settle(self, files: list[FileState]) -> None:
        """Find whether `files`, as they were read, are known by their states.

        A change made soon after a reading may leave the state of a file as it was: then its content must say.
        """
        self.is_settled = self.read_ns - self.since_ns > DOUBT or all(
            file.mtime_ns <= self.read_ns - DOUBT for file in files
        )
