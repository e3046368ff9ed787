"""The commands as Typer has them, made from the table: for help pages, and to say what is wrong with a call."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import Annotated, Any

import typer

from fs_triage.cli import commands, typer_french
from fs_triage.cli.commands import Command, Option, Words
from fs_triage.contract import OK, WRONG_CALL, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from typer.core import TyperGroup

_CONTEXT = Parameter("context", Parameter.KEYWORD_ONLY, annotation=typer.Context)


def run_typer(arguments: list[str]) -> int:
    """Run the command that `arguments` call; returns the exit code, raises `Failure` for a wrong call."""
    program = build_program()
    try:
        with program.make_context("fs-triage", commands.arrange_arguments(arguments)) as context:
            return int(program.invoke(context))
    except typer.Exit as end:
        return end.exit_code
    except typer.TyperException as error:
        raise typer_french.build_failure(error) from error


def build_program() -> TyperGroup:
    """Return the program with all its commands."""
    app = typer.Typer(
        cls=typer_french.FrenchGroup,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": typer_french.HELP_NAMES},
    )
    wizard = commands.WIZARD
    declare = app.callback(
        invoke_without_command=True,
        subcommand_metavar="[PARTENAIRE] [MOT…]",
        help=wizard.text,
        epilog=wizard.examples,
    )
    options = (*wizard.options.values(), *commands.TYPER_OPTIONS)
    declare(_build_function(_answer_program, (), options, _CONTEXT))
    for command in commands.COMMANDS.values():
        declare = app.command(
            command.name,
            cls=typer_french.FrenchCommand,
            short_help=command.summary,
            help=command.text,
            epilog=command.examples,
        )
        declare(_build_function(_build_answer(command), command.words, command.options.values()))
    program: TyperGroup = typer.main.get_command(app)  # type: ignore[assignment]
    return program


def _build_answer(command: Command) -> Callable[..., int]:
    def answer(**given: Any) -> int:
        words: list[str] = []
        for word in command.words:
            value = given.pop(_name_words(word))
            words += [value] if isinstance(value, str) else value or ()
        return commands.run_call(commands.build_call(command.name, words, _name_options(given)))

    return answer


def _answer_program(context: typer.Context, **given: Any) -> int:
    """Answer a call without words: the completion, the version, or the wizard."""
    if context.invoked_subcommand is not None:
        return OK
    options = _name_options(given)
    shell = options.pop(commands.INSTALL_OPTION, None)
    if isinstance(shell, str):
        from fs_triage.cli import install_completion

        return install_completion.run_install_completion([shell])
    version, as_json = options.pop("--version", False), options.pop("--json", False)
    call = commands.build_call("", [], options)
    if version:
        from fs_triage.cli.version import run_version

        return run_version(call)
    if as_json:
        raise Failure(
            WRONG_CALL, "--json attend des mots : « fs-triage caf rsa --json », « fs-triage liste --json »."
        )
    return commands.run_call(call)


def _build_function(
    answer: Callable[..., int], words: Iterable[Words], options: Iterable[Option], *more: Parameter
) -> Callable[..., int]:
    """Return a function that calls `answer`, with the signature that Typer reads words and options from."""

    def function(**given: Any) -> int:
        return answer(**given)

    parameters = [*more, *map(_declare_words, words), *map(_declare_option, dict.fromkeys(options))]
    function.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return function


def _declare_words(words: Words) -> Parameter:
    kind = list[str] if words.are_many else str
    return Parameter(
        _name_words(words),
        Parameter.KEYWORD_ONLY,
        annotation=Annotated[kind, typer.Argument(metavar=words.metavar, help=words.help)],
        default=Parameter.empty if words.are_required else None,
    )


def _name_words(words: Words) -> str:
    return f"words_{words.metavar.lower()}"


def _declare_option(option: Option) -> Parameter:
    names = [name for name in (option.name, option.short) if name]
    declared = typer.Option(*names, metavar=option.metavar or None, help=option.help, hidden=option.is_hidden)
    default = None if option.metavar else False
    return Parameter(
        _name_parameter(option.name),
        Parameter.KEYWORD_ONLY,
        annotation=Annotated[str if option.metavar else bool, declared],
        default=Parameter.empty if option.is_required else default,
    )


def _name_parameter(option: str) -> str:
    return option.removeprefix("--").replace("-", "_")


def _name_options(given: dict[str, Any]) -> dict[str, str | bool]:
    """Return the options of a call that were given, by name."""
    return {
        f"--{parameter.replace('_', '-')}": value
        for parameter, value in given.items()
        if value is not None and value is not False
    }
