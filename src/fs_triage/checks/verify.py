"""Run the checks: all of them for an author, those that block before a livret may serve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from fs_triage.checks import (
    completeness,
    contacts,
    examples,
    messages,
    published_ids,
    reading,
    registry,
    situations,
    topics,
    tree,
    wording,
)
from fs_triage.checks.registry import Check, KnownValues, Scope
from fs_triage.rules.load import Livret, LoadResult
from fs_triage.rules.problem import Problem, Severity

MODULES = (
    tree,
    contacts,
    wording,
    completeness,
    published_ids,
    messages,
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
    return completeness.drop_consequences(problems, completeness.find_losses(before, loaded))


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
