"""`comparer`: what to tell the counsellors when one livret replaces another."""

from __future__ import annotations

from fs_triage import livret_choice, output
from fs_triage.author.comparer.change import Change, Section
from fs_triage.author.comparer.changes import compare_livrets
from fs_triage.author.comparer.shared_layers import SharedLayer, find_shared_layers, render_shared_layer
from fs_triage.author.sound_rules import load_sound_rules
from fs_triage.contract import OK
from fs_triage.rules.load import Livret
from fs_triage.text.markdown import escape_markdown

DIFFERENT = 1
QUESTION = "Que dire aux conseillers\u00a0?"
NOTHING = "Rien\u00a0: les deux livrets disent la même chose."
NOTHING_OWN = "Pour le reste, les deux livrets disent la même chose."


def run_comparer(old: str, new: str, form: str) -> int:
    """Print what changed from the livret in the folder `old` to that in `new`, as `form`: text, json or markdown.

    Returns 0 when no counsellor would see a difference, 1 otherwise. Raises `Failure` when one of them cannot be used.
    """
    (first, was), (second, now) = (
        load_sound_rules(livret_choice.find_livret_folder(folder)) for folder in (old, new)
    )
    changes = compare_livrets(first, second)
    shared = find_shared_layers(was, now)
    if form == "json":
        output.print_json(render_json(first, second, changes, shared))
    elif form == "markdown":
        output.print_format(render_markdown(second, changes, shared))
    else:
        output.print_answer(render_text(second, changes, shared))
    return DIFFERENT if changes or any(layer.is_newer for layer in shared) else OK


def _group_by_section(changes: list[Change]) -> dict[Section, list[Change]]:
    groups: dict[Section, list[Change]] = {section: [] for section in Section}
    for change in changes:
        groups[change.section].append(change)
    return {section: group for section, group in groups.items() if group}


def _render_sentence(livret: Livret, change: Change) -> str:
    """Return the sentence of a change, with the label of its partner before it."""
    labels = {rules.model.id: rules.model.label for rules in livret.partners}
    label = labels.get(change.partner, change.partner)
    if not label or change.kind in ("partner-added", "partner-removed"):
        return change.sentence[0].upper() + change.sentence[1:]
    return f"{label}\u00a0: {change.sentence}"


def _list_conclusions(changes: list[Change], shared: list[SharedLayer]) -> list[str]:
    """Return what to say beside the changes: of what both livrets read, and that nothing changed."""
    lines = [render_shared_layer(layer) for layer in shared]
    if not changes:
        lines.append(NOTHING_OWN if any(layer.is_newer for layer in shared) else NOTHING)
    return [line for one in lines for line in ("", one)]


def render_text(livret: Livret, changes: list[Change], shared: list[SharedLayer]) -> str:
    """Return `changes` as lines to read; `livret` is the new one, `shared` what could not be compared."""
    lines = [QUESTION]
    for section, group in _group_by_section(changes).items():
        lines += ["", f"{section} ({len(group)})"]
        for change in group:
            lines.append(f"- {_render_sentence(livret, change)}")
            lines += [f"    {line}" for line in change.details]
            lines += [f"    touche\u00a0: {', '.join(change.demarches)}"] if change.demarches else []
    return "\n".join([*lines, *_list_conclusions(changes, shared)])


def render_markdown(livret: Livret, changes: list[Change], shared: list[SharedLayer]) -> str:
    """Return `changes` as a Markdown section; `livret` is the new one, `shared` what could not be compared."""
    lines = [f"## {QUESTION}"]
    for section, group in _group_by_section(changes).items():
        lines += ["", f"### {section} ({len(group)})", ""]
        for change in group:
            lines.append(f"- {escape_markdown(_render_sentence(livret, change))}")
            lines += [f"  - {escape_markdown(line)}" for line in change.details]
            nodes = ", ".join(f"`{node}`" for node in change.demarches)
            lines += [f"  - touche\u00a0: {nodes}"] if nodes else []
    return "\n".join([*lines, *map(escape_markdown, _list_conclusions(changes, shared))])


def render_json(old: Livret, new: Livret, changes: list[Change], shared: list[SharedLayer]) -> str:
    """Return `changes` as a JSON object; `shared` is what could not be compared."""
    import json
    from dataclasses import asdict

    answer = {
        "schema_version": 1,
        "old": {"livret": old.booklet.id, "title": old.booklet.title},
        "new": {"livret": new.booklet.id, "title": new.booklet.title},
        "same": not changes and not any(layer.is_newer for layer in shared),
        "changes": [asdict(change) for change in changes],
        "shared": [
            {"livret": layer.name, "folder": str(layer.folder), "newer": layer.is_newer} for layer in shared
        ],
    }
    return json.dumps(answer, ensure_ascii=False)
