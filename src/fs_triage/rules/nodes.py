"""The answers of a partner, each with its place in the file, for the checks."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import lru_cache

from fs_triage.rules.load import PartnerRules
from fs_triage.rules.model_partner import CONCLUSIONS, Answer, Partner, QuestionAnswer
from fs_triage.rules.yaml_reader import Location


@dataclass(frozen=True, slots=True)
class Node:
    """An answer of a partner, with its path there and its location in the file."""

    path: str
    answer: Answer
    location: Location


@lru_cache(maxsize=32)
def iter_nodes(rules: PartnerRules) -> tuple[Node, ...]:
    """Return every answer of a partner, in order; cached, since every check needs them."""

    def iter_below(prefix: str, answers: list[Answer], location: Location) -> Iterator[Node]:
        for rank, answer in enumerate(answers):
            here: Location = (*location, "answers", rank)
            yield Node(prefix + answer.id, answer, here)
            if isinstance(answer, QuestionAnswer):
                yield from iter_below(f"{prefix}{answer.id}/", answer.answers, here)

    return tuple(iter_below("", rules.model.answers, ()))


def iter_questions(rules: PartnerRules) -> Iterator[tuple[Partner | QuestionAnswer, Location]]:
    """Yield every question of a partner with its location, the first one first."""
    yield rules.model, ()
    for node in iter_nodes(rules):
        if isinstance(node.answer, QuestionAnswer):
            yield node.answer, node.location


def list_ancestors(path: str) -> list[str]:
    """Return `path` and the paths above it, the nearest first."""
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(len(parts), 0, -1)]


def find_target(partner: str, path: str, nodes: Container[str]) -> str:
    """Return the node that a `goto` of `partner` to `path` means: one of its own, else one of another partner."""
    own = f"{partner}/{path}"
    return path if own not in nodes and path in nodes else own


def was_left_out(rules: PartnerRules, path: str) -> bool:
    """Return whether the answer at `path`, or one above it, was dropped as invalid."""
    return rules.lost.unknown_answers or not rules.lost.answers.isdisjoint(list_ancestors(path))


def list_conclusion_paths(rules: PartnerRules) -> list[str]:
    """Return the path of every conclusion of a partner, in order."""
    return [node.path for node in iter_nodes(rules) if isinstance(node.answer, CONCLUSIONS)]


def find_only_conclusions(rules: PartnerRules) -> dict[str, str | None]:
    """Return the conclusion at or below each path, None for several; paths without any are left out."""
    below: dict[str, str | None] = {}
    for node in iter_nodes(rules):
        path = node.path if isinstance(node.answer, CONCLUSIONS) else ""
        while path:
            below[path] = None if path in below else node.path
            path = path.rpartition("/")[0]
    return below


def find_if_blocked_owners(rules: PartnerRules) -> dict[str, str]:
    """Return, for each path, the nearest of it and its ancestors that has `if_blocked` or `no_second_level`."""
    ways = {"": ""}
    for node in iter_nodes(rules):
        own = node.answer.if_blocked or node.answer.no_second_level
        ways[node.path] = node.path if own else ways[node.path.rpartition("/")[0]]
    return ways
