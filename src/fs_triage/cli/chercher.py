"""The command `chercher`: needs in the visitor's own words, from the command line or one a line."""

from __future__ import annotations

import os
import sys

from fs_triage import output
from fs_triage.cli import quick
from fs_triage.contract import NOTHING_FOUND, OK, REPLACEMENT_CHARACTER, WRONG_CALL, Failure
from fs_triage.index import lookup
from fs_triage.livret import OpenLivret
from fs_triage.search.features import FeatureKind
from fs_triage.understanding.understand import understand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from fs_triage.cli.commands import Call
    from fs_triage.render.opening_status import Clock
    from fs_triage.search.rank import Hit
    from fs_triage.understanding.result import Understanding

DEFAULT_MAX = 5
_MAX_RESULTS = 1000
_LEVELS = {"1": 1, "2": 2}
_ENCODINGS_BY_MARK = {
    b"\xff\xfe\0\0": ("utf-32", 4),
    b"\0\0\xfe\xff": ("utf-32", 4),
    b"\xff\xfe": ("utf-16", 2),
    b"\xfe\xff": ("utf-16", 2),
    b"": ("utf-8-sig", 1),
}
"""How a text begins in each encoding that needs are read in: its name, and the bytes of the shortest character."""


class SearchOptions:
    """The options of a call, checked."""

    __slots__ = ("explain", "level", "max", "partner")

    def __init__(self, livret: OpenLivret, call: Call) -> None:
        self.partner = _get_partner(livret, call)
        self.level = _get_level(call)
        self.max = _get_max(call)
        self.explain = call.has_flag("--expliquer")


def run_chercher(livret: OpenLivret, call: Call) -> int:
    """Answer `call`; returns the exit code, raises `Failure` for a wrong call."""
    wanted = SearchOptions(livret, call)
    if call.has_flag("--lot"):
        if call.words:
            raise Failure(
                WRONG_CALL, "Avec --lot, les besoins se lisent sur l’entrée standard ; ôtez les mots."
            )
        return _answer_batch(livret, call, wanted)
    need = " ".join(call.words)
    if not need.strip():
        raise Failure(
            WRONG_CALL, "Dites le besoin de l’usager ; par exemple : fs-triage chercher carte grise perdue"
        )
    understood = _understand(livret, need, wanted)
    if call.has_flag("--json"):
        clock = quick.find_asked_clock(livret, call)
        output.print_json(_render_json(livret, need, understood, wanted, clock))
    elif output.is_terminal() and not wanted.explain:
        return _ask(livret, call, need, understood, wanted)
    else:
        quick.refuse_opening(call)
        if understood.hits:
            output.print_answer(_render_hits(livret, understood, wanted))
    if understood.hits:
        return OK
    output.print_message(*_explain_refusal(livret, need, understood, wanted))
    return NOTHING_FOUND


def _ask(livret: OpenLivret, call: Call, need: str, understood: Understanding, wanted: SearchOptions) -> int:
    """Let a person at a terminal pick from what was found, or from what would settle a vague need."""
    from fs_triage.cli import verdicts

    positions = [hit.position for hit in understood.hits]
    said = verdicts.render_doubts(livret, understood)
    if not positions:
        said = _explain_refusal(livret, need, understood, wanted)
        positions = verdicts.list_positions(livret, understood.choices)
        if not positions or len(positions) < len(understood.choices):
            output.print_message(*said)
            return NOTHING_FOUND
        said = said[:1]  # the choices follow
    output.print_message(*said)
    return quick.ask(livret, call, positions)


def _get_partner(livret: OpenLivret, call: Call) -> str | None:
    name = call.find_value("--partenaire")
    if name is None:
        return None
    partner = lookup.find_partner(livret, name)
    if partner is None:
        from fs_triage.cli import suggestions

        raise suggestions.build_unknown_partner(livret, name)
    return partner


def _get_level(call: Call) -> int | None:
    level = call.find_value("--niveau")
    if level is not None and level not in _LEVELS:
        raise Failure(WRONG_CALL, f"Niveau inconnu {_quote_input(level)} ; possibles : 1, 2.")
    return _LEVELS[level] if level else None


def _get_max(call: Call) -> int:
    count = call.find_value("--max")
    if count is None:
        return DEFAULT_MAX
    from fs_triage.text.numbers import parse_number  # only --max pays for it

    number = parse_number(count, _MAX_RESULTS)
    if number is None:
        raise Failure(WRONG_CALL, f"--max attend un nombre de 1 à {_MAX_RESULTS}, pas {_quote_input(count)}.")
    return number


def _understand(livret: OpenLivret, need: str, wanted: SearchOptions) -> Understanding:
    return understand(livret, livret.model, need, partner=wanted.partner, level=wanted.level, max=wanted.max)


def _answer_batch(livret: OpenLivret, call: Call, wanted: SearchOptions) -> int:
    """Answer each line of standard input by one JSON object, as soon as the line is there; now is when it is.

    Raises `Failure` at the first line that cannot be read; those before it have been answered.
    """
    livret.load()  # as the answers are printed one by one
    quick.find_asked_clock(livret, call)  # a moment that cannot be read is told before any line is
    if sys.stdin is not None and sys.stdin.isatty():
        end = "Ctrl-Z puis Entrée" if os.name == "nt" else "Ctrl-D"
        output.print_message(f"Tapez un besoin par ligne ; {end} pour finir.")
    for need in _iter_lines():
        clock = quick.find_asked_clock(livret, call)
        output.print_json(_render_json(livret, need, _understand(livret, need, wanted), wanted, clock))
    return OK


