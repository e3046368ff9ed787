"""Files that hold what another file should: two of them exchanged, one saved over another."""

from __future__ import annotations

from pydantic import BaseModel

from fs_triage.files.folders import BOOKLET
from fs_triage.rules.keys import find_key, list_model_keys
from fs_triage.rules.model_livret import (
    IDENTIFIERS,
    NEEDS,
    PARTNERS,
    REVIEWS,
    SYNONYMS,
    UNCOVERED_NEEDS,
    Booklet,
    Identifiers,
    Reviews,
    Synonyms,
    UncoveredNeeds,
)
from fs_triage.rules.model_partner import Changes, Partner
from fs_triage.rules.model_situations import SITUATIONS, Situations
from fs_triage.rules.problem import Problem
from fs_triage.rules.yaml_reader import Table, Text

_FILES: dict[str, type[BaseModel]] = {
    SITUATIONS: Situations,
    IDENTIFIERS: Identifiers,
    REVIEWS: Reviews,
    UNCOVERED_NEEDS: UncoveredNeeds,
    SYNONYMS: Synonyms,
    BOOKLET: Booklet,
}
_MIN_PATHS = 2  # needs of a partner, without one key of its rules


def find_other_content(table: Table, models: tuple[type[BaseModel], ...]) -> Problem | None:
    """Return that `table`, of a file that is read as one of `models`, holds something else; None where it does not.

    Without models it should hold needs.
    """
    typed = list(table.entries)
    keys = [key for model in models for key in list_model_keys(model)]
    if not typed or any(name in keys and name != "id" for name in typed):
        return None
    if not models:
        is_partner = "id" in typed and any(find_key(name, _PARTNER_KEYS) for name in typed if name != "id")
        return _build_problem(table, _name_partner_file(table)) if is_partner else None
    files: dict[str, type[BaseModel]] = {f"{PARTNERS}/…": Partner, **_FILES}
    for name, model in files.items():
        own = tuple(list_model_keys(model)) if model is not Partner else _PARTNER_KEYS
        if model not in models and any(find_key(one, own) for one in typed if one != "id"):
            return _build_problem(table, _name_partner_file(table) if model is Partner else name)
    lists = [
        name for name, (_, node) in table.entries.items() if not isinstance(node, Table) and name != "id"
    ]
    if Partner in models and len(lists) >= _MIN_PATHS and len(lists) == len(typed):
        return _build_problem(table, f"{NEEDS}/…")
    return None


_PARTNER_KEYS = tuple(
    key
    for key in ("contacts", "answers", "about", *Changes.model_fields)
    if key in (*list_model_keys(Partner), *list_model_keys(Changes))
)


def _name_partner_file(table: Table) -> str:
    node = table.entries.get("id", (None, None))[1]
    return f"{PARTNERS}/{node.value}.yaml" if isinstance(node, Text) else f"{PARTNERS}/…"


def _build_problem(table: Table, name: str) -> Problem:
    message = f"ce que contient ce fichier est d’un autre : {name}"
    hint = "il a sans doute été enregistré par-dessus ; remettez chacun à sa place, d’une copie"
    return Problem(*table.place, code="file-name", message=message, hint=hint)
