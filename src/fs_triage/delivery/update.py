"""`maj`: the livret that is published, verified and put in service, the last one kept."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from fs_triage import __version__, livret_choice, output
from fs_triage.author.comparer import command as comparer
from fs_triage.author.comparer.changes import compare_livrets
from fs_triage.checks.verify import find_blocking_problems
from fs_triage.contract import NOTHING_FOUND, OK, RULES_UNUSABLE, WRONG_CALL, Failure, describe_os_error
from fs_triage.delivery import signing, source
from fs_triage.delivery.archive import WrongArchive, unpack_archive, write_files
from fs_triage.delivery.manifest import (
    MANIFEST,
    MAX_MANIFEST_SIZE,
    Manifest,
    WrongManifest,
    unpack_manifest,
)
from fs_triage.files import folders, received
from fs_triage.files.atomic_write import write_whole
from fs_triage.livret_choice import Delivery
from fs_triage.render.progress import show_progress
from fs_triage.rules.booklets import get_program_words
from fs_triage.rules.load import Livret, load_livret
from fs_triage.text.typography import escape_controls

_ABANDONED = 3600  # seconds after which what an update that was killed left behind is removed
_UNPACKED = ".tmp"
_ARCHIVE, _PLACE = "livret.zip", "lieu"
"""In the folder of an edition: the archive as it was signed, where it came from."""

_WRONG_CLOCK = timedelta(days=1)
"""What is dated later would have every later edition refused, once the clock that dated it is right again."""


def run_maj(only_look: bool) -> int:
    """Fetch what is published, put it in service and tell what changes; with `only_look`, tell that it waits.

    Returns 0 also when nothing is new. Raises `Failure`; the desk then goes on with the livret that it has.
    """
    delivery = _read_delivery()
    folder = _find_folder()
    state = received.read_state(folder)
    current = _read_edition(folder, received.read_current(folder))
    if current is not None and not signing.is_same_fingerprint(delivery.key, current.key):
        current = None
    try:  # what is not in service as it was signed is asked for anew
        known = state.mark if current is not None and state.place == delivery.place else ""
        content, mark = source.fetch(delivery.place, MANIFEST, MAX_MANIFEST_SIZE, known=known)
    except source.NotModified:
        received.write_state(folder, state.with_look(time.time()))
        return _tell_up_to_date(current)
    except source.Unreachable as error:
        raise _build_unreachable(delivery.place, error) from None
    manifest = _check_manifest(content, delivery)
    if current is not None and current.place == delivery.place:
        _check_livret(manifest, current.manifest)
    _check_order(folder, manifest)
    looked = received.State(place=delivery.place, mark=mark, looked=time.time())
    if current is not None and _name_edition(current.manifest) == _name_edition(manifest):
        received.write_state(folder, looked)
        return _tell_up_to_date(current)
    if only_look:  # without the mark: the next call has to fetch it
        waiting = received.State(place=delivery.place, looked=looked.looked, waiting=manifest.edition)
        received.write_state(folder, waiting)
        output.print_answer(f"L’édition « {manifest.edition} » attend ; « fs-triage maj » la met en service.")
        return OK
    archive, files = _fetch_archive(delivery, manifest)
    kept = {MANIFEST: content, _ARCHIVE: archive, _PLACE: delivery.place.encode()}
    changes = _put_in_service(folder, manifest, kept, files)
    received.write_state(folder, looked)
    said = f"Édition « {manifest.edition} » en service."
    if received.read_previous(folder)[0]:
        said += " Pour revenir à la précédente : fs-triage maj --revenir"
    output.print_answer("\n".join([*changes, "", said]))
    return OK


def run_revenir() -> int:
    """Put the livret that was in service before the last update in service again; raises `Failure`."""
    folder = _find_folder()
    names = received.read_previous(folder)
    if not names[0]:
        message = "Aucune édition d’avant n’est gardée ; rien n’a changé"
        raise Failure(NOTHING_FOUND, f"{message} (« fs-triage maj » met la dernière publiée en service).")
    edition = _read_edition(folder, names)
    if edition is None or _load_sound(Path(folder, names[0]), names[1]) is None:
        raise Failure(RULES_UNUSABLE, "L’édition gardée est abîmée ; rien n’a changé.")
    try:
        _write_current(folder, names, ("", ""))
    except OSError as error:
        raise _build_not_kept(error) from error
    received.write_state(folder, received.State())
    output.print_answer(f"Édition « {edition.manifest.edition} » en service.")
    return OK


_CALL = "appelez la personne qui tient le livret."
_KEEPS = "le comptoir garde le livret qu’il a"


def _read_delivery() -> Delivery:
    delivery = livret_choice.find_delivery()
    if delivery is None:
        where = folders.find_config_file() or "config.toml"
        message = f'Ce poste ne sait pas où le livret est publié ; écrivez dans {where} « maj = "https://…" »'
        raise Failure(
            WRONG_CALL, f'{message} (ou un dossier partagé) et « cle = "…" », l’empreinte de la clé.'
        )
    if delivery.key and not signing.is_fingerprint(delivery.key):
        message = "« cle », dans config.toml, n’est pas une empreinte : seize lettres et chiffres"
        raise Failure(
            WRONG_CALL, f"{message}, comme « ABCD-EFGH-IJKL-MNOP » ; faites-vous la relire au téléphone."
        )
    if wrong := source.find_wrong_place(delivery.place):
        raise Failure(WRONG_CALL, f"« maj = {delivery.place} », dans config.toml : {wrong}.")
    return delivery


def _find_folder() -> str:
    folder = folders.find_data_folder()
    if folder is None:
        raise Failure(WRONG_CALL, "Pas de dossier personnel où garder le livret ; vérifiez la variable HOME.")
    return folder


def _build_unreachable(place: str, error: source.Unreachable) -> Failure:
    return Failure(
        RULES_UNUSABLE, f"« {place} » ne donne pas le livret : {error} ; {_KEEPS}, recommencez plus tard."
    )


def _build_not_kept(error: OSError) -> Failure:
    message = f"Le livret n’a pas pu être mis en service ({describe_os_error(error)})"
    where = folders.find_data_folder()
    return Failure(
        RULES_UNUSABLE, f"{message} ; {_KEEPS}, vérifiez la place et les droits d’accès de « {where} »."
    )


def _refuse(what: str) -> Failure:
    return Failure(RULES_UNUSABLE, f"{what} : refusé ; {_KEEPS}, {_CALL}")


def _check_manifest(content: bytes, delivery: Delivery) -> Manifest:
    """Return the manifest of what is published, which the configured key signed; raises `Failure`."""
    try:
        signed, manifest = unpack_manifest(content)
        signing.verify(signed)
    except WrongManifest:
        raise _refuse("Ce qui est publié n’est pas un livret que ce programme sait lire") from None
    except signing.WrongSignature:
        raise _refuse("Ce qui est publié a été changé depuis sa signature") from None
    fingerprint = signing.format_fingerprint(signed.key)
    if not delivery.key:
        message = (
            f"Ce poste ne connaît pas encore la clé du livret ; celle qui signe a l’empreinte {fingerprint}"
        )
        hint = f'faites-vous lire la vraie au téléphone, puis écrivez-la dans config.toml : cle = "{fingerprint}"'
        raise Failure(WRONG_CALL, f"{message} ; {hint}.")
    if not signing.is_same_fingerprint(delivery.key, signed.key):
        raise _refuse(f"Ce qui est publié est signé par une autre clé ({fingerprint})")
    now = datetime.now(UTC)
    if manifest.published > now + _WRONG_CLOCK:
        message = (
            f"L’édition « {manifest.edition} » est datée du {manifest.published:%d/%m/%Y}, ce poste est au"
        )
        hint = "vérifiez la date de ce poste ; si elle est juste, " + _CALL
        raise Failure(RULES_UNUSABLE, f"{message} {now:%d/%m/%Y} : refusée ; {_KEEPS}, {hint}")
    if _parse_version(manifest.least_version) > _parse_version(__version__):
        message = f"L’édition « {manifest.edition} » demande fs-triage {manifest.least_version}"
        raise Failure(
            RULES_UNUSABLE,
            f"{message}, ce poste a {__version__} ; {_KEEPS}, mettez d’abord fs-triage à jour.",
        )
    return manifest


def _check_livret(manifest: Manifest, current: Manifest) -> None:
    """Refuse another livret from the same place; it may come from another one, which `config.toml` then names."""
    if manifest.livret != current.livret:
        raise _refuse(f"Ce qui est publié est le livret « {manifest.livret} », non « {current.livret} »")


def _check_order(folder: str, manifest: Manifest) -> None:
    """Refuse what is older than what this desk has received, or goes under the name of that; raises `Failure`."""
    for known in _list_manifests(folder):
        if known.livret != manifest.livret:
            continue
        if manifest.published < known.published:
            message = f"Ce qui est publié (édition « {manifest.edition} ») est plus ancien que l’édition"
            raise _refuse(f"{message} « {known.edition} » déjà reçue")
        is_same = manifest.sha256 == known.sha256
        if not is_same and (manifest.edition == known.edition or manifest.published == known.published):
            raise _refuse(f"Ce qui est publié est une autre édition « {known.edition} » que celle déjà reçue")


def _parse_version(text: str) -> tuple[int, ...]:
    """Return what orders versions: 1.0 and 1.0.0 are the same."""
    numbers = [int(part) for part in text.split(".") if part.isdecimal()]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _fetch_archive(delivery: Delivery, manifest: Manifest) -> tuple[bytes, dict[str, bytes]]:
    """Return the published archive, whole and as signed, and its files; raises `Failure`."""
    try:
        with show_progress("Réception du livret", manifest.size, in_bytes=True) as progress:
            content, _ = source.fetch(delivery.place, manifest.archive, manifest.size, progress=progress)
    except source.Unreachable as error:
        raise _build_unreachable(delivery.place, error) from None
    if len(content) != manifest.size or hashlib.sha256(content).hexdigest() != manifest.sha256:
        raise _refuse("L’archive du livret est coupée ou changée")
    try:
        return content, unpack_archive(content)
    except WrongArchive:
        raise _refuse("L’archive contient autre chose qu’un livret") from None


def _put_in_service(
    folder: str, manifest: Manifest, kept: dict[str, bytes], files: dict[str, bytes]
) -> list[str]:
    """Unpack an edition, verify it, and name it the one in use: the last step, which is whole or not at all."""
    names = (_choose_name(folder, manifest), manifest.livret)
    temporary = Path(folder, f"{names[0]}.{os.getpid()}-{time.time_ns()}{_UNPACKED}")
    try:
        temporary.mkdir(parents=True)
        write_files(temporary / received.RULES, files)
        write_files(temporary, kept)
        new = _load_sound(temporary, manifest.livret)
        if new is None:
            raise _refuse("Le livret reçu a des fautes que « verifier » refuse")
        if new.booklet.id != manifest.livret or new.booklet.edition != manifest.edition:
            raise _refuse("Le livret reçu n’est pas celui qui est annoncé")
        changes = _tell_changes(new, manifest)
        _check_order(folder, manifest)  # again: another update may have been quicker
        _put_in_place(temporary, Path(folder, names[0]))
        before = _find_before(folder, names[0])
        _write_current(folder, names, before)
    except OSError as error:
        raise _build_not_kept(error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    _sweep(folder, names[0], before[0])
    return changes


def _put_in_place(temporary: Path, target: Path) -> None:
    """Give an edition that is whole its name; one that is there under it stays."""
    try:
        temporary.rename(target)
    except OSError:  # it was there, or another update put it there at the same moment
        if not target.exists():
            raise


def _choose_name(folder: str, manifest: Manifest) -> str:
    """Return the name for the folder of an edition: a new one where that which it had is damaged.

    What is read of rules is held against what was read of the same folder before: a file less there is a mistake.
    """
    name = _name_edition(manifest)
    is_damaged = Path(folder, name).exists() and _read_edition(folder, (name, manifest.livret)) is None
    return f"{name}-{time.time_ns():x}" if is_damaged else name


def _find_before(folder: str, edition: str) -> tuple[str, str]:
    """Return what `--revenir` is to put in service again once `edition` is: what was, or was kept, and is whole."""
    for names in (received.read_current(folder), received.read_previous(folder)):
        if names[0] not in ("", edition) and _read_edition(folder, names) is not None:
            return names
    return "", ""


def _tell_changes(new: Livret, manifest: Manifest) -> list[str]:
    """Return what the counsellors are told: against the livret in service here, else what the publisher says."""
    try:
        old = load_livret(Path(livret_choice.find_livret_folder())).livret
    except Failure:
        old = None
    if old is None or old.booklet.id != new.booklet.id:
        return [escape_controls(line) for line in manifest.changes]
    return comparer.render_text(new, compare_livrets(old, new), []).splitlines()


def _load_sound(edition: Path, livret: str) -> Livret | None:
    """Return the livret of an edition's folder, None where `verifier` refuses it or it leads out of that folder."""
    root = edition / received.RULES
    loaded = load_livret(root / livret)
    if loaded.livret is None or find_blocking_problems(loaded.livret):
        return None
    read = {Path(file.path) for file in loaded.files if file.size >= 0} - {get_program_words()}
    is_whole = all(path.is_relative_to(root) for path in read)
    return loaded.livret if is_whole else None


