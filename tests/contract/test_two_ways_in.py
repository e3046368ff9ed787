"""One grammar, two ways in: the front door and Typer give the same bytes and the same exit code."""

from __future__ import annotations

import json
import string
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from conftest import ROOT, Call, write_livret
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fs_triage import __main__
from fs_triage.cli import app
from fs_triage.cli import commands as calls
from fs_triage.contract import COMMAND_NAMES

GUICHET = str(ROOT / "tests" / "livrets" / "guichet")
Both = Callable[..., tuple[int, str, str]]


@pytest.fixture
def both(call: Call, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Both]:
    """Run a call both ways, assert that they say the same, and return what they say."""
    plain = calls.parse_call
    program = app.build_program()  # made once, as it costs more than all the rest
    monkeypatch.setattr(app, "build_program", lambda: program)

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
        ["arbre", "caf"],
        ["arbre", "caf", "--dot"],
        ["arbre", "caf", "--dot", "--json"],
        ["arbre", "rien"],
        ["verifier", GUICHET, "--json"],
        ["verifier", "--format", "github", GUICHET],
        ["verifier", "--format=rien", GUICHET],
        ["verifier", "/nulle/part"],
        ["schema"],
        ["schema", "--json"],
        ["schema", "mot"],
        ["comparer", GUICHET, GUICHET],
        ["comparer", GUICHET, GUICHET, "--markdown"],
        ["comparer", GUICHET],
        ["comparer", GUICHET, GUICHET, GUICHET],
        ["relecture", "msa"],
        ["relecture", "-o", "rien.pdf"],
        ["relecture", "-orien.pdf"],
        ["relecture", "-o=rien.pdf"],
        ["relecture", "--sortie=rien.pdf"],
        ["relecture", "--sortie", "rien.pdf", "-o", "autre.pdf"],
        ["feuille"],
        ["feuille", "caf/rsa/demande", "ants/permis/refaire/vol", "--format", "a5"],
        ["feuille", "caf/rsa/demande", "-o", "-"],
        ["feuille", "caf/rsa/demande", "-o", "rien.pdf"],
        ["message", "msa/sante/legislation"],
        ["message", "msa/sante/legislation", "--mailto"],
        ["message", "msa/blocage/legislation", "--contact", "mail-msafcsbo"],
        ["message", "caf/rsa/demande", "caf/rsa"],
        ["signaler", "caf/rsa/demande", "--json"],
        ["nouveau"],
        ["nouveau", GUICHET],
        ["nouveau", GUICHET, "--departement", "25 Doubs"],
        ["nouveau", GUICHET, "--departement", "25 Doubs", "--depuis", ""],
        ["livrets"],
        ["livrets", "--json"],
        ["livrets", "mot"],
        ["--version"],
        ["--accessible", "--livret", "nulle-part"],
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


def test_the_table_has_every_command_with_its_function() -> None:
    assert {*calls.COMMANDS} == {*COMMAND_NAMES}
    for command in (calls.WIZARD, *calls.COMMANDS.values()):
        module, _, name = command.function.partition(":")
        assert callable(getattr(import_module(f"fs_triage.{module}"), name))
