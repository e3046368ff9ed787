"""The strict YAML reader: text data, with the place of every key and value.

It reads PyYAML's events and constructs no Python values: a scalar stays the text that was typed (`3230`, `08:30`,
`no`). Anchors and aliases, tags, merge keys, repeated keys, second documents, excessive depth and size are refused.
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

from fs_triage.contract import describe_os_error
from fs_triage.rules import characters, yaml_mistakes
from fs_triage.rules.characters import MAX_BYTES, decode_content
from fs_triage.rules.problem import Mend, Problem
from fs_triage.text.numbers import render_count
from fs_triage.text.typography import escape_controls, find_forbidden_character, format_code_point

MAX_DEPTH = 32
MAX_NODES = 100_000
MAX_TEXT = 10_000

_NO_FILE = "ce n’est pas un fichier ordinaire"
_OUTSIDE = "ce lien mène hors du dossier des règles"
_LINK_CYCLE = "lien symbolique sans fin"
SILENT = "le disque ne répond pas"
_REMEDIES = {
    _NO_FILE: "remplacez-le par un fichier de texte",
    _OUTSIDE: "copiez-y le fichier",
    _LINK_CYCLE: "copiez-y le fichier",
    SILENT: "vérifiez le disque ou le réseau",
    "n’existe pas": "vérifiez son nom",
}
_MAX_PROBLEMS = 100  # problems of one file; more usually have one common cause


class Mark(NamedTuple):
    """Where something was typed: a file as shown to the author, a line and a column from 1."""

    path: str
    line: int
    column: int


@dataclass(slots=True)
class Text:
    """A scalar, as typed."""

    value: str
    place: Mark


@dataclass(slots=True)
class Table:
    """A mapping: for each key where it was typed and its value, in the order of the file."""

    place: Mark
    entries: dict[str, tuple[Mark, YamlNode]] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """Return the table as dicts, lists and strings."""
        return {key: convert_to_data(value) for key, (_, value) in self.entries.items()}


@dataclass(slots=True)
class List:
    """A sequence."""

    place: Mark
    items: list[YamlNode] = field(default_factory=list)


YamlNode = Text | Table | List


Location = tuple[str | int, ...]
"""The keys and indexes that lead to a node from the root of a file."""


class _ReadingStopped(Exception):
    """Reading cannot go on; the problem that says why has been added."""


def convert_to_data(node: YamlNode) -> Any:
    """Return `node` as dicts, lists and strings."""
    if isinstance(node, Text):
        return node.value
    if isinstance(node, List):
        return [convert_to_data(item) for item in node.items]
    return node.to_data()


def find_node(node: YamlNode, location: Location) -> YamlNode:
    """Return the node at `location` below `node`, or the last one on the way there."""
    for segment in location:
        if isinstance(node, Table) and segment in node.entries:
            node = node.entries[str(segment)][1]
        elif isinstance(node, List) and isinstance(segment, int) and segment < len(node.items):
            node = node.items[segment]
        else:
            break
    return node


def get_mark(node: YamlNode, location: Location, *, key: bool = False) -> Mark:
    """Return where the value at `location` was typed (with `key`, where its key was), or the last on the way there."""
    parent = find_node(node, location[:-1])
    if key and location and isinstance(parent, Table) and location[-1] in parent.entries:
        return parent.entries[str(location[-1])][0]
    return find_node(node, location).place


def read_content(path: Path, shown: str) -> tuple[bytes, list[Problem]]:
    """Return the bytes of the file at `path`, named `shown` in problems, or the problem why it cannot be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return b"", [build_unreadable_problem(shown, _NO_FILE)]
        if path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve()):
            return b"", [build_unreadable_problem(shown, _OUTSIDE)]
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1), []
    except RuntimeError:  # what pathlib raises for links in a circle
        return b"", [build_unreadable_problem(shown, _LINK_CYCLE)]
    except OSError as error:
        return b"", [build_unreadable_problem(shown, describe_os_error(error))]


def build_unreadable_problem(shown: str, why: str) -> Problem:
    """Return the problem of a file, named `shown`, that cannot be read, and what to do about it."""
    hint = _REMEDIES.get(why, "vérifiez le disque et les droits d’accès")
    return Problem(shown, 0, 0, code="unreadable", message=why, hint=hint)


def parse_content(
    content: bytes, shown: str, *, holds_needs: bool = False
) -> tuple[Table | None, list[Problem]]:
    """Return the table that the bytes of a file hold, None when it cannot be used, and its problems.

    A table that comes with problems is only good for finding more of them. `holds_needs` tells that what stands under
    any key is a sentence.
    """
    text, problems = decode_content(content, shown)
    return (None, problems) if problems else parse_text(text, shown, holds_needs=holds_needs)


