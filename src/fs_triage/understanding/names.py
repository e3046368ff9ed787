"""What words name: nodes by their id, label, keywords and former names, démarches by their contacts and pages."""

from __future__ import annotations

from fs_triage.index.reader import NodeNames
from fs_triage.search.features import is_bare_number
from fs_triage.text.fold import fold, join_appointment, strip_plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from fs_triage.index.reader import Reader

_LITTLE_WORDS = frozenset(
    "a ai au aux avec c ce ces cet cette chez d dans de des du en est et il j je l la le les leur lui m ma me "  # noqa: SIM905
    "mes mon n ne nos notre ou par pas pour qu que qui s sa se ses si son sur t ta te tes ton un une vos votre "
    "vous y".split()
)
_MAX_WORDS = 8  # a longer text is no name
_MIN_CONTACT_LENGTH = 3  # letters or digits of a word that names a contact
_PAGE = frozenset(("page", "p", "pages"))
_MANY_TIMES = 10  # questions after which it pays to know all words apart
PARTNER = 1.5  # how well the name of a partner fits that stands alone
# how well a name fits: the words are the whole of it; whole words of it; beginnings
_WHOLE, _LABEL, _KEYWORD, _ABOVE, _BEGUN = 1.0, 0.8, 0.7, 0.5, 0.9


class Named:
    """A node that words name, and how well the name fits: up to 1, a partner's alone `PARTNER`."""

    __slots__ = ("fit", "node")

    def __init__(self, node: str, fit: float) -> None:
        self.node = node
        self.fit = fit


class NameBook:
    """The names of a livret, to be asked at each key; a line of the index is read once words stand in it."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._names = _Lines(reader.join_node_names())
        self._contacts = _Lines(reader.join_contact_names())
        self._read: dict[int, NodeNames] = {}

    def find(self, text: str, *, is_typing: bool) -> list[Named]:
        """Return the nodes that bear every word of `text`, best first; its last word may be a beginning when typing.

        Words that say nothing are passed over. A partner's name before or after others narrows them to that partner.
        """
        by_value = [Named(self._reader.get_conclusion_id(at), _WHOLE) for at in self._find_by_value(text)]
        words = read_words(text)
        if by_value or not words or len(words) > _MAX_WORDS:
            return by_value
        unfinished = is_typing and text[-1:].isalnum()
        found: dict[str, float] = {}
        orders: dict[str, int] = {}
        for partner, rest in self._split_partner(words):
            signs = [f" {strip_plural(word)} " for word in rest]
            if unfinished and signs:
                signs[-1] = signs[-1].rstrip()
            for order, line in self._names.iter_with(signs):
                entry = self._read.get(order)
                if entry is None:
                    entry = self._read[order] = NodeNames.parse(line)
                if partner and not entry.node.startswith(f"{partner}/"):
                    continue
                orders[entry.node] = order
                fit = _fit(entry, rest, unfinished)
                if fit:
                    found[entry.node] = max(found.get(entry.node, 0.0), fit)
            if partner and not rest:
                found[partner] = PARTNER
        for position in self._find_by_contact(words, unfinished):
            node = self._reader.get_conclusion_id(position)
            found[node] = max(found.get(node, 0.0), _LABEL)
        ranked = sorted(found, key=lambda node: (-found[node], orders.get(node, 0)))
        return [Named(node, found[node]) for node in ranked]

    def _split_partner(self, words: list[str]) -> list[tuple[str, list[str]]]:
        """Return how the words may be read: as they are, and as a partner's name with others before or after it."""
        ways = [("", [word for word in words if word not in _LITTLE_WORDS] or words)]
        for count in range(len(words), 0, -1):
            for begin in {0, len(words) - count}:
                partner = self._reader.find_partner(" ".join(words[begin : begin + count]))
                if partner is not None:
                    rest = [
                        word for word in words[:begin] + words[begin + count :] if word not in _LITTLE_WORDS
                    ]
                    return [*ways, (partner, rest)]
        return ways

    def _find_by_contact(self, words: list[str], unfinished: bool) -> list[int]:
        """Return the positions of the conclusions on the page, or with the contact, that the words name."""
        if len(words) == 2 and words[0] in _PAGE and words[1].isdigit():
            row = self._reader.find_reference(f"page {words[1]}")
            return row.own if row is not None else []
        wanted = [word for word in words if word not in _LITTLE_WORDS]
        if not wanted or not any(len(word) >= _MIN_CONTACT_LENGTH for word in wanted):
            return []
        signs = [f" {word} " for word in wanted]
        if unfinished:
            signs[-1] = f" {wanted[-1]}"
        return self._list_users(signs)

    def _find_by_value(self, text: str) -> list[int]:
        """Return the positions of the conclusions with the first number or address of `text` that is a contact's."""
        for value in _list_values(text):
            found = self._list_users([f" {word} " for word in value])
            if found:
                return found
        return []

    def _list_users(self, signs: list[str]) -> list[int]:
        """Return the positions of the conclusions with a contact whose words have every sign."""
        found: dict[int, None] = {}
        for _, line in self._contacts.iter_with(signs):
            told, _, positions = line.partition("\t")
            if all(sign in told for sign in signs):
                found.update(dict.fromkeys(map(int, positions.split())))
        return list(found)


