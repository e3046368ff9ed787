"""What counting costs: thirty desks that send a thousand rows each at once, and `bilan` over a million rows.

    python benchmarks/counts.py [TOURS]

measures the `fs-triage` that is installed beside the Python it is run with, and a PostgreSQL of its own.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Case, measured

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path.append(str(TESTS))

import postgres  # noqa: E402
import psycopg  # noqa: E402

DESKS, ROWS, KILLED = 30, 1000, 2
SIZES = (1_000, 1_000_000)
BARE = "bare"
GROUPINGS = ("partenaire", "demarche", "semaine", "maison")
COLUMNS = """date '2025-12-01' + 7 * (n % 52), 'Maison ' || n % 28,
    (ARRAY['caf', 'cpam', 'msa', 'ants'])[1 + n % 4] || '/' || n % 200,
    (ARRAY['regle', 'regle', 'regle', 'transmis', 'hors-livret'])[1 + n % 5]"""


def send(server: postgres.Server, program: str, parent: Path) -> tuple[float, int]:
    """Have all desks send, killed meanwhile; returns the seconds of the last time, and how many rows there are."""
    address = server.create_database()
    subprocess.run([program, "bilan", "--preparer", address], check=True, stdout=subprocess.DEVNULL)
    numbers = map(str, (DESKS, ROWS, KILLED))
    call = [sys.executable, TESTS / "desks.py", address, parent / "postes", *numbers]
    took = subprocess.run(call, check=True, capture_output=True, encoding="utf-8").stdout
    with psycopg.connect(address) as connection:
        [count] = connection.execute("SELECT count(*) FROM comptes.demandes").fetchone() or [0]
    return float(took), int(count)


def fill(server: postgres.Server, program: str, home: Path, count: int) -> None:
    """Give the desk at `home`, and the server that it names, the same `count` rows."""
    address = server.create_database()
    config = home / ".config" / "fs-triage" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'comptes = "{address}"\n', encoding="utf-8", newline="\n")
    env = {**os.environ, "HOME": str(home)}
    subprocess.run([program, "bilan", "--preparer", address], check=True, stdout=subprocess.DEVNULL, env=env)
    subprocess.run([program, "journal", "--activer"], check=True, stdout=subprocess.DEVNULL, env=env)
    with psycopg.connect(address) as connection:
        insert = f"INSERT INTO comptes.demandes SELECT gen_random_uuid(), {COLUMNS} FROM generate_series(1, {count}) n"
        connection.execute(insert)  # type: ignore[call-overload]
        rows = connection.execute("SELECT * FROM comptes.demandes ORDER BY id").fetchall()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE comptes.demandes")
    from fs_triage.counts.journal import Demand, Journal

    folder = home / ".local" / "share" / "fs-triage"
    journal = Journal(folder)
    journal.add([Demand(*row) for row in rows], [])
    with sqlite3.connect(folder / "journal.sqlite") as file:
        file.execute("UPDATE demandes SET envoyee = 1")
    file.close()


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    program = str(Path(sys.executable).with_name("fs-triage"))
    with tempfile.TemporaryDirectory() as name, postgres.start_server() as server:
        took, count = send(server, program, Path(name))
        print(
            f"{DESKS} postes × {ROWS} lignes, tués {KILLED} fois : {count} lignes, la dernière fois en {took:.1f} s."
        )
        assert count == DESKS * ROWS
        cases = [Case(BARE, [sys.executable, "-c", "pass"])]
        for size in SIZES:
            home = Path(name, str(size))
            fill(server, program, home, size)
            for by in GROUPINGS:
                for source in ([], ["--comptes"]):
                    call = [program, "bilan", "--par", by, "--json", *source]
                    command = ["/usr/bin/env", f"HOME={home}", *call]
                    cases.append(Case(f"{by} {size} {bool(source)}", command))
        medians = measured(cases, rounds, {**os.environ})
    bare = medians[BARE][0]
    print(
        f"\nPython {sys.version.split()[0]}, {rounds} tours entrelacés, médianes, rapports à `python -c pass`.\n"
    )
    print("| bilan par | " + " | ".join(f"SQLite, {size} | PostgreSQL, {size}" for size in SIZES) + " |")
    print("| --- |" + " ---: |" * 2 * len(SIZES))
    for by in GROUPINGS:
        times = (medians[f"{by} {size} {source}"][0] / bare for size in SIZES for source in (False, True))
        print(f"| {by} | " + " | ".join(f"{ratio:.1f}" for ratio in times) + " |")


if __name__ == "__main__":
    main()
