"""A sentence of a need, read: its words with their slips mended, what is known of their features, whom it names."""

from __future__ import annotations

from fs_triage.search import features, phonetics
from fs_triage.search.features import FeatureKind

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
_LINKS = frozenset("a la le l au aux chez de du des par".split())  # noqa: SIM905
_PAST = frozenset("etais etait etions etaient quitte quittee plus pas ancien ancienne ex".split())  # noqa: SIM905
"""Words before a partner's name, a link between them, that say that it is not, or no longer, concerned."""


class Sentence:
    """A sentence of a need.

    `typed` are its words, `plain` the same without accents and slips, `keys` theirs; `telling` those (`plain`) that may
    say something and `telling_keys` their keys; `known` the keys of which something is known, `unknown` the ranks of
    words of which nothing is. `evidence` is what is known of its features, `apart` of those of partners' names, whose
    marks are `named`; `past` are the marks of partners that are no longer concerned.
    """

    __slots__ = (
        "_name_keys",
        "aliens",
        "apart",
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
        self.unknown: list[int] = []
        self.keys = phonetics.compute_keys(self.plain)
        for at, key in enumerate(self.keys):
            plain = self.plain[at]
            read = model.read_words.get(plain)
            if read is None:
                read = model.read_words[plain] = _read_word(model, plain, key)
            self.keys[at], self.plain[at], is_unknown = read
            if is_unknown:
                self.unknown.append(at)
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
        self.named = list(dict.fromkeys(mark for mark, _, _ in names))
        self.past = {mark for mark, begin, _ in names if self._is_past(begin)}
        self.telling = [word for at, word in enumerate(self.plain) if at not in silent]
        self.telling_keys = [key for at, key in enumerate(self.keys) if at not in silent]
        self.known = [key for key in dict.fromkeys(self.telling_keys) if not found[key].is_empty]
        self.evidence = self._collect_evidence(model, found)
        self.apart: dict[str, Evidence] = {}
        within = {at for _, begin, end in names for at in range(begin, end)}
        self._name_keys = {self.keys[at] for at in within}
        self._set_apart(model, marks, within)
        self.strangers = sum(model.is_french(self.plain[at]) for at in self.unknown)
        self.aliens = [key for key in self.known if key in self.evidence and _is_alien(self.evidence[key])]

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
            if (found := self.evidence.get(key)) is None or found.weight >= least or found.rarity
        ]


def _read_word(model: Model, plain: str, key: str) -> tuple[str, str, bool]:
    """Return what a word stands for if it has an article stuck to it or a slip: key and word; is nothing known of it.

    The key of a word that says nothing is marked.
    """
    if model.is_neutral(plain):
        return features.NEUTRAL + key, plain, False
    if len(key) >= _MIN_ELIDED_LENGTH and key[0] in _ELIDED_ARTICLES:
        known, without = (len(model.get_evidence(one).conclusions) for one in (key, key[1:]))
        if without > _MIN_ELISION_RATIO * known:
            return key[1:], plain, False
    is_known = not model.get_evidence(key).is_empty
    is_short = len(plain) < _MIN_SPELT_LENGTH or not plain.isalpha()
    if is_short or model.is_spelt(plain) or model.is_french(plain):
        return key, plain, not is_known
    if is_known:  # it sounds like a known word
        return key, plain, False
    meant = model.correct_word(plain)
    if meant is not None:
        [corrected] = phonetics.compute_keys([meant])
        return corrected, meant, False
    corrected = model.correct_key(key)
    return corrected, plain, corrected == key


def _is_alien(evidence: Evidence) -> bool:
    """Return whether a word speaks of what is out of the livret."""
    return (
        evidence.rarity < _MAX_ALIEN_RARITY
        and evidence.outside > _MIN_ALIEN_SHARE
        and evidence.outside * evidence.weight > _MIN_ALIEN_SHARE
    )


def read_sentences(model: Model, text: str) -> list[Sentence]:
    """Return the sentences of `text` that have words; a clause that names a partner in passing is one of its own."""
    found: list[Sentence] = []
    for part in phonetics.split_sentences(text):
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