class _Edition(NamedTuple):
    """An edition that is kept as it was signed: what was, by which key, and where it came from."""

    manifest: Manifest
    key: bytes
    place: str


def _read_edition(folder: str, names: tuple[str, str]) -> _Edition | None:
    """Return an edition of which not a byte differs from what was signed, else None."""
    path = Path(folder, names[0])
    rules = path / received.RULES
    try:
        signed, manifest = unpack_manifest((path / MANIFEST).read_bytes())
        signing.verify(signed)
        archive = (path / _ARCHIVE).read_bytes()
        if hashlib.sha256(archive).hexdigest() != manifest.sha256 or manifest.livret != names[1]:
            return None
        there = {one.relative_to(rules).as_posix(): one for one in rules.rglob("*") if not one.is_dir()}
        if {name: one.read_bytes() for name, one in there.items()} != unpack_archive(archive):
            return None
        place = (path / _PLACE).read_text("utf-8")
    except (OSError, ValueError, WrongManifest, WrongArchive, signing.WrongSignature):
        return None
    return _Edition(manifest, signed.key, place)


def _name_edition(manifest: Manifest) -> str:
    """Return what names an edition: its date, to be read, and what it is made of."""
    return f"{manifest.published:%Y%m%dT%H%M%SZ}-{manifest.sha256[:12]}"


