"""The Typer commands: read options, call one function, choose a reporter, return an exit code."""

from __future__ import annotations


def run(arguments: list[str]) -> int:
    """Run the Typer application with `arguments`; returns the exit code."""
    raise NotImplementedError
