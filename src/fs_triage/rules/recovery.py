"""What can still be read of a rule file in which a hand slipped.

A slip of one line (`line_slips`) is undone in memory when the file can then be read, so that the problem is told where
the hand slipped, once, and all the rest is read as it was meant. Where no slip explains a problem, the smallest block
around it is left out: the rest of the file is still read. The text that was typed keeps its lines and columns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel

from fs_triage.files.folders import BOOKLET
from fs_triage.rules import characters, line_slips
from fs_triage.rules.characters import decode_content
from fs_triage.rules.inherit import CHANGES
from fs_triage.rules.keys import translate_keys
from fs_triage.rules.line_slips import Edit, Slip, SlipKind, get_indent
from fs_triage.rules.model_errors import build_valid_part
from fs_triage.rules.model_livret import PARTNERS, get_livret_folder
from fs_triage.rules.problem import Mend, Problem, apply_mends
from fs_triage.rules.vocabulary import FRENCH_KEYS
from fs_triage.rules.yaml_reader import List, Mark, Table, YamlNode, parse_text
from fs_triage.text.fold import fold

Parse = Callable[[str], tuple[Table | None, list[Problem]]]
"""From the text of a file to its table, None when it could not be read to its end, and its problems."""
Judge = Callable[[Table], list[Problem]]
"""From a table to what is wrong with it as the rules that it should hold."""

_NEVER = ("too-deep", "too-large", "control-character", "encoding")  # of these nothing more is read
_READ_CODES = ("syntax", "several-lines", "tag", "duplicate-key")
_PLAIN_CODES = ("alias", "several-documents")  # which are what they look like, and no slip
_LOSING = ("duplicate-key", "several-lines", "cut-by-comment")  # part of what was typed is not in the table
_SHAPE_CODES = ("wrong-type", "missing-key", "no-lead", "two-leads", "empty", "unknown-key")
_MAX_OLD_KEYS = 3  # in a file that is written with today's keys: more come from a file of before
_TAB_WIDTHS = (2, 4, 8)
_MAX_ROUNDS = 40
_MAX_STRANGE = 20  # problems of a file that reads well; more have another cause than a slip
_MAX_LINES_READ = 150_000  # of all trials of one file
_MAX_LINES = 12_000  # of a file in which slips are looked for
_NEAR = (0, 1, -1, -2, 2, 3, -3)  # lines around a problem, in the order in which they are suspected
_FAR = 60  # lines above it where a quote or a bracket may have been opened
_END = 10**9
_TOP_KEY = re.compile(r"[^\s#-]")
_ITEM = re.compile(r" *- ")
_UNCLOSED = re.compile(
    r"^ *(?:- +)*(?:[^\s:\"'\[\]{}#][^:\"'\[\]{}#]*: +)?(?:\"[^\"]*|'[^']*|\[[^\]]*|\{[^}]*)$"
)


KEYS = frozenset(fold(key) for names in FRENCH_KEYS.items() for key in names)
"""Every key of the rules, folded: as authors write it, and as the models say it."""


class ReadResult(NamedTuple):
    """What was read of a file: `lost` are its top keys under which something was left out, "" for a part of a text."""

    table: Table | None
    problems: list[Problem]
    lost: frozenset[str] = frozenset()


def read_content(content: bytes, path: Path, models: tuple[type[BaseModel], ...]) -> ReadResult:
    """Return what the bytes of the file at `path` hold, with the keys of `models`, which are none for needs.

    A file of the form with English keys is told as such, and not read.
    """
    shown = str(path)
    text, problems = decode_content(content, shown)
    if problems and (not text or text.count("\n") > _MAX_LINES):
        return ReadResult(None, problems)
    parse, judge = _Parser(shown, models), partial(_judge, models)
    if not problems:
        found = read_table(text, shown, parse, judge, KEYS)
    else:
        results = []
        for width in _TAB_WIDTHS:  # that of the editor, which the file does not tell
            text, problems = decode_content(content, shown, width)
            reading = _Recovery(text.split("\n"), shown, parse, judge, KEYS)
            reading.undo(problems)
            found = reading.run([])
            left = len(found.problems) - len(problems) + len(judge(found.table) if found.table else [found])
            results.append((left, found))
            if left == 0:
                break
        found = min(results, key=lambda result: result[0])[1]
    if parse.old_keys and (parse.old_keys > _MAX_OLD_KEYS or _has_old_layout(path)):
        return ReadResult(None, [_build_old_form_problem(path)])
    return found


class _Parser:
    """Reads the text of a file to its table, with the keys of `models`; `old_keys` are those in English, at most."""

    def __init__(self, shown: str, models: tuple[type[BaseModel], ...]) -> None:
        self.shown, self.models = shown, models
        self.old_keys = 0

    def __call__(self, text: str) -> tuple[Table | None, list[Problem]]:
        table, problems = parse_text(text, self.shown, holds_needs=not self.models)
        if table is not None and self.models:
            self.old_keys = max(self.old_keys, translate_keys(table, self.models, problems))
        return table, problems


def _has_old_layout(booklet: Path) -> bool:
    """Return whether the livret of which `booklet` may be the file has its partners' files beside it, as of old."""
    return booklet.name == BOOKLET and not (booklet.parent / PARTNERS).exists()


