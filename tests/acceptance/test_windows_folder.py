"""The folder for Windows, from the zip of a release: unpacked elsewhere, run from there, nothing of it installed."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import carried
import postgres
import psycopg
import pytest
import windows_folder
import wine
from conftest import ROOT, Run, make_old, write_livret
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from terminal import CTRL_C, ENTER, terminal

from fs_triage import __version__
from fs_triage.contract import OK
from fs_triage.delivery import signing

pytestmark = pytest.mark.usefixtures("windows")
NAME = f"fs-triage-{__version__}-windows"
MOST_FILES, MOST_BYTES, MOST_IN_ZIP = 603, 63_000_000, 29_000_000
"""Without what joins the counts of a département, which the trial that these are from did not carry."""
MOST_FOR_COUNTS = 10_000_000, 6_000_000
"""Bytes of that: in the folder, in the zip."""
FOR_COUNTS = re.compile("(^|/)(psycopg|sqlalchemy)")
PROGRAM = b"\0" * 0x3C + b"\x40\0\0\0PE\0\0\x64\x86"
"""As much of a Windows program as says for which processor it is."""
CONSOLE = ROOT / "tests" / "windows" / "console.py"
PHRASE = "un livret pour tous"
Done = tuple[int, str, str]


@pytest.fixture(scope="module")
def folder(windows: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder as a person unpacks it, on a desktop of their own; nothing that is done there may write into it."""
    parent = tmp_path_factory.mktemp("Clé USB d'été")
    with zipfile.ZipFile(wine.RELEASE / f"{NAME}.zip") as archive:
        archive.extractall(parent)
    unpacked = parent / NAME
    before = describe_files(unpacked)
    # what Wine lacks for every CPython 3.13: beside it, as for the installed one
    shutil.copy(wine.PYTHON.with_name("bcryptprimitives.dll"), unpacked / "python")
    there(unpacked / "fs-triage.exe", "liste", home=windows)  # compiled: no terminal waits for that
    yield unpacked
    (unpacked / "python" / "bcryptprimitives.dll").unlink()
    assert describe_files(unpacked) == before


def describe_files(top: Path) -> dict[str, tuple[int, int]]:
    """Return the files below a folder with what changes when one is written."""
    found = (path for path in top.rglob("*") if path.is_file())
    return {str(path.relative_to(top)): (path.stat().st_size, path.stat().st_mtime_ns) for path in found}


def there(*command: str | Path, home: Path, cwd: Path = ROOT) -> Done:
    """Run a program of the folder, from another one, in pipes."""
    first, *words = command
    program = ["cmd", "/c", wine.native(first)] if Path(first).suffix == ".cmd" else [str(first)]
    done = subprocess.run(
        [wine.WINE, *program, *map(str, words)],
        input=b"",
        capture_output=True,
        cwd=cwd,
        env=wine.environment(home),
        timeout=wine.PATIENCE,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


# -- what is released


def test_the_sums_are_those_of_all_files() -> None:
    said = dict(reversed(line.split("  ")) for line in (wine.RELEASE / "SHA256SUMS").read_text().splitlines())
    found = {path.name: path for path in wine.RELEASE.iterdir() if path.name != "SHA256SUMS"}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()} == said
    kinds = {".whl", ".gz", ".zip", ".txt", ".json", ".md"}
    assert {path.suffix for path in found.values()} == kinds and len(found) == len(kinds)


def test_the_folder_is_no_bigger_than_it_was(folder: Path) -> None:
    sizes = [size for size, _ in describe_files(folder).values()]
    path = wine.RELEASE / f"{NAME}.zip"
    with zipfile.ZipFile(path) as packed, packed.open(f"{NAME}/lib.zip") as inner:
        outside = [entry for entry in packed.infolist() if FOR_COUNTS.search(entry.filename)]
        with zipfile.ZipFile(inner) as lib:
            inside = [entry for entry in lib.infolist() if FOR_COUNTS.search(entry.filename)]
    assert len(outside) > 5 and len(inside) > 100
    packed_in_lib = sum(entry.compress_size for entry in inside)
    more = sum(entry.file_size for entry in outside) + packed_in_lib
    more_in_zip = sum(entry.compress_size for entry in outside) + packed_in_lib
    assert more <= MOST_FOR_COUNTS[0] and more_in_zip <= MOST_FOR_COUNTS[1]
    assert len(sizes) <= MOST_FILES and sum(sizes) <= MOST_BYTES + more
    assert path.stat().st_size <= MOST_IN_ZIP + more_in_zip
    # folders of people are deep, and Windows takes 260 letters of all
    assert max(len(name) for name in describe_files(folder)) < 100


