"""Checks of the tree of a partner: identifiers, ways and ends; and of the files of a livret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from fs_triage.checks import published_ids
from fs_triage.checks.registry import Finding, Scope, check
from fs_triage.rules import misnamed_files
from fs_triage.rules.load import Livret, PartnerRules
from fs_triage.rules.model_livret import NEEDS, PARTNERS, list_file_names
from fs_triage.rules.model_partner import (
    CONCLUSIONS,
    Answer,
    ContactUse,
    EscalateAnswer,
    GotoAnswer,
    OrientAnswer,
    Partner,
    QuestionAnswer,
    StepsAnswer,
)
from fs_triage.rules.nodes import (
    Node,
    find_if_blocked_owners,
    find_only_conclusions,
    find_target,
    iter_nodes,
    iter_questions,
    list_ancestors,
    was_left_out,
)
from fs_triage.rules.problem import Severity
from fs_triage.rules.vocabulary import get_french_key
from fs_triage.rules.yaml_reader import Location, Mark, get_mark
from fs_triage.text.did_you_mean import build_slug, suggest_name
from fs_triage.text.fold import fold
from fs_triage.text.numbers import render_count
from fs_triage.text.typography import shorten_text

_MAX_SHOWN = 8  # nodes of a cycle
_MIN_ANSWERS, _MAX_ANSWERS = 2, 9
_MAX_DEPTH = 5
_MAX_PAGE_GAP = 20  # pages between two partners of a booklet
_RULE_FILE = re.compile(
    r"[^.~#].*\.(ya?ml(\.txt)?|txt)", re.IGNORECASE
)  # copies too, but not what an editor keeps


@check("duplicate-id", scope=Scope.PARTNER, severity=Severity.BLOCKING)
def find_duplicate_ids(rules: PartnerRules) -> Iterator[Finding]:
    """Deux réponses d’une même question ont le même identifiant.

    Éviter : deux fois « id: demande » sous la même question, souvent après un copier-coller.
    Préférer : un identifiant pour chacune, « demande » et « demande-papier ».
    Pourquoi : l’identifiant est l’adresse de la démarche ; on n’atteindrait jamais la seconde.
    """
    seen: dict[str, Node] = {}
    named = {head for example in rules.model.examples for head in list_ancestors(example)}
    lost = named - {spot.path for spot in iter_nodes(rules)}
    for spot in iter_nodes(rules):
        if spot.path in seen:
            first = get_mark(rules.table, (*seen[spot.path].location, "id"))
            message = f"identifiant répété « {spot.path} », déjà à la ligne {first.line}"
            hint = _suggest_other_id(spot.path, lost)
            yield Finding(get_mark(rules.table, (*spot.location, "id")), message, hint)
        seen.setdefault(spot.path, spot)


def _suggest_other_id(path: str, lost: set[str]) -> str:
    """Return what one of two answers at `path` may be: a neighbour among the `lost`, which examples name."""
    parent = path.rpartition("/")[0]
    beside = [one for one in lost if one.rpartition("/")[0] == parent]
    return (
        f"changez-en un : « {beside[0].rpartition('/')[2]} » manque" if len(beside) == 1 else "changez-en un"
    )


@check("unknown-target", scope=Scope.LIVRET, severity=Severity.BLOCKING)
def find_unknown_targets(livret: Livret) -> Iterator[Finding]:
    """Un « aller à », un « ouvre » ou un « si ça bloque » mène à une réponse qui n’existe pas, ou qui ne convient pas.

    Éviter : « si ça bloque: bloquage » quand la réponse s’appelle « blocage ».
    Préférer : le chemin exact de la réponse, « rsa/demande » ; chez un autre partenaire, « aller à: msa/famille ».
    Pourquoi : la démarche s’arrêterait sur un cul-de-sac.
    """
    nodes = _collect_answers(livret)
    for rules in livret.partners:
        yield from _find_unknown_targets(rules, livret, nodes)
        yield from _find_unknown_openings(rules)


def _collect_answers(livret: Livret) -> dict[str, Answer | Partner]:
    """Return each answer of each partner, and the partners themselves, by id."""
    answers: dict[str, Answer | Partner] = {rules.model.id: rules.model for rules in livret.partners}
    for rules in livret.partners:
        answers |= {f"{rules.model.id}/{spot.path}": spot.answer for spot in iter_nodes(rules)}
    return answers


def _find_unknown_openings(rules: PartnerRules) -> Iterator[Finding]:
    answers = {spot.path: spot.answer for spot in iter_nodes(rules)}
    for spot in iter_nodes(rules):
        question = spot.answer
        if not isinstance(question, QuestionAnswer) or question.opens is None:
            continue
        path = f"{spot.path}/{question.opens}"
        if isinstance(answers.get(path), CONCLUSIONS):
            continue
        if path in answers or not was_left_out(rules, path):
            message = f"« ouvre » mène à « {question.opens} », qui n’est pas une conclusion de cette question"
            known = [answer.id for answer in question.answers if answer.id != question.opens]
            hint = suggest_name(question.opens, known)
            yield Finding(get_mark(rules.table, (*spot.location, "opens")), message, hint)


def _find_unknown_targets(
    rules: PartnerRules, livret: Livret, nodes: dict[str, Answer | Partner]
) -> Iterator[Finding]:
    answers = {spot.path: spot.answer for spot in iter_nodes(rules)}
    places: list[tuple[Answer | Partner, Location]] = [(rules.model, ())]
    places += [(spot.answer, spot.location) for spot in iter_nodes(rules)]
    for answer, location in places:
        for key in ("goto", "if_blocked"):
            target = getattr(answer, key, None)
            if target is None or was_left_out(rules, target) or _is_told_renamed(target, rules, livret):
                continue
            end = answers.get(target)
            if end is None and key == "goto" and (target in nodes or _may_exist(target, rules, livret)):
                continue
            if end is None:
                message = f"« {get_french_key(key)} » mène à « {shorten_text(target, 80)} », qui n’existe pas"
                partner = target.partition("/")[0]
                known = list(answers)
                if key == "goto" and partner in nodes and partner not in answers:
                    known = [node for node in nodes if node.startswith(f"{partner}/")]
                labelled = [path for path, one in answers.items() if fold(one.label) == fold(target)]
                hint = f"écrivez « {labelled[0]} »" if labelled else suggest_name(target, known)
                yield Finding(get_mark(rules.table, (*location, key)), message, hint)
            elif key == "if_blocked" and isinstance(end, GotoAnswer):
                message = f"« si ça bloque » mène à « {target} », qui n’est qu’un renvoi"
                yield Finding(get_mark(rules.table, (*location, key)), message, f"écrivez « {end.goto} »")


def _is_told_renamed(target: str, rules: PartnerRules, livret: Livret) -> bool:
    """Return whether `id-vanished` tells that `target` has another name, and to write it here too."""
    node = f"{rules.model.id}/{target}"
    if node in published_ids.list_nodes(livret):
        return False
    return published_ids.is_told_as_vanished(livret, node) and bool(
        published_ids.find_successor(livret, node)
    )


def _may_exist(target: str, rules: PartnerRules, livret: Livret) -> bool:
    """Return whether `target` may be of another partner: one not read whole, or one that the heir does without."""
    partner = target.partition("/")[0]
    if any(spot.path == partner for spot in iter_nodes(rules)):
        return False
    if partner in livret.booklet.partners:
        other = next((one for one in livret.partners if one.model.id == partner), None)
        return other is None or was_left_out(other, target.partition("/")[2])
    return bool(rules.inherited) or not livret.whole


@check("cycle", scope=Scope.LIVRET, severity=Severity.BLOCKING)
def find_cycles(livret: Livret) -> Iterator[Finding]:
    """Un « aller à » tourne en rond.

    Éviter : une réponse « rsa » avec « aller à: prime », et une réponse « prime » avec « aller à: rsa ».
    Préférer : un renvoi vers une réponse qui conclut ou qui pose une autre question.
    Pourquoi : le conseiller reviendrait sans fin au même endroit.
    """
    answers = _collect_answers(livret)
    places = {
        f"{rules.model.id}/{spot.path}": get_mark(rules.table, (*spot.location, "goto"))
        for rules in livret.partners
        for spot in iter_nodes(rules)
        if isinstance(spot.answer, GotoAnswer)
    }
    seen: set[str] = set()
    for start in answers:
        way = _follow_gotos(start, answers, seen)
        seen.update(way)
        turn = _find_cycle(way, answers)
        if turn:
            partners = {node.partition("/")[0] for node in turn}
            shown = [node.partition("/")[2] or node if len(partners) == 1 else node for node in turn]
            message = f"« aller à » tourne en rond : {' → '.join(shown[:_MAX_SHOWN])}"
            yield Finding(places[turn[0]], message, "menez à une autre réponse")


def _follow_gotos(start: str, answers: dict[str, Answer | Partner], seen: set[str]) -> dict[str, None]:
    """Return the nodes that the `goto` at `start` leads through, up to the first one already visited."""
    way: dict[str, None] = {}
    node = start
    while node not in seen and node not in way and isinstance(end := answers.get(node), GotoAnswer):
        way[node] = None
        node = find_target(node.partition("/")[0], end.goto, answers)
    return way


def _find_cycle(way: dict[str, None], answers: dict[str, Answer | Partner]) -> list[str]:
    """Return the cycle in `way`, empty unless it returns to one of its nodes or to a question above one of them."""
    nodes = list(way)
    last = answers[nodes[-1]] if nodes else None
    target = ""
    if isinstance(last, GotoAnswer):
        target = find_target(nodes[-1].partition("/")[0], last.goto, answers)
    if target in way:
        return [*nodes[nodes.index(target) :], target]
    if isinstance(answers.get(target), QuestionAnswer | Partner):
        under = next((rank for rank, node in enumerate(nodes) if target in list_ancestors(node)), None)
        return [] if under is None else [*nodes[under:], target]
    return []


@check("same-words", scope=Scope.PARTNER, severity=Severity.BLOCKING)
def find_identical_labels(rules: PartnerRules) -> Iterator[Finding]:
    """Deux réponses d’une même question se lisent pareil.

    Éviter : « Faire une demande » deux fois sous la même question.
    Préférer : « Faire une première demande » et « Renouveler une demande ».
    Pourquoi : le conseiller ne pourrait pas les distinguer, et choisirait au hasard.
    """
    for question, location in iter_questions(rules):
        seen: dict[str, int] = {}
        ids: set[str] = set()
        for rank, answer in enumerate(question.answers):
            if answer.id in ids:  # copied as a whole: `duplicate-id` says so
                continue
            ids.add(answer.id)
            words = fold(answer.label)
            place = (*location, "answers", rank, "label")
            if words in seen:
                first = get_mark(rules.table, (*location, "answers", seen[words], "label"))
                message = f"réponse « {answer.label} » qui se lit comme celle de la ligne {first.line}"
                yield Finding(get_mark(rules.table, place), message, "dites ce qui les distingue")
            seen.setdefault(words, rank)


@check("no-way-out", scope=Scope.WHOLE_PARTNER, severity=Severity.BLOCKING)
def find_missing_ways_out(rules: PartnerRules) -> Iterator[Finding]:
    """Une démarche de 1er niveau ne dit pas quoi faire quand elle bloque.

    Éviter : des « étapes » sans « si ça bloque » ni « pas de second niveau », ni sur la réponse, ni au-dessus.
    Préférer : « si ça bloque: blocage » une fois pour tout le partenaire, ou la raison de ne pas en avoir.
    Pourquoi : le conseiller resterait seul avec l’usager devant une démarche qui n’aboutit pas.
    """
    ways = find_if_blocked_owners(rules)
    nodes: dict[str, tuple[Answer | Partner, Location]] = {"": (rules.model, ())}
    nodes |= {spot.path: (spot.answer, spot.location) for spot in iter_nodes(rules)}
    first = [spot for spot in iter_nodes(rules) if isinstance(spot.answer, StepsAnswer)]
    for answer, location in nodes.values():
        if answer.if_blocked and answer.no_second_level:
            message = "« si ça bloque » et « pas de second niveau » se contredisent"
            yield Finding(
                get_mark(rules.table, (*location, "no_second_level")), message, "gardez l’un des deux"
            )
    deciding = dict.fromkeys(ways[spot.path] for spot in first)
    yield from _find_dead_ends(rules, {path: nodes[path] for path in deciding})
    undecided = {
        path for path, (answer, _) in nodes.items() if not (answer.if_blocked or answer.no_second_level)
    }
    alone = [spot for spot in first if ways[spot.path] in undecided]
    hint = "ajoutez « si ça bloque » ou « pas de second niveau »"
    if len(alone) > 1 and not any(answer.if_blocked for answer, _ in nodes.values()):
        message = f"rien n’est dit si une des {len(alone)} démarches de 1er niveau bloque"
        yield Finding(get_mark(rules.table, ("id",)), message, f"{hint} au partenaire")
        return
    for spot in alone:
        message = f"« {spot.answer.label} » : rien n’est dit si la démarche bloque"
        yield Finding(get_mark(rules.table, spot.location), message, hint)


def _find_dead_ends(
    rules: PartnerRules, nodes: dict[str, tuple[Answer | Partner, Location]]
) -> Iterator[Finding]:
    """Yield the problem of each `if_blocked` of `nodes` that leads to nothing but the 1st level."""
    below, ways = find_only_conclusions(rules), find_if_blocked_owners(rules)
    final = {spot.path for spot in iter_nodes(rules) if spot.answer.no_second_level}
    helpful = {
        path
        for spot in iter_nodes(rules)
        if isinstance(spot.answer, EscalateAnswer | OrientAnswer) or ways[spot.path] in final
        for path in list_ancestors(spot.path)
    }
    for path, (answer, location) in nodes.items():
        target = answer.if_blocked
        if target not in below or target in helpful or answer.no_second_level or rules.model.no_second_level:
            continue
        what = "elle-même" if below[target] == path else "du 1er niveau"
        message = f"« {answer.label} » : si la démarche bloque, elle ne mène qu’à {what}"
        yield Finding(
            get_mark(rules.table, (*location, "if_blocked")), message, "donnez un autre « si ça bloque »"
        )


@check("opens-less", scope=Scope.WHOLE_PARTNER, severity=Severity.BLOCKING)
def find_openings_that_hide(rules: PartnerRules) -> Iterator[Finding]:
    """La fiche qu’« ouvre » montre sans poser la question en dit moins qu’une de celles qu’elle remplace.

    Éviter : « ouvre: autre » quand une réponse voisine a un contact ou un « ne pas renseigner » que « autre » n’a pas.
    Préférer : une fiche qui a tous les contacts et dit tous les cas ; sinon, la question, sans « ouvre ».
    Pourquoi : le conseiller n’a plus à choisir ; ce que la fiche montrée ne dit pas, il ne le verrait pas.
    """
    answers = {spot.path: spot.answer for spot in iter_nodes(rules)}
    for spot in iter_nodes(rules):
        opens = spot.answer.opens if isinstance(spot.answer, QuestionAnswer) else None
        shown = answers.get(f"{spot.path}/{opens}")
        if opens is None or not isinstance(shown, CONCLUSIONS):  # `unknown-target` says so
            continue
        known = set(_list_facts(shown))
        for path, answer in answers.items():
            hidden = path.startswith(f"{spot.path}/") and [
                one for one in _list_facts(answer) if one not in known
            ]
            if hidden:
                message = f"« ouvre » montre « {opens} », qui n’a pas {hidden[0]} de « {path} »"
                mark = get_mark(rules.table, (*spot.location, "opens"))
                yield Finding(mark, message, "ajoutez-le à cette fiche, ou ôtez « ouvre »")
                break


def _list_facts(answer: Answer) -> Iterator[str]:
    """Yield what an answer tells that one shown in its place has to tell too, each with its article."""
    if isinstance(answer, GotoAnswer):
        yield f"le renvoi à « {answer.goto} »"
    uses: list[ContactUse] = []
    if isinstance(answer, EscalateAnswer):
        yield "le 2nd niveau"
        uses = answer.escalate
    elif isinstance(answer, OrientAnswer):
        yield "l’orientation"
        uses = answer.orient
    elif isinstance(answer, StepsAnswer):
        yield "le 1er niveau"
        uses = answer.contacts or []
    for use in uses:
        yield f"le contact « {use.contact} »"
    for text in answer.do_not:
        yield f"le « ne pas renseigner » « {text} »"


@check("only-goto", scope=Scope.WHOLE_PARTNER, severity=Severity.BLOCKING)
def find_goto_only_questions(rules: PartnerRules) -> Iterator[Finding]:
    """Toutes les réponses d’une question renvoient ailleurs.

    Éviter : une question dont chaque réponse est un « aller à ».
    Préférer : un seul « aller à » à la place de la question, ou une réponse qui conclut.
    Pourquoi : la question n’aurait aucune conclusion à elle, et ne pourrait être ni listée, ni cherchée.
    """
    below = find_only_conclusions(rules)
    for spot in iter_nodes(rules):
        if isinstance(spot.answer, QuestionAnswer) and spot.path not in below:
            message = f"toutes les réponses de « {spot.path} » renvoient ailleurs"
            yield Finding(
                get_mark(rules.table, (*spot.location, "question")), message, "gardez-en une qui conclut"
            )


@check("answer-count", scope=Scope.WHOLE_PARTNER, severity=Severity.ADVICE)
def find_answer_count_errors(rules: PartnerRules) -> Iterator[Finding]:
    """Une question a une seule réponse, ou plus de neuf.

    Éviter : une question qui n’offre qu’un choix, ou douze réponses à la suite.
    Préférer : de 2 à 7 réponses, les plus fréquentes d’abord ; au-delà, regrouper par ce que veut l’usager.
    Pourquoi : un seul choix fait perdre un geste, et une longue liste ne se lit plus d’un coup d'œil.
    """
    for question, location in iter_questions(rules):
        count = len(question.answers)
        if not _MIN_ANSWERS <= count <= _MAX_ANSWERS:
            message = f"question à {render_count(count, 'réponse')}"
            hint = f"de {_MIN_ANSWERS} à {_MAX_ANSWERS} réponses : " + (
                "regroupez-les" if count > _MIN_ANSWERS else "ajoutez-en une, ou supprimez la question"
            )
            yield Finding(get_mark(rules.table, (*location, "question")), message, hint)


@check("path-too-long", scope=Scope.PARTNER, severity=Severity.ADVICE)
def find_long_paths(rules: PartnerRules) -> Iterator[Finding]:
    """Une conclusion demande plus de cinq réponses.

    Éviter : six questions, partenaire compris, avant de savoir quoi faire.
    Préférer : cinq réponses au plus ; réunir deux questions, ou en poser une plus directe.
    Pourquoi : l’usager attend devant le conseiller.
    """
    for spot in iter_nodes(rules):
        count = spot.path.count("/") + 2
        if count > _MAX_DEPTH and isinstance(spot.answer, CONCLUSIONS):
            message = f"« {spot.path} » demande {count} réponses, {_MAX_DEPTH} au plus"
            yield Finding(get_mark(rules.table, (*spot.location, "id")), message, "réunissez deux questions")


@check("page-outside", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_foreign_pages(livret: Livret) -> Iterator[Finding]:
    """Une réponse cite une page qui n’est pas parmi celles du partenaire, ou le partenaire une page loin de toutes.

    Éviter : « pages: [19] » chez un partenaire dont les pages sont 16 et 17.
    Préférer : la bonne page, ou la page ajoutée à celles du partenaire.
    Pourquoi : la page sert à vérifier dans le livret papier ; une page fausse fait douter de tout.
    """
    pages = [page for rules in livret.partners for page in rules.model.pages]
    for rules in livret.partners:
        for rank, page in enumerate(rules.model.pages):
            others = [other for other in pages if other != page]
            if others and page - max(others) > _MAX_PAGE_GAP:
                message = f"la page {page} est loin après toutes les autres"
                hint = "vérifiez ce nombre dans le livret papier"
                yield Finding(get_mark(rules.table, ("pages", rank)), message, hint)
        known = ", ".join(map(str, dict.fromkeys(rules.model.pages)))
        for spot in iter_nodes(rules) if known and not rules.lost.pages else ():
            for rank, page in enumerate(spot.answer.pages):
                if page not in rules.model.pages:
                    message = f"la page {page} n’est pas une page de ce partenaire"
                    mark = get_mark(rules.table, (*spot.location, "pages", rank))
                    yield Finding(mark, message, f"possible : {known}")


@check("unreachable", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_unread_files(livret: Livret) -> Iterator[Finding]:
    """Un fichier du dossier n’est pas lu : rien n’y mène.

    Éviter : ajouter « mairie.yaml » sans le citer dans « livret.yaml » ; garder « mairie (copie).yaml ».
    Préférer : « partenaires: [caf, cpam, mairie] », à la place où il doit paraître.
    Pourquoi : un partenaire qui n’est pas cité n’existe pas au comptoir.
    """
    if not livret.booklet.partners or not livret.whole:  # some may be cited in a way that cannot be read
        return
    folder = Path(livret.table.place.path).parent
    known = list_file_names(livret.booklet)
    absent = [name for name in known if not (folder / name).exists()]
    cited = [
        name
        for name in livret.booklet.partners
        if f"{PARTNERS}/{name}.yaml" in absent and not livret.booklet.extends
    ]
    # `missing-file` and `id-vanished` name these:
    reported = [misnamed_files.find_partner_file(folder, name, known) for name in cited]
    gone = {f"{one.node}.yaml" for one in published_ids.find_vanished_nodes(livret)}
    files = misnamed_files.list_files(folder, known)
    for path in files:
        is_told = path in reported or (path.parent.name in (PARTNERS, NEEDS) and path.name in gone)
        is_told |= path.parent.name == NEEDS and folder / PARTNERS / path.name in files
        if is_told or not _RULE_FILE.fullmatch(path.name):
            continue
        name = build_slug(re.split(r"\.(?:y|txt)", path.name.lower())[0])
        meant = misnamed_files.find_intended_file(path, name, folder, absent, livret.booklet.partners)
        if not re.search(r"\.ya?ml", path.name.lower()) and not meant:  # notes that somebody keeps there
            continue
        message, hint = "fichier que rien ne lit", "ôtez-le de ce dossier, ou renommez-le"
        if meant:
            hint = f"vouliez-vous dire « {meant} » ?"
        elif copied := misnamed_files.find_copied_partner(path, livret.booklet.partners):
            message, hint = f"copie de « {copied}.yaml » que rien ne lit", "ôtez-le de ce dossier"
        elif path == folder / PARTNERS / f"{name}.yaml":
            message = "fichier que livret.yaml ne cite pas : rien n’y mène"
            hint = f"ajoutez « {path.stem} » à partenaires"
            if livret.booklet.extends:
                hint += " ; si ce livret ne le donne plus, sortez ce fichier de ce dossier"
        yield Finding(Mark(str(path), 0, 0), message, hint)
