"""Training of the search: how often each feature leads to each conclusion, counted in the rules' own texts.

The texts are the examples, keywords, labels and names of the rules, and the needs of `hors-livret.yaml`. Counting
takes a fraction of a second and gives the same on every machine; `model` computes weights from the counts. Why, with
numbers: `docs/adr/0010`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain, pairwise, repeat
from math import exp, log

from fs_triage.files.checked_file import pack, pack_numbers, pack_table, pack_texts
from fs_triage.search import features as vocabulary
from fs_triage.search import phonetics
from fs_triage.search.features import FeatureKind, Phrases
from fs_triage.search.model import KIND, OUT, VAGUE, FeatureRow, PartnerStats, Totals, WordRow
from fs_triage.search.training_set import TrainingSet, list_needs_out_of_scope

_MIN_TEXTS = 3  # texts that a pair or a beginning must be in
_MIN_CORRECTED_LENGTH = 4  # letters of the shortest key that a slip may have been meant to be
_MAX_CONCLUSIONS = 150  # conclusions that one feature may speak for
_MAX_NAME_TEXTS = 2  # texts of one conclusion that the name of a person or place stands in
_MIN_SPELT_TEXTS = 4  # texts that spell a word which no dictionary has, before a slip is taken for it
_MIN_FREQUENCY = 60  # of a French word, in a count that begins at 50
_TEXTS = ("examples", "names", "above", "said")  # of a conclusion
_LITTLE_KEYS = frozenset(
    "des les une aux par pas sur son ses est que qui pour dan avek sans vou nou leur out mon mes cet cette etre "  # noqa: SIM905
    "avoir".split()
)

Counts = dict[int, list[str]]
"""The features of the texts of one conclusion, by the number of those texts that each stands in."""


def train(training_set: TrainingSet) -> bytes:
    """Return the content of the file of a `Model`."""
    conclusions = training_set["conclusions"]
    neutral = find_neutral_words(training_set)
    phrases = _index_phrases(_list_phrases(training_set), neutral)
    counted = _count_features(collect_texts(training_set), phrases, neutral)
    sizes = {
        position: sum(count * len(features) for count, features in counts.items())
        for position, counts in counted.items()
    }
    rows = _build_rows(counted, sizes, [conclusion["partner"] for conclusion in conclusions])
    for feature, begun in phrases.items():
        rows.setdefault(feature, FeatureRow([], [], [])).phrases = begun
    lines = {feature: row.dump() for feature, row in rows.items()}
    examples = {words: str(position) for words, position in find_exact_examples(training_set).items()}
    totals, partners, each = measure_texts(training_set, sizes)
    return pack(
        KIND,
        {
            "totals": pack_texts(totals.dump()),
            "partners": pack_texts([partner.dump() for partner in partners]),
            "sizes": pack_numbers(each),
            "levels": pack_numbers([conclusion["level"] for conclusion in conclusions]),
            "features": pack_table(lines),
            "examples": pack_table(examples),
            "known-keys": pack_table(_list_known_keys(lines)),
            "words": pack_table({key: row.dump() for key, row in _build_word_rows(training_set).items()}),
            "topics": pack_texts(
                f"{topic['name']}\t{topic['where']}" for topic in training_set["out_of_scope"]
            ),
            "topic-words": pack_table(_count_topic_words(training_set, neutral)),
            "neutral": pack_table(dict.fromkeys(sorted(neutral), "")),
            "outside": pack_table(dict.fromkeys(sorted(_find_words_outside(training_set) - neutral), "")),
            **_pack_spellings(training_set),
        },
    )


def measure_texts(
    training_set: TrainingSet, sizes: Mapping[int, int]
) -> tuple[Totals, list[PartnerStats], list[int]]:
    """Return what `Scales` are made of; `sizes` are those of the texts by position, of `OUT` and of `VAGUE`.

    The usual size is the geometric mean.
    """
    conclusions = training_set["conclusions"]
    marks = _build_partner_marks(training_set)
    partners = [
        PartnerStats(partner["id"], size=0, end=0, marks=marks.get(partner["id"], []))
        for partner in training_set["partners"]
    ]
    for position, conclusion in enumerate(conclusions):
        partners[conclusion["partner"]].size += sizes[position]
        partners[conclusion["partner"]].end = position + 1
    for before, after in pairwise(partners):
        after.end = max(before.end, after.end)  # a partner without a conclusion
    each = [sizes[position] for position in range(len(conclusions))]
    usual = exp(sum(map(log, each)) / len(each)) if each else 1.0
    return Totals(float(f"{usual:.3f}"), sizes[OUT], sizes[VAGUE]), partners, each


def _list_known_keys(lines: dict[str, str]) -> dict[str, str]:
    """Return the known keys, those of most conclusions first, by initial and length."""
    known = [
        (-lines[key].count(" "), key)
        for key in filter(str.isalpha, lines)
        if len(key) >= _MIN_CORRECTED_LENGTH
    ]
    rows: dict[str, list[str]] = {}
    for _, key in sorted(known):
        rows.setdefault(vocabulary.name_known_keys(key[0], len(key)), []).append(key)
    return {name: " ".join(keys) for name, keys in rows.items()}


def find_exact_examples(training_set: TrainingSet) -> dict[str, int]:
    """Return the position of the conclusion of each example, by its exact words.

    A need worded exactly as an example finds its conclusion, whatever the weights say. The needs of
    `hors-livret.yaml` give `OUT` and `VAGUE`, and win over an example. Texts with several conclusions are left out.
    """
    needs: list[str] = []
    leads: list[int] = []
    for position, told in enumerate(training_set["conclusions"]):
        needs += told["examples"]
        leads += [position] * len(told["examples"])
    places: dict[str, int | None] = {}
    for words, lead in zip(phonetics.split_words_of_texts(needs), leads, strict=True):
        text = " ".join(words)
        if places.setdefault(text, lead) != lead:
            places[text] = None
    for mark, of in ((OUT, list_needs_out_of_scope(training_set)), (VAGUE, training_set["vague"])):
        places |= {" ".join(words): mark for words in phonetics.split_words_of_texts(of)}
    places.pop("", None)
    return {text: lead for text, lead in places.items() if lead is not None}


def _list_phrases(training_set: TrainingSet) -> list[tuple[str, str]]:
    """Return the phrases of the synonyms, the themes and the names of partners, each with its mark."""
    said: list[tuple[str, str]] = []
    for word, also in training_set["synonyms"]:
        mark = _build_mark(FeatureKind.SYNONYM, word)
        said += [(phrase, mark) for phrase in (word, *also)]
    for theme, _, words in training_set["themes"]:
        mark = _build_mark(FeatureKind.THEME, theme)
        said += [(phrase, mark) for phrase in words]
    for partner in training_set["partners"]:
        said += [(name, FeatureKind.PARTNER + partner["id"]) for name in partner["names"]]
    said += [(phrase, vocabulary.NEUTRAL) for phrase in _list_neutral_phrases(training_set)]
    return said


def _list_neutral_phrases(training_set: TrainingSet) -> list[str]:
    """Return the phrases that say nothing, of more than one word."""
    neutral = training_set["neutral"]
    return [
        phrase
        for phrase, words in zip(neutral, phonetics.split_words_of_texts(neutral), strict=True)
        if len(words) > 1
    ]


def _build_partner_marks(training_set: TrainingSet) -> dict[str, list[str]]:
    """Return for each partner that has a theme of its own the marks that speak for it."""
    watched: dict[str, list[str]] = {}
    known = {partner["id"] for partner in training_set["partners"]}
    for theme, partner, _ in training_set["themes"]:
        if partner in known:
            watched.setdefault(str(partner), [f"{FeatureKind.PARTNER}{partner}"]).append(
                _build_mark(FeatureKind.THEME, theme)
            )
    return watched


def _build_mark(kind: str, name: str) -> str:
    return kind + "-".join(phonetics.split_words(name))


def _index_phrases(said: list[tuple[str, str]], neutral: frozenset[str]) -> dict[str, Phrases]:
    """Return the phrases that stand for a mark, by the feature that begins them."""
    found: dict[str, Phrases] = {}
    for keys, (_, mark) in zip(_compute_keys([phrase for phrase, _ in said], neutral), said, strict=True):
        first, rest = vocabulary.split_phrase(keys)
        if first and (rest, mark) not in found.setdefault(first, []):
            found[first].append((rest, mark))
    return found


def collect_texts(training_set: TrainingSet) -> dict[int, list[str]]:
    """Return the texts to learn from, by the position of the conclusion they lead to, or `OUT` or `VAGUE`."""
    texts: dict[int, list[str]] = {}
    for position, told in enumerate(training_set["conclusions"]):
        label = training_set["partners"][told["partner"]]["label"]
        named = [f"{label} {name}" for name in told["names"]]
        texts[position] = [*told["examples"], *named, *told["names"], told["way"]]
    return texts | {OUT: list_needs_out_of_scope(training_set), VAGUE: training_set["vague"]}


def _compute_keys(texts: list[str], neutral: frozenset[str] = frozenset()) -> list[list[str]]:
    """Return the keys of the words of each of `texts`, those of all words worked out at once.

    The keys of `neutral` words are marked: no other word has them.
    """
    plain = phonetics.split_words_of_texts(texts)
    every = list(dict.fromkeys(chain.from_iterable(plain)))
    key_of = dict(zip(every, phonetics.compute_keys(every), strict=True))
    key_of |= {word: vocabulary.NEUTRAL + key_of[word] for word in neutral.intersection(every)}
    return [list(map(key_of.__getitem__, words)) for words in plain]


def _count_features(
    texts: dict[int, list[str]], phrases: dict[str, Phrases], neutral: frozenset[str]
) -> dict[int, Counts]:
    """Return the counts of each position, in order."""
    features = _extract_features(texts, phrases, neutral)
    counted: dict[int, Counts] = {}
    for position in sorted(texts):
        counts = counted[position] = {}
        for feature, count in Counter(features[position]).items():
            counts.setdefault(count, []).append(feature)
    return counted


def extract_features(training_set: TrainingSet, texts: dict[int, list[str]]) -> dict[int, list[str]]:
    """Return the features of `texts`, by position, as a search that was trained with this set knows them."""
    neutral = find_neutral_words(training_set)
    return _extract_features(texts, _index_phrases(_list_phrases(training_set), neutral), neutral)


def _extract_features(
    texts: dict[int, list[str]], phrases: dict[str, Phrases], neutral: frozenset[str]
) -> dict[int, list[str]]:
    """Return the features of the texts of each position; a feature counts once a text."""
    every = [(position, text) for position, of in texts.items() for text in of]
    keys_of = _compute_keys([text for _, text in every], neutral)
    alone: dict[str, list[str]] = {}  # for a key, the features that need no other
    for key in set(chain.from_iterable(keys_of)):
        marks = (mark for _, mark in phrases.get(key, ()))
        own = [] if key[0] == vocabulary.NEUTRAL else [key, *vocabulary.list_beginnings(key)]
        alone[key] = [*own, *marks]
    longer = {feature: begun for feature, begun in phrases.items() if " " in feature}
    begin_longer = frozenset(longer)
    found: dict[int, list[str]] = {position: [] for position in texts}
    for (position, _), keys in zip(every, keys_of, strict=True):
        every_pair = list(vocabulary.iter_pairs(keys))
        telling = [key for key in keys if key[0] != vocabulary.NEUTRAL]
        features = list(every_pair if len(telling) == len(keys) else vocabulary.iter_pairs(telling))
        if not begin_longer.isdisjoint(every_pair):
            begun = list(filter(begin_longer.__contains__, every_pair))
            features += [
                mark for mark in vocabulary.iter_marks(keys, longer, begun) if mark != vocabulary.NEUTRAL
            ]
        features += vocabulary.list_whole_text(telling)
        found[position] += dict.fromkeys(chain(features, *map(alone.__getitem__, keys)))
    return found


def find_neutral_words(training_set: TrainingSet) -> frozenset[str]:
    """Return the words that say nothing: those listed, and names of people and places in the examples."""
    listed = {
        words[0] for words in phonetics.split_words_of_texts(training_set["neutral"]) if len(words) == 1
    }
    names = [*chain.from_iterable(one["names"] + one["above"] for one in training_set["conclusions"])]
    names += [phrase for phrase, mark in _list_phrases(training_set) if mark != vocabulary.NEUTRAL]
    kept = set(chain.from_iterable(phonetics.split_words_of_texts(names)))
    return frozenset(listed | ((_find_proper_names(training_set) | _find_numbers(training_set)) - kept))


def _find_numbers(training_set: TrainingSet) -> set[str]:
    texts = [text for told in training_set["conclusions"] for text in told["examples"]]
    texts += [*list_needs_out_of_scope(training_set), *training_set["vague"]]
    words = chain.from_iterable(phonetics.split_words_of_texts(texts))
    return {word for word in words if vocabulary.is_bare_number(word)}


def _find_proper_names(training_set: TrainingSet) -> set[str]:
    """Return the words that examples only write with a capital, within sentences, few of any one conclusion."""
    found: Counter[tuple[int, str]] = Counter()
    small: set[str] = set()
    for position, told in enumerate(training_set["conclusions"]):
        for text in told["examples"]:
            first, *others = text.replace("’", " ").replace("'", " ").split()
            small.update(word for word in others if word.islower())
            if first.islower():
                small.add(first)
            for before, word in pairwise((first, *others)):
                if word[0].isupper() and not word.isupper() and before[-1] not in ".!?:;":
                    found[position, word.strip('.,;:!?()«»"…').lower()] += 1
    often = {word for (_, word), count in found.items() if count > _MAX_NAME_TEXTS}
    names = [word for word in {word for _, word in found} - often - small if len(word) > 1]
    return set(chain.from_iterable(phonetics.split_words_of_texts(names)))


def _build_word_rows(training_set: TrainingSet) -> dict[str, WordRow]:
    """Return where the words of names and cards stand, by key."""
    rows: dict[str, tuple[set[int], set[int], set[int]]] = {}
    for at, kind in enumerate(("names", "above", "said")):
        texts = [" ".join(told[kind]).replace("\n", " ") for told in training_set["conclusions"]]  # type: ignore[literal-required]
        for position, keys in enumerate(_compute_keys(texts)):
            for key in keys:
                rows.setdefault(key, (set(), set(), set()))[at].add(position)
    return {
        key: WordRow(sorted(own), sorted(above - own), sorted(said - own - above))
        for key, (own, above, said) in rows.items()
        if key[0].isalnum() and (len(key) > 2 or key.isdigit()) and key not in _LITTLE_KEYS
    }


def _count_topic_words(training_set: TrainingSet, neutral: frozenset[str]) -> dict[str, str]:
    """Return in how many needs of each topic out of the livret a key or a pair of them stands, by the topic's rank."""
    counts: dict[str, Counter[int]] = {}
    for rank, topic in enumerate(training_set["out_of_scope"]):
        for keys in _compute_keys(topic["needs"], neutral):
            telling = [key for key in keys if key[0] != vocabulary.NEUTRAL]
            for feature in dict.fromkeys(chain(telling, vocabulary.iter_pairs(telling))):
                counts.setdefault(feature, Counter())[rank] += 1
    return {
        feature: " ".join(f"{rank} {count}" for rank, count in sorted(found.items()))
        for feature, found in counts.items()
    }


