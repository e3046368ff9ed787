"""The program as a process: exit codes, streams, encodings, terminals that can do little, bugs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from conftest import ROOT, Call, Run, clean_environment, write_livret
from terminal import CTRL_C, terminal

from fs_triage import __version__, livret_choice, output
from fs_triage.cli import commands, version
from fs_triage.contract import BUG, NOTHING_FOUND, OK, OUTPUT_LOST, SIGINT_EXIT, WRONG_CALL
from fs_triage.files import folders
from fs_triage.index import lookup
from fs_triage.index.reader import Reader
from fs_triage.text import typography

LIVRET = str(ROOT / "tests" / "livrets" / "guichet")
COMMANDS = {
    "fiche": ("caf", "rsa"),
    "fiche --json": ("caf", "rsa", "--json"),
    "chercher": ("chercher", "carte", "grise", "perdue"),
    "liste": ("liste",),
    "liste --json": ("liste", "--json"),
    "contacts": ("contacts",),
    "contacts --json": ("contacts", "--json"),
    "situation": ("situation", "naissance"),
    "situation --json": ("situation", "naissance", "--json"),
    "feuille": ("feuille", "caf/rsa/demande"),
    "message": ("message", "msa/sante/legislation"),
    "message --json": ("message", "msa/sante/legislation", "--json"),
    "signaler": ("signaler", "caf/rsa/demande"),
    "arbre": ("arbre",),
    "verifier --json": ("verifier", LIVRET, "--json"),
    "schema": ("schema",),
    "relecture": ("relecture", "msa"),
    "comparer": ("comparer", LIVRET, LIVRET),
    "livrets": ("livrets",),
    "journal": ("journal",),
    "--version": ("--version",),
    "--aide": ("--aide",),
}
"""One call of each command, and what it ends with."""

every_command = pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)


def start(home: Path, *arguments: str, **options: object) -> subprocess.Popen[bytes]:
    """Start `fs-triage` with the streams and the environment that `options` say."""
    environment = clean_environment(home, **options.pop("env", {}))  # type: ignore[arg-type]
    return subprocess.Popen([sys.executable, "-m", "fs_triage", *arguments], env=environment, **options)  # type: ignore[call-overload]


def by_shell(home: Path, redirection: str, *arguments: str, **env: str) -> tuple[int, bytes, bytes]:
    """Run `fs-triage` with a redirection of the shell; returns its code, its output and its messages."""
    command = ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-m", "fs_triage", *arguments]
    ran = subprocess.run(
        command, env=clean_environment(home, **env), capture_output=True, timeout=60, stdin=subprocess.DEVNULL
    )
    return ran.returncode, ran.stdout, ran.stderr


@every_command
def test_a_closed_pipe_ends_quietly(home: Path, arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with start(home, *arguments, stdout=writer, stderr=subprocess.PIPE) as process:
        os.close(writer)
        _, err = process.communicate(timeout=60)
    assert process.returncode == OK
    assert "Erreur" not in err.decode()


@every_command
def test_a_full_disk_is_told(home: Path, arguments: tuple[str, ...]) -> None:
    code, _, err = by_shell(home, ">/dev/full", *arguments)
    said = typography.typeset_french(
        "La réponse n’a pas pu être écrite (disque plein) ; recommencez ailleurs."
    )
    assert code == OUTPUT_LOST
    assert err.decode().splitlines()[-1] == said


@every_command
def test_closed_streams_break_nothing(home: Path, run: Run, arguments: tuple[str, ...]) -> None:
    whole = run(*arguments)
    assert "Erreur" not in whole.stderr
    assert by_shell(home, "<&- >&- 2>&-", *arguments) == (whole.returncode, b"", b"")


@pytest.mark.parametrize("arguments", [("caf", "rsa"), ("zzzzz",), ("liste", "--json")], ids=" ".join)
@pytest.mark.parametrize("redirection", ["<&-", ">&-", "2>&-", "2>/dev/full"])
def test_a_closed_stream_takes_nothing_from_the_others(
    home: Path, run: Run, redirection: str, arguments: tuple[str, ...]
) -> None:
    whole = run(*arguments)
    code, out, err = by_shell(home, redirection, *arguments)
    assert code == whole.returncode
    assert out.decode() == ("" if redirection == ">&-" else whole.stdout)
    assert err.decode() == ("" if redirection.startswith("2") else whole.stderr)


@pytest.mark.parametrize(("redirection", "code"), [(">&-", OK), (">/dev/full", OUTPUT_LOST)])
def test_a_batch_that_cannot_be_written(home: Path, redirection: str, code: int) -> None:
    (home / "besoins").write_text("rsa\npermis volé\n", encoding="utf-8")
    ended, out, err = by_shell(home, f"<'{home}/besoins' {redirection}", "chercher", "--lot")
    assert (ended, out) == (code, b"")
    assert ("disque plein" in err.decode()) == (code == OUTPUT_LOST)


@pytest.mark.parametrize("redirection", ["</dev/null", "<&-", "", ">/dev/null"])
def test_without_a_terminal_nothing_is_chosen(home: Path, redirection: str) -> None:
    code, out, err = by_shell(home, redirection)
    assert (code, out) == (WRONG_CALL, b"")
    assert "fs-triage fiche caf rsa" in err.decode()


def test_a_pipe_with_a_newline_chooses_nothing(run: Run) -> None:
    for arguments in ((), ("--accessible",)):
        ran = run(*arguments, input="\n\n\n")
        assert (ran.returncode, ran.stdout) == (WRONG_CALL, "")
    ran = run("caf", input="\n")
    assert ran.returncode == OK and ran.stdout.count("----") > 10


# -- encodings

NARROW = {
    "C": {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
}


@pytest.mark.parametrize("environment", NARROW.values(), ids=NARROW)
@pytest.mark.parametrize(
    "name", ["fiche", "fiche --json", "liste", "contacts", "chercher", "situation", "--aide", "arbre"]
)
def test_a_narrow_encoding_shows_what_it_can(
    home: Path, run: Run, environment: dict[str, str], name: str
) -> None:
    arguments = COMMANDS[name]
    whole = run(*arguments)
    code, out, err = by_shell(home, "", *arguments, **environment)
    assert (code, err.decode("ascii")) == (whole.returncode, "")
    if name.endswith("--json") or name in ("liste", "contacts"):  # what programs read
        assert out.decode() == whole.stdout
        return
    encoding = environment.get("PYTHONIOENCODING", "ascii")
    assert out.decode(encoding) == "".join(nearest(character, encoding) for character in whole.stdout)


PLAINER = dict(zip("’\u00a0–«»›…→œ°", ["'", " ", "-", '"', '"', ">", "...", "->", "oe", "o"], strict=True))


def nearest(character: str, encoding: str) -> str:
    """Return what stands for `character` where `encoding` has no such character."""
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        letter = unicodedata.normalize("NFKD", character)[0]
        return PLAINER.get(character) or (letter if letter.isascii() else "?")
    return character


def test_words_are_read_as_utf_8_in_the_locale_c(home: Path, run: Run) -> None:
    code, out, _ = by_shell(home, "", "fiche", "permis", "volé", "--json", **NARROW["C"])
    assert code == OK and out.decode() == run("fiche", "permis", "volé", "--json").stdout


@pytest.mark.parametrize("word", [b"\xff\xfe", b"zz\xe9", b"\xed\xa0\x80", b"\x1b[31m\x9b2J"])
def test_bytes_that_are_no_text_are_refused(home: Path, word: bytes) -> None:
    """Nothing is answered from what is left of a word: « caf\\xe9 » would be the CAF."""
    text = os.fsdecode(word)
    for arguments in (
        ("fiche", text, "zzzzz"),
        ("caf", f"rsa{text}", "--json"),
        (f"caf{text}",),
        ("liste", f"caf{text}"),
        ("arbre", f"caf{text}"),
        ("chercher", f"rsa{text}", "--json"),
        ("chercher", "rsa", "--partenaire", f"caf{text}"),
        ("chercher", "rsa", f"--max=1{text}"),
    ):
        for more in ({}, NARROW["C"]):
            code, out, err = by_shell(home, "", *arguments, **more)
            assert (code, out) == (WRONG_CALL, b"")
            said = err.decode().replace("\u00a0", " ")
            assert said.startswith("Une lettre de ") and "retapez le mot, sans accent" in said
            assert said[:-1].isprintable()
    code, out, err = by_shell(home, "", "caf", "--regles", os.fsdecode(word))
    assert (code, out) == (3, b"")
    assert err.decode()[:-1].replace("\u00a0", "").isprintable()


# -- terminals


@pytest.mark.parametrize("arguments", [("caf/rsa/demande",), ("arbre", "justice"), ("-h",), ("zzzzz",)])
def test_no_escape_reaches_a_dumb_terminal(home: Path, arguments: tuple[str, ...]) -> None:
    with terminal(*arguments, home=home, TERM="dumb") as dumb:
        dumb.end()
        assert dumb.raw.strip() and b"\x1b" not in dumb.raw
    with terminal(*arguments, home=home, NO_COLOR="1") as plain:
        plain.end()
        assert plain.raw.strip() and not re.search(rb"\x1b\[[0-9;]*\b([349][0-7]|[34]8)\b[0-9;]*m", plain.raw)


@pytest.mark.parametrize("columns", [20, 40, 80])
def test_help_needs_no_wide_terminal(home: Path, columns: int) -> None:
    with terminal("--aide", home=home, columns=columns, rows=250) as screen:
        assert screen.end() == OK
        assert "Commandes" in screen.text() and "Exemples" in screen.text()
        assert all(len(line) <= max(columns, 50) for line in screen.raw.decode().splitlines())


# -- what a person picks from


@pytest.mark.parametrize(
    ("arguments", "said", "offered"),
    [
        (("caf", "rsa", "maison", "bleue"), "Rien ne porte exactement", "Faire une demande de RSA"),
        (("capm", "carte"), "fs-triage cpam carte", "Commander une carte Vitale"),
        (("caf", "permis", "volé"), "Rien de tel chez CAF", "Demande de permis après un vol"),
        (("chercher", "on", "m’a", "volé", "mon", "permis"), "", "Demande de permis après un vol"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
@pytest.mark.parametrize("environment", [{}, {"ACCESSIBLE": "1"}], ids=["drawn", "plain"])
def test_what_is_near_or_found_can_be_picked_on_a_terminal(
    home: Path, run: Run, arguments: tuple[str, ...], said: str, offered: str, environment: dict[str, str]
) -> None:
    run("chercher", "rsa")  # compiled and trained before
    with terminal(*arguments, home=home, rows=40, **environment) as screen:
        screen.see(said, offered, "q : quitter" if environment else "Quitter")
        screen.send(CTRL_C)
        assert screen.end() == SIGINT_EXIT
    piped = run(*arguments)
    assert (piped.returncode, bool(piped.stdout)) == (
        (OK, True) if arguments[0] == "chercher" else (NOTHING_FOUND, False)
    )


def test_a_search_that_is_explained_or_refused_is_not_picked_from(home: Path, run: Run) -> None:
    run("chercher", "rsa")
    with terminal("chercher", "--expliquer", "rsa", home=home, rows=60) as screen:
        assert screen.end() == OK
        assert "Score" in screen.text()
    with terminal("chercher", "zzzz", home=home) as screen:
        assert screen.end() == NOTHING_FOUND


# -- version


def test_the_version_names_the_program_the_livret_and_its_edition(call: Call) -> None:
    code, out, err = call("--version")
    assert (code, err) == (OK, "")
    program, livret = out.splitlines()
    assert program == f"fs-triage {__version__} (dépôt)"
    title = "Livret d’accompagnement de 1er niveau (39 Jura)"
    told = f"livret jura : {title}, édition sans date, aucune vérification notée"
    assert livret == typography.typeset_french(told)


def test_the_version_is_told_though_the_rules_are_broken(call: Call, tmp_path: Path) -> None:
    code, out, err = call("--version", "--regles", str(tmp_path))
    assert (code, out) == (3, f"fs-triage {__version__} (dépôt)\n")
    assert str(tmp_path) in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("lu nulle part", "", "paquet Python"),
        ("pipx_metadata.json", "{}", "pipx"),
        ("fs_triage/installation.txt", "dossier Windows\n", "dossier Windows"),
    ],
)
def test_the_version_tells_how_the_program_was_installed(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, content: str, said: str
) -> None:
    package = tmp_path / "fs_triage"
    write_livret(package / "livrets" / "petit")
    (tmp_path / file).write_text(content, encoding="utf-8")
    for module in (version, folders):
        monkeypatch.setattr(module, "PACKAGE", str(package))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    code, out, err = call("--version")
    assert (code, out.splitlines()[0], err) == (OK, f"fs-triage {__version__} ({said})", "")
    assert "livret petit" in out


# -- bugs


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (lookup, "look_up"),
        (livret_choice, "find_livret_folder"),
        (Reader, "get_conclusion_text"),
        (output, "print_answer"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_bug_is_one_sentence_without_values(
    call: Call, monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        secret = "Jeanne Exemple"
        raise ValueError(f"le dossier de {secret}")

    monkeypatch.setattr(module, name, broken)
    code, out, err = call("caf", "rsa")
    assert (code, out) == (BUG, "")
    line = broken.__code__.co_firstlineno + 2
    where = f"(ValueError, {Path(__file__).name} ligne {line})"
    said = f"Erreur interne de fs-triage {where} ; signalez-la avec la commande tapée."
    assert err == f"{typography.typeset_french(said)}\n"


def test_a_bug_of_the_system_kind_is_told_too(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(5, "Input/output error", "/home/jeanne")

    monkeypatch.setattr(lookup, "look_up", broken)
    code, out, err = call("caf", "rsa")
    assert (code, out) == (BUG, "") and "OSError" in err and "jeanne" not in err and "error" not in err


def test_ctrl_c_is_130_without_a_word(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(lookup, "look_up", stopped)
    assert call("caf", "rsa") == (SIGINT_EXIT, "", "")


# -- help pages


def examples() -> list[str]:
    """Return every call that a help page shows."""
    pages = [commands.WIZARD, *commands.COMMANDS.values()]
    lines = [line.partition("  # ")[0].strip() for page in pages for line in page.examples.splitlines()]
    return [line for line in lines if line]


IN_THEIR_ORDER = ("fs-triage publier", "fs-triage maj", "fs-triage journal", "fs-triage bilan")
"""The examples that need what the one before has made: `test_delivery.py` and `test_counts.py` run them."""


@pytest.mark.parametrize("line", [line for line in examples() if not line.startswith(IN_THEIR_ORDER)])
def test_an_example_of_the_help_works_as_it_stands(home: Path, tmp_path: Path, line: str) -> None:
    assert len(examples()) > len(commands.COMMANDS)
    for name in ("rules/jura", "ancien/jura"):
        write_livret(tmp_path / name)
    (tmp_path / "besoins.txt").write_text("je voudrais le rsa\n", encoding="utf-8")
    program = tmp_path / "bin" / "fs-triage"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m fs_triage "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    environment = clean_environment(home)
    environment["PATH"] = f"{program.parent}:{environment['PATH']}"
    if line == "fs-triage verifier":
        environment["FS_TRIAGE_REGLES"] = str(tmp_path / "rules" / "jura")  # the whole booklet takes seconds
    ran = subprocess.run(
        ["bash", "-c", line],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    assert ran.returncode == (WRONG_CALL if line == "fs-triage" else OK), ran.stderr.decode()


def test_the_completion_of_typer_stays_silent(run: Run) -> None:
    plain = run("liste", "msa")
    for instruction in ("complete_bash", "source_zsh"):
        asked = run(
            "liste",
            "msa",
            env={"_FS_TRIAGE_COMPLETE": instruction, "COMP_WORDS": "fs-triage ", "COMP_CWORD": "1"},
        )
        assert (asked.returncode, asked.stdout, asked.stderr) == (
            plain.returncode,
            plain.stdout,
            plain.stderr,
        )
        slow = run("livrets", env={"_FS_TRIAGE_COMPLETE": instruction})
        assert slow.returncode == OK and "jura" in slow.stdout
