"""The program on Windows, without a console: the same answers to the byte, files, encodings, the index, settings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import wine
from conftest import GOOD, JURA, ROOT, Run, edit, make_old, write_livret

from fs_triage.contract import NOTHING_FOUND, OK, RULES_UNUSABLE, WRONG_CALL

pytestmark = pytest.mark.usefixtures("windows")
Done = tuple[int, str, str]

CALLS = [
    ["caf", "rsa"],
    ["fiche", "caf/rsa/demande", "--json"],
    ["liste"],
    ["contacts", "la-poste"],
    ["chercher", "--max", "2", "on m'a volé mon permis"],
    ["chercher", "permis", "--json"],
    ["caf", "xyzzy"],
    ["chercher", "--max", "beaucoup", "permis"],
    ["liste", "nulle-part"],
    ["arbre", "justice"],
    ["arbre", "caf", "--dot"],
    ["arbre", "caf", "--mermaid"],
    ["schema"],
    ["relecture", "la-poste"],
    ["feuille", "caf/rsa/demande"],
    ["message", "msa/sante/legislation"],
]


def there(*arguments: str, home: Path, input: bytes = b"", cwd: Path = ROOT, **more: str) -> Done:
    """Run `fs-triage` on Windows in pipes; what it writes must be UTF-8."""
    done = subprocess.run(
        wine.program(*arguments),
        input=input,
        capture_output=True,
        cwd=cwd,
        env=wine.environment(home, **more),
        timeout=wine.PATIENCE,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def held(*arguments: str, home: Path, **more: str) -> subprocess.Popen[bytes]:
    """Start `fs-triage` on Windows and leave it running."""
    pipe = subprocess.PIPE
    env = wine.environment(home, **more)
    return subprocess.Popen(wine.program(*arguments), stdin=pipe, stdout=pipe, stderr=pipe, env=env)


@pytest.fixture
def petit(tmp_path: Path) -> Path:
    """A livret of two démarches, in a folder whose name begins as an escape sequence does."""
    return write_livret(tmp_path / "nouveau été")


@pytest.mark.parametrize("arguments", CALLS, ids=" ".join)
def test_the_answer_is_the_same_to_the_byte(windows: Path, run: Run, arguments: list[str]) -> None:
    here = run(*arguments, cwd=ROOT)
    assert there(*arguments, home=windows) == (here.returncode, here.stdout, here.stderr)


def test_rules_that_are_not_there(windows: Path) -> None:
    code, out, err = there("--regles", r"C:\nulle\part", "liste", home=windows)
    assert (code, out) == (RULES_UNUSABLE, "")
    assert r"C:\nulle\part" in err


# -- needs, one a line

NEEDS = "permis volé\nje veux toucher le RSA\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_needs_in_a_file_of_windows(windows: Path, run: Run, encoding: str) -> None:
    code, out, err = there(
        "chercher", "--lot", "--json", home=windows, input=NEEDS.replace("\n", "\r\n").encode(encoding)
    )
    here = run("chercher", "--lot", "--json", input=NEEDS)
    assert (code, out, err) == (OK, here.stdout, "")


def test_needs_in_another_encoding_are_refused_with_their_line(windows: Path) -> None:
    code, out, err = there(
        "chercher", "--lot", "--json", home=windows, input=f"permis\n{NEEDS}".encode("cp1252")
    )
    assert code == WRONG_CALL
    assert "�" not in out and len(out.splitlines()) <= 1
    assert "Ligne 2 " in err and "UTF-8" in err


# -- pipes and files


@pytest.mark.parametrize(
    "arguments", [["liste", "--json"], ["arbre", "caf", "--dot"], ["caf", "rsa"]], ids=" ".join
)
def test_what_cmd_writes_to_a_file(windows: Path, run: Run, tmp_path: Path, arguments: list[str]) -> None:
    # cmd reads the file in its code page: nothing but ASCII in it
    (tmp_path / "essai.bat").write_bytes(b'@%1 -m fs_triage %~2 > "out.txt"\r\n@exit /b %ERRORLEVEL%\r\n')
    done = subprocess.run(
        [wine.WINE, "cmd", "/c", "essai.bat", wine.native(wine.PYTHON), " ".join(arguments)],
        input=b"",
        capture_output=True,
        cwd=tmp_path,
        env=wine.environment(windows),
        timeout=wine.PATIENCE,
    )
    assert (done.returncode, done.stderr.decode()) == (OK, "")
    assert (tmp_path / "out.txt").read_bytes() == run(*arguments).stdout.encode()


@pytest.mark.parametrize(
    "arguments", [["liste"], ["liste", "--json"], ["arbre", "caf", "--dot"]], ids=" ".join
)
def test_a_closed_pipe_ends_quietly(windows: Path, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with subprocess.Popen(
        wine.program(*arguments),
        stdin=subprocess.PIPE,
        stdout=writer,
        stderr=subprocess.PIPE,
        env=wine.environment(windows),
    ) as process:
        os.close(writer)
        _, err = process.communicate(timeout=wine.PATIENCE)
    assert (process.returncode, err.decode()) == (OK, "")


def test_relecture_writes_what_it_writes_here(windows: Path, run: Run, tmp_path: Path) -> None:
    assert there("relecture", "msa", "-o", wine.native(tmp_path / "là.html"), home=windows)[0] == OK
    assert run("relecture", "msa", "-o", str(tmp_path / "ici.html")).returncode == OK
    assert (tmp_path / "là.html").read_bytes() == (tmp_path / "ici.html").read_bytes()


@pytest.mark.parametrize("name", ["con.html", "a?.html"])
def test_a_name_that_windows_has_not(windows: Path, tmp_path: Path, name: str) -> None:
    code, out, err = there("relecture", "msa", "-o", f"{wine.native(tmp_path)}\\{name}", home=windows)
    assert code not in (OK, 70) and out == "" and len(err.splitlines()) == 1
    assert "erreur n°" not in err.replace("\u00a0", " ")
    assert [*tmp_path.iterdir()] == []


def test_a_new_livret_is_written_for_every_system(windows: Path, run: Run, tmp_path: Path) -> None:
    target = tmp_path / "doubs"
    asked = ["--depuis", "jura", "--departement", "25 Doubs"]
    code, _, err = there("nouveau", wine.native(target), *asked, home=windows)
    assert code == OK, err
    written = {path.name: path.read_bytes() for path in target.rglob("*.yaml")}
    assert "livret.yaml" in written and not [name for name, text in written.items() if b"\r" in text]
    code, out, err = there("verifier", wine.native(target), home=windows)
    assert "n’existe" not in out + err


def test_completion_of_both_powershells(windows: Path) -> None:
    code, _, err = there("--installer-completion", "powershell", home=windows)
    assert code == OK, err
    again = there("--installer-completion", "powershell", home=windows)
    assert again[0] == OK and "rien n’a changé" in again[1]
    profiles = [*wine.PREFIX.glob("drive_c/users/*/*/*PowerShell/profile.ps1")]
    assert {path.parent.name for path in profiles} == {"WindowsPowerShell", "PowerShell"}
    assert all(path.read_bytes().isascii() for path in profiles)


# -- the index


def indexes(home: Path) -> dict[str, tuple[int, int]]:
    """Return each index of a user with what changes when it is written again."""
    found = (path for path in home.rglob("*") if path.is_file() and "fs-triage" in str(path))
    return {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in found}


def test_the_index_is_written_once(windows: Path, petit: Path, tmp_path: Path) -> None:
    home, rules = tmp_path / "chez elle", wine.native(petit)
    home.mkdir()
    for arguments in (["liste"], ["chercher", "papier"], ["chercher", "papier"]):
        assert there("--regles", rules, *arguments, home=home)[0] == OK
    kept = indexes(home)
    assert kept
    for arguments in (["liste"], ["chercher", "papier"], ["guichet"]):
        code, _, err = there("--regles", rules, *arguments, home=home)
        assert (code, err) == (OK, "")
    assert indexes(home) == kept


def test_the_index_is_replaced_while_others_hold_it(windows: Path, petit: Path, tmp_path: Path) -> None:
    home, rules = tmp_path / "chez elle", wine.native(petit)
    home.mkdir()
    with held("--regles", rules, "chercher", "--lot", "--json", home=home) as other:
        assert other.stdin is not None and other.stdout is not None
        other.stdin.write(b"papier\n")
        other.stdin.flush()
        assert json.loads(other.stdout.readline())["matches"]
        edit(
            petit / "partenaires/guichet.yaml",
            ("libellé: Rien ne va plus", "libellé: Rien ne va vraiment plus"),
        )
        make_old(petit)
        assert "vraiment" in there("--regles", rules, "liste", home=home)[1]
        kept = indexes(home)
        code, out, err = there("--regles", rules, "liste", home=home)
        assert (code, "vraiment" in out, err) == (OK, True, "")
        assert indexes(home) == kept
        out, err = other.communicate(b"papier\n", timeout=wine.PATIENCE)
    assert json.loads(out)["matches"] and err == b""


def test_several_at_once(windows: Path, petit: Path, tmp_path: Path) -> None:
    home = tmp_path / "chez elle"
    home.mkdir()

    def ask(_: int) -> Done:
        return there("--regles", wine.native(petit), "liste", home=home)

    with ThreadPoolExecutor(4) as pool:
        answers = {*pool.map(ask, range(4))}
    [(code, out, err)] = answers
    assert (code, err) == (OK, "") and len(out.splitlines()) == 2


# -- settings and rules


@pytest.fixture
def settings(windows: Path, tmp_path: Path) -> Iterator[Path]:
    """The profile of a user with settings of their own: the file to write."""
    path = tmp_path / "chez lui" / "Local" / "fs-triage" / "config.toml"
    path.parent.mkdir(parents=True)
    yield path


@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_folder_with_backslashes_in_the_settings(settings: Path, petit: Path, quote: str) -> None:
    settings.write_text(f"regles = {quote}{wine.native(petit)}{quote}\r\n", encoding="utf-8")
    code, out, err = there("liste", home=settings.parents[2])
    assert (code, err) == (OK, "")
    assert out.startswith("guichet/papier\t")


def test_settings_in_another_encoding_are_refused_with_their_line(settings: Path, petit: Path) -> None:
    settings.write_bytes(f"# \nregles = '{wine.native(petit)}'\n".encode("cp1252"))
    code, out, err = there("liste", home=settings.parents[2])
    assert code not in (OK, 70) and out == ""
    assert "ligne 2" in err.replace("\u00a0", " ") and "supprimez" not in err


def test_a_mistake_is_told_with_its_place(windows: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(GOOD, tmp_path / "bon")
    assert there("verifier", wine.native(folder), home=windows)[0] == OK
    edit(folder / "partenaires/mairie.yaml", ("libellé:", "labell:"))
    code, out, err = there("verifier", wine.native(folder), home=windows)
    assert code == NOTHING_FOUND
    assert wine.native(folder / "partenaires/mairie.yaml") + ":" in out + err


def test_two_livrets_are_compared_as_here(windows: Path, run: Run, tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path / "avant")
    shutil.copytree(GOOD, tmp_path / "après")
    edit(tmp_path / "après" / "partenaires/mairie.yaml", ("libellé:", "libellé: Nouveau"))
    names = ["comparer", "avant", "après", "--markdown"]
    here = run(*names, cwd=tmp_path)
    assert there(*names, home=windows, cwd=tmp_path) == (here.returncode, here.stdout, here.stderr)


def test_an_heir_has_the_ids_of_its_parent(windows: Path, run: Run, tmp_path: Path) -> None:
    shutil.copytree(JURA, tmp_path / "jura")
    (tmp_path / "doubs").mkdir()
    (tmp_path / "doubs" / "livret.yaml").write_text(
        "id: doubs\ntitre: Livret du Doubs\ndépartement: 25 Doubs\nsource: Préfecture\nhérite de: jura\n",
        encoding="utf-8",
    )
    here = run("verifier", "doubs", cwd=tmp_path)
    code, out, err = there("verifier", "doubs", home=windows, cwd=tmp_path)
    assert "contact-not-replaced" in here.stdout and "id-vanished" not in here.stdout
    assert (code, out.replace("\\", "/"), err) == (here.returncode, here.stdout, here.stderr)


def test_a_bug_shows_no_folder(windows: Path) -> None:
    broken = "from fs_triage import __main__; __main__._run_call = None; __main__.start()"
    done = subprocess.run(
        [wine.WINE, wine.native(wine.PYTHON), "-c", broken, "liste"],
        input=b"",
        capture_output=True,
        env=wine.environment(windows),
        timeout=wine.PATIENCE,
    )
    assert (done.returncode, done.stdout) == (70, b"")
    assert "TypeError" in done.stderr.decode() and "\\" not in done.stderr.decode()
