"""French everywhere: help pages, wrong calls, typography; no English word reaches a user."""

from __future__ import annotations

import ast
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from conftest import ROOT, Call

from fs_triage import contract
from fs_triage.cli import app, typer_french
from fs_triage.cli import commands as calls
from fs_triage.contract import NOTHING_FOUND, OK, WRONG_CALL
from fs_triage.text import typography

NBSP = "\u00a0"
HELP_NAMES = ("-h", "--help", "--aide")
ENGLISH = frozenset(
    re.findall(
        r"\S+",
        """
        abort aborted above absolute accept after allowed already an and any are at available be been below
        between boolean both but by callable cannot choice choose commands could current datetime default
        deprecated did directory does down each either empty enter environment error errors exactly exists
        expected extra fail failed file filename finish first float follow for found from full given got has
        have help here how if input instead integer into invalid is issue it its keyword last least less like
        main make many mean meant missing more most must name need needs neither next none nor not null number
        of off one only open optional other out output passed path prompt provided raise read readable requires
        run same set shell should show some string subcommand such supported takes than that the then there
        this to too try type unable unexpected unknown until up usage use user using var warning was were what
        when where which will with writable write wrong yes you your
        """,
    )
)
"""Words of Typer, pydantic, questionary and the shell that are not French words too."""

_NAMES = re.compile(r"--?[a-z][a-z-]*|«[^»]*»|[A-Z]{2,}(?:_[A-Z]+)*|\bfs-triage\b.*|[\w/.-]+\.\w+")


def english(text: str) -> set[str]:
    """Return the English words in `text`, but those of option names, quotations, examples and file names."""
    return {word for word in re.findall(r"[a-zA-Zà-ÿœ’']+", _NAMES.sub(" ", text).lower()) if word in ENGLISH}


def commands() -> dict[str, typer.core.TyperCommand]:
    """Return the Typer commands by name."""
    return app.build_program().commands  # type: ignore[return-value]


def test_the_english_of_typer_is_seen() -> None:
    assert english("Usage: x\nTry 'x' for help.\nError: No such option") >= {
        "usage",
        "try",
        "for",
        "help",
        "error",
    }
    assert english("Show this message and exit.") >= {"show", "this", "and"}
    assert not english("Voyez « fs-triage --help » ; --json, rules/partner.schema.json")


@pytest.mark.parametrize("command", ["", *calls.COMMANDS])
@pytest.mark.parametrize("name", HELP_NAMES)
def test_help_is_french_and_fits(call: Call, command: str, name: str) -> None:
    code, out, err = call(*[command] * bool(command), name)
    assert (code, err) == (OK, "")
    assert out.startswith(f"Utilisation{NBSP}: fs-triage {command}")
    assert not english(out)
    assert all(len(line) <= 80 for line in out.splitlines())
    assert f"{', '.join(HELP_NAMES)}  Afficher cette aide." in re.sub(" {2,}", "  ", out)


@pytest.mark.parametrize("command", calls.COMMANDS)
def test_help_tells_every_word_and_option(call: Call, command: str) -> None:
    _, out, _ = call(command, "--aide")
    told = commands()[command]
    assert told.params
    for param in told.params:
        assert param.help and param.help.endswith("."), param.name
        shown = " ".join(param.help.split())
        assert shown in " ".join(out.split())
    assert calls.COMMANDS[command].summary.endswith(".")