def _find_words_outside(training_set: TrainingSet) -> set[str]:
    """Return the words that only needs out of the livret spell so: « danse », which sounds like « dans »."""

    def list_words(texts: list[str]) -> set[str]:
        plain = phonetics.split_words_of_texts([text.replace("\n", " ") for text in texts])
        return set(chain.from_iterable(plain))

    within = [text for one in training_set["conclusions"] for kind in _TEXTS for text in one[kind]]  # type: ignore[literal-required]
    within += [*training_set["vague"], *(phrase for phrase, _ in _list_phrases(training_set))]
    outside = list_words(list_needs_out_of_scope(training_set)) - list_words(within)
    return {word for word in outside if len(word) >= _MIN_CORRECTED_LENGTH and word.isalpha()}


def _pack_spellings(training_set: TrainingSet) -> dict[str, bytes]:
    """Return the sections of the words that a slip may have been meant to be, and of other French words."""
    conclusions = training_set["conclusions"]
    names = [*chain.from_iterable(one["names"] + one["above"] for one in conclusions)]
    names += [phrase for phrase, _ in _list_phrases(training_set)]
    told = [text for one in conclusions for text in (*one["examples"], *one["said"])]
    named = Counter(
        chain.from_iterable(phonetics.split_words_of_texts([t.replace("\n", " ") for t in names]))
    )
    used = Counter(chain.from_iterable(phonetics.split_words_of_texts([t.replace("\n", " ") for t in told])))
    french = read_french_words()
    spelt = frozenset(chain.from_iterable(french.values()))
    good = {word: (0, -named[word]) for word in named}
    good |= {
        word: (1, -count)
        for word, count in used.items()
        if word not in good and (word in spelt if count < _MIN_SPELT_TEXTS else True)
    }
    rows: dict[str, tuple[list[str], list[str]]] = {}
    for word in sorted(good, key=lambda word: (good[word], word)):
        if len(word) >= _MIN_CORRECTED_LENGTH and word.isalpha():
            name = vocabulary.name_known_keys(word[0], len(word))
            rows.setdefault(name, ([], []))[good[word][0]].append(word)
    others = {name: " ".join(word for word in words if word not in good) for name, words in french.items()}
    return {
        "spellings": pack_table({name: "|".join(map(" ".join, words)) for name, words in rows.items()}),
        "french": pack_table({name: words for name, words in others.items() if words}),
    }


