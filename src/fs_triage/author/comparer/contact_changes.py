"""What changed in the contacts: value, hours, audience, and which démarches that touches."""

from __future__ import annotations

from collections.abc import Iterator

from fs_triage.author.comparer.change import CONTACTS, SEARCH, Change, Comparison
from fs_triage.author.comparer.matching import Key
from fs_triage.render.hours import render_hours
from fs_triage.render.labels import AUDIENCES, KINDS
from fs_triage.rules.model_partner import Contact
from fs_triage.text.typography import end_sentence, quote_text

FIELDS = ("value", "hours", "audience", "label", "note", "doubt", "scope")
"""What is compared of a contact, in the order in which it matters."""


def compare_contacts(both: Comparison) -> Iterator[Change]:
    """Yield what changed in the contacts of the partners that both livrets have."""
    changes = [
        change
        for first, second in both.pairs.contacts.items()
        for change in _compare_contact(both, first, second)
    ]
    yield from sorted(changes, key=lambda change: FIELDS.index(change.kind.removeprefix("contact-")))
    for key, contact in both.new.contacts.items():
        if key not in both.pairs.contacts.values() and key[0] in both.pairs.partners.values():
            name, value = quote_text(contact.label), render_contact(contact)
            sentence = f"nouveau contact {name}\u00a0: {value}, {_get_audience(contact)}."
            yield _build_change(
                both, key, "contact-added", sentence, after=_find_value(both, key, contact, new=True)
            )
    for key, contact in both.old.contacts.items():
        if key not in both.pairs.contacts and key[0] in both.pairs.partners:
            sentence = f"le contact {quote_text(contact.label)} n’est plus dans le livret ({render_contact(contact)})."
            before = _find_value(both, key, contact, new=False)
            yield _build_change(both, key, "contact-removed", sentence, before=before, new=False)
    yield from _find_renamed(both)


def render_contact(contact: Contact) -> str:
    """Return the kind and the value of a contact as they are read."""
    kind, value = contact.kinds[0]
    return f"{KINDS[kind]} {value}"


def _get_audience(contact: Contact) -> str:
    return AUDIENCES[contact.audience]


def _find_value(both: Comparison, key: Key, contact: Contact, new: bool) -> dict[str, str] | None:
    side = both.new if new else both.old
    return None if key in side.missing else dict(contact.kinds)


def _compare_contact(both: Comparison, first: Key, second: Key) -> Iterator[Change]:
    before, after = both.old.contacts[first], both.new.contacts[second]
    was, now = _find_value(both, first, before, new=False), _find_value(both, second, after, new=True)
    name = quote_text(after.label)
    if was != now:
        yield _build_change(
            both, second, "contact-value", _describe_value(name, before, after, was, now), was, now
        )
    if now is None:
        return
    for field in FIELDS[1:]:
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            sentence = _describe_field(field, name, old, new)
            yield _build_change(both, second, f"contact-{field}", sentence, old, new)


def _describe_value(
    name: str, before: Contact, after: Contact, was: dict[str, str] | None, now: dict[str, str] | None
) -> str:
    if now is None:
        return f"{name} n’est plus donné\u00a0: ce contact est à remplacer pour ce département."
    if was is None:
        return f"{name}, qui manquait, est maintenant donné\u00a0: {render_contact(after)}."
    if before.kinds[0][0] == after.kinds[0][0]:
        kind = KINDS[after.kinds[0][0]]
        return f"{name} change\u00a0: {kind} {after.kinds[0][1]}, et non plus {before.kinds[0][1]}."
    return f"{name} change de moyen\u00a0: {render_contact(after)}, et non plus {render_contact(before)}."


def _describe_field(field: str, name: str, old: str | None, new: str | None) -> str:
    """Return the sentence for a field of the contact `name` (quoted) that went from `old` to `new`."""
    match field, new:
        case "hours", None:
            return f"{name}\u00a0: le livret ne donne plus d’horaires (c’était {render_hours(old or '')})."
        case "hours", _:
            was = f", et non plus {render_hours(old)}" if old else ""
            return f"{name}\u00a0: les horaires sont maintenant {render_hours(new or '')}{was}."
        case "audience", "conseiller":
            return f"{name} est désormais réservé au conseiller\u00a0: ne plus le donner à l’usager."
        case "audience", _:
            return f"{name} peut désormais servir à l’usager\u00a0: on peut le lui donner."
        case "label", _:
            return f"le contact {quote_text(old or '')} s’appelle maintenant {name}."
        case "doubt", None:
            return f"{name}\u00a0: le doute est levé."
        case "doubt", _:
            return f"{name} est à vérifier\u00a0: {end_sentence(new or '')}"
        case "scope", "local":
            return f"{name} est maintenant propre au département."
        case "scope", _:
            return f"{name} est maintenant le même partout."
        case _, None:
            return f"{name}\u00a0: la précision {quote_text(old or '')} n’y est plus."
    return f"{name}\u00a0: la précision est maintenant {quote_text(new or '')}."


def _find_renamed(both: Comparison) -> Iterator[Change]:
    for first, second in both.pairs.contacts.items():
        if first[1] != second[1]:
            old, new = "/".join(first), "/".join(second)
            sentence = f"le contact {old} s’écrit maintenant {new} dans les règles\u00a0; rien ne change au comptoir."
            yield Change(SEARCH, "contact-renamed", second[0], new, sentence, previous=old)


def _build_change(
    both: Comparison,
    key: Key,
    kind: str,
    sentence: str,
    before: object = None,
    after: object = None,
    new: bool = True,
) -> Change:
    users = (both.new if new else both.old).list_users(key)
    return Change(
        CONTACTS, kind, key[0], "/".join(key), sentence, before=before, after=after, demarches=users
    )
