"""Match the démarches, partners, questions and contacts of two livrets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from rapidfuzz.fuzz import ratio

from fs_triage.contract import ROOT
from fs_triage.rules.flatten import Tree, flatten_livret, iter_answers
from fs_triage.rules.load import Livret
from fs_triage.rules.model_livret import Identifiers
from fs_triage.rules.model_partner import Contact, EscalateAnswer, StepsAnswer
from fs_triage.text.fold import fold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion

MIN_SIMILARITY = 0.7  # of 1: a démarche with another id, a text in two of which half a title was rewritten
MIN_SIMILARITY_ACROSS_PARTNERS = 0.9  # between two partners, where the same words may well be two démarches

Key = tuple[str, str]
"""A contact: the ids of its partner and its own."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two livrets, and its tree."""

    livret: Livret
    tree: Tree
    labels: dict[str, str]
    contacts: dict[Key, Contact]
    missing: frozenset[Key]
    """Contacts of another département, not yet replaced: nobody is shown them."""
    uses: dict[str, list[tuple[Key, str | None]]]
    """For a conclusion, its contacts in order, each with the condition to use it."""

    def list_users(self, contact: Key) -> tuple[str, ...]:
        """Return the ids of the conclusions that name `contact`, in order."""
        return tuple(node for node, uses in self.uses.items() if any(key == contact for key, _ in uses))


@dataclass(slots=True)
class Pairs:
    """The id in the new livret of each id of the old one; removed ones are absent."""

    conclusions: dict[str, str] = field(default_factory=dict)
    partners: dict[str, str] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    contacts: dict[Key, Key] = field(default_factory=dict)


def build_side(livret: Livret) -> Side:
    """Return `livret`, whose references must be sound, ready to be compared."""
    models = [rules.model for rules in livret.partners]
    contacts = {(model.id, name): contact for model in models for name, contact in model.contacts.items()}
    missing = frozenset((rules.model.id, name) for rules in livret.partners for name in rules.missing)
    labels = {model.id: model.label for model in models}
    return Side(livret, flatten_livret(livret), labels, contacts, missing, _collect_uses(livret))


def _collect_uses(livret: Livret) -> dict[str, list[tuple[Key, str | None]]]:
    found: dict[str, list[tuple[Key, str | None]]] = {}
    for rules in livret.partners:
        for node, answer in iter_answers(rules.model):
            if isinstance(answer, StepsAnswer | EscalateAnswer):
                uses = answer.escalate if isinstance(answer, EscalateAnswer) else answer.contacts or []
                found[node] = [((rules.model.id, use.contact), use.when) for use in uses]
    return found


def match_livrets(old: Side, new: Side) -> Pairs:
    """Match the nodes of two livrets; symmetric: with the sides swapped, the pairs are the same."""
    pairs = Pairs(conclusions=_match_by_name(old, new, old.tree.conclusions, new.tree.conclusions))
    pairs.conclusions |= _match_by_similarity(old, new, pairs.conclusions)
    order = {node: rank for rank, node in enumerate(new.tree.conclusions)}
    pairs.conclusions = dict(sorted(pairs.conclusions.items(), key=lambda names: order[names[1]]))
    pairs.partners = _match_by_name(old, new, old.labels, new.labels)
    pairs.partners |= _match_partners(pairs)
    pairs.questions = _match_by_name(old, new, old.tree.questions, new.tree.questions)
    pairs.questions |= _match_questions(pairs)
    pairs.contacts = _match_contacts(old, new, pairs.partners)
    return pairs


def _match_by_name(old: Side, new: Side, before: Collection[str], after: Collection[str]) -> dict[str, str]:
    """Pair what has the same id, or one that either livret says to be the other's."""
    pairs = {name: name for name in before if name in after}
    for given, known, turned in ((new, after, False), (old, before, True)):
        identifiers = given.livret.identifiers or Identifiers(published=[], renamed={})
        for name in before if not turned else after:
            follower = identifiers.follow(name)
            first, second = (follower, name) if turned else (name, follower)
            if follower in known and first not in pairs and second not in pairs.values():
                pairs[first] = second
    return pairs


def _match_by_similarity(old: Side, new: Side, known: dict[str, str]) -> dict[str, str]:
    """Pair démarches with other ids that say nearly the same, the most alike first."""
    gone = [c for node, c in old.tree.conclusions.items() if node not in known]
    come = [c for node, c in new.tree.conclusions.items() if node not in known.values()]
    scored = [(score_similarity(a, b), a["id"], b["id"]) for a in gone for b in come]
    pairs: dict[str, str] = {}
    for score, first, second in sorted(scored, key=lambda s: (-s[0], sorted(s[1:]))):
        if score >= MIN_SIMILARITY and first not in pairs and second not in pairs.values():
            pairs[first] = second
    return pairs


def score_similarity(first: Conclusion, second: Conclusion) -> float:
    """Return how much two conclusions with different ids look like one: 0 not at all, from 0.7 the same."""
    title = ratio(fold(first["title"]), fold(second["title"])) / 100
    body = ratio(_join_body(first), _join_body(second)) / 100
    near = ratio(first["id"], second["id"]) / 10_000
    if first["partner"] != second["partner"] and min(title, body) < MIN_SIMILARITY_ACROSS_PARTNERS:
        return 0.0
    return (1.0 if title == 1 else (title + body) / 2) + body / 10 + near


def _join_body(conclusion: Conclusion) -> str:
    return fold(" ".join([*conclusion["steps"], *(contact["value"] for contact in conclusion["contacts"])]))


def _match_partners(pairs: Pairs) -> dict[str, str]:
    """Pair a partner that is gone with the new one that took its démarches."""
    found: dict[str, str] = {}
    for first, second in pairs.conclusions.items():
        gone, come = first.partition("/")[0], second.partition("/")[0]
        if gone not in pairs.partners and come not in pairs.partners.values() and come not in found.values():
            found.setdefault(gone, come)
    return found


def _match_questions(pairs: Pairs) -> dict[str, str]:
    """Pair the questions that paired démarches stand under, as long as they have the same end."""
    found: dict[str, str] = {}
    for first, second in pairs.conclusions.items():
        while first.rpartition("/")[2] == second.rpartition("/")[2]:
            first, second = first.rpartition("/")[0], second.rpartition("/")[0]
            if ROOT in (first, second):
                break
            taken = second in pairs.questions.values() or second in found.values()
            if first not in pairs.questions and not taken:
                found.setdefault(first, second)
    return found


def _match_contacts(old: Side, new: Side, partners: dict[str, str]) -> dict[Key, Key]:
    """Pair contacts of paired partners: by id, then by value, then by label."""
    pairs: dict[Key, Key] = {}
    for mark in (lambda key, _: key[1], lambda _, contact: contact.kinds, lambda _, contact: contact.label):
        for first, before in old.contacts.items():
            for second, after in new.contacts.items():
                free = first not in pairs and second not in pairs.values()
                same = partners.get(first[0]) == second[0] and mark(first, before) == mark(second, after)
                if free and same:
                    pairs[first] = second
    return pairs
