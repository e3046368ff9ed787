"""The grammar of a call: which commands there are, which options each takes, how words become a call.

The front door reads a call with this table alone; the Typer commands declare the same options (a test holds
both against each other) and are given the words in the order that `arrange` makes.
"""

from __future__ import annotations

from fs_triage.contract import WRONG_CALL, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

FLAG, VALUE = "flag", "value"

LOST = "\ufffd"
"""What stands in the place of a character that could not be read."""

_PATHS = ("--regles",)
"""Options whose value names a file or a folder, which need be no text."""

ANYWHERE = {"--regles": VALUE, "--livret": VALUE}
"""Options that every command which reads a livret takes."""

QUICK: Mapping[str, Mapping[str, str]] = {
    "fiche": {"--json": FLAG, "--accessible": FLAG, **ANYWHERE},
    "liste": {"--json": FLAG, **ANYWHERE},
    "contacts": {"--json": FLAG, **ANYWHERE},
    "chercher": {
        "--json": FLAG,
        "--lot": FLAG,
        "--expliquer": FLAG,
        "--partenaire": VALUE,
        "--niveau": VALUE,
        "--max": VALUE,
        **ANYWHERE,
    },
}
"""Commands that are answered from the index without Typer."""

SLOW: Mapping[str, Mapping[str, str]] = {
    "arbre": {"--json": FLAG, "--mermaid": FLAG, "--dot": FLAG, **ANYWHERE},
    "verifier": {"--json": FLAG, "--format": VALUE},
    "schema": {"--json": FLAG},
    "comparer": {"--json": FLAG, "--markdown": FLAG},
    "relecture": {"--sortie": VALUE, "-o": VALUE, **ANYWHERE},
    "nouveau": {"--depuis": VALUE, "--departement": VALUE},
    "livrets": {"--json": FLAG},
}

ALONE: Mapping[str, str] = {"--accessible": FLAG, **ANYWHERE}
"""Options of a call without words, which opens the wizard without Typer."""

INSTALL = "--installer-completion"
ALONE_SLOW: Mapping[str, str] = {"--version": FLAG, "--json": FLAG, INSTALL: VALUE}
"""Options of a call without words that Typer reads."""

COMPLETE = "--completer"
"""What the completion of a shell calls the program with, before the words typed so far."""

COMMANDS = (*QUICK, *SLOW)
"""Every command name: no partner, keyword or alias may be one."""


class Call:
    """A call as read: the command, its words and its options (`True` for a flag, text for a value).

    Raises `Failure` for a word of which a character is lost.
    """

    __slots__ = ("command", "options", "words")

    def __init__(self, command: str, words: list[str], options: dict[str, str | bool]) -> None:
        self.command = command
        self.words = [typed(word) for word in words]
        self.options = {
            name: typed(value) if isinstance(value, str) and name not in _PATHS else value
            for name, value in options.items()
        }

    def text(self, option: str) -> str | None:
        """Return the value of `option`, None when it was not given."""
        value = self.options.get(option)
        return value if isinstance(value, str) else None

    def flag(self, option: str) -> bool:
        """Return whether the flag `option` was given."""
        return self.options.get(option) is True


def typed(word: str) -> str:
    """Return `word` as it was typed: in a locale that is not UTF-8, Python may leave its bytes apart.

    Raises `Failure` when a character of it is lost: what is left of the word may name something else.
    """
    if word.isprintable() and LOST not in word:
        return word
    try:
        text = word.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        text = LOST
    if LOST in text:
        from fs_triage.text.typography import shown

        raise Failure(
            WRONG_CALL, f"Une lettre de {shown(word)} est illisible ; retapez le mot, sans accent au besoin."
        )
    return text


def number(text: str, most: int) -> int | None:
    """Return the number from 1 to `most` that `text` writes in the digits 0 to 9, None for any other text."""
    digits = text.lstrip("0")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(most)):
        return None  # not even read: Python refuses to make a number of thousands of digits
    return int(digits) if int(digits) <= most else None


def takes_value(option: str) -> bool:
    """Return whether `option`, of any command, is followed by a value."""
    tables = (*QUICK.values(), *SLOW.values(), ALONE_SLOW)
    return any(options.get(option) == VALUE for options in tables)


def split(arguments: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the words of a call and its options, each followed by its value, in the order typed.

    Third comes the last option when it lacks its value.
    """
    words: list[str] = []
    options: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            words += rest
        elif argument.startswith("-") and argument != "-":
            value = next(rest, None) if takes_value(argument) else ""
            if value is None:
                return words, options, [argument]
            options += [argument, value] if takes_value(argument) else [argument]
        else:
            words.append(argument)
    return words, options, []


def arrange(arguments: list[str]) -> list[str]:
    """Return `arguments` with the command first, then the options, then the words.

    When the first word is no command, the command is `fiche`; a call without words has none. An option whose
    value is missing stays last, where the lack is seen.
    """
    words, options, lacking = split(arguments)
    if not words:
        return [*options, *lacking]
    command = words.pop(0) if words[0] in COMMANDS else "fiche"
    if lacking:
        return [command, *words, *options, *lacking]
    return [command, *options, "--", *words] if words else [command, *options]


def read(arguments: list[str]) -> Call | None:
    """Return the call that `arguments` make; None when it is not a plain call of a quick command.

    A call without words has the empty command. None is no error: it means that Typer must read the call, and
    say what is wrong with it if anything is.
    """
    arranged = arrange(arguments)
    command = arranged.pop(0) if arranged and arranged[0] in COMMANDS else ""
    known = QUICK.get(command) if command else ALONE
    if known is None:
        return None
    given: dict[str, str | bool] = {}
    while arranged and (option := arranged.pop(0)) != "--":
        option, joined, value = option.partition("=")
        if option in given or option not in known or (known[option] == FLAG and joined):
            return None
        if known[option] == VALUE and not joined:
            if not arranged or arranged[0] == "--":
                return None
            value = arranged.pop(0)
        given[option] = True if known[option] == FLAG else value
    if command == "fiche" and not arranged:
        return None
    return Call(command, arranged, given)
