"""What changed in the events of life: which there are, what they are called, their démarches and their order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fs_triage.author.comparer.change import Change, Comparison, Section, diff_texts
from fs_triage.author.comparer.matching import Side
from fs_triage.index.build import list_situations
from fs_triage.index.situations import SituationRow
from fs_triage.rules.model_situations import Situation
from fs_triage.text.numbers import render_count
from fs_triage.text.typography import quote_text


def compare_situations(both: Comparison) -> Iterator[Change]:
    """Yield the changes of the situations, matched by their ids."""
    old, new = _map_rows(both.old), _map_rows(both.new)
    for identifier, row in new.items():
        if identifier not in old:
            nodes = _list_ids(both.new, row.positions)
            count = render_count(len(nodes), "démarche")
            told = f"{quote_text(row.title)} est une nouvelle situation, avec {count}."
            yield _build_change("situation-added", row, told, None, row.title, demarches=nodes)
    for identifier, row in old.items():
        if identifier not in new:
            told = f"la situation {quote_text(row.title)} n’est plus dans le livret."
            yield _build_change("situation-removed", row, told, row.title, None)
        else:
            yield from _compare_rows(both, row, new[identifier])
    yield from _compare_words(both)


def _map_rows(side: Side) -> dict[str, SituationRow]:
    return {row.id: row for row in list_situations(side.livret, side.tree)}


def _list_ids(side: Side, positions: list[int]) -> tuple[str, ...]:
    nodes = list(side.tree.conclusions)
    return tuple(nodes[position] for position in positions)


def _build_change(
    kind: str,
    row: SituationRow,
    sentence: str,
    before: Any,
    after: Any,
    *,
    section: Section = Section.SITUATIONS,
    demarches: tuple[str, ...] = (),
    details: tuple[str, ...] = (),
) -> Change:
    return Change(
        section=section,
        kind=kind,
        partner="",
        id=row.id,
        sentence=sentence,
        before=before,
        after=after,
        demarches=demarches,
        details=details,
    )


def _compare_rows(both: Comparison, old: SituationRow, new: SituationRow) -> Iterator[Change]:
    title = quote_text(new.title)
    if old.title != new.title:
        told = f"la situation {quote_text(old.title)} s’appelle maintenant {title}."
        yield _build_change("situation-title", new, told, old.title, new.title)
    kept = [both.get_new_id(node) for node in _list_ids(both.old, old.positions) if _is_kept(both, node)]
    nodes = list(_list_ids(both.new, new.positions))
    if kept != nodes:
        told = f"les démarches de {title} changent."
        if sorted(kept) == sorted(nodes):
            told = f"l’ordre des démarches de {title} change."
        details = diff_texts(kept, nodes)
        touched = tuple(sorted({*kept} ^ {*nodes}))
        yield _build_change("situation-demarches", new, told, kept, nodes, demarches=touched, details=details)
    before, after = _describe_question(both, both.old, old), _describe_question(both, both.new, new)
    if before != after:
        told = f"la question qui trie les démarches de {title} change."
        details = diff_texts(before, after)
        yield _build_change("situation-question", new, told, before, after, details=details)


def _is_kept(both: Comparison, node: str) -> bool:
    """Return whether a démarche of the old livret is in the new one: that it is gone is said of itself."""
    return node in both.pairs.conclusions


def _describe_question(both: Comparison, side: Side, row: SituationRow) -> list[str]:
    """Return the question and its answers as sentences, each with what it alone leaves; none where none is asked."""
    lines = [row.question] if row.question else []
    for answer in row.answers:
        own = [position for position in answer.positions if row.list_answers_of(position)]
        nodes = _list_ids(side, own)
        if side is both.old:
            nodes = tuple(both.get_new_id(node) for node in nodes if _is_kept(both, node))
        lines.append(f"{answer.label}\u00a0: {', '.join(nodes)}")
    return lines


def _compare_words(both: Comparison) -> Iterator[Change]:
    """Yield the changes of the words that name a situation or its answers, and of its examples."""
    old = {one.id: one for one in both.old.livret.situations.situations}
    rows = _map_rows(both.new)
    for one in both.new.livret.situations.situations:
        if one.id not in old or one.id not in rows:
            continue
        before, after = _list_words(old[one.id]), _list_words(one)
        if before != after:
            told = f"les mots qui désignent {quote_text(one.title)} ont changé."
            yield _build_change(
                "situation-words",
                rows[one.id],
                told,
                before,
                after,
                section=Section.SEARCH,
                details=diff_texts(before, after),
            )


def _list_words(situation: Situation) -> list[str]:
    words = [*situation.words, *situation.besoin]
    words += [f"{answer.id}\u00a0: {word}" for answer in situation.answers for word in answer.words]
    return sorted(words)
