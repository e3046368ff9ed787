"""The Typer commands: read options, call one function, return an exit code.

A command that can be answered without Typer (`quick`) calls the same function here, so that both give the same answer.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer import Argument, Option

from fs_triage.cli import commands, manual, quick, typer_french
from fs_triage.contract import WRONG_CALL, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from fs_triage.index.reader import Store

Json = Annotated[bool, Option("--json", help="Répondre en JSON, pour un programme.")]
Rules = Annotated[
    str | None,
    Option(
        "--regles",
        metavar="DOSSIER",
        help="Prendre les règles de ce dossier (sinon : FS_TRIAGE_REGLES, puis config.toml).",
    ),
]
Livret = Annotated[
    str | None, Option("--livret", metavar="NOM", help="Choisir un livret parmi ceux que donne « livrets ».")
]
Accessible = Annotated[
    bool, Option("--accessible", help="Poser les questions en lignes numérotées, pour un lecteur d’écran.")
]
Partner = Annotated[
    list[str] | None, Argument(metavar="PARTENAIRE", help="Nom d’un partenaire ; tous s’il manque.")
]

app = typer.Typer(
    cls=typer_french.FrenchGroup,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": typer_french.HELP_NAMES},
)


def run_typer(arguments: list[str]) -> int:
    """Run the command that `arguments` call; returns the exit code, raises `Failure` for a wrong call."""
    program = typer.main.get_command(app)
    try:
        with program.make_context("fs-triage", commands.arrange_arguments(arguments)) as context:
            return int(program.invoke(context))
    except typer.Exit as end:
        return end.exit_code
    except typer.TyperException as error:
        raise typer_french.build_failure(error) from error


def _declare_command(function: Callable[..., int]) -> Callable[..., int]:
    """Make `function` the command of its name."""
    page = manual.COMMANDS[function.__name__]
    declare = app.command(
        cls=typer_french.FrenchCommand, short_help=page.short, help=page.text, epilog=page.examples
    )
    return declare(function)


@app.callback(
    invoke_without_command=True,
    subcommand_metavar="[PARTENAIRE] [MOT…]",
    help=manual.PROGRAM.text,
    epilog=manual.PROGRAM.examples,
)
def program(
    context: typer.Context,
    accessible: Accessible = False,
    regles: Rules = None,
    livret: Livret = None,
    version: Annotated[bool, Option("--version", help="Dire la version, le livret et sa date.")] = False,
    as_json: Annotated[bool, Option("--json", hidden=True)] = False,
    shell: Annotated[
        str | None,
        Option(
            commands.INSTALL_OPTION,
            metavar="INTERPRÉTEUR",
            help="Installer la complétion par la touche Tab : bash, zsh, fish ou powershell.",
        ),
    ] = None,
) -> int:
    """Answer a call without words: the wizard, the version, or the completion."""
    if context.invoked_subcommand is not None:
        return 0
    if shell is not None:
        from fs_triage.cli import install_completion

        return install_completion.run_install_completion([shell])
    if version:
        from fs_triage.cli import version as about

        return about.run_version(regles, livret)
    if as_json:
        raise Failure(
            WRONG_CALL, "--json attend des mots : « fs-triage caf rsa --json », « fs-triage liste --json »."
        )
    options = {"--accessible": accessible, "--regles": regles, "--livret": livret}
    return quick.answer_call(_build_call("", None, options))


def _open_livret(regles: str | None, livret: str | None) -> Store:
    return quick.open_livret(_build_call("", None, {"--regles": regles, "--livret": livret}))


def _build_call(command: str, words: list[str] | None, options: dict[str, Any]) -> commands.Call:
    """Return a call without the flags and the values that were not given."""
    given = {name: value for name, value in options.items() if value is not None and value is not False}
    return commands.Call(command, list(words or ()), given)


def _get_partner(store: Store, words: list[str] | None) -> str | None:
    return quick.get_partner(store, _build_call("", words, {}))


def _get_form(asked: dict[str, bool]) -> str | None:
    """Return the one form of answer that was asked for, None when none was."""
    forms = [form for form, wanted in asked.items() if wanted]
    if len(forms) > 1:
        raise Failure(
            WRONG_CALL, f"--{forms[0]} et --{forms[1]} ne vont pas ensemble ; gardez l’une des deux."
        )
    return forms[0] if forms else None


@_declare_command
def fiche(
    words: Annotated[
        list[str], Argument(metavar="MOT", help="Partenaire, identifiant ou mots de la démarche.")
    ],
    as_json: Json = False,
    accessible: Accessible = False,
    regles: Rules = None,
    livret: Livret = None,
) -> int:
    """Look a démarche up."""
    options = {"--json": as_json, "--accessible": accessible, "--regles": regles, "--livret": livret}
    return quick.answer_call(_build_call("fiche", words, options))


@_declare_command
def chercher(
    words: Annotated[
        list[str] | None, Argument(metavar="MOT", help="Le besoin, comme l’usager le dit.")
    ] = None,
    as_json: Json = False,
    batch: Annotated[bool, Option("--lot", help="Lire un besoin par ligne sur l’entrée standard.")] = False,
    explain: Annotated[
        bool, Option("--expliquer", help="Dire d’où vient le rang de chaque démarche.")
    ] = False,
    partner: Annotated[
        str | None, Option("--partenaire", metavar="PARTENAIRE", help="Ne chercher que chez ce partenaire.")
    ] = None,
    level: Annotated[
        str | None, Option("--niveau", metavar="1|2", help="Ne garder que le 1er ou le 2nd niveau.")
    ] = None,
    most: Annotated[str | None, Option("--max", metavar="N", help="Montrer au plus N démarches.")] = None,
    regles: Rules = None,
    livret: Livret = None,
) -> int:
    """Search by needs in the visitor's own words."""
    flags = {"--json": as_json, "--lot": batch, "--expliquer": explain}
    values = {"--partenaire": partner, "--niveau": level, "--max": most}
    options = {**flags, **values, "--regles": regles, "--livret": livret}
    return quick.answer_call(_build_call("chercher", words, options))


