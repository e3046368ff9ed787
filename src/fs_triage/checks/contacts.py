"""The value of a contact, by kind: an e-mail address, a French number, a site, opening hours.

The libraries that validate them are slow to import, and imported here alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from urllib.parse import urlsplit

from fs_triage.rules.load import PartnerRules, list_unfilled_contacts
from fs_triage.rules.nodes import build_problem
from fs_triage.rules.problem import Problem

KnownValues = Collection[tuple[str, str]]
"""Kinds and values of contacts that were found right before."""

_MAX_URL_LENGTH = 2000
_MAILTO_SIGNS = re.compile(r"[?&,;<>\s]")  # would become header fields of the message (RFC 6068)
_PHONE = re.compile(r"\+?[0-9(][0-9 ().\-\u00a0\u202f]*")
_SITE_CHARACTERS = re.compile("[!-~À-ÖØ-öø-ÿŒœŸ]+")  # what a keyboard types, in French
_HOST = re.compile(r"([^\W_]([^\W_]|-)*\.)+[^\W\d_]{2,}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S")
_FRANCE = ("FR", "GP", "GF", "MQ", "RE", "YT")  # the regions of phonenumbers that are départements
_TEXT_NUMBER_DIGITS = 5  # digits: the short numbers of the French plan (ARCEP) that take text messages alone


def find_email_error(value: str) -> str | None:
    """Return what is wrong with an e-mail address, None when it is one."""
    if _MAILTO_SIGNS.search(value):
        return "espace ou signe interdit (« ? », « & », « , », « ; », « < » ou « > »)"
    if not value.isascii():
        return "une adresse électronique s’écrit sans accent"
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(value, check_deliverability=False)
    except EmailNotValidError:
        return "attendu : nom@domaine.fr"
    return None


def find_phone_error(value: str) -> str | None:
    """Return what is wrong with a telephone number of France (short ones included), None when it is one."""
    expected = "attendu : un numéro français à 10 chiffres, ou un numéro court comme 3230"
    if not _PHONE.fullmatch(value):
        return expected
    import phonenumbers

    for region in _FRANCE:
        try:
            number = phonenumbers.parse(value, region)
        except phonenumbers.NumberParseException:
            return expected
        if phonenumbers.is_valid_number(number) and phonenumbers.region_code_for_number(number) in _FRANCE:
            # a spreadsheet drops the zero, which the library puts back
            return None if value.startswith(("0", "(0", "+")) else expected
    from phonenumbers import shortnumberinfo

    number = phonenumbers.parse(value, "FR")
    is_short = shortnumberinfo.is_valid_short_number_for_region(number, "FR")
    return None if is_short and len(str(number.national_number)) != _TEXT_NUMBER_DIGITS else expected


def find_site_error(value: str) -> str | None:
    """Return what is wrong with a site: `http(s)://…`, or a bare name such as `www.caf.fr`; None when right."""
    expected = "attendu : www.exemple.fr ou https://www.exemple.fr/page"
    if len(value) > _MAX_URL_LENGTH or not _SITE_CHARACTERS.fullmatch(value):
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


def find_appointment_error(value: str) -> str | None:
    """Return what is wrong with where an appointment is made: a site, or words that name an account."""
    looks_like_site = _SCHEME.match(value) or ("." in value.strip(".") and " " not in value)
    return find_site_error(value) if looks_like_site else None


def find_hours_error(value: str) -> str | None:
    """Return what is wrong with opening hours (OpenStreetMap syntax), None when they can be understood."""
    import opening_hours

    return None if opening_hours.validate(value) else "attendu : par exemple Mo-Fr 08:30-12:00,14:00-17:00"


_ERROR_FINDERS = {
    "email": find_email_error,
    "phone": find_phone_error,
    "web": find_site_error,
    "appointment": find_appointment_error,
    "hours": find_hours_error,
}  # the other kinds are free text


def _find_wrong_values(
    rules: PartnerRules, kinds: Collection[str], code: str, proved: KnownValues
) -> Iterator[Problem]:
    empty = list_unfilled_contacts(rules.model)
    for name, contact in rules.model.contacts.items():
        if name in empty:
            continue  # `contact_not_replaced` says so
        given = [*contact.kinds, *([("hours", contact.hours)] if contact.hours else [])]
        for kind, value in given:
            expected = _ERROR_FINDERS[kind](value) if kind in kinds and (kind, value) not in proved else None
            if expected is not None:
                place = ("contacts", name, kind)
                yield build_problem(
                    rules, place, code, f"« {value[:80]} » ne convient pas pour « {kind} »", expected
                )


def bad_email(rules: PartnerRules, proved: KnownValues = ()) -> Iterator[Problem]:
    """Une adresse électronique n’en est pas une.

    Éviter : « email: contact(at)cdad-jura.fr », ou deux adresses dans un seul contact.
    Préférer : « email: contact@cdad-jura.fr ».
    Pourquoi : le message ne partirait pas, ou partirait à quelqu’un d’autre.
    """
    yield from _find_wrong_values(rules, ("email",), "bad-email", proved)


def bad_phone(rules: PartnerRules, proved: KnownValues = ()) -> Iterator[Problem]:
    """Un numéro de téléphone n’existe pas en France.

    Éviter : « phone: 03 84 25 69 9 », où il manque un chiffre.
    Préférer : « phone: "03 84 25 69 92" », ou un numéro court comme « phone: "3230" ».
    Pourquoi : le conseiller ou l’usager tomberait sur une autre personne, ou sur personne.
    """
    yield from _find_wrong_values(rules, ("phone",), "bad-phone", proved)


def bad_site(rules: PartnerRules, proved: KnownValues = ()) -> Iterator[Problem]:
    """L’adresse d’un site n’en est pas une, ou peut nuire.

    Éviter : « web: javascript:alert(1) », « web: file:///etc/passwd », « web: https://nom:secret@caf.fr ».
    Préférer : « web: www.caf.fr » ou « web: https://www.caf.fr/page ».
    Pourquoi : l’adresse est recopiée ou suivie sans être relue ; elle doit être un site, et rien d’autre.
    """
    yield from _find_wrong_values(rules, ("web", "appointment"), "bad-site", proved)


def bad_hours(rules: PartnerRules, proved: KnownValues = ()) -> Iterator[Problem]:
    """Des horaires ne suivent pas la syntaxe opening_hours d’OpenStreetMap.

    Éviter : « hours: lundi au vendredi de 8h30 à 19h ».
    Préférer : « hours: Mo-Fr 08:30-19:00 ».
    Pourquoi : des horaires que le programme comprend peuvent être montrés en toutes lettres, sans erreur.
    """
    yield from _find_wrong_values(rules, ("hours",), "bad-hours", proved)


CHECKS: tuple[Callable[[PartnerRules, KnownValues], Iterator[Problem]], ...] = (
    bad_email,
    bad_phone,
    bad_site,
    bad_hours,
)
