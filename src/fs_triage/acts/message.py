"""The message to the second level: whom it can go to, and its text, ready but for what only the counsellor knows."""

from __future__ import annotations

from typing import NamedTuple

from fs_triage.acts import message_templates
from fs_triage.acts.demarche import Demarche
from fs_triage.acts.letter import HOUSE_BLANK, Letter, join_subject, tidy_body
from fs_triage.contract import NOTHING_FOUND, WRONG_CALL, Failure
from fs_triage.render import labels
from fs_triage.text.did_you_mean import suggest_name
from fs_triage.text.typography import quote_input, quote_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from fs_triage.contract import Conclusion, ContactRecord
    from fs_triage.index.reader import Reader

MANDATE_REMINDER = (
    "Avant d’envoyer\u00a0: faites signer le mandat, puis complétez ou ôtez ce qui est entre crochets."
)


class Recipient(NamedTuple):
    """A contact that one writes to, and the conclusions that name it: others where the démarche blocked."""

    contact: ContactRecord
    conclusions: tuple[Conclusion, ...]


def list_recipients(demarche: Demarche) -> list[Recipient]:
    """Return whom a message about `demarche` can go to, each contact once: its second level, then its own contacts."""
    found: dict[str, Recipient] = {}
    for contact, conclusion in demarche.list_written_contacts():
        first = found.get(contact["id"], Recipient(contact, ()))
        found[contact["id"]] = first._replace(conclusions=(*first.conclusions, conclusion))
    return list(found.values())


def choose_recipient(demarche: Demarche, asked: str | None) -> Recipient:
    """Return the contact `asked` for (its id), the only one when None; raises `Failure` when there is no such one."""
    recipients = list_recipients(demarche)
    if not recipients:
        message = f"{quote_text(demarche.title)} n’a ni courriel ni Administration+ à qui écrire"
        hint = f"voyez ses contacts par {quote_text(f'fs-triage {demarche.id}')}"
        raise Failure(NOTHING_FOUND, f"{message}\u00a0; {hint}.")
    known = [recipient.contact["id"] for recipient in recipients]
    if asked is None:
        if len(recipients) == 1:
            return recipients[0]
        choice = " ou ".join(f"--contact {name}" for name in known)
        raise Failure(
            WRONG_CALL, f"Plusieurs contacts pour {quote_text(demarche.title)}\u00a0; ajoutez {choice}."
        )
    for recipient in recipients:
        if recipient.contact["id"] == asked:
            return recipient
    hint = suggest_name(asked, known)
    end = "" if hint.endswith("?") else "."
    raise Failure(WRONG_CALL, f"Aucun contact {quote_input(asked)} à qui écrire ici\u00a0; {hint}{end}")


def write_message(reader: Reader, demarche: Demarche, recipient: Recipient, house: str) -> Letter:
    """Return the message to `recipient` about `demarche`, from the template of the livret or of the program.

    `house` is the name of the France services, empty where it is not known.
    """
    contact, asks_steps = recipient.contact, labels.get_level_key(demarche.conclusion) == 1
    template = _find_template(reader, demarche, contact)
    values: dict[str, str | list[str]] = {
        "chemin": demarche.way,
        "condition": contact["when"] or "",
        "contact": contact["label"],
        "demarche": demarche.title,
        "essais": list(demarche.conclusion["steps"]) if asks_steps else [],
        "identifiant": demarche.id,
        "maison": house or HOUSE_BLANK,
        "mandat": _name_mandate(demarche, recipient),
        "motif": _name_reason(demarche, recipient),
        "pages": labels.render_reference(demarche.conclusion),
        "partenaire": demarche.partner,
        "precision": contact["note"] or "",
    }
    return Letter(
        to=f"{contact['value']}, {contact['label']}" if contact["kind"] == "email" else contact["label"],
        address=contact["value"] if contact["kind"] == "email" else "",
        subject=join_subject(message_templates.fill_template(template.subject, values)),
        body=tidy_body(message_templates.fill_template(template.body, values)),
    )


def list_warnings(demarche: Demarche, recipient: Recipient) -> Sequence[str]:
    """Return what the counsellor must know before it is sent, a line each."""
    told = {labels.DOUBT: recipient.contact["doubt"], labels.MANDATE: _name_mandate(demarche, recipient)}
    return [*(f"{label}\u00a0: {text}" for label, text in told.items() if text), MANDATE_REMINDER]


def _name_mandate(demarche: Demarche, recipient: Recipient) -> str:
    """Return the mandate that the démarche asks for, or where it goes when it blocks; empty where none is told."""
    asked = (one.get("mandate") for one in (demarche.conclusion, *recipient.conclusions))
    return "\u00a0; ".join(dict.fromkeys(mandate for mandate in asked if mandate))


def _name_reason(demarche: Demarche, recipient: Recipient) -> str:
    """Return why it is handed over, a choice between brackets where the livret has several ways to go."""
    titles = [one["title"] for one in recipient.conclusions if one["id"] != demarche.id]
    if len(demarche.if_blocked) > 1 and titles:
        return f"[{' / '.join(titles)}\u00a0: gardez ce qui convient]"
    return titles[0] if titles else ""


def _find_template(reader: Reader, demarche: Demarche, contact: ContactRecord) -> message_templates.Template:
    """Return the template of the contact, else that of its kind, else the one of the program."""
    own = reader.list_message_templates()
    for name in (f"{demarche.conclusion['partner']}/{contact['id']}", contact["kind"]):
        if name in own:
            return message_templates.Template(*own[name])
    return message_templates.read_default(contact["kind"])
