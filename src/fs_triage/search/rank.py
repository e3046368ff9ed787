"""A need in the visitor's own words: the conclusions that answer it, best first.

The need is read as keys, pairs and marks (`vocabulary`); what each says for partners and conclusions (`weights`)
is added up. What does not stand out enough against the needs known to be out of the livret, or too vague, gets no
match. Reads only the entries it needs, so that a livret a hundred times larger costs little more.
"""

from __future__ import annotations

from fs_triage.index.reader import Store
from fs_triage.search import features, phonetics
from fs_triage.search.model import OUT, VAGUE, Learnt

MATCHES, OUT_OF_SCOPE, TOO_VAGUE = "matches", "out-of-scope", "vague"
_CLEAR, _A_WORD, _ENOUGH = 0.6, 0.45, 1.65
"""By how much the best conclusion must be more likely than being out of the livret, in words that speak for it and
for nothing else (`Learnt.strength`): so much, and so much a word of the need, but never more than enough. With
enough, its score is 0.5."""
_CLEAR_OF_VAGUE = 0.3
_AT_A_PARTNER = 0.5
"""What part of that is enough at a partner that is named, and what part of what speaks for another one. In the
cross-validation 97 % of the examples pass at their own partner, 11 % at another, 8 % of the needs out of the livret."""
_LONGEST = 4000  # characters of a need that are read
_STUCK = 5
_BETTER = 4  # times more conclusions that speak of a word: then it is the one meant
_A_WORD_TOLD = 3  # letters of the shortest word that tells anything
_LITTLE = frozenset(
    "mon mes ton tes son ses notre nos votre vos leur leurs pour par sur avec dans des les une aux que qui est "  # noqa: SIM905
    "suis ont sont elle ils nous vous cette ces".split()
)
"""Words that tell nobody why something was found."""
_TOLD = 8  # words that tell why a conclusion was found
_SLIGHT = 0.01  # a part that tells nothing


class Hit:
    """A conclusion found: its position and its score, 0 to 1."""

    __slots__ = ("_search", "position", "score")

    def __init__(self, position: int, score: float, search: _Search) -> None:
        self.position = position
        self.score = score
        self._search = search

    @property
    def parts(self) -> dict[str, float]:
        """What each feature of the need adds to the score before it is brought between 0 and 1, most first.

        A word or two have their name as typed; `#`, `%`, `@`, `$` and `=` begin the others (`vocabulary`). `-` and
        the id of the partner: what it takes away that nothing speaks of what is the partner's alone.
        """
        return self._search.told(self.position)

    @property
    def words(self) -> list[str]:
        """The words of the need that speak most for the conclusion, as typed and in their order."""
        return self._search.why(self.position)


class Result:
    """What a search came to: the hits, or why there is none.

    `understood` tells whether every word of the need is known: one that is not may be misspelt.
    """

    __slots__ = ("_missed", "hits", "understood")

    def __init__(self, hits: list[Hit], missed: str, understood: bool) -> None:
        self.hits = hits
        self.understood = understood
        self._missed = missed

    @property
    def verdict(self) -> str:
        """« matches » where there are hits, « out-of-scope » or « vague » where there are none."""
        return MATCHES if self.hits else self._missed


_last: list[Learnt] = []
"""What was learnt of the livret searched last: the wizard and `--lot` ask again and again."""


def find(
    store: Store, need: str, *, partner: str | None = None, level: int | None = None, max: int = 5
) -> Result:
    """Return what answers `need`; only at `partner` (an id) and at `level` where these are given."""
    return _Search(_learnt(store), need).result(partner, level, max)


def _learnt(store: Store) -> Learnt:
    if not _last or _last[0].store is not store:
        _last[:] = [Learnt(store)]
    return _last[0]


