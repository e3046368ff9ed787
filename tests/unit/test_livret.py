"""Opening a livret: what is not the user's, not of this folder, not whole is not read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import make_old, write_livret

from fs_triage import livret as livrets
from fs_triage import rebuild
from fs_triage.contract import Failure
from fs_triage.files import checked_file
from fs_triage.files.checked_file import Damaged
from fs_triage.files.livret_cache import LivretCache
from fs_triage.livret import OpenLivret, answer_from, open_livret


@pytest.fixture
def livret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A livret that was compiled once, whose files are old enough for their times to say whether they changed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = make_old(write_livret(tmp_path / "petit"))
    open_livret(str(folder))
    return folder


@pytest.fixture
def rebuilds(livret: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows by a folder with each livret that is built anew."""
    folders: list[str] = []
    real = rebuild.rebuild

    def watched(folder: str, cache: LivretCache | None, notices: list[str]) -> rebuild.Built:
        folders.append(folder)
        return real(folder, cache, notices)

    monkeypatch.setattr(rebuild, "rebuild", watched)
    return folders


def find_index(folder: Path) -> Path:
    cache = livrets.find_cache(str(folder))
    assert cache is not None
    return Path(str(cache.find_index()))


def make_world_writable(path: Path) -> None:
    path.chmod(0o666)


def give_to_another_user(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("seul root peut donner un fichier à un autre")
    os.chown(path, 12345, 12345)


def replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def replace_by_link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent / "rien")


SPOILS = [make_world_writable, give_to_another_user, replace_by_pipe, replace_by_link]


@pytest.mark.skipif(os.name != "posix", reason="Windows ne dit pas qui peut écrire un fichier")
@pytest.mark.parametrize("spoil", SPOILS)
def test_an_index_that_another_could_have_written_is_not_read(
    livret: Path, rebuilds: list[str], spoil: Callable[[Path], None]
) -> None:
    open_livret(str(livret))
    assert rebuilds == []
    spoil(find_index(livret))
    opened = open_livret(str(livret))
    assert (opened.meta.livret, opened.notices, len(rebuilds)) == ("petit", [], 1)
    assert find_index(livret).stat().st_mode & 0o777 == 0o600


def test_on_windows_the_mode_and_the_owner_are_not_asked(
    livret: Path, rebuilds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    find_index(livret).chmod(0o666)  # all that Windows says of a file
    monkeypatch.setattr(checked_file, "_TELLS_OWNER", False)
    open_livret(str(livret))
    assert rebuilds == []


def test_the_index_of_another_folder_is_not_read(livret: Path, rebuilds: list[str], tmp_path: Path) -> None:
    other = write_livret(tmp_path / "autre" / "petit", "autre")
    open_livret(str(other))
    find_index(other).replace(find_index(livret))  # as if their names had the same checksum
    assert open_livret(str(livret)).meta.title == "title"


def test_a_folder_whose_name_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = write_livret(Path(os.fsdecode(os.fsencode(tmp_path) + b"/r\xe8gles")))
    for _ in range(2):
        opened = open_livret(str(folder))
        assert (opened.meta.livret, opened.notices) == ("petit", [])
    assert folder in {Path(source.path).parent for source in opened.list_sources()}


def test_an_index_that_goes_while_it_is_opened(
    livret: Path, rebuilds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process has just built a newer one, and swept the one that was found."""
    cache = livrets.find_cache(str(livret))
    newest = find_index(livret)
    found = [str(newest.with_name("swept")), str(newest)]
    monkeypatch.setattr(LivretCache, "find_index", lambda _: found.pop(0) if found[1:] else found[0])
    assert cache is not None
    assert open_livret(str(livret)).meta.title == "title"
    assert rebuilds == []


def test_an_answer_is_asked_again_when_a_page_is_damaged(livret: Path, rebuilds: list[str]) -> None:
    asked: list[OpenLivret] = []

    def answer(opened: OpenLivret) -> str:
        asked.append(opened)
        if len(asked) == 1:
            raise Damaged
        return opened.meta.title

    assert answer_from(str(livret), answer) == "title"
    assert len(rebuilds) == 1


def test_what_cannot_be_mended_is_told(livret: Path) -> None:
    def answer(_: OpenLivret) -> str:
        raise Damaged

    with pytest.raises(Failure) as caught:
        answer_from(str(livret), answer)
    assert caught.value.code == 3
    assert str(livret) in caught.value.message


def test_what_is_loaded_needs_no_file(livret: Path) -> None:
    opened = open_livret(str(livret))
    model = opened.model
    for path in find_index(livret).parent.iterdir():
        path.unlink()
    assert opened.list_conclusion_rows()
    assert opened.model is model
