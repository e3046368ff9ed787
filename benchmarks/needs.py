"""The needs a search is judged on, and how: the ones of `tests/needs`, and the rules' own examples in turn."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

from fs_triage import rebuild
from fs_triage.livret import open_built
from fs_triage.rules.flatten import Tree
from fs_triage.rules.load import Livret
from fs_triage.understanding.understand import understand

FILES = sorted((Path(__file__).resolve().parent.parent / "tests" / "needs").glob("*.jsonl"))
FIRST = 3
Need = dict[str, Any]
Ranking = Callable[[str], list[str]]
"""From a need to the ids of conclusions, best first; none when there is no match."""


def needs(path: Path) -> list[Need]:
    """Return the needs of a file: text, accepted partners and levels, patterns of a right answer, kind."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def fold(text: str) -> str:
    """Return `text` in lower case, without accents, its white space folded."""
    text = unicodedata.normalize("NFKD", text.replace("’", "'").lower())
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).split())


def texts(grown: Tree) -> dict[str, str]:
    """Return everything that each conclusion shows, folded: what the booklet itself says."""
    shown = ("title", "path", "steps", "do_not", "contacts", "warnings")
    return {
        node: fold(" \n ".join(text for key in shown for text in _strings(conclusion[key])))  # type: ignore[literal-required]
        for node, conclusion in grown.conclusions.items()
    }


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


def is_right(node: str, need: Need, grown: Tree, shown: dict[str, str]) -> bool:
    """Return whether the conclusion `node` is an accepted answer to `need`."""
    conclusion = grown.conclusions[node]
    accepted = conclusion["partner"] in need["partner"] and conclusion["level"] in need["level"]
    return accepted and any(re.search(pattern, shown[node]) for pattern in need["any"])


def searching(livret: Livret) -> Ranking:
    """Return the search of `fs-triage` over `livret`, from an index in memory."""
    opened = open_built(rebuild.compile_livret(livret), None, [])
    model = opened.model
    nodes = [row.id for row in opened.list_conclusion_rows()]
    return lambda need: [nodes[hit.position] for hit in understand(opened, model, need).hits]


def _in_fold(text: str, fold: int, folds: int) -> bool:
    return crc32(text.encode()) % folds == fold


def held_out(livret: Livret, fold: int, folds: int) -> tuple[Livret, list[tuple[str, str]], list[str]]:
    """Return `livret` without one part of its examples; that part, each with its conclusion; what is out of it."""
    asked: list[tuple[str, str]] = []
    partners = []
    for rules in livret.partners:
        examples = {}
        for path, needs in rules.model.examples.items():
            node = f"{rules.model.id}/{path}"
            asked += [(need, node) for need in needs if _in_fold(need, fold, folds)]
            examples[path] = [need for need in needs if not _in_fold(need, fold, folds)]
        partners.append(replace(rules, model=rules.model.model_copy(update={"examples": examples})))
    elsewhere = livret.elsewhere
    out = [need for need in elsewhere.uncovered if _in_fold(need, fold, folds)]
    kept_topics = [
        topic.model_copy(update={"needs": [need for need in topic.needs if need not in out]})
        for topic in elsewhere.topics
    ]
    kept_needs = [need for need in elsewhere.unsorted_needs if need not in out]
    elsewhere = elsewhere.model_copy(update={"out_of_scope": [*kept_topics, *kept_needs]})
    return replace(livret, partners=tuple(partners), elsewhere=elsewhere), asked, out
