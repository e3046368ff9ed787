"""The rule files of before, with English keys and the needs inside a partner's file, written as they are today.

The text is kept as it was typed, comments included: only keys are replaced, and needs cut out. What is made is read
again and held against the old file before it is handed out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from pydantic import BaseModel

from fs_triage.contract import RULES_UNUSABLE, Failure
from fs_triage.files.folders import BOOKLET
from fs_triage.rules import inherit, yaml_reader
from fs_triage.rules.characters import decode_content
from fs_triage.rules.keys import find_key, iter_tables, translate_keys
from fs_triage.rules.model_livret import (
    IDENTIFIERS,
    NEEDS,
    PARTNERS,
    SYNONYMS,
    UNCOVERED_NEEDS,
    Booklet,
    Identifiers,
    Synonyms,
    UncoveredNeeds,
)
from fs_triage.rules.model_partner import Changes, Partner
from fs_triage.rules.model_situations import SITUATIONS, Situations
from fs_triage.rules.problem import Problem
from fs_triage.rules.vocabulary import FRENCH_KEYS, fold_key
from fs_triage.rules.yaml_reader import List, Table, Text, YamlNode

_PLACES: dict[str, tuple[str, type[BaseModel]]] = {
    BOOKLET: (BOOKLET, Booklet),
    SITUATIONS: (SITUATIONS, Situations),
    IDENTIFIERS: (IDENTIFIERS, Identifiers),
    "hors-livret.yaml": (UNCOVERED_NEEDS, UncoveredNeeds),
    "synonymes.yaml": (SYNONYMS, Synonyms),
}
"""Where each file that is no partner's stands today, and what it is read as."""

_EXAMPLES, _NEED = "examples", "besoin"
_TRUTHS = {"true": "oui", "yes": "oui", "on": "oui", "false": "non", "no": "non", "off": "non"}
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_SCHEMA = re.compile(r"^(# yaml-language-server: \$schema=)(\S*/)?partner\.schema\.json", re.M)


def convert_files(contents: Mapping[str, bytes], shown: str) -> dict[str, dict[str, bytes]]:
    """Return the files to write, by name, for each of the `contents` of a livret's folder that is to be converted.

    Names are those below the folder, which is `shown` in messages. Raises `Failure` when one cannot be read.
    """
    converted = {}
    problems: list[Problem] = []
    for name, content in contents.items():
        made = _convert_file(name, content, f"{shown}/{name}", problems)
        if made is not None:
            converted[name] = made
    if problems:
        more = f" et {len(problems) - 1} autres" if len(problems) > 1 else ""
        raise Failure(RULES_UNUSABLE, f"Rien n’est converti ; corrigez d’abord : {min(problems)}{more}.")
    return converted


def _convert_file(name: str, content: bytes, shown: str, problems: list[Problem]) -> dict[str, bytes] | None:
    """Return the files to write instead of `name`, None when it stays as it is; adds to `problems`."""
    table, found = yaml_reader.parse_content(content, shown)
    if table is None or found:
        problems += found
        return None
    last = name.rpartition("/")[2]
    place, model = _PLACES.get(last, (f"{PARTNERS}/{last}", Partner))
    if model is Partner and (name.startswith(f"{NEEDS}/") or inherit.find_text(table, "id") is None):
        return None  # the needs of a partner are never of old; a file without id is no rule file
    if model is Partner and (odd := _find_odd_example(table)) is not None:
        message, hint = "exemple que la conversion ne sait pas lire", "attendu : « - id: » et « besoin: »"
        problems.append(Problem(*odd.place, code="old-form", message=message, hint=hint))
        return None
    text, _ = decode_content(content, shown)
    file = _OldFile(text, table, (Partner, Changes) if model is Partner else (model,))
    expected = {place: file.get_data()}
    if needs := file.get_needs():
        expected[f"{NEEDS}/{last}"] = needs
    if name == place and not file.is_old:
        return None
    written = {place: file.render_rest(deeper="/" in place and "/" not in name)}
    if needs:
        written[f"{NEEDS}/{last}"] = file.render_needs()
    for where, made in written.items():
        data, found = _read_back(made, file.models if where == place else ())
        if found:  # a key that is misspelt, or typed twice
            problems += [problem._replace(path=shown) for problem in found]
            return None
        if data != expected[where]:
            message = "ce fichier est écrit d’une façon que la conversion ne sait pas garder"
            hint = "réécrivez ses exemples ligne par ligne, ou convertissez-le à la main"
            problems.append(Problem(shown, 0, 0, code="old-form", message=message, hint=hint))
            return None
    end = "\r\n" if b"\r\n" in content else "\n"
    return {where: made.replace("\n", end).encode() for where, made in written.items()}