def _iter_lines() -> Iterator[str]:
    """Yield the lines of standard input: in the encoding that its byte order mark tells, UTF-8 without one.

    Raises `Failure` at the first line that is not in that encoding, or that has lost a character before.
    """
    if sys.stdin is None:
        return
    from codecs import getincrementaldecoder

    source = sys.stdin.buffer
    piece = source.readline()
    name, width = next(kind for mark, kind in _ENCODINGS_BY_MARK.items() if piece.startswith(mark))
    decoder = getincrementaldecoder(name)()
    number, line = 1, ""
    while piece:
        piece += source.read(
            -len(piece) % width
        )  # the end of a line may stand in the midst of its last character
        try:
            line += decoder.decode(piece)
        except UnicodeDecodeError:
            raise _build_unreadable_line(number) from None
        if line.endswith("\n"):
            yield _check_line(line, number)
            number, line = number + 1, ""
        piece = source.readline()
    try:
        line += decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _build_unreadable_line(number) from None
    if line:
        yield _check_line(line, number)


def _check_line(line: str, number: int) -> str:
    """Return a line without its end; raises `Failure` when a character of it is lost, or when it is no text."""
    if REPLACEMENT_CHARACTER in line or "\0" in line:
        raise _build_unreadable_line(number)
    return line.rstrip("\r\n")


def _build_unreadable_line(number: int) -> Failure:
    return Failure(
        WRONG_CALL,
        f"Ligne {number} de l’entrée standard : une lettre est illisible. Les lignes d’avant ont leur réponse ; "
        "enregistrez le fichier en UTF-8, puis reprenez à celle-ci.",
    )


def _render_json(
    livret: OpenLivret,
    need: str,
    understood: Understanding,
    wanted: SearchOptions,
    clock: Clock | None,
) -> str:
    from fs_triage.cli import json_answers

    matches = []
    conclusions = quick.read_matches(livret, [hit.position for hit in understood.hits], clock)
    for hit, conclusion in zip(understood.hits, conclusions, strict=True):
        more = f', "score": {hit.score:.4f}'
        if wanted.explain:
            parts = ", ".join(
                f"{json_answers.quote_json(name)}: {part:.3f}" for name, part in hit.parts.items()
            )
            more += f', "words": {json_answers.quote_all(hit.words)}, "parts": {{{parts}}}'
        matches.append(f"{conclusion[:-1]}{more}}}")
    after = json_answers.render_understanding(livret, understood)
    if wanted.explain:
        reach = "null" if understood.reach is None else f"{understood.reach:.3f}"
        after += f', "known_words": {json_answers.quote_all(understood.known_words)}, "reach": {reach}'
    return json_answers.render_matches(livret, need, matches, f'"verdict": "{understood.verdict}", ', after)


def _render_hits(livret: OpenLivret, understood: Understanding, wanted: SearchOptions) -> str:
    """Return what was found as text, by need where there are several; what is in doubt stands at its head."""
    from fs_triage.understanding.result import Verdict

    parts: list[str] = []
    if understood.tied or understood.verdict == Verdict.MAYBE:
        from fs_triage.cli import verdicts

        parts += verdicts.render_doubts(livret, understood)
    shown: set[int] = set()
    kept = {hit.position for hit in understood.hits}
    for number, need in enumerate(understood.needs, 1):
        parts.append(f"Besoin {number} : {_quote_input(need.text)}")
        hits = [hit for hit in need.hits if hit.position in kept] or need.hits[:1]
        parts += [_render_hit(livret, hit, wanted) for hit in hits]
        shown |= {hit.position for hit in hits}
    others = [hit for hit in understood.hits if hit.position not in shown]
    if shown and others:
        parts.append("Autres démarches :")
    return "\n\n".join([*parts, *(_render_hit(livret, hit, wanted) for hit in others)])


def _render_hit(livret: OpenLivret, hit: Hit, wanted: SearchOptions) -> str:
    way, level = livret.get_conclusion_head(hit.position)
    lines = [way, f"  {livret.get_conclusion_id(hit.position)} – {level}"]
    if words := hit.words:  # each look weighs every feature of the need
        lines.append(f"  Mots reconnus : {', '.join(words)}")
    if wanted.explain:
        told = " ; ".join(
            f"{_render_feature(name)} {_format_number(part)}" for name, part in hit.parts.items()
        )
        lines.append(f"  Score {_format_number(hit.score)} : {told}")
    return "\n".join(lines)


_FEATURE_NAMES = {
    FeatureKind.SYNONYM: "synonyme de « {} »",
    FeatureKind.THEME: "thème « {} »",
    FeatureKind.PARTNER: "nom de {}",
    FeatureKind.BEGINNING: "« {}… »",
    FeatureKind.WHOLE_TEXT: "tout le besoin",
    FeatureKind.MISSING_THEME: "rien de propre à {}",
}


def _render_feature(feature: str) -> str:
    """Return the name of a part of a score."""
    template = _FEATURE_NAMES.get(feature[0])
    return template.format(feature[1:]) if template else f"« {feature} »"


def _format_number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


def _explain_refusal(
    livret: OpenLivret, need: str, understood: Understanding, wanted: SearchOptions
) -> list[str]:
    """Return the lines that say why there is no match, and what to do."""
    from fs_triage.cli import verdicts

    lines = verdicts.explain_refusal(livret, need, understood)
    options = [
        name
        for name, value in (("--partenaire", wanted.partner), ("--niveau", wanted.level))
        if value is not None
    ]
    if options and not verdicts.names_reason(understood):
        without = " ni ".join(options)
        lines = [f"Rien trouvé pour {_quote_input(need)} avec ces options ; essayez sans {without}."]
    if wanted.explain:
        lines += verdicts.render_evidence(understood)
    return lines


def _quote_input(text: str) -> str:
    from fs_triage.text.typography import quote_input  # only a message pays for it

    return quote_input(text)
