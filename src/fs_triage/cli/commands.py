"""The grammar of a call: which commands there are, which options each takes, how words become a call.

`__main__` parses a call with this table alone. The Typer commands declare the same options (a test compares them) and
get the words in the order that `arrange_arguments` gives.
"""

from __future__ import annotations

from fs_triage.contract import WRONG_CALL, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

FLAG, VALUE = "flag", "value"

REPLACEMENT_CHARACTER = "\ufffd"
"""What stands in the place of a character that could not be read."""

_PATH_OPTIONS = ("--regles",)
"""Options whose value names a file or a folder, which need be no text."""

LIVRET_OPTIONS = {"--regles": VALUE, "--livret": VALUE}
"""Options that every command which reads a livret takes."""

QUICK_COMMANDS: Mapping[str, Mapping[str, str]] = {
    "fiche": {"--json": FLAG, "--accessible": FLAG, **LIVRET_OPTIONS},
    "liste": {"--json": FLAG, **LIVRET_OPTIONS},
    "contacts": {"--json": FLAG, **LIVRET_OPTIONS},
    "chercher": {
        "--json": FLAG,
        "--lot": FLAG,
        "--expliquer": FLAG,
        "--partenaire": VALUE,
        "--niveau": VALUE,
        "--max": VALUE,
        **LIVRET_OPTIONS,
    },
}
"""Commands that are answered from the index without Typer."""

TYPER_COMMANDS: Mapping[str, Mapping[str, str]] = {
    "arbre": {"--json": FLAG, "--mermaid": FLAG, "--dot": FLAG, **LIVRET_OPTIONS},
    "verifier": {"--json": FLAG, "--format": VALUE},
    "schema": {"--json": FLAG},
    "comparer": {"--json": FLAG, "--markdown": FLAG},
    "relecture": {"--sortie": VALUE, "-o": VALUE, **LIVRET_OPTIONS},
    "nouveau": {"--depuis": VALUE, "--departement": VALUE},
    "livrets": {"--json": FLAG},
}

WIZARD_OPTIONS: Mapping[str, str] = {"--accessible": FLAG, **LIVRET_OPTIONS}
"""Options of a call without words, which opens the wizard without Typer."""

INSTALL_OPTION = "--installer-completion"
PROGRAM_OPTIONS: Mapping[str, str] = {"--version": FLAG, "--json": FLAG, INSTALL_OPTION: VALUE}
"""Options of a call without words that Typer reads."""

COMPLETE_OPTION = "--completer"
"""What the completion of a shell calls the program with, before the words typed so far."""

COMMANDS = (*QUICK_COMMANDS, *TYPER_COMMANDS)
"""Every command name: no partner, keyword or alias may be one."""


class Call:
    """A call as read: the command, its words and its options (`True` for a flag, text for a value).

    Raises `Failure` for a word of which a character is lost.
    """

    __slots__ = ("command", "options", "words")

    def __init__(self, command: str, words: list[str], options: dict[str, str | bool]) -> None:
        self.command = command
        self.words = [decode_argument(word) for word in words]
        self.options = {
            name: decode_argument(value) if isinstance(value, str) and name not in _PATH_OPTIONS else value
            for name, value in options.items()
        }

    def find_value(self, option: str) -> str | None:
        """Return the value of `option`, None when it was not given."""
        value = self.options.get(option)
        return value if isinstance(value, str) else None

    def has_flag(self, option: str) -> bool:
        """Return whether the flag `option` was given."""
        return self.options.get(option) is True


def decode_argument(word: str) -> str:
    """Return `word` decoded as UTF-8: in another locale, Python may leave undecoded bytes in it.

    Raises `Failure` when a character of it is lost: what is left of the word may name something else.
    """
    if word.isprintable() and REPLACEMENT_CHARACTER not in word:
        return word
    try:
        text = word.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        text = REPLACEMENT_CHARACTER
    if REPLACEMENT_CHARACTER in text:
        from fs_triage.text.typography import quote_input

        raise Failure(
            WRONG_CALL,
            f"Une lettre de {quote_input(word)} est illisible ; retapez le mot, sans accent au besoin.",
        )
    return text


def parse_number(text: str, most: int) -> int | None:
    """Return the number from 1 to `most` that `text` writes in the digits 0 to 9, None for any other text."""
    digits = text.lstrip("0")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(most)):
        return None  # not even read: Python refuses to make a number of thousands of digits
    return int(digits) if int(digits) <= most else None


def takes_value(option: str) -> bool:
    """Return whether `option`, of any command, is followed by a value."""
    tables = (*QUICK_COMMANDS.values(), *TYPER_COMMANDS.values(), PROGRAM_OPTIONS)
    return any(options.get(option) == VALUE for options in tables)


def split_arguments(arguments: list[str]) -> tuple[list[str], list[str], list[str]]:
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


def arrange_arguments(arguments: list[str]) -> list[str]:
    """Return `arguments` with the command first, then the options, then the words.

    When the first word is no command, the command is `fiche`; a call without words has none. An option whose
    value is missing stays last, where the lack is seen.
    """
    words, options, lacking = split_arguments(arguments)
    if not words:
        return [*options, *lacking]
    command = words.pop(0) if words[0] in COMMANDS else "fiche"
    if lacking:
        return [command, *words, *options, *lacking]
    return [command, *options, "--", *words] if words else [command, *options]


def parse_call(arguments: list[str]) -> Call | None:
    """Return the call that `arguments` make; None when it is not a plain call of a quick command.

    A call without words has the empty command. None is no error: it means that Typer must read the call, and
    say what is wrong with it if anything is.
    """
    arranged = arrange_arguments(arguments)
    command = arranged.pop(0) if arranged and arranged[0] in COMMANDS else ""
    known = QUICK_COMMANDS.get(command) if command else WIZARD_OPTIONS
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
