"""The compiled files of a livret in the user's cache folder: written once, never changed.

Of an index there may be several, until they are swept: the last by name is the newest.
"""

from __future__ import annotations

import os
from binascii import crc32

from fs_triage import PACKAGE, __version__

INDEX, TEXTS, MODEL = ".index", ".texts", ".model"
_LONGEST = 40  # characters of a livret's name in the names of its files
_STALE = 3600  # seconds after which the temporary file of a build that was killed is removed


def list_compiled(cache: str) -> set[str]:
    """Return the names of the livrets that were compiled."""
    try:
        return {name.rsplit("-", 3)[0] for name in os.listdir(cache) if name.endswith(INDEX)}
    except OSError:
        return set()


class LivretCache:
    """Where the compiled files of the livret at `folder` are."""

    __slots__ = ("_cache", "_stem")

    def __init__(self, cache: str, folder: str) -> None:
        folder = os.path.abspath(folder)
        key = crc32(os.fsencode(f"{folder}\x1f{PACKAGE}\x1f{__version__}"))
        self._cache = cache
        self._stem = f"{os.path.basename(folder)[:_LONGEST]}-{key:08x}-"

    def find_index(self) -> str | None:
        """Return the path of the newest index."""
        length = len(self._stem) + len(INDEX) + 17  # a number and a checksum, a sign between them
        names = [name for name in self._list_names() if name.endswith(INDEX) and len(name) == length]
        return os.path.join(self._cache, max(names)) if names else None

    def get_path(self, key: str, kind: str) -> str:
        """Return the path of the file of this kind that an index knows by `key`."""
        return os.path.join(self._cache, f"{self._stem}{key}{kind}")

    def write(self, key: str, kind: str, content: bytes) -> None:
        """Write a file that an index knows by `key`; raises `OSError`."""
        self._write(f"{self._stem}{key}{kind}", content)

    def write_index(self, content: bytes) -> None:
        """Write an index that is newer than all others; raises `OSError`."""
        newest = self.find_index()
        generation = int(os.path.basename(newest)[len(self._stem) :][:8], 16) + 1 if newest else 0
        self._write(f"{self._stem}{generation:08x}-{crc32(content):08x}{INDEX}", content)

    def sweep(self, *keys: str) -> None:
        """Remove what is left of this livret besides its newest index and the files of `keys`."""
        import time

        newest = self.find_index()
        for name in self._list_names():
            path = os.path.join(self._cache, name)
            key = name[len(self._stem) :].partition(".")[0]
            try:
                if name.endswith((INDEX, TEXTS, MODEL)):
                    if path != newest and key not in keys:
                        os.unlink(path)
                elif abs(time.time() - os.stat(path).st_mtime) > _STALE:
                    os.unlink(path)
            except OSError:  # somebody else removed it, or Windows holds it open
                continue

    def _list_names(self) -> list[str]:
        try:
            return [name for name in os.listdir(self._cache) if name.startswith(self._stem)]
        except OSError:
            return []

    def _write(self, name: str, content: bytes) -> None:
        from pathlib import Path

        from fs_triage.files.atomic_write import write_whole

        folder = Path(self._cache)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(folder / name, content, mode=0o600)
