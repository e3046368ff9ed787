"""French typography, and the characters that no text may hold."""

from __future__ import annotations

import re
import unicodedata

NBSP = "\u00a0"
# each begins with a sign, which is looked for much faster than what may stand before it
_APOSTROPHE = re.compile(r"'(?<=[^\W\d_]')(?=\w)")
_SPACE_BEFORE_SIGN = re.compile(r" (?=(?:[?!]{1,2}|!{3,}|[;:»%€])(?:\s|$|[.,)»…]))(?<=\S )")
_SOFT_HYPHEN = "\u00ad"
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def typeset_french(text: str) -> str:
    """Set typographic apostrophes and non-breaking spaces in `text`, typed with plain ones, on one line.

    U+00A0 serves before every high punctuation mark (not U+202F, which cp1252 and latin-1 terminals lack). Soft
    hyphens, which no reader sees and which part a word for a search, go.
    """
    text = " ".join(text.split())
    if _SOFT_HYPHEN in text:
        text = text.replace(_SOFT_HYPHEN, "")
    if "'" in text:
        text = _APOSTROPHE.sub("’", text)
    text = _SPACE_BEFORE_SIGN.sub(NBSP, text)
    return text.replace("« ", f"«{NBSP}") if "«" in text else text


def find_forbidden_character(text: str) -> int | None:
    """Return the index of the first character that must not reach a terminal, or None.

    Refused are control characters (but the line feed), escape sequences, bidirectional controls, zero-width
    characters, line and paragraph separators, lone surrogates and unassigned code points (CVE-2021-42574,
    CVE-2021-25743).
    """
    if text.isprintable():
        return None
    for index, character in enumerate(text):
        if character in "\n" + _SOFT_HYPHEN or character.isprintable():
            continue
        if unicodedata.category(character) in _REFUSED_CATEGORIES:
            return index
    return None


def escape_controls(text: str, kept: str = "") -> str:
    """Return `text` with every character that must not reach a terminal written as its code, as in JSON.

    Among them is the line feed, as a line of a message stays one line; not the characters of `kept`.
    """
    return "".join(
        c if c in kept or (c != "\n" and find_forbidden_character(c) is None) else _encode_character(c)
        for c in text
    )


def _encode_character(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join("\\u" + units[start : start + 4] for start in range(0, len(units), 4))


def format_code_point(character: str) -> str:
    """Return the code point of `character` for a message, as `U+001B`."""
    return f"U+{ord(character):04X}"


def shorten_text(text: str, longest: int = 60) -> str:
    """Return `text`, which somebody typed, no longer than a message can hold."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def quote_input(text: str, longest: int = 60) -> str:
    """Return text that a user typed in French quotation marks, escaped and shortened for a message."""
    text = escape_controls(shorten_text(text, longest))
    return f"« {text} »"


def join_lines(text: str) -> str:
    """Return `text` on one line, safe to show; no-break spaces stay inside it."""
    return escape_controls(re.sub(r"[ \t\r\n]+", " ", text.strip()))


def quote_text(text: str) -> str:
    """Return `text` in French quotation marks."""
    return f"«{NBSP}{text}{NBSP}»"


def end_sentence(text: str) -> str:
    """Return `text` as the end of a sentence."""
    return text if text.endswith((".", "!", "?", "»")) else f"{text}."
