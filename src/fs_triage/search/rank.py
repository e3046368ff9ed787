"""A need in the visitor's own words: the conclusions that answer it, best first.

The need is split into features (`features`): keys of words, pairs, marks. The weights of each feature for partners
and conclusions (`model`) are added up. A conclusion that does not score well enough above « out of scope » and
« too vague » is no match. Only the entries needed are read: a livret a hundred times larger costs little more.
"""

from __future__ import annotations

from fs_triage.search import features, phonetics
from fs_triage.search.features import FeatureKind
from fs_triage.search.model import OUT, VAGUE, Model

MATCHES, OUT_OF_SCOPE, TOO_VAGUE = "matches", "out-of-scope", "vague"
# The margin by which the best conclusion must score above « out of scope »: the minimum, plus so much for each word of
# the need, up to the maximum, where the score is 0.5. The unit is the strongest word (`Model.strength`).
_MIN_MARGIN = 0.6
_MARGIN_PER_WORD = 0.45
_MAX_MARGIN = 1.65
_MIN_VAGUE_MARGIN = 0.3  # the same unit; above « too vague »
_PARTNER_MARGIN_SHARE = 0.5
"""The share of that margin, and of the best score of all partners, that is enough when a partner is named. In the
cross-validation 97 % of the examples pass at their own partner, 11 % at another, 8 % of the needs out of scope."""
_MAX_NEED_LENGTH = 4000  # characters of a need that are read
_MIN_ELIDED_LENGTH = 5  # letters of a key that an article may stick to
_ELIDED_ARTICLES = "cdjlmnst"
_MIN_ELISION_RATIO = 4  # times more conclusions for the word without its article
_MIN_WORD_LENGTH = 3  # letters of a word shown as a reason for a match
_STOP_WORDS = frozenset(
    "mon mes ton tes son ses notre nos votre vos leur leurs pour par sur avec dans des les une aux que qui est "  # noqa: SIM905
    "suis ont sont elle ils nous vous cette ces".split()
)
"""Words too common to show as the reason for a match."""
_MAX_MATCHED_WORDS = 8
_MIN_WORD_SHARE = 0.25  # of the weight of the best word, for a word to be shown as a reason
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

        Words and pairs are named as typed, other features by their kind and their name (`features.FeatureKind`).
        """
        return self._search.explain_score(self.position)

    @property
    def words(self) -> list[str]:
        """The words of the need that add most to the score, as typed and in that order."""
        return self._search.find_matched_words(self.position)


class Result:
    """The hits, and the verdict: `MATCHES` where there are hits, else `OUT_OF_SCOPE` or `TOO_VAGUE`.

    `understood` tells whether every word of the need is known: one that is not may be misspelt.
    """

    __slots__ = ("hits", "understood", "verdict")

    def __init__(self, hits: list[Hit], *, miss_reason: str, understood: bool) -> None:
        self.hits = hits
        self.verdict = MATCHES if hits else miss_reason
        self.understood = understood


def find_conclusions(
    model: Model, need: str, *, partner: str | None = None, level: int | None = None, max: int = 5
) -> Result:
    """Return what answers `need`; only at `partner` (an id) and at `level` where these are given."""
    return _Search(model, need, partner=partner, level=level).build_result(max)


class _Scores:
    """The sums of the weights: by rank of partner (or `OUT`, `VAGUE`), and by position of conclusion."""

    __slots__ = ("conclusions", "partners")

    def __init__(self, partners: dict[int, float]) -> None:
        self.partners = partners
        self.conclusions: dict[int, float] = {}


class _Search:
    """The search for one need, at one partner (its id) and at one level where these are given."""

    def __init__(self, model: Model, need: str, *, partner: str | None, level: int | None) -> None:
        self.model = model
        self.need = need[:_MAX_NEED_LENGTH]
        self.partner = partner
        self.level = level
        self.keys = [
            self._correct_key(key) for key in phonetics.compute_keys(phonetics.split_words(self.need))
        ]
        self.evidence = {
            feature: model.get_evidence(feature) for feature in (*self.keys, *features.iter_pairs(self.keys))
        }
        phrases = {
            feature: evidence.phrases for feature, evidence in self.evidence.items() if evidence.phrases
        }
        more = [*features.iter_marks(self.keys, phrases, phrases), *features.list_whole_text(self.keys)]
        for key in self.keys:
            more += features.list_beginnings(key)
        self.evidence |= {feature: model.get_evidence(feature) for feature in more}

    def _correct_key(self, key: str) -> str:
        """Return `key` corrected: without an article stuck to it (« luissier »), or without a misspelling."""
        if len(key) < _MIN_ELIDED_LENGTH:
            return key
        if key[0] in _ELIDED_ARTICLES:
            known, without = (len(self.model.get_evidence(one).conclusions) for one in (key, key[1:]))
            if without > _MIN_ELISION_RATIO * known:
                return key[1:]
        return self.model.correct_key(key)

    def build_result(self, count: int) -> Result:
        """Return the best conclusions, at most `count`, or why there is none."""
        exact = self.model.find_exact_example(self.need)
        if exact in (OUT, VAGUE) and self.partner is None:
            reason = OUT_OF_SCOPE if exact == OUT else TOO_VAGUE
            return Result([], miss_reason=reason, understood=True)
        scores = self._compute_scores()
        outside = scores.partners[OUT]
        miss_reason = self._find_miss_reason(scores)
        first = self._filter_positions([exact] if exact is not None and exact >= 0 else [])
        likely = [position for position, score in scores.conclusions.items() if score > outside]
        others = [] if miss_reason else self._filter_positions(likely)
        others.sort(key=lambda position: (-scores.conclusions[position], position))
        hits = [Hit(position, 1.0, self) for position in first]
        hits += [
            Hit(position, self._compute_certainty(scores.conclusions[position] - outside), self)
            for position in others
            if position not in first
        ]
        understood = bool(self.keys) and not any(self.evidence[key].is_empty for key in self.keys)
        return Result(hits[:count], miss_reason=miss_reason or OUT_OF_SCOPE, understood=understood)

    def _find_miss_reason(self, scores: _Scores) -> str:
        """Return why the best conclusion, at the partner named if one is, does not stand out; empty if it does."""
        strength = self.model.strength
        margin = min(_MAX_MARGIN, _MIN_MARGIN + _MARGIN_PER_WORD * len(self.keys)) * strength
        if not self.model.knows_outside:
            margin = 0.0
        if self.partner is not None:
            return self._find_partner_miss_reason(scores, margin)
        outside, vague = scores.partners[OUT], scores.partners[VAGUE]
        best = max(scores.conclusions.values(), default=0.0)
        if not scores.conclusions or best - outside < margin:
            return TOO_VAGUE if not self.keys or vague > outside else OUT_OF_SCOPE
        return TOO_VAGUE if best - vague < _MIN_VAGUE_MARGIN * strength else ""

    def _find_partner_miss_reason(self, scores: _Scores, margin: float) -> str:
        """Return why the best conclusion of the partner is no match; a vague need is one, at a named partner."""
        own = self._filter_by_partner(list(scores.conclusions))
        if not own:
            return OUT_OF_SCOPE
        outside, vague = scores.partners[OUT], scores.partners[VAGUE]
        best = max(scores.conclusions[position] for position in own) - outside
        if 0 < best < vague - outside:
            return ""
        least = _PARTNER_MARGIN_SHARE * max(margin, max(scores.conclusions.values()) - outside)
        return "" if best >= least else OUT_OF_SCOPE

    def _compute_certainty(self, margin: float) -> float:
        """Return the score, 0 to 1, of a conclusion that is `margin` above « out of scope »."""
        margin = max(0.0, margin)
        return margin / (margin + _MAX_MARGIN * self.model.strength)

    def _filter_by_partner(self, positions: list[int]) -> list[int]:
        if self.partner is None:
            return positions
        first, last = self.model.spans[self.model.partners.index(self.partner)]
        return [position for position in positions if first <= position < last]

    def _filter_positions(self, positions: list[int]) -> list[int]:
        positions = self._filter_by_partner(positions)
        if self.level is not None:
            positions = [position for position in positions if self.model.get_level(position) == self.level]
        return positions

    def _compute_scores(self) -> _Scores:
        """Return the sums of the weights; the missing theme of the partner named does not count against it."""
        missing = dict(self.model.find_missing_themes(self.evidence))
        if self.partner is not None:
            missing.pop(self.model.partners.index(self.partner), None)
        scores = _Scores({OUT: 0.0, VAGUE: 0.0, **missing})
        by_partner, by_conclusion = scores.partners, scores.conclusions
        for evidence in self.evidence.values():
            for rank, weight in evidence.partners:
                by_partner[rank] = by_partner.get(rank, 0.0) + weight
            for position, weight in evidence.conclusions:
                by_conclusion[position] = by_conclusion.get(position, 0.0) + weight
        rank, last = -1, 0
        for position in sorted(by_conclusion):
            while position >= last:
                rank += 1
                last = self.model.spans[rank][1]
            by_conclusion[position] += by_partner.get(rank, 0.0)
        return scores

    def compute_parts(self, position: int) -> dict[str, float]:
        """Return the weight of each feature for a conclusion, and of what counts against it; none below `_MIN_PART`."""
        rank = self.model.get_partner_rank(position)
        parts: dict[str, float] = {}
        for feature, evidence in self.evidence.items():
            weight = sum(w for one, w in evidence.partners if one == rank)
            weight += sum(w for one, w in evidence.conclusions if one == position)
            if weight >= _MIN_PART:
                parts[feature] = weight
        if self.partner is None:
            parts |= {
                f"{FeatureKind.MISSING_THEME}{self.model.partners[one]}": penalty
                for one, penalty in self.model.find_missing_themes(self.evidence)
                if one == rank
            }
        return parts

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
        best = sorted(weights, key=lambda word: -weights[word])[:_MAX_MATCHED_WORDS]
        least = weights[best[0]] * _MIN_WORD_SHARE if best else 0.0
        return [word for word in weights if word in best and weights[word] > least]