@cache
def read_french_words() -> Mapping[str, list[str]]:
    """Return French words that are at all frequent, without accents, in order, by the name of their row.

    Never read at a search. They take a third of a training, or most of one of a small livret: where several livrets
    are trained, they are read once.
    """
    import gzip
    import json
    from importlib import resources

    packed = (resources.files("spellchecker") / "resources" / "fr.json.gz").read_bytes()
    counts = json.loads(gzip.decompress(packed))
    words = [word for word, count in counts.items() if count > _MIN_FREQUENCY and word.isalpha()]
    rows: dict[str, list[str]] = {}
    for word in sorted({*chain.from_iterable(phonetics.split_words_of_texts(words))}):
        rows.setdefault(vocabulary.name_known_keys(word[0], len(word)), []).append(word)
    return rows


def _build_rows(
    counted: dict[int, Counts], sizes: dict[int, int], groups: list[int]
) -> dict[str, FeatureRow]:
    """Return what is known of each feature: its counts for conclusions, for partners if some are left out."""
    rows: dict[str, list[tuple[int, int]]] = {feature: [] for feature in _iter_frequent_features(counted)}
    telling = rows.__contains__
    for position, counts in counted.items():
        for count, features in counts.items():
            pair = (position, count)
            for feature in filter(telling, features):
                rows[feature].append(pair)
    return {
        feature: FeatureRow(row, [], []) if len(row) <= _MAX_CONCLUSIONS else _keep_best(row, sizes, groups)
        for feature, row in rows.items()
    }


