"""Finding contacts by words: their partner, value, label, hours, audience, doubt, or a piece of one of these."""

from __future__ import annotations

from fs_triage.text.fold import fold
from fs_triage.text.numbers import keep_digits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_KIND_WORDS = {
    "email": "courriel mail mel email e-mail",
    "phone": "téléphone tél numéro",
    "administration-plus": "administration plus",
    "appointment": "rendez-vous rdv",
    "web": "site web internet",
    "address": "adresse postale",
    "in-person": "sur place guichet",
}
"""What a counsellor calls each kind of contact."""
_STOP_WORDS = frozenset("a au aux d de des du et l la le les pour sur".split())  # noqa: SIM905


class SearchableContact:
    """The words of a contact, and the digits that it is dialled by."""

    __slots__ = ("digits", "words")

    def __init__(self, kind: str, value: str, texts: Iterable[str]) -> None:
        """Take a contact of this kind and value, and the texts that tell of it."""
        self.words = fold(" ".join([value, *texts, _KIND_WORDS[kind]])).split()
        self.digits = keep_digits(value) if kind == "phone" else ""

    def has_words(self, wanted: list[str]) -> bool:
        """Return whether every word of `wanted`, folded, begins a word of it, or is a part of its number."""
        for piece in _join_numbers(wanted):
            by_number = piece[0].isdecimal() and keep_digits(piece) in self.digits
            if not by_number and not all(map(self._has_word, piece.split())):
                return False
        return True

    def _has_word(self, wanted: str) -> bool:
        return any(word.startswith(wanted) for word in self.words)


def list_wanted_words(typed: Iterable[str]) -> list[str]:
    """Return the folded words of what was typed; those that say nothing only where there are no others.

    A number typed as from abroad is the one that is dialled here: « +33 (0)3 84 », « 0033 3 84 ».
    """
    text = " ".join(typed).replace("(0)", "")
    for prefix in ("+33", "0033"):
        text = " ".join(
            f"0{word[len(prefix) :]}" if word.startswith(prefix) else word for word in text.split()
        )
    words = fold(text).split()
    return [word for word in words if word not in _STOP_WORDS] or words


def _join_numbers(words: list[str]) -> list[str]:
    """Return `words` with those in a row that are numbers as one, a space between each two."""
    pieces: list[str] = []
    for word in words:
        if (
            pieces
            and word.isdecimal()
            and pieces[-1][-1].isdigit()
            and pieces[-1].replace(" ", "").isdecimal()
        ):
            pieces[-1] += f" {word}"
        else:
            pieces.append(word)
    return pieces
