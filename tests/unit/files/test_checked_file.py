"""A checked file gives what was written, or is told to be damaged: at every bit, and cut at every byte."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fs_triage.files import checked_file
from fs_triage.files.checked_file import (
    CheckedFile,
    Damaged,
    open_file,
    pack,
    pack_blobs,
    pack_numbers,
    pack_table,
    pack_texts,
)

KIND = "essai 1"
TEXTS = ["été\n" * 9, "", "x" * 150, "un nom \udc80"]
VALUES = {"": "0", "caf": "1 2", "caf/rsa": "é", **{f"mot{n}": str(n) for n in range(40)}}
NUMBERS = [0, 7, 4_000_000_000]
SECTIONS = {
    "texts": pack_texts(TEXTS),
    "table": pack_table(VALUES),
    "numbers": pack_numbers(NUMBERS),
    "blobs": pack_blobs([b"\x00\xff", b""]),
    "none": pack_texts([]),
}
Read = tuple[list[str], list[str], list[str | None], list[int], list[bytes], list[str]]


def read_all(file: CheckedFile) -> Read:
    texts, table, blobs = file.read_texts("texts"), file.read_table("table"), file.read_texts("blobs")
    return (
        texts.list(),
        [texts.get(position) for position in range(texts.count)],
        [table.find(key) for key in (*VALUES, "cafe", "0", "rsa", "caf\t1")],
        file.read_numbers("numbers").tolist(),
        [blobs.get_bytes(position) for position in range(blobs.count)],
        file.read_texts("none").list(),
    )


WHOLE: Read = (TEXTS, TEXTS, [*VALUES.values(), None, None, None, None], NUMBERS, [b"\x00\xff", b""], [])


@pytest.fixture(params=[64, 16384])
def content(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A small file, of many pages and of one."""
    monkeypatch.setattr(checked_file, "_PAGE", request.param)
    return pack(KIND, SECTIONS)


def test_what_was_written_is_read(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    path.chmod(0o600)
    assert read_all(CheckedFile(KIND, content=content)) == WHOLE
    file = open_file(KIND, str(path))
    assert read_all(file) == WHOLE
    file.load()
    path.unlink()
    assert read_all(file) == WHOLE
    assert file.read_texts("texts").list(1, 3) == TEXTS[1:3]
    assert file.read_texts("texts").list(2, 2) == []
    assert [file.read_section(name) for name in file.list_sections()] == list(SECTIONS.values())


@given(st.lists(st.text(max_size=5), max_size=6), st.text(max_size=3), st.data())
def test_texts_are_read_joined_and_one_by_one(texts: list[str], separator: str, data: st.DataObject) -> None:
    section = pack_texts(texts, separator)
    read = CheckedFile(KIND, content=pack(KIND, {"t": section})).read_texts("t")
    assert read.list() == [read.get(rank) for rank in range(len(texts))] == texts
    assert read.join().decode() == separator.join(texts)
    first = data.draw(st.integers(0, len(texts)))
    end = data.draw(st.integers(first, len(texts)))
    assert read.join(first, end).decode() == separator.join(texts[first:end])


def test_a_flipped_bit_is_never_another_value(content: bytes) -> None:
    for place in range(len(content) * 8):
        flipped = bytearray(content)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(Damaged):
            read_all(CheckedFile(KIND, content=bytes(flipped)))
        with pytest.raises(Damaged):
            CheckedFile(KIND, content=bytes(flipped)).load()


def test_a_bit_that_nobody_reads_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked_file, "_PAGE", 64)
    content = pack(KIND, SECTIONS)
    spoilt = content[:-1] + bytes([content[-1] ^ 1])
    file = CheckedFile(KIND, content=spoilt)
    assert file.read_texts("texts").list() == TEXTS
    with pytest.raises(Damaged):
        file.read_texts("none")


def test_a_file_cut_anywhere_is_damaged(content: bytes) -> None:
    for size in range(len(content)):
        with pytest.raises(Damaged):
            read_all(CheckedFile(KIND, content=content[:size]))


@given(st.binary(max_size=200))
def test_any_bytes_are_damaged(content: bytes) -> None:
    for begun in (b"", pack(KIND, {})[:9]):
        with pytest.raises(Damaged):
            CheckedFile(KIND, content=begun + content)


def test_a_size_that_is_damaged_asks_for_no_memory(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    space = content.index(b"\n") - 9
    assert content[space : space + 1] == b" "
    for sign in b"0f":
        path.write_bytes(content[:space] + bytes([sign]) + content[space + 1 :])
        path.chmod(0o600)
        with pytest.raises(Damaged):
            open_file(KIND, str(path))


def test_another_kind_is_not_read(content: bytes) -> None:
    with pytest.raises(Damaged):
        CheckedFile("essai 2", content=content)


TEXT = st.text(st.characters(exclude_characters="\n\t"), max_size=8)


@given(st.dictionaries(TEXT, TEXT, max_size=30), TEXT)
def test_a_table_finds_its_keys_and_no_others(values: dict[str, str], key: str) -> None:
    table = CheckedFile(KIND, content=pack(KIND, {"t": pack_table(values)})).read_table("t")
    assert {name: table.find(name) for name in {*values, key}} == {key: None, **values}


@pytest.mark.parametrize("values", [{"a\tb": ""}, {"a\nb": ""}, {"a": "b\nc"}])
def test_what_would_break_a_line_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="line feed"):
        pack_table(values)


@pytest.mark.skipif(os.name != "posix", reason="Windows ne dit pas qui peut écrire un fichier")
def test_what_another_user_could_have_written_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(pack(KIND, SECTIONS))
    for mode in (0o620, 0o602):
        path.chmod(mode)
        with pytest.raises(Damaged):
            open_file(KIND, str(path))
    path.chmod(0o644)
    open_file(KIND, str(path)).close()
    with pytest.raises(Damaged):
        open_file(KIND, str(tmp_path))
    with pytest.raises(Damaged):
        open_file(KIND, str(tmp_path / "nulle part"))
