"""One grammar, two ways in: the front door and Typer give the same bytes and the same exit code."""

from __future__ import annotations

import json
import string
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer.main
from conftest import Call, write_livret
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from typer.core import TyperOption

from fs_triage import __main__
from fs_triage.cli import app
from fs_triage.cli import commands as calls

Both = Callable[..., tuple[int, str, str]]


@pytest.fixture
def both(call: Call, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Both]:
    """Run a call both ways, assert that they say the same, and return what they say."""
    plain = calls.parse_call
    program = typer.main.get_command(app.app)  # made once, as it costs more than all the rest
    monkeypatch.setattr(typer.main, "get_command", lambda _: program)

    def run(*arguments: str) -> tuple[int, str, str]:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["fs-triage", *arguments])
            quick = (__main__.main(), *capsys.readouterr())
            patch.setattr(calls, "parse_call", lambda _: None)
            slow = (__main__.main(), *capsys.readouterr())
        assert quick == slow, arguments
        return quick

    assert plain is calls.parse_call
    yield run


def test_every_conclusion(both: Both, call: Call) -> None:
    listed = [line.partition("\t")[0] for line in call("liste")[1].splitlines()]
    assert len(listed) > 150
    for rank, node in enumerate(listed):
        spellings = ([node], ["fiche", node], node.split("/"), ["fiche", *node.upper().split("/")])
        words = spellings[rank % len(spellings)]
        code, out, err = both(*words)
        assert (code, err) == (0, "")
        assert out.rstrip("\n").endswith(f" – {node}")
        code, out, err = both("--json", *words)
        assert (code, err) == (0, "")
        assert [match["id"] for match in json.loads(out)["matches"]] == [node]


@pytest.mark.parametrize(
    "arguments",
    [
        ["liste"],
        ["liste", "caf"],
        ["liste", "--json", "msa"],
        ["liste", "rien"],
        ["contacts"],
        ["contacts", "--json", "ants"],
        ["chercher", "permis", "perdu"],
        ["chercher", "--json", "--max", "2", "permis", "perdu"],
        ["chercher", "--niveau", "9", "permis"],
        ["chercher"],
        ["fiche"],
        ["caf", "zzzz"],
        [""],
        ["caf", "--json=oui"],
        ["caf", "--json", "--json"],
        ["caf", "--nimporte"],
        ["--json"],
        [],
        ["--", "caf", "--json"],
        ["fiche", "--", "--json"],
        ["caf", "rsa", "--regles"],
        ["caf", "rsa", "--regles="],
        ["caf", "rsa", "--livret", "nulle-part"],
        ["--regles", "/nulle/part", "caf"],
        ["--accessible", "caf", "rsa"],
        ["caf", "rsa", "--accessible", "--json"],
        ["-h"],
        ["liste", "-x"],
        ["liste", "--accessible"],
    ],
)
def test_calls_of_every_kind(both: Both, arguments: list[str]) -> None:
    both(*arguments)


WORDS = st.one_of(
    st.sampled_from(
        ["caf", "CAF", "rsa", "demande", "caf/rsa", "Pôle emploi", "pole-emploi", "permis", "la"]
    ),
    st.sampled_from(["fiche", "liste", "contacts", "chercher", "--", "-", "", "zzzz", "papier", "guichet"]),
    st.text(string.ascii_letters + "éèœ' /=-\u00a0\u1e9e", max_size=6),
)
OPTIONS = st.sampled_from(
    [
        ["--json"],
        ["--accessible"],
        ["--livret", "petit"],
        ["--livret=petit"],
        ["--livret", "autre"],
        ["--livret"],
        ["--regles"],
        ["--max", "1"],
        ["--niveau=2"],
        ["--partenaire", "guichet"],
        ["--expliquer"],
        ["--inconnue"],
        ["--json=1"],
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(WORDS.map(lambda word: [word]), OPTIONS), max_size=5))
@example([["guichet"], ["--json"], ["papier"]])
@example([["--livret", "petit"], ["liste"], ["guichet"]])
def test_any_words_and_options_in_any_order(
    both: Both, livrets: Path, monkeypatch: pytest.MonkeyPatch, pieces: list[list[str]]
) -> None:
    monkeypatch.setenv("FS_TRIAGE_REGLES", str(livrets))
    both(*(part for piece in pieces for part in piece))


@pytest.fixture(scope="module")
def livrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_livret(tmp_path_factory.mktemp("livrets") / "petit").parent


def declared(params: list[object]) -> dict[str, str]:
    """Return the options that a Typer command declares, each with whether it takes a value."""
    options = [param for param in params if isinstance(param, TyperOption)]
    return {name: calls.FLAG if option.is_flag else calls.VALUE for option in options for name in option.opts}


def test_both_ways_take_the_same_commands_and_options() -> None:
    program = typer.main.get_command(app.app)
    tables = {**calls.QUICK_COMMANDS, **calls.TYPER_COMMANDS}
    assert list(tables) == list(calls.COMMANDS)
    commands = program.commands  # type: ignore[attr-defined]
    assert set(commands) == set(tables)
    for name, command in commands.items():
        assert declared(command.params) == dict(tables[name]), name
    assert declared(program.params) == {**calls.WIZARD_OPTIONS, **calls.PROGRAM_OPTIONS}
    assert not set(calls.WIZARD_OPTIONS) & set(calls.PROGRAM_OPTIONS)
