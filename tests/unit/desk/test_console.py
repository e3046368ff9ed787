"""Keys of a console: what was typed and what was pasted."""

from __future__ import annotations

import pytest
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import Keys

from fs_triage.desk.console import split_enter, take_keys_ahead

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


class Pressed:
    """A keyboard on which `keys` have been pressed; `lines_pasted` as the last page left it."""

    def __init__(self, *keys: KeyPress, lines_pasted: bool = False) -> None:
        self.keys = list(keys)
        self.lines_pasted = lines_pasted

    def read_all_keys(self) -> list[KeyPress]:
        keys, self.keys = self.keys, []
        return keys


def text(letters: str) -> KeyPress:
    return KeyPress(Keys.BracketedPaste, letters)


RETURN, DOWN, STOP = KeyPress(*ENTER), KeyPress(Keys.Down, ""), KeyPress(Keys.ControlC, "\x03")
ESCAPE, LETTER = KeyPress(Keys.Escape, "\x1b"), KeyPress("a", "a")


@pytest.mark.parametrize(
    ("pressed", "kept"),
    [
        ([], []),
        ([text("apl")], [text("apl")]),
        ([LETTER], [LETTER]),
        ([RETURN], []),
        ([DOWN, RETURN, RETURN], []),
        ([text("apl"), RETURN, text("rsa"), RETURN], [text("apl")]),
        ([RETURN, text("apl"), DOWN, text("rsa")], [text("apl")]),
        ([ESCAPE], [ESCAPE]),
        ([text("apl"), RETURN, STOP], [STOP]),
    ],
)
def test_of_what_was_pressed_before_a_page_text_counts(pressed: list[KeyPress], kept: list[KeyPress]) -> None:
    for count in range(len(pressed) + 1):
        keyboard = Pressed(*pressed[count:])
        assert take_keys_ahead(keyboard, pressed[:count]) == kept  # type: ignore[arg-type]


def test_the_rest_of_lines_pasted_counts_for_no_page() -> None:
    keyboard = Pressed(text("la suite"), lines_pasted=True)
    assert take_keys_ahead(keyboard, []) == []  # type: ignore[arg-type]
    keyboard.keys = [text("apl")]
    assert take_keys_ahead(keyboard, []) == [text("apl")]  # type: ignore[arg-type]
