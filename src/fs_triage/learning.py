"""Learning to search from the rules themselves: what each word of a need says for each conclusion.

The texts are the examples, keywords, labels and names of the rules, and the needs of `hors-livret.yaml`. The
learning is counting (naive Bayes, each conclusion leaning on its partner), so that it costs a fraction of a
second and gives the same weights on every machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
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


def entries(livret: Livret, grown: Tree) -> dict[str, str]:
    """Return the entries of the index that a search reads."""
    groups = _groups(livret, grown)
    weights = _weights(list(_texts(livret, grown)), groups)
    count = max(1, len(weights) // _A_BUCKET)
    buckets: list[list[str]] = [[] for _ in range(count)]
    for feature in sorted(weights):
        buckets[crc32(feature.encode()) % count].append(f"{feature}\t{weights[feature]}")
    found = {f"find:{rank:06}": "\n".join(lines) for rank, lines in enumerate(buckets)}
    found["search:buckets"] = str(count)
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
    sizes = {position: len(found) for position, found in of_position.items()}
    counts: dict[str, dict[int, int]] = {}
    for position, found in of_position.items():
        for feature, count in Counter(found).items():
            counts.setdefault(feature, {})[position] = count
    partners: dict[int, int] = {}
    for position, size in sizes.items():
        partner = groups[position] if position >= 0 else position
        partners[partner] = partners.get(partner, 0) + size
    total = sum(sizes.values())
    alike: dict[tuple[tuple[int, int], ...], str] = {}  # most features come in one text, many in the same one
    weights: dict[str, str] = {}
    for feature, row in counts.items():
        key = tuple(row.items())
        if key not in alike:
            alike[key] = _row(row, sizes, partners, total, groups)
        weights[feature] = alike[key]
    return weights


def _row(
    row: dict[int, int], sizes: dict[int, int], partners: dict[int, int], total: int, groups: list[int]
) -> str:
    """Return the weights of one feature: for each partner, then what is added for some conclusions."""
    shared: dict[int, int] = {}
    for position, count in row.items():
        partner = groups[position] if position >= 0 else position
        shared[partner] = shared.get(partner, 0) + count
    base = _ALL * sum(row.values()) / total
    shares = {partner: 1 + _PARTNER * count / partners[partner] / base for partner, count in shared.items()}
    own = {
        position: log(1 + _OWN * count / sizes[position] / base / shares[groups[position]])
        for position, count in row.items()
        if position >= 0
    }
    for outside in (OUT, VAGUE):
        if outside in row:
            shares[outside] += _OWN * row[outside] / sizes[outside] / base
    best = list(own)
    if len(best) > _BEST:
        best = sorted(own, key=lambda position: (-own[position], position))[:_BEST]
    left = " ".join(f"{partner}:{round(SCALE * log(share))}" for partner, share in sorted(shares.items()))
    right = " ".join(f"{position}:{round(SCALE * own[position])}" for position in sorted(best))
    return f"{left}\t{right}"


def _keys(texts: list[list[str]]) -> dict[str, str]:
    """Return the key of every word of `texts`, all worked out at once."""
    every = list({word: None for words in texts for word in words})
    return dict(zip(every, phonetics.keys(every), strict=True))
