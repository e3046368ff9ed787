"""Write the pictures of the Jura's trees beside this file: `python docs/arbres/generate.py`."""

from __future__ import annotations

from pathlib import Path

from fs_triage.render.diagrams import render_mermaid
from fs_triage.render.labels import render_pages
from fs_triage.render.tree import build_branch, iter_branches
from fs_triage.rules import flatten
from fs_triage.rules.load import load_livret
from fs_triage.rules.model_partner import Partner

HERE = Path(__file__).resolve().parent
RULES = HERE.parent.parent / "rules" / "jura"

PAGE = """\
# {label} : l’arbre des questions

{name} : {about}. {pages}.

{count} démarches : {first} au 1er niveau (rectangles), {second} au 2nd niveau (bords arrondis). Un hexagone est \
une question ; la réponse est écrite sur la flèche. Un fanion gris, au bout d’une flèche en pointillés, renvoie à \
la démarche qu’il nomme. « fs-triage {id} » parcourt cet arbre.

```mermaid
{picture}
```

Page générée par « python docs/arbres/generate.py » à partir de « rules/jura/{id}.yaml » : ne pas la modifier à la main.
"""


def pages() -> dict[str, str]:
    """Return each page by the name of its file; raises `ValueError` when the rules cannot be used."""
    livret = load_livret(RULES).livret
    if livret is None:
        raise ValueError(RULES)
    grown = flatten.flatten_livret(livret)
    return {f"{rules.model.id}.md": _page(grown, rules.model) for rules in livret.partners}


def _page(grown: flatten.Tree, partner: Partner) -> str:
    branch = build_branch(grown.questions.get, partner.id)
    levels = [below["level"] for below in iter_branches(branch) if below["kind"] == "conclusion"]
    return PAGE.format(
        id=partner.id,
        label=partner.label,
        name=partner.name,
        about=partner.about,
        pages=render_pages(partner.pages),
        count=len(levels),
        first=levels.count(1),
        second=levels.count(2),
        picture=render_mermaid(branch),
    )


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8", newline="\n")
