"""The command `situation`: the démarches of an event of life, over all partners, in the order to do them."""

from __future__ import annotations

from fs_triage import output
from fs_triage.cli import json_answers, quick
from fs_triage.contract import NOTHING_FOUND, OK
from fs_triage.index.situations import NamedSituation, SituationRow
from fs_triage.livret import OpenLivret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.cli.commands import Call
    from fs_triage.render.opening_status import Clock

_MAX_SHOWN = 3
_MAX_QUERY_LENGTH = 200  # characters of words that are compared: what is longer is no misspelt name
_MIN_SIMILARITY = 72  # of 100: from where a name looks like another one


def answer_situation(livret: OpenLivret, call: Call) -> int:
    """Print the démarches of the situations that the words name, or offer them on a terminal; all events without."""
    typed = " ".join(call.words)
    rows = livret.list_situations()
    is_list = not typed.strip()
    named = [NamedSituation(row, []) for row in rows] if is_list else livret.find_named_situations(typed)
    near = [] if named else _find_nearest(rows, typed)
    if call.has_flag("--json"):
        clock = quick.find_asked_clock(livret, call)
        situations = [_render_json(livret, one, clock) for one in named]
        ids = None if named else [row.id for row in near]
        output.print_json(json_answers.render_situations(livret, typed, situations, ids))
    elif named and is_list:
        quick.refuse_opening(call)
        output.print_format("\n".join(_render_line(row) for row in rows))
    elif named:
        return _show_demarches(livret, call, named)
    if not named:
        output.print_message(_explain_nothing(rows, near, typed))
    return OK if named else NOTHING_FOUND


def _show_demarches(livret: OpenLivret, call: Call, named: list[NamedSituation]) -> int:
    """Print the démarches of the situations; a person at a terminal is asked which, when they are several."""
    positions = list(dict.fromkeys(position for one in named for position in one.positions))
    if len(positions) > 1 and output.is_terminal():
        return quick.ask(livret, call, positions)
    quick.refuse_opening(call)
    output.print_wrapped_answer("\n\n".join(_render_text(livret, one) for one in named))
    return OK


def _render_line(row: SituationRow) -> str:
    from fs_triage.text.numbers import render_count  # the list of all events alone pays for it

    return f"{row.id}\t{row.title}\t{render_count(len(row.positions), 'démarche')}"


def _render_text(livret: OpenLivret, named: NamedSituation) -> str:
    """Return a situation as text: its question while no answer is chosen, then each démarche with its rank."""
    row, chosen = named.row, named.chosen
    lines = [" – ".join([row.title, *(answer.label for answer in chosen)])]
    if row.question and not chosen:
        lines += ["", row.question]
        lines += [f"  {answer.label} : fs-triage situation {row.id}/{answer.id}" for answer in row.answers]
    lines += ["", "Les démarches, dans cet ordre :"]
    for rank, position in enumerate(named.positions, 1):
        way, level = livret.get_conclusion_head(position)
        lines += [f"  {rank}. {way}", f"    {livret.get_conclusion_id(position)} – {level}"]
        answers = [] if chosen else row.list_answers_of(position)
        if answers:
            lines.append(f"    si {' ou '.join(f'« {answer.label} »' for answer in answers)}")
    return "\n".join(lines)


def _render_json(livret: OpenLivret, named: NamedSituation, clock: Clock | None) -> str:
    """Return a situation as a JSON object, the shape `Situation` of the contract."""
    quote, quote_all = json_answers.quote_json, json_answers.quote_all
    row = named.row
    answers = []
    for answer in row.answers:
        ids = [livret.get_conclusion_id(position) for position in answer.positions]
        answers.append(
            f'{{"id": {quote(answer.id)}, "label": {quote(answer.label)}, "demarches": {quote_all(ids)}}}'
        )
    matches = quick.read_matches(livret, named.positions, clock)
    return (
        f'{{"id": {quote(row.id)}, "title": {quote(row.title)}, "words": {quote_all(row.words)}, '
        f'"question": {quote(row.question) if row.question else "null"}, "answers": [{", ".join(answers)}], '
        f'"chosen": {quote_all([answer.id for answer in named.chosen])}, "matches": [{", ".join(matches)}]}}'
    )


def _find_nearest(rows: list[SituationRow], typed: str) -> list[SituationRow]:
    """Return the situations of which a name looks like the words typed, or like one of them; best first."""
    from rapidfuzz import fuzz

    from fs_triage.text.fold import fold

    query = fold(typed)
    if not query or len(query) > _MAX_QUERY_LENGTH:
        return []
    parts = list(dict.fromkeys([query, *query.split()]))
    likeness: dict[str, float] = {}
    for row in rows:
        names = [fold(name) for name in (row.id, row.title, *row.words)]
        likeness[row.id] = max(fuzz.ratio(part, name) for part in parts for name in names)
    near = [row for row in rows if likeness[row.id] >= _MIN_SIMILARITY]
    return sorted(near, key=lambda row: -likeness[row.id])[:_MAX_SHOWN]


def _explain_nothing(rows: list[SituationRow], near: list[SituationRow], typed: str) -> str:
    """Return the sentence that says that no situation is named so, and which ones there are."""
    if not rows:
        return "Ce livret ne donne aucune situation ; toutes ses démarches : « fs-triage liste »."
    from fs_triage.text.typography import quote_input

    said = f"Rien trouvé pour {quote_input(typed)}"
    if near:
        return (
            f"{said}. Vouliez-vous dire : {', '.join(f'« fs-triage situation {row.id} »' for row in near)} ?"
        )
    return f"{said} ; toutes les situations : « fs-triage situation »."
