"""What a counsellor does with a card: copy from it, give a sheet, write to the second level, report an error.

Each act asks what it must on pages of its own, and returns a note for the card that it was begun on, or `Action.QUIT`.
Nothing that is typed or chosen is kept.
"""

from __future__ import annotations

from datetime import date
from functools import partial

from fs_triage import clipboard, livret_choice
from fs_triage.acts import page_opening
from fs_triage.acts.demarche import read_demarche
from fs_triage.desk.page import Action, Copy, Desk, Document, Option, Page
from fs_triage.livret import OpenLivret
from fs_triage.render import labels
from fs_triage.render.card_layout import lay_out_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from fs_triage.acts.demarche import Demarche
    from fs_triage.acts.letter import Letter
    from fs_triage.render.conclusion import Card

_BACK = Option(Action.BACK, "Revenir")
_QUIT = Option(Action.QUIT, "Quitter")
_TO_MAIL = Option(Action.MAIL, "Ouvrir dans la messagerie", "le message s’ouvre, à compléter et à envoyer")
_READ_HINT = "Flèches et Entrée, Échap pour revenir"

Outcome = str | Action
"""The note for the card, or what ends the session."""


class CardActs:
    """The acts of a session on a livret."""

    def __init__(self, livret: OpenLivret, desk: Desk) -> None:
        self._livret = livret
        self._desk = desk

    def copy_from(self, card: Card, text: str) -> Outcome:
        """Ask what of a card is copied, and copy it; `text` is the whole card."""
        contacts = {
            contact.value: Option(
                Copy(contact.value, f"{contact.kind} {contact.value}"),
                f"{contact.kind}\u00a0: {contact.shown}",
                " – ".join(part for part in (contact.label, contact.audience) if part),
            )
            for contact in card.list_contacts()
        }
        whole = Option(Copy(text, "toute la fiche"), "Toute la fiche")
        page = Page((card.way,), "Que copier\u00a0?", (*contacts.values(), whole, _BACK, _QUIT))
        return self._follow(page)

    def give_sheet(self, nodes: Sequence[str]) -> Outcome:
        """Open the visitor's sheet of the démarches `nodes` in the browser; where there is none, show it as text."""
        from fs_triage.acts import sheet, sheet_page, sheet_text  # each act pays for what it needs

        demarches = [read_demarche(self._livret, node) for node in nodes]
        made = sheet.build_sheet(self._livret, demarches, house=livret_choice.find_house(), day=date.today())
        if page_opening.can_open_page():
            path = page_opening.open_page(sheet_page.render_sheet_page(made))
            if path is not None:
                return "Feuille ouverte dans le navigateur\u00a0: imprimez-la d’ici."
        text = sheet_text.render_sheet_text(made)
        copy = Option(Copy(text, "la feuille"), "Copier la feuille")
        call = f"fs-triage feuille {' '.join(nodes)} -o feuille.html"
        return self._show_text(text, f"Feuille pour l’usager. À imprimer\u00a0: {call}", (copy,))

    def write_message(self, node: str) -> Outcome:
        """Show the message to the second level of a démarche, to the contact chosen, ready to be copied or opened."""
        from fs_triage.acts import message

        demarche = read_demarche(self._livret, node)
        recipients = message.list_recipients(demarche)
        if len(recipients) > 1:
            options = [
                Option(
                    each.contact["id"],
                    f"{labels.KIND_NAMES[each.contact['kind']]}\u00a0: {each.contact['value']}",
                    each.contact["label"],
                )
                for each in recipients
            ]
            page = Page((demarche.way,), "À qui écrire\u00a0?", (*options, _BACK, _QUIT))
            value = self._desk.ask_choice(page).value
            if isinstance(value, Action):
                return value if value is Action.QUIT else ""
            recipients = [each for each in recipients if each.contact["id"] == value]
        [recipient] = recipients
        letter = message.write_message(self._livret, demarche, recipient, livret_choice.find_house())
        return self._show_letter(
            letter, f"Message {_name_addressee(demarche)}", message.list_warnings(demarche, recipient)
        )

    def report_error(self, node: str) -> Outcome:
        """Show the report of an error to who keeps the livret, ready to be copied or opened."""
        from fs_triage.acts import report

        demarche = read_demarche(self._livret, node)
        letter = report.write_report(self._livret, demarche, None, livret_choice.find_house())
        return self._show_letter(letter, "Signaler une erreur du livret", ())

    def _show_letter(self, letter: Letter, title: str, warnings: Sequence[str]) -> Outcome:
        copy = Option(Copy(letter.body, "le texte du message"), "Copier le texte")
        to_mail = [_TO_MAIL] if letter.mailto and page_opening.can_open_page() else []
        parts = [Option(Copy(letter.subject, "l’objet"), "Copier l’objet")]
        if letter.address:
            parts.append(Option(Copy(letter.address, "l’adresse"), "Copier l’adresse"))
        text = "\n".join([*warnings, *([""] if warnings else []), letter.text])
        return self._show_text(text, title, (copy, *to_mail, *parts), letter.mailto)

    def _show_text(
        self, text: str, title: str, options: Sequence[Option], mailto: str | None = None
    ) -> Outcome:
        """Show a text with what can be done with it, until one goes back."""
        document = Document(lambda width, _: lay_out_text(text, width), text)
        page = partial(
            Page, question=title, options=(*options, _BACK, _QUIT), hint=_READ_HINT, document=document
        )
        note = ""
        while True:
            outcome = self._follow(page((note,) if note else ()), mailto)
            if isinstance(outcome, Action) or not outcome:
                return outcome
            note = outcome

    def _follow(self, page: Page, mailto: str | None = None) -> Outcome:
        """Ask `page` and do what is chosen; returns what came of it."""
        match self._desk.ask_choice(page).value:
            case Copy(text, what):
                return self._copy(text, what)
            case Action.MAIL if mailto is not None:
                opened = page_opening.open_address(mailto)
                return (
                    "Ouvert dans la messagerie."
                    if opened
                    else "Aucune messagerie ne s’ouvre ici\u00a0: copiez le texte."
                )
            case Action.QUIT:
                return Action.QUIT
        return ""

    def _copy(self, text: str, what: str) -> str:
        """Copy, and say what was copied; what cannot be is shown alone, ready to be marked."""
        copied = clipboard.copy_text(text)
        if not copied:
            document = Document(lambda width, _: lay_out_text(text, width), text)
            title = "Rien n’a pu être copié ici\u00a0: sélectionnez le texte ci-dessus"
            self._desk.ask_choice(Page((), title, (_BACK,), hint=_READ_HINT, document=document))
            return ""
        return clipboard.describe_copy(copied, what)


def list_card_acts(livret: OpenLivret, node: str) -> list[Option]:
    """Return the choices of the acts below the card of a démarche."""
    acts = [
        Option(Action.COPY, "Copier", "une adresse, un numéro, ou toute la fiche"),
        Option(Action.SHEET, "Feuille", "une page à donner à l’usager"),
    ]
    demarche = read_demarche(livret, node)
    if demarche.list_written_contacts():
        acts.append(Option(Action.MESSAGE, "Message", f"le texte à envoyer {_name_addressee(demarche)}"))
    acts.append(Option(Action.REPORT, "Signaler", "une erreur sur cette fiche, à qui tient le livret"))
    return acts


def _name_addressee(demarche: Demarche) -> str:
    is_elsewhere = labels.get_level_key(demarche.conclusion) == labels.ORIENT
    return "au service qui s’en occupe" if is_elsewhere else f"au {labels.LEVEL_NAMES[2]}"
