"""The models of livret.yaml, hors-livret.yaml, identifiants.yaml and synonymes.yaml."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import Field

from fs_triage.files.folders import BOOKLET
from fs_triage.rules.model_partner import Model, NodePath, Sentence, Sentences, Word

UNCOVERED_NEEDS = "hors-livret.yaml"
IDENTIFIERS = "identifiants.yaml"
SYNONYMS = "synonymes.yaml"


class Identifiers(Model):
    """identifiants.yaml : les identifiants déjà publiés, que des scripts appellent."""

    published: list[NodePath] = Field(
        [],
        description="Chaque conclusion publiée un jour ; n’ôtez que ce que le livret ne donne plus.",
        examples=[["caf/rsa"]],
    )
    renamed: dict[NodePath, NodePath] = Field(
        {},
        description="Ancien identifiant : nouvel identifiant ; vaut pour tout ce qui est dessous.",
        examples=[{"caf/rmi": "caf/rsa"}],
    )

    def follow(self, node: str) -> str:
        """Return where `node` leads after every change of name, its own and those of what it stands under."""
        for _ in range(len(self.renamed) + 1):
            parts = node.split("/")
            heads = ("/".join(parts[:end]) for end in range(len(parts), 0, -1))
            head = next((head for head in heads if head in self.renamed), None)
            if head is None:
                return node
            node = self.renamed[head] + node[len(head) :]
        return node

    def find_moved(self, nodes: Collection[str]) -> dict[str, str]:
        """Return, for each old identifier that leads somewhere, the one of `nodes` that it leads to."""
        old = [node for node in (*self.renamed, *self.published) if node not in nodes]
        return {node: new for node in old if (new := self.follow(node)) in nodes}


class Booklet(Model):
    """livret.yaml : le livret d'un département."""

    id: Word = Field(description="Identifiant du livret.", examples=["jura"])
    title: Sentence = Field(description="Titre du livret.", examples=["Livret d’accompagnement"])
    departement: Sentence = Field(description="Département.", examples=["39 Jura"])
    source: Sentence = Field(description="D'où viennent les faits.", examples=["Préfecture du Jura"])
    extends: Word | None = Field(
        None, description="Livret dont celui-ci hérite les arbres.", examples=["jura"]
    )
    partners: list[Word] = Field(
        [],
        description="Les partenaires, dans l’ordre de l’accueil ; hérités quand la clé manque.",
        examples=[["ants", "caf"]],
    )


class UncoveredNeeds(Model):
    """hors-livret.yaml : les besoins que le livret ne couvre pas, et ceux qui sont trop vagues."""

    out_of_scope: Sentences = Field(
        [], description="Besoins hors du livret.", examples=[["permis de chasse"]]
    )
    vague: Sentences = Field([], description="Besoins trop vagues.", examples=[["j’ai besoin d’aide"]])


class Synonym(Model):
    """Un mot courant et ce que disent les usagers à sa place."""

    word: Sentence = Field(description="Le mot courant.", examples=["argent"])
    also: Sentences = Field(
        description="Les mots des usagers qui veulent dire la même chose.",
        min_length=1,
        examples=[["thune", "sous"]],
    )


class Theme(Model):
    """Les mots d'un même domaine."""

    theme: Sentence = Field(description="Nom du domaine.", examples=["agriculture"])
    words: Sentences = Field(
        description="Les mots qui font penser à ce domaine.", min_length=1, examples=[["vaches", "ferme"]]
    )
    partner: Word | None = Field(
        None,
        description="Le partenaire qui n’est sans doute pas concerné sans l’un de ces mots ni son nom.",
        examples=["msa"],
    )


class Synonyms(Model):
    """synonymes.yaml : les mots du guichet, que la recherche rapproche."""

    synonyms: list[Synonym] = Field(
        [], description="Les synonymes.", examples=[[{"word": "argent", "also": ["thune"]}]]
    )
    themes: list[Theme] = Field(
        [], description="Les thèmes.", examples=[[{"theme": "agriculture", "words": ["vaches"]}]]
    )


def list_file_names(booklet: Booklet) -> list[str]:
    """Return the names of the files that the livret of `booklet` is read from."""
    return [BOOKLET, UNCOVERED_NEEDS, IDENTIFIERS, SYNONYMS, *(f"{name}.yaml" for name in booklet.partners)]