def _list_editions(folder: str) -> list[str]:
    """Return the names of the editions that were received whole."""
    try:
        paths = sorted(Path(folder).iterdir())
    except OSError:
        return []
    return [path.name for path in paths if path.suffix != _UNPACKED and (path / MANIFEST).is_file()]


def _list_manifests(folder: str) -> Iterator[Manifest]:
    """Yield the manifests of the editions that are still there, in service or not."""
    for name in _list_editions(folder):
        with contextlib.suppress(OSError, WrongManifest):
            yield unpack_manifest(Path(folder, name, MANIFEST).read_bytes())[1]


def _write_current(folder: str, names: tuple[str, str], before: tuple[str, str]) -> None:
    words = " ".join(filter(None, (*names, *before)))
    write_whole(Path(folder, received.CURRENT), f"{words}\n".encode())


def _sweep(folder: str, current: str, before: str) -> None:
    """Remove the editions that came before these two, and what killed updates left behind.

    A later one is what another update is about to put in service.
    """
    for name in _list_editions(folder):
        if name < current and name != before:
            shutil.rmtree(Path(folder, name), ignore_errors=True)
    for path in Path(folder).iterdir():
        try:
            if path.suffix == _UNPACKED and abs(time.time() - path.stat().st_mtime) > _ABANDONED:
                shutil.rmtree(path, ignore_errors=True)
        except OSError:
            continue


def _tell_up_to_date(current: _Edition | None) -> int:
    which = f" (édition « {current.manifest.edition} »)" if current is not None else ""
    output.print_answer(f"Le livret est à jour{which}.")
    return OK
