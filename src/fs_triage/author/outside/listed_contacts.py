"""The contacts of a livret that something outside may know: numbers, addresses and sites, each where it was typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fs_triage.render.contact_values import build_link
from fs_triage.rules.load import Livret
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
