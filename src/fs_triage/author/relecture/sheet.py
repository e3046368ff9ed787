"""The content of the sheet that a partner's referent reads, without any layout."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TypedDict

from fs_triage.contract import ROOT
from fs_triage.livret import OpenLivret
from fs_triage.render import labels
from fs_triage.render.conclusion import (
    PARTNER,
    Card,
    ContactCard,
    TextList,
    Tone,
    describe_contact,
    describe_for_partner,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion, Question

_AT_ONCE = "Démarches proposées d’emblée"


class UsedContact(TypedDict):
    """A contact, and the numbers of the conclusions that use it."""

    contact: ContactCard
    used: list[int]


class Item(TypedDict):
    """A conclusion, numbered within its partner."""

    number: int
    card: Card


class Group(TypedDict):
    """The conclusions below one answer of the first question."""

    title: str
    demarches: list[Item]


class PartnerSheet(TypedDict):
    """The part of one partner; `common` are the texts common to all its conclusions."""

    label: str
    about: str
    pages: str
    counts: str
    common: list[TextList]
    contacts: list[UsedContact]
    groups: list[Group]


class Sheet(TypedDict):
    """The sheet of one or all partners."""

    title: str
    departement: str
    source: str
    partners: list[PartnerSheet]


def build_sheet(livret: OpenLivret, partner: str | None) -> Sheet:
    """Return the sheet of `partner` (its id), of all partners when None."""
    conclusions: list[Conclusion] = [json.loads(record) for record in livret.list_conclusions_json()]
    root: Question = json.loads(livret.get_question_json(ROOT))
    partners = [
        _build_partner(
            [conclusion for conclusion in conclusions if conclusion["partner"] == choice["id"]],
            label=choice["label"],
            about=choice["help"] or "",
        )
        for choice in root["answers"]
        if partner in (None, choice["id"])
    ]
    return {
        "title": livret.meta.title,
        "departement": livret.meta.departement,
        "source": livret.meta.source,
        "partners": partners,
    }


def _build_partner(own: list[Conclusion], *, label: str, about: str) -> PartnerSheet:
    """Return the part of the partner whose conclusions are `own`."""
    numbers = {conclusion["id"]: rank for rank, conclusion in enumerate(own, 1)}
    titles = {conclusion["id"]: conclusion["title"] for conclusion in own}
    do_not, warnings = (
        _find_common([conclusion[key] for conclusion in own]) for key in ("do_not", "warnings")
    )
    groups: list[Group] = []
    for head, members in groupby(own, key=_get_group_title):
        items: list[Item] = []
        for conclusion in members:
            rest = _leave_out(conclusion, do_not, warnings)
            items.append(
                {"number": numbers[conclusion["id"]], "card": describe_for_partner(rest, numbers, titles)}
            )
        groups.append({"title": head, "demarches": items})
    count, first = _render_count(len(own), "démarche"), sum(conclusion["level"] == 1 for conclusion in own)
    common = [
        TextList("Le conseiller ne renseigne jamais", tuple(do_not), tone=Tone.FORBIDDEN),
        TextList("Pour toutes les démarches", tuple(warnings)),
    ]
    return {
        "label": label,
        "about": about,
        "pages": labels.render_pages(sorted({page for conclusion in own for page in conclusion["pages"]})),
        "counts": f"{count}\u00a0: {first} au 1er niveau, {len(own) - first} au 2nd niveau.",
        "common": [section for section in common if section.texts],
        "contacts": _list_contacts(own, numbers),
        "groups": groups,
    }


def _get_group_title(conclusion: Conclusion) -> str:
    """Return the answer to the first question on the way to a conclusion."""
    return conclusion["path"][0]["answer"] if len(conclusion["path"]) > 1 else _AT_ONCE


def _render_count(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count > 1 else ''}"


def _find_common(lists: list[list[str]]) -> list[str]:
    """Return the texts that are in every list, none for a single list."""
    if len(lists) < 2:
        return []
    return [text for text in dict.fromkeys(lists[0]) if all(text in other for other in lists)]


def _leave_out(conclusion: Conclusion, do_not: list[str], warnings: list[str]) -> Conclusion:
    """Return a conclusion without the texts common to all."""
    return {
        **conclusion,
        "do_not": [text for text in conclusion["do_not"] if text not in do_not],
        "warnings": [text for text in conclusion["warnings"] if text not in warnings],
    }


def _list_contacts(conclusions: list[Conclusion], numbers: dict[str, int]) -> list[UsedContact]:
    """Return each contact once, without the conditions of its uses, with the numbers of its conclusions."""
    found: dict[str, UsedContact] = {}
    for conclusion in conclusions:
        for contact in conclusion["contacts"]:
            if contact["id"] not in found:
                card = describe_contact({**contact, "when": None}, PARTNER)
                found[contact["id"]] = {"contact": card, "used": []}
            found[contact["id"]]["used"].append(numbers[conclusion["id"]])
    return list(found.values())
