"""Desks that send what they have counted: run as a program, each a process that may be killed and begun again.

    python tests/desks.py ADDRESS FOLDER DESKS ROWS ROUNDS

makes as many desks below FOLDER, each with ROWS rows, and has them all send at once, ROUNDS times killed at random
moments, then to the end; it prints the seconds that this last time took. Every process is a copy of this one, which has
imported what they need.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import uuid
from datetime import date, timedelta
from pathlib import Path

from fs_triage.counts import server
from fs_triage.counts.journal import Demand, Journal, Need
from fs_triage.desk.outcome import NOT_UNDERSTOOD, OUTCOMES

_FIRST, _WEEKS, _DEMARCHES = date(2025, 12, 1), 52, 200
_LONGEST = 0.25  # seconds that a desk has before it is killed


def fill_journal(folder: Path, desk: int, count: int) -> None:
    """Give a desk `count` rows, and a need in a hundred."""
    chance = random.Random(desk)
    demands = [
        Demand(
            uuid.UUID(int=chance.getrandbits(128)),
            _FIRST + timedelta(weeks=chance.randrange(_WEEKS)),
            f"Maison {desk % 28}",
            f"caf/{chance.randrange(_DEMARCHES)}",
            chance.choice(OUTCOMES),
        )
        for _ in range(count)
    ]
    needs = [Need(one.id, one.week, one.house, f"besoin {one.id}", NOT_UNDERSTOOD) for one in demands[::100]]
    Journal(folder).add(demands, needs)


def send(address: str, folder: Path) -> int:
    """Have a desk send, in a process of its own; returns its id."""
    process = os.fork()
    if not process:
        code = 1
        try:
            server.send_waiting(address, Journal(folder))
            code = 0
        finally:
            os._exit(code)
    return process


def main() -> None:
    """Run what the arguments ask for."""
    address, parent, *numbers = sys.argv[1:]
    desks, rows, rounds = map(int, numbers)
    folders = [Path(parent, str(desk)) for desk in range(desks)]
    for desk, folder in enumerate(folders):
        fill_journal(folder, desk, rows)
    for _ in range(rounds):
        processes = [send(address, folder) for folder in folders]
        for process in random.sample(processes, desks):
            time.sleep(random.random() * _LONGEST / desks)
            os.kill(process, signal.SIGKILL)
        for process in processes:
            os.waitpid(process, 0)
    start = time.perf_counter()
    processes = [send(address, folder) for folder in folders]
    failed = [process for process in processes if os.waitpid(process, 0)[1]]
    sys.stdout.write(f"{time.perf_counter() - start:.2f}\n")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
