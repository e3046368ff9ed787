"""What happens to the compiled livret on a bad day: damage, kills, two builds at once, disks that fail.

Whatever happens, the answer is the right one or a sentence says why there is none.
"""

from __future__ import annotations

import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, clean_environment, write_livret
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fs_triage import rebuild
from fs_triage.contract import Failure
from fs_triage.files.checked_file import CheckedFile, pack, pack_texts
from fs_triage.files.livret_cache import INDEX, MODEL, TEXTS, LivretCache
from fs_triage.index import lookup
from fs_triage.index.reader import KIND, Reader
from fs_triage.livret import OpenLivret, answer_from, open_livret
from fs_triage.search import rank as search
from fs_triage.text.typography import typeset_french

Files = dict[str, bytes]

CALLS = (["guichet", "papier"], ["guichet/blocage"], ["papier"], ["guichet"], ["guichet", "rien"])
NEEDS = ("un papier", "je n’ai pas mon papier", "rien ne va plus", "gloubiboulga")
NOT_KEPT = (
    typeset_french("Note : le livret préparé n’a pas pu être gardé ({}) ; réponse lente mais juste.") + "\n"
)


@pytest.fixture(scope="module")
def livret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_livret(tmp_path_factory.mktemp("regles") / "petit")


@pytest.fixture(scope="module")
def whole(livret: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The compiled files of the livret, older than any doubt, by their names."""
    with pytest.MonkeyPatch.context() as patch:
        cache = tmp_path_factory.mktemp("cache")
        patch.setenv("XDG_CACHE_HOME", str(cache))
        later = time.time_ns() + 60_000_000_000
        patch.setattr(time, "time_ns", lambda: later)
        assert open_livret(str(livret)).model
        return {path.name: path.read_bytes() for path in (cache / "fs-triage").iterdir()}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of compiled livrets; nothing is there yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = tmp_path / "fs-triage"
    path.mkdir()
    return path


@pytest.fixture
def rebuilt(whole: Files, livret: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows by a folder with each livret that is built anew, which costs nothing here."""
    folders: list[str] = []
    index, texts = (whole[name_of(whole, kind)] for kind in (INDEX, TEXTS))
    built = rebuild._open_packed(index, texts)

    def watched(folder: str, cache: LivretCache | None, notices: list[str]) -> rebuild.Built:
        folders.append(folder)
        return built

    monkeypatch.setattr(rebuild, "rebuild", watched)
    return folders


def name_of(whole: Files, kind: str) -> str:
    [name] = [name for name in whole if name.endswith(kind)]
    return name


def put(folder: Path, files: Files) -> None:
    """Make the folder of compiled livrets hold these files alone."""
    for path in folder.iterdir():
        path.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)


def read_all(livret: OpenLivret) -> list[object]:
    """Return all that a livret says, through every way of reading it."""
    said: list[object] = []
    for call in CALLS:
        found = lookup.look_up(livret, call)
        texts = [livret.get_conclusion_text(position) for position in found.positions]
        said.append((found.by, found.node, found.partner, texts))
    for partner in (None, "guichet"):
        said += [livret.list_conclusions_json(partner), livret.join_conclusion_lines(partner)]
        said += [livret.list_contacts_json(partner), livret.list_contact_lines(partner)]
    for node in ("", "guichet", "guichet/papier"):
        said += [livret.find_question_json(node), livret.list_choices(node)]
    for need in NEEDS:
        result = search.find_conclusions(livret.model, need)
        said.append((result.verdict, [(hit.position, hit.score) for hit in result.hits]))
    return [*said, livret.meta.title, livret.find_node("guichet/absent")]


def answer(folder: Path) -> tuple[list[object], list[str]]:
    """Return all that the livret at `folder` says, read bit by bit, and what is told beside it."""
    return answer_from(str(folder), lambda livret: (read_all(livret), livret.notices))


