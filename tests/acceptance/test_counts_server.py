"""The counts of a département in a real PostgreSQL: nothing lost, nothing twice, and a desk that cannot read."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import postgres
import psycopg
import pytest
from conftest import ROOT, Call, clean_environment
from terminal import ENTER, GUICHET, terminal

from fs_triage.contract import Failure
from fs_triage.counts import server
from fs_triage.counts.journal import Counted, Demand, Journal, Need
from fs_triage.desk.outcome import NOT_COVERED, NOT_UNDERSTOOD, PASSED_ON, SETTLED

WEEK = date(2026, 11, 23)


@pytest.fixture
def address(database_server: postgres.Server) -> str:
    """The address of a département's new base, ready, for its owner."""
    made = database_server.create_database()
    server.prepare_tables(made)
    return made


@pytest.fixture
def desk_address(database_server: postgres.Server, address: str) -> str:
    """The same for a desk."""
    name = f"poste_{uuid.uuid4().hex[:8]}"
    ask(address, f"CREATE ROLE {name} LOGIN IN ROLE comptes_poste")
    return database_server.build_address(name, urlsplit(address).path[1:])


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "poste")


def ask(address: str, query: str) -> list[tuple[object, ...]]:
    """Return the rows that the server answers to a query; none where it answers with none."""
    with psycopg.connect(address) as connection:
        cursor = connection.execute(query)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def count(address: str) -> list[int]:
    """Return how many demands and needs there are."""
    return [
        int(str(ask(address, f"SELECT count(*) FROM comptes.{table}")[0][0]))
        for table in ("demandes", "besoins")
    ]


def make_rows(demands: int, needs: int = 0) -> tuple[list[Demand], list[Need]]:
    return (
        [Demand(uuid.uuid4(), WEEK, "Lons", "caf/rsa/demande", SETTLED) for _ in range(demands)],
        [
            Need(uuid.uuid4(), WEEK, "Lons", f"zzyx wxqz {'z' * rank}", NOT_UNDERSTOOD)
            for rank in range(needs)
        ],
    )


# -- the tables


