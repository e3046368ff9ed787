"""What every test uses: the program run as its users run it, with folders of its own."""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import bad_livrets
import chromium
import postgres
import pytest
import yaml

from fs_triage.author import verifier
from fs_triage.checks import registry, verify

if TYPE_CHECKING:
    from fs_triage.livret import OpenLivret
    from fs_triage.rules.load import Livret

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "rules"
JURA = RULES / "jura"
SOCLE = RULES / "socle"
"""What all départements share: a whole livret, which inherits from none."""
GOOD = bad_livrets.GOOD
"""The livret that each bad one differs from by one mistake."""
LONG_AGO = 1_600_000_000  # seconds since 1970

BOOKLET = """\
id: petit
titre: {title}
département: 99 Petit
source: Livret d'essai
partenaires: [guichet]
"""
PARTNER = """\
id: guichet
libellé: {label}
nom: {name}
pour: {about}
mots: [{keyword}]
pages: [1]
si ça bloque: blocage
ne pas renseigner: [{do_not}]
attention: [{warning}]
contacts:
  accueil:
    téléphone: "3949"
    libellé: {contact}
    public: usager
    portée: national
    note: {note}
    doute: {doubt}
question: {question}
réponses:
  - id: papier
    libellé: {answer}
    aide: {help}
    étapes: [{step}]
  - id: blocage
    libellé: Rien ne va plus
    contacter: [{{contact: accueil, quand: {when}}}]
"""
NEEDS = """\
papier: [un papier]
blocage: [rien ne va plus]
"""

PORTABLE = {
    "acceptance/test_scale.py",
    "contract/test_french.py",
    "contract/test_json.py",
    "contract/test_lookups.py",
    "contract/test_two_ways_in.py",
    "unit/author/test_comparer.py",
    "unit/author/test_schema.py",
    "unit/desk/test_walk.py",
    "unit/search/test_features.py",
}
"""The test files that run on Windows itself; the others need a thing of POSIX, or look for its paths."""

if os.name == "nt":
    _here = Path(__file__).parent
    collect_ignore_glob = [
        str(path) for path in _here.rglob("test_*.py") if path.relative_to(_here).as_posix() not in PORTABLE
    ]

    def pytest_report_header() -> str:
        """Say what is left out."""
        return "the tests that need no Linux; the others try Windows from there (docs/windows.md)"


def pytest_xdist_auto_num_workers() -> int:
    """Return how many processes share the tests: those that drive a terminal mostly wait."""
    return (os.cpu_count() or 2) * 3 // 2


