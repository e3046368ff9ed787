"""Checks of what the livret does not speak of: topics and needs told twice, or that it does speak of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from fs_triage.checks.registry import Finding, Scope, check
from fs_triage.rules.load import Livret
from fs_triage.rules.model_livret import Topic, get_livret_folder
from fs_triage.rules.nodes import iter_nodes
from fs_triage.rules.problem import Severity
from fs_triage.rules.vocabulary import get_french_key
from fs_triage.rules.yaml_reader import Location, Mark, get_mark
from fs_triage.search import phonetics
from fs_triage.text.fold import fold

_OUT, _VAGUE = get_french_key("out_of_scope"), get_french_key("vague")
"""The lists of hors-livret.yaml, as its author calls them."""


class _Text(NamedTuple):
    """A name of a topic or a need of hors-livret.yaml, as typed, and what list it stands in."""

    text: str
    place: Mark
    within: str


def _list_topics(livret: Livret) -> list[_Text]:
    """Return the names of the topics."""
    return [
        _Text(item.topic, _get_place(livret, ("out_of_scope", rank, "topic")), _OUT)
        for rank, item in enumerate(livret.elsewhere.out_of_scope)
        if isinstance(item, Topic)
    ]


def _list_needs(livret: Livret) -> list[_Text]:
    """Return every need of the file, in its order."""
    found: list[_Text] = []
    for rank, item in enumerate(livret.elsewhere.out_of_scope):
        location: Location = ("out_of_scope", rank)
        if isinstance(item, Topic):
            found += [
                _Text(need, _get_place(livret, (*location, "needs", number)), item.topic)
                for number, need in enumerate(item.needs)
            ]
        else:
            found.append(_Text(item, _get_place(livret, location), _OUT))
    found += [
        _Text(need, _get_place(livret, ("vague", rank)), _VAGUE)
        for rank, need in enumerate(livret.elsewhere.vague)
    ]
    return found


def _get_place(livret: Livret, location: Location) -> Mark:
    assert livret.elsewhere_table is not None  # there are needs, so they were read from somewhere
    return get_mark(livret.elsewhere_table, location)


def _say_where(first: Mark, again: Mark) -> str:
    """Return where a thing stands that is told `again`: its line, and in which livret if it is in a layer below."""
    folder = "" if first.path == again.path else f" de « {get_livret_folder(Path(first.path)).name} »"
    return f"à la ligne {first.line}{folder}"


@check("topic-twice", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_repeated_topics(livret: Livret) -> Iterator[Finding]:
    """Deux sujets hors du livret portent le même nom.

    Éviter : « sujet: logement social » deux fois dans « hors-livret.yaml ».
    Préférer : un seul sujet, et tous ses besoins dessous.
    Pourquoi : où orienter l’usager ne serait dit que dans l’un des deux.
    """
    seen: dict[str, Mark] = {}
    for topic in _list_topics(livret):
        first = seen.setdefault(fold(topic.text), topic.place)
        if first != topic.place:
            message = f"sujet « {topic.text} » déjà donné {_say_where(first, topic.place)}"
            yield Finding(topic.place, message, "réunissez leurs besoins sous un seul")


@check("need-twice", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_repeated_needs(livret: Livret) -> Iterator[Finding]:
    """Le même besoin est deux fois dans « hors-livret.yaml ».

    Éviter : « chèque énergie » sous deux sujets, ou à la fois sous un sujet et sous « vagues ».
    Préférer : le laisser sous le sujet que le conseiller nommerait.
    Pourquoi : la recherche ne peut répondre qu’un sujet.
    """
    needs = _list_needs(livret)
    seen: dict[str, _Text] = {}
    for need, words in zip(needs, phonetics.split_words_of_texts([one.text for one in needs]), strict=True):
        first = seen.setdefault(" ".join(words), need)
        if first is not need:
            under = "" if first.within == need.within else f", sous « {first.within} »"
            message = f"besoin « {need.text} » déjà donné {_say_where(first.place, need.place)}{under}"
            yield Finding(need.place, message, "retirez l’un des deux")


@check("topic-covered", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_covered_topics(livret: Livret) -> Iterator[Finding]:
    """Un sujet ou un besoin est dit hors du livret, qui en parle pourtant.

    Éviter : « carte grise » dans « hors-livret.yaml », quand une réponse de l’ANTS s’appelle ainsi.
    Préférer : un nom plus précis, « carte grise d’un bateau », ou rien.
    Pourquoi : la recherche répondrait que le livret n’en parle pas, et l’usager irait ailleurs pour rien.
    """
    covered: dict[str, str] = {}
    for rules in livret.partners:
        model = rules.model
        for name in (model.id, model.label, model.name, *model.keywords):
            covered.setdefault(fold(name), model.id)
        for spot in iter_nodes(rules):
            for name in (spot.answer.label, *spot.answer.keywords):
                covered.setdefault(fold(name), f"{model.id}/{spot.path}")
    for said in (*_list_topics(livret), *_list_needs(livret)):
        node = covered.get(fold(said.text)) if said.within != _VAGUE else None
        if node is not None:
            message = f"« {said.text} » est dit hors du livret, et mène à « {node} »"
            yield Finding(said.place, message, "retirez-le d’ici, ou précisez-le")
