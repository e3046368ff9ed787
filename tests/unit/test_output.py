"""What leaves the program: encodings, line ends, pipes that nobody reads, on every system."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import GOOD, ROOT, Call, Run, clean_environment

from fs_triage import output
from fs_triage.contract import OK, OUTPUT_LOST
from fs_triage.text.typography import typeset_french

FORMATS = {
    "JSON": ("caf/rsa/demande", "--json"),
    "schema": ("schema",),
    "DOT": ("arbre", "caf", "--dot"),
    "Mermaid": ("arbre", "caf", "--mermaid"),
    "Markdown": ("relecture", "caf"),
    "Markdown of changes": (
        "comparer",
        str(GOOD),
        str(ROOT / "tests" / "livrets" / "guichet"),
        "--markdown",
    ),
    "annotations": ("verifier", "encoding", "--format", "github"),
    "list": ("liste", "caf"),
    "contacts": ("contacts",),
    "livrets": ("livrets",),
    "script": ("--installer-completion", "zsh", "-"),
}


def written(home: Path, arguments: tuple[str, ...], cwd: Path = ROOT, **environment: str) -> bytes:
    """Return the bytes that a call writes to a pipe."""
    ended = subprocess.run(
        [sys.executable, "-m", "fs_triage", *arguments],
        cwd=cwd,
        env=clean_environment(home, **environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )
    assert b"Erreur interne" not in ended.stderr
    return ended.stdout


@pytest.mark.parametrize("arguments", FORMATS.values(), ids=FORMATS)
def test_a_format_is_utf_8_in_every_locale(home: Path, bad: Path, arguments: tuple[str, ...]) -> None:
    whole = written(home, arguments, bad)
    assert not whole.decode("utf-8").isascii()
    assert b"\r" not in whole and whole.endswith(b"\n")
    assert written(home, arguments, bad, PYTHONIOENCODING="cp1252") == whole


def test_a_format_is_utf_8_where_there_are_but_ascii_letters(home: Path) -> None:
    ascii_alone = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    whole = written(home, FORMATS["Markdown"])
    assert "☐ Exact" in whole.decode()
    assert written(home, FORMATS["Markdown"], **ascii_alone) == whole


def test_plain_text_is_in_the_encoding_asked_for(home: Path, run: Run) -> None:
    said = run("caf/rsa/demande").stdout
    assert written(home, ("caf/rsa/demande",), PYTHONIOENCODING="cp1252").decode("cp1252") == said
    assert written(home, ("caf/rsa/demande",), PYTHONIOENCODING="utf-16-le").decode("utf-16-le") == said


# -- Windows, as far as its streams can be made here


class Stream(io.TextIOWrapper):
    """A standard stream as Python makes it on Windows: in a code page, with carriage returns."""

    def __init__(self, console: bool = False, encoding: str = "cp1252") -> None:
        self.console = console
        super().__init__(io.BytesIO(), encoding=encoding, newline="\r\n", write_through=True)

    def isatty(self) -> bool:
        return self.console

    def content(self) -> bytes:
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue()


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    return monkeypatch


def said_to(windows: pytest.MonkeyPatch, stream: Stream, name: str = "stdout") -> bytes:
    """Return what arrives when « une réponse’ ☐ » and a line are written to `stream`, which is `name`."""
    windows.setattr(sys, name, stream)
    output.prepare_streams()
    if name == "stdout":
        output.print_answer("une réponse’ ☐\nligne")
    else:
        output.print_message("une réponse’ ☐", "ligne")
    return stream.content()


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_piped_text_is_utf_8_on_windows(windows: pytest.MonkeyPatch, name: str) -> None:
    assert said_to(windows, Stream(), name) == "une réponse’ ☐\nligne\n".encode()


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_the_encoding_asked_for_is_kept_on_windows(windows: pytest.MonkeyPatch, name: str) -> None:
    windows.setenv("PYTHONIOENCODING", "cp850:strict")
    said = said_to(windows, Stream(encoding="cp850"), name)
    assert said == "une réponse' [ ]\nligne\n".encode("cp850")


def test_an_error_handler_alone_is_no_encoding(windows: pytest.MonkeyPatch) -> None:
    windows.setenv("PYTHONIOENCODING", ":replace")
    assert said_to(windows, Stream()) == "une réponse’ ☐\nligne\n".encode()


def test_a_console_of_windows_is_left_as_it_is(windows: pytest.MonkeyPatch) -> None:
    assert said_to(windows, Stream(console=True, encoding="utf-8")) == "une réponse’ ☐\r\nligne\r\n".encode()
    nul = Stream(console=True)  # it says that it is a console, and is in the code page as a file
    assert said_to(windows, nul) == "une réponse’ [ ]\r\nligne\r\n".encode("cp1252")


def test_streams_that_are_not_there(windows: pytest.MonkeyPatch, call: Call) -> None:
    """`pythonw` has none."""
    windows.setattr(sys, "stdout", None)
    windows.setattr(sys, "stderr", None)
    assert call("caf/rsa/demande")[0] == OK
    assert call("caf/rsa/demande", "--json")[0] == OK


# what Windows says of a pipe that nobody reads, made by the raw stream
CLOSED = """
import io, os, sys
from fs_triage import output
from fs_triage.contract import Failure

