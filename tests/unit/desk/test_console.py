"""Keys of a console: what was typed and what was pasted."""

from __future__ import annotations

import pytest
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import Keys

from fs_triage.desk.console import split_enter

ENTER = (Keys.ControlM, "\r")


@pytest.mark.parametrize(
    ("read", "keys"),
    [
        ("caf\r", [(Keys.BracketedPaste, "caf"), ENTER]),
        ("caf rsa\n", [(Keys.BracketedPaste, "caf rsa"), ENTER]),
        ("é\r\n", [(Keys.BracketedPaste, "é"), ENTER]),
        ("caf\rrsa\r", [(Keys.BracketedPaste, "caf\rrsa\r")]),
        ("caf", [(Keys.BracketedPaste, "caf")]),
        ("\r\n", [(Keys.BracketedPaste, "\r\n")]),
    ],
)
def test_a_line_and_its_enter_read_at_once_are_no_paste(read: str, keys: list[tuple[Keys, str]]) -> None:
    assert [(key.key, key.data) for key in split_enter(KeyPress(Keys.BracketedPaste, read))] == keys


def test_a_key_that_is_no_paste_stays() -> None:
    for key in (KeyPress("a", "a"), KeyPress(Keys.ControlM, "\r"), KeyPress(Keys.Up, "")):
        assert split_enter(key) == [key]
