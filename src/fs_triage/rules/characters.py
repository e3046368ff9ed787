"""The encoding of a rule file, and the characters that its texts may not contain.

What passes for another character, or for nothing, goes by the properties that Unicode gives to each, in the form NFC:

- a letter is Latin and no variant: one of `a` to `z` with its accents, or a letter of Europe of its own (`œ`, `ł`);
- a digit is `0` to `9`; one raised, lowered or in a fraction cannot be taken for it;
- a sign is one of a keyboard or of French typography: others look like these (U+2044 is no `/`), or are a square in
  a console, as emoji are;
- a space is that of the keyboard or one that does not break; a soft hyphen stands between two letters;
- nothing is left of an accent that no letter has.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator

from fs_triage.rules.problem import Problem
from fs_triage.text.typography import NBSP, find_forbidden_character, format_code_point

MAX_BYTES = 1_048_576

_WIDE_ENCODINGS = {
    codecs.BOM_UTF32_LE: "UTF-32",  # begins as the mark of UTF-16 does
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_LETTERS = "À-ÖØ-öø-ÿŒœŸ"
_SIGNS = "‘’“”„›–—‑…•€™→←↑↓≤≥≠≈☐☑✓"  # noqa: RUF001
match_usual_text = re.compile(f"[\\n -~\xa0-§©«¬®°-³¶·¹»-¿×÷{_LETTERS}{_SIGNS}\u202f]*").fullmatch
"""Match a text of usual characters, which need no look at their properties: nearly every text there is."""

_SPACES = " \xa0\u202f"
_SOFT_HYPHEN = "\xad"
_NUMBER_VARIANTS = ("<super>", "<sub>", "<fraction>")
_LAST_EUROPEAN = "\u017f"  # the last of Latin-1 and Latin Extended-A
_BLANK = re.compile("FILLER|BLANK|INVISIBLE|SELECTOR|JOINER|NULL")
_SCRIPTS = {
    "ARABIC": "arabe",
    "ARMENIAN": "arménienne",
    "CHEROKEE": "cherokee",
    "COPTIC": "copte",
    "CYRILLIC": "cyrillique",
    "GEORGIAN": "géorgienne",
    "GREEK": "grecque",
    "HEBREW": "hébraïque",
}
_WORD = re.compile(r"\S*")
_MAX_SHOWN = 40  # characters of the word


def find_confusable_character(text: str) -> int | None:
    """Return the index of the first character of `text`, in NFC, that looks like another one or like nothing."""
    if match_usual_text(text):
        return None
    return next((index for index in range(len(text)) if not _is_allowed(text, index)), None)


def _is_allowed(text: str, index: int) -> bool:
    character = text[index]
    if match_usual_text(character):
        return True
    if character == _SOFT_HYPHEN:
        return text[index - 1 : index].isalpha() and text[index + 1 : index + 2].isalpha()
    if unicodedata.category(character) == "No":
        return unicodedata.decomposition(character).startswith(_NUMBER_VARIANTS)
    return _is_latin(character)


def _is_latin(character: str) -> bool:
    """Return whether a letter is one of Latin-1 or of Latin Extended-A that is no other's variant, or has accents.

    A variant is written as another in the form NFKC, as a ligature is, or has its capital (U+0131) or none (U+0138).
    """
    base = unicodedata.normalize("NFD", character)[0]
    if base != character or not character.isalpha():
        return base.isascii() and base.isalpha()
    if character.lower() != character:
        return len(character.lower()) == 1 and _is_latin(character.lower())
    capital = character.upper()
    own = capital != character and not (len(capital) == 1 and capital.isascii())
    return own and character <= _LAST_EUROPEAN and unicodedata.normalize("NFKC", character) == character


def explain_character(text: str, index: int) -> tuple[str, str]:
    """Return the message and the hint about the character of `text` at `index`, which is not allowed."""
    character, code = text[index], format_code_point(text[index])
    name, category = unicodedata.name(character, ""), unicodedata.category(character)
    if category == "Zs":
        return f"espace rare {code}, qui n’est pas celle du clavier", "retapez-la au clavier"
    if category[0] == "C" or _BLANK.search(name):
        return f"caractère invisible {code}", "supprimez-le"
    if category[0] == "M":
        return f"accent de trop {code} dans {_quote_word(text, index)}", "retapez ce mot au clavier"
    meant = unicodedata.normalize("NFKC", character).strip(" ")
    script = next((french for script, french in _SCRIPTS.items() if name.startswith(script)), None)
    if meant != character and meant.isascii():
        what = f"passe pour « {meant} »"
    elif category[0] == "L":
        what = f"est une lettre {script}" if script else "n’est pas une lettre ordinaire"
    else:
        what = f"n’est pas un {'chiffre' if category[0] == 'N' else 'signe'} ordinaire"
    return f"« {character} » ({code}) {what}, dans {_quote_word(text, index)}", "retapez ce mot au clavier"


def _quote_word(text: str, index: int) -> str:
    """Return the word of `text` with the character at `index`, quoted and shortened for a message."""
    start = max(text.rfind(sign, 0, index) for sign in f"{_SPACES}\n") + 1
    start = max(start, index - _MAX_SHOWN // 2)
    end = next(match.end() for match in [_WORD.match(text, index)] if match)
    return f"«{NBSP}{text[start : min(end, start + _MAX_SHOWN)]}{NBSP}»"


def decode_content(content: bytes, path: str) -> tuple[str, list[Problem]]:
    """Return the text of `content` and the problems of its characters (then the text must not be used)."""
    if len(content) > MAX_BYTES:
        hint = "répartissez les règles entre plusieurs fichiers"
        return "", [
            Problem(path, 0, 0, code="too-large", message=f"fichier de plus de {MAX_BYTES} octets", hint=hint)
        ]
    hint = "enregistrez le fichier en UTF-8"
    wide = next((name for mark, name in _WIDE_ENCODINGS.items() if content.startswith(mark)), None)
    if wide is not None:
        return "", [Problem(path, 1, 1, code="encoding", message=f"c’est de l’{wide}", hint=hint)]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        typed = error.object  # without its mark
        before = typed[: error.start].split(b"\n")
        line, column = len(before), len(before[-1].decode()) + 1
        message = f"ce n’est pas de l’UTF-8 (octet 0x{typed[error.start]:02X})"
        return "", [Problem(path, line, column, code="encoding", message=message, hint=hint)]
    text = text.replace("\r\n", "\n")
    return text, list(find_bad_characters(text, path))


def find_bad_characters(text: str, path: str) -> Iterator[Problem]:
    """Yield the first tab and the first forbidden character of `text`, with the number of lines that have one."""
    tabs: list[tuple[int, int]] = []
    others: list[tuple[int, int]] = []
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if line.isprintable():
            continue
        index = find_forbidden_character(line.replace("\t", " "))
        if "\t" in line:
            tabs.append((number, line.index("\t")))
        if index is not None:
            others.append((number, index))
    if tabs:
        message = f"tabulation{_render_more_lines(tabs)}"
        yield Problem(
            path, tabs[0][0], tabs[0][1] + 1, code="tab", message=message, hint="remplacez-la par des espaces"
        )
    if others:
        number, index = others[0]
        message = (
            f"caractère interdit {format_code_point(lines[number - 1][index])}{_render_more_lines(others)}"
        )
        yield Problem(path, number, index + 1, code="control-character", message=message, hint="supprimez-le")


def _render_more_lines(found: list[tuple[int, int]]) -> str:
    more = len(found) - 1
    return f" (et sur {more} autre{'s' if more > 1 else ''} ligne{'s' if more > 1 else ''})" if more else ""
