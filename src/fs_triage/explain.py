"""What pydantic found wrong, said in French at the place where it was typed."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from fs_triage.model import (
    Contact,
    ContactUse,
    EscalateAnswer,
    Example,
    GotoAnswer,
    QuestionAnswer,
    StepsAnswer,
    leads_of,
)
from fs_triage.problem import Problem
from fs_triage.source import Node, Table, place_of, plain
from fs_triage.typography import visible

M = TypeVar("M", bound=BaseModel)

_BY_TAG: dict[str, type[BaseModel]] = {
    "<question>": QuestionAnswer,
    "<steps>": StepsAnswer,
    "<escalate>": EscalateAnswer,
    "<goto>": GotoAnswer,
}
# Which model stands below a key, where no union tag says it.
_BY_KEY: dict[str, type[BaseModel]] = {
    "contacts": Contact,
    "escalate": ContactUse,
    "examples": Example,
}
_PATTERNS = {"id": "minuscules sans accent, mots joints par « - » ou chemins joints par « / »"}


def build(model: type[M], table: Table, problems: list[Problem]) -> M | None:
    """Return `table` as a `model`; None when it is not one, then each reason is added to `problems`."""
    try:
        return TypeAdapter(model).validate_python(plain(table))
    except ValidationError as error:
        problems.extend(_problems(error, model, table))
        return None


def nearest(word: str, known: list[str]) -> str:
    """Return « vouliez-vous dire « x » ? » for the nearest of `known`, else the list of what is allowed."""
    match = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if match:
        return f"vouliez-vous dire « {match[0]} » ?"
    return "possible : " + ", ".join(known) if known else ""


def _problems(error: ValidationError, model: type[BaseModel], table: Table) -> Iterator[Problem]:
    for detail in error.errors(include_url=False, include_input=False, include_context=True):
        location = tuple(segment for segment in detail["loc"] if not str(segment).startswith("<"))
        message, hint, on_key = _say(detail, location, model, table)
        place = place_of(table, location, key=on_key)
        yield Problem(place.path, place.line, place.column, "schema", message, hint)


def _value(table: Node, location: tuple[str | int, ...]) -> Any:
    data = plain(table)
    for segment in location:
        try:
            data = data[segment]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _owner(loc: tuple[str | int, ...], model: type[BaseModel]) -> type[BaseModel]:
    """Return the model that the last segment of `loc` is a key of."""
    for segment in reversed(loc[:-1]):
        if segment in _BY_TAG:
            return _BY_TAG[str(segment)]
        if segment in _BY_KEY and not (segment == "contacts" and "answers" in loc):
            return _BY_KEY[str(segment)]
        if segment == "contacts":
            return ContactUse
    return model


def _say(
    detail: Any, location: tuple[str | int, ...], model: type[BaseModel], table: Table
) -> tuple[str, str, bool]:
    """Return the message, the hint, and whether the key rather than the value is meant."""
    kind, last = detail["type"], visible(str(location[-1])) if location else ""
    context = detail.get("ctx", {})
    if kind == "extra_forbidden":
        known = _keys(_owner(detail["loc"], model))
        return f"clé inconnue « {last} »", nearest(last, known), True
    if kind == "missing":
        return f"il manque la clé « {last} »", "ajoutez-la", False
    if kind == "union_tag_not_found":
        return _lead(_value(table, location))
    if kind == "string_pattern_mismatch":
        value = visible(str(_value(table, location)))
        return f"« {value} » n’est pas un identifiant", f"attendu : {_PATTERNS['id']}", False
    if kind == "literal_error":
        expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        value = visible(str(_value(table, location)))
        return f"« {value} » n’est pas permis ici", nearest(value, expected.split(", ")), False
    return _TYPES.get(kind, "valeur impossible ici"), "", False


_TYPES = {
    "string_type": "un texte était attendu",
    "list_type": "une liste était attendue (lignes qui commencent par « - »)",
    "dict_type": "des « clé: valeur » étaient attendues",
    "model_type": "des « clé: valeur » étaient attendues",
    "model_attributes_type": "des « clé: valeur » étaient attendues",
    "string_too_short": "texte vide",
    "too_short": "liste vide",
    "int_parsing": "un nombre entier était attendu",
    "int_type": "un nombre entier était attendu",
    "greater_than_equal": "ce nombre est trop petit (1 au moins)",
    "less_than_equal": "ce nombre est trop grand (999 au plus)",
}


def _lead(data: Any) -> tuple[str, str, bool]:
    if not isinstance(data, dict):
        return "une réponse était attendue (id, label, et la suite)", "", False
    leads = leads_of(data)
    if not leads:
        expected = "question et answers, steps, escalate ou goto"
        return "cette réponse ne mène nulle part", f"ajoutez une des clés : {expected}", False
    given = " et ".join(f"« {lead} »" for lead in leads)
    return f"cette réponse mène à deux choses à la fois : {given}", "gardez-en une", False
