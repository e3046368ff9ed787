"""Checks whose problems do not block the livret: the tree still leads to the right conclusions.

Each check is a short generator named like its code; its docstring is the manual page of that code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from fs_triage.checks import published_ids
from fs_triage.checks.completeness import no_example
from fs_triage.cli.commands import COMMANDS
from fs_triage.rules import misnamed_files
from fs_triage.rules.load import TO_FILL, Livret, PartnerRules, list_unfilled_contacts
from fs_triage.rules.model_livret import list_file_names
from fs_triage.rules.model_partner import KINDS, EscalateAnswer, GotoAnswer, StepsAnswer
from fs_triage.rules.nodes import (
    MAX_PROBLEMS,
    Location,
    build_problem,
    iter_nodes,
    iter_questions,
    unpack_mark,
)
from fs_triage.rules.problem import Problem
from fs_triage.rules.yaml_reader import List, Mark, Text, YamlNode, get_mark
from fs_triage.text.did_you_mean import build_slug
from fs_triage.text.fold import fold

_MIN_ANSWERS, _MAX_ANSWERS = 2, 9
_MAX_DEPTH = 5
_MAX_LENGTHS = {"label": 60, "question": 76, "help": 76, "about": 58, "title": 76}
_MARKUP = re.compile(
    r"\[/?[a-zA-Z#@][^\[\]\s]*\]|</?[a-zA-Z][^<>]*>|&#?\w+;|\*\*[^*]+\*\*|__[^_]+__|(?<!\w):[a-z]+(?:_[a-z]+)*:(?!\w)"
)
_RULE_FILE = re.compile(r"[^.~#].*\.ya?ml(\.txt)?", re.IGNORECASE)  # copies too, but not what an editor keeps


def answer_count(rules: PartnerRules) -> Iterator[Problem]:
    """Une question a une seule réponse, ou plus de neuf.

    Éviter : une question qui n’offre qu’un choix, ou douze réponses à la suite.
    Préférer : de 2 à 7 réponses, les plus fréquentes d’abord ; au-delà, regrouper par ce que veut l’usager.
    Pourquoi : un seul choix fait perdre un geste, et une longue liste ne se lit plus d’un coup d'œil.
    """
    for question, location in iter_questions(rules):
        count = len(question.answers)
        if not _MIN_ANSWERS <= count <= _MAX_ANSWERS:
            message = f"question à {count} réponse{'s' if count > 1 else ''}"
            hint = f"de {_MIN_ANSWERS} à {_MAX_ANSWERS} réponses : " + (
                "regroupez-les" if count > _MIN_ANSWERS else "ajoutez-en une, ou supprimez la question"
            )
            yield build_problem(rules, (*location, "question"), "answer-count", message, hint)


def path_too_long(rules: PartnerRules) -> Iterator[Problem]:
    """Une conclusion demande plus de cinq réponses.

    Éviter : six questions, partenaire compris, avant de savoir quoi faire.
    Préférer : cinq réponses au plus ; réunir deux questions, ou en poser une plus directe.
    Pourquoi : l’usager attend devant le conseiller.
    """
    for spot in iter_nodes(rules):
        count = spot.path.count("/") + 2
        if count > _MAX_DEPTH and isinstance(spot.answer, StepsAnswer | EscalateAnswer):
            message = f"« {spot.path} » demande {count} réponses, {_MAX_DEPTH} au plus"
            yield build_problem(
                rules, (*spot.location, "id"), "path-too-long", message, "réunissez deux questions"
            )


def text_too_long(rules: PartnerRules) -> Iterator[Problem]:
    """Un texte ne tient pas en entier sur un écran de 80 colonnes.

    Éviter : une réponse de 90 caractères, qui explique au lieu de nommer.
    Préférer : 60 caractères pour « label », 76 pour « question » et « help », 58 pour « about ».
    Pourquoi : la fin serait coupée ou repliée dans la liste où le conseiller choisit.
    """
    for key in ("label", "question", "about"):
        yield from _check_length(rules, rules.model, (), key)
    for spot in iter_nodes(rules):
        for key in ("label", "question", "help"):
            yield from _check_length(rules, spot.answer, spot.location, key)
    for name, contact in rules.model.contacts.items():
        yield from _check_length(rules, contact, ("contacts", name), "label")


def _check_length(rules: PartnerRules, model: object, location: Location, key: str) -> Iterator[Problem]:
    text, limit = getattr(model, key, None) or "", _MAX_LENGTHS[key]
    if len(text) > limit:
        message = f"« {key} » fait {len(text)} caractères, {limit} au plus"
        hint = "raccourcissez : la fin serait coupée sur un écran de 80 colonnes"
        yield build_problem(rules, (*location, key), "text-too-long", message, hint)


def page_outside(rules: PartnerRules) -> Iterator[Problem]:
    """Une réponse cite une page du livret qui n’est pas parmi celles du partenaire.

    Éviter : « pages: [19] » chez un partenaire dont les pages sont 16 et 17.
    Préférer : la bonne page, ou la page ajoutée à celles du partenaire.
    Pourquoi : la page sert à vérifier dans le livret papier ; une page fausse fait douter de tout.
    """
    known = ", ".join(map(str, rules.model.pages))
    for spot in iter_nodes(rules):
        for rank, page in enumerate(spot.answer.pages):
            if page not in rules.model.pages:
                message = f"la page {page} n’est pas une page de ce partenaire"
                yield build_problem(
                    rules, (*spot.location, "pages", rank), "page-outside", message, f"possible : {known}"
                )


def keyword_ambiguous(rules: PartnerRules) -> Iterator[Problem]:
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
                yield build_problem(
                    rules, location, "keyword-ambiguous", message, "précisez-le, ou gardez-le à un endroit"
                )


def name_is_command(rules: PartnerRules) -> Iterator[Problem]:
    """Un partenaire porte le nom d’une commande de fs-triage.

    Éviter : « keywords: [contacts] » chez un partenaire.
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
    told: set[str] = set()
    for name, location in names:
        if fold(name) in COMMANDS and fold(name) not in told:
            told.add(fold(name))
            message = f"« {name} » est une commande de fs-triage"
            yield build_problem(rules, location, "name-is-command", message, "choisissez un autre nom")


