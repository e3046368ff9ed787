"""What words were understood as: the one result that lookups, searches and the wizard tell, each in its way."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.search.rank import Hit, ToldNeed


class Verdict:
    """What the words came to, as `verdict` of JSON says it; plain strings, since an enum costs a search its start."""

    MATCHES = "matches"
    MAYBE = "maybe"  # something was recognised, and something was not: `hits` may answer
    VAGUE = "vague"  # `choices` would settle it
    OUT_OF_SCOPE = "out-of-scope"  # recognised as not in this livret: `topic` names it
    UNKNOWN = "unknown"  # not understood: `unknown_words`, or `is_foreign`


class Topic:
    """A subject that the livret does not cover: its name, and where to turn if the officer wrote it, else empty."""

    __slots__ = ("name", "where")

    def __init__(self, name: str, where: str = "") -> None:
        self.name = name
        self.where = where


class UnknownWord:
    """A word as typed that nothing is known of, and the nearest known words, best first."""

    __slots__ = ("nearest", "word")

    def __init__(self, word: str, nearest: list[str]) -> None:
        self.word = word
        self.nearest = nearest


class Understanding:
    """What a text was understood as.

    `hits` are conclusions, best first (the best of each need before any second best), empty unless `verdict` is
    `MATCHES` or `MAYBE`; `tied` are the first of them when they are too close to tell which is meant, at least two.
    `named` are ids of nodes, questions included, whose id, label or name the words are, or begin while they are being
    typed, best first. `choices` are ids of nodes that would settle a vague text. `needs` has two or more, or none.
    `known_words` are the words as typed that something is known of; `reach` is the share that the best answer has of
    the score that it needs (1 is enough), None where nothing was weighed.

    `ranked` is what a list shows: ids of partners, questions and conclusions, best first, none twice, a few more than
    `max` at most. It holds `named`, `hits` and `choices` in one order, those below `at` first, and is empty when there
    is nothing to choose from. Enter takes the first.
    """

    __slots__ = (
        "choices",
        "hits",
        "is_foreign",
        "known_words",
        "named",
        "needs",
        "ranked",
        "reach",
        "tied",
        "topic",
        "unknown_words",
        "verdict",
    )

    def __init__(
        self,
        verdict: str,
        *,
        hits: list[Hit] | None = None,
        tied: list[Hit] | None = None,
        named: list[str] | None = None,
        choices: list[str] | None = None,
        ranked: list[str] | None = None,
        needs: list[ToldNeed] | None = None,
        topic: Topic | None = None,
        unknown_words: list[UnknownWord] | None = None,
        known_words: list[str] | None = None,
        reach: float | None = None,
        is_foreign: bool = False,
    ) -> None:
        self.verdict = verdict
        self.hits = hits or []
        self.tied = tied or []
        self.named = named or []
        self.choices = choices or []
        self.ranked = ranked or []
        self.needs = needs or []
        self.topic = topic
        self.unknown_words = unknown_words or []
        self.known_words = known_words or []
        self.reach = reach
        self.is_foreign = is_foreign
