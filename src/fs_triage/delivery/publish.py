"""`publier`: packs a livret with the layers below it, says what is new, signs it."""

from __future__ import annotations

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path

from fs_triage import __version__, livret_choice, output, rebuild
from fs_triage.author.comparer import command as comparer
from fs_triage.author.comparer.changes import compare_livrets
from fs_triage.author.sound_rules import load_sound_rules
from fs_triage.checks.verify import find_blocking_problems
from fs_triage.contract import OK, PROBLEMS, RULES_UNUSABLE, WRONG_CALL, Failure, describe_os_error
from fs_triage.delivery import signing
from fs_triage.delivery.archive import WrongArchive, pack_archive, unpack_archive
from fs_triage.delivery.load import load_archive
from fs_triage.delivery.manifest import (
    MANIFEST,
    MAX_ARCHIVE_SIZE,
    Manifest,
    WrongManifest,
    pack_manifest,
    unpack_manifest,
)
from fs_triage.files import folders
from fs_triage.files.atomic_write import write_whole
from fs_triage.rules.load import LoadResult
from fs_triage.text.fold import fold

_UNDATED = "sans date"  # what a livret says whose source tells no edition
KEY = "publication.cle"
"""The name of the key's file, in the folder of the configuration."""


def run_publier(folder: str, target: str, key_path: str | None) -> int:
    """Publish the livret at `folder` into the folder `target`; raises `Failure`.

    The manifest is written after the archive that it names: who fetches meanwhile has the old edition or the new one.
    """
    path, out = _find_key(key_path), Path(target)
    loaded = _load_complete_rules(livret_choice.find_livret_folder(folder))
    archive = _pack(loaded)
    manifest = _build_manifest(loaded, archive, _read_published(out), out)
    signed = _sign(manifest.model_dump_json(), path)
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_whole(out / manifest.archive, archive)
        write_whole(out / MANIFEST, pack_manifest(signed))
    except OSError as error:
        message = (
            f"« {out} » n’a pas pu être écrit ({describe_os_error(error)}) ; choisissez un autre dossier."
        )
        raise Failure(RULES_UNUSABLE, message) from error
    fingerprint = signing.format_fingerprint(signed.key)
    output.print_answer("\n".join([*(manifest.changes or ["Première édition publiée."]), ""]))
    output.print_answer(f"Édition « {manifest.edition} » publiée dans {out} ({manifest.size} octets).")
    output.print_answer(f"Empreinte de la clé, à lire aux maisons au téléphone : {fingerprint}")
    return OK


def _pack(loaded: LoadResult) -> bytes:
    try:
        archive = pack_archive(_collect_files(loaded))
    except WrongArchive as error:
        message = f"« {error} » ne peut pas être publié : minuscules sans accent, mots joints par « - »"
        raise Failure(PROBLEMS, f"{message} ; renommez-le.") from None
    if len(archive) > MAX_ARCHIVE_SIZE:
        raise Failure(PROBLEMS, f"Le livret est trop gros pour être publié ({len(archive)} octets).")
    return archive


def _build_manifest(
    loaded: LoadResult, archive: bytes, before: tuple[Manifest, dict[str, bytes]] | None, out: Path
) -> Manifest:
    """Return what there is to sign; raises `Failure` where this is no new edition of what `out` publishes."""
    assert loaded.livret is not None
    booklet = loaded.livret.booklet
    if booklet.edition is None or fold(booklet.edition) == _UNDATED:
        message = (
            "Le livret ne dit pas son édition ; écrivez « édition: … » dans livret.yaml, puis recommencez."
        )
        raise Failure(PROBLEMS, message)
    now = datetime.now(UTC).replace(microsecond=0)
    changes: list[str] = []
    if before is not None:
        known, files = before
        if known.livret != booklet.id:
            message = f"« {out} » publie déjà le livret « {known.livret} » ; choisissez un autre dossier."
            raise Failure(WRONG_CALL, message)
        if known.edition == booklet.edition:
            message = (
                f"L’édition « {known.edition} » est déjà publiée ; changez « édition » dans livret.yaml."
            )
            raise Failure(PROBLEMS, message)
        if known.published >= now:
            message = (
                "L’édition publiée est plus récente que l’heure de ce poste ; réglez-la, puis recommencez."
            )
            raise Failure(WRONG_CALL, message)
        changes = _list_changes(files, known.livret, loaded)
    sha256 = hashlib.sha256(archive).hexdigest()
    return Manifest(
        livret=booklet.id,
        title=booklet.title,
        edition=booklet.edition,
        published=now,
        archive=f"{booklet.id}-{sha256[:16]}.zip",
        size=len(archive),
        sha256=sha256,
        least_version=__version__,
        changes=changes,
    )


