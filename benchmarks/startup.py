"""What a start costs: whole processes against `python -c pass` of the same environment, as a Markdown table.

    python benchmarks/startup.py [TOURS]

measures the `fs-triage` that is installed beside the Python it is run with.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from itertools import count
from pathlib import Path

from measure import Case, in_pipe, measured, peak

from fs_triage.files import folders
from fs_triage.files.livret_cache import LivretCache

PEERS = {"tldr": ["--version"], "http": ["--version"], "cz": ["version"], "copier": ["--version"]}
TYPER = (
    "import typer\napp = typer.Typer()\n@app.command()\ndef hello(name: str) -> None: print(name)\napp(['x'])"
)
SELECT = "import questionary\nquestionary.select('Pour quel partenaire ?', choices=['a', 'b', 'c']).ask()"
BARE = "`python -c pass`"
BARE_SELECT = "`questionary.select` seul, jusqu’à la question"
WRAPPERS = {
    "ancien pip": "import re\nimport sys\nfrom fs_triage.__main__ import start\nif __name__ == '__main__':\n"
    "    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])\n    sys.exit(start())\n",
    "pip récent": "import sys\nfrom fs_triage.__main__ import start\nif __name__ == '__main__':\n"
    "    sys.argv[0] = sys.argv[0].removesuffix('.exe')\n    sys.exit(start())\n",
}
"""The console scripts that pip writes: older ones import `re`, which costs more than a lookup itself."""
QUICK = {
    "caf rsa": 1.5,
    "caf/rsa/demande --json": 1.5,
    "fiche caf rsa": 1.5,
    "--completer caf =": 1.6,
    "chercher permis volé": 1.9,
    "liste --json": 1.9,
}
"""Calls that are answered at once, and how often a bare Python each may take at most."""
WIZARD = "l’assistant, jusqu’à la première question"


def changes(rules: Path) -> dict[str, Callable[[], None]]:
    """Return what an author may do to the rules between two calls, each time another way."""
    tree, needs = (rules / "socle" / below / "caf.yaml" for below in ("partenaires", "besoins"))
    clock = count(1)

    def edit(*changed: tuple[Path, str, str]) -> Callable[[], None]:
        def write() -> None:
            number = f"{next(clock):04}"
            for path, pattern, written in changed:
                text = path.read_text(encoding="utf-8")
                text, times = re.subn(pattern, written.replace("#", number), text, count=1)
                assert times, pattern
                path.write_text(text, encoding="utf-8")

        return write

    def forget() -> None:
        own = LivretCache(str(rules.parent / ".cache" / "fs-triage"), str(rules / "jura"))
        while (kept := own.find_index()) is not None:
            Path(kept).unlink()

    answer = "  - {id: essai-#, libellé: Faire l'essai #, mots: [essai #], étapes: [Essayer.]}"
    return {
        "le libellé d’un contact": edit((tree, r"Numéro de la CAF.*", "Numéro de la CAF, essai #")),
        "le numéro d’un contact": edit((tree, r'téléphone: ".*"', 'téléphone: "03 84 25 #"')),
        "le libellé d’une démarche": edit((tree, r"(libellé: Faire une demande de RSA).*", r"\1, essai #")),
        "un besoin de plus": edit((needs, r"\nrsa/demande:\n", r"\g<0>  - besoin d'essai #\n")),
        "une démarche de plus": edit(
            (tree, r"\nréponses:\n", rf"\g<0>{answer}\n"),
            (needs, r"\nrsa/demande:\n", r"\nessai-#: [je veux faire l'essai #]\g<0>"),
        ),
        "aucun livret préparé": forget,
    }


def write_script(folder: Path, name: str) -> str:
    """Write the console script of that name for this Python into `folder`; returns its path."""
    path = folder / f"fs-triage de {name}"
    path.write_text(f"#!{sys.executable}\n{WRAPPERS[name]}", encoding="utf-8", newline="\n")
    path.chmod(0o755)
    return str(path)


def cases(rules: Path) -> list[Case]:
    """Return what is measured, the bare Python first."""
    python = sys.executable
    program = str(Path(python).with_name("fs-triage"))
    changed = [program, "caf", "rsa", "--regles", str(rules)]
    found = [
        Case(BARE, [python, "-c", "pass"]),
        *(
            Case(
                f"`fs-triage {call}`, {name}", [write_script(rules.parent, name), *call.split()], target=most
            )
            for call, most in QUICK.items()
            for name in WRAPPERS
        ),
        Case("une fiche sur un terminal", [program, "caf/rsa/demande"], terminal=True, target=8),
        Case(WIZARD, [program], "Pour quel partenaire", True),
        Case(BARE_SELECT, [python, "-c", SELECT], "Pour quel partenaire", True),
        *(
            Case(f"premier appel : {what}", changed, before=change, target=40)
            for what, change in changes(rules).items()
        ),
        Case(
            "première recherche : un besoin de plus",
            [program, "chercher", "permis", "volé", "--regles", str(rules)],
            before=changes(rules)["un besoin de plus"],
        ),
        Case("Typer, un bonjour", [python, "-c", TYPER]),
        Case("`import questionary`", [python, "-c", "import questionary"]),
    ]
    for name, arguments in PEERS.items():
        peer = Path(python).with_name(name)
        if peer.exists():
            found.append(Case(f"`{name} {' '.join(arguments)}`", [str(peer), *arguments]))
    return found


def installed_size() -> float:
    """Return the MiB of the packages that `fs-triage` needs, itself included, as installed here."""
    sizes = 0
    wanted, seen = ["fs-triage"], set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        for file in package.files or ():
            path = Path(str(file.locate()))
            sizes += path.stat().st_size if path.is_file() else 0
        for need in package.requires or ():
            if "extra ==" not in need:
                wanted.append(
                    need.replace("<", " ")
                    .replace(">", " ")
                    .replace("=", " ")
                    .split("[")[0]
                    .split()[0]
                    .rstrip(";!~")
                )
    return sizes / 2**20


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
        }
        rules = home / "regles"
        shutil.copytree(folders.get_own_livrets(), rules)
        chosen = cases(rules)
        first = chosen[1].command
        for _ in range(2):  # compiled and learnt, and read again once no file is young
            in_pipe([first[0], "chercher", "permis"], environment)
            time.sleep(3)
        medians = measured(chosen, rounds, environment)
        bare, lookup = (peak(sys.executable, call, environment) for call in ([], ["caf", "rsa"]))
    wall, cpu = medians[BARE]
    print(f"\nPython {sys.version.split()[0]}, {rounds} tours entrelacés, médianes.\n")
    print("| quoi | ms | rapport | rapport (processeur) | au plus |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for case in chosen:
        took, worked = medians[case.name]
        target = f"{case.target:g}" if case.target else ""
        print(f"| {case.name} | {took * 1000:.0f} | {took / wall:.2f} | {worked / cpu:.2f} | {target} |")
    prompt = [medians[WIZARD][n] / medians[BARE_SELECT][n] for n in (0, 1)]
    print(f"| l’assistant, contre `questionary.select` seul | | {prompt[0]:.2f} | {prompt[1]:.2f} | 1.25 |")
    print(
        f"\nMémoire d’une fiche : {lookup:.1f} Mio, {lookup / bare:.2f} fois Python nu ({bare:.1f} Mio) ; au plus 1.5."
    )
    print(f"Taille installée, dépendances comprises : {installed_size():.0f} Mio.")


if __name__ == "__main__":
    main()
