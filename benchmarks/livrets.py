"""Livrets of any size: the same nine partners with deeper trees, in rules that `fs-triage verifier` accepts.

Everything is made from a counter, so that a size always gives the same files.
"""

from __future__ import annotations

from pathlib import Path

PARTNERS = ("ants", "caf", "carsat", "cpam", "ddfip", "justice", "la-poste", "msa", "pole-emploi")
WIDEST = 9
"""Answers to a question: what `verifier` allows at most."""

_BOOKLET = """\
id: {name}
title: Livret d'essai de {count} démarches
departement: 99 Essai
source: Livret engendré
partners: [{partners}]
"""
_PARTNER = """\
id: {id}
label: {label}
name: Partenaire d'essai {label}
about: démarches engendrées
pages: [{page}]
if_blocked: aide
contacts:
  aide:
    phone: "3949"
    label: Aide de {label}
    audience: usager
    scope: national
question: Quelle démarche d'abord ?
answers:
"""
_HELP = """\
  - id: aide
    label: Demander de l'aide à {label}
    escalate: [aide]
"""
_CONSONANTS = ("b", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v")
_VOWELS = ("a", "e", "i", "o", "u")
_SYLLABLES = [consonant + vowel for consonant in _CONSONANTS for vowel in _VOWELS]


def word(number: int) -> str:
    """Return the made-up word of `number`: another number gives another word."""
    syllables = []
    number += len(_SYLLABLES) ** 2
    while number:
        number, rank = divmod(number, len(_SYLLABLES))
        syllables.append(_SYLLABLES[rank])
    return "".join(syllables)


def write(folder: Path, conclusions: int) -> Path:
    """Write in `folder` a livret of about `conclusions` conclusions, at least one a partner beside its help."""
    folder.mkdir(parents=True, exist_ok=True)
    count = max(1, round(conclusions / len(PARTNERS)) - 1)
    text = _BOOKLET.format(name=folder.name, count=conclusions, partners=", ".join(PARTNERS))
    (folder / "livret.yaml").write_text(text, encoding="utf-8")
    for rank, partner in enumerate(PARTNERS):
        label = partner.replace("-", " ").title()
        lines = [_PARTNER.format(id=partner, label=label, page=rank + 1)]
        examples = list(_tree(lines, range(rank * count, (rank + 1) * count), "", "  "))
        lines += [_HELP.format(label=label), "examples:\n"]
        lines += [f"  - {{id: {node}, besoin: [{need}]}}\n" for node, need in examples]
        lines.append(f"  - {{id: aide, besoin: [de l'aide à {label}]}}\n")
        (folder / f"{partner}.yaml").write_text("".join(lines), encoding="utf-8")
    return folder


def _tree(lines: list[str], numbers: range, above: str, indent: str) -> list[tuple[str, str]]:
    """Add to `lines` the answers that lead to the conclusions of `numbers`; returns their examples."""
    widest = WIDEST - 1 if not above else WIDEST  # the first question has the help beside them
    if len(numbers) <= widest:
        examples = []
        for number in numbers:
            name = word(number)
            step = f"Remplir le dossier {name} avec l'usager."
            lines.append(f"{indent}- {{id: {name}, label: Démarche {name}, steps: [{step}]}}\n")
            examples.append((above + name, f"je viens pour {name}"))
        return examples
    share = -(-len(numbers) // widest)
    examples = []
    for first in range(0, len(numbers), share):
        part = numbers[first : first + share]
        if len(part) == 1:
            examples += _tree(lines, part, above, indent)
            continue
        name = f"groupe-{word(part[0])}"
        label = name.replace("-", " ")
        lines.append(f"{indent}- id: {name}\n{indent}  label: Le {label}\n")
        lines.append(f"{indent}  question: Et dans le {label} ?\n{indent}  answers:\n")
        examples += _tree(lines, part, f"{above}{name}/", f"{indent}    ")
    return examples
