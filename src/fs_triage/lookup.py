"""From the words of a call to conclusions: an id, a partner and words, or words alone."""

from __future__ import annotations

from fs_triage.words import fold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.store import Store

_SMALL = frozenset("a au aux d dans de des du en et l la le les par pour sur un une".split())  # noqa: SIM905
_LONGEST_NAME = 6  # words in the longest name of a partner that a call is searched for


class Found:
    """What a lookup met: the positions of the conclusions, and how.

    `by` is « id », « words », « search » or « nothing »; `node` is the id of the node met, if one was.
    """

    __slots__ = ("by", "node", "partner", "positions")

    def __init__(self, by: str, positions: list[int], node: str | None, partner: str | None) -> None:
        self.by = by
        self.positions = positions
        self.node = node
        self.partner = partner


def find(store: Store, words: list[str]) -> Found:
    """Return what `words`, as typed, name: an id, else every conclusion that has all of them."""
    partner, rest = _partner(store, words)
    node = _node(store, partner, rest)
    if node is not None:
        first, last = span(store, node)
        return Found("id", list(range(first, last)), node, partner)
    positions = _with_all(store, partner, rest)
    return Found("words" if positions else "nothing", positions, None, partner)


def node_of(store: Store, words: list[str]) -> str | None:
    """Return the id of the node that `words` name by its id, whole or answer by answer; None for no node."""
    return _node(store, *_partner(store, words))


def span(store: Store, node: str) -> tuple[int, int]:
    """Return the positions of the conclusions at or below `node`: first, and one after the last."""
    first, last, *_ = store.need(f"node:{node}").split()
    return int(first), int(last)


def partner_of(store: Store, word: str) -> str | None:
    """Return the id of the partner that `word` names, None when it names none."""
    return store.peek(f"alias:{fold(word)}")


def _partner(store: Store, words: list[str]) -> tuple[str | None, list[str]]:
    """Return the partner that the first words name, and the words after its name."""
    for count in range(min(len(words), _LONGEST_NAME), 0, -1):
        partner = partner_of(store, " ".join(words[:count]))
        if partner is not None:
            return partner, words[count:]
    return None, words


def _node(store: Store, partner: str | None, rest: list[str]) -> str | None:
    """Return the node that the words name by its id, whole or answer by answer."""
    parts = ["-".join(fold(part).split()) for word in rest for part in word.split("/")]
    if any(not part for part in parts) and parts:
        parts = [part for part in parts if part]
    node = "/".join([*([partner] if partner else []), *parts])
    if not node:
        return None
    node = store.peek(f"renamed:{node}") or node
    return node if store.peek(f"node:{node}") is not None else _aliased(store, node)


def _aliased(store: Store, node: str) -> str | None:
    """Return the node that `node` names when its first part is another name of a partner."""
    first, slash, rest = node.partition("/")
    partner = partner_of(store, first) if slash else None
    if partner is None or partner == first:
        return None
    return f"{partner}/{rest}" if store.peek(f"node:{partner}/{rest}") is not None else None


def _with_all(store: Store, partner: str | None, rest: list[str]) -> list[int]:
    """Return the positions of the conclusions that have every word of `rest`."""
    wanted = [word for word in fold(" ".join(rest)).split() if word not in _SMALL]
    if not wanted:
        return []
    found: set[int] | None = None
    for word in wanted:
        ranks = {int(rank) for rank in (store.peek(f"word:{word}") or "").split()}
        found = ranks if found is None else found & ranks
        if not found:
            return []
    if partner is not None:
        first, last = span(store, partner)
        found = {rank for rank in found or () if first <= rank < last}
    return sorted(found or ())