@pytest.fixture(scope="module")
def truth(whole: Files, livret: Path, tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    cache = tmp_path_factory.mktemp("cache") / "fs-triage"
    cache.mkdir()
    put(cache, whole)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache.parent))
        return read_all(open_livret(str(livret)))


def test_what_is_sound_is_not_built_anew(
    livret: Path, kept: Path, whole: Files, truth: list[object], rebuilt: list[str]
) -> None:
    put(kept, whole)
    assert answer(livret) == (truth, [])
    assert read_all(open_livret(str(livret))) == truth
    assert rebuilt == []
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == whole


@pytest.mark.parametrize("kind", [INDEX, MODEL, TEXTS])
def test_every_flipped_byte(
    livret: Path, kept: Path, whole: Files, truth: list[object], rebuilt: list[str], kind: str
) -> None:
    """Where the model is damaged it is trained anew, where the texts are nobody asks for them."""
    name = name_of(whole, kind)
    content = whole[name]
    chosen = random.Random(5)
    half = 50 if kind == MODEL else 150  # the search is trained anew for most of them
    places = [*range(half), *sorted(chosen.sample(range(half, len(content)), half))]
    for place in places:
        flipped = content[place] ^ 1 << chosen.randrange(8)
        put(kept, whole | {name: content[:place] + bytes([flipped]) + content[place + 1 :]})
        assert answer(livret) == (truth, []), place
        if kind == INDEX:
            assert read_all(open_livret(str(livret))) == truth, place
    assert (len(rebuilt) > len(places)) == (kind == INDEX)


@pytest.mark.parametrize("kind", [INDEX, MODEL, TEXTS])
def test_a_file_cut_at_any_byte(
    livret: Path, kept: Path, whole: Files, truth: list[object], rebuilt: list[str], kind: str
) -> None:
    name = name_of(whole, kind)
    for cut in range(0, len(whole[name]), max(64, len(whole[name]) // 100)):
        put(kept, whole | {name: whole[name][:cut]})
        assert answer(livret) == (truth, []), cut
    assert (len(rebuilt) > 10) == (kind == INDEX)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300), keep_header=st.booleans())
def test_an_index_of_any_bytes(
    livret: Path,
    kept: Path,
    whole: Files,
    truth: list[object],
    rebuilt: list[str],
    content: bytes,
    keep_header: bool,
) -> None:
    name = name_of(whole, INDEX)
    put(kept, whole | {name: whole[name][:60] + content if keep_header else content})
    assert answer(livret) == (truth, [])


@pytest.mark.parametrize("lost", [MODEL, TEXTS])
def test_files_that_are_lost(
    livret: Path, kept: Path, whole: Files, truth: list[object], rebuilt: list[str], lost: str
) -> None:
    put(kept, {name: content for name, content in whole.items() if not name.endswith(lost)})
    assert answer(livret) == (truth, [])
    assert rebuilt == []


def test_a_search_that_cannot_be_trained_asks_the_rules(
    livret: Path, kept: Path, whole: Files, truth: list[object]
) -> None:
    put(kept, {name_of(whole, INDEX): whole[name_of(whole, INDEX)]})
    assert answer(livret) == (truth, [])
    assert sorted(path.suffix for path in kept.iterdir()) == [INDEX, MODEL, TEXTS]


def test_a_search_that_cannot_be_trained_by_rules_that_are_gone(
    livret: Path, kept: Path, whole: Files, tmp_path: Path
) -> None:
    folder = shutil.copytree(livret, tmp_path / "petit")
    open_livret(str(folder))
    folder.rename(tmp_path / "ailleurs")
    for path in kept.glob("*.texts"):
        path.unlink()
    with pytest.raises(Failure) as caught:
        answer(folder)
    assert caught.value.code == 3
    assert "abîmé" in caught.value.message


