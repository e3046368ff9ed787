"""`verifier`: prints every problem of the rules, for an author, an editor or a forge."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from os.path import exists, isfile, sep
from pathlib import Path

from fs_triage import livret_choice, output
from fs_triage.author import snippet
from fs_triage.author.shown_paths import shorten_path
from fs_triage.checks.examples import Coverage, compute_coverage
from fs_triage.checks.verify import verify
from fs_triage.contract import OK, PROBLEMS, RULES_UNUSABLE, WRONG_CALL, Failure, describe_os_error
from fs_triage.files import folders
from fs_triage.livret import read_last_good
from fs_triage.rules import load, yaml_reader
from fs_triage.rules.load import Livret
from fs_triage.rules.model_livret import PARTNERS, get_livret_folder
from fs_triage.rules.problem import Problem
from fs_triage.text.numbers import render_count
from fs_triage.text.typography import escape_controls

GITHUB = "github"
FORMATS = (GITHUB,)

_RULE_FILE_SIGNS = (
    re.compile(rb"^id: *[a-z0-9-]+ *\r?$", re.M),
    re.compile("^(r[ée]ponses|contacts|retirer|remplacer|ajouter|answers) *:".encode(), re.M),
)
"""What a rule file of a livret has."""


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of verifying one livret."""

    folder: str
    problems: list[Problem]
    coverage: Coverage
    summary: list[str] = field(default_factory=list)
    """What was compared with what is outside."""


def run_verifier(
    folders: list[str], as_json: bool, form: str | None, *, directory: str | None = None, sites: bool = False
) -> int:
    """Verify the livrets in `folders` (the one in use when there is none) and print what is wrong.

    They are held against the State's directory in the file `directory`, and their `sites` are asked for.
    Returns 0 without problem, 1 with problems, 3 when a file could not be read; raises `Failure` for a wrong
    format (2) and for a folder that holds no livret (3).
    """
    if form is not None and form not in FORMATS:
        raise Failure(
            WRONG_CALL, f"Format inconnu « {escape_controls(form)} » ; possible : {', '.join(FORMATS)}."
        )
    if form is not None and as_json:
        raise Failure(WRONG_CALL, "« --json » et « --format » s’excluent ; gardez l’un des deux.")
    verified = [
        verify_livret(folder, _build_outside_checks(directory, sites)) for folder in find_livrets(folders)
    ]
    problems = sorted({problem for one in verified for problem in one.problems})
    if as_json:
        output.print_json(_render_json(verified, problems))
    elif problems:
        answer = output.print_answer if form is None else output.print_format
        answer("\n".join(_render_problems(problems, form)))
    output.print_message(*_render_summary(verified, problems))
    if any(problem.code == "unreadable" for problem in problems):
        return RULES_UNUSABLE
    return PROBLEMS if problems else OK


OutsideCheck = Callable[[Livret], tuple[list[Problem], str]]
"""What holds a livret against something outside: the problems, and a line that says what was compared."""


def verify_livret(folder: Path, outside: Iterable[OutsideCheck] = ()) -> Verification:
    """Return every problem of the livret at `folder`, blocking or not, and what its examples reach.

    This includes what its files have lost since they were last used, as the index shows, and what `outside` finds.
    """
    loaded = load.load_livret(folder)
    before = read_last_good(str(folder))
    problems, summary = verify(loaded, before), []
    if loaded.draft is not None:
        for check in outside:
            found, line = check(loaded.draft)
            problems += found
            summary.append(line)
    shown = [problem._replace(path=shorten_path(problem.path)) for problem in problems]
    coverage = compute_coverage(loaded.draft) if loaded.draft is not None else Coverage()
    return Verification(shorten_path(str(folder)), sorted(set(shown)), coverage, summary)


def _build_outside_checks(directory: str | None, sites: bool) -> list[OutsideCheck]:
    """Return what holds a livret against the directory in a file, and asks for its sites, where that is asked for."""
    if directory is None and not sites:
        return []
    from fs_triage.author.outside import report

    checks: list[OutsideCheck] = []
    if directory is not None:
        checks.append(partial(report.check_directory, path=directory))
    return [*checks, report.check_sites] if sites else checks


