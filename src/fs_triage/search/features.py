"""From a text to what a search knows it by: keys of words, pairs of them, beginnings, and marks.

A mark stands for a group of phrases: a synonym (`#argent`), a theme (`%agriculture`), a partner's name (`@caf`).
Learning and searching both read a text with these functions, so that they agree.
"""

from __future__ import annotations

from fs_triage.search import phonetics

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SYNONYM, THEME, PARTNER, BEGINNING, WHOLE, BY_HEART, NEAR = "#%@$=!~"
"""How a feature begins that is neither a word nor a pair of words; `~` begins the name of a shelf of known keys."""
_SHORT = 4  # words: a text that is so short is a feature as a whole
_SOUNDS = "abcdefgijklmnoprstuvC"  # what keys are made of
_BEGINNINGS = (3, 5)  # letters: what « agricole » and « agriculteur » share

Phrases = list[tuple[str, str]]
"""For each phrase that a feature begins (its only key, or its first two), the keys that follow and its mark."""


def plain(text: str) -> str:
    """Return the words of `text` without case, accents or signs: what makes two texts the same."""
    return " ".join(phonetics.words(text))


def begun(keys: list[str]) -> tuple[str, str]:
    """Return the feature that begins a phrase whose words have `keys`, and the keys that follow."""
    return " ".join(keys[:2]), "".join(f" {key}" for key in keys[2:])


def marks(keys: list[str], phrases: Mapping[str, Phrases], features: Iterable[str]) -> Iterator[str]:
    """Yield the marks of the phrases that stand in a text of `keys`, among those that `features` of it begin."""
    text = f" {' '.join(keys)} "
    for feature in features:
        for rest, mark in phrases[feature]:
            if not rest or f" {feature}{rest} " in text:
                yield mark


def beginnings(key: str) -> list[str]:
    """Return the features that words of one family share with the one of `key`."""
    return [BEGINNING + key[:length] for length in _BEGINNINGS if len(key) > length]


def shelf(initial: str, length: int) -> str:
    """Return the name under which the known keys of `length` with such an initial are kept."""
    return f"{NEAR}{initial}{length}"


def slips(key: str) -> set[str]:
    """Return what `key` may have been meant to be: a letter less, more, other or moved, but for the first."""
    cut = [(key[:at], key[at:]) for at in range(1, len(key) + 1)]
    missing = {f"{left}{sound}{right}" for left, right in cut for sound in _SOUNDS}
    wrong = {f"{left}{sound}{right[1:]}" for left, right in cut[:-1] for sound in _SOUNDS}
    swapped = {f"{left}{right[1]}{right[0]}{right[2:]}" for left, right in cut[:-2]}
    more = {left + right[1:] for left, right in cut[:-1]}
    return (missing | wrong | swapped | more) - {key}


def pairs(keys: list[str]) -> Iterator[str]:
    """Return the features of the words that follow one another."""
    return map("{} {}".format, keys, keys[1:])


def whole(keys: list[str]) -> list[str]:
    """Return the feature that a short text is as a whole, so that a keyword typed as it stands is found."""
    return [WHOLE + " ".join(keys)] if 0 < len(keys) <= _SHORT else []


def written(phrases: Phrases) -> str:
    """Return `phrases` as one text, for the index."""
    return ";".join(f"{rest}={mark}" for rest, mark in phrases)


def read(text: str) -> Phrases:
    """Return the phrases that `written` made a text of."""
    items = (item.partition("=") for item in text.split(";") if item)
    return [(rest, mark) for rest, _, mark in items]
