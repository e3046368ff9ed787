"""What a hand may have done wrong to a line of a rule file: each slip with the edit that undoes it.

A slip is only proposed here; `recovery` keeps the one whose edit makes the file readable again. An edit never changes
the number of lines, so that every other place of the file stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

from fs_triage.rules.characters import render_more_lines
from fs_triage.text.fold import fold
from fs_triage.text.numbers import render_count
from fs_triage.text.typography import escape_controls, shorten_text

RARE_SPACES = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_BULLETS = "•–—‑‒−·‣▪●○◦►➤*+"  # noqa: RUF001 - taken for the dash of a list
_SIGNS = "[{!&*@`%|>\"'?,]}"  # what begins something else than a text
_OPENED = {"[": "]", "{": "}"}
_MAX_SHOWN = 40
_NEAR = 12  # lines above from which the right indentation is taken

_RARE_INDENT = re.compile(f" *[{RARE_SPACES}][ {RARE_SPACES}]*")
_RARE_AFTER_SIGN = re.compile(f"[{RARE_SPACES}][ {RARE_SPACES}]*")
_HEAD = re.compile(r"(?P<dashes>(?:- +)*)(?P<key>[^\s:\"'\[\]{},#&*!|>%@`-][^:\"'\[\]{}#]*? *:(?: +|$))?")
_GLUED_DASH = re.compile(rf"-(?=[^\s\-]|[{RARE_SPACES}])")
_GLUED_KEY = re.compile(rf"[^\s:\"'\[\]{{}}#][^:\"'\[\]{{}}#]*:(?=[^\s:/]|[{RARE_SPACES}])")
_GLUED_INSIDE = re.compile(r"[{,] *([^\s:\"'\[\]{},#][^:\"'\[\]{},#]*):(?=[\[{\"'])")
_KEY_WITHIN = re.compile(r"\(?([^\W\d_A-Z][\w ]*: \[[^\[\]]*\])\)?")
_TWO_COMMAS = re.compile(r"(?:\[ *|, *)(, *)")
_BARE_NAME = re.compile(r"( *[a-z0-9][a-z0-9/-]*) *")
_BLOCK_SIGN = re.compile(r"(?:[>|»›] *[-‐-―−]?|[-‐-―−=]+>)")  # noqa: RUF001 - taken for « >- »
_BLOCK_BEGUN = re.compile(r"[>|][-+]? +(?P<text>[^\s#].*)")
_BLOCK_TEXT = re.compile(r"(?:^|[\s-])[|>][-+0-9]* *(?:#.*)?$")
_CONFLICT = re.compile(r"(<{7}|={7}|>{7}|\|{7})(?: |$)")
_PATCH = re.compile(r"@@ .*@@|diff --git |index [0-9a-f]{7,}\.\.|--- (a/|/dev/)|\+\+\+ (b/|/dev/)")
_TOP_KEY = re.compile(r"([^\s#:-][^:#]*?) *:(?: +([^\s#]*)|$)")
_FENCE = re.compile(r" *(```|~~~)")


class Edit(NamedTuple):
    """A piece of a line to put in the place of another; `rank` and `column` count from 0."""

    rank: int
    column: int
    before: str
    after: str


class SlipKind(Enum):
    """What a slip is about, which says of what problems it may be the cause."""

    LEFTOVER = auto()
    TWICE = auto()
    SIGN = auto()
    QUOTE = auto()
    NO_DASH = auto()
    DASH = auto()
    INDENT = auto()
    NO_LINE = auto()


class Slip(NamedTuple):
    """What may be wrong at a place, what to do about it, and the edits that do it.

    `is_sure` tells that no other remedy is possible once the edits have proved right.
    """

    rank: int
    column: int
    message: str
    hint: str
    edits: tuple[Edit, ...]
    kind: SlipKind
    is_sure: bool = False


def apply_edits(lines: Sequence[str], edits: Collection[Edit]) -> list[str]:
    """Return `lines` after `edits`, of which each is of another line."""
    changed = list(lines)
    for edit in edits:
        line = changed[edit.rank]
        end = edit.column + len(edit.before)
        changed[edit.rank] = line[: edit.column] + edit.after + line[end:]
    return changed


def get_indent(line: str) -> int:
    """Return how many spaces `line` begins with."""
    return len(line) - len(line.lstrip(" "))


def stands_alone(line: str, keys: Collection[str]) -> bool:
    """Return whether `line` is an item or has a known key: no part of a text that was begun above."""
    text = line.lstrip(" ")
    return (
        text.startswith("- ")
        or fold(text.partition(":")[0]) in keys
        or _BARE_NAME.fullmatch(line.rstrip(":")) is not None
    )


def find_block_text(lines: Sequence[str]) -> frozenset[int]:
    """Return the ranks of the lines within a text begun by « > » or « | », where every sign is a part of the text."""
    found = set()
    outer: int | None = None
    for rank, line in enumerate(lines):
        indent = get_indent(line)
        if outer is not None and (not line.strip() or indent > outer):
            found.add(rank)
            continue
        outer = indent if _BLOCK_TEXT.search(line) and not line.lstrip().startswith("#") else None
    return frozenset(found)


def find_leftovers(lines: Sequence[str]) -> list[Slip]:
    """Return what other tools left in a file, which is no part of it: each with the edits that read on without it."""
    slips: list[Slip] = []
    rank = 0
    while rank < len(lines):
        line = lines[rank]
        if found := _CONFLICT.match(line):
            end = _find_conflict_end(lines, rank)
            dropped = _list_unwanted(lines, rank, end)
            message = f"« {found[1]} » : deux versions que Git n’a pas su réunir"
            hint = "choisissez entre les deux, puis ôtez les lignes « <<<<<<< », « ======= » et « >>>>>>> »"
            slips.append(Slip(rank, 0, message, hint, _blank(lines, dropped), SlipKind.LEFTOVER))
            rank = end
        elif (found := _PATCH.match(line)) or (found := _FENCE.match(line)):
            what = "une comparaison de fichiers" if _PATCH.match(line) else "une page où ce texte a été copié"
            message = f"{_quote(line.strip())} : reste d’{what}"
            slips.append(Slip(rank, 0, message, "ôtez cette ligne", _blank(lines, [rank]), SlipKind.LEFTOVER))
        rank += 1
    return slips


def find_second_file(lines: Sequence[str]) -> Slip | None:
    """Return that another file, or the same one once more, was pasted below the first, as one slip."""
    keys = [(rank, found[1], found[2]) for rank, line in enumerate(lines) if (found := _TOP_KEY.match(line))]
    heads = [(rank, value) for rank, key, value in keys if key == "id"]
    if len(heads) < 2:
        return None
    (first, name), (second, other) = heads[:2]
    above = {key for rank, key, _ in keys if first <= rank < second}
    if len(above.intersection(key for rank, key, _ in keys if rank >= second)) < 2:
        return None
    message = f"un second fichier commence ici, {_quote(lines[second])}"
    hint = f"enregistrez-le à part, dans {other}.yaml" if other != name else "gardez l’un des deux"
    if other == name:
        message = "ce fichier recommence ici : il y a été collé deux fois"
    return Slip(second, 0, message, hint, _blank(lines, range(second, len(lines))), SlipKind.LEFTOVER)


def _find_conflict_end(lines: Sequence[str], begin: int) -> int:
    """Return the rank of the last line of the conflict whose first mark is at `begin`."""
    if not lines[begin].startswith("<<<<<<<"):
        return begin
    for rank in range(begin + 1, len(lines)):
        if lines[rank].startswith("<<<<<<<"):
            return begin
        if lines[rank].startswith(">>>>>>>"):
            return rank
    return begin


def _list_unwanted(lines: Sequence[str], begin: int, end: int) -> list[int]:
    """Return the ranks of the marks of a conflict and of its second version."""
    second = next((rank for rank in range(begin + 1, end) if lines[rank][:7] in ("=" * 7, "|" * 7)), end)
    return [begin, *range(second, end + 1)]


def _blank(lines: Sequence[str], ranks: Collection[int]) -> tuple[Edit, ...]:
    return tuple(Edit(rank, 0, lines[rank], "") for rank in dict.fromkeys(ranks))


def find_rare_indents(lines: Sequence[str]) -> Slip | None:
    """Return the no-break and other rare spaces that lines begin with, as one slip."""
    inside = find_block_text(lines)
    found = [
        (rank, match.group())
        for rank, line in enumerate(lines)
        if line[:1] and not line.isascii() and rank not in inside and (match := _RARE_INDENT.match(line))
    ]
    if not found:
        return None
    first = found[0]
    column = next(place for place, sign in enumerate(first[1]) if sign != " ")
    edits = tuple(Edit(rank, 0, spaces, " " * len(spaces)) for rank, spaces in found)
    message = f"espace insécable dans le retrait{render_more_lines(len(found) - 1)}"
    return Slip(
        first[0], column, message, "remplacez-la par une espace ordinaire", edits, SlipKind.SIGN, is_sure=True
    )


def list_slips(lines: Sequence[str], rank: int, keys: Collection[str]) -> Iterator[Slip]:
    """Yield what may be wrong with the line at `rank`, the likeliest first; `keys` are the known ones, folded."""
    line = lines[rank]
    if not line.strip() or line.lstrip().startswith("#"):
        return
    if rank and line == lines[rank - 1]:
        message = "cette ligne est écrite deux fois"
        yield Slip(
            rank, get_indent(line), message, "gardez-en une", (Edit(rank, 0, line, ""),), SlipKind.TWICE
        )
    yield from _list_sign_slips(line, rank, keys)
    yield from _list_name_slips(lines, rank)
    yield from _list_quote_slips(line, rank, keys)
    yield from _list_dash_slips(line, rank)
    yield from _list_indent_slips(lines, rank, keys)


def _list_sign_slips(line: str, rank: int, keys: Collection[str]) -> Iterator[Slip]:
    """Yield the signs that look right and are not, or want a space or a colon after them."""
    indent = get_indent(line)
    text = line[indent:]
    if indent == 0 and text[0] == "+":
        message = "« + » en tête de ligne : reste d’une comparaison de fichiers"
        for after in ("", " "):
            edit = Edit(rank, 0, "+", after)
            yield Slip(rank, 0, message, "ôtez ce signe", (edit,), SlipKind.SIGN)
    if text[0] in _BULLETS and text[1:2].strip("\xa0\u202f ") == "" and text[1:].strip():
        edit = Edit(rank, indent, text[: len(text) - len(text[1:].lstrip())], "- ")
        message = f"« {text[0]} » n’est pas le tiret d’une liste"
        yield Slip(
            rank, indent, message, "écrivez « - », puis une espace", (edit,), SlipKind.SIGN, is_sure=True
        )
    body = indent
    while line.startswith("- ", body):
        body += 2 + get_indent(line[body + 2 :])
    if dash := _GLUED_DASH.match(line, body):
        spaces = _RARE_AFTER_SIGN.match(line, dash.end())
        yield _want_space(rank, body, "-", spaces.group() if spaces else "")
    found = _GLUED_KEY.match(line, body)
    if found and (fold(found.group()) in keys or line[found.end()] in "[{\"'"):
        spaces = _RARE_AFTER_SIGN.match(line, found.end())
        yield _want_space(rank, body, found.group(), spaces.group() if spaces else "")
    if line[body:].count("[") and (twice := _TWO_COMMAS.search(line, body)):
        edit = Edit(rank, twice.start(1), twice[1], "")
        yield Slip(
            rank, twice.start(1), "virgule de trop", "gardez-en une", (edit,), SlipKind.SIGN, is_sure=True
        )
    for inner in _GLUED_INSIDE.finditer(line, body):
        if fold(inner[1]) in keys:
            yield _want_space(rank, inner.start(1), f"{inner[1]}:", "")
    yield from _list_colon_slips(line, rank, body, keys)


def _list_name_slips(lines: Sequence[str], rank: int) -> Iterator[Slip]:
    """Yield that the name which the lines below stand under has no colon."""
    found = _BARE_NAME.fullmatch(lines[rank])
    below = next((line for line in lines[rank + 1 :] if line.strip()), "")
    if found and get_indent(below) > get_indent(lines[rank]):
        edit = Edit(rank, found.end(1), "", ":")
        message = f"il manque « : » après « {found[1].strip()} »"
        yield Slip(rank, found.end(1), message, f"écrivez « {found[1].strip()}: »", (edit,), SlipKind.SIGN)


def _want_space(rank: int, column: int, sign: str, spaces: str) -> Slip:
    """Return the slip of a sign that wants an ordinary space after it, and has none or the `spaces`."""
    place = column + len(sign)
    if spaces:
        message, hint = f"espace insécable après « {sign} »", "remplacez-la par une espace ordinaire"
    else:
        message, hint = f"il manque une espace après « {sign} »", f"écrivez « {sign} », puis une espace"
    edit = Edit(rank, place, spaces, " ")
    return Slip(rank, place if spaces else column, message, hint, (edit,), SlipKind.SIGN, is_sure=True)


def _list_colon_slips(line: str, rank: int, body: int, keys: Collection[str]) -> Iterator[Slip]:
    """Yield that a known key has no colon, or another sign in its place."""
    words = line[body:].split(" ")
    for count in range(min(4, len(words)), 0, -1):
        key = " ".join(words[:count])
        bare = key.rstrip(";,.=：").rstrip()  # noqa: RUF001
        rest = line[body + len(key) :]
        sign = re.match(r" *[=;：](?= |$)", rest)  # noqa: RUF001
        if not bare or fold(bare) not in keys or (rest.lstrip().startswith(":") and key == bare):
            continue
        wrong = key[len(bare) :] or (sign.group() if sign else "")
        place = body + len(bare)
        what = f"« {wrong.strip()} » au lieu de « : »" if wrong else "il manque « : »"
        edit = Edit(rank, place, wrong, ":" if line[place + len(wrong) :][:1] in ("", " ") else ": ")
        yield Slip(rank, place, f"{what} après « {bare} »", f"écrivez « {bare}: »", (edit,), SlipKind.SIGN)
        return


def _list_quote_slips(line: str, rank: int, keys: Collection[str]) -> Iterator[Slip]:
    """Yield the texts that want quotes, other quotes, or the end of theirs."""
    indent = get_indent(line)
    head = _HEAD.match(line, indent)
    assert head is not None
    is_key = head["key"] and (not head["dashes"] or fold(head["key"]) in keys)
    starts = [head.end() if is_key else head.end("dashes")]
    if is_key and head["dashes"] and head["key"][0].isupper():  # no key begins so, and many a sentence
        starts.append(head.end("dashes"))
    for start in starts:
        if value := line[start:].rstrip(" "):
            yield from _list_value_slips(rank, start, value)


def _list_value_slips(rank: int, start: int, value: str) -> Iterator[Slip]:
    sign = value[0]
    if sign in "'\"":
        inner = value[1:-1] if len(value) > 1 and value[-1] == sign else value[1:]
        quoted = _quote_inside(sign, inner)
        edit = Edit(rank, start, value, quoted)
        if value[-1] != sign or len(value) == 1:
            message = f"guillemet « {sign} » jamais refermé"
            if sign not in inner:
                closed = Edit(rank, start + len(value), "", sign)
                yield Slip(
                    rank,
                    start,
                    message,
                    "refermez-le à la fin du texte",
                    (closed,),
                    SlipKind.QUOTE,
                    is_sure=True,
                )
            whole = Edit(rank, start, value, quote_text(value))
            message = f"ce texte commence par « {sign} », qui ouvre un guillemet"
            yield Slip(rank, start, message, _say_quoted(value), (whole,), SlipKind.QUOTE, is_sure=True)
            return
        what = "apostrophe" if sign == "'" else "guillemet"
        if "\\" in inner and sign == '"':
            what = "barre oblique inverse"
        message = f"{what} au milieu d’un texte entre guillemets « {sign} »"
        yield Slip(rank, start, message, f"écrivez {quoted}", (edit,), SlipKind.QUOTE, is_sure=True)
        return
    yield from _list_block_slips(rank, start, value)
    if sign in _OPENED and _OPENED[sign] not in value:
        closed = Edit(rank, start + len(value), "", _OPENED[sign])
        message = f"« {sign} » jamais refermé"
        yield Slip(rank, start, message, f"ajoutez « {_OPENED[sign]} » à la fin", (closed,), SlipKind.QUOTE)
    if tag := re.match(r"!(?:!\S*|<[^>]*>) *", value):
        edit = Edit(rank, start, tag.group(), "")
        message = f"étiquette YAML {_quote(tag.group().strip())}"
        yield Slip(rank, start, message, "supprimez-la", (edit,), SlipKind.QUOTE, is_sure=True)
        return
    if value.startswith(("- ", "#")):
        return
    if sign in _SIGNS or ": " in value or value.endswith(":"):
        shown = sign if sign in _SIGNS else ":"
        where = "commence par" if sign in _SIGNS else "contient"
        edit = Edit(rank, start, value, quote_text(value))
        message = f"ce texte {where} « {shown} », un signe de YAML"
        is_sure = sign not in _OPENED or "," not in value  # it may be a list at a wrong place
        yield Slip(rank, start, message, _say_quoted(value), (edit,), SlipKind.QUOTE, is_sure)


def _list_block_slips(rank: int, start: int, value: str) -> Iterator[Slip]:
    """Yield what begins on the line of its key and should not, and a sign that announces no long text."""
    if _BLOCK_SIGN.fullmatch(value):
        edit = Edit(rank, start, value, ">-")
        message = f"« {value} » n’annonce pas un long texte"
        yield Slip(rank, start, message, "écrivez « >- », sans espace", (edit,), SlipKind.SIGN, is_sure=True)
    elif begun := _BLOCK_BEGUN.fullmatch(value):
        edit = Edit(rank, start, value, quote_text(begun["text"]))
        message = f"« {value.split()[0]} » et le début du texte sont sur la même ligne"
        hint = f"passez à la ligne après « {value.split()[0]} », et décalez le texte de deux espaces de plus"
        yield Slip(rank, start, message, hint, (edit,), SlipKind.SIGN)
    if value.startswith("- ") and start > 2:
        edit = Edit(rank, start, value, quote_text(value[2:].lstrip()))
        message = "un tiret de liste suit « : » sur la même ligne"
        hint = "passez à la ligne avant ce tiret, ou mettez le texte entre guillemets"
        yield Slip(rank, start, message, hint, (edit,), SlipKind.SIGN)
    if below := _KEY_WITHIN.fullmatch(value):
        edit = Edit(rank, start, value, f"{{{below[1]}}}")
        message = f"« {below[1]} » est sur la ligne de la clé qui le contient"
        yield Slip(rank, start, message, f"entourez-le d’accolades : {edit.after}", (edit,), SlipKind.SIGN)


def _quote_inside(sign: str, inner: str) -> str:
    """Return the text that stands between two quotes `sign`, which it holds as well, in quotes that take it."""
    return quote_text(inner.replace("\\\\", "\\") if sign == '"' else inner.replace("''", "'"))


def quote_text(text: str) -> str:
    """Return `text` in quotes, as YAML reads it back."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    if "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _say_quoted(value: str) -> str:
    return f"mettez des guillemets : {escape_controls(shorten_text(quote_text(value), _MAX_SHOWN))}"


