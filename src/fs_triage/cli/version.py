"""`--version`: the program, the livret in use and the date of its rules."""

from __future__ import annotations

import time

from fs_triage import __version__, output
from fs_triage.cli.commands import Call, open_livret
from fs_triage.contract import OK, Failure
from fs_triage.index.reader import Store

_RULES = ".yaml"


def run_version(call: Call) -> int:
    """Print the versions; returns the exit code, which tells when the rules cannot be used."""
    output.print_answer(f"fs-triage {__version__}")
    try:
        store = open_livret(call)
    except Failure as failure:
        output.print_message(failure.message)
        return failure.code
    title = f"{store.need('meta:title')} ({store.need('meta:departement')})"
    output.print_answer(f"livret {store.need('meta:livret')} : {title}, règles du {_get_rules_date(store)}")
    return OK


def _get_rules_date(store: Store) -> str:
    """Return the day of the last change of the rule files that the livret was made from."""
    times = [mtime for path, size, mtime, _ in store.sources() if path.endswith(_RULES) and size >= 0]
    return time.strftime("%d/%m/%Y", time.localtime(max(times) / 1_000_000_000))
