"""Files for people and other programs: written whole, with line feeds, under names that Windows takes; refusals."""

from __future__ import annotations

import errno
import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import Call

from fs_triage import contract
from fs_triage.contract import OK, WRONG_CALL
from fs_triage.files import atomic_write
from fs_triage.text.typography import typeset_french


class RefusedByWindows(OSError):
    """An error as Windows makes it: with a number of its own beside errno."""

    def __init__(self, number: int, winerror: int) -> None:
        super().__init__(number, "english")
        self.winerror = winerror


BY_NUMBER = {
    (errno.EACCES, 5): "accès refusé, ou ouvert dans un autre programme",
    (errno.EACCES, 32): "ouvert dans un autre programme",
    (errno.EACCES, 33): "verrouillé par un autre programme",
    (errno.EACCES, 19): "disque en lecture seule",
    (errno.EACCES, 21): "lecteur absent ou pas prêt",
    (errno.EINVAL, 39): "disque plein",
    (errno.ENOSPC, 112): "disque plein",
    (errno.ENOENT, 53): "partage réseau introuvable",
    (errno.ENOENT, 67): "partage réseau introuvable",
    (errno.EINVAL, 64): "partage réseau coupé",
    (errno.EINVAL, 121): "le réseau ne répond pas",
    (errno.EINVAL, 123): "ce nom contient un signe interdit",
    (errno.ENOENT, 206): "nom trop long",
    (errno.EINVAL, 225): "bloqué par l’antivirus",
    (errno.EINVAL, 267): "n’est pas un dossier",
    (errno.EINVAL, 362): "OneDrive est arrêté",
    (errno.EINVAL, 1224): "ouvert dans un autre programme",
    (errno.EINVAL, 1326): "mot de passe du partage réseau refusé",
    (errno.ENOENT, 2): "n’existe pas",
}


@pytest.mark.parametrize(("numbers", "said"), BY_NUMBER.items(), ids=[f"{n}" for _, n in BY_NUMBER])
def test_what_windows_refuses_is_told_by_its_own_number(numbers: tuple[int, int], said: str) -> None:
    assert contract.describe_os_error(RefusedByWindows(*numbers)) == said


def test_a_number_of_windows_that_is_not_known_is_told_by_the_error_made_of_it() -> None:
    assert contract.describe_os_error(RefusedByWindows(errno.EACCES, 9999)) == "accès refusé"
    assert contract.describe_os_error(RefusedByWindows(9998, 9999)) == "erreur n° 9999 du système"
    assert contract.describe_os_error(OSError()) == "erreur n° 0 du système"


COMMON = re.findall(
    r"\w+",
    """
    EACCES EAGAIN EBADF EBUSY EDQUOT EEXIST EFBIG EHOSTDOWN EHOSTUNREACH EINTR EINVAL EIO EISDIR ELOOP EMFILE
    ENAMETOOLONG ENETDOWN ENETUNREACH ENFILE ENODEV ENOENT ENOLCK ENOMEM ENOSPC ENOSYS ENOTDIR ENOTEMPTY ENOTSUP
    ENXIO EPERM EPIPE EROFS ESTALE ETIMEDOUT ETXTBSY EXDEV EOPNOTSUPP ECONNRESET EDEADLK
    """,
)


@pytest.mark.parametrize("name", COMMON)
def test_what_is_common_has_a_reason(name: str) -> None:
    number = getattr(errno, name, None)
    if number is None:
        pytest.skip(f"ce système n’a pas {name}")
    assert "erreur n°" not in contract.describe_os_error(OSError(number, ""))


def test_a_system_that_lacks_names_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(errno, "EDQUOT")
    monkeypatch.delattr(errno, "ESTALE")
    assert contract.describe_os_error(OSError(errno.ENOSPC, "")) == "disque plein"
    assert contract.describe_os_error(OSError()) == "erreur n° 0 du système"


# -- names

REFUSED = {
    "con.html": "« con » est le nom d’un appareil pour Windows",
    "CON": "« CON » est le nom d’un appareil pour Windows",
    "nul .md": "« nul » est le nom d’un appareil pour Windows",
    "dossier/aux/fiche.html": "« aux » est le nom d’un appareil pour Windows",
    "C:\\dossier\\com1.html": "« com1 » est le nom d’un appareil pour Windows",
    "lpt².tar.md": "« lpt² » est le nom d’un appareil pour Windows",
    "CONOUT$": "« CONOUT$ » est le nom d’un appareil pour Windows",
    "a?.html": "« ? » est interdit dans un nom",
    "fiche:1.html": "« : » est interdit dans un nom",
    'C:\\Mes documents" --depuis': '« " » est interdit dans un nom',
    "a\tb.md": "un signe y est interdit",
    "fiche.html ": "un nom ne finit ni par un point ni par un espace",
    "dossier.\\fiche.md": "un nom ne finit ni par un point ni par un espace",
}
TAKEN = [
    "fiche.html",
    "..\\fiche.html",
    "./fiche.html",
    "C:fiche.html",
    "C:\\Users\\Zoé\\fiche été.html",
    "\\\\serveur\\partage\\fiche.md",
    "\\\\?\\C:\\dossier\\fiche.md",
    "console.html",
    "com.html",
    "com10.html",
    "nulle.part",
    ".con",
    "dossier\\",
]


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic_write, "sys", SimpleNamespace(platform="win32"))


