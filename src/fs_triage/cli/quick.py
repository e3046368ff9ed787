"""The quick answers: a lookup, a list, the contacts, from ready-made text and JSON of the index."""

from __future__ import annotations

from fs_triage import output
from fs_triage.contract import NOTHING_FOUND, OK, WRONG_CALL, Failure
from fs_triage.files import folders
from fs_triage.index import lookup
from fs_triage.livret import OpenLivret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from fs_triage.cli.commands import Call
    from fs_triage.desk.outcome import Journal
    from fs_triage.render.opening_status import Clock


def answer_wizard(livret: OpenLivret, call: Call) -> int:
    """Ask the questions one by one: the wizard."""
    from fs_triage.delivery import daily_look
    from fs_triage.desk import session

    return session.run_wizard(
        livret,
        accessible=call.has_flag("--accessible"),
        notice=daily_look.look_once_a_day(),
        journal=open_journal(),
    )


def open_journal() -> Journal | None:
    """Return what counts the needs of a session; None where the house does not count, which imports nothing."""
    if not folders.is_journal_on():
        return None
    from fs_triage.counts.session_counts import SessionCounts

    return SessionCounts()


def answer_fiche(livret: OpenLivret, call: Call) -> int:
    """Look a démarche up: print every conclusion met, or go on with the wizard on a terminal."""
    if not any(word.strip() for word in call.words):
        raise Failure(WRONG_CALL, "Le mot à chercher est vide ; tapez par exemple « fs-triage caf rsa ».")
    found = lookup.look_up(livret, call.words)
    as_json = call.has_flag("--json")
    if found.by == "nothing":
        return _answer_near(livret, call, found, as_json)
    return _show_conclusions(livret, call, found, as_json)


def _show_conclusions(livret: OpenLivret, call: Call, found: lookup.LookupResult, as_json: bool) -> int:
    """Print the conclusions found; a person at a terminal is asked which, when they are several."""
    positions = found.positions
    clock = find_clock(livret, call)
    if not as_json and len(positions) > 1 and output.is_terminal():
        return ask(livret, call, positions, found.node)
    if as_json:
        matches = read_matches(livret, positions, clock)
        _print_matches(livret, call, matches, f'"found_by": "{found.by}", ')
    elif output.can_draw(call.has_flag("--accessible")):
        from fs_triage.render import terminal

        terminal.print_cards(lookup.read_cards(livret, positions, clock))
    else:
        output.print_wrapped_answer("\n\n----\n\n".join(_list_texts(livret, positions, clock)))
    return OK


def find_clock(livret: OpenLivret, call: Call) -> Clock | None:
    """Return the clock to show contacts by: where the call asks for one, or a person reads; else None."""
    if call.has_flag("--json") or not output.is_shown():
        return find_asked_clock(livret, call)
    from fs_triage.cli import opening

    return opening.build_clock(livret.meta.departement, call)


def find_asked_clock(livret: OpenLivret, call: Call) -> Clock | None:
    """Return the clock that the call asks for, by `--maintenant` or `--quand`; else None."""
    if not _asks_opening(call):
        return None
    from fs_triage.cli import opening

    return opening.build_clock(livret.meta.departement, call)


def _asks_opening(call: Call) -> bool:
    """Return whether the call asks which contacts are open."""
    return "--maintenant" in call.options or "--quand" in call.options


def refuse_opening(call: Call) -> None:
    """Raise `Failure` where a call asks which contacts are open of an answer that shows none."""
    if _asks_opening(call):
        name = "--quand" if "--quand" in call.options else "--maintenant"
        raise Failure(
            WRONG_CALL,
            f"{name} demande ici --json : cette réponse n’écrit aucun contact ; "
            "« fs-triage contacts » les montre.",
        )


def read_matches(livret: OpenLivret, positions: Iterable[int], clock: Clock | None) -> list[str]:
    """Return conclusions as JSON; with a `clock`, their contacts say whether they are open."""
    matches = [livret.get_conclusion_json(position) for position in positions]
    if clock:
        from fs_triage.cli import opening

        matches = [opening.add_to_conclusion(match, clock) for match in matches]
    return matches


