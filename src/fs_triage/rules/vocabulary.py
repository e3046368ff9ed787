"""The words of rule files: the key that an author writes in French for each key of the models.

A key that is typed differently (accents, capitals, « _ », « - » or a space between words) is the same key.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

FRENCH_KEYS = {
    "about": "pour",
    "add": "ajouter",
    "address": "adresse",
    "administration-plus": "administration+",
    "after": "après",
    "also": "aussi",
    "answers": "réponses",
    "appointment": "rendez-vous",
    "audience": "public",
    "besoin": "besoins",
    "body": "texte",
    "by": "par",
    "checked": "vérifié",
    "contact": "contact",
    "contacts": "contacts",
    "delay": "délai",
    "demarches": "démarches",
    "departement": "département",
    "do_not": "ne pas renseigner",
    "documents": "pièces",
    "doubt": "doute",
    "edition": "édition",
    "email": "courriel",
    "escalate": "contacter",
    "extends": "hérite de",
    "goto": "aller à",
    "help": "aide",
    "hours": "horaires",
    "id": "id",
    "if_blocked": "si ça bloque",
    "in-person": "sur place",
    "in_order": "dans cet ordre",
    "keywords": "mots",
    "label": "libellé",
    "licence": "licence",
    "mandate": "mandat",
    "messages": "messages",
    "modify": "modifier",
    "name": "nom",
    "needs": "besoins",
    "neutral": "neutres",
    "no_second_level": "pas de second niveau",
    "note": "note",
    "official": "fiche",
    "on": "le",
    "opens": "ouvre",
    "order": "ordre",
    "orient": "orienter",
    "out_of_scope": "hors livret",
    "owner": "responsable",
    "pages": "pages",
    "partner": "partenaire",
    "partners": "partenaires",
    "phone": "téléphone",
    "published": "publiés",
    "question": "question",
    "remove": "retirer",
    "renamed": "renommés",
    "replace": "remplacer",
    "review_after": "à revoir après",
    "reviews": "relectures",
    "scope": "portée",
    "situations": "situations",
    "source": "source",
    "steps": "étapes",
    "subject": "objet",
    "synonyms": "synonymes",
    "theme": "thème",
    "themes": "thèmes",
    "title": "titre",
    "topic": "sujet",
    "vague": "vagues",
    "valid_until": "valable jusqu’au",
    "warnings": "attention",
    "web": "site",
    "when": "quand",
    "where": "où",
    "word": "mot",
    "words": "mots",
}
"""The key that an author writes for each key of the models; one that is missing here stands in no file."""


_BETWEEN_WORDS = re.compile(r"[\s_'’\u2010\u2011\u2013-]+")


@lru_cache(maxsize=1000)
def fold_key(key: str) -> str:
    """Return `key` as all its spellings are: lowercase words without accents, one space apart."""
    text = unicodedata.normalize("NFKD", key.replace("+", " plus ")).casefold()
    text = "".join(character for character in text if not unicodedata.combining(character))
    return _BETWEEN_WORDS.sub(" ", text).strip()


def get_french_key(key: str) -> str:
    """Return what an author writes for the key `key` of the models."""
    return FRENCH_KEYS.get(key, key)