def test_nothing_in_the_folder_says_where_it_was_made(folder: Path) -> None:
    with zipfile.ZipFile(folder / "lib.zip") as archive:
        compiled = [archive.read(name) for name in archive.namelist() if name.endswith(".pyc")]
    compiled += [path.read_bytes() for path in (folder / "app").rglob("*.pyc")]
    assert len(compiled) > 1000
    assert not [text for text in compiled if f"{tempfile.gettempdir()}/tmp".encode() in text]
    assert not [*(folder / "app" / "fs_triage").rglob("*.py")]


def test_the_list_of_parts_names_all_that_the_folder_carries(folder: Path) -> None:
    text = (wine.RELEASE / f"{NAME}.{carried.SBOM}").read_text(encoding="utf-8")
    assert text == (folder / carried.SBOM).read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    listed = json.loads(text)
    parts = {part["name"]: part for part in [listed["metadata"]["component"], *listed["components"]]}
    packages = {one.name: one.version for one in metadata.distributions(path=[str(folder / "app")])}
    assert len(packages) > 20
    assert {name: parts[name]["version"] for name in packages} == packages
    assert {path.name for path in folder.rglob("*.dll")} - {*parts} == {
        "python3.dll",
        "python313.dll",
        "bcryptprimitives.dll",
    }
    assert parts["python"]["version"].startswith("3.13.") and parts["libcrypto-3.dll"]["version"]
    assert [name for name, part in parts.items() if not part["licenses"]] == []
    licences = (folder / carried.LICENCES).read_text(encoding="utf-8-sig")
    heads = (f"\n{name} {part.get('version', '')}".rstrip() for name, part in parts.items())
    assert [head for head in heads if f"{head} (" not in licences] == []
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in licences


def test_a_package_that_lacks_what_it_needs_on_windows_is_refused(folder: Path, tmp_path: Path) -> None:
    info = tmp_path / "typer-1.dist-info"
    info.mkdir()
    needs = 'Requires-Dist: colorama; sys_platform == "win32"\nRequires-Dist: sh; sys_platform != "win32"\n'
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: typer\nVersion: 1\nLicense: MIT\n{needs}", encoding="utf-8"
    )
    wheel = tmp_path / "typer-1-py3-none-any.whl"
    wheel.write_bytes(b"")
    with pytest.raises(SystemExit) as refused:
        carried.read_packages(tmp_path, [wheel], "3.13.2")
    assert str(refused.value).splitlines() == [
        'typer needs colorama; sys_platform == "win32", which is not there',
        "typer carries no text of its licence",
    ]


# -- what it does


@pytest.mark.parametrize("program", ["fs-triage.exe", "fs-triage.cmd"])
def test_scripts_have_the_same_answers(folder: Path, windows: Path, run: Run, program: str) -> None:
    for words in (["caf", "rsa"], ["fiche", "caf/rsa/demande", "--json"], ["liste", "nulle-part"]):
        here = run(*words, cwd=ROOT)
        assert there(folder / program, *words, home=windows) == (here.returncode, here.stdout, here.stderr)


def test_a_word_with_a_space_and_a_percent_sign_arrives(folder: Path, windows: Path, run: Run) -> None:
    words = ["caf", "l'été 50 % de %PATH%"]
    here = run(*words)
    assert "%PATH%" in here.stderr
    assert there(folder / "fs-triage.exe", *words, home=windows) == (
        here.returncode,
        here.stdout,
        here.stderr,
    )


def test_what_needs_most_packages_works(folder: Path, windows: Path, run: Run) -> None:
    code, out, err = there(folder / "fs-triage.exe", "verifier", home=windows)
    assert (code, out, err.splitlines()[-1]) == (OK, "", "Aucun problème.")
    moment = ["contacts", "--json", "--quand", "2026-12-25 10:00"]
    here = run(*moment).stdout
    assert '"open": false' in here  # a public holiday, in a time zone
    assert there(folder / "fs-triage.exe", *moment, home=windows)[1] == here


