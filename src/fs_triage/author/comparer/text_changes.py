"""What changed in the words alone: what a counsellor reads, and what the search knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fs_triage.author.comparer.change import SEARCH, TEXTS, Change, Comparison, diff_lines, group_changes
from fs_triage.author.comparer.matching import Side
from fs_triage.render.labels import render_pages
from fs_triage.rules.flatten import iter_answers
from fs_triage.rules.model_partner import Answer, Partner
from fs_triage.text.typography import quote_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion


def compare_texts(both: Comparison) -> Iterator[Change]:
    """Yield the changes of wording, what is done first."""
    yield from group_changes(
        both, TEXTS, "steps", _build_field_getter("steps"), _build_describer("les étapes ont changé")
    )
    yield from group_changes(
        both,
        TEXTS,
        "warnings",
        _build_field_getter("warnings"),
        _build_describer("ce qu’il faut garder à l’esprit a changé"),
    )
    yield from _compare_titles(both)
    yield from _compare_questions(both)
    yield from group_changes(both, TEXTS, "pages", _get_pages, _describe_pages)
    yield from _compare_names(both)


def _build_field_getter(name: str) -> Any:
    return lambda _both, conclusion, _new: dict(conclusion)[name]


def _build_describer(what: str) -> Any:
    return lambda _both, subject, before, after: (f"{subject}\u00a0: {what}.", diff_lines(before, after))


def _get_pages(_both: Comparison, conclusion: Conclusion, _new: bool) -> list[int]:
    return sorted(conclusion["pages"])


def _describe_pages(_both: Comparison, what: str, _before: Any, after: Any) -> tuple[str, tuple[str, ...]]:
    return f"{what}\u00a0: la référence est maintenant «\u00a0{render_pages(after)}\u00a0».", ()


def _compare_titles(both: Comparison) -> Iterator[Change]:
    """Yield the answers that read otherwise: those that lead to a conclusion, then those that lead to a question."""
    kinds = ((both.pairs.conclusions, _get_conclusion_title), (both.pairs.questions, _get_question_title))
    for pairs, title in kinds:
        for first, second in pairs.items():
            before, after = title(both.old, first), title(both.new, second)
            if before != after and second not in both.new.labels and second:
                partner = second.partition("/")[0]
                sentence = f"{quote_text(before)} s’appelle maintenant {quote_text(after)}."
                nodes = tuple(both.new.tree.list_conclusions(second))
                yield Change(TEXTS, "title", partner, second, sentence, None, before, after, nodes)


def _get_conclusion_title(side: Side, node: str) -> str:
    return side.tree.conclusions[node]["title"]


def _get_question_title(side: Side, node: str) -> str:
    return side.tree.questions[node]["title"]


def _compare_questions(both: Comparison) -> Iterator[Change]:
    for first, second in both.pairs.questions.items():
        before, after = (
            both.old.tree.questions[first]["question"],
            both.new.tree.questions[second]["question"],
        )
        if before != after:
            sentence = f"la question {quote_text(before)} est maintenant {quote_text(after)}."
            yield Change(TEXTS, "question", second.partition("/")[0], second, sentence, None, before, after)
    yield from _compare_gotos(both)
    yield from _compare_helps(both)


def _compare_gotos(both: Comparison) -> Iterator[Change]:
    """Yield the answers that lead elsewhere and came, went, or lead to another place."""
    before = {
        both.get_new_id(above) + "/" + name: (label, both.get_new_id(to))
        for above, name, label, to in _iter_gotos(both.old)
    }
    after = {f"{above}/{name}": (label, to) for above, name, label, to in _iter_gotos(both.new)}
    for node in dict.fromkeys((*after, *before)):
        was, now = before.get(node), after.get(node)
        if was == now or node.partition("/")[0] not in both.pairs.partners.values():
            continue
        if now is None:
            sentence = f"la réponse {quote_text(was[0] if was else '')} n’est plus proposée."
        else:
            sentence = f"la réponse {quote_text(now[0])} mène à {now[1]}."
        yield Change(
            TEXTS, "goto", node.partition("/")[0], node, sentence, None, was and list(was), now and list(now)
        )


def _iter_gotos(side: Side) -> Iterator[tuple[str, str, str, str]]:
    for above, question in side.tree.questions.items():
        for choice in question["answers"]:
            if above and choice["to"] != f"{above}/{choice['id']}":
                yield above, choice["id"], choice["label"], choice["to"]


def _compare_helps(both: Comparison) -> Iterator[Change]:
    before = {both.get_new_id(node): text for node, text in _iter_answers(both.old, _get_help)}
    after = dict(_iter_answers(both.new, _get_help))
    for node in after:
        if node in before and before[node] != after[node]:
            sentence = f"l’aide de la réponse {node} est maintenant {quote_text(after[node] or 'absente')}."
            yield Change(
                TEXTS, "help", node.partition("/")[0], node, sentence, None, before[node], after[node]
            )


def _get_help(answer: Answer | Partner) -> str | None:
    return answer.about if isinstance(answer, Partner) else answer.help


def _iter_answers(side: Side, read: Any) -> Iterator[tuple[str, Any]]:
    for rules in side.livret.partners:
        for node, answer in iter_answers(rules.model):
            yield node, read(answer)


def _compare_names(both: Comparison) -> Iterator[Change]:
    """Yield the changes of the livret and of the partners themselves."""
    for field, what in (("title", "le titre"), ("departement", "le département"), ("source", "la source")):
        before, after = getattr(both.old.livret.booklet, field), getattr(both.new.livret.booklet, field)
        if before != after:
            sentence = (
                f"{what} du livret est maintenant {quote_text(after)}, et non plus {quote_text(before)}."
            )
            yield Change(TEXTS, f"livret-{field}", "", field, sentence, None, before, after)
    old, new = (
        {rules.model.id: rules.model for rules in side.livret.partners} for side in (both.old, both.new)
    )
    for first, second in both.pairs.partners.items():
        for field in ("label", "name"):
            before, after = getattr(old[first], field), getattr(new[second], field)
            if before != after:
                sentence = f"{quote_text(before)} s’appelle maintenant {quote_text(after)}."
                yield Change(TEXTS, f"partner-{field}", second, second, sentence, None, before, after)


def compare_search_words(both: Comparison) -> Iterator[Change]:
    """Yield what only a lookup or a search notices: keywords, examples, needs out of the booklet."""
    before = {both.get_new_id(node): words for node, words in _iter_answers(both.old, _get_keywords)}
    for node, words in _iter_answers(both.new, _get_keywords):
        if node in before and before[node] != words:
            sentence = (
                f"les mots qui mènent à {node} ont changé\u00a0: {_render_counts(before[node], words)}."
            )
            yield Change(
                SEARCH, "keywords", node.partition("/")[0], node, sentence, None, before[node], words
            )
    examples = {
        both.pairs.partners.get(p, p): texts for p, texts in _collect_examples(both.old, both).items()
    }
    for partner, texts in _collect_examples(both.new, None).items():
        if partner in examples and examples[partner] != texts:
            sentence = (
                f"les besoins donnés en exemple ont changé\u00a0: {_render_counts(examples[partner], texts)}."
            )
            yield Change(SEARCH, "examples", partner, partner, sentence, None, examples[partner], texts)
    for field, what in (("out_of_scope", "hors du livret"), ("vague", "trop vagues")):
        old, new = (sorted(getattr(side.livret.elsewhere, field)) for side in (both.old, both.new))
        if old != new:
            sentence = f"les besoins {what} ont changé\u00a0: {_render_counts(old, new)}."
            yield Change(SEARCH, field.replace("_", "-"), "", field, sentence, None, old, new)


def _get_keywords(answer: Answer | Partner) -> list[str]:
    return sorted(answer.keywords)


def _collect_examples(side: Side, both: Comparison | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for rules in side.livret.partners:
        partner = rules.model.id
        texts = found.setdefault(partner, [])
        for example in rules.model.examples:
            node = f"{partner}/{example.id}"
            node = both.get_new_id(node) if both else node
            texts += [f"{node}\u00a0: {text}" for text in example.besoin]
            texts += [f"{node}\u00a0: {' / '.join(example.walk)}"] if example.walk else []
        texts.sort()
    return found


def _render_counts(before: Iterable[str], after: Iterable[str]) -> str:
    come, gone = set(after) - set(before), set(before) - set(after)
    return f"{len(come)} de plus, {len(gone)} de moins"
