"""What is typed on a page: what it was understood as becomes choices, with a word on what was not."""

from __future__ import annotations

import json

from fs_triage.contract import ROOT
from fs_triage.desk.page import Event, Found, Option, Retype
from fs_triage.livret import OpenLivret
from fs_triage.render import labels
from fs_triage.text.numbers import pluralise, render_count
from fs_triage.text.typography import quote_input

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from fs_triage.contract import Conclusion, Question
    from fs_triage.understanding.result import Understanding, UnknownWord

_MAX_FOUND = 5  # conclusions asked for: what is further down was not asked
_MAX_PER_NEED = 3  # of them for each of several needs
_MAX_NEAREST = 3  # words proposed for one that is not known
_MAX_QUOTED = 40  # letters of a need, or of a word, that are repeated


class Finder:
    """Finds what words mean in a livret."""

    def __init__(self, livret: OpenLivret) -> None:
        self._livret = livret

    def find(self, typed: str, at: str = ROOT) -> Found:
        """Return what `typed` means on the page of the node `at`."""
        from fs_triage.understanding.result import Verdict
        from fs_triage.understanding.understand import understand

        livret = self._livret
        events = tuple(
            Option(
                Event(named.row.id, tuple(answer.id for answer in named.chosen)),
                f"Évènement\u00a0: {named.row.title}",
                render_count(len(named.positions), "démarche"),
                found=True,
            )
            for named in livret.find_named_situations(typed)
        )
        meant = understand(livret, livret.model, typed, at=at, max=_MAX_FOUND, is_typing=True)
        nodes = meant.ranked or meant.choices
        exact = typed.strip()
        if "/" in exact and livret.find_node(exact) is not None:  # the id that each card ends with
            nodes = [exact, *(node for node in nodes if node != exact)][:_MAX_FOUND]
            return Found(tuple(map(self.describe, nodes)))
        if events:
            return Found((*map(self.describe, nodes[:_MAX_FOUND]), *events))
        if not nodes:
            is_unknown = meant.verdict == Verdict.UNKNOWN and not meant.is_foreign
            near = _propose_words(typed, meant.unknown_words) if is_unknown else ()
            return Found(near, _explain_nothing(meant), _find_outcome(meant))
        notes: list[str] = []
        if meant.verdict == Verdict.MAYBE:
            notes += _name_unknown(meant.unknown_words) or ["Peut-être :"]
        elif not meant.ranked:
            notes.append("Plusieurs démarches répondent ; laquelle ?")
        if len(meant.needs) > 1:
            return Found(self._group(meant), tuple(notes))
        return Found(tuple(map(self.describe, nodes)), tuple(notes))

    def _group(self, meant: Understanding) -> tuple[Option, ...]:
        """Return what answers several needs, need by need."""
        options = []
        for rank, need in enumerate(meant.needs, 1):
            group = f"Besoin {rank} : {quote_input(need.text, _MAX_QUOTED)}"
            nodes = self.get_ids(hit.position for hit in need.hits[:_MAX_PER_NEED])
            options += [self.describe(node, group) for node in nodes]
        return tuple(options)

    def describe(self, node: str, group: str = "") -> Option:
        """Return the choice of a node: its partner and title, its level, and the way to it or its question."""
        question = self._find_question(node)
        if question is not None and node == question["partner"]:
            root = self._get_question(ROOT)
            about = next((c["help"] for c in root["answers"] if c["to"] == node), None)
            return Option(node, question["title"], about or "", found=True, group=group)
        if question is not None:
            partner, title, about, level = question["partner"], question["title"], question["question"], ""
        else:
            conclusion = self._get_conclusion(node)
            partner, title, level = (
                conclusion["partner"],
                conclusion["title"],
                labels.LEVEL_NAMES[labels.get_level_key(conclusion)],
            )
            about = labels.WAY.join(step["answer"] for step in conclusion["path"][:-1])
        label = f"{self._get_question(partner)['title']} : {title}"
        return Option(node, label, about, level, found=True, group=group)

    def get_ids(self, positions: Iterable[int]) -> list[str]:
        """Return the ids of the conclusions at `positions`."""
        return [self._livret.get_conclusion_id(position) for position in positions]

    def get_way(self, node: str) -> list[str]:
        """Return the labels of the answers that lead to a node, from its partner on."""
        found = self._find_question(node) or self._get_conclusion(node)
        partner = self._get_question(found["partner"])["title"]
        return [partner, *(step["answer"] for step in found["path"])]

    def _find_question(self, node: str) -> Question | None:
        text = self._livret.find_question_json(node)
        question: Question | None = json.loads(text) if text is not None else None
        return question

    def _get_question(self, node: str) -> Question:
        question: Question = json.loads(self._livret.get_question_json(node))
        return question

    def _get_conclusion(self, node: str) -> Conclusion:
        text = self._livret.get_conclusion_json(self._livret.get_node(node).first)
        conclusion: Conclusion = json.loads(text)
        return conclusion


def _explain_nothing(meant: Understanding) -> tuple[str, ...]:
    """Return why words found nothing; « not in this livret » is said of what was recognised as such alone."""
    from fs_triage.understanding.result import Verdict

    if meant.topic is not None:
        where = [meant.topic.where] if meant.topic.where else []
        return (f"Ce livret ne traite pas ce sujet : {meant.topic.name}.", *where)
    if meant.verdict == Verdict.OUT_OF_SCOPE:
        return ("Ce livret ne traite pas ce sujet.",)
    if meant.is_foreign:
        return ("Ces mots ne semblent pas français : écrivez le besoin en français.",)
    if meant.verdict == Verdict.VAGUE:
        return ("Trop vague : ajoutez un mot, ou choisissez un partenaire.",)
    return tuple(_name_unknown(meant.unknown_words) or ["Rien de reconnu : dites-le autrement."])


def _find_outcome(meant: Understanding) -> str:
    """Return the outcome of words that found nothing, empty where they say too little."""
    from fs_triage.desk import outcome
    from fs_triage.understanding.result import Verdict

    outcomes = {Verdict.OUT_OF_SCOPE: outcome.NOT_COVERED, Verdict.UNKNOWN: outcome.NOT_UNDERSTOOD}
    return outcomes.get(meant.verdict, "")


def _name_unknown(unknown: list[UnknownWord]) -> list[str]:
    """Return the line that names the words of which nothing is known."""
    if not unknown:
        return []
    words = ", ".join(quote_input(each.word, _MAX_QUOTED) for each in unknown)
    return [f"{pluralise('Mot', len(unknown))} non {pluralise('reconnu', len(unknown))} : {words}."]


def _propose_words(typed: str, unknown: list[UnknownWord]) -> tuple[Option, ...]:
    """Return as choices what was typed with the nearest known words in the place of those that are not."""
    return tuple(
        Option(Retype(typed.replace(each.word, near)), f"Vouliez-vous dire : {near} ?", found=True)
        for each in unknown
        for near in each.nearest[:_MAX_NEAREST]
    )
