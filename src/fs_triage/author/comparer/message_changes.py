"""What changed in the messages to the second level, and in whom errors are reported to."""

from __future__ import annotations

from collections.abc import Iterator

from fs_triage.author.comparer.change import Change, Comparison, Section, diff_texts, tell_both
from fs_triage.render.labels import KIND_NAMES
from fs_triage.rules.model_livret import MessageTemplate
from fs_triage.text.typography import quote_text


def compare_messages(both: Comparison) -> Iterator[Change]:
    """Yield the templates of messages that came, went or changed."""
    old, new = both.old.livret.booklet.messages, both.new.livret.booklet.messages
    for name in dict.fromkeys((*new, *old)):
        before, after = _list_lines(old.get(name)), _list_lines(new.get(name))
        if before == after:
            continue
        subject = f"le modèle de message {quote_text(KIND_NAMES.get(name, name))}"
        what = f"{subject} a changé"
        if not after:
            what = f"{subject} n’est plus dans le livret"
        elif not before:
            what = f"{subject} est nouveau"
        yield Change(
            section=Section.TEXTS,
            kind="message",
            partner="",
            id=name,
            sentence=f"{what}.",
            before=before,
            after=after,
            details=diff_texts(before, after),
        )
    owners = both.old.livret.booklet.owner, both.new.livret.booklet.owner
    if owners[0] != owners[1]:
        yield Change(
            section=Section.TEXTS,
            kind="livret-owner",
            partner="",
            id="owner",
            sentence=f"qui tient le livret\u00a0: {tell_both(*owners, nothing='personne')}.",
            before=owners[0],
            after=owners[1],
        )


def _list_lines(template: MessageTemplate | None) -> list[str]:
    """Return the subject of a message and each line of its body."""
    if template is None:
        return []
    lines = [line or "(ligne vide)" for line in template.body.split("\n")]
    return [f"objet {quote_text(template.subject)}", *lines]
