"""How far a long work has come, shown where a person looks on."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from fs_triage import output


@contextlib.contextmanager
def show_progress(label: str, total: int) -> Iterator[Callable[[int], None] | None]:
    """Give what is to be called with how much of `total` is done; None where standard error is no terminal."""
    if sys.stderr is None or not sys.stderr.isatty() or output.is_plain():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)
