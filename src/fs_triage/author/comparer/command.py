"""`comparer`: what to tell the counsellors when one livret replaces another."""

from __future__ import annotations

from pathlib import Path

from fs_triage import livret_choice, output, rebuild
from fs_triage.author import convertir
from fs_triage.author.comparer.change import Change, Section
from fs_triage.author.comparer.changes import compare_livrets
from fs_triage.checks.verify import find_blocking_problems
from fs_triage.contract import OK, RULES_UNUSABLE, Failure
from fs_triage.rules.load import Livret, load_livret
from fs_triage.rules.problem import Severity
from fs_triage.text.markdown import escape_markdown

DIFFERENT = 1
QUESTION = "Que dire aux conseillers\u00a0?"
NOTHING = "Rien\u00a0: les deux livrets disent la même chose."


def run_comparer(old: str, new: str, form: str) -> int:
    """Print what changed from the livret in the folder `old` to that in `new`, as `form`: text, json or markdown.

    Returns 0 when nothing changed, 1 otherwise. Raises `Failure` when one of them cannot be used.
    """
    first, second = _load_livret(old), _load_livret(new)
    changes = compare_livrets(first, second)
    if form == "json":
        output.print_json(render_json(first, second, changes))
    elif form == "markdown":
        output.print_format(render_markdown(second, changes))
    else:
        output.print_answer(render_text(second, changes))
    return DIFFERENT if changes else OK


def _load_livret(folder: str) -> Livret:
    found = livret_choice.find_livret_folder(folder)
    with convertir.open_as_of_today(Path(found)) as today:
        loaded = load_livret(today)
    problems = loaded.blocking_problems
    if loaded.livret is not None and not problems:
        problems = [
            problem
            for problem in find_blocking_problems(loaded.livret)
            if problem.severity is not Severity.INCOMPLETE
        ]
    if loaded.livret is None or problems:
        raise Failure(RULES_UNUSABLE, rebuild.build_refusal(found, problems))
    return loaded.livret


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


def render_text(livret: Livret, changes: list[Change]) -> str:
    """Return `changes` as lines to read; `livret` is the new one."""
    lines = [QUESTION]
    for section, group in _group_by_section(changes).items():
        lines += ["", f"{section} ({len(group)})"]
        for change in group:
            lines.append(f"- {_render_sentence(livret, change)}")
            lines += [f"    {line}" for line in change.details]
            lines += [f"    touche\u00a0: {', '.join(change.demarches)}"] if change.demarches else []
    return "\n".join(lines if changes else [QUESTION, "", NOTHING])


def render_markdown(livret: Livret, changes: list[Change]) -> str:
    """Return `changes` as a Markdown section; `livret` is the new one."""
    lines = [f"## {QUESTION}"]
    for section, group in _group_by_section(changes).items():
        lines += ["", f"### {section} ({len(group)})", ""]
        for change in group:
            lines.append(f"- {escape_markdown(_render_sentence(livret, change))}")
            lines += [f"  - {escape_markdown(line)}" for line in change.details]
            nodes = ", ".join(f"`{node}`" for node in change.demarches)
            lines += [f"  - touche\u00a0: {nodes}"] if nodes else []
    return "\n".join(lines if changes else [f"## {QUESTION}", "", NOTHING])


def render_json(old: Livret, new: Livret, changes: list[Change]) -> str:
    """Return `changes` as a JSON object."""
    import json
    from dataclasses import asdict

    answer = {
        "schema_version": 1,
        "old": {"livret": old.booklet.id, "title": old.booklet.title},
        "new": {"livret": new.booklet.id, "title": new.booklet.title},
        "same": not changes,
        "changes": [asdict(change) for change in changes],
    }
    return json.dumps(answer, ensure_ascii=False)