def test_the_version_tells_the_folder_from_a_package(folder: Path, windows: Path) -> None:
    code, out, err = there(folder / "fs-triage.exe", "--version", home=windows)
    assert (code, out.splitlines()[0], err) == (OK, f"fs-triage {__version__} (dossier Windows)", "")
    installed = wine.call("-m", "fs_triage", "--version").stdout.decode()
    assert installed.splitlines()[0] == f"fs-triage {__version__} (paquet Python)"


def test_a_wizard_is_walked_to_a_card(folder: Path, windows: Path) -> None:
    command = [wine.WINE, wine.native(folder / "python" / "python.exe"), wine.native(CONSOLE)]
    with terminal(home=windows, command=command, env=wine.environment(windows)) as screen:
        screen.see("Pour quel partenaire ?")
        screen.send("msa")
        screen.see("Recherche : msa")
        screen.send(ENTER)
        screen.see("Pour quel sujet l’usager vient-il voir la MSA ?")
        screen.send("législation")
        screen.see("Recherche : législation")
        screen.send(ENTER)
        screen.see("msafcsbo.grprec@franchecomte.msa.fr")
        screen.send(CTRL_C)
        assert screen.end() == 130


def test_a_double_click_opens_the_wizard(folder: Path, windows: Path) -> None:
    command = [wine.WINE, "cmd", "/c", wine.native(folder / "Assistant.cmd")]
    with terminal(home=windows, command=command, env=wine.environment(windows)) as screen:
        screen.see("Pour quel partenaire")
        screen.send(CTRL_C)
        screen.end()
        assert "Press any key" not in screen.text()


def test_a_double_click_leaves_a_mistake_to_be_read(folder: Path, tmp_path: Path) -> None:
    settings = tmp_path / "Local" / "fs-triage" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("regles = 'C:\\nulle part'\n", encoding="utf-8")
    command = [wine.WINE, "cmd", "/c", wine.native(folder / "Assistant.cmd")]
    with terminal(home=tmp_path, command=command, env=wine.environment(tmp_path)) as screen:
        screen.see("C:\\nulle part", "Press any key")
        screen.send(ENTER)
        screen.end()


def test_a_message_is_copied(folder: Path, windows: Path, run: Run) -> None:
    words = ["message", "msa/sante/legislation"]
    paste = "import pyperclip, sys; sys.stdout.buffer.write(pyperclip.paste().encode())"
    python = folder / "python" / "python.exe"
    with wine.open_desktop():
        code, out, err = there(python, wine.native(CONSOLE), *words, "--copier", home=windows)
        pasted = there(python, "-c", f"import platform; platform._wmi = None; {paste}", home=windows)[1]
    assert (code, out) == (OK, run(*words).stdout) and err.startswith("Copié"), err
    assert pasted.startswith("Bonjour,\r\n") and out.endswith(pasted.replace("\r\n", "\n") + "\n")


def test_a_sheet_is_written(folder: Path, windows: Path, run: Run, tmp_path: Path) -> None:
    words = ["feuille", "caf/rsa/demande", "-o", "été.html"]
    assert there(folder / "fs-triage.exe", *words, home=windows, cwd=tmp_path)[0] == OK
    written = (tmp_path / "été.html").read_bytes()
    assert run(*words, cwd=tmp_path).returncode == OK
    assert written == (tmp_path / "été.html").read_bytes()


