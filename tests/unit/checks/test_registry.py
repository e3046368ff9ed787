"""The registry of checks: every code has its page and its bad example, and the page of all is fresh."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from bad_livrets import list_codes, read_example
from conftest import ROOT

from fs_triage.author import verifier
from fs_triage.checks import reading, registry
from fs_triage.checks.registry import MAX_PROBLEMS, Check, Finding, Scope, list_checks
from fs_triage.checks.verify import collect_pages
from fs_triage.rules.problem import Severity
from fs_triage.rules.yaml_reader import Mark

CODES = list(collect_pages())

_spec = importlib.util.spec_from_file_location("verifications", ROOT / "docs" / "verifications.py")
assert _spec is not None and _spec.loader is not None
verifications = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(verifications)


def test_every_code_has_a_bad_example() -> None:
    assert len(CODES) > 50
    assert set(list_codes()) == set(CODES) - {*reading.REMEMBERED_PAGES}


@pytest.mark.parametrize("code", [code for code in CODES if code not in reading.REMEMBERED_PAGES])
def test_a_bad_example_gives_its_line_and_no_other(
    code: str, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bad)
    lines = [str(problem) for problem in verifier.verify_livret(Path(code)).problems]
    assert lines == read_example(code).expected
    assert [line.rpartition("[")[2] for line in lines] == [f"{code}]"], "one mistake, one line"


def test_the_page_is_fresh() -> None:
    fresh = verifications.render_page() == verifications.PAGE.read_text(encoding="utf-8")
    assert fresh, "run: python docs/verifications.py"


@pytest.mark.parametrize("code", CODES)
def test_a_manual_page_says_what_to_avoid_what_to_prefer_and_why(code: str) -> None:
    title, _, rest = collect_pages()[code].partition("\n\n")
    starts = [line.partition("\u00a0:")[0] for line in rest.splitlines()]
    assert starts == ["Éviter", "Préférer", "Pourquoi"]
    assert title.endswith(".") and "\n" not in title


def codes_in_source() -> Iterator[tuple[str, str]]:
    """Yield each file of the program with each code that it gives to a problem as a plain text."""
    for path in sorted((ROOT / "src" / "fs_triage").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for keyword in node.keywords if isinstance(node, ast.Call) else ():
                if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                    yield path.name, str(keyword.value.value)


def test_every_code_in_the_program_has_a_page() -> None:
    found = set(codes_in_source())
    assert len(found) > 20
    assert {pair for pair in found if pair[1] not in CODES} == set()


def test_a_check_is_run_a_hundred_times_at_most_on_one_subject() -> None:
    def find_everything(count: int) -> Iterator[Finding]:
        """Trop."""
        for line in range(count):
            yield Finding(Mark("a.yaml", line, 1), "trop")

    check = Check("too-much", Scope.LIVRET, Severity.ADVICE, find_everything)
    assert len(list(check.run(1000))) == MAX_PROBLEMS
    [problem] = check.run(1)
    assert problem == ("a.yaml", 0, 1, "too-much", "trop", "", Severity.ADVICE, ()) and not problem.blocking


def test_what_blocks_stands_first_in_the_order_of_the_registry() -> None:
    checks = list_checks()
    assert len(checks) == len(registry.CHECKS) > 30
    assert [one.severity for one in checks] == sorted(one.severity for one in checks)
    assert all(one.severity is Severity.ADVICE for one in checks if one.scope is Scope.SOUND_LIVRET), (
        "they are not run before a livret serves"
    )
