"""The folders of the user: those of platformdirs, or none without a home."""

from __future__ import annotations

import os

import platformdirs
import pytest

from fs_triage import livret
from fs_triage.files import folders


@pytest.mark.parametrize("home", ["/home/camille", "/"])
@pytest.mark.parametrize("xdg", [None, "", "/x/cache", "relatif"])
def test_folders_are_those_of_platformdirs(
    monkeypatch: pytest.MonkeyPatch, home: str, xdg: str | None
) -> None:
    monkeypatch.setenv("HOME", home)
    for variable in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        if xdg is None:
            monkeypatch.delenv(variable, raising=False)
        else:
            monkeypatch.setenv(variable, xdg)
    cache, config = platformdirs.user_cache_dir("fs-triage"), platformdirs.user_config_dir("fs-triage")
    if xdg != "relatif":  # which the specification says to ignore
        assert folders.find_cache_folder() == cache
        assert folders.find_config_file() == f"{config}/config.toml"
    assert str(folders.find_cache_folder()).startswith("/")


@pytest.mark.parametrize("local", ["/users/camille/AppData/Local", "/users//camille/./Local/"])
def test_folders_of_windows_are_those_of_platformdirs(monkeypatch: pytest.MonkeyPatch, local: str) -> None:
    from platformdirs import windows

    monkeypatch.setattr(windows, "get_win_folder", windows.get_win_folder_from_env_vars)
    monkeypatch.setenv("LOCALAPPDATA", local)
    expected = windows.Windows("fs-triage", appauthor=False)
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        cache, config = folders.find_cache_folder(), folders.find_config_file()
    assert cache == expected.user_cache_dir
    assert config == f"{expected.user_config_dir}/config.toml"


def test_no_home_no_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    def nobody(_: int) -> pwd.struct_passwd:
        raise KeyError

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "")
    assert folders.find_cache_folder() is None
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert folders.find_cache_folder() is None
    assert livret.find_cache("/x") is None
