"""What changed between two livrets, by meaning: the order of files, keys and answers says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fs_triage.author.comparer.change import PROCEDURES, ROUTES, SECTIONS, Change, Comparison, group_changes
from fs_triage.author.comparer.contact_changes import compare_contacts, render_contact
from fs_triage.author.comparer.matching import Key, build_side, match_livrets
from fs_triage.author.comparer.text_changes import compare_search_words, compare_texts
from fs_triage.render import labels
from fs_triage.rules.load import Livret
from fs_triage.text.typography import end_sentence, quote_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion


def compare_livrets(old: Livret, new: Livret) -> list[Change]:
    """Return what changed from `old` to `new`, both sound, what matters most first; nothing when all is the same."""
    first, second = build_side(old), build_side(new)
    both = Comparison(first, second, match_livrets(first, second))
    found = [
        *_compare_partners(both),
        *_find_added_and_removed(both),
        *_find_moved(both),
        *_compare_levels(both),
        *compare_contacts(both),
        *_compare_routes(both),
        *compare_texts(both),
        *compare_search_words(both),
    ]
    return sorted(found, key=lambda change: SECTIONS.index(change.section))


def _compare_partners(both: Comparison) -> Iterator[Change]:
    for side_, gone in ((both.new, False), (both.old, True)):
        known = both.pairs.partners if gone else both.pairs.partners.values()
        for partner, label in side_.labels.items():
            if partner not in known:
                nodes = tuple(side_.tree.list_conclusions(partner))
                what = f"n’est plus dans le livret, ni ses {len(nodes)} démarches"
                if not gone:
                    what = f"est un nouveau partenaire, avec {len(nodes)} démarches"
                kind = "partner-removed" if gone else "partner-added"
                yield Change(PROCEDURES, kind, partner, partner, f"{label} {what}.", demarches=nodes)
    for first, second in both.pairs.partners.items():
        if first != second:
            sentence = f"le partenaire {first} s’appelle maintenant {second}\u00a0: fs-triage {second}."
            yield Change(PROCEDURES, "partner-renamed", second, second, sentence, previous=first)


def _find_added_and_removed(both: Comparison) -> Iterator[Change]:
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


def _find_moved(both: Comparison) -> Iterator[Change]:
    """Yield the démarches whose id changed; a branch that changed its name is told once."""
    branches: dict[tuple[str, str], list[str]] = {}
    for first, second in both.pairs.conclusions.items():
        renamed = both.pairs.partners.get(first.partition("/")[0]) == second.partition("/")[0]
        if first != second and not (renamed and first.partition("/")[2] == second.partition("/")[2]):
            branches.setdefault(_strip_common_end(first, second), []).append(second)
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


def _strip_common_end(first: str, second: str) -> tuple[str, str]:
    """Return two ids without the end that they share."""
    while "/" in first and "/" in second and first.rpartition("/")[2] == second.rpartition("/")[2]:
        first, second = first.rpartition("/")[0], second.rpartition("/")[0]
    return first, second


def _compare_levels(both: Comparison) -> Iterator[Change]:
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


def _compare_routes(both: Comparison) -> Iterator[Change]:
    """Yield the changes of what a conclusion leads to: contacts, the way on when it blocks, what is forbidden."""
    yield from group_changes(both, ROUTES, "contacts", _get_contacts, _describe_contacts)
    yield from group_changes(both, ROUTES, "if-blocked", _find_blocked_target, _describe_blocked)
    yield from group_changes(
        both, ROUTES, "no-second-level", _build_field_getter("no_second_level"), _describe_no_second_level
    )
    yield from group_changes(both, ROUTES, "do-not", _build_field_getter("do_not"), _describe_do_not)


def _build_field_getter(name: str) -> Callable[[Comparison, Conclusion, bool], Any]:
    return lambda _both, conclusion, _new: dict(conclusion)[name]


def _get_contacts(both: Comparison, conclusion: Conclusion, new: bool) -> list[dict[str, str | None]]:
    """Return the contacts of a conclusion by their ids in the new livret, in order where the order matters."""
    uses = (both.new if new else both.old).uses[conclusion["id"]]
    named = [(key if new else both.pairs.contacts.get(key, key), when) for key, when in uses]
    if conclusion["level"] == 1:
        named.sort(key=lambda use: (use[0], use[1] or ""))
    return [{"contact": "/".join(key), "when": when} for key, when in named]


def _describe_contacts(both: Comparison, what: str, _before: Any, after: Any) -> tuple[str, tuple[str, ...]]:
    lines = tuple(f"maintenant\u00a0: {_render_use(both, use)}" for use in after) or (
        "maintenant\u00a0: aucun contact",
    )
    return f"{what}\u00a0: les contacts, leur ordre ou leurs conditions ont changé.", lines


def _render_use(both: Comparison, use: dict[str, str | None]) -> str:
    partner, _, name = str(use["contact"]).partition("/")
    key: Key = (partner, name)
    contact = both.new.contacts[key]
    condition = f" ({use['when']})" if use["when"] else ""
    return f"{contact.label}, {render_contact(contact)}{condition}"


def _find_blocked_target(both: Comparison, conclusion: Conclusion, new: bool) -> str | None:
    target = (both.new if new else both.old).tree.blocked.get(conclusion["id"])
    return target if new or target is None else both.get_new_id(target)


def _describe_blocked(_both: Comparison, what: str, _before: Any, after: Any) -> tuple[str, tuple[str, ...]]:
    if after is None:
        return f"{what}\u00a0: plus de 2nd niveau quand la démarche bloque.", ()
    return f"{what}\u00a0: si la démarche bloque, passer maintenant à {after}.", ()


def _describe_no_second_level(
    _both: Comparison, what: str, _before: Any, after: Any
) -> tuple[str, tuple[str, ...]]:
    if after is None:
        return f"{what}\u00a0: il y a maintenant un 2nd niveau.", ()
    return f"{what}\u00a0: pas de 2nd niveau. {end_sentence(after)}", ()


def _describe_do_not(_both: Comparison, what: str, before: Any, after: Any) -> tuple[str, tuple[str, ...]]:
    lines = [f"ne plus renseigner\u00a0: {text}" for text in after if text not in before]
    lines += [f"l’interdiction est levée\u00a0: {text}" for text in before if text not in after]
    return f"{what}\u00a0: ce qu’il ne faut pas renseigner a changé.", tuple(lines)
