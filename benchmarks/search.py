"""How well and how fast a search answers, as Markdown tables.

    python benchmarks/search.py [PLIS] [FACTEUR]

asks the needs of `tests/needs`, then the rules' own examples, each part of `PLIS` (4) by a search that has
not learnt from it, and times both against a plain FTS5 query on the same needs, also in a livret `FACTEUR` (100)
times larger (0: not).
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import baselines
import livrets
from needs import FILES, FIRST, Need, Ranking, held_out, is_right, needs, searching, texts

from fs_triage.files import folders
from fs_triage.rules import flatten, load
from fs_triage.rules.flatten import Tree
from fs_triage.rules.load import Livret

Tally = dict[str, list[tuple[bool, bool]]]
TIMED = 300
ROUNDS = 5


def percent(right: Iterable[bool]) -> str:
    """Return the share of what is right."""
    found = list(right)
    return f"{100 * sum(found) / len(found):.1f} %"


def table(head: str, rows: Iterable[Iterable[str]]) -> None:
    """Print a Markdown table, a blank line after it."""
    columns = head.split("|")
    print("| " + " | ".join(columns) + " |\n|" + " --- |" * len(columns))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def judged(rank: Ranking, asked: list[Need], grown: Tree, shown: dict[str, str]) -> tuple[Tally, Tally]:
    """Return whether each need is answered right at 1 and at 3: by kind, and by partner."""
    kinds: Tally = defaultdict(list)
    partners: Tally = defaultdict(list)
    for need in asked:
        found = rank(need["text"])[:FIRST]
        if not need["partner"]:
            kinds["out"].append((not found, not found))
            continue
        right = [is_right(node, need, grown, shown) for node in found]
        verdict = (any(right[:1]), any(right))
        kinds[need["kind"]].append(verdict)
        kinds["all in scope"].append(verdict)
        for partner in need["partner"]:
            partners[partner].append(verdict)
    return kinds, partners


def show_accuracy(livret: Livret, grown: Tree, shown: dict[str, str]) -> None:
    """Print the tables of the files of needs, and that of the baselines on all of them."""
    rank = searching(livret)
    in_scope: list[Need] = []
    for path in FILES:
        asked = needs(path)
        kinds, partners = judged(rank, asked, grown, shown)
        order = [*sorted(kinds.keys() - {"all in scope", "out"}), "all in scope", "out"]
        for title, tally, names in (("genre", kinds, order), ("partenaire", partners, sorted(partners))):
            rows = (
                [n, str(len(tally[n])), percent(v[0] for v in tally[n]), percent(v[1] for v in tally[n])]
                for n in names
            )
            table(f"{path.name} : {title}|besoins|juste en 1er|dans les {FIRST}", rows)
        in_scope += [need for need in asked if need["partner"]]
    ways = {
        "fs-triage": rank,
        "BM25, racines françaises": baselines.bm25(shown),
        "TF-IDF de caractères": baselines.tfidf(shown),
        "rapidfuzz": baselines.rapidfuzz(shown),
        "FTS5": baselines.fts5(shown),
    }
    rows = []
    for name, rank in ways.items():
        right, _ = judged(rank, in_scope, grown, shown)
        first = [(rank(need["text"])[:1] or ["/"])[0].split("/")[0] in need["partner"] for need in in_scope]
        rows.append([name, percent(first), percent(v[0] for v in right["all in scope"])])
    table("sur les textes du livret|bon partenaire en 1er|juste en 1er", rows)


def show_cross_validation(livret: Livret, folds: int) -> None:
    """Print how the examples fare with a search that has not learnt from them."""
    partners: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    outside: list[bool] = []
    for fold in range(folds):
        kept, asked, out = held_out(livret, fold, folds)
        rank = searching(kept)
        for need, node in asked:
            found = rank(need)
            partner = node.split("/")[0]
            right = (
                found[:1] == [node],
                node in found[:FIRST],
                bool(found) and found[0].startswith(f"{partner}/"),
            )
            partners[partner].append(right)
        outside += [not rank(need) for need in out]
    rows = [(name, partners[name]) for name in sorted(partners)]
    rows.append(("tous", [right for verdicts in partners.values() for right in verdicts]))
    lines = [[n, str(len(v)), *(percent(one[k] for one in v) for k in range(3))] for n, v in rows]
    table(f"validation croisée|exemples|conclusion en 1er|dans les {FIRST}|partenaire en 1er", lines)
    print(f"Hors du livret, écartés en validation croisée : {percent(outside)} de {len(outside)}.\n")


def timed(rank: Ranking, asked: list[str]) -> float:
    """Return the median time of a need, in seconds."""
    taken = []
    for need in asked:
        start = time.perf_counter()
        rank(need)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def show_times(sizes: dict[str, tuple[Livret, Tree]]) -> None:
    """Print the median time of a need, beside that of an FTS5 query on the same needs, measured in turn.

    Each livret is asked needs out of its own examples, whose words it knows, less the last word of each.
    """
    rows = []
    for name, (livret, grown) in sizes.items():
        examples = [
            need for rules in livret.partners for needs in rules.model.examples.values() for need in needs
        ]
        asked = [need.rpartition(" ")[0] or need for need in examples[:: max(1, len(examples) // TIMED)]]
        ways = {"once": searching(livret), "fts5": baselines.fts5(texts(grown))}
        taken: dict[str, list[float]] = defaultdict(list)
        for _ in range(ROUNDS):
            for way, rank in ways.items():
                taken[way].append(timed(rank, asked))
        ours, theirs = (statistics.median(taken[way]) for way in ("once", "fts5"))
        rows.append([name, f"{1000 * ours:.2f} ms", f"{1000 * theirs:.2f} ms", f"{ours / theirs:.1f}"])
    table("livret|un besoin|requête FTS5|rapport", rows)


def main() -> None:
    """Measure and print."""
    folds = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    factor = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    livret = load.load_livret(Path(folders.get_own_livrets(), folders.DEFAULT_LIVRET)).livret
    assert livret is not None
    grown = flatten.flatten_livret(livret)
    show_accuracy(livret, grown, texts(grown))
    show_cross_validation(livret, folds)
    sizes = {"jura": (livret, grown)}
    if factor:
        with tempfile.TemporaryDirectory() as name:
            large = load.load_livret(livrets.write(Path(name, "x"), len(grown.conclusions) * factor)).livret
        assert large is not None
        sizes[f"{factor} fois plus grand"] = (large, flatten.flatten_livret(large))
    show_times(sizes)


if __name__ == "__main__":
    main()
