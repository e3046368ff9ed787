"""Build the folder that a Windows PC needs, and its zip.

    python packaging/windows_folder.py --python python-3.13.2-embed-amd64.zip -o dist/

takes an official embeddable CPython (python.org, « Windows embeddable package »), this checkout and, of the wheels for
Windows, the versions of constraints.txt. Nothing of it is installed: the folder is unpacked, and runs.

    Assistant.cmd    what a double click opens: the wizard, in a window of its size
    fs-triage.exe    for scripts: a launcher that starts Python beside it, wherever that is
    fs-triage.cmd    the same, where a program without a signature is refused
    python\\          the archive as it came, but for the list of folders that it imports from
    lib.zip          the packages that are Python alone, compiled
    app\\             fs_triage and its livrets, the packages with libraries, what is known of every package

The same sources, archive and wheels make the same bytes, at the time that SOURCE_DATE_EPOCH says.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import carried

ROOT = Path(__file__).resolve().parent.parent
FILES = Path(__file__).with_name("windows")
NAME = "fs-triage"
PLATFORM, MACHINE = "win_amd64", 0x8664
ON_WINDOWS = ("colorama", "tzdata")
"""pip reads the markers of the machine that it runs on: what they ask for on Windows alone."""
START = "#!<launcher_dir>\\python\\python.exe -X utf8\r\n"
"""What distlib's launcher runs: beside itself, whatever the current folder; text in pipes is UTF-8."""
MAIN = "from fs_triage.__main__ import start\n\nstart()\n"
INSTALLATION = "dossier Windows"
"""What `--version` calls it."""
NOT_RUN = {".pyi", ".typed", ".pxd", ".pyx", ".h", ".hpp", ".c", ".cpp"}
"""What is read by those alone who compile or check."""
LIBRARIES = {".pyd", ".dll"}
LEFT_OUT = re.compile(
    "spellchecker/resources/(?!fr[.])"  # the dictionaries of other languages
    "|pygments/lexers/(?!__init__|_mapping|python|special|text)[^/]+[.]py"  # code in 300 languages, none shown here
    "|sqlalchemy/(ext|orm|testing|dialects/(mssql|mysql|oracle|sqlite))/"  # what is beyond its Core and PostgreSQL
    "|(sqlalchemy|wcwidth)/.*[.]pyd"  # the same stands there in Python, which goes into the zip
    "|rapidfuzz/.*_avx2[.]"  # faster on some processors alone
)
"""A quarter of the zip, which nothing here asks for."""


class EmbeddablePython(NamedTuple):
    """An official archive: its file, the version that it says (3.13.2), its stem (python313)."""

    path: Path
    version: str
    stem: str

    @property
    def minor(self) -> str:
        """The version that byte code and wheels are for: 3.13."""
        return ".".join(self.version.split(".")[:2])


def open_python(path: Path) -> EmbeddablePython:
    """Return what is known of the archive at `path`; ends the process where it is no embeddable CPython for us."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            [stem] = [match[1] for name in names if (match := re.fullmatch(r"(python3\d+)\._pth", name))]
            machine = read_machine(archive.read("python.exe"))
            found = carried.read_file_version(archive.read(f"{stem}.dll"))
        major, minor, rest, _ = map(int, found.split("."))
    except (OSError, KeyError, ValueError, struct.error, zipfile.BadZipFile):
        raise SystemExit(
            f"{path}: not an embeddable CPython; take the « Windows embeddable package (64-bit) » of python.org"
        ) from None
    if machine != MACHINE:
        raise SystemExit(f"{path}: for another processor; take the « Windows embeddable package (64-bit) »")
    # CPython counts 3.13.2 as 3.13.2150: the release, its level (150 is final), its rank
    python = EmbeddablePython(path, f"{major}.{minor}.{rest // 1000}", stem)
    if stem != f"python{major}{minor}" or rest % 1000 < 150:
        raise SystemExit(f"{path}: {found} is no final release of CPython")
    return python


def read_machine(program: bytes) -> int:
    """Return the processor that a Windows program is for, as its header says."""
    [header] = struct.unpack_from("<I", program, 0x3C)
    [machine] = struct.unpack_from("<H", program, header + 4)
    return int(machine)


def find_compiler(python: EmbeddablePython, asked: str | None) -> str:
    """Return a Python, of any system, whose byte code that one reads; ends the process where there is none."""
    with zipfile.ZipFile(python.path) as archive, archive.open(f"{python.stem}.zip") as packed:
        standard = zipfile.ZipFile(io.BytesIO(packed.read()))
    expected = standard.read(next(name for name in standard.namelist() if name.endswith(".pyc")))[:4]
    by_pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    known = sorted(map(str, by_pyenv.glob(f"{python.minor}.*/bin/python3")))
    tell = "import importlib.util; print(importlib.util.MAGIC_NUMBER.hex())"
    for candidate in [asked] if asked else [sys.executable, f"python{python.minor}", *known]:
        with contextlib.suppress(OSError):
            done = subprocess.run([candidate, "-c", tell], input="", capture_output=True, text=True)
            if done.stdout.strip() == expected.hex():
                return candidate
    raise SystemExit(
        f"no Python {python.minor} to compile with; install one, or name it by --compiler"
        + (f" ({asked} is another version, or does not start)" if asked else "")
    )


def run_quietly(*command: str | Path, cwd: Path = ROOT, env: Mapping[str, str] = os.environ) -> None:
    """Run a step; where it fails, end the process with what it said."""
    done = subprocess.run([*map(str, command)], cwd=cwd, env=env, input="", capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


def run_pip(verb: str, python: EmbeddablePython, *arguments: str | Path) -> None:
    """Run pip for that Python on Windows."""
    only = ["--platform", PLATFORM, "--python-version", python.minor, "--implementation", "cp"]
    run_quietly(sys.executable, "-m", "pip", verb, *only, "--only-binary", ":all:", *arguments)


def build_wheel(out: Path, epoch: int) -> Path:
    """Return the wheel of this checkout, made in the folder `out`."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
    run_quietly(
        sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out.absolute(), env=environment
    )
    [wheel] = out.glob("*.whl")
    return wheel


