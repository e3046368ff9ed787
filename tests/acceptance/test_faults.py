"""What happens to the compiled livret on a bad day: damage, kills, two builds at once, disks that fail.

Whatever happens, the answer is the right one or a sentence says why there is none.
"""

from __future__ import annotations

import json
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, clean_environment, write_livret
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fs_triage import rebuild as index
from fs_triage.contract import Failure
from fs_triage.files import folders
from fs_triage.index import lookup, reader
from fs_triage.index.reader import Store, open_store
from fs_triage.search import rank as search
from fs_triage.text.typography import typeset_french

CALLS = (["guichet", "papier"], ["guichet/blocage"], ["papier"], ["guichet"], ["guichet", "rien"])
NEEDS = ("un papier", "je n’ai pas mon papier", "rien ne va plus", "gloubiboulga")
NOT_KEPT = (
    typeset_french("Note : le livret préparé n’a pas pu être gardé ({}) ; réponse lente mais juste.") + "\n"
)


@pytest.fixture(scope="module")
def livret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_livret(tmp_path_factory.mktemp("regles") / "petit")


@pytest.fixture(scope="module")
def whole(livret: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a sound index of the livret, older than any doubt."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        later = time.time_ns() + 60_000_000_000
        patch.setattr(time, "time_ns", lambda: later)
        opened = open_store(str(livret))
        opened.learn()
        opened.close()
        return Path(str(folders.find_index_path(str(livret)))).read_bytes()


@pytest.fixture
def kept(livret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the index of the livret is kept; nothing is there yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = Path(str(folders.find_index_path(str(livret))))
    path.parent.mkdir()
    return path


@pytest.fixture
def healed(whole: bytes, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows with each index made anew, which costs nothing here."""
    folders: list[str] = []

    def rebuild(folder: str, path: str | None, notices: list[str]) -> sqlite3.Connection:
        folders.append(folder)
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.deserialize(whole)
        return connection

    monkeypatch.setattr(index, "rebuild", rebuild)
    return folders


def everything(opened: Store) -> list[object]:
    """Return all that a livret says, through every way of reading it."""
    said: list[object] = []
    for call in CALLS:
        found = lookup.find(opened, call)
        said.append((found.by, found.node, found.partner, opened.block("text", found.positions)))
    for kind in ("json", "line", "contact", "contact-line", "question", "choices"):
        said.append(opened.all(kind))
    for need in NEEDS:
        result = search.find_conclusions(opened, need)
        said.append((result.verdict, [(hit.position, hit.score) for hit in result.hits]))
    return [*said, opened.need("meta:title"), opened.peek("node:guichet/absent")]


def written(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)


@pytest.fixture(scope="module")
def truth(whole: bytes) -> list[object]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(whole)
    return everything(Store("", connection, []))


def test_a_sound_index_is_not_made_anew(
    livret: Path, kept: Path, whole: bytes, truth: list[object], healed: list[str]
) -> None:
    written(kept, whole)
    assert everything(open_store(str(livret))) == truth
    assert healed == []


def test_every_flipped_byte(
    livret: Path, kept: Path, whole: bytes, truth: list[object], healed: list[str]
) -> None:
    chosen = random.Random(5)
    places_ = [*range(100), *sorted(chosen.sample(range(100, len(whole)), 400))]
    for place in places_:
        flipped = whole[place] ^ (1 << chosen.randrange(8))
        written(kept, whole[:place] + bytes([flipped]) + whole[place + 1 :])
        opened = open_store(str(livret))
        assert everything(opened) == truth, place
        assert opened.notices == []
        opened.close()
    assert len(healed) > 50, "some of it was damage"


def test_flipped_bits_of_the_first_page(
    livret: Path, kept: Path, whole: bytes, truth: list[object], healed: list[str]
) -> None:
    """The text of the schema is there, which SQLite quotes when it cannot read it."""
    page = int.from_bytes(whole[16:18], "big")
    begin = whole.index(b"CREATE TABLE", 0, page) - 20
    chosen = random.Random(8)
    for place in [*range(begin, page), *sorted(chosen.sample(range(begin), 60))]:
        for bit in (7, chosen.randrange(7)):
            written(kept, whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
            opened = open_store(str(livret))
            assert opened.need("meta:title") == "title", (place, bit)
            assert opened.notices == []
            opened.close()
            last = index.last_good(str(livret), str(kept))
            assert last is None or last["meta:title"] == "title", (place, bit)
    assert len(healed) > 100, "some of it was damage"


def test_a_schema_that_is_no_text(livret: Path, kept: Path, whole: bytes, run: Run, tmp_path: Path) -> None:
    asked = {"FS_TRIAGE_REGLES": str(livret), "XDG_CACHE_HOME": str(tmp_path)}
    place = whole.index(b"TABLE entry")
    spoilt = whole[:place] + bytes([whole[place] ^ 0x80]) + whole[place + 1 :]
    commands = (["guichet", "papier"], ["--completer", "guichet", "="], ["chercher", "papier"])
    for command in commands:
        written(kept, spoilt)
        answer = run(*command, env=asked)
        assert (answer.returncode, answer.stderr) == (0, "")
        assert "papier" in answer.stdout
        assert kept.read_bytes() != spoilt, "it was made anew"


def test_an_index_cut_at_every_64th_byte(
    livret: Path, kept: Path, whole: bytes, truth: list[object], healed: list[str]
) -> None:
    cuts = range(0, len(whole), 64)
    for cut in cuts:
        written(kept, whole[:cut])
        opened = open_store(str(livret))
        assert everything(opened) == truth, cut
        opened.close()
    assert len(healed) > len(cuts) // 2


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300), keep_header=st.booleans())
def test_an_index_of_any_bytes(
    livret: Path,
    kept: Path,
    whole: bytes,
    truth: list[object],
    healed: list[str],
    content: bytes,
    keep_header: bool,
) -> None:
    written(kept, whole[:100] + content if keep_header else content)
    opened = open_store(str(livret))
    assert everything(opened) == truth
    opened.close()


def test_an_index_of_another_format(
    livret: Path, kept: Path, whole: bytes, truth: list[object], healed: list[str]
) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(whole)
    entries = dict(Store("", connection, []).entries())
    for changed in ({"meta:format": "1"}, {"meta:format": "999"}, {"meta:folder": "/ailleurs"}):
        written(kept, index._connection(entries | changed).serialize())
        assert everything(open_store(str(livret))) == truth
    old = sqlite3.connect(":memory:", isolation_level=None)
    old.execute("CREATE TABLE entry (key TEXT PRIMARY KEY, value TEXT, crc INTEGER) WITHOUT ROWID")
    written(kept, old.serialize())
    assert everything(open_store(str(livret))) == truth
    assert len(healed) == 4


HOSTILE = "\x1b]0;titre\x07\x1b[2J\x9b31m\u202e"
CONTROLS = set(HOSTILE) - set("]0;titre[2J31m")


def test_what_a_hostile_index_holds_does_not_reach_the_terminal(
    livret: Path, kept: Path, whole: bytes, run: Run, tmp_path: Path
) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(whole)
    entries = dict(Store("", connection, []).entries())
    kinds = ("text:", "line:", "contact-line:", "meta:title", "meta:warning", "choices:")
    spoilt = {key: HOSTILE + value if key.startswith(kinds) else value for key, value in entries.items()}
    for key, value in spoilt.items():
        if key.startswith(("json:", "contact:")):
            spoilt[key] = value.replace('": "', '": "' + HOSTILE, 1)
    written(kept, index._connection(spoilt).serialize())
    asked = {"FS_TRIAGE_REGLES": str(livret), "XDG_CACHE_HOME": str(tmp_path)}
    commands = (
        ["guichet", "papier"],
        ["guichet", "papier", "--json"],
        ["liste"],
        ["contacts"],
        ["contacts", "--json"],
        ["--version"],
        ["--completer", "guichet", "="],
    )
    for command in commands:
        answer = run(*command, env=asked)
        assert answer.returncode == 0
        assert "\\u001b" in answer.stdout + answer.stderr, "the index was read"
        assert not CONTROLS & set(answer.stdout + answer.stderr)
        if "--json" in command:
            json.loads(answer.stdout)


def test_rules_that_cannot_be_parsed_do_not_hide_damage(livret: Path, kept: Path, whole: bytes) -> None:
    broken = shutil.copytree(livret, kept.parent / "petit")
    (broken / "livret.yaml").write_text("id: [", encoding="utf-8")
    written(Path(str(folders.find_index_path(str(broken)))), whole[:5000])
    with pytest.raises(Failure) as caught:
        open_store(str(broken))
    assert caught.value.code == 3


def a_file_in_its_place(home: Path, livret: Path) -> dict[str, str]:
    (home / ".cache").write_bytes(b"")
    return {}


def a_file_as_folder(home: Path, livret: Path) -> dict[str, str]:
    (home / ".cache").mkdir()
    (home / ".cache" / "fs-triage").write_bytes(b"")
    return {}


def a_folder_as_index(home: Path, livret: Path) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
        path = Path(str(folders.find_index_path(str(livret))))
    (path / "x").mkdir(parents=True)
    return {}


def no_such_disk(home: Path, livret: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": "/proc/self/rien"}


UNUSABLE = [
    (a_file_in_its_place, "n’est pas un dossier"),
    (a_file_as_folder, "existe déjà"),
    (a_folder_as_index, "c’est un dossier"),
    (no_such_disk, "n’existe pas"),
]


@pytest.mark.parametrize(("spoil", "why"), UNUSABLE, ids=[spoil.__name__ for spoil, _ in UNUSABLE])
def test_a_cache_that_cannot_be_used(
    livret: Path, run: Run, tmp_path: Path, spoil: Callable[[Path, Path], dict[str, str]], why: str
) -> None:
    good = run("guichet", "papier", env={"FS_TRIAGE_REGLES": str(livret)})
    asked = {"FS_TRIAGE_REGLES": str(livret), **spoil(tmp_path, livret)}
    answer = run("guichet", "papier", env=asked, home=tmp_path)
    assert (answer.returncode, answer.stdout) == (0, good.stdout)
    assert answer.stderr == NOT_KEPT.format(why)


def test_no_home_at_all(livret: Path, run: Run) -> None:
    good = run("guichet", "papier", env={"FS_TRIAGE_REGLES": str(livret)})
    answer = run("guichet", "papier", env={"FS_TRIAGE_REGLES": str(livret), "HOME": ""})
    assert (answer.returncode, answer.stdout) == (0, good.stdout)
    note = "Note : pas de dossier personnel où garder le livret préparé ; réponse lente mais juste."
    assert answer.stderr == typeset_french(note) + "\n"


def test_a_full_disk(livret: Path, run: Run, tmp_path: Path) -> None:
    good = run("guichet", "papier", env={"FS_TRIAGE_REGLES": str(livret)})

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    answer = run(
        "guichet", "papier", env={"FS_TRIAGE_REGLES": str(livret)}, home=tmp_path, preexec_fn=small_files
    )
    assert (answer.returncode, answer.stdout) == (0, good.stdout)
    assert answer.stderr == NOT_KEPT.format("fichier trop gros")
    assert list((tmp_path / ".cache" / "fs-triage").iterdir()) == []


BUILDER = """
import sys
from fs_triage import rebuild as index
from fs_triage.files import folders
from fs_triage.index import reader as store
folder, rounds = sys.argv[1], int(sys.argv[2])
path = folders.find_index_path(folder)
sys.stdout.write("prêt\\n")
sys.stdout.flush()
for _ in range(rounds):
    notices = []
    index._compile(folder, None, path, notices).close()
    assert notices == [], notices
    store.open_store(folder).learn()
"""


def builder(livret: Path, cache: Path, rounds: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BUILDER, str(livret), str(rounds)],
        env=clean_environment(cache, XDG_CACHE_HOME=str(cache)),
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def test_two_builds_at_once(livret: Path, kept: Path, tmp_path: Path, truth: list[object]) -> None:
    builders = [builder(livret, tmp_path, 25) for _ in range(2)]
    reads = 0
    while any(process.poll() is None for process in builders):
        connection = reader.connect(str(kept))
        if connection is not None:
            assert everything(Store(str(livret), connection, [])) == truth
            connection.close()
            reads += 1
    assert [process.communicate()[0] and process.returncode for process in builders] == [0, 0]
    assert reads > 10
    assert list(kept.parent.iterdir()) == [kept]


def test_kills_in_a_build(livret: Path, kept: Path, tmp_path: Path, truth: list[object]) -> None:
    chosen = random.Random(3)
    for _ in range(8):
        process = builder(livret, tmp_path, 10_000)
        assert process.stdout is not None
        assert process.stdout.readline() == "prêt\n"
        time.sleep(chosen.uniform(0.05, 0.3))
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        connection = reader.connect(str(kept))
        if connection is not None:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert everything(Store(str(livret), connection, [])) == truth
            connection.close()
    opened = open_store(str(livret))
    assert (everything(opened), opened.notices) == (truth, [])


NTH = """
import errno, json, os, sys
folder, cache, persistent, code = sys.argv[1], sys.argv[2], sys.argv[3] == "True", int(sys.argv[4])
from fs_triage import rebuild as index
from fs_triage.checks import verify
from fs_triage.files import folders
from fs_triage.index import build, lookup, reader as store
from fs_triage.rules import load
from fs_triage.search import rank as search, train as learning
from fs_triage.contract import Failure
import pathlib, hashlib
FILES = ("open", "os.mkdir", "os.rename", "os.remove", "os.listdir", "os.scandir", "os.chmod", "sqlite3.connect")
armed, seen, target = False, 0, 0
def fails(where):
    global seen
    if not armed or not any(place in where for place in (folder, cache)):
        return
    seen += 1
    if seen == target or (persistent and seen > target):
        raise OSError(code, os.strerror(code))
def hook(event, arguments):
    if event in FILES and arguments and isinstance(arguments[0], (str, bytes)):
        fails(os.fsdecode(arguments[0]))
sys.addaudithook(hook)
real_stat, real_fsync = os.stat, os.fsync
def stat(path, *a, **k):
    if not isinstance(path, int):
        fails(os.fsdecode(path))
    return real_stat(path, *a, **k)
def fsync(handle):
    fails(cache)
    return real_fsync(handle)
os.stat, os.fsync = stat, fsync
path = folders.find_index_path(folder)
index._compile(folder, None, path, []).close()
with open(path, "rb") as stream:
    whole = stream.read()
results = []
for prepared in ("absent", "whole", "damaged", "old"):
    target = 0
    while True:
        armed = False
        if prepared == "absent" and os.path.exists(path):
            os.unlink(path)
        if prepared != "absent":
            with open(path, "wb") as stream:
                stream.write(whole[:9000] if prepared == "damaged" else whole)
            os.chmod(path, 0o600)
        if prepared == "old":
            with open(f"{folder}/livret.yaml", "ab") as stream:  # grows, so that every time is another change
                stream.write(b"# x\\n")
        target, seen, armed = target + 1, 0, True
        try:
            opened = store.open_store(folder)
            found = lookup.find(opened, ["guichet", "papier"])
            hits = [hit.position for hit in search.find_conclusions(opened, "un papier").hits]
            said = [opened.block("text", found.positions), opened.notices, hits]
        except Failure as failure:
            said = [failure.code, [failure.message], []]
        armed = False
        kept = os.path.dirname(path)
        left = [name for name in os.listdir(kept) if name.endswith(".tmp")] if os.path.isdir(kept) else []
        for name in left:  # each would cost the next round one operation more
            os.unlink(os.path.join(kept, name))
        results.append([prepared, target, said, left])
        if seen < target:
            break
print(json.dumps(results))
"""


@pytest.mark.parametrize(("code", "persistent"), [("EIO", False), ("ENOSPC", True)])
def test_the_nth_file_operation_fails(
    livret: Path, tmp_path: Path, truth: list[object], persistent: bool, code: str
) -> None:
    import errno

    folder = shutil.copytree(livret, tmp_path / "regles" / "petit")
    cache = tmp_path / "cache"
    ended = subprocess.run(
        [sys.executable, "-c", NTH, str(folder), str(cache), str(persistent), str(getattr(errno, code))],
        env=clean_environment(tmp_path, XDG_CACHE_HOME=str(cache)),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    results = json.loads(ended.stdout)
    right = truth[0][3]  # type: ignore[index]
    failures = 0
    for prepared, rank, (said, notices, hits), left in results:
        assert len(notices) <= 1, (prepared, rank, notices)
        if said == 3:
            failures += 1
            assert prepared != "whole" or persistent, (rank, notices)
        else:
            assert said == right, (prepared, rank)
            assert hits == [0], (prepared, rank)
        assert persistent or left == [], (prepared, rank)
    assert len(results) > 20
    assert failures < len(results) / 2


def test_the_lines_told_are_at_most_one(livret: Path, run: Run, tmp_path: Path) -> None:
    folder = shutil.copytree(livret, tmp_path / "petit")
    asked = {"FS_TRIAGE_REGLES": str(folder)}
    good = run("guichet", "papier", env=asked, home=tmp_path)
    (folder / "livret.yaml").write_text("id: [", encoding="utf-8")
    (tmp_path / ".cache").rename(tmp_path / "garde")
    (tmp_path / ".cache").mkdir()
    (tmp_path / "garde" / "fs-triage").rename(tmp_path / ".cache" / "fs-triage")
    told = run("guichet", "papier", env=asked, home=tmp_path)
    assert (told.returncode, told.stdout) == (0, good.stdout)
    assert told.stderr.count("\n") == 1
    assert list((tmp_path / ".cache" / "fs-triage").iterdir())
