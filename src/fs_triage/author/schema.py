"""`schema`: prints the JSON Schema of a partner's rule file, from which an editor completes and underlines.

It is made from the models, and adapted in two points: an editor reads YAML with types (`3230` is a number, `no` may be
false), where the loader reads text alone; and a union of models would give one message for each model.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from fs_triage import output
from fs_triage.contract import OK
from fs_triage.rules.model_partner import (
    KINDS,
    LEADS,
    EscalateAnswer,
    GotoAnswer,
    Partner,
    QuestionAnswer,
    StepsAnswer,
)

Schema = dict[str, Any]
_ANSWERS = (QuestionAnswer, StepsAnswer, EscalateAnswer, GotoAnswer)
_NAME = "Des minuscules sans accent et des chiffres, joints par « - » (un chemin, par « / »)."
_TITLE = "Règles d’un partenaire de fs-triage"


def run_schema() -> int:
    """Print the schema; returns the exit code."""
    output.print_json(build_schema().rstrip("\n"))
    return OK


def build_schema() -> str:
    """Return the JSON Schema of a partner's file, as text, in the draft that editors support best (7)."""
    made = Partner.model_json_schema(by_alias=True)
    definitions = made.pop("$defs")
    alternatives = [definitions.pop(model.__name__) for model in _ANSWERS]
    definitions["Answer"] = _merge_answers(alternatives)
    _require_one_key(definitions["Contact"], KINDS, "Un contact a une seule valeur")
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": _TITLE}
    root = {**head, "description": made.pop("description"), **made, "$defs": definitions} | head
    for model in (root, *definitions.values()):
        model["properties"] = {name: _adapt_to_yaml(value) for name, value in model["properties"].items()}
    return json.dumps(root, ensure_ascii=False, indent=2) + "\n"


def _merge_answers(alternatives: list[Schema]) -> Schema:
    """Return the models of an answer as one: all their keys, and which of them exclude or require others."""
    properties: Schema = {}
    for alternative in alternatives:
        properties |= alternative["properties"]
    required = [
        name for name in alternatives[0]["required"] if all(name in a["required"] for a in alternatives)
    ]
    together: Schema = {}
    for name in properties:
        having = [a for a in alternatives if name in a["properties"]]
        if len(having) < len(alternatives):
            allowed = {key for alternative in having for key in alternative["properties"]}
            needed = having[0]["required"] if len(having) == 1 else []
            together[name] = {
                "required": [key for key in needed if key not in (*required, name)],
                "properties": _exclude_keys(name, (key for key in properties if key not in allowed)),
            }
    return {
        "type": "object",
        "description": "Une réponse\u00a0: elle mène à une question, au 1er niveau, au 2nd niveau ou ailleurs.",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        "dependencies": together,
        "anyOf": [{"required": [lead]} for lead in LEADS],
    }


def _require_one_key(model: Schema, names: Iterable[str], reason: str) -> None:
    """Require exactly one of the keys `names` in `model`."""
    model["anyOf"] = [{"required": [name]} for name in names]
    model["dependencies"] = {
        name: {"properties": _exclude_keys(name, (other for other in names if other != name), reason)}
        for name in names
    }


def _exclude_keys(
    name: str, others: Iterable[str], reason: str = "Une réponse mène à une seule chose"
) -> Schema:
    """Return the schema of the keys that `name` excludes, each with the message that an editor shows.

    No value is both null and of the key's type, so any is an error; with `not`, editors do not show our message.
    """
    return {
        other: {
            "type": "null",
            "errorMessage": f"{reason}\u00a0: gardez «\u00a0{name}\u00a0» ou «\u00a0{other}\u00a0».",
        }
        for other in others
    }


def _adapt_to_yaml(schema: Schema) -> Schema:
    """Return the schema of a value as an editor's YAML types it: text may look like a number or a truth."""
    schema = {key: value for key, value in schema.items() if key not in ("title", "default")}
    if "oneOf" in schema:
        return {"$ref": "#/$defs/Answer"}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            schema[key] = _adapt_to_yaml(schema[key])
    if "patternProperties" in schema:
        schema["additionalProperties"] = False
    if "anyOf" in schema:
        kinds = [kind for kind in schema["anyOf"] if kind != {"type": "null"}]
        if len(kinds) == 1:
            return {**_adapt_to_yaml(kinds[0]), **_get_documentation(schema)}
        a_number = any(kind.get("type") == "integer" for kind in kinds)
        return {**schema, "anyOf": kinds if a_number else [_adapt_to_yaml(kind) for kind in kinds]}
    if schema.get("type") == "string" and "enum" not in schema:
        return {**_build_text_schema(schema), **_get_documentation(schema)}
    return schema


def _get_documentation(schema: Schema) -> Schema:
    return {key: schema[key] for key in ("description", "examples") if key in schema}


def _build_text_schema(schema: Schema) -> Schema:
    if "pattern" in schema:
        name = {"type": ["string", "integer", "boolean"], "pattern": schema["pattern"], "minimum": 0}
        return {**name, "patternErrorMessage": _NAME}
    return {"type": ["string", "number", "boolean"], "pattern": "\\S"}
