"""`schema`: prints the JSON Schema of a kind of rule file, from which an editor completes and underlines.

It is made from the models, and adapted in three points: keys are the French ones; an editor reads YAML with types
(`3230` is a number, `no` may be false), where the loader reads text alone; and each mistake gives one French line. For
that, `errorMessage` is what the editors' YAML language server shows, and what it has no message for (a missing key, one
of several, an empty list) is told by a condition whose `then` no such value satisfies.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from fs_triage import output
from fs_triage.contract import OK, WRONG_CALL, Failure
from fs_triage.files.atomic_write import write_for_user
from fs_triage.rules.model_livret import Booklet, Identifiers, Reviews, Synonyms, UncoveredNeeds
from fs_triage.rules.model_partner import (
    KINDS,
    LEADS,
    Changes,
    EscalateAnswer,
    GotoAnswer,
    OrientAnswer,
    Partner,
    QuestionAnswer,
    Removal,
    StepsAnswer,
)
from fs_triage.rules.model_situations import Situations
from fs_triage.rules.vocabulary import FRENCH_KEYS, get_french_key
from fs_triage.text.typography import typeset_french

Schema = dict[str, Any]


class FileKind(NamedTuple):
    """A kind of rule file: the title of its schema, the model that it is read as, and what changes it."""

    title: str
    model: type[BaseModel]
    adapt: Callable[[Schema], Schema] = lambda root: root


def _keep_needs(partner: Schema) -> Schema:
    """Return the schema of the needs of a partner, out of the one of the whole."""
    description = "Ce que disent les usagers, par démarche, dans l’ordre de l’arbre."
    return {**partner["properties"]["examples"], "description": description}


_CONTACT_CHANGES = {"$ref": "#/$defs/ContactChanges"}
_ANSWER_CHANGES = {"$ref": "#/$defs/AnswerChanges"}


def _allow_changes(partner: Schema) -> Schema:
    """Return the schema of what an heir says of a partner, out of the one of the whole."""
    changes = Changes.model_json_schema(by_alias=True)
    properties = partner["properties"] | changes["properties"]
    added = {"type": "array", "items": {"$ref": "#/$defs/AddedAnswer"}}
    for key, value in (("contacts", _CONTACT_CHANGES), ("modify", _ANSWER_CHANGES), ("add", added)):
        kept = {name: told for name, told in properties[key].items() if name != "additionalProperties"}
        names = kept.pop("patternProperties", {"": None})
        properties[key] = {**kept, "patternProperties": dict.fromkeys(names, value)}
    description = (
        "Ce qu’un livret qui hérite dit d’un partenaire : ce qui manque est celui de l’autre livret."
    )
    return {**partner, "properties": properties, "required": ["id"], "description": description}


def _allow_removal(root: Schema) -> Schema:
    """Return the schema of a file of which an heir may remove items."""
    return {**root, "properties": root["properties"] | Removal.model_json_schema()["properties"]}


KINDS_OF_FILES = {
    "partenaire": FileKind("Règles d’un partenaire de fs-triage", Partner),
    "partenaire-herite": FileKind("Règles d’un partenaire hérité", Partner, _allow_changes),
    "besoins": FileKind("Besoins d’un partenaire", Partner, _keep_needs),
    "livret": FileKind("Livret de fs-triage", Booklet),
    "hors-livret": FileKind("Besoins hors du livret", UncoveredNeeds, _allow_removal),
    "identifiants": FileKind("Identifiants publiés", Identifiers),
    "relectures": FileKind("Relectures signées", Reviews),
    "situations": FileKind("Situations de vie", Situations, _allow_removal),
    "synonymes": FileKind("Mots du guichet", Synonyms),
}
"""By the name of its schema: `<name>.schema.json`."""

_ANSWERS = (QuestionAnswer, StepsAnswer, EscalateAnswer, OrientAnswer, GotoAnswer)
_DRAFT = "http://json-schema.org/draft-07/schema#"
"""The one that editors support best."""
_TEXT = ["string", "number", "boolean"]
_NAME = "Attendu : des minuscules sans accent et des chiffres, joints par « - » (un chemin, par « / »)."
_GAP = "[ ().\\u00a0\\u202f-]*"
_TO_FILL = "[àÀaA] [rR][eE][mM][pP][lL][iI][rR]"
_LETTER = "A-Za-z0-9À-ÖØ-öø-ÿ"
_VALUES = {
    "email": ("[!-?A-~]+@(?:[A-Za-z0-9-]+\\.)+[A-Za-z]{2,}", "Attendu : nom@domaine.fr."),
    "phone": (
        f"\\+(?:{_GAP}[0-9]){{8,15}}{_GAP}|\\(?0{_GAP}[1-9](?:{_GAP}[0-9]){{8}}{_GAP}|[1-9](?:{_GAP}[0-9]){{1,5}}",
        "Attendu : un numéro français à 10 chiffres, un numéro court comme 3230, ou un numéro qui commence par +.",
    ),
    "web": (
        f"(?:[hH][tT][tT][pP][sS]?://)?(?:[{_LETTER}][{_LETTER}-]*\\.)+[A-Za-zÀ-ÖØ-öø-ÿ]{{2,}}(?::[0-9]{{1,5}})?"
        "(?:[/?#][!-~À-ÖØ-öø-ÿŒœŸ]*)?",
        "Attendu : www.exemple.fr ou https://www.exemple.fr/page.",
    ),
}
"""What the value of a contact looks like, and what is told of another: a first look, the verifier looks closer."""


_DAY = (
    "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])",
    "Attendu : un jour écrit année-mois-jour, comme 2026-11-23.",
)
_TIMES = {
    "on": _DAY,
    "valid_until": _DAY,
    "review_after": ("[1-9][0-9]{0,2} ?(?:jours?|mois|ans?)", "Attendu : une durée, comme « 12 mois »."),
}
"""What a day and a duration look like, and what is told of what is none."""


def run_schema(kind: str | None, folder: str | None) -> int:
    """Print the schema of files of that `kind`, or write all of them in `folder`; returns the exit code."""
    if kind is not None and kind not in KINDS_OF_FILES:
        known = ", ".join(KINDS_OF_FILES)
        raise Failure(WRONG_CALL, f"Fichier inconnu « {kind} » ; possibles : {known}.")
    if folder is None:
        output.print_json(build_schema(kind or "partenaire").rstrip("\n"))
        return OK
    for name in [kind] if kind else KINDS_OF_FILES:
        write_for_user(str(Path(folder) / f"{name}.schema.json"), build_schema(name).encode())
    return OK


def build_schema(kind: str) -> str:
    """Return the JSON Schema of files of that `kind`, as text."""
    title, model, adapt = KINDS_OF_FILES[kind]
    made = model.model_json_schema(by_alias=True)
    definitions: Schema = made.pop("$defs", {})
    if model is Partner:
        definitions |= Changes.model_json_schema(by_alias=True)["$defs"]
    alternatives = [definitions.pop(one.__name__) for one in _ANSWERS if one.__name__ in definitions]
    if alternatives:
        definitions["Answer"] = _merge_answers(alternatives)
    if "Contact" in definitions:
        definitions["Contact"]["allOf"] = [*_require_one_key(KINDS, "Un contact a une seule valeur")]
    root = adapt(made)
    if model is Partner and "remove" in root.get("properties", {}):
        definitions |= _build_changes(definitions)
    for name in ("Situation", "Topic"):  # an heir says of one only what changes
        if name in definitions:
            definitions[name]["required"] = definitions[name]["required"][:1]
    root = _adapt_value("", root)
    used = {name: _adapt_model(body) for name, body in definitions.items()}
    text = json.dumps(root)
    used = {name: body for name, body in used.items() if _is_used(name, text, used)}
    document = {"$schema": _DRAFT, "title": title, **root, **({"$defs": used} if used else {})}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _build_changes(definitions: Schema) -> Schema:
    """Return the schemas of what an heir changes: keys of a contact or an answer, and answers in whole."""
    answer, contact = definitions["Answer"], definitions["Contact"]
    remove, after = definitions["Removal"]["properties"], definitions["Placement"]["properties"]
    changes = "Les clés qui changent ; les autres restent."
    return {
        "Answer": {
            **answer,
            "required": [key for key in answer["required"] if key != "id"],
        },  # its path tells it
        "AddedAnswer": {**answer, "properties": answer["properties"] | after},
        "AnswerChanges": {"description": changes, "properties": answer["properties"] | remove},
        "ContactChanges": {
            "description": changes,
            "properties": contact["properties"] | remove,
            "allOf": contact["allOf"][1:],  # at most one value
        },
    }


def _is_used(name: str, root: str, definitions: Schema) -> bool:
    reference = f'"#/$defs/{name}"'
    others = (json.dumps(body) for other, body in definitions.items() if other != name)
    return reference in root or any(reference in body for body in others)


def _merge_answers(alternatives: list[Schema]) -> Schema:
    """Return the models of an answer as one: all their keys, and which of them exclude or require others.

    One lead at least is required, and each lead excludes what does not go with it.
    """
    properties: Schema = {}
    for alternative in alternatives:
        properties |= alternative["properties"]
    names, leads = [*properties], [*LEADS, "answers"]
    required = [
        name for name in alternatives[0]["required"] if all(name in a["required"] for a in alternatives)
    ]
    message = (
        "Cette réponse ne mène nulle part : "
        "ajoutez « étapes », « contacter », « orienter », « question » ou « aller à »."
    )
    conditions = [_refuse(_have_none(leads), message)]
    for name in leads:
        having = [a for a in alternatives if name in a["properties"]]
        allowed = {key for alternative in having for key in alternative["properties"]}
        excluded = [key for key in names if key not in allowed]
        told = [key for key in excluded if key in leads and names.index(key) < names.index(name)]
        conditions += _exclude_keys(
            name, (key for key in excluded if key not in told), "Une réponse mène à une seule chose"
        )
        for key in having[0]["required"] if len(having) == 1 else ():
            if key not in (*required, name):
                conditions.append(_require_key(key, properties[key], _have_all([name])))
    conditions.append(_require_key("escalate", properties["escalate"], _have_all(["in_order", "steps"])))
    return {
        "type": "object",
        "description": "Une réponse : elle mène à une question, au 1er niveau, au 2nd niveau ou ailleurs.",
        "properties": properties,
        "required": required,
        "allOf": conditions,
    }


def _have_all(keys: Iterable[str]) -> Schema:
    """Return the schema of a table that has all of `keys`."""
    return {"required": [get_french_key(key) for key in keys]}


def _refuse(condition: Schema, message: str) -> Schema:
    """Return the schema that refuses with `message` what `condition` accepts, which is no empty value.

    Nothing is both of another type and null; with `not`, editors do not show our message.
    """
    return {"if": condition, "then": {"type": "null", "errorMessage": message}}


def _have_none(keys: Iterable[str]) -> Schema:
    """Return the schema of a table that has none of `keys`, in whatever spelling."""
    spellings = "|".join(_match_spellings(key) for key in keys)
    return {"type": "object", "propertyNames": {"not": {"pattern": f"^(?:{spellings})$"}}}


def _match_spellings(key: str) -> str:
    """Return a pattern of all that is read, or refused with one word, as the key `key` of the models."""
    french = get_french_key(key)
    return f"{_match_letters(french)}|{_match_letters(key)}"


def _escape(key: str) -> str:
    """Return a pattern of `key` alone, for editors too, which refuse an escaped space."""
    return key.replace("+", "\\+")


def _match_letters(key: str) -> str:
    """Return a pattern of `key` with or without accents and capitals, words joined by any sign that joins them."""
    found = ""
    for character in key:
        base = unicodedata.normalize("NFD", character)[0]
        if character in " -_":
            found += "[ _-]"
        elif character in "'’":
            found += "['’ ]?"
        elif character == "+":
            found += "[ _-]?(?:\\+|plus)"
        else:
            found += f"[{''.join(dict.fromkeys((base, base.upper(), character, character.upper())))}]"
    return found


def _require_key(key: str, value: Schema, condition: Schema | None = None) -> Schema:
    """Return the schema that requires the key `key` of tables, of those that `condition` accepts."""
    examples = value.get("examples") or []
    example = examples[0] if examples and isinstance(examples[0], str) else "…"
    french = get_french_key(key)
    message = f"Il manque la clé « {french} » : ajoutez par exemple « {french}: {example} »."
    absent = _have_none([key])
    return _refuse({"allOf": [absent, condition]} if condition else absent, message)


def _require_one_key(keys: tuple[str, ...], reason: str) -> Iterable[Schema]:
    """Yield what requires exactly one of `keys`."""
    names = ", ".join(get_french_key(key) for key in keys)
    yield _refuse(_have_none(keys), f"Il manque une valeur : ajoutez une de ces clés : {names}.")
    for rank, name in enumerate(keys):
        yield from _exclude_keys(name, keys[rank + 1 :], reason)


def _exclude_keys(name: str, others: Iterable[str], reason: str) -> Iterable[Schema]:
    """Yield the schema of the keys that `name` excludes, each with the message that an editor shows."""
    properties = {
        get_french_key(other): {
            "type": "null",
            "errorMessage": f"{reason} : gardez « {get_french_key(name)} » ou « {get_french_key(other)} ».",
        }
        for other in others
    }
    if properties:
        yield {"if": _have_all([name]), "then": {"properties": properties}}


def _adapt_model(model: Schema) -> Schema:
    """Return the schema of a table: French keys, one French line for each mistake."""
    known = {name: value for name, value in model["properties"].items() if name in FRENCH_KEYS}
    names = ", ".join(get_french_key(name) for name in known)
    misspelt = {
        f"^(?!{_escape(get_french_key(name))}$)(?:{_match_spellings(name)})$": {
            "doNotSuggest": True,
            **_refuse_all(f"Cette clé s’écrit « {get_french_key(name)} »."),
        }
        for name in known
    }
    return {
        "description": typeset_french(model.get("description", "")),
        "properties": {get_french_key(name): _adapt_value(name, value) for name, value in known.items()},
        "patternProperties": misspelt,
        "additionalProperties": False,
        "errorMessage": f"Cette clé n’existe pas ici ; possibles : {names}.",
        "allOf": [
            {"type": "object", "errorMessage": "Attendu : des « clé: valeur »."},
            *(_require_key(name, known[name]) for name in model.get("required", [])),
            *model.get("allOf", []),
        ],
    }


def _refuse_all(message: str) -> Schema:
    """Return the schema that no value satisfies: an unlikely text is the only one."""
    return {"const": "\u0000", "errorMessage": message}


def _adapt_value(key: str, schema: Schema) -> Schema:
    """Return the schema of what stands under `key`, as an editor's YAML types it."""
    told: Schema = {"description": typeset_french(schema["description"])} if "description" in schema else {}
    told |= {"examples": schema["examples"]} if "examples" in schema else {}
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if "properties" in schema:
        return _adapt_model(schema)
    if "$ref" in schema:
        return {"allOf": [{"$ref": schema["$ref"]}], **told}
    if "oneOf" in schema or "discriminator" in schema:
        return _adapt_alternatives(schema.get("oneOf", kinds)) | told
    if len(kinds) == 1:
        return {**_adapt_value(key, kinds[0]), **told}
    if kinds:
        rest = {"minItems": schema["minItems"]} if "minItems" in schema else {}
        return _adapt_alternatives([{**kind, **rest} for kind in kinds]) | told
    if schema.get("type") == "array":
        return _build_list_schema(schema) | told
    if schema.get("type") == "object":
        return _build_names_schema(key, schema) | told
    if "enum" in schema:
        choices = " ou ".join(f"« {one} »" for one in schema["enum"])
        return {"enum": schema["enum"], "errorMessage": f"Attendu : {choices}.", **told}
    return _build_text_schema(key, schema) | told


