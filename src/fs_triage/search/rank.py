"""A need in the visitor's own words: the conclusions that answer it, best first.

The need is split into features (`features`): keys of words, pairs, marks. The weights of each feature for partners
and conclusions (`model`) are added up. A conclusion that does not score well enough above « out of scope » and
« too vague » is no match. Only the entries needed are read: a livret a hundred times larger costs little more.
"""

from __future__ import annotations

from fs_triage.search import features
from fs_triage.search.features import FeatureKind
from fs_triage.search.model import OUT, VAGUE, Evidence, Model
from fs_triage.search.sentence import Sentence, read_sentences

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MATCHES, OUT_OF_SCOPE, TOO_VAGUE = "matches", "out-of-scope", "vague"
MAYBE, UNKNOWN = "maybe", "unknown"
_MAX_NEED_LENGTH = 4000  # characters of a need that are read
# What follows is in the unit of the strongest word (`Model.strength`); all comes from cross-validation on the examples
# with courtesies, chatter and names around them (`benchmarks/variants.py`).
# The margin by which the best conclusion must score above « out of scope »: the minimum, plus so much for each word
# that tells something, up to the maximum, where the score is 0.5; more for words of what is out of the livret.
_MIN_MARGIN = 0.4
_MARGIN_PER_WORD = 0.5
_MAX_MARGIN = 1.65
_MARGIN_PER_ALIEN = 0.35
_MAX_LEAD = -0.2  # of what is out of the livret in any sentence, before the margin grows by what is more
_ALONE_SHARE = 0.95  # of that margin, for a sentence by itself where there are others
_ALONE_OWNED = 0.5  # of the most words of ours that a sentence has, for one to be weighed by itself
_MIN_REACH_OF_CLAUSE = 1.3  # of a clause by itself, where the text is refused
_BARE_SHARE = 0.5  # of that margin, for a need beside alien words without the name of its partner
_MIN_VAGUE_MARGIN = 0.3  # above « too vague »
_PARTNER_MARGIN_SHARE = 0.5
"""The share of that margin, and of the best score of all partners, that is enough when a partner is named."""
# a need that is doubtful: short, without an alien word, with words of ours; or near the margin
_MIN_MAYBE_OWNED = 0.3
_MAX_MAYBE_WORDS = 3
_MAYBE_SHARE = 0.8
_MAX_OUTSIDE_OF_BOTH = 0.5  # of the texts of a word that stands alone, out of the livret
_MIN_TELLING = 0.55  # the weight of a word that tells something
_WHOLE_SHARE = 0.8  # of the whole text, each sentence by its words of ours, added to each
_MAX_WHOLE_SENTENCES = 4  # a longer text weighs no more as a whole
_LEAST_RELEVANCE = 0.5  # what a sentence without a word of ours counts in the whole
_CHATTER_PENALTY = 0.3  # of a sentence without a word of ours beside one that has some
_NAME_RELEVANCE = 0.3  # what the name of a partner counts among words of ours
_COMPLAINT_WEIGHT = 0.5  # for the second level, where the need complains
# the name of a partner counts where the sentence says so much for it, alone and beside the others; or stands alone
_MIN_NAMED = 0.3
_MIN_NAMED_ALONE = 0.1  # the same share, in a need of one sentence without an alien word
# a partner that is named in a sentence of its own, where another says nearly as much for it as for any
_MIN_LIKELY_SHARE = 0.75
_LIKELY_WEIGHT = 0.9
_MIN_NAMED_SHARE = 0.4
_MIN_NAMED_ACROSS = 0.8
_NAMED_ENOUGH, _NAMED_OWNED = 1.0, 0.5  # whatever the others say: so much, and so many words of ours
_NAMED_BESIDE_ALIEN = 1.5
# words of ours beside the name, where another sentence tells so much
_MIN_OWN_BESIDE, _MIN_TOLD_ELSEWHERE = 0.1, 0.5
_ALONE = (-0.3, 0.5)
_MAX_TOLD_BESIDE = 0.3
_PASSING_WEIGHT = 0.1  # of a partner named in passing
_PAST_PENALTY = 0.3  # of a partner that is no longer concerned
# a sentence about something else: it tells so much, and so little of ours, or a little more with an alien word
_MIN_ALIEN_TOLD, _MAX_ALIEN_MARGIN, _MAX_ALIEN_MARGIN_OF_WORD = 0.8, 0.2, 1.0
_BESIDE_ALIEN_SHARE = 1.3  # of the margin, for a need that stands beside one
# a sentence that tells a need of its own
_NEED_SHARE = 0.3
_MIN_NEED_MARGIN = 1.0
_MIN_NEED_OWNED = 0.15
_STORY_SHARE = 1.0  # of what a sentence says by itself, for the order of what answers it beside the best
MAX_HITS_OF_NEED = 3
_MIN_WORD_LENGTH = 3  # letters of a word shown as a reason for a match
_STOP_WORDS = frozenset(
    "mon mes ton tes son ses notre nos votre vos leur leurs pour par sur avec dans des les une aux que qui est "  # noqa: SIM905
    "suis ont sont elle ils nous vous cette ces".split()
)
"""Words too common to show as the reason for a match."""
_MAX_MATCHED_WORDS = 8
_MIN_WORD_SHARE = 0.25  # of the weight of the best word, for a word to be shown as a reason
_MIN_PART = 0.01  # smaller parts of a score are not shown
_NOTHING = -1e9  # a score below any other


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


