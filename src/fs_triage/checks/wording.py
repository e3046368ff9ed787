"""Checks of texts and names: their length, their characters, and whom they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from fs_triage.checks.registry import Finding, Scope, check
from fs_triage.contract import COMMAND_NAMES
from fs_triage.rules.line_slips import quote_text as quote_yaml
from fs_triage.rules.load import Livret, PartnerRules
from fs_triage.rules.model_partner import KINDS, ContactUse, GotoAnswer
from fs_triage.rules.nodes import iter_nodes
from fs_triage.rules.problem import Mend, Severity
from fs_triage.rules.vocabulary import get_french_key
from fs_triage.rules.yaml_reader import List, Location, Mark, Text, YamlNode, get_mark
from fs_triage.text.fold import fold
from fs_triage.text.typography import escape_controls, shorten_text

_MAX_LENGTHS = {"label": 60, "question": 76, "help": 76, "about": 58, "title": 76}
_MARKUP = re.compile(
    r"\[/?[a-z#@][^\[\]\s]*\]|</?[a-zA-Z][^<>]*>|&#?\w+;|\*\*[^*]+\*\*|__[^_]+__|(?<!\w):[a-z]+(?:_[a-z]+)*:(?!\w)"
)


@check("shared-name", scope=Scope.LIVRET, severity=Severity.BLOCKING)
def find_shared_names(livret: Livret) -> Iterator[Finding]:
    """Deux partenaires portent le même nom.

    Éviter : « impôts » parmi les « mots » de deux partenaires.
    Préférer : un nom qui ne désigne qu’un partenaire ; l’autre se trouve par ses démarches.
    Pourquoi : ce nom peut remplacer l’identifiant dans un appel, et ne doit mener qu’à un seul endroit.
    """
    seen: dict[str, tuple[PartnerRules, Location]] = {}
    reported: set[tuple[str, str]] = set()
    for rules in livret.partners:
        model = rules.model
        names: list[tuple[str, Location]] = [
            (model.id, ("id",)),
            (model.label, ("label",)),
            (model.name, ("name",)),
        ]
        names += [(word, ("keywords", rank)) for rank, word in enumerate(model.keywords)]
        for name, location in names:
            other, at_first = seen.setdefault(fold(name), (rules, location))
            first = other.model.id
            if (
                first != model.id and (first, model.id) not in reported
            ):  # of a copied file, one name is enough
                reported.add((first, model.id))
                there = get_mark(other.table, at_first)
                file = Path(there.path).name
                message = f"« {name} » désigne déjà « {first} » (ligne {there.line} de {file})"
                yield Finding(get_mark(rules.table, location), message, "gardez-le chez un seul partenaire")


@check("text-too-long", scope=Scope.PARTNER, severity=Severity.ADVICE)
def find_long_texts(rules: PartnerRules) -> Iterator[Finding]:
    """Un texte ne tient pas en entier sur un écran de 80 colonnes.

    Éviter : une réponse de 90 caractères, qui explique au lieu de nommer.
    Préférer : 60 caractères au plus sous « libellé », 76 sous « question » et « aide », 58 sous « pour ».
    Pourquoi : la fin serait coupée ou repliée dans la liste où le conseiller choisit.
    """
    for key in ("label", "question", "about"):
        yield from _check_length(rules, rules.model, (), key)
    for spot in iter_nodes(rules):
        for key in ("label", "question", "help"):
            yield from _check_length(rules, spot.answer, spot.location, key)
    for name, contact in rules.model.contacts.items():
        yield from _check_length(rules, contact, ("contacts", name), "label")


def _check_length(rules: PartnerRules, model: object, location: Location, key: str) -> Iterator[Finding]:
    text, limit = getattr(model, key, None) or "", _MAX_LENGTHS[key]
    if len(text) > limit:
        message = f"« {get_french_key(key)} » fait {len(text)} caractères, {limit} au plus"
        hint = "raccourcissez : la fin serait coupée sur un écran de 80 colonnes"
        yield Finding(get_mark(rules.table, (*location, key)), message, hint)


@check("name-is-command", scope=Scope.PARTNER, severity=Severity.ADVICE)
def find_command_names(rules: PartnerRules) -> Iterator[Finding]:
    """Un partenaire porte le nom d’une commande de fs-triage.

    Éviter : « mots: [contacts] » chez un partenaire.
    Préférer : un autre nom ; « fs-triage fiche contacts » resterait la seule façon de l’appeler.
    Pourquoi : le premier mot d’un appel est d’abord une commande.
    """
    model = rules.model
    names: list[tuple[str, Location]] = [
        (model.id, ("id",)),
        (model.label, ("label",)),
        (model.name, ("name",)),
    ]
    names += [(word, ("keywords", rank)) for rank, word in enumerate(model.keywords)]
    reported: set[str] = set()
    for name, location in names:
        if fold(name) in COMMAND_NAMES and fold(name) not in reported:
            reported.add(fold(name))
            message = f"« {name} » est une commande de fs-triage"
            yield Finding(get_mark(rules.table, location), message, "choisissez un autre nom")


@check("keyword-ambiguous", scope=Scope.WHOLE_PARTNER, severity=Severity.ADVICE)
def find_ambiguous_keywords(rules: PartnerRules) -> Iterator[Finding]:
    """Un mot-clé mène à deux endroits chez le même partenaire.

    Éviter : « duplicata » à la fois sous « carte grise » et sous « permis ».
    Préférer : « duplicata de carte grise » et « duplicata de permis ».
    Pourquoi : un mot-clé est la promesse d’un endroit précis.
    """
    answers = {spot.path: spot.answer for spot in iter_nodes(rules)}
    seen: dict[str, tuple[str, Mark]] = {}
    for spot in iter_nodes(rules):
        end = spot.path
        if isinstance(spot.answer, GotoAnswer) and spot.answer.goto in answers:
            end = spot.answer.goto
        for rank, word in enumerate(spot.answer.keywords):
            location = (*spot.location, "keywords", rank)
            other, place = seen.setdefault(fold(word), (end, get_mark(rules.table, location)))
            if other != end:
                message = f"mot-clé « {word} » qui mène déjà à « {other} » (ligne {place.line})"
                yield Finding(
                    get_mark(rules.table, location), message, "précisez-le, ou gardez-le à un endroit"
                )


_NAMING_KEYS = (
    "label",
    "name",
    "about",
    "question",
    "title",
    "help",
    "steps",
    "warnings",
    "do_not",
    "note",
    "when",
)


@check("no-word", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_texts_without_words(livret: Livret) -> Iterator[Finding]:
    """Un texte ne contient aucun mot, ou un mot-clé en contient plusieurs.

    Éviter : « libellé: 2026-11-23 », une étape « … », « mots: [bébé ; maternité] ».
    Préférer : « libellé: Déclarer une naissance », « mots: [bébé, maternité] ».
    Pourquoi : le conseiller ne saurait pas ce qu’il choisit ; la recherche ne trouverait pas ces mots.
    """
    tables = [livret.table, livret.situations_table, *(rules.table for rules in livret.partners)]
    for table in tables:
        for key, text in _iter_keyed_texts(table) if table is not None else ():
            if key in _NAMING_KEYS and text.value.strip() and not re.search(r"[^\W\d_]|\{", text.value):
                message = (
                    f"« {get_french_key(key)} » : « {shorten_text(text.value, 40)} » ne contient aucun mot"
                )
                yield Finding(text.place, message, "écrivez ce que le conseiller doit lire")
            elif key in ("keywords", "words") and ";" in text.value:
                parts = ", ".join(part.strip() for part in text.value.split(";") if part.strip())
                message = f"« {shorten_text(text.value, 40)} » : plusieurs mots-clés en un seul"
                yield Finding(
                    text.place, message, f"séparez-les par des virgules : {shorten_text(parts, 60)}"
                )


def _iter_keyed_texts(node: YamlNode, key: str = "") -> Iterator[tuple[str, Text]]:
    """Yield each text below `node` with the key that it stands under."""
    if isinstance(node, Text):
        yield key, node
    elif isinstance(node, List):
        for item in node.items:
            yield from _iter_keyed_texts(item, key)
    else:
        for below, (_, item) in node.entries.items():
            yield from _iter_keyed_texts(item, below)


_TEXT_LISTS = ("keywords", "steps", "do_not", "warnings", "pages")
_CONTACT_LISTS = ("contacts", "escalate", "orient")


@check("said-twice", scope=Scope.PARTNER, severity=Severity.ADVICE)
def find_repeated_items(rules: PartnerRules) -> Iterator[Finding]:
    """La même chose est dite deux fois au même endroit.

    Éviter : deux fois la même étape, le même mot ou le même contact dans une réponse.
    Préférer : chaque chose une fois, à sa place.
    Pourquoi : le conseiller chercherait ce qui les distingue.
    """
    spots: list[tuple[object, Location]] = [(rules.model, ())]
    spots += [(spot.answer, spot.location) for spot in iter_nodes(rules)]
    for model, location in spots:
        for key in (*_TEXT_LISTS, *_CONTACT_LISTS):
            items = getattr(model, key, None)
            seen: dict[object, int] = {}
            for rank, item in enumerate(items if isinstance(items, list) else []):
                same = (item.contact, item.when) if isinstance(item, ContactUse) else str(item).casefold()
                first = seen.setdefault(same, rank)
                if first != rank:
                    line = get_mark(rules.table, (*location, key, first)).line
                    shown = item.contact if isinstance(item, ContactUse) else shorten_text(str(item), 40)
                    message = f"« {shown} » déjà dit à la ligne {line}"
                    yield Finding(get_mark(rules.table, (*location, key, rank)), message, "dites-le une fois")


_DEPARTEMENT = re.compile(r"(\d{2,3}|2[AB]) +\S.*|tous", re.IGNORECASE)


@check("bad-departement", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_bad_departements(livret: Livret) -> Iterator[Finding]:
    """Le département n’a pas son numéro, ou pas son nom.

    Éviter : « département: Jura ».
    Préférer : « département: 39 Jura ».
    Pourquoi : c’est ce qui distingue ce livret de celui du voisin.
    """
    if livret.booklet.departement and not _DEPARTEMENT.fullmatch(livret.booklet.departement):
        message = f"« {livret.booklet.departement} » : il manque le numéro ou le nom du département"
        hint = "écrivez son numéro, puis son nom, comme « 39 Jura »"
        yield Finding(get_mark(livret.table, ("departement",)), message, hint)


_OPENING, _CLOSING = '“„‟"', '”“"'
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])[`´′](?=[^\W\d_])")  # noqa: RUF001


@check("odd-quotes", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_odd_quotes(livret: Livret) -> Iterator[Finding]:
    """Des guillemets d’un traitement de texte entourent un texte, ou un accent sert d’apostrophe.

    Éviter : « libellé: “Créer une boîte” », « l`usager ».
    Préférer : « libellé: "Créer une boîte" », ou sans guillemets ; « l'usager ».
    Pourquoi : seuls les guillemets du clavier entourent un texte ; les autres en sont une partie, et se lisent.
    """
    for text in _iter_livret_texts(livret):
        value = text.value.strip()
        begins, ends = value[:1] in _OPENING, value[-1:] in _CLOSING and len(value) > 1
        is_french = value[:1] == "«" and value[-1:] == "»"
        inner = value[1:-1].strip() if (begins and ends) or is_french else ""
        if inner and not set(inner) & set(f"{_OPENING}{_CLOSING}«»"):
            after = quote_yaml(inner)
            mends = (Mend(*text.place, text.value, after),)
            message = f"« {value[0]} » et « {value[-1]} » font partie de ce texte"
            yield Finding(text.place, message, f"écrivez {escape_controls(shorten_text(after, 40))}", mends)
        elif begins != ends and sum(value.count(sign) for sign in _OPENING + "”") == 1:
            sign = value[0] if begins else value[-1]
            where = "commence" if begins else "finit"
            message = f"ce texte {where} par un guillemet « {sign} » seul"
            yield Finding(text.place, message, "mettez les deux guillemets, ou aucun")
        elif found := _APOSTROPHE.search(value):
            mends = (Mend(*text.place, text.value, _APOSTROPHE.sub("'", text.value)),)
            message = f"« {found.group()} » n’est pas une apostrophe"
            yield Finding(text.place, message, "tapez celle du clavier", mends)


def _iter_livret_texts(livret: Livret) -> Iterator[Text]:
    """Yield every text of a livret but values of contacts and templates."""
    tables = [livret.table, livret.elsewhere_table, livret.situations_table]
    tables += [rules.table for rules in livret.partners]
    for table in tables:
        if table is not None:
            yield from _iter_texts(table)


@check("markup", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_markup(livret: Livret) -> Iterator[Finding]:
    """Un texte contient du balisage.

    Éviter : `**Attention**`, `[red]urgent[/red]`, `<b>CAF</b>`, `&eacute;`, `:warning:`.
    Préférer : le texte seul ; ce qui est important va dans « attention » ou « ne pas renseigner ».
    Pourquoi : rien n’est mis en forme, le conseiller lirait les signes du balisage.
    """
    names = {name for rules in livret.partners for name in rules.model.contacts}
    for text in _iter_livret_texts(livret):
        found = _MARKUP.search(text.value)
        if found is not None:
            message = f"« {found.group()} » se lit comme du balisage"
            name = found.group().strip("[]")
            hint = f"écrivez « {{{name}}} »" if name in names else "écrivez le texte seul"
            yield Finding(text.place, message, hint)


def _iter_texts(node: YamlNode) -> Iterator[Text]:
    """Yield every text below `node` but the values of contacts and the templates of messages."""
    if isinstance(node, Text):
        yield node
    elif isinstance(node, List):
        for item in node.items:
            yield from _iter_texts(item)
    else:
        for key, (_, item) in node.entries.items():
            if key not in (*KINDS, "messages"):
                yield from _iter_texts(item)
