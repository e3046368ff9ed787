"""The search's model of a livret: the weights of each feature for partners and for conclusions.

The index holds counts (`train`); the weights of a feature are computed from them when it is first needed.
"""

from __future__ import annotations

from math import log
from zlib import crc32

from fs_triage.index.reader import Store
from fs_triage.search import features as vocabulary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

OUT, VAGUE = -1, -2
"""In the place of a partner: the livret does not cover the need; the need is too vague."""
# what the frequency of a feature in a conclusion is made of
_CONCLUSION_SHARE, _PARTNER_SHARE, _GLOBAL_SHARE = 0.6, 0.4, 0.2
_SINGLE_TEXT_COUNT = 0.85  # for a feature in one text alone of a conclusion, which may be chance
_SIZE_POWER = 0.75
"""The power of its size by which a conclusion's counts are divided. With 1, a conclusion whose needs are worded in many
ways (those of justice) would rank too low: each of its words is in few of its texts."""
_FACTORS = {
    vocabulary.SYNONYM: 0.9,
    vocabulary.THEME: 1.5,
    vocabulary.PARTNER: 1.5,
    vocabulary.BEGINNING: 0.5,
    vocabulary.WHOLE: 1.5,
}
"""The factor of each kind of feature (a word has 1); all these numbers come from cross-validation on the examples."""
_PAIR_FACTOR = 0.4
_NAMED_PARTNER_WEIGHT = 6.0  # what naming a partner says for it, besides what is learnt
_MISSING_THEME_PENALTY = 12.0  # for a partner whose theme and name the need has no word of
_MAX_CACHED_FEATURES = 20_000  # features

Weights = list[tuple[int, float]]
Counts = list[tuple[int, int]]
Evidence = tuple[Weights, Weights, vocabulary.Phrases]
"""For a feature: weights of partners, weights to add for conclusions, phrases that it begins."""


def _get_factor(feature: str) -> float:
    return _FACTORS.get(feature[0]) or (_PAIR_FACTOR if " " in feature else 1.0)


class Scales:
    """How large the partners and conclusions of a livret are, in features: what makes weights of counts."""

    def __init__(
        self,
        partners: list[str],
        spans: list[tuple[int, int]],
        of_partner: dict[int, int],
        sizes: Sequence[int | str],
        usual: float,
    ) -> None:
        self.partners = partners
        self.spans = spans
        self._of_partner = of_partner
        self._sizes = sizes
        self._scale = usual ** (1 - _SIZE_POWER)
        self._total = sum(of_partner.values())
        self.strength = log(1 + len(sizes) * (_CONCLUSION_SHARE + _PARTNER_SHARE) / _GLOBAL_SHARE)
        """The most that one word may say for a conclusion: more in a livret that has more of them."""
        self.knows_outside = of_partner[OUT] > 0
        self.watched: dict[str, list[str]] = {}
        """For a partner, the marks without which a need is likely not to concern it."""

    def find_missing_themes(self, features: Container[str]) -> Iterator[tuple[int, float]]:
        """Yield the ranks of partners whose own theme and name are absent from `features`, with the penalty."""
        for name, marks in self.watched.items():
            if not any(mark in features for mark in marks):
                yield self.partners.index(name), -_MISSING_THEME_PENALTY

    def get_partner_rank(self, position: int) -> int:
        """Return the rank of the partner of a conclusion."""
        return next(rank for rank, (_, last) in enumerate(self.spans) if position < last)

    def compute_weights(self, feature: str, own: Counts, shared: Counts) -> tuple[Weights, Weights]:
        """Return the weights of a feature for each partner, and those to add for each conclusion.

        A weight is the logarithm of how much more frequent the feature is there than in all texts; the frequency is
        smoothed over the conclusion, its partner and all texts. `own` is sorted by position.
        """
        factor = _get_factor(feature)
        ranked = [
            (rank, position, count)
            for rank, (position, count) in zip(self._iter_ranks(own), own, strict=True)
        ]
        of_partner = dict(shared)
        for rank, _, count in ranked if not shared else ():
            of_partner[rank] = of_partner.get(rank, 0) + count
        base = _GLOBAL_SHARE * sum(of_partner.values()) / self._total
        shares = {rank: self._compute_share(rank, count, base) for rank, count in of_partner.items()}
        left = [(rank, factor * log(share)) for rank, share in shares.items()]
        if feature[0] == vocabulary.PARTNER and feature[1:] in self.partners:
            left.append((self.partners.index(feature[1:]), _NAMED_PARTNER_WEIGHT))
        right: Weights = []
        for rank, position, count in ranked:
            if position >= 0:
                share = self._compute_own_share(position, count, base)
                right.append((position, factor * log(1 + share / shares[rank])))
        return left, right

    def weigh_conclusion(
        self, feature: str, position: int, own: int, shared: int, of_all: int
    ) -> tuple[float, float]:
        """Return the two weights for one conclusion alone: of its counts, its partner's and all there are."""
        factor, rank, base = (
            _get_factor(feature),
            self.get_partner_rank(position),
            _GLOBAL_SHARE * of_all / self._total,
        )
        share = self._compute_share(rank, shared, base)
        named = (
            _NAMED_PARTNER_WEIGHT
            if feature[0] == vocabulary.PARTNER and feature[1:] == self.partners[rank]
            else 0.0
        )
        return factor * log(share) + named, factor * log(
            1 + self._compute_own_share(position, own, base) / share
        )

    def _compute_share(self, rank: int, count: int, base: float) -> float:
        return (
            1
            + (_PARTNER_SHARE if rank >= 0 else _PARTNER_SHARE + _CONCLUSION_SHARE)
            * count
            / self._of_partner[rank]
            / base
        )

    def _compute_own_share(self, position: int, count: int, base: float) -> float:
        return (
            _CONCLUSION_SHARE
            * (_SINGLE_TEXT_COUNT if count == 1 else count)
            / self._compute_size(position)
            / base
        )

    def _compute_size(self, position: int) -> float:
        """Return the number of features to divide the counts of a conclusion by (unchanged for one of usual size)."""
        return float(self._scale * int(self._sizes[position]) ** _SIZE_POWER)

    def _iter_ranks(self, own: Counts) -> Iterator[int]:
        """Yield the rank of the partner of each position of `own`; `OUT` and `VAGUE` stay as they are."""
        rank, last = -1, 0
        for position, _ in own:
            while position >= last:
                rank += 1
                last = self.spans[rank][1]
            yield rank if position >= 0 else position


