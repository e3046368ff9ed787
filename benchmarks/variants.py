"""The needs of `tests/needs` as they come at a desk, and how a search fares with them.

    python benchmarks/variants.py [PART]

Courtesies and chatter around a need, a partner named in passing, two needs in one story, a topic of the rules with a
word beside it that says nothing, one slip in a short need. Made by rule from a fixed seed: two runs print the same.
`PART` (1) takes one need in so many. What is right at 1 and at 3, and how many get no match, as a Markdown table.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

from needs import FILES, FIRST, Need, Ranking, is_right, needs, searching, texts

from fs_triage.files import folders
from fs_triage.rules import flatten, load
from fs_triage.rules.flatten import Tree, iter_answers
from fs_triage.rules.load import Livret

SEED = 39
GREETINGS = (
    "Bonjour madame, excusez-moi de vous déranger,",
    "Bonsoir, j’espère que tout va bien pour vous.",
    "Re-bonjour, c’est encore moi, pardon.",
    "Bonjour à vous, auriez-vous deux minutes à m’accorder ?",
    "Madame, Monsieur, je me permets de venir vers vous.",
    "Salut, dites-moi,",
    "Bonjour, si ça ne vous fait rien,",
    "Pardon d’insister,",
)
THANKS = (
    "Merci infiniment, bonne fin de semaine.",
    "Je vous remercie par avance de votre gentillesse.",
    "Merci bien et à la prochaine !",
    "Avec mes sincères salutations.",
    "Vous êtes bien aimable.",
    "Bonne journée à vous et à toute l’équipe.",
    "Cordialement, Mme Perrin",
    "D’avance un grand merci.",
)
CHATTER = (
    "Il pleut des cordes depuis ce matin.",
    "Ma voisine m’a déposé, elle attend dehors avec son chat.",
    "Mon genou me fait souffrir dans l’escalier.",
    "Vous avez refait la peinture, c’est bien plus gai.",
    "Hier soir on a regardé le match avec mon beau-frère.",
    "Le boucher de la place a pris sa retraite, quel dommage.",
    "Je sors du marché, les tomates sont hors de prix.",
    "Mon petit-fils a eu huit ans dimanche, on a fait un gâteau.",
    "J’ai laissé mes lunettes à la maison, je vois trouble.",
    "Le car était bondé et le chauffeur de mauvaise humeur.",
    "Il fait meilleur ici que chez moi.",
    "Le chien du quartier a encore aboyé toute la nuit.",
)
PASSING = (
    "Ma sœur travaille {}.",
    "Je reviens juste {}.",
    "Tout à l’heure je passe {}, mais c’est pour autre chose.",
    "Mon mari est allé {} la semaine dernière.",
    "Je me suis garé {}.",
    "On m’a dit {} de venir vous voir.",
)
AT = {
    "caf": ("à la CAF", "de la CAF"),
    "cpam": ("à la Sécu", "de la CPAM"),
    "ants": ("à l’ANTS", "de l’ANTS"),
    "ddfip": ("aux impôts", "des impôts"),
    "pole-emploi": ("à France Travail", "de Pôle emploi"),
    "carsat": ("à la Carsat", "de la Carsat"),
    "msa": ("à la MSA", "de la MSA"),
    "justice": ("au tribunal", "du tribunal"),
    "la-poste": ("à La Poste", "de La Poste"),
}
NEUTRAL = (
    *(
        "svp",
        "merci",
        "s’il vous plaît",
        "bonjour",
        "de mon frère",
        "pour ma tante",
        "de ma belle-mère",
        "M. Durand",
    ),
    *(
        "à Dole",
        "à Champagnole",
        "Salins",
        "Josiane",
        "Kevin",
        "demain",
        "lundi matin",
        "2024",
        "mme pressée",
        "n° 12",
    ),
)
Case = tuple[str, list[Need]]
"""What is asked, and the needs told in it: each must be found, or none where it is out of the livret."""


def iter_cases(asked: list[Need], pick: random.Random) -> Iterator[tuple[str, Case]]:
    """Yield each variant of each need, under the name of its kind."""
    within = [need for need in asked if need["partner"]]
    for need in asked:
        text, scope = need["text"], "" if need["partner"] else "out, "
        yield f"{scope}as typed", (text, [need])
        yield f"{scope}courtesies", (f"{pick.choice(GREETINGS)} {text} {pick.choice(THANKS)}", [need])
        yield f"{scope}chatter before", (f"{pick.choice(CHATTER)} {text}", [need])
        yield f"{scope}chatter after", (f"{end(text)} {pick.choice(CHATTER)}", [need])
        one, two, three = pick.sample(CHATTER, 3)
        yield f"{scope}chatter, 3 sentences", (f"{one} {end(text)} {two} {three}", [need])
        other = pick.choice([partner for partner in AT if partner not in need["partner"]])
        template = pick.choice(PASSING)
        named = template.format(AT[other]["reviens" in template])
        yield f"{scope}passing before", (f"{named} {text}", [need])
        yield f"{scope}passing after", (f"{end(text)} {named}", [need])
        yield (
            f"{scope}passing, same sentence",
            (f"{text.rstrip(' .!?')}, {named[0].lower()}{named[1:]}", [need]),
        )
        if need["partner"]:
            second = pick.choice(within)
            if (
                not set(second["partner"]) & set(need["partner"])
                and max(len(text), len(second["text"])) < 120
            ):
                yield "story of two", (f"{end(text)} {second['text']}", [need, second])


def end(text: str) -> str:
    """Return `text` as a sentence."""
    return text if text.rstrip()[-1:] in ".!?" else f"{text}."


def iter_short(livret: Livret, pick: random.Random) -> Iterator[tuple[str, Case]]:
    """Yield the keywords of at most two words, alone, with a word that says nothing, with a slip."""
    leads: dict[str, set[str]] = {}
    for rules in livret.partners:
        for node, answer in iter_answers(rules.model):
            for word in answer.keywords if node != rules.model.id else ():
                leads.setdefault(word, set()).add(node)
    for word, nodes in leads.items():
        if len(word.split()) > 2 or len(word) < 4:
            continue
        need = {"nodes": nodes, "partner": [node.split("/")[0] for node in nodes]}
        yield "keyword", (word, [need])
        beside = pick.choice(NEUTRAL)
        yield "keyword and a word", (f"{word} {beside}", [need])
        yield "keyword, one slip", (slip(word, pick), [need])
        yield "keyword, slip and a word", (f"{slip(word, pick)} {beside}", [need])


def slip(text: str, pick: random.Random) -> str:
    """Return `text` with one slip in its longest word, not in the first letter."""
    longest = max(text.split(), key=len)
    if len(longest) < 5:
        return text
    at = pick.randrange(1, len(longest) - 1)
    left, here, right = longest[:at], longest[at], longest[at + 1 :]
    kinds = (f"{left}{right}", f"{left}{here}{here}{right}", f"{left}{right[0]}{here}{right[1:]}")
    other = pick.choice("aeioustnrl")
    return text.replace(longest, pick.choice((*kinds, f"{left}{other}{right}")), 1)


def judge(found: list[str], told: list[Need], grown: Tree, shown: dict[str, str]) -> tuple[bool, bool]:
    """Return whether the answer is right at 1 and at 3; of several needs each must be found."""

    def is_one(node: str, need: Need) -> bool:
        if "nodes" in need:
            return any(node == one or node.startswith(f"{one}/") for one in need["nodes"])
        return is_right(node, need, grown, shown)

    if not told[0]["partner"]:
        return not found, not found
    return (
        any(is_one(node, need) for node in found[:1] for need in told),
        all(any(is_one(node, need) for node in found[:FIRST]) for need in told),
    )


def tally(
    rank: Ranking, cases: list[tuple[str, Case]], grown: Tree, shown: dict[str, str]
) -> dict[str, list[float]]:
    """Return by kind: how many, per cent right at 1, at 3, refused."""
    rows: dict[str, list[tuple[bool, bool, bool]]] = {}
    for kind, (text, told) in cases:
        found = rank(text)
        rows.setdefault(kind, []).append((*judge(found, told, grown, shown), not found))
    return {
        kind: [len(row), *(100 * sum(one[at] for one in row) / len(row) for at in range(3))]
        for kind, row in rows.items()
    }


def build_cases(livret: Livret, part: int) -> list[tuple[str, Case]]:
    """Return all variants, of one need in `part`."""
    pick = random.Random(SEED)
    asked = [need for path in FILES if path.stem != "desk" for need in needs(path)]
    return [*iter_cases(asked[::part], pick), *iter_short(livret, pick)]


def main() -> None:
    """Measure and print."""
    livret = load.load_livret(Path(folders.get_own_livrets(), folders.DEFAULT_LIVRET)).livret
    assert livret is not None
    grown = flatten.flatten_livret(livret)
    cases = build_cases(livret, int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    print(
        "| besoins | combien | juste en 1er | dans les 3 | sans réponse |\n| --- | ---: | ---: | ---: | ---: |"
    )
    for kind, (count, *shares) in sorted(tally(searching(livret), cases, grown, texts(grown)).items()):
        print(f"| {kind} | {count:.0f} | " + " | ".join(f"{share:.1f}" for share in shares) + " |")


if __name__ == "__main__":
    main()