def _list_dash_slips(line: str, rank: int) -> Iterator[Slip]:
    """Yield that a dash is missing, or one too many."""
    indent = get_indent(line)
    text = line[indent:]
    if text.startswith("- "):
        bare = text[2:].lstrip()
        if not re.match(r"[^\s:\"'\[\]{}#][^:\"'\[\]{}#]*:( |$)", bare):
            return
        edit = Edit(rank, indent, text[: len(text) - len(bare)], " " * (len(text) - len(bare)))
        at_left = Edit(rank, indent, edit.before, "")
        for one in (edit, at_left):
            hint = f"écrivez {_quote(bare)}, sans tiret"
            yield Slip(rank, indent, "tiret de trop", hint, (one,), SlipKind.DASH)
        return
    if text.rstrip().endswith(":") and _BARE_NAME.fullmatch(text.rstrip(": ")):
        return  # the head of a block, and no item
    message = "il manque un tiret devant ce texte"
    hint = f"écrivez {_quote(f'- {text}')}"
    if indent >= 2:
        edit = Edit(rank, indent - 2, "  ", "- ")
        yield Slip(rank, indent, message, hint, (edit,), SlipKind.NO_DASH)
    yield Slip(rank, indent, message, hint, (Edit(rank, indent, "", "- "),), SlipKind.NO_DASH)
    if indent > 2:  # under the first letters of the text above, a little to the left or to the right
        for column in range(max(0, indent - 4), indent - 2):
            edit = Edit(rank, column, " " * (indent - column), "- ")
            yield Slip(rank, indent, message, hint, (edit,), SlipKind.NO_DASH)


