"""A conclusion as a card: what every output shows of it, in order and in words, without any layout.

A line added here stands in the text, on the terminal and in the documents alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from fs_triage.render import labels
from fs_triage.render.contact_values import build_link, group_phone_number
from fs_triage.render.hours import render_hours
from fs_triage.text.fold import fold
from fs_triage.text.typography import end_sentence, quote_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion, ContactRecord
    from fs_triage.render.opening_status import Clock


class Tone(StrEnum):
    """How much a line must stand out."""

    PLAIN = "plain"
    WARNING = "warning"
    FORBIDDEN = "forbidden"


class Remark(NamedTuple):
    """One thing to know; `label`, which may be empty, says what it is."""

    text: str
    label: str = ""
    tone: Tone = Tone.PLAIN

    @property
    def line(self) -> str:
        """The remark as one line."""
        return f"{self.label}\u00a0: {self.text}" if self.label else self.text


class TextList(NamedTuple):
    """Texts below a heading, which may be empty."""

    heading: str
    texts: tuple[str, ...]
    numbered: bool = False
    tone: Tone = Tone.PLAIN


class ContactCard(NamedTuple):
    """A contact: how to reach it and who may; `condition` says when to, `details` what else to know.

    `value` is what the booklet prints, `grouped` the same as one dials it where that differs, `link` what opens it,
    `label` what the value does not say: each of them may be empty but `value`.
    """

    kind: str
    value: str
    label: str
    audience: str
    for_counsellor: bool
    condition: Remark | None
    details: tuple[Remark, ...]
    grouped: str = ""
    link: str = ""

    @property
    def shown(self) -> str:
        """The value as one reads it."""
        return self.grouped or self.value

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """The condition, where there is one, and the details."""
        return (*([self.condition] if self.condition else []), *self.details)


class ContactList(NamedTuple):
    """Contacts below a heading; those `to_reach` are what the card is about, the others help with its steps."""

    heading: str
    contacts: tuple[ContactCard, ...]
    to_reach: bool
    in_order: bool


class WayOutTarget(NamedTuple):
    """A conclusion to go to; its contacts where there is no other one to choose from."""

    id: str
    title: str
    contacts: tuple[ContactCard, ...]


class WayOut(NamedTuple):
    """Where to go, on the level named `level`, when the démarche blocks: all the `targets` are below `node`."""

    heading: str
    level: str
    node: str
    targets: tuple[WayOutTarget, ...]


Section = TextList | ContactList | WayOut | Remark


class Card(NamedTuple):
    """A conclusion ready to be laid out; its `level` is that of `labels.get_level_key`."""

    id: str
    level: int
    title: str
    way: str
    banner: str
    sections: tuple[Section, ...]
    pages: str

    def list_contacts(self) -> list[ContactCard]:
        """Return every contact on the card, those of the way out last."""
        own = [
            one for section in self.sections if isinstance(section, ContactList) for one in section.contacts
        ]
        ways_out = [section for section in self.sections if isinstance(section, WayOut)]
        return [*own, *(one for way in ways_out for target in way.targets for one in target.contacts)]


class Wording(NamedTuple):
    """The words of a card that depend on who reads it."""

    banners: Mapping[int, str]
    kinds: Mapping[str, str]
    audiences: Mapping[str, str]
    prohibitions: str
    step: str
    steps: str


COUNSELLOR = Wording(
    banners=labels.LEVEL_BANNERS,
    kinds=labels.KIND_NAMES,
    audiences=labels.AUDIENCES,
    prohibitions=labels.PROHIBITIONS,
    step=labels.STEP,
    steps=labels.STEPS,
)
PARTNER = Wording(
    banners=labels.LEVEL_SENTENCES,
    kinds=labels.KIND_NAMES_IN_SENTENCES,
    audiences=labels.AUDIENCE_SENTENCES,
    prohibitions=labels.PROHIBITIONS_SENTENCE,
    step="",
    steps="",
)


def describe_conclusion(
    conclusion: Conclusion,
    partner: str,
    *,
    if_blocked: Sequence[Conclusion],
    blocked_node: str,
    clock: Clock | None = None,
    edition: str = "",
) -> Card:
    """Return the card that a counsellor reads.

    `partner` is the short name of its partner, `if_blocked` the conclusions to go to when it blocks, all of them at
    or below `blocked_node`. With a `clock`, the card says which contacts are open. Its foot names the `edition`.
    """
    way = labels.WAY.join([partner, *(step["answer"] for step in conclusion["path"])])
    way_out: Section | None = None
    if if_blocked:
        contacts = if_blocked[0]["contacts"] if len(if_blocked) == 1 else []
        shown = tuple(describe_contact(contact, COUNSELLOR, clock) for contact in contacts)
        targets = tuple(WayOutTarget(target["id"], target["title"], shown) for target in if_blocked)
        way_out = WayOut(labels.IF_BLOCKED, labels.LEVEL_NAMES[2], blocked_node, targets)
    elif reason := conclusion["no_second_level"]:
        way_out = Remark(reason, labels.NO_SECOND_LEVEL)
    card = _build_card(conclusion, COUNSELLOR, way, way_out, clock)
    return card._replace(pages=labels.render_reference(conclusion, edition))


def describe_for_partner(
    conclusion: Conclusion, numbers: Mapping[str, int], titles: Mapping[str, str]
) -> Card:
    """Return the card that a partner's referent reads, in sentences.

    `numbers` are those of the conclusions of the partner, `titles` those of the livret, by id.
    """
    steps = [f"à {quote_text(step['question'])}, {quote_text(step['answer'])}" for step in conclusion["path"]]
    way = f"On y arrive en répondant\u00a0: {', puis '.join(steps)}."
    targets = [
        f"n°\u00a0{numbers[node]}, {quote_text(titles[node])}"
        if node in numbers
        else f"{quote_text(titles[node])}, d’un autre partenaire"
        for node in conclusion["if_blocked"]
    ]
    way_out = None
    if len(targets) == 1:
        way_out = Remark(f"{labels.IF_BLOCKED}, le conseiller passe à la démarche {targets[0]}.")
    elif targets:
        choice = " ou ".join(targets)
        way_out = Remark(f"{labels.IF_BLOCKED}, le conseiller passe, selon le cas, à\u00a0: {choice}.")
    elif reason := conclusion["no_second_level"]:
        way_out = Remark(f"{labels.NO_SECOND_LEVEL_SENTENCE} {end_sentence(reason)}")
    return _build_card(conclusion, PARTNER, way, way_out)


def describe_contact(contact: ContactRecord, wording: Wording, clock: Clock | None = None) -> ContactCard:
    """Return a contact as a card shows it; with a `clock`, its hours say whether it is open."""
    details = []
    if contact["hours"]:
        status = clock.find_status(contact["hours"]) if clock else None
        now = f" – {status.text}" if status else ""
        details.append(Remark(f"{render_hours(contact['hours'])}{now}", labels.HOURS))
    if contact["note"]:
        details.append(Remark(contact["note"]))
    if valid_until := contact.get("valid_until"):
        from fs_triage.text.days import render_written_day  # few contacts are dated

        details.append(Remark(render_written_day(valid_until), labels.VALID_UNTIL))
    if check := contact.get("checked"):
        details.append(Remark(labels.render_check(check), labels.CHECKED))
    if contact["doubt"]:
        details.append(Remark(contact["doubt"], labels.DOUBT, Tone.WARNING))
    value, kind = contact["value"], wording.kinds[contact["kind"]]
    return ContactCard(
        kind=kind,
        value=value,
        label="" if fold(contact["label"]) == fold(value) else contact["label"],
        audience=wording.audiences[contact["audience"]],
        for_counsellor=contact["audience"] != "usager",
        condition=Remark(contact["when"], labels.CONDITION) if contact["when"] else None,
        details=tuple(details),
        grouped=group_phone_number(value) if contact["kind"] == "phone" else "",
        link=build_link(contact["kind"], value),
    )


def _merge_same(contacts: Sequence[ContactCard]) -> tuple[ContactCard, ...]:
    """Return `contacts` with those of one value, which one reaches the same way, as one: it is said once."""
    merged: dict[tuple[object, ...], ContactCard] = {}
    for contact in contacts:
        key = (fold(contact.value), contact.audience, contact.condition)
        before = merged.get(key)
        if before is not None:
            labels_told = [label for label in (before.label, contact.label) if label]
            kinds = dict.fromkeys([before.kind, contact.kind])
            contact = before._replace(
                kind=" et ".join(kinds),
                label="\u00a0; ".join(dict.fromkeys(labels_told)),
                details=tuple(dict.fromkeys([*before.details, *contact.details])),
            )
        merged[key] = contact
    return tuple(merged.values())


def _build_card(
    conclusion: Conclusion, wording: Wording, way: str, way_out: Section | None, clock: Clock | None = None
) -> Card:
    return Card(
        id=conclusion["id"],
        level=labels.get_level_key(conclusion),
        title=conclusion["title"],
        way=way,
        banner=wording.banners[labels.get_level_key(conclusion)],
        sections=(*_describe_sections(conclusion, wording, clock), *([way_out] if way_out else [])),
        pages=labels.render_reference(conclusion),
    )


def _describe_sections(conclusion: Conclusion, wording: Wording, clock: Clock | None) -> Iterator[Section]:
    if conclusion["do_not"]:
        yield TextList(wording.prohibitions, tuple(conclusion["do_not"]), tone=Tone.FORBIDDEN)
    if conclusion["steps"]:
        heading = wording.step if len(conclusion["steps"]) == 1 else wording.steps
        yield TextList(heading, tuple(conclusion["steps"]), numbered=True)
    is_elsewhere = labels.get_level_key(conclusion) == labels.ORIENT
    to_reach = conclusion["level"] == 2 or is_elsewhere
    own, named = (
        _merge_same([describe_contact(each, wording, clock) for each in contacts])
        for contacts in (conclusion["contacts"], conclusion.get("named_contacts", ()))
    )
    if not to_reach:
        own, named = (*own, *named), ()
    if own:
        in_order = to_reach and conclusion["in_order"] and len(own) > 1
        heading = labels.CONTACTS_IN_ORDER if in_order else labels.CONTACTS
        if is_elsewhere:
            heading = labels.TO_ORIENT
        yield ContactList(heading if to_reach else labels.USEFUL_CONTACTS, own, to_reach, in_order)
    if named:
        yield ContactList(labels.NAMED_CONTACTS, named, to_reach=False, in_order=False)
    if documents := conclusion.get("documents"):
        yield TextList(labels.DOCUMENTS, tuple(documents))
    if delay := conclusion.get("delay"):
        yield Remark(delay, labels.DELAY)
    if mandate := conclusion.get("mandate"):
        yield Remark(mandate, labels.MANDATE)
    if official := conclusion.get("official"):
        yield TextList(labels.OFFICIAL, tuple(official))
    if conclusion["warnings"]:
        yield TextList(labels.WARNINGS, tuple(conclusion["warnings"]), tone=Tone.WARNING)
