"""What changed in the topics that the livret does not speak of: their names, their needs, and where to turn."""

from __future__ import annotations

from collections.abc import Iterator

from fs_triage.author.comparer.change import Change, Comparison, Section
from fs_triage.rules.model_livret import UncoveredNeeds
from fs_triage.text.typography import end_sentence, quote_text


def compare_topics(both: Comparison) -> Iterator[Change]:
    """Yield the changes of the topics; needs that come or go are told with the other words of the search."""
    old, new = both.old.livret.elsewhere, both.new.livret.elsewhere
    yield from _compare_sorting(old, new)
    yield from _compare_places(old, new)


def _compare_sorting(old: UncoveredNeeds, new: UncoveredNeeds) -> Iterator[Change]:
    """Yield one change when topics come or go, or needs pass from one to another."""
    first, second = _find_topics_of_needs(old), _find_topics_of_needs(new)
    before, after = (sorted({topic.topic for topic in side.topics}) for side in (old, new))
    moved = sum(second[need] != topics for need, topics in first.items() if need in second)
    told = []
    if before != after:
        gone, come = set(before) - set(after), set(after) - set(before)
        told.append(f"{len(come)} de plus, {len(gone)} de moins")
    if moved:
        told.append(f"{moved} besoins changent de sujet" if moved > 1 else "1 besoin change de sujet")
    if told:
        yield Change(
            section=Section.SEARCH,
            kind="topics",
            partner="",
            id="out_of_scope",
            sentence=f"les sujets hors du livret ont changé\u00a0: {', '.join(told)}.",
            before=before,
            after=after,
        )


def _find_topics_of_needs(side: UncoveredNeeds) -> dict[str, set[str]]:
    """Return the names of the topics of each need, none for one that has no topic."""
    found: dict[str, set[str]] = {need: set() for need in side.uncovered}
    for topic in side.topics:
        for need in topic.needs:
            found[need].add(topic.topic)
    return found


def _compare_places(old: UncoveredNeeds, new: UncoveredNeeds) -> Iterator[Change]:
    """Yield the topics whose users are sent elsewhere than before."""
    before, after = ({topic.topic: topic.where for topic in side.topics} for side in (old, new))
    for name in sorted({*before, *after}):
        first, second = before.get(name), after.get(name)
        if first != second:
            subject = f"sujet hors du livret {quote_text(name)}"
            if second is None:
                sentence = f"{subject}\u00a0: où orienter l’usager n’est plus dit."
            else:
                sentence = f"{subject}\u00a0: où orienter l’usager\u00a0: {end_sentence(second)}"
            yield Change(
                section=Section.ROUTES,
                kind="topic-where",
                partner="",
                id=name,
                sentence=sentence,
                before=first,
                after=second,
            )
