"""The wizard's look at what is published: what the last one found, and once a day a new one, beside it.

It imports nothing that fetches: the new look is a process of its own, which the wizard does not wait for.
"""

from __future__ import annotations

import time

from fs_triage import livret_choice
from fs_triage.contract import Failure
from fs_triage.files import folders

_DAY = 86_400  # seconds


def look_once_a_day() -> str:
    """Return the line to say where an edition waits, else nothing; begins a new look where one is due and wanted."""
    try:
        delivery = livret_choice.find_delivery()
    except Failure:  # told by whoever needs the configuration
        return ""
    folder = folders.find_data_folder()
    if delivery is None or folder is None:
        return ""
    from fs_triage.files import received

    state = received.read_state(folder)
    if delivery.is_looked_at_daily and not 0 <= time.time() - state.looked < _DAY:
        received.write_state(folder, state.with_look(time.time()))  # else each start meanwhile begins another
        from fs_triage import background

        background.start_call("maj", "--regarder")
    if state.place != delivery.place or not state.waiting:
        return ""
    return f"L’édition « {state.waiting} » du livret attend : fs-triage maj"
