"""The search's model of a livret: the weights of each feature for partners and for conclusions.

Its file holds counts (`train`); the weights of a feature are computed from them when it is first needed.
"""

from __future__ import annotations

from math import log

from fs_triage.search import features as vocabulary
from fs_triage.search import phonetics
from fs_triage.search.features import FeatureKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from fs_triage.files.checked_file import CheckedFile

KIND = "fs-triage-model 3"
"""What begins the file; its number changes with what a section holds."""
OUT = -1
"""The rank and position of the needs that the livret does not cover."""
VAGUE = -2
"""The rank and position of the needs that are too vague."""
# what the frequency of a feature in a conclusion, in its partner and in all texts counts
_CONCLUSION_SHARE = 0.6
_PARTNER_SHARE = 0.4
_GLOBAL_SHARE = 0.2
_SINGLE_TEXT_COUNT = 0.85  # for a feature in one text alone of a conclusion, which may be chance
_SIZE_POWER = 0.75
"""The power of its size by which a conclusion's counts are divided. With 1, a conclusion whose needs are worded in many
ways (those of justice) would rank too low: each of its words is in few of its texts."""
_FACTORS = {
    FeatureKind.SYNONYM: 0.9,
    FeatureKind.THEME: 1.5,
    FeatureKind.PARTNER: 1.5,
    FeatureKind.BEGINNING: 0.5,
    FeatureKind.WHOLE_TEXT: 1.5,
}
"""The factor of each kind of feature (a word has 1); all these numbers come from cross-validation on the examples."""
_PAIR_FACTOR = 0.4
_NAMED_PARTNER_WEIGHT = 6.0  # added for a partner that the need names
_MISSING_THEME_PENALTY = 12.0  # for a partner whose theme and name the need has no word of
_MAX_CACHED_FEATURES = 20_000
_MAX_WORD_LENGTH = 24
_MIN_CORRECTED_LENGTH = 5  # sounds of a word that may be a known one with one of them wrong
_MIN_SPELLING_LENGTH = 4  # letters of a word whose spelling is kept
# what a word adds that stands in names: of the conclusion, of those above it, of one partner alone; what one adds that
# is only said on cards
_OWN_NAME_WEIGHT = 0.25
_NAME_ABOVE_WEIGHT = 0.1
_OWNER_WEIGHT = 0.1
_SAID_WEIGHT = 0.3
_SAID_RARITY = 0.5  # of a word that names have not, but cards
_LITTLE_WEIGHT, _FULL_WEIGHT = (
    0.5,
    0.65,
)  # of a word in names that is no more than a little word, or fully one of ours
_MIN_COMPLAINT_SHARE = 0.55  # of the second level in what a theme speaks for

Weights = list[tuple[int, float]]
Counts = list[tuple[int, int]]


class Evidence:
    """What is known of a feature: weights of partners, weights to add for conclusions, phrases that it begins.

    Of a word: `weight` is the most that it tells, of a conclusion or of what is out of the livret, up to 1; `rarity`
    how rare it is among the names of démarches, 0 when it stands in none; `outside` the share of its texts that are
    out of the livret. `is_complaint` tells of a theme that it speaks for the second level.
    """

    __slots__ = ("conclusions", "is_complaint", "outside", "partners", "phrases", "rarity", "weight")

    def __init__(self, partners: Weights, conclusions: Weights, phrases: vocabulary.Phrases) -> None:
        self.partners = partners
        self.conclusions = conclusions
        self.phrases = phrases
        self.weight = self.rarity = self.outside = 0.0
        self.is_complaint = False

    def add(self, other: Evidence) -> None:
        """Add the weights of another feature."""
        for mine, more in ((self.partners, other.partners), (self.conclusions, other.conclusions)):
            sums: dict[int, float] = {}
            for key, weight in (*mine, *more):  # one may stand there twice
                sums[key] = sums.get(key, 0.0) + weight
            mine[:] = sums.items()

    @property
    def is_empty(self) -> bool:
        """Whether the livret does not have the feature."""
        return not (self.partners or self.conclusions or self.phrases)


class Read:
    """What a word is read as: its key (marked if it says nothing) and its spelling; `others` a slip away from it.

    One that is strange is neither French nor in the livret, one outside is only in the needs out of it; `parts` are two
    words that it may be.
    """

    __slots__ = ("is_outside", "is_strange", "is_unknown", "key", "others", "parts", "plain")

    def __init__(
        self,
        key: str,
        plain: str,
        *,
        is_unknown: bool = False,
        is_strange: bool = False,
        is_outside: bool = False,
        others: list[str] | None = None,
        parts: list[str] | None = None,
    ) -> None:
        self.key = key
        self.plain = plain
        self.is_unknown = is_unknown
        self.is_strange = is_strange
        self.is_outside = is_outside
        self.others = others
        self.parts = parts


