"""`publier`: packs a livret with the layers below it, says what is new, signs it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

from pydantic import ValidationError

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
    LONGEST_LINE,
    MANIFEST,
    MAX_ARCHIVE_SIZE,
    MAX_LINES,
    Manifest,
    WrongManifest,
    pack_manifest,
    unpack_manifest,
)
from fs_triage.files import folders
from fs_triage.files.atomic_write import write_whole
from fs_triage.rules.booklets import get_program_words
from fs_triage.rules.load import Livret, LoadResult
from fs_triage.text.fold import fold
from fs_triage.text.typography import escape_controls, shorten_text

_UNDATED = "sans date"  # what a livret says whose source tells no edition
_LONGEST_CHANGES = (
    60_000  # characters: four bytes each at most, quoted twice, and `MAX_MANIFEST_SIZE` holds them
)
_LONGEST_KEY = 10_000  # bytes
KEY = "publication.cle"
"""The name of the key's file, in the folder of the configuration."""


def run_publier(folder: str, target: str, key_path: str | None) -> int:
    """Publish the livret at `folder` into the folder `target`; raises `Failure`.

    The manifest is written after the archive that it names: who fetches meanwhile has the old edition or the new one.
    """
    if not target.strip():
        raise Failure(WRONG_CALL, "-o attend le dossier où publier ; celui qui est donné est vide.")
    path, out = _find_key(key_path), Path(target)
    loaded = _load_complete_rules(livret_choice.find_livret_folder(folder))
    archive = _pack(loaded)
    before = _read_published(out)
    manifest = _build_manifest(loaded, archive, before, out)
    signed = _sign(manifest.model_dump_json(), path)
    now = _read_published(out)  # the passphrase takes its time
    if (now and now[0]) != (before and before[0]):
        message = f"Une autre publication vient d’être faite dans « {out} »"
        raise Failure(PROBLEMS, f"{message} ; relisez ce qu’elle change, puis recommencez.")
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
    _close_key(path)
    return OK


def _pack(loaded: LoadResult) -> bytes:
    try:
        archive = pack_archive(_collect_files(loaded))
    except WrongArchive as error:
        message = f"« {error} » ne peut pas être publié : minuscules sans accent, mots joints par « - »"
        raise Failure(PROBLEMS, f"{message} ; renommez-le.") from None
    with load_archive(unpack_archive(archive), _get_livret(loaded).booklet.id) as received:
        if received.livret is None:  # as each desk would read it
            message = f"Le dossier « {loaded.folder.absolute().name} » ne porte pas le nom du livret"
            raise Failure(PROBLEMS, f"{message}, « {_get_livret(loaded).booklet.id} » ; renommez-le.")
    if len(archive) > MAX_ARCHIVE_SIZE:
        raise Failure(PROBLEMS, f"Le livret est trop gros pour être publié ({len(archive)} octets).")
    return archive


def _build_manifest(
    loaded: LoadResult, archive: bytes, before: tuple[Manifest, dict[str, bytes]] | None, out: Path
) -> Manifest:
    """Return what there is to sign; raises `Failure` where this is no new edition of what `out` publishes."""
    booklet = _get_livret(loaded).booklet
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
    try:
        return Manifest(
            livret=booklet.id,
            title=booklet.title,
            edition=booklet.edition,
            published=now,
            archive=f"{booklet.id}-{sha256[:16]}.zip",
            size=len(archive),
            sha256=sha256,
            least_version=".".join(re.findall(r"\d+", __version__)[:3]),
            changes=changes,
        )
    except ValidationError:
        message = "L’« id », le titre ou l’édition, dans livret.yaml, sont trop longs pour être publiés"
        raise Failure(PROBLEMS, f"{message} ; raccourcissez-les.") from None


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
        return signing.read_public_key(_read_key_file(path))
    except FileNotFoundError:
        message = f"La clé {path} n’existe pas ; donnez avec --cle celle que les maisons connaissent"
        raise Failure(
            WRONG_CALL, f"{message}, ou faites la première avec « fs-triage publier --nouvelle-cle »."
        ) from None
    except OSError as error:
        message = f"La clé {path} est illisible ({describe_os_error(error)})"
        raise Failure(
            WRONG_CALL, f"{message} ; vérifiez ses droits d’accès, ou donnez-en la copie avec --cle."
        ) from error
    except signing.WrongKey:
        raise _build_wrong_key(path) from None


def _read_key_file(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_LONGEST_KEY)


def _close_key(path: Path) -> None:
    """Take from other accounts of this machine the right to read the key, which a copy may have given them."""
    with contextlib.suppress(OSError):
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
            output.print_answer(
                f"La clé {path} était ouverte à d’autres comptes de ce poste ; elle ne l’est plus."
            )


def _build_wrong_key(path: Path) -> Failure:
    message = f"« {path} » n’est pas une clé de fs-triage, ou elle est abîmée"
    return Failure(WRONG_CALL, f"{message} ; donnez avec --cle la copie que vous avez mise en lieu sûr.")


def _sign(text: str, path: Path) -> signing.SignedText:
    _read_key(path)
    passphrase = _ask_passphrase("Phrase secrète de la clé : ")
    try:
        return signing.sign(text, _read_key_file(path), passphrase)
    except signing.WrongKey:
        raise _build_wrong_key(path) from None
    except signing.WrongPassphrase:
        raise Failure(WRONG_CALL, "Ce n’est pas la phrase secrète de cette clé ; recommencez.") from None


def _ask_passphrase(question: str) -> str:
    """Return what is typed, unseen, or the next line of a standard input that is no terminal."""
    if sys.stdin is not None and sys.stdin.isatty():
        from getpass import getpass

        return getpass(question)
    try:
        text = (sys.stdin.readline() if sys.stdin is not None else "").rstrip("\r\n")
        text.encode()
    except UnicodeError:
        message = "La phrase secrète lue sur l’entrée n’est pas en UTF-8 ; tapez-la, ou enregistrez-la ainsi."
        raise Failure(WRONG_CALL, message) from None
    return text


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
        if path == get_program_words().absolute() and not path.is_relative_to(root):
            continue  # each desk has its own
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
        archive = (out / manifest.archive).read_bytes()
        if hashlib.sha256(archive).hexdigest() != manifest.sha256:
            raise WrongArchive
        return manifest, unpack_archive(archive)
    except (WrongManifest, WrongArchive, signing.WrongSignature, OSError):
        message = f"Ce qui est publié dans « {out} » est abîmé"
        raise Failure(
            RULES_UNUSABLE, f"{message} ; publiez dans un autre dossier, puis remplacez-le."
        ) from None


def _list_changes(old: dict[str, bytes], livret: str, new: LoadResult) -> list[str]:
    """Return what changes, as the counsellors are told it, no longer than a manifest can be."""
    with load_archive(old, livret) as before:
        if before.livret is None:  # rules that this version of the program no longer reads
            return []
        livrets = before.livret, _get_livret(new)
        text = comparer.render_text(livrets[1], compare_livrets(*livrets), [])
    lines = [shorten_text(escape_controls(line), LONGEST_LINE) for line in text.splitlines()]
    ends = accumulate(map(len, lines))
    told = [line for line, end in zip(lines[: MAX_LINES - 1], ends, strict=False) if end <= _LONGEST_CHANGES]
    left = len(lines) - len(told)
    return [*told, f"… et {left} lignes de plus, que « fs-triage comparer » montre."] if left else lines


def _get_livret(loaded: LoadResult) -> Livret:
    """Return the livret of rules that were found sound."""
    assert loaded.livret is not None
    return loaded.livret
