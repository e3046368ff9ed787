"""References to contacts in texts: « Appeler le {tel-3230} » is shown with the number of that contact.

`{caf/tel-3230}` is a contact of another partner, and the only form outside the files of partners. A capital letter
(`{Site-caf}`) is that of the text: a site begins with one, and goes on in small letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel

from fs_triage.rules.yaml_reader import List, Text, YamlNode

TEXT_KEYS = frozenset(
    {
        *("label", "name", "about", "question", "help", "steps", "do_not", "warnings", "no_second_level"),
        *("note", "doubt", "when", "title", "topic", "where", "subject", "body"),
    }
)
"""The keys of the texts that a counsellor or a visitor reads; the others are words to search, values and names."""

NOT_GIVEN = "[contact à remplir]"
"""What stands for the value of a contact that a livret has yet to give."""

_REFERENCE = re.compile(r"(?<![{%])\{([A-Za-z0-9]+(?:[-/][a-z0-9]+)*)\}(?!\})")
_MEANT = re.compile(r"(?<![{%])\{ *[^\W_][\w /.-]*\w *\}(?!\})")
_BRACED = re.compile(r"\{+[^{}]*\}*|\}+")
_TEMPLATES = ("subject", "body")
_SITES = ("web", "appointment")

M = TypeVar("M", bound=BaseModel)
Values = Mapping[str, tuple[str, str]]
"""The kind and the value of each contact, under its partner and its id: `caf/tel-3230`."""


class PlacedText(NamedTuple):
    """A text of a rule file; `contact` is the one that it is said of, if any."""

    key: str
    text: Text
    contact: str


def expand_references(model: M, values: Values, partner: str = "") -> M:
    """Return `model` with the values of contacts in the place of the references to them; others stay as they are."""

    def show(found: re.Match[str]) -> str:
        kind, value = values.get(complete_name(found[1], partner), ("", found[0]))
        return value.capitalize() if found[1][0].isupper() and kind in _SITES else value

    expanded: M = _map_texts(model, lambda text: _REFERENCE.sub(show, text))
    return expanded


def complete_name(name: str, partner: str) -> str:
    """Return the name of a contact with its partner, as `Values` have it."""
    name = name[0].lower() + name[1:]
    return name if "/" in name or not partner else f"{partner}/{name}"


def _map_texts(node: Any, change: Callable[[str], str], key: str = "") -> Any:
    """Return `node` with its texts changed, itself where none is."""
    if isinstance(node, str):
        return change(node) if key in TEXT_KEYS and "{" in node else node
    if isinstance(node, list):
        items = [_map_texts(item, change, key) for item in node]
        return node if all(new is old for new, old in zip(items, node, strict=True)) else items
    if isinstance(node, dict | BaseModel):
        parts = node if isinstance(node, dict) else dict(node)
        update = {
            name: new for name, old in parts.items() if (new := _map_texts(old, change, name)) is not old
        }
        if not update:
            return node
        return {**node, **update} if isinstance(node, dict) else node.model_copy(update=update)
    return node


def list_wrong_references(text: PlacedText, partner: str, values: Values) -> list[str]:
    """Return the references of a text, with their braces, that name no contact of the livret."""
    return [
        braced
        for braced in dict.fromkeys(_MEANT.findall(text.text.value))
        if not _REFERENCE.fullmatch(braced) or complete_name(braced[1:-1], partner) not in values
    ]


def find_loose_brace(text: PlacedText) -> str | None:
    """Return what begins with a brace in a text and is no reference, None where the template of a message has it."""
    found = None if text.key in _TEMPLATES else _BRACED.search(_MEANT.sub("", text.text.value))
    return found[0] if found else None


def list_referred_contacts(node: YamlNode, partner: str) -> set[str]:
    """Return the contacts that the texts below `node` refer to, by their partner and id."""
    return {
        complete_name(name, partner)
        for text in iter_texts(node)
        for name in _REFERENCE.findall(text.text.value)
    }


def iter_texts(node: YamlNode, key: str = "", contact: str = "") -> Iterator[PlacedText]:
    """Yield the texts below `node` that are read by people."""
    if isinstance(node, Text):
        if key in TEXT_KEYS:
            yield PlacedText(key, node, contact)
    elif isinstance(node, List):
        for item in node.items:
            yield from iter_texts(item, key if isinstance(item, Text) else "", contact)
    else:
        for name, (_, item) in node.entries.items():
            yield from iter_texts(item, name, name if key == "contacts" and not contact else contact)
