"""From the words of a call to conclusions: an id, a partner and words, or words alone."""

from __future__ import annotations

from fs_triage.text.fold import fold, join_appointment, strip_plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from fs_triage.contract import Conclusion, Question
    from fs_triage.index.reader import Reader
    from fs_triage.render.conclusion import Card
    from fs_triage.render.opening_status import Clock

_STOP_WORDS = frozenset(
    "a au aux d dans de des du en et l la le les ma mes mon par pour sa ses son sur un une".split()  # noqa: SIM905
)
_LONGEST_UNINFLECTED = 3  # letters of a word that has one form: « vie », « mer »
_INFLECTED_ENDS = ("ee", "er", "ie", "ue")
_INFLECTED_VOWELS = "eiu"  # what a participle ends with, folded
_LONGEST_NAME = 16  # words in the longest name, of a partner or of an answer, that a call is searched for


class LookupResult:
    """What a lookup met: the positions of the conclusions, and how.

    `by` is « id », « words » or « nothing »; `node` is the id of the node met, if one was; `rest` the
    words after the name of `partner`, if one was named.
    """

    __slots__ = ("by", "node", "partner", "positions", "rest")

    def __init__(
        self, by: str, positions: list[int], node: str | None, partner: str | None, rest: list[str]
    ) -> None:
        self.by = by
        self.positions = positions
        self.node = node
        self.partner = partner
        self.rest = rest


def look_up(reader: Reader, arguments: list[str]) -> LookupResult:
    """Return what `arguments`, as typed, name: an id, else every conclusion that bears all of their words.

    How the words are shared out between the arguments does not matter, nor does their order, but for the name of a
    partner and for an id.
    """
    words = " ".join(arguments).split()
    partner, rest = _split_partner(reader, words)
    node = _find_node(reader, partner, rest)
    if node is not None:
        row = reader.get_node(node)
        return LookupResult("id", list(range(row.first, row.end)), node, partner, rest)
    positions = _find_by_words(reader, partner, rest)
    if not positions and partner is not None and list_words(" ".join(rest)):
        # its name may be a word of another's démarche: « poste »
        positions = _find_by_words(reader, None, words)
    return LookupResult("words" if positions else "nothing", positions, None, partner, rest)


def find_node_id(reader: Reader, arguments: list[str]) -> str | None:
    """Return the id of the node that `arguments` name by its id, whole or answer by answer; None for no node."""
    return _find_node(reader, *_split_partner(reader, " ".join(arguments).split()))


def read_cards(reader: Reader, positions: Iterable[int], clock: Clock | None = None) -> list[Card]:
    """Return the cards of the conclusions at `positions`; with a `clock`, they say which contacts are open."""
    import json

    from fs_triage.render.conclusion import describe_conclusion

    cards = []
    for position in positions:
        conclusion: Conclusion = json.loads(reader.get_conclusion_json(position))
        partner: Question = json.loads(reader.get_question_json(conclusion["partner"]))
        blocked = [reader.get_node(node).first for node in conclusion["if_blocked"]]
        cards.append(
            describe_conclusion(
                conclusion,
                partner["title"],
                if_blocked=[json.loads(reader.get_conclusion_json(target)) for target in blocked],
                blocked_node=reader.get_node(conclusion["id"]).if_blocked or "",
                clock=clock,
                edition=reader.meta.edition,
            )
        )
    return cards


def list_words(text: str) -> list[str]:
    """Return the words of `text` by which it is looked up: folded, in the singular, without the smallest."""
    words = join_appointment(fold(text).split())
    return [strip_plural(word) for word in words if word not in _STOP_WORDS]


def join_digits(words: list[str]) -> list[str]:
    """Return `words` with the groups of a number, « 03 84 25 69 92 », as one word."""
    joined: list[str] = []
    for word in words:
        if joined and word.isdigit() and joined[-1].isdigit():
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def find_partner(reader: Reader, word: str) -> str | None:
    """Return the id of the partner that `word` names, None when it names none."""
    return reader.find_partner(fold(word))


def split_partner(reader: Reader, arguments: list[str]) -> tuple[str | None, list[str]]:
    """Return the partner that the first words of `arguments`, as typed, name, and the words after its name."""
    return _split_partner(reader, " ".join(arguments).split())


def _split_partner(reader: Reader, words: list[str]) -> tuple[str | None, list[str]]:
    """Return the partner that the first words name, or the first part of an id, and what comes after its name."""
    for count in range(min(len(words), _LONGEST_NAME), 0, -1):
        partner = find_partner(reader, " ".join(words[:count]))
        if partner is not None and fold(words[count - 1]):
            return partner, words[count:]
    first, slash, rest = " ".join(words).lstrip("/ ").partition("/")
    partner = find_partner(reader, first) if slash else None
    return partner, words if partner is None else rest.split()


