"""The archive of a livret: rule files alone, within limits, the same bytes for the same files."""

from __future__ import annotations

import io
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


def zip_of(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
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
