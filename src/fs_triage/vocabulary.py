"""From a text to what a search knows it by: keys of words, pairs of them, beginnings, and marks.

A mark stands for a group of phrases: a synonym (`#argent`), a theme (`%agriculture`), a partner's name (`@caf`).
Learning and searching both read a text with these functions, so that they agree.
"""

from __future__ import annotations

from fs_triage import phonetics

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SYNONYM, THEME, PARTNER, BEGINNING = "#%@$"
_BEGINNINGS = (3, 5)  # letters: what « agricole » and « agriculteur » share

Phrases = list[tuple[list[str], str]]
"""What may follow the first key of a phrase, and the mark that the whole stands for."""


def key_of(phrase: str) -> list[str]:
    """Return the keys of the words of `phrase`."""
    return phonetics.keys(phonetics.words(phrase))


def marks(keys: list[str], phrases_of: Callable[[str], Phrases]) -> list[str]:
    """Return the marks of the phrases that stand in a text whose words have `keys`."""
    found = []
    for rank, key in enumerate(keys, 1):
        for rest, mark in phrases_of(key):
            if not rest or keys[rank : rank + len(rest)] == rest:
                found.append(mark)
    return found


def beginnings(key: str) -> list[str]:
    """Return the features that words of one family share with the one of `key`."""
    return [BEGINNING + key[:length] for length in _BEGINNINGS if len(key) > length]


def pairs(keys: list[str]) -> list[str]:
    """Return the features of the words that follow one another."""
    return list(map("{} {}".format, keys, keys[1:]))


def written(phrases: Phrases) -> str:
    """Return `phrases` as one text, for the index."""
    return ";".join(f"{' '.join(rest)}={mark}" for rest, mark in phrases)


def read(text: str) -> Phrases:
    """Return the phrases that `written` made a text of."""
    items = (item.partition("=") for item in text.split(";") if item)
    return [(rest.split(), mark) for rest, _, mark in items]
