"""The model of a partner's rule file: frozen pydantic models that forbid unknown keys.

The description of each field is in French: it is the author's help in an editor (JSON Schema).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
)
from pydantic_core import PydanticCustomError

from fs_triage.rules.french_hours import convert_hours
from fs_triage.text.days import parse_day
from fs_triage.text.typography import typeset_french

os.environ.setdefault(
    "PYDANTIC_DISABLE_PLUGINS", "__all__"
)  # else every installed package is looked at for one

Kind = Literal["email", "phone", "administration-plus", "appointment", "web", "address", "in-person"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Audience = Literal["conseiller", "usager"]

TO_FILL = "à remplir"
"""What stands for the value or the hours of a contact that a livret has yet to give."""


def wrap_in_list(value: Any) -> Any:
    """Return a list of one text for a text: there, a list of one may be written without dash or brackets."""
    return [value] if isinstance(value, str) and value.strip() else value


def _require_digits(value: Any) -> Any:
    """Refuse what `int` accepts but is no page: `6_0`, `+6`, `6.0`."""
    if isinstance(value, str) and not (value.isascii() and value.isdecimal()):
        raise PydanticCustomError("int_parsing", "not a page")
    return value


def _read_yes_or_no(value: Any) -> Any:
    """Return what « oui » or « non » says; refuse what YAML and pydantic would take for a truth."""
    answers = {"oui": True, "non": False}
    if isinstance(value, str):
        if value.lower() not in answers:
            raise PydanticCustomError("literal_error", "neither yes nor no", {"expected": "'oui' or 'non'"})
        return answers[value.lower()]
    return value


NOTHING = ("~", "null", "Null", "NULL")
"""What YAML has for no value: nobody means it as a text."""


def _read_nothing(value: Any) -> Any:
    return "" if value in NOTHING else value


YesNo = Annotated[bool, BeforeValidator(_read_yes_or_no, json_schema_input_type=Literal["oui", "non"])]
Value = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True), BeforeValidator(_read_nothing)]
Sentence = Annotated[Value, AfterValidator(typeset_french)]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
NodePath = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*$")]
Reference = Annotated[Value, Field(json_schema_extra={"pattern": Word.__metadata__[0].pattern})]
"""The name of something that is declared elsewhere: the check that knows what there is tells what is not one."""
PathReference = Annotated[Value, Field(json_schema_extra={"pattern": NodePath.__metadata__[0].pattern})]
"""The path of something that is declared elsewhere."""
_PageNumber = Annotated[int, Field(ge=1, le=999)]
_PageText = Annotated[str, StringConstraints(pattern=r"^0*[1-9][0-9]{0,2}$")]
Page = Annotated[
    _PageNumber, BeforeValidator(_require_digits, json_schema_input_type=_PageNumber | _PageText)
]


def _require_day(value: str) -> str:
    if parse_day(value) is None:
        raise PydanticCustomError("day", "no day")
    return value


Day = Annotated[Value, AfterValidator(_require_day)]


class Model(BaseModel):
    """Frozen, without unknown keys; scalars are the text as typed."""

    # deferred: a model is built again inside each model that it is part of
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class Check(Model):
    """Quand quelqu’un a vérifié, et qui."""

    on: Day = Field(description="Le jour, écrit année-mois-jour.", examples=["2026-11-23"])
    by: Sentence = Field(description="Qui a vérifié.", examples=["préfecture"])


class Contact(Model):
    """Un moyen de joindre quelqu’un ; exactement une des clés de type donne la valeur."""

    email: Value | None = Field(
        None, description="Adresse électronique, au caractère près.", examples=["contact@cdad-jura.fr"]
    )
    phone: Value | None = Field(
        None, description="Numéro de téléphone, au caractère près.", examples=["3230"]
    )
    administration_plus: Value | None = Field(
        None,
        alias="administration-plus",
        description="Administration+, écrit comme dans le livret.",
        examples=["Administration+"],
    )
    appointment: Value | None = Field(
        None, description="Rendez-vous : le site ou le compte où le prendre.", examples=["www.caf.fr"]
    )
    web: Value | None = Field(
        None, description="Site ou page, au caractère près.", examples=["www.impots.gouv.fr"]
    )
    address: Value | None = Field(None, description="Adresse postale.", examples=["39000 LONS LE SAUNIER"])
    in_person: Value | None = Field(
        None, alias="in-person", description="Sur place, ou par une personne.", examples=["Mairie"]
    )
    label: Sentence = Field(description="Ce que c’est, en peu de mots.", examples=["Numéro de la CAF"])
    audience: Audience = Field(
        description="Qui peut s’en servir : conseiller (jamais donné à l’usager) ou usager.",
        examples=["usager"],
    )
    scope: Literal["national", "local"] = Field(
        "local",
        description="local : propre au département, un autre doit le remplacer ; national : le même partout.",
        examples=["national"],
    )
    hours: Annotated[Value, AfterValidator(convert_hours)] | None = Field(
        None,
        description="Horaires, comme on les écrit.",
        examples=["lundi au vendredi 8h30-12h et 13h30-17h"],
    )
    note: Sentence | None = Field(
        None, description="Une précision utile, en une phrase.", examples=["Gratuit."]
    )
    doubt: Sentence | None = Field(
        None,
        description="Pourquoi ce que le livret imprime peut être faux ou périmé.",
        examples=["Le livret l’écrit de deux façons."],
    )
    checked: Check | None = Field(
        None,
        description="Quand quelqu’un s’en est servi pour la dernière fois, et qui.",
        examples=[{"le": "2026-11-23", "par": "préfecture"}],
    )
    valid_until: Day | None = Field(
        None, description="Le dernier jour où il sert, s’il a une fin.", examples=["2027-06-30"]
    )

    @property
    def kinds(self) -> list[tuple[Kind, str]]:
        """The kinds given, with their values: exactly one in a sound file."""
        given = ((kind, getattr(self, kind.replace("-", "_"))) for kind in KINDS)
        return [(kind, value) for kind, value in given if value is not None]


class ContactUse(Model):
    """Un contact du partenaire, avec la condition que le livret y met."""

    contact: Reference = Field(description="Identifiant du contact.", examples=["tel-3230"])
    when: Sentence | None = Field(
        None, description="La condition pour s’en servir.", examples=["si l’usager n’a pas de compte"]
    )


def _expand_contact_use(value: Any) -> Any:
    return {"contact": value} if isinstance(value, str) else value


Use = Annotated[ContactUse, BeforeValidator(_expand_contact_use, json_schema_input_type=Word | ContactUse)]
Uses = Annotated[list[Use], Field(min_length=1)]
Sentences = list[Sentence]
Needs = Annotated[
    Sentences,
    BeforeValidator(wrap_in_list, json_schema_input_type=Sentences | Sentence),
    Field(min_length=1),
]
"""What visitors say; a single need may be written without dash or brackets."""


class _Answer(Model):
    """Ce que toute réponse peut dire."""

    id: Word = Field(
        description="Identifiant : minuscules sans accent, mots joints par « - » ; il ne change jamais de sens.",
        examples=["demande"],
    )
    label: Sentence = Field(
        description="La réponse, telle qu’on la lit.", examples=["Faire une demande de RSA"]
    )
    keywords: Sentences = Field([], description="Autres mots qui mènent ici.", examples=[["rmi"]])
    help: Sentence | None = Field(
        None,
        description="Une ligne pour la distinguer de ses voisines.",
        examples=["Première demande seulement."],
    )
    pages: list[Page] = Field(
        [], description="Pages du livret ; valent pour tout ce qui suit.", examples=[[8]]
    )
    if_blocked: PathReference | None = Field(
        None,
        description="Où mener quand la démarche bloque ; vaut pour tout ce qui suit.",
        examples=["blocage"],
    )
    no_second_level: Sentence | None = Field(
        None,
        description="Pourquoi il n’y a pas de 2nd niveau ; vaut pour tout ce qui suit.",
        examples=["La demande se termine en mairie."],
    )
    do_not: Sentences = Field(
        [],
        description="Ce que le conseiller ne doit pas renseigner ; vaut pour tout ce qui suit.",
        examples=[["Ne pas donner les tarifs."]],
    )
    warnings: Sentences = Field(
        [],
        description="Ce qu’il faut garder à l’esprit ; vaut pour tout ce qui suit.",
        examples=[["L’adresse est réservée au demandeur d’emploi."]],
    )


class _Conclusion(_Answer):
    """Ce que toute fiche peut dire, à quelque niveau qu’elle soit."""

    documents: Annotated[
        Sentences, BeforeValidator(wrap_in_list, json_schema_input_type=Sentences | Sentence)
    ] = Field([], description="Les pièces que l’usager apporte.", examples=[["Une pièce d’identité."]])
    delay: Sentence | None = Field(
        None, description="Le délai habituel.", examples=["Trois semaines environ."]
    )
    mandate: Sentence | None = Field(
        None,
        description="Le mandat qu’il faut de l’usager pour agir à sa place.",
        examples=["Mandat Aidants Connect."],
    )
    official: Annotated[
        list[Value], BeforeValidator(wrap_in_list, json_schema_input_type=list[Value] | Value)
    ] = Field(
        [],
        description="Les pages officielles sur cette démarche.",
        examples=[["https://www.service-public.gouv.fr/particuliers/vosdroits/N19775"]],
    )

    @property
    def uses(self) -> list[ContactUse]:
        """The contacts that it names, in order."""
        return []


_CONTACTS = {"tel-3230": {"téléphone": "3230", "libellé": "Numéro de la CAF", "public": "usager"}}
_ANSWERS = [
    {"id": "demande", "libellé": "Faire une demande de RSA", "étapes": ["Ouvrir caf.fr avec l’usager."]}
]


class QuestionAnswer(_Answer):
    """Une réponse qui mène à une autre question."""

    question: Sentence = Field(
        description="La question suivante, sur la situation de l’usager.", examples=["A-t-il un compte ?"]
    )
    answers: list[Answer] = Field(
        description="Les réponses, qui s’excluent.", min_length=1, examples=[_ANSWERS]
    )
    opens: Reference | None = Field(
        None,
        description="Une de ces réponses, dont la fiche dit tous les cas : montrée sans que la question soit posée.",
        examples=["autre"],
    )


_STEPS = "Les étapes, dans l’ordre ; au 2nd niveau, ce qu’il faut faire avant et pendant."


class StepsAnswer(_Conclusion):
    """1er niveau : ce qui se fait sur place."""

    steps: Sentences = Field(description=_STEPS, min_length=1, examples=[["Ouvrir caf.fr avec l’usager."]])
    contacts: Uses | None = Field(None, description="Sites et numéros utiles.", examples=[["tel-3230"]])

    @property
    def uses(self) -> list[ContactUse]:
        """The contacts that help with its steps."""
        return self.contacts or []


class EscalateAnswer(_Conclusion):
    """2nd niveau : à qui transmettre."""

    escalate: Uses = Field(
        description="Contacts du 2nd niveau, dans l’ordre où les montrer.", examples=[["tel-3230"]]
    )
    in_order: YesNo = Field(
        False,
        description="Avec oui, les contacts s’essaient dans cet ordre, parce que le livret le demande.",
        examples=["oui"],
    )
    steps: Sentences = Field([], description=_STEPS, min_length=1, examples=[["Appeler avec l’usager."]])

    @property
    def uses(self) -> list[ContactUse]:
        """Whom to pass it on to."""
        return self.escalate


class OrientAnswer(_Conclusion):
    """Une orientation : rien ne se fait sur place ni ne se transmet, l’usager s’adresse lui-même ailleurs."""

    orient: Uses = Field(
        description="Où orienter l’usager, dans l’ordre où le montrer.", examples=[["simulateur-taxes"]]
    )
    steps: Sentences = Field(
        [], description=_STEPS, min_length=1, examples=[["Dire ce que calcule le site."]]
    )

    @property
    def uses(self) -> list[ContactUse]:
        """Where the visitor turns."""
        return self.orient


CONCLUSIONS = (StepsAnswer, EscalateAnswer, OrientAnswer)
"""The answers that a walk ends on."""


class GotoAnswer(_Answer):
    """Une réponse qui mène ailleurs, chez le même partenaire ou chez un autre."""

    goto: PathReference = Field(
        description="Chemin de la réponse où aller ; chez un autre partenaire, son identifiant entier.",
        examples=["blocage"],
    )


LEADS = ("question", "goto", "escalate", "orient", "steps")


def list_leads(data: Mapping[str, Any]) -> list[str]:
    """Return the keys of `data` that say where an answer leads."""
    leads = [key for key in LEADS if key in data]
    if "answers" in data and "question" not in leads:
        leads.insert(0, "question")
    return leads[:1] if leads in (["escalate", "steps"], ["orient", "steps"]) else leads


def _get_answer_tag(data: Any) -> str | None:
    if not isinstance(data, Mapping):
        return None
    leads = list_leads(data)
    return f"<{leads[0]}>" if len(leads) == 1 else None


Answer = Annotated[
    Annotated[QuestionAnswer, Tag("<question>")]
    | Annotated[StepsAnswer, Tag("<steps>")]
    | Annotated[EscalateAnswer, Tag("<escalate>")]
    | Annotated[OrientAnswer, Tag("<orient>")]
    | Annotated[GotoAnswer, Tag("<goto>")],
    Discriminator(_get_answer_tag),
]


class Partner(Model):
    """Un partenaire : ses contacts et son arbre de questions."""

    id: Word = Field(description="Identifiant, le nom du fichier.", examples=["caf"])
    label: Sentence = Field(description="Nom court, montré dans les listes.", examples=["CAF"])
    name: Sentence = Field(description="Nom entier.", examples=["Caisse d’allocations familiales"])
    about: Sentence = Field(
        description="À quoi il sert, avec les mots des usagers.", examples=["allocations, RSA, APL"]
    )
    keywords: Sentences = Field(
        [], description="Ses autres noms ; chacun peut remplacer l’identifiant.", examples=[["allocs"]]
    )
    pages: list[Page] = Field([], description="Ses pages du livret.", examples=[[6, 7]])
    if_blocked: PathReference | None = Field(
        None, description="Où mener quand une démarche bloque.", examples=["blocage"]
    )
    no_second_level: Sentence | None = Field(
        None, description="Pourquoi il n’y a pas de 2nd niveau.", examples=["Démarches uniques."]
    )
    do_not: Sentences = Field(
        [],
        description="Ce que le conseiller ne doit jamais renseigner.",
        examples=[["Ne pas donner les tarifs."]],
    )
    warnings: Sentences = Field(
        [], description="Ce qu’il faut garder à l’esprit.", examples=[["Le livret date de 2021."]]
    )
    contacts: dict[Word, Contact] = Field(
        {}, description="Ses contacts, par identifiant.", examples=[_CONTACTS]
    )
    question: Sentence = Field(description="La première question.", examples=["Que veut faire l’usager ?"])
    answers: list[Answer] = Field(
        description="Les réponses, qui s’excluent.", min_length=1, examples=[_ANSWERS]
    )
    examples: dict[PathReference, Needs] = Field({}, description="Ce que disent les usagers, par démarche.")
    """From a file of its own."""


class Removal(Model):
    """Ce qu’un livret qui hérite retire."""

    remove: list[str] = Field([], description="Ce qui est à retirer, par son nom.", examples=[["horaires"]])


class Placement(Model):
    """Où se place une réponse ajoutée."""

    after: Word = Field(description="La réponse qu’elle suit ; sans cette clé, elle est la dernière.")


class Changes(Model):
    """Ce qu’un livret qui hérite change dans le fichier d’un partenaire."""

    contacts: dict[Word, Contact | Removal] = Field(
        {},
        description="Des contacts de plus, ou des clés à changer dans ceux dont il hérite.",
        examples=[{"tel-3230": {"horaires": "lundi au vendredi 9h-12h"}}],
    )
    remove: list[str] = Field(
        [],
        description="Les réponses à retirer, par leur chemin ; un contact, par « contacts/ » et son identifiant.",
        examples=[["rsa/demande", "contacts/tel-3230"]],
    )
    replace: dict[NodePath, Answer] = Field(
        {},
        description="Des réponses à mettre à la place d’autres, par chemin.",
        examples=[{"rsa": _ANSWERS[0]}],
    )
    modify: dict[
        str, _Answer | StepsAnswer | EscalateAnswer | OrientAnswer | GotoAnswer | QuestionAnswer | Removal
    ] = Field(
        {},
        description="Les clés à changer dans des réponses, par chemin ; les autres restent.",
        examples=[{"rsa/demande": {"pages": [8]}}],
    )
    add: dict[str, list[Answer | Placement]] = Field(
        {},
        description="Des réponses à ajouter à une question, par chemin ; « . » est la première question.",
        examples=[{"rsa": _ANSWERS}],
    )
    order: dict[str, list[Word]] = Field(
        {},
        description="L’ordre des réponses d’une question, par chemin : celles qui sont nommées, puis les autres.",
        examples=[{"rsa": ["demande"]}],
    )