def collect_wheels(wheel: Path, python: EmbeddablePython, source: Path | None, target: Path) -> list[Path]:
    """Put `wheel` and those that it needs on Windows into `target`: from the folder `source`, or the registry.

    What joins the counts of the département is among them: nothing can be added to a folder that is given away.
    """
    place = ("--no-index", "--find-links", source.absolute()) if source else ()
    known = ("-c", ROOT / "constraints.txt")
    run_pip(
        "download",
        python,
        "--dest",
        target,
        *place,
        *known,
        f"{wheel}[{','.join(carried.EXTRAS)}]",
        *ON_WINDOWS,
    )
    return sorted(target.glob("*.whl"))


def install_wheels(wheels: Sequence[Path], python: EmbeddablePython, site: Path) -> None:
    """Unpack the wheels into the folder `site`."""
    run_pip("install", python, "--target", site, "--no-index", "--no-deps", "--no-compile", *wheels)
    for name in ("bin", "share", "Scripts"):  # commands and manual pages
        shutil.rmtree(site / name, ignore_errors=True)
    for path in list_files(site):
        if LEFT_OUT.match(path.relative_to(site).as_posix()):
            path.unlink()


def list_files(folder: Path) -> list[Path]:
    """Return the files below `folder`, sorted as their names in a zip are."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def divide_packages(site: Path, lib: Path, app: Path) -> None:
    """Move what is Python alone to `lib`, the rest to `app`: a library, and what looks for files, needs a folder."""
    lib.mkdir()
    app.mkdir()
    for top in sorted(site.iterdir()):
        if top.suffix == ".dist-info":
            continue
        files = list_files(top) if top.is_dir() else [top]
        as_folder = top.name == "fs_triage" or any(file.suffix in LIBRARIES for file in files)
        # a package may look for its libraries in a folder beside it
        top.rename((app if as_folder else lib) / top.name)


def keep_metadata(site: Path, app: Path) -> None:
    """Put into `app` of each package what a program may ask for when it runs: its version and its entry points."""
    for info in sorted(site.glob("*.dist-info")):
        for name in ("METADATA", "entry_points.txt"):
            if (info / name).exists():
                (app / info.name).mkdir(exist_ok=True)
                shutil.copyfile(info / name, app / info.name / name)


def compile_packages(folder: Path, compiler: str, names: Sequence[str]) -> None:
    """Replace sources by their byte code in the folders `names` below `folder`; it says nothing of this machine."""
    options = ["-q", "-b", "-f", "--invalidation-mode", "unchecked-hash"]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    environment.pop("PYTHONPATH", None)
    run_quietly(compiler, "-m", "compileall", *options, *names, cwd=folder, env=environment)
    for name in names:
        for path in list_files(folder / name):
            if path.suffix == ".py" or path.suffix in NOT_RUN:
                path.unlink()


def write_zip(path: Path, folder: Path, top: str, epoch: int) -> None:
    """Write the files of `folder` into a zip, under the name `top`; the same files make the same bytes."""
    moment = time.gmtime(max(epoch, 315_532_800))[:6]  # a zip knows no time before 1980
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in list_files(folder):
            entry = zipfile.ZipInfo(top + file.relative_to(folder).as_posix(), moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # as Windows packs: no rights of the machine that made it
            archive.writestr(entry, file.read_bytes())


def write_launchers(folder: Path, version: str) -> None:
    """Write what is double-clicked, what scripts call, and what a person reads first."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("__main__.py"), MAIN)
    launcher = resources.files("distlib").joinpath("t64.exe").read_bytes()
    (folder / f"{NAME}.exe").write_bytes(launcher + START.encode() + packed.getvalue())
    for source in sorted(FILES.iterdir()):
        text = source.read_text(encoding="utf-8").replace("{version}", version)
        # cmd reads a byte order mark as a command, Notepad reads accents by it
        encoding = "ascii" if source.suffix == ".cmd" else "utf-8-sig"
        (folder / source.name).write_text(text, encoding=encoding, newline="\r\n")


