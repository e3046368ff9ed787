"""One problem of the rule files: where it is, what it is, what to do, and the sure remedy when there is one."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(IntEnum):
    """What a problem stops."""

    BLOCKING = 0
    """The desk: it would give a wrong or an empty answer."""
    INCOMPLETE = 1
    """The desk, since a file may have been cut; not a comparison, which shows what is missing."""
    ADVICE = 2
    """Nothing: the tree still leads to the right conclusions."""


class Mend(NamedTuple):
    """A piece of a file to write in the place of another: the only sure remedy of a problem.

    `line` and `column` count from 1; `before` is what stands there, on that line, and `after` may be several lines.
    """

    path: str
    line: int
    column: int
    before: str
    after: str


def apply_mends(text: str, mends: Iterable[Mend]) -> str:
    """Return `text` after those of `mends` whose place still holds what they replace, and that no other one touches."""
    lines = text.split("\n")
    begun = (len(lines) + 1, 1)  # where the last one, the nearest below, begins
    last_first = [*mends][::-1]  # of those at one place as well
    for mend in sorted(last_first, key=lambda one: (one.line, one.column), reverse=True):
        line, start = lines[mend.line - 1] if mend.line <= len(lines) else "", mend.column - 1
        end = start + len(mend.before)
        is_free = mend.line < begun[0] or end < begun[1]
        if mend.line > len(lines) or line[start:end] != mend.before or start > len(line) or not is_free:
            continue
        lines[mend.line - 1] = line[:start] + mend.after + line[end:]
        begun = (mend.line, mend.column)
    return "\n".join(lines)


class Problem(NamedTuple):
    """A problem at one place; sorts by path, line, column, code and message.

    `line` and `column` count from 1; 0 means that the whole file is meant. `mends` say what `hint` says in words; there
    are none where more than one remedy is possible.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.BLOCKING
    mends: tuple[Mend, ...] = ()

    @property
    def blocking(self) -> bool:
        """Whether the rules must not be served while this problem stands."""
        return self.severity is not Severity.ADVICE

    def __str__(self) -> str:
        hint = f" ; {self.hint}" if self.hint else ""
        return f"{self.path}:{max(self.line, 1)}:{max(self.column, 1)}: {self.message}{hint} [{self.code}]"
