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
titre: Livret d'essai de {count} démarches
département: 99 Essai
source: Livret engendré
partenaires: [{partners}]
"""
_PARTNER = """\
id: {id}
libellé: {label}
nom: Partenaire d'essai {label}
pour: démarches engendrées
pages: [{page}]
si ça bloque: aide
contacts:
  aide:
    téléphone: "3949"
    libellé: Aide de {label}
    public: usager
    portée: national
question: Quelle démarche d'abord ?
réponses:
"""
_HELP = """\
  - id: aide
    libellé: Demander de l'aide à {label}
    contacter: [aide]
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
    nodes = []
    for rank, partner in enumerate(PARTNERS):
        label = partner.replace("-", " ").title()
        lines = [_PARTNER.format(id=partner, label=label, page=rank + 1)]
        examples = list(_tree(lines, range(rank * count, (rank + 1) * count), "", "  "))
        lines.append(_HELP.format(label=label))
        examples.append(("aide", f"de l'aide à {label}"))
        nodes += [f"  - {partner}/{node}\n" for node, _ in examples]
        needs = [f"{node}: [{need}]\n" for node, need in examples]
        for below, told in (("partenaires", lines), ("besoins", needs)):
            (folder / below).mkdir(exist_ok=True)
            (folder / below / f"{partner}.yaml").write_text("".join(told), encoding="utf-8")
    (folder / "identifiants.yaml").write_text("".join(["publiés:\n", *nodes]), encoding="utf-8")
    return folder


def _tree(lines: list[str], numbers: range, above: str, indent: str) -> list[tuple[str, str]]:
    """Add to `lines` the answers that lead to the conclusions of `numbers`; returns their examples."""
    widest = WIDEST - 1 if not above else WIDEST  # the first question has the help beside them
    if len(numbers) <= widest:
        examples = []
        for number in numbers:
            name = word(number)
            step = f"Remplir le dossier {name} avec l'usager."
            lines.append(f"{indent}- {{id: {name}, libellé: Démarche {name}, étapes: [{step}]}}\n")
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
        lines.append(f"{indent}- id: {name}\n{indent}  libellé: Le {label}\n")
        lines.append(f"{indent}  question: Et dans le {label} ?\n{indent}  réponses:\n")
        examples += _tree(lines, part, f"{above}{name}/", f"{indent}    ")
    return examples
