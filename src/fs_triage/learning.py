"""Learning to search from the rules themselves: how often each word of a need leads to each conclusion.

The texts are the examples, keywords, labels and names of the rules, and the needs of `hors-livret.yaml`. The
learning is counting, so that it costs a fraction of a second and gives the same on every machine; `weights` makes
weights of the counts that a need meets. `docs/adr/010` tells why, with numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from heapq import nlargest
from itertools import chain
from zlib import crc32

from fs_triage import phonetics, vocabulary
from fs_triage.load import Livret
from fs_triage.tree import Tree, walk_answers
from fs_triage.vocabulary import BEGINNING, PARTNER, SYNONYM, THEME, Phrases
from fs_triage.weights import OUT, VAGUE

_CHANCE = 3  # texts: a pair or a beginning met less often is chance
_A_BUCKET = 8  # features
_BEST = 150  # conclusions that one feature may speak for
_NOTHING = "\t"


@dataclass(frozen=True, slots=True)
class Text:
    """A text to learn from, and the conclusion it leads to: a position, or `OUT` or `VAGUE` (negative)."""

    words: str
    position: int


def entries(livret: Livret, grown: Tree, old: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the entries of the index that a search reads.

    They are taken from `old`, the entries of an earlier index by the same program, when there is nothing else
    to learn from than there was then.
    """
    ranks = {rules.model.id: rank for rank, rules in enumerate(livret.partners)}
    groups = [ranks[conclusion["partner"]] for conclusion in grown.conclusions.values()]
    second = " ".join(str(rank) for rank, c in enumerate(grown.conclusions.values()) if c["level"] == 2)
    said, texts = _said(livret), list(_texts(livret, grown))
    everything = repr((groups, second, said, [(text.words, text.position) for text in texts]))
    learnt = sha256(everything.encode()).hexdigest()
    if old is not None and old.get("search:learnt") == learnt:
        return {key: value for key, value in old.items() if key.startswith(("find:", "search:"))}
    phrases = _phrases(said)
    features = _features(texts, phrases)
    lines = _lines(_counts(features), {position: len(of) for position, of in features.items()}, groups)
    for feature, begun in phrases.items():
        lines[feature] = f"{lines.get(feature, _NOTHING)}\t{vocabulary.written(begun)}"
    count = max(1, len(lines) // _A_BUCKET)
    buckets: list[list[str]] = [[] for _ in range(count)]
    for feature in sorted(lines):
        buckets[crc32(feature.encode()) % count].append(f"{feature}\t{lines[feature]}")
    found = {f"find:{rank:06}": "\n".join(bucket) for rank, bucket in enumerate(buckets)}
    sizes = (len(features.get(position, ())) for position in (VAGUE, OUT, *range(len(groups))))
    return found | {
        "search:buckets": str(count),
        "search:learnt": learnt,
        "search:second": second,
        "search:sizes": " ".join(map(str, sizes)),
    }


def _said(livret: Livret) -> list[tuple[str, str]]:
    """Return the phrases of the synonyms, the themes and the names of partners, each with its mark."""
    said: list[tuple[str, str]] = []
    for synonym in livret.synonyms.synonyms:
        mark = SYNONYM + "-".join(vocabulary.key_of(synonym.word))
        said += [(phrase, mark) for phrase in (synonym.word, *synonym.also)]
    for theme in livret.synonyms.themes:
        mark = THEME + "-".join(phonetics.words(theme.theme))
        said += [(phrase, mark) for phrase in theme.words]
    for rules in livret.partners:
        model = rules.model
        names = (model.id, model.label, model.name, *model.keywords)
        said += [(name, PARTNER + model.id) for name in names]
    return said


def _phrases(said: list[tuple[str, str]]) -> dict[str, Phrases]:
    """Return the phrases that stand for a mark, by the feature that begins them."""
    found: dict[str, Phrases] = {}
    for keys, (_, mark) in zip(_keys([phrase for phrase, _ in said]), said, strict=True):
        first, rest = vocabulary.begun(keys)
        if first and (rest, mark) not in found.setdefault(first, []):
            found[first].append((rest, mark))
    return found


def _texts(livret: Livret, grown: Tree) -> Iterator[Text]:
    positions = {node: rank for rank, node in enumerate(grown.conclusions)}
    for rules in livret.partners:
        model = rules.model
        for example in model.examples:
            position = positions.get(f"{model.id}/{example.id}")
            if position is not None:
                yield from (Text(need, position) for need in example.besoin)
        for node, answer in walk_answers(model):
            if node in positions:
                for name in (answer.label, *answer.keywords):
                    yield Text(f"{model.label} {name}", positions[node])
                    yield Text(name, positions[node])
    for node, conclusion in grown.conclusions.items():
        answers = " ".join(step["answer"] for step in conclusion["path"])
        yield Text(f"{conclusion['partner']} {answers}", positions[node])
    yield from (Text(need, OUT) for need in livret.elsewhere.out_of_scope)
    yield from (Text(need, VAGUE) for need in livret.elsewhere.vague)


def _keys(texts: list[str]) -> list[list[str]]:
    """Return the keys of the words of each of `texts`, those of all words worked out at once."""
    plain = [phonetics.words(text) for text in texts]
    every = list(dict.fromkeys(word for words in plain for word in words))
    key_of = dict(zip(every, phonetics.keys(every), strict=True))
    return [[key_of[word] for word in words] for words in plain]


def _features(texts: list[Text], phrases: dict[str, Phrases]) -> dict[int, list[str]]:
    """Return for each position the features of its texts, each once a text."""
    found: dict[int, list[str]] = {}
    alone: dict[str, tuple[str, ...]] = {}  # for a key, the features that need no other
    longer = {feature: begun for feature, begun in phrases.items() if " " in feature}
    for text, keys in zip(texts, _keys([text.words for text in texts]), strict=True):
        features = {*vocabulary.pairs(keys)}
        known = longer.keys() & features
        if known:
            features.update(vocabulary.marks(keys, longer, known))
        for key in keys:
            if key not in alone:
                marks = [mark for _, mark in phrases.get(key, ())]
                alone[key] = (key, *vocabulary.beginnings(key), *marks)
            features.update(alone[key])
        found.setdefault(text.position, []).extend(features)
    return found


def _counts(features: dict[int, list[str]]) -> dict[str, list[tuple[int, int]]]:
    """Return for each feature the positions, in order, in whose texts it stands, and in how many."""
    total = Counter(chain.from_iterable(features.values()))
    counts: dict[str, list[tuple[int, int]]] = {
        feature: []
        for feature, met in total.items()
        if met >= _CHANCE or not (" " in feature or feature[0] == BEGINNING)
    }
    for position in sorted(features):
        for feature, count in Counter(features[position]).items():
            row = counts.get(feature)
            if row is not None:
                row.append((position, count))
    return counts


def _lines(
    counts: dict[str, list[tuple[int, int]]], sizes: dict[int, int], groups: list[int]
) -> dict[str, str]:
    """Return for each feature, as `weights` reads it: counts for conclusions; for partners when some are left out."""
    lines: dict[str, str] = {}
    for feature, row in counts.items():
        shared = ""
        if len(row) > _BEST:
            of_partner = Counter[int]()
            for position, count in row:
                of_partner[groups[position] if position >= 0 else position] += count
            shared = " ".join([f"{rank} {of_partner[rank]}" for rank in sorted(of_partner)])
            row = sorted(nlargest(_BEST, row, key=lambda one: (one[1] / sizes[one[0]], -one[0])))
        lines[feature] = f"{' '.join([f'{position} {count}' for position, count in row])}\t{shared}"
    return lines
