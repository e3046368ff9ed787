"""Words as they are compared: without case, accents, hyphens or apostrophes."""

from __future__ import annotations


def fold(text: str) -> str:
    """Return `text` as lowercase words without accents, one space apart."""
    if not text.isascii():
        import unicodedata  # a lookup typed without accents does not pay for it

        text = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
        for character in set(text):
            if unicodedata.combining(character):
                text = text.replace(character, "")
    text = text.casefold()
    for character in set(text):
        if not character.isalnum():
            text = text.replace(character, " ")
    return " ".join(text.split())
