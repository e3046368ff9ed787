"""What changed between two livrets, by meaning: the order of files, keys and answers says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fs_triage.author.comparer.change import PROCEDURES, ROUTES, SECTIONS, Both, Change, grouped
from fs_triage.author.comparer.contact_changes import contact_changes, written
from fs_triage.author.comparer.matching import Key, pair, side
from fs_triage.author.comparer.text_changes import search_changes, text_changes
from fs_triage.records import Conclusion
from fs_triage.render import labels
from fs_triage.rules.load import Livret
from fs_triage.text.typography import end_sentence, quote_text


def compare(old: Livret, new: Livret) -> list[Change]:
    """Return what changed from `old` to `new`, both sound, what matters most first; nothing when all is the same."""
    first, second = side(old), side(new)
    both = Both(first, second, pair(first, second))
    found = [
        *_partners(both),
        *_come_and_gone(both),
        *_moved(both),
        *_levels(both),
        *contact_changes(both),
        *_routes(both),
        *text_changes(both),
        *search_changes(both),
    ]
    return sorted(found, key=lambda change: SECTIONS.index(change.section))


def _partners(both: Both) -> Iterator[Change]:
    for side_, gone in ((both.new, False), (both.old, True)):
        known = both.pairs.partners if gone else both.pairs.partners.values()
        for partner, label in side_.labels.items():
            if partner not in known:
                nodes = tuple(side_.tree.below(partner))
                what = f"n’est plus dans le livret, ni ses {len(nodes)} démarches"
                if not gone:
                    what = f"est un nouveau partenaire, avec {len(nodes)} démarches"
                kind = "partner-removed" if gone else "partner-added"
                yield Change(PROCEDURES, kind, partner, partner, f"{label} {what}.", demarches=nodes)
    for first, second in both.pairs.partners.items():
        if first != second:
            sentence = f"le partenaire {first} s’appelle maintenant {second}\u00a0: fs-triage {second}."
            yield Change(PROCEDURES, "partner-renamed", second, second, sentence, previous=first)


def _come_and_gone(both: Both) -> Iterator[Change]:
    """Yield the démarches of a partner that stays which only one of the livrets has."""
    for node, conclusion in both.new.tree.conclusions.items():
        partner = conclusion["partner"]
        if node not in both.pairs.conclusions.values() and partner in both.pairs.partners.values():
            level = labels.LEVEL_NAMES[conclusion["level"]]
            sentence = f"{quote_text(conclusion['title'])} est une nouvelle démarche, au {level}."
            yield Change(
                PROCEDURES, "added", partner, node, sentence, after=conclusion["title"], demarches=(node,)
            )
    for node, conclusion in both.old.tree.conclusions.items():
        partner = conclusion["partner"]
        if node not in both.pairs.conclusions and partner in both.pairs.partners:
            sentence = f"{quote_text(conclusion['title'])} n’est plus dans le livret."
            yield Change(
                PROCEDURES, "removed", partner, node, sentence, before=conclusion["title"], demarches=(node,)
            )


def _moved(both: Both) -> Iterator[Change]:
    """Yield the démarches whose id changed; a branch that changed its name is told once."""
    branches: dict[tuple[str, str], list[str]] = {}
    for first, second in both.pairs.conclusions.items():
        renamed = both.pairs.partners.get(first.partition("/")[0]) == second.partition("/")[0]
        if first != second and not (renamed and first.partition("/")[2] == second.partition("/")[2]):
            branches.setdefault(_heads(first, second), []).append(second)
    for (first, second), nodes in branches.items():
        if len(nodes) == 1:
            first += nodes[0][len(second) :]
            second = nodes[0]
            what = quote_text(both.new.tree.conclusions[second]["title"])
        else:
            what = f"les {len(nodes)} démarches de {first}"
        sentence = (
            f"{what} se trouve{'nt' if len(nodes) > 1 else ''} maintenant à {second}, et non plus à {first}."
        )
        partner = second.partition("/")[0]
        yield Change(
            PROCEDURES, "moved", partner, second, sentence, first, first, second, demarches=tuple(nodes)
        )


def _heads(first: str, second: str) -> tuple[str, str]:
    """Return two ids without the end that they share."""
    while "/" in first and "/" in second and first.rpartition("/")[2] == second.rpartition("/")[2]:
        first, second = first.rpartition("/")[0], second.rpartition("/")[0]
    return first, second


def _levels(both: Both) -> Iterator[Change]:
    for first, second in both.pairs.conclusions.items():
        before, after = both.old.tree.conclusions[first], both.new.tree.conclusions[second]
        if before["level"] != after["level"]:
            way = "du 1er au 2nd niveau\u00a0: à transmettre"
            if after["level"] == 1:
                way = "du 2nd au 1er niveau\u00a0: à faire sur place"
            sentence = f"{quote_text(after['title'])} passe {way}."
            levels = (before["level"], after["level"])
            yield Change(
                PROCEDURES, "level", after["partner"], second, sentence, None, *levels, demarches=(second,)
            )


def _routes(both: Both) -> Iterator[Change]:
    """Yield the changes of what a conclusion leads to: contacts, the way on when it blocks, what is forbidden."""
    yield from grouped(both, ROUTES, "contacts", _contacts_of, _contacts_sentence)
    yield from grouped(both, ROUTES, "if-blocked", _blocked_of, _blocked_sentence)
    yield from grouped(both, ROUTES, "no-second-level", _field("no_second_level"), _no_second_level_sentence)
    yield from grouped(both, ROUTES, "do-not", _field("do_not"), _do_not_sentence)


def _field(name: str) -> Callable[[Both, Conclusion, bool], Any]:
    return lambda _both, conclusion, _new: dict(conclusion)[name]


def _contacts_of(both: Both, conclusion: Conclusion, new: bool) -> list[dict[str, str | None]]:
    """Return the contacts of a conclusion by their ids in the new livret, in order where the order matters."""
    uses = (both.new if new else both.old).uses[conclusion["id"]]
    named = [(key if new else both.pairs.contacts.get(key, key), when) for key, when in uses]
    if conclusion["level"] == 1:
        named.sort(key=lambda use: (use[0], use[1] or ""))
    return [{"contact": "/".join(key), "when": when} for key, when in named]


def _contacts_sentence(both: Both, what: str, _before: Any, after: Any) -> tuple[str, tuple[str, ...]]:
    lines = tuple(f"maintenant\u00a0: {_use(both, use)}" for use in after) or (
        "maintenant\u00a0: aucun contact",
    )
    return f"{what}\u00a0: les contacts, leur ordre ou leurs conditions ont changé.", lines


def _use(both: Both, use: dict[str, str | None]) -> str:
    partner, _, name = str(use["contact"]).partition("/")
    key: Key = (partner, name)
    contact = both.new.contacts[key]
    condition = f" ({use['when']})" if use["when"] else ""
    return f"{contact.label}, {written(contact)}{condition}"


def _blocked_of(both: Both, conclusion: Conclusion, new: bool) -> str | None:
    target = (both.new if new else both.old).tree.blocked.get(conclusion["id"])
    return target if new or target is None else both.node(target)


def _blocked_sentence(_both: Both, what: str, _before: Any, after: Any) -> tuple[str, tuple[str, ...]]:
    if after is None:
        return f"{what}\u00a0: plus de 2nd niveau quand la démarche bloque.", ()
    return f"{what}\u00a0: si la démarche bloque, passer maintenant à {after}.", ()


def _no_second_level_sentence(
    _both: Both, what: str, _before: Any, after: Any
) -> tuple[str, tuple[str, ...]]:
    if after is None:
        return f"{what}\u00a0: il y a maintenant un 2nd niveau.", ()
    return f"{what}\u00a0: pas de 2nd niveau. {end_sentence(after)}", ()


def _do_not_sentence(_both: Both, what: str, before: Any, after: Any) -> tuple[str, tuple[str, ...]]:
    lines = [f"ne plus renseigner\u00a0: {text}" for text in after if text not in before]
    lines += [f"l’interdiction est levée\u00a0: {text}" for text in before if text not in after]
    return f"{what}\u00a0: ce qu’il ne faut pas renseigner a changé.", tuple(lines)
