"""The archive of a livret: rule files alone, within limits, the same bytes for the same files."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fs_triage.delivery import archive
from fs_triage.delivery.archive import WrongArchive, pack_archive, unpack_archive

FILES = {
    "jura/livret.yaml": b"id: jura\n",
    "jura/partenaires/caf.yaml": "é".encode(),
    "mots/synonymes.yaml": b"",
}


def zip_of(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as made:
        for name, text in entries:
            made.writestr(name, text)
    return content.getvalue()


def test_there_and_back_the_same_bytes_each_time() -> None:
    content = pack_archive(FILES)
    assert unpack_archive(content) == FILES
    assert pack_archive(dict(reversed(FILES.items()))) == content


@pytest.mark.parametrize(
    "name",
    [
        "../livret.yaml",
        "jura/../../livret.yaml",
        "/etc/livret.yaml",
        "C:/livret.yaml",
        "jura\\livret.yaml",
        "livret.yaml",
        "jura/livret.exe",
        "jura/con.yaml",
        "aux/livret.yaml",
        "jura/a:b.yaml",
        "jura/.yaml",
        "jura//livret.yaml",
        "jura/livret.yaml/",
        "Jura/livret.yaml",
        "jura/livret.yaml ",
        "a/b/c/d/livret.yaml",
        "~/livret.yaml",
        "//serveur/partage/livret.yaml",
        "\\\\serveur\\livret.yaml",
        "jura/livret.yaml.",
        "jura./livret.yaml",
        "jura /livret.yaml",
        "jura/LIVRET.YAML",
        "jura/COM1.yaml",
        "jura/conin$.yaml",
        "jura/livrét.yaml",
        "jura/livret.yaml:flux",
        "jura/livret.yaml\n",
        f"jura/{'a' * 300}.yaml",
        f"jura/{'a-' * 10_000}a.yaml",
    ],
)
def test_a_name_that_is_no_rule_file_of_a_livret(name: str) -> None:
    with pytest.raises(WrongArchive):
        unpack_archive(zip_of(("jura/livret.yaml", b"x"), (name, b"x")))
    with pytest.raises(WrongArchive):
        pack_archive({name: b"x"})


def test_two_files_of_one_name() -> None:
    with pytest.warns(UserWarning):
        content = zip_of(("jura/livret.yaml", b"x"), ("jura/livret.yaml", b"y"))
    with pytest.raises(WrongArchive):
        unpack_archive(content)


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    made.create_system = 3
    return made


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_what_is_no_plain_file(kind: int) -> None:
    with pytest.raises(WrongArchive):
        unpack_archive(zip_of((entry("jura/lien.yaml", kind | 0o777), b"../../livret.yaml")))


def put(content: bytes, where: bytes, shift: int, new: bytes) -> bytes:
    """Return `content` with `new` so many bytes after the first record that `where` begins."""
    place = content.index(where) + shift
    return content[:place] + new + content[place + len(new) :]


ZIP = pack_archive(FILES)
HEAD, ENTRY, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
ZIP64 = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, *[1 << 60] * 4)
ZIP64 += struct.pack("<4sIQI", b"PK\6\7", 0, ZIP.index(END), 1)
LIES = {
    "before": b"MZ" * 50 + ZIP,
    "after": ZIP + b"x",
    "two archives": ZIP + ZIP,
    "comment": put(ZIP, END, 20, b"\1\0") + b"x",
    "between": ZIP.replace(ENTRY, b"xxxx" + ENTRY, 1),
    "cipher": put(put(ZIP, HEAD, 6, b"\1"), ENTRY, 8, b"\1"),
    "cipher of the list": put(ZIP, ENTRY, 8, b"\1"),
    "cipher of the file": put(ZIP, HEAD, 6, b"\1"),
    "sum of the list": put(ZIP, ENTRY, 16, b"\0\0"),
    "sum of the file": put(ZIP, HEAD, 14, b"\0\0"),
    "size": put(ZIP, ENTRY, 24, b"\1\0\0\0"),
    "size of both": put(put(ZIP, ENTRY, 24, b"\xf0\xff\xff\x7f"), HEAD, 22, b"\xf0\xff\xff\x7f"),
    "size in a field that is away": put(ZIP, ENTRY, 24, b"\xff\xff\xff\xff"),
    "place": put(ZIP, ENTRY, 42, b"\1"),
    "name of the file": put(ZIP, HEAD, 30, b"evil"),
    "name that ends early": ZIP.replace(b"jura/livret.yaml", b"jura/liv.yaml\0.."),
    "method": put(put(ZIP, ENTRY, 10, b"\x63"), HEAD, 8, b"\x63"),
    "number": put(ZIP, END, 8, b"\1\0\1\0"),
    "disk": put(ZIP, END, 4, b"\7"),
    "size of the list": put(ZIP, END, 12, b"\0\0"),
    "zip64": ZIP.replace(END, ZIP64 + END),
    "bzip2": zip_of(("jura/livret.yaml", b"x"), method=zipfile.ZIP_BZIP2),
    "lzma": zip_of(("jura/livret.yaml", b"x"), method=zipfile.ZIP_LZMA),
    "an archive in it": zip_of(("jura/livret.zip", ZIP)),
    "gzip": gzip.compress(ZIP),
}


@pytest.mark.parametrize("content", LIES.values(), ids=LIES)
def test_an_archive_that_another_reader_could_read_otherwise(content: bytes) -> None:
    assert content != ZIP
    with pytest.raises(WrongArchive):
        unpack_archive(content)


def test_a_swelling_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    content = zip_of(*((f"jura/a{number}.yaml", bytes(500)) for number in range(3)))
    assert len(unpack_archive(content)) == 3
    monkeypatch.setattr(archive, "MAX_UNPACKED_SIZE", 1_400)
    with pytest.raises(WrongArchive):
        unpack_archive(content)


def test_too_many_files_and_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_FILES", 2)
    with pytest.raises(WrongArchive):
        unpack_archive(zip_of(*((f"jura/a{number}.yaml", b"") for number in range(3))))
    with pytest.raises(WrongArchive):
        unpack_archive(zip_of())


def test_a_million_files_are_not_even_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    content = zip_of(*((f"jura/a{number}.yaml", b"") for number in range(archive.MAX_FILES + 1)))
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(WrongArchive):
        unpack_archive(content)


def test_an_archive_cut_anywhere() -> None:
    content = pack_archive(FILES)
    for end in range(len(content)):
        with pytest.raises(WrongArchive):
            unpack_archive(content[:end])


@settings(max_examples=300)
@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_changed_byte_gives_the_files_or_is_refused(place: int, value: int) -> None:
    content = bytearray(pack_archive(FILES))
    content[place % len(content)] = value
    try:
        files = unpack_archive(bytes(content))
    except WrongArchive:
        return
    assert all(archive._NAME.fullmatch(name) for name in files)


@given(st.binary(max_size=400))
def test_any_bytes(content: bytes) -> None:
    with pytest.raises(WrongArchive):
        unpack_archive(content)
