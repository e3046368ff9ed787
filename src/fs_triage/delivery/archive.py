"""The archive of a published livret: its rule files and those of the layers below, in a zip without dates."""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

MAX_FILES = 2_000
MAX_UNPACKED_SIZE = 1 << 27  # bytes
_LONGEST_NAME = 120  # characters: Windows takes 260, with the folder that holds it
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # of a zip: the same files give the same bytes
_NAME = re.compile(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*/){1,3}[a-z0-9]+(?:-[a-z0-9]+)*\.yaml")
"""Rule files alone, in folders: no path that climbs out, no name that a system takes for something else."""


_HEAD, _ENTRY, _END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_HEAD_SIZE, _ENTRY_SIZE = 30, 46  # bytes, without the name
"""Of a zip: what stands before each file, what lists it, what ends the list."""


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
    if content.count(_ENTRY) > MAX_FILES:  # before a million of them fill the memory
        raise WrongArchive
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if not 0 < len(entries) <= MAX_FILES:
                raise WrongArchive
            _check_shape(content, archive)
            for entry in entries:
                _check_name(entry.orig_filename)
                if entry.filename in files:
                    raise WrongArchive
                with archive.open(entry) as stream:  # what an entry says of its size may be a lie
                    files[entry.filename] = stream.read(left + 1)
                left -= len(files[entry.filename])
                if left < 0 or len(files[entry.filename]) != entry.file_size:
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
        with path.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())  # a power cut leaves no empty file in what is then put in service


def _check_shape(content: bytes, archive: zipfile.ZipFile) -> None:
    """Raise `WrongArchive` for what `pack_archive` does not write: links, ciphers, other bytes before, between, after.

    Entries follow each other as they are listed, and the list says of each what stands before its bytes: no reader of
    zips can find other files in it than this one.
    """
    begin, listed = 0, archive.start_dir
    for entry in archive.infolist():
        name = entry.orig_filename.encode()
        head = content[begin : begin + _HEAD_SIZE + len(name)]
        # in both, the same 26 bytes tell the version, flags, method, time, sum, sizes and length of the name
        is_listed = head[4:_HEAD_SIZE] == content[listed + 6 : listed + 32] and head[_HEAD_SIZE:] == name
        is_plain = entry.flag_bits == 0 and entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        is_file = stat.S_IFMT(entry.external_attr >> 16) in (0, stat.S_IFREG)
        if not (head.startswith(_HEAD) and is_listed and is_plain and is_file):
            raise WrongArchive
        begin += len(head) + entry.compress_size
        listed += _ENTRY_SIZE + len(name)
    count, size = len(archive.infolist()), listed - archive.start_dir
    end = struct.pack("<4s4H2LH", _END, 0, 0, count, count, size, begin, 0)
    if begin != archive.start_dir or content[listed:] != end:
        raise WrongArchive


def _check_name(name: str) -> None:
    is_name = len(name) <= _LONGEST_NAME and _NAME.fullmatch(name)
    if not is_name or any(_is_device(part) for part in re.split(r"[/.]", name)):
        raise WrongArchive(name)


def _is_device(part: str) -> bool:
    """Return whether Windows takes `part` for a device, whatever stands after it."""
    return bool(re.fullmatch(r"con|prn|aux|nul|com[0-9]|lpt[0-9]", part))
