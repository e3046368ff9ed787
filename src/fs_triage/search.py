"""A need in the visitor's own words: the conclusions that answer it, best first.

The need is read as keys, pairs and marks (`vocabulary`); what each says for each partner and each conclusion was
learnt when the livret was compiled (`learning`) and is added up. What does not stand out enough against the needs
known to be out of the livret, or too vague, gets no match. Reads only the entries it needs, so that a livret a
hundred times larger costs little more.
"""

from __future__ import annotations

from zlib import crc32

from fs_triage import phonetics, vocabulary
from fs_triage.store import Store

OUT, VAGUE = -1, -2
"""In the place of a partner: the livret does not cover the need; the need is too vague."""
SCALE = 100  # weights are kept as whole hundredths
MATCHES, OUT_OF_SCOPE, TOO_VAGUE = "matches", "out-of-scope", "vague"
_CLEAR_OF = {OUT: 18.0, VAGUE: 8.0}
"""By how much the best conclusion must be more likely, as a logarithm, than no conclusion at all."""
_LONGEST = 4000  # characters of a need that are read
_TOLD = 8  # words that tell why a conclusion was found


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


def find(
    store: Store, need: str, *, partner: str | None = None, level: int | None = None, max: int = 5
) -> Result:
    """Return what answers `need`; only at `partner` (an id) and at `level` where these are given."""
    return _Search(store, need).result(partner, level, max)


class _Search:
    """One need, held against what was learnt."""

    def __init__(self, store: Store, need: str) -> None:
        self.store = store
        self.words = phonetics.words(need[:_LONGEST])
        self.keys = phonetics.keys(self.words)
        self.partners = store.need("meta:partners").split()
        self.spans = [_span(store, partner) for partner in self.partners]
        self._buckets = int(store.need("search:buckets"))
        self._rows: dict[str, list[str]] = {}
        self.said: dict[str, tuple[dict[int, float], dict[int, float]]] = {}
        """What each feature of the need says: for partners, and in addition for conclusions."""
        for feature in self._features():
            columns = self._row(feature)
            if columns[0] or columns[1]:
                self.said[feature] = (_weights(columns[0]), _weights(columns[1]))

    def _features(self) -> list[str]:
        found = [*self.keys, *vocabulary.pairs(self.keys)]
        found += vocabulary.marks(self.keys, self._phrases)
        for key in self.keys:
            found += vocabulary.beginnings(key)
        return list(dict.fromkeys(found))

    def _phrases(self, key: str) -> vocabulary.Phrases:
        columns = self._row(key)
        return vocabulary.read(columns[2]) if len(columns) > 2 else []

    def _row(self, feature: str) -> list[str]:
        """Return what was learnt of `feature`: weights for partners, for conclusions, phrases it begins."""
        if feature not in self._rows:
            bucket = self.store.need(f"find:{crc32(feature.encode()) % self._buckets:06}")
            start = 0 if bucket.startswith(f"{feature}\t") else bucket.find(f"\n{feature}\t") + 1
            known = start > 0 or bucket.startswith(f"{feature}\t")
            columns = bucket[start:].partition("\n")[0].split("\t")[1:] if known else ["", ""]
            self._rows[feature] = columns
        return self._rows[feature]

    def result(self, partner: str | None, level: int | None, count: int) -> Result:
        """Return the best conclusions, or why there is none."""
        shared, scores = self._scores()
        best = max(scores.values(), default=0.0)
        named = partner is not None  # then the need is neither vague nor likely to be out of the livret
        if not scores or best - shared[OUT] < (0.0 if named else _CLEAR_OF[OUT]):
            near = shared[VAGUE] > shared[OUT] and not named
            return Result(TOO_VAGUE if near else OUT_OF_SCOPE, [])
        if not named and best - shared[VAGUE] < _CLEAR_OF[VAGUE]:
            return Result(TOO_VAGUE, [])
        first, last = self.spans[self.partners.index(partner)] if partner is not None else (0, 1 << 60)
        kept = [position for position in scores if first <= position < last]
        if level is not None:
            second = {int(rank) for rank in self.store.need("search:second").split()}
            kept = [position for position in kept if (position in second) == (level == 2)]
        kept.sort(key=lambda position: (-scores[position], position))
        hits = [self._hit(position, scores[position], shared[OUT]) for position in kept[:count]]
        return Result(MATCHES if hits else OUT_OF_SCOPE, hits)

    def _scores(self) -> tuple[dict[int, float], dict[int, float]]:
        """Return the sums of what the features say: for partners, and for each conclusion they speak of."""
        shared: dict[int, float] = {OUT: 0.0, VAGUE: 0.0}
        own: dict[int, float] = {}
        for left, right in self.said.values():
            for rank, weight in left.items():
                shared[rank] = shared.get(rank, 0.0) + weight
            for position, weight in right.items():
                own[position] = own.get(position, 0.0) + weight
        return shared, {
            position: weight + shared.get(self._rank(position), 0.0) for position, weight in own.items()
        }

    def _rank(self, position: int) -> int:
        """Return the rank of the partner of a conclusion."""
        for rank, (first, last) in enumerate(self.spans):
            if first <= position < last:
                return rank
        raise AssertionError(position)

    def _hit(self, position: int, score: float, out: float) -> Hit:
        """Return a conclusion found; its score is 0.5 where it would be as likely to be out of the livret."""
        rank = self._rank(position)
        parts = {
            feature: left.get(rank, 0.0) + right.get(position, 0.0)
            for feature, (left, right) in self.said.items()
        }
        parts = {feature: round(weight, 2) for feature, weight in parts.items() if weight > 0}
        clear = score - out
        return Hit(position, clear / (clear + _CLEAR_OF[OUT]) if clear > 0 else 0.0, self._why(parts), parts)

    def _why(self, parts: dict[str, float]) -> list[str]:
        """Return the words of the need that speak most for a conclusion, in the order they were said."""
        weights: dict[str, float] = {}
        for word, key in zip(self.words, self.keys, strict=True):
            weights[word] = parts.get(key, 0.0) + sum(parts.get(b, 0.0) for b in vocabulary.beginnings(key))
        told = sorted(weights, key=lambda word: -weights[word])[:_TOLD]
        least = weights[told[0]] / 4 if told else 0.0
        return [word for word in weights if word in told and weights[word] > max(least, 0.0)]


def _span(store: Store, partner: str) -> tuple[int, int]:
    first, last = store.need(f"span-json:{partner}").split()
    return int(first), int(last)


def _weights(text: str) -> dict[int, float]:
    found = {}
    for pair in text.split():
        rank, _, weight = pair.partition(":")
        found[int(rank)] = int(weight) / SCALE
    return found