def _find_odd_example(partner: Table) -> YamlNode | None:
    """Return the first of the examples that is not an id with needs, None when all are."""
    _, examples = partner.entries.get(_EXAMPLES, (partner.place, List(partner.place)))
    for item in examples.items if isinstance(examples, List) else [examples]:
        if not isinstance(item, Table) or not item.entries.keys() <= {"id", _NEED, "walk"}:
            return item
        if inherit.find_text(item, "id") is None:
            return item
        needs = item.entries.get(_NEED, (item.place, List(item.place)))[1]
        told = needs.items if isinstance(needs, List) else [needs]
        if not all(isinstance(need, Text) for need in told):
            return item
    return None


def _read_back(text: str, models: tuple[type[BaseModel], ...]) -> tuple[Any, list[Problem]]:
    """Return what the desk will read in `text`, and the problems of its keys."""
    table, problems = yaml_reader.parse_text(text, "")
    if table is None or problems:
        return None, []
    if models:
        translate_keys(table, models, problems)
    else:
        _spread_single_needs(table)
    return yaml_reader.convert_to_data(table), problems


def _spread_single_needs(table: Table) -> None:
    """Make a list of each need that stands alone."""
    for path, (mark, node) in table.entries.items():
        if isinstance(node, Text):
            table.entries[path] = (mark, List(node.place, [node]))


