"""Run what a guide shows, and write what came out into it.

    python docs/replay.py docs/guide-redacteur.md docs/redacteur/*.md

A guide's fenced blocks are played in order, in a copy of `rules/`:

- `console`: each line that starts with the prompt of the first (`$ ` or `> `) is run; below it is what it printed;
- `diff`: the file named after `---` is edited, as an officer would do by hand;
- `yaml` with a first line `# fichier : NOM`: the file is written;
- a comment `<!-- copie : NOM → NOM -->`: the file or folder is put in the place of the other, as the text just told.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(
    r"^```(?P<kind>console|diff|yaml)\n(?P<content>.*?)^```$|^<!-- copie : (?P<source>\S+) → (?P<target>\S+) -->$",
    re.MULTILINE | re.DOTALL,
)

Run = Callable[[list[str], Path], str]
"""Runs the words of a command in a folder; returns what a person would see."""


def run_command(words: list[str], folder: Path) -> str:
    """Run a command in a process of its own, with nothing of the machine's but its programs."""
    if words[0] == "fs-triage":
        words = [sys.executable, "-m", "fs_triage", *words[1:]]
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    ran = subprocess.run(
        words,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        # unbuffered: an answer and the messages about it stand in the order in which they are written
        env={**kept, "HOME": str(folder / "home"), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"},
        check=False,
    )
    return ran.stdout


def fix_dates(shown: str) -> str:
    """Return what was `shown` as on the day when the guides were written."""
    return re.sub(r"Imprimé le .*?\d{4}\.", "Imprimé le 29 novembre 2026.", shown)


def replay(text: str, run: Run = run_command, rules: Path = ROOT / "rules") -> str:
    """Return the guide `text` with every screen as it comes out now; raises `ValueError` for a block that fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(rules, folder / "rules")
        return _BLOCK.sub(lambda block: _play(block, folder, run), text)


def _play(block: re.Match[str], folder: Path, run: Run) -> str:
    kind, content = block["kind"], block["content"]
    if kind is None:
        _copy(folder / block["source"], folder / block["target"])
        return block[0]
    if kind == "console":
        content = _console(content, folder, run)
    elif kind == "diff":
        _edit(content, folder)
    elif content.startswith("# fichier : "):
        head, _, rest = content.partition("\n")
        file = folder / head.removeprefix("# fichier : ")
        file.parent.mkdir(exist_ok=True)
        file.write_text(rest, encoding="utf-8", newline="\n")
    return f"```{kind}\n{content}```"


def _copy(source: Path, target: Path) -> None:
    if source.is_file():
        shutil.copy(source, target)
        return
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def _console(content: str, folder: Path, run: Run) -> str:
    prompt = content[:2]
    if prompt not in ("$ ", "> "):
        raise ValueError(f"no command in the console block:\n{content}")
    commands = [line for line in content.splitlines() if line.startswith(prompt)]
    return "".join(f"{command}\n{fix_dates(run(shlex.split(command[2:]), folder))}" for command in commands)


def _edit(content: str, folder: Path) -> None:
    head, _, body = content.partition("\n")
    file = folder / head.removeprefix("--- ")
    lines = body.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] in "- ")
    new = "".join(line[1:] for line in lines if line[0] in "+ ")
    text = file.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise ValueError(f"the lines to edit stand {text.count(old)} times in {file.name}:\n{old}")
    file.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        path = Path(argument)
        path.write_text(replay(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
