"""Files of named sections that are never changed once written; of each page that is read the checksum is verified.

The first line tells the kind of the file, the order of bytes, the size of the body and the checksum of what comes
next: the checksums of the pages of the body. The body begins with a line that names the sections and their sizes.
"""

from __future__ import annotations

import os
import sys
from binascii import crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LAYOUT = "2"  # changes with how pages and sections are laid out
_PAGE = 1 << 12  # bytes: a lookup reads a few pages, however large the livret
_MAX_KEPT_PAGES = 16  # of one reading: what is read of more pages than these is read once
_NUMBER = 4  # bytes, in the order of the machine: `memoryview.cast` needs no import
_BUCKET = 8  # keys
_TELLS_OWNER = os.name == "posix"  # Windows says of every file that all may write it
_FLAGS = getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)  # what stands there may be a pipe
_SIZES = 18  # characters after the head: two numbers in hexadecimal, a space, a line feed


class Damaged(Exception):
    """A file cannot be read, or is not what was written."""


def pack(kind: str, sections: Mapping[str, bytes]) -> bytes:
    """Return the content of a file of this `kind`, which names the layout of its sections and its version."""
    table = " ".join(f"{name} {len(section)}" for name, section in sections.items())
    body = b"".join([table.encode(), b"\n", *sections.values()])
    sums = pack_numbers([crc32(body[begin : begin + _PAGE]) for begin in range(0, len(body), _PAGE)])
    return b"".join([_format_head(kind), b"%08x %08x\n" % (len(body), crc32(sums)), sums, body])


def pack_texts(texts: Iterable[str], separator: str = "") -> bytes:
    """Return a section of `texts`, to be read by their position; the name of a file need not be proper text.

    `separator` stands between them where they are read joined (`Texts.join`).
    """
    return pack_blobs([text.encode("utf-8", "surrogatepass") for text in texts], separator.encode())


def pack_blobs(blobs: Sequence[bytes], separator: bytes = b"") -> bytes:
    """Return a section of `blobs`, to be read by their position; `separator` follows each."""
    ends = [0]
    for blob in blobs:
        ends.append(ends[-1] + len(blob) + len(separator))
    body = b"".join([blob + separator for blob in blobs])
    return pack_numbers([len(blobs), len(separator), *ends]) + body


