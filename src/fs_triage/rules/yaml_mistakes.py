"""YAML syntax errors in French, and texts that YAML reads differently from what their author meant."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from fs_triage.text.typography import escape_controls

_GLUED = re.compile(r"#[^\s#]")  # before a word without a space, the sign is hardly meant as a comment
_NUMBER_SIGN = re.compile(r"#\s*\d")
_CODE_WORD = re.compile(r"(?:[a-z0-9]+(?:[-/][a-z0-9]+)*)?")  # an id, a page, a word of a closed list
_MIN_COMMENT_GAP = 2  # spaces between a value and the comment on it, as linters want them
_MAX_SHOWN = 40

SENTENCE_KEYS = frozenset(
    "about also besoin departement do_not doubt help keywords label name no_second_level note out_of_scope "  # noqa: SIM905
    "question source steps theme title vague warnings when word words".split()
)
"""The keys of what users read as sentences: there, what follows « # » is taken for a part that would be lost."""

# What libyaml says, by a piece of its message; what the author should read; and whether the mistake is where
# libyaml began to read the thing rather than where it stumbled.
_MISTAKES = (
    ("mapping values are not allowed", "« : » inattendu ; mettez le texte entre guillemets doubles", False),
    ("did not find expected key", "clé ou tiret mal aligné, ou guillemet en trop", False),
    ("did not find expected '-' indicator", "élément de liste mal aligné : un tiret était attendu", False),
    ("could not find expected ':'", "clé sans « : »", True),
    ("did not find expected ',' or ']'", "liste entre crochets mal fermée : « , » ou « ] » attendu", True),
    ("did not find expected ',' or '}'", "accolades mal fermées : « , » ou « } » attendu", True),
    ("found unexpected end of stream", "guillemet jamais refermé", True),
    ("found unknown escape", "barre oblique inverse inconnue entre guillemets doubles ; doublez-la", False),
    ("block sequence entries are not allowed", "tiret de liste inattendu ; placez-le sur sa ligne", False),
    ("cannot start any token", "caractère qui ne peut rien commencer ; mettez des guillemets", False),
    ("did not find expected alphabetic", "« * » ou « & » commence le texte ; mettez des guillemets", True),
    ("expected comment or line break", "texte inattendu après « > » ou « | » ; passez à la ligne", False),
    ("did not find expected <document start>", "texte inattendu après la fin du contenu", False),
    ("did not find expected node content", "valeur attendue ici", False),
)


UNKNOWN_MISTAKE = "ce n’est pas du YAML correct à cet endroit"


def explain_syntax_error(error: yaml.MarkedYAMLError) -> tuple[yaml.Mark | None, str | None]:
    """Return where the mistake of a syntax error is, and what it is if that is known."""
    for piece, french, at_start in _MISTAKES:
        if piece in (error.problem or ""):
            mark = error.context_mark if at_start else error.problem_mark
            return mark or error.problem_mark, french
    return error.problem_mark or error.context_mark, None


def find_character(event: Any, character: str, lines: list[str]) -> Any:
    """Return where `character` was typed in a scalar of `lines`; where the scalar begins when by an escape."""
    begin, end = event.start_mark, event.end_mark
    for rank in range(begin.line, min(end.line + 1, len(lines))):
        start, stop = begin.column if rank == begin.line else 0, end.column if rank == end.line else None
        column = lines[rank].find(character, start, stop)
        if column >= 0:
            return yaml.Mark("", 0, rank, column, None, 0)
    return begin


class MisreadText(NamedTuple):
    """A text that YAML reads differently from what was meant: the problem, and the text to use (None: stop reading)."""

    code: str
    message: str
    hint: str
    text: str | None


def find_comment_lines(lines: list[str]) -> set[int]:
    """Return the ranks of the `lines` where « # » may cut a text that was meant to go on."""
    return {rank for rank, line in enumerate(lines) if " #" in line}


def find_misread_text(event: Any, lines: list[str], flow: bool, key: str) -> MisreadText | None:
    """Return what is wrong with a scalar that runs over several lines or is followed by a comment.

    `lines` are those of the file, `key` is what the scalar is the value of; `flow` tells that it is in brackets,
    where a bare text may go on: no dash can be missing there.
    """
    mark, end, quoted = event.start_mark, event.end_mark, event.style in ("'", '"')
    if event.style in ("|", ">"):
        return None
    if mark.line != end.line:
        if quoted:
            message = f"guillemet ouvert ici, refermé à la ligne {end.line + 1} seulement"
            hint = "refermez-le sur sa ligne ; un texte long commence par « >- »"
            return MisreadText("several-lines", message, hint, None)
        if flow:
            return None
        hint = "vérifiez le tiret et le retrait de la ligne suivante ; un texte long commence par « >- »"
        first = lines[mark.line][mark.column :].strip(" ")
        return MisreadText("several-lines", "ce texte continue à la ligne suivante", hint, first)
    rest = lines[end.line][end.column :]
    comment = rest.lstrip(" ")
    if quoted or not comment.startswith("#"):
        return None
    apart = len(rest) - len(comment) >= _MIN_COMMENT_GAP
    beside_code = _CODE_WORD.fullmatch(event.value) and not _NUMBER_SIGN.match(comment)
    a_sentence = flow or (event.value and key in SENTENCE_KEYS)  # an empty one is told as such
    if (apart or beside_code) and not (_GLUED.match(comment) or a_sentence):
        return None
    message = f"« {escape_controls(comment[:_MAX_SHOWN])} » n’est pas lu, à cause de « # »"
    hint = "mettez le texte entre guillemets doubles"
    if comment.startswith("# "):
        hint += ", ou le commentaire sur une ligne à lui"
    whole = f"{event.value} {comment}".strip(" ")
    text = whole if key in SENTENCE_KEYS else event.value or comment
    return MisreadText("cut-by-comment", message, hint, None if flow else text)
