"""Normalise words for comparison: without case, accents, hyphens or apostrophes."""

from __future__ import annotations

_MAX_UNINFLECTED_LENGTH = 3  # letters of a word whose end is no plural: « gaz », « pas »


def fold(text: str) -> str:
    """Return `text` as lowercase words without accents, one space apart; « R.S.A. » is a word."""
    text = join_acronyms(text)
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


def strip_plural(word: str) -> str:
    """Return a folded word without the mark of the plural, so that « avocats » is « avocat »."""
    return word[:-1] if len(word) > _MAX_UNINFLECTED_LENGTH and word[-1] in "sx" else word


def join_acronyms(text: str) -> str:
    """Return `text` without the dots of its acronyms."""
    if "." not in text:
        return text
    pieces = text.split(" ")
    for rank, piece in enumerate(pieces):
        begin = max(piece.rfind("'"), piece.rfind("’")) + 1
        letters = piece[begin:].rstrip(",;:!?)»").removesuffix(".").split(".")
        if len(letters) > 1 and all(len(letter) == 1 and letter.isalpha() for letter in letters):
            pieces[rank] = piece[:begin] + "".join(letters)
    return " ".join(pieces)


def flatten(text: str) -> str:
    """Return `text` in lowercase and without accents, as long as it is: what is found in it is where it stands."""
    return text.lower() if text.isascii() else "".join(map(_flatten_character, text))


def _flatten_character(character: str) -> str:
    import unicodedata

    if character.isascii():
        return character.lower()
    if character in "’\u2018\u00b4":
        return "'"
    if character.isspace():
        return " "
    base = unicodedata.normalize("NFKD", character)[0]
    return base.lower() if len(base.lower()) == 1 else base


_APPOINTMENT = ("rendez", "rdv")  # the same, written in two ways


def join_appointment(words: list[str]) -> list[str]:
    """Return folded `words` with each « rendez-vous » as « rdv »."""
    written_out, short = _APPOINTMENT
    if written_out not in words:
        return words
    joined: list[str] = []
    for word in words:
        if word == "vous" and joined and joined[-1] == written_out:
            joined[-1] = short
        else:
            joined.append(word)
    return joined


def spread_words(folded: str) -> str:
    """Return the words of a folded text between spaces, without plurals, « rdv » beside « rendez-vous »."""
    words = [strip_plural(word) for word in folded.split()]
    written_out, short = _APPOINTMENT
    if written_out in words:
        words.append(short)
    elif short in words:
        words += [written_out, "vous"]
    return f" {' '.join(words)} " if words else ""
