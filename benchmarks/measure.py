"""Measuring whole processes: wall time and processor time, interleaved, as medians and ratios."""

from __future__ import annotations

import os
import pty
import select
import signal
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Seconds = tuple[float, float]
"""Wall time and processor time (user and system)."""

PATIENCE = 60.0


@dataclass(frozen=True)
class Case:
    """What is run: a command, the text that ends it when it runs on a terminal, what is done before it."""

    name: str
    command: Sequence[str]
    until: str | None = None
    terminal: bool = False
    before: Callable[[], None] = lambda: None
    target: float | None = None


def in_pipe(command: Sequence[str], environment: Mapping[str, str]) -> Seconds:
    """Run `command` with no terminal."""
    nothing = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, nothing, stream) for stream in (0, 1, 2)]
    start = time.perf_counter()
    process = os.posix_spawn(command[0], list(command), dict(environment), file_actions=actions)
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - start
    os.close(nothing)
    if status:
        raise SystemExit(f"{' '.join(command)} : code {os.waitstatus_to_exitcode(status)}")
    return wall, usage.ru_utime + usage.ru_stime


def on_terminal(command: Sequence[str], until: str | None, environment: Mapping[str, str]) -> Seconds:
    """Run `command` on a pseudo-terminal until it ends or until `until` is seen."""
    start = time.perf_counter()
    process, terminal = pty.fork()
    if not process:
        os.execve(command[0], list(command), dict(environment))
    seen = b""
    while select.select([terminal], [], [], PATIENCE)[0]:
        try:
            seen += (drawn := os.read(terminal, 1 << 16))
        except OSError:
            break
        if not drawn or (until is not None and until.encode() in seen):
            break
    wall = time.perf_counter() - start
    if until is not None and until.encode() not in seen:
        raise SystemExit(f"{' '.join(command)} : « {until} » n’est pas venu : {seen[-300:]!r}")
    if until is not None:
        os.kill(process, signal.SIGKILL)
    os.close(terminal)
    _, _, usage = os.wait4(process, 0)
    return wall, usage.ru_utime + usage.ru_stime


def measured(cases: Sequence[Case], rounds: int, environment: Mapping[str, str]) -> dict[str, Seconds]:
    """Run every case once a round; returns the medians of each."""
    taken: dict[str, list[Seconds]] = {case.name: [] for case in cases}
    for rank in range(rounds):
        for case in cases:
            case.before()
            if case.terminal:
                took = on_terminal(case.command, case.until, environment)
            else:
                took = in_pipe(case.command, environment)
            taken[case.name].append(took)
        print(f"\r{rank + 1}/{rounds}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return {
        name: (statistics.median(wall for wall, _ in took), statistics.median(cpu for _, cpu in took))
        for name, took in taken.items()
    }


def peak(python: str, arguments: Sequence[str], environment: Mapping[str, str]) -> float:
    """Return the peak memory in MiB of a Python that makes the call `arguments` (of a bare one without them)."""
    call = f"import sys; sys.argv = ['fs-triage', *{list(arguments)!r}]; "
    call += "from fs_triage.__main__ import main; main(); " if arguments else ""
    call += "sys.stdout.flush(); sys.stderr.write(open('/proc/self/status').read())"
    reader, writer = os.pipe()
    nothing = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, nothing, 1), (os.POSIX_SPAWN_DUP2, writer, 2)]
    process = os.posix_spawn(python, [python, "-c", call], dict(environment), file_actions=actions)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as stream:
        said = stream.read()
    os.close(nothing)
    os.waitpid(process, 0)
    line = next(line for line in said.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
