"""The value of a contact, by kind: an e-mail address, a French number, a site, opening hours.

The libraries that know are imported here alone, when rules are checked.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_LONGEST_URL = 2000
_IN_MAILTO = re.compile(r"[?&,;<>\s]")  # would become header fields of the message (RFC 6068)
_PHONE = re.compile(r"\+?[0-9(][0-9 ().\-\u00a0\u202f]*")
_HOST = re.compile(r"([^\W_]([^\W_]|-)*\.)+[^\W\d_]{2,}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S")


def email(value: str) -> str | None:
    """Return what is wrong with an e-mail address, None when it is one."""
    if _IN_MAILTO.search(value):
        return "espace ou signe interdit (« ? », « & », « , », « ; », « < » ou « > »)"
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(value, check_deliverability=False)
    except EmailNotValidError:
        return "attendu : nom@domaine.fr"
    return None


def phone(value: str) -> str | None:
    """Return what is wrong with a telephone number of France (short ones included), None when it is one."""
    expected = "attendu : un numéro français à 10 chiffres, ou un numéro court comme 3230"
    if not _PHONE.fullmatch(value):
        return expected
    import phonenumbers

    try:
        number = phonenumbers.parse(value, "FR")
    except phonenumbers.NumberParseException:
        return expected
    if phonenumbers.is_valid_number(number):
        return None
    from phonenumbers import shortnumberinfo

    return None if shortnumberinfo.is_valid_short_number_for_region(number, "FR") else expected


def site(value: str) -> str | None:
    """Return what is wrong with a site: `http(s)://…`, or a bare name such as `www.caf.fr`; None when right."""
    expected = "attendu : www.exemple.fr ou https://www.exemple.fr/page"
    if len(value) > _LONGEST_URL or any(character.isspace() for character in value):
        return expected
    try:
        parts = urlsplit(value if "://" in value else f"https://{value}")
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return expected
    if parts.scheme not in ("http", "https"):
        return "attendu : http ou https"
    if parts.username is not None or parts.password is not None:
        return "un nom ou un mot de passe n’a rien à faire dans une adresse de site"
    return None if _HOST.fullmatch(host) else expected


def appointment(value: str) -> str | None:
    """Return what is wrong with where an appointment is made: a site, or words that name an account."""
    looks_like_site = _SCHEME.match(value) or ("." in value.strip(".") and " " not in value)
    return site(value) if looks_like_site else None


def hours(value: str) -> str | None:
    """Return what is wrong with opening hours (OpenStreetMap syntax), None when they can be understood."""
    import opening_hours

    return None if opening_hours.validate(value) else "attendu : par exemple Mo-Fr 08:30-12:00,14:00-17:00"


CHECKS = {
    "email": email,
    "phone": phone,
    "web": site,
    "appointment": appointment,
    "hours": hours,
}
"""What checks the value of each kind; the kinds that are not there are free text."""
