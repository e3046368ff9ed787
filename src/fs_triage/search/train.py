"""Training of the search: how often each feature leads to each conclusion, counted in the rules' own texts.

The texts are the examples, keywords, labels and names of the rules, and the needs of `hors-livret.yaml`. Counting
takes a fraction of a second and gives the same on every machine; `model` computes weights from the counts. Why, with
numbers: `docs/adr/0010`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import chain, repeat
from math import exp, log
from zlib import crc32

from fs_triage.search import features as vocabulary
from fs_triage.search import phonetics
from fs_triage.search.features import EXACT_EXAMPLE, FeatureKind, Phrases
from fs_triage.search.model import OUT, VAGUE
from fs_triage.search.training_set import COUNTED_PREFIX, TRAINED_PREFIXES, TRAINING_SET, TrainingSet

_MIN_TEXTS = 3  # texts that a pair or a beginning must be in
_MIN_CORRECTED_LENGTH = 4  # letters of the shortest key that a slip may have been meant to be
_FEATURES_PER_BUCKET = 8  # features
_MAX_CONCLUSIONS = 150  # conclusions that one feature may speak for
_EMPTY_COUNTS = "\t"
_AMBIGUOUS = ""  # places


Counts = dict[int, list[str]]
"""The features of the texts of one conclusion, by the number of those texts that each stands in."""


def train_model(taught: Mapping[str, str]) -> dict[str, str]:
    """Return the entries of an index, `taught`, with those that a search reads, made from its training set.

    The counts of texts that did not change are taken from the entries.
    """
    lesson: TrainingSet = json.loads(taught[TRAINING_SET])
    phrases = _index_phrases(_list_phrases(lesson))
    texts = collect_texts(lesson)
    groups = [told["partner"] for told in lesson["conclusions"]]
    counted, kept = _count_features(texts, _name_count_entries(texts, phrases), phrases, taught)
    sizes = {
        position: sum(count * len(features) for count, features in counts.items())
        for position, counts in counted.items()
    }
    lines = _build_lines(counted, sizes, groups)
    for feature, begun in phrases.items():
        lines[feature] = f"{lines.get(feature, _EMPTY_COUNTS)}\t{vocabulary.dump_phrases(begun)}"
    lines |= _list_known_keys(lines) | index_exact_examples(lesson)
    count = max(1, len(lines) // _FEATURES_PER_BUCKET)
    buckets: list[list[str]] = [[] for _ in range(count)]
    for feature, line in lines.items():
        buckets[crc32(feature.encode()) % count].append(f"{feature}\t{line}")
    found = {f"find:{rank:06}": "\n".join(bucket) for rank, bucket in enumerate(buckets)}
    second = [str(rank) for rank, told in enumerate(lesson["conclusions"]) if told["level"] == 2]
    settings = {
        TRAINING_SET: taught[TRAINING_SET],
        "search:buckets": str(count),
        "search:second": " ".join(second),
        "search:sizes": dump_sizes([sizes[position] for position in range(len(groups))]),
        "search:totals": " ".join(map(str, compute_totals(sizes, groups, len(lesson["partners"])))),
        "search:watched": "\n".join(
            " ".join([name, *marks]) for name, marks in build_partner_marks(lesson).items()
        ),
    }
    others = {key: value for key, value in taught.items() if not key.startswith(TRAINED_PREFIXES)}
    return others | found | kept | settings


def dump_sizes(sizes: list[int]) -> str:
    """Return the usual size, which is the geometric mean, and the size of each conclusion."""
    usual = exp(sum(map(log, sizes)) / len(sizes)) if sizes else 1
    return " ".join([f"{usual:.3f}", *map(str, sizes)])


def compute_totals(sizes: dict[int, int], groups: list[int], partners: int) -> list[int]:
    """Return the sizes of `VAGUE`, of `OUT` and of each partner."""
    totals = [0] * partners
    for position, rank in enumerate(groups):
        totals[rank] += sizes[position]
    return [sizes[VAGUE], sizes[OUT], *totals]


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


def index_exact_examples(lesson: TrainingSet) -> dict[str, str]:
    """Return the position of the conclusion of each example, by the feature of its exact words.

    A need worded exactly as an example finds its conclusion, whatever the weights say. The needs of
    `hors-livret.yaml` give `OUT` and `VAGUE`, and win over an example. Texts with several conclusions are left out.
    """
    needs: list[str] = []
    leads: list[str] = []
    for position, told in enumerate(lesson["conclusions"]):
        needs += told["examples"]
        leads += [str(position)] * len(told["examples"])
    places: dict[str, str] = {}
    for words, lead in zip(phonetics.split_words_of_texts(needs), leads, strict=True):
        text = EXACT_EXAMPLE + " ".join(words)
        if places.setdefault(text, lead) != lead:
            places[text] = _AMBIGUOUS
    for mark, of in ((OUT, lesson["out_of_scope"]), (VAGUE, lesson["vague"])):
        places |= {EXACT_EXAMPLE + " ".join(words): str(mark) for words in phonetics.split_words_of_texts(of)}
    places.pop(EXACT_EXAMPLE, None)
    return {text: lead for text, lead in places.items() if lead != _AMBIGUOUS}


def _list_phrases(lesson: TrainingSet) -> list[tuple[str, str]]:
    """Return the phrases of the synonyms, the themes and the names of partners, each with its mark."""
    said: list[tuple[str, str]] = []
    for word, also in lesson["synonyms"]:
        mark = _build_mark(FeatureKind.SYNONYM, word)
        said += [(phrase, mark) for phrase in (word, *also)]
    for theme, _, words in lesson["themes"]:
        mark = _build_mark(FeatureKind.THEME, theme)
        said += [(phrase, mark) for phrase in words]
    for partner in lesson["partners"]:
        said += [(name, FeatureKind.PARTNER + partner["id"]) for name in partner["names"]]
    return said


def build_partner_marks(lesson: TrainingSet) -> dict[str, list[str]]:
    """Return for each partner that has a theme of its own the marks that speak for it."""
    watched: dict[str, list[str]] = {}
    known = {partner["id"] for partner in lesson["partners"]}
    for theme, partner, _ in lesson["themes"]:
        if partner in known:
            watched.setdefault(str(partner), [f"{FeatureKind.PARTNER}{partner}"]).append(
                _build_mark(FeatureKind.THEME, theme)
            )
    return watched


def _build_mark(kind: str, name: str) -> str:
    return kind + "-".join(phonetics.split_words(name))


def _index_phrases(said: list[tuple[str, str]]) -> dict[str, Phrases]:
    """Return the phrases that stand for a mark, by the feature that begins them."""
    found: dict[str, Phrases] = {}
    for keys, (_, mark) in zip(_compute_keys([phrase for phrase, _ in said]), said, strict=True):
        first, rest = vocabulary.split_phrase(keys)
        if first and (rest, mark) not in found.setdefault(first, []):
            found[first].append((rest, mark))
    return found


def collect_texts(lesson: TrainingSet) -> dict[int, list[str]]:
    """Return the texts to learn from, by the position of the conclusion they lead to, or `OUT` or `VAGUE`."""
    texts: dict[int, list[str]] = {}
    for position, told in enumerate(lesson["conclusions"]):
        label = lesson["partners"][told["partner"]]["label"]
        named = [f"{label} {name}" for name in told["names"]]
        texts[position] = [*told["examples"], *named, *told["names"], told["way"]]
    return texts | {OUT: lesson["out_of_scope"], VAGUE: lesson["vague"]}


def _compute_keys(texts: list[str]) -> list[list[str]]:
    """Return the keys of the words of each of `texts`, those of all words worked out at once."""
    plain = phonetics.split_words_of_texts(texts)
    every = list(dict.fromkeys(chain.from_iterable(plain)))
    key_of = dict(zip(every, phonetics.compute_keys(every), strict=True))
    return [list(map(key_of.__getitem__, words)) for words in plain]


def _name_count_entries(texts: dict[int, list[str]], phrases: dict[str, Phrases]) -> dict[int, str]:
    """Return the key of the index entry that holds the counts of each position."""
    begun = sha256(repr(phrases).encode()).hexdigest()
    said = {position: "\n".join([begun, *of]) for position, of in texts.items()}
    return {
        position: f"{COUNTED_PREFIX}{sha256(text.encode()).hexdigest()}" for position, text in said.items()
    }


def _count_features(
    texts: dict[int, list[str]], names: dict[int, str], phrases: dict[str, Phrases], old: Mapping[str, str]
) -> tuple[dict[int, Counts], dict[str, str]]:
    """Return the counts of each position, in order, and the entries that keep them for the next time."""
    new = {position: texts[position] for position, name in names.items() if name not in old}
    features = _extract_features(new, phrases)
    counted: dict[int, Counts] = {}
    kept: dict[str, str] = {}
    for position in sorted(texts):
        name = names[position]
        if position in new:
            counts: Counts = {}
            for feature, count in Counter(features[position]).items():
                counts.setdefault(count, []).append(feature)
            counted[position] = counts
            kept[name] = "\n".join(["\t".join([str(count), *found]) for count, found in counts.items()])
        else:
            kept[name] = old[name]
            rows = [line.split("\t") for line in old[name].split("\n") if line]
            counted[position] = {int(count): found for count, *found in rows}
    return counted, kept


def extract_features(lesson: TrainingSet, texts: dict[int, list[str]]) -> dict[int, list[str]]:
    """Return the features of `texts`, by position, as a search that has learnt `lesson` knows them."""
    return _extract_features(texts, _index_phrases(_list_phrases(lesson)))


def _extract_features(texts: dict[int, list[str]], phrases: dict[str, Phrases]) -> dict[int, list[str]]:
    """Return the features of the texts of each position; a feature counts once a text."""
    every = [(position, text) for position, of in texts.items() for text in of]
    keys_of = _compute_keys([text for _, text in every])
    alone: dict[str, list[str]] = {}  # for a key, the features that need no other
    for key in set(chain.from_iterable(keys_of)):
        marks = (mark for _, mark in phrases.get(key, ()))
        alone[key] = [key, *vocabulary.list_beginnings(key), *marks]
    longer = {feature: begun for feature, begun in phrases.items() if " " in feature}
    begin_longer = frozenset(longer)
    found: dict[int, list[str]] = {position: [] for position in texts}
    for (position, _), keys in zip(every, keys_of, strict=True):
        features = list(vocabulary.iter_pairs(keys))
        if not begin_longer.isdisjoint(features):
            features += vocabulary.iter_marks(keys, longer, list(filter(begin_longer.__contains__, features)))
        features += vocabulary.list_whole_text(keys)
        found[position] += dict.fromkeys(chain(features, *map(alone.__getitem__, keys)))
    return found


def _build_lines(counted: dict[int, Counts], sizes: dict[int, int], groups: list[int]) -> dict[str, str]:
    """Return the line of each feature that `model` reads: counts by conclusion, by partner where some are left out."""
    rows: dict[str, list[str]] = {feature: [] for feature in _iter_frequent_features(counted)}
    telling = rows.__contains__
    for position, counts in counted.items():
        for count, features in counts.items():
            shown = f"{position} {count}"
            for feature in filter(telling, features):
                rows[feature].append(shown)
    return {
        feature: f"{' '.join(row)}\t"
        if len(row) <= _MAX_CONCLUSIONS
        else _build_capped_line(row, sizes, groups)
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


def _build_capped_line(row: list[str], sizes: dict[int, int], groups: list[int]) -> str:
    """Return the line of a feature of more than `_MAX_CONCLUSIONS`: its best conclusions, and counts by partner."""
    counts = [(int(position), int(count)) for position, count in map(str.split, row)]
    shared: dict[int, int] = {}
    for position, count in counts:
        rank = groups[position] if position >= 0 else position
        shared[rank] = shared.get(rank, 0) + count
    best = sorted(sorted(counts, key=lambda one: (-one[1] / sizes[one[0]], one[0]))[:_MAX_CONCLUSIONS])
    written = [
        " ".join(f"{rank} {count}" for rank, count in pairs) for pairs in (best, sorted(shared.items()))
    ]
    return "\t".join(written)
