"""Checks of a livret that inherits from that of another département: what it says of there is not said of here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from fs_triage.checks.registry import Finding, Scope, check
from fs_triage.files.folders import BOOKLET
from fs_triage.rules.booklets import Layer
from fs_triage.rules.inherit import find_text, get_local_contacts
from fs_triage.rules.load import Livret, PartnerRules, is_below, load_livret
from fs_triage.rules.model_livret import PARTNERS, UNCOVERED_NEEDS
from fs_triage.rules.model_partner import KINDS, TO_FILL
from fs_triage.rules.model_situations import SITUATIONS
from fs_triage.rules.problem import Severity
from fs_triage.rules.vocabulary import get_french_key
from fs_triage.rules.yaml_reader import List, Mark, Table, Text, YamlNode, get_mark
from fs_triage.text.fold import fold

_UNSEEN = frozenset({"besoin", "examples", "needs", "pages", "vague"})
"""What no card shows: sentences for the search, and pages, which are left out."""

_IDS = frozenset({"contact", "contacts", "demarches", "escalate", "goto", "if_blocked", "opens", "orient"})
"""Keys under which a text names something else of the livret."""

_SHOWN_LENGTH = 60  # characters of a text that a message repeats
_MIN_DIGITS = 6  # of a number that is told by its digits: short ones are the same everywhere
_TIMES = re.compile(
    r"\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?\b|\b[0-2]?\d ?h ?(?:[0-5]\d)?\b"
)
_NUMBER = re.compile(r"[\d .()+-]+")
_VALUE = re.compile(r"[\d .()+-]+|\S+[.@]\S+")
"""A number, an address or a site: the other values are words."""
_INSTITUTIONS = (
    "agence|antenne|bureau|canton|commune|conseil|guichet|gare|h[ôo]pital|mairie|maison|pays|permanence|"
    "pr[ée]fecture|secteur|service|site|tribunal|ville|zone"
)
_NAME = r"[A-ZÀ-Ý][\w’']*(?:[- ](?:(?:l[eèa]s?|sur|sous|en|de|du|des)[- ])?[A-ZÀ-Ý][\w’']*|-\w+)*"
_TOWNS = (
    re.compile(rf"\b(?i:{_INSTITUTIONS})s{{0,1}} (?:de |du |des |d[’'])({_NAME})"),
    re.compile(rf"(?:^|[\s(])(?:à|vers|près de) ({_NAME})"),
    re.compile(rf"\b\d{{5}} ({_NAME})"),
    re.compile(r"\b((?:Saint|Sainte|St|Ste|SAINT|SAINTE|ST|STE)[- ][A-ZÀ-Ý][\w-]+)"),
)
"""What names a town in a text."""


class Neighbour(NamedTuple):
    """What is of another département: its places as folded phrases, the values of its contacts."""

    places: frozenset[str]
    numbers: frozenset[str]
    addresses: frozenset[str]

    def find_fact(self, text: str) -> str | None:
        """Return the first fact of that département that `text` holds, as a message names it; None for none."""
        if not self.places:  # no other département
            return None
        words = f" {_fold_place(text)} "
        for place in sorted(self.places, key=len, reverse=True):
            if f" {place} " in words:
                return place
        digits, lower = re.sub(r"\D", "", text), text.casefold()
        for value in (*self.numbers, *self.addresses):
            if value in (digits if value.isdecimal() else lower):
                return value
        times = _TIMES.search(lower)
        return times.group() if times else None


def _fold_place(text: str) -> str:
    """Return `text` folded, with saints in full: a town is written both ways."""
    words = {"st": "saint", "ste": "sainte"}
    return " ".join(words.get(word, word) for word in fold(text).split())


@check("from-another-livret", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_foreign_facts(livret: Livret) -> Iterator[Finding]:
    """Un texte hérité d’un autre département dit ce qui n’y vaut que là-bas : un lieu, un contact, des horaires.

    Éviter : partir du livret du Jura et laisser « agence de Lons-le-Saunier », « lundi et mardi » ou « jura.gouv.fr ».
    Préférer : partir du socle ; sinon « modifier », « remplacer » ou « retirer » chaque texte que ce message nomme.
    Pourquoi : l’usager serait envoyé dans un autre département.
    """
    if not livret.foreign:
        return
    neighbour = describe_neighbour(livret.foreign)
    folder = livret.foreign[-1].folder
    for spot in _iter_spots(livret):
        for key, text in _iter_texts(spot.table):
            fact = neighbour.find_fact(text.value) if _is_foreign(text, livret) else None
            if fact is not None:
                shown = " ".join(text.value.split())
                if len(shown) > _SHOWN_LENGTH:
                    shown = f"{shown[:_SHOWN_LENGTH].rstrip()}…"
                message = (
                    f"«\u00a0{spot.name}\u00a0» dit encore «\u00a0{fact}\u00a0», comme «\u00a0{folder.name}\u00a0»"
                    f"\u00a0: {get_french_key(key)}, «\u00a0{shown}\u00a0»"
                )
                yield Finding(spot.mark, message, f"donnez «\u00a0{get_french_key(key)}\u00a0» {spot.where}")


class _Spot(NamedTuple):
    """A part of a livret as it is merged: its name, its table, where this livret is to change it, and in what words."""

    name: str
    table: Table
    mark: Mark
    where: str


def _is_foreign(text: Text, livret: Livret) -> bool:
    return any(is_below(text.place.path, layer.folder) for layer in livret.foreign)


def _iter_spots(livret: Livret) -> Iterator[_Spot]:
    """Yield each part of `livret` that a card may show."""
    head = livret.table.place
    for rules in livret.partners:
        yield from _iter_partner_spots(rules)
    for table, file, key, name in (
        (livret.situations_table, SITUATIONS, "situations", "id"),
        (livret.elsewhere_table, UNCOVERED_NEEDS, "out_of_scope", "topic"),
    ):
        items = table.entries.get(key, (None, None))[1] if table is not None else None
        for item in items.items if isinstance(items, List) else ():
            if isinstance(item, Table):
                said = find_text(item, name) or ""
                where = (
                    f"à «\u00a0{said}\u00a0», dans {file} de ce livret, ou «\u00a0retirer: [{said}]\u00a0»"
                )
                yield _Spot(said, item, head, where)
    title = Table(head, {"title": (head, Text(livret.booklet.title, _find_title_place(livret)))})
    yield _Spot(BOOKLET, title, head, f"dans {BOOKLET}")


def _find_title_place(livret: Livret) -> Mark:
    tables = [layer.table for layer in reversed(livret.layers) if "title" in layer.table.entries]
    return get_mark(tables[0], ("title",)) if tables else livret.table.place


def _iter_partner_spots(rules: PartnerRules) -> Iterator[_Spot]:
    """Yield a partner without its tree, each contact that is used, then each answer without those below."""
    partner = rules.model.id
    file = f"{PARTNERS}/{partner}.yaml de ce livret"
    changes = dict(rules.changes)
    own = {key: entry for key, entry in rules.table.entries.items() if key not in ("answers", "contacts")}
    yield _Spot(partner, Table(rules.table.place, own), rules.own_place, f"dans {file}")
    contacts = rules.table.entries.get("contacts", (None, None))[1]
    used = rules.list_used_contacts()
    for name, (_, contact) in contacts.entries.items() if isinstance(contacts, Table) else ():
        if isinstance(contact, Table) and name in used:
            where = f"sous contacts, «\u00a0{name}\u00a0», dans {file}"
            shown = {key: entry for key, entry in contact.entries.items() if key == "label"}
            table = Table(contact.place, shown) if name in rules.missing else contact
            yield _Spot(f"{partner}, contact {name}", table, rules.own_place, where)

    def iter_answers(node: Table, prefix: str) -> Iterator[_Spot]:
        answers = node.entries.get("answers", (None, None))[1]
        for answer in answers.items if isinstance(answers, List) else ():
            if isinstance(answer, Table):
                path = f"{prefix}{find_text(answer, 'id') or ''}"
                table = Table(answer.place, {k: v for k, v in answer.entries.items() if k != "answers"})
                where = f"sous modifier, «\u00a0{path}\u00a0», ou retirez «\u00a0{path}\u00a0», dans {file}"
                yield _Spot(f"{partner}/{path}", table, changes.get(path, rules.own_place), where)
                yield from iter_answers(answer, f"{path}/")

    yield from iter_answers(rules.table, "")


def _iter_texts(node: YamlNode, key: str = "") -> Iterator[tuple[str, Text]]:
    """Yield each text at or below `node` that a card may show, with the key that it stands under."""
    if isinstance(node, Text):
        if fold(node.value) != fold(TO_FILL) and key not in _IDS:
            yield key, node
    elif isinstance(node, List):
        for item in node.items:
            yield from _iter_texts(item, key)
    else:
        for below, (_, item) in node.entries.items():
            if below not in _UNSEEN:
                yield from _iter_texts(item, below)


def describe_neighbour(layers: list[Layer]) -> Neighbour:
    """Return what is of the départements that `layers` tell of, by their own livrets."""
    places: set[str] = set()
    values: set[str] = set()
    shared: set[str] = set()  # words that name no place
    for layer in layers:
        places.add(_fold_place(layer.booklet.departement.lstrip("0123456789AB ")))
        told = load_livret(layer.folder).draft
        for rules in told.partners if told is not None else ():
            names = (rules.model.label, rules.model.name, *rules.model.keywords)
            shared.update(word for name in names for word in fold(name).split())
            spots = _iter_partner_spots(rules)
            texts = [text.value for spot in spots for key, text in _iter_texts(spot.table) if key != "id"]
            for contact in get_local_contacts(rules.table).values():
                given = [value for kind in KINDS if (value := find_text(contact, kind))]
                values.update(value for value in given if _VALUE.fullmatch(value))
                texts += given
            for text in texts:
                places.update(_find_towns(text))
            shared.update(fold(word) for text in texts for word in text.split() if word.islower())
    digits = {re.sub(r"\D", "", value) for value in values if _NUMBER.fullmatch(value)}
    return Neighbour(
        places=frozenset(place for place in places if not shared.issuperset(place.split())),
        numbers=frozenset(number for number in digits if len(number) >= _MIN_DIGITS),
        addresses=frozenset(value.casefold() for value in values if not _NUMBER.fullmatch(value)),
    )


def _find_towns(text: str) -> Iterator[str]:
    """Yield the towns that `text` names, folded: in full, and by their first word where others follow « le »."""
    for pattern in _TOWNS:
        for name in pattern.findall(text):
            words = _fold_place(name).split()
            if len(words) > 1 and words[1] in ("le", "la", "les", "sur", "en", "sous"):
                yield words[0]
            yield " ".join(words)
