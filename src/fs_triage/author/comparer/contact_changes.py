"""What changed in the contacts, and which démarches that touches."""

from __future__ import annotations

from collections.abc import Iterator

from fs_triage.author.comparer.change import Change, Comparison, Section
from fs_triage.author.comparer.matching import Key, Side
from fs_triage.render.contact_values import get_national_digits
from fs_triage.render.hours import render_hours
from fs_triage.render.labels import AUDIENCES, KIND_NAMES, render_check
from fs_triage.rules.flatten import describe_check
from fs_triage.rules.model_partner import Contact
from fs_triage.text.days import render_written_day
from fs_triage.text.typography import end_sentence, quote_text

FIELDS = ("value", "hours", "audience", "label", "note", "doubt", "valid_until", "checked", "scope")
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
            yield _build_change(
                both.new,
                key,
                kind="contact-added",
                sentence=f"nouveau contact {name}\u00a0: {value}, {AUDIENCES[contact.audience]}.",
                after=_find_value(both.new, key),
            )
    for key, contact in both.old.contacts.items():
        if key not in both.pairs.contacts and key[0] in both.pairs.partners:
            name, value = quote_text(contact.label), render_contact(contact)
            yield _build_change(
                both.old,
                key,
                kind="contact-removed",
                sentence=f"le contact {name} n’est plus dans le livret ({value}).",
                before=_find_value(both.old, key),
            )
    yield from _find_renamed(both)


def render_contact(contact: Contact) -> str:
    """Return the kind and the value of a contact, in French."""
    kind, value = contact.kinds[0]
    return f"{KIND_NAMES[kind]} {value}"


def _find_value(side: Side, key: Key) -> dict[str, str] | None:
    return None if key in side.missing else dict(side.contacts[key].kinds)


def _compare_contact(both: Comparison, first: Key, second: Key) -> Iterator[Change]:
    old, new = both.old.contacts[first], both.new.contacts[second]
    before, after = _find_value(both.old, first), _find_value(both.new, second)
    name = quote_text(new.label)
    if before != after:
        if after is None:
            sentence = f"{name} n’est plus donné\u00a0: ce contact est à remplacer pour ce département."
        elif before is None:
            sentence = f"{name}, qui manquait, est maintenant donné\u00a0: {render_contact(new)}."
        else:
            sentence = _describe_value(name, old, new)
        yield _build_change(
            both.new, second, kind="contact-value", sentence=sentence, before=before, after=after
        )
    if after is None:
        return
    for field in FIELDS[1:]:
        was, now = _get_field(old, field), _get_field(new, field)
        if was != now:
            yield _build_change(
                both.new,
                second,
                kind=f"contact-{field}",
                sentence=_describe_field(field, name, was, now),
                before=was,
                after=now,
            )


def _get_field(contact: Contact, field: str) -> str | None:
    """Return a field of a contact as one text."""
    if field == "checked":
        check = describe_check(contact.checked)
        return render_check(check) if check else None
    value: str | None = getattr(contact, field)
    return value


def _describe_value(name: str, old: Contact, new: Contact) -> str:
    (old_kind, old_value), (new_kind, new_value) = old.kinds[0], new.kinds[0]
    is_number = old_kind == new_kind == "phone"
    if is_number and get_national_digits(old_value) == get_national_digits(new_value):
        return f"{name} s’écrit maintenant {new_value}, et non plus {old_value}\u00a0; c’est le même numéro."
    if old_kind == new_kind:
        return f"{name} change\u00a0: {KIND_NAMES[new_kind]} {new_value}, et non plus {old_value}."
    return f"{name} change de moyen\u00a0: {render_contact(new)}, et non plus {render_contact(old)}."


def _describe_field(field: str, name: str, old: str | None, new: str | None) -> str:
    """Return the sentence for a field of the contact `name` (quoted) that went from `old` to `new`."""
    match field, new:
        case "hours", None:
            return f"{name}\u00a0: le livret ne donne plus d’horaires (c’était {render_hours(old or '')})."
        case "hours", _:
            was = f", et non plus {render_hours(old)}" if old else " (le livret n’en donnait pas)"
            return f"{name}\u00a0: les horaires sont maintenant {render_hours(new or '')}{was}."
        case "audience", "conseiller":
            return f"{name} est désormais réservé au conseiller\u00a0: ne plus le donner à l’usager."
        case "audience", _:
            return f"{name} peut désormais servir à l’usager\u00a0: on peut le lui donner."
        case "label", _:
            return f"le contact {quote_text(old or '')} s’appelle maintenant {name}."
        case "doubt", None:
            return f"{name}\u00a0: le doute est levé (c’était {quote_text(old or '')})."
        case "doubt", _:
            was = f" C’était\u00a0: {end_sentence(old)}" if old else ""
            return f"{name} est à vérifier\u00a0: {end_sentence(new or '')}{was}"
        case "valid_until", None:
            return f"{name} n’a plus de fin (c’était le {render_written_day(old or '')})."
        case "valid_until", _:
            was = f", et non plus {render_written_day(old)}" if old else ""
            return f"{name} est valable jusqu’au {render_written_day(new or '')}{was}."
        case "checked", None:
            return f"{name}\u00a0: la vérification n’est plus notée (c’était {old})."
        case "checked", _:
            was = f", et non plus {old}" if old else ""
            return f"{name} a été vérifié {new}{was}."
        case "scope", "local":
            return f"{name} est maintenant propre au département."
        case "scope", _:
            return f"{name} est maintenant le même partout."
        case _, None:
            return f"{name}\u00a0: la précision {quote_text(old or '')} n’y est plus."
    was = f", et non plus {quote_text(old)}" if old else ""
    return f"{name}\u00a0: la précision est maintenant {quote_text(new or '')}{was}."


def _find_renamed(both: Comparison) -> Iterator[Change]:
    for first, second in both.pairs.contacts.items():
        if first[1] != second[1]:
            old, new = "/".join(first), "/".join(second)
            sentence = f"le contact {old} s’écrit maintenant {new} dans les règles\u00a0; rien ne change au comptoir."
            yield Change(
                section=Section.SEARCH,
                kind="contact-renamed",
                partner=second[0],
                id=new,
                sentence=sentence,
                previous=old,
            )


def _build_change(
    side: Side, key: Key, *, kind: str, sentence: str, before: object = None, after: object = None
) -> Change:
    """Return a change of the contact `key` of one side."""
    return Change(
        section=Section.CONTACTS,
        kind=kind,
        partner=key[0],
        id="/".join(key),
        sentence=sentence,
        before=before,
        after=after,
        demarches=side.list_users(key),
    )