def _list_indent_slips(lines: Sequence[str], rank: int, keys: Collection[str]) -> Iterator[Slip]:
    """Yield that the line, alone or with those below it, is too far to the left or to the right."""
    indent = get_indent(lines[rank])
    for wanted in _list_near_indents(lines, rank):
        head = lines[rank].partition(":")[0]
        is_top_key = fold(head) in keys or bool(re.fullmatch(r" *[a-z0-9-]+(?:/[a-z0-9-]+)+", head))
        if wanted == indent or (wanted == 0 and not is_top_key):
            continue
        for ranks in _list_moved(lines, rank):
            edits = tuple(_move(lines[moved], moved, wanted - indent) for moved in ranks)
            if any(get_indent(lines[moved]) + wanted - indent < 0 for moved in ranks):
                continue
            what = "cette ligne" if len(ranks) == 1 else f"ces {len(ranks)} lignes"
            side = "trop à droite" if wanted < indent else "trop à gauche"
            message = f"retrait : {what} commence{'nt' if len(ranks) > 1 else ''} {side}"
            hint = f"mettez {count_spaces(wanted)} devant « {lines[rank].split()[0]} » au lieu de {indent}"
            if len(ranks) > 1:
                hint += ", et autant de décalage aux suivantes"
            yield Slip(rank, indent, message, hint, edits, SlipKind.INDENT)


