"""Rule files as they are typed, with French keys, and as the program reads them, with those of the models.

The same word may be a key at one place and a name that somebody chose at another (a contact called `site`), so that
keys are told by the model that their table is read as.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from fs_triage.rules.model_partner import KINDS
from fs_triage.rules.problem import Mend, Problem
from fs_triage.rules.vocabulary import FRENCH_KEYS, fold_key
from fs_triage.rules.yaml_reader import List, Location, Mark, Table, YamlNode
from fs_triage.text import did_you_mean
from fs_triage.text.typography import escape_controls

_OTHER_WORDS = {
    "ajout": "add",
    "ajouts": "add",
    "alias": "keywords",
    "avertissement": "warnings",
    "avertissements": "warnings",
    "besoin": "needs besoin",
    "bloque": "if_blocked",
    "change": "modify",
    "changement": "modify",
    "changements": "modify",
    "changer": "modify",
    "condition": "when",
    "corps": "body",
    "e mail": "email",
    "effacer": "remove",
    "enlever": "remove",
    "escalade": "escalate",
    "etape": "steps",
    "identifiant": "id",
    "interdit": "do_not",
    "interdits": "do_not",
    "intitule": "label title",
    "libelle": "title",
    "lien": "web",
    "mail": "email",
    "modeles": "messages",
    "mots cles": "keywords words",
    "nom": "label topic",
    "note": "warnings",
    "numero": "phone",
    "orienter": "where",
    "oter": "remove",
    "ou": "goto",
    "precision": "note",
    "rdv": "appointment",
    "remarque": "note",
    "renvoi": "goto",
    "si": "when",
    "supprimer": "remove",
    "tel": "phone",
    "titre": "label",
    "url": "web",
}
"""Words that may stand for a key: for the first of these that the table can have."""


_SCHEMA_LINE = "yaml-language-server"
"""What the first line of a file begins with, after « # »."""


class _Value(NamedTuple):
    """What stands under a key: tables that are read as one of `models`; with `names`, each under a name or a path.

    Names that are among `named_keys` are keys all the same.
    """

    models: tuple[type[BaseModel], ...]
    names: bool = False
    named_keys: tuple[str, ...] = ()


def _find_models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _find_models(part)


@cache
def _list_values(models: tuple[type[BaseModel], ...]) -> dict[str, _Value]:
    """Return what stands under each key of a table that is read as one of `models`."""
    found = {}
    for model in models:
        hints = get_type_hints(model, include_extras=True)
        for name, field in model.model_fields.items():
            key, names = field.alias or name, get_origin(hints[name]) is dict
            if key in FRENCH_KEYS:
                below = tuple(dict.fromkeys(_find_models(hints[name])))
                found[key] = _Value(below, names, KINDS if key == "messages" else ())
    return found


