"""A need in the visitor's own words: the conclusions that answer it, best first.

The need is split into features (`features`): keys of words, pairs, marks. The weights of each feature for partners
and conclusions (`model`) are added up. A conclusion that does not score well enough above « out of scope » and
« too vague » is no match. Only the entries needed are read: a livret a hundred times larger costs little more.
"""

from __future__ import annotations

from fs_triage.index.reader import Store
from fs_triage.search import features, phonetics
from fs_triage.search.model import OUT, VAGUE, Model

MATCHES, OUT_OF_SCOPE, TOO_VAGUE = "matches", "out-of-scope", "vague"
_MIN_MARGIN, _MARGIN_PER_WORD, _MAX_MARGIN = 0.6, 0.45, 1.65
"""The margin by which the best conclusion must score above « out of scope »: the minimum, plus so much for each word
of the need, up to the maximum, where the score is 0.5. The unit is the strongest word (`Model.strength`)."""
_MIN_VAGUE_MARGIN = 0.3
_PARTNER_MARGIN_SHARE = 0.5
"""The share of that margin, and of the best score of all partners, that is enough when a partner is named. In the
cross-validation 97 % of the examples pass at their own partner, 11 % at another, 8 % of the needs out of scope."""
_MAX_NEED_LENGTH = 4000  # characters of a need that are read
_MIN_ELIDED_LENGTH = 5
_MIN_ELISION_RATIO = 4  # times more conclusions for the word without its article
_MIN_WORD_LENGTH = 3  # letters of the shortest word that tells anything
_STOP_WORDS = frozenset(
    "mon mes ton tes son ses notre nos votre vos leur leurs pour par sur avec dans des les une aux que qui est "  # noqa: SIM905
    "suis ont sont elle ils nous vous cette ces".split()
)
"""Words too common to show as the reason for a match."""
_MAX_MATCHED_WORDS = 8  # words that tell why a conclusion was found
_MIN_PART = 0.01  # smaller parts of a score are not shown


class Hit:
    """A conclusion found: its position and its score, 0 to 1."""

    __slots__ = ("_search", "position", "score")

    def __init__(self, position: int, score: float, search: _Search) -> None:
        self.position = position
        self.score = score
        self._search = search

    @property
    def parts(self) -> dict[str, float]:
        """What each feature of the need adds to the raw score, before it is scaled to 0 to 1; largest first.

        Words and pairs are named as typed, other features by their mark and their name (`features`). `-` and the id of
        the partner is what is taken away because the need has no word of that partner's own theme.
        """
        return self._search.explain_score(self.position)

    @property
    def words(self) -> list[str]:
        """The words of the need that add most to the score, as typed and in that order."""
        return self._search.find_matched_words(self.position)


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


_last_model: list[Model] = []
"""The model of the livret searched last, kept because the wizard and `--lot` search many times."""


def find_conclusions(
    store: Store, need: str, *, partner: str | None = None, level: int | None = None, max: int = 5
) -> Result:
    """Return what answers `need`; only at `partner` (an id) and at `level` where these are given."""
    return _Search(_get_model(store), need).build_result(partner, level, max)


def _get_model(store: Store) -> Model:
    if not _last_model or _last_model[0].store is not store:
        _last_model[:] = [Model(store)]
    return _last_model[0]


