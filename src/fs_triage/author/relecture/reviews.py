"""`relecture --revenue`: notes in the livret that a partner has signed, when and who."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from fs_triage import output
from fs_triage.contract import OK, OUTPUT_LOST, WRONG_CALL, Failure, describe_os_error
from fs_triage.files import atomic_write
from fs_triage.rules.keys import translate_keys
from fs_triage.rules.load import Livret
from fs_triage.rules.model_errors import build_model
from fs_triage.rules.model_livret import REVIEWS, Review, Reviews
from fs_triage.rules.problem import Problem
from fs_triage.rules.vocabulary import FRENCH_KEYS
from fs_triage.rules.yaml_reader import parse_text
from fs_triage.text.days import render_day
from fs_triage.text.typography import escape_controls, quote_text

_HEAD = """\
# Les partenaires qui ont relu leur part de ce livret, et l'ont signée.
# « fs-triage relecture PARTENAIRE --revenue » écrit ce fichier.
"""


def record_review(livret: Livret, folder: Path, partner: str, *, by: str, on: date) -> int:
    """Note in the livret at `folder` that `partner` has signed; what it signed before is replaced. Returns 0.

    Raises `Failure` when `by` cannot stand in a rule file, or when the file cannot be written.
    """
    path = folder / REVIEWS
    noted = livret.reviews_table.to_data().get("reviews", {}) if livret.reviews_table is not None else {}
    reviews = {name: review for name, review in livret.reviews.reviews.items() if name in noted}
    reviews[partner] = Review(on=on.isoformat(), by=by, edition=livret.booklet.edition)
    text = _render_reviews(reviews)
    problems = _find_problems(text)
    if problems:
        message = f"--par\u00a0: {problems[0].message}\u00a0; {problems[0].hint or 'écrivez-le autrement'}."
        raise Failure(WRONG_CALL, message)
    try:
        atomic_write.write_whole(path, text.encode())
    except OSError as error:
        shown, why = quote_text(escape_controls(str(path))), describe_os_error(error)
        raise Failure(
            OUTPUT_LOST, f"{shown} n’a pas pu être écrit ({why})\u00a0; la relecture n’est pas notée."
        ) from error
    label = next(rules.model.label for rules in livret.partners if rules.model.id == partner)
    output.print_message(
        f"Relecture notée\u00a0: {label}, signée le {render_day(on)} par {reviews[partner].by}."
    )
    return OK


def _render_reviews(reviews: dict[str, Review]) -> str:
    """Return the file that holds `reviews`, with the keys that an author reads."""
    on, by, edition = (FRENCH_KEYS[key] for key in ("on", "by", "edition"))
    lines = [
        f"  {partner}: {{{on}: {review.on}, {by}: {_quote(review.by)}"
        + (f", {edition}: {_quote(review.edition)}" if review.edition else "")
        + "}"
        for partner, review in sorted(reviews.items())
    ]
    return "\n".join([f"{_HEAD}{FRENCH_KEYS['reviews']}:", *lines, ""])


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _find_problems(text: str) -> list[Problem]:
    """Return why the file `text` could not be read again, nothing when it can."""
    table, problems = parse_text(text, REVIEWS)
    if table is not None and not problems:
        translate_keys(table, (Reviews,), problems)
        build_model(Reviews, table, problems)
    return problems
