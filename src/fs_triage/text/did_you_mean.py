"""Suggestions for misspelt names: the nearest of those that are known."""

from __future__ import annotations

import re

from fs_triage.text.fold import fold

_MIN_SIMILARITY = 0.6
_MAX_COMPARED = 500  # names that a word is held against: a file made to be slow has more


def find_close_name(word: str, known: list[str]) -> str | None:
    """Return the one of `known` that `word` most likely stands for, None when none is like it."""
    import difflib

    match = difflib.get_close_matches(word[:80], known[:_MAX_COMPARED], n=1, cutoff=_MIN_SIMILARITY)
    return match[0] if match else None


def is_slip(word: str, meant: str) -> bool:
    """Return whether `word` is `meant` but for a letter or two."""
    import difflib

    same = sum(block.size for block in difflib.SequenceMatcher(None, word, meant).get_matching_blocks())
    return max(len(word), len(meant)) - same <= _MAX_SLIPS


_MAX_SLIPS = 2  # letters


def suggest_name(word: str, known: list[str]) -> str:
    """Return « vouliez-vous dire « x » ? » for the nearest of `known`, else the list of what is allowed.

    One that was meant but for its signs (« Blocage > papier ») is what to write.
    """
    meant = build_slug(re.sub(r"[>›→\\]", "/", word))
    if meant in known and meant != word:
        return f"écrivez « {meant} »"
    return render_suggestion(find_close_name(word, known), known)


def render_suggestion(match: str | None, known: list[str]) -> str:
    """Return what `suggest_name` does for the one of `known` that is meant, None when none is."""
    return f"vouliez-vous dire « {match} » ?" if match is not None else list_possible(known)


def list_possible(known: list[str]) -> str:
    """Return « possible : x, y »; nothing where nothing is known."""
    more = f" et {len(known) - _MAX_SHOWN} autres" if len(known) > _MAX_SHOWN else ""
    return f"possible : {', '.join(known[:_MAX_SHOWN])}{more}" if known else ""


_MAX_SHOWN = 20


def build_slug(text: str) -> str:
    """Return `text` as an identifier or a path of them: lowercase ASCII, words joined by « - »."""
    parts = ("-".join(fold(part).split()) for part in text[:80].split("/"))
    return "/".join(part for part in parts if part.isascii() and part)
