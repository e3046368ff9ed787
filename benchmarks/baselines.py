"""What the search is held against: three usual ways to rank the booklet's own statements for a need."""

from __future__ import annotations

import sqlite3
from collections import Counter
from math import log, sqrt

from needs import Ranking, fold
from rapidfuzz import fuzz, process
from snowballstemmer import stemmer

_K, _B = 1.2, 0.75  # as in Lucene and SQLite
_GRAMS = (2, 3, 4)


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in fold(text)).split()


def bm25(shown: dict[str, str]) -> Ranking:
    """Rank by BM25 over French stems."""
    french = stemmer("french")
    texts = {node: Counter(french.stemWords(_words(text))) for node, text in shown.items()}
    met = Counter(word for words in texts.values() for word in words)
    usual = sum(sum(words.values()) for words in texts.values()) / len(texts)

    def rank(need: str) -> list[str]:
        asked = [word for word in french.stemWords(_words(need)) if word in met]
        weights = {word: log(1 + (len(texts) - met[word] + 0.5) / (met[word] + 0.5)) for word in asked}
        scores = {}
        for node, words in texts.items():
            long = _K * (1 - _B + _B * sum(words.values()) / usual)
            scores[node] = sum(weights[w] * words[w] * (_K + 1) / (words[w] + long) for w in asked)
        return sorted(scores, key=lambda node: -scores[node])

    return rank


def tfidf(shown: dict[str, str]) -> Ranking:
    """Rank by the cosine of TF-IDF vectors of character n-grams."""
    texts = {node: Counter(_grams(text)) for node, text in shown.items()}
    met = Counter(gram for grams in texts.values() for gram in grams)

    def vector(grams: Counter[str]) -> dict[str, float]:
        found = {gram: (1 + log(n)) * log(len(texts) / met[gram]) for gram, n in grams.items() if gram in met}
        length = sqrt(sum(value * value for value in found.values())) or 1.0
        return {gram: value / length for gram, value in found.items()}

    vectors = {node: vector(grams) for node, grams in texts.items()}

    def rank(need: str) -> list[str]:
        asked = vector(Counter(_grams(need)))
        scores = {
            node: sum(value * known.get(gram, 0.0) for gram, value in asked.items())
            for node, known in vectors.items()
        }
        return sorted(scores, key=lambda node: -scores[node])

    return rank


def _grams(text: str) -> list[str]:
    return [f" {w} "[i : i + n] for w in _words(text) for n in _GRAMS for i in range(len(w) + 3 - n)]


def rapidfuzz(shown: dict[str, str]) -> Ranking:
    """Rank by the share of the need's words that are found, misspelt or not."""

    def rank(need: str) -> list[str]:
        return [
            node for _, _, node in process.extract(fold(need), shown, scorer=fuzz.token_set_ratio, limit=5)
        ]

    return rank


def fts5(shown: dict[str, str]) -> Ranking:
    """Rank by a plain FTS5 query, any word of the need: what the times are ratios to."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE said USING fts5(node UNINDEXED, text, tokenize='unicode61 remove_diacritics 2')"
    )
    connection.executemany("INSERT INTO said VALUES (?, ?)", shown.items())

    def rank(need: str) -> list[str]:
        asked = " OR ".join(f'"{word}"' for word in _words(need)) or '""'
        rows = connection.execute("SELECT node FROM said WHERE said MATCH ? ORDER BY rank LIMIT 5", (asked,))
        return [node for (node,) in rows]

    return rank
