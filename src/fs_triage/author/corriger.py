"""`verifier --corriger`: mends what has one sure remedy, and writes only what it showed."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from pathlib import Path

from fs_triage import output
from fs_triage.author import verifier
from fs_triage.author.shown_paths import shorten_path
from fs_triage.checks.verify import verify
from fs_triage.contract import OUTPUT_LOST, PROBLEMS, Failure, describe_os_error
from fs_triage.files.atomic_write import write_whole
from fs_triage.livret import read_last_good
from fs_triage.rules import load, yaml_reader
from fs_triage.rules.characters import find_line_end, unify_line_ends
from fs_triage.rules.problem import Mend, apply_mends
from fs_triage.text.numbers import render_count
from fs_triage.text.typography import escape_controls

_MAX_ROUNDS = 12  # one mend may show what another mistake hid
_COLOURS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}
_UNSEEN = str.maketrans({"\xa0": "\\u00a0", "\u202f": "\\u202f", "\t": "\\t"})


@dataclass(frozen=True, slots=True)
class Change:
    """A file as it was read, None when there was none, and as it is to be written."""

    path: Path
    before: bytes | None
    after: bytes


def run_corriger(folders: list[str], is_agreed: bool) -> int:
    """Mend the livrets in `folders` once that is agreed: by an answer on a terminal, or before (`--oui`).

    Then verifies them, and returns what `run_verifier` does; 1 when something was shown and not written.
    """
    changes = [change for folder in verifier.find_livrets(folders) for change in plan_changes(folder)]
    if not changes:
        output.print_message("Rien à corriger d’office.")
        return verifier.run_verifier(folders, as_json=False, form=None)
    print_difference(changes)
    if not is_agreed and not _ask():
        return PROBLEMS
    _write(changes)
    return verifier.run_verifier(folders, as_json=False, form=None)


def plan_changes(folder: Path) -> list[Change]:
    """Return what the sure remedies change in the files of the livret at `folder`, none of another livret's."""
    drafts: dict[Path, bytes] = {}
    typed: dict[Path, bytes | None] = {}
    remembered = read_last_good(str(folder))
    for _ in range(_MAX_ROUNDS):
        loaded = load.load_livret(folder, drafts=drafts)
        typed = {file.path: file.content if file.size >= 0 else None for file in loaded.files} | typed
        mends: dict[Path, list[Mend]] = {}
        for problem in verify(loaded, remembered):
            for mend in problem.mends:
                if Path(mend.path).is_relative_to(folder):
                    mends.setdefault(Path(mend.path), []).append(mend)
        mended = {
            path: _apply(drafts.get(path, typed.get(path) or b""), some) for path, some in mends.items()
        }
        new = {
            path: after
            for path, after in mended.items()
            if after != (drafts.get(path, typed.get(path)) or b"")
        }
        if not new:
            break
        drafts |= new
    changes = [Change(path, typed.get(path), after) for path, after in sorted(drafts.items())]
    return [change for change in changes if _can_be_read(change)]


def _apply(content: bytes, mends: list[Mend]) -> bytes:
    """Return `content` after `mends`, its mark and its ends of lines kept."""
    text = content.decode("utf-8-sig", errors="surrogateescape")
    mark = content[: len(content) - len(text.encode("utf-8", errors="surrogateescape"))]
    after = apply_mends(unify_line_ends(text), mends).replace("\n", find_line_end(text))
    return mark + after.encode("utf-8", errors="surrogateescape")


def _can_be_read(change: Change) -> bool:
    """Return whether a file can be read as it is to be written; if not, it stays as it is, and that is said."""
    table, _ = yaml_reader.parse_content(change.after, str(change.path))
    if table is None:
        output.print_message(
            f"« {escape_controls(str(change.path))} » n’est pas corrigé : il resterait illisible ; "
            "corrigez d’abord à la main ce que « verifier » en dit."
        )
    return table is not None


def print_difference(changes: list[Change]) -> None:
    """Print what changes, as a comparison of files; on a terminal that can show it, in colours."""
    in_colours = output.can_draw() and not os.environ.get("NO_COLOR")
    for change in changes:
        name = shorten_path(str(change.path))
        lines = difflib.unified_diff(
            _split(change.before or b""), _split(change.after), name, name, n=1, lineterm=""
        )
        for line in lines:
            shown = output.make_printable(line.translate(_UNSEEN))
            if in_colours and line[0] in _COLOURS:
                output.print_coloured(shown, _COLOURS[line[0]])
            else:
                output.print_answer(shown)


def _split(content: bytes) -> list[str]:
    return content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").splitlines()


def _ask() -> bool:
    """Return whether a person agrees to what was shown; tells how to agree where none can be asked."""
    if not output.is_terminal():
        output.print_message("Rien n’est écrit : pour écrire ces corrections, relancez avec « --oui ».")
        return False
    while True:
        output.print_message("Écrire ces corrections ? oui ou non :")
        try:
            answer = input().strip().lower()
        except EOFError:
            answer = "non"
        if answer in ("oui", "o"):
            return True
        if answer in ("non", "n", ""):
            output.print_message("Rien n’est écrit.")
            return False


def _write(changes: list[Change]) -> None:
    """Write `changes`, unless one of the files is no longer what was read; raises `Failure` then."""
    for change in changes:
        try:
            now = change.path.read_bytes()
        except FileNotFoundError:
            now = None
        except OSError as error:
            raise _build_failure(change, error) from error
        if now != change.before:
            shown = escape_controls(str(change.path))
            message = f"« {shown} » a changé depuis : rien n’est écrit ; relancez la commande."
            raise Failure(PROBLEMS, message)
    for change in changes:
        try:
            mode = change.path.stat().st_mode & 0o777 if change.before is not None else 0o666
            write_whole(change.path, change.after, mode)
        except OSError as error:
            raise _build_failure(change, error) from error
    output.print_message(f"{render_count(len(changes), 'fichier corrigé')}.")


def _build_failure(change: Change, error: OSError) -> Failure:
    why = describe_os_error(error)
    message = f"« {escape_controls(str(change.path))} » n’a pas pu être corrigé ({why}) ; vérifiez les droits d’accès."
    return Failure(OUTPUT_LOST, message)