WRONG = {
    (
        "--jsno",
        "caf",
    ): "Option inconnue : « --jsno » (vouliez-vous dire --json ?) ; voyez « fs-triage fiche --aide ».",
    ("liste", "--zzz"): "Option inconnue : « --zzz » ; voyez « fs-triage liste --aide ».",
    ("-z",): "Option inconnue : « -z » ; voyez « fs-triage --aide ».",
    ("caf", "--lot"): (
        "Option inconnue : « --lot » (c’est une option de « chercher ») ; voyez « fs-triage fiche --aide »."
    ),
    ("liste", "--regles"): (
        "L’option --regles attend une valeur : --regles DOSSIER ; voyez « fs-triage liste --aide »."
    ),
    ("liste", "--json=oui"): "L’option « --json » ne prend pas de valeur ; voyez « fs-triage liste --aide ».",
    ("fiche",): (
        "Il manque MOT (partenaire, identifiant ou mots de la démarche) ; tapez « fs-triage fiche [OPTIONS] MOT… »."
    ),
    ("comparer", "a"): (
        "Il manque NOUVEAU (dossier de la nouvelle version) ; tapez « fs-triage comparer [OPTIONS] ANCIEN NOUVEAU »."
    ),
    ("comparer", "a", "b", "c", "d"): (
        "Mot en trop : « c d » ; tapez « fs-triage comparer [OPTIONS] ANCIEN NOUVEAU »."
    ),
    ("nouveau", "x"): ("Donnez ou bien --departement, comme « 25 Doubs », ou bien --maison avec son nom."),
    ("arbre", "--dot", "--mermaid"): "--mermaid et --dot ne vont pas ensemble ; gardez l’une des deux.",
    ("--json",): "--json attend des mots : « fs-triage caf rsa --json », « fs-triage liste --json ».",
    ("",): "Le mot à chercher est vide ; tapez par exemple « fs-triage caf rsa ».",
    ("liste", "--regles", ""): "--regles et --livret attendent un nom ; celui qui est donné est vide.",
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_a_wrong_call_is_told_in_one_sentence(call: Call, arguments: tuple[str, ...]) -> None:
    code, out, err = call(*arguments)
    assert (code, out, err) == (WRONG_CALL, "", f"{typography.typeset_french(WRONG[arguments])}\n")


def _wrong_calls() -> Iterator[tuple[str, ...]]:
    """Yield, for each command, each kind of wrong call that its words and options allow."""
    for name, command in commands().items():
        words = [param for param in command.params if isinstance(param, typer.core.TyperArgument)]
        required = [f"mot{rank}" for rank, word in enumerate(words) if word.required]
        options = calls.COMMANDS[name].options
        values = [f"{key}=x" for key, option in options.items() if option.is_required]
        whole = (name, *required, *values)
        yield (*whole, "--inconnue")
        yield (*whole, "--inconnue=x\x1b[2J")
        yield (*whole, "-\u202e")
        for key, option in options.items():
            yield (*whole, key) if option.metavar else (*whole, f"{key}=x")
        if required:
            yield (name, *required[1:])
        if all(word.nargs == 1 for word in words):
            yield (*whole, "trop", "\x1b]0;titre\x07")


@pytest.mark.parametrize("arguments", [*_wrong_calls()], ids=lambda arguments: ascii(" ".join(arguments)))
def test_every_wrong_call_is_told_in_french(call: Call, arguments: tuple[str, ...]) -> None:
    code, out, err = call(*arguments)
    assert (code, out) == (WRONG_CALL, "")
    assert err.endswith(".\n")
    assert not english(err)
    assert err[:-1].replace(NBSP, " ").isprintable()
    assert "fs-triage" in err or ";" in err


def test_every_exception_of_typer_has_its_sentence() -> None:
    """A later Typer may bring others: each that the parser can raise gives a failure of a wrong call."""
    from typer._click import exceptions

    kinds = [kind for kind in vars(exceptions).values() if isinstance(kind, type)]
    kinds = [
        kind
        for kind in kinds
        if issubclass(kind, exceptions.UsageError) and kind is not exceptions.NoArgsIsHelpError
    ]
    assert len(kinds) >= 6
    option = commands()["liste"].params[-1]
    for kind in kinds:
        error = kind(
            "--json" if "Option" in kind.__name__ else "Some English text",
            *["More"] * (kind is exceptions.BadOptionUsage),
        )
        for param in (None, option, commands()["fiche"].params[0]):
            error.param = param
            told = typer_french.build_failure(error)
            assert told.code == WRONG_CALL
            assert not english(told.message), kind


# -- what stands in the code


def literals() -> Iterator[tuple[Path, ast.Constant]]:
    """Yield the string literals of the program, but docstrings."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
                yield path, node


CODE = re.compile(r"^\s*(SELECT|INSERT|DELETE|CREATE|UPDATE)\b|\\|^« $|^# ", re.MULTILINE)
"""Literals that are no text: SQL, regular expressions, YAML, what `typography` itself looks for."""


@pytest.fixture(scope="module")
def texts() -> list[tuple[str, str]]:
    """Every literal that may be read by somebody, with its place."""
    found = [(f"{path.name}:{node.lineno}", str(node.value)) for path, node in literals()]
    found = [(place, text) for place, text in found if not CODE.search(text)]
    assert sum(1 for _, text in found if re.search("[éèàç]", text)) > 100
    return found


@pytest.mark.parametrize(
    ("fault", "pattern"),
    [
        (
            "straight apostrophe between letters",
            r"(?<![A-Za-zÀ-ÿ])(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|aujourd)'(?=[a-zà-ÿA-ZÀ-Ý])",
        ),
        ("plain space before high punctuation", r"(?!^ ! $) [?!;»%](?=[\s.,)»]|$)| :(?=\s|$)"),
        ("plain space after an opening quotation mark", r"« "),
        ("no space before high punctuation", r"(?<!&amp)[a-zà-ÿ»](?<!&amp)[?!;»](?=\s|$)"),
        ("« utilisateur » for « usager »", r"(?i)\butilisateurs?\b"),
        ("three dots for an ellipsis", r"[a-zà-ÿ]\.\.\.(?=\s|$)"),
    ],
)
def test_literals_follow_french_typography(texts: list[tuple[str, str]], fault: str, pattern: str) -> None:
    wrong = [f"{place}: {text!r}" for place, text in texts if re.search(pattern, text)]
    assert not wrong, fault


def test_nothing_found_proposes_in_french(call: Call) -> None:
    code, out, err = call("verfier")
    assert (code, out) == (NOTHING_FOUND, "")
    said = "Rien trouvé pour « verfier ». Vouliez-vous dire : « fs-triage verifier » ?"
    assert err == f"{typography.typeset_french(said)}\n"


def test_what_the_system_refuses_is_said_in_french() -> None:
    for number in sorted(errno.errorcode):
        said = contract.describe_os_error(OSError(number, os.strerror(number)))
        assert said and not english(said) and os.strerror(number) not in said
