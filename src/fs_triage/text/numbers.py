"""Numbers as they are typed, and things that are counted."""

from __future__ import annotations


def parse_number(text: str, most: int) -> int | None:
    """Return the number from 1 to `most` that `text` writes in the digits 0 to 9, None for any other text."""
    digits = text.lstrip("0")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(most)):
        return None  # not even read: Python refuses to make a number of thousands of digits
    return int(digits) if int(digits) <= most else None


def keep_digits(text: str) -> str:
    """Return the digits of `text`, without what stands between them."""
    return "".join(character for character in text if character.isdecimal())


def render_count(number: int, what: str) -> str:
    """Return how many there are: « 1 démarche », « 3 démarches »; « autre ligne » takes the mark on both words."""
    return f"{number} {pluralise(what, number)}"


def pluralise(words: str, number: int) -> str:
    """Return `words` as they are said of so many: as they are up to one, else each with an « s »."""
    return " ".join(f"{word}s" for word in words.split(" ")) if number > 1 else words
