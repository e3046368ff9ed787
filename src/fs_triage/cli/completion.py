"""What may follow the words typed so far, for the completion of a shell: read from the index, without Typer.

One line a proposal, its value and its label apart by a tab; a line without value asks for the name of a folder.
Where no value begins with what is typed, those are proposed whose label, or a name of the partner, has words that do.
A request that cannot be answered is answered by nothing: nobody reads an error under a half-typed line.
"""

from __future__ import annotations

import os
from itertools import pairwise

from fs_triage import livret_choice, output
from fs_triage.cli import commands
from fs_triage.contract import OK, ROOT
from fs_triage.files import folders
from fs_triage.index import lookup
from fs_triage.livret import OpenLivret, answer_from
from fs_triage.text.fold import fold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_PATH = "\t"


def print_proposals(arguments: list[str]) -> int:
    """Print what may stand in the place of the last of `arguments`, which begins with `=`."""
    *before, current = arguments or ["="]
    try:
        found = build_proposals([word for word in before if word != "="], current[1:])
    except Exception:
        return OK
    if found:
        output.print_answer("\n".join(found))
    return OK


def build_proposals(before: list[str], current: str) -> list[str]:
    """Return the proposals for the word `current` after the words `before`; raises `Failure`."""
    words, options, lacking = commands.split_arguments(before)
    if lacking:
        if commands.VALUE_OPTIONS[lacking[0]].values == commands.PARTNERS:
            return _complete_answer(options, [], current)
        return _filter_by_prefix(current, _list_values(lacking[0]))
    name = words[0] if words and words[0] in commands.COMMANDS else "fiche" if words else ""
    if current.startswith("-"):
        return _filter_by_prefix(current, _list_options(name, options))
    kinds = {kind.names for kind in commands.COMMANDS[name].words} if name else set()
    if commands.PATHS in kinds:
        return [_PATH]
    if commands.PARTNERS in kinds and len(words) == 1:
        return _complete_answer(options, [], current)
    if commands.SITUATIONS in kinds and len(words) == 1:
        return _filter_by_prefix(current, answer_from(_find_folder(options), _list_situations))
    if commands.DEMARCHES in kinds and (len(words) == 1 or commands.COMMANDS[name].words[0].are_many):
        return _complete_answer(options, [], current)
    if name not in ("", "fiche"):
        return _filter_by_prefix(current, _list_options(name, options))
    lines = [] if words else [f"{command.name}\t{command.summary}" for command in commands.COMMANDS.values()]
    named = words[1:] if words and words[0] == "fiche" else words
    found = _complete_answer(options, named, current, lines)
    return found or _filter_by_prefix(current, _list_options(name, options))


def _complete_answer(
    options: list[str], words: list[str], current: str, others: Iterable[str] = ()
) -> list[str]:
    """Return what `_list_answers` finds in the livret that `options` choose."""
    return answer_from(_find_folder(options), lambda livret: _list_answers(livret, words, current, others))


def _list_answers(
    livret: OpenLivret, words: list[str], current: str, others: Iterable[str] = ()
) -> list[str]:
    """Return the answers to the question that `words` lead to, then those of `others`; `current` may be a path.

    In a path, `caf/rsa`, the last part alone is what is being typed.
    """
    head, slash, tail = current.rpartition("/")
    words = [*words, head] if slash else words
    node = lookup.find_node_id(livret, words) if words else ROOT
    choices = livret.list_choices(node) if node is not None else []
    found = [f"{head}{slash}{line}" for line in _filter_by_prefix(tail, choices)]
    found += _filter_by_prefix(current, others)
    if found or not fold(tail):
        return found
    names = livret.list_partner_names() if node == ROOT else {}
    return [f"{head}{slash}{line}" for line in choices if _has_words(line, names, tail)]


def _has_words(line: str, names: dict[str, list[str]], typed: str) -> bool:
    """Return whether the label of the answer `line`, or another name of it, has words that begin as `typed`."""
    value, _, label = line.partition("\t")
    return any(f" {fold(typed)}" in f" {fold(name)}" for name in (label, *names.get(value, ())))


def _list_options(command: str, given: list[str]) -> list[str]:
    """Return the options that a command still takes; a call without words may become a `fiche`."""
    known = [*commands.COMMANDS[command or "fiche"].options]
    if not command:
        known += [*commands.WIZARD.options, *(option.name for option in commands.TYPER_OPTIONS)]
    names = {option.partition("=")[0] for option in given}
    return [option for option in dict.fromkeys(known) if option not in names]


def _list_values(name: str) -> Iterable[str]:
    """Return the values that an option may have, but for partners."""
    values = commands.VALUE_OPTIONS[name].values
    if values == commands.LIVRETS:
        return folders.list_desk_livrets(folders.get_own_livrets())
    return [_PATH] if values == commands.PATHS else values


def _filter_by_prefix(current: str, lines: Iterable[str]) -> list[str]:
    return [line for line in lines if line == _PATH or line.startswith(current)]


def _list_situations(livret: OpenLivret) -> list[str]:
    return [f"{row.id}\t{row.title}" for row in livret.list_situations()]


def _find_folder(options: list[str]) -> str:
    """Return the folder of the livret that the options typed so far choose."""
    given = dict(pairwise(options))
    joined = dict(option.split("=", 1) for option in options if "=" in option)
    chosen = {**given, **joined}
    folder = chosen.get("--regles")
    if folder and folder.startswith("~"):  # the shell's to expand, which not all do in a half-typed line
        folder = os.path.expanduser(folder)  # noqa: PTH111 - pathlib costs an import
    return livret_choice.find_livret_folder(folder, chosen.get("--livret"))
