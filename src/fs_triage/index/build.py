"""From a livret to the sections of its index (`reader`): typed rows, and texts ready to be shown."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass

from fs_triage.contract import list_contacts
from fs_triage.files.checked_file import pack, pack_table, pack_texts
from fs_triage.index import lookup
from fs_triage.index.freshness import FileState, Stamp, dump_files
from fs_triage.index.reader import (
    KIND,
    LINES,
    MEMBERS,
    ConclusionRow,
    Meta,
    NodeNames,
    NodeRow,
    PartnerRow,
    WordRow,
)
from fs_triage.index.situations import SituationAnswer, SituationRow
from fs_triage.render import labels, plain_text
from fs_triage.render.conclusion import describe_conclusion
from fs_triage.rules.flatten import Tree, describe_check, iter_answers
from fs_triage.rules.load import Livret
from fs_triage.rules.model_livret import MessageTemplate
from fs_triage.rules.model_partner import GotoAnswer, Partner
from fs_triage.text.fold import fold, spread_words
from fs_triage.text.numbers import keep_digits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion, ContactRecord, Question
    from fs_triage.rules.model_situations import Situation

Sections = dict[str, bytes]
_fold = functools.cache(fold)  # the names above a node and the contacts of a partner come back many times


@functools.cache
def _list_words(text: str) -> list[str]:
    return lookup.list_words(text)


_PAGE_NAMES = (["page"], ["p"], ["livret", "page"])
"""The words before the number of a page, as a call or a card names it."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What an index is made from; `sources` are the rule files, `program_files` those of the program."""

    stamp: Stamp
    sources: list[FileState]
    program_files: list[FileState]

    def pack(self) -> Sections:
        """Return its sections."""
        self.stamp.settle([*self.sources, *self.program_files])
        return {
            "stamp": pack_texts(self.stamp.dump()),
            "sources": pack_texts(dump_files(self.sources)),
            "program": pack_texts(dump_files(self.program_files)),
        }


def pack_index(sections: Sections, origin: Origin) -> bytes:
    """Return an index of these `sections` of a livret."""
    first = origin.pack()
    return pack(KIND, {**first, **sections, **first})


def build_sections(livret: Livret, tree: Tree, renamed: Mapping[str, str]) -> Sections:
    """Return the sections of `livret`, whose `tree` is sound; `renamed` are former ids and those they lead to."""
    booklet = livret.booklet
    meta = Meta(
        livret=booklet.id,
        title=booklet.title,
        departement=booklet.departement,
        source=booklet.source,
        partners=list(booklet.partners),
        edition=booklet.edition or "",
        licence=booklet.licence or "",
        checked=_json(describe_check(booklet.checked)) if booklet.checked else "",
    )
    names = {
        rules.model.id: [rules.model.id, rules.model.label, rules.model.name, *rules.model.keywords]
        for rules in livret.partners
    }
    words = {word: row.dump() for word, row in _collect_words(tree).items()}
    contacts, spans = _build_contacts(livret, tree)
    return {
        "meta": pack_texts(meta.dump()),
        "names": pack_table(_build_names(names)),
        "partner-names": pack_texts(map("\n".join, names.values())),
        "renamed": pack_table(renamed),
        "partners": pack_table({partner: row.dump() for partner, row in spans.items()}),
        "nodes": pack_table({node: row.dump() for node, row in _build_nodes(tree).items()}),
        "words": pack_table(words),
        "references": pack_table({name: row.dump() for name, row in _collect_references(tree).items()}),
        "missing": pack_texts(_list_missing_contacts(livret)),
        **_build_conclusions(livret, tree),
        "questions": pack_texts(map(_json, tree.questions.values())),
        "choices": pack_texts(map(_list_choices, tree.questions.values())),
        "node-names": pack_texts(_list_names(livret, tree), LINES),
        "contact-names": pack_texts(_list_contact_names(tree), LINES),
        **contacts,
        "situations": pack_texts(row.dump() for row in list_situations(livret, tree)),
        "owner": pack_texts([booklet.owner or ""]),
        "messages": pack_texts(_list_messages(booklet.messages)),
        "reserved": pack_texts(
            dict.fromkeys(value for rules in livret.partners for value in rules.list_reserved_values())
        ),
    }


def _list_messages(messages: Mapping[str, MessageTemplate]) -> list[str]:
    """Return the templates of messages as texts, three for each: its name, its subject, its body."""
    return [text for name, one in messages.items() for text in (name, one.subject, one.body)]


