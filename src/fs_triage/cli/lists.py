"""Lists that need more than the ready-made lines: those a person reads on a terminal, and contacts found by words."""

from __future__ import annotations

import json

from fs_triage import output
from fs_triage.cli.missing_contacts import print_missing_contacts
from fs_triage.contract import NOTHING_FOUND, OK, WRONG_CALL, Failure
from fs_triage.index import lookup
from fs_triage.index.contact_search import SearchableContact, list_wanted_words
from fs_triage.livret import OpenLivret
from fs_triage.render import directory, labels
from fs_triage.render.card_layout import Line
from fs_triage.render.conclusion import COUNSELLOR, describe_contact
from fs_triage.render.directory import ListedConclusion, ListedContact
from fs_triage.render.hours import render_hours
from fs_triage.text.typography import quote_input

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from fs_triage.cli.commands import Call
    from fs_triage.contract import CheckRecord
    from fs_triage.render.opening_status import Clock

_AUDIENCES = {"conseiller": labels.FOR_COUNSELLOR, "usager": labels.AUDIENCES["usager"]}
_MAX_CONTACTS_IN_FULL = 3  # contacts of which every démarche is shown


def print_conclusions(livret: OpenLivret, partner: str | None) -> int:
    """Print the démarches of a partner, or of all, for a person."""

    def list_of(name: str) -> list[ListedConclusion]:
        rows = map(json.loads, livret.list_conclusions_json(name))
        return [ListedConclusion(row["id"], labels.get_level_key(row), row["title"]) for row in rows]

    names = [partner] if partner else livret.meta.partners
    groups = [(_get_label(livret, name), list_of(name)) for name in names]
    print_lines(lambda width: directory.lay_out_conclusions([group for group in groups if group[1]], width))
    return OK


def print_contacts(livret: OpenLivret, call: Call, clock: Clock | None) -> int:
    """Print the contacts that the words of a call name: those of a partner, those that have the words, or both."""
    if call.words and not any(word.strip() for word in call.words):
        raise Failure(
            WRONG_CALL, "Le mot à chercher est vide ; tapez par exemple « fs-triage contacts caf »."
        )
    partner, words = lookup.split_partner(livret, call.words)
    positions = _find_contacts(livret, partner, words)
    if call.has_flag("--json"):
        from fs_triage.cli import json_answers

        texts = [text for rank, text in enumerate(livret.list_contacts_json(partner)) if rank in positions]
        if clock:
            from fs_triage.cli import opening

            texts = [opening.add_to_contact(text, clock) for text in texts]
        output.print_json(json_answers.render_contacts(livret, ", ".join(texts).encode(), partner))
    elif positions and output.is_shown():
        _print_directory(livret, positions, clock)
    elif positions:
        lines = livret.list_contact_lines(partner)
        statuses = _list_statuses(livret, partner, clock) if clock else [""] * len(lines)
        output.print_format("\n".join(lines[rank] + statuses[rank] for rank in positions))
    missing = livret.list_missing_contacts(partner) if not words else []
    if missing and not call.has_flag("--json"):
        print_missing_contacts(missing)
    if not positions and not missing:
        output.print_message(_explain_nothing(livret, call, partner))
    return OK if positions else NOTHING_FOUND


def _find_contacts(livret: OpenLivret, partner: str | None, words: list[str]) -> dict[int, Any]:
    """Return the contacts that have all the words, by their rank among those of `partner`, or of all."""
    records = [json.loads(text) for text in livret.list_contacts_json(partner)]
    if not words:
        return dict(enumerate(records))
    wanted = list_wanted_words(words)
    if not wanted:
        return {}
    found = {}
    for rank, record in enumerate(records):
        texts = [record["partner"], _get_label(livret, record["partner"]), record["id"], record["label"]]
        texts += [record["note"] or "", record["doubt"] or "", render_hours(record["hours"] or "")]
        texts += [labels.KIND_NAMES[record["kind"]], _AUDIENCES[record["audience"]]]
        if SearchableContact(record["kind"], record["value"], texts).has_words(wanted):
            found[rank] = record
    return found


def _print_directory(livret: OpenLivret, records: dict[int, Any], clock: Clock | None) -> None:
    groups: dict[str, list[ListedContact]] = {}
    reviews = {record["partner"]: record["reviewed"] for record in records.values()}
    for record in records.values():
        record["when"] = None  # a condition belongs to a démarche
        contact = ListedContact(record["id"], describe_contact(record, COUNSELLOR, clock), record["used_by"])
        groups.setdefault(record["partner"], []).append(contact)
    named = [(_name_reviewed(livret, name, reviews[name]), contacts) for name, contacts in groups.items()]
    are_all_shown = len(records) <= _MAX_CONTACTS_IN_FULL
    print_lines(lambda width: directory.lay_out_contacts(named, width, are_all_calls_shown=are_all_shown))


def _name_reviewed(livret: OpenLivret, partner: str, review: CheckRecord | None) -> str:
    """Return the name of a partner, and when it signed that its contacts are right, where it did."""
    label = _get_label(livret, partner)
    return f"{label}, relu {labels.render_check(review)}" if review else label


def _list_statuses(livret: OpenLivret, partner: str | None, clock: Clock) -> list[str]:
    """Return what each line of contacts ends with, where a call asks whether they are open."""
    hours = [json.loads(text)["hours"] for text in livret.list_contacts_json(partner)]
    statuses = map(clock.find_status, hours)
    return [f"\t{status.text if status else ''}" for status in statuses]


def print_lines(lay_out: Callable[[int], Iterable[Line]]) -> None:
    """Print lines on the terminal, drawn where it can draw."""
    if output.can_draw():
        from fs_triage.render import terminal

        terminal.print_lines(lay_out)
    else:
        lines = lay_out(output.get_columns() - 1)
        output.print_answer("\n".join("".join(span.text for span in line) for line in lines))


def _get_label(livret: OpenLivret, partner: str) -> str:
    title: str = json.loads(livret.get_question_json(partner))["title"]
    return title


def _explain_nothing(livret: OpenLivret, call: Call, partner: str | None) -> str:
    """Return the sentence that says that no contact has the words, and what to do."""
    typed = quote_input(" ".join(call.words))
    if partner is None:
        from fs_triage.cli import suggestions

        words = " ".join(call.words).split()
        for count in (len(words), 1):
            meant = suggestions.find_meant_partner(livret, " ".join(words[:count]))
            if meant:
                near = quote_input(" ".join(["fs-triage contacts", meant, *words[count:]]))
                return f"Aucun contact pour {typed}. Vouliez-vous dire : {near} ?"
    everything = f"fs-triage contacts {partner}" if partner else "fs-triage contacts"
    advice = "essayez un seul mot, ou " if len(call.words) > 1 + (partner is not None) else ""
    return f"Aucun contact pour {typed} ; {advice}voyez-les tous : « {everything} »."
