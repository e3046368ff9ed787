"""Checks of texts and names: their length, their characters, and whom they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from fs_triage.checks.registry import Finding, Scope, check
from fs_triage.contract import COMMAND_NAMES
from fs_triage.rules.load import Livret, PartnerRules
from fs_triage.rules.model_partner import KINDS, GotoAnswer
from fs_triage.rules.nodes import iter_nodes
from fs_triage.rules.problem import Severity
from fs_triage.rules.vocabulary import get_french_key
from fs_triage.rules.yaml_reader import List, Location, Mark, Text, YamlNode, get_mark
from fs_triage.text.fold import fold

_MAX_LENGTHS = {"label": 60, "question": 76, "help": 76, "about": 58, "title": 76}
_MARKUP = re.compile(
    r"\[/?[a-zA-Z#@][^\[\]\s]*\]|</?[a-zA-Z][^<>]*>|&#?\w+;|\*\*[^*]+\*\*|__[^_]+__|(?<!\w):[a-z]+(?:_[a-z]+)*:(?!\w)"
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


@check("markup", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_markup(livret: Livret) -> Iterator[Finding]:
    """Un texte contient du balisage.

    Éviter : `**Attention**`, `[red]urgent[/red]`, `<b>CAF</b>`, `&eacute;`, `:warning:`.
    Préférer : le texte seul ; ce qui est important va dans « attention » ou « ne pas renseigner ».
    Pourquoi : rien n’est mis en forme, le conseiller lirait les signes du balisage.
    """
    tables = [livret.table, livret.elsewhere_table, livret.situations_table]
    tables += [rules.table for rules in livret.partners]
    for text in (text for table in tables if table is not None for text in _iter_texts(table)):
        found = _MARKUP.search(text.value)
        if found is not None:
            message = f"« {found.group()} » se lit comme du balisage"
            yield Finding(text.place, message, "écrivez le texte seul")


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