output_before = os.fstat(1)

class Refusing(io.RawIOBase):
    def writable(self): return True
    def write(self, content):
        if os.path.samestat(os.fstat(1), output_before):
            raise OSError({number}, "refused")
        return len(content)

sys.platform = {system!r}
sys.stdout = io.TextIOWrapper(io.BufferedWriter(Refusing(), 16), encoding="utf-8", write_through={through})
try:
    {write}
    code = 0
except Failure as failure:
    output.print_message(failure.message)
    code = failure.code
except BrokenPipeError:
    code = 0
code = output.flush_stdout(code)
output.flush_stderr()
os._exit(code)
"""
WRITES = {
    "at the end": "output.print_answer('réponse')",
    "at once": "output.print_answer('réponse' * 1000)",
    "JSON": "output.print_json('{}')",
    "format": "output.print_format('graph')",
}


def refused(tmp_path: Path, number: int, write: str, *, system: str = "win32", pipe: bool) -> tuple[int, str]:
    through = write == WRITES["at once"]
    program = CLOSED.format(number=number, write=write, system=system, through=through)
    with (tmp_path / "fichier").open("wb") as file:
        ended = subprocess.run(
            [sys.executable, "-c", program],
            env=clean_environment(tmp_path),
            stdout=subprocess.PIPE if pipe else file,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
        )
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("number", [errno.EINVAL, errno.EPIPE], ids=["EINVAL", "EPIPE"])
def test_a_closed_pipe_ends_quietly_on_windows(tmp_path: Path, number: int, write: str) -> None:
    assert refused(tmp_path, number, write, pipe=True) == (OK, "")


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_the_same_error_is_told_where_it_is_no_closed_pipe(tmp_path: Path, write: str) -> None:
    why = "nom ou opération refusés par le système"
    said = typeset_french(f"La réponse n’a pas pu être écrite ({why}) ; recommencez ailleurs.") + "\n"
    assert refused(tmp_path, errno.EINVAL, write, pipe=False) == (OUTPUT_LOST, said)
    assert refused(tmp_path, errno.EINVAL, write, system="linux", pipe=True) == (OUTPUT_LOST, said)
    assert refused(tmp_path, errno.ENOSPC, write, pipe=True)[0] == OUTPUT_LOST


@pytest.mark.skipif(os.name == "nt", reason="Windows ouvre NUL pour l’écriture")
@pytest.mark.parametrize(
    "arguments", [("caf/rsa/demande",), ("liste", "--json"), ("arbre", "--dot")], ids=" ".join
)
def test_what_cannot_be_written_to_is_told_in_french(home: Path, arguments: tuple[str, ...]) -> None:
    with Path(os.devnull).open("rb") as read_only:
        ended = subprocess.run(
            [sys.executable, "-m", "fs_triage", *arguments],
            env=clean_environment(home),
            stdout=read_only,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
        )
    why = "ce qui doit être lu ou écrit ne le permet pas"
    assert ended.returncode == OUTPUT_LOST
    assert (
        ended.stderr
        == typeset_french(f"La réponse n’a pas pu être écrite ({why}) ; recommencez ailleurs.") + "\n"
    )


def test_nul_is_no_terminal_to_fold_for(windows: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """NUL says that it is a terminal; it has no size, and no descriptor of a terminal."""
    with (tmp_path / "nul").open("wb") as file:
        nul = Stream(console=True, encoding="utf-8")
        windows.setattr(nul, "fileno", file.fileno, raising=False)
        windows.setattr(sys, "stdout", nul)
        output.print_wrapped_answer("mot " * 40)
    assert all(len(line) <= 80 for line in nul.content().decode().splitlines())
