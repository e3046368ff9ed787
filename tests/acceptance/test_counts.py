"""A house that counts, at a real terminal: what is asked, what is kept, and that the wizard goes on."""

from __future__ import annotations

import re
import shlex
import signal
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from chromium import Check
from conftest import Call, clean_environment
from terminal import CTRL_C, ENTER, ESCAPE, GUICHET, LEFT, PATIENCE, SIZES, Terminal, plain, terminal, words

from fs_triage.cli import commands
from fs_triage.counts.journal import Demand, Journal, Need, find_monday
from fs_triage.desk.outcome import NOT_COVERED, NOT_UNDERSTOOD, PASSED_ON, SETTLED

FIRST, KEEP = "Pour quel partenaire", "Garder ces mots"
PERMIT = "prefecture/permis"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / ".local" / "share" / "fs-triage"


@pytest.fixture
def counting(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert call("journal", "--activer")[0] == 0


@contextmanager
def open_wizard(
    home: Path, tmp_path: Path, *arguments: str, size: tuple[int, int] = SIZES[0]
) -> Iterator[Terminal]:
    """Open the wizard of a desk of its own, on the livret of the tests, which is compiled once."""
    more = {"XDG_CACHE_HOME": str(home / ".cache"), "FS_TRIAGE_REGLES": str(GUICHET)}
    env = clean_environment(tmp_path, TERM="xterm-256color", **more)
    with terminal(*arguments, home=tmp_path, columns=size[0], rows=size[1], env=env) as window:
        yield window


def type_need(window: Terminal, need: str) -> None:
    window.send(need)
    window.see(f"Recherche : {need}")


def answer_lines(window: Terminal, *steps: tuple[str, str]) -> None:
    """At each prompt, type what answers it once it was asked: what is typed before it stands there does not count."""
    seen = 0
    for asked, answer in steps:
        end = time.monotonic() + PATIENCE
        while not re.search(rf"{asked}[^»]*q : quitter\) : $", plain(window.raw[seen:].decode())):
            assert time.monotonic() < end, window.bare()
            window.read()
        seen = len(window.raw)
        window.send(answer, ENTER)


def read(data: Path) -> list[tuple[str, str, int]]:
    """Return what the journal has kept: démarche, outcome and how often, all of this week."""
    kept = Journal(data).list_kept()
    assert {row[0] for row in kept} <= {find_monday(date.today())}
    return sorted((demarche, outcome, times) for _, _, demarche, outcome, times in kept)


def test_a_house_that_does_not_count_keeps_nothing(home: Path, tmp_path: Path, data: Path) -> None:
    with open_wizard(home, tmp_path) as window:
        window.see(FIRST)
        type_need(window, "zzyx")
        window.see("non reconnu")
        window.send(ENTER)
        window.settle()
        assert "zzyx" in window.text() and KEEP not in window.text()
        window.send(ESCAPE)
        window.see(FIRST, gone=["zzyx"])
        type_need(window, "permis")
        window.send(ENTER)
        window.see_card(PERMIT)
        window.send("quitter", ENTER)
        assert window.end() == 0
    assert not data.exists()


@pytest.mark.usefixtures("counting")
@pytest.mark.parametrize("size", SIZES, ids=["80x24", "40x20"])
def test_needs_are_counted_and_words_kept_after_a_yes(
    home: Path, tmp_path: Path, data: Path, size: tuple[int, int]
) -> None:
    with open_wizard(home, tmp_path, size=size) as window:
        window.see(FIRST)
        for leave, answer in ((ENTER, ENTER), (ESCAPE, ESCAPE), (ESCAPE, "oui")):
            type_need(window, "zzyx wxqz")
            window.see("non reconnus")
            window.send(leave)
            window.see(KEEP, "« zzyx wxqz »", "Non", "Oui, les garder")
            assert "Non" in window.pointed()
            window.send(*([answer] if answer != "oui" else ["\x1b[B", ENTER]))
            window.see(FIRST, gone=[KEEP, "zzyx"])
        type_need(window, "permis")
        window.send(ENTER)
        window.see_card(PERMIT)
        window.send("nouvel usager")
        window.see("Recherche : nouvel usager")
        window.send(ENTER)
        window.see(FIRST)
        window.send(CTRL_C)
        assert window.end() == 130
    assert read(data) == [("", NOT_UNDERSTOOD, 3), (PERMIT, SETTLED, 1)]
    assert [need.text for need in Journal(data).list_needs(None)] == ["zzyx wxqz"]


@pytest.mark.usefixtures("counting")
def test_numbered_lines_count_alike(home: Path, tmp_path: Path, data: Path) -> None:
    with open_wizard(home, tmp_path, "--accessible") as window:
        steps = []
        for answer in ("", "0", "1"):
            steps += [(FIRST, "zzyx wxqz"), ("1. Oui, les garder", answer)]
        steps += [(FIRST, "urgence"), ("1. Mairie", "1"), ("Et maintenant", "q")]
        answer_lines(window, *steps)
        assert window.end() == 0
    assert read(data) == [("", NOT_UNDERSTOOD, 3), ("mairie/bloque/urgence", PASSED_ON, 1)]
    assert len(Journal(data).list_needs(None)) == 1


@pytest.mark.usefixtures("counting")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_window_that_is_closed_is_the_end_of_a_session(
    home: Path, tmp_path: Path, data: Path, number: signal.Signals
) -> None:
    with open_wizard(home, tmp_path, "prefecture") as window:
        window.see("Que demande")
        window.send(ENTER)
        window.see_card(PERMIT)
        window.kill(number)
        assert window.end() == 128 + number
    assert read(data) == [(PERMIT, SETTLED, 1)]


@pytest.mark.usefixtures("counting")
def test_a_wizard_that_is_killed_has_counted_the_cards_that_were_left(
    home: Path, tmp_path: Path, data: Path
) -> None:
    """And the journal is whole: the next session counts on."""
    for times in (1, 2):
        with open_wizard(home, tmp_path) as window:
            window.see(FIRST)
            for need, node in (("permis", PERMIT), ("naissance", "mairie/naissance")):
                type_need(window, need)
                window.send(ENTER)
                window.see_card(node)
            window.kill(signal.SIGKILL)
            assert window.end() == 128 + signal.SIGKILL
        assert read(data) == [(PERMIT, SETTLED, times)]
    assert Journal(data).list_aside() == []


@pytest.mark.usefixtures("counting")
def test_no_word_hour_or_person_is_in_any_file(home: Path, tmp_path: Path, data: Path) -> None:
    """The bytes of all that the program wrote, after words that were typed, left, and refused to be kept."""
    before = time.time()
    with open_wizard(home, tmp_path) as window:
        window.see(FIRST)
        for typed, leave in (("zzyx Martynq", ENTER), ("wxqz Duranqx", ESCAPE)):
            type_need(window, typed)
            window.see("non reconnu")
            window.send(leave)
            window.see(KEEP)
            window.send(ENTER)
            window.see(FIRST, gone=[KEEP, typed])
        type_need(window, "permis")
        window.send(ENTER)
        window.see_card(PERMIT)
        window.send("quitter", ENTER)
        assert window.end() == 0
    assert read(data) == [("", NOT_UNDERSTOOD, 2), (PERMIT, SETTLED, 1)]
    files = [path for path in (*tmp_path.rglob("*"), *home.rglob("*")) if path.is_file()]
    assert data / "journal.sqlite" in files
    for path in files:
        content = path.read_bytes().lower()
        for word in (b"zzyx", b"martynq", b"wxqz", b"duranqx"):
            assert word not in content, path
    journal = (data / "journal.sqlite").read_bytes()
    for moment in range(int(before), int(time.time()) + 1):
        shown = time.strftime("%H:%M", time.localtime(moment)), time.strftime("%H:%M", time.gmtime(moment))
        numbers = [moment.to_bytes(size, order) for size in (4, 8) for order in ("big", "little")]
        for trace in (*numbers, str(moment).encode(), *(text.encode() for text in shown)):
            assert trace not in journal


@pytest.mark.usefixtures("counting")
def test_a_damaged_journal_is_told_and_the_wizard_goes_on(home: Path, tmp_path: Path, data: Path) -> None:
    (data / "journal.sqlite").write_bytes(b"spoilt" * 5000)
    with open_wizard(home, tmp_path, "prefecture") as window:
        window.see("Que demande")
        window.send(ENTER)
        window.see_card(PERMIT)
        window.send("quitter", ENTER)
        assert window.end() == 0
        assert "mis de côté" in window.bare()
    assert read(data) == [(PERMIT, SETTLED, 1)]


@pytest.mark.usefixtures("counting")
def test_a_journal_that_another_holds_makes_nobody_wait(home: Path, tmp_path: Path, data: Path) -> None:
    """What could not be written is, with what comes next; what still cannot be at the end is told."""
    holder = sqlite3.connect(data / "journal.sqlite", isolation_level=None)
    holder.execute("CREATE TABLE autre (a)")
    holder.execute("BEGIN EXCLUSIVE")
    with open_wizard(home, tmp_path) as window:
        window.see(FIRST)
        for need, node in (("permis", PERMIT), ("naissance", "mairie/naissance")):
            type_need(window, need)
            window.send(ENTER)
            window.see_card(node)
        holder.execute("COMMIT")
        type_need(window, "permis")
        window.send(ENTER)
        window.see_card(PERMIT)
        holder.execute("BEGIN EXCLUSIVE")
        type_need(window, "urgence")
        window.send(ENTER)
        window.see_card("mairie/bloque/urgence")
        window.send("quitter", ENTER)
        assert window.end() == 0
        assert words("1 demande de cette session n’a pas pu être comptée") in words(window.bare())
    holder.close()
    assert read(data) == [("mairie/naissance", SETTLED, 1), (PERMIT, SETTLED, 1)]


@pytest.mark.usefixtures("counting")
def test_the_page_of_a_report_is_sound_and_loads_nothing(
    call: Call, data: Path, tmp_path: Path, browser: Check
) -> None:
    for times, demarche, outcome in ((12, "caf/rsa/demande", SETTLED), (3, "caf/rsa/demande", PASSED_ON)):
        week = find_monday(date.today())
        Journal(data).add([Demand(uuid.uuid4(), week, "Lons", demarche, outcome) for _ in range(times)], [])
    for by in ("demarche", "semaine"):
        page = tmp_path / f"{by}.html"
        assert call("bilan", "--html", str(page), "--par", by)[0] == 0
        text = page.read_text("utf-8")
        assert "default-src 'none'" in text and "http" not in text.replace("http-equiv", "")
        answer = browser(page, "a4")
        assert (answer["violations"], answer["overflows"]) == ([], False)


def test_the_examples_of_the_help(
    call: Call, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    week = find_monday(date.today())
    need = Need(uuid.uuid4(), week, "Lons", "zzyx wxqz", NOT_UNDERSTOOD)
    Journal(data).add([Demand(uuid.uuid4(), week, "Lons", "", NOT_UNDERSTOOD)], [need])
    for name in ("journal", "bilan"):
        for line in filter(None, map(str.strip, commands.COMMANDS[name].examples.splitlines())):
            program, *arguments = shlex.split(line.partition("  # ")[0])
            assert program == "fs-triage" and call(*arguments)[0] == 0, line


@pytest.mark.usefixtures("counting")
def test_a_subject_that_the_livret_does_not_cover_is_told_apart(
    tmp_path: Path, data: Path, home: Path
) -> None:
    env = clean_environment(tmp_path, TERM="xterm-256color", XDG_CACHE_HOME=str(home / ".cache"))
    with terminal(home=tmp_path, env=env) as window:
        window.see(FIRST)
        type_need(window, "demande de logement HLM")
        window.see("Ce livret ne traite pas ce sujet")
        window.send(ENTER)
        window.see(KEEP, "Ce livret ne traite pas ce sujet : logement social")
        window.send(LEFT)
        window.see(FIRST, gone=[KEEP])
        window.send(CTRL_C)
        assert window.end() == 130
    assert read(data) == [("", NOT_COVERED, 1)]
    assert Journal(data).list_needs(None) == []
