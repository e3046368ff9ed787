"""What was learnt of a livret, as weights: what each feature of a need says for partners and for conclusions.

The index holds counts (`learning`); a weight is made of them when a need first meets the feature.
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
_OWN, _PARTNER, _ALL = 0.6, 0.4, 0.2  # what the share of a feature in a conclusion is made of
_ONCE = 0.85  # what a feature counts for that stands in one text of a conclusion: it may be chance
_GROWS = 0.75
"""With what power of its size a conclusion counts its texts: one that is told in many ways, as the needs of justice
are, has each of its words in few of them, and would be lost behind the others."""
_FACTORS = {
    vocabulary.SYNONYM: 0.9,
    vocabulary.THEME: 1.5,
    vocabulary.PARTNER: 1.5,
    vocabulary.BEGINNING: 0.5,
    vocabulary.WHOLE: 1.5,
}
"""What such a feature weighs beside a word: chosen with the numbers above by cross-validation on the examples."""
_PAIR = 0.4
_NAMED = 6.0  # what naming a partner says for it, besides what is learnt
_UNNAMED = 12.0  # what a need without a word of a partner's own theme, nor its name, says against it
_KEPT = 20_000  # features

Weights = list[tuple[int, float]]
Counts = list[tuple[int, int]]
Said = tuple[Weights, Weights, vocabulary.Phrases]
"""Of a feature: weights for partners, weights to add for conclusions, phrases that it begins."""


def _factor(feature: str) -> float:
    return _FACTORS.get(feature[0]) or (_PAIR if " " in feature else 1.0)


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
        self._scale = usual ** (1 - _GROWS)
        self._total = sum(of_partner.values())
        self.strength = log(1 + len(sizes) * (_OWN + _PARTNER) / _ALL)
        """The most that one word may say for a conclusion: more in a livret that has more of them."""
        self.knows_outside = of_partner[OUT] > 0
        self.watched: dict[str, list[str]] = {}
        """For a partner, the marks without which a need is likely not to concern it."""

    def against(self, features: Container[str]) -> Iterator[tuple[int, float]]:
        """Yield what `features` say against partners: nothing in them speaks of what is theirs alone."""
        for name, marks in self.watched.items():
            if not any(mark in features for mark in marks):
                yield self.partners.index(name), -_UNNAMED

    def rank(self, position: int) -> int:
        """Return the rank of the partner of a conclusion."""
        return next(rank for rank, (_, last) in enumerate(self.spans) if position < last)

    def weights(self, feature: str, own: Counts, shared: Counts) -> tuple[Weights, Weights]:
        """Return what a feature says for each partner, and in addition for each conclusion.

        It is the logarithm of how much more often the feature stands there than anywhere: of a share made of
        that in the conclusion's own texts, in its partner's and in all. `own` has positions in their order.
        """
        factor = _factor(feature)
        ranked = [
            (rank, position, count) for rank, (position, count) in zip(self._ranks(own), own, strict=True)
        ]
        of_partner = dict(shared)
        for rank, _, count in ranked if not shared else ():
            of_partner[rank] = of_partner.get(rank, 0) + count
        base = _ALL * sum(of_partner.values()) / self._total
        shares = {rank: self._share(rank, count, base) for rank, count in of_partner.items()}
        left = [(rank, factor * log(share)) for rank, share in shares.items()]
        if feature[0] == vocabulary.PARTNER and feature[1:] in self.partners:
            left.append((self.partners.index(feature[1:]), _NAMED))
        right: Weights = []
        for rank, position, count in ranked:
            if position >= 0:
                share = self._own_share(position, count, base)
                right.append((position, factor * log(1 + share / shares[rank])))
        return left, right

    def weight(self, feature: str, position: int, own: int, shared: int, of_all: int) -> tuple[float, float]:
        """Return the two weights for one conclusion alone: of its counts, its partner's and all there are."""
        factor, rank, base = _factor(feature), self.rank(position), _ALL * of_all / self._total
        share = self._share(rank, shared, base)
        named = _NAMED if feature[0] == vocabulary.PARTNER and feature[1:] == self.partners[rank] else 0.0
        return factor * log(share) + named, factor * log(1 + self._own_share(position, own, base) / share)

    def _share(self, rank: int, count: int, base: float) -> float:
        return 1 + (_PARTNER if rank >= 0 else _PARTNER + _OWN) * count / self._of_partner[rank] / base

    def _own_share(self, position: int, count: int, base: float) -> float:
        return _OWN * (_ONCE if count == 1 else count) / self._size(position) / base

    def _size(self, position: int) -> float:
        """Return what the texts of a conclusion count for, in features: the usual number leaves them as they are."""
        return float(self._scale * int(self._sizes[position]) ** _GROWS)

    def _ranks(self, own: Counts) -> Iterator[int]:
        """Yield for each position of `own` the rank of its partner; out and vague are their own."""
        rank, last = -1, 0
        for position, _ in own:
            while position >= last:
                rank += 1
                last = self.spans[rank][1]
            yield rank if position >= 0 else position


class Learnt(Scales):
    """What a livret has to say of features: each is read once, and kept."""

    def __init__(self, store: Store) -> None:
        store.learn()
        self.store = store
        partners = store.need("meta:partners").split()
        vague, out, *rest = map(int, store.need("search:totals").split())
        usual, *sizes = store.need("search:sizes").split()
        spans = [_span(store, partner) for partner in partners]
        super().__init__(
            partners, spans, {**dict(enumerate(rest)), OUT: out, VAGUE: vague}, sizes, float(usual)
        )
        self._buckets = int(store.need("search:buckets"))
        pairs = (watched.split() for watched in store.need("search:watched").split("\n") if watched)
        self.watched = {name: marks for name, *marks in pairs}
        self._said: dict[str, Said] = {}

    def of(self, feature: str) -> Said:
        """Return what `feature` says, nothing when the livret does not know it."""
        said = self._said.get(feature)
        if said is None:
            if len(self._said) >= _KEPT:
                self._said.clear()
            said = self._said[feature] = self._read(feature)
        return said

    def by_heart(self, need: str) -> int | None:
        """Return the position that the rules give for these very words, `OUT` or `VAGUE`; None where they do not."""
        line = self._line(vocabulary.BY_HEART + vocabulary.plain(need))
        return None if line is None else int(line)

    def meant(self, key: str) -> str:
        """Return the known key that `key`, unknown, was most likely meant to be; `key` itself where there is none."""
        if self._line(key) is not None or not key.isalpha():
            return key
        slips = vocabulary.slips(key)
        for length in (len(key), len(key) + 1, len(key) - 1):
            for known in (self._line(vocabulary.shelf(key[0], length)) or "").split():
                if known in slips:
                    return known
        return key

    def _line(self, feature: str) -> str | None:
        lines = self.store.need(f"find:{crc32(feature.encode()) % self._buckets:06}")
        _, found, rest = f"\n{lines}".partition(f"\n{feature}\t")
        return rest.partition("\n")[0] if found else None

    def _read(self, feature: str) -> Said:
        line = self._line(feature)
        if line is None:
            return [], [], []
        own, shared, *phrases = line.split("\t")
        left, right = self.weights(feature, _pairs(own), _pairs(shared)) if own else ([], [])
        return left, right, vocabulary.read(phrases[0]) if phrases else []


def _span(store: Store, partner: str) -> tuple[int, int]:
    first, last = store.need(f"span-json:{partner}").split()
    return int(first), int(last)


def _pairs(text: str) -> Counts:
    """Return positions or ranks, each with its count."""
    numbers = list(map(int, text.split()))
    return list(zip(numbers[::2], numbers[1::2], strict=True))
