"""The quick answers: a lookup, a list, the contacts, from ready-made text and JSON of the index."""

from __future__ import annotations

from fs_triage import output
from fs_triage.contract import NOTHING_FOUND, OK, WRONG_CALL, Failure
from fs_triage.index import lookup
from fs_triage.index.reader import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.cli.commands import Call


def answer_wizard(store: Store, call: Call) -> int:
    """Ask the questions one by one: the wizard."""
    from fs_triage.desk import session

    return session.run_wizard(store, accessible=call.has_flag("--accessible"))


def answer_fiche(store: Store, call: Call) -> int:
    """Look a démarche up: print every conclusion met, or go on with the wizard on a terminal."""
    if not any(word.strip() for word in call.words):
        raise Failure(WRONG_CALL, "Le mot à chercher est vide ; tapez par exemple « fs-triage caf rsa ».")
    found = lookup.find(store, call.words)
    as_json = call.has_flag("--json")
    if found.by == "nothing":
        return _answer_by_search(store, call, found, as_json)
    return _show_conclusions(store, call, found.positions, found.by, as_json, found.node)


def _show_conclusions(
    store: Store, call: Call, positions: list[int], by: str, as_json: bool, node: str | None = None
) -> int:
    """Print the conclusions at `positions`; a person at a terminal is asked which, when they are several."""
    if not as_json and len(positions) > 1 and output.is_terminal():
        from fs_triage.desk import session

        return session.run_wizard(
            store, node=node, positions=positions, accessible=call.has_flag("--accessible")
        )
    if as_json:
        _print_matches(store, call, store.block("json", positions), f'"found_by": "{by}", ')
    elif output.can_draw(call.has_flag("--accessible")):
        from fs_triage.render import terminal

        terminal.print_cards(lookup.read_cards(store, positions))
    else:
        output.print_wrapped_answer("\n\n----\n\n".join(store.block("text", positions)))
    return OK


def _answer_by_search(store: Store, call: Call, found: lookup.Found, as_json: bool) -> int:
    from fs_triage.cli import suggestions

    hits, otherwise = suggestions.find_by_search(store, call.words, found.partner, found.rest)
    if hits:
        output.print_message(
            "Aucune démarche ne porte exactement ces mots ; voici ce qui s’en approche le plus."
        )
        return _show_conclusions(store, call, hits, "search", as_json)
    if as_json:
        _print_matches(store, call, [], '"found_by": "nothing", ')
    output.print_message(otherwise)
    return NOTHING_FOUND


def _print_matches(store: Store, call: Call, matches: list[str], more: str = "") -> None:
    from fs_triage.cli import json_answers

    output.print_json(json_answers.render_matches(store, " ".join(call.words), matches, more))


def answer_liste(store: Store, call: Call) -> int:
    """Print every conclusion, of one partner or of all."""
    kind = "json" if call.has_flag("--json") else "line"
    values = _list_values(store, call, kind, kind)
    if kind == "json":
        _print_matches(store, call, values)
    else:
        output.print_format("\n".join(values))
    return OK


def _list_values(store: Store, call: Call, kind: str, spans: str) -> list[str]:
    partner = get_partner(store, call)
    if partner is None:
        return store.all(kind)
    first, last = (int(n) for n in store.need(f"span-{spans}:{partner}").split())
    return store.block(kind, range(first, last))


def get_partner(store: Store, call: Call) -> str | None:
    """Return the partner that the words of a list name, None for all; raises `Failure` for another word."""
    if not call.words:
        return None
    words = " ".join(call.words)
    partner = lookup.partner_of(store, words)
    if partner is None:
        from fs_triage.cli import suggestions

        raise suggestions.build_unknown_partner(store, words)
    return partner


def answer_contacts(store: Store, call: Call) -> int:
    """Print every contact and the conclusions that use it."""
    as_json = call.has_flag("--json")
    values = _list_values(store, call, "contact" if as_json else "contact-line", "contact")
    if as_json:
        from fs_triage.cli import json_answers

        output.print_json(json_answers.render_contacts(store, values))
    else:
        output.print_format("\n".join(values))
    return OK
