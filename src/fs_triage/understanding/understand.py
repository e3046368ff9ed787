"""The one way of understanding words: a lookup, a search, every page of the wizard ask it, each with its context."""

from __future__ import annotations

from fs_triage.contract import ROOT
from fs_triage.search import rank
from fs_triage.search.phonetics import split_list
from fs_triage.understanding.names import PARTNER, NameBook, Named
from fs_triage.understanding.result import Topic, Understanding, UnknownWord, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from fs_triage.index.reader import Reader
    from fs_triage.search.model import Model
    from fs_triage.search.rank import Hit, Result

    T = TypeVar("T")

_MORE = 3  # nodes that a list shows beyond the conclusions asked for
_MIN_TIE_GAP = 0.02  # of two scores: below it the first is right three times of four, above it nine of ten
_MAX_TIED = 3
_MIN_FOREIGN_WORDS = 3
_MIN_FOREIGN_SHARE = 0.6  # of the words, for a text to look like another language
_MIN_SURE = 0.5  # the score of a hit that tells a text of many slips from another language
_MAX_NEAREST = 3
_MIN_SIMILARITY = 70  # of 100: from where a known word is near
_QUESTION_FACTOR = 0.95  # a question comes after a conclusion that is named as well as it
_NAME_SHARE = 0.8  # of how well a name fits, as a score
_MOST_BY_NAME = 0.99  # a score of 1 is what is known by heart
_AGREEMENT = 0.5  # the share of the lesser that is added where name and examples agree


def understand(
    reader: Reader,
    model: Model,
    text: str,
    *,
    at: str = ROOT,
    partner: str | None = None,
    level: int | None = None,
    max: int = 5,
    is_typing: bool = False,
) -> Understanding:
    """Return what `text` means in the livret of `reader` and `model`; at most `max` conclusions.

    `at` is the id of the node whose page the words are typed on: what lies below it comes first, then what is
    elsewhere. `partner` (an id) and `level` leave out all others. With `is_typing`, the last word may be unfinished.
    """

    def read(words: str) -> Understanding:
        return _Reading(
            reader, model, words, at=at, partner=partner, level=level, count=max, is_typing=is_typing
        ).tell()

    found = read(text)
    if found.hits and found.hits[0].score == 1.0:  # known by heart
        return found
    parts = {part: read(part) for part in split_list(text)}
    firsts = {one.hits[0].position for one in parts.values() if one.verdict == Verdict.MATCHES}
    return _join_needs(parts, max) if 1 < len(parts) == len(firsts) else found


def _join_needs(parts: dict[str, Understanding], count: int) -> Understanding:
    """Return what several needs come to that were told as a list: the best of each, then each second best."""
    told = list(parts.values())
    hits = {hit.position: hit for hit in _take_turns([one.hits for one in told])}
    best = [*hits.values()][:count]
    rank.lower_scores(best)
    return Understanding(
        Verdict.MATCHES,
        hits=best,
        named=list(dict.fromkeys(_take_turns([one.named for one in told]))),
        ranked=list(dict.fromkeys(_take_turns([one.ranked for one in told])))[: count + _MORE],
        needs=[rank.ToldNeed(part, one.hits[: rank.MAX_HITS_OF_NEED]) for part, one in parts.items()],
        known_words=list(dict.fromkeys(word for one in told for word in one.known_words)),
        reach=min((one.reach for one in told if one.reach is not None), default=None),
    )


def _take_turns(lists: list[list[T]]) -> list[T]:
    """Return the first of each list, then the second of each, and so on."""
    return [one[at] for at in range(max(map(len, lists))) for one in lists if at < len(one)]


