"""What changed between two livrets, as the desks show them: the order of files, keys and words does not matter.

What comes from a livret that one of them inherits from is compared as if it were its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fs_triage.author.comparer.change import (
    Change,
    Comparison,
    Description,
    Section,
    compare_values,
    describe_moves,
    diff_texts,
    get_field,
)
from fs_triage.author.comparer.contact_changes import compare_contacts, render_contact
from fs_triage.author.comparer.matching import Key, Side, build_side, get_partner, match_livrets
from fs_triage.author.comparer.message_changes import compare_messages
from fs_triage.author.comparer.order_changes import compare_orders
from fs_triage.author.comparer.situation_changes import compare_situations
from fs_triage.author.comparer.text_changes import compare_search_words, compare_texts
from fs_triage.author.comparer.topic_changes import compare_topics
from fs_triage.index.build import list_situations
from fs_triage.render import labels
from fs_triage.rules.load import Livret
from fs_triage.rules.model_partner import Contact
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
        *_compare_former_names(both),
        *_compare_levels(both),
        *compare_contacts(both),
        *_compare_routes(both),
        *compare_situations(both),
        *compare_texts(both),
        *compare_orders(both),
        *compare_messages(both),
        *compare_search_words(both),
        *compare_topics(both),
    ]
    return sorted(changes or _find_untold(both), key=lambda change: _ORDER.index(change.section))


def _find_untold(both: Comparison) -> list[Change]:
    """Return a change for what else the desks would show otherwise, so that no change at all means that nothing is."""
    old, new = (dict(_list_shown(side)) for side in (both.old, both.new))
    return [
        Change(
            section=Section.TEXTS,
            kind="other",
            partner=get_partner(name),
            id=name,
            sentence=f"ce que montre {name} a changé.",
            before=old.get(name),
            after=new.get(name),
            details=diff_texts(_list_parts(old.get(name)), _list_parts(new.get(name))),
        )
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    ]


def _list_parts(shown: Any) -> list[str]:
    parts = shown.items() if isinstance(shown, dict) else enumerate(shown or (), 1)
    return [f"{name}\u00a0: {json.dumps(value, ensure_ascii=False)}" for name, value in parts]


def _list_shown(side: Side) -> Iterator[tuple[str, Any]]:
    """Yield all that a desk may show of a livret, by the name of each part."""
    yield from side.tree.questions.items()
    yield from side.tree.conclusions.items()
    yield "liste", list(side.tree.conclusions)
    yield "situation", [row.dump() for row in list_situations(side.livret, side.tree)]
    yield "contacts", {"/".join(key): contact.model_dump() for key, contact in side.contacts.items()}


def _compare_former_names(both: Comparison) -> Iterator[Change]:
    """Yield the former identifiers that lead elsewhere than before, or nowhere; not those that were just given up."""
    old, new = (_map_former_names(side) for side in (both.old, both.new))
    for name in sorted({*old, *new} - {*both.pairs.conclusions, *both.pairs.questions}):
        was, now = both.get_new_id(old[name]) if name in old else None, new.get(name)
        if was == now:
            continue
        sentence = f"l’ancien identifiant {name} mène maintenant à {now}, et non plus à {was}."
        if now is None:
            sentence = f"l’ancien identifiant {name} ne mène plus à {was}."
        elif was is None:
            sentence = f"l’ancien identifiant {name} mène maintenant à {now}."
        yield Change(
            section=Section.SEARCH,
            kind="former-name",
            partner=get_partner(name),
            id=name,
            sentence=sentence,
            before=was,
            after=now,
        )


def _map_former_names(side: Side) -> dict[str, str]:
    identifiers = side.livret.identifiers
    nodes = {*side.tree.questions, *side.tree.conclusions}
    return identifiers.find_moved(nodes) if identifiers is not None else {}


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
            level = labels.LEVEL_NAMES[labels.get_level_key(conclusion)]
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
        if (before["level"], before["outcome"]) != (after["level"], after["outcome"]):
            was, now = (labels.LEVEL_BANNERS[labels.get_level_key(one)] for one in (before, after))
            way = f"de {quote_text(was)} à {quote_text(now)}"
            if "orient" not in (before["outcome"], after["outcome"]):
                way = "du 1er au 2nd niveau\u00a0: à transmettre"
            if way.startswith("du") and after["level"] == 1:
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
        ("in-order", get_field("in_order"), _describe_in_order),
        ("if-blocked", _find_if_blocked, _describe_if_blocked),
        ("no-second-level", get_field("no_second_level"), _describe_no_second_level),
        ("do-not", get_field("do_not"), _describe_do_not),
    ):
        yield from compare_values(
            both, section=Section.ROUTES, kind=kind, get_value=get_value, describe=describe
        )


def _get_contacts(both: Comparison, side: Side, conclusion: Conclusion) -> list[dict[str, str | None]]:
    """Return the contacts of a conclusion in their order, each with the condition to use it."""
    uses = side.uses[conclusion["id"]]
    if side is both.old:
        uses = [(both.pairs.contacts.get(key, key), when) for key, when in uses]
    return [{"contact": "/".join(key), "when": when} for key, when in uses]


def _describe_contacts(both: Comparison, subject: str, before: Any, after: Any) -> Description:
    """Describe contacts that went, came or moved; of those that stayed, the conditions that are others."""
    old, new = _map_conditions(before), _map_conditions(after)
    conditions = [
        f"condition de {_name_contact(both, name)}\u00a0: avant {_quote_condition(old[name])}, "
        f"maintenant {_quote_condition(new[name])}"
        for name in new
        if name in old and old[name] != new[name]
    ]
    stayed = {name: new[name] for name in new if name in old}
    was, now = (
        [_render_use(both, use["contact"], stayed.get(use["contact"], use["when"])) for use in uses]
        for uses in (before, after)
    )
    what = {
        "les contacts": sorted(was) != sorted(now),
        "l’ordre des contacts": bool(describe_moves(was, now)),
        "les conditions": bool(conditions),
    }
    told = [name for name, is_told in what.items() if is_told]
    verb = "a changé" if told == ["l’ordre des contacts"] else "ont changé"
    return Description(f"{subject}\u00a0: {' et '.join(told)} {verb}.", (*diff_texts(was, now), *conditions))


def _map_conditions(uses: list[dict[str, Any]]) -> dict[str, str | None]:
    """Return the condition of each contact that is named once."""
    names = [use["contact"] for use in uses]
    return {use["contact"]: use["when"] for use in uses if names.count(use["contact"]) == 1}


def _quote_condition(when: str | None) -> str:
    return quote_text(when) if when else "aucune"


def _find_contact(both: Comparison, name: str) -> Contact:
    """Return the contact `name` of the new livret, of the old one when it is gone."""
    partner, _, own = name.partition("/")
    key: Key = (partner, own)
    return both.new.contacts[key] if key in both.new.contacts else both.old.contacts[key]


def _name_contact(both: Comparison, name: str) -> str:
    return quote_text(_find_contact(both, name).label)


def _render_use(both: Comparison, name: str, when: str | None) -> str:
    contact = _find_contact(both, name)
    return f"{contact.label}, {render_contact(contact)}{f' ({when})' if when else ''}"


def _describe_in_order(_both: Comparison, subject: str, _before: Any, after: Any) -> Description:
    if after:
        return Description(f"{subject}\u00a0: les contacts s’essaient maintenant dans l’ordre de la fiche.")
    return Description(
        f"{subject}\u00a0: les contacts ne s’essaient plus dans l’ordre de la fiche, mais au choix."
    )


def _find_if_blocked(both: Comparison, side: Side, conclusion: Conclusion) -> str | None:
    target = side.tree.blocked.get(conclusion["id"])
    return both.get_new_id(target) if target is not None and side is both.old else target


def _describe_if_blocked(_both: Comparison, subject: str, before: Any, after: Any) -> Description:
    way = f"{subject}\u00a0: si la démarche bloque"
    if after is None:
        return Description(f"{way}, plus de 2nd niveau (c’était {before}).")
    was = f", et non plus à {before}" if before else ""
    return Description(f"{way}, passer maintenant à {after}{was}.")


def _describe_no_second_level(_both: Comparison, subject: str, before: Any, after: Any) -> Description:
    was = f" C’était\u00a0: {end_sentence(before)}" if before else ""
    if after is None:
        return Description(f"{subject}\u00a0: il n’est plus dit qu’il n’y a pas de 2nd niveau.{was}")
    return Description(f"{subject}\u00a0: pas de 2nd niveau. {end_sentence(after)}{was}")


def _describe_do_not(_both: Comparison, subject: str, before: Any, after: Any) -> Description:
    lines = [f"ne plus renseigner\u00a0: {text}" for text in after if text not in before]
    lines += [f"l’interdiction est levée\u00a0: {text}" for text in before if text not in after]
    lines += describe_moves(before, after)
    return Description(f"{subject}\u00a0: ce qu’il ne faut pas renseigner a changé.", tuple(lines))