class ToldNeed:
    """One of several needs told in a text: the sentence it is told in, and what answers it, best first."""

    __slots__ = ("hits", "text")

    def __init__(self, text: str, hits: list[Hit]) -> None:
        self.text = text
        self.hits = hits


class Result:
    """What a need comes to.

    `hits` are there where `verdict` is `MATCHES` or `MAYBE` (something was recognised, something else was not);
    else it is `OUT_OF_SCOPE`, with its `topic` if that has a name, `TOO_VAGUE` or `UNKNOWN`. `needs` are those told,
    two or more, or none. `likely` are the positions of what something speaks for, best first, whatever the verdict.
    `unknown` are the words as typed of which nothing is known, `known_words` those that say something, `known` is how
    many are not unknown, `read` are the words that say something, their slips mended. `reach` is the share that the
    best has of the margin it needs, None where nothing was weighed. `bare_partner` is the id of the partner that the
    need says nothing but the name of, or empty.
    """

    __slots__ = (
        "_search",
        "bare_partner",
        "hits",
        "known",
        "known_words",
        "likely",
        "needs",
        "reach",
        "read",
        "topic",
        "unknown",
        "verdict",
    )

    def __init__(
        self,
        verdict: str,
        hits: list[Hit],
        *,
        likely: list[int],
        needs: list[ToldNeed],
        unknown: list[str],
        known: int,
        known_words: list[str],
        reach: float | None,
        read: str,
        topic: tuple[str, str] | None,
        search: _Search,
    ) -> None:
        self.topic = topic
        self.verdict = verdict
        self._search = search
        self.read = read
        self.hits = hits
        self.likely = likely
        self.needs = needs
        self.unknown = unknown
        self.known = known
        self.known_words = known_words
        self.reach = reach
        told = [scored.sentence.bare_partner for scored in search.sentences]
        self.bare_partner = told[0] if len(told) == 1 else ""

    @property
    def understood(self) -> bool:
        """Whether every word is known, and there are words."""
        return self.known > 0 and not self.unknown

    def build_hit(self, position: int, score: float) -> Hit:
        """Return a conclusion as found by this need, whatever the verdict."""
        return Hit(position, score, self._search)


def lower_scores(hits: list[Hit]) -> None:
    """Lower the scores where they would rise: the best of each need comes before any second best."""
    for before, after in zip(hits, hits[1:], strict=False):  # noqa: RUF007 - itertools costs a search
        after.score = min(before.score, after.score)


