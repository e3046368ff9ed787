"""When the livret is compiled anew, and what is served when that cannot be done."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import resource
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import JURA, Call, Run, write_livret

from fs_triage import livret_choice, rebuild
from fs_triage.contract import Failure
from fs_triage.files import folders
from fs_triage.index import reader
from fs_triage.index.reader import Source, open_store
from fs_triage.rules import load
from fs_triage.rules.kept import ParseCache
from fs_triage.search import train
from fs_triage.text.typography import typeset_french

LONG_AGO = 1_600_000_000
DATE = re.compile(r"\d{1,2} [a-zûé]+ \d{4} à \d\d:\d\d")
ELSEWHERE = "out_of_scope: [permis de chasse]\nvague: []\n"


@pytest.fixture
def livret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A livret whose files are old enough for their times to say whether they changed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return aged(write_livret(tmp_path / "regles" / "petit"))


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A list that grows by a folder with each time that rules are parsed."""
    folders: list[Path] = []
    real = load.load_livret

    def watched(folder: Path, *kept: ParseCache) -> load.LoadResult:
        folders.append(folder)
        return real(folder, *kept)

    monkeypatch.setattr(load, "load_livret", watched)
    return folders


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows with each rule file whose content is read to be compared."""
    paths: list[str] = []
    real = rebuild._as_it_is

    def watched(path: str) -> tuple[Source, str]:
        paths.append(path)
        return real(path)

    monkeypatch.setattr(rebuild, "_as_it_is", watched)
    return paths


def aged(folder: Path, age: int = LONG_AGO) -> Path:
    for path in folder.iterdir():
        os.utime(path, (age, age))
    return folder


def opened(folder: Path) -> tuple[str, list[str]]:
    """Return the title of the livret at `folder`, as served, and what is said beside it."""
    reader = open_store(str(folder))
    return reader.need("meta:title"), reader.notices


def dated(notices: list[str]) -> list[str]:
    assert all(DATE.search(notice) for notice in notices)
    return [DATE.sub("DATE", notice) for notice in notices]


def test_nothing_is_parsed_when_nothing_changed(livret: Path, loads: list[Path], reads: list[str]) -> None:
    for _ in range(3):
        assert opened(livret) == ("title", [])
    assert (len(loads), reads) == (1, [])


def test_a_change_is_seen(livret: Path, loads: list[Path]) -> None:
    opened(livret)
    write_livret(livret, "changé")
    assert opened(livret) == ("title changé", [])
    assert len(loads) == 2


def test_a_change_that_leaves_size_and_time_is_seen_soon_after_a_reading(livret: Path) -> None:
    write_livret(livret, "un")
    assert opened(livret)[0] == "title un"
    states = {path: path.stat() for path in livret.iterdir()}
    contents = {path: path.read_bytes() for path in livret.iterdir()}
    for path, status in states.items():
        with path.open("r+b") as stream:  # the same file, as editors that write in place leave it
            stream.write(contents[path].replace(b"title un", b"title nu"))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert (path.stat().st_size, path.stat().st_ino) == (status.st_size, status.st_ino)
    assert opened(livret)[0] == "title nu"


def test_a_file_put_back_as_it_was_is_not_parsed(livret: Path, loads: list[Path], reads: list[str]) -> None:
    opened(livret)
    copy = shutil.copytree(livret, livret.parent / "copie")
    shutil.rmtree(livret)
    copy.rename(livret)
    assert opened(livret) == ("title", [])
    sources = [path for path, *_ in open_store(str(livret)).sources()]
    assert len(loads) == 1
    assert reads == sources
    assert {str(livret / name) for name in ("livret.yaml", "guichet.yaml", "hors-livret.yaml")} <= set(
        sources
    )


@pytest.mark.parametrize("year", [0, 4_070_908_800], ids=["1970", "2099"])
def test_a_clock_that_is_wrong_costs_one_reading(
    livret: Path, monkeypatch: pytest.MonkeyPatch, loads: list[Path], reads: list[str], year: int
) -> None:
    clock = [year * 1_000_000_000 + 1]
    monkeypatch.setattr(time, "time_ns", lambda: clock[0])
    read = []
    for _ in range(4):
        assert opened(livret) == ("title", [])
        clock[0] += 60_000_000_000
        read.append(len(reads))
    assert len(loads) == 1
    assert read[1] == read[3]


def test_a_clock_that_goes_back(livret: Path, monkeypatch: pytest.MonkeyPatch, loads: list[Path]) -> None:
    clock = [time.time_ns()]
    monkeypatch.setattr(time, "time_ns", lambda: clock[0])
    opened(livret)
    clock[0] -= 86_400_000_000_000
    write_livret(livret, "changé")
    aged(livret, LONG_AGO - 1)
    for _ in range(3):
        assert opened(livret) == ("title changé", [])
    assert len(loads) == 2


def test_a_file_that_comes_is_noticed(livret: Path, loads: list[Path]) -> None:
    opened(livret)
    (livret / "hors-livret.yaml").write_text(ELSEWHERE, encoding="utf-8")
    opened(livret)
    assert len(loads) == 2


def spoil_missing(livret: Path) -> None:
    (livret / "guichet.yaml").rename(livret / "guichet.bak")


def spoil_syntax(livret: Path) -> None:
    path = livret / "guichet.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "answers: [", encoding="utf-8")


def spoil_target(livret: Path) -> None:
    path = livret / "guichet.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("if_blocked: blocage", "if_blocked: nulle-part"),
        encoding="utf-8",
    )


def spoil_text(livret: Path) -> None:
    (livret / "livret.yaml").write_bytes(b"\xff\xfe")


SPOILS = [spoil_missing, spoil_syntax, spoil_target, spoil_text]


@pytest.mark.parametrize("spoil", SPOILS)
def test_broken_rules_leave_the_last_good_livret(
    livret: Path, loads: list[Path], spoil: Callable[[Path], None]
) -> None:
    title = opened(livret)[0]
    backup = shutil.copytree(livret, livret.parent / "copie")
    spoil(livret)
    aged(livret)
    first = opened(livret)
    assert first[0] == title
    [said] = dated(first[1])
    assert said.startswith(typeset_french(f"Attention : les règles ont un problème ({livret}/"))
    assert said.endswith(
        typeset_french(f" ; livret tel qu’il était le DATE. Voyez « fs-triage verifier {livret} ».")
    )
    parsed = len(loads)
    assert opened(livret) == first, "and again, without parsing"
    assert len(loads) == parsed
    shutil.rmtree(livret)
    backup.rename(livret)
    assert opened(livret) == (title, [])


@pytest.mark.parametrize("spoil", SPOILS)
def test_broken_rules_without_a_good_livret(livret: Path, spoil: Callable[[Path], None]) -> None:
    spoil(livret)
    with pytest.raises(Failure) as caught:
        opened(livret)
    assert caught.value.code == 3
    plain = caught.value.message.replace("\u00a0", " ")
    assert plain.startswith(f"Les règles ne peuvent pas servir ({livret}/")
    assert plain.endswith(f" ; voyez « fs-triage verifier {livret} ».")


@contextlib.contextmanager
def failing(names: str, fail: Callable[[], object]) -> Iterator[None]:
    """Let `fail` come before each reading of a file of these names."""
    real = Path.open

    def watched(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if path.name in names.split() and "r" in mode:
            fail()
        return real(path, mode, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "open", watched)
        yield


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO])
@pytest.mark.parametrize("name", ["livret.yaml", "guichet.yaml", "hors-livret.yaml", "synonymes.yaml"])
def test_a_reading_that_failed_is_tried_again(livret: Path, name: str, code: int) -> None:
    opened(livret)
    write_livret(livret, "changé")
    (livret / "hors-livret.yaml").write_text(ELSEWHERE, encoding="utf-8")
    aged(livret, LONG_AGO + 400)

    def fail() -> None:
        raise OSError(code, os.strerror(code))

    with failing(name, fail):
        for _ in range(2):
            title, [notice] = opened(livret)
            assert title == "title"
            assert f"{livret}/{name}:0" in notice and "autres" not in notice
            assert ("accès refusé" if code == errno.EACCES else "erreur du disque") in notice
    assert opened(livret) == ("title changé", [])
    assert "chasse" in str(dict(open_store(str(livret)).entries()))


def test_a_status_that_failed_is_asked_again(livret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(livret)
    write_livret(livret, "changé")
    aged(livret, LONG_AGO + 400)
    real = os.stat

    def failing_stat(path: Any, *arguments: Any, **options: Any) -> os.stat_result:
        if str(path).endswith("guichet.yaml"):
            raise OSError(errno.EIO, "")
        return real(path, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", failing_stat)
        assert opened(livret)[0] == "title"
    assert opened(livret) == ("title changé", [])


@pytest.mark.parametrize("broken", [False, True])
def test_a_share_that_hangs_in_a_reading(livret: Path, broken: bool) -> None:
    opened(livret)
    if broken:
        (livret / "livret.yaml").write_text("id: [", encoding="utf-8")
        opened(livret)
    write_livret(livret, "changé")
    stop = threading.Event()
    asked: list[str] = []

    def hang() -> None:
        asked.append("a file")
        stop.wait()

    with failing("guichet.yaml synonymes.yaml", hang):
        title, notices = opened(livret)
    stop.set()
    assert (title, len(asked)) == ("title", 1), "one file is waited for"
    problem = f"les règles ont un problème ({livret}/guichet.yaml:0 : le disque ne répond pas"
    away = "le dossier des règles ne répond pas ; livret tel qu’il était le DATE."
    [notice] = dated(notices)
    assert notice.startswith(typeset_french(f"Attention : {problem if broken else away}"))
    assert opened(livret) == ("title changé", [])


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def an_endless_file(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_huge_file(path: Path) -> None:
    path.touch()
    os.truncate(path, 3 << 30)


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path)


UNREADABLE = [
    (a_pipe, "ce n’est pas un fichier ordinaire"),
    (an_endless_file, "ce n’est pas un fichier ordinaire"),
    (a_huge_file, "fichier de plus de 1048576 octets"),
    (a_link_to_itself, "lien symbolique sans fin"),
]


@pytest.mark.parametrize(("spoil", "why"), UNREADABLE, ids=[spoil.__name__ for spoil, _ in UNREADABLE])
def test_what_is_no_file_of_rules_is_not_read(
    livret: Path, run: Run, tmp_path: Path, spoil: Callable[[Path], None], why: str
) -> None:
    def little_memory() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))

    asked = {"FS_TRIAGE_REGLES": str(livret), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    before = run("guichet", "papier", env=asked)
    assert (before.returncode, before.stderr) == (0, "")
    path = livret / "guichet.yaml"
    text = path.read_text(encoding="utf-8")
    path.unlink()
    spoil(path)
    said = (
        f"Attention : les règles ont un problème ({path}:0 : {why}) ; livret tel qu’il était le DATE. "
        f"Voyez « fs-triage verifier {livret} »."
    )
    for _ in range(2):
        answer = run("guichet", "papier", env=asked, preexec_fn=little_memory)
        assert (answer.returncode, answer.stdout) == (0, before.stdout)
        assert dated(answer.stderr.splitlines()) == [typeset_french(said)]
    path.unlink()
    path.write_text(text, encoding="utf-8")
    after = run("guichet", "papier", env=asked)
    assert (after.returncode, after.stdout, after.stderr) == (0, before.stdout, "")


A_SCREEN = 4000  # characters: more than a démarche has, a fraction of what a partner's texts have
QUICK = [
    "caf rsa",
    "fiche caf/rsa/demande --json",
    "liste",
    "liste msa --json",
    "contacts caf --json",
]


@pytest.mark.parametrize("learnt", [False, True])
def test_a_quick_answer_reads_nothing_long(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learnt: bool
) -> None:
    folder = aged(Path(shutil.copytree(JURA, tmp_path / "jura")))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    opened = open_store(str(folder))
    if learnt:
        opened.learn()
    lengths = [len(value) for _, value in opened.entries()]
    assert max(lengths) > 100 * A_SCREEN, "there is something long to stumble over"
    opened.close()
    read: list[int] = []
    real = reader._checked

    def watched(row: tuple[object, ...] | None) -> tuple[str, str, str]:
        found = real(row)
        read.append(len(found[1]))
        return found

    monkeypatch.setattr(reader, "_checked", watched)
    for arguments in QUICK:
        code, out, _ = call(*arguments.split(), "--regles", str(folder))
        assert code == 0 and out, arguments
        assert len(read) > 50 and max(read) < A_SCREEN, arguments
        del read[:]


def test_rules_that_are_gone(livret: Path, loads: list[Path]) -> None:
    opened(livret)
    gone = typeset_french(
        "Attention : le dossier des règles est introuvable ; livret tel qu’il était le DATE."
    )
    livret.rename(livret.parent / "ailleurs")
    for _ in range(2):
        title, notices = opened(livret)
        assert (title, dated(notices)) == ("title", [gone])
    livret.mkdir()  # where a share is mounted, without the share
    title, notices = opened(livret)
    assert (title, dated(notices)) == ("title", [gone])
    livret.rmdir()
    (livret.parent / "ailleurs").rename(livret)
    assert opened(livret) == ("title", [])
    assert len(loads) == 1


def test_a_folder_of_livrets_that_is_gone(livret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = livret.parent
    assert livret_choice.find_livret_folder(str(root)) == str(livret)
    opened(livret)
    root.rename(root.parent / "ailleurs")
    assert livret_choice.find_livret_folder(str(root)) == str(livret)
    assert livret_choice.find_livret_folder(str(root), "petit") == str(livret)
    assert livret_choice.find_livret_folder(str(livret)) == str(livret)
    for asked in ((str(root), "autre"), (str(root.parent / "jamais"), None)):
        with pytest.raises(Failure) as caught:
            livret_choice.find_livret_folder(*asked)
        assert caught.value.code == 3
        assert caught.value.message == typeset_french(
            f"Le dossier de règles « {asked[0]} » n’existe pas ; vérifiez son nom."
        )


def test_another_program_does_not_serve_its_livret(
    livret: Path, monkeypatch: pytest.MonkeyPatch, loads: list[Path]
) -> None:
    opened(livret)
    monkeypatch.setattr(rebuild, "_program", lambda: "another")
    spoil_syntax(livret)
    with pytest.raises(Failure):
        opened(livret)


def test_the_modules_of_every_package_are_files_of_the_program() -> None:
    named = {Path(name).relative_to(folders.PACKAGE).as_posix() for name in rebuild._program_files()}
    assert {"index.py", "render/conclusion.py"} <= named


def test_a_program_file_that_changed_is_seen(
    livret: Path, monkeypatch: pytest.MonkeyPatch, loads: list[Path], tmp_path: Path
) -> None:
    other = tmp_path / "programme.py"
    other.write_text("1")
    monkeypatch.setattr(rebuild, "_program_files", lambda: [str(other)])
    opened(livret)
    opened(livret)
    assert len(loads) == 1
    other.write_text("22")
    opened(livret)
    assert len(loads) == 2


HANGS = """
import os, time
real = os.stat
def stat(path, *arguments, **options):
    if {where!r} in os.fsdecode(path) if not isinstance(path, int) else False:
        time.sleep(3600)
    return real(path, *arguments, **options)