def pytest_collection_finish() -> None:
    """Keep the garbage collector off the tests themselves: it would go through them again and again, for nothing."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def write_livret(folder: Path, text: str = "") -> Path:
    """Write a livret of one partner and two démarches in `folder`; each of its texts ends with `text`."""
    places = re.findall(r"(?<!{){(\w+)}", BOOKLET + PARTNER)
    texts = {place: json.dumps(f"{place} {text}".strip(), ensure_ascii=False) for place in places}
    write_files(
        folder,
        {
            "livret.yaml": BOOKLET.format(**texts),
            "partenaires/guichet.yaml": PARTNER.format(**texts),
            "besoins/guichet.yaml": NEEDS,
        },
    )
    shutil.copytree(GOOD / "mots", folder / "mots", dirs_exist_ok=True)
    return folder


def make_old(folder: Path, moment: int = LONG_AGO) -> Path:
    """Give all below `folder` the time `moment`, old enough to tell whether a file has changed; return it."""
    for path in folder.rglob("*"):
        os.utime(path, (moment, moment))
    return folder


def write_files(folder: Path, texts: Mapping[str, str]) -> None:
    """Write each of the `texts` in the file of its name below `folder`."""
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def edit(path: Path, *changes: tuple[str, str]) -> None:
    """Replace in the file at `path` the first `before` of each pair by its `after`; it must be there."""
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    path.write_text(text, encoding="utf-8")


ALL_CHECKS = {code: registry.CHECKS[code] for code in verify.collect_pages() if code in registry.CHECKS}
SEARCHING_CHECKS = ("example-missed", "example-elsewhere")
"""Those that take long, and have tests of their own."""


def leave_out_checks(monkeypatch: pytest.MonkeyPatch, *codes: str) -> None:
    """Verify without the checks of `codes`."""
    checks = {code: one for code, one in ALL_CHECKS.items() if code not in codes}
    monkeypatch.setattr(registry, "CHECKS", checks)


def find_problem_lines(folder: Path) -> list[str]:
    """Return what `verifier` says of the livret in `folder`, each line without the name « bon » of it."""
    return [str(problem).removeprefix("bon/") for problem in verifier.verify_livret(folder).problems]


def open_compiled(livret: Livret) -> OpenLivret:
    """Return the compiled livret of `livret`, in memory."""
    from fs_triage import rebuild
    from fs_triage.livret import open_built

    return open_built(rebuild.compile_livret(livret), None, [])


Run = Callable[..., subprocess.CompletedProcess[str]]
Call = Callable[..., tuple[int, str, str]]


def clean_environment(home: Path, **more: str) -> dict[str, str]:
    """Return an environment with nothing of the machine's but the path, and `home` as the home folder."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "VIRTUAL_ENV") if name in os.environ}
    return {**kept, "HOME": str(home), "LANG": "C.UTF-8", **more}


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder that the tests of one process share, so that the livret is compiled once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def run(home: Path) -> Run:
    """Run `fs-triage` in a pipe: `run("caf", "rsa", input="", env={...}, home=...)`."""

    def call(
        *arguments: str,
        input: str = "",
        env: Mapping[str, str] | None = None,
        home: Path = home,
        **options: object,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "fs_triage", *arguments],
            input=input,
            capture_output=True,
            encoding="utf-8",
            env=clean_environment(home, **(env or {})),
            timeout=60,
            **options,  # type: ignore[call-overload]
        )

    return call


@pytest.fixture(scope="module")
def browser() -> Iterator[chromium.Check]:
    """Check a page in a real browser."""
    with chromium.open_browser() as check:
        yield check


@pytest.fixture(scope="session")
def database_server() -> Iterator[postgres.Server]:
    """A PostgreSQL of the tests' own, on the loopback."""
    with postgres.start_server() as server:
        yield server


@pytest.fixture(scope="session")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep Windows up meanwhile; returns a profile there, whose livret is compiled once."""
    import wine

    if why := wine.missing():
        assert os.environ.get("CI") != "true", f"{why}; CI prepares it"
        pytest.skip(why)
    with wine.open_session():
        yield tmp_path_factory.mktemp("Zoé et fils")


@pytest.fixture
def call(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Run `fs-triage` in this process, without a terminal: `code, out, err = call("caf", "rsa")`."""
    from fs_triage import __main__

    for name, value in clean_environment(home).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("FS_TRIAGE_REGLES", raising=False)

    def run_here(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["fs-triage", *arguments])
        code = __main__.main()
        return (code, *capsys.readouterr())

    yield run_here


@pytest.fixture(scope="session")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the good livret and, under its code, each bad one."""
    parent = tmp_path_factory.mktemp("bad")
    for code in bad_livrets.list_codes():
        bad_livrets.read_example(code).write(parent)
    return parent


@pytest.fixture(scope="session")
def light_rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our rules with one sentence of visitors a démarche or topic: reading ten thousand takes most of the time."""
    folder = tmp_path_factory.mktemp("light") / "rules"
    shutil.copytree(RULES, folder)
    for path in folder.glob("*/besoins/*.yaml"):
        told = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        if path.name == "hors-livret.yaml":
            topics = [topic for topic in told["hors livret"] if isinstance(topic, dict)]
            told = {"hors livret": [{**topic, "besoins": topic["besoins"][:1]} for topic in topics]}
        else:
            told = {node: needs[:1] for node, needs in told.items()}
        lines = [f"{key}: {json.dumps(said, ensure_ascii=False)}\n" for key, said in told.items()]
        path.write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The good livret, in the current folder under the name « bon »."""
    shutil.copytree(GOOD, tmp_path / "bon")
    monkeypatch.chdir(tmp_path)
    leave_out_checks(monkeypatch, *SEARCHING_CHECKS)
    return Path("bon")
