"""What changed in the texts: those that a counsellor reads, and those that the search uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from fs_triage.author.comparer.change import (
    Change,
    Comparison,
    Describe,
    Description,
    Section,
    compare_values,
    diff_lines,
    get_field,
)
from fs_triage.author.comparer.matching import Side, get_partner
from fs_triage.render.labels import render_pages
from fs_triage.rules.flatten import iter_answers
from fs_triage.rules.model_partner import Answer, Partner
from fs_triage.text.typography import quote_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion

T = TypeVar("T")


def compare_texts(both: Comparison) -> Iterator[Change]:
    """Yield the changes of wording: first the steps, then the rest of a card, then titles and questions."""
    yield from compare_values(
        both,
        section=Section.TEXTS,
        kind="steps",
        get_value=get_field("steps"),
        describe=_build_describer("les étapes ont changé"),
    )
    yield from compare_values(
        both,
        section=Section.TEXTS,
        kind="warnings",
        get_value=get_field("warnings"),
        describe=_build_describer("ce qu’il faut garder à l’esprit a changé"),
    )
    yield from _compare_titles(both)
    yield from _compare_questions(both)
    yield from _compare_gotos(both)
    yield from _compare_helps(both)
    yield from compare_values(
        both, section=Section.TEXTS, kind="pages", get_value=_get_pages, describe=_describe_pages
    )
    yield from _compare_livret_fields(both)
    yield from _compare_partner_names(both)


def _build_describer(what: str) -> Describe:
    def describe(_both: Comparison, subject: str, before: Any, after: Any) -> Description:
        return Description(f"{subject}\u00a0: {what}.", diff_lines(before, after))

    return describe


def _get_pages(_both: Comparison, _side: Side, conclusion: Conclusion) -> list[int]:
    return sorted(conclusion["pages"])


def _describe_pages(_both: Comparison, subject: str, _before: Any, after: Any) -> Description:
    return Description(f"{subject}\u00a0: la référence est maintenant «\u00a0{render_pages(after)}\u00a0».")


def _compare_titles(both: Comparison) -> Iterator[Change]:
    """Yield the answers with another label: those that lead to a conclusion, then those that lead to a question."""
    titles = [
        (second, both.old.tree.conclusions[first]["title"], both.new.tree.conclusions[second]["title"])
        for first, second in both.pairs.conclusions.items()
    ]
    titles += [
        (second, both.old.tree.questions[first]["title"], both.new.tree.questions[second]["title"])
        for first, second in both.pairs.questions.items()
        if second and second not in both.new.labels
    ]
    for node, before, after in titles:
        if before != after:
            yield Change(
                section=Section.TEXTS,
                kind="title",
                partner=get_partner(node),
                id=node,
                sentence=f"{quote_text(before)} s’appelle maintenant {quote_text(after)}.",
                before=before,
                after=after,
                demarches=tuple(both.new.tree.list_conclusions(node)),
            )


def _compare_questions(both: Comparison) -> Iterator[Change]:
    for first, second in both.pairs.questions.items():
        before = both.old.tree.questions[first]["question"]
        after = both.new.tree.questions[second]["question"]
        if before != after:
            yield Change(
                section=Section.TEXTS,
                kind="question",
                partner=get_partner(second),
                id=second,
                sentence=f"la question {quote_text(before)} est maintenant {quote_text(after)}.",
                before=before,
                after=after,
            )


class _Goto(NamedTuple):
    """An answer that leads elsewhere than below itself: its label, and the node it leads to."""

    label: str
    target: str


def _compare_gotos(both: Comparison) -> Iterator[Change]:
    """Yield the answers that lead elsewhere and were added, removed, or lead to another node."""
    before = {
        f"{both.get_new_id(question)}/{answer}": _Goto(goto.label, both.get_new_id(goto.target))
        for question, answer, goto in _iter_gotos(both.old)
    }
    after = {f"{question}/{answer}": goto for question, answer, goto in _iter_gotos(both.new)}
    for node in dict.fromkeys((*after, *before)):
        was, now = before.get(node), after.get(node)
        if was == now or get_partner(node) not in both.pairs.partners.values():
            continue
        if now is None:
            sentence = f"la réponse {quote_text(was.label if was else '')} n’est plus proposée."
        else:
            sentence = f"la réponse {quote_text(now.label)} mène à {now.target}."
        yield Change(
            section=Section.TEXTS,
            kind="goto",
            partner=get_partner(node),
            id=node,
            sentence=sentence,
            before=was and list(was),
            after=now and list(now),
        )


def _iter_gotos(side: Side) -> Iterator[tuple[str, str, _Goto]]:
    """Yield the question, the id of the answer, and where it leads."""
    for node, question in side.tree.questions.items():
        for choice in question["answers"]:
            if node and choice["to"] != f"{node}/{choice['id']}":
                yield node, choice["id"], _Goto(choice["label"], choice["to"])


def _compare_helps(both: Comparison) -> Iterator[Change]:
    for node, before, after in _iter_both(both, _get_help):
        if before != after:
            yield Change(
                section=Section.TEXTS,
                kind="help",
                partner=get_partner(node),
                id=node,
                sentence=f"l’aide de la réponse {node} est maintenant {quote_text(after or 'absente')}.",
                before=before,
                after=after,
            )


def _get_help(answer: Answer | Partner) -> str | None:
    return answer.about if isinstance(answer, Partner) else answer.help


def _iter_both(both: Comparison, get_value: Callable[[Answer | Partner], T]) -> Iterator[tuple[str, T, T]]:
    """Yield the node, the old and the new value of each answer that both livrets have."""
    before = {both.get_new_id(node): value for node, value in _iter_values(both.old, get_value)}
    for node, value in _iter_values(both.new, get_value):
        if node in before:
            yield node, before[node], value


def _iter_values(side: Side, get_value: Callable[[Answer | Partner], T]) -> Iterator[tuple[str, T]]:
    for rules in side.livret.partners:
        for node, answer in iter_answers(rules.model):
            yield node, get_value(answer)


def _compare_livret_fields(both: Comparison) -> Iterator[Change]:
    for field, what in (("title", "le titre"), ("departement", "le département"), ("source", "la source")):
        before, after = getattr(both.old.livret.booklet, field), getattr(both.new.livret.booklet, field)
        if before != after:
            names = f"{quote_text(after)}, et non plus {quote_text(before)}"
            yield Change(
                section=Section.TEXTS,
                kind=f"livret-{field}",
                partner="",
                id=field,
                sentence=f"{what} du livret est maintenant {names}.",
                before=before,
                after=after,
            )


def _compare_partner_names(both: Comparison) -> Iterator[Change]:
    old, new = (
        {rules.model.id: rules.model for rules in side.livret.partners} for side in (both.old, both.new)
    )
    for first, second in both.pairs.partners.items():
        for field in ("label", "name"):
            before, after = getattr(old[first], field), getattr(new[second], field)
            if before != after:
                yield Change(
                    section=Section.TEXTS,
                    kind=f"partner-{field}",
                    partner=second,
                    id=second,
                    sentence=f"{quote_text(before)} s’appelle maintenant {quote_text(after)}.",
                    before=before,
                    after=after,
                )


def compare_search_words(both: Comparison) -> Iterator[Change]:
    """Yield the changes that only the search shows: keywords, examples, needs out of the livret."""
    yield from _compare_keywords(both)
    yield from _compare_examples(both)
    sides = (both.old.livret.elsewhere, both.new.livret.elsewhere)
    for field, what, (old, new) in (
        ("out_of_scope", "hors du livret", [sorted(side.uncovered) for side in sides]),
        ("vague", "trop vagues", [sorted(side.vague) for side in sides]),
    ):
        if old != new:
            yield Change(
                section=Section.SEARCH,
                kind=field.replace("_", "-"),
                partner="",
                id=field,
                sentence=f"les besoins {what} ont changé\u00a0: {_count_differences(old, new)}.",
                before=old,
                after=new,
            )


def _compare_keywords(both: Comparison) -> Iterator[Change]:
    for node, before, after in _iter_both(both, _get_keywords):
        if before != after:
            count = _count_differences(before, after)
            yield Change(
                section=Section.SEARCH,
                kind="keywords",
                partner=get_partner(node),
                id=node,
                sentence=f"les mots qui mènent à {node} ont changé\u00a0: {count}.",
                before=before,
                after=after,
            )


def _get_keywords(answer: Answer | Partner) -> list[str]:
    return sorted(answer.keywords)


def _compare_examples(both: Comparison) -> Iterator[Change]:
    old = _collect_examples(both.old, both.get_new_id)
    before = {both.pairs.partners.get(partner, partner): texts for partner, texts in old.items()}
    for partner, after in _collect_examples(both.new, lambda node: node).items():
        if partner in before and before[partner] != after:
            count = _count_differences(before[partner], after)
            yield Change(
                section=Section.SEARCH,
                kind="examples",
                partner=partner,
                id=partner,
                sentence=f"les besoins donnés en exemple ont changé\u00a0: {count}.",
                before=before[partner],
                after=after,
            )


def _collect_examples(side: Side, get_id: Callable[[str], str]) -> dict[str, list[str]]:
    """Return the examples of each partner, each after the id of its node."""
    examples: dict[str, list[str]] = {}
    for rules in side.livret.partners:
        partner = rules.model.id
        texts = examples.setdefault(partner, [])
        for path, needs in rules.model.examples.items():
            node = get_id(f"{partner}/{path}")
            texts += [f"{node}\u00a0: {text}" for text in needs]
        texts.sort()
    return examples


def _count_differences(before: Iterable[str], after: Iterable[str]) -> str:
    added, removed = set(after) - set(before), set(before) - set(after)
    return f"{len(added)} de plus, {len(removed)} de moins"
