"""Run the README's commands for Windows under Wine: `python tests/windows/set_up.py`, in a prepared checkout.

PowerShell, the launcher `py` and the module `venv` are not to be had there: each step between two `;` goes through
`cmd`, and `virtualenv` stands for `venv`, with the pip that it carries. pip, the build, what is installed and what the
commands end in are real; of the tests, two files run: Wine takes minutes for the others. pip takes the packages from
the folder where `prepare.py` put them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import wine

TESTS = ["tests/unit/desk/test_walk.py", "tests/unit/author/test_schema.py"]
WITHOUT = 'import _winapi, platform; _winapi.__dict__.pop("CopyFile2", None); platform._wmi = None\n'
"""Wine 8 dies in what these two call."""


def commands() -> list[list[str]]:
    """Return the steps of each command for PowerShell."""
    readme = (wine.ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```powershell\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    return [line.split("; ") for block in blocks for line in block.splitlines()]


def as_cmd(step: str) -> list[str]:
    """Return what does under Wine what `step` does in PowerShell."""
    words = step.replace("'", "").split()
    if words[:3] == ["py", "-m", "venv"]:
        options = [word for word in words[3:] if word != "--upgrade-deps"]
        return [wine.native(wine.PYTHON), "-m", "virtualenv", "-q", "--no-periodic-update", *options]
    return ["cmd", "/c", " ".join(words)]


def as_venv(folder: Path) -> None:
    """Give an environment what one of `venv` has: there, python.exe runs the installed one, beside its libraries."""
    for library in wine.PYTHON.parent.glob("*.dll"):
        if library.name != "python313.dll":  # it looks for the standard library beside itself: from WINEPATH
            shutil.copy(library, folder / "Scripts")
    # what pip builds with reads this, and no other
    (folder / "Lib" / "site-packages" / "wine.pth").write_text(WITHOUT, encoding="utf-8")


def run(steps: list[str], home: Path) -> None:
    """Run one command in a copy of its own; ends the process where a step fails."""
    folder = home / "fs-triage"
    wine.copy_checkout(folder)
    (home / "sitecustomize.py").write_text(WITHOUT, encoding="utf-8")
    environment = wine.environment(
        home,
        WINEPATH=wine.native(wine.PYTHON.parent),
        PYTHONPATH=wine.native(home),
        PIP_NO_INDEX="1",
        PIP_FIND_LINKS=wine.native(wine.WHEELS),
        PIP_CONFIG_FILE="nul",
        PIP_NO_COMPILE="1",  # of mypy and ruff nothing is used
        PYTEST_ADDOPTS=" ".join(["-n", "0", *TESTS]),
    )
    for step in steps:
        start = time.monotonic()
        done = subprocess.run(
            [wine.WINE, *as_cmd(step)],
            cwd=folder,
            env=environment,
            input=b"",
            capture_output=True,
            timeout=600,
        )
        if not done.returncode and step.startswith("py "):
            as_venv(folder / ".venv")
        print(f"{step}\n    {time.monotonic() - start:.0f} s", file=sys.stderr)
        if done.returncode:
            sys.stderr.buffer.write(done.stdout + done.stderr)
            raise SystemExit(done.returncode)
    sys.stdout.buffer.write(done.stdout)


def main() -> None:
    """Run them all."""
    if why := wine.missing():
        raise SystemExit(why)
    found = commands()
    if len(found) != 2:
        raise SystemExit(f"README.md: two commands for PowerShell were expected, {len(found)} read")
    with wine.open_session():
        for steps in found:
            with tempfile.TemporaryDirectory() as home:
                run(steps, Path(home))


if __name__ == "__main__":
    main()
