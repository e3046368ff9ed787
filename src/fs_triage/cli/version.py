"""`--version`: the program, the livret in use and the date of its rules."""

from __future__ import annotations

from fs_triage import __version__, output
from fs_triage.cli.commands import Call, open_asked_livret
from fs_triage.contract import OK, Failure


def run_version(call: Call) -> int:
    """Print the versions; returns the exit code, which tells when the rules cannot be used."""
    output.print_answer(f"fs-triage {__version__}")
    try:
        opened = open_asked_livret(call)
    except Failure as failure:
        output.print_message(failure.message)
        return failure.code
    title = f"{opened.meta.title} ({opened.meta.departement})"
    output.print_answer(f"livret {opened.meta.livret} : {title}, règles du {opened.get_rules_date()}")
    return OK
