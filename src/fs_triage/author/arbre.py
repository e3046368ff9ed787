"""`arbre`: prints the questions and answers of a partner as a tree: text, Mermaid, DOT or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fs_triage import output
from fs_triage.contract import OK, ROOT
from fs_triage.render import diagrams, tree

if TYPE_CHECKING:
    from fs_triage.contract import Question, QuestionFinder
    from fs_triage.livret import OpenLivret


def run_arbre(livret: OpenLivret, partner: str | None, form: str) -> int:
    """Print the tree of `partner` (its id; None for all) as `form`: text, mermaid, dot or json; returns 0."""
    branch = tree.build_branch(_build_question_getter(livret), partner or ROOT)
    if form == "json":
        answer = {"schema_version": 1, "livret": livret.meta.livret, "tree": branch}
        output.print_json(json.dumps(answer, ensure_ascii=False))
    elif form == "mermaid":
        output.print_format(diagrams.render_mermaid(branch))
    elif form == "dot":
        output.print_format(diagrams.render_dot(branch))
    elif output.can_draw():
        from fs_triage.render import terminal

        terminal.print_tree(branch)
    else:
        output.print_answer(tree.render_tree(branch))
    return OK


def _build_question_getter(livret: OpenLivret) -> QuestionFinder:
    def get_question(node: str) -> Question:
        question: Question = json.loads(livret.get_question_json(node))
        return question

    return get_question
