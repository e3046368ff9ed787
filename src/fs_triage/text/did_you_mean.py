"""Suggestions for misspelt names: the nearest of those that are known."""

from __future__ import annotations

from fs_triage.text.fold import fold

# Keys as somebody who thinks in French types them; a word may stand for keys of several kinds of things.
_ENGLISH_KEYS = {
    "adresse": "address",
    "aide": "help",
    "alias": "keywords",
    "avertissement": "warnings",
    "avertissements": "warnings",
    "besoin": "needs",
    "besoins": "besoin needs",
    "bloque": "if_blocked",
    "chemin": "walk",
    "condition": "when",
    "corps": "body",
    "courriel": "email",
    "doute": "doubt",
    "escalade": "escalate",
    "etape": "steps",
    "etapes": "steps",
    "exemple": "examples",
    "exemples": "examples",
    "horaire": "hours",
    "horaires": "hours",
    "identifiant": "id",
    "interdit": "do_not",
    "interdits": "do_not",
    "intitule": "label",
    "libelle": "label",
    "mail": "email",
    "mots": "words",
    "mots cles": "keywords",
    "nom": "name topic",
    "note": "warnings",
    "modeles": "messages",
    "numero": "phone",
    "objet": "subject",
    "orienter": "where",
    "ou": "goto where",
    "parcours": "walk",
    "partenaires": "partners",
    "portee": "scope",
    "precision": "note",
    "public": "audience",
    "quand": "when",
    "rdv": "appointment",
    "remarque": "note",
    "rendez vous": "appointment",
    "reponse": "answers",
    "reponses": "answers",
    "responsable": "owner",
    "si": "when",
    "site": "web",
    "sujet": "topic",
    "sujets": "topic",
    "sur place": "in-person",
    "tel": "phone",
    "texte": "body",
    "telephone": "phone",
    "titre": "label",
    "url": "web",
}
_MIN_SIMILARITY = 0.6
_MAX_COMPARED = 500  # names that a word is held against: a file made to be slow has more


def find_close_name(word: str, known: list[str]) -> str | None:
    """Return the one of `known` that `word` most likely stands for, None when none is like it."""
    import difflib

    match = difflib.get_close_matches(word[:80], known[:_MAX_COMPARED], n=1, cutoff=_MIN_SIMILARITY)
    return match[0] if match else None


def find_close_key(word: str, known: list[str]) -> str | None:
    """Return the key among `known` that `word` stands for, typed badly or in French."""
    meant = next((key for key in _ENGLISH_KEYS.get(fold(word), "").split() if key in known), None)
    return meant or find_close_name(word.lower(), known)


def suggest_name(word: str, known: list[str]) -> str:
    """Return « vouliez-vous dire « x » ? » for the nearest of `known`, else the list of what is allowed."""
    return _render_suggestion(find_close_name(word, known), known)


def suggest_key(word: str, known: list[str]) -> str:
    """Return the same for a key."""
    return _render_suggestion(find_close_key(word, known), known)


def _render_suggestion(match: str | None, known: list[str]) -> str:
    if match is not None:
        return f"vouliez-vous dire « {match} » ?"
    more = f" et {len(known) - _MAX_SHOWN} autres" if len(known) > _MAX_SHOWN else ""
    return f"possible : {', '.join(known[:_MAX_SHOWN])}{more}" if known else ""


_MAX_SHOWN = 20


def build_slug(text: str) -> str:
    """Return `text` as an identifier or a path of them: lowercase ASCII, words joined by « - »."""
    parts = ("-".join(fold(part).split()) for part in text[:80].split("/"))
    return "/".join(part for part in parts if part.isascii() and part)
