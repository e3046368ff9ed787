"""`maj`: the livret that is published, verified and put in service, the last one kept."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path

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
from fs_triage.rules.load import Livret, load_livret
from fs_triage.text.typography import escape_controls

_ABANDONED = 3600  # seconds after which what an update that was killed left behind is removed
_UNPACKED = ".tmp"


def run_maj(only_look: bool) -> int:
    """Fetch what is published, put it in service and tell what changes; with `only_look`, tell that it waits.

    Returns 0 also when nothing is new. Raises `Failure`; the desk then goes on with the livret that it has.
    """
    delivery = _read_delivery()
    folder = _find_folder()
    state = received.read_state(folder)
    try:
        content, mark = source.fetch(
            delivery.place,
            MANIFEST,
            MAX_MANIFEST_SIZE,
            known=state.mark if state.place == delivery.place else "",
        )
    except source.NotModified:
        received.write_state(folder, state.with_look(time.time()))
        return _tell_up_to_date(folder)
    except source.Unreachable as error:
        raise _build_unreachable(delivery.place, error) from None
    manifest = _check_manifest(content, delivery)
    newest = _find_newest(folder)
    if newest is not None and manifest.published < newest.published:
        message = f"Ce qui est publié (édition « {manifest.edition} ») est plus ancien que l’édition"
        raise Failure(RULES_UNUSABLE, f"{message} « {newest.edition} » déjà reçue : refusé ; {_CALL}")
    edition = _name_edition(manifest)
    looked = received.State(place=delivery.place, mark=mark, looked=time.time())
    if received.read_current(folder) == (edition, manifest.livret):
        received.write_state(folder, looked)
        return _tell_up_to_date(folder)
    if only_look:  # without the mark: the next call has to fetch it
        waiting = received.State(place=delivery.place, looked=looked.looked, waiting=manifest.edition)
        received.write_state(folder, waiting)
        output.print_answer(f"L’édition « {manifest.edition} » attend ; « fs-triage maj » la met en service.")
        return OK
    files = _fetch_archive(delivery, manifest)
    changes = _put_in_service(folder, edition, manifest, content, files)
    received.write_state(folder, looked)
    output.print_answer(
        "\n".join(
            [
                *changes,
                "",
                f"Édition « {manifest.edition} » en service. Pour revenir à la précédente : fs-triage maj --revenir",
            ]
        )
    )
    return OK


def run_revenir() -> int:
    """Put the livret that was in service before the last update in service again; raises `Failure`."""
    folder = _find_folder()
    current, _ = received.read_current(folder)
    others = [name for name in _list_editions(folder) if name != current]
    if not current or not others:
        raise Failure(NOTHING_FOUND, "Aucune autre édition n’est gardée ; rien n’a changé.")
    manifest = _read_manifest(Path(folder, others[-1]))
    if manifest is None or not _can_serve(Path(folder, others[-1], received.RULES, manifest.livret)):
        raise Failure(RULES_UNUSABLE, "L’édition gardée est abîmée ; rien n’a changé.")
    _write_current(folder, others[-1], manifest.livret)
    received.write_state(folder, received.State())
    output.print_answer(f"Édition « {manifest.edition} » en service.")
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
    if _parse_version(manifest.least_version) > _parse_version(__version__):
        message = f"L’édition « {manifest.edition} » demande fs-triage {manifest.least_version}"
        raise Failure(
            RULES_UNUSABLE,
            f"{message}, ce poste a {__version__} ; {_KEEPS}, mettez d’abord fs-triage à jour.",
        )
    return manifest


def _parse_version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())


def _fetch_archive(delivery: Delivery, manifest: Manifest) -> dict[str, bytes]:
    """Return the files of the published archive, whole and as signed; raises `Failure`."""
    try:
        with show_progress("Réception du livret", manifest.size, in_bytes=True) as progress:
            content, _ = source.fetch(delivery.place, manifest.archive, manifest.size, progress=progress)
    except source.NotModified:  # a site that answers so without being asked
        raise _refuse("Le site ne donne pas l’archive du livret") from None
    except source.Unreachable as error:
        raise _build_unreachable(delivery.place, error) from None
    if len(content) != manifest.size or hashlib.sha256(content).hexdigest() != manifest.sha256:
        raise _refuse("L’archive du livret est coupée ou changée")
    try:
        return unpack_archive(content)
    except WrongArchive:
        raise _refuse("L’archive contient autre chose qu’un livret") from None


def _put_in_service(
    folder: str, edition: str, manifest: Manifest, content: bytes, files: dict[str, bytes]
) -> list[str]:
    """Unpack an edition, verify it, and name it the one in use: the last step, which is whole or not at all."""
    temporary = Path(folder, f"{edition}.{os.getpid()}-{time.time_ns()}{_UNPACKED}")
    try:
        temporary.mkdir(parents=True)
        write_files(temporary / received.RULES, files)
        (temporary / MANIFEST).write_bytes(content)
        new = _load_sound(temporary / received.RULES / manifest.livret)
        if new is None or new.booklet.id != manifest.livret or new.booklet.edition != manifest.edition:
            raise _refuse("Le livret reçu a des fautes que « verifier » refuse")
        changes = _tell_changes(new, manifest)
        target = Path(folder, edition)
        if not target.exists():
            try:
                temporary.rename(target)
            except OSError:  # another update put it there at the same moment
                if not target.exists():
                    raise
        _write_current(folder, edition, manifest.livret)
    except OSError as error:
        message = f"Le livret reçu n’a pas pu être gardé ({describe_os_error(error)})"
        raise Failure(RULES_UNUSABLE, f"{message} ; {_KEEPS}, vérifiez la place sur le disque.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    _sweep(folder, edition)
    return changes


def _tell_changes(new: Livret, manifest: Manifest) -> list[str]:
    """Return what the counsellors are told: against the livret in service here, else what the publisher says."""
    try:
        old = _load_sound(Path(livret_choice.find_livret_folder()))
    except Failure:
        old = None
    if old is None or old.booklet.id != new.booklet.id:
        return [escape_controls(line) for line in manifest.changes]
    return comparer.render_text(new, compare_livrets(old, new), []).splitlines()


def _load_sound(folder: Path) -> Livret | None:
    loaded = load_livret(folder)
    if loaded.livret is None or find_blocking_problems(loaded.livret):
        return None
    return loaded.livret


def _can_serve(folder: Path) -> bool:
    return _load_sound(folder) is not None


def _name_edition(manifest: Manifest) -> str:
    """Return the name of an edition's folder; those of one livret sort by date."""
    return f"{manifest.published:%Y%m%dT%H%M%SZ}-{manifest.sha256[:12]}"


