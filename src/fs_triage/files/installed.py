"""The livrets that are installed: those that come with the program and those of other packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fs_triage.files import folders, timeout

ENTRY_POINTS = "fs_triage.livrets"
"""The entry point by which a package brings a livret: its name, and the folder as `str`, `Path` or package."""


class InstalledLivrets(NamedTuple):
    """The folders of livrets by name, and a line to say of each one that cannot be had."""

    folders: dict[str, Path]
    warnings: tuple[str, ...] = ()
    common: frozenset[str] = frozenset()
    """Those that come with the program for others to inherit from: no desk uses them."""


def find_installed() -> InstalledLivrets:
    """Return the livrets that come with the program or with another package."""
    own = Path(folders.get_own_livrets())
    names = folders.list_livrets(str(own)) if own.is_dir() else []
    others = _find_in_packages()
    common = frozenset(names).difference(folders.list_desk_livrets(str(own)))
    return others._replace(folders={**others.folders, **{name: own / name for name in names}}, common=common)


@cache
def _find_in_packages() -> InstalledLivrets:
    from importlib import metadata

    try:
        names = sorted({entry.name for entry in metadata.entry_points(group=ENTRY_POINTS)})
    except Exception:  # what another package says of itself may be anything
        return InstalledLivrets({}, ("Attention : les livrets d’autres paquets ne se lisent pas.",))
    found = {name: _load_entry_point(name) for name in names}
    brought = {name: folder for name, folder in found.items() if folder and has_livret(folder)}
    return InstalledLivrets(
        brought,
        tuple(
            f"Attention : le livret « {name} » d’un autre paquet ne se charge pas."
            for name in names
            if name not in brought
        ),
    )


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


def _load_entry_point(name: str) -> Path | None:
    """Return the folder that the entry point `name` brings, None when there is none."""
    try:
        ended = subprocess.run(
            [sys.executable, "-c", _LOADER],
            input=json.dumps([name, ENTRY_POINTS, sys.path]),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            timeout=timeout.LONG_TIMEOUT,
        )
        folder = json.loads(ended.stdout) if ended.returncode == 0 else None
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    if not isinstance(folder, str) or not folders.is_text(folder) or "\0" in folder:
        return None
    return Path(folder)


def has_livret(folder: Path) -> bool:
    """Return whether a livret is at `folder`; not where its name is too long, for which `Path` raises."""
    return os.path.isfile(folder / folders.BOOKLET)