def find_conclusions(
    model: Model, need: str, *, partner: str | None = None, level: int | None = None, max: int = 5
) -> Result:
    """Return what answers `need`; only at `partner` (an id) and at `level` where these are given.

    What is refused as a whole is read again clause by clause.
    """
    result = _Search(model, need, partner=partner, level=level).build_result(max)
    if result.verdict in (OUT_OF_SCOPE, UNKNOWN) and "," in need:
        again = _Search(model, need, partner=partner, level=level, at_commas=True).build_result(max)
        if again.verdict == MATCHES and (again.reach or 0.0) >= _MIN_REACH_OF_CLAUSE:
            return again
    return result


class _Scores:
    """The sums of the weights: by rank of partner (or `OUT`, `VAGUE`), and by position of conclusion."""

    __slots__ = ("conclusions", "partners")

    def __init__(self) -> None:
        self.partners: dict[int, float] = {OUT: 0.0, VAGUE: 0.0}
        self.conclusions: dict[int, float] = {}

    def add(self, evidence: Evidence) -> None:
        """Add what a feature says."""
        partners, conclusions = self.partners, self.conclusions
        get = partners.get
        for rank, weight in evidence.partners:
            partners[rank] = get(rank, 0.0) + weight
        get = conclusions.get
        for position, weight in evidence.conclusions:
            conclusions[position] = get(position, 0.0) + weight

    def add_scores(self, other: _Scores, factor: float) -> None:
        """Add other sums, each times `factor`."""
        for sums, more in ((self.partners, other.partners), (self.conclusions, other.conclusions)):
            for key, weight in more.items():
                sums[key] = sums.get(key, 0.0) + factor * weight

    def add_partners(self, weights: dict[int, float]) -> None:
        """Add weights of partners."""
        for rank, weight in weights.items():
            self.partners[rank] = self.partners.get(rank, 0.0) + weight

    def sum_up(self, model: Model) -> dict[int, float]:
        """Return the score of each conclusion that something speaks for, that of its partner included."""
        rank, last = -1, 0
        total: dict[int, float] = {}
        partners, own = self.partners, 0.0
        for position, score in sorted(self.conclusions.items()):
            if position >= last:
                while position >= last:
                    rank += 1
                    last = model.spans[rank][1]
                own = partners.get(rank, 0.0)
            total[position] = score + own
        return total


class _Scored:
    """A sentence and what it says.

    `bare` is what it says for each conclusion without the names of partners, `best` the most of it above what is out
    of the livret; `own_values` is what it says with them, `alone` the most of it; `values` is the margin of each
    conclusion with a share of the whole text, `margin` the most of it. `told` is how much its words tell, `owned` how
    much of it is ours, up to 1.
    """

    __slots__ = (
        "alone",
        "bare",
        "bare_partners",
        "best",
        "is_counted",
        "margin",
        "own_values",
        "owned",
        "scores",
        "sentence",
        "told",
        "values",
    )

    def __init__(self, model: Model, sentence: Sentence) -> None:
        self.sentence = sentence
        self.scores = _Scores()
        for evidence in sentence.iter_evidence(model):
            self.scores.add(evidence)
        if any(evidence.is_complaint for evidence in sentence.evidence.values()):
            conclusions = self.scores.conclusions
            for position in conclusions:
                if model.get_level(position) > 1:
                    conclusions[position] += _COMPLAINT_WEIGHT * model.strength
        self.bare = self.scores.sum_up(model)
        self.bare_partners = dict(self.scores.partners)
        self.best = max(self.bare.values(), default=0.0) - self.scores.partners[OUT]
        self.told = sentence.measure_telling()
        self.owned = min(1.0, sentence.measure_own_words() + _NAME_RELEVANCE * bool(sentence.named))
        self.is_counted = False
        self.values: dict[int, float] = {}
        self.own_values: dict[int, float] = {}
        self.margin = self.alone = _NOTHING

    @property
    def is_in_passing(self) -> bool:
        """Whether it names a partner that it says nothing for."""
        return bool(self.sentence.named) and not self.is_counted

    @property
    def count_aliens(self) -> int:
        """How many of its words speak of what is out of the livret."""
        return self.sentence.strangers + len(self.sentence.aliens)

    def sum_up_again(self, model: Model) -> dict[int, float]:
        """Return the score of each conclusion, with what was added for partners since `bare`."""
        if self.is_counted:
            return self.scores.sum_up(model)
        total = dict(self.bare)
        for rank, weight in self.scores.partners.items():
            more = weight - self.bare_partners.get(rank, 0.0)
            if more and rank >= 0:
                for position in range(*model.spans[rank]):
                    if position in total:
                        total[position] += more
        return total

    def count_name(self, model: Model, mark: str) -> None:
        """Add what the name of a partner says, and what its words say."""
        evidence = model.get_evidence(mark)
        for feature, one in {mark: evidence, **self.sentence.apart}.items():
            self.sentence.evidence[feature] = one
            self.scores.add(one)
        self.sentence.apart = {}
        self.is_counted = True


