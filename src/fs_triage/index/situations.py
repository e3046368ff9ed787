"""Events of life: each a row of the index, and the ones that words name. Only who asks for them pays for them."""

from __future__ import annotations

from fs_triage.text.fold import fold, strip_plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# control characters, which rules may not hold: between fields, between the items of one, between the fields of an item
_FIELD, _ITEM, _PART = "\x1c", "\x1d", "\x1e"
_SHORTEST_WORD = 3  # letters of a word that tells one thing from another: « de », « la », « un » do not


class SituationAnswer:
    """An answer to the question of a situation: the `positions` of the conclusions that it leaves, in order."""

    __slots__ = ("id", "label", "positions", "words")

    def __init__(self, id: str, label: str, words: list[str], positions: list[int]) -> None:
        self.id = id
        self.label = label
        self.words = words
        self.positions = positions

    @classmethod
    def parse(cls, text: str) -> SituationAnswer:
        """Return what `dump` made a text of."""
        identifier, label, positions, *words = text.split(_PART)
        return cls(identifier, label, words, list(map(int, positions.split())))

    def dump(self) -> str:
        """Return it as a text."""
        return _PART.join([self.id, self.label, " ".join(map(str, self.positions)), *self.words])


class SituationRow:
    """An event of life: the `positions` of the conclusions that it touches, in the order to do them.

    `words` name it. A `question`, empty where there is none, sorts the conclusions by its `answers`.
    """

    __slots__ = ("answers", "id", "positions", "question", "title", "words")

    def __init__(
        self,
        id: str,
        title: str,
        words: list[str],
        positions: list[int],
        *,
        question: str = "",
        answers: Iterable[SituationAnswer] = (),
    ) -> None:
        self.id = id
        self.title = title
        self.words = words
        self.positions = positions
        self.question = question
        self.answers = list(answers)

    @classmethod
    def parse(cls, text: str) -> SituationRow:
        """Return what `dump` made a text of."""
        identifier, title, words, positions, question, *answers = text.split(_FIELD)
        return cls(
            identifier,
            title,
            words.split(_ITEM) if words else [],
            list(map(int, positions.split())),
            question=question,
            answers=map(SituationAnswer.parse, answers),
        )

    def dump(self) -> str:
        """Return it as a text."""
        positions = " ".join(map(str, self.positions))
        answers = [answer.dump() for answer in self.answers]
        return _FIELD.join([self.id, self.title, _ITEM.join(self.words), positions, self.question, *answers])

    def list_positions(self, chosen: Iterable[SituationAnswer]) -> list[int]:
        """Return the positions that the answers `chosen` leave, in order; all of them where none is chosen."""
        kept = {position for answer in chosen for position in answer.positions}
        return [position for position in self.positions if not kept or position in kept]

    def list_answers_of(self, position: int) -> list[SituationAnswer]:
        """Return the answers that leave the conclusion at `position`, none where every one does."""
        kept = [answer for answer in self.answers if position in answer.positions]
        return [] if len(kept) == len(self.answers) else kept


class NamedSituation:
    """A situation that words name, and those of its answers that they name too."""

    __slots__ = ("chosen", "row")

    def __init__(self, row: SituationRow, chosen: list[SituationAnswer]) -> None:
        self.row = row
        self.chosen = chosen

    @property
    def positions(self) -> list[int]:
        """The positions of its conclusions, in the order to do them."""
        return self.row.list_positions(self.chosen)


def find_named(rows: Iterable[SituationRow], text: str) -> list[NamedSituation]:
    """Return the situations of `rows` that `text` names: by its id (`perte-papiers`, `perte-papiers/permis`), else by
    having every word of their title or of one of their words.

    Those that are named by most words come first; one that is named by a part of what names another is left out.
    """
    rows = list(rows)
    by_id = _find_by_id(rows, text)
    if by_id is not None:
        return by_id
    words = {*split_words(text)}
    found: list[tuple[SituationRow, list[frozenset[str]]]] = []
    for row in rows:
        named = [name for name in _list_names([row.id, row.title, *row.words]) if name and name <= words]
        if named:
            found.append((row, named))
    every = [name for _, named in found for name in named]
    left = [
        (row, max(len(name) for name in whole))
        for row, named in found
        if (whole := [name for name in named if not any(name < other for other in every)])
    ]
    left.sort(key=lambda pair: -pair[1])
    return [NamedSituation(row, _find_chosen(row, words)) for row, _ in left]


def _find_by_id(rows: list[SituationRow], text: str) -> list[NamedSituation] | None:
    """Return the situation, and its answer if `text` goes on with one, whose ids `text` is; None where it is no id.

    An id that goes on with what is no answer names nothing.
    """
    head, _, tail = ("-".join(fold(part).split()) for part in text.partition("/"))
    row = next((row for row in rows if row.id == head), None)
    if row is None:
        return None
    chosen = [answer for answer in row.answers if answer.id == tail]
    return [NamedSituation(row, chosen)] if chosen or not tail else []


def _find_chosen(row: SituationRow, words: set[str]) -> list[SituationAnswer]:
    """Return the answers that `words` name, by their id or their words: a label, « Oui », says too little."""
    return [
        answer
        for answer in row.answers
        if any(name and name <= words for name in _list_names([answer.id, *answer.words]))
    ]


def _list_names(names: list[str]) -> list[frozenset[str]]:
    return [frozenset(split_words(name)) for name in names]


def split_words(text: str) -> list[str]:
    """Return the words of `text` that name something, folded and without the mark of the plural."""
    words = fold(text).split()
    telling = [word for word in words if len(word) >= _SHORTEST_WORD]
    return [strip_plural(word) for word in telling or words]
