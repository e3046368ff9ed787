"""From the words of a call to conclusions: an id, a partner and words, or words alone."""

from __future__ import annotations

from fs_triage.text.fold import fold, strip_plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from fs_triage.contract import Conclusion, Question
    from fs_triage.index.reader import Store
    from fs_triage.render.conclusion import Card

_SMALL = frozenset("a au aux d dans de des du en et l la le les par pour sur un une".split())  # noqa: SIM905
_LONGEST_NAME = 16  # words in the longest name, of a partner or of an answer, that a call is searched for


class Found:
    """What a lookup met: the positions of the conclusions, and how.

    `by` is « id », « words », « search » or « nothing »; `node` is the id of the node met, if one was; `rest` the
    words after the name of `partner`, if one was named.
    """

    __slots__ = ("by", "node", "partner", "positions", "rest")

    def __init__(
        self, by: str, positions: list[int], node: str | None, partner: str | None, rest: list[str]
    ) -> None:
        self.by = by
        self.positions = positions
        self.node = node
        self.partner = partner
        self.rest = rest


def find(store: Store, arguments: list[str]) -> Found:
    """Return what `arguments`, as typed, name: an id, else every conclusion that has all of their words.

    How the words are shared out between the arguments does not matter.
    """
    partner, rest = _partner(store, " ".join(arguments).split())
    node = _node(store, partner, rest)
    if node is not None:
        first, last = span(store, node)
        return Found("id", list(range(first, last)), node, partner, rest)
    positions = _with_all(store, partner, rest)
    return Found("words" if positions else "nothing", positions, None, partner, rest)


def node_of(store: Store, arguments: list[str]) -> str | None:
    """Return the id of the node that `arguments` name by its id, whole or answer by answer; None for no node."""
    return _node(store, *_partner(store, " ".join(arguments).split()))


def span(store: Store, node: str) -> tuple[int, int]:
    """Return the positions of the conclusions at or below `node`: first, and one after the last."""
    first, last, *_ = store.need(f"node:{node}").split()
    return int(first), int(last)


def read_cards(store: Store, positions: Iterable[int]) -> list[Card]:
    """Return the cards of the conclusions at `positions`."""
    import json

    from fs_triage.render.conclusion import describe_conclusion

    cards = []
    for text in store.block("json", positions):
        conclusion: Conclusion = json.loads(text)
        partner: Question = json.loads(store.need(f"question:{conclusion['partner']}"))
        blocked = [span(store, node)[0] for node in conclusion["if_blocked"]]
        _, _, _, *blocked_node = store.need(f"node:{conclusion['id']}").split()
        cards.append(
            describe_conclusion(
                conclusion,
                partner["title"],
                if_blocked=[json.loads(target) for target in store.block("json", blocked)],
                blocked_node="".join(blocked_node),
            )
        )
    return cards


def partner_of(store: Store, word: str) -> str | None:
    """Return the id of the partner that `word` names, None when it names none."""
    return store.peek(f"alias:{fold(word)}")


def _partner(store: Store, words: list[str]) -> tuple[str | None, list[str]]:
    """Return the partner that the first words name, or the first part of an id, and what comes after its name."""
    for count in range(min(len(words), _LONGEST_NAME), 0, -1):
        partner = partner_of(store, " ".join(words[:count]))
        if partner is not None and fold(words[count - 1]):
            return partner, words[count:]
    first, slash, rest = " ".join(words).lstrip("/ ").partition("/")
    partner = partner_of(store, first) if slash else None
    return partner, words if partner is None else rest.split()


def _node(store: Store, partner: str | None, rest: list[str]) -> str | None:
    """Return the node that the words name by its id, whole or answer by answer.

    Words between two `/` are answers of their own or those of one answer: `rsa demande`, `autre prestation`.
    """
    typed = [part.split() for part in " ".join(rest).split("/") if part.strip()]
    parts = [[fold(word).replace(" ", "-") for word in part] for part in typed]
    apart = [word for part in parts for word in part]
    if not (partner or apart) or not all(apart):  # signs alone are no word
        return None
    start = [partner] if partner else []
    node = _known(store, "/".join([*start, *apart]))
    if node is None and len(apart) > len(parts):
        node = _known(store, "/".join([*start, *map("-".join, parts)]))
        if node is None and partner is not None:
            node = _below(store, partner, parts)
    return node


def _known(store: Store, node: str) -> str | None:
    """Return the id of the node that `node` is or was the id of, None for no node."""
    node = store.peek(f"renamed:{node}") or node
    return node if store.peek(f"node:{node}") is not None else None


def _below(store: Store, node: str, parts: list[list[str]]) -> str | None:
    """Return the node that `parts` lead to from `node`, an answer being one word of a part or several."""
    if not parts:
        return node
    first, *others = parts
    for count in range(1, min(len(first), _LONGEST_NAME) + 1):
        below = _known(store, f"{node}/{'-'.join(first[:count])}")
        found = below and _below(store, below, [first[count:], *others] if first[count:] else others)
        if found:
            return found
    return None


def _with_all(store: Store, partner: str | None, rest: list[str]) -> list[int]:
    """Return the positions of the conclusions that have every word of `rest`, those that it names itself first."""
    wanted = [word for word in fold(" ".join(rest)).split() if word not in _SMALL]
    if not wanted:
        return []
    found: dict[int, int] | None = None  # how many of the words are a conclusion's own
    for word in wanted:
        own, _, passed_on = (store.peek(f"word:{strip_plural(word)}") or "").partition("|")
        here = dict.fromkeys(map(int, passed_on.split()), 0) | dict.fromkeys(map(int, own.split()), 1)
        before = dict.fromkeys(here, 0) if found is None else found
        found = {rank: before[rank] + count for rank, count in here.items() if rank in before}
        if not found:
            return []
    assert found is not None
    ranks = iter(found)
    if partner is not None:
        first, last = span(store, partner)
        ranks = (rank for rank in found if first <= rank < last)
    return sorted(ranks, key=lambda rank: (-found[rank], rank))