class WordRow:
    """Where the word of a key stands: in the `own` names of conclusions, in those `above`, in what they `said`."""

    __slots__ = ("above", "own", "said")

    def __init__(self, own: list[int], above: list[int], said: list[int]) -> None:
        self.own = own
        self.above = above
        self.said = said

    @classmethod
    def parse(cls, line: str) -> WordRow:
        """Return what `dump` made a line of."""
        own, above, said = line.split("|")
        return cls(list(map(int, own.split())), list(map(int, above.split())), list(map(int, said.split())))

    def dump(self) -> str:
        """Return it as a line."""
        return "|".join(" ".join(map(str, positions)) for positions in (self.own, self.above, self.said))


class Totals:
    """The `usual` size of a conclusion's texts, and the sizes of the needs that lead to none, all in features."""

    __slots__ = ("out_of_scope", "usual", "vague")

    def __init__(self, usual: float, out_of_scope: int, vague: int) -> None:
        self.usual = usual
        self.out_of_scope = out_of_scope
        self.vague = vague

    @classmethod
    def parse(cls, texts: list[str]) -> Totals:
        """Return what `dump` made texts of."""
        usual, out_of_scope, vague = texts
        return cls(float(usual), int(out_of_scope), int(vague))

    def dump(self) -> list[str]:
        """Return it as texts."""
        return [f"{self.usual:.3f}", str(self.out_of_scope), str(self.vague)]


class PartnerStats:
    """Of a partner: the size of its texts in features, the position after its last conclusion.

    `marks` are those of its own themes and its name: a need without any is likely not to concern it. Empty for a
    partner without a theme of its own.
    """

    __slots__ = ("end", "marks", "partner", "size")

    def __init__(self, partner: str, size: int, end: int, marks: list[str]) -> None:
        self.partner = partner
        self.size = size
        self.end = end
        self.marks = marks

    @classmethod
    def parse(cls, text: str) -> PartnerStats:
        """Return what `dump` made a text of."""
        partner, size, end, *marks = text.split(" ")
        return cls(partner, int(size), int(end), marks)

    def dump(self) -> str:
        """Return it as a text."""
        return " ".join([self.partner, str(self.size), str(self.end), *self.marks])


class FeatureRow:
    """How often a feature stands in the texts of conclusions, by position; `phrases` are those that it begins.

    Where there are too many conclusions for all of them to be kept, `shared` has the counts of the partners.
    """

    __slots__ = ("own", "phrases", "shared")

    def __init__(self, own: Counts, shared: Counts, phrases: vocabulary.Phrases) -> None:
        self.own = own
        self.shared = shared
        self.phrases = phrases

    @classmethod
    def parse(cls, line: str) -> FeatureRow:
        """Return what `dump` made a line of."""
        own, shared, phrases = line.split("\t")
        return cls(_parse_counts(own), _parse_counts(shared), vocabulary.parse_phrases(phrases))

    def dump(self) -> str:
        """Return it as a line."""
        own, shared = (
            " ".join([f"{position} {count}" for position, count in counts])
            for counts in (self.own, self.shared)
        )
        return f"{own}\t{shared}\t{vocabulary.dump_phrases(self.phrases)}"


def _get_factor(feature: str) -> float:
    return _FACTORS.get(feature[0]) or (_PAIR_FACTOR if " " in feature else 1.0)


