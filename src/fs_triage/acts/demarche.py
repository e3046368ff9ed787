"""A démarche as acts need it: its conclusion, its partner, and where it goes when it blocks."""

from __future__ import annotations

import json
from typing import NamedTuple

from fs_triage.contract import NOTHING_FOUND, WRONG_CALL, Failure
from fs_triage.index import lookup
from fs_triage.render import labels
from fs_triage.text.did_you_mean import find_close_name
from fs_triage.text.typography import quote_input, quote_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion, ContactRecord, Question
    from fs_triage.index.reader import Reader

WRITTEN_KINDS = ("email", "administration-plus")
"""The kinds of contacts that one writes to."""
_MOST_NAMED = 6  # démarches that a message names


class Demarche(NamedTuple):
    """A conclusion, the short name of its partner, and the conclusions to go to when it blocks."""

    conclusion: Conclusion
    partner: str
    if_blocked: tuple[Conclusion, ...]

    @property
    def id(self) -> str:
        """Its id."""
        return self.conclusion["id"]

    @property
    def title(self) -> str:
        """Its title."""
        return self.conclusion["title"]

    @property
    def way(self) -> str:
        """The partner and the answers that lead there."""
        return labels.WAY.join([self.partner, *(step["answer"] for step in self.conclusion["path"])])

    def list_written_contacts(self) -> list[tuple[ContactRecord, Conclusion]]:
        """Return the contacts that one writes to, each with the conclusion that names it: its second level first."""
        own = self.conclusion
        conclusions = [own, *self.if_blocked] if own["level"] == 2 else [*self.if_blocked, own]
        return [
            (contact, conclusion)
            for conclusion in conclusions
            for contact in conclusion["contacts"]
            if contact["kind"] in WRITTEN_KINDS
        ]


def read_demarche(reader: Reader, node: str) -> Demarche:
    """Return the démarche whose id is `node`, which must be one."""
    conclusion: Conclusion = json.loads(reader.get_conclusion_json(reader.get_node(node).first))
    partner: Question = json.loads(reader.get_question_json(conclusion["partner"]))
    blocked = [reader.get_node(target).first for target in conclusion["if_blocked"]]
    return Demarche(
        conclusion=conclusion,
        partner=partner["title"],
        if_blocked=tuple(json.loads(reader.get_conclusion_json(position)) for position in blocked),
    )


def find_demarche(reader: Reader, name: str) -> Demarche:
    """Return the démarche that has the id `name`, or had it; raises `Failure` for a question and for nothing."""
    node = lookup.find_node_id(reader, [name])
    if node is None:
        raise _build_unknown(reader, name)
    row = reader.get_node(node)
    if row.question is not None:
        below = [reader.get_conclusion_id(position) for position in range(row.first, row.end)]
        more = ", …" if len(below) > _MOST_NAMED else ""
        message = f"{quote_text(node)} mène à plusieurs démarches\u00a0; nommez-en une"
        raise Failure(WRONG_CALL, f"{message}\u00a0: {', '.join(below[:_MOST_NAMED])}{more}.")
    return read_demarche(reader, node)


def _build_unknown(reader: Reader, name: str) -> Failure:
    known = [row.id for row in reader.list_conclusion_rows()]
    near = find_close_name(name.lower(), known)
    hint = (
        f". Vouliez-vous dire\u00a0: {near}\u00a0?"
        if near
        else f"\u00a0; tous se lisent par {quote_text('fs-triage liste')}."
    )
    return Failure(NOTHING_FOUND, f"Aucune démarche n’a l’identifiant {quote_input(name)}{hint}")