class _Reading:
    """One text, read in its context."""

    def __init__(
        self,
        reader: Reader,
        model: Model,
        text: str,
        *,
        at: str,
        partner: str | None,
        level: int | None,
        count: int,
        is_typing: bool,
    ) -> None:
        self.reader = reader
        self.model = model
        self.text = text
        self.at = at
        self.partner = partner
        self.level = level
        self.count = count
        self.learnt = self._search(text)
        book = _open_names(reader)
        named = book.find(text, is_typing=is_typing) or book.find(self.learnt.read, is_typing=False)
        bare = self.learnt.bare_partner  # it may only sound so
        if bare and (not named or named[0].fit != PARTNER):
            named = [Named(bare, PARTNER), *(one for one in named if one.node != bare)]
        self.named = self._keep_allowed(named)
        if is_typing and not self.learnt.hits and text[-1:].isalnum():
            before = text.rstrip().rpartition(" ")[0]
            result = self._search(before) if before.strip() else None
            if result is not None and result.hits and self._may_be_unfinished(text):
                self.learnt = result

    def _search(self, text: str) -> Result:
        return rank.find_conclusions(self.model, text, partner=self.partner, level=self.level, max=self.count)

    def _may_be_unfinished(self, text: str) -> bool:
        """Return whether the last word of `text` begins a known one, and is none itself."""
        last = text.rpartition(" ")[2]
        return self.model.begins_word(last) and not self.model.is_french_word(last)

    def tell(self) -> Understanding:
        """Return what it comes to."""
        verdict, hits = self.learnt.verdict, self.learnt.hits
        choices: list[str] = []
        surest = hits[0].score if hits else 0.0
        is_foreign = not self.named and surest < _MIN_SURE and self._looks_foreign()
        if is_foreign:
            verdict, hits = Verdict.UNKNOWN, []
        is_by_heart = surest == 1.0
        if (
            self.named
            and self.named[0].fit == PARTNER
            and verdict != Verdict.OUT_OF_SCOPE
            and not is_by_heart
        ):
            verdict, hits = Verdict.VAGUE, []
        elif not hits and self.named and (verdict != Verdict.OUT_OF_SCOPE or self.named[0].fit == 1.0):
            verdict, hits = self._answer_by_name(verdict)
        if not hits and verdict == Verdict.VAGUE:
            choices = self._list_choices()
        ranked = self._rank(hits, choices) if hits or choices or self.named else []
        refused = verdict in (Verdict.OUT_OF_SCOPE, Verdict.UNKNOWN)
        hits = self._put_named_first(hits)
        return Understanding(
            verdict,
            hits=hits,
            tied=_find_tied(hits),
            named=[named.node for named in self.named],
            choices=choices,
            ranked=ranked,
            needs=self.learnt.needs,
            topic=Topic(*self.learnt.topic)
            if verdict == Verdict.OUT_OF_SCOPE and self.learnt.topic
            else None,
            unknown_words=self._list_unknown_words() if refused or verdict == Verdict.MAYBE else [],
            known_words=self.learnt.known_words,
            reach=self.learnt.reach,
            is_foreign=is_foreign,
        )

    def _put_named_first(self, hits: list[Hit]) -> list[Hit]:
        """Return `hits` with what the words name before what they were learnt to mean; not what is known by heart."""
        if not hits or not self.named or hits[0].score == 1.0:
            return hits
        positions = {hit.position: hit for hit in hits}
        for one in self.named[: self.count]:
            if self._is_conclusion(one.node):
                position = self.reader.get_node(one.node).first
                positions.setdefault(position, self.learnt.build_hit(position, 0.0))
        fits: dict[int, float] = {}
        for one in self.named:
            row = self.reader.find_node(one.node)
            if row is not None and "/" in one.node:
                for position in positions.keys() & range(row.first, row.end):
                    fits[position] = max(fits.get(position, 0.0), one.fit)
        together: dict[int, float] = {}
        for position, hit in positions.items():
            lesser, greater = sorted((fits.get(position, 0.0) * _NAME_SHARE, hit.score))
            together[position] = greater + _AGREEMENT * lesser
            hit.score = min(_MOST_BY_NAME, together[position])
        return sorted(positions.values(), key=lambda hit: -together[hit.position])[: self.count]

    def _is_conclusion(self, node: str) -> bool:
        row = self.reader.find_node(node)
        return row is not None and row.question is None

    def _answer_by_name(self, verdict: str) -> tuple[str, list[Hit]]:
        """Return the verdict and the conclusions that the names alone give."""
        best = self.named[0].fit
        nodes = [named.node for named in self.named if named.fit == best]
        positions = [
            position
            for node in nodes
            if self._is_conclusion(node)
            for position in (self.reader.get_node(node).first,)
        ]
        if not positions or (verdict == Verdict.VAGUE and self.learnt.known_words):
            return Verdict.VAGUE, []
        return Verdict.MATCHES, [
            self.learnt.build_hit(position, best) for position in positions[: self.count]
        ]

    def _keep_allowed(self, named: list[Named]) -> list[Named]:
        """Return those of `named` at the partner and the level that are wanted."""
        if self.partner is not None:
            named = [
                one for one in named if one.node == self.partner or one.node.startswith(f"{self.partner}/")
            ]
        if self.level is None:
            return named
        kept = []
        for one in named:
            row = self.reader.find_node(one.node)
            if row is not None and any(
                self.model.get_level(position) == self.level for position in range(row.first, row.end)
            ):
                kept.append(one)
        return kept

    def _list_choices(self) -> list[str]:
        """Return what would settle a vague text: what it names, then the best conclusions, one a partner."""
        named = [one.node for one in self.named[: self.count]]
        if named and self.named[0].fit == PARTNER:
            below = [line.partition("\t")[0] for line in self.reader.list_choices(named[0])]
            return [f"{named[0]}/{answer}" for answer in below]
        best: dict[str, str] = {}
        others: list[str] = []
        for position in self.learnt.likely:
            node = self.reader.get_conclusion_id(position)
            owner = node.partition("/")[0]
            if owner not in best:
                best[owner] = node
            elif len(others) < self.count:
                others.append(node)
        if self.partner is not None or len(best) == 1:
            return list(dict.fromkeys([*named, *best.values(), *others]))[: self.count + _MORE]
        return list(dict.fromkeys([*named, *best.values()]))[: self.count + _MORE]

    def _rank(self, hits: list[Hit], choices: list[str]) -> list[str]:
        """Return all in one order: those below the page first, then by name and by what was learnt together."""
        scores: dict[str, float] = {}
        for one in self.named:
            is_question = not self._is_conclusion(one.node)
            scores[one.node] = one.fit * (_QUESTION_FACTOR if is_question and one.fit < 1.0 else 1.0)
        for hit in hits:
            node = self.reader.get_conclusion_id(hit.position)
            lesser, greater = sorted((scores.get(node, 0.0), hit.score))
            scores[node] = greater + _AGREEMENT * lesser
        for order, node in enumerate(choices):
            scores.setdefault(node, 0.2 - order / 1000)
        prefix = f"{self.at}/" if self.at else ""
        ranked = sorted(scores, key=lambda node: (not node.startswith(prefix), -scores[node]))
        return [node for node in ranked if node != self.at][: self.count + _MORE]

    def _list_unknown_words(self) -> list[UnknownWord]:
        return [UnknownWord(word, self._find_nearest(word)) for word in dict.fromkeys(self.learnt.unknown)]

    def _find_nearest(self, word: str) -> list[str]:
        """Return the known words nearest to `word`."""
        from fs_triage.search.phonetics import split_words

        plain = "".join(split_words(word))
        known = self.model.list_known_words(plain)
        if not known:
            return []
        from rapidfuzz import fuzz, process

        found = process.extract(
            plain, known, scorer=fuzz.ratio, score_cutoff=_MIN_SIMILARITY, limit=_MAX_NEAREST
        )
        return [near for near, _, _ in found]

    def _looks_foreign(self) -> bool:
        """Return whether the text looks like another language than French."""
        words = [word for word in self.text.split() if len(word) > 1 and word.isalpha()]
        strange = [word for word in words if not self.model.is_french_word(word)]
        return len(strange) >= max(_MIN_FOREIGN_WORDS, _MIN_FOREIGN_SHARE * len(words))


def _find_tied(hits: list[Hit]) -> list[Hit]:
    """Return the first of `hits` where they are too close to tell which is meant."""
    if not hits:
        return []
    tied = [hit for hit in hits[:_MAX_TIED] if hits[0].score - hit.score < _MIN_TIE_GAP]
    return tied if len(tied) > 1 else []


_books: dict[int, tuple[Reader, NameBook]] = {}


def _open_names(reader: Reader) -> NameBook:
    """Return the names of a livret, read once as long as it is open."""
    kept = _books.get(id(reader))
    if kept is None or kept[0] is not reader:
        _books.clear()
        kept = _books[id(reader)] = (reader, NameBook(reader))
    return kept[1]
