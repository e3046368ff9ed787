"""What a larger livret costs: time, memory and size of the index against the number of démarches.

    python benchmarks/scale.py [TOURS]

measures the `fs-triage` that is installed beside the Python it is run with, on livrets made by `livrets.py`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import livrets
from measure import Case, in_pipe, measured, peak

OURS = 200
"""About as many conclusions as the livret of the Jura has."""
FACTORS = (1, 10, 100)
BARE = "bare"
SEARCHED = ["je", "viens", "pour", livrets.word(1)]  # the first word names its group too


def calls() -> dict[str, list[str]]:
    """Return the calls measured: each answers as much in a livret of any size."""
    second = SEARCHED[-1]
    return {
        "une fiche par son identifiant": ["caf/aide", "--json"],
        "une fiche par ses mots": ["ants", second],
        "aucun mot ne suffit, donc cherché": ["fiche", *SEARCHED],
        "une complétion": ["--completer", "caf", "="],
        "une recherche": ["chercher", *SEARCHED],
    }


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    program = str(Path(sys.executable).with_name("fs-triage"))
    with tempfile.TemporaryDirectory() as name:
        environment = {"PATH": os.environ["PATH"], "HOME": name, "LANG": "C.UTF-8"}
        folders = [livrets.write(Path(name, f"x{factor}"), OURS * factor) for factor in FACTORS]
        compiled, learnt = {}, {}
        for folder in folders:  # the first completion compiles, the first search learns
            env = {**environment, "FS_TRIAGE_REGLES": str(folder)}
            compiled[folder], _ = in_pipe([program, "--completer", "="], env)
            learnt[folder], _ = in_pipe([program, "chercher", *SEARCHED], env)
        time.sleep(3)
        chosen = [Case(BARE, [sys.executable, "-c", "pass"])]
        for folder in folders:
            in_pipe([program, "--completer", "="], {**environment, "FS_TRIAGE_REGLES": str(folder)})
            for what, call in calls().items():
                asked = [call[0], "--regles", str(folder), *call[1:]]
                if call[0] == "--completer":
                    asked = ["--completer", "--regles", str(folder), *call[1:]]
                chosen.append(Case(f"{what} {folder.name}", [program, *asked]))
        medians = measured(chosen, rounds, environment)
        sizes = {folder: _index(Path(name), folder) for folder in folders}
        memory = {folder: _memory(folder, environment) for folder in folders}
    wall, cpu = medians[BARE]
    print(
        f"\nPython {sys.version.split()[0]}, {rounds} tours entrelacés, médianes, rapports à `python -c pass`.\n"
    )
    print("| quoi | " + " | ".join(f"{OURS * factor} démarches" for factor in FACTORS) + " |")
    print("| --- |" + " ---: |" * len(FACTORS))
    for what in calls():
        times = (medians[f"{what} {folder.name}"] for folder in folders)
        print(
            f"| {what} | "
            + " | ".join(f"{took / wall:.2f} ({work / cpu:.2f})" for took, work in times)
            + " |"
        )
    print("| compiler, en s | " + " | ".join(f"{compiled[folder]:.1f}" for folder in folders) + " |")
    print("| première recherche, en s | " + " | ".join(f"{learnt[folder]:.1f}" for folder in folders) + " |")
    print("| index, en Mio | " + " | ".join(f"{sizes[folder] / 2**20:.1f}" for folder in folders) + " |")
    print(
        "| mémoire d’une fiche, en Mio | " + " | ".join(f"{memory[folder]:.1f}" for folder in folders) + " |"
    )
    print("\nEntre parenthèses : le temps de processeur.")


def _index(home: Path, folder: Path) -> int:
    files = [*(home / ".cache" / "fs-triage").glob(f"{folder.name}-*")]
    assert files
    return sum(file.stat().st_size for file in files)


def _memory(folder: Path, environment: dict[str, str]) -> float:
    return peak(sys.executable, ["caf/aide", "--regles", str(folder)], environment)


if __name__ == "__main__":
    main()
