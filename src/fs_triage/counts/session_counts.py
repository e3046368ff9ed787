"""What a session of the wizard counts: written to the journal as it comes, sent to the département meanwhile."""

from __future__ import annotations

import contextlib
import time
import uuid
from datetime import date

from fs_triage import background, livret_choice, output
from fs_triage.contract import Failure
from fs_triage.counts.journal import Demand, Journal, Need, Unavailable, find_folder, find_monday
from fs_triage.text.numbers import pluralise, render_count
from fs_triage.text.typography import join_lines

_PATIENCE, _LAST_PATIENCE = (
    0.3,
    2.0,
)  # seconds that another process may hold the journal, at a step and at the end
_SEND_EVERY = 3600.0  # seconds: a session may last for days
_LONGEST_HOUSE = 200


class SessionCounts:
    """The counts of a session, as `desk.outcome.Journal` describes who keeps them."""

    def __init__(self) -> None:
        self._journal = Journal(find_folder())
        self._house, self._has_server = "", False
        with contextlib.suppress(Failure):  # told by whoever needs the configuration
            self._house = join_lines(livret_choice.find_house())[:_LONGEST_HOUSE]
            self._has_server = bool(livret_choice.find_counts_server())
        self._demands: list[Demand] = []  # not written yet
        self._needs: list[Need] = []
        self._failed: Unavailable | None = None
        self._sent = -_SEND_EVERY

    def keep_outcome(self, demarche: str, outcome: str) -> None:
        """Count a need."""
        week = find_monday(date.today())
        self._demands.append(Demand(uuid.uuid4(), week, self._house, demarche, outcome))
        self._write(_PATIENCE)
        if self._has_server and time.monotonic() - self._sent > _SEND_EVERY:
            self._send()

    def keep_need(self, words: str, outcome: str) -> None:
        """Keep the words of a need."""
        week = find_monday(date.today())
        self._needs.append(Need(uuid.uuid4(), week, self._house, join_lines(words), outcome))
        self._write(_PATIENCE)

    def close(self) -> None:
        """Write what could not be written before, send what waits, and say what went wrong."""
        self._write(_LAST_PATIENCE)
        if self._failed is None and self._has_server:
            self._send_waiting()
        output.print_message(*self._journal.notices)
        if self._failed is not None:
            lost = len(self._demands) + len(self._needs)
            output.print_message(
                f"{render_count(lost, 'demande')} de cette session n’{'ont' if lost > 1 else 'a'} pas pu être "
                f"{pluralise('comptée', lost)}\u00a0: le journal ne s’écrit pas ({self._failed})."
            )

    def _write(self, patience: float) -> None:
        """Write what waits to be; what cannot be is tried again with the next."""
        if not self._demands and not self._needs:
            return
        try:
            self._journal.add(self._demands, self._needs, patience)
        except Unavailable as error:
            self._failed = error
        else:
            self._demands, self._needs, self._failed = [], [], None

    def _send_waiting(self) -> None:
        with contextlib.suppress(Unavailable):
            if self._journal.count_waiting():
                self._send()

    def _send(self) -> None:
        self._sent = time.monotonic()
        background.start_call("journal", "--envoyer")
