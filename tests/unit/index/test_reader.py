"""The compiled livret as a file: what it gives is what was written, or the rules are asked again."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tomllib
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest
from conftest import write_livret
from hypothesis import given
from hypothesis import strategies as st

from fs_triage import rebuild as index
from fs_triage.contract import Failure
from fs_triage.files import configuration, folders
from fs_triage.index import reader
from fs_triage.index.reader import Damaged, Store, open_store

Entries = dict[str, str]

KEYS = st.text(st.sampled_from("ab:/é0"), max_size=4)
ENTRIES = st.dictionaries(KEYS, st.text(st.characters(codec="utf-8"), max_size=8), max_size=12)


def made(entries: Entries) -> sqlite3.Connection:
    """Return the index of `entries`, in memory."""
    return index._connection({**entries, "meta:content": "x"})


def on(connection: sqlite3.Connection) -> Store:
    return Store("", connection, [])


@given(ENTRIES, KEYS)
def test_an_index_gives_what_was_written_and_nothing_else(entries: Entries, key: str) -> None:
    opened = on(made(entries))
    assert opened.read(key) == {"": "", "meta:content": "x", **entries}.get(key)
    assert dict(opened.entries()) == {"": "", "meta:content": "x", **entries}


@given(ENTRIES, st.sampled_from("ab"))
def test_a_kind_is_all_its_entries_in_order(entries: Entries, kind: str) -> None:
    expected = [value for key, value in sorted(entries.items()) if key.startswith(f"{kind}:")]
    assert on(made(entries)).all(kind) == expected


MUTATIONS = st.sampled_from(
    [
        "DELETE FROM entry WHERE key = :key",
        "UPDATE entry SET value = value || 'x' WHERE key = :key",
        "UPDATE entry SET value = x'00ff' WHERE key = :key",
        "UPDATE entry SET value = '' WHERE key = :key AND value <> ''",
        "UPDATE entry SET crc = crc + 1 WHERE key = :key",
        "UPDATE entry SET next = next || 'a' WHERE key = :key",
        "UPDATE OR IGNORE entry SET key = key || 'a' WHERE key = :key",
        "UPDATE OR IGNORE entry SET key = :other WHERE key = :key",
        "UPDATE entry SET value = coalesce((SELECT value FROM entry WHERE key = :other), 'x') WHERE key = :key",
        "INSERT OR REPLACE INTO entry VALUES (:other, 'x', :key, 0)",
    ]
)


@given(ENTRIES, KEYS, KEYS, MUTATIONS)
def test_damage_is_never_an_answer(entries: Entries, key: str, other: str, mutation: str) -> None:
    whole = {"": "", "meta:content": "x", **entries}
    connection = made(entries)
    connection.execute(mutation, {"key": key, "other": other})
    try:
        opened = on(connection)
    except (Damaged, sqlite3.Error):
        return
    for asked in {*whole, key, other, "zz"}:
        with contextlib.suppress(Damaged, sqlite3.Error):
            assert opened.read(asked) == whole.get(asked)
    for kind in ("a", "b", "meta"):
        expected = [value for name, value in sorted(whole.items()) if name.startswith(f"{kind}:")]
        with contextlib.suppress(Damaged, sqlite3.Error):
            assert [value for _, value in opened.entries(f"{kind}:", f"{kind};")] == expected


def test_a_lost_entry_is_damage_and_not_an_absence() -> None:
    opened = on(made({"node:caf": "1", "node:caf/rsa": "2", "node:msa": "3"}))
    opened.connection.execute("DELETE FROM entry WHERE key = 'node:caf/rsa'")
    with pytest.raises(Damaged):
        opened.read("node:caf/rsa")
    with pytest.raises(Damaged):
        list(opened.entries("node:", "node;"))
    assert opened.read("node:msa") == "3"


@pytest.fixture
def livret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return write_livret(tmp_path / "petit")


def kept(folder: Path) -> Path:
    path = folders.find_index_path(str(folder))
    assert path is not None
    return Path(path)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows by a folder with each index that is made anew."""
    folders: list[str] = []
    rebuild = index.rebuild

    def watched(folder: str, path: str | None, notices: list[str]) -> sqlite3.Connection:
        folders.append(folder)
        return rebuild(folder, path, notices)

    monkeypatch.setattr(index, "rebuild", watched)
    return folders


def world_writable(path: Path) -> None:
    path.chmod(0o666)


def of_another_user(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("seul root peut donner un fichier à un autre")
    os.chown(path, 12345, 12345)


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def a_link_to_nothing(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent / "rien")


@pytest.mark.parametrize("spoil", [world_writable, of_another_user, a_pipe, a_link_to_nothing])
def test_an_index_that_another_could_have_written_is_not_read(
    livret: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path], None]
) -> None:
    open_store(str(livret)).close()
    builds = counted(monkeypatch)
    open_store(str(livret)).close()
    before = len(builds)
    spoil(kept(livret))
    opened = open_store(str(livret))
    assert (opened.need("meta:livret"), opened.notices, len(builds)) == ("petit", [], before + 1)
    assert kept(livret).stat().st_mode & 0o777 == 0o600


