"""One problem of the rule files: where it is, what it is, what to do."""

from __future__ import annotations

from typing import NamedTuple

# These are told by `verifier` and do not stop the desk: the tree still leads to the right conclusions.
ADVICE = frozenset(
    {
        "answer-count",
        "contact-not-replaced",
        "example-elsewhere",
        "example-empty",
        "example-missed",
        "example-twice",
        "example-unknown",
        "example-walk",
        "id-unpublished",
        "keyword-ambiguous",
        "markup",
        "name-is-command",
        "no-example",
        "page-outside",
        "path-too-long",
        "text-too-long",
        "unreachable",
        "unused-contact",
    }
)

# These stop the desk, since a file may have been cut, and not a comparison, which shows what is missing.
INCOMPLETE = frozenset({"bad-rename", "id-vanished", "not-covered"})


class Problem(NamedTuple):
    """A problem at one place; sorts by path, line, column, code and message (all `str` but line and column).

    `line` and `column` count from 1; 0 means that the whole file is meant.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""

    @property
    def blocking(self) -> bool:
        """Whether the rules must not be served while this problem stands."""
        return self.code not in ADVICE

    def __str__(self) -> str:
        hint = f" ; {self.hint}" if self.hint else ""
        return f"{self.path}:{max(self.line, 1)}:{max(self.column, 1)}: {self.message}{hint} [{self.code}]"
