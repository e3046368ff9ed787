"""A tree as people see it: `arbre`, as text, as Mermaid, as DOT, as JSON."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from fs_triage import outline, output
from fs_triage.branch import Branch, nest, walk_branches
from fs_triage.failure import OK
from fs_triage.records import ROOT, Question, QuestionOf
from fs_triage.typography import one_line

if TYPE_CHECKING:
    from fs_triage.store import Store

LEVELS = {1: "1er niveau", 2: "2nd niveau"}
_LABEL_WIDTH = 32  # columns of a label in DOT, which does not fold by itself


def run(store: Store, partner: str | None, form: str) -> int:
    """Print the tree of `partner` (its id; None for all) as `form`: text, mermaid, dot or json; returns 0."""
    branch = nest(_reader(store), partner or ROOT)
    if form == "json":
        import json

        livret = store.need("meta:livret")
        tree = {"schema_version": 1, "livret": livret, "tree": branch}
        output.answer_json(json.dumps(tree, ensure_ascii=False))
    elif form != "text":
        output.answer_format({"mermaid": mermaid, "dot": dot}[form](branch))
    elif output.is_drawn():
        outline.draw(branch)
    else:
        output.answer(outline.plain(branch))
    return OK


def _reader(store: Store) -> QuestionOf:
    import json

    def read(node: str) -> Question:
        question: Question = json.loads(store.need(f"question:{node}"))
        return question

    return read


def _names(branch: Branch) -> dict[str, str]:
    """Return a short name for each node: a word of a label may not stand for a node."""
    return {below["id"]: f"n{rank}" for rank, below in enumerate(walk_branches(branch))}


_PLAIN = frozenset(" \u00a0,'’?!()/-–…«»→")  # beside letters and digits
_HELD = frozenset("ﬂß°¶")  # letters that Mermaid uses as marks of its own
_LIST = re.compile(r"^(\d*)([-)])")  # what begins a list in Markdown


def mermaid_text(text: str) -> str:
    """Return `text` as the inside of a quoted Mermaid label.

    All that could end the quotes, or be read as HTML, Markdown, a comment, a directive or a style, is written
    as a numeric entity, which Mermaid puts back when it draws.
    """
    text = one_line(text)
    shown = "".join(c if (c.isalnum() or c in _PLAIN) and c not in _HELD else f"#{ord(c)};" for c in text)
    return _LIST.sub(lambda mark: f"{mark[1]}#{ord(mark[2])};", shown)


def mermaid(branch: Branch) -> str:
    """Return a tree as a Mermaid flowchart, answers on the arrows.

    A question is a hexagon, the 1st level a rectangle, the 2nd level a rounded bar. An answer that leads
    elsewhere ends, by a dotted arrow, on a flag with the id to go to: Mermaid lays crossing arrows over the
    text.
    """
    names = _names(branch)
    lines = [
        "---",
        "config:",
        "  flowchart:",
        "    rankSpacing: 90",
        "    nodeSpacing: 25",
        "---",
        "flowchart LR",
    ]
    for node in walk_branches(branch):
        opening, closing = _MERMAID_SHAPES[_shape(node)]
        label = "<br>".join(mermaid_text(part) for part in _node_lines(node))
        lines.append(f'  {names[node["id"]]}{opening}"{label}"{closing}')
    for question in walk_branches(branch):
        for answer in question["answers"]:
            arrow = "-->" if answer["to"] is None else "-.->"
            start, end, label = names[question["id"]], names[answer["id"]], mermaid_text(answer["label"])
            lines.append(f'  {start} {arrow}|"{label}"| {end}')
    for shape, fill in _FILLS.items():
        drawn = [names[node["id"]] for node in walk_branches(branch) if _shape(node) == shape]
        if drawn:
            lines.append(f"  classDef {shape} fill:{fill},stroke:#444444,color:#111111")
            lines.append(f"  class {','.join(drawn)} {shape}")
    return "\n".join(lines)


def _shape(node: Branch) -> str:
    return node["kind"] if node["kind"] != "conclusion" else f"niveau{node['level']}"


_FILLS = {"question": "#ffffff", "niveau1": "#dff2df", "niveau2": "#fde8c8", "goto": "#eeeeee"}
_MERMAID_SHAPES = {
    "question": ("{{", "}}"),
    "niveau1": ("[", "]"),
    "niveau2": ("([", "])"),
    "goto": (">", "]"),
}


def _node_lines(node: Branch) -> list[str]:
    """Return what is written in a node: a question, the level and id of a conclusion, where to go."""
    if node["question"] is not None:
        return [node["question"]]
    if node["to"] is not None:
        return [f"→ {node['to']}"]
    return [LEVELS[node["level"]], node["id"]]


def dot_text(*lines: str) -> str:
    """Return `lines` as a quoted DOT string, folded."""
    folded = (part for line in lines for part in textwrap.wrap(one_line(line), _LABEL_WIDTH) or [""])
    escaped = (p.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&#38;") for p in folded)
    return '"' + "\\n".join(escaped) + '"'


def dot(branch: Branch) -> str:
    """Return a tree as a DOT digraph; an answer that leads elsewhere is a dashed arrow to its target."""
    names = _names(branch)
    lines = [
        "digraph arbre {",
        "  rankdir=LR",
        '  node [fontname="sans-serif" style=filled]',
        '  edge [fontname="sans-serif" fontsize=11]',
    ]
    for node in walk_branches(branch):
        if node["to"] is None:
            shape = _shape(node)
            looks = f'{_DOT_SHAPES[shape]} fillcolor="{_FILLS[shape]}"'
            lines.append(f"  {names[node['id']]} [label={dot_text(*_node_lines(node))} {looks}]")
    for question in walk_branches(branch):
        for answer in question["answers"]:
            end, style = (answer["id"], "") if answer["to"] is None else (answer["to"], " style=dashed")
            label = dot_text(answer["label"])
            lines.append(f"  {names[question['id']]} -> {names[end]} [label={label}{style}]")
    return "\n".join([*lines, "}"])


_DOT_SHAPES = {
    "question": "shape=hexagon",
    "niveau1": "shape=box",
    "niveau2": 'shape=box style="filled,rounded" peripheries=2',
}
