"""Run the checks: all of them for an author, those that block before a livret may serve."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from fs_triage.checks import (
    completeness,
    contacts,
    dates,
    examples,
    layers,
    messages,
    published_ids,
    reading,
    references,
    registry,
    situations,
    topics,
    tree,
    wording,
)
from fs_triage.checks.registry import Check, KnownValues, Scope
from fs_triage.rules.load import Livret, LoadResult, is_below, load_livret
from fs_triage.rules.problem import Problem, Severity
from fs_triage.rules.yaml_reader import get_mark

MODULES = (
    tree,
    contacts,
    dates,
    wording,
    references,
    completeness,
    published_ids,
    messages,
    layers,
    situations,
    examples,
    topics,
)
"""The modules of checks: importing one registers its checks."""


def verify(loaded: LoadResult, before: Mapping[str, bytes]) -> list[Problem]:
    """Return every problem of what was read, blocking or not, and what was lost since the files were as `before`."""
    problems = [*loaded.problems]
    if loaded.draft is not None:
        problems += find_blocking_problems(loaded.draft)
        sound = not any(problem.blocking for problem in problems)
        advice = [
            one
            for one in registry.list_checks()
            if one.severity is Severity.ADVICE and (sound or one.scope is not Scope.SOUND_LIVRET)
        ]
        problems += sorted(_run_checks(advice, loaded.draft, ()))
        problems = tell_in_own_files(problems, loaded.draft)
    problems = completeness.drop_echoes(problems)
    return completeness.drop_consequences(problems, completeness.find_losses(before, loaded))


def tell_in_own_files(problems: list[Problem], livret: Livret) -> list[Problem]:
    """Return `problems` of `livret` as its author is to read them: the files of the layers below are not his.

    What such a layer has by itself is left out where it stops nothing; what comes of a change of `livret` is told
    where it makes the change.
    """
    if len(livret.layers) < 2 or all(livret.is_own(problem.path) for problem in problems):
        return problems
    below = load_livret(livret.layers[-2].folder)
    theirs = {problem[:4] for problem in verify(below, {})}
    told = []
    for problem in problems:
        layer = next((one for one in livret.layers[:-1] if is_below(problem.path, one.folder)), None)
        if layer is None or (problem[:4] in theirs and problem.blocking):
            told.append(problem)
        elif problem[:4] not in theirs:
            told.append(_move_to_change(problem, livret, layer.folder))
    return list(dict.fromkeys(told))


def _move_to_change(problem: Problem, livret: Livret, folder: Path) -> Problem:
    """Return `problem`, of a file in the `folder` of a layer below, at the change of `livret` that it comes from."""
    partner = Path(problem.path).stem
    rules = next((one for one in livret.partners if one.model.id == partner), None)
    place = rules.own_place if rules is not None else get_mark(livret.table, ("extends",))
    changes = rules.changes if rules is not None else ()
    if changes:
        place = changes[0][1]
    named = re.findall(r"[a-z0-9/-]+", problem.message)
    for path, mark in changes:
        if any(f"{name}/".startswith((f"{path}/", f"{partner}/{path}/")) for name in named):
            place = mark
    where = f"{folder.name}/{Path(problem.path).relative_to(folder).as_posix()}:{problem.line}"
    message = f"après les changements de ce livret, {where}\u00a0: {problem.message}"
    hint = "revoyez ce que ce livret retire, remplace, modifie ou ajoute"
    return problem._replace(path=place.path, line=place.line, column=place.column, message=message, hint=hint)


def find_blocking_problems(livret: Livret, proved: KnownValues = ()) -> list[Problem]:
    """Return the problems that would make the desk give a wrong or an empty answer, sorted.

    The values of contacts that are in `proved` were checked before and are skipped: the libraries are slow to import.
    """
    blocking = [one for one in registry.list_checks() if one.severity is not Severity.ADVICE]
    return sorted(_run_checks(blocking, livret, proved))


def collect_pages() -> dict[str, str]:
    """Return the manual page of each code: what is found while reading, then what the checks find."""
    return reading.collect_pages() | {one.code: one.page for one in registry.list_checks()}


def _run_checks(checks: Iterable[Check], livret: Livret, proved: KnownValues) -> Iterator[Problem]:
    for rules in livret.partners:
        for one in checks:
            if one.scope is Scope.PARTNER or (one.scope is Scope.WHOLE_PARTNER and rules.whole):
                yield from one.run(rules)
            elif one.scope is Scope.CONTACT_VALUES:
                yield from one.run(rules, proved)
    for one in checks:
        if one.scope in (Scope.LIVRET, Scope.SOUND_LIVRET):
            yield from one.run(livret)