class Scales:
    """The sizes, in features, of the partners and conclusions of a livret, by which counts become weights.

    Partners are named by id in `partners`, elsewhere by their rank there. `spans` are the positions of the conclusions
    of each: first, and one after the last. `partner_marks` are, for a partner, the marks without which a need is likely
    not to concern it.
    """

    def __init__(self, totals: Totals, partners: list[PartnerStats], conclusion_sizes: Sequence[int]) -> None:
        self.partners = [partner.partner for partner in partners]
        ends = [partner.end for partner in partners]
        self.spans = list(zip([0, *ends], ends, strict=False))
        self._partner_marks = {partner.partner: partner.marks for partner in partners if partner.marks}
        self._partner_sizes = {rank: partner.size for rank, partner in enumerate(partners)}
        self._partner_sizes |= {OUT: totals.out_of_scope, VAGUE: totals.vague}
        self._conclusion_sizes = conclusion_sizes
        self._scale = totals.usual ** (1 - _SIZE_POWER)
        self._total = sum(self._partner_sizes.values())
        self.strength = log(1 + len(conclusion_sizes) * (_CONCLUSION_SHARE + _PARTNER_SHARE) / _GLOBAL_SHARE)
        """The highest weight of one word for a conclusion; it grows with the number of conclusions."""
        self.knows_outside = totals.out_of_scope > 0

    def find_missing_themes(self, features: Container[str]) -> Iterator[tuple[int, float]]:
        """Yield the ranks of partners whose own theme and name are absent from `features`, with the penalty."""
        for name, marks in self._partner_marks.items():
            if not any(mark in features for mark in marks):
                yield self.partners.index(name), -_MISSING_THEME_PENALTY

    def get_partner_rank(self, position: int) -> int:
        """Return the rank of the partner of a conclusion."""
        return next(rank for rank, (_, last) in enumerate(self.spans) if position < last)

    def compute_weights(self, feature: str, own: Counts, shared: Counts) -> tuple[Weights, Weights]:
        """Return the weights of a feature for each partner, and those to add for each conclusion.

        A weight is the logarithm of how much more frequent the feature is there than in all texts; the frequency is
        smoothed over the conclusion, its partner and all texts. `own` are the counts by position, in order; `shared`
        those by partner, empty when they are the sums of `own`.
        """
        factor = _get_factor(feature)
        ranked = [
            (rank, position, count)
            for rank, (position, count) in zip(self._iter_ranks(own), own, strict=True)
        ]
        partner_counts = dict(shared)
        for rank, _, count in ranked if not shared else ():
            partner_counts[rank] = partner_counts.get(rank, 0) + count
        base = _GLOBAL_SHARE * sum(partner_counts.values()) / self._total
        shares = {rank: self._compute_share(rank, count, base) for rank, count in partner_counts.items()}
        partners = [(rank, factor * log(share)) for rank, share in shares.items()]
        if feature[0] == FeatureKind.PARTNER and feature[1:] in self.partners:
            partners.append((self.partners.index(feature[1:]), _NAMED_PARTNER_WEIGHT))
        conclusions: Weights = []
        for rank, position, count in ranked:
            if position >= 0:
                share = self._compute_own_share(position, count, base)
                conclusions.append((position, factor * log(1 + share / shares[rank])))
        return partners, conclusions

    def weigh_conclusion(
        self, feature: str, position: int, *, own_count: int, partner_count: int, total_count: int
    ) -> tuple[float, float]:
        """Return the weights of a feature for the partner of one conclusion, and for the conclusion."""
        factor = _get_factor(feature)
        rank = self.get_partner_rank(position)
        base = _GLOBAL_SHARE * total_count / self._total
        share = self._compute_share(rank, partner_count, base)
        is_named = feature[0] == FeatureKind.PARTNER and feature[1:] == self.partners[rank]
        own_share = self._compute_own_share(position, own_count, base)
        return (
            factor * log(share) + (_NAMED_PARTNER_WEIGHT if is_named else 0.0),
            factor * log(1 + own_share / share),
        )

    def _compute_share(self, rank: int, count: int, base: float) -> float:
        return (
            1
            + (_PARTNER_SHARE if rank >= 0 else _PARTNER_SHARE + _CONCLUSION_SHARE)
            * count
            / self._partner_sizes[rank]
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
        return float(self._scale * self._conclusion_sizes[position] ** _SIZE_POWER)

    def _iter_ranks(self, own: Counts) -> Iterator[int]:
        """Yield the rank of the partner of each position of `own`; `OUT` and `VAGUE` stay as they are."""
        rank, last = -1, 0
        for position, _ in own:
            while position >= last:
                rank += 1
                last = self.spans[rank][1]
            yield rank if position >= 0 else position


class Model(Scales):
    """The weights of features, each read from the file once; raises `Damaged` where the file is."""

    def __init__(self, file: CheckedFile) -> None:
        partners = [PartnerStats.parse(text) for text in file.read_texts("partners").list()]
        super().__init__(Totals.parse(file.read_texts("totals").list()), partners, file.read_numbers("sizes"))
        self._file = file
        self._levels = file.read_numbers("levels")
        self._features = file.read_table("features")
        self._examples = file.read_table("examples")
        self._topics = file.read_texts("topics")
        self._topic_words = file.read_table("topic-words")
        self._neutral = file.read_table("neutral")
        self._outside = file.read_table("outside")
        self._words = file.read_table("words")
        self._spellings = file.read_table("spellings")
        self._french = file.read_table("french")
        self._known_keys = file.read_table("known-keys")
        self._evidence: dict[str, Evidence] = {}
        self._families: dict[str, Evidence] = {}
        self.read_words: dict[str, Read] = {}
        """What words were read as, kept by `sentence`."""

    def close(self) -> None:
        """Close its file."""
        self._file.close()

    def get_evidence(self, feature: str) -> Evidence:
        """Return the weights and phrases of `feature`, empty when the livret does not have it."""
        evidence = self._evidence.get(feature)
        if evidence is None:
            if len(self._evidence) >= _MAX_CACHED_FEATURES:
                self._evidence.clear()
                self._families.clear()
                self.read_words.clear()
            evidence = self._evidence[feature] = self._read_evidence(feature)
        return evidence

    def get_family(self, key: str) -> Evidence:
        """Return the weights of the word of `key` and of its beginnings, added up once for all needs."""
        family = self._families.get(key)
        if family is None:
            word = self.get_evidence(key)
            family = self._families[key] = Evidence([*word.partners], [*word.conclusions], [])
            for feature in vocabulary.list_beginnings(key):
                family.add(self.get_evidence(feature))
        return family

    def get_level(self, position: int) -> int:
        """Return the level of a conclusion, 1 or 2."""
        return self._levels[position]

    def find_exact_example(self, need: str) -> int | None:
        """Return the position of the conclusion that has `need` among its examples, `OUT` or `VAGUE`, or None."""
        line = self._examples.find(vocabulary.normalize_text(need))
        return None if line is None else int(line)

    def correct_key(self, key: str) -> str:
        """Return the known key that `key` most likely misspells; `key` itself when it is known or none is near."""
        if len(key) < _MIN_CORRECTED_LENGTH or self._features.find(key) is not None or not key.isalpha():
            return key
        slips = vocabulary.list_misspellings(key)
        for length in (len(key), len(key) + 1, len(key) - 1):
            for known in (self._known_keys.find(vocabulary.name_known_keys(key[0], length)) or "").split():
                if known in slips:
                    return known
        return key

    def is_in_rules(self, key: str) -> bool:
        """Return whether the word of `key` stands in names of démarches or on their cards."""
        return self._words.find(key) is not None

    def is_neutral(self, word: str) -> bool:
        """Return whether `word` says nothing of a démarche."""
        return self._neutral.find(word) is not None

    def is_outside(self, word: str) -> bool:
        """Return whether only needs out of the livret spell `word`."""
        return self._outside.find(word) is not None

    def _list_spellings(self, initial: str, length: int) -> tuple[list[str], list[str]]:
        """Return the words of that initial and `length` in the livret's names, and those in its other texts."""
        named, _, used = (self._spellings.find(vocabulary.name_known_keys(initial, length)) or "").partition(
            "|"
        )
        return named.split(), used.split()

    def is_spelt(self, word: str) -> bool:
        """Return whether `word` stands so in the livret's texts."""
        return any(word in words for words in self._list_spellings(word[0], len(word)))

    def is_french(self, word: str) -> bool:
        """Return whether `word` is a French one that the livret's texts do not have."""
        return word in (self._french.find(vocabulary.name_known_keys(word[0], len(word))) or "").split()

    def is_french_word(self, word: str) -> bool:
        """Return whether `word` is French, known or not; in lower case, without accents or not."""
        plain = "".join(phonetics.split_words(word))
        if not plain or self.is_french(plain) or self.is_spelt(plain) or self.is_neutral(plain):
            return bool(plain)
        [key] = phonetics.compute_keys([plain])
        return len(plain) < _MIN_SPELLING_LENGTH and not self.get_evidence(key).is_empty

    def begins_word(self, word: str) -> bool:
        """Return whether a known word of the livret's texts begins with `word`."""
        plain = "".join(phonetics.split_words(word))
        if not plain:
            return False
        return any(
            known.startswith(plain)
            for length in range(len(plain), _MAX_WORD_LENGTH)
            for words in self._list_spellings(plain[0], length)
            for known in words
        )

    def list_known_words(self, word: str) -> list[str]:
        """Return the known words of about the length of `word` that begin as it does."""
        return [
            known
            for initial in dict.fromkeys(word[:2])
            for length in range(max(1, len(word) - 2), len(word) + 3)
            for words in self._list_spellings(initial, length)
            for known in words
        ]

    def find_topic(self, features: Iterable[str]) -> tuple[str, str] | None:
        """Return the topic out of the livret that `features` speak for: its name and where to turn; None without name.

        What stands in many topics says little of any one.
        """
        said: dict[int, float] = {}
        for feature in features:
            counts = _parse_counts(self._topic_words.find(feature) or "")
            for rank, count in counts:
                said[rank] = said.get(rank, 0.0) + count / (1 + count) / len(counts)
        if not said:
            return None
        best = max(said, key=lambda rank: (said[rank], -rank))
        name, _, where = self._topics.get(best).partition("\t")
        return (name, where) if name else None

    def list_corrections(self, word: str) -> list[str]:
        """Return the known words that `word`, which is not one, may misspell by one slip, the likeliest first."""
        if len(word) < 4 or not word.isalpha():
            return []
        slips = vocabulary.list_slips(word)
        rows = [
            self._list_spellings(initial, length)
            for initial in dict.fromkeys(word[:2])
            for length in (len(word), len(word) + 1, len(word) - 1)
        ]
        found = [known for kind in (0, 1) for row in rows for known in row[kind] if known in slips]
        if found or len(word) < _MIN_CORRECTED_LENGTH:
            return found
        return [known for known in vocabulary.list_first_slips(word) if self.is_spelt(known)]

    def _read_evidence(self, feature: str) -> Evidence:
        line = self._features.find(feature)
        row = FeatureRow.parse(line) if line is not None else FeatureRow([], [], [])
        partners, conclusions = self.compute_weights(feature, row.own, row.shared) if row.own else ([], [])
        evidence = Evidence(partners, conclusions, row.phrases)
        if feature[0] == FeatureKind.THEME:
            evidence.is_complaint = self._measure_second_level(row.own) > _MIN_COMPLAINT_SHARE
        elif feature[0].isalnum() and " " not in feature:
            self._add_word(evidence, feature, row)
        return evidence

    def _add_word(self, evidence: Evidence, key: str, row: FeatureRow) -> None:
        """Add what a word is besides its counts: one of our names, one of what is out of the livret."""
        counts = row.shared or row.own
        total = sum(count for _, count in counts)
        evidence.outside = sum(count for rank, count in counts if rank == OUT) / total if total else 0.0
        most = self._find_highest(evidence) / self.strength
        by_rank = dict(evidence.partners)
        evidence.weight = min(1.0, max(most, by_rank.get(OUT, 0.0) / self.strength))
        line = self._words.find(key)
        if line is None:
            return
        word = WordRow.parse(line)
        named = len(word.own) + len(word.above)
        if named:
            rarity = self._measure_rarity(named)
            evidence.conclusions += [(at, _OWN_NAME_WEIGHT * rarity * self.strength) for at in word.own]
            evidence.conclusions += [(at, _NAME_ABOVE_WEIGHT * rarity * self.strength) for at in word.above]
            owners = {self.get_partner_rank(at) for at in (*word.own, *word.above)}
            if len(owners) == 1:
                evidence.partners.append((owners.pop(), _OWNER_WEIGHT * self.strength))
            full = (most - _LITTLE_WEIGHT) / (_FULL_WEIGHT - _LITTLE_WEIGHT)
            evidence.rarity = rarity * min(1.0, max(0.0, full))
        elif word.said and not evidence.conclusions:
            rarity = self._measure_rarity(len(word.said))
            evidence.conclusions += [(at, _SAID_WEIGHT * rarity * self.strength) for at in word.said]
            evidence.rarity = evidence.weight = _SAID_RARITY * rarity

    def _measure_rarity(self, count: int) -> float:
        """Return how rare a word of so many conclusions is: 1 for one alone, 0 nearly for all."""
        return log(1 + len(self._levels) / count) / log(1 + len(self._levels))

    def _find_highest(self, evidence: Evidence) -> float:
        """Return the most that a feature says for one conclusion."""
        by_rank = dict(evidence.partners)
        highest, rank, last = 0.0, -1, 0
        for position, weight in evidence.conclusions:
            while position >= last:
                rank += 1
                last = self.spans[rank][1]
            highest = max(highest, weight + by_rank.get(rank, 0.0))
        return highest

    def _measure_second_level(self, own: Counts) -> float:
        """Return the share of the second level in what a feature speaks for."""
        told = [(self._levels[position], count) for position, count in own if position >= 0]
        return sum(count for level, count in told if level > 1) / max(1, sum(count for _, count in told))


def _parse_counts(text: str) -> Counts:
    """Return positions or ranks, each with its count."""
    numbers = list(map(int, text.split()))
    return list(zip(numbers[::2], numbers[1::2], strict=True))
