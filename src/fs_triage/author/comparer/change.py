"""One change between two livrets: what it is, whom it touches, and the sentence that tells it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fs_triage.author.comparer.matching import Pairs, Side
from fs_triage.text.typography import quote_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion

PROCEDURES, CONTACTS, ROUTES, TEXTS, SEARCH = SECTIONS = (
    "Démarches",
    "Contacts",
    "À qui s’adresser",
    "Textes",
    "Recherche",
)
"""What a change is about, in the order in which it matters to a counsellor."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change: `id` in the new livret (in the old one when it is gone), `previous` the old id where it differs.

    `before` and `after` are what JSON can hold, None where there is nothing; `demarches` are the ids of the
    conclusions that it touches; `details` are lines to read below the sentence.
    """

    section: str
    kind: str
    partner: str
    id: str
    sentence: str
    previous: str | None = None
    before: Any = None
    after: Any = None
    demarches: tuple[str, ...] = ()
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The two livrets, and which node of one is which of the other."""

    old: Side
    new: Side
    pairs: Pairs

    def get_new_id(self, old: str) -> str:
        """Return the id in the new livret of a node of the old one; the old id when it is gone."""
        for known in (self.pairs.conclusions, self.pairs.questions, self.pairs.partners):
            if old in known:
                return known[old]
        return old


def diff_lines(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """Return the lines that tell two lists of sentences apart, in the order in which they are read."""
    lines: list[str] = []
    for tag, low, high, first, last in difflib.SequenceMatcher(None, before, after, False).get_opcodes():
        if tag != "equal":
            lines += [f"avant\u00a0: {text}" for text in before[low:high]]
            lines += [f"maintenant\u00a0: {text}" for text in after[first:last]]
    return tuple(lines)


Value = Callable[[Comparison, "Conclusion", bool], Any]
"""From the two livrets, a conclusion and whether it is of the new livret, to what is compared of it."""
Sentence = Callable[[Comparison, str, Any, Any], tuple[str, tuple[str, ...]]]
"""From the two livrets, what is spoken of, the value before and after, to the sentence and its details."""


def group_changes(
    both: Comparison, section: str, kind: str, value: Value, sentence: Sentence
) -> Iterator[Change]:
    """Yield the changes of one value of the conclusions; equal changes within a partner are one."""
    alike: dict[object, list[tuple[Conclusion, Any, Any]]] = {}
    for first, second in both.pairs.conclusions.items():
        conclusion = both.new.tree.conclusions[second]
        before = value(both, both.old.tree.conclusions[first], False)
        after = value(both, conclusion, True)
        if before != after:
            same = (conclusion["partner"], sentence(both, "", before, after))
            alike.setdefault(same, []).append((conclusion, before, after))
    for changed in alike.values():
        conclusion, before, after = changed[0]
        what = quote_text(conclusion["title"]) if len(changed) == 1 else f"{len(changed)} démarches"
        if 1 < len(changed) == len(both.new.tree.list_conclusions(conclusion["partner"])):
            what = "toutes les démarches"
        told, details = sentence(both, what, before, after)
        nodes = tuple(conclusion["id"] for conclusion, *_ in changed)
        if any(others != [before, after] for _, *others in changed):
            before = after = None  # what they have in common is in the details
        yield Change(
            section, kind, conclusion["partner"], nodes[0], told, None, before, after, nodes, details
        )
