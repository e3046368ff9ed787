"""The rule author's guide: every command and every screen in it comes from a run."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from conftest import ROOT, RULES, SEARCHING_CHECKS, clean_environment, leave_out_checks

from fs_triage import __main__
from fs_triage.rules.vocabulary import FRENCH_KEYS

GUIDE = ROOT / "docs" / "guide-redacteur.md"
PAGES = {path.relative_to(ROOT).as_posix(): path for path in (GUIDE, *GUIDE.parent.glob("redacteur/*.md"))}
CODE = re.compile(r"```.*?^```|`[^`\n]*`|<!--.*?-->|\]\([^)]*\)", re.DOTALL | re.MULTILINE)


def load_replay() -> ModuleType:
    """Return the script that plays a guide."""
    specification = importlib.util.spec_from_file_location("replay", ROOT / "docs" / "replay.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def run_here(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[str], Path], str]:
    """Run a command of a guide in this process: half a second less than in one of its own, and there are sixty.

    The checks of the search, which take as long as all else, are left out: no screen shows one of their messages.
    """
    leave_out_checks(monkeypatch, *SEARCHING_CHECKS)

    def run(words: list[str], folder: Path) -> str:
        assert words[0] == "fs-triage", "what runs on Windows and elsewhere"
        shown = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True)
        for name, value in clean_environment(folder / "home").items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("FS_TRIAGE_REGLES", raising=False)
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.setattr(sys, "argv", words)
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        monkeypatch.chdir(folder)
        with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
            __main__.main()
        monkeypatch.chdir(ROOT)
        content = shown.buffer
        assert isinstance(content, io.BytesIO)
        return content.getvalue().decode("utf-8")

    return run


@pytest.fixture(scope="module")
def rules(light_rules: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our rules with few sentences of visitors, but where a page writes or is shown one."""
    folder = tmp_path_factory.mktemp("rules") / "rules"
    shutil.copytree(light_rules, folder)
    for path in (*RULES.glob("*/besoins/hors-livret.yaml"), *RULES.glob("*/besoins/la-poste.yaml")):
        shutil.copy(path, folder / path.relative_to(RULES))
    return folder


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_what_comes_out(
    name: str, run_here: Callable[[list[str], Path], str], rules: Path
) -> None:
    text = PAGES[name].read_text(encoding="utf-8")
    assert "\n> fs-triage " in text
    shown = load_replay().replay(text, run_here, rules)
    assert shown == text, f"stale: run `python docs/replay.py {name}`"


def test_the_guide_leads_to_every_page_and_each_back() -> None:
    linked = re.findall(r"\]\((redacteur/[^)]+)\)", GUIDE.read_text(encoding="utf-8"))
    assert {f"docs/{name}" for name in linked} | {"docs/guide-redacteur.md"} == {*PAGES}
    for name, path in PAGES.items():
        text = path.read_text(encoding="utf-8")
        links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
        assert [link for link in links if not (path.parent / link).exists()] == [], name
        assert path == GUIDE or "(../guide-redacteur.md)" in text


def test_the_guide_names_every_key_and_command_of_those_who_keep_rules() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in PAGES.values())
    left_to_the_tool = {
        "mot",
        "aussi",
        "synonymes",
        "thème",
        "thèmes",
        "neutres",
        "vagues",
        "titre",
        "source",
        "objet",
    }
    said = {key for key in FRENCH_KEYS.values() if re.search(rf"(?<!\w){re.escape(key)}(?!\w)", text)}
    assert {*FRENCH_KEYS.values()} - said <= left_to_the_tool
    commands = {*re.findall(r"fs-triage (?:--regles \S+ )?([a-z]+)\b", text)}
    assert commands >= {
        "verifier",
        "comparer",
        "relecture",
        "nouveau",
        "identifiants",
        "schema",
        "arbre",
        "livrets",
    }
    assert ">-" in text and "--corriger" in text


def test_the_guide_is_for_every_shell_and_in_good_french() -> None:
    for name, path in PAGES.items():
        text = path.read_text(encoding="utf-8")
        played = re.findall(r"^> (.*)$", text, re.MULTILINE)
        assert [command for command in played if re.search(r"[$|;&*\\]|'", command)] == [], name
        prose = CODE.sub("x", text)
        assert not re.search(r" [?!;:»]|« |(?<=\w)'(?=\w)", prose), name
        assert "utilisateur" not in prose