def list_missing_lines(lines: Sequence[str], rank: int, keys: Collection[str]) -> Iterator[Slip]:
    """Yield that the line is missing under which the block that begins at `rank` stood: its key, or its « - id: … ».

    A blank line above takes it; without one the block is left out.
    """
    line = lines[rank]
    indent, text = get_indent(line), line.strip()
    above = next(
        (at for at in range(rank - 1, -1, -1) if lines[at].strip(" ") and lines[at].lstrip()[0] != "#"), None
    )
    if above is None or not text or text.startswith("#"):
        return
    if lines[above].rstrip().endswith(":"):  # the first item of a list
        if indent > 2 and not text.startswith("- ") and fold(text.partition(":")[0]) in keys:
            edit = Edit(rank, indent - 2, "  ", "- ")
            message = "il manque au-dessus la ligne qui commence cette réponse"
            yield Slip(rank, indent, message, "ajoutez-la : « - id: … »", (edit,), SlipKind.NO_LINE)
        return
    body = re.match(r" *(?:- +)*", lines[above])
    assert body is not None
    if indent <= (body.end() if ": " in lines[above] else get_indent(lines[above])) or _BLOCK_TEXT.search(
        lines[above]
    ):
        return
    end = rank + 1
    while end < len(lines) and (not lines[end].strip() or get_indent(lines[end]) >= indent):
        end += 1
    key = _guess_block_key(lines[rank:end])
    edits = _blank(lines, [at for at in range(rank, end) if lines[at].strip()])
    if key and above < rank - 1 and not lines[rank - 1].strip():
        edits = (Edit(rank - 1, 0, lines[rank - 1], f"{' ' * (indent - 2)}{key}:"),)
    hint = f"ajoutez-la : « {key}: »" if key else "ajoutez-la : un mot, suivi de « : »"
    message = "il manque au-dessus la ligne de la clé qui contient ce bloc"
    yield Slip(rank, indent, message, hint, edits, SlipKind.NO_LINE)