def _adapt_alternatives(kinds: list[Schema]) -> Schema:
    """Return the schema of what is one of several kinds, told apart by the type so that one line is told."""
    if any(kind.get("$ref", "").endswith("Answer") for kind in kinds):
        return {"$ref": "#/$defs/Answer"}
    types = {str(kind.get("type", "object")): kind for kind in kinds}
    if "integer" in types:
        message = "Attendu : une page, un nombre de 1 à 999."
        wrong = [{"type": "integer", "maximum": 0}, {"type": "integer", "minimum": 1000}]
        page: Schema = {
            "type": ["integer", "string"],
            "pattern": types["string"]["pattern"],
            "errorMessage": message,
        }
        return {**page, "allOf": [_refuse(one, message) for one in wrong]}
    adapted = {name: _adapt_value("", kind) for name, kind in types.items()}
    text = adapted.pop("string")
    [(name, other)] = adapted.items()
    expected = "une liste, ou un texte seul" if name == "array" else "un texte, ou des « clé: valeur »"
    return {
        "type": [name, *text.pop("type")],
        **text,
        "errorMessage": f"Attendu : {expected}.",
        "allOf": [{"if": {"type": name}, "then": other}, *text.get("allOf", [])],
    }


def _build_list_schema(schema: Schema) -> Schema:
    made: Schema = {
        "type": "array",
        "items": _adapt_value("", schema["items"]),
        "errorMessage": "Attendu : une liste, chaque ligne commençant par « - ».",
    }
    if schema.get("minItems"):
        made["allOf"] = [_refuse({"type": "array", "maxItems": 0}, "Cette liste est vide.")]
    return made


