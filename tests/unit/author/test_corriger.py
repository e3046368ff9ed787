"""`verifier --corriger`: mends what is sure, shows it first, writes only that."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pexpect
import pytest
from conftest import GOOD, SEARCHING_CHECKS, clean_environment, leave_out_checks

from fs_triage.author import corriger, verifier
from fs_triage.contract import Failure
from fs_triage.rules import snapshot

LABEL = "    libellé: Une carte d'identité\n"
STEP = "      - Prendre rendez-vous.\n"
SURE = {
    "no-break space after a colon": (LABEL, LABEL.replace(": ", ":\u00a0")),
    "no-break spaces as indentation": (LABEL, LABEL.replace("    ", "\u00a0\u00a0\u00a0\u00a0")),
    "tab": (LABEL, LABEL.replace("    ", "\t")),
    "unseen character": (LABEL, LABEL.replace("Une", "Une\u200b")),
    "accent for an apostrophe": (LABEL, LABEL.replace("d'", "d\u00b4")),
    "quotes of a word processor": (LABEL, LABEL.replace("Une carte d'identité", "“Une carte d'identité”")),
    "bullet": (STEP, STEP.replace("- ", "• ")),
    "dash without a space": (STEP, STEP.replace("- ", "-")),
    "text that begins with a sign": (STEP, "      - [CAF] prendre.\n"),
    "text with a colon": (STEP, "      - Attention : prendre.\n"),
    "quote never closed": (STEP, '      - "Prendre.\n'),
    "apostrophe within quotes": (STEP, "      - 'l'usager'\n"),
    "English key": (LABEL, LABEL.replace("libellé", "label")),
    "page without brackets": ("    pages: [3]", "    pages: 3"),
    "value in capitals": ("public: usager", "public: Usager"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(snapshot, "SETTLING_SECONDS", 0)
    monkeypatch.chdir(tmp_path)
    leave_out_checks(monkeypatch, *SEARCHING_CHECKS)
    shutil.copytree(GOOD, "bon")
    return Path("bon")


def spoil(folder: Path, *changes: tuple[str, str], ends: str = "\n") -> Path:
    path = folder / "partenaires" / "mairie.yaml"
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    path.write_bytes(text.replace("\n", ends).encode())
    return path


@pytest.mark.parametrize("change", SURE.values(), ids=SURE)
def test_what_is_sure_is_mended_and_then_nothing_is_left(
    change: tuple[str, str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = spoil(folder, change)
    before = path.read_bytes()
    assert corriger.run_corriger(["bon"], is_agreed=False) == 1
    shown = capsys.readouterr()
    assert path.read_bytes() == before and "relancez avec « --oui »" in shown.err.replace("\u00a0", " ")
    assert shown.out.startswith("--- bon/partenaires/mairie.yaml\n+++ ")
    assert corriger.run_corriger(["bon"], is_agreed=True) == 0
    assert capsys.readouterr().out == shown.out
    assert verifier.verify_livret(folder).problems == []
    after = path.read_bytes()
    assert corriger.run_corriger(["bon"], is_agreed=True) == 0
    assert path.read_bytes() == after and "Rien à corriger" in capsys.readouterr().err


def test_the_list_of_identifiers_is_completed(folder: Path) -> None:
    listed = folder / "identifiants.yaml"
    for before, after in {
        "publiés:\n  - mairie/carte\n": "publiés:\n  - mairie/carte\n  - mairie/liste\n  - mairie/aide\n",
        "publiés: [mairie/carte]\n": "publiés: [mairie/carte, mairie/liste, mairie/aide]\n",
    }.items():
        listed.write_text(before, encoding="utf-8")
        assert corriger.run_corriger(["bon"], is_agreed=True) == 0
        assert listed.read_text(encoding="utf-8") == after


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_ends_of_lines_stay(folder: Path, ends: str) -> None:
    good = (folder / "partenaires" / "mairie.yaml").read_bytes()
    path = spoil(folder, (LABEL, LABEL.replace(": ", ":\u00a0")), ends=ends)
    assert corriger.run_corriger(["bon"], is_agreed=True) == 0
    assert path.read_bytes() == good.replace(b"\n", ends.encode())


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_accents_that_were_read_in_another_encoding_are_put_back(
    folder: Path, capsys: pytest.CaptureFixture[str], ends: str
) -> None:
    path = folder / "partenaires" / "mairie.yaml"
    good = path.read_text(encoding="utf-8")
    spoilt = good.replace("é", "Ã©").replace("è", "Ã¨").replace("’", "â€™")
    assert spoilt.count("Ã") > 3
    path.write_text(spoilt, encoding="utf-8", newline=ends)
    assert corriger.run_corriger(["bon"], is_agreed=True) == 0
    assert path.read_bytes() == good.replace("\n", ends).encode()
    assert "Aucun problème." in capsys.readouterr().err


def test_what_has_several_remedies_is_left_to_a_person(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = spoil(folder, (STEP, f"{STEP}        Venir.\n"))
    before = path.read_bytes()
    assert corriger.run_corriger(["bon"], is_agreed=True) == 1
    assert path.read_bytes() == before and "Rien à corriger" in capsys.readouterr().err


def test_a_file_that_changed_meanwhile_is_not_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = spoil(folder, (LABEL, LABEL.replace(": ", ":\u00a0")))

    def print_and_change(_: object) -> None:
        path.write_bytes(path.read_bytes() + b"# autre\n")

    monkeypatch.setattr(corriger, "print_difference", print_and_change)
    with pytest.raises(Failure, match="a changé depuis"):
        corriger.run_corriger(["bon"], is_agreed=True)
    assert path.read_bytes().endswith(b"# autre\n") and "\u00a0Une" in path.read_text(encoding="utf-8")


def test_a_parent_is_never_touched(folder: Path, tmp_path: Path) -> None:
    path = spoil(folder, (LABEL, LABEL.replace("Une carte d'identité", "“Une carte d'identité”")))
    before = path.read_bytes()
    heir = tmp_path / "heritier"
    heir.mkdir()
    booklet = (folder / "livret.yaml").read_text(encoding="utf-8").replace("id: bon", "id: heritier")
    (heir / "livret.yaml").write_text(f"{booklet}hérite de: bon\n", encoding="utf-8")
    corriger.run_corriger(["heritier"], is_agreed=True)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("answer", "is_written"), [("oui", True), ("non", False)])
def test_it_asks_on_a_terminal(answer: str, is_written: bool, folder: Path, tmp_path: Path) -> None:
    path = spoil(folder, (LABEL, LABEL.replace(": ", ":\u00a0")))
    arguments = ["-m", "fs_triage", "verifier", "--corriger", "bon"]
    child = pexpect.spawn(
        sys.executable,
        arguments,
        encoding="utf-8",
        timeout=30,
        env=clean_environment(tmp_path, TERM="xterm"),
        cwd=str(tmp_path),
    )
    child.expect("oui ou non")
    assert "\x1b[32m+    libellé" in (child.before or "")
    child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    assert (child.exitstatus, "\u00a0Une" in path.read_text(encoding="utf-8")) == (
        (0, False) if is_written else (1, True)
    )
