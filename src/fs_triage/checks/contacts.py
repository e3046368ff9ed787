"""Checks of contacts: who is named, by which kind, and whether the value can be right.

The libraries that validate e-mail addresses, French numbers and opening hours are slow to import: only a check does.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from fs_triage.checks.registry import Finding, KnownValues, Scope, check
from fs_triage.render.hours import find_french
from fs_triage.rules import line_slips, misnamed_files, references
from fs_triage.rules.french_hours import EXAMPLE, HoursMistake, convert_hours, read_hours
from fs_triage.rules.load import Livret, PartnerRules
from fs_triage.rules.model_errors import split_names
from fs_triage.rules.model_livret import PARTNERS, list_file_names
from fs_triage.rules.model_partner import TO_FILL, EscalateAnswer, OrientAnswer
from fs_triage.rules.nodes import iter_nodes
from fs_triage.rules.problem import Severity
from fs_triage.rules.vocabulary import get_french_key
from fs_triage.rules.yaml_reader import Location, Mark, Table, Text, find_node, get_mark
from fs_triage.text.did_you_mean import build_slug, find_close_name, is_slip, list_possible
from fs_triage.text.fold import fold
from fs_triage.text.numbers import render_count
from fs_triage.text.typography import shorten_text

_TYPED_VALUE = re.compile(r"@|^[\d+(][\d .()-]{2,}$|^www\.|://|\.[a-z]{2,3}$", re.IGNORECASE)
"""What a contact may have as its value, and not as its id."""
_MAX_URL_LENGTH = 2000
_MAILTO_SIGNS = re.compile(r"[?&,;<>\s]")  # would become header fields of the message (RFC 6068)
_PHONE = re.compile(r"\+?[0-9(][0-9 ().\-\u00a0\u202f]*")
_SITE_CHARACTERS = re.compile("[!-~À-ÖØ-öø-ÿŒœŸ]+")  # what a keyboard types, in French
_HOST = re.compile(r"([^\W_]([^\W_]|-)*\.)+[^\W\d_]{2,}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S")
_SHORT_DAYS = ("Lu", "Ma", "Me", "Je", "Ve", "Sa", "Di")
_FRANCE = ("FR", "GP", "GF", "MQ", "RE", "YT")  # the regions of phonenumbers that are départements
_TEXT_NUMBER_DIGITS = 5  # digits: the short numbers of the French plan (ARCEP) that take text messages alone


@check("unknown-contact", scope=Scope.PARTNER, severity=Severity.BLOCKING)
def find_unknown_contacts(rules: PartnerRules) -> Iterator[Finding]:
    """Une conclusion nomme un contact que le partenaire n’a pas.

    Éviter : « contacter: [tel-3320] » quand les contacts disent « tel-3230 ».
    Préférer : l’identifiant exact, tel qu’il est écrit sous « contacts ».
    Pourquoi : le conseiller n’aurait personne à appeler.
    """
    known = list(rules.model.contacts)
    lost = {build_slug(name) for name in rules.lost.contacts}
    uses: dict[str, list[Location]] = {}
    for spot in iter_nodes(rules):
        key = next((key for key in ("escalate", "orient") if hasattr(spot.answer, key)), "contacts")
        for rank, use in enumerate(getattr(spot.answer, "uses", [])):
            if use.contact not in rules.model.contacts and use.contact not in lost:
                uses.setdefault(use.contact, []).append((*spot.location, key, rank))
    # `contact-kind` tells of two contacts that became one
    merged = any(len(contact.kinds) > 1 for contact in rules.model.contacts.values())
    for name, places in uses.items() if not (rules.lost.unknown_contacts or merged) else ():
        more = f" (et {render_count(len(places) - 1, 'autre')} fois)" if len(places) > 1 else ""
        hint = _find_bearers(rules, name) or _suggest_contact(
            name, known, rules.list_used_contacts(), is_alone=len(uses) == 1
        )
        message = f"contact inconnu « {shorten_text(name, 80)} »{more}"
        yield Finding(get_mark(rules.table, places[0]), message, hint)


def _find_bearers(rules: PartnerRules, name: str) -> str:
    """Return what to write for a `name` that is the label or the value of a contact, or several; "" for another one."""
    contacts = rules.model.contacts
    for identifier, contact in contacts.items():
        said = (contact.label, *(value for _, value in contact.kinds))
        if build_slug(name) == identifier != name or fold(name) in map(fold, said):
            return f"écrivez « {identifier} »"
    several = split_names(name)
    if len(several) > 1 and all(one in contacts for one in several):
        return f"écrivez « [{', '.join(several)}] »"
    if _TYPED_VALUE.search(name):
        return "déclarez-le sous contacts, puis écrivez ici l’identifiant que vous lui donnez"
    return ""


def _suggest_contact(name: str, known: list[str], used: set[str], *, is_alone: bool) -> str:
    """Return what to write instead of the contact `name`: one that nothing cites has most likely changed its name."""
    unused = [one for one in known if one not in used]
    near = find_close_name(name, known)
    if near and is_slip(name, near):
        return f"vouliez-vous dire « {near} » ?"
    if len(unused) == 1 and is_alone:
        return f"écrivez « {unused[0]} », ou déclarez « {name} » sous contacts"
    if near := find_close_name(name, unused):
        return f"vouliez-vous dire « {near} » ?"
    return list_possible(known) or "déclarez-le sous contacts"


@check("contact-kind", scope=Scope.PARTNER, severity=Severity.BLOCKING)
def find_contact_kind_errors(rules: PartnerRules) -> Iterator[Finding]:
    """Un contact n’a aucun moyen de joindre, ou en a plusieurs.

    Éviter : « téléphone » et « courriel » dans le même contact.
    Préférer : deux contacts, chacun avec un seul moyen, cités l’un après l’autre.
    Pourquoi : l’ordre dans lequel essayer les contacts est celui de la liste ; chacun doit être un seul geste.
    """
    for name, contact in rules.model.contacts.items() if not rules.lost.unknown_contacts else ():
        kinds = [kind for kind, _ in contact.kinds]
        if len(kinds) != 1 and name not in rules.lost.contacts:
            given = " et ".join(f"« {get_french_key(kind)} »" for kind in kinds) or "aucun moyen de joindre"
            message = f"contact « {name} » : {given}"
            hint = "ajoutez téléphone, courriel, site…"
            mark = get_mark(rules.table, ("contacts", name))
            if kinds:  # perhaps the line that names the second contact is missing
                hint = "un contact n’a qu’un moyen : donnez au second le sien, sous un autre identifiant"
                mark = max(get_mark(rules.table, ("contacts", name, kind), key=True) for kind in kinds)
            yield Finding(mark, message, hint)


def find_email_error(value: str) -> str | None:
    """Return what is wrong with an e-mail address, None when it is one."""
    if _MAILTO_SIGNS.search(value):
        return "attendu : nom@domaine.fr, sans espace ni « ? », « & », « , », « ; », « < » ou « > »"
    if not value.isascii():
        return "une adresse électronique s’écrit sans accent"
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(value, check_deliverability=False)
    except EmailNotValidError:
        return "attendu : nom@domaine.fr"
    return find_ending_error(value)


def find_ending_error(host: str) -> str | None:
    """Return what is wrong with the end of a mail's or a site's name (« .fr »), None when it is one that exists."""
    ending = host.rpartition(".")[2].lower()
    if not ending.isascii() or ending.startswith("xn--") or ending in _read_domain_endings():
        return None
    return f"« .{ending} » n’existe pas à la fin d’une adresse ; par exemple « .fr »"


@lru_cache(maxsize=1)
def _read_domain_endings() -> frozenset[str]:
    """Return every ending that the IANA has given out."""
    lines = Path(__file__).with_name("domain_endings.txt").read_text(encoding="ascii").splitlines()
    given = " ".join(line for line in lines if not line.startswith("#")).split()
    return frozenset([*given, "example"])  # which RFC 2606 keeps for what is invented


def find_phone_error(value: str) -> str | None:
    """Return what is wrong with a telephone number, None when it is one: of France, short, or with « + »."""
    expected = "attendu : un numéro français à 10 chiffres, ou un numéro court comme 3230"
    if value.startswith(("+", "00")):
        expected = "attendu : l’indicatif du pays et le numéro entier, comme +41 22 307 13 13"
    if not _PHONE.fullmatch(value):
        return expected
    import phonenumbers

    if value.startswith("+"):
        with contextlib.suppress(phonenumbers.NumberParseException):
            return None if phonenumbers.is_valid_number(phonenumbers.parse(value)) else expected
        return expected
    for region in _FRANCE:
        try:
            number = phonenumbers.parse(value, region)
        except phonenumbers.NumberParseException:
            return expected
        if phonenumbers.is_valid_number(number) and phonenumbers.region_code_for_number(number) in _FRANCE:
            # a spreadsheet drops the zero, which the library puts back
            return None if value.startswith(("0", "(0", "+")) else expected
    from phonenumbers import shortnumberinfo

    number = phonenumbers.parse(value, "FR")
    is_short = shortnumberinfo.is_valid_short_number_for_region(number, "FR")
    return None if is_short and len(str(number.national_number)) != _TEXT_NUMBER_DIGITS else expected


def find_site_error(value: str) -> str | None:
    """Return what is wrong with a site: `http(s)://…`, or a bare name such as `www.caf.fr`; None when right."""
    expected = "attendu : www.exemple.fr ou https://www.exemple.fr/page"
    if len(value) > _MAX_URL_LENGTH or not _SITE_CHARACTERS.fullmatch(value):
        return expected
    try:
        parts = urlsplit(value if "://" in value else f"https://{value}")
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return expected
    if parts.scheme not in ("http", "https"):
        return "attendu : http ou https"
    if parts.username is not None or parts.password is not None:
        return "un nom ou un mot de passe n’a rien à faire dans une adresse de site"
    return find_ending_error(host) if _HOST.fullmatch(host) else expected


def find_appointment_error(value: str) -> str | None:
    """Return what is wrong with where an appointment is made: a site, or words that name an account."""
    looks_like_site = _SCHEME.match(value) or ("." in value.strip(".") and " " not in value)
    return find_site_error(value) if looks_like_site else None


def find_hours_error(value: str) -> str | None:
    """Return what is wrong with opening hours written in French, None when the cards can say them."""
    import opening_hours

    try:
        hours = read_hours(value)
    except HoursMistake as mistake:
        french = _say_in_french(value)
        return f"écrivez « {french} »" if french else str(mistake)
    said = find_french(hours)
    if not opening_hours.validate(hours) or said is None or convert_hours(said) != hours:
        return f"la fiche ne saurait pas les dire ; écrivez par exemple {EXAMPLE}"
    return None


def _say_in_french(value: str) -> str | None:
    """Return hours of the OpenStreetMap syntax, French days included (« Lu-Ve »), as one would write them."""
    import opening_hours

    days = dict(zip(_SHORT_DAYS, ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), strict=True))
    value = re.sub(
        rf"\b({'|'.join(days)})\b", lambda found: days[found[1].title()], value, flags=re.IGNORECASE
    )
    said = find_french(value) if opening_hours.validate(value) else None
    if said is None:
        return None
    said = re.sub(r"\b(\w+di|dimanche) à (?=\w+di\b|dimanche)", r"\1 au ", said)
    return None if convert_hours(said) == said else said


_ERROR_FINDERS = {
    "email": find_email_error,
    "phone": find_phone_error,
    "web": find_site_error,
    "appointment": find_appointment_error,
    "hours": find_hours_error,
}  # the other kinds are free text


def _suggest_value(kind: str, value: str) -> str | None:
    """Return what to write instead of `value`, which is no contact of that `kind`; None where nothing is sure."""
    bare = re.sub(r"^(?:mailto|tel) *: *", "", value.strip(_AROUND), flags=re.IGNORECASE).strip(_AROUND)
    several = [part.strip() for part in re.split(r" ou | et |[,;/]", bare) if part.strip()]
    if len(several) > 1 and all(_is_value(kind, part) for part in several):
        return "un contact n’a qu’une valeur ; déclarez l’autre sous un identifiant à elle"
    guesses = [bare]
    if kind == "email":
        guesses += [
            re.sub(r"\s+", "", bare),
            bare.replace(",", "."),
            re.sub(r" ?[(\[](?:at|a|arobase)[)\]] ?", "@", bare),
        ]
    elif kind == "phone":
        guesses += [re.sub("[oO]", "0", bare)]
    elif kind in ("web", "appointment"):
        guesses += [re.sub(r"\s+", "", bare)]
    for guess in guesses if kind != "hours" else ():
        if guess != value and _is_value(kind, guess):
            return f"écrivez « {line_slips.quote_text(guess) if kind == 'phone' else guess} »"
    for other in ("email", "phone", "web"):
        if other != kind and _is_value(other, bare):
            return f"il se met sous « {get_french_key(other)} »"
    return None


_AROUND = " \u00a0\u202f<>«»“”„\"'.,;"
"""What may stand around a value that was pasted, and is no part of it."""


def _is_value(kind: str, text: str) -> bool:
    return bool(text) and _ERROR_FINDERS[kind](text) is None


def _find_wrong_values(rules: PartnerRules, kinds: Collection[str], proved: KnownValues) -> Iterator[Finding]:
    for name, contact in rules.model.contacts.items():
        given = [*contact.kinds, *([("hours", contact.hours)] if contact.hours else [])]
        for kind, kept in given:
            if kind not in kinds or fold(kept) == fold(TO_FILL):
                continue  # `contact-not-replaced` tells of the latter
            node = find_node(rules.table, ("contacts", name, kind))
            value = node.value.strip() if kind == "hours" and isinstance(node, Text) else kept
            is_proved = (kind, kept) in proved and (kind != "hours" or value != kept)
            expected = None if is_proved else _ERROR_FINDERS[kind](value)
            if expected is not None:
                expected = _suggest_value(kind, value) or expected
                place = ("contacts", name, kind)
                yield Finding(
                    get_mark(rules.table, place),
                    f"« {value[:80]} » ne convient pas pour « {get_french_key(kind)} »",
                    expected,
                )


@check("bad-email", scope=Scope.CONTACT_VALUES, severity=Severity.BLOCKING)
def find_bad_emails(rules: PartnerRules, proved: KnownValues) -> Iterator[Finding]:
    """Une adresse électronique n’en est pas une.

    Éviter : « courriel: contact(at)cdad-jura.fr », ou deux adresses dans un seul contact.
    Préférer : « courriel: contact@cdad-jura.fr ».
    Pourquoi : le message ne partirait pas, ou partirait à quelqu’un d’autre.
    """
    yield from _find_wrong_values(rules, ("email",), proved)


@check("bad-phone", scope=Scope.CONTACT_VALUES, severity=Severity.BLOCKING)
def find_bad_phones(rules: PartnerRules, proved: KnownValues) -> Iterator[Finding]:
    """Un numéro de téléphone n’existe pas en France.

    Éviter : « téléphone: 03 84 25 69 9 », où il manque un chiffre.
    Préférer : « téléphone: "03 84 25 69 92" », ou un numéro court comme « téléphone: "3230" ».
    Pourquoi : le conseiller ou l’usager tomberait sur une autre personne, ou sur personne.
    """
    yield from _find_wrong_values(rules, ("phone",), proved)


@check("bad-site", scope=Scope.CONTACT_VALUES, severity=Severity.BLOCKING)
def find_bad_sites(rules: PartnerRules, proved: KnownValues) -> Iterator[Finding]:
    """L’adresse d’un site n’en est pas une, ou peut nuire.

    Éviter : « site: javascript:alert(1) », « site: file:///etc/passwd », « site: https://nom:secret@caf.fr ».
    Préférer : « site: www.caf.fr » ou « site: https://www.caf.fr/page ».
    Pourquoi : l’adresse est recopiée ou suivie sans être relue ; elle doit être un site, et rien d’autre.
    """
    yield from _find_wrong_values(rules, ("web", "appointment"), proved)
    for spot in iter_nodes(rules):
        for rank, value in enumerate(getattr(spot.answer, "official", [])):
            if expected := find_site_error(value):
                place = get_mark(rules.table, (*spot.location, "official", rank))
                yield Finding(
                    place, f"«\u00a0{value[:80]}\u00a0» ne convient pas pour «\u00a0fiche\u00a0»", expected
                )


@check("bad-hours", scope=Scope.CONTACT_VALUES, severity=Severity.BLOCKING)
def find_bad_hours(rules: PartnerRules, proved: KnownValues) -> Iterator[Finding]:
    """Des horaires ne se comprennent pas, ou laissent un doute.

    Éviter : « Mo-Fr 08:30-19:00 », « samedi matin », « lundi 9h-12h ; lundi 14h-17h ».
    Préférer : « lundi au vendredi 8h30-12h et 13h30-17h », « 1er lundi du mois 9h-12h ; sur rendez-vous ».
    Pourquoi : des horaires que le programme comprend se montrent en toutes lettres, et disent si c’est ouvert.
    """
    yield from _find_wrong_values(rules, ("hours",), proved)


@check("unused-contact", scope=Scope.WHOLE_PARTNER, severity=Severity.ADVICE)
def find_unused_contacts(rules: PartnerRules) -> Iterator[Finding]:
    """Aucune conclusion ne cite ce contact.

    Éviter : un contact déclaré sous « contacts », que ni « contacter » ni « contacts » d’une réponse ne nomme.
    Préférer : le citer là où il sert, ou le supprimer.
    Pourquoi : personne ne le verra jamais, et personne ne le tiendra à jour.
    """
    used = rules.list_used_contacts()
    if not used <= set(rules.model.contacts):
        return  # one of them may be meant by the unknown name
    for name in rules.model.contacts:
        place = get_mark(rules.table, ("contacts", name), key=True)
        if name in used or place.path != rules.own_place.path:
            continue
        message = f"contact « {name} » que rien ne cite"
        meant = find_close_name(name, sorted(rules.inherited_contacts))
        hint = f"vouliez-vous dire « {meant} » ?" if meant else "citez-le dans la réponse où il sert"
        yield Finding(place, message, hint)


_MOBILE = re.compile(r"(?:\+33 ?|0)[67](?:[ .\-]?\d){8}")
_PERSON_MAIL = re.compile(r"[a-z]{2,}[.\-_][a-z]{2,}@", re.IGNORECASE)
_SERVICE_WORDS = frozenset(
    "accueil accueils aide agence bureau caisse cdad contact conseil courrier direction division etat "  # noqa: SIM905
    "france mail maison mairie mission permis point pole pref prefecture relation relations secretariat service "
    "services social siv sous syndicat tribunal urgence".split()
)
_PERSON = re.compile(r"\b(?:M\.|Mme|Mlle|Monsieur|Madame) ?[A-ZÉ]|\bd’une personne\b|\bd'une personne\b")


@check("personal-contact", scope=Scope.PARTNER, severity=Severity.ADVICE)
def find_personal_contacts(rules: PartnerRules) -> Iterator[Finding]:
    """Un contact semble celui d’une personne, et peut être donné à l’usager ou à un autre département.

    Éviter : « public: usager » pour le mobile d’un agent ; « portée: national » pour sa boîte à son nom.
    Préférer : « public: conseiller » et « portée: local ».
    Pourquoi : ce qui est donné à l’usager, ou montré partout, ne peut plus être repris.
    """
    own = {*fold(rules.model.id).split(), *fold(rules.model.label).split()}
    for name, contact in rules.model.contacts.items():
        is_doubted = contact.doubt is not None and contact.scope == "local"  # its reader is warned
        found = (
            _find_person(kind, value, own)
            for kind, value in contact.kinds
            if not (kind == "phone" and is_doubted)
        )
        why = next(filter(None, found), None)
        if why is None and contact.doubt and _PERSON.search(contact.doubt):
            why = "son doute parle d’une personne"
        wrong = [("audience", "conseiller")] if contact.audience == "usager" else []
        wrong += [("scope", "local")] if contact.scope == "national" else []
        if why and wrong:
            key = wrong[0][0]
            hint = " et ".join(f"« {get_french_key(one)}: {value} »" for one, value in wrong)
            message = f"contact « {name} » : {why}, et tous peuvent s’en servir"
            yield Finding(get_mark(rules.table, ("contacts", name, key)), message, f"écrivez {hint}")


def _find_person(kind: str, value: str, own_words: set[str]) -> str | None:
    """Return why the value of a contact is that of a person, None when nothing shows it."""
    if kind == "phone" and _MOBILE.fullmatch(value.strip()):
        return "c’est un numéro de mobile"
    if kind == "email" and _PERSON_MAIL.match(value):
        words = re.split(r"[.\-_]", value.partition("@")[0].lower())
        return (
            None
            if (_SERVICE_WORDS | own_words).intersection(words)
            else "cette adresse porte un nom de personne"
        )
    return None


@check("hours-in-text", scope=Scope.PARTNER, severity=Severity.ADVICE)
def find_hours_in_texts(rules: PartnerRules) -> Iterator[Finding]:
    """Un texte donne des heures que ses contacts n’ont pas.

    Éviter : « Appeler de 9h à 12h. » quand le contact dit « horaires: lundi au vendredi 9h-17h », ou rien.
    Préférer : les heures sous « horaires » du contact, qui sont sur la fiche ; dans le texte, les mêmes, ou aucune.
    Pourquoi : le jour où elles changent, la fiche dirait deux choses à la fois.
    """
    contacts = rules.model.contacts
    for name in contacts:
        yield from _find_typed_hours(rules, ("contacts", name), {name})
    yield from _find_typed_hours(rules, (), set())
    for spot in iter_nodes(rules):
        yield from _find_typed_hours(
            rules, spot.location, {use.contact for use in getattr(spot.answer, "uses", ())}
        )


_SPAN = re.compile(
    r"(?<![\w/])(\d{1,2})\s?h\s?(\d\d)?\s*(?:[-\u2010-\u2015]|à|jusqu['’]à)\s*(\d{1,2})\s?h\s?(\d\d)?(?!\w)"
)


def _find_typed_hours(rules: PartnerRules, location: Location, uses: set[str]) -> Iterator[Finding]:
    """Yield the hours in the texts at `location`, not below, that no contact of the `uses`, or named there, has."""
    node = find_node(rules.table, location)
    if not isinstance(node, Table):
        return
    below = ("answers", "contacts", "examples", "hours")
    texts = Table(node.place, {key: entry for key, entry in node.entries.items() if key not in below})
    for text in references.iter_texts(texts):
        spans = [_read_span(found) for found in _SPAN.finditer(text.text.value)]
        if not spans:
            continue
        named = uses | {
            name.rpartition("/")[2] for name in references.list_referred_contacts(texts, rules.model.id)
        }
        said = {
            name: rules.model.contacts[name].hours or ""
            for name in sorted(named)
            if name in rules.model.contacts
        }
        if any(fold(hours) == fold(TO_FILL) for hours in said.values()):
            continue
        for typed, span in spans:
            if not any(span in hours for hours in said.values()):
                owners = [f"« {name} »" for name, hours in said.items() if hours]
                hint = "écrivez-les sous « horaires » du contact, et non ici"
                if owners:
                    hint = f"corrigez ce texte, ou les horaires de {' et de '.join(owners)}"
                yield Finding(
                    text.text.place, f"« {typed} » n’est pas dans les horaires d’un contact d’ici", hint
                )


def _read_span(found: re.Match[str]) -> tuple[str, str]:
    """Return hours as they were typed in a text, and as the opening hours of a contact have them."""
    first, minutes, last, more = found.groups()
    return found[0], f"{int(first):02}:{minutes or '00'}-{int(last):02}:{more or '00'}"


@check("contact-not-replaced", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_unreplaced_contacts(livret: Livret) -> Iterator[Finding]:
    """Un contact reste à remplir : ce livret n’en donne pas la valeur, le libellé ou les horaires.

    Éviter : laisser « à remplir », ou compter sur un contact « portée: local » d’un autre département.
    Préférer : le même identifiant sous « contacts », avec sa valeur ici ; « retirer: [horaires] » s’il n’en a pas.
    Pourquoi : au comptoir il n’est jamais montré comme s’il était d’ici ; la conclusion dit qu’il manque.
    """
    if livret.is_common:  # it is left to each département
        return
    folder, known = Path(livret.table.place.path).parent, list_file_names(livret.booklet)
    for rules in livret.partners:
        is_told = rules.own_place.path == livret.table.place.path
        if is_told and misnamed_files.find_partner_file(folder, rules.model.id, known):
            continue  # `unreachable` tells of its file
        used = rules.list_used_contacts()
        for name, contact in rules.model.contacts.items() if rules.whole else ():
            for key, text in (*contact.kinds, ("label", contact.label), ("hours", contact.hours or "")):
                mark = get_mark(rules.table, ("contacts", name, key), key=True)
                is_own = mark.path == rules.own_place.path
                if fold(text) == fold(TO_FILL) and (is_own or name in used):
                    yield _build_unfilled_finding(rules, name, key, mark if is_own else None)


def _build_unfilled_finding(rules: PartnerRules, name: str, key: str, mark: Mark | None) -> Finding:
    """Return what to say of what is to be filled under the `key` of a contact, at `mark` or in a layer below."""
    what = {"label": "libellé du contact", "hours": "horaires du contact"}.get(key, "contact")
    message = f"{what} « {name} » à remplir{_tell_consequence(rules, name) if what == 'contact' else ''}"
    hint = f"écrivez sa valeur à la place de « {TO_FILL} »"
    if mark is None:
        hint = f"donnez « {get_french_key(key)} » sous « {name} », dans {PARTNERS}/{rules.model.id}.yaml de ce livret"
    if key == "hours":
        hint += ", ou « retirer: [horaires] » s’il n’en a pas"
    return Finding(mark or rules.own_place, message, hint)


def _tell_consequence(rules: PartnerRules, name: str) -> str:
    """Return which conclusions have nobody to turn to without the contact `name`."""
    alone = [
        f"{rules.model.id}/{spot.path}"
        for spot in iter_nodes(rules)
        if isinstance(spot.answer, EscalateAnswer | OrientAnswer)
        and {use.contact for use in spot.answer.uses} <= rules.missing
        and name in {use.contact for use in spot.answer.uses}
    ]
    verb = "n’ont" if len(alone) > 1 else "n’a"
    return f" ; sans lui, {', '.join(alone)} {verb} personne à contacter" if alone else ""
