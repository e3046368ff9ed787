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
    details = [f"nouveau sujet\u00a0: {name}" for name in after if name not in before]
    details += [f"sujet retiré\u00a0: {name}" for name in before if name not in after]
    details += [
        f"{quote_text(need)} passe de {_name_topics(topics)} à {_name_topics(second[need])}"
        for need, topics in first.items()
        if need in second and second[need] != topics
    ]
    if details:
        yield Change(
            section=Section.SEARCH,
            kind="topics",
            partner="",
            id="out_of_scope",
            sentence="les sujets hors du livret ont changé.",
            before=before,
            after=after,
            details=tuple(details),
        )


def _name_topics(topics: set[str]) -> str:
    return " et ".join(map(quote_text, sorted(topics))) or "aucun sujet"


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
                sentence = f"{subject}\u00a0: où orienter l’usager n’est plus dit (c’était {quote_text(first or '')})."
            else:
                was = f" C’était\u00a0: {end_sentence(first)}" if first else ""
                sentence = f"{subject}\u00a0: où orienter l’usager\u00a0: {end_sentence(second)}{was}"
            yield Change(
                section=Section.ROUTES,
                kind="topic-where",
                partner="",
                id=name,
                sentence=sentence,
                before=first,
                after=second,
            )
