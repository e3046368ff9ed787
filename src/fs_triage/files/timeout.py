"""Disks that hang: a look at one is given up after a time."""

from __future__ import annotations

import os

from fs_triage.files.folders import get_own_livrets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

SHORT_TIMEOUT = 1.2  # seconds that a share that hangs may cost, twice in a lookup
LONG_TIMEOUT = 15.0  # the same when no earlier index can answer


class DiskTimeout(Exception):
    """The disk did not answer in time."""


def call_with_timeout(look: Callable[[], T], seconds: float = SHORT_TIMEOUT) -> T:
    """Return what `look` returns; raises what it raises, and `DiskTimeout` when it takes longer than `seconds`.

    A share that hangs holds a system call for minutes: it is made in a thread, which is left behind.
    """
    import _thread

    done = _thread.allocate_lock()
    done.acquire()
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(look())
        except BaseException as error:
            errors.append(error)
        finally:
            done.release()

    try:
        _thread.start_new_thread(run, ())
    except RuntimeError:  # no more threads for this user
        return look()
    if not done.acquire(timeout=seconds):
        raise DiskTimeout
    if errors:
        raise errors[0]
    return results[0]


def call_with_timeout_unless_own(folder: str, look: Callable[[], T]) -> T:
    """Return what `look` returns of `folder`: at once for what comes with the program, whose disk has just answered.

    A first thread costs up to four milliseconds of a busy machine.
    """
    if f"{os.path.abspath(folder)}{os.sep}".startswith(f"{get_own_livrets()}{os.sep}"):
        return look()
    return call_with_timeout(look)
