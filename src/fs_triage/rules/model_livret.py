"""The models of livret.yaml, hors-livret.yaml, identifiants.yaml and synonymes.yaml."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, StringConstraints, Tag
from pydantic_core import PydanticCustomError

from fs_triage.files.folders import BOOKLET
from fs_triage.rules.model_partner import Check, Model, Needs, NodePath, Sentence, Sentences, Value, Word
from fs_triage.rules.model_situations import SITUATIONS
from fs_triage.text.days import parse_duration

FOLDERS = PARTNERS, NEEDS, WORDS = "partenaires", "besoins", "mots"
"""The folders of a livret: the rules of each partner, what visitors say, and words for the search."""
UNCOVERED_NEEDS = f"{NEEDS}/hors-livret.yaml"
IDENTIFIERS = "identifiants.yaml"
REVIEWS = "relectures.yaml"
SYNONYMS = f"{WORDS}/synonymes.yaml"


TemplateText = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


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


class MessageTemplate(Model):
    """Le modèle d'un message au 2nd niveau : du texte, des « {{ noms }} » à remplacer, des « […] » à compléter."""

    subject: TemplateText = Field(
        description="L’objet du message, sur une ligne.", examples=["{{ partenaire }} : {{ demarche }}"]
    )
    body: TemplateText = Field(
        description="Le texte du message ; sur plusieurs lignes, il commence par « | ».",
        examples=["Bonjour,\n\nPour {{ demarche }} : […]"],
    )


def _require_duration(value: str) -> str:
    if parse_duration(value) is None:
        raise PydanticCustomError("duration", "no duration")
    return value


class Booklet(Model):
    """livret.yaml : le livret d'un département."""

    id: Word = Field(description="Identifiant du livret.", examples=["jura"])
    title: Sentence = Field(
        "", description="Titre du livret ; hérité s’il manque.", examples=["Livret d’accompagnement"]
    )
    departement: Sentence = Field(
        "",
        description="Département, ou « tous » pour un socle commun ; hérité d’un livret de département s’il manque.",
        examples=["39 Jura"],
    )
    source: Sentence = Field(
        "",
        description="D'où viennent les faits ; héritée dans un même département si elle manque.",
        examples=["Préfecture du Jura"],
    )
    edition: Sentence | None = Field(
        None,
        description="L’édition, comme on la nomme ; « sans date » quand le livret n’en dit rien.",
        examples=["novembre 2026"],
    )
    checked: Check | None = Field(
        None,
        description="Quand le livret a été vérifié en entier pour la dernière fois, et par qui.",
        examples=[{"le": "2026-11-23", "par": "préfecture"}],
    )
    licence: Sentence | None = Field(
        None, description="Sous quelle licence il peut être repris.", examples=["Licence Ouverte 2.0"]
    )
    review_after: Annotated[Value, AfterValidator(_require_duration)] | None = Field(
        None,
        description="Au bout de quel temps ce qui a été vérifié ou relu est à revoir.",
        examples=["12 mois"],
    )
    extends: Word | None = Field(
        None,
        description="Livret dont celui-ci hérite, et dont il ne dit que ce qui change.",
        examples=["socle"],
    )
    partners: list[Word] = Field(
        [],
        description="Les partenaires, dans l’ordre de l’accueil ; hérités quand la clé manque.",
        examples=[["ants", "caf"]],
    )
    owner: Value | None = Field(
        None,
        description="L’adresse électronique de qui tient ce livret : on lui signale les erreurs.",
        examples=["france-services@jura.gouv.fr"],
    )
    messages: dict[NodePath, MessageTemplate] = Field(
        {},
        description="Modèles des messages au 2nd niveau, par moyen (courriel, administration+) ou par contact "
        "(msa/rdv-msa) ; hérités s’ils manquent.",
        examples=[{"courriel": {"objet": "{{ demarche }}", "texte": "Bonjour, […]"}}],
    )


