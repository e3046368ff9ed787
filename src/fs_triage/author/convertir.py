"""`convertir`: brings a livret of before, with English keys and all in one folder, to the form of today."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fs_triage import output
from fs_triage.author import old_form
from fs_triage.contract import OK, OUTPUT_LOST, RULES_UNUSABLE, WRONG_CALL, Failure, describe_os_error
from fs_triage.files import folders
from fs_triage.rules import inherit, yaml_reader
from fs_triage.rules.keys import translate_keys
from fs_triage.rules.model_livret import FOLDERS, PARTNERS, Booklet
from fs_triage.text.typography import escape_controls

_KEPT = "-avant"
"""What is put after the name of a folder to keep it as it was."""


def run_convertir(given: str) -> int:
    """Convert the livret in the folder `given`; what it was stays beside it. Returns the exit code.

    Raises `Failure` when there is no livret, when a file of it cannot be read, or when the disk refuses.
    """
    shown = escape_controls(given)
    folder = Path(given).resolve()
    converted = _convert(folder, shown)
    if not converted:
        output.print_answer(f"Rien à convertir : « {shown} » a déjà la forme d’aujourd’hui.")
        return OK
    kept = folder.with_name(folder.name + _KEPT)
    if kept.exists():
        message = f"« {escape_controls(str(kept))} » existe déjà ; renommez ce dossier, puis recommencez."
        raise Failure(WRONG_CALL, message)
    if Path.cwd().is_relative_to(folder):
        message = "Ce dossier est celui où vous êtes ; remontez d’un dossier, puis recommencez."
        raise Failure(WRONG_CALL, message)
    try:
        _replace_folder(folder, kept, converted)
    except OSError as error:
        message = (
            f"« {shown} » n’a pas pu être converti ({describe_os_error(error)}) ; il est resté tel quel."
        )
        raise Failure(OUTPUT_LOST, message) from error
    lines = [f"{name} → {', '.join(files)}" for name, files in sorted(converted.items())]
    output.print_answer("\n".join(lines))
    output.print_message(
        f"« {shown} » est converti ; l’ancien est gardé sous « {escape_controls(str(kept))} ».",
        "Vérifiez : « fs-triage comparer » de l’ancien et du nouveau répond « Rien » ; puis supprimez l’ancien.",
    )
    return OK


def _convert(folder: Path, shown: str) -> dict[str, dict[str, bytes]]:
    """Return the files to write, by name, for each file of the livret at `folder` that is to be converted."""
    contents = {}
    try:
        if not (folder / folders.BOOKLET).is_file():
            message = f"Aucun livret dans « {shown} » : il y manque un fichier {folders.BOOKLET}."
            raise Failure(RULES_UNUSABLE, message)
        for path in [path for below in ("", *FOLDERS) for path in sorted((folder / below).glob("*.yaml"))]:
            content, problems = yaml_reader.read_content(path, str(path))
            if problems:
                raise Failure(RULES_UNUSABLE, f"Rien n’est converti : {problems[0]}")
            contents[path.relative_to(folder).as_posix()] = content
    except OSError as error:
        raise Failure(RULES_UNUSABLE, f"« {shown} » est illisible ({describe_os_error(error)}).") from error
    converted = old_form.convert_files(contents, shown)
    for name, files in converted.items():
        taken = next((where for where in files if where != name and (folder / where).exists()), None)
        if taken is not None:
            message = f"« {name} » et « {taken} » sont le même fichier ; gardez le bon, puis recommencez."
            raise Failure(RULES_UNUSABLE, message)
    return converted


def _write_converted(source: Path, target: Path, converted: dict[str, dict[str, bytes]]) -> None:
    """Copy the folder `source` to `target`, which is not there yet, with the files of `converted`."""
    shutil.copytree(source, target, symlinks=True)
    for name, files in converted.items():
        (target / name).unlink()
        for where, content in files.items():
            (target / where).parent.mkdir(exist_ok=True)
            (target / where).write_bytes(content)


def _replace_folder(folder: Path, kept: Path, converted: dict[str, dict[str, bytes]]) -> None:
    """Put the converted livret in the place of `folder`, which stays as `kept`; raises `OSError`, with nothing done."""
    beside = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    try:
        _write_converted(folder, beside / folder.name, converted)
        folder.rename(kept)
        try:
            (beside / folder.name).rename(folder)
        except OSError:
            kept.rename(folder)
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@contextmanager
def open_as_of_today(folder: Path) -> Iterator[Path]:
    """Give the livret at `folder` in the form of today: itself, or a copy for the while when it is of before."""
    if (folder / PARTNERS).is_dir():
        yield folder
        return
    with tempfile.TemporaryDirectory() as made:
        yield _copy_converted(folder.resolve(), Path(made)) or folder


def _copy_converted(folder: Path, beside: Path) -> Path | None:
    """Write the livret at `folder`, converted, in the folder `beside`, as well as the one that it inherits from.

    Returns where it is, None when nothing is to be converted, or when it cannot be: who reads it says why.
    """
    try:
        converted = _convert(folder, str(folder))
    except Failure:
        return None
    if not converted:
        return None
    target = beside / folder.name
    _write_converted(folder, target, converted)
    booklet, _ = yaml_reader.parse_content((target / folders.BOOKLET).read_bytes(), "")
    translate_keys(booklet, (Booklet,), []) if booklet else None
    parent = inherit.find_text(booklet, "extends") if booklet else None
    near = folder.with_name(parent) if parent else None
    if near is not None and near != folder and (near / folders.BOOKLET).is_file():
        _copy_converted(near, beside) or shutil.copytree(near, beside / near.name)
    return target
