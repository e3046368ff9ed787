"""The sheet that a partner's referent reads: what the desk shows, in full sentences, before any layout."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import TypedDict

from fs_triage.records import Conclusion, ContactRecord, Question
from fs_triage.render.hours import render_hours
from fs_triage.render.labels import KINDS, name_pages
from fs_triage.store import Store
from fs_triage.typography import ended, quoted

_AUDIENCES = {
    "conseiller": "Réservé au conseiller\u00a0: ne jamais le donner à l’usager.",
    "usager": "L’usager peut s’en servir lui-même.",
}
_AT_ONCE = "Démarches proposées d’emblée"
_LEVELS = {
    1: "1er niveau\u00a0: le conseiller fait la démarche sur place, avec l’usager.",
    2: "2nd niveau\u00a0: le conseiller transmet la demande.",
}


class ContactSheet(TypedDict):
    """A contact: how to reach it, then sentences; `doubt` apart, since it must be seen."""

    label: str
    kind: str
    value: str
    audience: str
    sentences: list[str]
    doubt: str | None
    used: list[int]


class Item(TypedDict):
    """A conclusion, numbered within its partner."""

    number: int
    id: str
    title: str
    rank: int
    level: str
    way: str
    steps: list[str]
    do_not: list[str]
    contacts: list[ContactSheet]
    contacts_title: str
    in_order: bool
    warnings: list[str]
    blocked: str | None
    pages: str


class Group(TypedDict):
    """The conclusions below one answer of the first question."""

    title: str
    demarches: list[Item]


class PartnerSheet(TypedDict):
    """What one partner approves; `do_not` and `warnings` are those of all its conclusions."""

    id: str
    label: str
    about: str
    pages: str
    counts: str
    do_not: list[str]
    warnings: list[str]
    contacts: list[ContactSheet]
    groups: list[Group]


class Sheet(TypedDict):
    """The whole of what is to be read."""

    title: str
    departement: str
    source: str
    partners: list[PartnerSheet]


def sheet(store: Store, partner: str | None) -> Sheet:
    """Return the sheet of `partner` (its id), of every partner when None."""
    conclusions: list[Conclusion] = [json.loads(record) for record in store.all("json")]
    root: Question = json.loads(store.need("question:"))
    partners = [
        _partner(choice["id"], choice["label"], choice["help"] or "", conclusions)
        for choice in root["answers"]
        if partner in (None, choice["id"])
    ]
    return {
        "title": store.need("meta:title"),
        "departement": store.need("meta:departement"),
        "source": store.need("meta:source"),
        "partners": partners,
    }


def _partner(partner: str, label: str, about: str, conclusions: list[Conclusion]) -> PartnerSheet:
    own = [conclusion for conclusion in conclusions if conclusion["partner"] == partner]
    numbers = {conclusion["id"]: rank for rank, conclusion in enumerate(own, 1)}
    titles = {conclusion["id"]: conclusion["title"] for conclusion in own}
    do_not, warnings = (_common([conclusion[key] for conclusion in own]) for key in ("do_not", "warnings"))
    groups: list[Group] = []
    for head, members in groupby(own, key=_head):
        below = list(members)
        items = [_item(conclusion, numbers, titles, do_not, warnings) for conclusion in below]
        groups.append({"title": head, "demarches": items})
    first = sum(conclusion["level"] == 1 for conclusion in own)
    return {
        "id": partner,
        "label": label,
        "about": about,
        "pages": name_pages(sorted({page for conclusion in own for page in conclusion["pages"]})),
        "counts": f"{_many(len(own), 'démarche')}\u00a0: {first} au 1er niveau, {len(own) - first} au 2nd niveau.",
        "do_not": do_not,
        "warnings": warnings,
        "contacts": _all_contacts(own, numbers),
        "groups": groups,
    }


def _head(conclusion: Conclusion) -> str:
    """Return the answer to the first question that a conclusion stands under."""
    return conclusion["path"][0]["answer"] if len(conclusion["path"]) > 1 else _AT_ONCE


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count > 1 else ''}"


def _common(lists: list[list[str]]) -> list[str]:
    """Return the texts that every list holds, where there is more than one list."""
    if len(lists) < 2:
        return []
    return [text for text in dict.fromkeys(lists[0]) if all(text in other for other in lists)]


def _item(
    conclusion: Conclusion,
    numbers: dict[str, int],
    titles: dict[str, str],
    do_not: Iterable[str],
    warnings: Iterable[str],
) -> Item:
    first = conclusion["level"] == 1
    in_order = not first and len(conclusion["contacts"]) > 1
    return {
        "number": numbers[conclusion["id"]],
        "id": conclusion["id"],
        "title": conclusion["title"],
        "rank": conclusion["level"],
        "level": _LEVELS[conclusion["level"]],
        "way": _way(conclusion),
        "steps": conclusion["steps"],
        "do_not": [text for text in conclusion["do_not"] if text not in do_not],
        "contacts": [_contact(contact, []) for contact in conclusion["contacts"]],
        "contacts_title": "Contacts utiles"
        if first
        else f"À contacter{', dans cet ordre' if in_order else ''}",
        "in_order": in_order,
        "warnings": [text for text in conclusion["warnings"] if text not in warnings],
        "blocked": _blocked(conclusion, numbers, titles),
        "pages": ended(name_pages(conclusion["pages"])),
    }


def _way(conclusion: Conclusion) -> str:
    """Return the answers that lead to a conclusion as one sentence."""
    steps = [f"à {quoted(step['question'])}, {quoted(step['answer'])}" for step in conclusion["path"]]
    return f"On y arrive en répondant\u00a0: {', puis '.join(steps)}."


def _blocked(conclusion: Conclusion, numbers: dict[str, int], titles: dict[str, str]) -> str | None:
    ways = [f"n°\u00a0{numbers[node]}, {quoted(titles[node])}" for node in conclusion["if_blocked"]]
    if not ways:
        reason = conclusion["no_second_level"]
        return f"Il n’y a pas de 2nd niveau. {ended(reason)}" if reason else None
    if len(ways) == 1:
        return f"Si la démarche bloque, le conseiller passe à la démarche {ways[0]}."
    return f"Si la démarche bloque, le conseiller passe, selon le cas, à\u00a0: {' ou '.join(ways)}."


def _contact(contact: ContactRecord, used: list[int]) -> ContactSheet:
    sentences = [_AUDIENCES[contact["audience"]]]
    if contact["when"]:
        sentences.append(f"Quand\u00a0: {ended(contact['when'])}")
    if contact["hours"]:
        sentences.append(f"Horaires\u00a0: {ended(render_hours(contact['hours']))}")
    if contact["note"]:
        sentences.append(ended(contact["note"]))
    return {
        "label": contact["label"],
        "kind": "Par" if contact["kind"] == "administration-plus" else KINDS[contact["kind"]],
        "value": contact["value"],
        "audience": contact["audience"],
        "sentences": sentences,
        "doubt": contact["doubt"] and ended(contact["doubt"]),
        "used": used,
    }


def _all_contacts(conclusions: list[Conclusion], numbers: dict[str, int]) -> list[ContactSheet]:
    """Return each contact once, without the conditions that conclusions set, and the numbers of its conclusions."""
    found: dict[str, ContactSheet] = {}
    for conclusion in conclusions:
        for contact in conclusion["contacts"]:
            bare: ContactRecord = {**contact, "when": None}
            found.setdefault(contact["id"], _contact(bare, []))["used"].append(numbers[conclusion["id"]])
    return list(found.values())
