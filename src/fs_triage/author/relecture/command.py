"""`relecture`: prints the sheet that a partner reads and signs, as Markdown or as one HTML page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from jinja2 import PackageLoader

from fs_triage import output
from fs_triage.author.relecture.sheet import Sheet, build_sheet
from fs_triage.contract import OK, WRONG_CALL, Failure
from fs_triage.files import atomic_write
from fs_triage.render.documents import render_document
from fs_triage.rules.load import Livret

_LOADER = PackageLoader("fs_triage.author.relecture")
_TEMPLATES = {".md": "relecture.md.j2", ".html": "relecture.html.j2"}


def run_relecture(
    livret: Livret, partner: str | None, *, target: str | None = None, return_by: date | None = None
) -> int:
    """Print the sheet of `partner` (its id, None for all) as Markdown, or write it to the file `target`.

    The suffix of the name, `.md` or `.html`, chooses the form; an existing file is replaced. Returns 0.
    Raises `Failure` for another suffix, or when the file cannot be written.
    """
    form = ".md" if target is None else Path(target).suffix.lower()
    if form not in _TEMPLATES:
        message = f"« {target} » ne dit pas la forme voulue ; donnez un nom qui finit par .html ou .md."
        raise Failure(WRONG_CALL, message)
    text = render_sheet(build_sheet(livret, partner, day=date.today(), return_by=return_by), form)
    if target is None:
        output.print_format(text.rstrip("\n"))
        return OK
    atomic_write.write_for_user(target, text.encode())
    output.print_message(f"Fiche de relecture écrite dans « {target} ».")
    return OK


def render_sheet(content: Sheet, form: str) -> str:
    """Return `content` laid out as `form`, `.md` or `.html`; its texts are escaped."""
    return render_document(_TEMPLATES[form], content, _LOADER)
