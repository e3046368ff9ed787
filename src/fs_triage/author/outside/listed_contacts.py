"""The contacts of a livret that something outside may know: numbers, addresses and sites, each where it was typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fs_triage.render.contact_values import build_link
from fs_triage.rules.load import Livret
from fs_triage.rules.nodes import iter_nodes
from fs_triage.rules.yaml_reader import Mark, get_mark

PHONE, EMAIL, SITE = "phone", "email", "site"


class ListedContact(NamedTuple):
    """A value of a contact; `link` is what opens it."""

    partner: str
    what: str
    value: str
    link: str
    place: Mark


def list_contacts(livret: Livret) -> Iterator[ListedContact]:
    """Yield the values of `livret` that it shows, in its order; those that it has yet to give are none."""
    for rules in livret.partners:
        for name, contact in rules.model.contacts.items():
            for kind, value in contact.kinds if name not in rules.missing else ():
                link = build_link(kind, value)
                what = kind if kind in (PHONE, EMAIL) else SITE if link else ""
                if what:
                    place = get_mark(rules.table, ("contacts", name, kind))
                    yield ListedContact(rules.model.id, what, value, link, place)


def list_sites(livret: Livret) -> list[ListedContact]:
    """Return the sites of `livret`: those of its contacts, and the official pages that its conclusions name."""
    return [*(one for one in list_contacts(livret) if one.what == SITE), *_iter_official_pages(livret)]


def _iter_official_pages(livret: Livret) -> Iterator[ListedContact]:
    for rules in livret.partners:
        for spot in iter_nodes(rules):
            for rank, value in enumerate(getattr(spot.answer, "official", [])):
                place = get_mark(rules.table, (*spot.location, "official", rank))
                yield ListedContact(rules.model.id, SITE, value, build_link("web", value), place)