def run_new_key(key_path: str | None) -> int:
    """Make the key that signs, once; one that is there is never replaced. Raises `Failure`."""
    path = _find_key(key_path)
    if path.exists():
        key = _read_key(path)
        message = f"La clé {path} existe déjà, empreinte {signing.format_fingerprint(key)}"
        raise Failure(WRONG_CALL, f"{message} ; les maisons la connaissent, gardez-la.")
    passphrase = _ask_passphrase("Phrase secrète de la nouvelle clé : ")
    if len(passphrase) < signing.SHORTEST_PASSPHRASE:
        message = f"La phrase secrète a moins de {signing.SHORTEST_PASSPHRASE} caractères"
        raise Failure(WRONG_CALL, f"{message} ; choisissez-en une plus longue.")
    if sys.stdin.isatty() and passphrase != _ask_passphrase("La même, encore une fois : "):
        raise Failure(WRONG_CALL, "Les deux phrases diffèrent ; recommencez.")
    content = signing.create_key(passphrase)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content, mode=0o600)
    except OSError as error:
        message = (
            f"« {path} » n’a pas pu être écrit ({describe_os_error(error)}) ; choisissez un autre fichier."
        )
        raise Failure(RULES_UNUSABLE, message) from error
    fingerprint = signing.format_fingerprint(signing.read_public_key(content))
    output.print_answer(
        f"Clé écrite dans {path} : copiez-la en lieu sûr, avec sa phrase secrète.\n"
        f"Empreinte, à lire aux maisons au téléphone : {fingerprint}"
    )
    return OK


def _find_key(given: str | None) -> Path:
    if given is not None:
        return Path(given)
    config = folders.find_config_file()
    if config is None:
        raise Failure(WRONG_CALL, "Pas de dossier personnel où garder la clé ; nommez-la avec --cle.")
    return Path(config).with_name(KEY)


def _read_key(path: Path) -> bytes:
    """Return the public key of a key file; raises `Failure`."""
    try:
        return signing.read_public_key(path.read_bytes())
    except OSError as error:
        message = f"La clé {path} est illisible ({describe_os_error(error)})"
        raise Failure(
            WRONG_CALL, f"{message} ; faites-la avec « fs-triage publier --nouvelle-cle »."
        ) from error
    except signing.WrongKey:
        raise Failure(WRONG_CALL, f"« {path} » n’est pas une clé de fs-triage ; vérifiez --cle.") from None


def _sign(text: str, path: Path) -> signing.SignedText:
    _read_key(path)
    try:
        return signing.sign(text, path.read_bytes(), _ask_passphrase("Phrase secrète de la clé : "))
    except signing.WrongKey:
        raise Failure(WRONG_CALL, "Ce n’est pas la phrase secrète de cette clé ; recommencez.") from None


def _ask_passphrase(question: str) -> str:
    """Return what is typed, unseen, or the next line of a standard input that is no terminal."""
    if sys.stdin is not None and sys.stdin.isatty():
        from getpass import getpass

        return getpass(question)
    return (sys.stdin.readline() if sys.stdin is not None else "").rstrip("\r\n")


def _load_complete_rules(folder: str) -> LoadResult:
    livret, loaded = load_sound_rules(folder)
    if problems := find_blocking_problems(
        livret
    ):  # a contact that is yet to be given, an identifier that is gone
        raise Failure(RULES_UNUSABLE, rebuild.build_refusal(folder, problems))
    return loaded


def _collect_files(loaded: LoadResult) -> dict[str, bytes]:
    """Return the files that the livret was read from, layers below it included, by path below their folder."""
    root = loaded.folder.absolute().parent
    files: dict[str, bytes] = {}
    for file in loaded.files:
        path = Path(file.path).absolute()
        if file.size < 0:
            continue
        if not path.is_relative_to(root):
            message = f"Le livret hérite de « {path.parent} », qui n’est pas à côté de lui dans « {root} »"
            raise Failure(WRONG_CALL, f"{message} ; mettez-les dans un même dossier, puis recommencez.")
        files[path.relative_to(root).as_posix()] = file.content
    return files


def _read_published(out: Path) -> tuple[Manifest, dict[str, bytes]] | None:
    """Return the manifest and the files of the edition published in `out`, None where none is."""
    try:
        content = (out / MANIFEST).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Failure(RULES_UNUSABLE, f"« {out} » est illisible ({describe_os_error(error)}).") from error
    try:
        signed, manifest = unpack_manifest(content)
        signing.verify(signed)
        return manifest, unpack_archive((out / manifest.archive).read_bytes())
    except (WrongManifest, WrongArchive, signing.WrongSignature, OSError):
        message = f"Ce qui est publié dans « {out} » est abîmé"
        raise Failure(
            RULES_UNUSABLE, f"{message} ; publiez dans un autre dossier, puis remplacez-le."
        ) from None


def _list_changes(old: dict[str, bytes], livret: str, new: LoadResult) -> list[str]:
    with load_archive(old, livret) as before:
        assert new.livret is not None
        if before.livret is None:  # rules that this version of the program no longer reads
            return []
        return comparer.render_text(new.livret, compare_livrets(before.livret, new.livret), []).splitlines()
