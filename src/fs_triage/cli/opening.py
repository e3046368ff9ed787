"""Whether contacts are open, where `--maintenant` or `--quand` ask for it, or a person reads on a terminal."""

from __future__ import annotations

import json

from fs_triage.contract import list_contacts
from fs_triage.render.opening_status import Clock, build_screen_clock, parse_moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from fs_triage.cli.commands import Call

_encode = json.JSONEncoder(ensure_ascii=False).encode


def build_clock(departement: str, call: Call) -> Clock | None:
    """Return the clock that a call asks for; raises `Failure` for a moment that cannot be read.

    Where the call asks for none, a machine without time zones has none.
    """
    asked = call.find_value("--quand")
    if asked is not None:
        return Clock(departement, parse_moment(asked))
    return Clock(departement) if call.has_flag("--maintenant") else build_screen_clock(departement)


def add_to_conclusion(text: str, clock: Clock) -> str:
    """Return a conclusion, JSON, with `open` and `next_change` in each of its contacts."""
    conclusion = json.loads(text)
    for contact in list_contacts(conclusion):
        _add_status(contact, clock)
    return _encode(conclusion)


def add_to_contact(text: str, clock: Clock) -> str:
    """Return a contact, JSON, with `open` and `next_change`."""
    contact = json.loads(text)
    _add_status(contact, clock)
    return _encode(contact)


def _add_status(contact: Any, clock: Clock) -> None:
    status = clock.find_status(contact["hours"])
    contact["open"] = status.is_open if status else None
    contact["next_change"] = status.next_change.isoformat() if status and status.next_change else None