def _build_names(names: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the partner that each folded name means: in full, without its small words, in one word, in the singular.

    A form that is not written in the rules means nothing where two partners have it.
    """
    written = {fold(name): partner for partner, all_names in names.items() for name in all_names}
    forms: dict[str, set[str]] = {}
    for name, partner in written.items():
        whole = name.split()
        large = [word for word in whole if lookup.list_words(word)]
        for words in (whole, large, lookup.list_words(name)):
            for form in (" ".join(words), "".join(words)):
                forms.setdefault(form, set()).add(partner)
    return {form: min(partners) for form, partners in forms.items() if len(partners) == 1} | written


def _build_nodes(tree: Tree) -> dict[str, NodeRow]:
    nodes = {
        node: NodeRow(*tree.get_span(node), question=position) for position, node in enumerate(tree.questions)
    }
    return nodes | {
        node: NodeRow(position, position + 1, None, tree.blocked.get(node))
        for position, node in enumerate(tree.conclusions)
    }


def _collect_words(tree: Tree) -> dict[str, WordRow]:
    words: dict[str, WordRow] = {}
    for position, node in enumerate(tree.conclusions):
        *above, own = (set(_list_words(" ".join(names))) for names in tree.names[node])
        above.append({"".join(_fold(name).split()) for names in tree.names[node][:2] for name in names})
        for word in own:
            words.setdefault(word, WordRow([], [])).own.append(position)
        for word in set().union(*above) - own:
            words.setdefault(word, WordRow([], [])).inherited.append(position)
    return dict(sorted(words.items()))


def _collect_references(tree: Tree) -> dict[str, WordRow]:
    """Return which conclusions refer to a contact by its value or label, or by a word of them, and to a page."""
    references: dict[str, WordRow] = {}
    for position, conclusion in enumerate(tree.conclusions.values()):
        names = [[*ways, str(page)] for page in conclusion["pages"] for ways in _PAGE_NAMES]
        parts: set[str] = set()
        for contact in list_contacts(conclusion):
            value = contact["value"]
            for name in (value, value.removeprefix("www."), value.replace("+", " plus"), contact["label"]):
                names.append(lookup.join_digits(_list_words(name)))
                parts.update(names[-1])
        whole = {" ".join(name) for name in names if name}
        for name in whole:
            references.setdefault(name, WordRow([], [])).own.append(position)
        for name in parts - whole:
            references.setdefault(name, WordRow([], [])).inherited.append(position)
    return dict(sorted(references.items()))


def _build_conclusions(livret: Livret, tree: Tree) -> Sections:
    partners = {rules.model.id: rules.model.label for rules in livret.partners}
    cards = [
        describe_conclusion(
            conclusion,
            partners[conclusion["partner"]],
            if_blocked=[tree.conclusions[target] for target in conclusion["if_blocked"]],
            blocked_node=tree.blocked.get(node, ""),
            edition=livret.booklet.edition or "",
        )
        for node, conclusion in tree.conclusions.items()
    ]
    conclusions = tree.conclusions.values()
    return {
        "conclusions": pack_texts(map(_json, conclusions), MEMBERS),
        "conclusion-texts": pack_texts(map(plain_text.render_card, cards)),
        "conclusion-lines": pack_texts((_build_row(conclusion).dump() for conclusion in conclusions), LINES),
    }


def _build_row(conclusion: Conclusion) -> ConclusionRow:
    return ConclusionRow(conclusion["id"], labels.LEVEL_NAMES[conclusion["level"]], conclusion["title"])


def list_situations(livret: Livret, tree: Tree) -> list[SituationRow]:
    """Return the situations of `livret` that touch a conclusion: an heir may have none left of some."""
    rows = (_build_situation(situation, tree) for situation in livret.situations.situations)
    return [row for row in rows if row.positions]


def _build_situation(situation: Situation, tree: Tree) -> SituationRow:
    positions = _list_positions(situation.demarches, tree)
    own = [{*_list_positions(answer.demarches, tree)} for answer in situation.answers]
    common = {*positions}.difference(*own)
    answers = (
        SituationAnswer(
            answer.id,
            answer.label,
            answer.words,
            [position for position in positions if position in common | kept],
        )
        for answer, kept in zip(situation.answers, own, strict=True)
    )
    return SituationRow(
        situation.id,
        situation.title,
        situation.words,
        positions,
        question=situation.question or "",
        answers=answers,
    )


def _list_positions(nodes: list[str], tree: Tree) -> list[int]:
    """Return the positions of the conclusions at or below `nodes`, in this order, each once."""
    return list(dict.fromkeys(position for node in nodes for position in range(*tree.get_span(node))))


def _list_missing_contacts(livret: Livret) -> list[str]:
    """Return the contacts that conclusions are to use and that are yet to be filled: partner, id and label of each."""
    return [
        "\t".join([rules.model.id, name, rules.name_contact(name)])
        for rules in livret.partners
        for name in rules.model.contacts
        if name in rules.missing and name in rules.list_used_contacts()
    ]


def _list_choices(question: Question) -> str:
    """Return the answers that a call can name, one a line: id and label (not those that lead elsewhere)."""
    prefix = f"{question['id']}/" if question["id"] else ""
    own = [
        choice for choice in question["answers"] if f"{choice['to']}/".startswith(f"{prefix}{choice['id']}/")
    ]
    return "\n".join(f"{choice['id']}\t{choice['label']}" for choice in own)


def _list_names(livret: Livret, tree: Tree) -> list[str]:
    """Return what each node is called, as lines of `NodeNames`, in the order of the livret."""
    found: dict[str, tuple[str, list[str], list[str]]] = {}
    for rules in livret.partners:
        model = rules.model
        above: dict[str, list[str]] = {}
        elsewhere: list[tuple[str, list[str]]] = []
        for node, answer in iter_answers(model):
            own = [
                answer.id,
                answer.label,
                *answer.keywords,
                *([answer.name] if isinstance(answer, Partner) else []),
            ]
            names = list(dict.fromkeys(_fold(name).replace("|", " ") for name in own))
            inherited = above.get(node.rpartition("/")[0], [])
            above[node] = [*inherited, *names]
            if isinstance(answer, GotoAnswer):
                elsewhere.append((f"{model.id}/{answer.goto}", names))
            elif node in tree.questions or node in tree.conclusions:
                found[node] = fold(answer.label), names, inherited
        for target, names in elsewhere:  # what leads to a node is another name of it
            if target in found:
                _, known, _ = found[target]
                known += [name for name in names if name not in known]
    return [
        NodeNames(
            node,
            label=spread_words(label),
            words=spread_words(" ".join(names)),
            above=spread_words(" ".join(inherited)),
            names=names,
        ).dump()
        for node, (label, names, inherited) in found.items()
    ]


def _list_contact_names(tree: Tree) -> list[str]:
    """Return the folded words of each contact (value, label, note), and the positions of the conclusions with it."""
    users: dict[str, list[int]] = {}
    for position, conclusion in enumerate(tree.conclusions.values()):
        for contact in list_contacts(conclusion):
            value = contact["value"]
            joined = keep_digits(value) if contact["kind"] == "phone" else value.replace(" ", "")
            told = _fold(f"{value} {joined} {contact['label']} {contact['note'] or ''}")
            users.setdefault(" ".join(dict.fromkeys(told.split())), []).append(position)
    return [f" {words} \t{' '.join(map(str, positions))}" for words, positions in users.items()]


def _build_contacts(livret: Livret, tree: Tree) -> tuple[Sections, dict[str, PartnerRow]]:
    """Return the contacts that conclusions use, and where those of each partner are."""
    users_of: dict[str, dict[str, list[Conclusion]]] = {}
    shown: dict[tuple[str, str], ContactRecord] = {}
    for conclusion in tree.conclusions.values():
        for contact in list_contacts(conclusion):
            owner, _, name = contact["id"].rpartition("/")  # a text may name one of another partner
            owner = owner or conclusion["partner"]
            users_of.setdefault(owner, {}).setdefault(name, []).append(conclusion)
            shown[owner, name] = {**contact, "id": name}
    records: list[str] = []
    lines: list[str] = []
    spans: dict[str, PartnerRow] = {}
    for rules in livret.partners:
        partner, first = rules.model.id, len(records)
        for name, conclusions in users_of.get(partner, {}).items():
            record = {"partner": partner, **{k: v for k, v in shown[partner, name].items() if k != "when"}}
            record["reviewed"] = describe_check(livret.reviews.reviews.get(partner))
            record["used_by"] = [conclusion["id"] for conclusion in conclusions]
            records.append(_json(record))
            lines.append(plain_text.render_contact_row(partner, shown[partner, name], conclusions))
        spans[partner] = PartnerRow(*tree.get_span(partner), first, len(records))
    return {"contacts": pack_texts(records, MEMBERS), "contact-lines": pack_texts(lines, LINES)}, spans


_json = json.JSONEncoder(ensure_ascii=False).encode
