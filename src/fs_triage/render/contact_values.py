"""The value of a contact as it is read, and as a link; what is copied stays as the booklet prints it."""

from __future__ import annotations

from fs_triage.text.numbers import keep_digits

_WHOLE_NUMBER_LENGTH = 10  # digits of a French number; a shorter one (3230) is dialled as it is
_SPECIAL_RATE = "08"  # these are read « 0 809 401 401 »


def group_phone_number(value: str) -> str:
    """Return a telephone number in the groups in which one dials it in France; another country's stays as it is."""
    digits = keep_digits(value)
    if len(digits) != _WHOLE_NUMBER_LENGTH or value.strip().startswith("+"):
        return value
    if digits.startswith(_SPECIAL_RATE):
        return f"{digits[0]} {digits[1:4]} {digits[4:7]} {digits[7:]}"
    return " ".join(digits[start : start + 2] for start in range(0, len(digits), 2))


def get_national_digits(value: str) -> str:
    """Return the digits of a telephone number as one dials them in France: the same however it is written."""
    digits = keep_digits(value)
    for country in ("0033", "33"):
        if digits.startswith(country) and (country != "33" or value.strip().startswith(("+", "(+"))):
            return "0" + digits.removeprefix(country).removeprefix("0")
    return digits


def build_link(kind: str, value: str) -> str:
    """Return the address that a terminal or a browser opens for a contact, empty where there is none.

    An address is of plain signs: a terminal obeys what stands in a link.
    """
    if not (value.isascii() and value.isprintable()):
        return ""
    if kind == "email":
        return f"mailto:{value}"
    if kind == "phone":
        return f"tel:{'+' if value.strip().startswith('+') else ''}{keep_digits(value)}"
    if kind in ("web", "appointment") and "." in value.strip(".") and " " not in value:
        if "://" in value:
            return value
        host, slash, path = value.partition("/")
        return f"https://{host.lower()}{slash}{path}"
    return ""
