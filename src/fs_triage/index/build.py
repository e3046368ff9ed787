"""From a livret to the entries of its index: keys and values, ready to be shown.

`node:<id>` holds « first last kind [node to go to when it blocks] » (positions of conclusions); `json:`, `text:`
and `line:` hold a conclusion by its position; `question:<id>` a question; `choices:<id>` its answers for the
completion; `renamed:<old id>` the id that it leads to now; `word:<word>` the positions
of the conclusions that have it; `alias:<name>` the id of a partner; `contact:` and `contact-line:` a contact by
its position; `span-…:<partner>` its positions; `find:` and `search:` what a search learnt (`learning`); `meta:`
the rest.

What begins with `~` is long and sorts last, so that no lookup reads it as the neighbour of what it looks for:
`~file:<hash>` what a rule file holds (`kept`), `~lesson` what a search is to learn, `~learnt:` what it counted,
`~read:<path>` the bytes of a rule file (`completeness`).
"""

from __future__ import annotations

import json

from fs_triage.render import plain_text
from fs_triage.render.conclusion import describe_conclusion
from fs_triage.rules import flatten
from fs_triage.rules.flatten import Tree
from fs_triage.rules.load import Livret
from fs_triage.search import training_set
from fs_triage.text.fold import fold, strip_plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion, Question

Entries = dict[str, str]


def entries_of(livret: Livret, old: Entries | None = None) -> Entries:
    """Return the entries of the index of `livret`, whose references must be sound (`checks.blocking`).

    What an earlier index, `old`, by the same program has learnt from the same texts is taken from it.
    """
    grown = flatten.flatten_livret(livret)
    entries = {
        "meta:livret": livret.booklet.id,
        "meta:title": livret.booklet.title,
        "meta:departement": livret.booklet.departement,
        "meta:source": livret.booklet.source,
        "meta:partners": " ".join(livret.booklet.partners),
    }
    entries |= _conclusions(livret, grown)
    entries |= _questions(grown)
    entries |= _aliases(livret)
    entries |= _contacts(livret, grown)
    if livret.identifiers is not None:
        moved = livret.identifiers.find_moved({*grown.questions, *grown.conclusions})
        entries |= {f"renamed:{old}": new for old, new in moved.items()}
    entries |= training_set.build_entries(livret, grown, old)
    return entries


def _conclusions(livret: Livret, grown: Tree) -> Entries:
    entries: Entries = {}
    labels = {rules.model.id: rules.model.label for rules in livret.partners}
    words: dict[str, tuple[list[str], list[str]]] = {}
    for rank, (node, conclusion) in enumerate(grown.conclusions.items()):
        blocked = grown.blocked.get(node, "")
        card = describe_conclusion(
            conclusion,
            labels[conclusion["partner"]],
            if_blocked=[grown.conclusions[target] for target in conclusion["if_blocked"]],
            blocked_node=blocked,
        )
        entries[f"json:{rank:06}"] = _json(conclusion)
        entries[f"text:{rank:06}"] = plain_text.render_card(card)
        entries[f"line:{rank:06}"] = plain_text.render_conclusion_row(conclusion)
        entries[f"node:{node}"] = f"{rank} {rank + 1} conclusion {blocked}".rstrip()
        *above, own = (
            {strip_plural(word) for word in fold(" ".join(names)).split()} for names in grown.names[node]
        )
        for word in own:
            words.setdefault(word, ([], []))[0].append(str(rank))
        for word in set().union(*above) - own:
            words.setdefault(word, ([], []))[1].append(str(rank))
    entries |= {
        f"word:{word}": "|".join([" ".join(own), " ".join(passed_on)])
        for word, (own, passed_on) in words.items()
    }
    return entries


def _questions(grown: Tree) -> Entries:
    entries: Entries = {}
    for node, question in grown.questions.items():
        first, last = grown.get_span(node)
        if first < last:  # else every answer leads elsewhere, and there is nothing to show at this place
            entries[f"node:{node}"] = f"{first} {last} question"
        entries[f"question:{node}"] = _json(question)
        entries[f"choices:{node}"] = _choices(question)
        if node == question["partner"] or not node:
            entries[f"span-json:{node}"] = entries[f"span-line:{node}"] = f"{first} {last}"
    return entries


def _choices(question: Question) -> str:
    """Return the answers that a call can name, one a line: id and label (not those that lead elsewhere)."""
    prefix = f"{question['id']}/" if question["id"] else ""
    own = [choice for choice in question["answers"] if choice["to"] == prefix + choice["id"]]
    return "\n".join(f"{choice['id']}\t{choice['label']}" for choice in own)


def _aliases(livret: Livret) -> Entries:
    """Return the names of each partner, folded: each may stand for its id."""
    return {
        f"alias:{fold(name)}": rules.model.id
        for rules in livret.partners
        for name in (rules.model.id, rules.model.label, rules.model.name, *rules.model.keywords)
    }


def _contacts(livret: Livret, grown: Tree) -> Entries:
    entries: Entries = {}
    of_partner: dict[str, list[Conclusion]] = {}
    for conclusion in grown.conclusions.values():
        of_partner.setdefault(conclusion["partner"], []).append(conclusion)
    rank = 0
    for rules in livret.partners:
        partner, first = rules.model.id, rank
        users: dict[str, list[Conclusion]] = {}
        shown = {}
        for conclusion in of_partner.get(partner, ()):
            for contact in conclusion["contacts"]:
                users.setdefault(contact["id"], []).append(conclusion)
                shown[contact["id"]] = contact
        for name, conclusions in users.items():
            record = {"partner": partner, **{k: v for k, v in shown[name].items() if k != "when"}}
            record["used_by"] = [conclusion["id"] for conclusion in conclusions]
            entries[f"contact:{rank:06}"] = _json(record)
            entries[f"contact-line:{rank:06}"] = plain_text.render_contact_row(
                partner, shown[name], conclusions
            )
            rank += 1
        entries[f"span-contact:{partner}"] = f"{first} {rank}"
    return entries


_json = json.JSONEncoder(ensure_ascii=False).encode
