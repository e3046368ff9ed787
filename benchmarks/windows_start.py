"""What the folder for Windows weighs, and what its start costs beside a program installed by pip, as Markdown tables.

    python benchmarks/windows_start.py [TOURS]

measures what tests/windows/prepare.py made: whole processes under the same Wine, against `python.exe -c pass`.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
import wine
from windows import settle, took

CALLS = (["caf", "rsa"], ["chercher", "permis", "volé"])


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    if why := wine.missing():
        raise SystemExit(why)
    [packed] = wine.RELEASE.glob("*.zip")
    with tempfile.TemporaryDirectory() as home, wine.open_session():
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(home)
        folder = Path(home, packed.stem)
        files = [path for path in folder.rglob("*") if path.is_file()]
        weight = sum(path.stat().st_size for path in files)
        shutil.copy(wine.PYTHON.with_name("bcryptprimitives.dll"), folder / "python")
        bare = [wine.native(folder / "python" / "python.exe"), "-c", "pass"]
        ways = {
            "fs-triage.exe": [str(folder / "fs-triage.exe")],
            "fs-triage.cmd": ["cmd", "/c", wine.native(folder / "fs-triage.cmd")],
            "pip": [wine.native(wine.PYTHON), "-m", "fs_triage"],
        }
        cases = {"bare": bare} | {
            f"{name} {' '.join(words)}": [*command, *words]
            for name, command in ways.items()
            for words in CALLS
        }
        environment = wine.environment(Path(home))
        for command in ways.values():
            settle([*command, *CALLS[1]], environment)
        taken: dict[str, list[float]] = {name: [] for name in cases}
        for _ in range(rounds):
            for name, command in cases.items():
                taken[name].append(took(command, environment))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    print(f"\n{len(files)} fichiers, {weight / 1e6:.1f} Mo, zip de {packed.stat().st_size / 1e6:.1f} Mo.\n")
    print(f"Python pour Windows sous Wine, {rounds} tours entrelacés, médianes ; rapport à Python seul.\n")
    print("| quoi | " + " | ".join(ways) + " |\n| --- |" + " ---: |" * len(ways))
    for words in CALLS:
        call = " ".join(words)
        ratios = (medians[f"{name} {call}"] / medians["bare"] for name in ways)
        print(f"| `{call}` | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |")


if __name__ == "__main__":
    main()
