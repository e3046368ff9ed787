"""The archive of a published livret: its rule files and those of the layers below, in a zip without dates."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

MAX_FILES = 2_000
MAX_UNPACKED_SIZE = 1 << 27  # bytes
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # of a zip: the same files give the same bytes
_NAME = re.compile(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*/){1,3}[a-z0-9]+(?:-[a-z0-9]+)*\.yaml")
"""Rule files alone, in folders: no path that climbs out, no name that a system takes for something else."""


class WrongArchive(Exception):
    """An archive is damaged, too large, or holds what is no rule file."""


def pack_archive(files: Mapping[str, bytes]) -> bytes:
    """Return the archive of `files`, by their path with `/`; raises `WrongArchive` for one that may not be in it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            _check_name(name)
            entry = zipfile.ZipInfo(name, _FIRST_DATE)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # else the same files give other bytes on Windows
            archive.writestr(entry, files[name])
    return content.getvalue()


def unpack_archive(content: bytes) -> dict[str, bytes]:
    """Return the files of an archive by their path; raises `WrongArchive`. Nothing is written."""
    files: dict[str, bytes] = {}
    left = MAX_UNPACKED_SIZE
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if not 0 < len(entries) <= MAX_FILES:
                raise WrongArchive
            for entry in entries:
                _check_name(entry.filename)
                if entry.filename in files or entry.flag_bits & 1:
                    raise WrongArchive
                with archive.open(entry) as stream:  # what an entry says of its size may be a lie
                    files[entry.filename] = stream.read(left + 1)
                left -= len(files[entry.filename])
                if left < 0:
                    raise WrongArchive
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        ValueError,
        NotImplementedError,
        EOFError,
        OSError,
    ) as error:
        raise WrongArchive from error
    except Exception as error:  # zlib.error, lzma.LZMAError…: whatever a spoilt stream raises
        raise error if isinstance(error, WrongArchive) else WrongArchive from error
    return files


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` below `folder`, which is new; raises `OSError`."""
    for name, content in files.items():
        path = folder / PurePosixPath(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or any(_is_device(part) for part in re.split(r"[/.]", name)):
        raise WrongArchive(name)


def _is_device(part: str) -> bool:
    """Return whether Windows takes `part` for a device, whatever stands after it."""
    return bool(re.fullmatch(r"con|prn|aux|nul|com[0-9]|lpt[0-9]", part))