def _guess_block_key(block: Sequence[str]) -> str:
    """Return the key that the lines of `block` stood under, "" when nothing shows it."""
    text = block[0].lstrip(" ")
    if text.startswith("- "):
        return "réponses" if text.startswith("- id:") else "étapes"
    head = get_indent(block[0])
    below = next((line.strip() for line in block[1:] if line.strip() and get_indent(line) > head), "")
    is_contact = text.rstrip().endswith(":") and fold(below.partition(":")[0]) in _CONTACT_KEYS
    return "contacts" if is_contact else ""


_CONTACT_KEYS = frozenset(["telephone", "courriel", "site", "rendez", "vous", "libelle", "public"])


def count_spaces(count: int) -> str:
    """Return « 4 espaces »."""
    return render_count(count, "espace") if count else "aucune espace"


def _move(line: str, rank: int, by: int) -> Edit:
    return Edit(rank, 0, "", " " * by) if by > 0 else Edit(rank, 0, line[:-by], "")


def _list_near_indents(lines: Sequence[str], rank: int) -> list[int]:
    """Return the indentations that the line at `rank` may have, that of the line above first."""
    indent, found = get_indent(lines[rank]), []
    near = [*range(rank - 1, max(-1, rank - _NEAR), -1), *range(rank + 1, min(len(lines), rank + 3))]
    for other in near:
        line = lines[other]
        if line.strip() and not line.lstrip().startswith("#"):
            here = get_indent(line)
            found += [here, here + 2] if line.lstrip().startswith("- ") else [here]
            if other < rank and (line.rstrip().endswith(":") or _BLOCK_TEXT.search(line)):
                found.append(here + 2)
    return sorted(dict.fromkeys(found), key=lambda wanted: (wanted % 2, abs(wanted - indent)))[:6]


def _list_moved(lines: Sequence[str], rank: int) -> list[list[int]]:
    """Return which lines may have been moved together: the line alone, what is below it, and its neighbours as well."""
    indent = get_indent(lines[rank])
    runs = []
    for least in (indent + 1, indent):
        run = [rank]
        for other in range(rank + 1, len(lines)):
            if lines[other].strip() and get_indent(lines[other]) < least:
                break
            run.append(other)
        while not lines[run[-1]].strip():
            run.pop()
        runs.append([one for one in run if lines[one].strip()])
    part = [runs[1][:end] for end in range(2, min(len(runs[1]), 4))]
    return [list(one) for one in dict.fromkeys(map(tuple, [[rank], *runs, *part]))]


def _quote(text: str) -> str:
    return f"« {escape_controls(shorten_text(text, _MAX_SHOWN))} »"