def _build_old_form_problem(path: Path) -> Problem:
    message = "ce fichier est écrit dans l’ancienne forme, avec des clés en anglais"
    hint = f"convertissez son livret : fs-triage convertir {get_livret_folder(path)}"
    return Problem(str(path), 0, 0, code="old-form", message=message, hint=hint)


def _judge(models: tuple[type[BaseModel], ...], table: Table) -> list[Problem]:
    """Return what is wrong with `table` as the first of `models`, apart from what another layer may give."""
    found: list[Problem] = []
    if models:
        entries = {key: entry for key, entry in table.entries.items() if key not in CHANGES}
        build_valid_part(models[0], Table(table.place, entries), found)
    is_layer = len(models) > 1
    return [
        one for one in found if one.code != "missing-key" or not (is_layer or one[1:3] == table.place[1:])
    ]


def read_table(text: str, shown: str, parse: Parse, judge: Judge, keys: Collection[str]) -> ReadResult:
    """Return what `text` holds, by all that can be understood of it; `keys` are the known ones, folded."""
    table, problems = parse(text)
    lines = text.split("\n")
    if len(lines) > _MAX_LINES or any(problem.code in _NEVER for problem in problems):
        return ReadResult(table, problems)
    leftovers = line_slips.find_leftovers(lines)
    if problems and (second := line_slips.find_second_file(lines)):
        leftovers.append(second)
    indents = line_slips.find_rare_indents(lines)
    if table is not None and not problems and not leftovers and not indents and not judge(table):
        return ReadResult(table, problems)
    return _Recovery(lines, shown, parse, judge, keys).run([*leftovers, *([indents] if indents else [])])


def _may_cause(slip: Slip, problem: Problem) -> bool:
    """Return whether `slip` may be the cause of `problem`: quotes do not mend what reads well but is no rule."""
    if problem.code not in _SHAPE_CODES:
        return True
    if slip.kind is SlipKind.QUOTE:
        here = (slip.rank, slip.column) == (problem.line - 1, problem.column - 1)
        return here and problem.code == "wrong-type" and slip.is_sure and "guillemets" in problem.hint
    return not (slip.kind is SlipKind.DASH and problem.code == "empty")


def _is_swallowed(slip: Slip, lines: list[str], keys: Collection[str]) -> bool:
    """Return whether `slip`, undone in `lines`, makes a part of the long text above of what stood for itself."""
    inside = line_slips.find_block_text(lines)
    return any(
        edit.rank in inside
        and (
            line_slips.stands_alone(lines[edit.rank], keys) or lines[edit.rank - 1].endswith((".", "!", "?"))
        )
        for edit in slip.edits
    )


def _count_left_spaces(slip: Slip, lines: list[str]) -> int:
    """Return how many spaces the first line of `slip` begins with once it is undone."""
    edit = slip.edits[0]
    return get_indent(lines[edit.rank]) - len(edit.before) + len(edit.after)


