"""Words as they are compared: without case, accents, hyphens or apostrophes."""

from __future__ import annotations


def fold(text: str) -> str:
    """Return `text` as lowercase words without accents, one space apart."""
    if not text.isascii():
        import unicodedata  # a lookup typed without accents does not pay for it

        text = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
        text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