def test_a_livret_is_received_and_a_visit_counted_for_the_departement(
    folder: Path, run: Run, tmp_path: Path, database_server: postgres.Server
) -> None:
    rules, share, home = write_livret(tmp_path / "petit"), tmp_path / "partage été", tmp_path / "chez elle"
    with (rules / "livret.yaml").open("a", encoding="utf-8") as stream:
        stream.write("édition: décembre\n")
    key = tmp_path / "publication.cle"
    key.write_bytes(signing.create_key(PHRASE))
    published = run("publier", str(rules), "-o", str(share), "--cle", str(key), input=f"{PHRASE}\n")
    assert published.returncode == OK, published.stderr
    counts = database_server.create_database()
    program, settings = folder / "fs-triage.exe", home / "Local" / "fs-triage" / "config.toml"
    settings.parent.mkdir(parents=True)
    fingerprint = signing.format_fingerprint(signing.read_public_key(key.read_bytes()))
    settings.write_text(
        f"maj = '{wine.native(share)}'\ncle = '{fingerprint}'\nmaison = 'Lons'\ncomptes = '{counts}'\n",
        encoding="utf-8",
    )
    with wine.open_desktop():
        for words, said in (
            (["maj"], "décembre"),
            (["liste"], "guichet/papier"),
            (["journal", "--activer"], "comptes du département"),
            (["bilan", "--preparer", counts], "version 2"),
        ):
            code, out, err = there(program, *words, home=home)
            assert (code, said in out) == (OK, True), out + err
        command = [wine.WINE, wine.native(folder / "python" / "python.exe"), wine.native(CONSOLE)]
        with terminal(home=home, command=command, env=wine.environment(home)) as screen:
            screen.see("Pour quel partenaire")
            screen.send("papier")
            screen.see("Recherche : papier")
            screen.send(ENTER)
            screen.see("Et maintenant")
            screen.send(CTRL_C)
            assert screen.end() == 130
        # the wizard has begun to send in a process that nobody waits for: what it has not sent is sent now
        assert there(program, "journal", "--envoyer", home=home)[0] == OK
        code, out, err = there(program, "bilan", "--comptes", "--par", "demarche", "--json", home=home)
    assert code == OK, err
    with psycopg.connect(counts) as connection:
        rows = connection.execute("SELECT maison, demarche, issue, nombre FROM comptes.bilan").fetchall()
    assert rows == [("Lons", "guichet/papier", "regle", 1)]
    assert '"key": "guichet/papier"' in out


def test_two_folders_side_by_side_do_not_disturb_each_other(folder: Path, tmp_path: Path) -> None:
    other, home = tmp_path / "l'ancienne", tmp_path / "chez elle"
    rules = make_old(write_livret(tmp_path / "petit"))
    shutil.copytree(folder, other)
    home.mkdir()
    kept: dict[str, tuple[int, int]] = {}
    for _ in range(2):
        for place in (folder, other):
            words = ["--regles", wine.native(rules), "guichet/papier"]
            assert there(place / "fs-triage.exe", *words, home=home)[::2] == (OK, "")
        kept = kept or describe_files(home)
    assert kept and describe_files(home) == kept


# -- what it is made from


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"python313._pth": b"", "python.exe": b"MZ"},
        {"python313._pth": b"", "python.exe": PROGRAM},
        {"python313._pth": b"", "python.exe": PROGRAM, "python313.dll": b""},
    ],
    ids=["nothing", "cut", "no library", "no version"],
)
def test_what_is_no_python_for_it_is_refused(tmp_path: Path, content: dict[str, bytes]) -> None:
    path = tmp_path / "python.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    with pytest.raises(SystemExit, match="not an embeddable CPython"):
        windows_folder.open_python(path)


def test_a_python_for_another_processor_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "python.zip"
    with zipfile.ZipFile(wine.EMBEDDABLE) as given, zipfile.ZipFile(path, "w") as archive:
        for name in ("python313._pth", "python.exe", "python313.dll"):
            data = bytearray(given.read(name))
            if name == "python.exe":
                machine = int.from_bytes(data[0x3C:0x40], "little") + 4
                data[machine : machine + 2] = b"\x4c\x01"
            archive.writestr(name, bytes(data))
    with pytest.raises(SystemExit, match="for another processor"):
        windows_folder.open_python(path)
    assert windows_folder.open_python(wine.EMBEDDABLE).version == "3.13.2"


def test_a_python_of_another_version_compiles_nothing(tmp_path: Path) -> None:
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\necho 0d0d0d0d\n", encoding="utf-8", newline="\n")
    script.chmod(0o755)
    with pytest.raises(SystemExit, match=r"no Python 3\.13 to compile with"):
        windows_folder.find_compiler(windows_folder.open_python(wine.EMBEDDABLE), str(script))
