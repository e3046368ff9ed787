"""A sentence of a need, read: its words with their slips mended, what is known of their features, whom it names."""

from __future__ import annotations

from fs_triage.search import features, phonetics
from fs_triage.search.features import FeatureKind
from fs_triage.search.model import Read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from fs_triage.search.model import Evidence, Model

_MIN_SPELT_LENGTH = 4  # letters of a word that may be misspelt
_MIN_ELIDED_LENGTH = 5  # letters of a key that an article may stick to
_ELIDED_ARTICLES = "cdjlmnst"
_MIN_ELISION_RATIO = 4  # times more conclusions for the word without its article
_MAX_ALIEN_RARITY = 0.5  # of a word that also stands in names of ours
_MIN_ALIEN_SHARE = 0.2  # of a word's needs that are out of the livret, weighed by what it tells or not
_FOREIGN_WEIGHT = 0.5  # what a French word tells that the livret does not have
_GLUED_WORDS = frozenset("au aux de du des en et la le les ma mon mes pour sur un une".split())  # noqa: SIM905
_LINKS_TO_NAMES = frozenset("a au aux chez d de des du en et l la le les par pour".split())  # noqa: SIM905
"""Words that say nothing before one that says nothing: « à Poligny », « de Jean »."""
_LINKS = frozenset("a la le l au aux chez de du des par".split())  # noqa: SIM905
_PAST = frozenset("etais etait etions etaient quitte quittee plus pas ancien ancienne ex".split())  # noqa: SIM905
"""Words before a partner's name, a link between them, that say that it is not, or no longer, concerned."""


