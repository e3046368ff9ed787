"""The repository: the shape of the code, what may import what, the papers that go with it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from conftest import ROOT

from fs_triage import rebuild

SOURCE = ROOT / "src" / "fs_triage"
MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts): path
    for path in sorted(SOURCE.rglob("*.py"))
    if path.stem != "__init__"
}
LONGEST_FUNCTION, LONGEST_GUIDE = 50, 75

FLOORS = (
    "__main__",
    "cli",
    "delivery counts",
    "desk author",
    "livret",
    "livret_choice",
    "rebuild",
    "checks",
    "understanding acts",
    "search index",
    "rules render",
    "files output clipboard background",
    "text",
    "contract",
    "system_errors",
)
"""The house from the roof down: a room imports from the floors below its own and from itself, types and lazy imports
included. Neighbours on one floor do not know each other. `CONTRIBUTING.md` draws it."""

LIBRARIES = {
    "questionary": {"desk.screen"},
    "prompt_toolkit": {"desk.console", "desk.screen"},
    "pyperclip": {"clipboard"},
    "nacl": {"delivery.signing"},
    "sqlalchemy": {"counts.server"},
    "psycopg": {"counts.server"},
    "segno": {"acts.qr_code"},
    "jinja2": {
        *("render.documents", "author.relecture.command"),
        *("acts.message_templates", "acts.sheet_page", "counts.page"),
    },
    "rich": {"render.terminal", "render.progress"},
    "typer": {"cli.app", "cli.typer_french"},
    "yaml": {"rules.yaml_reader", "rules.yaml_mistakes", "author.old_form"},
    "opening_hours": {"checks.contacts", "render.timetable"},
    "ijson": {"author.outside.directory"},
    "urllib3": {"author.outside.sites"},
}
"""The modules that may import a library: it can be replaced there."""


def floor_of(module: str) -> int:
    return next(rank for rank, rooms in enumerate(FLOORS) if module.partition(".")[0] in rooms.split())


def imports(path: Path) -> Iterator[str]:
    """Yield what a module imports: at its top, in its functions, for its types."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_module(wanted: str) -> str | None:
    """Return the module of ours that is imported: itself, or a name of it; None for another's."""
    package, _, name = wanted.partition(".")
    names = (name, name.rpartition(".")[0]) if package == "fs_triage" else ()
    return next((module for module in names if module in MODULES), None)


@pytest.fixture(scope="module")
def graph() -> dict[str, set[str]]:
    """Return the modules that each module imports."""
    assert len(MODULES) > 30
    found = {
        name: {module for wanted in imports(path) if (module := own_module(wanted))}
        for name, path in MODULES.items()
    }
    assert sum(map(len, found.values())) > 100
    return found


def test_every_room_stands_on_one_floor() -> None:
    placed = " ".join(FLOORS).split()
    assert len(placed) == len({*placed})
    rooms = {name.partition(".")[0] for name in MODULES}
    assert rooms <= {*placed}, "place the new room on a floor"


def test_imports_point_down(graph: dict[str, set[str]]) -> None:
    up = [
        f"{name} -> {wanted}"
        for name, all_wanted in graph.items()
        for wanted in sorted(all_wanted)
        if name.partition(".")[0] != wanted.partition(".")[0] and floor_of(wanted) <= floor_of(name)
    ]
    assert up == []


def test_an_index_is_not_made_anew_for_what_stands_above_its_making() -> None:
    above = " ".join(FLOORS[: floor_of("rebuild")]).split()
    assert {name.removesuffix(".py") for name in rebuild._ABOVE} == {*above}


def test_imports_make_no_circle(graph: dict[str, set[str]]) -> None:
    left = {name: {*wanted} for name, wanted in graph.items()}
    while left:
        free = [name for name, wanted in left.items() if not wanted & {*left}]
        assert free, f"these import one another: {sorted(left)}"
        for name in free:
            del left[name]


def test_a_library_is_known_to_few_modules() -> None:
    users: dict[str, set[str]] = {}
    for name, path in MODULES.items():
        for wanted in imports(path):
            users.setdefault(wanted.partition(".")[0], set()).add(name)
    for library, allowed in LIBRARIES.items():
        assert users[library] <= allowed, library


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield f"{name}.{node.name}", node


def test_functions_are_short() -> None:
    spans = {
        name: (node.end_lineno or 0) - node.lineno + 1
        for name, node in functions()
        if not isinstance(node, ast.ClassDef)
    }
    assert len(spans) > 200
    assert {name: span for name, span in spans.items() if span > LONGEST_FUNCTION} == {}


def test_functions_are_named_by_a_verb_and_its_object() -> None:
    names = [
        name.rpartition(".")[2].strip("_")
        for name, node in functions()
        if not isinstance(node, ast.ClassDef) and not re.search(r"\.__\w+__$", name)
    ]
    assert len(names) > 500
    assert sum("_" not in name for name in names) / len(names) < 0.25


