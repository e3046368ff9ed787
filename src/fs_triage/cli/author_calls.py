"""The commands for authors: the words and options of a call as the arguments of their functions."""

from __future__ import annotations

from fs_triage.cli import quick
from fs_triage.contract import WRONG_CALL, Failure
from fs_triage.text.typography import quote_input

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

    from fs_triage.cli.commands import Call
    from fs_triage.livret import OpenLivret


def run_arbre(livret: OpenLivret, call: Call) -> int:
    """Draw the tree."""
    from fs_triage.author import arbre

    form = _get_form(call, "json", "mermaid", "dot")
    return arbre.run_arbre(livret, quick.get_partner(livret, call), form)


def run_verifier(call: Call) -> int:
    """Tell every problem of rule files."""
    from fs_triage.author import verifier

    if call.has_flag("--corriger"):
        if call.has_flag("--json") or call.find_value("--format") is not None:
            message = "« --corriger » ne va ni avec « --json », ni avec « --format » ; ôtez l’une des deux."
            raise Failure(WRONG_CALL, message)
        from fs_triage.author import corriger

        return corriger.run_corriger(call.words, is_agreed=call.has_flag("--oui"))
    if call.has_flag("--oui"):
        raise Failure(WRONG_CALL, "« --oui » ne va qu’avec « --corriger » ; ajoutez-la.")
    return verifier.run_verifier(
        call.words,
        call.has_flag("--json"),
        call.find_value("--format"),
        directory=call.find_value("--annuaire"),
        sites=call.has_flag("--liens"),
    )


def run_schema(call: Call) -> int:
    """Print the JSON Schema of a kind of rule file, which is JSON without being asked, or write all of them."""
    from fs_triage.author import schema

    return schema.run_schema(call.words[0] if call.words else None, call.find_value("--sortie"))


def run_comparer(call: Call) -> int:
    """Compare two livrets by meaning."""
    from fs_triage.author.comparer import command

    old, new = call.words
    return command.run_comparer(old, new, _get_form(call, "json", "markdown"))


def run_relecture(livret: OpenLivret, call: Call) -> int:
    """Write the sheet that a partner approves, from the rules as they are now."""
    from datetime import date

    from fs_triage.author.relecture import command
    from fs_triage.author.sound_rules import load_sound_rules

    partner = quick.get_partner(livret, call)
    folder = livret.stamp.folder
    if call.has_flag("--revenue"):
        return _record_review(folder, partner, call)
    for option in ("--par", "--le"):
        if call.find_value(option) is not None:
            raise Failure(WRONG_CALL, f"{option} se dit d’une fiche revenue\u00a0; ajoutez --revenue.")
    rules, _ = load_sound_rules(folder)
    return_by = _get_day(call, "--retour-avant")
    if return_by is not None and return_by < date.today():
        raise Failure(WRONG_CALL, "--retour-avant\u00a0: ce jour est passé\u00a0; donnez-en un à venir.")
    return command.run_relecture(rules, partner, target=call.find_value("--sortie"), return_by=return_by)


def _record_review(folder: str, partner: str | None, call: Call) -> int:
    """Note that a partner has signed its sheet."""
    from datetime import date
    from pathlib import Path

    from fs_triage.author.relecture import reviews
    from fs_triage.author.sound_rules import load_sound_rules

    by, on = (call.find_value("--par") or "").strip(), _get_day(call, "--le") or date.today()
    for option in ("--sortie", "--retour-avant"):
        if call.find_value(option) is not None:
            raise Failure(
                WRONG_CALL, f"--revenue et {option} ne vont pas ensemble\u00a0; gardez l’une des deux."
            )
    if partner is None or not by:
        example = 'fs-triage relecture caf --revenue --par "référente de la CAF"'
        message = f"Dites quel partenaire a signé, et qui, comme «\u00a0{example}\u00a0»."
        raise Failure(WRONG_CALL, message)
    if on > date.today():
        raise Failure(
            WRONG_CALL, "--le\u00a0: ce jour n’est pas encore venu\u00a0; donnez celui de la signature."
        )
    rules, _ = load_sound_rules(folder)
    return reviews.record_review(rules, Path(folder), partner, by=by, on=on)


def run_nouveau(call: Call) -> int:
    """Start a livret that inherits from another one."""
    from fs_triage.author import nouveau

    given = {name: call.find_value(f"--{name}") or "" for name in ("depuis", "departement", "maison")}
    return nouveau.run_nouveau(
        call.words[0], given["depuis"] or "socle", given["departement"], given["maison"]
    )


def run_convertir(call: Call) -> int:
    """Bring a livret of before to the form of today."""
    from fs_triage.author import convertir

    return convertir.run_convertir(call.words[0])


def run_identifiants(call: Call) -> int:
    """Write the list of published identifiers."""
    from fs_triage.author import identifiants

    return identifiants.run_identifiants(call.words[0] if call.words else None)


def _get_form(call: Call, *forms: str) -> str:
    """Return the form of answer whose flag was given, « text » when none was; raises `Failure` for two."""
    asked = [form for form in forms if call.has_flag(f"--{form}")]
    if len(asked) > 1:
        raise Failure(
            WRONG_CALL, f"--{asked[0]} et --{asked[1]} ne vont pas ensemble ; gardez l’une des deux."
        )
    return asked[0] if asked else "text"


def _get_day(call: Call, option: str) -> date | None:
    """Return the day that an option gives, None when it was not given; raises `Failure` for what is no day."""
    from fs_triage.text.days import parse_day

    text = call.find_value(option)
    day = parse_day(text) if text is not None else None
    if text is not None and day is None:
        message = (
            f"{option}\u00a0: {quote_input(text)} n’est pas un jour\u00a0; écrivez par exemple 2026-12-31."
        )
        raise Failure(WRONG_CALL, message)
    return day
