"""Run what a guide shows, and write what came out into it.

    python docs/replay.py docs/guide-redacteur.md

A guide's fenced blocks are played in order, in a copy of `rules/`:

- `console`: each line that starts with `$ ` is run; the lines below it are what it printed;
- `diff`: the file named after `---` is edited, as an officer would do by hand;
- `yaml` with a first line `# fichier : NOM`: the file is written.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"^```(console|diff|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def replay(text: str) -> str:
    """Return the guide `text` with every screen as it comes out now; raises `ValueError` for a block that fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "rules", folder / "rules")
        return _BLOCK.sub(lambda block: _play(block, folder), text)


def _play(block: re.Match[str], folder: Path) -> str:
    kind, content = block.groups()
    if kind == "console":
        content = _console(content, folder)
    elif kind == "diff":
        _edit(content, folder)
    elif content.startswith("# fichier : "):
        head, _, rest = content.partition("\n")
        file = folder / head.removeprefix("# fichier : ")
        file.parent.mkdir(exist_ok=True)
        file.write_text(rest, encoding="utf-8", newline="\n")
    return f"```{kind}\n{content}```"


def _console(content: str, folder: Path) -> str:
    commands = [line for line in content.splitlines() if line.startswith("$ ")]
    if not commands:
        raise ValueError(f"no command in the console block:\n{content}")
    return "".join(f"{command}\n{_run(command[2:], folder)}" for command in commands)


def _run(command: str, folder: Path) -> str:
    words = shlex.split(command)
    if words[0] == "fs-triage":
        words[:1] = [sys.executable, "-m", "fs_triage"]
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    ran = subprocess.run(
        words,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**kept, "HOME": str(folder / "home"), "LANG": "C.UTF-8"},
        check=False,
    )
    return re.sub(r"Imprimé le .*?\d{4}\.", "Imprimé le 29 novembre 2026.", ran.stdout)  # not today's


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