class Model(Scales):
    """The weights of features, each read from the index once."""

    def __init__(self, store: Store) -> None:
        store.learn()
        self.store = store
        partners = store.need("meta:partners").split()
        vague, out, *rest = map(int, store.need("search:totals").split())
        usual, *sizes = store.need("search:sizes").split()
        spans = [_get_span(store, partner) for partner in partners]
        super().__init__(
            partners, spans, {**dict(enumerate(rest)), OUT: out, VAGUE: vague}, sizes, float(usual)
        )
        self._buckets = int(store.need("search:buckets"))
        pairs = (watched.split() for watched in store.need("search:watched").split("\n") if watched)
        self.watched = {name: marks for name, *marks in pairs}
        self._said: dict[str, Evidence] = {}

    def get_evidence(self, feature: str) -> Evidence:
        """Return the weights and phrases of `feature`, empty when the livret does not have it."""
        said = self._said.get(feature)
        if said is None:
            if len(self._said) >= _MAX_CACHED_FEATURES:
                self._said.clear()
            said = self._said[feature] = self._read_evidence(feature)
        return said

    def find_exact_example(self, need: str) -> int | None:
        """Return the position of the conclusion that has `need` among its examples, `OUT` or `VAGUE`, or None."""
        line = self._find_line(vocabulary.EXACT_EXAMPLE + vocabulary.normalize_text(need))
        return None if line is None else int(line)

    def correct_key(self, key: str) -> str:
        """Return the known key that `key` most likely misspells; `key` itself when it is known or none is near."""
        if self._find_line(key) is not None or not key.isalpha():
            return key
        slips = vocabulary.list_misspellings(key)
        for length in (len(key), len(key) + 1, len(key) - 1):
            for known in (self._find_line(vocabulary.get_shelf_name(key[0], length)) or "").split():
                if known in slips:
                    return known
        return key

    def _find_line(self, feature: str) -> str | None:
        lines = self.store.need(f"find:{crc32(feature.encode()) % self._buckets:06}")
        _, found, rest = f"\n{lines}".partition(f"\n{feature}\t")
        return rest.partition("\n")[0] if found else None

    def _read_evidence(self, feature: str) -> Evidence:
        line = self._find_line(feature)
        if line is None:
            return [], [], []
        own, shared, *phrases = line.split("\t")
        left, right = (
            self.compute_weights(feature, _parse_counts(own), _parse_counts(shared)) if own else ([], [])
        )
        return left, right, vocabulary.parse_phrases(phrases[0]) if phrases else []


def _get_span(store: Store, partner: str) -> tuple[int, int]:
    first, last = store.need(f"span-json:{partner}").split()
    return int(first), int(last)


def _parse_counts(text: str) -> Counts:
    """Return positions or ranks, each with its count."""
    numbers = list(map(int, text.split()))
    return list(zip(numbers[::2], numbers[1::2], strict=True))
