"""Typer in French: its help pages, its usage lines, its errors.

Typer takes a few of its words from gettext and has the others in its code (0.29); a group and a command that
write their own pages, and one function that turns each of its exceptions into a sentence, cover them all.
"""

from __future__ import annotations

import difflib
import inspect
from typing import cast

from typer._click import exceptions
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.exceptions import Exit, TyperException

from fs_triage import output
from fs_triage.cli.commands import COMMANDS
from fs_triage.contract import COMMAND_NAMES, WRONG_CALL, Failure
from fs_triage.text.typography import quote_input

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typer._click.core import Command, Context
    from typer._click.formatting import HelpFormatter

HELP_NAMES = ["-h", "--help", "--aide"]
_EXAMPLE = "  # "
_MIN_SIMILARITY = 0.75  # from where an option looks like another one
_MAX_LEFT_WIDTH = 42  # columns of the left part of a list


class _FrenchHelp:
    """What a command and a group have in common: each part of a help page, and the check of the words."""

    def format_usage(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the usage line."""
        formatter.write_usage(
            _render_path(ctx), " ".join(_list_usage_pieces(ctx.command)), prefix="Utilisation : "
        )

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the commands, the words and the options."""
        if isinstance(ctx.command, TyperGroup):
            commands = [
                (name, command.get_short_help_str()) for name, command in ctx.command.commands.items()
            ]
            _write_section(formatter, "Commandes", commands)
        params = ctx.command.get_params(ctx)
        words = [
            (param.metavar or "", param.help or "") for param in params if isinstance(param, TyperArgument)
        ]
        _write_section(formatter, "Mots", words)
        options = [param for param in params if isinstance(param, TyperOption) and not param.hidden]
        _write_section(
            formatter, "Options", [(_render_option(option), option.help or "") for option in options]
        )

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the examples: one a line, what it does after a `#`."""
        lines = inspect.cleandoc(ctx.command.epilog or "").splitlines()
        rows = [(call, what) for call, _, what in (line.partition(_EXAMPLE) for line in lines)]
        _write_section(formatter, "Exemples", rows)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the options and the words; a wrong option is told with the command it was given to."""
        try:
            return cast("list[str]", super().parse_args(ctx, args))  # type: ignore[misc]
        except exceptions.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def get_help_option_names(self, ctx: Context) -> list[str]:
        """Return the names of the help option, in one order (Typer gives those of a set)."""
        return list(ctx.help_option_names)

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        """Return the help option, which answers as every command does: through `output`."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if isinstance(option, TyperOption):
            option.help = "Afficher cette aide."
            option.callback = _show_help
            return option
        return None


def _show_help(ctx: Context, _: object, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        output.print_answer(ctx.get_help())
        raise Exit


class FrenchCommand(_FrenchHelp, TyperCommand):
    """A command."""

    allow_extra_args = True  # refused below, in French

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the options and the words; raises `Failure` for the words that the command has no use for."""
        rest = super().parse_args(ctx, args)
        if rest:
            raise Failure(
                WRONG_CALL, f"Mot en trop : {quote_input(' '.join(rest))} ; {_render_usage_hint(ctx)}"
            )
        return rest


class FrenchGroup(_FrenchHelp, TyperGroup):
    """The program: the group of the commands."""


def build_failure(error: TyperException) -> Failure:
    """Return the failure that says in French what Typer found wrong with a call, and what to type."""
    ctx = getattr(error, "ctx", None)
    param = getattr(error, "param", None)
    match error:
        case exceptions.NoSuchOption():
            message = _explain_unknown_option(error, ctx)
        case exceptions.BadOptionUsage():
            message = _explain_misused_option(error, ctx)
        case exceptions.MissingParameter() if isinstance(param, TyperOption):
            message = f"Il manque l’option {_render_option(param)} ; {_render_usage_hint(ctx)}"
        case exceptions.MissingParameter() if isinstance(param, TyperArgument):
            message = f"Il manque {_render_argument(param)} ; {_render_usage_hint(ctx)}"
        case exceptions.BadParameter() if isinstance(param, TyperOption):
            message = f"La valeur de l’option {param.opts[0]} est illisible ; {_render_usage_hint(ctx)}"
        case exceptions.BadParameter():
            message = f"Un mot est illisible ; {_render_usage_hint(ctx)}"
        case _:
            message = f"L’appel n’est pas compris ; {_render_usage_hint(ctx)}"
    return Failure(WRONG_CALL, message)


def _explain_unknown_option(error: exceptions.NoSuchOption, ctx: Context | None) -> str:
    known = [name for option in _list_options(ctx) for name in option.opts] + HELP_NAMES
    near = difflib.get_close_matches(error.option_name, known, n=1, cutoff=_MIN_SIMILARITY)
    owners = [f"« {name} »" for name in COMMAND_NAMES if error.option_name in COMMANDS[name].options]
    hint = f" (vouliez-vous dire {near[0]} ?)" if near else f" (c’est une option de {', '.join(owners)})"
    hint = hint if near or owners else ""
    return f"Option inconnue : {quote_input(error.option_name)}{hint} ; {_render_help_hint(ctx)}"


def _explain_misused_option(error: exceptions.BadOptionUsage, ctx: Context | None) -> str:
    option = next((option for option in _list_options(ctx) if error.option_name in option.opts), None)
    if option is not None and not option.is_flag:
        return f"L’option {error.option_name} attend une valeur : {_render_option(option)} ; {_render_help_hint(ctx)}"
    return f"L’option {quote_input(error.option_name)} ne prend pas de valeur ; {_render_help_hint(ctx)}"


def _list_options(ctx: Context | None) -> list[TyperOption]:
    params = ctx.command.params if ctx is not None else []
    return [param for param in params if isinstance(param, TyperOption) and not param.hidden]


def _render_path(ctx: Context) -> str:
    """Return the words that call the command, « fs-triage liste », without those of the group's own usage."""
    return " ".join(filter(None, [ctx.find_root().info_name, ctx.info_name if ctx.parent else None]))


def _render_usage_hint(ctx: Context | None) -> str:
    if ctx is None:
        return "voyez « fs-triage --aide »."
    return f"tapez « {' '.join([_render_path(ctx), *_list_usage_pieces(ctx.command)])} »."


def _render_help_hint(ctx: Context | None) -> str:
    return f"voyez « {_render_path(ctx) if ctx is not None else 'fs-triage'} --aide »."


def _list_usage_pieces(command: Command) -> list[str]:
    """Return what follows the name of a command on its usage line."""
    pieces = [command.options_metavar or ""]
    for param in command.params:
        if isinstance(param, TyperArgument):
            several = "…" if param.nargs != 1 else ""
            pieces.append(f"{param.metavar}{several}" if param.required else f"[{param.metavar}{several}]")
        elif isinstance(param, TyperOption) and param.required:
            pieces.append(_render_option(param))
    if isinstance(command, TyperGroup):
        pieces.append(command.subcommand_metavar)
    return pieces


def _render_option(option: TyperOption) -> str:
    """Return an option as it is typed: its names, and its value when it takes one."""
    names = ", ".join(sorted(option.opts, key=len))
    return names if option.is_flag else f"{names} {option.metavar}"


def _render_argument(word: TyperArgument) -> str:
    """Return what a missing word is: its name on the usage line, and what its help says."""
    text = (word.help or "").rstrip(".")
    return f"{word.metavar} ({text[:1].lower()}{text[1:]})"


def _write_section(formatter: HelpFormatter, title: str, rows: list[tuple[str, str]]) -> None:
    if rows:
        with formatter.section(f"{title} "):
            formatter.write_dl(rows, col_max=_MAX_LEFT_WIDTH)
