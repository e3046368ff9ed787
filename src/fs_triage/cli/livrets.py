"""`livrets`: the installed livrets, the one in use marked."""

from __future__ import annotations

import json
from pathlib import Path

from fs_triage import livret_choice, output
from fs_triage.contract import OK, Failure
from fs_triage.files.installed import find_installed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.cli.commands import Call


def run_livrets(call: Call) -> int:
    """Print the installed livrets, and the one in use where it is another; returns the exit code."""
    try:
        used = Path(livret_choice.find_livret_folder()).resolve()
    except Failure:
        used = None
    installed = find_installed()
    output.print_once(*installed.warnings)
    folders = {
        name: folder.resolve() for name, folder in installed.folders.items() if name not in installed.common
    }
    if used is not None and used not in folders.values():
        folders = {used.name: used, **folders}
    rows = [
        {"id": name, "folder": str(folder), "in_use": folder == used}
        for name, folder in sorted(folders.items())
    ]
    if call.has_flag("--json"):
        output.print_json(json.dumps({"schema_version": 1, "livrets": rows}, ensure_ascii=False))
    else:
        lines = [f"{'*' if row['in_use'] else ' '} {row['id']}\t{row['folder']}" for row in rows]
        output.print_format("\n".join([*lines, "* : le livret utilisé ; un autre se choisit avec --livret."]))
    return OK
