"""What words name: nodes by their id, label, keywords and former names, démarches by their contacts and pages."""

from __future__ import annotations

from fs_triage.text.fold import fold, strip_plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.index.reader import NodeNames, Reader

_LITTLE_WORDS = frozenset(
    "a ai au aux avec c ce ces cet cette chez d dans de des du en est et il j je l la le les leur lui m ma me "  # noqa: SIM905
    "mes mon n ne nos notre ou par pas pour qu que qui s sa se ses si son sur t ta te tes ton un une vos votre "
    "vous y".split()
)
_APPOINTMENT = (("rendez", "vous"), "rdv")  # the same, written in two ways
_MAX_WORDS = 8  # a longer text is no name
_MIN_CONTACT_LENGTH = 3  # letters or digits of a word that names a contact
_PAGE = frozenset(("page", "p", "pages"))
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
    """The names of a livret, in words, to be asked at each key."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._entries = [_Entry(names) for names in reader.list_node_names()]
        self._every = " ".join(entry.every for entry in self._entries)
        self._words = frozenset(self._every.split())
        self._contacts = [(f" {words} ", positions) for words, positions in reader.list_contact_names()]
        self._every_contact = "\t".join(words for words, _ in self._contacts)
        self._contact_words = frozenset(self._every_contact.split())
        self._order = {entry.node: rank for rank, entry in enumerate(self._entries)}

    def find(self, text: str, *, is_typing: bool) -> list[Named]:
        """Return the nodes that bear every word of `text`, best first; its last word may be a beginning when typing.

        Words that say nothing are passed over. A partner's name before or after others narrows them to that partner.
        """
        words = read_words(text)
        if not words or len(words) > _MAX_WORDS:
            return []
        unfinished = is_typing and text[-1:].isalnum()
        found: dict[str, float] = {}
        for partner, rest in self._split_partner(words):
            signs = [f" {strip_plural(word)} " for word in rest]
            if unfinished and signs:
                signs[-1] = signs[-1].rstrip()
            for entry in self._list_bearing(signs):
                if partner and not entry.node.startswith(f"{partner}/"):
                    continue
                fit = entry.fit(rest, unfinished)
                if fit:
                    found[entry.node] = max(found.get(entry.node, 0.0), fit)
            if partner and not rest:
                found[partner] = PARTNER
        for position in self._find_by_contact(words, unfinished):
            node = self._reader.get_conclusion_line(position).partition("\t")[0]
            found[node] = max(found.get(node, 0.0), _LABEL)
        ranked = sorted(found, key=lambda node: (-found[node], self._order.get(node, 0)))
        return [Named(node, found[node]) for node in ranked]

    def _list_bearing(self, signs: list[str]) -> list[_Entry]:
        """Return the entries with the longest of `signs`; none when one of them stands nowhere."""
        for sign in signs:
            if sign.strip() not in self._words and (sign[-1] == " " or sign not in self._every):
                return []
        longest = max(signs, key=len, default="")
        return [entry for entry in self._entries if longest in entry.every] if longest else []

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
        joined = "".join(wanted)
        if joined.isdigit() and len(joined) > _MIN_CONTACT_LENGTH:
            wanted = [joined]
        if not wanted or not any(len(word) >= _MIN_CONTACT_LENGTH for word in wanted):
            return []
        signs = [f" {word} " for word in wanted]
        if unfinished:
            signs[-1] = f" {wanted[-1]}"
        found: dict[int, None] = {}
        if not all(
            sign in self._every_contact if sign[-1] != " " else sign.strip() in self._contact_words
            for sign in signs
        ):
            return []
        for told, positions in self._contacts:
            if all(sign in told for sign in signs):
                found.update(dict.fromkeys(positions))
        return list(found)


class _Entry:
    """The names of a node, in words."""

    __slots__ = ("above", "every", "label", "names", "node", "words")

    def __init__(self, names: NodeNames) -> None:
        self.node = names.node
        self.names = names.names
        self.label = _add_abbreviations(names.label)
        self.words = _add_abbreviations(" ".join(names.names))
        self.above = _add_abbreviations(" ".join(names.above)) if names.above else ""
        self.every = f"{self.label}{self.words}{self.above}"

    def fit(self, words: list[str], unfinished: bool) -> float:
        """Return how well `words` name it, 0 where they do not."""
        *before, last = words
        worst = 1.0
        for word in before:
            rank = self._place(f" {strip_plural(word)} ")
            if not rank:
                return 0.0
            worst = min(worst, rank)
        rank = self._place(f" {strip_plural(last)} ")
        if not rank and unfinished:
            rank = _BEGUN * self._place(f" {last}")
        if not rank:
            return 0.0
        worst = min(worst, rank)
        own = any(self._place(f" {strip_plural(word)} ") > _ABOVE for word in words)
        if not own and not (unfinished and self._place(f" {last}") > _ABOVE):
            return 0.0  # the node above is the one that is named
        if " ".join(words) in self.names:
            return _WHOLE
        if (
            unfinished
            and "/" not in self.node
            and any(name.startswith(" ".join(words)) for name in self.names)
        ):
            return _WHOLE
        return worst

    def _place(self, sign: str) -> float:
        if sign in self.label:
            return _LABEL
        if sign in self.words:
            return _KEYWORD
        return _ABOVE if sign in self.above else 0.0


def read_words(text: str) -> list[str]:
    """Return the words of `text`, folded, « rendez-vous » as « rdv »."""
    words = fold(text.replace("_", " ")).split()
    found: list[str] = []
    for word in words:
        if found and (found[-1], word) == _APPOINTMENT[0]:
            found[-1] = _APPOINTMENT[1]
        else:
            found.append(word)
    return found


def _add_abbreviations(names: str) -> str:
    """Return the words of `names` without plurals, each between spaces, « rdv » beside « rendez-vous »."""
    words = [strip_plural(word) for word in names.split()]
    more = [_APPOINTMENT[1]] if "rendez" in words else []
    more += list(_APPOINTMENT[0]) if _APPOINTMENT[1] in words else []
    return f" {' '.join([*words, *more])} "