def _find_node(reader: Reader, partner: str | None, rest: list[str]) -> str | None:
    """Return the node that the words name by its id, whole or answer by answer.

    Words between two `/` are answers of their own or those of one answer: `rsa demande`, `autre prestation`.
    """
    typed = [part.split() for part in " ".join(rest).split("/") if part.strip()]
    parts = [[fold(word).replace(" ", "-") for word in part] for part in typed]
    apart = [word for part in parts for word in part]
    if not (partner or apart) or not all(apart):  # signs alone are no word
        return None
    start = [partner] if partner else []
    node = _find_known_id(reader, "/".join([*start, *apart]))
    if node is None and len(apart) > len(parts):
        node = _find_known_id(reader, "/".join([*start, *map("-".join, parts)]))
        if node is None and partner is not None:
            node = _find_descendant(reader, partner, parts)
    return node


def _find_known_id(reader: Reader, node: str) -> str | None:
    """Return the id of the node that `node` is or was the id of, None for no node."""
    node = reader.find_successor(node) or node
    row = reader.find_node(node)
    return node if row is not None and row.first < row.end else None  # else there is nothing to show there


def _find_descendant(reader: Reader, node: str, parts: list[list[str]]) -> str | None:
    """Return the node that `parts` lead to from `node`, an answer being one word of a part or several."""
    if not parts:
        return node
    first, *others = parts
    for count in range(1, min(len(first), _LONGEST_NAME) + 1):
        below = _find_known_id(reader, f"{node}/{'-'.join(first[:count])}")
        found = below and _find_descendant(
            reader, below, [first[count:], *others] if first[count:] else others
        )
        if found:
            return found
    return None


def _find_by_words(reader: Reader, partner: str | None, rest: list[str]) -> list[int]:
    """Return the positions of the conclusions that bear every word of `rest`, those that it names itself first.

    A conclusion bears the words of its names, and those that are the whole name of a contact or a page of it. Where
    nothing bears the words as they are, another form of a word does (`_list_forms`), or a word of a contact's name.
    """
    wanted = list_words(" ".join(rest))
    if not wanted:
        return []
    name = join_digits(wanted)
    if all(map(reader.find_reference, set(name) - {*wanted})):  # 39 49, but not 18 25 ans
        wanted = name
    found = _intersect([_find_rows(reader, [word]) for word in wanted])
    found = _list_referring(reader, " ".join(name)) | found
    return _sort_found(reader, partner, found) or _sort_found(
        reader, partner, _intersect([_find_other_forms(reader, word) for word in wanted])
    )


def _sort_found(reader: Reader, partner: str | None, found: dict[int, int]) -> list[int]:
    """Return the positions of `found` that are the partner's, all where there is none, most own words first."""
    positions = iter(found)
    if partner is not None:
        span = reader.get_partner(partner)
        positions = (position for position in found if span.first <= position < span.end)
    return sorted(positions, key=lambda position: (-found[position], position))


def _find_rows(reader: Reader, words: list[str]) -> dict[int, int]:
    """Return the positions that bear one of `words`, each with 1 where the word is in its own name, else 0."""
    found: dict[int, int] = {}
    for word in words:
        row = reader.find_word(word)
        here = dict.fromkeys(row.inherited, 0) | dict.fromkeys(row.own, 1) if row is not None else {}
        found = found | _list_referring(reader, word) | here
    return found


def _list_referring(reader: Reader, name: str) -> dict[int, int]:
    """Return the positions that have a contact or a page of this whole name, each with 0: it is not their own."""
    row = reader.find_reference(name)
    return dict.fromkeys(row.own, 0) if row is not None else {}


def _find_other_forms(reader: Reader, word: str) -> dict[int, int]:
    """Return the positions that bear a form of `word`, or have a contact with the word in its name."""
    row = reader.find_reference(word)
    referring = dict.fromkeys(row.inherited, 0) if row is not None else {}
    return referring | _find_rows(reader, _list_forms(word))


def _list_forms(word: str) -> list[str]:
    """Return `word`, folded and in the singular, in the forms that are one word: perdu, perdue; volé, volée, voler."""
    if len(word) <= _LONGEST_UNINFLECTED:
        return [word]
    stem = word[:-1] if word.endswith(_INFLECTED_ENDS) else word
    if stem[-1] not in _INFLECTED_VOWELS:
        return [word]
    return [stem, f"{stem}e", *([f"{stem}r"] if stem[-1] == "e" else [])]


def _intersect(rows: list[dict[int, int]]) -> dict[int, int]:
    """Return what stands in each of `rows`, with the sum of what they say of it."""
    first, *others = rows
    for row in others:
        first = {position: count + row[position] for position, count in first.items() if position in row}
    return first
