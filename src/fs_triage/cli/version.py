"""`--version`: the program, how it was installed, the livret in use, its edition and who checked it when."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fs_triage import PACKAGE, __version__, output
from fs_triage.cli.commands import Call, open_asked_livret
from fs_triage.contract import OK, Failure
from fs_triage.files import folders
from fs_triage.render import labels

_MARK = "installation.txt"
"""A file in the folder of the program, by which who packs it otherwise than pip says so."""
_OF_PIPX = "pipx_metadata.json"
"""What pipx writes into each environment that it makes."""


def run_version(call: Call) -> int:
    """Print the versions; returns the exit code, which tells when the rules cannot be used."""
    output.print_answer(f"fs-triage {__version__} ({_tell_installation()})")
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


def _tell_installation() -> str:
    """Return how the program came here: what who helps at a distance asks first."""
    mark = Path(PACKAGE, _MARK)
    if mark.is_file():
        return mark.read_text(encoding="utf-8").strip()
    if not Path(folders.get_own_livrets()).is_relative_to(PACKAGE):
        return "dépôt"
    return "pipx" if Path(sys.prefix, _OF_PIPX).is_file() else "paquet Python"