os.stat = stat
"""


def test_a_share_that_hangs(livret: Path, run: Run, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(HANGS.format(where=str(livret)))
    asked = {"FS_TRIAGE_REGLES": str(livret.parent), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    before = run("guichet", "papier", env=asked)
    assert (before.returncode, before.stderr) == (0, "")
    path = os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])])
    hanging = run("guichet", "papier", env={**asked, "PYTHONPATH": path})
    assert (hanging.returncode, hanging.stdout) == (0, before.stdout)
    assert dated(hanging.stderr.splitlines()) == [
        typeset_french("Attention : le dossier des règles ne répond pas ; livret tel qu’il était le DATE.")
    ]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="les dossiers de Linux")
def test_an_index_is_the_users_alone(livret: Path, tmp_path: Path) -> None:
    opened(livret)
    [kept] = (tmp_path / "cache" / "fs-triage").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_what_a_killed_build_left_is_swept(livret: Path, tmp_path: Path) -> None:
    opened(livret)
    [kept] = (tmp_path / "cache" / "fs-triage").iterdir()
    old, new, other = (kept.with_name(name) for name in (f"{kept.stem}.1.tmp", f"{kept.stem}.2.tmp", "x.tmp"))
    for path in (old, new, other):
        path.write_bytes(b"")
    for path in (old, other):
        os.utime(path, (LONG_AGO, LONG_AGO))
    write_livret(livret, "changé")
    opened(livret)
    assert sorted(kept.parent.iterdir()) == sorted([kept, new, other])


def test_what_a_search_knows_follows_the_rules(livret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of what is learnt from is learnt; another one costs no learning, and changes no weight."""
    learnt: list[int] = []
    real = train._extract_features

    def watched(texts: dict[int, list[str]], *others: Any) -> Any:
        learnt.append(sum(len(of) for of in texts.values()))
        return real(texts, *others)

    def found() -> list[str]:
        reader = open_store(str(livret))
        reader.learn()
        return [key for key, _ in reader.entries("find:", "find;")] + reader.all("find")

    monkeypatch.setattr(train, "_extract_features", watched)
    before = found()
    path = livret / "guichet.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"3949"', '"3950"'), encoding="utf-8")
    assert found() == before
    assert learnt[0] > 0
    assert learnt[1:] == []
    path.write_text(text.replace("[un papier]", "[une attestation]"), encoding="utf-8")
    changed = found()
    assert learnt[1] > 0
    assert changed != before
    shutil.rmtree(str(folders.find_cache_folder()))
    assert found() == changed, "as if it had never known another livret"