@_declare_command
def liste(words: Partner = None, as_json: Json = False, regles: Rules = None, livret: Livret = None) -> int:
    """List every conclusion."""
    options = {"--json": as_json, "--regles": regles, "--livret": livret}
    return quick.answer_call(_build_call("liste", words, options))


@_declare_command
def contacts(
    words: Partner = None, as_json: Json = False, regles: Rules = None, livret: Livret = None
) -> int:
    """List every contact."""
    options = {"--json": as_json, "--regles": regles, "--livret": livret}
    return quick.answer_call(_build_call("contacts", words, options))


@_declare_command
def arbre(
    words: Partner = None,
    as_json: Json = False,
    mermaid: Annotated[bool, Option("--mermaid", help="Écrire le dessin en Mermaid.")] = False,
    dot: Annotated[bool, Option("--dot", help="Écrire le dessin en DOT (Graphviz).")] = False,
    regles: Rules = None,
    livret: Livret = None,
) -> int:
    """Draw the tree."""
    from fs_triage.author import arbre as diagram

    form = _get_form({"json": as_json, "mermaid": mermaid, "dot": dot})
    store = _open_livret(regles, livret)
    return diagram.run_arbre(store, _get_partner(store, words), form or "text")


@_declare_command
def verifier(
    folders: Annotated[
        list[str] | None,
        Argument(metavar="DOSSIER", help="Dossier d’un livret ; le livret en service s’il manque."),
    ] = None,
    as_json: Json = False,
    form: Annotated[
        str | None, Option("--format", metavar="github", help="Écrire des annotations pour une forge.")
    ] = None,
) -> int:
    """Tell every problem of rule files."""
    from fs_triage.author import verifier as verify

    return verify.run_verifier(list(folders or ()), as_json, form)


@_declare_command
def schema(as_json: Json = False) -> int:  # noqa: ARG001 - a schema is JSON without being asked
    """Print the JSON Schema of a rule file."""
    from fs_triage.author import schema as rule_schema

    return rule_schema.run_schema()


@_declare_command
def comparer(
    old: Annotated[str, Argument(metavar="ANCIEN", help="Dossier de l’ancienne version.")],
    new: Annotated[str, Argument(metavar="NOUVEAU", help="Dossier de la nouvelle version.")],
    as_json: Json = False,
    markdown: Annotated[bool, Option("--markdown", help="Écrire en Markdown.")] = False,
) -> int:
    """Compare two livrets by meaning."""
    from fs_triage.author.comparer import command as compare

    return compare.run_comparer(old, new, _get_form({"json": as_json, "markdown": markdown}) or "text")


@_declare_command
def relecture(
    words: Partner = None,
    target: Annotated[
        str | None, Option("--sortie", "-o", metavar="FICHIER", help="Écrire dans ce fichier, .md ou .html.")
    ] = None,
    regles: Rules = None,
    livret: Livret = None,
) -> int:
    """Write the sheet that a partner approves."""
    from fs_triage.author.relecture import command as review

    store = _open_livret(regles, livret)
    return review.run_relecture(store, _get_partner(store, words), target)


@_declare_command
def nouveau(
    folder: Annotated[str, Argument(metavar="DOSSIER", help="Dossier à créer.")],
    departement: Annotated[
        str, Option("--departement", metavar="DÉPARTEMENT", help="Numéro et nom, comme « 25 Doubs ».")
    ],
    parent: Annotated[str, Option("--depuis", metavar="NOM", help="Livret dont hériter (jura).")] = "jura",
) -> int:
    """Start a livret that inherits from another one."""
    from fs_triage.author import nouveau as starter

    return starter.run_nouveau(folder, parent, departement)


@_declare_command
def livrets(as_json: Json = False) -> int:
    """List the installed livrets."""
    from fs_triage.cli import livrets as installed

    return installed.run_livrets(as_json)