def test_an_index_of_another_kind_or_of_another_folder(
    livret: Path, kept: Path, whole: Files, truth: list[object], rebuilt: list[str]
) -> None:
    name = name_of(whole, INDEX)
    file = CheckedFile(KIND, content=whole[name])
    sections = {section: file.read_section(section) for section in file.list_sections()}
    stamp = Reader(file).stamp
    stamp.folder = "/ailleurs"
    for content in (pack(f"{KIND}0", sections), pack(KIND, sections | {"stamp": pack_texts(stamp.dump())})):
        put(kept, whole | {name: content})
        assert answer(livret) == (truth, [])
    assert len(rebuilt) == 2


HOSTILE = "\x1b]0;titre\x07\x1b[2J\x9b31m\u202e"
CONTROLS = set(HOSTILE) - set("]0;titre[2J31m")


def test_what_a_hostile_index_holds_does_not_reach_the_terminal(
    livret: Path, kept: Path, whole: Files, run: Run, tmp_path: Path
) -> None:
    name = name_of(whole, INDEX)
    file = CheckedFile(KIND, content=whole[name])
    sections = {section: file.read_section(section) for section in file.list_sections()}
    for section in ("conclusion-texts", "conclusion-lines", "contact-lines", "choices"):
        sections[section] = pack_texts([HOSTILE + text for text in file.read_texts(section).list()])
    for section in ("conclusions", "contacts"):
        texts = [text.replace('": "', '": "' + HOSTILE, 1) for text in file.read_texts(section).list()]
        sections[section] = pack_texts(texts)
    meta, stamp = Reader(file).meta, Reader(file).stamp
    meta.title, stamp.warning = HOSTILE + meta.title, HOSTILE
    sections |= {"meta": pack_texts(meta.dump()), "stamp": pack_texts(stamp.dump())}
    put(kept, whole | {name: pack(KIND, sections)})
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
        ended = run(*command, env=asked)
        assert ended.returncode == 0
        assert "\\u001b" in ended.stdout + ended.stderr, "the index was read"
        assert not CONTROLS & set(ended.stdout + ended.stderr)
        if "--json" in command:
            json.loads(ended.stdout)


