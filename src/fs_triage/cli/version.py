"""`--version`: the program, the livret in use and the date of its rules."""

from __future__ import annotations

import time

from fs_triage import __version__, output
from fs_triage.cli.commands import Call, open_asked_livret
from fs_triage.contract import OK, Failure
from fs_triage.livret import OpenLivret

_RULES = ".yaml"


def run_version(call: Call) -> int:
    """Print the versions; returns the exit code, which tells when the rules cannot be used."""
    output.print_answer(f"fs-triage {__version__}")
    try:
        opened = open_asked_livret(call)
    except Failure as failure:
        output.print_message(failure.message)
        return failure.code
    title = f"{opened.meta.title} ({opened.meta.departement})"
    output.print_answer(f"livret {opened.meta.livret} : {title}, règles du {_get_rules_date(opened)}")
    return OK


def _get_rules_date(livret: OpenLivret) -> str:
    """Return the day of the last change of the rule files that the livret was made from."""
    sources = livret.list_sources()
    times = [file.mtime_ns for file in sources if file.path.endswith(_RULES) and file.size >= 0]
    return time.strftime("%d/%m/%Y", time.localtime(max(times) / 1_000_000_000))
