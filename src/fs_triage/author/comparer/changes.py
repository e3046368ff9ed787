"""What changed between two livrets, by meaning: the order of files, keys and answers does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fs_triage.author.comparer.change import (
    Change,
    Comparison,
    Description,
    Section,
    compare_values,
    get_field,
)
from fs_triage.author.comparer.contact_changes import compare_contacts, render_contact
from fs_triage.author.comparer.matching import Key, Side, build_side, get_partner, match_livrets
from fs_triage.author.comparer.situation_changes import compare_situations
from fs_triage.author.comparer.text_changes import compare_search_words, compare_texts
from fs_triage.author.comparer.topic_changes import compare_topics
from fs_triage.render import labels
from fs_triage.rules.load import Livret
from fs_triage.text.typography import end_sentence, quote_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion

_ORDER = list(Section)


def compare_livrets(old: Livret, new: Livret) -> list[Change]:
    """Return the changes from `old` to `new`, both sound, what matters most first; nothing when all is the same."""
    first, second = build_side(old), build_side(new)
    both = Comparison(first, second, match_livrets(first, second))
    changes = [
        *_compare_partners(both),
        *_find_added(both),
        *_find_removed(both),
        *_find_moved(both),
        *_compare_levels(both),
        *compare_contacts(both),
        *_compare_routes(both),
        *compare_situations(both),
        *compare_texts(both),
        *compare_search_words(both),
        *compare_topics(both),
    ]
    return sorted(changes, key=lambda change: _ORDER.index(change.section))


def _compare_partners(both: Comparison) -> Iterator[Change]:
    for partner, label in both.new.labels.items():
        if partner not in both.pairs.partners.values():
            nodes = tuple(both.new.tree.list_conclusions(partner))
            yield Change(
                section=Section.PROCEDURES,
                kind="partner-added",
                partner=partner,
                id=partner,
                sentence=f"{label} est un nouveau partenaire, avec {len(nodes)} démarches.",
                demarches=nodes,
            )
    for partner, label in both.old.labels.items():
        if partner not in both.pairs.partners:
            nodes = tuple(both.old.tree.list_conclusions(partner))
            yield Change(
                section=Section.PROCEDURES,
                kind="partner-removed",
                partner=partner,
                id=partner,
                sentence=f"{label} n’est plus dans le livret, ni ses {len(nodes)} démarches.",
                demarches=nodes,
            )
    for first, second in both.pairs.partners.items():
        if first != second:
            yield Change(
                section=Section.PROCEDURES,
                kind="partner-renamed",
                partner=second,
                id=second,
                sentence=f"le partenaire {first} s’appelle maintenant {second}\u00a0: fs-triage {second}.",
                previous=first,
            )


def _find_added(both: Comparison) -> Iterator[Change]:
    """Yield the démarches that only the new livret has, of partners that both have."""
    for node, conclusion in both.new.tree.conclusions.items():
        partner, title = conclusion["partner"], conclusion["title"]
        if node not in both.pairs.conclusions.values() and partner in both.pairs.partners.values():
            level = labels.LEVEL_NAMES[conclusion["level"]]
            yield Change(
                section=Section.PROCEDURES,
                kind="added",
                partner=partner,
                id=node,
                sentence=f"{quote_text(title)} est une nouvelle démarche, au {level}.",
                after=title,
                demarches=(node,),
            )


def _find_removed(both: Comparison) -> Iterator[Change]:
    """Yield the démarches that only the old livret has, of partners that both have."""
    for node, conclusion in both.old.tree.conclusions.items():
        partner, title = conclusion["partner"], conclusion["title"]
        if node not in both.pairs.conclusions and partner in both.pairs.partners:
            yield Change(
                section=Section.PROCEDURES,
                kind="removed",
                partner=partner,
                id=node,
                sentence=f"{quote_text(title)} n’est plus dans le livret.",
                before=title,
                demarches=(node,),
            )


def _find_moved(both: Comparison) -> Iterator[Change]:
    """Yield the démarches whose id changed; a renamed branch is one change."""
    branches: dict[tuple[str, str], list[str]] = {}
    for first, second in both.pairs.conclusions.items():
        renamed = both.pairs.partners.get(get_partner(first)) == get_partner(second)
        if first != second and not (renamed and first.partition("/")[2] == second.partition("/")[2]):
            branches.setdefault(_strip_common_end(first, second), []).append(second)
    for (first, second), nodes in branches.items():
        if len(nodes) == 1:
            first += nodes[0][len(second) :]
            second = nodes[0]
            subject, verb = quote_text(both.new.tree.conclusions[second]["title"]), "se trouve"
        else:
            subject, verb = f"les {len(nodes)} démarches de {first}", "se trouvent"
        yield Change(
            section=Section.PROCEDURES,
            kind="moved",
            partner=get_partner(second),
            id=second,
            sentence=f"{subject} {verb} maintenant à {second}, et non plus à {first}.",
            previous=first,
            before=first,
            after=second,
            demarches=tuple(nodes),
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
            yield Change(
                section=Section.PROCEDURES,
                kind="level",
                partner=after["partner"],
                id=second,
                sentence=f"{quote_text(after['title'])} passe {way}.",
                before=before["level"],
                after=after["level"],
                demarches=(second,),
            )


def _compare_routes(both: Comparison) -> Iterator[Change]:
    """Yield the changes of where a conclusion leads: contacts, what to do when it is blocked, what is forbidden."""
    for kind, get_value, describe in (
        ("contacts", _get_contacts, _describe_contacts),
        ("if-blocked", _find_if_blocked, _describe_if_blocked),
        ("no-second-level", get_field("no_second_level"), _describe_no_second_level),
        ("do-not", get_field("do_not"), _describe_do_not),
    ):
        yield from compare_values(
            both, section=Section.ROUTES, kind=kind, get_value=get_value, describe=describe
        )


def _get_contacts(both: Comparison, side: Side, conclusion: Conclusion) -> list[dict[str, str | None]]:
    """Return the contacts of a conclusion, in order where the order matters: at the 2nd level."""
    uses = side.uses[conclusion["id"]]
    if side is both.old:
        uses = [(both.pairs.contacts.get(key, key), when) for key, when in uses]
    if conclusion["level"] == 1:
        uses = sorted(uses, key=lambda use: (use[0], use[1] or ""))
    return [{"contact": "/".join(key), "when": when} for key, when in uses]


def _describe_contacts(both: Comparison, subject: str, _before: Any, after: Any) -> Description:
    lines = tuple(f"maintenant\u00a0: {_render_use(both, use)}" for use in after)
    return Description(
        f"{subject}\u00a0: les contacts, leur ordre ou leurs conditions ont changé.",
        lines or ("maintenant\u00a0: aucun contact",),
    )


def _render_use(both: Comparison, use: dict[str, str | None]) -> str:
    partner, _, name = str(use["contact"]).partition("/")
    key: Key = (partner, name)
    contact = both.new.contacts[key]
    condition = f" ({use['when']})" if use["when"] else ""
    return f"{contact.label}, {render_contact(contact)}{condition}"


def _find_if_blocked(both: Comparison, side: Side, conclusion: Conclusion) -> str | None:
    target = side.tree.blocked.get(conclusion["id"])
    return both.get_new_id(target) if target is not None and side is both.old else target


def _describe_if_blocked(_both: Comparison, subject: str, _before: Any, after: Any) -> Description:
    if after is None:
        return Description(f"{subject}\u00a0: plus de 2nd niveau quand la démarche bloque.")
    return Description(f"{subject}\u00a0: si la démarche bloque, passer maintenant à {after}.")


def _describe_no_second_level(_both: Comparison, subject: str, _before: Any, after: Any) -> Description:
    if after is None:
        return Description(f"{subject}\u00a0: il y a maintenant un 2nd niveau.")
    return Description(f"{subject}\u00a0: pas de 2nd niveau. {end_sentence(after)}")


def _describe_do_not(_both: Comparison, subject: str, before: Any, after: Any) -> Description:
    lines = [f"ne plus renseigner\u00a0: {text}" for text in after if text not in before]
    lines += [f"l’interdiction est levée\u00a0: {text}" for text in before if text not in after]
    return Description(f"{subject}\u00a0: ce qu’il ne faut pas renseigner a changé.", tuple(lines))
