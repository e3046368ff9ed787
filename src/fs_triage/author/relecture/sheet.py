"""The content of the sheet that a partner's referent reads, without any layout."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import NamedTuple, TypedDict

from fs_triage.render import labels
from fs_triage.render.conclusion import (
    PARTNER,
    Card,
    ContactCard,
    ContactList,
    TextList,
    Tone,
    describe_contact,
    describe_for_partner,
)
from fs_triage.rules.flatten import describe_check, flatten_livret, iter_answers
from fs_triage.rules.load import Livret, PartnerRules
from fs_triage.text.days import render_day
from fs_triage.text.numbers import render_count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion

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


class MissingContact(NamedTuple):
    """A contact that the livret has yet to give: what it is, who may use it, and the numbers of its conclusions."""

    label: str
    kind: str
    audience: str
    used: tuple[int, ...]


class PartnerSheet(TypedDict):
    """The part of one partner; `common` are the texts common to all its conclusions.

    `reviewed` says when it signed last, and who; empty where it never did.
    """

    label: str
    about: str
    pages: str
    counts: str
    reviewed: str
    common: list[TextList]
    contacts: list[UsedContact]
    missing: list[MissingContact]
    groups: list[Group]


class Sheet(TypedDict):
    """The sheet of one or all partners; `owner` and `return_by`, maybe empty, are where it goes back, and when."""

    title: str
    departement: str
    source: str
    edition: str
    day: str
    owner: str
    return_by: str
    partners: list[PartnerSheet]


def build_sheet(livret: Livret, partner: str | None, *, day: date, return_by: date | None = None) -> Sheet:
    """Return the sheet of `partner` (its id), of all partners when None, as printed on `day`.

    The rules of `livret` must be sound. It comes back before the end of the day `return_by`.
    """
    conclusions = list(flatten_livret(livret).conclusions.values())
    titles = {conclusion["id"]: conclusion["title"] for conclusion in conclusions}
    booklet, reviews = livret.booklet, livret.reviews.reviews
    edition = labels.render_edition(booklet.edition or "")
    return {
        "title": booklet.title,
        "departement": booklet.departement,
        "source": booklet.source,
        "edition": edition[:1].upper() + edition[1:],
        "day": render_day(day),
        "owner": booklet.owner or "",
        "return_by": render_day(return_by) if return_by else "",
        "partners": [
            _build_partner(
                [conclusion for conclusion in conclusions if conclusion["partner"] == rules.model.id],
                rules,
                titles,
                labels.render_check(check) if (check := describe_check(reviews.get(rules.model.id))) else "",
            )
            for rules in livret.partners
            if partner in (None, rules.model.id)
        ],
    }


def _build_partner(
    own: list[Conclusion], rules: PartnerRules, titles: dict[str, str], reviewed: str
) -> PartnerSheet:
    """Return the part of the partner of `rules`, whose conclusions are `own`; `titles` are those of the livret."""
    numbers = {conclusion["id"]: rank for rank, conclusion in enumerate(own, 1)}
    do_not, warnings = (
        _find_common([conclusion[key] for conclusion in own]) for key in ("do_not", "warnings")
    )
    groups: list[Group] = []
    for head, members in groupby(own, key=_get_group_title):
        items: list[Item] = []
        for conclusion in members:
            rest = _leave_out(conclusion, do_not, warnings)
            card = _shorten_contacts(describe_for_partner(rest, numbers, titles))
            items.append({"number": numbers[conclusion["id"]], "card": card})
        groups.append({"title": head, "demarches": items})
    count, levels = render_count(len(own), "démarche"), [labels.get_level_key(one) for one in own]
    elsewhere = f", {levels.count(labels.ORIENT)} à orienter" if labels.ORIENT in levels else ""
    common = [
        TextList("Le conseiller ne renseigne jamais", tuple(do_not), tone=Tone.FORBIDDEN),
        TextList("Pour toutes les démarches", tuple(warnings)),
    ]
    return {
        "label": rules.model.label,
        "about": rules.model.about,
        "pages": labels.render_pages(sorted({page for conclusion in own for page in conclusion["pages"]})),
        "counts": f"{count}\u00a0: {levels.count(1)} au 1er niveau, {levels.count(2)} au 2nd niveau{elsewhere}.",
        "reviewed": reviewed,
        "common": [section for section in common if section.texts],
        "contacts": _list_contacts(own, numbers),
        "missing": _list_missing(rules, numbers),
        "groups": groups,
    }


def _get_group_title(conclusion: Conclusion) -> str:
    """Return the answer to the first question on the way to a conclusion."""
    return conclusion["path"][0]["answer"] if len(conclusion["path"]) > 1 else _AT_ONCE


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


def _shorten_contacts(card: Card) -> Card:
    """Return a card without the details of its contacts: they are read, and corrected, among those of the partner."""
    sections = [
        part._replace(contacts=tuple(contact._replace(details=()) for contact in part.contacts))
        if isinstance(part, ContactList)
        else part
        for part in card.sections
    ]
    return card._replace(sections=tuple(sections))


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


def _list_missing(rules: PartnerRules, numbers: dict[str, int]) -> list[MissingContact]:
    """Return the contacts that conclusions use and that this livret has yet to give, in the order of their use."""
    used: dict[str, list[int]] = {}
    for node, answer in iter_answers(rules.model):
        for use in getattr(answer, "uses", []) if node in numbers else ():
            if use.contact in rules.missing:
                used.setdefault(use.contact, []).append(numbers[node])
    found = []
    for name, ranks in used.items():
        contact = rules.model.contacts[name]
        kind, audience = labels.KIND_NAMES[contact.kinds[0][0]], labels.AUDIENCE_SENTENCES[contact.audience]
        found.append(MissingContact(contact.label, kind, audience, tuple(dict.fromkeys(ranks))))
    return found
