"""What rule files hold, kept from one index to the next: a file that did not change is not parsed again.

A file is known by the hash of its content, and the index by the program that made it, so that nothing kept can
be of another text or of another grammar. Only files that had no problem of their own are kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fs_triage.rules import yaml_reader
from fs_triage.rules.problem import Problem
from fs_triage.rules.yaml_reader import Table


class ParseCache:
    """The files kept by an earlier index, `old`, and those to keep: texts in JSON, by the hash of the content."""

    def __init__(self, old: Mapping[str, str] | None = None) -> None:
        self.old = old or {}
        self.now: dict[str, str] = {}

    def parse_content(self, content: bytes, digest: str, shown: str) -> tuple[Table | None, list[Problem]]:
        """Return what a file holds and its problems, as `source.read` does; `digest` is the hash of `content`."""
        if digest in self.old:
            self.now[digest] = self.old[digest]
            return UnparsedTable(self.old[digest], content, shown), []
        table, problems = yaml_reader.parse_content(content, shown)
        if table is not None and not problems:
            self.now[digest] = json.dumps(yaml_reader.convert_to_data(table), ensure_ascii=False)
        return table, problems


class UnparsedTable(Table):
    """A table that is known without its places: the file is parsed when something of it is asked for by name."""

    __slots__ = ("_content", "_held", "_shown")

    def __init__(self, held: str, content: bytes, shown: str) -> None:
        self._held: str | None = held
        self._content = content
        self._shown = shown

    def __getattr__(self, name: str) -> Any:
        """Parse the file, as `place` and `entries` are not there yet."""
        if name not in ("place", "entries"):
            raise AttributeError(name)
        table, _ = yaml_reader.parse_content(self._content, self._shown)
        assert table is not None  # it was kept because it could be read
        self.place, self.entries = table.place, table.entries
        self._held = None  # what is asked for may be changed
        return getattr(self, name)

    def to_data(self) -> dict[str, Any]:
        """Return the table as dicts, lists and strings."""
        return super().to_data() if self._held is None else dict(json.loads(self._held))
