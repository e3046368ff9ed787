"""The livrets at hand: those that come with the program, the user's, and those of other packages."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

from fs_triage import output
from fs_triage.contract import OK, Failure
from fs_triage.files import places

ENTRY_POINTS = "fs_triage.livrets"
"""The entry point by which a package brings a livret: its name, and the folder as `str`, `Path` or package."""


def installed() -> dict[str, Path]:
    """Return the folders of the livrets that come with the program or with another package, by name."""
    own = Path(places.own_rules())
    found = {name: own / name for name in places.livrets_in(str(own))} if own.is_dir() else {}
    return {**_of_packages(), **found}


@cache
def _of_packages() -> dict[str, Path]:
    """Return the folders of the livrets of other packages; one that cannot be had is told in one line."""
    from importlib import metadata

    try:
        names = sorted({entry.name for entry in metadata.entry_points(group=ENTRY_POINTS)})
    except Exception:  # what another package says of itself may be anything
        output.print_message("Attention : les livrets d’autres paquets ne se lisent pas.")
        return {}
    found: dict[str, Path] = {}
    for name in names:
        folder = _loaded_apart(name)
        if folder is None:
            output.print_message(f"Attention : le livret « {name} » d’un autre paquet ne se charge pas.")
        elif (folder / places.BOOKLET).is_file():
            found[name] = folder
    return found


_LOADER = """
import json, os, sys
told = os.fdopen(os.dup(1), "w")
nothing = os.open(os.devnull, os.O_WRONLY)
os.dup2(nothing, 1)
os.dup2(nothing, 2)
name, group, sys.path[:] = json.load(sys.stdin)
from importlib import metadata
[entry, *_] = metadata.entry_points(group=group, name=name)
brought = entry.load()
if isinstance(brought, type(sys)):
    brought = next(iter(brought.__path__))
json.dump(os.fsdecode(brought), told)
told.flush()
os._exit(0)
"""
"""Loads an entry point and tells its folder: a program of its own, as another package's code may end it, print,
hang or do whatever else."""


def _loaded_apart(name: str) -> Path | None:
    """Return the folder that the entry point `name` brings, None when there is none."""
    try:
        ended = subprocess.run(
            [sys.executable, "-c", _LOADER],
            input=json.dumps([name, ENTRY_POINTS, sys.path]),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            timeout=places.LONG_PATIENCE,
        )
        folder = json.loads(ended.stdout) if ended.returncode == 0 else None
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    if not isinstance(folder, str) or not places.is_text(folder) or "\0" in folder:
        return None
    return Path(folder)


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
        output.print_json(json.dumps({"schema_version": 1, "livrets": rows}, ensure_ascii=False))
    else:
        lines = [f"{'*' if row['in_use'] else ' '} {row['id']}\t{row['folder']}" for row in rows]
        output.print_format("\n".join([*lines, "* : le livret utilisé ; un autre se choisit avec --livret."]))
    return OK
