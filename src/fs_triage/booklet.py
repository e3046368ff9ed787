"""What the files beside the partners' may say: livret.yaml, hors-livret.yaml, identifiants.yaml."""

from __future__ import annotations

from pydantic import Field

from fs_triage.model import Model, NodePath, Sentence, Sentences, Word


class Identifiers(Model):
    """identifiants.yaml : les identifiants déjà publiés, que des scripts appellent."""

    published: list[NodePath] = Field(
        [], description="Chaque conclusion un jour publiée ; on n’en retire jamais.", examples=[["caf/rsa"]]
    )
    renamed: dict[NodePath, NodePath] = Field(
        {},
        description="Ancien identifiant : nouvel identifiant ; vaut pour tout ce qui est dessous.",
        examples=[{"caf/rmi": "caf/rsa"}],
    )


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


class Elsewhere(Model):
    """hors-livret.yaml : les besoins que le livret ne couvre pas, et ceux qui sont trop vagues."""

    out_of_scope: Sentences = Field(
        [], description="Besoins hors du livret.", examples=[["permis de chasse"]]
    )
    vague: Sentences = Field([], description="Besoins trop vagues.", examples=[["j’ai besoin d’aide"]])