class Review(Check):
    """La relecture d’un partenaire : quand il a signé, qui, et quelle édition."""

    edition: Sentence | None = Field(None, description="L’édition relue.", examples=["novembre 2026"])


class Reviews(Model):
    """relectures.yaml : les partenaires qui ont relu leur part et l’ont signée ; l’outil l’écrit."""

    reviews: dict[Word, Review] = Field(
        {},
        description="Pour chaque partenaire, quand il a signé, et qui.",
        examples=[{"caf": {"le": "2026-11-23", "par": "référente de la CAF"}}],
    )


class Topic(Model):
    """Un sujet dont le livret ne parle pas, et les besoins qui s’y rapportent."""

    topic: Sentence = Field(
        description="Le sujet, tel qu’on le dit au conseiller, sans article.", examples=["logement social"]
    )
    where: Sentence | None = Field(
        None, description="Où orienter l’usager, si on le sait de source sûre.", examples=["La mairie."]
    )
    needs: Needs = Field(
        description="Les besoins, avec les mots des usagers.", examples=["je voudrais un logement HLM"]
    )


TOPIC_TAG, NEED_TAG = "<topic>", "<need>"
_TOPIC_KEYS = list(Topic.model_fields)


def _get_topic_tag(data: Any) -> str:
    """Return what an item of `out_of_scope` is meant as; a sentence cut in two by « : » is no topic."""
    if not isinstance(data, Mapping):
        return NEED_TAG
    return NEED_TAG if len(data) == 1 and str(*data) not in _TOPIC_KEYS else TOPIC_TAG


TopicOrNeed = Annotated[
    Annotated[Topic, Tag(TOPIC_TAG)] | Annotated[Sentence, Tag(NEED_TAG)], Discriminator(_get_topic_tag)
]


class UncoveredNeeds(Model):
    """hors-livret.yaml : les besoins que le livret ne couvre pas, et ceux qui sont trop vagues."""

    out_of_scope: list[TopicOrNeed] = Field(
        [],
        description="Ce dont le livret ne parle pas : des sujets, ou des besoins sans sujet.",
        examples=[[{"sujet": "chasse et pêche", "besoins": ["permis de chasse"]}]],
    )
    vague: Sentences = Field([], description="Besoins trop vagues.", examples=[["j’ai besoin d’aide"]])

    @property
    def topics(self) -> list[Topic]:
        """The topics, in the order of the file."""
        return [item for item in self.out_of_scope if isinstance(item, Topic)]

    @property
    def unsorted_needs(self) -> list[str]:
        """The needs that stand beside the topics."""
        return [item for item in self.out_of_scope if isinstance(item, str)]

    @property
    def uncovered(self) -> list[str]:
        """Every need out of the livret."""
        return [*(need for topic in self.topics for need in topic.needs), *self.unsorted_needs]


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
        [], description="Les synonymes.", examples=[[{"mot": "argent", "aussi": ["thune"]}]]
    )
    themes: list[Theme] = Field(
        [], description="Les thèmes.", examples=[[{"thème": "agriculture", "mots": ["vaches"]}]]
    )
    neutral: Sentences = Field(
        [], description="Les mots qui ne disent rien d’une démarche.", examples=[["bonjour", "svp"]]
    )


def get_livret_folder(path: Path) -> Path:
    """Return the folder of the livret that the rule file at `path` is of."""
    return path.parent.parent if path.parent.name in FOLDERS else path.parent


def list_file_names(booklet: Booklet) -> list[str]:
    """Return the names, below its folder, of the files that the livret of `booklet` is read from."""
    others = (UNCOVERED_NEEDS, IDENTIFIERS, REVIEWS, SITUATIONS, SYNONYMS)
    both = [f"{folder}/{name}.yaml" for name in booklet.partners for folder in (PARTNERS, NEEDS)]
    return [BOOKLET, *others, *both]
