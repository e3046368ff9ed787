"""Validation errors of pydantic as French problems, at the place where each was typed.

One mistake is one problem: invalid parts are dropped, then the rest is validated again.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from fs_triage.rules import salvage
from fs_triage.rules.keys import name_key, suggest_keys
from fs_triage.rules.model_livret import NEED_TAG, TOPIC_TAG, MessageTemplate, Synonym, Theme, Topic
from fs_triage.rules.model_partner import (
    NOTHING,
    Changes,
    Contact,
    ContactUse,
    EscalateAnswer,
    GotoAnswer,
    OrientAnswer,
    Partner,
    QuestionAnswer,
    StepsAnswer,
    list_leads,
)
from fs_triage.rules.model_situations import Situation, SituationAnswer
from fs_triage.rules.problem import Mend, Problem
from fs_triage.rules.salvage import LostParts
from fs_triage.rules.vocabulary import get_french_key
from fs_triage.rules.yaml_reader import (
    List,
    Location,
    Table,
    Text,
    YamlNode,
    convert_to_data,
    find_node,
    get_mark,
)
from fs_triage.text.days import guess_day
from fs_triage.text.did_you_mean import build_slug, suggest_name
from fs_triage.text.fold import fold
from fs_triage.text.typography import escape_controls

M = TypeVar("M", bound=BaseModel)

_MAX_PROBLEMS = 100  # problems reported for one file; more usually have one common cause
_MAX_ROUNDS = 40  # more than a file can be deep; each round drops at least one level
_MODELS_BY_TAG: dict[str, type[BaseModel]] = {
    "<question>": QuestionAnswer,
    "<steps>": StepsAnswer,
    "<escalate>": EscalateAnswer,
    "<orient>": OrientAnswer,
    "<goto>": GotoAnswer,
}
_TAGS_BY_KEY: dict[str | int, frozenset[str]] = {
    "answers": frozenset(_MODELS_BY_TAG),
    "out_of_scope": frozenset({TOPIC_TAG, NEED_TAG}),
}
"""What pydantic puts after the rank of an item of a list whose items are of several kinds."""
_KEY_MARK = "[key]"  # pydantic puts it after a key that is itself invalid
_MODELS_BY_KEY: dict[str | int, type[BaseModel]] = {
    "contacts": ContactUse,
    "escalate": ContactUse,
    "orient": ContactUse,
    "out_of_scope": Topic,
    "situations": Situation,
    "synonyms": Synonym,
    "themes": Theme,
}
_ANSWERS_BY_OWNER: dict[type[BaseModel], type[BaseModel]] = {Situation: SituationAnswer}
"""The answers that are of one kind, which pydantic does not name."""
_MODELS_BY_NAME: dict[str | int, type[BaseModel]] = {"contacts": Contact, "messages": MessageTemplate}
"""Those of tables, of which each key is a name."""


@dataclass(frozen=True, slots=True)
class BuildResult(Generic[M]):
    """The model of the valid part of a file, and what was left out; `whole` tells that nothing was wrong."""

    model: M | None
    table: Table
    whole: bool
    lost: LostParts = field(default_factory=LostParts)


def build_model(model: type[M], table: Table, problems: list[Problem]) -> M | None:
    """Return `table` as a `model`; None when it is not one, then each reason is added to `problems`."""
    built = build_valid_part(model, table, problems)
    return built.model if built.whole else None


def build_valid_part(model: type[M], table: Table, problems: list[Problem]) -> BuildResult[M]:
    """Return the model of the valid part of `table`; adds a problem for each part that is dropped."""
    made, errors = _validate_table(model, table)
    if not errors:
        return BuildResult(made, table, whole=True)
    table = salvage.copy_table(table)
    told = {problem[:3] for problem in problems if problem.code == "unknown-key"}
    found = [
        _explain_error(error, model, table)
        for error in errors[:_MAX_PROBLEMS]
        if error["type"] != "union_tag_not_found" or not _has_key_at(error, table, told)
    ]
    found = [one for one in found if one.code != "unknown-key" or one[:3] not in told]
    problems += list(dict.fromkeys(found))[:_MAX_PROBLEMS]
    lost = LostParts()
    for _ in range(_MAX_ROUNDS):
        if not errors:
            break
        removed = salvage.remove_parts(table, [_get_wrong_location(error) for error in errors])
        if removed is None:
            break
        lost |= removed
        made, errors = _validate_table(model, table)
    return BuildResult(made, table, whole=False, lost=lost)


def _validate_table(model: type[M], table: Table) -> tuple[M | None, list[Any]]:
    try:
        return model.model_validate(convert_to_data(table)), []
    except ValidationError as error:
        return None, list(error.errors(include_url=False, include_input=False))


def _is_key_error(error: Any) -> bool:
    """Return whether `error` is of a key itself: pydantic says so after it, and a key may have that very name."""
    return len(error["loc"]) > 2 and error["loc"][-1] == _KEY_MARK and error["type"] != "extra_forbidden"


def _get_location(error: Any) -> Location:
    """Return where `error` is: its `loc` without what pydantic adds, which is told from keys by its place alone."""
    loc = error["loc"][:-1] if _is_key_error(error) else error["loc"]
    return tuple(segment for rank, segment in enumerate(loc) if not _is_tag(loc, rank))


def _is_tag(loc: Location, rank: int) -> bool:
    """Return whether what stands in `loc` at `rank` is the kind of an item, which pydantic puts after its rank."""
    return rank > 1 and isinstance(loc[rank - 1], int) and loc[rank] in _TAGS_BY_KEY.get(loc[rank - 2], ())


def _get_wrong_location(error: Any) -> Location:
    """Return the location of what must be left out for `error` to go away."""
    location = _get_location(error)
    return location[:-1] if error["type"] == "missing" else location


def _list_keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


_CHANGES = [key for key in _list_keys(Changes) if key not in Partner.model_fields]
"""The keys by which a layer changes those below."""


_ANSWER_KEYS = list(dict.fromkeys(key for model in _MODELS_BY_TAG.values() for key in _list_keys(model)))


def _get_owner_model(loc: Location, model: type[BaseModel]) -> type[BaseModel]:
    """Return the model that the last segment of `loc` is a key of."""
    owner = model
    while len(loc) > 1:
        if len(loc) > 2 and _is_tag(loc, 2):
            owner, loc = _MODELS_BY_TAG.get(str(loc[2]), _MODELS_BY_KEY.get(loc[0], owner)), loc[3:]
        elif isinstance(loc[1], int):
            answer = _ANSWERS_BY_OWNER.get(owner) if loc[0] == "answers" else None
            owner, loc = answer or _MODELS_BY_KEY.get(loc[0], owner), loc[2:]
        else:
            return _MODELS_BY_NAME.get(loc[0], owner)
    return owner


def _has_key_at(error: Any, table: Table, places: Container[tuple[str, int, int]]) -> bool:
    """Return whether a key of what `error` is about is at one of `places`: it may be the one that seems to lack."""
    node = find_node(table, _get_location(error))
    return isinstance(node, Table) and any(place in places for place, _ in node.entries.values())


def _list_unknown_keys(node: YamlNode) -> list[str]:
    return [key for key in node.entries if key not in _ANSWER_KEYS] if isinstance(node, Table) else []


def _build_unknown_key_problem(table: Table, location: Location, known: list[str]) -> Problem:
    place = get_mark(table, location, key=True)
    key = escape_controls(get_french_key(str(location[-1])))
    parent = find_node(table, location[:-1])
    present = parent.entries if isinstance(parent, Table) else {}
    if any(mark.path != place.path for mark, _ in present.values()):  # a layer may say anew what it inherits
        present = {other: entry for other, entry in present.items() if entry[0].path == place.path}
        known = [*known, *(_CHANGES if len(location) == 1 else ())]
    hint = suggest_keys(str(location[-1]), [other for other in known if other not in present])
    return Problem(*place, code="unknown-key", message=f"clé inconnue « {key} »", hint=hint)


def _explain_error(error: Any, model: type[BaseModel], table: Table) -> Problem:
    kind, location = error["type"], _get_location(error)
    if kind == "extra_forbidden" and (braced := _find_braced_name(kind, location[:-1], table)) is not None:
        return braced
    if kind == "extra_forbidden":
        return _build_unknown_key_problem(table, location, _list_keys(_get_owner_model(error["loc"], model)))
    if kind == "union_tag_not_found" and (unknown := _list_unknown_keys(find_node(table, location))):
        return _build_unknown_key_problem(table, (*location, unknown[0]), _ANSWER_KEYS)
    node = find_node(table, location)
    if (braced := _find_braced_name(kind, location, table)) is not None:
        return braced
    if kind == "missing":
        explanation = _explain_missing_key(location, _get_owner_model(error["loc"], model))
    elif kind == "union_tag_not_found":
        explanation = _explain_leads(node)
    elif _is_key_error(error):
        explanation = _explain_identifier(str(location[-1]), location, table)
    elif kind == "string_pattern_mismatch" and isinstance(node, Text) and node.value.strip():
        is_path = "/" in error["ctx"]["pattern"]
        explanation = _explain_identifier(node.value, location, table, is_path=is_path)
    else:
        required = _is_required(error["loc"], model)
        explanation = _explain_value(
            kind,
            location,
            node,
            name=name_key(location, model),
            required=required,
            allowed=_list_allowed(error.get("ctx", {})),
        )
    place = get_mark(table, location, key=_is_key_error(error))
    mends: tuple[Mend, ...] = ()
    if explanation.after is not None and isinstance(node, Text):
        mends = (Mend(*place, node.value, explanation.after),)
    return Problem(
        *place, code=explanation.code, message=explanation.message, hint=explanation.hint, mends=mends
    )


def _find_braced_name(kind: str, location: Location, table: Table) -> Problem | None:
    """Return that contacts are cited between braces, as texts refer to them; None for another mistake."""
    if kind == "missing":
        location = location[:-1]
    node = find_node(table, location)
    cited = ("contacts", "escalate", "orient")
    is_item = location[-2:-1] and location[-2] in cited and isinstance(location[-1], int)
    if not isinstance(node, Table) or not (
        is_item or (location and location[-1] in cited and len(location) > 1)
    ):
        return None
    if not node.entries or any(not isinstance(item, Text) or item.value for _, item in node.entries.values()):
        return None
    names = ", ".join(node.entries)
    message = f"« {{{names}}} » : un contact se cite sans accolades, hors d’un texte"
    hint = (
        f"écrivez « {names} »" if is_item else f"écrivez « {get_french_key(str(location[-1]))}: [{names}] »"
    )
    return Problem(*node.place, code="wrong-type", message=message, hint=hint)


class _Explanation(NamedTuple):
    """The code, the message and the hint of a problem, and what to write in the place of the value, if that is sure."""

    code: str
    message: str
    hint: str
    after: str | None = None


def _explain_missing_key(location: Location, owner: type[BaseModel]) -> _Explanation:
    key = str(location[-1])
    examples = owner.model_fields[key].examples if key in owner.model_fields else None
    example = examples[0] if examples and isinstance(examples[0], str) else "…"
    if (
        examples
        and isinstance(examples[0], list)
        and all(isinstance(item, str | int) for item in examples[0])
    ):
        example = f"[{', '.join(map(str, examples[0]))}]"
    french = get_french_key(key)
    return _Explanation(
        code="missing-key",
        message=f"il manque la clé « {french} »",
        hint=f"ajoutez par exemple « {french}: {example} »",
    )


def _explain_leads(node: YamlNode) -> _Explanation:
    if not isinstance(node, Table):
        return _Explanation(
            code="wrong-type",
            message=f"{describe_node(node)} à la place d’une réponse",
            hint="attendu : id, libellé, et la suite",
        )
    leads = list_leads(convert_to_data(node))
    if not leads:
        expected = "question et réponses, étapes, contacter, orienter ou aller à"
        return _Explanation(
            code="no-lead",
            message="cette réponse ne mène nulle part",
            hint=f"ajoutez une des clés : {expected}",
        )
    given = " et ".join(f"« {get_french_key(lead)} »" for lead in leads)
    return _Explanation(
        code="two-leads",
        message=f"cette réponse mène à plusieurs choses à la fois : {given}",
        hint="gardez-en une",
    )


def _explain_identifier(
    value: str, location: Location, table: Table, *, is_path: bool = False
) -> _Explanation:
    message = f"« {escape_controls(value)} » n’est pas un identifiant"
    meant = build_slug(re.sub(r"\.ya?ml$", "", value))
    if not is_path and "/" in meant:
        meant = _shorten_path(meant, location, table)
    hint = f"écrivez « {meant} »" if meant else "attendu : minuscules sans accent, mots joints par « - »"
    parts = re.findall(r"[\w-]+", value)
    if location[:1] == ("partners",) and len(parts) > 1 and "/" not in value:
        hint += f", ou « {', '.join(parts)} » s’ils sont plusieurs"
    return _Explanation(code="bad-id", message=message, hint=hint)


def _shorten_path(path: str, location: Location, table: Table) -> str:
    """Return the id meant by the `path` that was typed at `location`, where one word is wanted."""
    head, _, last = path.rpartition("/")
    if location[:1] in (("extends",), ("partners",)):
        return last
    above = [find_node(table, (*location[:end], "id")) for end in range(2, len(location) - 1, 2)]
    ids = [node.value for node in above if isinstance(node, Text)]
    names = [str(ids[rank:]) for rank in range(len(ids))]
    return last if str(head.split("/")) in names else path.replace("/", "-")


def _is_required(loc: Location, model: type[BaseModel]) -> bool:
    """Return whether what stands at `loc` is a required key."""
    if not isinstance(loc[-1], str):
        return False
    fields = _get_owner_model(loc, model).model_fields
    return any(field.is_required() for name, field in fields.items() if loc[-1] in (name, field.alias))


def _list_allowed(context: Any) -> list[str]:
    """Return the values that a closed list allows, from what pydantic says of it."""
    return str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")


def _explain_value(
    kind: str, location: Location, node: YamlNode, *, name: str, required: bool, allowed: list[str]
) -> _Explanation:
    """Return what is wrong with `node`, the value at `location`, which its author calls `name`."""
    empty = not (
        node.value.strip() and node.value not in NOTHING
        if isinstance(node, Text)
        else node.entries
        if isinstance(node, Table)
        else node.items
    )
    if location[-1] == "escalate" and empty:
        return _Explanation(
            code="no-usable-contact",
            message="ce 2nd niveau n’a aucun contact",
            hint="nommez au moins un contact",
        )
    if empty:
        complete = "complétez la liste" if isinstance(node, List) else "complétez"
        hint = complete if required else f"{complete}, ou supprimez-la"
        return _Explanation(code="empty", message=f"« {escape_controls(name)} » est vide", hint=hint)
    if kind == "literal_error" and isinstance(node, Text):
        meant = next((one for one in allowed if fold(one) == fold(node.value)), None)
        return _Explanation(
            code="bad-choice",
            message=f"« {escape_controls(node.value)} » n’est pas permis pour « {name} »",
            hint=f"écrivez « {meant} »" if meant else suggest_name(node.value, allowed),
            after=meant,
        )
    if isinstance(node, Text) and (explained := _explain_text(kind, str(location[-1]), name, node)):
        return explained
    if kind == "string_type" and (found := _explain_unquoted_text(name, node)):
        return found
    return _Explanation(
        code="wrong-type",
        message=f"« {escape_controls(name)} » : {describe_node(node)}",
        hint=f"attendu : {_EXPECTED.get(kind, 'autre chose')}",
    )


def _explain_unquoted_text(name: str, node: YamlNode) -> _Explanation | None:
    """Return what is wrong with a text that YAML took for a table or a list, None where it is another mistake."""
    if isinstance(node, Table) and len(node.entries) == 1:
        [(first, _)] = node.entries.values()
        sign = ":" if first == node.place else "{"
        message = f"« {escape_controls(name)} » : ce texte se lit comme « clé: valeur » à cause de « {sign} »"
        return _Explanation(
            code="wrong-type", message=message, hint="mettez le texte entre guillemets doubles"
        )
    if isinstance(node, List) and _is_bracketed_word(node):
        message = f"« {name} » : ce texte se lit comme une liste à cause de « [ »"
        return _Explanation(code="wrong-type", message=message, hint="mettez des guillemets")
    return None


def _explain_text(kind: str, key: str, name: str, node: Text) -> _Explanation | None:
    """Return what is wrong with a text that stands for a page, a list or a time; None where another thing is."""
    if kind in _PAGES:
        pages = ", ".join(_list_pages(node.value))
        return _Explanation(
            code="bad-page",
            message=f"« {escape_controls(node.value)} » n’est pas une page",
            hint=f"écrivez « {pages} »" if pages else "attendu : un nombre de 1 à 999",
            after=pages or None,
        )
    if kind == "list_type":
        return _explain_missing_list(key, name, node)
    if kind in ("day", "duration"):
        return _explain_time(kind, node.value)
    return None


def _is_bracketed_word(node: List) -> bool:
    """Return whether a list is a word of a text that was written in brackets: « [CAF] »."""
    item = node.items[0] if len(node.items) == 1 else None
    return isinstance(item, Text) and build_slug(item.value) != item.value


def _list_pages(text: str) -> list[str]:
    """Return the pages that `text` means: « 15 et 16 », « 8-10 », « p. 3 »; none when that is not sure."""
    text = text.strip(" ()")
    if span := re.fullmatch(r"(\d{1,3}) *(?:-|–|à) *(\d{1,3})", text):
        first, last = map(int, span.groups())
        return [str(page) for page in range(first, last + 1)] if 0 < last - first < 10 else []
    if not re.fullmatch(r"(?:(?:pages?|pp?\.?|et|,|;|/|\s)*\d{1,3})+", text, re.IGNORECASE):
        return []
    return [page for page in re.findall(r"\d+", text) if int(page)]


_WORD_LISTS = ("contacts", "escalate", "orient", "partners", "demarches", "walk", "remove", "published")


def split_names(text: str) -> list[str]:
    """Return the names that `text` lists, however they are parted: « a, b », « a ; b », « a et b », « (a b) »."""
    return [name for name in re.split(r"[\s,;{}()]+", text) if name and name != "et"]


def _explain_missing_list(key: str, name: str, node: Text) -> _Explanation:
    """Explain a text where a list is wanted: what to write in its place."""
    message = f"« {name} » : un texte"
    items = _list_pages(node.value) if key == "pages" else []
    if key in _WORD_LISTS:
        items = split_names(node.value)
    elif key in ("keywords", "words", "also", "neutral") and not re.search(r"[\[\]{}:#]", node.value):
        items = [item.strip() for item in re.split("[,;]", node.value.strip(" ()")) if item.strip()]
    if items:
        after = f"[{', '.join(items)}]"
        hint = f"écrivez « {name}: {escape_controls(after)} »"
        return _Explanation(code="wrong-type", message=message, hint=hint, after=after)
    hint = "attendu : une liste, chaque ligne commençant par « - »"
    return _Explanation(code="wrong-type", message=message, hint=hint)


def _explain_time(kind: str, value: str) -> _Explanation:
    """Return what is wrong with a day or a duration."""
    shown = f"« {escape_controls(value)} » n’est pas"
    if kind == "duration":
        hint = "attendu : un nombre de jours, de mois ou d’années, comme « 12 mois »"
        return _Explanation(code="bad-duration", message=f"{shown} une durée", hint=hint)
    meant = guess_day(value)
    hint = f"écrivez « {meant} »" if meant else "attendu : année-mois-jour, comme 2026-11-23"
    return _Explanation(code="bad-day", message=f"{shown} un jour", hint=hint)


def describe_node(node: YamlNode) -> str:
    """Return what a node is, in French."""
    return {Text: "un texte", List: "une liste", Table: "des « clé: valeur »"}[type(node)]


_PAGES = frozenset({"int_parsing", "int_type", "greater_than_equal", "less_than_equal"})
_EXPECTED = {
    "string_type": "un texte",
    "list_type": "une liste, chaque ligne commençant par « - »",
    "dict_type": "des « clé: valeur »",
    "model_type": "des « clé: valeur »",
    "model_attributes_type": "des « clé: valeur »",
    "int_type": "un nombre",
}
