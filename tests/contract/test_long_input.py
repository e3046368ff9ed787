"""Input longer than anybody types: a message repeats its beginning, and no number of digits is a bug."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Call

from fs_triage.cli import commands
from fs_triage.contract import NOTHING_FOUND, OK, RULES_UNUSABLE, WRONG_CALL

LONGEST = 2000  # bytes of standard error: it is read on a screen of 24 lines
WORDS = {
    "one word": ["z" * 100_000],
    "many words": [f"mot{number}" for number in range(20_000)],
    "many words in one": [" ".join(f"mot{number}" for number in range(20_000))],
    "an id": [f"caf/{'z/' * 50_000}"],
    "a partner and many words": ["caf", *(f"mot{number}" for number in range(20_000))],
    "a vague need": ["aide " * 20_000],
    "control characters": ["\x1b" * 100_000],
    "quotes": ["'\"$`" * 25_000],
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize("command", ["", *commands.COMMANDS])
def test_a_message_is_cut(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = call(*filter(None, [command]), *words)
    assert code in (OK, NOTHING_FOUND, WRONG_CALL, RULES_UNUSABLE)
    assert len(err.encode()) < LONGEST


@pytest.mark.parametrize("command", commands.COMMANDS)
def test_a_message_on_an_option_is_cut(call: Call, command: str) -> None:
    """What is wrong stands before what was typed, what to do after it: both are there."""
    options = [option.name for option in commands.COMMANDS[command].options.values() if option.metavar]
    for option in (*options, "--inconnue", "--json"):
        code, out, err = call(command, "caf", f"{option}={'z' * 100_000}")
        assert code not in (OK, 70) and out == "", option
        assert len(err.encode()) < LONGEST and err.count("\n") == 1 and err[:-1].endswith((".", "»")), option
        assert not err.startswith("zzz")
