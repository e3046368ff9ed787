"""What stands in another order: the partners, the answers of a question, the situations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fs_triage.author.comparer.change import Change, Comparison, Section
from fs_triage.author.comparer.matching import Side, get_partner
from fs_triage.contract import ROOT
from fs_triage.text.typography import quote_text


def compare_orders(both: Comparison) -> Iterator[Change]:
    """Yield the changes of order among what both livrets have; what comes or goes is told of itself."""
    partners = {both.pairs.partners.get(name, name): label for name, label in both.old.labels.items()}
    yield from _compare_order(
        "partner-order", ROOT, "l’ordre des partenaires", partners, both.new.labels, section=Section.TEXTS
    )
    for first, second in both.pairs.questions.items():
        if second != ROOT:
            question = both.new.tree.questions[second]["question"]
            what = f"l’ordre des réponses à {quote_text(question)}"
            before, after = _map_answers(both, both.old, first), _map_answers(both, both.new, second)
            yield from _compare_order("answer-order", second, what, before, after, section=Section.TEXTS)
    old, new = (
        {one.id: one.title for one in side.livret.situations.situations} for side in (both.old, both.new)
    )
    yield from _compare_order(
        "situation-order", ROOT, "l’ordre des situations", old, new, section=Section.SITUATIONS
    )


def _map_answers(both: Comparison, side: Side, question: str) -> dict[str, str]:
    """Return the labels of the answers of a question, by their ids in the new livret."""
    answers = side.tree.questions[question]["answers"]
    ids = {answer["id"]: f"{question}/{answer['id']}" for answer in answers}
    return {
        both.get_answer_id(ids[answer["id"]]) if side is both.old else ids[answer["id"]]: answer["label"]
        for answer in answers
    }


def _compare_order(
    kind: str, node: str, what: str, old: Mapping[str, str], new: Mapping[str, str], *, section: Section
) -> Iterator[Change]:
    """Yield a change when what both `old` and `new` name, in order, each with its label, is in another order."""
    before, after = [name for name in old if name in new], [name for name in new if name in old]
    if before != after:
        yield Change(
            section=section,
            kind=kind,
            partner=get_partner(node),
            id=node,
            sentence=f"{what} a changé.",
            before=before,
            after=after,
            details=(
                f"avant\u00a0: {' › '.join(new[name] for name in before)}",
                f"maintenant\u00a0: {' › '.join(new[name] for name in after)}",
            ),
        )
