"""The README does what it says: its set-up, its screens, its JSON, its links."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest
from conftest import ROOT, Call, Run

from fs_triage import contract

README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDES = ["README.md", "CONTRIBUTING.md", "docs/guide-conseiller.md"]


def blocks(text: str, kind: str) -> list[str]:
    """Return the fenced blocks of `kind` in a page."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(kind: str) -> list[str]:
    """Return the set-up commands for the shell `kind`."""
    return [line for block in blocks(README, kind) for line in block.splitlines()]


def script(name: str) -> ModuleType:
    """Return one of the programs that write the guides."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ecrans = script("ecrans")


def test_four_commands_set_everything_up() -> None:
    """The second two are run by tests/windows/set_up.py, as far as Wine can."""
    use, work = commands("sh")
    new, install = "python3 -m venv --upgrade-deps .venv", ".venv/bin/pip install -c constraints.txt"
    assert use == f"{new} && {install} . && .venv/bin/fs-triage caf rsa"
    assert work == f"{new} && {install} -e '.[dev]' && .venv/bin/pytest"
    there = [line.replace("python3", "py").replace(" &&", ";") for line in (use, work)]
    there = [line.replace("bin/", "Scripts/").replace("/", "\\") for line in there]
    assert commands("powershell") == there


def test_ci_runs_the_two_commands_as_they_stand() -> None:
    """`.ci/run` itself is what runs them: each takes minutes and the network."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    picked = re.search(r"< <\((.*?) README\.md\)", script)
    assert picked is not None
    told = subprocess.run(
        f"{picked[1]} README.md", shell=True, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines() == commands("sh")
    assert 'bash -c "${commands[0]}"' in script and 'check bash -c "${commands[1]}"' in script
    types = [f"mypy --platform {name}" for name in ("linux", "win32")]
    for check in ("ruff check", "ruff format --check", *types, "fs-triage verifier"):
        assert f"check .venv/bin/{check}\n" in script
    windows = [f".venv/bin/python tests/windows/{name}.py" for name in ("prepare", "set_up")]
    assert " && ".join(windows) in script and "check end_of_windows_set_up" in script
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=True)
    named = re.findall(r"(?:--ignore=)?(tests/(?:unit|contract)[\w./]*)", script)
    assert len(named) > 4
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "docs/guide-conseiller.md"])
def test_screens_are_what_the_program_prints(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert len(blocks(text, "console")) >= 3
    assert script("replay").replay(text) == text, f"run: python docs/replay.py {name}"


def test_the_json_shown_is_an_answer(call: Call) -> None:
    command = re.search(r"`fs-triage (fiche \S+ --json)`, set out", README)
    [shown] = blocks(README, "json")
    assert command is not None
    code, out, _ = call(*command[1].split())
    wanted = json.dumps(json.loads(out), ensure_ascii=False, indent=2)
    assert (code, shown.rstrip("\n")) == (contract.OK, wanted)


INLINE = re.findall(r"`(fs-triage(?:\s[^`]*)?)`", README)
ELSEWHERE = {
    "fs-triage": "the wizard, in tests/acceptance/test_wizard.py",
    "fs-triage --accessible": "the same, numbered",
    "fs-triage --installer-completion bash": "in tests/acceptance/test_completion.py",
    "fs-triage verifier rules/jura": "by .ci/run",
    "fs-triage comparer OLD NEW": "in tests/unit/author/test_comparer.py",
}


@pytest.mark.parametrize("command", sorted({" ".join(command.split()) for command in INLINE} - {*ELSEWHERE}))
def test_every_command_of_the_text_answers(run: Run, command: str) -> None:
    assert len(INLINE) > 8
    words, *piped = command.removeprefix("fs-triage ").split(" | ")
    assert run(*words.split(), cwd=ROOT).returncode == contract.OK
    assert piped in ([], ["head -1"])


def test_every_exit_code_is_told() -> None:
    told = {
        int(code) for row in re.findall(r"^\| ([\d, ]+) \|", README, re.MULTILINE) for code in row.split(",")
    }
    known = {value for name, value in vars(contract).items() if name.isupper() and isinstance(value, int)}
    assert known <= told
    assert told - known == {143, 129}


@pytest.mark.parametrize("name", GUIDES)
def test_every_link_leads_somewhere(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_facts_are_said_to_be_the_prefectures() -> None:
    assert re.search(r"facts in `rules/` are those of the prefecture", README)
    assert len(re.findall(r"^\| [^|]+ \| [^|]+ \|$", README.partition("## Glossary")[2], re.MULTILINE)) == 7


@pytest.mark.parametrize("name", ecrans.SHOTS)
def test_pictures_show_what_stands_on_the_screen(name: str, home: Path) -> None:
    drawn = ecrans.letters((ROOT / "docs" / "ecrans" / f"{name}.svg").read_text(encoding="utf-8"))
    assert len(drawn) > 40
    live = ecrans.text_of(ecrans.SHOTS[name], home)
    assert drawn == "".join(live.plain.split()), "run: python docs/ecrans.py"
    assert drawn == ecrans.letters(ecrans.drawing(name, live))


def test_every_picture_is_shown_and_takes_nothing_from_the_network() -> None:
    pages = README + (ROOT / "docs" / "guide-conseiller.md").read_text(encoding="utf-8")
    drawn = sorted((ROOT / "docs" / "ecrans").glob("*.svg"))
    assert {path.stem for path in drawn} == {*ecrans.SHOTS}
    for path in drawn:
        assert f"ecrans/{path.name})" in pages, path.name
        assert not re.search(
            r"url\(|src=|@import", path.read_text(encoding="utf-8").replace("url(#", "(#")
        ), path.name


def test_the_guide_speaks_of_the_usager() -> None:
    guide = (ROOT / "docs" / "guide-conseiller.md").read_text(encoding="utf-8")
    assert guide.count("usager") > 5 and "utilisateur" not in guide
    prose = re.sub(r"```.*?```|`[^`]*`", "", guide, flags=re.DOTALL)
    assert not re.search(r" [?!;»]|« |(?<=\w)'(?=\w)", prose)
