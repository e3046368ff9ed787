"""Checks of what a livret says about writing: the templates of messages, and who is told of an error."""

from __future__ import annotations

from collections.abc import Iterator

from fs_triage.checks.contacts import find_email_error
from fs_triage.checks.registry import Finding, Scope, check
from fs_triage.rules.load import Livret
from fs_triage.rules.problem import Severity
from fs_triage.rules.vocabulary import get_french_key
from fs_triage.rules.yaml_reader import find_node, get_mark
from fs_triage.text.did_you_mean import suggest_name


@check("bad-message", scope=Scope.LIVRET, severity=Severity.BLOCKING)
def find_bad_messages(livret: Livret) -> Iterator[Finding]:
    """Un modèle de message ne peut pas servir.

    Éviter : « {{ demarch }} », un calcul, une accolade jamais refermée ; un modèle pour un contact qui n’existe pas.
    Préférer : « {{ demarche }} », « {% if motif %}…{% endif %} », sous « courriel » ou « msa/mail-msa ».
    Pourquoi : le conseiller enverrait un message troué, ou n’en aurait pas.
    """
    if find_node(livret.table, ("messages",)) is None:
        return
    # Jinja2 is slow to import, and few livrets write templates
    from fs_triage.acts.demarche import WRITTEN_KINDS
    from fs_triage.acts.message_templates import find_mistake

    contacts = [
        f"{rules.model.id}/{name}"
        for rules in livret.partners
        for name, contact in rules.model.contacts.items()
        if any(kind in WRITTEN_KINDS for kind, _ in contact.kinds)
    ]
    known = [*WRITTEN_KINDS, *contacts]
    for name, template in livret.booklet.messages.items():
        if find_node(livret.table, ("messages", name)) is None:  # inherited, and verified where it is written
            continue
        if name not in known:
            typed = get_french_key(name)
            message = f"modèle pour « {typed} », qui n’est ni un moyen ni un contact à qui l’on écrit"
            hint = suggest_name(typed, [get_french_key(one) for one in known])
            yield Finding(get_mark(livret.table, ("messages", name)), message, hint)
        for key, text in (("subject", template.subject), ("body", template.body)):
            if mistake := find_mistake(text):
                yield Finding(get_mark(livret.table, ("messages", name, key)), mistake.message, mistake.hint)


@check("bad-owner", scope=Scope.LIVRET, severity=Severity.BLOCKING)
def find_bad_owner(livret: Livret) -> Iterator[Finding]:
    """L’adresse de qui tient le livret n’est pas une adresse électronique.

    Éviter : « responsable: Préfecture du Jura ».
    Préférer : « responsable: france-services@jura.gouv.fr », ou pas de clé du tout.
    Pourquoi : les erreurs que signalent les conseillers n’arriveraient à personne.
    """
    owner = livret.booklet.owner
    if owner is not None and (why := find_email_error(owner)):
        yield Finding(get_mark(livret.table, ("owner",)), f"adresse électronique « {owner} »", why)
