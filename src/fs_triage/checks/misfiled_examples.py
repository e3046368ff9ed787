"""Examples that look filed at the wrong place: all the others speak for another conclusion.

A search answers an example as its rule file says, so that one in the wrong file sends a visitor to the wrong partner.
What the words of each example say is therefore weighed as a search does, as if it had not been learnt itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from fs_triage.search import train
from fs_triage.search.features import FeatureKind
from fs_triage.search.model import OUT, VAGUE, Scales
from fs_triage.search.training_set import TrainingSet

MIN_MARGIN = (
    1.65  # over "out of the livret", in words that speak for one conclusion alone: a search's score 0.5
)
MAX_OWN_SHARE = 0.5  # of what speaks for another partner: the place of the example has no more
MIN_LEAD = 3.2  # of another partner over the place of the example, in words that speak for it alone
MAX_OWN_SHARE_IN_PARTNER = 0.3  # the same for another conclusion of the partner, in what tells them apart
ROUGH_FACTOR = 1.2  # what one text may add, at most, to what is said for its own conclusion
MIN_EXAMPLES = 20  # of a conclusion; with fewer it is not known well enough what it is about
"""Chosen so that of the 11,743 examples of the Jura none looks misfiled; of those filed at random 6 in 10 do when they
are at another partner, 3 in 10 at another conclusion of theirs."""

Counts = dict[int, int]
"""In how many texts a feature stands: by the position of a conclusion, or by the rank of a partner."""


class Misfiled(NamedTuple):
    """An example that looks misfiled."""

    position: int
    """Of the conclusion where it stands."""
    rank: int
    """Among the examples of that conclusion."""
    meant: int
    """The position of the conclusion that the others speak for."""


def find_misfiled(training_set: TrainingSet) -> Iterator[Misfiled]:
    """Yield each example that looks misfiled."""
    conclusions = training_set["conclusions"]
    places = [
        (position, rank) for position, one in enumerate(conclusions) for rank in range(len(one["examples"]))
    ]
    weights = _Weights(training_set, [position for position, _ in places])
    for number, (position, rank) in enumerate(places):
        if len(conclusions[position]["examples"]) >= MIN_EXAMPLES:
            meant = weights.find_meant_conclusion(number, position)
            if meant is not None and len(conclusions[meant]["examples"]) >= MIN_EXAMPLES:
                yield Misfiled(position, rank, meant)


class _Weights:
    """What the features of all examples say for partners and conclusions."""

    def __init__(self, training_set: TrainingSet, places: list[int]) -> None:
        self.partners = [conclusion["partner"] for conclusion in training_set["conclusions"]]
        self.features, self.counts = _count_features(training_set, places)
        self.scales = _build_scales(training_set, self.counts, self.partners)
        self.for_partner: dict[str, dict[int, float]] = {}
        self.for_conclusion: dict[str, dict[int, float]] = {}
        self.partner_counts: dict[str, Counts] = {}
        self.best: dict[str, float] = {}
        """The most that a feature says for any one conclusion."""
        self.best_in_partner: dict[str, dict[int, float]] = {}
        """The most that it says for a conclusion apart from its partner, by partner."""
        for feature, counts in self.counts.items():
            self._weigh(feature, counts)

    def _weigh(self, feature: str, counts: Counts) -> None:
        left, right = map(dict, self.scales.compute_weights(feature, list(counts.items()), []))
        shared: Counts = {}
        apart: dict[int, float] = {}
        most = 0.0
        for position, count in counts.items():
            rank = self.partners[position] if position >= 0 else position
            shared[rank] = shared.get(rank, 0) + count
        for position, weight in right.items():
            rank = self.partners[position]
            apart[rank] = max(weight, apart.get(rank, 0.0))
        for rank, weight in left.items():
            most = max(most, weight + apart.get(rank, 0.0))
        self.for_partner[feature], self.for_conclusion[feature] = left, right
        self.partner_counts[feature] = shared
        self.best[feature], self.best_in_partner[feature] = most, apart

    def find_meant_conclusion(self, number: int, position: int) -> int | None:
        """Return the conclusion that all other examples say the example `number`, filed at `position`, is of."""
        features = self.features[number]
        rank, strength = self.partners[position], self.scales.strength
        if self._is_rightly_filed(features, position):
            return None
        left, right = self._weigh_own(features, position)
        shared = _sum_weights(self.for_partner[feature] for feature in features)
        for one, weight in self.scales.find_missing_themes(features):
            shared[one] = shared.get(one, 0.0) + weight
            left += weight if one == rank else 0.0
        outside = max(shared.get(OUT, 0.0), shared.get(VAGUE, 0.0), 0.0)
        shared[rank] = left
        best_apart = _sum_weights(self.best_in_partner[feature] for feature in features)
        ceiling = max((shared.get(one, 0.0) + weight for one, weight in best_apart.items()), default=0.0)
        if ceiling - outside < MIN_MARGIN * strength or (
            right > MAX_OWN_SHARE_IN_PARTNER * best_apart.get(rank, 0.0)
            and left + right > MAX_OWN_SHARE * ceiling
        ):
            return None  # even if one conclusion had the best of all words
        scores = _sum_weights(self.for_conclusion[feature] for feature in features)
        scores.pop(position, None)
        best = max(scores, key=lambda one: scores[one] + shared[self.partners[one]], default=position)
        score = scores.get(best, 0.0) + shared[self.partners[best]]
        if self.partners[best] == rank:
            ahead = right <= MAX_OWN_SHARE_IN_PARTNER * scores.get(best, 0.0)
        else:
            ahead = left + right <= MAX_OWN_SHARE * score and score - left - right >= MIN_LEAD * strength
        sure = score - outside >= MIN_MARGIN * strength
        return best if ahead and sure and best != position else None

    def _is_rightly_filed(self, features: list[str], position: int) -> bool:
        """Return whether `features` say so much for the conclusion at `position` that none can be meant instead.

        Most examples are settled by this, at little cost: what each says for itself is left out only roughly.
        """
        rank, own, apart, most, most_apart = self.partners[position], 0.0, 0.0, 0.0, 0.0
        for feature in features:
            most += self.best[feature]
            most_apart += self.best_in_partner[feature].get(rank, 0.0)
            if self.counts[feature][position] > 1:
                right = self.for_conclusion[feature][position]
                own += self.for_partner[feature][rank] + right
                apart += right
        return (
            own > ROUGH_FACTOR * MAX_OWN_SHARE * most
            and apart > ROUGH_FACTOR * MAX_OWN_SHARE_IN_PARTNER * most_apart
        )

    def _weigh_own(self, features: list[str], position: int) -> tuple[float, float]:
        """Return what `features` say for the conclusion at `position`, and apart from its partner, less one text."""
        left = right = 0.0
        rank = self.partners[position]
        for feature in features:
            own, shared = self.counts[feature][position] - 1, self.partner_counts[feature][rank] - 1
            if shared:
                of_all = sum(self.partner_counts[feature].values()) - 1
                both = self.scales.weigh_conclusion(
                    feature, position, own_count=own, partner_count=shared, total_count=of_all
                )
                left, right = left + both[0], right + both[1]
        return left, right


def _sum_weights(weights: Iterable[dict[int, float]]) -> dict[int, float]:
    total: dict[int, float] = {}
    for one in weights:
        for key, weight in one.items():
            total[key] = total.get(key, 0.0) + weight
    return total


def _count_features(
    training_set: TrainingSet, places: list[int]
) -> tuple[list[list[str]], dict[str, Counts]]:
    """Return the features of each example, and in how many texts of each position a feature stands."""
    needs = [one["examples"] for one in training_set["conclusions"]]
    examples = {rank: [need] for rank, need in enumerate(chain.from_iterable(needs))}
    of_example = [
        list(filter(_is_simple, found)) for found in train.extract_features(training_set, examples).values()
    ]
    texts = train.collect_texts(training_set)  # of a conclusion, its examples first
    others = {position: of[len(needs[position]) :] if position >= 0 else of for position, of in texts.items()}
    counts = {
        position: Counter(filter(_is_simple, found))
        for position, found in train.extract_features(training_set, others).items()
    }
    for rank, position in enumerate(places):
        counts[position].update(of_example[rank])
    rows: dict[str, Counts] = {}
    for position, counted in counts.items():
        for feature, count in counted.items():
            rows.setdefault(feature, {})[position] = count
    return of_example, rows


def _is_simple(feature: str) -> bool:
    """Return whether a feature is a word or a mark: the others tell little more, and cost three times as much."""
    return feature[0] not in (FeatureKind.BEGINNING, FeatureKind.WHOLE_TEXT) and " " not in feature


def _build_scales(training_set: TrainingSet, rows: dict[str, Counts], groups: list[int]) -> Scales:
    """Return how large the partners and conclusions are."""
    sizes = dict.fromkeys([*range(len(groups)), OUT, VAGUE], 0)
    for row in rows.values():
        for position, count in row.items():
            sizes[position] += count
    return Scales(*train.measure_texts(training_set, sizes))
