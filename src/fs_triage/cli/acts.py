"""`feuille`, `message`, `signaler`: what a counsellor does with the answer."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from fs_triage import livret_choice, output
from fs_triage.acts import message, report, sheet
from fs_triage.acts.demarche import find_demarche
from fs_triage.contract import OK, WRONG_CALL, Failure
from fs_triage.text.typography import quote_input

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.acts.letter import Letter
    from fs_triage.acts.sheet import PublicContact, Sheet, SheetDemarche
    from fs_triage.cli.commands import Call
    from fs_triage.livret import OpenLivret

_PAPERS = ("a4", "a5")


def run_feuille(livret: OpenLivret, call: Call) -> int:
    """Give the visitor's sheet of démarches: in the browser, in a file, as text or as JSON."""
    _refuse_together(call, "--json", "--sortie")
    paper = (call.find_value("--format") or _PAPERS[0]).lower()
    if paper not in _PAPERS:
        raise Failure(WRONG_CALL, f"Format inconnu {quote_input(paper)} ; possibles : {', '.join(_PAPERS)}.")
    demarches = [find_demarche(livret, name) for name in call.words]
    made = sheet.build_sheet(livret, demarches, house=livret_choice.find_house(), day=date.today())
    if call.has_flag("--json"):
        _print_json(livret, {"sheet": _describe_sheet(made, date.today())})
        return OK
    target = call.find_value("--sortie")
    if target not in (None, "-"):
        _write_sheet(made, paper, str(target))
    elif target == "-" or not _open_sheet(made, paper):
        from fs_triage.acts.sheet_text import render_sheet_text

        output.print_wrapped_answer(render_sheet_text(made))
    output.print_message(*sheet.list_doubts(demarches))
    return OK


def _write_sheet(made: Sheet, paper: str, target: str) -> None:
    from fs_triage.acts import sheet_page, sheet_text
    from fs_triage.files import atomic_write

    match Path(target).suffix.lower():
        case ".html":
            content = sheet_page.render_sheet_page(made, paper)
        case ".txt":
            content = sheet_text.render_sheet_text(made) + "\n"
        case _:
            message = f"« {target} » ne dit pas la forme voulue ; donnez un nom qui finit par .html ou .txt."
            raise Failure(WRONG_CALL, message)
    atomic_write.write_for_user(target, content.encode())
    output.print_message(f"Feuille écrite dans « {target} ».")


def _open_sheet(made: Sheet, paper: str) -> bool:
    """Open the sheet in the browser when a person is at a desktop; returns whether that was done."""
    from fs_triage.acts import page_opening, sheet_page

    if not (output.is_terminal() and page_opening.can_open_page()):
        return False
    path = page_opening.open_page(sheet_page.render_sheet_page(made, paper))
    if path is None:
        output.print_message("Aucun navigateur ne s’ouvre ici ; la feuille en texte :")
        return False
    output.print_message(f"Feuille ouverte dans le navigateur ; la suivante la remplacera dans « {path} ».")
    return True


def run_message(livret: OpenLivret, call: Call) -> int:
    """Give the message to the second level of a démarche."""
    _refuse_together(call, "--json", "--mailto", "--copier")
    demarche, house = find_demarche(livret, call.words[0]), livret_choice.find_house()
    asked = call.find_value("--contact")
    if call.has_flag("--json"):
        recipients = message.list_recipients(demarche)
        if asked is not None and recipients:
            recipients = [message.choose_recipient(demarche, asked)]
        letters = [(one, message.write_message(livret, demarche, one, house)) for one in recipients]
        described = [{"contact": one.contact, **_describe_letter(letter)} for one, letter in letters]
        _print_json(livret, {"id": demarche.id, "messages": described})
        if recipients:
            return OK
    recipient = message.choose_recipient(demarche, asked)
    letter = message.write_message(livret, demarche, recipient, house)
    return _print_letter(call, letter, *message.list_warnings(demarche, recipient))


def run_signaler(livret: OpenLivret, call: Call) -> int:
    """Give the report of an error on the fiche of a démarche."""
    _refuse_together(call, "--json", "--mailto", "--copier")
    demarche = find_demarche(livret, call.words[0])
    contact = report.choose_contact(demarche, call.find_value("--contact"))
    letter = report.write_report(livret, demarche, contact, livret_choice.find_house())
    if call.has_flag("--json"):
        _print_json(livret, {"id": demarche.id, "report": _describe_letter(letter)})
        return OK
    return _print_letter(call, letter)


def _print_letter(call: Call, letter: Letter, *warnings: str) -> int:
    """Print a message, or what opens it in a mail program; copy it when that was asked for."""
    if call.has_flag("--mailto"):
        if letter.mailto is None:
            reason = f"Pas d’adresse électronique : {letter.to}"
            raise Failure(WRONG_CALL, f"{reason} ; retirez --mailto, puis collez le texte.")
        output.print_answer(letter.mailto)
    else:
        output.print_answer(letter.text)
    if call.has_flag("--copier"):
        from fs_triage import clipboard

        output.flush_stdout(OK)  # the text is there before what is said of it
        output.print_message(clipboard.describe_copy(clipboard.copy_text(letter.body), "le texte du message"))
    output.print_message(*warnings)
    return OK


def _refuse_together(call: Call, *names: str) -> None:
    given = [name for name in names if call.options.get(name)]
    if len(given) > 1:
        raise Failure(WRONG_CALL, f"{given[0]} et {given[1]} ne vont pas ensemble ; gardez l’une des deux.")


def _print_json(livret: OpenLivret, members: dict[str, object]) -> None:
    head = {"schema_version": 1, "livret": livret.meta.livret}
    output.print_json(json.dumps({**head, **members}, ensure_ascii=False))


def _describe_letter(letter: Letter) -> dict[str, object]:
    return {
        "to": letter.to,
        "address": letter.address or None,
        "subject": letter.subject,
        "body": letter.body,
        "mailto": letter.mailto,
    }


def _describe_sheet(made: Sheet, day: date) -> dict[str, object]:
    return {
        "house": made.house,
        "date": day.isoformat(),
        "demarches": [_describe_demarche(demarche) for demarche in made.demarches],
    }


def _describe_demarche(demarche: SheetDemarche) -> dict[str, object]:
    return {
        "id": demarche.id,
        "partner": demarche.partner,
        "level": demarche.level,
        "title": demarche.title,
        "way": demarche.way,
        "what_next": demarche.what_next or None,
        "steps": demarche.steps,
        "documents": demarche.documents,
        "contacts": [_describe_contact(contact) for contact in demarche.contacts],
        "if_blocked": [_describe_contact(contact) for contact in demarche.if_blocked],
    }


def _describe_contact(contact: PublicContact) -> dict[str, object]:
    return {
        "id": contact.id,
        "kind": contact.kind,
        "value": contact.value,
        "label": contact.label or None,
        "hours": contact.opening_hours or None,
        "note": contact.note or None,
        "when": contact.condition or None,
        "url": contact.url or None,
        "must_be_checked": contact.must_be_checked,
    }
