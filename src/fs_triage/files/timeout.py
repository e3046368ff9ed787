"""Disks that hang: a look at one is given up after a time."""

from __future__ import annotations

from fs_triage.contract import DiskTimeout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

SHORT_TIMEOUT = 1.2  # seconds that a share that hangs may cost, twice in a lookup
LONG_TIMEOUT = 15.0  # the same when no earlier index can answer
_SLICE = 0.5


def call_with_timeout(look: Callable[[], T], seconds: float = SHORT_TIMEOUT) -> T:
    """Return what `look` returns; raises what it raises, and `DiskTimeout` when it takes longer than `seconds`.

    A share that hangs holds a system call for minutes: it is made in a thread, which is left behind.
    """
    import _thread

    done = _thread.allocate_lock()
    done.acquire()
    results: list[T] = []
    errors: list[BaseException] = []
    is_given_up = False

    def run() -> None:
        try:
            results.append(look())
        except BaseException as error:
            if not is_given_up:
                errors.append(error)
        finally:
            done.release()

    try:
        _thread.start_new_thread(run, ())
    except RuntimeError:  # no more threads for this user
        return look()
    left = seconds
    while not done.acquire(timeout=min(left, _SLICE)):  # Windows hears no Ctrl-C while it waits for a lock
        left -= _SLICE
        if left <= 0:
            is_given_up = True
            raise DiskTimeout
    if errors:
        raise errors.pop()  # else it holds itself, and what it was looking at open, by its traceback
    return results[0]
