"""Learning to search from the rules themselves: what each word of a need says for each conclusion.

The texts are the examples, keywords, labels and names of the rules, and the needs of `hors-livret.yaml`. The
learning is counting (naive Bayes, each conclusion leaning on its partner), so that it costs a fraction of a
second and gives the same weights on every machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import log
from zlib import crc32

from fs_triage import phonetics
from fs_triage.load import Livret
from fs_triage.search import OUT, SCALE, VAGUE, features
from fs_triage.tree import Tree, walk_answers

_OWN, _PARTNER, _ALL = 0.5, 0.3, 0.2  # what a word's share is made of
_A_BUCKET = 8  # features
_BEST = 256  # conclusions that one feature may speak for


@dataclass(frozen=True, slots=True)
class Text:
    """A text to learn from, and the conclusion it leads to: a position, or `OUT` or `VAGUE` (negative)."""

    words: str
    position: int


def entries(livret: Livret, grown: Tree, old: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the entries of the index that a search reads.

    They are taken from `old`, the entries of an earlier index by the same program, when there is nothing else
    to learn from than there was then.
    """
    groups = _groups(livret, grown)
    texts = list(_texts(livret, grown))
    learnt = sha256(repr((groups, [(text.words, text.position) for text in texts])).encode()).hexdigest()
    if old is not None and old.get("search:learnt") == learnt:
        return {key: value for key, value in old.items() if key.startswith(("find:", "search:"))}
    weights = _weights(texts, groups)
    count = max(1, len(weights) // _A_BUCKET)
    buckets: list[list[str]] = [[] for _ in range(count)]
    for feature in sorted(weights):
        buckets[crc32(feature.encode()) % count].append(f"{feature}\t{weights[feature]}")
    found = {f"find:{rank:06}": "\n".join(lines) for rank, lines in enumerate(buckets)}
    found |= {"search:buckets": str(count), "search:learnt": learnt}
    return found


def _groups(livret: Livret, grown: Tree) -> list[int]:
    """Return for each position the rank of its partner."""
    ranks = {rules.model.id: rank for rank, rules in enumerate(livret.partners)}
    return [ranks[conclusion["partner"]] for conclusion in grown.conclusions.values()]


def _texts(livret: Livret, grown: Tree) -> Iterator[Text]:
    positions = {node: rank for rank, node in enumerate(grown.conclusions)}
    for rules in livret.partners:
        model = rules.model
        for example in model.examples:
            position = positions.get(f"{model.id}/{example.id}")
            if position is not None:
                yield from (Text(need, position) for need in example.besoin)
        for node, answer in walk_answers(model):
            if node in positions:
                for name in (answer.label, *answer.keywords):
                    yield Text(f"{model.label} {name}", positions[node])
                    yield Text(name, positions[node])
    for node, conclusion in grown.conclusions.items():
        answers = " ".join(step["answer"] for step in conclusion["path"])
        yield Text(f"{conclusion['partner']} {answers}", positions[node])
    yield from (Text(need, OUT) for need in livret.elsewhere.out_of_scope)
    yield from (Text(need, VAGUE) for need in livret.elsewhere.vague)


def _weights(texts: list[Text], groups: list[int]) -> dict[str, str]:
    """Return for each feature what it weighs, as `search` reads it."""
    words = [phonetics.words(text.words) for text in texts]
    known = _keys(words)
    of_position: dict[int, list[str]] = {}
    for text, plain in zip(texts, words, strict=True):
        of_position.setdefault(text.position, []).extend(features([known[word] for word in plain]))
    counts: dict[str, dict[int, int]] = {}
    for position in sorted(of_position):
        for feature, count in Counter(of_position[position]).items():
            counts.setdefault(feature, {})[position] = count
    sizes = _Sizes({position: len(found) for position, found in of_position.items()}, groups)
    alike: dict[tuple[tuple[int, int], ...], str] = {}  # most features come in one text, many in the same one
    weights: dict[str, str] = {}
    for feature, row in counts.items():
        key = tuple(row.items())
        if key not in alike:
            alike[key] = _row(row, sizes)
        weights[feature] = alike[key]
    return weights


class _Sizes:
    """How many features the texts of each position and of each partner have, and all of them."""

    def __init__(self, sizes: dict[int, int], groups: list[int]) -> None:
        self.of_position = sizes
        self.partner = {position: groups[position] if position >= 0 else position for position in sizes}
        self.of_partner: dict[int, int] = {}
        for position, size in sizes.items():
            partner = self.partner[position]
            self.of_partner[partner] = self.of_partner.get(partner, 0) + size
        self.total = sum(sizes.values())


def _row(row: dict[int, int], sizes: _Sizes) -> str:
    """Return the weights of one feature: for each partner, then what is added for some conclusions.

    `row` has positions in their order, and so the weights have. This is most of the work of a compile.
    """
    of_position, partner_of = sizes.of_position, sizes.partner
    shared: dict[int, int] = {}
    for position, count in row.items():
        partner = partner_of[position]
        shared[partner] = shared.get(partner, 0) + count
    base = _ALL * sum(row.values()) / sizes.total
    shares = {
        partner: 1 + _PARTNER * count / sizes.of_partner[partner] / base for partner, count in shared.items()
    }
    own = [
        (position, log(1 + _OWN * count / of_position[position] / base / shares[partner_of[position]]))
        for position, count in row.items()
        if position >= 0
    ]
    for outside in (OUT, VAGUE):
        if outside in row:
            shares[outside] += _OWN * row[outside] / of_position[outside] / base
    if len(own) > _BEST:
        own = sorted(sorted(own, key=lambda item: (-item[1], item[0]))[:_BEST])
    left = " ".join([f"{partner}:{round(SCALE * log(share))}" for partner, share in shares.items()])
    right = " ".join([f"{position}:{round(SCALE * weight)}" for position, weight in own])
    return f"{left}\t{right}"


def _keys(texts: list[list[str]]) -> dict[str, str]:
    """Return the key of every word of `texts`, all worked out at once."""
    every = list({word: None for words in texts for word in words})
    return dict(zip(every, phonetics.keys(every), strict=True))
