"""The JSON of a lookup, a search or a list: the livret, the query and what was found, itself JSON of the index."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from fs_triage.index.reader import Store


def render_matches(store: Store, query: str, matches: Iterable[str], more: str = "") -> str:
    """Return the JSON object that carries `matches`; `more` are members of its own, each followed by a comma."""
    return (
        f'{{{_render_head(store)}, "query": {store.quoted(query)}, {more}"matches": [{", ".join(matches)}]}}'
    )


def render_contacts(store: Store, contacts: Iterable[str]) -> str:
    """Return the JSON object that carries `contacts`."""
    return f'{{{_render_head(store)}, "contacts": [{", ".join(contacts)}]}}'


def _render_head(store: Store) -> str:
    return f'"schema_version": 1, "livret": {store.quoted(store.need("meta:livret"))}'
