"""What pydantic found wrong, said in French at the place where it was typed.

One mistake is one line: a misspelt key is taken for the key that was meant, and what is wrong is left out,
so that the rest can be held against itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from fs_triage.rules import salvage
from fs_triage.rules.model_livret import Synonym, Theme
from fs_triage.rules.model_partner import (
    Contact,
    ContactUse,
    EscalateAnswer,
    Example,
    GotoAnswer,
    QuestionAnswer,
    StepsAnswer,
    leads_of,
)
from fs_triage.rules.problem import Problem
from fs_triage.rules.salvage import Location
from fs_triage.rules.yaml_reader import Node, Row, Table, Text, node_at, place_of, plain
from fs_triage.text import did_you_mean
from fs_triage.text.did_you_mean import nearest, nearest_key, slug
from fs_triage.text.typography import visible

__all__ = ["Built", "build", "draft", "nearest", "what"]

M = TypeVar("M", bound=BaseModel)

_MOST = 100  # problems told of one file: whoever has that many has one cause for most of them
_ROUNDS = 40  # more than a file can be deep: each mends or leaves out a level at least
_ANSWERS: dict[str, type[BaseModel]] = {
    "<question>": QuestionAnswer,
    "<steps>": StepsAnswer,
    "<escalate>": EscalateAnswer,
    "<goto>": GotoAnswer,
}
_KEY = "[key]"  # what pydantic puts after a key that is wrong itself
_ITEMS: dict[str | int, type[BaseModel]] = {
    "contacts": ContactUse,
    "escalate": ContactUse,
    "examples": Example,
    "synonyms": Synonym,
    "themes": Theme,
}


@dataclass(frozen=True, slots=True)
class Built(Generic[M]):
    """A model of what is right in a file.

    `whole` tells that nothing was wrong; else `lost` names the answers (by path) and the contacts
    (`contact:<id>`) that were left out, « * » standing for any.
    """

    model: M | None
    table: Table
    whole: bool
    lost: frozenset[str] = frozenset()


def build(model: type[M], table: Table, problems: list[Problem]) -> M | None:
    """Return `table` as a `model`; None when it is not one, then each reason is added to `problems`."""
    built = draft(model, table, problems)
    return built.model if built.whole else None


def draft(model: type[M], table: Table, problems: list[Problem]) -> Built[M]:
    """Return what can be made of `table`; each reason why that is not the whole of it is added to `problems`."""
    made, errors = _validate(model, table)
    if not errors:
        return Built(made, table, True)
    table = salvage.copy(table)
    found: list[Problem] = []
    for _ in range(_ROUNDS):
        renamed = list(_misspelt(errors, model, table))
        if not renamed:
            break
        found += [problem for problem, *_ in renamed]
        for _, location, meant in renamed:
            salvage.rename(table, location, meant)
        made, errors = _validate(model, table)
    found += [_explained(error, model, table) for error in errors[:_MOST]]
    problems += list(dict.fromkeys(found))[:_MOST]
    lost: set[str] = set()
    for _ in range(_ROUNDS):
        if not errors or not salvage.prune(table, [_wrong(error) for error in errors], lost):
            break
        made, errors = _validate(model, table)
    return Built(made, table, False, frozenset(lost))


def _validate(model: type[M], table: Table) -> tuple[M | None, list[Any]]:
    try:
        return model.model_validate(plain(table)), []
    except ValidationError as error:
        return None, list(error.errors(include_url=False, include_input=False))


def _of_key(error: Any) -> bool:
    """Return whether `error` is of a key itself: pydantic says so after it, and a key may have that very name."""
    return len(error["loc"]) > 2 and error["loc"][-1] == _KEY and error["type"] != "extra_forbidden"


def _location(error: Any) -> Location:
    """Return where `error` is: its `loc` without what pydantic adds, which is told from keys by its place alone."""
    loc = error["loc"][:-1] if _of_key(error) else error["loc"]
    return tuple(segment for rank, segment in enumerate(loc) if not _is_tag(loc, rank))


def _is_tag(loc: Location, rank: int) -> bool:
    """Return whether what stands in `loc` at `rank` is the kind of an answer, which pydantic puts after its rank."""
    return (
        rank > 1 and loc[rank] in _ANSWERS and loc[rank - 2] == "answers" and isinstance(loc[rank - 1], int)
    )


def _wrong(error: Any) -> Location:
    """Return the location of what must be left out for `error` to go away."""
    location = _location(error)
    return location[:-1] if error["type"] == "missing" else location


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


_ANSWER_KEYS = list(dict.fromkeys(key for model in _ANSWERS.values() for key in _keys(model)))


def _owner(loc: Location, model: type[BaseModel]) -> type[BaseModel]:
    """Return the model that the last segment of `loc` is a key of."""
    owner = model
    while len(loc) > 1:
        if len(loc) > 2 and _is_tag(loc, 2):
            owner, loc = _ANSWERS[str(loc[2])], loc[3:]
        elif isinstance(loc[1], int):
            owner, loc = _ITEMS.get(loc[0], owner), loc[2:]
        else:
            return Contact if loc[0] == "contacts" else owner
    return owner


def _misspelt(
    errors: list[Any], model: type[BaseModel], table: Table
) -> Iterator[tuple[Problem, Location, str]]:
    """Yield each key that is a misspelling of one that is not there, with its location and what was meant."""
    taken: set[Location] = set()
    for error in errors[:_MOST]:
        location = _location(error)
        if error["type"] == "extra_forbidden":
            known, wrong = _keys(_owner(error["loc"], model)), [location]
        elif error["type"] == "union_tag_not_found":
            known, wrong = _ANSWER_KEYS, [(*location, key) for key in _unknown(node_at(table, location))]
        else:
            continue
        for place in wrong:
            parent = node_at(table, place[:-1])
            present = parent.entries if isinstance(parent, Table) else {}
            absent = [key for key in known if key not in present and (*place[:-1], key) not in taken]
            meant = did_you_mean.close_key(str(place[-1]), absent)
            if meant is not None:
                taken.add((*place[:-1], meant))
                yield _unknown_key(table, place, known), place, meant


def _unknown(node: Node) -> list[str]:
    return [key for key in node.entries if key not in _ANSWER_KEYS] if isinstance(node, Table) else []


def _unknown_key(table: Table, location: Location, known: list[str]) -> Problem:
    place = place_of(table, location, key=True)
    key = visible(str(location[-1]))
    parent = node_at(table, location[:-1])
    present = parent.entries if isinstance(parent, Table) else {}
    hint = nearest_key(key, [other for other in known if other not in present])
    return Problem(place.path, place.line, place.column, "unknown-key", f"clé inconnue « {key} »", hint)


def _explained(error: Any, model: type[BaseModel], table: Table) -> Problem:
    kind, location = error["type"], _location(error)
    if kind == "extra_forbidden":
        return _unknown_key(table, location, _keys(_owner(error["loc"], model)))
    if kind == "union_tag_not_found" and (unknown := _unknown(node_at(table, location))):
        return _unknown_key(table, (*location, unknown[0]), _ANSWER_KEYS)
    node = node_at(table, location)
    if kind == "missing":
        code, message, hint = _missing(location, _owner(error["loc"], model))
    elif kind == "union_tag_not_found":
        code, message, hint = _leads(node)
    elif _of_key(error):
        code, message, hint = _identifier(str(location[-1]))
    else:
        required = _is_required(error["loc"], model)
        code, message, hint = _value(kind, location, node, required, error.get("ctx", {}))
    place = place_of(table, location, key=_of_key(error))
    return Problem(place.path, place.line, place.column, code, message, hint)


def _missing(location: Location, owner: type[BaseModel]) -> tuple[str, str, str]:
    key = str(location[-1])
    examples = owner.model_fields[key].examples if key in owner.model_fields else None
    example = examples[0] if examples and isinstance(examples[0], str) else "…"
    return "missing-key", f"il manque la clé « {key} »", f"ajoutez par exemple « {key}: {example} »"


def _leads(node: Node) -> tuple[str, str, str]:
    if not isinstance(node, Table):
        return "wrong-type", f"{what(node)} à la place d’une réponse", "attendu : id, label, et la suite"
    leads = leads_of(plain(node))
    if not leads:
        expected = "question et answers, steps, escalate ou goto"
        return "no-lead", "cette réponse ne mène nulle part", f"ajoutez une des clés : {expected}"
    given = " et ".join(f"« {lead} »" for lead in leads)
    return "two-leads", f"cette réponse mène à plusieurs choses à la fois : {given}", "gardez-en une"


def _identifier(value: str, several: bool = False) -> tuple[str, str, str]:
    meant = slug(value)
    hint = f"écrivez « {meant} »" if meant else "attendu : minuscules sans accent, mots joints par « - »"
    parts = re.findall(r"[\w-]+", value)
    if several and len(parts) > 1:
        hint += f", ou « {', '.join(parts)} » s’ils sont plusieurs"
    return "bad-id", f"« {visible(value)} » n’est pas un identifiant", hint


def _is_required(loc: Location, model: type[BaseModel]) -> bool:
    """Return whether what stands at `loc` may not simply go."""
    if not isinstance(loc[-1], str):
        return False
    fields = _owner(loc, model).model_fields
    return any(field.is_required() for name, field in fields.items() if loc[-1] in (name, field.alias))


def _value(kind: str, location: Location, node: Node, required: bool, context: Any) -> tuple[str, str, str]:
    key = next((str(segment) for segment in reversed(location) if isinstance(segment, str)), "")
    empty = not (
        node.value.strip()
        if isinstance(node, Text)
        else node.entries
        if isinstance(node, Table)
        else node.items
    )
    if key == "escalate" and empty:
        return "no-usable-contact", "ce 2nd niveau n’a aucun contact", "nommez au moins un contact"
    if empty:
        complete = "complétez la liste" if isinstance(node, Row) else "complétez"
        hint = complete if required else f"{complete}, ou supprimez-la"
        return "empty", f"« {key} » est vide", hint
    if kind == "string_pattern_mismatch" and isinstance(node, Text):
        return _identifier(node.value, several=location[:1] == ("partners",))
    if kind == "literal_error" and isinstance(node, Text):
        allowed = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
        return (
            "bad-choice",
            f"« {visible(node.value)} » n’est pas permis pour « {key} »",
            nearest(node.value, allowed),
        )
    if kind in _PAGES and isinstance(node, Text):
        return "bad-page", f"« {visible(node.value)} » n’est pas une page", "attendu : un nombre de 1 à 999"
    if kind == "string_type" and isinstance(node, Table) and len(node.entries) == 1:
        message = f"« {key} » : ce texte se lit comme « clé: valeur » à cause de « : »"
        return "wrong-type", message, "mettez le texte entre guillemets doubles"
    return "wrong-type", f"« {key} » : {what(node)}", f"attendu : {_EXPECTED.get(kind, 'autre chose')}"


def what(node: Node) -> str:
    """Return what a node is, as its author would say."""
    return {Text: "un texte", Row: "une liste", Table: "des « clé: valeur »"}[type(node)]


_PAGES = frozenset({"int_parsing", "int_type", "greater_than_equal", "less_than_equal"})
_EXPECTED = {
    "string_type": "un texte",
    "list_type": "une liste, chaque ligne commençant par « - »",
    "dict_type": "des « clé: valeur »",
    "model_type": "des « clé: valeur »",
    "model_attributes_type": "des « clé: valeur »",
    "int_type": "un nombre",
}