def _build_names_schema(key: str, schema: Schema) -> Schema:
    """Return the schema of a table under names, or paths, of the author's own."""
    [(pattern, value)] = schema.get("patternProperties", {"": schema.get("additionalProperties")}).items()
    made: Schema = {
        "type": "object",
        "additionalProperties": _adapt_value("", value),
        "errorMessage": "Attendu : des « clé: valeur ».",
    }
    if key == "messages":  # under a kind of contact, or a contact
        pattern = f".+/.+|^(?:{'|'.join(_escape(get_french_key(kind)) for kind in KINDS)})$"
    if pattern:
        made["propertyNames"] = {"pattern": pattern, "patternErrorMessage": _NAME}
    return made


def _build_text_schema(key: str, schema: Schema) -> Schema:
    if "pattern" in schema:
        name: Schema = {
            "type": ["string", "integer", "boolean"],
            "pattern": schema["pattern"],
            "errorMessage": _NAME,
        }
        return {**name, "allOf": [_refuse({"type": "integer", "maximum": -1}, _NAME)]}
    text: Schema = {"type": _TEXT, "pattern": "\\S", "errorMessage": "Attendu : un texte."}
    if key in _TIMES:
        pattern, message = _TIMES[key]
        return {"type": "string", "pattern": f"^\\s*(?:{pattern})\\s*$", "errorMessage": message}
    if key in _VALUES:
        pattern, message = _VALUES[key]
        return {**text, "pattern": f"^(?:{pattern}|{_TO_FILL})$", "patternErrorMessage": message}
    return text
