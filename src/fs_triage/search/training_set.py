"""What a search is to learn from a livret, as one entry of its index.

A lookup, the first thing asked after most changes of the rules, needs no search: `learning` makes one of the lesson
when a need is first asked for. What was learnt of the same lesson stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypedDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.rules.flatten import Tree
    from fs_triage.rules.load import Livret

LESSON = "~lesson"
COUNTED = "~learnt:"
LEARNT = ("find:", "search:", COUNTED)
"""How the keys of the entries begin that learning makes; what was counted serves the next learning too."""


class Partner(TypedDict):
    """A partner: its id, its label, all that it is called."""

    id: str
    label: str
    names: list[str]


class Told(TypedDict):
    """What is told of a conclusion: the rank of its partner, its level, its examples, its names, the way to it."""

    partner: int
    level: int
    examples: list[str]
    names: list[str]
    way: str


class Lesson(TypedDict):
    """All that is learnt from. `themes` has each theme with its partner, if it is one's own, and its words."""

    partners: list[Partner]
    conclusions: list[Told]
    synonyms: list[tuple[str, list[str]]]
    themes: list[tuple[str, str | None, list[str]]]
    out_of_scope: list[str]
    vague: list[str]


def entries(livret: Livret, grown: Tree, old: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the entry of the lesson, and what an earlier index, `old`, by the same program learnt of it."""
    lesson = json.dumps(lesson_of(livret, grown), ensure_ascii=False)
    old = old or {}
    known = LEARNT if old.get(LESSON) == lesson else (COUNTED,)
    return {key: value for key, value in old.items() if key.startswith(known)} | {LESSON: lesson}


def lesson_of(livret: Livret, grown: Tree) -> Lesson:
    """Return what is to be learnt of `livret`, whose tree is `grown`: conclusions in the order of their positions."""
    from fs_triage.rules.flatten import walk_answers

    ranks = {rules.model.id: rank for rank, rules in enumerate(livret.partners)}
    told: dict[str, Told] = {
        node: {
            "partner": ranks[conclusion["partner"]],
            "level": conclusion["level"],
            "examples": [],
            "names": [],
            "way": " ".join([conclusion["partner"], *(step["answer"] for step in conclusion["path"])]),
        }
        for node, conclusion in grown.conclusions.items()
    }
    for rules in livret.partners:
        for example in rules.model.examples:
            node = f"{rules.model.id}/{example.id}"
            if node in told:
                told[node]["examples"] += example.besoin
        for node, answer in walk_answers(rules.model):
            if node in told:
                told[node]["names"] += [answer.label, *answer.keywords]
    models = [rules.model for rules in livret.partners]
    return {
        "partners": [
            {
                "id": model.id,
                "label": model.label,
                "names": [model.id, model.label, model.name, *model.keywords],
            }
            for model in models
        ],
        "conclusions": list(told.values()),
        "synonyms": [(synonym.word, list(synonym.also)) for synonym in livret.synonyms.synonyms],
        "themes": [(theme.theme, theme.partner, list(theme.words)) for theme in livret.synonyms.themes],
        "out_of_scope": list(livret.elsewhere.out_of_scope),
        "vague": list(livret.elsewhere.vague),
    }
