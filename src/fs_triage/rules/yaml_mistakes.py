"""YAML syntax errors in French, and texts that YAML reads differently from what their author meant."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from fs_triage.rules.vocabulary import FRENCH_KEYS, fold_key
from fs_triage.text.typography import escape_controls

_GLUED = re.compile(r"#[^\s#]")  # before a word without a space, the sign is hardly meant as a comment
_NUMBER_SIGN = re.compile(r"#\s*\d")
_CODE_WORD = re.compile(r"(?:[a-z0-9]+(?:[-/][a-z0-9]+)*)?")  # an id, a page, a word of a closed list
_MIN_COMMENT_GAP = 2  # spaces between a value and the comment on it, as linters want them
_MAX_SHOWN = 40

SENTENCE_KEYS = frozenset(
    "about also besoin by delay departement do_not documents doubt edition help keywords label licence "  # noqa: SIM905
    "mandate name needs neutral no_second_level note out_of_scope "
    "question source steps theme title topic vague warnings when where word words".split()
)
"""The keys of what users read as sentences: there, what follows « # » is taken for a part that would be lost."""

_TEXT_KEYS = {
    fold_key(FRENCH_KEYS[key]) for key in SENTENCE_KEYS | {"address", "administration-plus", "in-person"}
}
A_SENTENCE_KEY = FRENCH_KEYS["needs"]


class _Mistake(NamedTuple):
    """A piece of libyaml's message, the message for the author, and whether the mistake is at the start of the node."""

    error: str
    message: str
    at_start: bool = False


_MISTAKES = (
    _Mistake("mapping values are not allowed", "« : » inattendu ; mettez le texte entre guillemets doubles"),
    _Mistake("did not find expected key", "clé ou tiret mal aligné, ou guillemet en trop"),
    _Mistake("did not find expected '-' indicator", "élément de liste mal aligné : un tiret était attendu"),
    _Mistake("could not find expected ':'", "clé sans « : »", at_start=True),
    _Mistake(
        "did not find expected ',' or ']'",
        "liste entre crochets mal fermée : « , » ou « ] » attendu",
        at_start=True,
    ),
    _Mistake(
        "did not find expected ',' or '}'", "accolades mal fermées : « , » ou « } » attendu", at_start=True
    ),
    _Mistake("found unexpected end of stream", "guillemet jamais refermé", at_start=True),
    _Mistake("found unknown escape", "barre oblique inverse inconnue entre guillemets doubles ; doublez-la"),
    _Mistake("block sequence entries are not allowed", "tiret de liste inattendu ; placez-le sur sa ligne"),
    _Mistake("cannot start any token", "caractère qui ne peut rien commencer ; mettez des guillemets"),
    _Mistake(
        "did not find expected alphabetic",
        "« * » ou « & » commence le texte ; mettez des guillemets",
        at_start=True,
    ),
    _Mistake("expected comment or line break", "texte inattendu après « > » ou « | » ; passez à la ligne"),
    _Mistake("did not find expected <document start>", "texte inattendu après la fin du contenu"),
    _Mistake("did not find expected node content", "valeur attendue ici"),
)


_BARE_REFERENCE = re.compile(r"[^\"']*?(?<![\w{])(\{[A-Za-z0-9][\w/-]*\})")

UNKNOWN_MISTAKE = "ce n’est pas du YAML correct à cet endroit"


def explain_syntax_error(error: yaml.MarkedYAMLError) -> tuple[yaml.Mark | None, str | None]:
    """Return where the mistake of a syntax error is, and the message for the author, None when it is unknown."""
    for mistake in _MISTAKES:
        if mistake.error in (error.problem or ""):
            mark = error.context_mark if mistake.at_start else error.problem_mark
            return mark or error.problem_mark, mistake.message
    return error.problem_mark or error.context_mark, None


def explain_bare_reference(line: str) -> str | None:
    """Return the message for a line whose reference to a contact YAML reads as a table, None where it has none."""
    found = _BARE_REFERENCE.match(line)
    return f"« {found[1]} » se lit mal ici ; mettez tout ce texte entre guillemets doubles" if found else None


def find_character(event: Any, character: str, lines: list[str]) -> Any:
    """Return where `character` was typed in a scalar of `lines`; where the scalar begins when it was escaped."""
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
    found = {rank for rank, line in enumerate(lines) if " #" in line}
    return found | {rank - 1 for rank in found if _NUMBER_SIGN.match(lines[rank].lstrip(" "))}


def _get_number_below(lines: list[str], mark: Any, rank: int) -> str:
    """Return what stands on the line at `rank`, right below a text begun at `mark`, if it is a number (« # 3 »)."""
    below = lines[rank] if rank < len(lines) else ""
    text = below[mark.column :]
    return text if not below[: mark.column].strip(" ") and _NUMBER_SIGN.match(text) else ""


def find_misread_text(event: Any, lines: list[str], *, in_flow: bool, key: str) -> MisreadText | None:
    """Return what is wrong with a scalar that runs over several lines or is followed by a comment.

    `lines` are those of the file, `key` is that of the scalar. In brackets (`in_flow`) a bare text may go on in the
    next line, since no dash can be missing there.
    """
    mark, end, quoted = event.start_mark, event.end_mark, event.style in ("'", '"')
    if event.style in ("|", ">"):
        return None
    if mark.line != end.line:
        if quoted:
            message = f"guillemet ouvert ici, refermé à la ligne {end.line + 1} seulement"
            hint = "refermez-le sur sa ligne ; un texte long commence par « >- »"
            return MisreadText(code="several-lines", message=message, hint=hint, text=None)
        if in_flow:
            return None
        hint = "vérifiez le tiret et le retrait de la ligne suivante ; un texte long commence par « >- »"
        first = lines[mark.line][mark.column :].strip(" ")
        return MisreadText(
            code="several-lines", message="ce texte continue à la ligne suivante", hint=hint, text=first
        )
    is_text = fold_key(key) in _TEXT_KEYS
    rest = lines[end.line][end.column :]
    comment = rest.lstrip(" ")
    if not comment and not quoted and not in_flow:  # a text broken before its number
        comment = _get_number_below(lines, mark, end.line + 1)
    if not comment.startswith("#") or (quoted and not (is_text and _NUMBER_SIGN.match(comment))):
        return None
    is_apart = len(rest) - len(comment) >= _MIN_COMMENT_GAP
    is_beside_code = _CODE_WORD.fullmatch(event.value) and not _NUMBER_SIGN.match(comment)
    is_sentence = in_flow or (event.value and is_text)  # an empty one is another problem
    if (is_apart or is_beside_code) and not (_GLUED.match(comment) or is_sentence):
        return None
    message = f"« {escape_controls(comment[:_MAX_SHOWN])} » n’est pas lu, à cause de « # »"
    hint = "mettez le texte entre guillemets doubles"
    if comment.startswith("# "):
        hint += ", ou le commentaire " + ("sur une ligne à lui" if rest.strip(" ") else "plus à gauche")
    whole = f"{event.value} {comment}".strip(" ")
    text = whole if is_text else event.value or comment
    return MisreadText(code="cut-by-comment", message=message, hint=hint, text=None if in_flow else text)
