"""Learning to search from the rules themselves: what each word of a need says for each conclusion.

The texts are the examples, keywords, labels and names of the rules, and the needs of `hors-livret.yaml`. The
learning is counting (naive Bayes, each conclusion leaning on its partner), so that it costs a fraction of a
second and gives the same weights on every machine. `docs/adr/010` tells why, with numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from math import log
from zlib import crc32

from fs_triage import phonetics, vocabulary
from fs_triage.load import Livret
from fs_triage.search import OUT, SCALE, VAGUE
from fs_triage.tree import Tree, walk_answers
from fs_triage.vocabulary import BEGINNING, PARTNER, SYNONYM, THEME, Phrases

_OWN, _PARTNER, _ALL = 0.5, 0.3, 0.3  # what a feature's share is made of
_WEIGHTS = {SYNONYM: 2.0, THEME: 2.0, PARTNER: 1.0, BEGINNING: 0.8}  # beside a word, which weighs 1
_PAIR = 0.5
_NAMED = 4.0  # what naming a partner says for it, besides what is learnt
_NO_WEIGHTS = "\t"
_SLIGHT = 0.1  # a weight that changes nothing
_A_BUCKET = 8  # features
_BEST = 256  # conclusions that one feature may speak for


@dataclass(frozen=True, slots=True)
class Text:
    """A text to learn from, and the conclusion it leads to: a position, or `OUT` or `VAGUE` (negative)."""

    words: str
    position: int


@dataclass(slots=True)
class _Counts:
    """How often each feature was met: by conclusion, and in all."""

    of: dict[str, dict[int, int]] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    partners: dict[int, int] = field(default_factory=dict)
    total: int = 0


def entries(livret: Livret, grown: Tree, old: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the entries of the index that a search reads.

    They are taken from `old`, the entries of an earlier index by the same program, when there is nothing else
    to learn from than there was then.
    """
    ranks = {rules.model.id: rank for rank, rules in enumerate(livret.partners)}
    groups = [ranks[conclusion["partner"]] for conclusion in grown.conclusions.values()]
    phrases = _phrases(_said(livret))
    texts = list(_texts(livret, grown))
    second = " ".join(str(rank) for rank, c in enumerate(grown.conclusions.values()) if c["level"] == 2)
    everything = (ranks, groups, phrases, second, [(text.words, text.position) for text in texts])
    learnt = sha256(repr(everything).encode()).hexdigest()
    if old is not None and old.get("search:learnt") == learnt:
        return {key: value for key, value in old.items() if key.startswith(("find:", "search:"))}
    counts = _count(texts, phrases, groups)
    named = {PARTNER + name: rank for name, rank in ranks.items()}
    lines = _lines(counts, groups, phrases, named)
    count = max(1, len(lines) // _A_BUCKET)
    buckets: list[list[str]] = [[] for _ in range(count)]
    for feature in sorted(lines):
        buckets[crc32(feature.encode()) % count].append(f"{feature}\t{lines[feature]}")
    found = {f"find:{rank:06}": "\n".join(bucket) for rank, bucket in enumerate(buckets)}
    return found | {"search:buckets": str(count), "search:second": second, "search:learnt": learnt}


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
    """Return the phrases that stand for a mark, by their first key."""
    found: dict[str, Phrases] = {}
    for keys, mark in zip(_keys([phrase for phrase, _ in said]), (mark for _, mark in said), strict=True):
        if keys and (keys[1:], mark) not in found.setdefault(keys[0], []):
            found[keys[0]].append((keys[1:], mark))
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


def _count(texts: list[Text], phrases: dict[str, Phrases], groups: list[int]) -> _Counts:
    """Return how often each feature stands in the texts of each conclusion."""
    found: dict[int, list[str]] = {}
    beginnings: dict[str, list[str]] = {}
    nothing: Phrases = []
    for text, keys in zip(texts, _keys([text.words for text in texts]), strict=True):
        features = [*keys, *vocabulary.pairs(keys)]
        features += vocabulary.marks(keys, lambda key: phrases.get(key, nothing))
        for key in keys:
            if key not in beginnings:
                beginnings[key] = vocabulary.beginnings(key)
            features += beginnings[key]
        found.setdefault(text.position, []).extend(dict.fromkeys(features))
    counts = _Counts()
    for position in sorted(found):
        features = found[position]
        partner = groups[position] if position >= 0 else position
        counts.sizes[position] = len(features)
        counts.partners[partner] = counts.partners.get(partner, 0) + len(features)
        counts.total += len(features)
        for feature, count in Counter(features).items():
            counts.of.setdefault(feature, {})[position] = count
    return counts


def _lines(
    counts: _Counts, groups: list[int], phrases: dict[str, Phrases], named: dict[str, int]
) -> dict[str, str]:
    """Return for each feature what it weighs and the phrases it begins, as `search` reads them."""
    alike: dict[tuple[float, tuple[tuple[int, int], ...]], str] = {}  # many features come in the same text
    lines: dict[str, str] = {}
    for feature, row in counts.of.items():
        factor = _PAIR if " " in feature else _WEIGHTS.get(feature[0], 1.0)
        if factor < 1 and len(row) == 1 and sum(row.values()) == 1:
            continue  # a pair or a beginning met once is chance
        if feature in named:
            lines[feature] = _line(row, counts, groups, factor, named[feature])
            continue
        same = (factor, tuple(row.items()))
        if same not in alike:
            alike[same] = _line(row, counts, groups, factor, None)
        lines[feature] = alike[same]
    for key, begun in phrases.items():
        lines[key] = f"{lines.get(key, _NO_WEIGHTS)}\t{vocabulary.written(begun)}"
    return lines


def _line(
    row: dict[int, int], counts: _Counts, groups: list[int], factor: float, named: int | None
) -> str:
    """Return the weights of one feature: for each partner, then what is added for some conclusions."""
    shared: dict[int, int] = {}
    for position, count in row.items():
        partner = groups[position] if position >= 0 else position
        shared[partner] = shared.get(partner, 0) + count
    base = _ALL * sum(row.values()) / counts.total
    shares = {
        partner: 1 + (_PARTNER + (_OWN if partner < 0 else 0)) * count / counts.partners[partner] / base
        for partner, count in shared.items()
    }
    own = {
        position: log(1 + _OWN * count / counts.sizes[position] / base / shares[groups[position]])
        for position, count in row.items()
        if position >= 0
    }
    best = list(own)
    if len(best) > _BEST:
        best = sorted(own, key=lambda position: (-own[position], position))[:_BEST]
    for_all = {partner: factor * log(share) for partner, share in shares.items()}
    if named is not None:
        for_all[named] = for_all.get(named, 0.0) + _NAMED
    left = _written(for_all)
    return f"{left}\t{_written({position: factor * own[position] for position in best})}"


def _written(weights: dict[int, float]) -> str:
    return " ".join(f"{rank}:{round(SCALE * weights[rank])}" for rank in weights if weights[rank] >= _SLIGHT)
