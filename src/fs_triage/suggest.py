"""What to say when a lookup met nothing: the nearest by search, else the nearest names."""

from __future__ import annotations

import difflib

from fs_triage.calls import COMMANDS
from fs_triage.store import Store
from fs_triage.words import fold

_SHOWN = 3


def by_search(store: Store, words: list[str], partner: str | None) -> list[int]:
    """Return the positions of the best conclusions for `words` taken as a need; none out of the booklet."""
    return []


def nothing_found(store: Store, words: list[str], partner: str | None) -> str:
    """Return the sentence that says that nothing was found, and what may have been meant."""
    query = " ".join(words)
    near = nearest(store, query, partner)
    if near:
        return f"Rien trouvé pour « {query} ». Vouliez-vous dire : {', '.join(near)} ?"
    return f"Rien trouvé pour « {query} » ; voyez « fs-triage liste »."


def nearest(store: Store, query: str, partner: str | None) -> list[str]:
    """Return the calls nearest to `query`: commands, partners, démarches."""
    partners = store.need("meta:partners").split()
    nodes = [line.partition("\t")[0] for line in store.all("line")]
    if partner is not None:
        nodes = [node for node in nodes if node.startswith(f"{partner}/")]
    names: dict[str, str] = {}
    for name in (*COMMANDS, *partners, *nodes):
        names[fold(name)] = name
        names.setdefault(fold(name.rpartition("/")[2]), name)
    close = difflib.get_close_matches(fold(query), names, n=_SHOWN, cutoff=0.6)
    return list(dict.fromkeys(f"« {names[name]} »" for name in close))
