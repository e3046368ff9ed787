"""How far a long work has come, shown where a person looks on."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from fs_triage import output


@contextlib.contextmanager
def show_progress(what: str, total: int, *, in_bytes: bool = False) -> Iterator[Callable[[int], None]]:
    """Show on standard error, where a person reads it, how much of `total` is done; give what takes each part."""
    if sys.stderr is None or not sys.stderr.isatty() or output.is_plain():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn

    count = DownloadColumn(binary_units=False) if in_bytes else MofNCompleteColumn()
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), count)
    console = Console(file=sys.stderr, highlight=False, markup=False, emoji=False)
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda part: progress.advance(task, part)
