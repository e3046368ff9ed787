"""The model of situations.yaml: events of life, each with the démarches that it touches, over all partners."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from fs_triage.rules.model_partner import Model, PathReference, Sentence, Sentences, Word, wrap_in_list

SITUATIONS = "situations.yaml"


class SituationAnswer(Model):
    """Une réponse à la question d’une situation : elle garde ses démarches, et celles d’aucune autre réponse."""

    id: Word = Field(description="Identifiant de la réponse.", examples=["agricole"])
    label: Sentence = Field(description="La réponse, telle qu’on la lit.", examples=["Oui, régime agricole"])
    words: Sentences = Field([], description="Autres mots qui la désignent.", examples=[["exploitant"]])
    demarches: list[PathReference] = Field(
        [],
        description="Ce qu’elle garde de la liste : un partenaire, une question ou une démarche.",
        examples=[["msa"]],
    )


class Situation(Model):
    """Un évènement de la vie, et les démarches qu’il touche."""

    id: Word = Field(description="Identifiant de la situation.", examples=["demenagement"])
    title: Sentence = Field(description="La situation, telle qu’on la lit.", examples=["Déménagement"])
    words: Sentences = Field(
        description="Les mots qui la désignent ; ceux d’un groupe comptent ensemble.",
        min_length=1,
        examples=[["déménager", "nouvelle adresse"]],
    )
    question: Sentence | None = Field(
        None,
        description="Une question qui trie les démarches.",
        examples=["Relève-t-il du régime agricole ?"],
    )
    answers: list[SituationAnswer] = Field(
        [],
        description="Les réponses à la question.",
        examples=[[{"id": "agricole", "libellé": "Oui, régime agricole", "démarches": ["msa"]}]],
    )
    demarches: list[PathReference] = Field(
        description="Les démarches qu’elle touche, dans l’ordre où les faire.",
        min_length=1,
        examples=[["caf/compte/dossier/situation"]],
    )
    besoin: Annotated[
        Sentences, BeforeValidator(wrap_in_list, json_schema_input_type=Sentences | Sentence)
    ] = Field([], description="Ce que dirait un usager.", examples=[["je viens de déménager"]])


class Situations(Model):
    """situations.yaml : les situations de vie."""

    situations: list[Situation] = Field(
        [],
        description="Les situations, les plus fréquentes d’abord.",
        examples=[[{"id": "demenagement", "titre": "Déménagement"}]],
    )
