"""The compiled files of a livret: the newest is found, none is written over, what is left over goes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fs_triage.files.livret_cache import MODEL, TEXTS, LivretCache, list_compiled


@pytest.fixture
def cache(tmp_path: Path) -> LivretCache:
    return LivretCache(str(tmp_path / "cache"), "/srv/regles/jura")


def test_the_newest_index_is_found(cache: LivretCache) -> None:
    assert cache.find_index() is None
    paths = []
    for content in (b"a", b"b", b"a"):
        cache.write_index(content)
        paths.append(cache.find_index())
        assert Path(str(paths[-1])).read_bytes() == content
    assert len(set(paths)) == 3  # none was written over
    assert Path(str(paths[0])).stat().st_mode & 0o777 == 0o600


def test_what_is_left_over_is_swept(cache: LivretCache, tmp_path: Path) -> None:
    other = LivretCache(str(tmp_path / "cache"), "/autre/jura")
    other.write_index(b"z")
    for key in ("00000001", "00000002"):
        cache.write(key, TEXTS, b"m")
        cache.write(key, MODEL, b"m")
        cache.write_index(key.encode())
    killed, running = (Path(cache.get_path(name, ".tmp")) for name in ("5-1", "6-1"))
    for path in (killed, running):
        path.write_bytes(b"")
    os.utime(killed, (1, 1))
    cache.sweep("00000002")
    left = set((tmp_path / "cache").iterdir())
    kept = [
        cache.find_index(),
        other.find_index(),
        *(cache.get_path("00000002", kind) for kind in (TEXTS, MODEL)),
    ]
    assert left == {running, *(Path(str(path)) for path in kept)}


def test_names_that_are_not_ours_are_left_alone(cache: LivretCache) -> None:
    cache.write_index(b"a")
    newest = cache.find_index()
    Path(cache.get_path("zzz", ".index")).write_bytes(b"")
    assert cache.find_index() == newest
    cache.write_index(b"b")
    assert list_compiled(str(Path(str(newest)).parent)) == {"jura"}


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("", encoding="utf-8")
    cache = LivretCache(str(tmp_path / "cache"), "/srv/regles/jura")
    with pytest.raises(OSError, match="cache"):
        cache.write_index(b"a")
    assert cache.find_index() is None
    assert list_compiled(str(tmp_path / "cache")) == set()