def _list_used_contacts(rules: PartnerRules) -> set[str]:
    """Return the contacts that an answer cites."""
    return {
        use.contact
        for spot in iter_nodes(rules)
        for use in [
            *(getattr(spot.answer, "escalate", None) or []),
            *(getattr(spot.answer, "contacts", None) or []),
        ]
    }


def unused_contact(rules: PartnerRules) -> Iterator[Problem]:
    """Aucune conclusion ne cite ce contact.

    Éviter : un contact déclaré sous « contacts », que ni « escalate » ni « contacts » d’une réponse ne nomme.
    Préférer : le citer là où il sert, ou le supprimer.
    Pourquoi : personne ne le verra jamais, et personne ne le tiendra à jour.
    """
    used = _list_used_contacts(rules) | rules.missing
    if not _list_used_contacts(rules) <= set(rules.model.contacts):
        return  # one of them may be meant by the unknown name
    for name in rules.model.contacts:
        if name not in used and get_mark(rules.table, ("contacts", name)).path == rules.table.place.path:
            place = get_mark(rules.table, ("contacts", name), key=True)
            message = f"contact « {name} » que rien ne cite"
            yield Problem(
                *unpack_mark(place), "unused-contact", message, "citez-le dans une réponse, ou supprimez-le"
            )


def contact_not_replaced(rules: PartnerRules) -> Iterator[Problem]:
    """Un contact hérité d’un autre département n’a pas été remplacé, ou n’est pas rempli.

    Éviter : laisser à l’héritier un contact « scope: local » du livret dont il hérite, ou « à remplir ».
    Préférer : le même identifiant sous « contacts » chez l’héritier, avec la valeur du département.
    Pourquoi : au comptoir il n’est jamais montré comme s’il était d’ici ; la conclusion dit qu’il manque.
    """
    empty = list_unfilled_contacts(rules.model)
    for name in sorted(rules.missing & _list_used_contacts(rules) | empty):
        alone = [
            f"{rules.model.id}/{spot.path}"
            for spot in iter_nodes(rules)
            if isinstance(spot.answer, EscalateAnswer)
            and {use.contact for use in spot.answer.escalate} <= rules.missing
            and name in {use.contact for use in spot.answer.escalate}
        ]
        place = get_mark(rules.table, ("contacts", name), key=True)
        verb = "n’ont" if len(alone) > 1 else "n’a"
        consequence = f" ; sans lui, {', '.join(alone)} {verb} personne à contacter" if alone else ""
        if name in empty:
            message = f"contact « {name} » à remplir{consequence}"
            hint = f"écrivez sa valeur à la place de « {TO_FILL} »"
            yield Problem(*unpack_mark(place), "contact-not-replaced", message, hint)
            continue
        message = f"contact local « {name} » à remplacer{consequence}"
        hint = f"donnez-le sous contacts, dans {rules.model.id}.yaml de ce livret"
        yield Problem(*unpack_mark(place), "contact-not-replaced", message, hint)


