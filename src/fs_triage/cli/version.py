"""`--version`: the program, the livret in use, its edition and who checked it when."""

from __future__ import annotations

import json

from fs_triage import __version__, output
from fs_triage.cli.commands import Call, open_asked_livret
from fs_triage.contract import OK, Failure
from fs_triage.render import labels


def run_version(call: Call) -> int:
    """Print the versions; returns the exit code, which tells when the rules cannot be used."""
    output.print_answer(f"fs-triage {__version__}")
    try:
        opened = open_asked_livret(call)
    except Failure as failure:
        output.print_message(failure.message)
        return failure.code
    meta = opened.meta
    told = [labels.render_edition(meta.edition)]
    check = f"vérifié {labels.render_check(json.loads(meta.checked))}" if meta.checked else ""
    told += [check or "aucune vérification notée", *([meta.licence] if meta.licence else [])]
    output.print_answer(f"livret {meta.livret}\u00a0: {meta.title} ({meta.departement}), {', '.join(told)}")
    return OK
