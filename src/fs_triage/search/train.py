"""Learning to search from the rules themselves: how often each word of a need leads to each conclusion.

The texts are the examples, keywords, labels and names of the rules, and the needs of `hors-livret.yaml`. The
learning is counting, so that it costs a fraction of a second and gives the same on every machine; `weights` makes
weights of the counts that a need meets. `docs/adr/0010` tells why, with numbers.
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
from fs_triage.search.features import BEGINNING, BY_HEART, PARTNER, SYNONYM, THEME, WHOLE, Phrases
from fs_triage.search.model import OUT, VAGUE
from fs_triage.search.training_set import COUNTED, LEARNT, LESSON, Lesson

_CHANCE = 3  # texts: a pair or a beginning met less often is chance
_A_SLIP = 4  # letters of the shortest key that a slip may have been meant to be
_A_BUCKET = 8  # features
_BEST = 150  # conclusions that one feature may speak for
_NOTHING = "\t"
_SEVERAL = ""  # places


Counts = dict[int, list[str]]
"""The features of the texts of one conclusion, by the number of those texts that each stands in."""


def learn(taught: Mapping[str, str]) -> dict[str, str]:
    """Return the entries of an index, `taught`, with those that a search reads, made of its lesson.

    Texts of a conclusion that were counted before, as the entries tell, are not counted again.
    """
    lesson: Lesson = json.loads(taught[LESSON])
    phrases = _phrases(_said(lesson))
    texts = texts_of(lesson)
    groups = [told["partner"] for told in lesson["conclusions"]]
    counted, kept = _counted(texts, _names(texts, phrases), phrases, taught)
    sizes = {
        position: sum(count * len(features) for count, features in counts.items())
        for position, counts in counted.items()
    }
    lines = _lines(counted, sizes, groups)
    for feature, begun in phrases.items():
        lines[feature] = f"{lines.get(feature, _NOTHING)}\t{vocabulary.written(begun)}"
    lines |= _shelves(lines) | by_heart(lesson)
    count = max(1, len(lines) // _A_BUCKET)
    buckets: list[list[str]] = [[] for _ in range(count)]
    for feature, line in lines.items():
        buckets[crc32(feature.encode()) % count].append(f"{feature}\t{line}")
    found = {f"find:{rank:06}": "\n".join(bucket) for rank, bucket in enumerate(buckets)}
    second = [str(rank) for rank, told in enumerate(lesson["conclusions"]) if told["level"] == 2]
    settings = {
        LESSON: taught[LESSON],
        "search:buckets": str(count),
        "search:second": " ".join(second),
        "search:sizes": sizes_of([sizes[position] for position in range(len(groups))]),
        "search:totals": " ".join(map(str, totals(sizes, groups, len(lesson["partners"])))),
        "search:watched": "\n".join(" ".join([name, *marks]) for name, marks in watched(lesson).items()),
    }
    others = {key: value for key, value in taught.items() if not key.startswith(LEARNT)}
    return others | found | kept | settings


def sizes_of(sizes: list[int]) -> str:
    """Return the usual size, which is the geometric mean, and the size of each conclusion."""
    usual = exp(sum(map(log, sizes)) / len(sizes)) if sizes else 1
    return " ".join([f"{usual:.3f}", *map(str, sizes)])


def totals(sizes: dict[int, int], groups: list[int], partners: int) -> list[int]:
    """Return the sizes of `VAGUE`, of `OUT` and of each partner."""
    totals = [0] * partners
    for position, rank in enumerate(groups):
        totals[rank] += sizes[position]
    return [sizes[VAGUE], sizes[OUT], *totals]


def _shelves(lines: dict[str, str]) -> dict[str, str]:
    """Return the known keys, those of most conclusions first, by initial and length: see `vocabulary.slips`."""
    known = [(-lines[key].count(" "), key) for key in filter(str.isalpha, lines) if len(key) >= _A_SLIP]
    shelves: dict[str, list[str]] = {}
    for _, key in sorted(known):
        shelves.setdefault(vocabulary.shelf(key[0], len(key)), []).append(key)
    return {name: " ".join(keys) for name, keys in shelves.items()}


def by_heart(lesson: Lesson) -> dict[str, str]:
    """Return where each example leads: a feature of its words, and the position of its conclusion.

    What a rule file promises is kept to the letter, however the other rules weigh its words: so are the needs of
    `hors-livret.yaml`, as `OUT` and `VAGUE`, which go before an example. Texts that lead to several places do not
    count.
    """
    needs: list[str] = []
    leads: list[str] = []
    for position, told in enumerate(lesson["conclusions"]):
        needs += told["examples"]
        leads += [str(position)] * len(told["examples"])
    places: dict[str, str] = {}
    for words, lead in zip(phonetics.words_of(needs), leads, strict=True):
        text = BY_HEART + " ".join(words)
        if places.setdefault(text, lead) != lead:
            places[text] = _SEVERAL
    for mark, of in ((OUT, lesson["out_of_scope"]), (VAGUE, lesson["vague"])):
        places |= {BY_HEART + " ".join(words): str(mark) for words in phonetics.words_of(of)}
    places.pop(BY_HEART, None)
    return {text: lead for text, lead in places.items() if lead != _SEVERAL}


def _said(lesson: Lesson) -> list[tuple[str, str]]:
    """Return the phrases of the synonyms, the themes and the names of partners, each with its mark."""
    said: list[tuple[str, str]] = []
    for word, also in lesson["synonyms"]:
        mark = _mark(SYNONYM, word)
        said += [(phrase, mark) for phrase in (word, *also)]
    for theme, _, words in lesson["themes"]:
        mark = _mark(THEME, theme)
        said += [(phrase, mark) for phrase in words]
    for partner in lesson["partners"]:
        said += [(name, PARTNER + partner["id"]) for name in partner["names"]]
    return said


def watched(lesson: Lesson) -> dict[str, list[str]]:
    """Return for each partner that has a theme of its own the marks that speak for it."""
    watched: dict[str, list[str]] = {}
    known = {partner["id"] for partner in lesson["partners"]}
    for theme, partner, _ in lesson["themes"]:
        if partner in known:
            watched.setdefault(str(partner), [f"{PARTNER}{partner}"]).append(_mark(THEME, theme))
    return watched


def _mark(kind: str, name: str) -> str:
    return kind + "-".join(phonetics.words(name))


def _phrases(said: list[tuple[str, str]]) -> dict[str, Phrases]:
    """Return the phrases that stand for a mark, by the feature that begins them."""
    found: dict[str, Phrases] = {}
    for keys, (_, mark) in zip(_keys([phrase for phrase, _ in said]), said, strict=True):
        first, rest = vocabulary.begun(keys)
        if first and (rest, mark) not in found.setdefault(first, []):
            found[first].append((rest, mark))
    return found


def texts_of(lesson: Lesson) -> dict[int, list[str]]:
    """Return the texts to learn from, by the position of the conclusion they lead to, or `OUT` or `VAGUE`."""
    texts: dict[int, list[str]] = {}
    for position, told in enumerate(lesson["conclusions"]):
        label = lesson["partners"][told["partner"]]["label"]
        named = [f"{label} {name}" for name in told["names"]]
        texts[position] = [*told["examples"], *named, *told["names"], told["way"]]
    return texts | {OUT: lesson["out_of_scope"], VAGUE: lesson["vague"]}


def _keys(texts: list[str]) -> list[list[str]]:
    """Return the keys of the words of each of `texts`, those of all words worked out at once."""
    plain = phonetics.words_of(texts)
    every = list(dict.fromkeys(chain.from_iterable(plain)))
    key_of = dict(zip(every, phonetics.keys(every), strict=True))
    return [list(map(key_of.__getitem__, words)) for words in plain]


def _names(texts: dict[int, list[str]], phrases: dict[str, Phrases]) -> dict[int, str]:
    """Return the key of the entry that keeps what was counted of the texts of each position."""
    begun = sha256(repr(phrases).encode()).hexdigest()
    said = {position: "\n".join([begun, *of]) for position, of in texts.items()}
    return {position: f"{COUNTED}{sha256(text.encode()).hexdigest()}" for position, text in said.items()}


def _counted(
    texts: dict[int, list[str]], names: dict[int, str], phrases: dict[str, Phrases], old: Mapping[str, str]
) -> tuple[dict[int, Counts], dict[str, str]]:
    """Return the counts of each position, in order, and the entries that keep them for the next time."""
    new = {position: texts[position] for position, name in names.items() if name not in old}
    features = _features(new, phrases)
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


def features_of(lesson: Lesson, texts: dict[int, list[str]]) -> dict[int, list[str]]:
    """Return the features of `texts`, by position, as a search that has learnt `lesson` knows them."""
    return _features(texts, _phrases(_said(lesson)))


def _features(texts: dict[int, list[str]], phrases: dict[str, Phrases]) -> dict[int, list[str]]:
    """Return for each position the features of its texts, each once a text."""
    every = [(position, text) for position, of in texts.items() for text in of]
    keys_of = _keys([text for _, text in every])
    alone: dict[str, list[str]] = {}  # for a key, the features that need no other
    for key in set(chain.from_iterable(keys_of)):
        marks = (mark for _, mark in phrases.get(key, ()))
        alone[key] = [key, *vocabulary.beginnings(key), *marks]
    longer = {feature: begun for feature, begun in phrases.items() if " " in feature}
    begin_longer = frozenset(longer)
    found: dict[int, list[str]] = {position: [] for position in texts}
    for (position, _), keys in zip(every, keys_of, strict=True):
        features = list(vocabulary.pairs(keys))
        if not begin_longer.isdisjoint(features):
            features += vocabulary.marks(keys, longer, list(filter(begin_longer.__contains__, features)))
        features += vocabulary.whole(keys)
        found[position] += dict.fromkeys(chain(features, *map(alone.__getitem__, keys)))
    return found


def _lines(counted: dict[int, Counts], sizes: dict[int, int], groups: list[int]) -> dict[str, str]:
    """Return what `weights` reads of each feature: its counts for conclusions, for partners if some are left out."""
    rows: dict[str, list[str]] = {feature: [] for feature in _telling(counted)}
    telling = rows.__contains__
    for position, counts in counted.items():
        for count, features in counts.items():
            shown = f"{position} {count}"
            for feature in filter(telling, features):
                rows[feature].append(shown)
    return {
        feature: f"{' '.join(row)}\t" if len(row) <= _BEST else _best(row, sizes, groups)
        for feature, row in rows.items()
    }


def _telling(counted: dict[int, Counts]) -> Iterator[str]:
    """Yield the features that are not there by chance."""
    groups = [(count, features) for counts in counted.values() for count, features in counts.items()]
    often = dict.fromkeys(chain.from_iterable(features for count, features in groups if count >= _CHANCE))
    rare = chain.from_iterable(
        chain(*repeat(features, count)) for count, features in groups if count < _CHANCE
    )
    yield from often
    for feature, count in Counter(rare).items():
        chancy = feature[0] == BEGINNING or (" " in feature and feature[0] != WHOLE)
        if (count >= _CHANCE or not chancy) and feature not in often:
            yield feature


def _best(row: list[str], sizes: dict[int, int], groups: list[int]) -> str:
    """Return the line of a feature of very many conclusions: those it says most for, and all of the partners'."""
    counts = [(int(position), int(count)) for position, count in map(str.split, row)]
    shared: dict[int, int] = {}
    for position, count in counts:
        rank = groups[position] if position >= 0 else position
        shared[rank] = shared.get(rank, 0) + count
    best = sorted(sorted(counts, key=lambda one: (-one[1] / sizes[one[0]], one[0]))[:_BEST])
    written = [
        " ".join(f"{rank} {count}" for rank, count in pairs) for pairs in (best, sorted(shared.items()))
    ]
    return "\t".join(written)