class Sentence:
    """A sentence of a need.

    `typed` are its words, `plain` the same without accents and slips, `keys` theirs; `telling` those (`plain`) that may
    say something and `telling_keys` their keys; `known` the keys of which something is known, `unknown` the ranks of
    words of which nothing is. `evidence` is what is known of its features, `apart` of those of partners' names, whose
    marks are `named`; `bare_partner` is the id of the partner that it says nothing but the name of, or empty;
    `past` are the marks of partners that are no longer concerned.
    """

    __slots__ = (
        "_name_keys",
        "aliens",
        "apart",
        "bare_partner",
        "evidence",
        "keys",
        "known",
        "named",
        "past",
        "plain",
        "strangers",
        "telling",
        "telling_keys",
        "typed",
        "unknown",
    )

    def __init__(self, model: Model, text: str) -> None:
        self.typed = phonetics.list_typed_words(text)
        self.plain = phonetics.split_words(text)
        reads = _read_words(model, self.plain)
        if any(read.is_strange for read in reads):
            self.typed, self.plain = _mend_spaces(model, self.typed, self.plain, reads)
            reads = _read_words(model, self.plain)
        self.plain = [read.plain for read in reads]
        self.keys = [read.key for read in reads]
        self.unknown = [at for at, read in enumerate(reads) if read.is_unknown]
        for at, read in enumerate(reads):
            if read.others:
                self._choose_by_neighbours(model, at, read.others)
        found = {key: model.get_evidence(key) for key in self.keys}
        for pair in features.iter_pairs(self.keys):
            found[pair] = model.get_evidence(pair)
        names: list[tuple[str, int, int]] = []
        marks: list[tuple[str, int, int]] = []
        silent = {at for at, key in enumerate(self.keys) if key[0] == features.NEUTRAL}
        phrases = {feature: evidence.phrases for feature, evidence in found.items() if evidence.phrases}
        for mark, begin, end in features.iter_phrases(self.keys, phrases) if phrases else ():
            if mark == features.NEUTRAL:
                silent.update(range(begin, end))
            else:
                (names if mark[0] == FeatureKind.PARTNER else marks).append((mark, begin, end))
        self._silence_names(model, silent)
        self.named = list(dict.fromkeys(mark for mark, _, _ in names))
        self.past = {mark for mark, begin, _ in names if self._is_past(begin)}
        self.telling = [word for at, word in enumerate(self.plain) if at not in silent]
        self.telling_keys = [key for at, key in enumerate(self.keys) if at not in silent]
        self.known = [key for key in dict.fromkeys(self.telling_keys) if not found[key].is_empty]
        self.evidence = self._collect_evidence(model, found)
        self.apart: dict[str, Evidence] = {}
        within = {at for _, begin, end in names for at in range(begin, end)}
        is_bare = len(self.named) == 1 and silent | within == set(range(len(self.keys)))
        self.bare_partner = self.named[0][1:] if is_bare else ""
        self._name_keys = {self.keys[at] for at in within}
        self._set_apart(model, marks, within)
        self.strangers = sum(model.is_french(self.plain[at]) for at in self.unknown)
        outside = {read.key for read in reads if read.is_outside}
        self.aliens = [
            key
            for key in self.known
            if key in outside or (key in self.evidence and _is_alien(self.evidence[key]))
        ]

    def _choose_by_neighbours(self, model: Model, at: int, others: list[str]) -> None:
        """Read a word as the one of `others`, a slip away, that stands beside a neighbour of ours in the examples."""
        beside = [
            (side, self.keys[side])
            for side in (at - 1, at + 1)
            if 0 <= side < len(self.keys) and model.get_evidence(self.keys[side]).rarity
        ]

        def is_usual(key: str) -> bool:
            pairs = (f"{other} {key}" if side < at else f"{key} {other}" for side, other in beside)
            return any(not model.get_evidence(pair).is_empty for pair in pairs)

        if not beside or is_usual(self.keys[at]):
            return
        for word, key in zip(others, phonetics.compute_keys(others), strict=True):
            if is_usual(key):
                self.keys[at], self.plain[at] = key, word
                self.unknown = [one for one in self.unknown if one != at]
                return

    def _silence_names(self, model: Model, silent: set[int]) -> None:
        """Add to `silent` the words of which nothing is known, names most often, and the links to what is silent."""
        silent.update(at for at in self.unknown if not model.is_french(self.plain[at]))
        if not silent:
            return
        for at in range(len(self.keys) - 2, -1, -1):
            if at + 1 in silent and self.plain[at] in _LINKS_TO_NAMES:
                silent.add(at)

    def _is_past(self, begin: int) -> bool:
        at = begin - 1
        while at >= 0 and self.plain[at] in _LINKS:
            at -= 1
        return 0 <= at < begin - 1 and self.plain[at] in _PAST

    def _collect_evidence(self, model: Model, found: dict[str, Evidence]) -> dict[str, Evidence]:
        telling = self.telling_keys
        evidence = {key: found[key] for key in telling}
        for feature in (*features.iter_pairs(telling), *features.list_whole_text(telling)):
            evidence[feature] = found.get(feature) or model.get_evidence(feature)
        for key in telling:
            for feature in features.list_beginnings(key):
                evidence[feature] = model.get_evidence(feature)
        return evidence

    def _set_apart(self, model: Model, marks: list[tuple[str, int, int]], within: set[int]) -> None:
        """Add the marks of phrases; put aside what only the names of partners, the words at `within`, bring in."""
        for mark, begin, end in marks:
            if not within or not within.issuperset(range(begin, end)):
                self.evidence[mark] = model.get_evidence(mark)
        if not within:
            return
        self.apart = {mark: model.get_evidence(mark) for mark, _, _ in marks if mark not in self.evidence}
        bare = self._name_keys.difference(key for at, key in enumerate(self.keys) if at not in within)
        loose = {one for key in bare for one in (key, *features.list_beginnings(key))}
        for feature, evidence in self.evidence.items():
            if (
                feature in loose
                or feature[0] == FeatureKind.WHOLE_TEXT
                or (" " in feature and not bare.isdisjoint(feature.split(" ")))
            ):
                self.apart[feature] = evidence
        for feature in self.apart:
            self.evidence.pop(feature, None)

    def iter_evidence(self, model: Model) -> Iterator[Evidence]:
        """Yield all that is known, words and their beginnings added up where these count for no other word."""
        counted: set[str] = set()
        for key in dict.fromkeys(self.telling_keys):
            family = [key, *features.list_beginnings(key)]
            if counted.isdisjoint(family) and all(feature in self.evidence for feature in family):
                counted.update(family)
                yield model.get_family(key)
        for feature, evidence in self.evidence.items():
            if feature not in counted and (evidence.partners or evidence.conclusions):
                yield evidence

    def measure_own_words(self) -> float:
        """Return how much of it stands in names of démarches, those of partners left aside; rare words count most."""
        return sum(
            self.evidence[key].rarity
            for key in self.known
            if key in self.evidence and key not in self._name_keys
        )

    def measure_telling(self) -> float:
        """Return how much its words tell, of démarches or of what is out of the livret."""
        told = sum(self.evidence[key].weight for key in self.known if key in self.evidence)
        return told + _FOREIGN_WEIGHT * self.strangers

    def list_known(self) -> list[str]:
        """Return its words as typed of which something is known and that may say something."""
        known = {*self.known, *self._name_keys}
        return [word for word, key in zip(self.typed, self.keys, strict=True) if key in known]

    def list_telling(self, least: float) -> list[str]:
        """Return its words that tell at least so much, or of which nothing is known."""
        pairs = zip(self.telling, self.telling_keys, strict=True)
        return [
            word
            for word, key in pairs
            if (found := self.evidence.get(key)) is None
            or found.is_empty
            or found.weight >= least
            or found.rarity
        ]