class _Search:
    """The search for one need."""

    def __init__(self, learnt: Model, need: str) -> None:
        self.learnt = learnt
        self.need = need[:_MAX_NEED_LENGTH]
        self.named: str | None = None  # the partner, where the search is of one
        self.keys = [
            self._correct_key(key) for key in phonetics.compute_keys(phonetics.split_words(self.need))
        ]
        rows = {
            feature: learnt.get_evidence(feature) for feature in (*self.keys, *features.iter_pairs(self.keys))
        }
        phrases = {feature: row[2] for feature, row in rows.items() if row[2]}
        more = [*features.iter_marks(self.keys, phrases, phrases), *features.list_whole_text(self.keys)]
        for key in self.keys:
            more += features.list_beginnings(key)
        self.said = rows | {feature: learnt.get_evidence(feature) for feature in more}
        """What each feature of the need says."""

    def _correct_key(self, key: str) -> str:
        """Return `key` corrected: without an article stuck to it (« luissier »), or without a misspelling."""
        if len(key) < _MIN_ELIDED_LENGTH:
            return key
        if key[0] in "cdjlmnst":
            known, without = (len(self.learnt.get_evidence(one)[1]) for one in (key, key[1:]))
            if without > _MIN_ELISION_RATIO * known:
                return key[1:]
        return self.learnt.correct_key(key)

    def build_result(self, partner: str | None, level: int | None, count: int) -> Result:
        """Return the best conclusions, or why there is none."""
        self.named = partner
        by_heart = self.learnt.find_exact_example(self.need)
        if by_heart in (OUT, VAGUE) and partner is None:
            return Result([], OUT_OF_SCOPE if by_heart == OUT else TOO_VAGUE, True)
        shared, scores = self._compute_scores(partner)
        missed = self._find_miss_reason(shared, scores, partner)
        first = self._filter_positions(
            [by_heart] if by_heart is not None and by_heart >= 0 else [], partner, level
        )
        likely = [position for position, score in scores.items() if score > shared[OUT]]
        kept = [] if missed else self._filter_positions(likely, partner, level)
        kept.sort(key=lambda position: (-scores[position], position))
        ranked = [*first, *(position for position in kept if position not in first)][:count]
        hits = [
            Hit(
                position,
                1.0 if position in first else self._compute_certainty(scores[position] - shared[OUT]),
                self,
            )
            for position in ranked
        ]
        understood = bool(self.keys) and all(any(self.said[key]) for key in self.keys)
        return Result(hits, missed or OUT_OF_SCOPE, understood)

    def _find_miss_reason(
        self, shared: dict[int, float], scores: dict[int, float], partner: str | None
    ) -> str:
        """Return why the best conclusion, at the `partner` named if one is, does not stand out; empty if it does."""
        word = self.learnt.strength
        clear = min(_MAX_MARGIN, _MIN_MARGIN + _MARGIN_PER_WORD * len(self.keys)) * word
        if not self.learnt.knows_outside:
            clear = 0.0
        if partner is not None:
            return self._find_partner_miss_reason(
                shared, scores, self._filter_positions(list(scores), partner, None), clear
            )
        best = max(scores.values(), default=0.0)
        if not scores or best - shared[OUT] < clear:
            near = not self.keys or shared[VAGUE] > shared[OUT]
            return TOO_VAGUE if near else OUT_OF_SCOPE
        return TOO_VAGUE if best - shared[VAGUE] < _MIN_VAGUE_MARGIN * word else ""

    def _find_partner_miss_reason(
        self, shared: dict[int, float], scores: dict[int, float], there: list[int], clear: float
    ) -> str:
        """Return why the best of the conclusions `there` is no match; a vague need is one, at a named partner."""
        if not there:
            return OUT_OF_SCOPE
        best = max(scores[position] for position in there) - shared[OUT]
        if 0 < best < shared[VAGUE] - shared[OUT]:
            return ""
        least = _PARTNER_MARGIN_SHARE * max(clear, max(scores.values()) - shared[OUT])
        return "" if best >= least else OUT_OF_SCOPE

    def _compute_certainty(self, clear: float) -> float:
        """Return the score, 0 to 1, of a conclusion that is `clear` above « out of scope »."""
        clear = max(0.0, clear)
        return clear / (clear + _MAX_MARGIN * self.learnt.strength)

    def _filter_positions(self, positions: list[int], partner: str | None, level: int | None) -> list[int]:
        if partner is not None:
            first, last = self.learnt.spans[self.learnt.partners.index(partner)]
            positions = [position for position in positions if first <= position < last]
        if level is not None:
            second = set(map(int, self.learnt.store.need("search:second").split()))
            positions = [position for position in positions if (position in second) == (level == 2)]
        return positions

    def _compute_scores(self, partner: str | None) -> tuple[dict[int, float], dict[int, float]]:
        """Return the sums of the weights by partner, and by conclusion.

        The missing theme of the `partner` that is named does not count against it.
        """
        shared = {OUT: 0.0, VAGUE: 0.0, **dict(self.learnt.find_missing_themes(self.said))}
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

    def compute_parts(self, position: int) -> dict[str, float]:
        """Return the weight of each feature for a conclusion, and of what counts against it; none below `_MIN_PART`."""
        rank = self.learnt.get_partner_rank(position)
        said: dict[str, float] = {}
        for feature, (left, right, _) in self.said.items():
            weight = sum(w for one, w in left if one == rank) + sum(w for one, w in right if one == position)
            if weight >= _MIN_PART:
                said[feature] = weight
        if self.named is None:
            said |= {
                f"-{self.learnt.partners[one]}": w
                for one, w in self.learnt.find_missing_themes(self.said)
                if one == rank
            }
        return said

    def explain_score(self, position: int) -> dict[str, float]:
        """Return the parts of the score, largest first, each under the words as typed."""
        typed = dict(zip(self.keys, phonetics.list_typed_words(self.need), strict=True))
        parts = sorted(self.compute_parts(position).items(), key=lambda part: (-part[1], part[0]))
        return {" ".join(typed.get(key, key) for key in feature.split(" ")): part for feature, part in parts}

    def find_matched_words(self, position: int) -> list[str]:
        """Return the words of the need that add most to the score of a conclusion, in the order typed."""
        parts = self.compute_parts(position)
        weights: dict[str, float] = {}
        for word, key in zip(phonetics.list_typed_words(self.need), self.keys, strict=True):
            if len(word) >= _MIN_WORD_LENGTH and word.lower() not in _STOP_WORDS:
                alone = [key, *features.list_beginnings(key)]
                weights[word] = sum(parts.get(feature, 0.0) for feature in alone)
        told = sorted(weights, key=lambda word: -weights[word])[:_MAX_MATCHED_WORDS]
        least = weights[told[0]] / 4 if told else 0.0
        return [word for word in weights if word in told and weights[word] > least]
