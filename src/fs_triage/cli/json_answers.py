"""The JSON of a lookup, a search or a list: the livret, the query and what was found, itself JSON of the index."""

from __future__ import annotations

from _json import encode_basestring  # the whole of `json` would cost a third of a lookup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from fs_triage.index.reader import Reader


def render_matches(livret: Reader, query: str, matches: Iterable[str], more: str = "") -> str:
    """Return the JSON object that carries `matches`; `more` are members of its own, each followed by a comma."""
    return (
        f'{{{_render_head(livret)}, "query": {quote_json(query)}, {more}"matches": [{", ".join(matches)}]}}'
    )


def render_list(livret: Reader, query: str, matches: bytes) -> bytes:
    """Return the JSON object that carries `matches`, joined as the index has them."""
    head = f'{{{_render_head(livret)}, "query": {quote_json(query)}, "matches": ['
    return b"%b%b]}" % (head.encode(), matches)


def render_contacts(livret: Reader, contacts: bytes) -> bytes:
    """Return the JSON object that carries `contacts`, joined as the index has them."""
    head = f'{{{_render_head(livret)}, "contacts": ['
    return b"%b%b]}" % (head.encode(), contacts)


def render_situations(livret: Reader, query: str, situations: Iterable[str], near: list[str] | None) -> str:
    """Return the JSON object that carries `situations`; `near` are the ids of the nearest, where there is none."""
    more = "" if near is None else f', "near": [{", ".join(map(quote_json, near))}]'
    head = f'{_render_head(livret)}, "query": {quote_json(query)}'
    return f'{{{head}, "situations": [{", ".join(situations)}]{more}}}'


def quote_json(text: str) -> str:
    """Return `text` as a JSON string."""
    return encode_basestring(text.encode("utf-8", "replace").decode())


def _render_head(livret: Reader) -> str:
    return f'"schema_version": 1, "livret": {quote_json(livret.meta.livret)}'