def pack_table(values: Mapping[str, str]) -> bytes:
    """Return a section of `values`, to be found by their key; raises `ValueError` where one does not fit a line."""
    buckets = [""] * max(1, len(values) // _BUCKET)
    for key, value in values.items():
        if "\t" in key or "\n" in key or "\n" in value:
            raise ValueError(f"a tab or a line feed: {key!r}")
        buckets[_hash_key(key) % len(buckets)] += f"{key}\t{value}\n"
    return pack_texts(buckets)


def pack_numbers(numbers: Iterable[int]) -> bytes:
    """Return a section of whole numbers from 0."""
    return b"".join([number.to_bytes(_NUMBER, sys.byteorder) for number in numbers])


def _hash_key(key: str) -> int:
    return crc32(key.encode("utf-8", "surrogatepass"))


def _format_head(kind: str) -> bytes:
    return f"{kind} {_LAYOUT} {sys.byteorder} ".encode()


def open_file(kind: str, path: str) -> CheckedFile:
    """Open the file at `path`; raises `Damaged`, also where another user could have written it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
    except OSError as error:
        raise Damaged(path) from error
    try:
        if _TELLS_OWNER:
            status = os.fstat(descriptor)
            user = getattr(os, "geteuid", lambda: 0)()
            if status.st_mode & 0o170022 != 0o100000 or status.st_uid not in (user, 0):
                raise Damaged(path)
        return CheckedFile(kind, descriptor)
    except BaseException:
        os.close(descriptor)
        raise


def load_file(kind: str, path: str) -> CheckedFile:
    """Open the file at `path` and read all of it into memory; raises `Damaged` likewise."""
    file = open_file(kind, path)
    try:
        file.load()
    finally:
        file.close()
    return file


class CheckedFile:
    """A file open for reading, by `descriptor` or as its `content`; raises `Damaged` for what was not written so."""

    __slots__ = ("_begin", "_body", "_content", "_descriptor", "_pages", "_sections", "_size", "_sums")

    def __init__(self, kind: str, descriptor: int = -1, content: bytes = b"") -> None:
        self._descriptor = descriptor
        self._content = content
        self._body: bytes | None = None  # once all of it has been verified
        self._pages: dict[int, bytes] = {}  # those that were verified, by their number
        head = _format_head(kind)
        begun = self._read_raw(0, len(head) + _SIZES)
        try:
            self._size = int(begun[len(head) :][:8], 16)
        except ValueError:
            raise Damaged(kind) from None
        sums = self._read_raw(len(begun), len(begun) + -(-self._size // _PAGE) * _NUMBER)
        if begun != head + b"%08x %08x\n" % (self._size, crc32(sums)):
            raise Damaged(kind)
        self._begin = len(begun) + len(sums)
        if self._measure() != self._begin + self._size:
            raise Damaged(kind)
        self._sums = memoryview(sums).cast("I")
        self._sections = self._read_sections()

    def _measure(self) -> int:
        """Return how many bytes there are: of a file that is cut, what is missing may never be asked for."""
        return len(self._content) if self._descriptor < 0 else os.fstat(self._descriptor).st_size

    def _read_sections(self) -> dict[str, tuple[int, int]]:
        """Return where each section begins and ends."""
        line, _, _ = self.read_span(0, min(_PAGE, self._size)).partition(b"\n")
        words = line.decode().split(" ")
        sections: dict[str, tuple[int, int]] = {}
        end = len(line) + 1
        for name, length in zip(words[::2], words[1::2], strict=True):
            sections[name] = (end, end := end + int(length))
        return sections

    def load(self) -> None:
        """Read all of it into memory: what is read afterwards cannot fail."""
        self._body = self.read_span(0, self._size)
        self._content = b""
        self._pages.clear()
        self.close()

    def close(self) -> None:
        """Close it; what is in memory can still be read."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def read_section(self, section: str) -> bytes:
        """Return a section as it was packed."""
        return self.read_span(*self._sections[section])

    def list_sections(self) -> list[str]:
        """Return the names of the sections."""
        return list(self._sections)

    def read_texts(self, section: str) -> Texts:
        """Return the section that `pack_texts` or `pack_blobs` made."""
        return Texts(self, self._sections[section][0])

    def read_numbers(self, section: str) -> memoryview:
        """Return the section that `pack_numbers` made."""
        return memoryview(self.read_section(section)).cast("I")

    def read_table(self, section: str) -> Table:
        """Return the section that `pack_table` made."""
        return Table(self.read_texts(section))

    def read_span(self, begin: int, end: int) -> bytes:
        """Return the bytes from `begin` to `end` of the body."""
        if self._body is not None:
            return self._body[begin:end]
        first, after = begin // _PAGE, -(-end // _PAGE)
        start = first * _PAGE
        if after - first > _MAX_KEPT_PAGES:
            return self._read_pages(start, min(after * _PAGE, self._size))[begin - start : end - start]
        kept = self._pages
        for number in range(first, after):
            if number not in kept:
                at = number * _PAGE
                kept[number] = self._read_pages(at, min(at + _PAGE, self._size))
        joined = kept[first] if after - first == 1 else b"".join([kept[one] for one in range(first, after)])
        return joined[begin - start : end - start]

    def _read_pages(self, start: int, stop: int) -> bytes:
        """Return the bytes from `start` to `stop` of the body, whole pages; raises `Damaged`."""
        pages = self._read_raw(self._begin + start, self._begin + stop)
        view = memoryview(pages)
        sums = [crc32(view[at : at + _PAGE]) for at in range(0, len(pages), _PAGE)]
        first = start // _PAGE
        if len(pages) != stop - start or sums != self._sums[first : first + len(sums)].tolist():
            raise Damaged
        return pages

    def _read_raw(self, begin: int, end: int) -> bytes:
        """Return the bytes of the file from `begin` to `end`, fewer where it ends before."""
        if self._descriptor < 0:
            return self._content[begin:end]
        pieces: list[bytes] = []
        try:
            os.lseek(self._descriptor, begin, os.SEEK_SET)
            while begin < end and (piece := os.read(self._descriptor, end - begin)):
                pieces.append(piece)
                begin += len(piece)
        except OSError as error:
            raise Damaged from error
        return b"".join(pieces)


class Texts:
    """Texts by their position."""

    __slots__ = ("_begin", "_file", "_offsets_begin", "_separator_size", "count")

    def __init__(self, file: CheckedFile, begin: int) -> None:
        self._file = file
        self._offsets_begin = begin + 2 * _NUMBER
        self.count, self._separator_size = memoryview(file.read_span(begin, self._offsets_begin)).cast("I")
        self._begin = self._offsets_begin + (self.count + 1) * _NUMBER

    def _read_offsets(self, first: int, end: int) -> memoryview:
        """Return where the texts from `first` to `end` begin, and where the last of them ends.

        Those alone are read: there are as many as the livret is large.
        """
        if not 0 <= first <= end <= self.count:
            raise IndexError(first, end)
        begin = self._offsets_begin + first * _NUMBER
        return memoryview(self._file.read_span(begin, begin + (end - first + 1) * _NUMBER)).cast("I")

    def get(self, position: int) -> str:
        """Return the text at `position`."""
        return self.get_bytes(position).decode("utf-8", "surrogatepass")

    def get_bytes(self, position: int) -> bytes:
        """Return what stands at `position` as bytes."""
        begin, end = self._read_offsets(position, position + 1)
        return self._file.read_span(self._begin + begin, self._begin + end - self._separator_size)

    def join(self, first: int = 0, end: int | None = None) -> bytes:
        """Return what stands from `first` to `end` as it is in the file, with the separators in between."""
        offsets = self._read_offsets(first, self.count if end is None else end)
        begin, after = offsets[0], offsets[-1]
        after = max(begin, after - self._separator_size)
        return self._file.read_span(self._begin + begin, self._begin + after)

    def list(self, first: int = 0, end: int | None = None) -> list[str]:
        """Return the texts from `first` to `end`, all of them where no bounds are given."""
        offsets = self._read_offsets(first, self.count if end is None else end).tolist()
        begin = offsets[0]
        texts = self._file.read_span(self._begin + begin, self._begin + offsets[-1])
        width = self._separator_size
        return [
            texts[offsets[rank] - begin : after - width - begin].decode("utf-8", "surrogatepass")
            for rank, after in enumerate(offsets[1:])
        ]


class Table:
    """Values by their key."""

    __slots__ = ("_buckets",)

    def __init__(self, buckets: Texts) -> None:
        self._buckets = buckets

    def find(self, key: str) -> str | None:
        """Return the value of `key`, None when there is none."""
        if "\t" in key or "\n" in key:
            return None
        bucket = self._buckets.get(_hash_key(key) % self._buckets.count)
        _, found, rest = f"\n{bucket}".partition(f"\n{key}\t")
        return rest.partition("\n")[0] if found else None
