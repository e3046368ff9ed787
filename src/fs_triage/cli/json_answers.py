"""The JSON of a lookup, a search or a list: the livret, the query and what was found, itself JSON of the index."""

from __future__ import annotations

from _json import encode_basestring  # the whole of `json` would cost a third of a lookup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from fs_triage.contract import Conclusion, Question
    from fs_triage.index.reader import Reader
    from fs_triage.search.rank import Hit
    from fs_triage.understanding.result import Understanding


def render_matches(
    livret: Reader, query: str, matches: Iterable[str], before: str = "", after: str = ""
) -> str:
    """Return the JSON object that carries `matches`.

    The members `before` them are each followed by a comma, those `after` them begin with one.
    """
    found = f'"matches": [{", ".join(matches)}]'
    head = f'{_render_head(livret)}, "query": {quote_json(query)}'
    return f"{{{head}, {before}{found}{after}{_render_edition(livret)}}}"


def render_list(livret: Reader, query: str, matches: bytes) -> bytes:
    """Return the JSON object that carries `matches`, joined as the index has them."""
    head = f'{{{_render_head(livret)}, "query": {quote_json(query)}, "matches": ['
    return b"%b%b]%b}" % (head.encode(), matches, _render_edition(livret).encode())


def render_contacts(livret: Reader, contacts: bytes, partner: str | None) -> bytes:
    """Return the JSON object that carries `contacts`, joined as the index has them, and those that are missing."""
    head = f'{{{_render_head(livret)}, "contacts": ['
    rows = livret.list_missing_contacts(partner)
    missing = [
        f'{{"partner": {quote_json(owner)}, "id": {quote_json(name)}, "label": {quote_json(label)}}}'
        for owner, name, label in rows
    ]
    more = f', "missing": [{", ".join(missing)}]' if missing else ""
    more += _render_edition(livret)
    return b"%b%b]%b}" % (head.encode(), contacts, more.encode())


def render_situations(livret: Reader, query: str, situations: Iterable[str], near: list[str] | None) -> str:
    """Return the JSON object that carries `situations`; `near` are the ids of the nearest, where there is none."""
    more = "" if near is None else f', "near": [{", ".join(map(quote_json, near))}]'
    head = f'{_render_head(livret)}, "query": {quote_json(query)}'
    return f'{{{head}, "situations": [{", ".join(situations)}]{more}{_render_edition(livret)}}}'


def render_understanding(livret: Reader, understood: Understanding) -> str:
    """Return the members that tell what a need was understood as, each after a comma."""
    needs = [
        f'{{"text": {quote_json(need.text)}, "matches": {_quote_ids(livret, need.hits)}}}'
        for need in understood.needs
    ]
    unknown = [
        f'{{"word": {quote_json(word.word)}, "nearest": {quote_all(word.nearest)}}}'
        for word in understood.unknown_words
    ]
    topic = understood.topic
    where = f'{{"name": {quote_json(topic.name)}, "where": {quote_json(topic.where)}}}' if topic else "null"
    choices = [_render_choice(livret, node) for node in understood.choices]
    return (
        f', "needs": [{", ".join(needs)}], "tied": {_quote_ids(livret, understood.tied)}, '
        f'"choices": [{", ".join(choices)}], "topic": {where}, "unknown_words": [{", ".join(unknown)}], '
        f'"is_foreign": {"true" if understood.is_foreign else "false"}'
    )


def _quote_ids(livret: Reader, hits: Iterable[Hit]) -> str:
    return quote_all(livret.get_conclusion_id(hit.position) for hit in hits)


def _render_choice(livret: Reader, node: str) -> str:
    """Return a node that would settle a vague need: a conclusion has a level, a question what it asks."""
    import json

    text = livret.find_question_json(node)
    if text is None:
        conclusion: Conclusion = json.loads(livret.get_conclusion_json(livret.get_node(node).first))
        title, level, asked = conclusion["title"], str(conclusion["level"]), "null"
    else:
        question: Question = json.loads(text)
        title, level, asked = question["title"], "null", quote_json(question["question"])
    return (
        f'{{"id": {quote_json(node)}, "title": {quote_json(title)}, "level": {level}, "question": {asked}}}'
    )


def quote_json(text: str) -> str:
    """Return `text` as a JSON string."""
    return encode_basestring(text.encode("utf-8", "replace").decode())


def quote_all(texts: Iterable[str]) -> str:
    """Return `texts` as a JSON array."""
    return f"[{', '.join(map(quote_json, texts))}]"


def _render_head(livret: Reader) -> str:
    return f'"schema_version": 1, "livret": {quote_json(livret.meta.livret)}'


def _render_edition(livret: Reader) -> str:
    """Return the last member of an answer, after a comma."""
    return f', "edition": {quote_json(livret.meta.edition) if livret.meta.edition else "null"}'
