"""A tree as Mermaid and as DOT."""

from __future__ import annotations

import re
import textwrap

from fs_triage.render import labels
from fs_triage.render.tree import Branch, iter_branches
from fs_triage.text.typography import join_lines

_LABEL_WIDTH = 32  # columns of a label in DOT, which does not fold by itself


def _name_nodes(branch: Branch) -> dict[str, str]:
    """Return a short name for each node: a word of a label may not stand for a node."""
    return {below["id"]: f"n{rank}" for rank, below in enumerate(iter_branches(branch))}


_PLAIN = frozenset(" \u00a0,'’?!()/-–…«»→")  # beside letters and digits
_HELD = frozenset("ﬂß°¶")  # letters that Mermaid uses as marks of its own
_LIST = re.compile(r"^(\d*)([-)])")  # what begins a list in Markdown


def escape_mermaid(text: str) -> str:
    """Return `text` as the inside of a quoted Mermaid label.

    All that could end the quotes, or be read as HTML, Markdown, a comment, a directive or a style, is written
    as a numeric entity, which Mermaid puts back when it draws.
    """
    text = join_lines(text)
    shown = "".join(c if (c.isalnum() or c in _PLAIN) and c not in _HELD else f"#{ord(c)};" for c in text)
    return _LIST.sub(lambda mark: f"{mark[1]}#{ord(mark[2])};", shown)


def render_mermaid(branch: Branch) -> str:
    """Return a tree as a Mermaid flowchart, answers on the arrows.

    A question is a hexagon, the 1st level a rectangle, the 2nd level a rounded bar. An answer that leads
    elsewhere ends, by a dotted arrow, on a flag with the id to go to: Mermaid lays crossing arrows over the
    text.
    """
    names = _name_nodes(branch)
    lines = [
        "---",
        "config:",
        "  flowchart:",
        "    rankSpacing: 90",
        "    nodeSpacing: 25",
        "---",
        "flowchart LR",
    ]
    for node in iter_branches(branch):
        opening, closing = _MERMAID_SHAPES[_get_shape(node)]
        label = "<br>".join(escape_mermaid(part) for part in _list_node_lines(node))
        lines.append(f'  {names[node["id"]]}{opening}"{label}"{closing}')
    for question in iter_branches(branch):
        for answer in question["answers"]:
            arrow = "-->" if answer["to"] is None else "-.->"
            start, end, label = names[question["id"]], names[answer["id"]], escape_mermaid(answer["label"])
            lines.append(f'  {start} {arrow}|"{label}"| {end}')
    for shape, fill in _FILLS.items():
        drawn = [names[node["id"]] for node in iter_branches(branch) if _get_shape(node) == shape]
        if drawn:
            lines.append(f"  classDef {shape} fill:{fill},stroke:#444444,color:#111111")
            lines.append(f"  class {','.join(drawn)} {shape}")
    return "\n".join(lines)


def _get_shape(node: Branch) -> str:
    return node["kind"] if node["kind"] != "conclusion" else f"niveau{node['level']}"


_FILLS = {"question": "#ffffff", "niveau1": "#dff2df", "niveau2": "#fde8c8", "goto": "#eeeeee"}
_MERMAID_SHAPES = {
    "question": ("{{", "}}"),
    "niveau1": ("[", "]"),
    "niveau2": ("([", "])"),
    "goto": (">", "]"),
}


def _list_node_lines(node: Branch) -> list[str]:
    """Return what is written in a node: a question, the level and id of a conclusion, where to go."""
    if node["question"] is not None:
        return [node["question"]]
    if node["to"] is not None:
        return [f"→ {node['to']}"]
    return [labels.LEVEL_NAMES[labels.get_level_key(node)], node["id"]]


def quote_dot(*lines: str) -> str:
    """Return `lines` as a quoted DOT string, folded."""
    folded = (part for line in lines for part in textwrap.wrap(join_lines(line), _LABEL_WIDTH) or [""])
    escaped = (p.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&#38;") for p in folded)
    return '"' + "\\n".join(escaped) + '"'


def render_dot(branch: Branch) -> str:
    """Return a tree as a DOT digraph; an answer that leads elsewhere is a dashed arrow to its target.

    A target that is not drawn, that of another partner, is a note with its id.
    """
    names = _name_nodes(branch)
    lines = [
        "digraph arbre {",
        "  rankdir=LR",
        '  node [fontname="sans-serif" style=filled]',
        '  edge [fontname="sans-serif" fontsize=11]',
    ]
    for node in iter_branches(branch):
        if node["to"] is None or node["to"] not in names:
            shape = _get_shape(node)
            looks = f'{_DOT_SHAPES[shape]} fillcolor="{_FILLS[shape]}"'
            lines.append(f"  {names[node['id']]} [label={quote_dot(*_list_node_lines(node))} {looks}]")
    for question in iter_branches(branch):
        for answer in question["answers"]:
            end = answer["to"] if answer["to"] in names else answer["id"]
            style = "" if answer["to"] is None else " style=dashed"
            label = quote_dot(answer["label"])
            lines.append(f"  {names[question['id']]} -> {names[end]} [label={label}{style}]")
    return "\n".join([*lines, "}"])


_DOT_SHAPES = {
    "question": "shape=hexagon",
    "niveau1": "shape=box",
    "niveau2": 'shape=box style="filled,rounded" peripheries=2',
    "goto": "shape=note",
}
