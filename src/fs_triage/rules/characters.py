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

from fs_triage.rules.problem import Mend, Problem
from fs_triage.text.numbers import render_count
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
_APOSTROPHES = "\u00b4\u02bc\u02b9\u02bb\u2032\u201b\uff07\u0301\u055a\ua78c"
_OTHER_LETTERS = "аеорсухіјѕԁԛԝһАВЕКМНОРСТХУІЈЅοανικρυχΑΒΕΗΙΚΜΝΟΡΤΥΧΖ"
_LATIN_LETTERS = "aeopcyxijsdqwhABEKMHOPCTXYIJSoavikpuxABEHIKMNOPTYXZ"
_LETTERS_MEANT = dict(zip(_OTHER_LETTERS, _LATIN_LETTERS, strict=True))
"""Letters of other alphabets by the Latin ones that they are taken for."""
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


def find_meant_text(character: str) -> str | None:
    """Return what was surely meant by a character that is not allowed; None for a letter, which a person must read."""
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if character in _APOSTROPHES:
        return "'"
    if category == "Pd" or character == "−":  # noqa: RUF001
        return "-"
    if category[0] == "C" or _BLANK.search(unicodedata.name(character, "")):
        return ""
    meant = unicodedata.normalize("NFKC", character)
    return meant if meant != character and meant.isascii() and meant.strip() else None


def mend_look_alikes(line: str, path: str, number: int) -> tuple[Mend, ...]:
    """Return what mends the characters of a `line` that are not allowed, nothing when one of them is not sure."""
    mends = []
    for index, character in enumerate(line):
        if not _is_allowed(line, index):
            meant = find_meant_text(character)
            if meant is None:
                return ()
            mends.append(Mend(path, number, index + 1, character, meant))
    return tuple(mends)


def replace_look_alikes(line: str) -> str:
    """Return `line` without any character that is not allowed, as its author reads it."""
    line = unicodedata.normalize("NFC", line)
    typed = enumerate(line)
    return "".join(
        one if _is_allowed(line, index) else find_meant_text(one) or _LETTERS_MEANT.get(one, "x")
        for index, one in typed
    )


def _quote_word(text: str, index: int) -> str:
    """Return the word of `text` with the character at `index`, quoted and shortened for a message."""
    start = max(text.rfind(sign, 0, index) for sign in f"{_SPACES}\n") + 1
    start = max(start, index - _MAX_SHOWN // 2)
    end = next(match.end() for match in [_WORD.match(text, index)] if match)
    return f"«{NBSP}{text[start : min(end, start + _MAX_SHOWN)]}{NBSP}»"


def decode_content(content: bytes, path: str, tab_width: int = 2) -> tuple[str, list[Problem]]:
    """Return the text of `content`, empty when it cannot be used, and the problems of its characters.

    Where there are some, the text can be read once their mends are made; a tab that begins a line is then as wide as
    `tab_width` spaces.
    """
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
        before = unify_line_ends(typed[: error.start].decode()).split("\n")
        line, column = len(before), len(before[-1]) + 1
        message = f"ce n’est pas de l’UTF-8 (octet 0x{typed[error.start]:02X})"
        return "", [Problem(path, line, column, code="encoding", message=message, hint=hint)]
    text = unify_line_ends(text)
    problems = [*_find_twice_encoded(text, path), *find_bad_characters(text, path, tab_width)]
    return text if all(problem.mends for problem in problems) else "", problems


def find_line_end(text: str) -> str:
    """Return what ends the lines of `text`: that of an old Mac only where it has no other."""
    if "\r\n" in text:
        return "\r\n"
    return "\r" if "\r" in text and "\n" not in text else "\n"


def unify_line_ends(text: str) -> str:
    """Return `text` with line feeds alone."""
    return text.replace(find_line_end(text), "\n")


_TWICE_ENCODED = re.compile("[Â-Ãâ][\u0080-\u00bf\u0152-\u2122]{1,2}")


def _find_twice_encoded(text: str, path: str) -> Iterator[Problem]:
    """Yield that the accents of a file were read as other signs, then saved so: « Ã© » for « é »."""
    found, mends = [], []
    for number, line in enumerate(text.split("\n"), 1):
        for match in _TWICE_ENCODED.finditer(line) if not line.isascii() else ():
            meant = _decode_twice_encoded(match.group())
            if meant is not None:
                found.append((number, match.start(), match.group(), meant))
                mends.append(Mend(path, number, match.start() + 1, match.group(), meant))
    if found:
        number, index, typed, meant = found[0]
        more = render_more_lines(len({one[0] for one in found}) - 1)
        message = f"accents abîmés, « {typed} » pour « {meant} »{more}"
        hint = "reprenez une copie d’avant, ou retapez-les ; « fs-triage verifier --corriger » les remet"
        yield Problem(
            path, number, index + 1, code="encoding", message=message, hint=hint, mends=tuple(mends)
        )


def _decode_twice_encoded(typed: str) -> str | None:
    """Return the one sign that was saved as `typed` by a program that took UTF-8 for Windows-1252."""
    content = b""
    for character in typed:
        try:
            content += character.encode("cp1252")
        except UnicodeEncodeError:
            if ord(character) > 0xFF:
                return None
            content += bytes([ord(character)])
    try:
        meant = content.decode()
    except UnicodeDecodeError:
        return None
    return meant if len(meant) == 1 else None


def find_bad_characters(text: str, path: str, tab_width: int = 2) -> Iterator[Problem]:
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
        message = f"tabulation{render_more_lines(len(tabs) - 1)}"
        yield Problem(
            path,
            tabs[0][0],
            tabs[0][1] + 1,
            code="tab",
            message=message,
            hint="remplacez-la par des espaces",
            mends=tuple(_mend_tabs(lines, tabs, path, tab_width)),
        )
    if others:
        number, index = others[0]
        more = render_more_lines(len(others) - 1)
        message = f"caractère interdit {format_code_point(lines[number - 1][index])}{more}"
        yield Problem(
            path,
            number,
            index + 1,
            code="control-character",
            message=message,
            hint="supprimez-le",
            mends=tuple(_mend_controls(lines, others, path)),
        )


def _mend_tabs(lines: list[str], found: list[tuple[int, int]], path: str, tab_width: int) -> Iterator[Mend]:
    """Yield the spaces for each run of tabs: those of a level before a line, one within it."""
    for number, _ in found:
        for run in _TABS.finditer(lines[number - 1]):
            is_indent = not lines[number - 1][: run.start()].strip()
            width = tab_width * len(run.group()) if is_indent else 1
            yield Mend(path, number, run.start() + 1, run.group(), " " * width)


def _mend_controls(lines: list[str], found: list[tuple[int, int]], path: str) -> Iterator[Mend]:
    """Yield what takes away each character without a shape; nothing when one is that of another system or a break."""
    mends = []
    for number, _ in found:
        for index, character in enumerate(lines[number - 1]):
            if character != "\t" and find_forbidden_character(character) is not None:
                if unicodedata.category(character) != "Cf":
                    return
                mends.append(Mend(path, number, index + 1, character, ""))
    yield from mends


_TABS = re.compile("\t+")


def render_more_lines(more: int) -> str:
    """Return « (et sur 2 autres lignes) », nothing for none."""
    return f" (et sur {render_count(more, 'autre ligne')})" if more else ""