def test_every_module_says_what_it_is() -> None:
    silent = [
        name for name, path in MODULES.items() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_no_module_is_a_drawer() -> None:
    assert not [name for name in MODULES if re.search("util|helper|manager|common|misc", name)]


def test_only_output_writes() -> None:
    writing = re.compile(r"\bprint\(|sys\.std(out|err)\.(write|buffer)")
    writers = {name for name, path in MODULES.items() if writing.search(path.read_text(encoding="utf-8"))}
    assert "output" in writers
    assert writers <= {"output", "render.terminal", "desk.screen", "desk.lines"}


def test_no_file_is_written_with_the_line_ends_of_the_machine() -> None:
    """What is read by another program (a shell, YAML, a browser, git) is the same on every system."""
    written, careless = 0, []
    for path in (*MODULES.values(), *(ROOT / "docs").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and writes_text(node):
                written += 1
                if not any(k.arg == "newline" and ast.unparse(k.value) == "'\\n'" for k in node.keywords):
                    careless.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert written > 6
    assert careless == []


def writes_text(call: ast.Call) -> bool:
    """Return whether `call` writes a file as text, by `write_text` or by `open` with a mode for it."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    modes = [str(value.value) for value in given if isinstance(value, ast.Constant)]
    return name == "write_text" or (
        name == "open" and any(re.fullmatch("[wax]t?[+]?", mode) for mode in modes)
    )


# -- what is committed

IGNORED = re.compile(r"cache|egg-info|^(\.git|\.venv|\.hypothesis|build|dist|node_modules)$")


def texts() -> Iterator[tuple[Path, str]]:
    """Yield the text files of the repository."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not IGNORED.search(name)]
        for name in {*files} - {".git"}:  # in a second work tree, a file
            try:
                yield Path(folder, name), Path(folder, name).read_text(encoding="utf-8")
            except (UnicodeDecodeError, FileNotFoundError):
                continue


def test_nothing_names_the_place_where_it_was_made() -> None:
    roots = "|".join(["work", "tmp/fs", "root", "home/[a-z]+"])
    places = re.compile(
        rf"(?<![\w.~}}-])/(?:{roots})/(?!jeanne)[a-z]|\bhelper[s]?\b|\bsession note", re.IGNORECASE
    )
    read = [*texts()]
    assert len(read) > 80
    found = [
        f"{path.relative_to(ROOT)}: {hit.group()}" for path, text in read for hit in places.finditer(text)
    ]
    assert [hit for hit in found if not hit.startswith("tests/unit/test_house.py")] == []


def test_the_papers_are_there() -> None:
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first = re.search(r"^## (.+)\n\n### \w+\n\n- ", changelog, re.MULTILINE)
    assert first and re.fullmatch(r"\[Unreleased\]|\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", first[1])
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert len(guide.splitlines()) < LONGEST_GUIDE
    for title in ("To add a partner", "To add a check", "To add a command"):
        steps = guide.partition(f"## {title}\n")[2].partition("\n## ")[0]
        numbers = [int(number) for number in re.findall(r"^(\d)\. ", steps, re.MULTILINE)]
        assert numbers == [*range(1, len(numbers) + 1)] != [], title


def test_the_contributors_guide_draws_every_room() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    drawing = guide.partition("```\n__main__")[2].partition("```")[0]
    assert {*" ".join(FLOORS).split()} - {*re.findall(r"\w+", drawing)} == {"__main__"}


def test_every_path_that_the_contributors_guide_names_exists() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:src|tests|docs|rules|\.ci)/[\w./-]*)`", guide)
    assert len(named) > 6
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_decision_says_why_and_what_it_closed() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert len(decisions) >= 3
    assert len({path.name[:4] for path in decisions}) == len(decisions)
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        number = int(path.name[:4])
        assert re.match(rf"# {number}\. \S", text), path.name
        for title in ("Context", "Decision", "Consequences"):
            assert f"\n## {title}\n" in text, (path.name, title)


def test_typer_is_held_where_its_words_are_known() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "typer>=0.29,<0.30" in project["dependencies"]
    assert project["requires-python"] == ">=3.11"


def test_the_versions_that_work_are_recorded_by_name_and_number() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    recorded = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert all(
        re.fullmatch(r"[\w.-]+", name) and re.fullmatch(r"[\d.]+", number)
        for name, number in recorded.items()
    )
    known = {re.sub(r"[-_.]+", "-", name).lower() for name in recorded}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    assert {re.split(r"[\[<>=]", need)[0].lower() for need in needs} - {project["name"]} <= known


def test_the_sdist_holds_what_the_repository_holds(tmp_path: Path) -> None:
    """`.ci/run` runs its tests."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    [made] = tmp_path.iterdir()
    with tarfile.open(made) as packed:
        held = {name.partition("/")[2] for name in packed.getnames()}
        script = packed.getmember(f"{made.name.removesuffix('.tar.gz')}/.ci/run")
    wanted = {path.relative_to(ROOT).as_posix() for path, _ in texts()}
    assert len(wanted) > 80
    assert wanted <= held
    assert not [name for name in held if "__pycache__" in name or name.startswith(("build/", ".venv/"))]
    assert script.mode & 0o100