def test_the_index_of_another_folder_is_not_read(livret: Path, tmp_path: Path) -> None:
    other = write_livret(tmp_path / "autre" / "petit", "autre")
    open_store(str(other)).close()
    kept(livret).parent.mkdir(exist_ok=True)
    kept(other).rename(kept(livret))  # as if their names had the same checksum
    assert "autre" not in open_store(str(livret)).need("meta:title")


def test_a_folder_whose_name_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = write_livret(Path(os.fsdecode(os.fsencode(tmp_path) + b"/r\xe8gles")))
    for _ in range(2):
        opened = open_store(str(folder))
        assert (opened.need("meta:livret"), opened.notices) == ("petit", [])
    assert folder in {Path(path).parent for path, *_ in opened.sources()}


def test_rules_that_change_while_an_answer_is_given(livret: Path) -> None:
    opened = open_store(str(livret))
    opened.connection.close()
    opened.connection = made({"meta:livret": "petit"})
    opened.connection.execute("UPDATE entry SET crc = 0 WHERE key LIKE 'meta:l%'")
    write_livret(livret, "changé")
    with pytest.raises(Failure) as caught:
        opened.need("meta:livret")
    assert caught.value.code == 3
    assert caught.value.message == "Les règles viennent de changer pendant la réponse ; relancez la commande."


def test_damage_is_healed_in_silence(livret: Path) -> None:
    opened = open_store(str(livret))
    opened.connection.close()
    opened.connection = made({"meta:livret": "petit"})
    opened.connection.execute("UPDATE entry SET crc = 0 WHERE key LIKE 'meta:l%'")
    assert (opened.need("meta:livret"), opened.notices) == ("petit", [])


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                'regles = "/srv/regles"',
                "livret='jura'",
                '  livret\t= "doubs"  ',
                "# livret",
                "",
                'livret = "a" # b "',
                'livret = "a\\n"',
                'livret = """',
                "livret = ''",
                'livret = "été\u00a0"',
                "livret = 3",
                "[table]",
                'a.b = "c"',
                "\ufeff",
                '"x" = "y"',
                "é = 'y'",
            ]
        ),
        st.text(st.sampled_from("ab=\"' \t\\#\r\x01\u2028é-"), max_size=8),
    ),
    max_size=4,
)


@given(LINES, st.sampled_from(["\n", "\r\n"]))
def test_a_plain_configuration_is_read_as_tomllib_reads_it(lines: list[str], end: str) -> None:
    text = end.join(lines)
    read = configuration.parse_plain_toml(text)
    if read is not None and not any(configuration.is_windows_path(value) for value in read.values()):
        assert read == tomllib.loads(text)


def test_the_usual_configuration_is_plain() -> None:
    text = '# poste 3\nregles = "/srv/France services/règles"\nlivret = "jura"\n'
    assert configuration.parse_plain_toml(text) == {"regles": "/srv/France services/règles", "livret": "jura"}


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


@pytest.fixture
def on_windows(monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """Call a function as on Windows: what builds paths in it must not use pathlib."""

    def call(function: Callable[..., object], *arguments: object) -> object:
        with monkeypatch.context() as patch:
            patch.setattr(os, "name", "nt")
            return function(*arguments)

    return call


def test_on_windows_the_index_is_read_and_closed(livret: Path, on_windows: Callable[..., object]) -> None:
    open_store(str(livret)).close()
    path = kept(livret)
    path.chmod(0o666)  # all that Windows says of a file
    connection = on_windows(reader.connect, str(path))
    assert isinstance(connection, sqlite3.Connection)
    path.write_bytes(b"")
    opened = on(connection)
    assert opened.need("meta:livret") == "petit" and opened.all("json")
    opened.close()
    assert on_windows(reader.connect, str(path.parent / "rien")) is None
    assert on_windows(reader.connect, str(path.parent)) is None


@pytest.mark.parametrize("end", [0, 50, 5000])
def test_on_windows_a_damaged_index_is_damage(
    livret: Path, on_windows: Callable[..., object], end: int
) -> None:
    open_store(str(livret)).close()
    path = kept(livret)
    path.write_bytes(path.read_bytes()[:end])
    connection = on_windows(reader.connect, str(path))
    if connection is not None:
        assert isinstance(connection, sqlite3.Connection)
        with pytest.raises(reader.UNSOUND):
            dict(on(connection).entries())
        connection.close()


@pytest.mark.parametrize(("held", "ends"), [(0, True), (3, True), (99, False)])
def test_on_windows_what_another_process_holds_is_tried_again(
    on_windows: Callable[..., object], held: int, ends: bool
) -> None:
    tries: list[int] = []

    def use() -> str:
        tries.append(1)
        if len(tries) <= held:
            raise PermissionError(13, "sharing violation")
        return "done"

    if ends:
        assert on_windows(reader.unlocked, use) == "done"
        assert len(tries) == held + 1
    else:
        with pytest.raises(PermissionError):
            on_windows(reader.unlocked, use)
        assert len(tries) < 10
    del tries[:]
    if held:
        with pytest.raises(PermissionError):
            reader.unlocked(use)
        assert len(tries) == 1, "nothing is waited for elsewhere"


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
    assert folders.find_index_path("/x") is None


def test_a_state_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("abc")
    status = path.stat()
    assert reader.state_of(str(path)) == (str(path), 3, status.st_mtime_ns, status.st_ino)
    assert reader.state_of(str(tmp_path / "y")) == (str(tmp_path / "y"), -1, 0, 0)
