"""The features of a text for the search: keys of words, pairs of them, beginnings, and marks.

A mark stands for a group of phrases: a synonym (`#argent`), a theme (`%agriculture`), a partner's name (`@caf`).
Training and searching use the same functions, so that their features agree.
"""

from __future__ import annotations

from fs_triage.search import phonetics

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_MAX_WHOLE_WORDS = 4  # words: a text that is so short is a feature as a whole
_KEY_LETTERS = "abcdefgijklmnoprstuvC"  # what keys are made of
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_YEARS = ("19", "200", "201", "202", "203")  # how they begin; « 2042 » is a form of the tax office
_KEYBOARD = ("azertyuiop", "qsdfghjklm", "wxcvbn")  # as in France
_KEYS_BESIDE = {
    letter: "".join(
        other
        for row, keys in enumerate(_KEYBOARD)
        for place, other in enumerate(keys)
        if abs(row - at_row) + abs(place - at) in (1, 2) and abs(row - at_row) < 2 and abs(place - at) < 2
    )
    for at_row, letters in enumerate(_KEYBOARD)
    for at, letter in enumerate(letters)
}
_BEGINNING_LENGTHS = (3, 5)  # letters: what « agricole » and « agriculteur » share


class FeatureKind:
    """The first character of a feature that is no word or pair of words; plain strings, since an enum hashes slowly."""

    SYNONYM = "#"
    THEME = "%"
    PARTNER = "@"
    BEGINNING = "$"
    WHOLE_TEXT = "="
    MISSING_THEME = "-"  # of the partner named behind it; only in explanations of a score


NEUTRAL = "~"
"""What begins the key of a word that says nothing, and the mark of a phrase that says nothing."""

Phrases = list[tuple[str, str]]
"""The phrases that start with a feature (one key, or two): for each, the keys that follow and its mark."""


def normalize_text(text: str) -> str:
    """Return the words of `text` without case, accents or signs, to compare texts."""
    return " ".join(phonetics.split_words(text))


def split_phrase(keys: list[str]) -> tuple[str, str]:
    """Return the feature that a phrase of `keys` starts with, and the keys that follow."""
    return " ".join(keys[:2]), "".join(f" {key}" for key in keys[2:])


def iter_marks(keys: list[str], phrases: Mapping[str, Phrases], features: Iterable[str]) -> Iterator[str]:
    """Yield the marks of the phrases found in a text of `keys`; only phrases that start with one of `features`."""
    text = f" {' '.join(keys)} "
    for feature in features:
        for rest, mark in phrases[feature]:
            if not rest or f" {feature}{rest} " in text:
                yield mark


def iter_phrases(keys: list[str], phrases: Mapping[str, Phrases]) -> Iterator[tuple[str, int, int]]:
    """Yield each phrase found in a text of `keys`: its mark, its begin and end; `phrases` as for `iter_marks`."""
    for begin, key in enumerate(keys):
        for rest, mark in phrases.get(key, ()):
            end = begin + 1 + rest.count(" ")
            if not rest or " ".join(keys[begin + 1 : end]) == rest[1:]:
                yield mark, begin, end
        if begin + 1 < len(keys):
            for rest, mark in phrases.get(f"{key} {keys[begin + 1]}", ()):
                end = begin + 2 + rest.count(" ")
                if not rest or " ".join(keys[begin + 2 : end]) == rest[1:]:
                    yield mark, begin, end


def list_beginnings(key: str) -> list[str]:
    """Return the features that the word of `key` shares with words of its family."""
    return [FeatureKind.BEGINNING + key[:length] for length in _BEGINNING_LENGTHS if len(key) > length]


def name_known_keys(initial: str, length: int) -> str:
    """Return the name of the row that lists the known keys of that initial and `length`."""
    return f"{initial}{length}"


def list_misspellings(key: str) -> set[str]:
    """Return the keys that differ from `key` by one letter missing, added, replaced or swapped; never the first."""
    cut = [(key[:at], key[at:]) for at in range(1, len(key) + 1)]
    missing = {f"{left}{sound}{right}" for left, right in cut for sound in _KEY_LETTERS}
    wrong = {f"{left}{sound}{right[1:]}" for left, right in cut[:-1] for sound in _KEY_LETTERS}
    swapped = {f"{left}{right[1]}{right[0]}{right[2:]}" for left, right in cut[:-2]}
    more = {left + right[1:] for left, right in cut[:-1]}
    return (missing | wrong | swapped | more) - {key}


def list_slips(word: str) -> set[str]:
    """Return what `word` is with one letter missing, added, replaced or swapped with the next."""
    cut = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = {f"{left}{letter}{right}" for left, right in cut for letter in _LETTERS}
    found.update(f"{left}{letter}{right[1:]}" for left, right in cut[1:-1] for letter in _LETTERS)
    found.update(f"{left}{right[1]}{right[0]}{right[2:]}" for left, right in cut[:-2])
    found.update(left + right[1:] for left, right in cut[:-1])
    return found


def list_first_slips(word: str) -> list[str]:
    """Return what `word` is with the key beside that of its first letter, or with a letter before it."""
    beside = [letter + word[1:] for letter in _KEYS_BESIDE.get(word[0], "")]
    return [*beside, *(letter + word for letter in _LETTERS)]


def is_bare_number(word: str) -> bool:
    """Return whether `word` is a small number, a year or a postcode: an age, a day, « n° 12 »."""
    return word.isdigit() and (len(word) in (1, 2, 5) or (len(word) == 4 and word.startswith(_YEARS)))


def iter_pairs(keys: list[str]) -> Iterator[str]:
    """Yield the features of two words in a row."""
    return map("{} {}".format, keys, keys[1:])


def list_whole_text(keys: list[str]) -> list[str]:
    """Return the feature of a whole short text (at most 4 words), so that a keyword typed exactly is found."""
    return [FeatureKind.WHOLE_TEXT + " ".join(keys)] if 0 < len(keys) <= _MAX_WHOLE_WORDS else []


def dump_phrases(phrases: Phrases) -> str:
    """Return `phrases` as one text, for the index."""
    return ";".join(f"{rest}={mark}" for rest, mark in phrases)


def parse_phrases(text: str) -> Phrases:
    """Return the phrases written by `dump_phrases`."""
    items = (item.partition("=") for item in text.split(";") if item)
    return [(rest, mark) for rest, _, mark in items]