class _Measure(NamedTuple):
    """How well a text reads: the line where reading stops (from 1), and the problems of what stands before."""

    stop: int
    problems: list[Problem]


@dataclass(slots=True)
class _Recovery:
    """The text of a file as it is mended, and what was told of it."""

    lines: list[str]
    shown: str
    parse: Parse
    judge: Judge
    keys: Collection[str]
    told: list[Problem] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    tried: set[tuple[int, str]] = field(default_factory=set)
    lines_read: int = 0
    typed: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.typed = self.lines

    def run(self, certain: list[Slip]) -> ReadResult:
        """Mend what is `certain`, then what is found, and return what can be read."""
        for one in certain:
            self._mend(one, "syntax")
        for _ in range(_MAX_ROUNDS):
            table, problems = self.parse("\n".join(self.lines))
            if self._undo_look_alikes(problems):
                continue
            fatal = problems[-1] if table is None and problems else None
            if fatal is not None and fatal.code in _NEVER:
                break
            found = self._find_strange(table, problems) if table else self._choose_problem(problems, fatal)
            if found is None:
                break
            slip = self._find_slip(found, is_fatal=found is fatal) if found.code not in _PLAIN_CODES else None
            self.tried.add((found.line, found.code))
            if slip is not None:
                self._mend(slip, found.code if found.code in _READ_CODES else "syntax", found)
            elif found is fatal:
                told = [*self.told, *self._map([found])]
                if not self._leave_out(found):
                    break
                if not self._is_told_reference(found) and not self._is_same_cause(found):
                    self.told = told
        return self._finish()

    def _finish(self) -> ReadResult:
        """Return what can be read now, and all that was told."""
        table, problems = self.parse("\n".join(self.lines))
        self.lost |= {"" for one in problems if one.code in _LOSING}
        if table is not None:
            self._map_marks(table)
        return ReadResult(table, [*self.told, *self._map(problems)], frozenset(self.lost))

    def _choose_problem(self, problems: list[Problem], fatal: Problem | None) -> Problem | None:
        """Return the problem to look at first: one before the place where reading stopped may have its cause."""
        earlier = [one for one in problems if one is not fatal and self._is_open(one)]
        return earlier[0] if earlier else fatal

    def _find_strange(self, table: Table, problems: list[Problem]) -> Problem | None:
        """Return a problem of a text that could be read, if a slip that was not looked for may be its cause."""
        found = [one for one in problems if one.code in _READ_CODES and self._is_open(one)]
        if not found:
            found = [one for one in self.judge(table) if one.code in _SHAPE_CODES]
            found = [one for one in found if self._is_open(one)] if len(found) <= _MAX_STRANGE else []
        return min(found, default=None)

    def _is_open(self, problem: Problem) -> bool:
        return (problem.line, problem.code) not in self.tried and problem.code in (
            *_READ_CODES,
            *_SHAPE_CODES,
        )

    # Slips

    def _find_slip(self, problem: Problem, *, is_fatal: bool) -> Slip | None:
        """Return the slip that explains `problem`: undone, it goes, and nothing comes in its place."""
        excerpt = self._find_excerpt(problem.line - 1)
        base = self._measure(self.lines, excerpt)
        best: tuple[int, int, int] | None = None
        chosen = None
        for order, slip in enumerate(self._list_suspects(problem)):
            if self.lines_read > _MAX_LINES_READ:
                break
            lines = line_slips.apply_edits(self.lines, slip.edits)
            if slip.kind is SlipKind.INDENT and _is_swallowed(slip, lines, self.keys):
                continue
            edited = [edit.rank + 1 for edit in slip.edits]
            after = self._measure(lines, excerpt, max(*edited, problem.line))
            if not self._is_better(base, after, problem, slip, is_fatal=is_fatal):
                continue
            left = after.problems
            if slip.kind is SlipKind.NO_LINE:  # what stands on the line that is told is not told again
                left = [one for one in left if one.line != slip.rank + 1]
            score = (len(left), -after.stop, order)
            if best is None or score < best:
                best, chosen = score, slip
            if not left and after.stop == _END:
                break
        return chosen

    def _is_better(
        self, base: _Measure, after: _Measure, problem: Problem, slip: Slip, *, is_fatal: bool
    ) -> bool:
        edited = {edit.rank + 1 for edit in slip.edits}
        if after.stop <= max(*edited, problem.line):
            return False
        if is_fatal:
            above = 3 if len(edited) == 1 else 10  # many lines moved must explain more
            near = range(min(*edited, problem.line) - above, max(min(edited), problem.line) + 4)
            known = Counter((one.line, one.code) for one in base.problems)
            new = Counter((one.line, one.code) for one in after.problems if one.line in near)
            new -= known if len(edited) == 1 else Counter()
            if slip.kind in (
                SlipKind.SIGN,
                SlipKind.NO_LINE,
            ):  # wrong by itself, whatever else is wrong beside it
                return after.stop > base.stop
            return after.stop > max(base.stop, problem.line + 2) and not new
        if after.stop < base.stop or slip.kind is SlipKind.NO_LINE:
            return after.stop > base.stop
        if base.stop < after.stop == _END and not after.problems:
            return True
        known = Counter((one.line, one.code) for one in base.problems)
        now = Counter((one.line, one.code) for one in after.problems)
        return not now - known and now[problem.line, problem.code] < known[problem.line, problem.code]

    def _list_suspects(self, problem: Problem) -> Iterator[Slip]:
        """Yield the slips of the lines around `problem`, those of signs before those of indentation."""
        at = min(problem.line, len(self.lines)) - 1
        inside = line_slips.find_block_text(self.lines)
        near = [at + by for by in _NEAR if 0 <= at + by < len(self.lines)]
        far = [
            rank
            for rank in range(at, max(-1, at - _FAR), -1)
            if rank not in near and _UNCLOSED.match(self.lines[rank]) and rank not in inside
        ]
        heads = [rank for rank in range(at - 1, max(-1, at - _FAR), -1) if self.lines[rank].endswith(":")]
        near += [rank for rank in heads if rank not in near][:3]
        near += [rank + 1 for rank in heads[:3] if rank + 1 not in near]  # its first item
        of_lines = [
            [one for one in line_slips.list_slips(self.lines, rank, self.keys) if _may_cause(one, problem)]
            for rank in near
            if rank not in inside
        ]
        signs = [slip for slips in of_lines for slip in slips if slip.kind is not SlipKind.INDENT]
        yield from signs
        for rank in far if problem.code not in _SHAPE_CODES else ():
            yield from line_slips.list_slips(self.lines, rank, self.keys)
        moved = [slip for slips in of_lines for slip in slips if slip.kind is SlipKind.INDENT]
        # an odd number of spaces is hardly meant; then the fewest lines are the shortest way back
        yield from sorted(moved, key=lambda slip: (_count_left_spaces(slip, self.lines) % 2, len(slip.edits)))
        if problem.code in ("syntax", "several-lines"):
            for rank in (rank for rank in near if rank not in inside):
                yield from line_slips.list_missing_lines(self.lines, rank, self.keys)

    def _find_excerpt(self, at: int) -> tuple[range, range]:
        """Return the ranks of the lines to read in a trial, and those of the items among them that are passed over.

        They are the top block of the line `at` and the ones beside it; of a list, the items around that line.
        """
        tops = [rank for rank, line in enumerate(self.lines) if _TOP_KEY.match(line)]
        before = [rank for rank in tops if rank < at - 3]
        after = [rank for rank in tops if rank > at + 3]
        first = before[-2] if len(before) > 1 else 0
        last = after[1] if len(after) > 1 else len(self.lines)
        top = before[-1] if before else 0
        items = [rank for rank in range(top + 1, last) if self.lines[rank].startswith(("- ", "  - "))]
        above = [rank for rank in items if rank < at - 3]
        below = [rank for rank in items if rank > at + 3]
        passed = range(items[0], above[-2]) if len(above) > 2 else range(0)
        if len(below) > 2 and not any(rank < below[2] for rank in after):
            last = below[2]
        return range(first, last), passed

    def _measure(self, lines: list[str], excerpt: tuple[range, range], wanted: int = 0) -> _Measure:
        """Return how well the `excerpt` of `lines` reads, without problems where that is not past the line `wanted`."""
        kept, passed = excerpt
        lines = [
            line if rank in kept and rank not in passed else ""
            for rank, line in enumerate(lines[: kept.stop])
        ]
        size = len(kept) - len(passed)
        self.lines_read += size
        table, problems = self.parse("\n".join(lines))
        if table is not None:
            return _Measure(_END, [*problems, *self.judge(table)])
        stop = problems[-1].line if problems else 0
        if stop <= wanted:
            return _Measure(stop, [])
        for cut in self._list_cuts(lines, stop - 1, kept.start):
            self.lines_read += size
            table, others = self.parse("\n".join(lines[:cut]))
            if table is not None:
                return _Measure(stop, [one for one in [*others, *self.judge(table)] if one.line < cut - 1])
        return _Measure(stop, problems[:-1])

    def _list_cuts(self, lines: list[str], stop: int, first: int) -> list[int]:
        """Return the ranks above `stop` where an item or a top key begins, so that what stands before is whole."""
        found = []
        for rank in range(min(stop, len(lines) - 1), first, -1):
            if _ITEM.match(lines[rank]) or _TOP_KEY.match(lines[rank]):
                found.append(rank)
            if len(found) == 3:
                break
        return found

    def _mend(self, slip: Slip, code: str, problem: Problem | None = None) -> None:
        """Tell `slip`, or the `problem` that quotes mend, and read on as if it were undone."""
        rank, column = slip.rank, self._map_column(slip.rank, slip.column)
        mends = [
            Mend(
                self.shown,
                edit.rank + 1,
                self._map_column(edit.rank, edit.column) + 1,
                edit.before,
                edit.after,
            )
            for edit in slip.edits
            if slip.is_sure
        ]
        told = Problem(self.shown, rank + 1, column + 1, code=code, message=slip.message, hint=slip.hint)
        if problem is not None and problem.code in _SHAPE_CODES and slip.kind is SlipKind.QUOTE:
            told = problem._replace(column=column + 1)
        self.told.append(told._replace(mends=tuple(mends)))
        if slip.kind is SlipKind.NO_LINE and not slip.edits[0].after:
            self.lost.add(self._find_top_key(rank))
        self.lines = line_slips.apply_edits(self.lines, slip.edits)
        self.edits += slip.edits

    def undo(self, problems: list[Problem]) -> None:
        """Tell `problems` that each have their mends, and read on as if those were made."""
        self.told += problems
        of_lines: dict[int, list[Mend]] = {}
        for mend in (mend for problem in problems for mend in problem.mends):
            of_lines.setdefault(mend.line - 1, []).append(mend)
        for rank, here in of_lines.items():
            line = self.lines[rank]
            after = apply_mends(line, [mend._replace(line=1) for mend in here])
            column = min(mend.column for mend in here) - 1
            self.edits.append(Edit(rank, column, line[column:], after[column:]))
        self.lines = line_slips.apply_edits(self.lines, self.edits)

    def _undo_look_alikes(self, problems: list[Problem]) -> bool:
        """Tell the characters that pass for others, and read on as if those were; return whether there are any."""
        found = [one for one in problems if one.code == "look-alike"]
        self.told += self._map(found)
        for rank in {one.line - 1 for one in found}:
            line = self.lines[rank]
            edit = Edit(rank, 0, line, characters.replace_look_alikes(line))
            self.lines = line_slips.apply_edits(self.lines, [edit])
        return bool(found)

    def _is_same_cause(self, problem: Problem) -> bool:
        """Return whether the last problem told was like `problem`, in the same top block: one slip spoils all."""
        last = self.told[-1] if self.told else None
        return (
            last is not None
            and (last.code, last.message, last.column) == (problem.code, problem.message, problem.column)
            and (
                last.line == problem.line - 1
                or self._find_top_key(last.line - 1) == self._find_top_key(problem.line - 1)
            )
        )

    def _is_told_reference(self, problem: Problem) -> bool:
        """Return whether `problem` is of a reference to a place that was told before."""
        if problem.code != "alias":
            return False
        told = [one for one in self.told if one.code == "alias"]
        names = {self._find_typed_word(one).lstrip("&*") for one in told}
        return self._find_typed_word(problem).lstrip("&*") in names

    def _find_typed_word(self, problem: Problem) -> str:
        """Return the word that was typed at the place of `problem`."""
        return self.typed[problem.line - 1][problem.column - 1 :].partition(" ")[0]

    # What is left out

    def _leave_out(self, problem: Problem) -> bool:
        """Blank the smallest block around `problem` without which more can be read; return whether there is one."""
        at = min(max(problem.line - 1, 0), len(self.lines) - 1)
        for first, last in self._list_blocks(at):
            lines = [*self.lines[:first], *[""] * (last - first), *self.lines[last:]]
            table, problems = self.parse("\n".join(lines))
            self.lines_read += len(lines)
            if table is None and (not problems or problems[-1].line <= last):
                continue
            self.lost.add(self._find_top_key(first))
            self.lines = lines
            return True
        return False

    def _list_blocks(self, at: int) -> Iterator[tuple[int, int]]:
        """Yield the blocks that hold the line `at`, the smallest first; one that leaves its key empty is no use."""
        least = get_indent(self.lines[at]) if self.lines[at].strip() else _END
        for rank in range(at, -1, -1):
            line = self.lines[rank]
            indent = get_indent(line)
            is_top = bool(_TOP_KEY.match(line))
            if not line.strip() or not (is_top or (_ITEM.match(line) and indent <= least)):
                continue
            least = indent - 1
            end = rank + 1
            while end < len(self.lines) and (
                not self.lines[end].strip()
                or get_indent(self.lines[end]) > indent
                or (is_top and self.lines[end].startswith("- "))
            ):
                end += 1
            if end > at and (is_top or self._has_neighbour(rank, end, indent)):
                yield rank, end

    def _has_neighbour(self, first: int, last: int, indent: int) -> bool:
        """Return whether another item of the same list stands before or after the one from `first` to `last`."""
        if (
            last < len(self.lines)
            and get_indent(self.lines[last]) == indent
            and _ITEM.match(self.lines[last])
        ):
            return True
        for rank in range(first - 1, -1, -1):
            line = self.lines[rank]
            if line.strip() and get_indent(line) <= indent:
                return get_indent(line) == indent and _ITEM.match(line) is not None
        return False

    def _find_top_key(self, rank: int) -> str:
        """Return the key of the top block that the line at `rank` stands in."""
        line = next((self.typed[at] for at in range(rank, -1, -1) if _TOP_KEY.match(self.typed[at])), "")
        return line.partition(":")[0].strip(" \"'")

    # Places

    def _map_column(self, rank: int, column: int) -> int:
        """Return the column in the line as it was typed of what stands at `column` now."""
        for edit in reversed(self.edits):
            if edit.rank == rank and column >= edit.column:
                column = max(edit.column, column - len(edit.after) + len(edit.before))
        return column

    def _map(self, problems: list[Problem]) -> list[Problem]:
        edited = {edit.rank + 1 for edit in self.edits}
        return [
            one._replace(column=self._map_column(one.line - 1, one.column - 1) + 1)
            if one.line in edited
            else one
            for one in problems
        ]

    def _map_marks(self, node: YamlNode) -> None:
        """Put every mark of `node` back where its text was typed."""
        if not self.edits:
            return
        node.place = self._map_mark(node.place)
        if isinstance(node, List):
            for item in node.items:
                self._map_marks(item)
        elif isinstance(node, Table):
            for key, (place, item) in node.entries.items():
                node.entries[key] = (self._map_mark(place), item)
                self._map_marks(item)

    def _map_mark(self, mark: Mark) -> Mark:
        return mark._replace(column=self._map_column(mark.line - 1, mark.column - 1) + 1)