def unpack_python(python: EmbeddablePython, folder: Path) -> None:
    """Unpack the archive as it came, and say where it imports from: from nowhere else, whatever the machine sets."""
    with zipfile.ZipFile(python.path) as archive:
        archive.extractall(folder)
    # a lookup finds all that it needs before lib.zip, of which it reads nothing then
    paths = (f"{python.stem}.zip", ".", "..\\app", "..\\lib.zip")
    listed = "".join(f"{path}\r\n" for path in paths)
    (folder / f"{python.stem}._pth").write_text(listed, encoding="utf-8", newline="")


def build_folder(
    python: EmbeddablePython, wheels: Sequence[Path], folder: Path, *, compiler: str, epoch: int
) -> None:
    """Make the folder, out of an archive and all the wheels that it carries."""
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        install_wheels(wheels, python, work / "site")
        packages = carried.read_packages(work / "site", wheels, python.version)
        divide_packages(work / "site", work / "lib", work / "app")
        keep_metadata(work / "site", work / "app")
        (work / "app" / "fs_triage" / "installation.txt").write_text(
            f"{INSTALLATION}\n", encoding="utf-8", newline="\n"
        )
        compile_packages(work, compiler, ["lib", "app"])
        write_zip(folder / "lib.zip", work / "lib", "", epoch)
        shutil.move(work / "app", folder / "app")
    unpack_python(python, folder / "python")
    [version] = [part.version for part in packages if part.name == NAME]
    write_launchers(folder, version)
    others = carried.read_python(folder / "python", python.path, python.version)
    parts = [*packages, *others, carried.read_launcher(), *carried.list_libraries(folder)]
    carried.write_licences(folder / carried.LICENCES, parts)
    carried.write_sbom(folder / carried.SBOM, parts, epoch)


def build_zip(folder: Path, out: Path, epoch: int) -> Path:
    """Return the zip of a folder, which unpacks to one of the same name."""
    path = out / f"{folder.name}.zip"
    write_zip(path, folder, f"{folder.name}/", epoch)
    return path


def find_epoch() -> int:
    """Return the time that everything bears: SOURCE_DATE_EPOCH, else that of the last commit, else now."""
    if said := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(said)
    done = subprocess.run(
        ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], capture_output=True, text=True, check=False
    )
    return int(done.stdout) if done.returncode == 0 else int(time.time())


def build_all(
    archive: Path, out: Path, *, wheels: Path | None, compiler: str | None, epoch: int
) -> Iterator[Path]:
    """Make the wheel, the folder and its zip in `out`; yields each as it is there."""
    python = open_python(archive)
    compiler = find_compiler(python, compiler)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        wheel = build_wheel(Path(temporary), epoch)
        version = wheel.name.split("-")[1]
        folder = out / f"{NAME}-{version}-windows"
        if folder.exists():
            shutil.rmtree(folder)
        all_wheels = collect_wheels(wheel, python, wheels, Path(temporary) / "all")
        build_folder(python, all_wheels, folder, compiler=compiler, epoch=epoch)
    yield folder
    yield build_zip(folder, out, epoch)


def read_call(description: str) -> argparse.Namespace:
    """Return what the call asks for: the archive of Python, where to build, wheels and compiler."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--python", type=Path, required=True, metavar="ARCHIVE.zip")
    parser.add_argument("-o", "--out", type=Path, default=Path("dist"), metavar="FOLDER")
    parser.add_argument("--wheels", type=Path, metavar="FOLDER", help="take the wheels from there alone")
    parser.add_argument(
        "--compiler", metavar="PYTHON", help="a Python of the archive's version, of any system"
    )
    return parser.parse_args()


def main() -> None:
    """Read the call and make both."""
    asked = read_call(__doc__.split("\n")[0])
    for made in build_all(
        asked.python, asked.out, wheels=asked.wheels, compiler=asked.compiler, epoch=find_epoch()
    ):
        print(made)


if __name__ == "__main__":
    main()