class _Search:
    """One need, held against what was learnt."""

    def __init__(self, learnt: Learnt, need: str) -> None:
        self.learnt = learnt
        self.need = need[:_LONGEST]
        self.named: str | None = None  # the partner, where the search is of one
        self.keys = [self._known(key) for key in phonetics.keys(phonetics.words(self.need))]
        rows = {feature: learnt.of(feature) for feature in (*self.keys, *features.pairs(self.keys))}
        phrases = {feature: row[2] for feature, row in rows.items() if row[2]}
        more = [*features.marks(self.keys, phrases, phrases), *features.whole(self.keys)]
        for key in self.keys:
            more += features.beginnings(key)
        self.said = rows | {feature: learnt.of(feature) for feature in more}
        """What each feature of the need says."""

    def _known(self, key: str) -> str:
        """Return `key`, or what is left without the article stuck to it (« luissier ») if that is better known.

        A longer key that nothing is known of is taken for the one it is a slip of.
        """
        if len(key) < _STUCK:
            return key
        if key[0] in "cdjlmnst":
            known, without = (len(self.learnt.of(one)[1]) for one in (key, key[1:]))
            if without > _BETTER * known:
                return key[1:]
        return self.learnt.meant(key)

    def result(self, partner: str | None, level: int | None, count: int) -> Result:
        """Return the best conclusions, or why there is none."""
        self.named = partner
        by_heart = self.learnt.by_heart(self.need)
        if by_heart in (OUT, VAGUE) and partner is None:
            return Result([], OUT_OF_SCOPE if by_heart == OUT else TOO_VAGUE, True)
        shared, scores = self._scores(partner)
        missed = self._missed(shared, scores, partner)
        first = self._kept([by_heart] if by_heart is not None and by_heart >= 0 else [], partner, level)
        likely = [position for position, score in scores.items() if score > shared[OUT]]
        kept = [] if missed else self._kept(likely, partner, level)
        kept.sort(key=lambda position: (-scores[position], position))
        ranked = [*first, *(position for position in kept if position not in first)][:count]
        hits = [
            Hit(position, 1.0 if position in first else self._sure(scores[position] - shared[OUT]), self)
            for position in ranked
        ]
        understood = bool(self.keys) and all(any(self.said[key]) for key in self.keys)
        return Result(hits, missed or OUT_OF_SCOPE, understood)

    def _missed(self, shared: dict[int, float], scores: dict[int, float], partner: str | None) -> str:
        """Return why the best conclusion, at the `partner` named if one is, does not stand out; empty if it does."""
        word = self.learnt.strength
        clear = min(_ENOUGH, _CLEAR + _A_WORD * len(self.keys)) * word
        if not self.learnt.knows_outside:
            clear = 0.0
        if partner is not None:
            return self._missed_at(shared, scores, self._kept(list(scores), partner, None), clear)
        best = max(scores.values(), default=0.0)
        if not scores or best - shared[OUT] < clear:
            near = not self.keys or shared[VAGUE] > shared[OUT]
            return TOO_VAGUE if near else OUT_OF_SCOPE
        return TOO_VAGUE if best - shared[VAGUE] < _CLEAR_OF_VAGUE * word else ""

    def _missed_at(
        self, shared: dict[int, float], scores: dict[int, float], there: list[int], clear: float
    ) -> str:
        """Return why the best of the conclusions `there` will not do; what is vague will, at a named partner."""
        if not there:
            return OUT_OF_SCOPE
        best = max(scores[position] for position in there) - shared[OUT]
        if 0 < best < shared[VAGUE] - shared[OUT]:
            return ""
        least = _AT_A_PARTNER * max(clear, max(scores.values()) - shared[OUT])
        return "" if best >= least else OUT_OF_SCOPE

    def _sure(self, clear: float) -> float:
        """Return how sure a conclusion is that is `clear` of being out of the livret by so much."""
        clear = max(0.0, clear)
        return clear / (clear + _ENOUGH * self.learnt.strength)

    def _kept(self, positions: list[int], partner: str | None, level: int | None) -> list[int]:
        if partner is not None:
            first, last = self.learnt.spans[self.learnt.partners.index(partner)]
            positions = [position for position in positions if first <= position < last]
        if level is not None:
            second = set(map(int, self.learnt.store.need("search:second").split()))
            positions = [position for position in positions if (position in second) == (level == 2)]
        return positions

    def _scores(self, partner: str | None) -> tuple[dict[int, float], dict[int, float]]:
        """Return the sums of what the features say: for partners, and for each conclusion they speak of.

        Nothing speaks against the `partner` that is named.
        """
        shared = {OUT: 0.0, VAGUE: 0.0, **dict(self.learnt.against(self.said))}
        if partner is not None:
            shared.pop(self.learnt.partners.index(partner), None)
        own: dict[int, float] = {}
        for left, right, _ in self.said.values():
            for rank, weight in left:
                shared[rank] = shared.get(rank, 0.0) + weight
            for position, weight in right:
                own[position] = own.get(position, 0.0) + weight
        rank, last = -1, 0
        for position in sorted(own):
            while position >= last:
                rank += 1
                last = self.learnt.spans[rank][1]
            own[position] += shared.get(rank, 0.0)
        return shared, own

    def parts(self, position: int) -> dict[str, float]:
        """Return what each feature says for a conclusion, where it says anything, and what speaks against it."""
        rank = self.learnt.rank(position)
        said: dict[str, float] = {}
        for feature, (left, right, _) in self.said.items():
            weight = sum(w for one, w in left if one == rank) + sum(w for one, w in right if one == position)
            if weight >= _SLIGHT:
                said[feature] = weight
        if self.named is None:
            said |= {
                f"-{self.learnt.partners[one]}": w for one, w in self.learnt.against(self.said) if one == rank
            }
        return said

    def told(self, position: int) -> dict[str, float]:
        """Return `parts` under the names of words as typed, most first."""
        typed = dict(zip(self.keys, phonetics.typed(self.need), strict=True))
        parts = sorted(self.parts(position).items(), key=lambda part: (-part[1], part[0]))
        return {" ".join(typed.get(key, key) for key in feature.split(" ")): part for feature, part in parts}

    def why(self, position: int) -> list[str]:
        """Return the words of the need that speak most for a conclusion, in their order."""
        parts = self.parts(position)
        weights: dict[str, float] = {}
        for word, key in zip(phonetics.typed(self.need), self.keys, strict=True):
            if len(word) >= _A_WORD_TOLD and word.lower() not in _LITTLE:
                alone = [key, *features.beginnings(key)]
                weights[word] = sum(parts.get(feature, 0.0) for feature in alone)
        told = sorted(weights, key=lambda word: -weights[word])[:_TOLD]
        least = weights[told[0]] / 4 if told else 0.0
        return [word for word in weights if word in told and weights[word] > least]
