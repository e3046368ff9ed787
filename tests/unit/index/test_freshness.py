"""The states of files: what tells that an index is not of the rules as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fs_triage.index.freshness import (
    ABSENT,
    ABSENT_STATE,
    DOUBT,
    FileState,
    Stamp,
    are_same,
    dump_files,
    parse_files,
    read_state,
    read_states,
)

NUMBER = st.integers(-2, 2**63)


def stamp(read_ns: int, since_ns: int) -> Stamp:
    return Stamp(
        folder="/r",
        program="p",
        texts="m",
        model="n",
        date="",
        warning="",
        read_ns=read_ns,
        since_ns=since_ns,
    )


@given(
    st.text(st.characters(exclude_characters="\0")),
    NUMBER,
    NUMBER,
    NUMBER,
    st.text(st.sampled_from("0af-?"), max_size=5),
)
def test_a_file_is_read_as_it_was_written(path: str, size: int, mtime: int, inode: int, sha256: str) -> None:
    files = [FileState(path, size, mtime, inode, sha256), FileState("/r/b", 1, 2, 3)]
    again = parse_files(dump_files(files))
    assert all(one.is_same(other) for one, other in zip(again, files, strict=True))
    assert [file.sha256 for file in again] == [sha256, ""]
    assert parse_files(dump_files([])) == []


def test_a_state_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("abc", encoding="utf-8")
    status = path.stat()
    state = read_state(str(path))
    assert (state.size, state.mtime_ns, state.inode) == (3, status.st_mtime_ns, status.st_ino)
    assert read_state(str(tmp_path / "y")).size == ABSENT
    assert read_states([str(path), str(tmp_path / "y")]) == [state.state, ABSENT_STATE]


LONG_AGO, READ = 1_000_000_000_000, 9_000_000_000_000


@pytest.mark.parametrize(
    ("mtime", "since", "changed"),
    [
        (LONG_AGO, READ, False),
        (READ - DOUBT, READ, False),
        (READ - DOUBT + 1, READ, True),  # it may have been written once more, just after
        (READ + DOUBT, READ, True),
        (READ, READ - DOUBT - 1, False),  # a wrong clock: read again and found the same
    ],
)
def test_a_young_file_must_be_read_again(mtime: int, since: int, changed: bool) -> None:
    read = stamp(READ, since)
    read.settle([FileState("/r/a.yaml", 3, LONG_AGO, 7), FileState("/r/livret.yaml", 3, mtime, 7)])
    assert read.is_settled is not changed
    assert Stamp.parse(read.dump()).is_settled is not changed


@pytest.mark.parametrize("now", [(4, LONG_AGO, 7), (3, LONG_AGO + 1, 7), (3, LONG_AGO, 8), (ABSENT, 0, 0)])
def test_another_state_is_a_change(now: tuple[int, int, int]) -> None:
    before = FileState("/r/livret.yaml", 3, LONG_AGO, 7)
    assert not before.is_same(FileState("/r/livret.yaml", *now))


def test_files_are_the_same_until_one_changes(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "abc"]
    for path in paths[:2]:
        path.write_text("x", encoding="utf-8")
    texts = dump_files([read_state(str(path)) for path in paths])
    assert are_same(texts)
    paths[1].write_text("xy", encoding="utf-8")
    assert not are_same(texts)
    paths[1].unlink()
    assert not are_same(texts)
