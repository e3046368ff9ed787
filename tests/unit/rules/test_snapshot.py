"""A livret is one snapshot: what is read while files change is the old one or the new one, never both."""

from __future__ import annotations

import itertools
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import write_livret

from fs_triage.contract import Failure
from fs_triage.livret import open_livret
from fs_triage.rules import load, snapshot

NAMES = ("guichet", "mairie", "poste")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def several(folder: Path, edition: str) -> Path:
    """Write a livret of several partners, each of whose texts tells the edition."""
    write_livret(folder, edition)
    own = (folder / "partenaires/guichet.yaml").read_text(encoding="utf-8")
    for name in NAMES[1:]:
        text = (
            own.replace("id: guichet", f"id: {name}").replace("label ", f"{name} ").replace("[", f"[{name} ")
        )
        for key in ("name", "keyword"):
            text = text.replace(f"{key} {edition}", f"{key} {name} {edition}")
        text = text.replace(f"[{name} {{contact", "[{contact").replace(f"[{name} 1]", "[1]")
        (folder / f"partenaires/{name}.yaml").write_text(text, encoding="utf-8")
        needs = (folder / "besoins/guichet.yaml").read_text(encoding="utf-8")
        (folder / f"besoins/{name}.yaml").write_text(needs.replace("[", f"[{name} "), encoding="utf-8")
    booklet = (folder / "livret.yaml").read_text(encoding="utf-8")
    (folder / "livret.yaml").write_text(
        booklet.replace("[guichet]", f"[{', '.join(NAMES)}]"), encoding="utf-8"
    )
    return folder


@contextmanager
def in_turn(change: Callable[[int], None], pause: float) -> Iterator[None]:
    """Let a change be made again and again, with a number that grows, each after a pause."""
    stop = threading.Event()

    def run() -> None:
        rank = 0
        while not stop.wait(pause * (1 + rank % 3) / 2):
            rank += 1
            change(rank)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def editions(folder: Path) -> set[str]:
    """Return the editions that an answer tells of; None where a word says that it is an earlier one."""
    opened = open_livret(str(folder))
    said = " ".join([*opened.list_conclusions_json(), opened.meta.title])
    return {edition for edition in ("impair", "pair") if f" {edition}" in said}


@pytest.mark.parametrize("kept", [True, False])
def test_files_that_are_replaced_together(tmp_path: Path, kept: bool) -> None:
    folder = several(tmp_path / "regles" / "petit", "pair")
    new = {edition: several(tmp_path / edition / "petit", edition) for edition in ("pair", "impair")}

    def replace(rank: int) -> None:
        edition = new["impair" if rank % 2 else "pair"]
        for path in sorted(path for path in edition.rglob("*") if path.is_file()):
            beside = folder / f"{path.name}.tmp"
            shutil.copy(path, beside)
            beside.replace(folder / path.relative_to(edition))
            time.sleep(0.002)

    seen = set()
    with in_turn(replace, 0.2):
        for asked in range(400):
            if not kept:
                shutil.rmtree(tmp_path / "cache", ignore_errors=True)
            found = editions(folder)
            assert len(found) == 1, found
            seen |= found
            if asked >= 12 and len(seen) == 2:
                break
    assert seen == {"pair", "impair"}


@pytest.mark.parametrize("link", [False, True])
def test_a_folder_that_is_swapped(tmp_path: Path, link: bool) -> None:
    new = {edition: several(tmp_path / edition, edition) for edition in ("pair", "impair")}
    folder = tmp_path / "petit"
    if link:
        folder.symlink_to(new["pair"])
    else:
        shutil.copytree(new["pair"], folder)

    def swap(rank: int) -> None:
        edition = "impair" if rank % 2 else "pair"
        if link:
            beside = tmp_path / "lien"
            beside.symlink_to(new[edition])
            beside.replace(folder)
            return
        beside = Path(shutil.copytree(new[edition], tmp_path / f"nouveau{rank}"))
        folder.rename(tmp_path / f"ancien{rank}")
        beside.rename(folder)

    editions(folder)
    seen = set()
    with in_turn(swap, 0.2):
        for asked in range(400):
            found = editions(folder)
            assert len(found) == 1, found
            seen |= found
            if asked >= 12 and len(seen) == 2:
                break
    assert seen == {"pair", "impair"}


def test_files_that_never_come_to_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "MAX_WAIT_SECONDS", 0.3)
    folder = several(tmp_path / "petit", "pair")
    real, moments = snapshot._get_state, itertools.count(time.time_ns())

    def touch_and_look(path: Path) -> tuple[int, ...]:
        moment = next(moments)
        os.utime(folder / "partenaires/poste.yaml", ns=(moment, moment))
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(snapshot, "_get_state", touch_and_look)
        with pytest.raises(Failure) as caught:
            open_livret(str(folder))
        assert caught.value.code == 3
        assert "livret.yaml:0\u00a0: des fichiers changent pendant la lecture" in caught.value.message
        assert "relancez" in caught.value.message
    assert editions(folder) == {"pair"}
    several(folder, "impair")
    with monkeypatch.context() as patch:
        patch.setattr(snapshot, "_get_state", touch_and_look)
        opened = open_livret(str(folder))
        assert opened.meta.title == "title pair"
        [notice] = opened.notices
        assert "des fichiers changent pendant la lecture" in notice
    assert editions(folder) == {"impair"}, "the next call reads again"


def test_a_file_that_comes_while_others_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_livret(tmp_path / "petit")
    real = snapshot._read_file
    came: list[Path] = []

    def watched(path: Path) -> snapshot.SourceFile:
        if path.name == "synonymes.yaml" and not came:
            came.append(folder / "besoins/hors-livret.yaml")
            came[0].write_text("hors livret: [permis de chasse]\n", encoding="utf-8")
        return real(path)

    monkeypatch.setattr(snapshot, "_read_file", watched)
    livret = load.load_livret(folder).livret
    assert livret is not None and livret.elsewhere.out_of_scope == ["permis de chasse"]


def test_files_at_rest_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_livret(tmp_path / "petit")
    time.sleep(2 * snapshot.SETTLING_SECONDS)
    read: list[str] = []
    real = snapshot._read_file

    def watched(path: Path) -> snapshot.SourceFile:
        read.append(path.relative_to(folder).as_posix() if path.is_relative_to(folder) else "")
        return real(path)

    monkeypatch.setattr(snapshot, "_read_file", watched)
    assert load.load_livret(folder).livret is not None
    assert read.count("partenaires/guichet.yaml") == 1


def test_a_clock_that_stands_still_costs_one_more_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_livret(tmp_path / "petit")
    now = (folder / "partenaires/guichet.yaml").stat().st_mtime_ns
    monkeypatch.setattr(time, "time_ns", lambda: now)
    assert load.load_livret(folder).livret is not None