def test_the_tables_are_made_once_and_brought_up_to_date_with_all_that_is_in_them(
    database_server: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = database_server.create_database()
    newest = server.MIGRATIONS
    with monkeypatch.context() as patch:
        patch.setattr(server, "MIGRATIONS", newest[:1])
        patch.setattr(server, "_RIGHTS", ())
        assert server.prepare_tables(address) == 1
    ask(
        address,
        f"INSERT INTO comptes.demandes VALUES ('{uuid.uuid4()}', '{WEEK}', 'Lons', 'caf/rsa', 'regle')",
    )
    for _ in range(2):
        assert server.prepare_tables(address) == len(newest)
    assert count(address) == [1, 0]
    assert ask(address, "SELECT numero FROM comptes.version ORDER BY 1") == [(1,), (2,)]
    ask(address, "INSERT INTO comptes.version (numero) VALUES (99)")
    with pytest.raises(Failure, match="plus récente"):
        server.prepare_tables(address)


def test_the_page_of_the_tables_tells_each_of_them_and_each_column(address: str) -> None:
    page = (ROOT / "docs" / "comptes.md").read_text("utf-8")
    rows = ask(
        address,
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'comptes'",
    )
    assert len(rows) > 15
    for table, column, kind in rows:
        part = page.partition(f"### `comptes.{table}`")[2].partition("\n#")[0]
        assert f"| `{column}` | {kind} |" in part, (table, column, kind)


def test_the_view_says_for_each_week_house_and_demarche_how_many(address: str, journal: Journal) -> None:
    demands, _ = make_rows(3)
    journal.add([*demands, Demand(uuid.uuid4(), WEEK, "Lons", "", NOT_COVERED)], [])
    server.send_waiting(address, journal)
    assert ask(address, "SELECT * FROM comptes.bilan ORDER BY nombre") == [
        (WEEK, "Lons", "", "", "hors-livret", 1),
        (WEEK, "Lons", "caf", "caf/rsa/demande", "regle", 3),
    ]


# -- rights


def test_a_desk_can_add_and_nothing_else(address: str, desk_address: str, journal: Journal) -> None:
    journal.add(*make_rows(3, 2))
    assert server.send_waiting(desk_address, journal) == 5
    assert count(address) == [3, 2]
    for query in (
        "SELECT * FROM comptes.demandes",
        "SELECT id FROM comptes.besoins",
        "SELECT * FROM comptes.bilan",
        "SELECT * FROM comptes.version",
        "UPDATE comptes.demandes SET issue = 'transmis'",
        "DELETE FROM comptes.demandes",
        "DELETE FROM comptes.besoins",
        "TRUNCATE comptes.demandes",
        "DROP TABLE comptes.demandes",
        "CREATE TABLE comptes.autre (a int)",
        "INSERT INTO comptes.demandes SELECT * FROM comptes.demandes ON CONFLICT (id) DO NOTHING",
        "INSERT INTO comptes.demandes VALUES "
        f"('{uuid.uuid4()}', '{WEEK}', '', '', '') ON CONFLICT (id) DO UPDATE SET issue = ''",
        f"INSERT INTO comptes.demandes VALUES ('{uuid.uuid4()}', '{WEEK}', '', '', '') RETURNING maison",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(desk_address, query)
    with pytest.raises(Failure, match="un poste ajoute, il ne lit pas"):
        server.count_by(desk_address, "maison", None)
    with pytest.raises(Failure, match="un poste ajoute, il ne lit pas"):
        server.prepare_tables(desk_address)


def test_who_reads_the_counts_changes_nothing(
    address: str, database_server: postgres.Server, journal: Journal
) -> None:
    journal.add(*make_rows(3, 1))
    server.send_waiting(address, journal)
    name = f"lecture_{uuid.uuid4().hex[:8]}"
    ask(address, f"CREATE ROLE {name} LOGIN IN ROLE comptes_lecture")
    reader = database_server.build_address(name, urlsplit(address).path[1:])
    assert server.count_by(reader, "demarche", None) == [Counted("caf/rsa/demande", SETTLED, 3)]
    assert server.count_by(reader, "semaine", date(2026, 11, 30)) == []
    assert len(server.list_needs(reader, WEEK)) == 1
    journal.add(*make_rows(1))
    with pytest.raises(Failure):
        server.send_waiting(reader, journal)
    assert journal.count_waiting() == 1


# -- nothing lost, nothing twice


def test_the_same_rows_again_count_once(
    address: str, desk_address: str, journal: Journal, tmp_path: Path
) -> None:
    """A desk that ended after the server had its rows, and before it noted it; and a journal that was copied."""
    rows = make_rows(700, 3)
    journal.add(*rows)
    other = Journal(tmp_path / "copie")
    other.add(*rows)
    assert server.send_waiting(desk_address, journal) == 703
    assert server.send_waiting(desk_address, other) == 703
    assert server.send_waiting(desk_address, journal) == 0
    assert count(address) == [700, 3]


def test_rows_wait_until_the_server_is_back(
    database_server: postgres.Server, address: str, desk_address: str, journal: Journal
) -> None:
    journal.add(*make_rows(2, 1))
    database_server.stop()
    try:
        for _ in range(2):
            with pytest.raises(Failure, match="ne répond pas"):
                server.send_waiting(desk_address, journal)
            journal.add(*make_rows(1))
        assert journal.count_waiting() == 5
    finally:
        database_server.start()
    assert server.send_waiting(desk_address, journal) == 5
    assert count(address) == [4, 1]


def test_a_server_that_goes_in_the_middle_leaves_whole_pieces(
    database_server: postgres.Server,
    address: str,
    desk_address: str,
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    journal.add(*make_rows(1200))
    mark, pieces = Journal.mark_sent, []

    def stop_after_the_first(self: Journal, demands: list[Demand], needs: list[Need]) -> None:
        if not pieces:
            database_server.stop()  # after it has committed, before the desk notes it
            pieces.append(demands)
            raise Failure(1, "tué")
        mark(self, demands, needs)

    monkeypatch.setattr(Journal, "mark_sent", stop_after_the_first)
    with pytest.raises(Failure):
        server.send_waiting(desk_address, journal)
    database_server.start()
    assert journal.count_waiting() == 1200
    assert count(address)[0] == len(pieces[0]) < 1200
    server.send_waiting(desk_address, journal)
    assert (count(address), journal.count_waiting()) == ([1200, 0], 0)


def test_thirty_desks_at_once_each_killed_and_begun_again(
    address: str, desk_address: str, tmp_path: Path
) -> None:
    call = [sys.executable, ROOT / "tests" / "desks.py", desk_address, tmp_path / "postes", "30", "600", "1"]
    ran = subprocess.run(call, capture_output=True, encoding="utf-8", timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert count(address) == [30 * 600, 30 * 6]
    assert len({*ask(address, "SELECT DISTINCT maison FROM comptes.demandes")}) == 28
    for folder in (tmp_path / "postes").iterdir():
        assert Journal(folder).count_waiting() == 0


def test_a_row_out_of_all_calendars_hides_no_other(address: str, desk_address: str, journal: Journal) -> None:
    """What one desk sends, by whatever means, is never what keeps the département from its report."""
    journal.add(*make_rows(2, 1))
    server.send_waiting(desk_address, journal)
    for week in ("infinity", "-infinity", "20260-01-01", "0044-03-15 BC"):
        values = f"('{uuid.uuid4()}', '{week}', 'Lons', 'caf/rsa/demande', 'regle')"
        for table in ("demandes", "besoins"):
            ask(desk_address, f"INSERT INTO comptes.{table} VALUES {values}")
    for column in ("semaine", "maison", "demarche"):
        assert [one.times for one in server.count_by(address, column, None)] == [2]
    assert len(server.list_needs(address, None)) == 1


@pytest.mark.parametrize(
    "change",
    ["RENAME COLUMN maison TO lieu", "ADD COLUMN neuf text NOT NULL", "ADD CHECK (issue <> 'regle')"],
)
def test_tables_to_come_leave_the_rows_at_the_desk(
    address: str, desk_address: str, journal: Journal, change: str
) -> None:
    ask(address, f"ALTER TABLE comptes.demandes {change}")
    journal.add(*make_rows(2))
    with pytest.raises(Failure, match="autre version"):
        server.send_waiting(desk_address, journal)
    assert journal.count_waiting() == 2


# -- as a house calls it


def configure(home: Path, address: str) -> None:
    folder = home / ".config" / "fs-triage"
    folder.mkdir(parents=True, exist_ok=True)
    text = f'maison = "France services de Lons"\ncomptes = "{address}"\n'
    (folder / "config.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def desk(
    call: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Call the program at a desk of its own: `desk(address, "bilan")`."""
    for name, value in (
        ("HOME", tmp_path),
        ("XDG_CACHE_HOME", home / ".cache"),
        ("FS_TRIAGE_REGLES", GUICHET),
    ):
        monkeypatch.setenv(name, str(value))

    def run(address: str, *arguments: str) -> tuple[int, str, str]:
        configure(tmp_path, address)
        return call(*arguments)

    return run


def test_a_visit_is_counted_sent_and_seen_in_the_report(
    desk: Callable[..., tuple[int, str, str]], address: str, desk_address: str, home: Path, tmp_path: Path
) -> None:
    assert "comptes du département" in desk(desk_address, "journal", "--activer")[1]
    env = clean_environment(tmp_path, TERM="xterm-256color", XDG_CACHE_HOME=str(home / ".cache"))
    with terminal("prefecture/permis", home=tmp_path, env={**env, "FS_TRIAGE_REGLES": str(GUICHET)}):
        pass  # a card that is only printed is no session
    with terminal(home=tmp_path, env={**env, "FS_TRIAGE_REGLES": str(GUICHET)}) as window:
        window.see("Pour quel partenaire")
        for need, node in (("naissance", "mairie/naissance"), ("urgent", "mairie/bloque/urgence")):
            window.send(need)
            window.see(f"Recherche : {need}", "Mairie")
            window.send(ENTER)
            window.see_card(node)
        window.send("quitter")
        window.see("Recherche : quitter")
        window.send(ENTER)
        assert window.end() == 0
    end = time.monotonic() + 20
    while count(address) != [2, 0] and time.monotonic() < end:
        time.sleep(0.1)
    code, out, err = desk(address, "bilan", "--comptes", "--par", "demarche", "--json")
    assert (code, err) == (0, "")
    assert '"mairie/naissance"' in out and '"mairie/bloque/urgence"' in out
    assert ask(address, "SELECT demarche, issue, maison FROM comptes.demandes ORDER BY issue") == [
        ("mairie/naissance", SETTLED, "France services de Lons"),
        ("mairie/bloque/urgence", PASSED_ON, "France services de Lons"),
    ]


def test_each_thing_that_is_wrong_with_a_server_is_one_sentence(
    desk: Callable[..., tuple[int, str, str]],
    database_server: postgres.Server,
    address: str,
    desk_address: str,
) -> None:
    password = desk_address.replace("@", ":secret@", 1)
    empty = database_server.create_database()
    for given, arguments, said in (
        (password, ("bilan", "--comptes"), "un poste ajoute, il ne lit pas"),
        (empty, ("bilan", "--comptes"), "fs-triage bilan --preparer"),
        (address + "_absente", ("bilan", "--comptes"), "ne répond pas, ou refuse"),
        ("postgresql://poste:secret@127.0.0.1:1/base", ("bilan", "--comptes"), "ne répond pas"),
        (
            "postgresql://poste:secret@127.0.0.1:1/base",
            ("bilan", "--preparer", "postgresql://a:secret@127.0.0.1:1/b"),
            "127.0.0.1",
        ),
        (address, ("bilan", "--comptes"), "Rien n’est compté"),
        (f"{address}?nimporte=quoi", ("bilan", "--comptes"), "une option que PostgreSQL ne connaît pas"),
    ):
        code, out, err = desk(given, *arguments)
        assert code in (1, 2) and not out and said in err, (given, err)
        assert len(err.splitlines()) == 1 and "secret" not in err and "postgresql://" not in err


def test_a_server_that_hangs_is_given_up(desk: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    Journal(tmp_path / ".local" / "share" / "fs-triage").add(*make_rows(1))
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"postgresql://poste@127.0.0.1:{mute.getsockname()[1]}/base?connect_timeout=2"
        code, _, err = desk(address, "journal", "--envoyer")
    assert code == 2 and "ne répond pas" in err
    assert Journal(tmp_path / ".local" / "share" / "fs-triage").count_waiting() == 1


def test_what_cannot_be_sent_now_stays_and_can_be_sent_by_hand(
    desk: Callable[..., tuple[int, str, str]], address: str, tmp_path: Path
) -> None:
    Journal(tmp_path / ".local" / "share" / "fs-triage").add(*make_rows(4, 1))
    code, _, err = desk("postgresql://poste@127.0.0.1:1/base", "journal", "--envoyer")
    assert code == 2 and "Les lignes restent sur ce poste." in err
    assert "À envoyer au département\u00a0: 5." in desk(address, "journal", "--voir")[1]
    assert desk(address, "journal", "--envoyer")[1] == "Lignes envoyées au département\u00a0: 5.\n"
    assert "À envoyer au département\u00a0: 0." in desk(address, "journal", "--voir")[1]
    assert count(address) == [4, 1]
    assert "zzyx wxqz" in desk(address, "bilan", "--comptes", "--besoins")[1]
