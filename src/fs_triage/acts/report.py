"""The report of an error in the livret, to who keeps it: what it is about, and a blank for what is wrong."""

from __future__ import annotations

from fs_triage import __version__
from fs_triage.acts.demarche import Demarche
from fs_triage.acts.letter import HOUSE_BLANK, Letter
from fs_triage.contract import WRONG_CALL, Failure, list_contacts
from fs_triage.render import labels
from fs_triage.text.did_you_mean import suggest_name
from fs_triage.text.typography import quote_input, quote_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import ContactRecord
    from fs_triage.index.reader import Reader


def choose_contact(demarche: Demarche, asked: str | None) -> ContactRecord | None:
    """Return the contact of `demarche` that is wrong, by its id; None for none. Raises `Failure` for another one."""
    contacts = {contact["id"]: contact for contact in list_contacts(demarche.conclusion)}
    if asked is None or asked in contacts:
        return contacts.get(asked or "")
    hint = suggest_name(asked, list(contacts)) or f"{quote_text(demarche.title)} n’en a aucun"
    end = "" if hint.endswith("?") else "."
    raise Failure(WRONG_CALL, f"Aucun contact {quote_input(asked)} sur cette fiche\u00a0; {hint}{end}")


def write_report(reader: Reader, demarche: Demarche, contact: ContactRecord | None, house: str) -> Letter:
    """Return the report about `demarche`, or about one `contact` of it.

    `house` is the name of the France services, empty where it is not known.
    """
    conclusion, meta = demarche.conclusion, reader.meta
    edition = labels.render_edition(meta.edition)
    about = [contact] if contact is not None else conclusion["contacts"]
    lines = [
        "Bonjour,",
        "",
        "Une fiche du livret me semble fausse ou périmée.",
        "",
        f"Démarche\u00a0: {demarche.way}",
        f"Identifiant\u00a0: {demarche.id} ({labels.render_reference(conclusion)})",
        *(f"Contact\u00a0: {_describe_contact(one)}" for one in about),
        f"Livret\u00a0: {meta.title}, {meta.departement} ({meta.livret}), {edition}",
        f"Programme\u00a0: fs-triage {__version__}",
        "",
        "Ce qui est faux\u00a0:",
        "[…]",
        "",
        "Ce qu’il faudrait lire\u00a0:",
        "[…]",
        "",
        "D’où je le sais (réponse du partenaire, site, essai), et depuis quand\u00a0:",
        "[…]",
        "",
        f"[prénom et nom], {house or HOUSE_BLANK}",
    ]
    owner = reader.get_owner()
    what = f"{demarche.id}, contact {contact['id']}" if contact is not None else demarche.id
    return Letter(
        to=owner or f"la personne qui tient les règles de ce livret ({meta.source})",
        address=owner,
        subject=f"Livret {meta.livret}\u00a0: erreur à corriger, {what}",
        body="\n".join(lines),
    )


def _describe_contact(contact: ContactRecord) -> str:
    return (
        f"{labels.KIND_NAMES[contact['kind']]} {contact['value']} ({contact['label']}\u00a0; {contact['id']})"
    )
