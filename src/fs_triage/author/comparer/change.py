"""One change between two livrets: what it is about, whom it touches, and the sentence that describes it."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from fs_triage.author.comparer.matching import Pairs, Side, get_partner
from fs_triage.text.typography import quote_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion


class Section(StrEnum):
    """What a change is about, in the order in which it matters to a counsellor."""

    PROCEDURES = "Démarches"
    CONTACTS = "Contacts"
    ROUTES = "À qui s’adresser"
    SITUATIONS = "Situations"
    TEXTS = "Textes"
    SEARCH = "Recherche"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change: `id` in the new livret (in the old one when it is gone), `previous` the old id where it differs.

    `partner` is an id, empty for the livret itself. `before` and `after` are what JSON can hold, None where there is
    nothing; `demarches` are the ids of the conclusions that it touches; `details` are lines to read below the sentence.
    """

    section: Section
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

    def get_answer_id(self, old: str) -> str:
        """Return the id in the new livret of an answer of the old one, whatever it leads to."""
        new = self.get_new_id(old)
        if new != old:
            return new
        above, _, own = old.rpartition("/")
        return f"{self.get_new_id(above)}/{own}" if above else old


class Description(NamedTuple):
    """The sentence that describes a change, and the lines to read below it."""

    sentence: str
    details: tuple[str, ...] = ()


GetValue = Callable[[Comparison, Side, "Conclusion"], Any]
"""The value to compare, from a conclusion of one side; ids in it are those of the new livret."""
Describe = Callable[[Comparison, str, Any, Any], Description]
"""The description of a change, from its subject and the value before and after."""


def get_field(name: str) -> GetValue:
    """Return the function that gets the field `name` of a conclusion."""
    return lambda _both, _side, conclusion: dict(conclusion)[name]


def diff_texts(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """Return what went, came, stands in the place of another or moved between two lists, each with its text."""
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    lines: list[str] = []
    for tag, old_start, old_end, new_start, new_end in _match_lists(before, after).get_opcodes():
        if tag == "equal":
            continue
        old = _take_counted(gone, before[old_start:old_end])
        new = _take_counted(come, after[new_start:new_end])
        was, now = ("avant", "maintenant") if old and new else ("en moins", "en plus")
        lines += [f"{was}\u00a0: {text}" for text in old]
        lines += [f"{now}\u00a0: {text}" for text in new]
    return (*lines, *describe_moves(before, after))


def describe_moves(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """Return what stands in another order than before among what both lists have, with its two ranks."""
    both = Counter(before) & Counter(after)
    old, new = (_take_ranked(Counter(both), texts) for texts in (before, after))
    kept = _match_lists([text for _, text in old], [text for _, text in new]).get_matching_blocks()
    stays = {rank for block in kept for rank in range(block.b, block.b + block.size)}
    stayed = {rank for block in kept for rank in range(block.a, block.a + block.size)}
    left = [each for rank, each in enumerate(old) if rank not in stayed]
    lines = []
    for rank, (place, text) in enumerate(new):
        if rank not in stays:
            was = next(each for each in left if each[1] == text)
            left.remove(was)
            lines.append(f"passe du rang {was[0]} au rang {place}\u00a0: {text}")
    return tuple(lines)


def _match_lists(before: Sequence[str], after: Sequence[str]) -> difflib.SequenceMatcher[str]:
    return difflib.SequenceMatcher(None, before, after, autojunk=False)


def _take_counted(counts: Counter[str], texts: Sequence[str]) -> list[str]:
    """Return those of `texts` that `counts` still counts, and count them no more."""
    return [text for _, text in _take_ranked(counts, texts)]


def _take_ranked(counts: Counter[str], texts: Sequence[str]) -> list[tuple[int, str]]:
    """Return what `_take_counted` does, each text with its rank from 1."""
    taken = []
    for rank, text in enumerate(texts, 1):
        if counts[text] > 0:
            counts[text] -= 1
            taken.append((rank, text))
    return taken


def tell_both(before: str | None, after: str | None, nothing: str = "absente") -> str:
    """Return what is now and what was before, as the end of a sentence."""
    now, was = (quote_text(text) if text else nothing for text in (after, before))
    return f"{now}, et non plus {was}"


def compare_values(
    both: Comparison, *, section: Section, kind: str, get_value: GetValue, describe: Describe
) -> Iterator[Change]:
    """Yield the changes of one value of the conclusions; equal changes within a partner are one."""
    groups: dict[object, list[tuple[Conclusion, Any, Any]]] = {}
    for first, second in both.pairs.conclusions.items():
        before = get_value(both, both.old, both.old.tree.conclusions[first])
        after = get_value(both, both.new, both.new.tree.conclusions[second])
        if before != after:
            same = (get_partner(second), describe(both, "", before, after))
            groups.setdefault(same, []).append((both.new.tree.conclusions[second], before, after))
    for changed in groups.values():
        conclusion, before, after = changed[0]
        partner = conclusion["partner"]
        subject = quote_text(conclusion["title"]) if len(changed) == 1 else f"{len(changed)} démarches"
        if 1 < len(changed) == len(both.new.tree.list_conclusions(partner)):
            subject = "toutes les démarches"
        sentence, details = describe(both, subject, before, after)
        nodes = tuple(conclusion["id"] for conclusion, *_ in changed)
        if any(values != [before, after] for _, *values in changed):
            before = after = None  # the details say what they have in common
        yield Change(
            section=section,
            kind=kind,
            partner=partner,
            id=nodes[0],
            sentence=sentence,
            before=before,
            after=after,
            demarches=nodes,
            details=details,
        )
