"""Checks of what is dated: contacts and signatures that are older than the livret says they may be, or over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fs_triage.checks.registry import Finding, Scope, check
from fs_triage.rules.load import Livret, PartnerRules
from fs_triage.rules.model_partner import Check
from fs_triage.rules.problem import Severity
from fs_triage.rules.yaml_reader import Location, Table, get_mark
from fs_triage.text.days import add_duration, render_written_day
from fs_triage.text.typography import quote_text

_MOST_NAMED = 3  # contacts of a livret in one line


@check("past-validity", scope=Scope.PARTNER, severity=Severity.ADVICE)
def find_past_contacts(rules: PartnerRules) -> Iterator[Finding]:
    """Un contact n’est plus valable.

    Éviter : laisser « valable jusqu’au: 2026-06-30 » une fois ce jour passé.
    Préférer : demander au partenaire ce qui vaut maintenant, et l’écrire avec sa nouvelle date, ou sans date.
    Pourquoi : le conseiller le voit encore sur la fiche, et l’usager s’y adresserait pour rien.
    """
    today = date.today().isoformat()
    for name, contact in rules.model.contacts.items():
        if contact.valid_until and contact.valid_until < today:
            message = (
                f"contact {quote_text(name)}, valable jusqu’au {render_written_day(contact.valid_until)}"
            )
            place = get_mark(rules.table, ("contacts", name, "valid_until"))
            yield Finding(place, message, "demandez au partenaire ce qui vaut maintenant")


@check("to-review", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_old_checks(livret: Livret) -> Iterator[Finding]:
    """Une vérification, ou la relecture d’un partenaire, est plus ancienne que le livret ne le permet.

    Éviter : « vérifié: {le: 2020-01-15, par: préfecture} » dans un livret « à revoir après: 12 mois ».
    Préférer : essayer le contact, ou faire relire la fiche, puis écrire le nouveau jour.
    Pourquoi : un annuaire vieillit sans que rien ne le montre ; c’est ce dont on se plaint le plus.
    """
    if livret.booklet.review_after is None:
        return
    limit = livret.booklet.review_after
    own = livret.booklet.checked
    if own is not None and _is_over(own.on, limit):
        message = f"livret {_tell_age('vérifié', own.on, limit)}"
        yield Finding(get_mark(livret.table, ("checked", "on")), message, "vérifiez-le, puis changez le jour")
    for rules in livret.partners:
        for name, contact in rules.model.contacts.items():
            done = contact.checked
            if done is not None and _is_over(done.on, limit) and name not in rules.missing:
                message = f"contact {quote_text(name)} {_tell_age('vérifié', done.on, limit)}"
                place = get_mark(rules.table, ("contacts", name, "checked", "on"))
                yield Finding(place, message, "essayez-le, puis changez le jour")
    for partner, review, table in _list_own_reviews(livret):
        if _is_over(review.on, limit):
            message = f"relecture de {quote_text(partner)} {_tell_age('signée', review.on, limit)}"
            place = get_mark(table, ("reviews", partner, "on"))
            yield Finding(
                place, message, f"redonnez-lui sa fiche\u00a0: «\u00a0fs-triage relecture {partner}\u00a0»"
            )


@check("never-checked", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_unchecked_contacts(livret: Livret) -> Iterator[Finding]:
    """Le livret dit quand revoir ce qui a été vérifié, mais des contacts n’ont jamais été vérifiés.

    Éviter : « à revoir après: 12 mois » quand ni le livret ni le contact ne dit « vérifié ».
    Préférer : « vérifié: {le: 2026-11-23, par: préfecture} » sous chaque contact essayé.
    Pourquoi : sans date, rien ne dira qu’il est à revoir.
    """
    if livret.booklet.review_after is None or livret.booklet.checked is not None:
        return
    names = [
        f"{rules.model.id}/{name}"
        for rules in livret.partners
        for name, contact in rules.model.contacts.items()
        if contact.checked is None and name not in rules.missing
    ]
    if names:
        more = f" et {len(names) - _MOST_NAMED} autres" if names[_MOST_NAMED:] else ""
        message = f"jamais vérifiés\u00a0: {', '.join(names[:_MOST_NAMED])}{more}"
        hint = "essayez-les, puis écrivez «\u00a0vérifié\u00a0» dessous"
        yield Finding(get_mark(livret.table, ("review_after",)), message, hint)


@check("future-day", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_future_checks(livret: Livret) -> Iterator[Finding]:
    """Une vérification ou une relecture est datée d’un jour qui n’est pas encore venu.

    Éviter : « le: 2062-11-23 » pour « 2026-11-23 ».
    Préférer : le jour où l’on a vérifié.
    Pourquoi : elle ne serait jamais dite à revoir.
    """
    today = date.today().isoformat()
    places: list[tuple[Check | None, Table, Location]] = [
        (livret.booklet.checked, livret.table, ("checked", "on"))
    ]
    for rules in livret.partners:
        places += [
            (contact.checked, rules.table, ("contacts", name, "checked", "on"))
            for name, contact in rules.model.contacts.items()
        ]
    places += [(one, table, ("reviews", partner, "on")) for partner, one, table in _list_own_reviews(livret)]
    for one, table, location in places:
        if one is not None and one.on > today:
            message = f"le {render_written_day(one.on)} n’est pas encore venu"
            yield Finding(get_mark(table, location), message, "écrivez le jour où l’on a vérifié")


def _list_own_reviews(livret: Livret) -> list[tuple[str, Check, Table]]:
    """Return the partners whose signature its own file notes: others are verified where they are written."""
    table = livret.reviews_table
    noted = table.entries.get("reviews", (None, None))[1] if table is not None else None
    if table is None or not isinstance(noted, Table):
        return []
    return [(name, one, table) for name, one in livret.reviews.reviews.items() if name in noted.entries]


def _is_over(day: str, limit: str) -> bool:
    return add_duration(date.fromisoformat(day), limit) < date.today()


def _tell_age(verb: str, day: str, limit: str) -> str:
    return f"{verb} le {render_written_day(day)}, il y a plus de {limit}"