def _list_editions(folder: str) -> list[str]:
    """Return the names of the editions that were received whole, oldest first."""
    try:
        paths = sorted(Path(folder).iterdir())
    except OSError:
        return []
    return [path.name for path in paths if path.suffix != _UNPACKED and (path / MANIFEST).is_file()]


def _read_manifest(folder: Path) -> Manifest | None:
    try:
        return unpack_manifest((folder / MANIFEST).read_bytes())[1]
    except (OSError, WrongManifest):
        return None


def _find_newest(folder: str) -> Manifest | None:
    """Return the manifest of the newest edition ever received that is still there, in service or not."""
    known = [_read_manifest(Path(folder, name)) for name in _list_editions(folder)]
    return max((one for one in known if one is not None), key=lambda one: one.published, default=None)


def _write_current(folder: str, edition: str, livret: str) -> None:
    write_whole(Path(folder, received.CURRENT), f"{edition} {livret}\n".encode())


def _sweep(folder: str, current: str) -> None:
    """Remove all editions but that in use and the last before it, and what killed updates left behind."""
    editions = [name for name in _list_editions(folder) if name != current]
    for name in editions[:-1]:
        shutil.rmtree(Path(folder, name), ignore_errors=True)
    for path in Path(folder).iterdir():
        try:
            if path.suffix == _UNPACKED and abs(time.time() - path.stat().st_mtime) > _ABANDONED:
                shutil.rmtree(path, ignore_errors=True)
        except OSError:
            continue


def _tell_up_to_date(folder: str) -> int:
    edition, _ = received.read_current(folder)
    manifest = _read_manifest(Path(folder, edition)) if edition else None
    which = f" (édition « {manifest.edition} »)" if manifest is not None else ""
    output.print_answer(f"Le livret est à jour{which}.")
    return OK
