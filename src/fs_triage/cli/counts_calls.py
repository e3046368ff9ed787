"""The commands by which a house counts, and reads what was counted: the options of a call as arguments."""

from __future__ import annotations

import sys
from datetime import date

from fs_triage import livret_choice, output
from fs_triage.contract import OK, WRONG_CALL, Failure
from fs_triage.counts import commands as counts
from fs_triage.counts import report as reports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from fs_triage.cli.commands import Call
    from fs_triage.livret import OpenLivret


def run_journal(call: Call) -> int:
    """Begin or end to count, show, erase or send what was counted."""
    acts: dict[str, Callable[[], int]] = {
        "--activer": counts.switch_journal_on,
        "--arreter": counts.switch_journal_off,
        "--effacer": counts.erase_journal,
        "--envoyer": counts.send_journal,
        "--voir": lambda: counts.show_journal(call.has_flag("--json")),
    }
    asked = _get_only(call, *acts) or "--voir"
    if call.has_flag("--json") and asked != "--voir":
        raise Failure(WRONG_CALL, f"--json ne va qu’avec --voir ; retirez-la, ou retirez {asked}.")
    return acts[asked]()


def run_bilan(livret: OpenLivret, call: Call) -> int:
    """Show what was counted, or prepare the tables of a département."""
    page, address = call.find_value("--html"), call.find_value("--preparer")
    form = _get_only(call, "--json", "--csv", "--html", "--preparer")
    if address is not None:
        return counts.prepare_server(address)
    livret.load()
    since = counts.read_since(call.find_value("--depuis"))
    of_departement = call.has_flag("--comptes")
    if call.has_flag("--besoins"):
        if form not in ("", "--json") or "--par" in call.options:
            raise Failure(WRONG_CALL, "--besoins ne va qu’avec --depuis, --comptes et --json.")
        return _show_needs(livret, since, of_departement, bool(form))
    by = call.find_value("--par") or "partenaire"
    if by not in reports.GROUPINGS:
        raise Failure(WRONG_CALL, f"--par attend {', '.join(reports.GROUPINGS)} ; pas « {by[:20]} ».")
    report = counts.read_report(livret, by, since, of_departement)
    if form == "--json":
        output.print_json(reports.render_json(reports.hide_small_cells(report)))
    if not report.lines:
        return counts.tell_nothing(of_departement)
    if page is not None:
        return _write_page(report, page)
    if form == "--json":
        return OK
    if form == "--csv" or not output.is_shown():
        output.print_format(reports.render_csv(reports.hide_small_cells(report)))
    else:
        from fs_triage.cli import lists
        from fs_triage.counts import bars

        encoding, can_draw = sys.stdout.encoding, output.can_draw()
        lists.print_lines(lambda width: bars.lay_out_report(report, width, encoding=encoding, bars=can_draw))
    return OK


def _show_needs(livret: OpenLivret, since: date | None, of_departement: bool, as_json: bool) -> int:
    from fs_triage.counts import needs

    found = needs.sort_needs(livret, counts.read_needs(since, of_departement))
    if as_json:
        output.print_json(needs.render_json(found))
    if not found.by_topic and not found.others:
        return counts.tell_nothing(of_departement)
    if not as_json:
        output.print_format(needs.render_yaml(found))
    return OK


def _write_page(report: reports.Report, target: str) -> int:
    from fs_triage.counts import page
    from fs_triage.files.atomic_write import write_for_user

    hidden = reports.hide_small_cells(report)
    write_for_user(target, page.render_page(hidden, date.today(), livret_choice.find_house()).encode())
    output.print_message(f"Bilan écrit dans « {target} ».")
    return OK


def _get_only(call: Call, *options: str) -> str:
    """Return the one of `options` that was given, empty for none; raises `Failure` for two."""
    asked = [option for option in options if option in call.options]
    if len(asked) > 1:
        raise Failure(WRONG_CALL, f"{asked[0]} et {asked[1]} ne vont pas ensemble ; gardez l’une des deux.")
    return asked[0] if asked else ""