def _list_values(text: str) -> list[list[str]]:
    """Return the folded words of each address in `text`, each number as one word."""
    values = [fold(word).split() for word in text.split() if "@" in word or "/" in word or "www." in word]
    if any(character.isdigit() for character in text):
        from fs_triage.index.contact_search import list_wanted_words  # only where a number is typed

        number = ""
        for word in [*list_wanted_words([text]), ""]:
            if word.isdigit():
                number += word
            else:
                values += (
                    [[number]] if len(number) > _MIN_CONTACT_LENGTH and not is_bare_number(number) else []
                )
                number = ""
    return [value for value in values if value]


class _Lines:
    """Lines of words between spaces, searched as one text."""

    def __init__(self, lines: str) -> None:
        self._text = f"\n{lines}\n"
        self._words: frozenset[str] | None = None
        self._times_asked = 0

    def iter_with(self, signs: list[str]) -> Iterator[tuple[int, str]]:
        """Yield the lines that hold the longest of `signs`, each with where it begins; none when one is nowhere."""
        self._times_asked += 1
        if self._times_asked == _MANY_TIMES:
            self._words = frozenset(self._text.split())
        if not signs or not all(map(self._has, signs)):
            return
        text, longest = self._text, max(signs, key=len)
        at = text.find(longest)
        while at >= 0:
            begin, end = text.rfind("\n", 0, at) + 1, text.index("\n", at)
            yield begin, text[begin:end]
            at = text.find(longest, end)

    def _has(self, sign: str) -> bool:
        if self._words is not None and sign[-1] == " ":
            return sign.strip() in self._words
        return sign in self._text


def _fit(entry: NodeNames, words: list[str], unfinished: bool) -> float:
    """Return how well `words` name a node, 0 where they do not."""
    *before, last = words
    worst = 1.0
    for word in before:
        rank = _place(entry, f" {strip_plural(word)} ")
        if not rank:
            return 0.0
        worst = min(worst, rank)
    rank = _place(entry, f" {strip_plural(last)} ")
    if not rank and unfinished:
        rank = _BEGUN * _place(entry, f" {last}")
    if not rank:
        return 0.0
    worst = min(worst, rank)
    own = any(_place(entry, f" {strip_plural(word)} ") > _ABOVE for word in words)
    if not own and not (unfinished and _place(entry, f" {last}") > _ABOVE):
        return 0.0  # the node above is the one that is named
    if " ".join(words) in entry.names:
        return _WHOLE
    if unfinished and "/" not in entry.node and any(name.startswith(" ".join(words)) for name in entry.names):
        return _WHOLE
    return worst


def _place(entry: NodeNames, sign: str) -> float:
    if sign in entry.label:
        return _LABEL
    if sign in entry.words:
        return _KEYWORD
    return _ABOVE if sign in entry.above else 0.0


def read_words(text: str) -> list[str]:
    """Return the words of `text`, folded, « rendez-vous » as « rdv »."""
    return join_appointment(fold(text.replace("_", " ")).split())