def parse_text(text: str, shown: str, *, holds_needs: bool = False) -> tuple[Table | None, list[Problem]]:
    """Return the table that `text` holds, as `parse_content` does."""
    reader = _TreeBuilder(text, shown, holds_needs=holds_needs)
    try:
        root = reader.build_document(iter(yaml.CSafeLoader(text).get_event, None))
    except _ReadingStopped:
        return None, reader.problems
    except yaml.MarkedYAMLError as error:
        mark, message = yaml_mistakes.explain_syntax_error(error)
        if mark is not None and mark.line < len(reader.lines):
            message = yaml_mistakes.explain_bare_reference(reader.lines[mark.line]) or message
        if message is None and (deep := _build_depth_problem(reader.lines, mark, shown)):
            return None, deep
        reader.add_problem(
            mark, code="syntax", message=f"syntaxe : {message or yaml_mistakes.UNKNOWN_MISTAKE}"
        )
        return None, reader.problems
    except yaml.YAMLError:
        return None, [
            Problem(shown, 0, 0, code="syntax", message="caractère que YAML refuse", hint="supprimez-le")
        ]
    if not isinstance(root, Table):
        place = root.place if root else Mark(shown, 1, 1)
        hint = "remettez-y ce qu’il disait, ou complétez-le" if root is None else "commencez par « id: »"
        message = "fichier vide" if root is None else "des « clé: valeur » étaient attendues"
        return None, [
            *reader.problems,
            Problem(shown, place.line, place.column, code="syntax", message=message, hint=hint),
        ]
    return None if reader.has_lookalike else root, reader.problems


def _build_depth_problem(lines: list[str], mark: yaml.Mark | None, shown: str) -> list[Problem]:
    """Return the problem of too deep a nesting, if that is why libyaml, which reads ahead, stopped at `mark`."""
    before = [*lines[: mark.line], lines[mark.line][: mark.column]] if mark else []
    reader = _TreeBuilder("\n".join(before), shown)
    with suppress(_ReadingStopped, yaml.YAMLError):
        reader.build_document(iter(yaml.CSafeLoader("\n".join(before)).get_event, None))
    return reader.problems if any(problem.code == "too-deep" for problem in reader.problems) else []