class _Search:
    """The search for one need, at one partner (its id) and at one level where these are given."""

    def __init__(
        self, model: Model, need: str, *, partner: str | None, level: int | None, at_commas: bool = False
    ) -> None:
        self.model = model
        self.need = need[:_MAX_NEED_LENGTH]
        self.partner = partner
        self.level = level
        read = read_sentences(model, self.need, at_commas=at_commas)
        self.sentences = [_Scored(model, sentence) for sentence in read]
        for scored in self.sentences:
            if scored.sentence.named:
                self._count_names(scored)
        self.evidence: dict[str, Evidence] = {}
        for scored in self.sentences:
            self.evidence |= scored.sentence.evidence
        self.scores: dict[int, float] = {}
        """The margin of each conclusion over what is out of the livret, in its best sentence."""
        self.vague = 0.0
        self.best: _Scored | None = None
        self.reach: float | None = None
        self._compare_sentences()

    def _count_names(self, scored: _Scored) -> None:
        """Count the name of a partner where it stands beside something of its own; elsewhere it is named in passing."""
        model, strength, partners = self.model, self.model.strength, scored.scores.partners
        others = [one for one in self.sentences if one is not scored]
        stands_alone = (
            _ALONE[0] * strength <= scored.best < _ALONE[1] * strength
            and max((one.told for one in others), default=0.0) <= _MAX_TOLD_BESIDE
        )
        for mark in scored.sentence.named:
            if mark[1:] not in model.partners:
                continue
            rank = model.partners.index(mark[1:])
            if mark in scored.sentence.past:
                partners[rank] = partners.get(rank, 0.0) - _PAST_PENALTY * strength
            elif stands_alone or self._says_enough(scored, others, rank):
                scored.count_name(model, mark)
            elif self._is_likely(rank):
                weight = _LIKELY_WEIGHT * strength
                for one in self.sentences:
                    one.scores.partners[rank] = one.scores.partners.get(rank, 0.0) + weight
            else:
                partners[rank] = partners.get(rank, 0.0) + _PASSING_WEIGHT * strength

    def _says_enough(self, scored: _Scored, others: list[_Scored], rank: int) -> bool:
        """Return whether a sentence says enough for a partner beside its name, seen what the others say."""
        strength = self.model.strength
        own = self._find_most(scored, rank)
        if not others and not scored.count_aliens and own >= _MIN_NAMED_ALONE * scored.best:
            return True
        own_words = scored.owned - _NAME_RELEVANCE
        if (
            own_words < _MIN_OWN_BESIDE
            and max((one.told for one in others), default=0.0) >= _MIN_TOLD_ELSEWHERE
        ):
            return False
        if own < max(_MIN_NAMED * strength, _MIN_NAMED_SHARE * scored.best):
            return False
        if any(map(self._is_alien, others)) and own < _NAMED_BESIDE_ALIEN * strength:
            return False
        most = max((one.best + self._fall_behind(one, scored.owned) for one in others), default=0.0)
        return own >= _MIN_NAMED_ACROSS * most or (
            own >= _NAMED_ENOUGH * strength and own_words >= _NAMED_OWNED
        )

    def _is_alien(self, scored: _Scored) -> bool:
        """Return whether a sentence is about something else."""
        most = _MAX_ALIEN_MARGIN if not scored.count_aliens else _MAX_ALIEN_MARGIN_OF_WORD
        return scored.told >= _MIN_ALIEN_TOLD and scored.best < most * self.model.strength

    def _find_most(self, scored: _Scored, rank: int) -> float:
        """Return the most that a sentence says for a conclusion of a partner, above what is out of the livret."""
        first, end = self.model.spans[rank]
        own = max((value for at, value in scored.bare.items() if first <= at < end), default=0.0)
        return own - scored.scores.partners[OUT]

    def _is_likely(self, rank: int) -> bool:
        """Return whether some sentence says nearly as much for a partner as for any other."""
        most = max(self._find_most(scored, rank) for scored in self.sentences)
        best = max(scored.best for scored in self.sentences)
        return most >= max(_MIN_LIKELY_SHARE * best, _MIN_NAMED * self.model.strength)

    def _fall_behind(self, scored: _Scored, owned: float) -> float:
        """Return the penalty of a sentence beside another that has so much of ours; a gain where it has more."""
        return _CHATTER_PENALTY * self.model.strength * (scored.owned - owned)

    def _compare_sentences(self) -> None:
        """Score each sentence by itself with a share of the whole."""
        model = self.model
        named = {mark: None for scored in self.sentences for mark in scored.sentence.named}
        missing = dict(model.find_missing_themes({**self.evidence, **named}))
        if self.partner is not None:  # one that is asked for need not be named
            missing.pop(model.partners.index(self.partner), None)
        count = len(self.sentences)
        share = _WHOLE_SHARE * min(1.0, _MAX_WHOLE_SENTENCES / count) if count > 1 else 0.0
        whole = _Scores()
        for scored in self.sentences if share else ():
            whole.add_scores(scored.scores, max(_LEAST_RELEVANCE, scored.owned))
        total: dict[int, float] = {}
        if share:
            whole.add_partners(missing)
            total = whole.sum_up(model)
        owned = max((scored.owned for scored in self.sentences), default=0.0)
        for scored in self.sentences:
            scores = scored.scores
            scores.add_partners(missing)
            own = scored.sum_up_again(model)
            scored.alone = max(own.values(), default=0.0) - scores.partners[OUT]
            outside = (scores.partners[OUT] + share * whole.partners[OUT]) / (1 + share)
            outside -= self._fall_behind(scored, owned)
            scored.own_values = own
            if not share:
                scored.values = self.scores = {position: score - outside for position, score in own.items()}
            for position, score in own.items() if share else ():
                value = (score + share * total.get(position, 0.0)) / (1 + share) - outside
                scored.values[position] = value
                if value > self.scores.get(position, _NOTHING):
                    self.scores[position] = value
            scored.margin = max(scored.values.values(), default=_NOTHING)
            if self.best is None or scored.margin > self.best.margin:
                self.best = scored
                self.vague = (scores.partners[VAGUE] + share * whole.partners[VAGUE]) / (1 + share) - outside

    def build_result(self, count: int) -> Result:
        """Return the best conclusions, at most `count`, or why there is none."""
        exact = self._find_exact()
        if exact is None or (self.partner is not None and exact < 0):
            verdict = self._judge()
        else:
            verdict = OUT_OF_SCOPE if exact == OUT else TOO_VAGUE if exact == VAGUE else MATCHES
        likely = self._filter_positions([position for position, score in self.scores.items() if score > 0])
        likely.sort(key=lambda position: (-self.scores[position], position))
        needs: list[ToldNeed] = []
        hits: list[Hit] = []
        if verdict in (MATCHES, MAYBE):
            first = self._filter_positions([exact] if exact is not None and exact >= 0 else [])
            by_heart = bool(first)
            if not by_heart and self.partner is None:
                needs = self._find_needs()
                first = [need.hits[0].position for need in needs]
            order = [*dict.fromkeys([*first, *likely])][:count]
            hits = [self._build_hit(position) for position in order]
            if by_heart:
                hits[0].score = 1.0
            lower_scores(hits)
            if not hits:
                verdict = OUT_OF_SCOPE
        read = [word for scored in self.sentences for word in scored.sentence.list_telling(_MIN_TELLING)]
        sentences = [scored.sentence for scored in self.sentences]
        return Result(
            verdict,
            hits,
            likely=likely,
            needs=needs if len(needs) > 1 else [],
            unknown=[sentence.typed[at] for sentence in sentences for at in sentence.unknown],
            known_words=list(dict.fromkeys(word for sentence in sentences for word in sentence.list_known())),
            reach=self.reach,
            known=sum(len(sentence.keys) - len(sentence.unknown) for sentence in sentences),
            read=" ".join(read),
            topic=self._find_topic() if verdict == OUT_OF_SCOPE else None,
            search=self,
        )

    def _find_exact(self) -> int | None:
        """Return where the need leads as it stands among the examples, or without the words that say nothing."""
        exact = self.model.find_exact_example(self.need)
        if exact is None:
            telling = [scored.sentence.telling for scored in self.sentences if scored.sentence.telling]
            if len(telling) == 1:
                return self.model.find_exact_example(" ".join(telling[0]))
        return exact

    def _build_hit(self, position: int) -> Hit:
        return Hit(position, self._compute_certainty(self.scores.get(position, 0.0)), self)

    def _judge(self) -> str:
        """Return the verdict on what is not known by heart."""
        strength, scored = self.model.strength, self.best
        if scored is None:
            return TOO_VAGUE
        least = self._compute_least_margin(scored) if self.model.knows_outside else 0.0
        if self.partner is not None:
            own = self._filter_by_partner(list(self.scores))
            least_own = _PARTNER_MARGIN_SHARE * max(least, max(self.scores.values(), default=0.0))
            self._measure_reach(max((self.scores[position] for position in own), default=0.0), least_own)
            return self._find_partner_miss_reason(least) or MATCHES
        best = scored.margin
        if scored.owned >= _ALONE_OWNED * max(one.owned for one in self.sentences):
            best = max(best, _ALONE_SHARE * scored.alone)
        aliens = self._count_aliens(scored)
        if scored.is_counted and aliens and scored.best < _BARE_SHARE * least:
            best = min(best, scored.best)
        self._measure_reach(best, least)
        if best >= least and self.scores:
            return TOO_VAGUE if best - self.vague < _MIN_VAGUE_MARGIN * strength else MATCHES
        sentences = [one.sentence for one in self.sentences]
        if self.vague > max(best, 0.0) or not any(one.known or one.unknown for one in sentences):
            return TOO_VAGUE
        telling = sum(len(one.list_telling(_MIN_TELLING)) for one in sentences)
        is_short = scored.owned >= _MIN_MAYBE_OWNED and telling <= _MAX_MAYBE_WORDS
        if not aliens and best > 0 and (is_short or best >= _MAYBE_SHARE * least):
            return MAYBE
        if self._is_one_word_of_ours(is_likely=best > 0):
            return TOO_VAGUE
        if any(one.aliens for one in sentences):
            return OUT_OF_SCOPE
        return TOO_VAGUE if any(one.named for one in sentences) else UNKNOWN

    def _measure_reach(self, best: float, least: float) -> None:
        self.reach = max(0.0, best) / least if least > 0 and self.scores else None

    def _is_one_word_of_ours(self, *, is_likely: bool) -> bool:
        """Return whether the need is one word of names or cards, or a likely one mostly of the livret."""
        keys = [key for scored in self.sentences for key in scored.sentence.telling_keys]
        if len(keys) != 1:
            return False
        evidence = self.model.get_evidence(keys[0])
        return self.model.is_in_rules(keys[0]) or (
            is_likely and not evidence.is_empty and evidence.outside < _MAX_OUTSIDE_OF_BOTH
        )

    def _compute_least_margin(self, scored: _Scored) -> float:
        """Return the margin over what is out of the livret that makes the best of a sentence a match."""
        strength = self.model.strength
        least = min(_MAX_MARGIN, _MIN_MARGIN + _MARGIN_PER_WORD * scored.told)
        least += _MARGIN_PER_ALIEN * self._count_aliens(scored)
        weighed = self._list_weighed(scored)
        lead = max((-one.best for one in weighed if one.told >= _MIN_ALIEN_TOLD), default=0.0)
        if any(self._is_alien(one) for one in self.sentences if one is not scored):
            least *= _BESIDE_ALIEN_SHARE
        return least * strength + max(0.0, lead - _MAX_LEAD * strength)

    def _count_aliens(self, scored: _Scored) -> int:
        return sum(one.count_aliens for one in self._list_weighed(scored))

    def _list_weighed(self, scored: _Scored) -> list[_Scored]:
        """Return where what is out of the livret counts: everywhere, if the best names a partner in passing."""
        return self.sentences if scored.is_in_passing else [scored]

    def _find_topic(self) -> tuple[str, str] | None:
        """Return the topic out of the livret that the need is of."""
        sentences = [scored.sentence for scored in self.sentences]
        pairs = [pair for one in sentences for pair in features.iter_pairs(one.telling_keys)]
        keys = [key for one in sentences for key in one.aliens or one.telling_keys]
        return self.model.find_topic(dict.fromkeys([*pairs, *keys]))

    def _find_needs(self) -> list[ToldNeed]:
        """Return the needs told, each in a sentence of its own, best first; those that lead to the same are one."""
        found: list[ToldNeed] = []
        taken: set[int] = set()
        ordered = sorted(self.sentences, key=lambda scored: -scored.margin)
        least = max(_NEED_SHARE * ordered[0].margin, _MIN_NEED_MARGIN * self.model.strength)
        for scored in ordered:
            if scored is not self.best and (scored.margin < least or scored.owned < _MIN_NEED_OWNED):
                continue
            ranked = self._filter_positions([at for at, value in scored.values.items() if value > 0])
            alone = scored.own_values if scored is not self.best else {}
            ranked.sort(key=lambda at: (-scored.values[at] - _STORY_SHARE * alone.get(at, 0.0), at))
            if ranked and ranked[0] not in taken:
                taken.add(ranked[0])
                hits = [self._build_hit(at) for at in ranked[:MAX_HITS_OF_NEED]]
                found.append(ToldNeed(" ".join(scored.sentence.typed), hits))
        return found

    def _find_partner_miss_reason(self, margin: float) -> str:
        """Return why the best conclusion of the partner is no match; a vague need is one, at a named partner."""
        own = self._filter_by_partner(list(self.scores))
        if not own:
            return OUT_OF_SCOPE
        best = max(self.scores[position] for position in own)
        if 0 < best < self.vague:
            return ""
        least = _PARTNER_MARGIN_SHARE * max(margin, max(self.scores.values()))
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
        typed = {key: word for key, word in self._iter_words() if word}
        parts = sorted(self.compute_parts(position).items(), key=lambda part: (-part[1], part[0]))
        return {" ".join(typed.get(key, key) for key in feature.split(" ")): part for feature, part in parts}

    def _iter_words(self) -> Iterator[tuple[str, str]]:
        """Yield the key of each word, and the word as typed."""
        for scored in self.sentences:
            yield from zip(scored.sentence.keys, scored.sentence.typed, strict=True)

    def find_matched_words(self, position: int) -> list[str]:
        """Return the words of the need that add most to the score of a conclusion, in the order typed."""
        parts = self.compute_parts(position)
        weights: dict[str, float] = {}
        for key, word in self._iter_words():
            if len(word) >= _MIN_WORD_LENGTH and word.lower() not in _STOP_WORDS:
                alone = [key, *features.list_beginnings(key)]
                weights[word] = sum(parts.get(feature, 0.0) for feature in alone)
        best = sorted(weights, key=lambda word: -weights[word])[:_MAX_MATCHED_WORDS]
        least = weights[best[0]] * _MIN_WORD_SHARE if best else 0.0
        return [word for word in weights if word in best and weights[word] > least]