@cache
def _list_spellings(keys: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """Return which of `keys` each folded text is: as authors write it, and as the models say it."""
    return {fold_key(FRENCH_KEYS[key]): key for key in keys}, {fold_key(key): key for key in keys}


def list_model_keys(model: type[BaseModel]) -> list[str]:
    """Return the keys of the models that a table read as `model` may have."""
    return list(_list_values((model,)))


def name_key(location: Location, model: type[BaseModel]) -> str:
    """Return the last key or name of `location`, in a file that is read as `model`, as its author writes it."""
    value, name = _Value((model,)), ""
    for segment in location:
        if isinstance(segment, int):
            continue
        below = _list_values(value.models).get(segment)
        is_key = (not value.names or segment in value.named_keys) and segment in FRENCH_KEYS
        name = FRENCH_KEYS[segment] if is_key else segment
        value = value._replace(names=False) if value.names else below or _Value(())
    return name


def translate_keys(table: Table, models: tuple[type[BaseModel], ...], problems: list[Problem]) -> int:
    """Put the keys of the models in the place of those that were typed in `table`, a file that is read as `models`.

    Adds a problem for each key that was typed in another word, or twice; one that nothing is like stays as typed.
    Returns how many different keys are the models' own: those of rule files as they were before.
    """
    old: set[str] = set()
    for below, keys in iter_tables(table, models):
        old |= _rename_keys(below, keys, problems)
    return len(old)


def iter_tables(table: Table, models: tuple[type[BaseModel], ...]) -> Iterator[tuple[Table, tuple[str, ...]]]:
    """Yield `table`, read as one of `models`, and each below it with the keys of the models that it may have.

    The keys of one that was yielded may be put in the place of what was typed before the next is asked for.
    """
    yield from _iter_tables(table, _Value(models))


def _iter_tables(node: YamlNode, value: _Value) -> Iterator[tuple[Table, tuple[str, ...]]]:
    if isinstance(node, List):
        for item in node.items:
            yield from _iter_tables(item, value)
    elif isinstance(node, Table) and value.names:
        if value.named_keys:
            yield node, value.named_keys
        for _, below in node.entries.values():
            yield from _iter_tables(below, value._replace(names=False))
    elif isinstance(node, Table) and value.models:
        values = _list_values(value.models)
        yield node, tuple(values)
        for typed, (_, below) in node.entries.items():
            yield from _iter_tables(below, values.get(typed, _Value(())))


def find_key(typed: str, keys: tuple[str, ...]) -> str | None:
    """Return the one of `keys`, those of the models, that was typed in French or as the models say it."""
    french, english = _list_spellings(keys)
    folded = fold_key(typed)
    return french.get(folded) or english.get(folded)


def _rename_keys(table: Table, keys: tuple[str, ...], problems: list[Problem]) -> set[str]:
    """Put those of `keys` that were meant in the place of what was typed in `table`; returns those typed as such."""
    french, english = _list_spellings(keys)
    meant = {typed: french.get(fold_key(typed)) for typed in table.entries}
    old: set[str] = set()
    taken: dict[str, str] = {}  # what was typed for each key
    for typed, key in meant.items():
        if key is not None:
            taken.setdefault(key, typed)
    for typed, key in meant.items():
        place = table.entries[typed][0]
        if key is None and (key := english.get(fold_key(typed))) is not None:
            if key not in taken:
                mend = Mend(*place, typed, FRENCH_KEYS[key])
                problems.append(_build_problem(place, typed, f"écrivez « {FRENCH_KEYS[key]} »", mend))
                old.add(key)
        elif key is None and "/" not in typed:
            key = _guess_key(typed, [one for one in keys if one not in taken])
            if key is not None:
                hint = did_you_mean.render_suggestion(FRENCH_KEYS[key], [])
                problems.append(_build_problem(place, typed, hint))
        if key is not None:
            meant[typed] = key
            taken.setdefault(key, typed)
    entries: dict[str, tuple[Mark, YamlNode]] = {}
    for typed, (place, node) in table.entries.items():
        key = meant[typed] or typed
        if key in entries or taken.get(key, typed) != typed:
            first = table.entries[taken[key]][0] if key in taken else place
            message = f"clé répétée « {escape_controls(typed)} », déjà à la ligne {first.line}"
            problems.append(Problem(*place, code="duplicate-key", message=message, hint="gardez-en une"))
        else:
            entries[key] = (place, node)
    table.entries = entries
    return old


def _build_problem(place: Mark, typed: str, hint: str, *mends: Mend) -> Problem:
    message = f"clé inconnue « {escape_controls(typed)} »"
    return Problem(*place, code="unknown-key", message=message, hint=hint, mends=mends)


def _guess_key(typed: str, keys: list[str]) -> str | None:
    """Return the one of `keys` that the misspelt key `typed` stands for, None when none is like it."""
    folded = fold_key(typed)
    other = next((key for key in _OTHER_WORDS.get(folded, "").split() if key in keys), None)
    spellings = {fold_key(FRENCH_KEYS[key]): key for key in keys}
    spellings = {fold_key(key): key for key in keys} | spellings
    near = did_you_mean.find_close_name(folded, list(spellings))
    return other or (spellings[near] if near else None)


def suggest_keys(typed: str, keys: Iterable[str]) -> str:
    """Return what to write instead of `typed`, which is none of `keys`, those of the models."""
    if typed == _SCHEMA_LINE:
        return "remettez « # » et une espace devant cette ligne"
    known = [key for key in keys if key in FRENCH_KEYS]
    key = _guess_key(typed, known)
    return did_you_mean.render_suggestion(key and FRENCH_KEYS[key], [FRENCH_KEYS[one] for one in known])
