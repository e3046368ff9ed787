"""The livret that an archive holds, read as any other."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from fs_triage.delivery.archive import write_files
from fs_triage.rules.load import LoadResult, load_livret


@contextlib.contextmanager
def load_archive(files: Mapping[str, bytes], livret: str) -> Iterator[LoadResult]:
    """Give the livret `livret` of an archive's `files`, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="fs-triage-") as name:
        write_files(Path(name), files)
        yield load_livret(Path(name) / livret)