def _read_words(model: Model, plain_words: list[str]) -> list[Read]:
    """Return what words stand for that have an article stuck to them or a slip."""
    kept = model.read_words  # emptied when it is full, between two words too
    found = {word: kept.get(word) for word in plain_words}
    new = [word for word, read in found.items() if read is None]
    for word, key in zip(new, phonetics.compute_keys(new), strict=True):
        found[word] = kept[word] = _read_word(model, word, key)
    return [read for word in plain_words if (read := found[word]) is not None]


def _read_word(model: Model, plain: str, key: str) -> Read:
    if model.is_neutral(plain) or (features.is_bare_number(plain) and not model.is_in_rules(key)):
        return Read(features.NEUTRAL + key, plain)
    if len(key) >= _MIN_ELIDED_LENGTH and key[0] in _ELIDED_ARTICLES:
        known, without = (len(model.get_evidence(one).conclusions) for one in (key, key[1:]))
        if without > _MIN_ELISION_RATIO * known:
            return Read(key[1:], plain)
    is_known = not model.get_evidence(key).is_empty
    if is_known and model.is_outside(plain):
        return Read(key, plain, is_outside=True)
    if not plain.isalpha() or (len(plain) < _MIN_SPELT_LENGTH and is_known) or model.is_spelt(plain):
        return Read(key, plain, is_unknown=not is_known)
    if model.is_french(plain):
        others = None if is_known else model.list_corrections(plain)
        return Read(key, plain, is_unknown=not is_known, others=others)
    if is_known:  # it sounds like a known word
        return Read(key, plain, is_strange=True)
    meant, *others = model.list_corrections(plain) or [""]
    if meant:
        [corrected] = phonetics.compute_keys([meant])
        return Read(corrected, meant, is_strange=True, others=others)
    parts = _part_word(model, plain)
    if parts:
        return Read(key, plain, is_strange=True, parts=parts)
    corrected = key if len(plain) < _MIN_SPELT_LENGTH else model.correct_key(key)
    return Read(corrected, plain, is_unknown=corrected == key, is_strange=True)


def _mend_spaces(
    model: Model, typed: list[str], plain: list[str], reads: list[Read]
) -> tuple[list[str], list[str]]:
    """Return the words as typed and plain, those joined that a space parts, those parted that lack one."""
    shown: list[str] = []
    found: list[str] = []
    at = 0
    while at < len(plain):
        word = plain[at]
        is_parted = at + 1 < len(plain) and (reads[at].is_strange or reads[at + 1].is_strange)
        if is_parted and model.is_spelt(word + plain[at + 1]):
            shown.append(f"{typed[at]} {typed[at + 1]}")
            found.append(word + plain[at + 1])
            at += 2
            continue
        parts = reads[at].parts
        shown += parts or [typed[at]]
        found += parts or [word]
        at += 1
    return shown, found


def _is_short_known(model: Model, word: str) -> bool:
    return len(word) < _MIN_SPELT_LENGTH and not model.get_evidence(word).is_empty


def _part_word(model: Model, word: str) -> list[str]:
    """Return the two known words that `word` is without a space between; none when it is not."""
    for at in range(len(word) - 2, 1, -1):
        parts = [word[:at], word[at:]]
        if any(map(model.is_spelt, parts)) and all(
            part in _GLUED_WORDS or model.is_spelt(part) or _is_short_known(model, part) for part in parts
        ):
            return parts
    return []


def _is_alien(evidence: Evidence) -> bool:
    """Return whether a word speaks of what is out of the livret."""
    return (
        evidence.rarity < _MAX_ALIEN_RARITY
        and evidence.outside > _MIN_ALIEN_SHARE
        and evidence.outside * evidence.weight > _MIN_ALIEN_SHARE
    )


def read_sentences(model: Model, text: str, *, at_commas: bool = False) -> list[Sentence]:
    """Return the sentences of `text` that have words; a clause that names a partner in passing is one of its own.

    With `at_commas`, every clause is one.
    """
    found: list[Sentence] = []
    parts = phonetics.split_sentences(text)
    if at_commas:
        parts = [clause for part in parts for clause in phonetics.split_clauses(part)]
    for part in parts:
        sentence = Sentence(model, part)
        clauses = phonetics.split_clauses(part) if sentence.named else []
        if len(clauses) > 1:
            apart = {clause: Sentence(model, clause) for clause in clauses}
            passing = [
                clause
                for clause, one in apart.items()
                if one.named and one.measure_own_words() < _MAX_PASSING_WORDS
            ]
            if passing and len(passing) < len(apart):
                rest = ",".join(clause for clause in clauses if clause not in passing)
                found.append(apart.get(rest) or Sentence(model, rest))
                found += [apart[clause] for clause in passing]
                continue
        found.append(sentence)
    return [sentence for sentence in found if sentence.keys]


_MAX_PASSING_WORDS = 0.15
"""The words of ours beside the name of a partner in a clause that only names it in passing."""