class _TreeBuilder:
    """Builds nodes from events, and adds a problem for each thing refused."""

    def __init__(self, text: str, shown: str, *, holds_needs: bool = False) -> None:
        self.shown = shown
        self.holds_needs = holds_needs
        self.lines = text.split("\n")
        self.comment_lines = yaml_mistakes.find_comment_lines(self.lines)
        self.open_brackets = 0
        self.key = ""  # of the value being read
        self.problems: list[Problem] = []
        self.has_lookalike = False  # a character that passes for another: what is read is not what is seen
        self.node_count = 0

    def add_problem(
        self, mark: Any, *, code: str, message: str, hint: str = "", mends: tuple[Mend, ...] = ()
    ) -> None:
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(
                Problem(self.shown, line, column, code=code, message=message, hint=hint, mends=mends)
            )

    def build_document(self, events: Iterator[Any]) -> YamlNode | None:
        """Return the root node of the only document, None for an empty file."""
        root: YamlNode | None = None
        documents = 0
        for event in events:
            if type(event) is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    hint = "supprimez la ligne « --- »"
                    self.add_problem(
                        event.start_mark,
                        code="several-documents",
                        message="second document dans le fichier",
                        hint=hint,
                    )
                    raise _ReadingStopped
                root = self.build_node(next(events), events, 0)
        return root

    def build_node(self, event: Any, events: Iterator[Any], depth: int) -> YamlNode:
        """Return the node that starts with `event`; takes its other `events`."""
        self.node_count += 1
        if depth > MAX_DEPTH or self.node_count > MAX_NODES:
            deep = depth > MAX_DEPTH
            limit = f"{MAX_DEPTH} niveaux" if deep else f"{MAX_NODES} valeurs"
            what = "imbrication trop profonde" if deep else "trop de valeurs dans ce fichier"
            self.add_problem(
                event.start_mark,
                code="too-deep" if deep else "too-large",
                message=what,
                hint=f"{limit} au plus",
            )
            raise _ReadingStopped
        kind = type(event)
        if kind is yaml.AliasEvent or event.anchor is not None or event.tag is not None:
            self._refuse_reference(event)
        mark = event.start_mark
        place = Mark(self.shown, mark.line + 1, mark.column + 1)
        if kind is yaml.ScalarEvent:
            value = event.value
            if mark.line != event.end_mark.line or mark.line in self.comment_lines:
                value = self._check_single_line(event)
            is_usual = value.isprintable() if value.isascii() else characters.match_usual_text(value)
            if not is_usual or len(value) > MAX_TEXT:
                value = self._check_text(event, value)
            return Text(value, place)
        self.open_brackets += event.flow_style
        if kind is yaml.SequenceStartEvent:
            node: YamlNode = self._build_list(events, List(place), depth)
        else:
            node = self._build_table(events, Table(place), depth)
        self.open_brackets -= event.flow_style
        return node

    def _refuse_reference(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            message = f"renvoi YAML « {sign}{escape_controls(event.anchor)} »"
            self.add_problem(
                event.start_mark,
                code="alias",
                message=message,
                hint="recopiez le contenu, ou mettez des guillemets",
            )
            raise _ReadingStopped
        if event.tag is not None and event.tag != "!":
            tag = escape_controls(event.tag).replace("tag:yaml.org,2002:", "!!")
            self.add_problem(
                event.start_mark, code="tag", message=f"étiquette YAML « {tag} »", hint="supprimez-la"
            )
            raise _ReadingStopped

    def _check_single_line(self, event: Any) -> str:
        """Return the text of a scalar; adds a problem when it runs on into the next line, or a comment cuts it."""
        misread = yaml_mistakes.find_misread_text(
            event,
            self.lines,
            in_flow=self.open_brackets > 0,
            key=yaml_mistakes.A_SENTENCE_KEY if self.holds_needs else self.key,
        )
        if misread is None:
            return str(event.value)
        self.add_problem(event.start_mark, code=misread.code, message=misread.message, hint=misread.hint)
        if misread.text is None:
            raise _ReadingStopped
        return misread.text

    def _check_text(self, event: Any, value: str) -> str:
        """Return `value`, the text of a scalar, in the form NFC and without what is refused in it."""
        value = unicodedata.normalize("NFC", value)  # a Mac may write an accent apart from its letter
        index = find_forbidden_character(value)
        if index is not None:
            message = f"caractère interdit {format_code_point(value[index])} dans ce texte"
            self.add_problem(event.start_mark, code="control-character", message=message, hint="supprimez-le")
            value = escape_controls(value)
        elif (index := characters.find_confusable_character(value)) is not None:
            self.has_lookalike = True
            mark = yaml_mistakes.find_character(event, value[index], self.lines)
            message, hint = characters.explain_character(value, index)
            mends = characters.mend_look_alikes(self.lines[mark.line], self.shown, mark.line + 1)
            self.add_problem(mark, code="look-alike", message=message, hint=hint, mends=mends)
        if len(value) > MAX_TEXT:
            message = f"texte de {len(value)} caractères, {MAX_TEXT} au plus"
            self.add_problem(event.start_mark, code="too-large", message=message)
            value = value[:80]
        return value

    def _build_list(self, events: Iterator[Any], node: List, depth: int) -> List:
        while type(event := next(events)) is not yaml.SequenceEndEvent:
            node.items.append(self.build_node(event, events, depth + 1))
        return node

    def _build_table(self, events: Iterator[Any], table: Table, depth: int) -> Table:
        outer = self.key
        repeated: list[Text] = []
        while type(event := next(events)) is not yaml.MappingEndEvent:
            key = self.build_node(event, events, depth + 1)
            if not isinstance(key, Text):
                self.add_problem(event.start_mark, code="syntax", message="une clé doit être un mot")
                raise _ReadingStopped
            self.key = key.value
            value = self.build_node(next(events), events, depth + 1)
            self.key = outer
            if key.value == "<<" and event.implicit[0]:
                self.add_problem(
                    event.start_mark, code="alias", message="fusion YAML « << »", hint="recopiez le contenu"
                )
                raise _ReadingStopped
            if key.value in table.entries:
                repeated.append(key)
            else:
                table.entries[key.value] = (key.place, value)
        self._tell_repeated_keys(table, repeated)
        return table

    def _tell_repeated_keys(self, table: Table, repeated: list[Text]) -> None:
        """Tell the keys of `table` that are `repeated`; several, each once, are those of another thing."""
        keys = {key.value for key in repeated}
        for key in repeated[:1] if len(keys) == len(repeated) else repeated:
            first = table.entries[key.value][0]
            message = f"clé répétée « {escape_controls(key.value)} », déjà à la ligne {first.line}"
            hint = "mettez leurs besoins sous la première" if self.holds_needs else "gardez-en une"
            if len(keys) == len(repeated) > 1:
                more = len(keys) - 1
                message += f" (et {render_count(more, 'autre clé')})"
                hint = "il manque sans doute une ligne « - id: … » au-dessus, ou un tiret"
            if len(self.problems) < _MAX_PROBLEMS:
                self.problems.append(Problem(*key.place, code="duplicate-key", message=message, hint=hint))
