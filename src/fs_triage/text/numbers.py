"""Numbers as they are typed."""

from __future__ import annotations


def parse_number(text: str, most: int) -> int | None:
    """Return the number from 1 to `most` that `text` writes in the digits 0 to 9, None for any other text."""
    digits = text.lstrip("0")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(most)):
        return None  # not even read: Python refuses to make a number of thousands of digits
    return int(digits) if int(digits) <= most else None
