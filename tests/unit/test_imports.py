"""What a start costs, held without a clock: the modules that each kind of start imports are these and no others."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest
from conftest import clean_environment

OWN = {
    *("fs_triage", "__main__", "contract", "livret", "livret_choice", "output"),
    *("cli", "cli.commands", "cli.quick"),
    *("files", "files.checked_file", "files.folders", "files.livret_cache"),
    *("index", "index.freshness", "index.lookup", "index.reader", "text", "text.fold"),
}
SEARCH = {
    "cli.chercher",
    *("understanding", "understanding.names", "understanding.result", "understanding.understand"),
    *("search", "search.features", "search.model", "search.phonetics", "search.rank", "search.sentence"),
}
SITUATION = OWN | {"cli.situation", "cli.json_answers", "index.situations"}
WIZARD = {
    *("delivery", "delivery.daily_look"),
    *(
        "desk",
        "desk.choice_list",
        "desk.console",
        "desk.find",
        "desk.page",
        "desk.screen",
        "desk.session",
        "desk.walk",
    ),
    *("render", "render.labels", "text.numbers", "text.typography", "text.wrap"),
    *("search", "search.features", "search.model", "search.phonetics"),
}

STANDARD = {"__future__", "_json", "binascii", "gc", "itertools", "zlib"}

NOT_THERE = {"org", "sitecustomize", "usercustomize"}
"""What Python itself tries to import: `copy` a class of Jython's, `site` what a machine may add."""

REPORT = """
import sys
before = set(sys.modules)
sys.argv = ["fs-triage", *sys.argv[1:]]
from fs_triage import __main__
code = __main__.main()
sys.stderr.write("".join(f"\\n{name}" for name in sorted(set(sys.modules) - before)))
sys.exit(code)
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home where the livret is compiled, and where no file is so young that its content must be compared."""
    home = tmp_path_factory.mktemp("home")
    for _ in range(10):
        if "rebuild" not in imported(("chercher", "permis", "perdu"), home)[1]:
            return home
        time.sleep(0.5)
    pytest.fail("le livret est recompilé à chaque appel")


def imported(arguments: tuple[str, ...], desk: Path) -> tuple[str, set[str], set[str], set[str]]:
    """Return what a call prints, and the modules it imports: ours, Python's, others'."""
    ended = subprocess.run(
        [sys.executable, "-c", REPORT, *arguments],
        env=clean_environment(desk),
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    return (ended.stdout, *sorted_out(ended.stderr.split()))


def sorted_out(names: list[str]) -> tuple[set[str], set[str], set[str]]:
    own = {name.partition(".")[2] or name for name in names if name.partition(".")[0] == "fs_triage"}
    tops = {name.partition(".")[0] for name in names} - {"fs_triage"}
    standard = {top for top in tops if top in sys.stdlib_module_names}
    return own, standard, tops - standard


QUICK = [
    (("caf", "rsa"), OWN),
    (("caf/rsa/demande", "--json"), OWN | {"cli.json_answers"}),
    (("fiche", "CAF", "rsa", "--accessible"), OWN),
    (("liste", "--json"), OWN | {"cli.json_answers"}),
    (("contacts", "msa"), OWN),
    (("situation", "naissance"), SITUATION),
    (("situation", "deces", "--json"), SITUATION),
    (("--completer", "caf", "="), OWN - {"cli.quick"} | {"cli.completion"}),
    (("--completer", "caf", "=--"), OWN - {"cli.quick"} | {"cli.completion"}),
    (("--completer", "="), OWN - {"cli.quick"} | {"cli.completion"}),
    (("chercher", "permis", "perdu"), OWN | SEARCH),
]


@pytest.mark.parametrize(("arguments", "own"), QUICK, ids=[" ".join(arguments) for arguments, _ in QUICK])
def test_a_quick_call_imports_these_modules_alone(
    arguments: tuple[str, ...], own: set[str], desk: Path
) -> None:
    printed, ours, standard, others = imported(arguments, desk)
    assert printed
    assert ours == own
    assert others == set()
    assert standard <= STANDARD | ({"math"} if arguments[0] == "chercher" else set())


def test_a_house_that_counts_pays_nothing_for_a_lookup(desk: Path) -> None:
    flag = desk / ".local" / "share" / "fs-triage" / "journal-actif"
    flag.parent.mkdir(parents=True)
    flag.touch()
    try:
        _, ours, standard, others = imported(("caf", "rsa"), desk)
    finally:
        flag.unlink()
    assert (ours, others) == (OWN, set())
    assert standard <= STANDARD


def test_a_search_is_trained_when_one_is_asked_for(tmp_path: Path) -> None:
    """The first call after a change of the rules is the slowest: it does not prepare what it does not use."""
    for call, is_trained in ((("caf", "rsa"), False), (("chercher", "permis", "perdu"), True)):
        imported(call, tmp_path)
        assert bool([*tmp_path.glob(".cache/fs-triage/*.model")]) == is_trained


def test_an_accent_costs_one_more_module(desk: Path) -> None:
    _, ours, standard, others = imported(("caf", "rsa", "demandé"), desk)
    assert (ours, others) == (OWN, set())
    assert standard <= STANDARD | {"unicodedata"}


def on_a_terminal(arguments: list[str], seen: str, desk: Path, tmp_path: Path) -> tuple[set[str], set[str]]:
    """Return the modules that are imported until `seen` is on the terminal: ours and others'."""
    log = tmp_path / "imports"
    call = [sys.executable, "-X", "importtime", "-m", "fs_triage", *arguments]
    spawned = pexpect.spawn(
        "sh",
        ["-c", f'exec "$0" "$@" 2>"{log}"', *call],
        env=clean_environment(desk, TERM="xterm-256color"),
        dimensions=(40, 100),
        encoding="utf-8",
        timeout=60,
    )
    spawned.expect_exact(seen)
    spawned.close(force=True)
    own, _, others = sorted_out(timed(log.read_text(encoding="utf-8")))
    return own, {top for top in others if not top.startswith(("_", "imported"))} - NOT_THERE - bare(desk)


def timed(report: str) -> list[str]:
    """Return the modules of a report of `-X importtime`."""
    lines = (line for line in report.splitlines() if line.startswith("import time:"))
    return [line.rpartition("|")[2].strip() for line in lines]


def bare(desk: Path) -> set[str]:
    """Return what this machine's Python imports at every start: a system may add modules of its own."""
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "pass"],
        env=clean_environment(desk),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    return sorted_out(timed(ended.stderr))[2]


def test_the_first_prompt_imports_questionary_and_no_more(desk: Path, tmp_path: Path) -> None:
    own, others = on_a_terminal([], "Pour quel partenaire", desk, tmp_path)
    assert own - {"__main__"} == (OWN | WIZARD) - {"__main__"}
    assert others == {"prompt_toolkit", "questionary", "wcwidth"}


def test_a_conclusion_on_a_terminal_imports_rich_and_no_more(desk: Path, tmp_path: Path) -> None:
    _, others = on_a_terminal(["caf/rsa/demande"], "Faire une demande de RSA", desk, tmp_path)
    assert "rich" in others
    assert not others & {"pydantic", "pydantic_core", "questionary", "prompt_toolkit", "typer", "yaml"}
