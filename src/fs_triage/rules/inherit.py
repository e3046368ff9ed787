"""Layers of a livret: what is common to all, then a département, then a house, each saying only what is its own.

Tables are merged before the models are built, the lowest layer first, so that each problem is reported in the file
where its text was typed. What a layer says replaces what those below say at the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from fs_triage.rules.keys import find_key
from fs_triage.rules.model_errors import describe_node
from fs_triage.rules.model_partner import KINDS, TO_FILL, Contact
from fs_triage.rules.problem import Problem
from fs_triage.rules.vocabulary import get_french_key
from fs_triage.rules.yaml_reader import List, Mark, Table, Text, YamlNode
from fs_triage.text.did_you_mean import find_close_name, render_suggestion, suggest_name
from fs_triage.text.fold import fold
from fs_triage.text.typography import escape_controls

TOP = "."
"""In `add`, `modify` and `order`, the partner itself, with its first question."""

CONTACTS = "contacts/"
"""In `remove`, what stands before the id of a contact."""

CHANGES = ("remove", "replace", "modify", "add", "order")
"""The keys by which a layer changes the tree of those below, in the order in which they are followed."""

_IDENTITY = ("label", "audience", "scope")
"""What stays of a contact whose value is replaced: the rest was said of the old value."""


@dataclass(slots=True)
class MergedPartner:
    """The table of a partner, as its layers so far make it."""

    table: Table
    inherited: frozenset[str] = frozenset()
    """The paths that the trees of the layers below the last one have, or had before one of these took them away."""
    inherited_contacts: frozenset[str] = frozenset()
    """The contacts of the layers below the last one."""
    reserved: frozenset[str] = frozenset()
    """The values of contacts for counsellors in those layers: a text inherited from them may name one."""
    forgotten: tuple[str, ...] = ()
    """The values of contacts that hold in another département alone."""
    changes: list[tuple[str, Mark]] = field(default_factory=list)
    """The paths that the last layer changes, and where it says so."""
    problems: list[Problem] = field(default_factory=list)
    has_lost_answers: bool = False
    """Whether the last layer adds answers where none can be: what names them elsewhere is not wrong."""


def merge_partner(merged: MergedPartner, heir: Table) -> None:
    """Lay `heir`, the table of the next layer, over `merged`.

    Keys of `heir` replace those below; `contacts` do so one by one and key by key, `examples` are added; `CHANGES`
    change the tree.
    """
    merged.inherited |= frozenset(list_paths(merged.table))
    merged.inherited_contacts = frozenset(_get_entries(merged.table, "contacts"))
    merged.reserved |= frozenset(_iter_reserved_values(merged.table))
    merged.changes = []
    _check_shapes(merged, heir)
    _merge_contacts(merged, heir)
    for item in _list_texts(heir, "remove"):
        _remove(merged, item)
    for key, change in _CHANGE_ONE.items():
        for path, (mark, node) in _get_entries(heir, key).items():
            change(merged, path, mark, node)
    _merge_examples(merged, heir)
    for key, entry in heir.entries.items():
        if key not in (*CHANGES, "contacts", "examples"):
            merged.table.entries[key] = entry


_LIST = "une liste, chaque ligne commençant par « - »"
_PATHS = f"{_LIST} et donnant un chemin comme « rsa/demande »"
_SHAPES: dict[str, tuple[type[YamlNode], str]] = {
    "remove": (List, _PATHS),
    "replace": (Table, "des « chemin: réponse »"),
    "modify": (Table, "des « chemin: clés à changer »"),
    "add": (Table, "des « chemin: liste de réponses »"),
    "order": (Table, "des « chemin: liste d’identifiants »"),
    "contacts": (Table, "des « identifiant: contact »"),
}
_ITEM_SHAPES: dict[str, tuple[type[YamlNode], str]] = {
    "modify": (Table, "des « clé: valeur »"),
    "add": (List, f"{_LIST} et donnant une réponse"),
    "order": (List, f"{_LIST} et donnant un identifiant"),
}
"""What each path of a change leads to."""


def _check_shapes(merged: MergedPartner, heir: Table) -> None:
    """Add a problem for each key of a layer whose value has the wrong type."""
    for key, (shape, expected) in _SHAPES.items():
        if key not in heir.entries:
            continue
        node = heir.entries[key][1]
        if not isinstance(node, shape):
            _add_shape_problem(merged, key, node, expected)
            merged.has_lost_answers |= key == "add"
        for item in node.items if key == "remove" and isinstance(node, List) else []:
            if not isinstance(item, Text):
                _add_shape_problem(merged, key, item, "un chemin comme « rsa/demande »")
        if key in _ITEM_SHAPES and isinstance(node, Table):
            item_shape, expected = _ITEM_SHAPES[key]
            for path, (_, item) in node.entries.items():
                if not isinstance(item, item_shape):
                    _add_shape_problem(merged, path, item, expected)


def _add_shape_problem(merged: MergedPartner, key: str, node: YamlNode, expected: str) -> None:
    if isinstance(node, Text) and not node.value.strip():
        code = "empty"
        message = f"« {escape_controls(get_french_key(key))} » est vide"
        hint = "complétez, ou supprimez-la"
    else:
        code = "wrong-type"
        message = f"« {escape_controls(get_french_key(key))} » : {describe_node(node)}"
        hint = f"attendu : {expected}"
    merged.problems.append(Problem(*node.place, code=code, message=message, hint=hint))


def is_to_fill(node: YamlNode | None) -> bool:
    """Return whether `node` stands for a value that has yet to be written."""
    return isinstance(node, Text) and fold(node.value) == fold(TO_FILL)


def _iter_reserved_values(partner: Table) -> Iterator[str]:
    for _, contact in _get_entries(partner, "contacts").values():
        if isinstance(contact, Table) and find_text(contact, "audience") != "usager":
            for kind in KINDS:
                value = find_text(contact, kind)
                if value is not None and fold(value) != fold(TO_FILL):
                    yield value


def get_local_contacts(partner: Table) -> dict[str, Table]:
    """Return the contacts of `partner` that belong to its département, by id."""
    return {
        name: contact
        for name, (_, contact) in _get_entries(partner, "contacts").items()
        if isinstance(contact, Table) and find_text(contact, "scope") != "national"
    }


def find_text(table: Table, key: str) -> str | None:
    """Return the text under `key`, None when there is none."""
    node = table.entries.get(key, (None, None))[1]
    return node.value if isinstance(node, Text) else None


def _merge_contacts(merged: MergedPartner, heir: Table) -> None:
    own = heir.entries.get("contacts", (heir.place, None))[1]
    if not isinstance(own, Table):
        return
    _, inherited = merged.table.entries.setdefault("contacts", (own.place, Table(own.place)))
    if not isinstance(inherited, Table):
        return
    for name, (mark, contact) in own.entries.items():
        old = inherited.entries.get(name, (None, None))[1]
        if isinstance(contact, Table) and isinstance(old, Table):
            contact = _merge_contact(merged, old, contact)
        elif isinstance(contact, Table) and not _is_whole_contact(contact) and not _is_cited(heir, name):
            free = [other for other in inherited.entries if other not in own.entries]
            message = f"contact « {escape_controls(name)} » que rien ne cite : le livret hérité n’en a pas"
            merged.problems.append(
                Problem(*mark, code="unused-contact", message=message, hint=suggest_name(name, free))
            )
            continue
        inherited.entries[name] = (mark, contact)


def _is_cited(node: YamlNode, name: str) -> bool:
    """Return whether a text at or below `node` is the id of the contact `name`, or refers to it."""
    if isinstance(node, Text):
        return node.value == name or f"{{{name}}}" in node.value
    items = node.items if isinstance(node, List) else [item for _, item in node.entries.values()]
    return any(_is_cited(item, name) for item in items)


def _is_whole_contact(contact: Table) -> bool:
    """Return whether `contact` says all that a new one must, and is no change of another one."""
    required = [key for key, field in Contact.model_fields.items() if field.is_required()]
    return all(key in contact.entries for key in required) and any(key in contact.entries for key in KINDS)


def _merge_contact(merged: MergedPartner, old: Table, own: Table) -> Table:
    has_value = any(kind in own.entries for kind in KINDS)
    if has_value:
        was_given = not any(is_to_fill(old.entries.get(kind, (None, None))[1]) for kind in KINDS)
        dropped = {key for key in old.entries if key in KINDS or (was_given and key not in _IDENTITY)}
    else:
        dropped = set()
    kept = {key: entry for key, entry in old.entries.items() if key not in dropped}
    return _lay_over(merged, Table(own.place, kept), own)


def _lay_over(merged: MergedPartner, below: Table, own: Table) -> Table:
    """Return `below` with the keys of `own`, and without those that `own` removes."""
    entries = {**below.entries, **{key: entry for key, entry in own.entries.items() if key != "remove"}}
    for item in _list_texts(own, "remove"):
        key = find_key(item.value, tuple(entries))
        if key is None:
            message = f"rien à retirer sous « {escape_controls(item.value)} »"
            hint = suggest_name(item.value, sorted(map(get_french_key, below.entries)))
            merged.problems.append(Problem(*item.place, code="unknown-target", message=message, hint=hint))
        else:
            del entries[key]
    return Table(own.place, entries)


def _list_texts(heir: Table, key: str) -> list[Text]:
    node = heir.entries.get(key, (None, None))[1]
    return [item for item in node.items if isinstance(item, Text)] if isinstance(node, List) else []


def _get_entries(heir: Table, key: str) -> dict[str, tuple[Mark, YamlNode]]:
    node = heir.entries.get(key, (None, None))[1]
    return node.entries if isinstance(node, Table) else {}


def _find_answers(node: YamlNode) -> List | None:
    answers = node.entries.get("answers", (None, None))[1] if isinstance(node, Table) else None
    return answers if isinstance(answers, List) else None


def _find_answer(partner: Table, path: str) -> tuple[List, int] | None:
    """Return the list of answers that holds the one at `path`, and its rank there."""
    node, found = partner, None
    for identifier in path.split("/"):
        answers = _find_answers(node)
        rank = None if answers is None else _find_rank(answers, identifier)
        if answers is None or rank is None:
            return None
        answer = answers.items[rank]
        assert isinstance(answer, Table)
        node, found = answer, (answers, rank)
    return found


def _find_rank(answers: List, identifier: str) -> int | None:
    ranks = enumerate(answers.items)
    return next(
        (rank for rank, one in ranks if isinstance(one, Table) and find_text(one, "id") == identifier), None
    )


def _add_unknown_target(merged: MergedPartner, path: str, mark: Mark) -> None:
    known = [*list_paths(merged.table), *(f"{CONTACTS}{name}" for name in merged.inherited_contacts)]
    hint = suggest_name(path, known if path.startswith(CONTACTS) else list_paths(merged.table))
    message = f"« {escape_controls(path)} » n’existe pas dans le livret dont celui-ci hérite"
    merged.problems.append(Problem(*mark, code="unknown-target", message=message, hint=hint))


def list_paths(node: Table, prefix: str = "") -> list[str]:
    """Return the path of every answer below `node`, with `prefix` before it."""
    paths = []
    for answer in (_find_answers(node) or List(node.place)).items:
        identifier = find_text(answer, "id") if isinstance(answer, Table) else None
        if isinstance(answer, Table) and identifier is not None:
            paths.append(prefix + identifier)
            paths += list_paths(answer, f"{prefix}{identifier}/")
    return paths


def _remove(merged: MergedPartner, path: Text) -> None:
    """Remove an answer, with its examples, or a contact."""
    found = _find_answer(merged.table, path.value)
    if found is None:
        contacts, name = (
            merged.table.entries.get("contacts", (None, None))[1],
            path.value.removeprefix(CONTACTS),
        )
        if path.value.startswith(CONTACTS) and isinstance(contacts, Table) and name in contacts.entries:
            del contacts.entries[name]
            _remove_uses(merged.table, name)
            merged.changes.append((path.value, path.place))
        else:
            _add_unknown_target(merged, path.value, path.place)
        return
    answers, rank = found
    del answers.items[rank]
    merged.changes.append((path.value, path.place))


def _remove_uses(node: Table, contact: str) -> None:
    """Take the id `contact` from what the answers at or below `node` use; a 2nd level may have nobody left then."""
    for key in ("contacts", "escalate", "orient"):
        uses = node.entries.get(key, (None, None))[1]
        if isinstance(uses, List):
            uses.items = [one for one in uses.items if _get_used_contact(one) != contact]
            if key == "contacts" and not uses.items:
                del node.entries[key]
    for answer in (_find_answers(node) or List(node.place)).items:
        if isinstance(answer, Table):
            _remove_uses(answer, contact)


def _get_used_contact(use: YamlNode) -> str | None:
    return (
        use.value if isinstance(use, Text) else find_text(use, "contact") if isinstance(use, Table) else None
    )


def _replace_answer(merged: MergedPartner, path: str, mark: Mark, answer: YamlNode) -> None:
    found = _find_answer(merged.table, path)
    if found is None:
        _add_unknown_target(merged, path, mark)
        return
    answers, rank = found
    if isinstance(answer, Table):
        answer.entries.setdefault("id", (mark, Text(path.rpartition("/")[2], mark)))
    answers.items[rank] = answer
    merged.changes.append((path, mark))


def _modify_answer(merged: MergedPartner, path: str, mark: Mark, keys: YamlNode) -> None:
    """Change some keys of an answer, or of the partner; the others stay."""
    found = None if path == TOP else _find_answer(merged.table, path)
    if found is None and path != TOP:
        _add_unknown_target(merged, path, mark)
        return
    if not isinstance(keys, Table):
        return
    if found is None:
        merged.table.entries = _lay_over(merged, merged.table, keys).entries
    else:
        answers, rank = found
        old = answers.items[rank]
        assert isinstance(old, Table)
        answers.items[rank] = _lay_over(merged, old, keys)
    merged.changes.append((path, mark))


def _find_question(merged: MergedPartner, path: str, mark: Mark, cannot: str) -> List | None:
    """Return the answers of the question at `path`; None, with a problem that says what it `cannot`, without any."""
    found = None if path == TOP else _find_answer(merged.table, path)
    if found is None and path != TOP:
        _add_unknown_target(merged, path, mark)
        return None
    answers = _find_answers(found[0].items[found[1]] if found else merged.table)
    if answers is None:
        message = f"« {escape_controls(path)} » n’est pas une question : {cannot}"
        merged.problems.append(Problem(*mark, code="unknown-target", message=message))
    return answers


def _add_answers(merged: MergedPartner, path: str, mark: Mark, answers: YamlNode) -> None:
    """Add answers to a question: each at the end, or `after` another one."""
    existing = _find_question(merged, path, mark, "rien ne peut s’y ajouter")
    if existing is None or not isinstance(answers, List):
        merged.has_lost_answers = True
        return
    merged.changes.append((path, mark))
    placed: dict[str, int] = {}
    for answer in answers.items:
        after = answer.entries.pop("after", (None, None))[1] if isinstance(answer, Table) else None
        if not isinstance(after, Text):
            existing.items.append(answer)
            continue
        rank = _find_rank(existing, after.value)
        if rank is None:
            _add_unknown_sibling(merged, after, existing)
            existing.items.append(answer)
            continue
        placed[after.value] = placed.get(after.value, 0) + 1
        existing.items.insert(rank + placed[after.value], answer)


def _order_answers(merged: MergedPartner, path: str, mark: Mark, order: YamlNode) -> None:
    """Put the answers of a question in another order: those named first, then the others as they stood."""
    existing = _find_question(merged, path, mark, "elle n’a pas d’ordre")
    if existing is None or not isinstance(order, List):
        return
    merged.changes.append((path, mark))
    first: list[YamlNode] = []
    for item in order.items:
        rank = _find_rank(existing, item.value) if isinstance(item, Text) else None
        if rank is not None:
            first.append(existing.items.pop(rank))
        elif isinstance(item, Text):
            _add_unknown_sibling(merged, item, existing)
    existing.items[:0] = first


def _add_unknown_sibling(merged: MergedPartner, name: Text, answers: List) -> None:
    if merged.has_lost_answers:
        return
    known = [find_text(one, "id") or "" for one in answers.items if isinstance(one, Table)]
    message = f"« {escape_controls(name.value)} » n’est pas une réponse de cette question"
    hint = suggest_name(name.value, known)
    merged.problems.append(Problem(*name.place, code="unknown-target", message=message, hint=hint))


_CHANGE_ONE: dict[str, Callable[[MergedPartner, str, Mark, YamlNode], None]] = {
    "replace": _replace_answer,
    "modify": _modify_answer,
    "add": _add_answers,
    "order": _order_answers,
}


def _merge_examples(merged: MergedPartner, heir: Table) -> None:
    """Add the examples of a layer to those below that still lead somewhere."""
    examples = _get_entries(merged.table, "examples")
    for path in [path for path in examples if path in merged.inherited]:
        found = _find_answer(merged.table, path)
        answer = found[0].items[found[1]] if found is not None else None
        if answer is None or (
            isinstance(answer, Table) and ("answers" in answer.entries or "goto" in answer.entries)
        ):
            del examples[path]
    own = heir.entries.get("examples", (None, None))[1]
    if not isinstance(own, Table):
        return
    merged.table.entries.setdefault("examples", (own.place, Table(own.place)))
    examples = _get_entries(merged.table, "examples")
    for path, (mark, needs) in own.entries.items():
        _, known = examples.get(path, (mark, List(mark)))
        examples[path] = (mark, List(needs.place, [*_list_items(known), *_list_items(needs)]))


def merge_items(below: Table, heir: Table, lists: dict[str, str]) -> list[Problem]:
    """Lay the table of an optional file over that of the layers below, which is changed; returns what is wrong.

    In each of the `lists`, items with the same text under its key (none where it is empty) are merged key by key,
    `needs` being added; the others are added; `remove` of `heir` names those to leave out.
    """
    problems: list[Problem] = []
    for key, name in lists.items():
        own = heir.entries.get(key, (None, None))[1]
        if key not in heir.entries:
            continue
        _, existing = below.entries.setdefault(key, (heir.entries[key][0], List(heir.place)))
        if not isinstance(own, List) or not isinstance(existing, List):
            below.entries[key] = heir.entries[key]
            continue
        for item in own.items:
            _merge_item(existing, item, name, problems)
    for item in _list_texts(heir, "remove"):
        if not _remove_item(below, lists, item.value):
            known = [text for key, name in lists.items() for text in _list_names(below, key, name)]
            message = f"« {escape_controls(item.value)} » n’existe pas dans le livret dont celui-ci hérite"
            hint = suggest_name(item.value, known)
            problems.append(Problem(*item.place, code="unknown-target", message=message, hint=hint))
    for key, entry in heir.entries.items():
        if isinstance(entry[1], Table) and isinstance(below.entries.get(key, (None, None))[1], Table):
            _get_entries(below, key).update(entry[1].entries)
        elif key not in lists and key != "remove":
            below.entries[key] = entry
    return problems


def _name_item(item: YamlNode, name: str) -> str:
    """Return what tells `item` from the others of its list."""
    text = (
        find_text(item, name) if isinstance(item, Table) else item.value if isinstance(item, Text) else None
    )
    return fold(text or "")


def _say_name(item: YamlNode, name: str) -> str:
    """Return what tells `item` from the others, as it was typed."""
    return (find_text(item, name) or "") if isinstance(item, Table) else ""


def _list_names(table: Table, key: str, name: str) -> list[str]:
    node = table.entries.get(key, (None, None))[1]
    items = node.items if isinstance(node, List) else []
    return [text for one in items if (text := find_text(one, name) if isinstance(one, Table) else None)]


def _is_change(item: YamlNode) -> bool:
    """Return whether `item` is a situation that cannot stand by itself: without its title, words and démarches."""
    needed = ("title", "words", "demarches")
    return isinstance(item, Table) and "id" in item.entries and not any(key in item.entries for key in needed)


def _merge_item(existing: List, item: YamlNode, name: str, problems: list[Problem]) -> None:
    own = _name_item(item, name)
    rank = next(
        (rank for rank, one in enumerate(existing.items) if own and _name_item(one, name) == own), None
    )
    if rank is None:
        names = [_name_item(one, name) for one in existing.items]
        meant = find_close_name(own, names) if _is_change(item) else None
        if meant is None:
            existing.items.append(item)
            return
        place = item.entries[name][1].place if isinstance(item, Table) else item.place
        message = "cette situation n’est pas dans le livret dont celui-ci hérite"
        rank = names.index(meant)
        hint = render_suggestion(_say_name(existing.items[rank], name), [])
        problems.append(Problem(*place, code="unknown-target", message=message, hint=hint))
    old = existing.items[rank]
    if not isinstance(item, Table) or not isinstance(old, Table):
        return  # the same sentence once more
    entries = {**old.entries, **item.entries}
    for key in ("needs", "besoin"):
        if key in old.entries and key in item.entries:
            both = [*_list_items(old.entries[key][1]), *_list_items(item.entries[key][1])]
            seen: dict[str, YamlNode] = {}
            for one in both:
                seen.setdefault(one.value if isinstance(one, Text) else repr(one.place), one)
            entries[key] = (item.entries[key][0], List(item.place, list(seen.values())))
    existing.items[rank] = Table(item.place, entries)


def _list_items(node: YamlNode) -> list[YamlNode]:
    return node.items if isinstance(node, List) else [node]


def _remove_item(table: Table, lists: dict[str, str], text: str) -> bool:
    for key, name in lists.items():
        node = table.entries.get(key, (None, None))[1]
        if isinstance(node, List):
            kept = [one for one in node.items if _name_item(one, name) != fold(text)]
            if len(kept) < len(node.items):
                node.items = kept
                return True
    return False


def forget_places(partner: Table, foreign: Collection[str], unpaged: Collection[str]) -> tuple[str, ...]:
    """Take from `partner` what was typed in one of the files `foreign`, of another département, and holds only there.

    The values of local contacts, and all opening hours, are then to be filled; the values are returned. The pages
    typed in a file of `unpaged` are of another booklet, and go.
    """
    forgotten = []
    for _, contact in _get_entries(partner, "contacts").values():
        if not isinstance(contact, Table):
            continue
        is_local = find_text(contact, "scope") != "national"
        for key in ("hours", *(KINDS if is_local else ())):
            mark, value = contact.entries.get(key, (partner.place, None))
            if isinstance(value, Text) and value.place.path in foreign:
                contact.entries[key] = (mark, Text(TO_FILL, value.place))
                forgotten.append(value.value)
    _forget_pages(partner, unpaged)
    return tuple(forgotten)


def _forget_pages(node: Table, unpaged: Collection[str]) -> None:
    pages = node.entries.get("pages", (None, None))[1]
    if pages is not None and pages.place.path in unpaged:
        del node.entries["pages"]
    for answer in (_find_answers(node) or List(node.place)).items:
        if isinstance(answer, Table):
            _forget_pages(answer, unpaged)


def forget_where(topics: Table) -> None:
    """Take from the table of hors-livret.yaml where to turn, which is another département's to say."""
    items = topics.entries.get("out_of_scope", (None, None))[1]
    for item in items.items if isinstance(items, List) else ():
        if isinstance(item, Table):
            item.entries.pop("where", None)
