"""What changed in the texts: those that a counsellor reads, and those that the search uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from fs_triage.author.comparer.change import (
    Change,
    Comparison,
    Describe,
    Description,
    Section,
    compare_values,
    diff_texts,
    get_field,
    tell_both,
)
from fs_triage.author.comparer.matching import Side, get_partner
from fs_triage.contract import ROOT
from fs_triage.render.labels import render_check, render_reference
from fs_triage.rules.flatten import describe_check, iter_answers
from fs_triage.rules.model_livret import Synonyms, Theme
from fs_triage.text.typography import quote_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion


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
    for field, what in (
        ("documents", "les pièces à apporter ont changé"),
        ("official", "les fiches officielles ont changé"),
    ):
        yield from compare_values(
            both,
            section=Section.TEXTS,
            kind=field,
            get_value=get_field(field),
            describe=_build_describer(what),
        )
    for field, what in (("delay", "le délai habituel"), ("mandate", "le mandat")):
        yield from compare_values(
            both,
            section=Section.TEXTS,
            kind=field,
            get_value=get_field(field),
            describe=_build_text_describer(what),
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
        return Description(f"{subject}\u00a0: {what}.", diff_texts(before, after))

    return describe


def _build_text_describer(what: str) -> Describe:
    def describe(_both: Comparison, subject: str, before: Any, after: Any) -> Description:
        return Description(
            f"{subject}\u00a0: {what} est maintenant {tell_both(before, after, nothing='absent')}."
        )

    return describe


def _get_pages(_both: Comparison, _side: Side, conclusion: Conclusion) -> str:
    return render_reference(conclusion)


def _describe_pages(_both: Comparison, subject: str, before: Any, after: Any) -> Description:
    return Description(f"{subject}\u00a0: la référence est maintenant {tell_both(before, after)}.")


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
        both.get_answer_id(node): _Goto(goto.label, both.get_new_id(goto.target))
        for node, goto in _iter_gotos(both.old)
    }
    after = dict(_iter_gotos(both.new))
    for node in dict.fromkeys((*after, *before)):
        was, now = before.get(node), after.get(node)
        if was == now or get_partner(node) not in both.pairs.partners.values():
            continue
        yield Change(
            section=Section.TEXTS,
            kind="goto",
            partner=get_partner(node),
            id=node,
            sentence=_describe_goto(both, node, was, now),
            before=was and list(was),
            after=now and list(now),
        )


def _describe_goto(both: Comparison, node: str, was: _Goto | None, now: _Goto | None) -> str:
    if now is None:
        label, target = was or _Goto("", "")
        is_own = node in both.new.tree.conclusions or node in both.new.tree.questions
        change = "a maintenant sa propre suite" if is_own else "n’est plus proposée"
        return f"la réponse {quote_text(label)} {change}\u00a0; elle menait à {target}."
    if was is None:
        return f"la réponse {quote_text(now.label)} mène maintenant à {now.target}."
    name = f", et non plus {quote_text(was.label)}," if was.label != now.label else ""
    if was.target == now.target:
        return f"la réponse {quote_text(was.label)} s’appelle maintenant {quote_text(now.label)}."
    return f"la réponse {quote_text(now.label)}{name} mène maintenant à {now.target}, et non plus à {was.target}."


def _iter_gotos(side: Side) -> Iterator[tuple[str, _Goto]]:
    """Yield the id of each such answer, and where it leads."""
    for node, question in side.tree.questions.items():
        for choice in question["answers"]:
            if node and choice["to"] != f"{node}/{choice['id']}":
                yield f"{node}/{choice['id']}", _Goto(choice["label"], choice["to"])


def _compare_helps(both: Comparison) -> Iterator[Change]:
    before = {both.get_answer_id(node): (label, help) for node, label, help in _iter_helps(both.old)}
    for node, _, after in _iter_helps(both.new):
        label, was = before.get(node, ("", after))
        if was != after:
            yield Change(
                section=Section.TEXTS,
                kind="help",
                partner=get_partner(node),
                id=node,
                sentence=f"l’aide de la réponse {quote_text(label)} est maintenant {tell_both(was, after)}.",
                before=was,
                after=after,
            )


def _iter_helps(side: Side) -> Iterator[tuple[str, str, str | None]]:
    """Yield the id of each answer, its label and its help; those of a partner too."""
    for node, question in side.tree.questions.items():
        for choice in question["answers"]:
            own = f"{node}/{choice['id']}" if node != ROOT else choice["id"]
            yield own, choice["label"], choice["help"]


def _compare_livret_fields(both: Comparison) -> Iterator[Change]:
    for field, what in (
        ("id", "l’identifiant"),
        ("title", "le titre"),
        ("departement", "le département"),
        ("source", "la source"),
        ("edition", "l’édition"),
        ("licence", "la licence"),
        ("checked", "la vérification"),
    ):
        before, after = (_get_livret_field(side, field) for side in (both.old, both.new))
        if before != after:
            names = tell_both(before, after)
            yield Change(
                section=Section.TEXTS,
                kind=f"livret-{field}",
                partner="",
                id=field,
                sentence=f"{what} du livret est maintenant {names}.",
                before=before,
                after=after,
            )


def _get_livret_field(side: Side, field: str) -> str | None:
    """Return a field of `livret.yaml` as one text."""
    booklet = side.livret.booklet
    if field == "checked":
        check = describe_check(booklet.checked)
        return render_check(check) if check else None
    value: str | None = getattr(booklet, field)
    return value


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
    """Yield the changes that only the search shows: keywords, examples, needs out of the livret, synonyms."""
    yield from _compare_keywords(both)
    yield from _compare_examples(both)
    old, new = both.old.livret, both.new.livret
    for kind, what, before, after in (
        ("out-of-scope", "les besoins hors du livret", old.elsewhere.uncovered, new.elsewhere.uncovered),
        ("vague", "les besoins trop vagues", old.elsewhere.vague, new.elsewhere.vague),
        ("synonyms", "les mots de la recherche", _list_synonyms(old.synonyms), _list_synonyms(new.synonyms)),
    ):
        yield from _compare_words(kind, ROOT, kind.replace("-", "_"), what, before, after)


def _compare_words(
    kind: str, partner: str, node: str, what: str, before: list[str], after: list[str]
) -> Iterator[Change]:
    """Yield a change that names the words that came and went, whatever their order."""
    old, new = sorted(before), sorted(after)
    if old != new:
        yield Change(
            section=Section.SEARCH,
            kind=kind,
            partner=partner,
            id=node,
            sentence=f"{what} ont changé.",
            before=old,
            after=new,
            details=(
                *(f"en moins\u00a0: {text}" for text in old if text not in new),
                *(f"en plus\u00a0: {text}" for text in new if text not in old),
            ),
        )


def _list_synonyms(synonyms: Synonyms) -> list[str]:
    """Return each word that the search knows with what it stands for."""
    return [
        *(f"{also} = {one.word}" for one in synonyms.synonyms for also in one.also),
        *(f"{word}, du thème {_name_theme(one)}" for one in synonyms.themes for word in one.words),
        *(f"{word}, qui ne dit rien d’une démarche" for word in synonyms.neutral),
    ]


def _name_theme(theme: Theme) -> str:
    return f"{theme.theme} ({theme.partner})" if theme.partner else theme.theme


def _compare_keywords(both: Comparison) -> Iterator[Change]:
    before = {both.get_answer_id(node): words for node, words in _iter_keywords(both.old)}
    for node, after in _iter_keywords(both.new):
        if node in before:
            what = f"les mots qui mènent à {node}"
            yield from _compare_words("keywords", get_partner(node), node, what, before[node], after)


def _iter_keywords(side: Side) -> Iterator[tuple[str, list[str]]]:
    for rules in side.livret.partners:
        for node, answer in iter_answers(rules.model):
            yield node, answer.keywords


def _compare_examples(both: Comparison) -> Iterator[Change]:
    old = _collect_examples(both.old, both.get_new_id)
    before = {both.pairs.partners.get(partner, partner): texts for partner, texts in old.items()}
    for partner, after in _collect_examples(both.new, lambda node: node).items():
        if partner in before:
            what = "les besoins donnés en exemple"
            yield from _compare_words("examples", partner, partner, what, before[partner], after)


def _collect_examples(side: Side, get_id: Callable[[str], str]) -> dict[str, list[str]]:
    """Return the examples of each partner, each after the id of its node."""
    examples: dict[str, list[str]] = {}
    for rules in side.livret.partners:
        partner = rules.model.id
        texts = examples.setdefault(partner, [])
        for path, needs in rules.model.examples.items():
            node = get_id(f"{partner}/{path}")
            texts += [f"{node}\u00a0: {text}" for text in needs]
    return examples
