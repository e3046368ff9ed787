"""Checks of the contacts that texts name: each by a reference to where it is declared, never typed once more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from fs_triage.checks.registry import Finding, Scope, check
from fs_triage.rules import references
from fs_triage.rules.load import Livret, list_contact_values
from fs_triage.rules.problem import Severity
from fs_triage.rules.references import PlacedText
from fs_triage.rules.yaml_reader import YamlNode
from fs_triage.text.did_you_mean import build_slug, find_close_name, is_slip, suggest_name
from fs_triage.text.fold import fold

_UNSURE_KEYS = ("about", "doubt", "where")
"""Texts that may name what is no contact of the livret: words of visitors, what the print may mean, other services."""
_FEWEST_DIGITS = 4  # of a number that is told by itself; « 15 » may be a date

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SITE = re.compile(
    r"(?<![\w@.-])(?:https?://|www\.)[^\s«»()\[\]{}<>\"]+"
    r"|(?<![\w@.-])(?:[\w-]+\.)+(?:fr|com|org|net|eu|info|bzh)\b(?:/[^\s«»()\[\]{}<>\"]*)?",
    re.IGNORECASE,
)
_GAP = r"[\s.\-\u2010-\u2015/()]"
_PHONE = re.compile(
    r"(?<![\w.,*/+-])(?<!\d\s)"
    rf"(?:(?:\+|00){_GAP}?[1-9](?:{_GAP}{{0,3}}\d){{7,12}}|0{_GAP}{{0,2}}[1-9](?:{_GAP}{{0,2}}\d){{8}})(?![\d*])"
)
_DATE = re.compile(
    r"(?<!\d)(?<!\d[/.-])(?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]|1[0-2])[/.-](?:\d{4}|\d\d)(?!\d|[/.-]\d)"
)
_CALL = (
    r"\b(?:appel(?:er|ez|ons)?|compos(?:er|ez)|téléphon(?:er|ez)|contact(?:er|ez)|joindre|joignez|tél(?:éphone)?\.?"
    r"|numéro(?: vert| gratuit| court| national| unique| d’urgence| d'urgence)?)"
)
_SHORT = re.compile(
    rf"(?:{_CALL}(?:\s+(?:le|au|du|par le|via le))?|\b(?:le|au|du))\s*:?\s*(3\d(?:{_GAP}?\d\d))(?!\d)"
    rf"|{_CALL}(?:\s+(?:le|au|du|par le|via le))?\s*:?\s*(11[68]{_GAP}?\d{{3}}|1[0-9]{{1,3}})(?!\d)",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s*(?:€|%|°|m²|k?m\b|h\b|h\d"
    r"|(?:mètres?|rue|avenue|boulevard|euros?|francs?|ans|années?|jours?|mois|heures?|minutes?|points?|personnes?"
    r"|habitants|fois|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)\b)"
    r"|[*/,.:-]\d|\s*,\s*\d+\s*€",
    re.IGNORECASE,
)
"""What follows digits that count something."""
_NUMBERED = re.compile(
    r"(?:article|articles|art\.|cerfa|formulaires?|imprimé|pages?|p\.|décret|loi|rue|avenue|code|dossier|ligne|case)"
    r"\s*(?:n°|no|numéro)?\s*$",
    re.IGNORECASE,
)


class _Typed(NamedTuple):
    """A contact that stands in a text as it was typed."""

    kind: str
    value: str


@check("unknown-reference", scope=Scope.LIVRET, severity=Severity.BLOCKING)
def find_unknown_references(livret: Livret) -> Iterator[Finding]:
    """Un renvoi ne nomme aucun contact.

    Éviter : « Appeler le {tel-3320}. » quand les contacts disent « tel-3230 ».
    Préférer : « {tel-3230} », « {caf/tel-3230} » d’un autre fichier, « {Site-caf} » avec une majuscule.
    Pourquoi : le conseiller lirait des accolades à la place du numéro.
    """
    values = list_contact_values(livret.partners)
    read = {rules.model.id for rules in livret.partners}
    lost = {f"{rules.model.id}/{name}" for rules in livret.partners for name in rules.lost.contacts}
    unread = {rules.model.id for rules in livret.partners if rules.lost.unknown_contacts}
    for text, partner in _iter_all_texts(livret):
        for braced in references.list_wrong_references(text, partner, values):
            name = references.complete_name(build_slug(braced.strip("{}")) or "-", partner)
            owner = name.partition("/")[0]
            if name in lost or owner in unread or (owner in livret.booklet.partners and owner not in read):
                continue
            message = f"« {braced} » ne renvoie à aucun contact"
            yield Finding(text.text.place, message, _suggest_reference(braced, partner, values))


def _suggest_reference(braced: str, partner: str, values: references.Values) -> str:
    """Return what to write in the place of what stands between braces."""
    shown = {_shorten(name, partner): value for name, (_, value) in values.items()}
    inside = braced.strip("{} ")
    if bearer := next((name for name, value in shown.items() if fold(value) == fold(inside)), None):
        return f"écrivez « {{{bearer}}} »"
    own = [name for name in shown if "/" not in name]
    slug = build_slug(inside)
    close = slug if slug in shown else find_close_name(slug, own) or find_close_name(slug, list(shown))
    if close is not None:
        sure = slug.rpartition("/")[2] == close.rpartition("/")[2] or is_slip(slug, close)
        return f"écrivez « {{{close}}} »" if sure else f"vouliez-vous dire « {{{close}}} » ?"
    known = suggest_name(slug, own or list(shown))
    return f"{known}{' ; ' if known else ''}sans contact, écrivez des parenthèses"


@check("brace-in-text", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_braces_in_texts(livret: Livret) -> Iterator[Finding]:
    """Un texte contient une accolade qui n’entoure pas un contact.

    Éviter : « Prendre {sa carte} et {0} », une accolade jamais refermée.
    Préférer : des parenthèses ; les accolades entourent l’identifiant d’un contact, « {tel-3230} ».
    Pourquoi : le conseiller lirait l’accolade telle quelle.
    """
    values = list_contact_values(livret.partners)
    for text, partner in _iter_all_texts(livret):
        if found := references.find_loose_brace(text):
            message = f"« {found[:40]} » n’entoure pas un contact"
            hint = "écrivez des parenthèses, ou l’identifiant d’un contact entre « { » et « } »"
            name = found.strip("{} ")
            if references.complete_name(name or "-", partner) in values:
                hint = f"écrivez « {{{name}}} »"
            yield Finding(text.text.place, message, hint)


@check("contact-in-text", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_contacts_in_texts(livret: Livret) -> Iterator[Finding]:
    """Un numéro, une adresse ou un site est recopié dans un texte.

    Éviter : « Appeler le 3230 avec l’allocataire. »
    Préférer : « Appeler le {tel-3230} avec l’allocataire. », où « tel-3230 » est un contact du partenaire.
    Pourquoi : le jour où il change, il se corrige à un seul endroit, et aucune fiche ne garde l’ancien.
    """
    bearers = _list_bearers(livret)
    short = sorted({number for kind, number in bearers if kind == "phone" and len(number) <= 6}, key=len)
    for text, partner in _iter_all_texts(livret):
        for typed in _find_typed(text.text.value, short):
            names = bearers.get(_identify(*typed), [])
            names = [name for name in names if text.key != "doubt" or name != f"{partner}/{text.contact}"]
            if not names and text.key in _UNSURE_KEYS:
                continue
            own = [name for name in names if name.startswith(f"{partner}/")]
            hint = "déclarez-le sous contacts, puis écrivez son identifiant entre accolades à sa place"
            if names:
                name = _shorten((own or names)[0], partner)
                as_typed = typed.value[0].isupper() and not typed.value.isupper() and typed.kind == "web"
                hint = f"écrivez « {{{name[0].upper() + name[1:] if as_typed else name}}} »"
            yield Finding(text.text.place, f"« {typed.value} » est recopié dans un texte", hint)


def _iter_all_texts(livret: Livret) -> Iterator[tuple[PlacedText, str]]:
    """Yield the texts of a livret, each with the partner whose file it stands in."""
    tables: list[tuple[YamlNode | None, str]] = [(rules.table, rules.model.id) for rules in livret.partners]
    tables += [(one, "") for one in (livret.table, livret.situations_table, livret.elsewhere_table)]
    for table, partner in tables:
        for text in references.iter_texts(table) if table is not None else ():
            yield text, partner


def _shorten(name: str, partner: str) -> str:
    return name.removeprefix(f"{partner}/") if partner else name


def _list_bearers(livret: Livret) -> dict[tuple[str, str], list[str]]:
    """Return the names of the contacts that bear each number, address or site: a site before where to go from it."""
    found: dict[tuple[str, str], list[str]] = {}
    values = list_contact_values(livret.partners)
    for name, (kind, value) in sorted(values.items(), key=_rank_bearer):
        if kind in ("phone", "email") or (kind in ("web", "appointment") and _SITE.fullmatch(value)):
            found.setdefault(_identify("web" if kind == "appointment" else kind, value), []).append(name)
    return found


def _rank_bearer(item: tuple[str, tuple[str, str]]) -> tuple[bool, int]:
    name, (kind, _) = item
    return kind == "appointment", len(name)


def _identify(kind: str, value: str) -> tuple[str, str]:
    """Return what tells whether two values are the same number, address or site, however they are written."""
    if kind == "phone":
        digits = re.sub(r"\D", "", value.replace("(0)", ""))
        is_foreign = value.strip().startswith("+") or digits.startswith("00")
        return kind, re.sub(r"^(?:00)?33", "0", digits) if is_foreign else digits
    if kind == "web":
        value = re.sub(r"^https?://|/+$", "", value.strip(), flags=re.IGNORECASE)
        host, slash, path = value.partition("/")
        return kind, host.lower().removeprefix("www.") + slash + path
    return kind, value.casefold()


def _find_typed(text: str, short: list[str]) -> list[_Typed]:
    """Return the contacts that stand in a text, each once; `short` are the short numbers of the livret."""
    found: dict[tuple[str, str], _Typed] = {}

    def keep(kind: str, value: str, start: int) -> None:
        nonlocal text
        typed = _Typed(kind, value)
        found.setdefault(_identify(*typed), typed)
        text = text[:start] + "\0" * len(value) + text[start + len(value) :]

    text = re.sub(r"\{[^{}]*\}", lambda braced: "\0" * len(braced[0]), text)
    for kind, pattern in (("email", _EMAIL), ("web", _SITE)):
        for match in pattern.finditer(text):
            keep(kind, match[0].rstrip(".,;:!?'\"’"), match.start())
    for match in _PHONE.finditer(text):
        if not _DATE.search(match[0]):
            keep("phone", match[0], match.start())
    for match in _SHORT.finditer(text):
        group = match.lastindex or 1
        if _is_number(text, match.start(group), match.end(group)):
            keep("phone", match[group], match.start(group))
    digits = "".join(filter(str.isdigit, text))  # a pattern for each number would take long
    for number in (one for one in short if len(one) >= _FEWEST_DIGITS and one in digits):
        for match in re.finditer(rf"(?<![\w.,*/-]){f'{_GAP}?'.join(number)}(?!\w)", text):
            if _is_number(text, match.start(), match.end()):
                keep("phone", match[0], match.start())
    return list(found.values())


def _is_number(text: str, start: int, end: int) -> bool:
    """Return whether the digits there are dialled: they count nothing, and number no article or form."""
    return not _COUNTED.match(text, end) and not _NUMBERED.search(text[:start])
