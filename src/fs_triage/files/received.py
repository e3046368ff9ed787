"""The livrets that `maj` received: a folder for each edition, and a file that names the one in use."""

from __future__ import annotations

import os

from fs_triage.files import folders

CURRENT = "en-service"
"""Names, on one line, the edition in use and its livret, then those that `maj --revenir` puts back in use."""

_STATE = "dernier-regard"
RULES = "regles"
"""In the folder of an edition, that of its layers."""


def find_current_livret() -> str | None:
    """Return the folder of the received livret in use; None when there is none, or it is not whole."""
    folder = folders.find_data_folder()
    if folder is None:
        return None
    edition, livret = read_current(folder)
    path = os.path.join(folder, edition, RULES, livret)
    return path if livret and os.path.exists(os.path.join(path, folders.BOOKLET)) else None


def read_current(folder: str) -> tuple[str, str]:
    """Return the names of the edition in use and of its livret, empty where none is."""
    return _read_service(folder)[0]


def read_previous(folder: str) -> tuple[str, str]:
    """Return the same of what was in use before the last update, empty where none is kept."""
    return _read_service(folder)[1]


def _read_service(folder: str) -> tuple[tuple[str, str], tuple[str, str]]:
    try:
        with open(os.path.join(folder, CURRENT), encoding="ascii") as stream:
            names = stream.read(800).split()
    except (OSError, ValueError):
        names = []
    if any(os.path.basename(name) != name or name in (".", "..") for name in names):
        names = []
    edition, livret, *others = names if len(names) in (2, 4) else ("", "")
    return (edition, livret), (others[0], others[1]) if others else ("", "")


class State:
    """What the last look at the place of publication found: kept to ask less, believed for nothing else."""

    __slots__ = ("looked", "mark", "place", "waiting")

    def __init__(self, place: str = "", mark: str = "", looked: float = 0.0, waiting: str = "") -> None:
        self.place = place
        self.mark = mark
        self.looked = looked
        """When, in seconds since 1970."""
        self.waiting = waiting
        """The edition that is published and not yet in service."""

    def with_look(self, looked: float) -> State:
        """Return what a look at `looked`, which found the same, is to be kept as."""
        return State(self.place, self.mark, looked, self.waiting)


def read_state(folder: str) -> State:
    """Return what was kept in `folder`; nothing where it is damaged or away."""
    try:
        with open(os.path.join(folder, _STATE), encoding="utf-8") as stream:
            place, mark, looked, waiting = stream.read(4000).split("\n")[:4]
        return State(place, mark, float(looked), waiting)
    except (OSError, ValueError):
        return State()


def write_state(folder: str, state: State) -> None:
    """Keep what a look found; where that cannot be, the next one asks anew."""
    from pathlib import Path

    from fs_triage.files.atomic_write import write_whole

    lines = (state.place, state.mark, repr(state.looked), state.waiting)
    try:
        os.makedirs(folder, exist_ok=True)
        write_whole(Path(folder, _STATE), "".join(f"{line}\n" for line in lines).encode())
    except (OSError, UnicodeError):
        pass
