"""Examples that look filed at the wrong place: all the others speak for another conclusion.

A search answers an example as its rule file says, so that one in the wrong file sends a visitor to the wrong partner.
What the words of each example say is therefore weighed as a search does, as if it had not been learnt itself.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from fs_triage.search import train
from fs_triage.search.features import BEGINNING, WHOLE
from fs_triage.search.model import OUT, VAGUE, Scales
from fs_triage.search.training_set import TrainingSet

_SURE, _HALF, _FAR = 1.65, 0.5, 3.2
"""When another partner is meant. It is so much more likely than being out of the livret, in words that speak for it
alone (what a search gives the score 0.5); the place of the example has at most such a part of what speaks for it, and
is behind by so many words."""
_THIRD = 0.3
"""When another conclusion of the same partner is: so sure too, and of what tells the conclusions of the partner apart
the place of the example has at most such a part."""
_ROUGHLY = 1.2  # what a text may add to what is said for its own conclusion
_FEW = 20  # examples: what a conclusion of fewer is about is not known well enough

Row = dict[int, int]


def misfiled(lesson: TrainingSet) -> Iterator[tuple[int, int, int]]:
    """Yield each example that looks misfiled: the position of its conclusion, its rank there, the position meant.

    The numbers above are chosen so that of the 11,743 examples of the Jura none is; of those filed at random, 6 in 10
    are told at another partner, 3 in 10 at another conclusion of theirs.
    """
    told = lesson["conclusions"]
    places = [(position, rank) for position, one in enumerate(told) for rank in range(len(one["examples"]))]
    judge = _Judge(lesson, [position for position, _ in places])
    for number, (position, rank) in enumerate(places):
        if len(told[position]["examples"]) >= _FEW:
            meant = judge.meant(number, position)
            if meant is not None and len(told[meant]["examples"]) >= _FEW:
                yield position, rank, meant


class _Judge:
    """What the examples say, each held against all the others."""

    def __init__(self, lesson: TrainingSet, places: list[int]) -> None:
        self.groups = [told["partner"] for told in lesson["conclusions"]]
        self.features, self.rows = _counted(lesson, places)
        self.scales = _scales(lesson, self.rows, self.groups)
        self.left: dict[str, dict[int, float]] = {}
        self.right: dict[str, dict[int, float]] = {}
        self.shared: dict[str, Row] = {}
        self.most: dict[str, float] = {}
        self.most_apart: dict[str, dict[int, float]] = {}
        for feature, row in self.rows.items():
            self._weigh(feature, row)

    def _weigh(self, feature: str, row: Row) -> None:
        """Keep what `feature` says: for partners, for conclusions, and the most that it says for any of either."""
        left, right = map(dict, self.scales.compute_weights(feature, list(row.items()), []))
        shared: Row = {}
        apart: dict[int, float] = {}
        most = 0.0
        for position, count in row.items():
            rank = self.groups[position] if position >= 0 else position
            shared[rank] = shared.get(rank, 0) + count
        for position, weight in right.items():
            rank = self.groups[position]
            apart[rank] = max(weight, apart.get(rank, 0.0))
        for rank, weight in left.items():
            most = max(most, weight + apart.get(rank, 0.0))
        self.left[feature], self.right[feature], self.shared[feature] = left, right, shared
        self.most[feature], self.most_apart[feature] = most, apart

    def meant(self, number: int, position: int) -> int | None:
        """Return the conclusion that the example `number`, of the one at `position`, is of by all the others."""
        features = self.features[number]
        rank, strength = self.groups[position], self.scales.strength
        if self._is_at_home(features, position):
            return None
        left, right = self._own(features, position)
        shared = _added(self.left[feature] for feature in features)
        for one, weight in self.scales.find_missing_themes(features):
            shared[one] = shared.get(one, 0.0) + weight
            left += weight if one == rank else 0.0
        outside = max(shared.get(OUT, 0.0), shared.get(VAGUE, 0.0), 0.0)
        shared[rank] = left
        best_apart = _added(self.most_apart[feature] for feature in features)
        ceiling = max((shared.get(one, 0.0) + weight for one, weight in best_apart.items()), default=0.0)
        if ceiling - outside < _SURE * strength or (
            right > _THIRD * best_apart.get(rank, 0.0) and left + right > _HALF * ceiling
        ):
            return None  # even if one conclusion had the best of all words
        scores = _added(self.right[feature] for feature in features)
        scores.pop(position, None)
        best = max(scores, key=lambda one: scores[one] + shared[self.groups[one]], default=position)
        score = scores.get(best, 0.0) + shared[self.groups[best]]
        if self.groups[best] == rank:
            ahead = right <= _THIRD * scores.get(best, 0.0)
        else:
            ahead = left + right <= _HALF * score and score - left - right >= _FAR * strength
        sure = score - outside >= _SURE * strength
        return best if ahead and sure and best != position else None

    def _is_at_home(self, features: list[str], position: int) -> bool:
        """Return whether `features` say so much for the conclusion at `position` that none can be meant instead.

        Most examples are settled by this, at little cost: what each says for itself is left out only roughly.
        """
        rank, own, apart, most, most_apart = self.groups[position], 0.0, 0.0, 0.0, 0.0
        for feature in features:
            most += self.most[feature]
            most_apart += self.most_apart[feature].get(rank, 0.0)
            if self.rows[feature][position] > 1:
                right = self.right[feature][position]
                own += self.left[feature][rank] + right
                apart += right
        return own > _ROUGHLY * _HALF * most and apart > _ROUGHLY * _THIRD * most_apart

    def _own(self, features: list[str], position: int) -> tuple[float, float]:
        """Return what `features` say for the conclusion at `position`, and apart from its partner, less one text."""
        left = right = 0.0
        rank = self.groups[position]
        for feature in features:
            own, shared = self.rows[feature][position] - 1, self.shared[feature][rank] - 1
            if shared:
                of_all = sum(self.shared[feature].values()) - 1
                both = self.scales.weigh_conclusion(feature, position, own, shared, of_all)
                left, right = left + both[0], right + both[1]
        return left, right


def _added(weights: Iterable[dict[int, float]]) -> dict[int, float]:
    total: dict[int, float] = {}
    for one in weights:
        for key, weight in one.items():
            total[key] = total.get(key, 0.0) + weight
    return total


def _counted(lesson: TrainingSet, places: list[int]) -> tuple[list[list[str]], dict[str, Row]]:
    """Return the features of each example, and in how many texts of each position a feature stands."""
    needs = [told["examples"] for told in lesson["conclusions"]]
    examples = {rank: [need] for rank, need in enumerate(chain.from_iterable(needs))}
    of_example = [
        list(filter(_is_simple, found)) for found in train.extract_features(lesson, examples).values()
    ]
    texts = train.collect_texts(lesson)  # of a conclusion, its examples first
    others = {position: of[len(needs[position]) :] if position >= 0 else of for position, of in texts.items()}
    counts = {
        position: Counter(filter(_is_simple, found))
        for position, found in train.extract_features(lesson, others).items()
    }
    for rank, position in enumerate(places):
        counts[position].update(of_example[rank])
    rows: dict[str, Row] = {}
    for position, counted in counts.items():
        for feature, count in counted.items():
            rows.setdefault(feature, {})[position] = count
    return of_example, rows


def _is_simple(feature: str) -> bool:
    """Return whether a feature is a word or a mark: the others tell little more, and cost three times as much."""
    return feature[0] not in (BEGINNING, WHOLE) and " " not in feature


def _scales(lesson: TrainingSet, rows: dict[str, Row], groups: list[int]) -> Scales:
    """Return how large the partners and conclusions are."""
    partners = [partner["id"] for partner in lesson["partners"]]
    sizes = dict.fromkeys([*range(len(groups)), OUT, VAGUE], 0)
    for row in rows.values():
        for position, count in row.items():
            sizes[position] += count
    usual, *each = train.dump_sizes([sizes[position] for position in range(len(groups))]).split()
    vague, out, *rest = train.compute_totals(sizes, groups, len(partners))
    spans = [(bisect_left(groups, rank), bisect_right(groups, rank)) for rank in range(len(partners))]
    scales = Scales(partners, spans, {**dict(enumerate(rest)), OUT: out, VAGUE: vague}, each, float(usual))
    scales.watched = train.build_partner_marks(lesson)
    return scales