def find_livrets(given: list[str]) -> list[Path]:
    """Return the folders of the livrets `given`: as a livret, a folder of livrets, or a file of a livret."""
    found: dict[Path, None] = {}
    for path in map(Path, given or [livret_choice.find_livret_folder()]):
        is_file = isfile(path)  # noqa: PTH113 - Path raises for a name that is too long
        folder = get_livret_folder(path) if is_file else path
        if exists(folder / folders.BOOKLET) or (is_file and _is_rule_file(path)):  # noqa: PTH110
            found[folder] = None  # even without livret.yaml, which is then a problem
        elif is_file:
            output.print_message(
                f"« {escape_controls(str(path))} » n’est pas dans un dossier de livret : rien à vérifier."
            )
        else:
            found.update(dict.fromkeys(_list_livrets(folder)))
    return list(found)


def _list_livrets(folder: Path) -> list[Path]:
    shown = escape_controls(str(folder))
    try:
        next(folder.iterdir(), None)
        names = folders.list_livrets(str(folder))
    except OSError as error:
        message = f"Le dossier « {shown} » est illisible ({describe_os_error(error)}) ; vérifiez son nom."
        raise Failure(RULES_UNUSABLE, message) from error
    if not names:
        message = f"Aucun livret dans « {shown} » : il y manque un fichier {folders.BOOKLET}."
        raise Failure(RULES_UNUSABLE, message)
    away = [below for below in sorted(folder.iterdir()) if below.is_dir() and below.name not in names]
    lost = [below for below in away if any(_is_rule_file(path) for path in _list_rule_files(below))]
    return [*(folder / name for name in names), *lost]


def _list_rule_files(folder: Path) -> list[Path]:
    return [*folder.glob("*.y*ml"), *(folder / PARTNERS).glob("*.y*ml")]


def _is_rule_file(path: Path) -> bool:
    """Return whether a file outside any livret looks like a partner's rules."""
    if path.suffix not in (".yaml", ".yml"):
        return False
    content, _ = yaml_reader.read_content(path, str(path))
    return all(sign.search(content) for sign in _RULE_FILE_SIGNS)


def _render_problems(problems: list[Problem], form: str | None) -> list[str]:
    if form == GITHUB:
        return [_render_annotation(problem) for problem in problems]
    if sys.stdout is not None and sys.stdout.isatty():
        return [line for problem in problems for line in (str(problem), *snippet.render_snippet(problem))]
    return [str(problem) for problem in problems]


def _render_annotation(problem: Problem) -> str:
    """Return a problem as a workflow command of GitHub Actions, which marks the line in a review."""
    place = {
        "file": problem.path.replace(sep, "/"),  # as the forge writes it, whatever the machine
        "line": problem.line or 1,
        "col": problem.column or 1,
        "title": problem.code,
    }
    properties = ",".join(f"{key}={_escape_text(str(value), ':,')}" for key, value in place.items())
    hint = f" ; {problem.hint}" if problem.hint else ""
    kind = "error" if problem.blocking else "warning"
    return f"::{kind} {properties}::{_escape_text(problem.message + hint, '')}"


def _escape_text(text: str, more: str) -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _render_json(verified: list[Verification], problems: list[Problem]) -> str:
    answer = {
        "schema_version": 1,
        "problems": [_render_problem_json(problem) for problem in problems],
        "livrets": [{"folder": one.folder, "coverage": one.coverage.to_data()} for one in verified],
    }
    return json.dumps(answer, ensure_ascii=False)


def _render_problem_json(problem: Problem) -> dict[str, object]:
    fields = problem._asdict()
    del fields["severity"], fields["mends"]
    return {**fields, "blocking": problem.blocking}


def _render_summary(verified: list[Verification], problems: list[Problem]) -> list[str]:
    blocking = sum(1 for problem in problems if problem.blocking)
    lines = [line for one in verified for line in (*one.coverage.render_lines(one.folder), *one.summary)]
    if not problems:
        return [*lines, "Aucun problème."]
    count = render_count(len(problems), "problème")
    if not blocking:
        return [*lines, f"{count} ; ces règles peuvent servir."]
    return [*lines, f"{count}, dont {blocking} à corriger avant que ces règles puissent servir."]
