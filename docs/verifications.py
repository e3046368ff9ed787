"""Write `docs/verifications.md` from the manual pages of the checks and from the bad livrets of the tests.

python docs/verifications.py          writes the page
python docs/verifications.py --out    writes what is expected of each bad livret as well
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fs_triage.author import snippet, verifier
from fs_triage.checks import reading, registry
from fs_triage.checks.verify import collect_pages
from fs_triage.rules.problem import Severity

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import bad_livrets  # noqa: E402 - a module of the tests

PAGE = ROOT / "docs" / "verifications.md"
HEAD = """\
# Ce que « fs-triage verifier » vérifie

Une ligne par problème : le fichier, la ligne, la colonne, le message et, entre crochets, un code. Chaque code a
ici sa page : ce qu’il faut éviter, ce qu’il faut préférer et pourquoi, puis ce que le vérificateur écrit d’un
fichier fautif.

Un problème **bloquant** empêche ces règles de servir : au comptoir, le dernier bon livret continue de répondre,
et le dit. Un **conseil** n’empêche rien : l’arbre mène toujours aux bonnes conclusions.

Cette page est écrite par `python docs/verifications.py` à partir du programme et des fichiers de
`tests/unit/checks/bad/` ; ne la corrigez pas à la main.
"""


def verify_example(code: str) -> tuple[list[str], list[str]]:
    """Return what `verifier` says of the bad livret of `code`: in a pipe, and on a terminal of 80 columns."""
    before, columns = Path.cwd(), os.environ.get("COLUMNS")
    with TemporaryDirectory() as parent:
        bad_livrets.read_example(code).write(Path(parent))
        os.chdir(parent)
        os.environ["COLUMNS"] = "80"
        try:
            problems = verifier.verify_livret(Path(code)).problems
            on_terminal = [
                line for problem in problems for line in (str(problem), *snippet.render_snippet(problem))
            ]
        finally:
            os.chdir(before)
            os.environ.pop("COLUMNS")
            if columns is not None:
                os.environ["COLUMNS"] = columns
    return [str(problem) for problem in problems], on_terminal


def render_page() -> str:
    """Return the page as it must be."""
    parts = [HEAD]
    for code, text in collect_pages().items():
        title, _, rest = text.partition("\n\n")
        is_advice = code in registry.CHECKS and registry.CHECKS[code].severity is Severity.ADVICE
        kind = "Conseil" if is_advice else "Bloquant"
        lines = [f"- {line}" for line in rest.splitlines()]
        parts.append(f"## {code}\n\n**{kind}.** {title}\n\n{chr(10).join(lines)}\n")
        if code not in reading.REMEMBERED_PAGES:
            shown = "\n".join(verify_example(code)[1])
            parts.append(f"```text\n{shown}\n```\n")
    return "\n".join(parts)


def main() -> None:
    """Write the page, and with `--out` the expected outputs."""
    if "--out" in sys.argv[1:]:
        for code in collect_pages().keys() - reading.REMEMBERED_PAGES.keys():
            bad_livrets.write_expected(code, verify_example(code)[0])
    PAGE.write_text(render_page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
