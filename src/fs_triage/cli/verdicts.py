"""What to say of words that were understood in part, of too many things, of something else, or not at all."""

from __future__ import annotations

from fs_triage.livret import OpenLivret
from fs_triage.text.typography import end_sentence, quote_input, shorten_text
from fs_triage.understanding.result import Understanding, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from fs_triage.contract import Conclusion, PathStep, Question
    from fs_triage.search.rank import Hit

_MAX_WORDS = 4  # words that were not recognised, and words near each of them, that a message shows
_MAX_NEAREST = 2
_MAX_EXPLAINED = 12  # words that an explanation shows
_LONGEST_TITLE = 120  # characters


def explain_refusal(livret: OpenLivret, need: str, understood: Understanding) -> list[str]:
    """Return the lines that say why nothing answers `need`, and what to do next."""
    match understood.verdict:
        case Verdict.VAGUE:
            return _explain_vague(livret, need, understood)
        case Verdict.OUT_OF_SCOPE:
            return [_explain_out_of_scope(need, understood)]
    if understood.is_foreign:
        return [
            f"Pas compris : {quote_input(need)} n’est pas du français, à ce qu’il semble. Dites-le en français."
        ]
    said = f"Pas compris : {quote_input(need)}."
    if [word.word for word in understood.unknown_words if not word.nearest] == [need.strip()]:
        return [f"{said} Redites-le avec d’autres mots ; tout ce que dit le livret : « fs-triage liste »."]
    return [
        " ".join(filter(None, [said, render_unknown_words(understood), "Redites-le avec d’autres mots."]))
    ]


def _explain_vague(livret: OpenLivret, need: str, understood: Understanding) -> list[str]:
    said = f"Besoin trop vague : {quote_input(need)}."
    if understood.choices:
        return [f"{said} Dites-en plus, ou choisissez :", *render_nodes(livret, understood.choices)]
    partners = livret.meta.partners
    call = f"fs-triage chercher {_quote_argument(need)} --partenaire {partners[0]}"
    return [
        f"{said} De quel partenaire s’agit-il ? ({', '.join(partners)}) "
        f"Dites-en plus, ou nommez-le : « {call} »."
    ]


def _explain_out_of_scope(need: str, understood: Understanding) -> str:
    topic = understood.topic
    if topic is None:
        said = f"Ce livret ne parle pas de cela : {quote_input(need)}."
    else:
        said = f"Ce livret ne parle pas de ce sujet : {shorten_text(topic.name)}."
        if topic.where:
            return f"{said} Où s’adresser : {end_sentence(topic.where)}"
    return f"{said} Un autre service peut-être : voyez avec l’usager vers qui l’orienter."


def render_unknown_words(understood: Understanding) -> str:
    """Return the sentence that names the words that were not recognised and those near them; empty for none."""
    unknown = understood.unknown_words[:_MAX_WORDS]
    if not unknown:
        return ""
    shown = []
    for word in unknown:
        near = " ou ".join(quote_input(one) for one in word.nearest[:_MAX_NEAREST])
        shown.append(f"{quote_input(word.word)} (peut-être {near})" if near else quote_input(word.word))
    more = ", …" if len(understood.unknown_words) > _MAX_WORDS else ""
    head = "Mots non reconnus" if len(unknown) > 1 else "Mot non reconnu"
    return f"{head} : {', '.join(shown)}{more}."


def names_reason(understood: Understanding) -> bool:
    """Return whether a refusal has a reason of its own to tell: words, a subject, or choices that it can name."""
    match understood.verdict:
        case Verdict.VAGUE:
            return True
        case Verdict.OUT_OF_SCOPE:
            return understood.topic is not None
    return bool(understood.unknown_words or understood.is_foreign)


def render_evidence(understood: Understanding) -> list[str]:
    """Return the lines that say what a refusal comes from: words known and not, how far from an answer."""
    lines = []
    words = {
        "Mots connus": understood.known_words,
        "Mots inconnus": [word.word for word in understood.unknown_words],
    }
    for name, some in words.items() if any(words.values()) else ():
        shown = [*map(quote_input, some[:_MAX_EXPLAINED]), *(["…"] if len(some) > _MAX_EXPLAINED else [])]
        lines.append(f"  {name} : {', '.join(shown) or 'aucun'}")
    if understood.reach is not None:
        lines.append(f"  Meilleure démarche : {understood.reach * 100:.0f} % de ce qu’il faut pour répondre")
    return lines


def render_doubts(livret: OpenLivret, understood: Understanding) -> list[str]:
    """Return the lines that say what is not sure of an answer; none for one that is."""
    lines = [_render_maybe(understood)] if understood.verdict == Verdict.MAYBE else []
    if len(understood.tied) > 1 and not understood.needs:  # the first of two needs are no rivals
        lines.append(_render_tie(livret, understood.tied))
    return lines


def _render_maybe(understood: Understanding) -> str:
    """Return the line that says that the answer is a guess: which words it comes from, which say nothing."""
    words = list(dict.fromkeys(word for hit in understood.hits for word in hit.words))[:_MAX_WORDS]
    known = f" Reconnu : {', '.join(map(quote_input, words))}." if words else ""
    unknown = render_unknown_words(understood)
    return f"Peut-être, sans certitude.{known}{f' {unknown}' if unknown else ''}"


def _render_tie(livret: OpenLivret, tied: Iterable[Hit]) -> str:
    """Return the line that says that the first are close, and what tells the first two apart."""
    import json

    first, second, *_ = (json.loads(livret.get_conclusion_json(hit.position)) for hit in tied)
    return f"Les deux premières sont très proches. {_tell_apart(livret, first, second)}"


def _tell_apart(livret: OpenLivret, first: Conclusion, second: Conclusion) -> str:
    """Return the question that leads to one or the other, with both answers."""
    if first["partner"] != second["partner"]:
        names = livret.list_partner_names()
        one, other = (names[conclusion["partner"]][1] for conclusion in (first, second))
        return f"De quel partenaire s’agit-il : {one} ou {other} ?"
    steps: zip[tuple[PathStep, PathStep]] = zip(first["path"], second["path"], strict=False)
    for here, there in steps:
        if here != there and here["question"] == there["question"]:
            return f"{here['question']} {quote_input(here['answer'])} ou {quote_input(there['answer'])} ?"
    return f"{quote_input(first['title'])} ou {quote_input(second['title'])} ?"


def render_nodes(livret: OpenLivret, nodes: Iterable[str]) -> list[str]:
    """Return a line for each node: the call that shows it, and what it is."""
    return [f"  fs-triage {node}  # {_describe_node(livret, node)}" for node in nodes]


def _describe_node(livret: OpenLivret, node: str) -> str:
    text = livret.find_question_json(node)
    if text is None:
        row = livret.get_conclusion_row(livret.get_node(node).first)
        return shorten_text(f"{row.title} ({row.level})", _LONGEST_TITLE)
    import json

    question: Question = json.loads(text)
    return shorten_text(f"{question['title']}. {question['question']}", _LONGEST_TITLE)


def list_positions(livret: OpenLivret, nodes: Iterable[str]) -> list[int]:
    """Return the positions of the conclusions among `nodes`."""
    rows = map(livret.get_node, nodes)
    return [row.first for row in rows if row.question is None]


def _quote_argument(need: str) -> str:
    """Return `need`, cut, as one word of a command line, without what a shell would read in it."""
    return '"' + "".join(character for character in shorten_text(need) if character not in '"$`\\!') + '"'
