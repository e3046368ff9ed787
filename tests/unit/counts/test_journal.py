"""The journal of a desk: rows that are there once, several processes, damage of every kind, and nothing left of it."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from datetime import date
from pathlib import Path

import pytest

from fs_triage.counts.journal import Counted, Demand, Journal, Need, Unavailable, find_monday
from fs_triage.desk.outcome import NOT_UNDERSTOOD, SETTLED

WEEK = date(2026, 11, 23)


def make_demand(demarche: str = "caf/rsa/demande", week: date = WEEK, house: str = "Lons") -> Demand:
    return Demand(uuid.uuid4(), week, house, demarche, SETTLED)


def make_need(text: str = "un logement") -> Need:
    return Need(uuid.uuid4(), WEEK, "Lons", text, NOT_UNDERSTOOD)


def total(journal: Journal) -> int:
    return sum(one.times for one in journal.count_by("maison", None))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


def test_a_row_counts_once_however_often_it_is_added(journal: Journal) -> None:
    rows, needs = [make_demand(), make_demand()], [make_need()]
    for _ in range(3):
        journal.add(rows, needs)
    assert journal.count_by("demarche", None) == [Counted("caf/rsa/demande", SETTLED, 2)]
    assert journal.list_needs(None) == needs
    assert journal.count_waiting() == 3


def test_what_is_sent_waits_no_longer_and_is_still_counted(journal: Journal) -> None:
    rows = [make_demand() for _ in range(5)]
    journal.add(rows, [make_need()])
    first, needs = journal.list_waiting(2)
    assert first == sorted(rows, key=lambda row: row.id.bytes)[:2]
    journal.mark_sent(first, needs)
    assert journal.count_waiting() == 3
    assert total(journal) == 5
    assert {row.id for row in journal.list_waiting(9)[0]} == {row.id for row in rows} - {
        row.id for row in first
    }


def test_weeks_begin_on_monday_and_are_counted_from_one_on(journal: Journal) -> None:
    assert {find_monday(date(2026, 11, day)) for day in range(23, 30)} == {WEEK}
    assert find_monday(date(2027, 1, 1)) == date(2026, 12, 28)
    journal.add([make_demand(week=week) for week in (date(2026, 11, 16), WEEK, date(2026, 11, 30))], [])
    assert [one.key for one in journal.count_by("semaine", WEEK)] == ["2026-11-23", "2026-11-30"]


def test_to_read_makes_no_file(journal: Journal, tmp_path: Path) -> None:
    assert (journal.list_kept(), journal.list_needs(None), journal.count_waiting()) == ([], [], 0)
    assert [*tmp_path.iterdir()] == []


def test_the_file_tells_no_order_no_hour_and_is_the_owners_alone(journal: Journal, tmp_path: Path) -> None:
    rows = [make_demand(f"d{number}") for number in range(40)]
    for row in rows:
        journal.add([row], [])
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(demandes)")]
        kept = [row[0] for row in connection.execute("SELECT demarche FROM demandes")]
    connection.close()
    assert columns == ["id", "semaine", "maison", "demarche", "issue", "envoyee"]
    assert kept == [row.demarche for row in sorted(rows, key=lambda row: row.id.bytes)]
    assert (tmp_path / "journal.sqlite").stat().st_mode & 0o077 == 0


DAMAGES = {
    "no database": lambda content: b"\x00garbage" * 2000,
    "cut": lambda content: content[: len(content) // 2],
    "cut to a line": lambda content: content[:300],
    "a page of zeros": lambda content: content[:4096] + bytes(len(content) - 4096),
    "text that is none": lambda content: content.replace(b"Lons", b"\xff\xfeLo"),
    "a week that is none": lambda content: content.replace(b"2026-11-23", b"2026-99-23"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(journal: Journal, tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    journal.add([make_demand() for _ in range(300)], [make_need()])
    file = tmp_path / "journal.sqlite"
    spoilt = damage(file.read_bytes())
    assert spoilt != file.read_bytes()
    file.write_bytes(spoilt)
    journal.count_by("semaine", None)
    journal.list_kept()
    journal.list_needs(None)
    journal.list_waiting(1000)
    journal.add([make_demand()], [])
    assert total(journal) == 1
    [aside] = tmp_path.glob("journal-abime-*")
    assert aside.read_bytes() == spoilt
    [notice] = journal.notices
    assert str(aside) in notice and "mis de côté" in notice


def test_another_process_that_was_quicker_keeps_its_new_file(journal: Journal, tmp_path: Path) -> None:
    """Both have found the damage; the one that comes second does not set the new file aside."""
    file = tmp_path / "journal.sqlite"
    file.write_bytes(b"garbage" * 2000)
    damaged = journal._identify()
    Journal(tmp_path).add([make_demand()], [])
    journal._set_aside(damaged)
    assert (total(journal), journal.notices) == (1, [])


def test_a_newer_program_s_journal_is_left_alone(journal: Journal, tmp_path: Path) -> None:
    journal.add([make_demand()], [])
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    content = (tmp_path / "journal.sqlite").read_bytes()
    with pytest.raises(Unavailable, match="plus récente"):
        journal.add([make_demand()], [])
    assert (tmp_path / "journal.sqlite").read_bytes() == content


def test_a_file_that_another_holds_is_not_waited_for(journal: Journal, tmp_path: Path) -> None:
    journal.add([make_demand()], [])
    holder = sqlite3.connect(tmp_path / "journal.sqlite")
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable, match="un autre programme s’en sert"):
        journal.add([make_demand()], [], patience=0.05)
    holder.rollback()
    holder.close()
    journal.add([make_demand()], [], patience=0.05)
    assert total(journal) == 2


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    with pytest.raises(Unavailable):
        Journal(tmp_path / "fichier").add([make_demand()], [])


def test_nothing_is_left_of_what_is_erased(journal: Journal, tmp_path: Path) -> None:
    journal.add([make_demand()], [make_need("un secret bien gardé")])
    file = tmp_path / "journal.sqlite"
    file.write_bytes(file.read_bytes()[:6000])
    journal.list_needs(None)
    journal.list_kept()
    journal.add([], [make_need("un secret bien gardé")])
    (tmp_path / "journal-actif").write_bytes(b"")
    (tmp_path / "en-service").write_bytes(b"")
    journal.erase()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["en-service", "journal-actif"]
    journal.erase()


WRITER = """
import sys, uuid
from datetime import date
from pathlib import Path
from fs_triage.counts.journal import Demand, Journal
journal = Journal(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    journal.add([Demand(uuid.uuid4(), date(2026, 11, 23), "Lons", "caf/rsa", "regle")], [], 20.0)
    print(number, flush=True)
"""


def start_writer(folder: Path, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(count)],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=dict(os.environ),
    )


def test_several_processes_lose_nothing(journal: Journal, tmp_path: Path) -> None:
    writers = [start_writer(tmp_path, 15) for _ in range(4)]
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    assert (total(journal), journal.notices) == (60, [])


def test_a_process_killed_while_it_writes_loses_nothing_that_it_had_counted(
    journal: Journal, tmp_path: Path
) -> None:
    said = 0
    for moment in (0.0, 0.013, 0.029):
        with start_writer(tmp_path, 10_000) as writer:
            assert writer.stdout is not None
            lines = [writer.stdout.readline()]
            time.sleep(moment)
            writer.send_signal(signal.SIGKILL)
            lines += writer.stdout.read().splitlines()
        said += len(lines)
        assert said <= total(journal) <= said + 3
    assert journal.notices == []


FOREIGN = {
    "no tables": "DROP TABLE demandes; DROP TABLE besoins",
    "another column": "ALTER TABLE demandes RENAME COLUMN maison TO lieu; ALTER TABLE besoins RENAME COLUMN texte TO t",
    "a number": "UPDATE demandes SET semaine = x'00', maison = 3; UPDATE besoins SET texte = x'ff'",
    "a text that no server takes": "UPDATE demandes SET maison = 'a' || char(0); UPDATE besoins SET texte = char(0)",
}


@pytest.mark.parametrize("statements", FOREIGN.values(), ids=FOREIGN)
def test_tables_that_are_not_ours_are_set_aside_likewise(
    journal: Journal, tmp_path: Path, statements: str
) -> None:
    journal.add([make_demand()], [make_need()])
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        connection.executescript(statements)
    connection.close()
    journal.list_kept()
    journal.list_waiting(9)
    journal.add([make_demand()], [])
    assert (total(journal), len(journal.notices)) == (1, 1)


def test_bytes_that_a_disk_changed_stop_nobody(journal: Journal, tmp_path: Path) -> None:
    """Whatever is read then: nothing, the rows that are left, or that the journal is not to be had now."""
    chance = random.Random(15)
    journal.add([make_demand() for _ in range(60)], [make_need()])
    content = (tmp_path / "journal.sqlite").read_bytes()
    for number in range(150):
        spoilt = bytearray(content)
        for _ in range(chance.choice([1, 3, 20])):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "journal.sqlite").write_bytes(spoilt)
        other = Journal(folder)
        with contextlib.suppress(Unavailable):
            for column in ("semaine", "maison", "demarche"):
                other.count_by(column, None)
            other.list_kept()
            other.list_needs(None)
            other.mark_sent(*other.list_waiting(99))
            other.add([make_demand()], [], 0.1)
