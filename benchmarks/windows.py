"""What a start costs on Windows: whole processes against `python.exe -c pass` under the same Wine, as a Markdown table.

    python benchmarks/windows.py [TOURS]

measures what tests/windows/prepare.py made. The ratios may carry over to a PC, the milliseconds do not.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
import wine

BARE = "`python.exe -c pass`"
CASES = {
    BARE: (["-c", "pass"], None),
    "`fs-triage caf rsa`": (["-m", "fs_triage", "caf", "rsa"], 3.5),
    "`fs-triage caf/rsa/demande --json`": (["-m", "fs_triage", "caf/rsa/demande", "--json"], 3.5),
    "`fs-triage chercher permis volé`": (["-m", "fs_triage", "chercher", "permis", "volé"], 4.0),
}
"""What is run, and how often a bare Python it may take at most."""


def took(command: list[str], environment: dict[str, str]) -> float:
    """Run a program there once, in pipes; returns the seconds."""
    start = time.perf_counter()
    subprocess.run([wine.WINE, *command], input=b"", capture_output=True, env=environment, check=True)
    return time.perf_counter() - start


def settle(command: list[str], environment: dict[str, str]) -> None:
    """Run a search until all is compiled and learnt, and read again once no file is young."""
    for _ in range(2):
        took(command, environment)
        time.sleep(3)


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    if why := wine.missing():
        raise SystemExit(why)
    with tempfile.TemporaryDirectory() as home, wine.open_session():
        environment = wine.environment(Path(home))
        python = wine.native(wine.PYTHON)
        settle([python, *CASES["`fs-triage chercher permis volé`"][0]], environment)
        taken: dict[str, list[float]] = {name: [] for name in CASES}
        for _ in range(rounds):
            for name, (arguments, _most) in CASES.items():
                taken[name].append(took([python, *arguments], environment))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    print(f"\nPython pour Windows sous Wine, {rounds} tours entrelacés, médianes.\n")
    print("| quoi | ms | rapport | au plus |\n| --- | ---: | ---: | ---: |")
    for name, (_, most) in CASES.items():
        ratio = medians[name] / medians[BARE]
        print(f"| {name} | {medians[name] * 1000:.0f} | {ratio:.2f} | {most or ''} |")


if __name__ == "__main__":
    main()
