"""A machine that has no memory left: told as what it is, never as a bug of ours."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Call, Run

from fs_triage import __main__
from fs_triage.text.typography import typeset_french

resource = pytest.importorskip("resource")
SHORT = typeset_french(
    "Mémoire insuffisante sur ce poste ; fermez d’autres programmes, puis relancez la commande."
)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="la mémoire ne se borne que sous Linux")
@pytest.mark.parametrize("megabytes", [60, 80, 120])
@pytest.mark.parametrize("arguments", ["caf rsa", "chercher permis perdu", "verifier"])
def test_too_little_memory_is_told(megabytes: int, arguments: str, run: Run, tmp_path: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1_000_000,) * 2)

    answer = run(*arguments.split(), env={"XDG_CACHE_HOME": str(tmp_path)}, preexec_fn=limit)
    if answer.returncode:
        assert (answer.returncode, answer.stdout) == (3, "")
        assert SHORT in answer.stderr.splitlines()
        assert "Traceback" not in answer.stderr
    else:
        assert megabytes > 100, "what is compiled for the first time takes more"


ERRORS = [
    MemoryError(),
    OSError(errno.ENOMEM, "Cannot allocate memory"),
    ImportError("pydantic_core.so: failed to map segment from shared object"),
    ImportError("DLL load failed: The paging file is too small for this operation to complete."),
    RuntimeError("can't start new thread"),
]


@pytest.mark.parametrize("error", ERRORS, ids=repr)
@pytest.mark.parametrize("wrapped", [False, True])
def test_every_sign_of_it(
    error: Exception, wrapped: bool, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(arguments: list[str]) -> int:
        if wrapped:
            raise ValueError from error
        raise error

    monkeypatch.setattr(__main__, "_run_call", fail)
    assert call("caf") == (3, "", f"{SHORT}\n")


def test_a_bug_is_told_without_the_folder_it_is_in(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def code_at(path: str) -> Callable[[list[str]], int]:
        space: dict[str, Callable[[list[str]], int]] = {}
        exec(compile("def fail(arguments):\n    raise ValueError('secret')", path, "exec"), space)
        return space["fail"]

    monkeypatch.setattr(__main__, "_run_call", code_at(str(Path("home", "camille", "wizard.py"))))
    code, out, err = call("caf")
    assert (code, out) == (70, "")
    assert "(ValueError, wizard.py ligne 2)" in err and "camille" not in err and "secret" not in err
