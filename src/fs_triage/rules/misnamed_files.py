"""Files of a livret with another name than the expected one."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from fs_triage.rules import yaml_reader
from fs_triage.rules.model_livret import FOLDERS, NEEDS, PARTNERS
from fs_triage.text.did_you_mean import find_close_name

_HEAD_BYTES = 2000  # bytes of a file in which its id stands


def list_files(folder: Path, known: Collection[str]) -> list[Path]:
    """Return the files of a livret's `folder` and of those below it that hold rules, but those of the `known` names."""
    below = ["", *FOLDERS, *(one.name for one in sorted(folder.glob("*/")) if _is_meant_folder(one.name))]
    files = [file for name in below for file in sorted((folder / name).glob("*"))]
    return [file for file in files if file.relative_to(folder).as_posix() not in known]


def _is_meant_folder(name: str) -> bool:
    """Return whether the folder `name` was to be one of a livret's: « besoin », « Partenaire »."""
    return name not in FOLDERS and find_close_name(name.lower(), list(FOLDERS)) is not None


def find_partner_file(folder: Path, name: str, known: Collection[str]) -> Path | None:
    """Return the file of `folder` that has the partner `name` or nearly its name; none of the `known` file names."""
    files = list_files(folder, known)
    others = [file for file in files if file.is_file() and not file.name.startswith(".")]
    held = next((file for file in others if _holds_partner(file, name)), None)
    rule_files = [file for file in others if ".y" in file.name.lower() or file.stem.lower() == name]
    beside = [file for file in rule_files if file.parent.name != NEEDS]
    near = find_close_name(f"{name}.yaml", [file.name for file in beside])
    return held or next((file for file in beside if file.name == near), None)


def suggest_remedy(folder: Path, name: str, known: Collection[str]) -> str:
    """Return what to do about the file of the partner `name`, which is not there."""
    file = find_partner_file(folder, name, known)
    if file is None:
        return f"créez ce fichier, ou ôtez « {name} » de partenaires"
    if not _holds_partner(file, name):
        return f"vouliez-vous dire « {file.name} » ?"
    if file.parent.name != PARTNERS and file.name == f"{name}.yaml":
        return f"déplacez-le de « {file.relative_to(folder).as_posix()} » vers le dossier {PARTNERS}"
    return f"renommez « {file.relative_to(folder).as_posix()} » en « {PARTNERS}/{name}.yaml »"


def find_intended_file(
    path: Path, name: str, folder: Path, absent: Collection[str], partners: Collection[str]
) -> str | None:
    """Return the one of the `absent` files that the file at `path`, a `name` without suffix, was meant to be.

    One that stands where a partner's rules or needs do, was meant for there. For files that are no partner's, the
    beginning of the name must match: a name that is only close may be a partner.
    """
    place = path.relative_to(folder).parent.name
    for file in sorted(absent, key=lambda one: (not one.startswith(f"{place}/"), -one.count(PARTNERS), one)):
        known = Path(file).stem
        if known in partners and place in (PARTNERS, NEEDS) and not file.startswith(f"{place}/"):
            continue
        if find_close_name(name, [known]) if known in partners else name.startswith(known[:-2]):
            return file
    return None


def find_copied_partner(file: Path, partners: Collection[str]) -> str | None:
    """Return the one of `partners` that `file` holds a copy of, by its id and its name: `caf-ancien.yaml`."""
    words = file.stem.split("-")
    return next(
        (name for name in partners if set(name.split("-")) < set(words) and _holds_partner(file, name)), None
    )


def _holds_partner(file: Path, name: str) -> bool:
    content, _ = yaml_reader.read_content(file, str(file))
    return f"id: {name}" in content[:_HEAD_BYTES].decode(errors="replace").splitlines()