def test_rules_that_cannot_be_parsed_do_not_hide_damage(livret: Path, kept: Path) -> None:
    broken = shutil.copytree(livret, kept.parent / "petit")
    open_livret(str(broken))
    [index] = kept.glob("*.index")
    index.write_bytes(index.read_bytes()[:-1])
    (broken / "livret.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(Failure) as caught:
        open_livret(str(broken))
    assert caught.value.code == 3


def a_file_in_its_place(home: Path, livret: Path) -> dict[str, str]:
    (home / ".cache").write_bytes(b"")
    return {}


def a_file_as_folder(home: Path, livret: Path) -> dict[str, str]:
    (home / ".cache").mkdir()
    (home / ".cache" / "fs-triage").write_bytes(b"")
    return {}


def no_such_disk(home: Path, livret: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": "/proc/self/rien"}


UNUSABLE = [
    (a_file_in_its_place, "n’est pas un dossier"),
    (a_file_as_folder, "existe déjà"),
    (no_such_disk, "n’existe pas"),
]


@pytest.mark.parametrize(("spoil", "why"), UNUSABLE, ids=[spoil.__name__ for spoil, _ in UNUSABLE])
def test_a_cache_that_cannot_be_used(
    livret: Path, run: Run, tmp_path: Path, spoil: Callable[[Path, Path], dict[str, str]], why: str
) -> None:
    good = run("guichet", "papier", env={"FS_TRIAGE_REGLES": str(livret)})
    asked = {"FS_TRIAGE_REGLES": str(livret), **spoil(tmp_path, livret)}
    ended = run("guichet", "papier", env=asked, home=tmp_path)
    assert (ended.returncode, ended.stdout) == (0, good.stdout)
    assert ended.stderr == NOT_KEPT.format(why)


def test_no_home_at_all(livret: Path, run: Run) -> None:
    good = run("guichet", "papier", env={"FS_TRIAGE_REGLES": str(livret)})
    ended = run("guichet", "papier", env={"FS_TRIAGE_REGLES": str(livret), "HOME": ""})
    assert (ended.returncode, ended.stdout) == (0, good.stdout)
    note = "Note : pas de dossier personnel où garder le livret préparé ; réponse lente mais juste."
    assert ended.stderr == typeset_french(note) + "\n"


def test_a_full_disk(livret: Path, run: Run, tmp_path: Path) -> None:
    good = run("guichet", "papier", env={"FS_TRIAGE_REGLES": str(livret)})

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    ended = run(
        "guichet", "papier", env={"FS_TRIAGE_REGLES": str(livret)}, home=tmp_path, preexec_fn=small_files
    )
    assert (ended.returncode, ended.stdout) == (0, good.stdout)
    assert ended.stderr == NOT_KEPT.format("fichier trop gros")
    assert list((tmp_path / ".cache" / "fs-triage").iterdir()) == []


BUILDER = """
import sys
from fs_triage import livret, rebuild
folder, rounds = sys.argv[1], int(sys.argv[2])
sys.stdout.write("prêt\\n")
sys.stdout.flush()
for _ in range(rounds):
    notices = []
    rebuild._build_from_rules(folder, None, livret.find_cache(folder), notices)
    assert notices == [], notices
    livret.open_livret(folder).model
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
        assert answer(livret) == (truth, [])
        reads += 1
    assert [process.communicate()[0] and process.returncode for process in builders] == [0, 0]
    assert reads > 10
    assert answer(livret) == (truth, [])
    assert {path.suffix for path in kept.iterdir()} == {INDEX, MODEL, TEXTS}


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
        for path in kept.glob("*.index"):
            CheckedFile(KIND, content=path.read_bytes()).load()
    assert answer(livret) == (truth, [])


NTH = """
import errno, json, os, sys
folder, cache, persistent, code = sys.argv[1], sys.argv[2], sys.argv[3] == "True", int(sys.argv[4])
from fs_triage import livret, rebuild
from fs_triage.contract import Failure
from fs_triage.index import build, lookup
from fs_triage.checks import verify
from fs_triage.rules import load
from fs_triage.search import rank, train
import pathlib, hashlib
FILES = ("open", "os.mkdir", "os.rename", "os.remove", "os.listdir", "os.scandir", "os.chmod")
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
real_stat, real_fsync, real_read = os.stat, os.fsync, os.read
def stat(path, *a, **k):
    if not isinstance(path, int):
        fails(os.fsdecode(path))
    return real_stat(path, *a, **k)
def fsync(handle):
    fails(cache)
    return real_fsync(handle)
def read(handle, size):
    if code == errno.EIO:  # a disk that is full can be read
        fails(cache)
    return real_read(handle, size)
os.stat, os.fsync, os.read = stat, fsync, read
livret.open_livret(folder).model
kept = os.path.join(cache, "fs-triage")
whole = {name: open(os.path.join(kept, name), "rb").read() for name in os.listdir(kept)}
def answer(opened):
    found = lookup.look_up(opened, ["guichet", "papier"])
    hits = [hit.position for hit in rank.find_conclusions(opened.model, "un papier").hits]
    return [[opened.get_conclusion_text(position) for position in found.positions], opened.notices, hits]
results = []
for prepared in ("absent", "whole", "damaged", "old"):
    target = 0
    while True:
        armed = False
        for name in os.listdir(kept) if os.path.isdir(kept) else ():
            os.unlink(os.path.join(kept, name))
        for name, content in whole.items() if prepared != "absent" else ():
            with open(os.path.join(kept, name), "wb") as stream:
                stream.write(content[:9000] if prepared == "damaged" else content)
            os.chmod(os.path.join(kept, name), 0o600)
        if prepared == "old":
            with open(f"{folder}/livret.yaml", "ab") as stream:  # grows, so that every time is another change
                stream.write(b"# x\\n")
        target, seen, armed = target + 1, 0, True
        try:
            said = livret.answer_from(folder, answer)
        except Failure as failure:
            said = [failure.code, [failure.message], []]
        armed = False
        left = [name for name in os.listdir(kept) if name.endswith(".tmp")] if os.path.isdir(kept) else []
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
