"""Draw the screens of the counsellor's guide: `python docs/ecrans.py`.

The program runs in a pseudo-terminal, keys are pressed, and what stands on the screen becomes `docs/ecrans/*.svg`.
"""

from __future__ import annotations

import html
import io
import re
import sys
import tempfile
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from pyte.screens import Char
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from terminal import ENTER, terminal  # noqa: E402 - the tests' own terminal

COLUMNS = 80
_NO_FONT = re.sub(
    r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL
)  # nothing from the network


class Shot(NamedTuple):
    """A screen: the call, the keys pressed after each text that must be seen first, and its height."""

    call: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    last: str
    rows: int = 24


def _open(node: str, partner: str) -> tuple[tuple[str, str], ...]:
    """Return the steps that open the card of `node` from the first question."""
    return (("Pour quel partenaire", node), (f"» {partner}", ENTER))


SHOTS = {
    "assistant": Shot((), (), "Quitter"),
    "question": Shot((), (("Pour quel partenaire", ENTER),), "Revenir"),
    "besoin": Shot((), (("Pour quel partenaire", "permis volé"),), "Recherche"),
    "suite": Shot((), (("Pour quel partenaire", ENTER), ("Que veut faire", "apl")), "Recherche"),
    "fiche-1er-niveau": Shot((), _open("caf/rsa/demande", "CAF"), "Et maintenant"),
    "annuaire": Shot(("contacts", "ddfip", "national", "--quand", "2026-12-25 10:00"), (), "ligne-directe"),
    "fiche-2nd-niveau": Shot((), _open("msa/sante/legislation", "MSA"), "Et maintenant"),
    "message": Shot(
        (),
        (*_open("msa/sante/legislation", "MSA"), ("Et maintenant", f"message{ENTER}")),
        "Message au 2nd niveau",
    ),
    "visite": Shot(
        (),
        (
            *_open("caf/rsa/demande", "CAF"),
            ("Et maintenant", "cpam/carte/vitale"),
            ("» CPAM", ENTER),
            ("Cette visite (2)", f"cette visite (2){ENTER}"),
        ),
        "Cette visite : 2 démarches",
    ),
    "evenement": Shot((), (("Pour quel partenaire", "déménagement"),), "Évènement"),
}


def text_of(shot: Shot, home: Path) -> Text:
    """Return what stands on the screen of `shot`, for who has nothing but the compiled livret in `home`."""
    with terminal(*shot.call, home=home, columns=COLUMNS, rows=shot.rows) as opened:
        for seen, keys in shot.steps:
            opened.see(seen)
            opened.send(keys)
        opened.see(shot.last)
        opened.settle(0.5)
        lines = [_line(opened.screen.buffer[row]) for row in range(shot.rows)]
    while lines and not lines[-1].plain:
        lines.pop()
    return Text("\n").join(lines)


def _line(cells: Mapping[int, Char]) -> Text:
    """Return a row of the screen, its cells of one style together."""
    line = Text()
    for look, run in groupby((cells[column] for column in range(COLUMNS)), key=_look):
        line.append("".join(cell.data for cell in run), Style(**look._asdict()))
    line.rstrip()
    return line


class _Look(NamedTuple):
    color: str | None
    bgcolor: str | None
    bold: bool
    reverse: bool


def _look(cell: Char) -> _Look:
    return _Look(_colour(cell.fg), _colour(cell.bg), cell.bold, cell.reverse)


def _colour(name: str) -> str | None:
    if name == "default":
        return None
    if re.fullmatch("[0-9a-f]{6}", name):
        return f"#{name}"
    return name.replace("brown", "yellow").replace("bright", "bright_")  # pyte names the colours of the VT100


def drawing(name: str, text: Text) -> str:
    """Return the SVG of a screen."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(text, no_wrap=True, crop=False)
    return console.export_svg(
        title="fs-triage", theme=DIMMED_MONOKAI, code_format=_NO_FONT, unique_id=f"ecran-{name}"
    )


def letters(svg: str) -> str:
    """Return what an SVG shows, in order, without the spaces."""
    shown = re.findall(r'<text class="[^"]*-r\d+" [^>]*>([^<]*)</text>', svg)
    return "".join(html.unescape("".join(shown)).split())


if __name__ == "__main__":
    (HERE / "ecrans").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        for name, shot in SHOTS.items():
            picture = drawing(name, text_of(shot, Path(home)))
            (HERE / "ecrans" / f"{name}.svg").write_text(f"{picture}\n", encoding="utf-8", newline="\n")
