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
from conftest import LONG_AGO, RULES, Run, edit, make_old, write_livret

from fs_triage import PACKAGE, livret_choice, rebuild
from fs_triage.contract import Failure
from fs_triage.index import freshness
from fs_triage.index.freshness import FileState
from fs_triage.livret import open_livret
from fs_triage.rules import load
from fs_triage.search import rank, train
from fs_triage.search.training_set import TrainingSet
from fs_triage.text.typography import typeset_french

DATE = re.compile(r"\d{1,2} [a-zûé]+ \d{4} à \d\d:\d\d")
ELSEWHERE = "hors livret: [permis de chasse]\nvagues: []\n"


@pytest.fixture
def livret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A livret whose files are old enough for their times to say whether they changed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return make_old(write_livret(tmp_path / "regles" / "petit"))


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A list that grows by a folder with each time that rules are parsed."""
    folders: list[Path] = []
    real = load.load_livret

    def watched(folder: Path, *patience: float) -> load.LoadResult:
        folders.append(folder)
        return real(folder, *patience)

    monkeypatch.setattr(load, "load_livret", watched)
    return folders


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows with each rule file whose content is read to be compared."""
    paths: list[str] = []
    real = rebuild._read_source

    def watched(path: str) -> FileState:
        paths.append(path)
        return real(path)

    monkeypatch.setattr(rebuild, "_read_source", watched)
    return paths


def opened(folder: Path) -> tuple[str, list[str]]:
    """Return the title of the livret at `folder`, as served, and what is said beside it."""
    livret = open_livret(str(folder))
    return livret.meta.title, livret.notices


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
    states = {path: path.stat() for path in livret.rglob("*.yaml")}
    contents = {path: path.read_bytes() for path in livret.rglob("*.yaml")}
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
    sources = [source.path for source in open_livret(str(livret)).list_sources()]
    assert len(loads) == 1
    assert reads == sources
    assert {
        str(livret / name) for name in ("livret.yaml", "partenaires/guichet.yaml", "besoins/hors-livret.yaml")
    } <= set(sources)


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
    make_old(livret, LONG_AGO - 1)
    for _ in range(3):
        assert opened(livret) == ("title changé", [])
    assert len(loads) == 2


def test_a_file_that_comes_is_noticed(livret: Path, loads: list[Path]) -> None:
    opened(livret)
    (livret / "besoins/hors-livret.yaml").write_text(ELSEWHERE, encoding="utf-8")
    opened(livret)
    assert len(loads) == 2


def spoil_missing(livret: Path) -> None:
    (livret / "partenaires/guichet.yaml").rename(livret / "guichet.bak")


def spoil_syntax(livret: Path) -> None:
    path = livret / "partenaires/guichet.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "réponses: [", encoding="utf-8")


def spoil_target(livret: Path) -> None:
    path = livret / "partenaires/guichet.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("si ça bloque: blocage", "si ça bloque: nulle-part"),
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
    make_old(livret)
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
    """Let `fail` come before each reading of a file of these names, but of those that come with the program."""
    real = Path.open

    def watched(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        is_own = path.as_posix().endswith(tuple(names.split())) and not path.is_relative_to(RULES)
        if is_own and "r" in mode:
            fail()
        return real(path, mode, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "open", watched)
        yield


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO])
@pytest.mark.parametrize(
    "name", ["livret.yaml", "partenaires/guichet.yaml", "besoins/hors-livret.yaml", "mots/synonymes.yaml"]
)
def test_a_reading_that_failed_is_tried_again(livret: Path, name: str, code: int) -> None:
    opened(livret)
    write_livret(livret, "changé")
    (livret / "besoins/hors-livret.yaml").write_text(ELSEWHERE, encoding="utf-8")
    make_old(livret, LONG_AGO + 400)

    def fail() -> None:
        raise OSError(code, os.strerror(code))

    with failing(name, fail):
        for _ in range(2):
            title, [notice] = opened(livret)
            assert title == "title"
            assert f"{livret}/{name}:0" in notice and "autres" not in notice
            assert ("accès refusé" if code == errno.EACCES else "erreur du disque") in notice
    assert opened(livret) == ("title changé", [])
    found = rank.find_conclusions(open_livret(str(livret)).model, "permis de chasse")
    assert found.verdict == rank.OUT_OF_SCOPE


