"""`verifier --annuaire`: the numbers, addresses and sites of a livret against the State's directory.

The file is the « base de données locales » of service-public.fr, published by the DILA under the Licence Ouverte 2.0:
`{"service": [{"nom": …, "telephone": [{"valeur": …}], "adresse_courriel": [...], "site_internet": [{"valeur": …}]}]}`.
It holds some 60,000 services: each is read, compared and forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from fs_triage.author.outside.listed_contacts import EMAIL, PHONE, SITE, ListedContact, list_contacts
from fs_triage.author.shown_paths import shorten_path
from fs_triage.contract import WRONG_CALL, Failure, describe_os_error
from fs_triage.render.contact_values import get_national_digits
from fs_triage.rules.load import Livret
from fs_triage.rules.problem import Problem, Severity
from fs_triage.text.fold import fold
from fs_triage.text.typography import escape_controls, quote_text

LICENCE = "base de données locales de service-public.fr (DILA), Licence Ouverte 2.0"

_SHORTEST = 9  # signs of a value in which a slip is looked for
_MOST_TOLD = 3  # values of a partner that the directory has in the place of one
_KEYS = {PHONE: "telephone", EMAIL: "adresse_courriel", SITE: "site_internet"}
_NAMES = {PHONE: "ce numéro", EMAIL: "cette adresse", SITE: "ce site"}
_PACKED = (b"PK", b"BZh", b"\x1f\x8b", b"\xfd7zXZ")


@dataclass(slots=True)
class _Known:
    """What the directory says of one contact: whether it has it, and a value that differs from it by one sign."""

    contact: ListedContact
    key: str
    is_listed: bool = False
    near: tuple[str, str] | None = None
    """The value and the service."""


@dataclass(slots=True)
class DirectoryAnswer:
    """What the directory knows otherwise or does not know, and how many services and contacts were compared."""

    problems: list[Problem] = field(default_factory=list)
    services: int = 0
    contacts: int = 0
    listed: int = 0


def compare_with_directory(livret: Livret, path: str, tell: Callable[[int], None]) -> DirectoryAnswer:
    """Return what the directory in the file `path` says of the contacts of `livret`; `tell` takes the bytes read.

    Raises `Failure` when the file is not that directory, or not whole.
    """
    known = [_Known(contact, _build_key(contact.what, contact.value)) for contact in list_contacts(livret)]
    by_key: dict[tuple[str, str], list[_Known]] = {}
    by_end: dict[tuple[str, str], list[_Known]] = {}
    for one in known:
        by_key.setdefault((one.contact.what, one.key), []).append(one)
        for end in _get_ends(one.contact.what, one.key):
            by_end.setdefault(end, []).append(one)
    names = {
        rules.model.id: {fold(name) for name in (rules.model.id, rules.model.label, rules.model.name)}
        for rules in livret.partners
    }
    departement = livret.booklet.departement.split(" ")[0]
    others: dict[tuple[str, str], dict[str, str]] = {}
    answer = DirectoryAnswer(contacts=len(known))
    for service in _read_services(path, tell):
        answer.services += 1
        partner = _find_partner(service, names, departement)
        for what in _KEYS:
            for value in _list_values(service, what):
                key = _build_key(what, value)
                for one in by_key.get((what, key), ()):
                    one.is_listed = True
                for one in (one for end in _get_ends(what, key) for one in by_end.get(end, ())):
                    if one.near is None and _differ_by_a_slip(one.key, key):
                        one.near = value, _get_name(service)
                found = others.setdefault((partner, what), {}) if partner else {}
                if len(found) < _MOST_TOLD:
                    found.setdefault(value, _get_name(service))
    if not answer.services:
        raise _build_failure(path, "il n’y a aucun «\u00a0service\u00a0» dedans")
    answer.listed = sum(one.is_listed for one in known)
    answer.problems = [
        _describe(one, others.get((one.contact.partner, one.contact.what), {}))
        for one in known
        if not one.is_listed
    ]
    return answer


def _describe(one: _Known, others: dict[str, str]) -> Problem:
    contact = one.contact
    message = f"{quote_text(contact.value)}\u00a0: l’annuaire de l’État ne connaît pas {_NAMES[contact.what]}"
    code, hint = "directory-unknown", "à vérifier auprès du partenaire"
    if one.near is not None:
        value, service = one.near
        code = "directory-near"
        hint = f"il connaît {quote_text(value)} ({service})\u00a0: comparez les deux, signe par signe"
    elif others:
        told = ", ".join(f"{value} ({service})" for value, service in others.items())
        code, hint = "directory-other", f"il donne {told}\u00a0; à vérifier auprès du partenaire"
    return Problem(*contact.place, code=code, message=message, hint=hint, severity=Severity.ADVICE)


def _get_ends(what: str, key: str) -> tuple[tuple[str, str], ...]:
    """Return both ends of a value, of which one slip in it leaves one as it is; none of a short value."""
    if len(key) < _SHORTEST:
        return ()
    return (what, f"{key[:4]}…"), (what, f"…{key[-4:]}")


def _differ_by_a_slip(first: str, second: str) -> bool:
    """Return whether one letter or digit of a long value is another, is missing, or changed its place."""
    if (
        first == second
        or abs(len(first) - len(second)) > 1
        or min(len(first), len(second)) < len("0380000000")
    ):
        return False
    if first[:4] != second[:4] and first[-4:] != second[-4:]:  # one slip leaves an end as it is
        return False
    from rapidfuzz.distance import OSA

    return OSA.distance(first, second, score_cutoff=1) == 1


def _find_partner(service: dict[str, Any], names: dict[str, set[str]], departement: str) -> str:
    """Return the partner that a service of the département is of, empty when it is of none."""
    postcodes = [part.get("code_postal") for part in _list_parts(service, "adresse")]
    places = [str(place or "") for place in (service.get("code_insee_commune"), *postcodes)]
    if not any(place.startswith(departement) for place in places):
        return ""
    kinds = {fold(str(part.get("type_service_local"))) for part in _list_parts(service, "pivot")}
    own = f" {fold(_get_name(service))} "
    for partner, called in names.items():
        if kinds & called or any(f" {name} " in own for name in called):
            return partner
    return ""


def _list_values(service: dict[str, Any], what: str) -> Iterator[str]:
    """Yield the numbers, addresses or sites of a service, which stand as texts or as tables with a « valeur »."""
    values = service.get(_KEYS[what])
    for value in values if isinstance(values, list) else [values]:
        text = value.get("valeur") if isinstance(value, dict) else value
        if isinstance(text, str) and text.strip():
            yield escape_controls(text.strip())


def _list_parts(service: dict[str, Any], key: str) -> list[dict[str, Any]]:
    parts = service.get(key)
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _get_name(service: dict[str, Any]) -> str:
    return escape_controls(str(service.get("nom") or "sans nom"))


def _build_key(what: str, value: str) -> str:
    """Return what is compared of a value: the digits of a number, the host of a site."""
    if what == PHONE:
        return get_national_digits(value)
    if what == EMAIL:
        return value.casefold()
    host = value.casefold().partition("://")[2] or value.casefold()
    return host.split("/")[0].removeprefix("www.")


def _read_services(path: str, tell: Callable[[int], None]) -> Iterator[dict[str, Any]]:
    """Yield the services of the file at `path`, one after the other; raises `Failure` for another file."""
    import ijson  # type: ignore[import-untyped]

    try:
        with Path(path).open("rb") as stream:
            if stream.peek(6).startswith(_PACKED):
                raise _build_failure(path, "c’est une archive\u00a0; sortez-en le fichier .json")
            for service in ijson.items(_CountedFile(stream, tell), "service.item"):
                if isinstance(service, dict):
                    yield service
    except OSError as error:
        raise _build_failure(path, describe_os_error(error)) from error
    except (ijson.JSONError, ValueError) as error:  # ValueError: letters that are no UTF-8
        raise _build_failure(path, "ce n’est pas du JSON entier") from error


class _CountedFile:
    """A file that tells how much of it has been read."""

    def __init__(self, stream: BinaryIO, tell: Callable[[int], None]) -> None:
        self._stream = stream
        self._tell = tell

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(size)
        self._tell(len(content))
        return content


def _build_failure(path: str, why: str) -> Failure:
    message = (
        f"{quote_text(shorten_path(path))} n’est pas l’annuaire attendu ({why})\u00a0; prenez la {LICENCE}."
    )
    return Failure(WRONG_CALL, message)
