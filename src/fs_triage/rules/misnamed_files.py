"""Files of a livret that do not have the name under which they are looked for."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from fs_triage.rules import yaml_reader
from fs_triage.text.did_you_mean import close

_HEAD = 2000  # bytes of a file in which its id stands


def of_partner(folder: Path, name: str, known: Collection[str]) -> Path | None:
    """Return the file of `folder` that holds the partner `name`, or was meant to; not one of the `known` names."""
    others = [
        file for file in sorted(folder.glob("*")) if ".y" in file.name.lower() and file.name not in known
    ]
    near = close(f"{name}.yaml", [file.name for file in others])
    return next((file for file in others if _holds(file, name)), folder / near if near else None)


def remedy(folder: Path, name: str, known: Collection[str]) -> str:
    """Return what to do about the file of the partner `name`, which is not there."""
    file = of_partner(folder, name, known)
    if file is None:
        return f"créez ce fichier, ou ôtez « {name} » de partners"
    if _holds(file, name):
        return f"renommez « {file.name} » en « {name}.yaml »"
    return f"vouliez-vous dire « {file.name} » ?"


def meant(name: str, absent: Collection[str], partners: Collection[str]) -> str | None:
    """Return which of the files that are `absent` one called `name` (no ending) was meant to be, if any.

    What is near to the name of a file that is no partner's may well be a partner: there the beginning decides.
    """
    for file in sorted(absent):
        known = file.removesuffix(".yaml")
        if close(name, [known]) if known in partners else name.startswith(known[:-2]):
            return file
    return None


def _holds(file: Path, name: str) -> bool:
    content, _ = yaml_reader.content_of(file, str(file))
    return f"id: {name}" in content[:_HEAD].decode(errors="replace").splitlines()
