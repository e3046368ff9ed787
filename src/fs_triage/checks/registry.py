"""The registry of checks: to add one, decorate a function that finds what is wrong with `check`.

The docstring of the function is the French manual page of its code: what, what to avoid, what to prefer, why.
`docs/verifications.md` is made of these pages and of the examples in `tests/unit/checks/bad/`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator
from enum import IntEnum, auto
from itertools import islice
from typing import NamedTuple, TypeVar

from fs_triage.rules.problem import Mend, Problem, Severity
from fs_triage.rules.yaml_reader import Mark

MAX_PROBLEMS = 100  # of one check in one partner or livret; more usually have one common cause

KnownValues = Collection[tuple[str, str]]
"""Kinds and values of contacts that were found right before."""


class Scope(IntEnum):
    """What a check is called with, and when."""

    PARTNER = auto()
    """Each partner, even when invalid parts of it were dropped."""
    WHOLE_PARTNER = auto()
    """Each partner of which nothing was dropped."""
    CONTACT_VALUES = auto()
    """Each partner, and the values that need not be checked again (`KnownValues`)."""
    LIVRET = auto()
    SOUND_LIVRET = auto()
    """The livret, when nothing blocks it: its tree can be walked and searched."""


class Finding(NamedTuple):
    """What a check found, and where."""

    mark: Mark
    message: str
    hint: str = ""
    mends: tuple[Mend, ...] = ()


class Check(NamedTuple):
    """A check as registered."""

    code: str
    scope: Scope
    severity: Severity
    find: Callable[..., Iterator[Finding]]

    def run(self, *subject: object) -> Iterator[Problem]:
        """Yield the problems of `subject`, `MAX_PROBLEMS` at most."""
        for found in islice(self.find(*subject), MAX_PROBLEMS):
            yield Problem(
                *found.mark,
                code=self.code,
                message=found.message,
                hint=found.hint,
                severity=self.severity,
                mends=found.mends,
            )

    @property
    def page(self) -> str:
        """The manual page of the code."""
        return inspect.cleandoc(self.find.__doc__ or "")


CHECKS: dict[str, Check] = {}
"""Every check by its code, filled as the modules of checks are imported (`verify` imports them all)."""

Function = TypeVar("Function", bound=Callable[..., Iterator[Finding]])


def check(code: str, *, scope: Scope, severity: Severity) -> Callable[[Function], Function]:
    """Register the decorated function as the check of `code`."""

    def register(function: Function) -> Function:
        assert code not in CHECKS, code
        CHECKS[code] = Check(code, scope, severity, function)
        return function

    return register


def list_checks() -> list[Check]:
    """Return the checks in order: what blocks first, then by scope."""
    return sorted(CHECKS.values(), key=lambda one: (one.severity, one.scope))
