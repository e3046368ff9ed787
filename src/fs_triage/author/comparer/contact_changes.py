"""What changed in the contacts: value, hours, audience, and which démarches that touches."""

from __future__ import annotations

from collections.abc import Iterator

from fs_triage.author.comparer.change import CONTACTS, SEARCH, Both, Change
from fs_triage.author.comparer.matching import Key
from fs_triage.render.hours import render_hours
from fs_triage.render.labels import AUDIENCES, KINDS
from fs_triage.rules.model_partner import Contact
from fs_triage.text.typography import end_sentence, quote_text

FIELDS = ("value", "hours", "audience", "label", "note", "doubt", "scope")
"""What is compared of a contact, in the order in which it matters."""


def contact_changes(both: Both) -> Iterator[Change]:
    """Yield what changed in the contacts of the partners that both livrets have."""
    changes = [
        change for first, second in both.pairs.contacts.items() for change in _changed(both, first, second)
    ]
    yield from sorted(changes, key=lambda change: FIELDS.index(change.kind.removeprefix("contact-")))
    for key, contact in both.new.contacts.items():
        if key not in both.pairs.contacts.values() and key[0] in both.pairs.partners.values():
            sentence = f"nouveau contact {quote_text(contact.label)}\u00a0: {written(contact)}, {_for_whom(contact)}."
            yield _change(both, key, "contact-added", sentence, after=_value(both, key, contact, new=True))
    for key, contact in both.old.contacts.items():
        if key not in both.pairs.contacts and key[0] in both.pairs.partners:
            sentence = (
                f"le contact {quote_text(contact.label)} n’est plus dans le livret ({written(contact)})."
            )
            before = _value(both, key, contact, new=False)
            yield _change(both, key, "contact-removed", sentence, before=before, new=False)
    yield from _renamed(both)


def written(contact: Contact) -> str:
    """Return the kind and the value of a contact as they are read."""
    kind, value = contact.kinds[0]
    return f"{KINDS[kind]} {value}"


def _for_whom(contact: Contact) -> str:
    return AUDIENCES[contact.audience]


def _value(both: Both, key: Key, contact: Contact, new: bool) -> dict[str, str] | None:
    side = both.new if new else both.old
    return None if key in side.missing else dict(contact.kinds)


def _changed(both: Both, first: Key, second: Key) -> Iterator[Change]:
    before, after = both.old.contacts[first], both.new.contacts[second]
    was, now = _value(both, first, before, new=False), _value(both, second, after, new=True)
    name = quote_text(after.label)
    if was != now:
        yield _change(both, second, "contact-value", _new_value(name, before, after, was, now), was, now)
    if now is None:
        return
    for field in FIELDS[1:]:
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            sentence = _sentence(field, name, old, new)
            yield _change(both, second, f"contact-{field}", sentence, old, new)


def _new_value(
    name: str, before: Contact, after: Contact, was: dict[str, str] | None, now: dict[str, str] | None
) -> str:
    if now is None:
        return f"{name} n’est plus donné\u00a0: ce contact est à remplacer pour ce département."
    if was is None:
        return f"{name}, qui manquait, est maintenant donné\u00a0: {written(after)}."
    if before.kinds[0][0] == after.kinds[0][0]:
        kind = KINDS[after.kinds[0][0]]
        return f"{name} change\u00a0: {kind} {after.kinds[0][1]}, et non plus {before.kinds[0][1]}."
    return f"{name} change de moyen\u00a0: {written(after)}, et non plus {written(before)}."


def _sentence(field: str, name: str, old: str | None, new: str | None) -> str:
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


def _renamed(both: Both) -> Iterator[Change]:
    for first, second in both.pairs.contacts.items():
        if first[1] != second[1]:
            old, new = "/".join(first), "/".join(second)
            sentence = f"le contact {old} s’écrit maintenant {new} dans les règles\u00a0; rien ne change au comptoir."
            yield Change(SEARCH, "contact-renamed", second[0], new, sentence, previous=old)


def _change(
    both: Both,
    key: Key,
    kind: str,
    sentence: str,
    before: object = None,
    after: object = None,
    new: bool = True,
) -> Change:
    users = (both.new if new else both.old).users(key)
    return Change(
        CONTACTS, kind, key[0], "/".join(key), sentence, before=before, after=after, demarches=users
    )
