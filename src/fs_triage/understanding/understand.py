"""The one way of understanding words: a lookup, a search, every page of the wizard ask it, each with its context."""

from __future__ import annotations

from fs_triage.contract import ROOT
from fs_triage.search import rank
from fs_triage.understanding.result import Understanding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.index.reader import Reader
    from fs_triage.search.model import Model


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
    result = rank.find_conclusions(model, text, partner=partner, level=level, max=max)
    ranked = [reader.get_conclusion_line(hit.position).partition("\t")[0] for hit in result.hits]
    return Understanding(result.verdict, hits=result.hits, ranked=ranked)