def test_a_status_that_failed_is_asked_again(livret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(livret)
    write_livret(livret, "changé")
    make_old(livret, LONG_AGO + 400)
    real = os.stat

    def failing_stat(path: Any, *arguments: Any, **options: Any) -> os.stat_result:
        if str(path).endswith("partenaires/guichet.yaml"):
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

    with failing("partenaires/guichet.yaml mots/synonymes.yaml", hang):
        title, notices = opened(livret)
    stop.set()
    assert (title, len(asked)) == ("title", 1), "one file is waited for"
    problem = f"les règles ont un problème ({livret}/besoins/guichet.yaml:0 : le disque ne répond pas"
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
    path = livret / "partenaires/guichet.yaml"
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


def test_the_files_of_the_program_are_those_that_an_index_comes_of() -> None:
    """A test of the house holds that no room below imports from those above, which are left out."""
    named = {Path(state.path).relative_to(PACKAGE).as_posix() for state in rebuild._list_program_files()}
    assert {"rebuild.py", "contract.py", "render/conclusion.py", "rules/load.py", "search/train.py"} <= named
    above = {"__main__.py", "livret.py", "cli/quick.py", "desk/session.py", "author/verifier.py"}
    assert all((Path(PACKAGE) / name).is_file() for name in above)
    assert not above & named


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


def test_another_program_does_not_serve_its_livret(
    livret: Path, monkeypatch: pytest.MonkeyPatch, loads: list[Path]
) -> None:
    opened(livret)
    monkeypatch.setattr(rebuild, "_identify_program", lambda: "another")
    spoil_syntax(livret)
    with pytest.raises(Failure):
        opened(livret)


def test_a_program_file_that_changed_is_seen(
    livret: Path, monkeypatch: pytest.MonkeyPatch, loads: list[Path], tmp_path: Path
) -> None:
    """In a checkout; an installed program is known by its version and its installation."""
    package = tmp_path / "programme" / "fs_triage"
    (package / "sous").mkdir(parents=True)
    other = package / "sous" / "module.py"
    monkeypatch.setattr(rebuild, "PACKAGE", str(package))
    other.write_text("1", encoding="utf-8")
    for size, expected in ((1, 1), (1, 1), (2, 2)):
        other.write_text("1" * size, encoding="utf-8")
        make_old(other.parent)
        rebuild._list_program_files.cache_clear()
        opened(livret)
        opened(livret)
        assert len(loads) == expected
    (package / "livrets").mkdir()
    shutil.rmtree(tmp_path / "cache")
    for version, expected in (("1", 3), ("1", 3), ("2", 4)):
        monkeypatch.setattr(freshness, "__version__", version)
        rebuild._list_program_files.cache_clear()
        opened(livret)
        assert len(loads) == expected
    rebuild._list_program_files.cache_clear()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="les dossiers de Linux")
def test_an_index_is_the_users_alone(livret: Path, tmp_path: Path) -> None:
    opened(livret)
    for path in (tmp_path / "cache" / "fs-triage").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_what_is_of_no_use_is_swept(livret: Path, tmp_path: Path) -> None:
    opened(livret)
    before = {*(tmp_path / "cache" / "fs-triage").iterdir()}
    write_livret(livret, "changé")
    opened(livret)
    after = {*(tmp_path / "cache" / "fs-triage").iterdir()}
    assert sorted(path.suffix for path in after) == [".index", ".texts"]
    assert not before & after


def test_a_search_is_trained_when_its_texts_have_changed(
    livret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another change costs no training, and changes no weight."""
    trained: list[TrainingSet] = []
    real = train.train

    def watched(training_set: TrainingSet) -> bytes:
        trained.append(training_set)
        return real(training_set)

    def model() -> bytes:
        assert open_livret(str(livret)).model
        [path] = (tmp_path / "cache" / "fs-triage").glob("*.model")
        return path.read_bytes()

    monkeypatch.setattr(train, "train", watched)
    before = model()
    path = livret / "partenaires/guichet.yaml"
    edit(path, ('"3949"', '"3950"'))
    assert (model(), len(trained)) == (before, 1)
    edit(livret / "besoins/guichet.yaml", ("[un papier]", "[une attestation]"))
    changed = model()
    assert (changed != before, len(trained)) == (True, 2)
    shutil.rmtree(tmp_path / "cache")
    assert model() == changed, "as if it had never known another livret"
