"""Match the démarches, partners, questions and contacts of two livrets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from rapidfuzz.fuzz import ratio

from fs_triage.contract import ROOT
from fs_triage.rules.flatten import Tree, flatten_livret, iter_answers
from fs_triage.rules.load import Livret
from fs_triage.rules.model_livret import Identifiers
from fs_triage.rules.model_partner import CONCLUSIONS, Contact
from fs_triage.text.fold import fold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion

MIN_SIMILARITY = 0.7  # of 1; a title half rewritten comes to that when the text stays
MIN_SIMILARITY_ACROSS_PARTNERS = 0.9  # two partners may have démarches of nearly the same words

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
    """Contacts of another département, not yet replaced, which are not shown."""
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


def get_partner(node: str) -> str:
    """Return the id of the partner of a node."""
    return node.partition("/")[0]


def build_side(livret: Livret) -> Side:
    """Return one side of a comparison; the references of `livret` must be sound."""
    models = [rules.model for rules in livret.partners]
    contacts = {(model.id, name): contact for model in models for name, contact in model.contacts.items()}
    missing = frozenset((rules.model.id, name) for rules in livret.partners for name in rules.missing)
    labels = {model.id: model.label for model in models}
    return Side(
        livret=livret,
        tree=flatten_livret(livret),
        labels=labels,
        contacts=contacts,
        missing=missing,
        uses=_collect_uses(livret),
    )


def _collect_uses(livret: Livret) -> dict[str, list[tuple[Key, str | None]]]:
    found: dict[str, list[tuple[Key, str | None]]] = {}
    for rules in livret.partners:
        for node, answer in iter_answers(rules.model):
            if isinstance(answer, CONCLUSIONS):
                found[node] = [((rules.model.id, use.contact), use.when) for use in answer.uses]
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
    """Pair what has the same id, or one that either livret lists as the new name of the other."""
    pairs = {name: name for name in before if name in after}
    old_ids, new_ids = (
        side.livret.identifiers or Identifiers(published=[], renamed={}) for side in (old, new)
    )
    renamed = [(name, new_ids.follow(name)) for name in before]
    renamed += [(old_ids.follow(name), name) for name in after]
    for first, second in renamed:
        is_free = first not in pairs and second not in pairs.values()
        if first in before and second in after and is_free:
            pairs[first] = second
    return pairs


def _match_by_similarity(old: Side, new: Side, known: dict[str, str]) -> dict[str, str]:
    """Pair démarches with different ids that say nearly the same, the most similar first."""
    removed = [c for node, c in old.tree.conclusions.items() if node not in known]
    added = [c for node, c in new.tree.conclusions.items() if node not in known.values()]
    scored = [(score_similarity(a, b), a["id"], b["id"]) for a in removed for b in added]
    pairs: dict[str, str] = {}
    for score, first, second in sorted(scored, key=lambda s: (-s[0], sorted(s[1:]))):
        if score >= MIN_SIMILARITY and first not in pairs and second not in pairs.values():
            pairs[first] = second
    return pairs


def score_similarity(first: Conclusion, second: Conclusion) -> float:
    """Return the similarity of two conclusions with different ids: from 0 to 1.11, one and the same from 0.7."""
    title = ratio(fold(first["title"]), fold(second["title"])) / 100
    body = ratio(_join_body(first), _join_body(second)) / 100
    near = ratio(first["id"], second["id"]) / 10_000
    if first["partner"] != second["partner"] and min(title, body) < MIN_SIMILARITY_ACROSS_PARTNERS:
        return 0.0
    return (1.0 if title == 1 else (title + body) / 2) + body / 10 + near


def _join_body(conclusion: Conclusion) -> str:
    return fold(" ".join([*conclusion["steps"], *(contact["value"] for contact in conclusion["contacts"])]))


def _match_partners(pairs: Pairs) -> dict[str, str]:
    """Pair a removed partner with the added one that has its démarches."""
    found: dict[str, str] = {}
    for first, second in pairs.conclusions.items():
        old, new = get_partner(first), get_partner(second)
        if old not in pairs.partners and new not in pairs.partners.values() and new not in found.values():
            found.setdefault(old, new)
    return found


def _match_questions(pairs: Pairs) -> dict[str, str]:
    """Pair the questions above paired démarches, as long as their ids end alike."""
    found: dict[str, str] = {}
    for first, second in pairs.conclusions.items():
        while first.rpartition("/")[2] == second.rpartition("/")[2]:
            first, second = first.rpartition("/")[0], second.rpartition("/")[0]
            if ROOT in (first, second):
                break
            is_taken = second in pairs.questions.values() or second in found.values()
            if first not in pairs.questions and not is_taken:
                found.setdefault(first, second)
    return found


def _match_contacts(old: Side, new: Side, partners: dict[str, str]) -> dict[Key, Key]:
    """Pair contacts of paired partners: by id, then by value, then by label."""
    pairs: dict[Key, Key] = {}
    for get_trait in (
        lambda key, _: key[1],
        lambda _, contact: contact.kinds,
        lambda _, contact: contact.label,
    ):
        for first, before in old.contacts.items():
            for second, after in new.contacts.items():
                is_free = first not in pairs and second not in pairs.values()
                is_same = partners.get(first[0]) == second[0] and (
                    get_trait(first, before) == get_trait(second, after)
                )
                if is_free and is_same:
                    pairs[first] = second
    return pairs
