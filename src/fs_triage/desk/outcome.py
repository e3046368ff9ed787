"""What became of a need, told from the counsellor's own next step: never by a question of its own.

A card that is left is counted once, when it is left:

- settled: a card of the first level, left for another need, another card, a new visitor or the end of the session; so
  is one that sends the visitor elsewhere, since nothing is passed on;
- passed on: a card of the second level, left in the same ways; where « La démarche bloque » led to it, it is the
  démarche that blocks that is passed on, and nothing else is counted.

A card from which one goes back was not the one looked for: it is not counted. Copying, the sheet, the message, the
report and the list of the visit do not leave it. What is done about the same démarche again, for the same visitor, is
not counted again. A session that is killed counts the cards that were left before.

Words that found nothing are counted when they are left, by Enter on them or by Esc:

- not covered: recognised as a subject that the livret does not speak of;
- not understood: nothing in them was.

Words that are still being typed, corrected letter by letter, replaced by a proposal, or too vague are not counted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fs_triage.desk.walk import Walk

SETTLED, PASSED_ON, NOT_COVERED, NOT_UNDERSTOOD = "regle", "transmis", "hors-livret", "non-compris"
OUTCOMES = (SETTLED, PASSED_ON, NOT_COVERED, NOT_UNDERSTOOD)
"""As the journal and the tables of a département have them."""

_PERSONAL = re.compile(r"@|(?:\d[ .-]?){6}")
"""An address, or the digits of a telephone, a file or a person."""


class Journal(Protocol):
    """Who counts. No method raises: the desk goes on whatever becomes of the counts."""

    def keep_outcome(self, demarche: str, outcome: str) -> None:
        """Count a need: the id of its démarche, empty where there is none."""

    def keep_need(self, words: str, outcome: str) -> None:
        """Keep the words of a need that found nothing: the counsellor has read them, and said yes."""

    def close(self) -> None:
        """End the counts of a session, whose terminal is given back."""


class Tally:
    """What a session has counted."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._seen: set[str] = set()  # démarches that are counted for this visitor

    def follow_step(self, before: Walk, level: int, after: Walk | None) -> None:
        """Count the card that is left, as `find_outcome` tells it."""
        found = find_outcome(before, level, after)
        if found is not None and found[0] not in self._seen:
            self._seen.add(found[0])
            self._journal.keep_outcome(*found)

    def forget_visitor(self) -> None:
        """Begin with the next visitor."""
        self._seen.clear()


def find_outcome(before: Walk, level: int, after: Walk | None) -> tuple[str, str] | None:
    """Return the démarche and the outcome of the card that is left from `before` to `after`, None where none is.

    `level` is that of the card at `before`, as `labels.get_level_key` tells it, 0 where there is none; `after` is None
    at the end of a session.
    """
    if not level:
        return None
    if after is not None:
        is_back = after == before.go_back()
        is_escalated = after.steps[:-1] == before.steps and _find_blocked(after) == before.node
        if after.node == before.node or is_back or is_escalated:
            return None
    blocked = _find_blocked(before)
    return (blocked, PASSED_ON) if blocked else (before.node, PASSED_ON if level == 2 else SETTLED)


def _find_blocked(walk: Walk) -> str:
    """Return the démarche that blocks, where that led to the end of `walk`; else nothing."""
    last = walk.steps[-1] if walk.steps else None
    return last.question if last is not None and not last.answer and not last.begins_way else ""


def may_keep(words: str) -> bool:
    """Return whether the words of a need may be kept at all: not those that name a person by address or number."""
    return not _PERSONAL.search(words)
