"""What is outside a livret, as `verifier` asks for it: problems, and a line that says what was compared."""

from __future__ import annotations

from pathlib import Path

from fs_triage.author.outside.directory import LICENCE, compare_with_directory
from fs_triage.author.outside.listed_contacts import list_sites
from fs_triage.author.outside.sites import ask_sites
from fs_triage.render.progress import show_progress
from fs_triage.rules.load import Livret
from fs_triage.rules.problem import Problem


def check_directory(livret: Livret, path: str) -> tuple[list[Problem], str]:
    """Hold the contacts of `livret` against the State's directory in the file `path`; raises `Failure`."""
    size = Path(path).stat().st_size if Path(path).is_file() else 0
    with show_progress("Lecture de l’annuaire", size, in_bytes=True) as tell:
        answer = compare_with_directory(livret, path, tell)
    line = f"annuaire ({LICENCE})\u00a0: {answer.services} services lus, "
    return answer.problems, f"{line}{answer.listed} contacts sur {answer.contacts} y sont"


def check_sites(livret: Livret) -> tuple[list[Problem], str]:
    """Ask for the sites of `livret`."""
    total = len({site.link for site in list_sites(livret)})
    with show_progress("Sites demandés", total) as tell:
        answer = ask_sites(livret, tell)
    line = f"liens\u00a0: {answer.asked} sites demandés"
    if answer.refusing:
        line += "\u00a0; à ouvrir vous-même, car ils ne répondent qu’à un navigateur\u00a0: "
        line += ", ".join(answer.refusing)
    return answer.problems, line
