"""`comparer`: what to tell the counsellors when one livret follows another."""

from __future__ import annotations

from pathlib import Path

from fs_triage import livret_choice, output, rebuild
from fs_triage.author.comparer.change import SECTIONS, Change
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
    """Print what changed from the folder `old` to the folder `new`, as `form`: text, json or markdown.

    Returns 0 when they say the same, 1 when they do not. Raises `Failure` when one of them cannot be used.
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
    loaded = load_livret(Path(found))
    problems = loaded.blocking_problems
    if loaded.livret is not None and not problems:
        problems = [
            problem
            for problem in find_blocking_problems(loaded.livret)
            if problem.severity is not Severity.INCOMPLETE
        ]
    if loaded.livret is None or problems:
        raise Failure(RULES_UNUSABLE, rebuild.refusal(found, problems))
    return loaded.livret


def _group_by_section(changes: list[Change]) -> dict[str, list[Change]]:
    sections: dict[str, list[Change]] = {section: [] for section in SECTIONS}
    for change in changes:
        sections[change.section].append(change)
    return {section: told for section, told in sections.items() if told}


def _get_label(livret: Livret, change: Change) -> str:
    """Return who is spoken of, to stand before a sentence."""
    labels = {rules.model.id: rules.model.label for rules in livret.partners}
    return labels.get(change.partner, change.partner)


def _render_sentence(livret: Livret, change: Change) -> str:
    label = _get_label(livret, change)
    if not label or change.kind in ("partner-added", "partner-removed"):
        return change.sentence[0].upper() + change.sentence[1:]
    return f"{label}\u00a0: {change.sentence}"


def render_text(livret: Livret, changes: list[Change]) -> str:
    """Return `changes` as lines to read; `livret` is the new one."""
    lines = [QUESTION]
    for section, told in _group_by_section(changes).items():
        lines += ["", f"{section} ({len(told)})"]
        for change in told:
            lines.append(f"- {_render_sentence(livret, change)}")
            lines += [f"    {line}" for line in change.details]
            lines += [f"    touche\u00a0: {', '.join(change.demarches)}"] if change.demarches else []
    return "\n".join(lines if changes else [QUESTION, "", NOTHING])


def render_markdown(livret: Livret, changes: list[Change]) -> str:
    """Return `changes` as a Markdown section; `livret` is the new one."""
    lines = [f"## {QUESTION}"]
    for section, told in _group_by_section(changes).items():
        lines += ["", f"### {section} ({len(told)})", ""]
        for change in told:
            lines.append(f"- {escape_markdown(_render_sentence(livret, change))}")
            lines += [f"  - {escape_markdown(line)}" for line in change.details]
            nodes = ", ".join(f"`{node}`" for node in change.demarches)
            lines += [f"  - touche\u00a0: {nodes}"] if nodes else []
    return "\n".join(lines if changes else [f"## {QUESTION}", "", NOTHING])


def render_json(old: Livret, new: Livret, changes: list[Change]) -> str:
    """Return `changes` as a JSON object."""
    import json
    from dataclasses import asdict

    told = {
        "schema_version": 1,
        "old": {"livret": old.booklet.id, "title": old.booklet.title},
        "new": {"livret": new.booklet.id, "title": new.booklet.title},
        "same": not changes,
        "changes": [asdict(change) for change in changes],
    }
    return json.dumps(told, ensure_ascii=False)
