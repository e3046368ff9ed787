"""Make a release from a clean tag: `make release PYTHON_EMBED=python-3.13.2-embed-amd64.zip`.

The commit in front of us bears the tag of the version that the program says, the head of CHANGELOG.md is that of this
version, nothing is changed or left uncommitted. Then the wheel, the sdist, the folder for Windows with its licences and
its SBOM are made twice, from two copies of the commit, side by side; where a byte differs, nothing is written.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import carried
from windows_folder import read_call, run_quietly

ROOT = Path(__file__).resolve().parent.parent
SUMS = "SHA256SUMS"


class Release(NamedTuple):
    """What is released: its version, what the changelog says of it, the time of its commit."""

    version: str
    changes: str
    epoch: int


def run_git(*arguments: str) -> str:
    """Return what git says of this checkout."""
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, encoding="utf-8"
    ).stdout.strip()


def check_release() -> Release:
    """Return what is to be released; ends the process with all that stands against it."""
    source = (ROOT / "src" / "fs_triage" / "__init__.py").read_text(encoding="utf-8")
    version = re.findall(r'^__version__ = "(.+)"$', source, re.MULTILINE)[0]
    wrong = []
    if changed := run_git("status", "--porcelain"):
        wrong.append(f"the checkout is not clean; commit or remove:\n{changed}")
    tags = run_git("tag", "--points-at", "HEAD").split()
    if f"v{version}" not in tags:
        found = f"bears {', '.join(tags)}" if tags else "bears no tag"
        wrong.append(f"the program says {version}, its commit {found}; tag it v{version}")
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    head, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    title, _, changes = sections[0].partition("\n") if sections else ("", "", head)
    if not re.fullmatch(rf"\[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d", title):
        wrong.append(f"CHANGELOG.md begins with « ## {title} »; it must be « ## [{version}] - YYYY-MM-DD »")
    elif not changes.strip():
        wrong.append(f"CHANGELOG.md says nothing of {version}")
    if wrong:
        raise SystemExit("\n".join(wrong))
    return Release(version, changes.strip() + "\n", int(run_git("log", "-1", "--format=%ct")))


def export_commit(folder: Path) -> None:
    """Write the files of the commit, and no others, into `folder`."""
    command = ["git", "-C", str(ROOT), "archive", "--format=tar", "HEAD"]
    content = subprocess.run(command, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(folder, filter="data")


def build_all(release: Release, archive: Path, options: list[str], work: Path) -> Path:
    """Return the folder of all that is released, made in `work` from a copy of the commit."""
    export_commit(work / "sources")
    out = work / "out"
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(release.epoch)}
    windows = [str(work / "sources" / "packaging" / "windows_folder.py"), "--python", str(archive), *options]
    build = ["-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", str(out)]
    for command in (build, [*windows, "-o", str(out)]):
        run_quietly(sys.executable, *command, cwd=work / "sources", env=environment)
    [folder] = (path for path in out.iterdir() if path.is_dir())
    for name in (carried.LICENCES, carried.SBOM):
        shutil.copyfile(folder / name, out / f"{folder.name}.{name}")
    shutil.rmtree(folder)
    (out / f"fs-triage-{release.version}.changes.md").write_text(
        release.changes, encoding="utf-8", newline="\n"
    )
    return out


def read_sums(folder: Path) -> str:
    """Return the SHA-256 of each file of `folder`, as `sha256sum` writes and checks them."""
    files = sorted(folder.iterdir())
    return "".join(f"{carried.compute_digest(path)}  {path.name}\n" for path in files)


def main() -> None:
    """Check, build twice, compare, and put what came of it into the folder that is asked for."""
    asked = read_call(__doc__.split("\n")[0])
    release = check_release()
    options = ["--wheels", str(asked.wheels.absolute())] if asked.wheels else []
    options += ["--compiler", asked.compiler] if asked.compiler else []
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor() as pool:
        places = [Path(temporary, name) for name in ("one", "another")]
        archive = asked.python.absolute()
        made = [*pool.map(lambda place: build_all(release, archive, options, place), places)]
        sums, again = map(read_sums, made)
        if sums != again:
            differ = {*sums.splitlines()} ^ {*again.splitlines()}
            names = sorted({line.split("  ")[1] for line in differ})
            raise SystemExit(f"built twice, not the same: {', '.join(names)}; nothing was written")
        shutil.copytree(made[0], asked.out, dirs_exist_ok=True)
    (asked.out / SUMS).write_text(sums, encoding="utf-8", newline="\n")
    print(sums, end="")


if __name__ == "__main__":
    main()