@pytest.mark.parametrize(("name", "why"), REFUSED.items(), ids=ascii)
def test_a_name_that_windows_does_not_take(windows: None, name: str, why: str) -> None:
    assert atomic_write.refused_name(name) == typeset_french(why)


@pytest.mark.parametrize("name", TAKEN, ids=ascii)
def test_a_name_that_windows_takes(windows: None, name: str) -> None:
    assert atomic_write.refused_name(name) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows refuse ces noms")
@pytest.mark.parametrize("name", REFUSED, ids=ascii)
def test_elsewhere_any_name_will_do(name: str) -> None:
    assert atomic_write.refused_name(name) is None


@pytest.mark.parametrize("name", ["con.html", "a?.html", "aux.md"])
def test_a_sheet_is_not_written_to_a_device(
    windows: None, call: Call, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = call("relecture", "caf", "-o", name)
    why = typeset_french(REFUSED.get(name, "« aux » est le nom d’un appareil pour Windows"))
    assert (code, out) == (WRONG_CALL, "")
    assert (
        err == typeset_french(f"« {name} » ne peut pas être écrit ({why}) ; choisissez un autre nom.") + "\n"
    )
    assert [*tmp_path.iterdir()] == []


def test_a_livret_is_not_begun_under_a_name_that_windows_changes(
    windows: None, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = call("nouveau", "doubs.", "--departement", "25 Doubs")
    assert (code, out) == (WRONG_CALL, "")
    assert err.startswith(
        typeset_french("Le dossier « doubs. » ne peut pas être créé (un nom ne finit ni par un point")
    )
    assert [*tmp_path.iterdir()] == []


# -- writing


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "fiche.md"
    for content in (b"ancien\n", b"nouveau\n"):
        atomic_write.write_whole(target, content)
        assert target.read_bytes() == content
    assert [*tmp_path.iterdir()] == [target]


def test_a_long_name_is_no_reason_to_fail(tmp_path: Path) -> None:
    target = tmp_path / f"{'é' * 120}.html"
    atomic_write.write_whole(target, b"page")
    assert [*tmp_path.iterdir()] == [target]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "fiche.md"
    target.write_bytes(b"ancien\n")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "")))
    with pytest.raises(OSError):
        atomic_write.write_whole(target, b"nouveau\n")
    assert target.read_bytes() == b"ancien\n"
    assert [*tmp_path.iterdir()] == [target]


@pytest.mark.parametrize("readings", [2, 1000])
def test_a_file_that_is_read_for_a_moment_is_replaced_after_it(
    windows: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, readings: int
) -> None:
    """Windows replaces no file that is open; a virus scanner or another lookup opens ours."""
    target, left, replace = tmp_path / "fiche.md", [None] * readings, Path.replace
    target.write_bytes(b"ancien")

    def refused_while_read(self: Path, other: Path) -> Path:
        if left:
            left.pop()
            raise PermissionError(errno.EACCES, "")
        return replace(self, other)

    monkeypatch.setattr(atomic_write, "_MOMENT", 0)
    monkeypatch.setattr(Path, "replace", refused_while_read)
    if readings < 10:
        atomic_write.write_whole(target, b"page")
    else:
        with pytest.raises(PermissionError):
            atomic_write.write_whole(target, b"page")
    assert target.read_bytes() == (b"page" if readings < 10 else b"ancien")
    assert [*tmp_path.iterdir()] == [target]


@pytest.mark.skipif(sys.platform == "win32", reason="un lien demande des droits à Windows")
def test_a_link_stays_one_and_a_link_to_itself_is_replaced(tmp_path: Path) -> None:
    target, link, loop = tmp_path / "vrai.md", tmp_path / "lien.md", tmp_path / "boucle.md"
    link.symlink_to(target)
    loop.symlink_to(loop)
    atomic_write.write_whole(link, b"page")
    atomic_write.write_whole(loop, b"page")
    assert (target.read_bytes(), link.is_symlink(), loop.read_bytes()) == (b"page", True, b"page")


def test_files_for_other_programs_end_their_lines_with_line_feeds(call: Call, tmp_path: Path) -> None:
    for name in ("fiche.md", "fiche.html"):
        assert call("relecture", "caf", "-o", str(tmp_path / name))[0] == OK
    assert call("nouveau", str(tmp_path / "doubs"), "--departement", "25 Doubs")[0] == OK
    made = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(made) > 8
    assert [path.name for path in made if b"\r" in path.read_bytes()] == []