def _iter_frequent_features(counted: dict[int, Counts]) -> Iterator[str]:
    """Yield the features that are in enough texts to be no chance."""
    groups = [(count, features) for counts in counted.values() for count, features in counts.items()]
    often = dict.fromkeys(chain.from_iterable(features for count, features in groups if count >= _MIN_TEXTS))
    rare = chain.from_iterable(
        chain(*repeat(features, count)) for count, features in groups if count < _MIN_TEXTS
    )
    yield from often
    for feature, count in Counter(rare).items():
        chancy = feature[0] == FeatureKind.BEGINNING or (
            " " in feature and feature[0] != FeatureKind.WHOLE_TEXT
        )
        if (count >= _MIN_TEXTS or not chancy) and feature not in often:
            yield feature


def _keep_best(row: list[tuple[int, int]], sizes: dict[int, int], groups: list[int]) -> FeatureRow:
    """Return the row of a feature of very many conclusions: its best conclusions, and the counts of all partners."""
    shared: dict[int, int] = {}
    for position, count in row:
        rank = groups[position] if position >= 0 else position
        shared[rank] = shared.get(rank, 0) + count
    best = sorted(row, key=lambda one: (-one[1] / sizes[one[0]], one[0]))[:_MAX_CONCLUSIONS]
    return FeatureRow(sorted(best), sorted(shared.items()), [])