class _OldFile:
    """A rule file, as it was typed and as the program reads it."""

    def __init__(self, text: str, table: Table, models: tuple[type[BaseModel], ...]) -> None:
        self.models = models
        self.is_old = False
        """Whether there is something to convert in it."""
        self.lines = text.split("\n")
        self._root: Any = yaml.compose(text, Loader=yaml.CSafeLoader)
        self._examples = table.entries.pop(_EXAMPLES, None) if models[0] is Partner else None
        self._table = table
        self._rename_keys()
        self.is_old |= self._examples is not None

    def get_data(self) -> Any:
        """Return what the file holds, without needs."""
        return yaml_reader.convert_to_data(self._table)

    def get_needs(self) -> dict[str, list[str]]:
        """Return the needs by the path of their conclusion, in the order of the tree."""
        needs: dict[str, list[str]] = {}
        examples = self._examples[1] if self._examples else None
        for item in examples.items if isinstance(examples, List) else ():
            data = item.to_data() if isinstance(item, Table) else {}
            told = data.get(_NEED, [])
            needs.setdefault(str(data.get("id")), []).extend([told] if isinstance(told, str) else told)
        order = {path: rank for rank, path in enumerate(inherit.list_paths(self._table))}
        return {
            path: needs[path] for path in sorted(needs, key=lambda one: order.get(one, -1)) if needs[path]
        }

    def _rename_keys(self) -> None:
        """Put today's keys into the lines, and those of the models into the table."""
        ends = {
            (key.start_mark.line, key.start_mark.column): key.end_mark.column
            for key in _iter_keys(self._root)
        }
        edits: list[tuple[int, int, int, str]] = []
        for table, keys in iter_tables(self._table, self.models):
            entries = {}
            for typed, (place, node) in table.entries.items():
                key = find_key(typed, keys)
                entries[key or typed] = (place, node)
                if key is None:
                    continue
                line, column = place.line - 1, place.column - 1
                if typed == key != FRENCH_KEYS[key] or fold_key(typed) != fold_key(FRENCH_KEYS[key]):
                    edits.append((line, column, ends[line, column], FRENCH_KEYS[key]))
                if key == "in_order" and isinstance(node, Text) and node.value.lower() in _TRUTHS:
                    line, column = node.place.line - 1, node.place.column - 1
                    edits.append((line, column, column + len(node.value), _TRUTHS[node.value.lower()]))
                    node.value = _TRUTHS[node.value.lower()]
            table.entries = entries
        for line, column, end, text in sorted(edits, reverse=True):
            self.lines[line] = self.lines[line][:column] + text + self.lines[line][end:]
        self.is_old = bool(edits)

    def render_rest(self, *, deeper: bool) -> str:
        """Return the file without its needs; one that goes a folder `deeper` finds its schema a folder above."""
        lines = list(self.lines)
        if self._examples is not None:
            start, end = self._find_examples()
            lines[start:end] = []
        text = "\n".join(lines).rstrip("\n") + "\n"
        return _SCHEMA.sub(r"\1../\2partenaire.schema.json", text) if deeper else text

    def render_needs(self) -> str:
        """Return the needs as a file of their own, with the comments that stand among them."""
        start, end = self._find_examples()
        key, value = self._get_examples_nodes()
        pieces: dict[str, list[list[str]]] = {}
        waiting = [line for line in self.lines[start : key.start_mark.line] if line.strip()]
        for rank, item in enumerate(value.value):
            last = value.value[rank + 1].start_mark.line if rank + 1 < len(value.value) else end
            begin = key.start_mark.line + 1 if rank == 0 else item.start_mark.line
            before, lines, after = self._cut_item(item, begin, max(last, item.start_mark.line + 1))
            if lines:
                path = next(node.value for name, node in item.value if name.value == "id")
                pieces.setdefault(path, []).append([*waiting, *before, *lines])
                waiting = after
            else:
                waiting += [*before, *after]
        needs = self.get_needs()
        found = [line for path in needs for line in self._join_pieces(path, pieces[path])]
        return "\n".join([*found, *waiting]).strip("\n") + "\n"

    def _join_pieces(self, path: str, pieces: list[list[str]]) -> list[str]:
        """Return the lines of the needs of `path`, which were told at several places perhaps."""
        if len(pieces) == 1:
            return pieces[0]
        comments = [line for piece in pieces for line in piece if line.startswith("#")]
        needs = (f"  - {json.dumps(need, ensure_ascii=False)}" for need in self.get_needs()[path])
        return [*comments, f"{path}:", *needs]

    def _cut_item(self, item: Any, begin: int, end: int) -> tuple[list[str], list[str], list[str]]:
        """Return the needs of `item`, in the lines from `begin` to `end`, and the comments before and after them."""
        nodes = {name.value: node for name, node in item.value}
        needs = nodes.get(_NEED)
        if needs is None:
            return [], [], self._list_comments(begin, end)
        first, stop = needs.start_mark.line, end
        if isinstance(needs, yaml.SequenceNode) and not needs.flow_style:
            later = [node.start_mark.line for node in nodes.values() if node.start_mark.line > first]
            stop = min([end, *later])
            while not self.lines[stop - 1].strip() or self.lines[stop - 1].lstrip().startswith("#"):
                stop -= 1
            lines = [f"{nodes['id'].value}:"]
            margin = needs.start_mark.column - 2
            for line in self.lines[first:stop]:
                lines.append(line[margin:] if not line[:margin].strip() else f"  {line.strip()}")
        else:
            text = self._cut_value(needs)
            stop = needs.end_mark.line + (needs.end_mark.column > 0)
            lines = [f"{nodes['id'].value}: {text[0]}", *text[1:]]
        before = self._list_comments(begin, first)
        if item.flow_style and (comment := self._get_end_comment(item.end_mark)):
            before.append(comment.strip())
        return before, lines, self._list_comments(stop, end)

    def _cut_value(self, node: Any) -> list[str]:
        """Return the lines of a value, indented as one of a file of needs, with the comment after it."""
        start, end = node.start_mark, node.end_mark
        if start.line == end.line:
            return [self.lines[start.line][start.column : end.column] + self._get_end_comment(end)]
        more = [*self.lines[start.line + 1 : end.line], self.lines[end.line][: end.column]]
        margin = min((len(line) - len(line.lstrip()) for line in more if line.strip()), default=0)
        more = [f"  {line[margin:]}" if line.strip() else "" for line in more]
        more[-1] += self._get_end_comment(end) if more[-1] else ""
        return [self.lines[start.line][start.column :], *(more if more[-1] else more[:-1])]

    def _get_end_comment(self, end: Any) -> str:
        rest = self.lines[end.line][end.column :].strip() if end.line < len(self.lines) else ""
        return f"  {rest}" if rest.startswith("#") else ""

    def _list_comments(self, begin: int, end: int) -> list[str]:
        """Return the comments among the lines from `begin` to `end`, and the empty lines."""
        found = []
        for line in self.lines[begin:end]:
            comment = _COMMENT.search(line)
            if comment or not line.strip():
                found.append(comment.group().strip() if comment else "")
        return found

    def _get_examples_nodes(self) -> tuple[Any, Any]:
        return next((key, value) for key, value in self._root.value if key.value == _EXAMPLES)

    def _find_examples(self) -> tuple[int, int]:
        """Return the ranks of the first line of the examples, comments right above included, and of that after them."""
        key, _ = self._get_examples_nodes()
        start = key.start_mark.line
        while start > 0 and self.lines[start - 1].startswith("#"):
            start -= 1
        later = [other.start_mark.line for other, _ in self._root.value]
        later = [line for line in later if line > key.start_mark.line]
        end = min(later, default=len(self.lines))
        while later and (not self.lines[end - 1].strip() or self.lines[end - 1].startswith("#")):
            end -= 1
        return start, end


def _iter_keys(node: Any) -> Iterator[Any]:
    """Yield every key below a node of YAML."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield from _iter_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _iter_keys(item)
