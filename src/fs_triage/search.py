"""A need in the visitor's own words: the conclusions that answer it, best first.

The words of the need are made into keys (`phonetics`), the keys and their pairs into features; what each
feature says for each partner and each conclusion was learnt when the livret was compiled (`learning`) and is
added up. Reads only the entries it needs, so that a livret a hundred times larger costs little more.
"""

from __future__ import annotations

from zlib import crc32

from fs_triage import phonetics
from fs_triage.store import Store

OUT, VAGUE = -1, -2
"""In the place of a partner: the livret does not cover the need; the need is too vague."""
SCALE = 100  # weights are kept as whole hundredths
MATCHES, OUT_OF_SCOPE, TOO_VAGUE = "matches", "out-of-scope", "vague"
_PAIR = 0.5  # what a pair of words weighs beside a word


class Hit:
    """A conclusion found: its position, its score (0 to 1), the words that matched, the parts of the score."""

    __slots__ = ("parts", "position", "score", "words")

    def __init__(self, position: int, score: float, words: list[str], parts: dict[str, float]) -> None:
        self.position = position
        self.score = score
        self.words = words
        self.parts = parts


class Result:
    """What a search came to: `verdict` is « matches », « out-of-scope » or « vague » (then no hits)."""

    __slots__ = ("hits", "verdict")

    def __init__(self, verdict: str, hits: list[Hit]) -> None:
        self.verdict = verdict
        self.hits = hits


def features(keys: list[str]) -> list[str]:
    """Return the features of a text whose words have `keys`: each key and each pair, once."""
    pairs = [f"{first} {second}" for first, second in zip(keys, keys[1:], strict=False)]
    return list(dict.fromkeys([*keys, *pairs]))


def find(
    store: Store, need: str, *, partner: str | None = None, level: int | None = None, max: int = 5
) -> Result:
    """Return what answers `need`; only at `partner` (an id) and at `level` where these are given."""
    plain = phonetics.words(need)
    keys = phonetics.keys(plain)
    buckets = int(store.need("search:buckets"))
    partners = store.need("meta:partners").split()
    shared: dict[int, float] = {OUT: 0.0, VAGUE: 0.0}
    own: dict[int, float] = {}
    reasons: list[tuple[str, dict[int, float], dict[int, float]]] = []
    for feature in features(keys):
        row = _row(store, feature, buckets)
        if row is None:
            continue
        factor = _PAIR if " " in feature else 1.0
        left, right = ({rank: weight * factor for rank, weight in side.items()} for side in row)
        reasons.append((feature, left, right))
        for rank, weight in left.items():
            shared[rank] = shared.get(rank, 0.0) + weight
        for position, weight in right.items():
            own[position] = own.get(position, 0.0) + weight
    spans = _spans(store, partners)
    scores = {
        position: weight + shared.get(rank, 0.0)
        for rank, (first, last) in enumerate(spans)
        for position, weight in own.items()
        if first <= position < last
    }
    ranked = sorted(scores, key=lambda position: (-scores[position], position))
    best = scores[ranked[0]] if ranked else 0.0
    if partner is None and shared[VAGUE] > best * 1.1:
        return Result(TOO_VAGUE, [])
    if not ranked or (partner is None and shared[OUT] > best * 1.2):
        return Result(OUT_OF_SCOPE, [])
    hits = []
    for position in ranked:
        rank = next(rank for rank, (first, last) in enumerate(spans) if first <= position < last)
        if partner is not None and partners[rank] != partner:
            continue
        if level is not None and f'"level": {level},' not in store.need(f"json:{position:06}"):
            continue
        parts = {
            feature: left.get(rank, 0.0) + right.get(position, 0.0) for feature, left, right in reasons
        }
        parts = {feature: weight for feature, weight in parts.items() if weight > 0}
        by_key = dict(zip(keys, plain, strict=True))
        words = [by_key[feature] for feature in parts if feature in by_key]
        hits.append(Hit(position, min(1.0, scores[position] / (best or 1.0)), words, parts))
        if len(hits) == max:
            break
    return Result(MATCHES, hits) if hits else Result(OUT_OF_SCOPE, [])


def _spans(store: Store, partners: list[str]) -> list[tuple[int, int]]:
    spans = []
    for partner in partners:
        first, last = store.need(f"span-json:{partner}").split()
        spans.append((int(first), int(last)))
    return spans


def _row(store: Store, feature: str, buckets: int) -> tuple[dict[int, float], dict[int, float]] | None:
    """Return what `feature` says for partners and for conclusions, None when the livret does not know it."""
    lines = store.need(f"find:{crc32(feature.encode()) % buckets:06}").split("\n")
    for line in lines:
        if line.startswith(f"{feature}\t"):
            _, left, right = line.split("\t")
            return _pairs(left), _pairs(right)
    return None


def _pairs(text: str) -> dict[int, float]:
    found = {}
    for pair in text.split():
        rank, _, weight = pair.partition(":")
        found[int(rank)] = int(weight) / SCALE
    return found
