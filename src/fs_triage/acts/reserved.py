"""What a visitor must never read: the values of contacts for counsellors, however a text spells them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fs_triage.text.fold import flatten

_MASK = "…"
_FEWEST_DIGITS = 4  # of a telephone number: 3949 is one
_BETWEEN_DIGITS = r"[\s.\-/()]*"
_PHONE = re.compile(r"[+(]?\d[\d\s.\-/()]*")
_ENDS = ".,;:!?'\"()[]<>«» "
"""What may stand around a value, and is no part of it."""


class ReservedValues:
    """The values of contacts for counsellors, found in a text whatever their case, accents and spaces are there."""

    def __init__(self, values: Iterable[str]) -> None:
        patterns = [_build_pattern(value) for value in dict.fromkeys(values)]
        self._pattern = re.compile("|".join(pattern for pattern in patterns if pattern) or r"(?!)")

    def are_in(self, text: str) -> bool:
        """Return whether one of them stands in `text`."""
        return self._pattern.search(flatten(text)) is not None

    def mask(self, text: str) -> str:
        """Return `text` with « … » in the place of each of them."""
        masked = text
        while found := self._pattern.search(flatten(masked)):
            masked = masked[: found.start()] + _MASK + masked[found.end() :]
        return masked


class PublicText(str):
    """A text that a visitor may read: it holds no reserved value. One that does is refused when it is made."""

    __slots__ = ()

    def __new__(cls, text: str, reserved: ReservedValues) -> PublicText:
        """Return `text` as it is; raises `ValueError` where a reserved value stands in it."""
        if reserved.are_in(text):
            raise ValueError("a reserved value")  # which is not repeated here
        return super().__new__(cls, text)


def keep_public(texts: Iterable[str], reserved: ReservedValues) -> tuple[PublicText, ...]:
    """Return those of `texts` that a visitor may read."""
    return tuple(PublicText(text, reserved) for text in texts if not reserved.are_in(text))


def mask_text(text: str, reserved: ReservedValues) -> PublicText:
    """Return `text`, which cannot be left out, with what is reserved masked."""
    return PublicText(reserved.mask(text), reserved)


def _build_pattern(value: str) -> str:
    """Return what matches `value` in a flattened text, empty where the value says nothing."""
    text = flatten(value).strip(_ENDS)
    digits = re.sub(r"\D", "", text)
    if _PHONE.fullmatch(text) and len(digits) >= _FEWEST_DIGITS:
        national = re.sub(r"^(?:0033|33(?=\d{9}$)|0(?=\d{9}$))", "", digits)
        prefix = rf"(?:(?:\+|00)?{_BETWEEN_DIGITS.join('33')}{_BETWEEN_DIGITS}|0{_BETWEEN_DIGITS})*"
        lead = prefix if len(national) < len(digits) else ""
        return rf"(?<!\d){lead}{_BETWEEN_DIGITS.join(national)}(?!\d)"
    if not any(map(str.isalnum, text)):
        return ""
    body = r"\s*".join(re.escape(character) for character in text if not character.isspace())
    before = r"(?<![a-z0-9])" if text[0].isalnum() else ""
    after = r"(?![a-z0-9])" if text[-1].isalnum() else ""
    return before + body + after
