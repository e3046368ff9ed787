"""The livrets at hand: those that come with the program, the user's, and those of other packages."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

from fs_triage import output, places
from fs_triage.failure import OK, Failure

ENTRY_POINTS = "fs_triage.livrets"
"""The entry point by which a package brings a livret: its name, and the folder as `str`, `Path` or package."""


def installed() -> dict[str, Path]:
    """Return the folders of the livrets that come with the program or with another package, by name."""
    own = Path(places.own_rules())
    found = {name: own / name for name in places.livrets_in(str(own))} if own.is_dir() else {}
    return {**_of_packages(), **found}


def _of_packages() -> dict[str, Path]:
    from importlib import metadata

    found: dict[str, Path] = {}
    for entry in metadata.entry_points(group=ENTRY_POINTS):
        try:
            brought = entry.load()
        except Exception:  # another package's code may fail in any way, and must not stop the desk
            output.tell(f"Attention : le livret « {entry.name} » d’un autre paquet ne se charge pas.")
            continue
        folder = Path(next(iter(brought.__path__)) if isinstance(brought, ModuleType) else str(brought))
        if (folder / places.BOOKLET).is_file():
            found[entry.name] = folder
    return found


def beside(folder: Path, name: str) -> Path | None:
    """Return the folder of the livret `name` that one at `folder` may inherit from; None when there is none."""
    near = folder.resolve().parent / name
    if (near / places.BOOKLET).is_file():
        return near
    return installed().get(name)


def run(as_json: bool) -> int:
    """Print the livrets at hand, the one in use marked; returns the exit code."""
    try:
        used = Path(places.livret_folder()).resolve()
    except Failure:
        used = None
    folders = installed()
    if used is not None and used not in [folder.resolve() for folder in folders.values()]:
        folders = {used.name: used, **folders}
    rows = [
        {"id": name, "folder": str(folder.resolve()), "in_use": folder.resolve() == used}
        for name, folder in sorted(folders.items())
    ]
    if as_json:
        output.answer_json(json.dumps({"schema_version": 1, "livrets": rows}, ensure_ascii=False))
    else:
        lines = [f"{'*' if row['in_use'] else ' '} {row['id']}\t{row['folder']}" for row in rows]
        output.answer_format(
            "\n".join([*lines, "* : le livret utilisé ; un autre se choisit avec --livret."])
        )
    return OK
