"""The strict reader: one YAML file in, plain text data and the place of every key and value out.

It builds from PyYAML's event stream and never calls a constructor: a scalar stays the text that was typed
(`3230`, `08:30`, `no`), and what a rule file has no use for is refused where it stands: anchors and aliases,
tags, merge keys, repeated keys, a second document, depth, size.
"""

from __future__ import annotations

import stat
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from fs_triage.contract import reason
from fs_triage.rules import characters, yaml_mistakes
from fs_triage.rules.characters import MAX_BYTES, decode
from fs_triage.rules.problem import Problem
from fs_triage.text.typography import name_of, refused, visible

MAX_DEPTH = 32
MAX_NODES = 100_000
MAX_TEXT = 10_000

_NO_FILE, _OUTSIDE = "ce n’est pas un fichier ordinaire", "ce lien mène hors du dossier des règles"
_ROUND, SILENT = "lien symbolique sans fin", "le disque ne répond pas"
_REMEDIES = {
    _NO_FILE: "remplacez-le par un fichier de texte",
    _OUTSIDE: "copiez-y le fichier",
    _ROUND: "copiez-y le fichier",
    SILENT: "vérifiez le disque ou le réseau",
    "n’existe pas": "vérifiez son nom",
}
_MAX_TOLD = 100  # problems of one file: whoever has that many has one cause for most of them


class Place(NamedTuple):
    """Where something was typed: a file as shown to the author, a line and a column from 1."""

    path: str
    line: int
    column: int


@dataclass(slots=True)
class Text:
    """A scalar: the text as typed."""

    value: str
    place: Place


@dataclass(slots=True)
class Table:
    """A mapping: for each key where it was typed and its value, in the order of the file."""

    place: Place
    entries: dict[str, tuple[Place, Node]] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return the table as dicts, lists and strings."""
        return {key: plain(value) for key, (_, value) in self.entries.items()}


@dataclass(slots=True)
class Row:
    """A sequence."""

    place: Place
    items: list[Node] = field(default_factory=list)


Node = Text | Table | Row


class _Stop(Exception):
    """Reading cannot go on; the problem that says why is already noted."""


def plain(node: Node) -> Any:
    """Return `node` as dicts, lists and strings."""
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Row):
        return [plain(item) for item in node.items]
    return node.plain()


def node_at(node: Node, location: tuple[str | int, ...]) -> Node:
    """Return the node at `location` (keys and indexes from `node` down), or the last one on the way there."""
    for segment in location:
        if isinstance(node, Table) and segment in node.entries:
            node = node.entries[str(segment)][1]
        elif isinstance(node, Row) and isinstance(segment, int) and segment < len(node.items):
            node = node.items[segment]
        else:
            break
    return node


def place_of(node: Node, location: tuple[str | int, ...], *, key: bool = False) -> Place:
    """Return where `location` was typed, or its last part that is there.

    With `key`, the place of the last key rather than of its value.
    """
    parent = node_at(node, location[:-1])
    if key and location and isinstance(parent, Table) and location[-1] in parent.entries:
        return parent.entries[str(location[-1])][0]
    return node_at(node, location).place


def content_of(path: Path, shown: str) -> tuple[bytes, list[Problem]]:
    """Return the bytes of the file at `path`, named `shown` in problems, and why there are none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return b"", [unreadable(shown, _NO_FILE)]
        if path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve()):
            return b"", [unreadable(shown, _OUTSIDE)]
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1), []
    except RuntimeError:  # what pathlib raises for links in a circle
        return b"", [unreadable(shown, _ROUND)]
    except OSError as error:
        return b"", [unreadable(shown, reason(error))]


def unreadable(shown: str, why: str) -> Problem:
    """Return the problem of a file, named `shown`, that cannot be read, and what to do about it."""
    hint = _REMEDIES.get(why, "vérifiez le disque et les droits d’accès")
    return Problem(shown, 0, 0, "unreadable", why, hint)


def read(content: bytes, shown: str) -> tuple[Table | None, list[Problem]]:
    """Return the table that the bytes of a file hold, None when it cannot be used, and every problem met.

    A table that comes with problems serves to look for more of them, not to be served.
    """
    text, problems = decode(content, shown)
    return (None, problems) if problems else parse(text, shown)


def parse(text: str, shown: str) -> tuple[Table | None, list[Problem]]:
    """Return the table that `text` holds, as `read` does."""
    reader = _Reader(text, shown)
    try:
        root = reader.document(iter(yaml.CSafeLoader(text).get_event, None))
    except _Stop:
        return None, reader.problems
    except yaml.MarkedYAMLError as error:
        mark, message = yaml_mistakes.explain(error)
        if message is None and (deep := _too_deep(reader.lines, mark, shown)):
            return None, deep
        reader.note(mark, "syntax", f"syntaxe : {message or yaml_mistakes.UNKNOWN}")
        return None, reader.problems
    except yaml.YAMLError:
        return None, [Problem(shown, 0, 0, "syntax", "caractère que YAML refuse", "supprimez-le")]
    if not isinstance(root, Table):
        place = root.place if root else Place(shown, 1, 1)
        hint = "complétez-le, ou supprimez-le" if root is None else "commencez par « id: »"
        message = "fichier vide" if root is None else "des « clé: valeur » étaient attendues"
        return None, [*reader.problems, Problem(shown, place.line, place.column, "syntax", message, hint)]
    return None if reader.confused else root, reader.problems