def _list_texts(livret: OpenLivret, positions: list[int], clock: Clock | None) -> list[str]:
    if clock is None:
        return [livret.get_conclusion_text(position) for position in positions]
    from fs_triage.render import plain_text

    return [plain_text.render_card(card) for card in lookup.read_cards(livret, positions, clock)]


def ask(livret: OpenLivret, call: Call, positions: list[int], node: str | None = None) -> int:
    """Let a person at a terminal pick from the conclusions at `positions`, or go on from `node`: the wizard."""
    from fs_triage.desk import session

    clock = find_clock(livret, call)
    return session.run_wizard(
        livret,
        node=node,
        positions=positions,
        accessible=call.has_flag("--accessible"),
        moment=clock.moment if clock and call.find_value("--quand") else None,
        journal=open_journal(),
    )


def _answer_near(livret: OpenLivret, call: Call, found: lookup.LookupResult, as_json: bool) -> int:
    """Say what is near to words that nothing bears; a person at a terminal may pick from it."""
    from fs_triage.cli import suggestions

    near = suggestions.find_near(livret, call.words, found)
    if near.can_be_picked and not as_json and output.is_terminal():
        output.print_message(near.lines[0])
        return ask(livret, call, near.positions)
    if as_json:
        conclusions = ", ".join(read_matches(livret, near.positions, find_clock(livret, call)))
        _print_matches(livret, call, [], '"found_by": "nothing", ', f', "near": [{conclusions}]')
    output.print_message(*near.lines)
    return NOTHING_FOUND


def _print_matches(
    livret: OpenLivret, call: Call, matches: list[str], before: str = "", after: str = ""
) -> None:
    from fs_triage.cli import json_answers

    output.print_json(json_answers.render_matches(livret, " ".join(call.words), matches, before, after))


def answer_liste(livret: OpenLivret, call: Call) -> int:
    """Print every conclusion, of one partner or of all."""
    partner = get_partner(livret, call)
    if call.has_flag("--json"):
        from fs_triage.cli import json_answers

        matches = livret.join_conclusions_json(partner)
        if clock := find_asked_clock(livret, call):
            from fs_triage.cli import opening

            texts = livret.list_conclusions_json(partner)
            matches = ", ".join(opening.add_to_conclusion(text, clock) for text in texts).encode()
        output.print_json(json_answers.render_list(livret, " ".join(call.words), matches))
        return OK
    refuse_opening(call)
    if output.is_shown():
        from fs_triage.cli import lists

        return lists.print_conclusions(livret, partner)
    output.print_format(livret.join_conclusion_lines(partner))
    return OK


def get_partner(livret: OpenLivret, call: Call) -> str | None:
    """Return the partner that the words of a list name, None for all; raises `Failure` for another word."""
    if not call.words:
        return None
    words = " ".join(call.words)
    partner = lookup.find_partner(livret, words)
    if partner is None:
        from fs_triage.cli import suggestions

        raise suggestions.build_unknown_partner(livret, words)
    return partner


def answer_contacts(livret: OpenLivret, call: Call) -> int:
    """Print every contact, those of a partner or those that have the words, and the conclusions that use each."""
    words, clock = " ".join(call.words), find_clock(livret, call)
    partner = lookup.find_partner(livret, words) if words else None
    is_ready = clock is None and (partner is not None or not call.words)
    if not is_ready or (output.is_shown() and not call.has_flag("--json")):
        from fs_triage.cli import lists

        return lists.print_contacts(livret, call, clock)
    if call.has_flag("--json"):
        from fs_triage.cli import json_answers

        contacts = livret.join_contacts_json(partner)
        output.print_json(json_answers.render_contacts(livret, contacts, partner))
        return OK if contacts else NOTHING_FOUND
    lines = livret.join_contact_lines(partner)
    if lines:
        output.print_format(lines)
    if missing := livret.list_missing_contacts(partner):
        from fs_triage.cli.missing_contacts import print_missing_contacts

        print_missing_contacts(missing)
    return OK if lines else NOTHING_FOUND
