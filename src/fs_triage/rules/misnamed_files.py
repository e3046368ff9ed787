"""Files of a livret with another name than the expected one."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from fs_triage.rules import yaml_reader
from fs_triage.text.did_you_mean import find_close_name

_HEAD_BYTES = 2000  # bytes of a file in which its id stands


def find_partner_file(folder: Path, name: str, known: Collection[str]) -> Path | None:
    """Return the file of `folder` that has the partner `name` or nearly its name; none of the `known` file names."""
    others = [
        file for file in sorted(folder.glob("*")) if ".y" in file.name.lower() and file.name not in known
    ]
    near = find_close_name(f"{name}.yaml", [file.name for file in others])
    return next((file for file in others if _holds_partner(file, name)), folder / near if near else None)


def suggest_remedy(folder: Path, name: str, known: Collection[str]) -> str:
    """Return what to do about the file of the partner `name`, which is not there."""
    file = find_partner_file(folder, name, known)
    if file is None:
        return f"créez ce fichier, ou ôtez « {name} » de partners"
    if _holds_partner(file, name):
        return f"renommez « {file.name} » en « {name}.yaml »"
    return f"vouliez-vous dire « {file.name} » ?"


def find_intended_file(name: str, absent: Collection[str], partners: Collection[str]) -> str | None:
    """Return the one of the `absent` files that a file called `name` (without suffix) was probably meant to be.

    For files that are no partner's, the beginning of the name must match: a name that is only close may be a partner.
    """
    for file in sorted(absent):
        known = file.removesuffix(".yaml")
        if find_close_name(name, [known]) if known in partners else name.startswith(known[:-2]):
            return file
    return None


def _holds_partner(file: Path, name: str) -> bool:
    content, _ = yaml_reader.read_content(file, str(file))
    return f"id: {name}" in content[:_HEAD_BYTES].decode(errors="replace").splitlines()