def _too_deep(lines: list[str], mark: yaml.Mark | None, shown: str) -> list[Problem]:
    """Return the problem of a depth that libyaml, which reads ahead, met at `mark` before the reader met its own."""
    before = [*lines[: mark.line], lines[mark.line][: mark.column]] if mark else []
    reader = _Reader("\n".join(before), shown)
    with suppress(_Stop, yaml.YAMLError):
        reader.document(iter(yaml.CSafeLoader("\n".join(before)).get_event, None))
    return reader.problems if any(problem.code == "too-deep" for problem in reader.problems) else []


class _Reader:
    """Builds nodes from events and notes what it refuses."""

    def __init__(self, text: str, shown: str) -> None:
        self.shown = shown
        self.lines = text.split("\n")
        self.commented = yaml_mistakes.commented(self.lines)
        self.flow = 0  # how many brackets are open
        self.key = ""  # of what is being read
        self.problems: list[Problem] = []
        self.confused = False  # whether a character passes for another: what is read is not what is seen
        self.nodes = 0

    def note(self, mark: Any, code: str, message: str, hint: str = "") -> None:
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        if len(self.problems) < _MAX_TOLD:
            self.problems.append(Problem(self.shown, line, column, code, message, hint))

    def document(self, events: Iterator[Any]) -> Node | None:
        """Return the root node of the only document, None for an empty file."""
        root: Node | None = None
        documents = 0
        for event in events:
            if type(event) is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    hint = "supprimez la ligne « --- »"
                    self.note(event.start_mark, "several-documents", "second document dans le fichier", hint)
                    raise _Stop
                root = self.node(next(events), events, 0)
        return root

    def node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        """Return the node that `event` begins, reading on in `events` to its end."""
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            deep = depth > MAX_DEPTH
            limit = f"{MAX_DEPTH} niveaux" if deep else f"{MAX_NODES} valeurs"
            what = "imbrication trop profonde" if deep else "trop de valeurs dans ce fichier"
            self.note(event.start_mark, "too-deep" if deep else "too-large", what, f"{limit} au plus")
            raise _Stop
        kind = type(event)
        if kind is yaml.AliasEvent or event.anchor is not None or event.tag is not None:
            self._no_reference(event)
        mark = event.start_mark
        place = Place(self.shown, mark.line + 1, mark.column + 1)
        if kind is yaml.ScalarEvent:
            value = event.value
            if mark.line != event.end_mark.line or mark.line in self.commented:
                value = self._on_one_line(event)
            sound = value.isprintable() if value.isascii() else characters.usual(value)  # nearly all of them
            return Text(value if sound and len(value) <= MAX_TEXT else self._text(event, value), place)
        self.flow += event.flow_style
        if kind is yaml.SequenceStartEvent:
            found: Node = (row := Row(place))
            while type(following := next(events)) is not yaml.SequenceEndEvent:
                row.items.append(self.node(following, events, depth + 1))
        else:
            found = self._table(events, Table(place), depth)
        self.flow -= event.flow_style
        return found

    def _no_reference(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            message = f"renvoi YAML « {sign}{visible(event.anchor)} »"
            self.note(event.start_mark, "alias", message, "recopiez le contenu, ou mettez des guillemets")
            raise _Stop
        if event.tag is not None and event.tag != "!":
            tag = visible(event.tag).replace("tag:yaml.org,2002:", "!!")
            self.note(event.start_mark, "tag", f"étiquette YAML « {tag} »", "supprimez-la")
            raise _Stop

    def _on_one_line(self, event: Any) -> str:
        """Return the text of a scalar; notes one that runs on into the next line, or that a comment cuts."""
        found = yaml_mistakes.not_on_one_line(event, self.lines, self.flow > 0, self.key)
        if found is None:
            return str(event.value)
        self.note(event.start_mark, found.code, found.message, found.hint)
        if found.text is None:
            raise _Stop
        return found.text

    def _text(self, event: Any, value: str) -> str:
        """Return `value`, the text of a scalar, in the form NFC and without what is refused in it."""
        value = unicodedata.normalize("NFC", value)  # a Mac may write an accent apart from its letter
        index = refused(value)
        if index is not None:
            message = f"caractère interdit {name_of(value[index])} dans ce texte"
            self.note(event.start_mark, "control-character", message, "supprimez-le")
            value = visible(value)
        elif (index := characters.confusable(value)) is not None:
            self.confused = True
            mark = yaml_mistakes.typed(event, value[index], self.lines)
            self.note(mark, "look-alike", *characters.said_of(value, index))
        if len(value) > MAX_TEXT:
            message = f"texte de {len(value)} caractères, {MAX_TEXT} au plus"
            self.note(event.start_mark, "too-large", message)
            value = value[:80]
        return value

    def _table(self, events: Iterator[Any], table: Table, depth: int) -> Table:
        outer = self.key
        while type(event := next(events)) is not yaml.MappingEndEvent:
            key = self.node(event, events, depth + 1)
            if not isinstance(key, Text):
                self.note(event.start_mark, "syntax", "une clé doit être un mot")
                raise _Stop
            self.key = key.value
            value = self.node(next(events), events, depth + 1)
            self.key = outer
            if key.value == "<<" and event.implicit[0]:
                self.note(event.start_mark, "alias", "fusion YAML « << »", "recopiez le contenu")
                raise _Stop
            if key.value in table.entries:
                first = table.entries[key.value][0]
                message = f"clé répétée « {visible(key.value)} », déjà à la ligne {first.line}"
                self.note(event.start_mark, "duplicate-key", message, "gardez-en une")
            else:
                table.entries[key.value] = (key.place, value)
        return table
