"""One problem of the rule files: where it is, what it is, what to do."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Severity(IntEnum):
    """What a problem stops."""

    BLOCKING = 0
    """The desk: it would give a wrong or an empty answer."""
    INCOMPLETE = 1
    """The desk, since a file may have been cut; not a comparison, which shows what is missing."""
    ADVICE = 2
    """Nothing: the tree still leads to the right conclusions."""


class Problem(NamedTuple):
    """A problem at one place; sorts by path, line, column, code and message.

    `line` and `column` count from 1; 0 means that the whole file is meant.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.BLOCKING

    @property
    def blocking(self) -> bool:
        """Whether the rules must not be served while this problem stands."""
        return self.severity is not Severity.ADVICE

    def __str__(self) -> str:
        hint = f" ; {self.hint}" if self.hint else ""
        return f"{self.path}:{max(self.line, 1)}:{max(self.column, 1)}: {self.message}{hint} [{self.code}]"