def markup(livret: Livret) -> Iterator[Problem]:
    """Un texte contient du balisage.

    Éviter : `**Attention**`, `[red]urgent[/red]`, `<b>CAF</b>`, `&eacute;`, `:warning:`.
    Préférer : le texte seul ; ce qui est important va dans « warnings » ou « do_not ».
    Pourquoi : rien n’est mis en forme, le conseiller lirait les signes du balisage.
    """
    tables = [livret.table, livret.elsewhere_table, *(rules.table for rules in livret.partners)]
    for text in (text for table in tables if table is not None for text in _iter_texts(table)):
        found = _MARKUP.search(text.value)
        if found is not None:
            message = f"« {found.group()} » se lit comme du balisage"
            yield Problem(*unpack_mark(text.place), "markup", message, "écrivez le texte seul")


def _iter_texts(node: YamlNode) -> Iterator[Text]:
    """Yield every text below `node` but the values of contacts, which are what they are."""
    if isinstance(node, Text):
        yield node
    elif isinstance(node, List):
        for item in node.items:
            yield from _iter_texts(item)
    else:
        for key, (_, item) in node.entries.items():
            if key not in KINDS:
                yield from _iter_texts(item)


def unreachable(livret: Livret) -> Iterator[Problem]:
    """Un fichier du dossier n’est pas lu : rien n’y mène.

    Éviter : ajouter « mairie.yaml » sans le citer dans « livret.yaml » ; garder « mairie (copie).yaml ».
    Préférer : « partners: [caf, cpam, mairie] », à la place où il doit paraître.
    Pourquoi : un partenaire qui n’est pas cité n’existe pas au comptoir.
    """
    if not livret.booklet.partners or not livret.whole:  # some may be cited in a way that cannot be read
        return
    folder = Path(livret.table.place.path).parent
    known = list_file_names(livret.booklet)
    absent = [name for name in known if not (folder / name).exists()]
    cited = [
        name for name in livret.booklet.partners if f"{name}.yaml" in absent and not livret.booklet.extends
    ]
    told = [misnamed_files.find_partner_file(folder, name, known) for name in cited]  # `missing-file` says so
    told += [
        folder / f"{gone.node}.yaml" for gone in published_ids.find_vanished_nodes(livret)
    ]  # as does `id_vanished`
    for path in sorted(folder.glob("*")):
        if path.name in known or path in told or not _RULE_FILE.fullmatch(path.name):
            continue
        name = build_slug(path.name.lower().partition(".y")[0])
        meant = misnamed_files.find_intended_file(name, absent, livret.booklet.partners)
        message, hint = "fichier que rien ne lit", "ôtez-le de ce dossier, ou renommez-le"
        if meant:
            hint = f"vouliez-vous dire « {meant} » ?"
        elif path.name == f"{name}.yaml":
            message = "fichier que livret.yaml ne cite pas : rien n’y mène"
            hint = f"ajoutez « {path.stem} » à partners"
        yield Problem(str(path), 0, 0, "unreachable", message, hint)


LOCAL: tuple[Callable[[PartnerRules], Iterator[Problem]], ...] = (
    answer_count,
    path_too_long,
    text_too_long,
    page_outside,
    name_is_command,
)
"""Checks that stay right for a partner of which invalid parts were dropped."""

WHOLE: tuple[Callable[[PartnerRules], Iterator[Problem]], ...] = (
    keyword_ambiguous,
    unused_contact,
    contact_not_replaced,
)
ACROSS: tuple[Callable[[Livret], Iterator[Problem]], ...] = (
    markup,
    unreachable,
    no_example,
    published_ids.id_unpublished,
)


def find_advice(livret: Livret) -> list[Problem]:
    """Return what could be better in `livret`, sorted."""
    problems: list[Problem] = []
    for rules in livret.partners:
        for check in (*LOCAL, *(WHOLE if rules.whole else ())):
            problems += islice(check(rules), MAX_PROBLEMS)
    for across in ACROSS:
        problems += islice(across(livret), MAX_PROBLEMS)
    return sorted(problems)
