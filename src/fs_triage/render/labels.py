"""French names of what the records hold, and headings of a card: each is written here alone."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from fs_triage.contract import CheckRecord, Conclusion

WAY = " › "
"""Between two answers on the way to a conclusion."""

ORIENT = 3
"""What stands in the place of a level where the visitor is sent elsewhere: neither settled here nor passed on."""
LEVEL_NAMES = {1: "1er niveau", 2: "2nd niveau", ORIENT: "À orienter"}
LEVEL_MARKS = {0: "", 1: "[1er] ", 2: "[2nd] ", ORIENT: "[orienter] "}
LEVEL_ACTIONS = {1: "à faire sur place", 2: "à transmettre", ORIENT: "vers un autre service"}
LEVEL_BANNERS = {level: f"{name}\u00a0: {LEVEL_ACTIONS[level]}" for level, name in LEVEL_NAMES.items()}
LEVEL_SENTENCES = {
    1: f"{LEVEL_NAMES[1]}\u00a0: le conseiller fait la démarche sur place, avec l’usager.",
    2: f"{LEVEL_NAMES[2]}\u00a0: le conseiller transmet la demande.",
    ORIENT: f"{LEVEL_NAMES[ORIENT]}\u00a0: le conseiller dit à l’usager où s’adresser.",
}
NO_SECOND_LEVEL = f"Pas de {LEVEL_NAMES[2]}"
NO_SECOND_LEVEL_SENTENCE = f"Il n’y a pas de {LEVEL_NAMES[2]}."

KIND_NAMES = {
    "email": "Courriel",
    "phone": "Téléphone",
    "administration-plus": "Administration+",
    "appointment": "Rendez-vous",
    "web": "Site",
    "address": "Où",
    "in-person": "Sur place",
}
KIND_NAMES_IN_SENTENCES = {
    **KIND_NAMES,
    "administration-plus": "Par",
}  # its value names Administration+ already

FOR_COUNSELLOR = "réservé au conseiller"
AUDIENCES = {
    "conseiller": f"{FOR_COUNSELLOR}, ne pas donner à l’usager",
    "usager": "utilisable par l’usager",
}
AUDIENCE_SENTENCES = {
    "conseiller": "Réservé au conseiller\u00a0: ne jamais le donner à l’usager.",
    "usager": "L’usager peut s’en servir lui-même.",
}

PROHIBITIONS = "Ne pas renseigner"
PROHIBITIONS_SENTENCE = "Le conseiller ne renseigne pas"
STEP = "Étape"
STEPS = "Étapes"
USEFUL_CONTACTS = "Contacts utiles"
CONTACTS = "À contacter"
CONTACTS_IN_ORDER = "À contacter, dans cet ordre"
NAMED_CONTACTS = "Contacts cités"
WARNINGS = "Attention"
TO_ORIENT = "Où s’adresser"
DOCUMENTS = "À apporter"
DELAY = "Délai habituel"
MANDATE = "Mandat de l’usager"
OFFICIAL = "Fiche officielle"
IF_BLOCKED = "Si la démarche bloque"

CONDITION = "Quand"
HOURS = "Horaires"
DOUBT = "À vérifier"
CHECKED = "Vérifié"
VALID_UNTIL = "Valable jusqu’au"


def get_level_key(record: Mapping[str, object]) -> int:
    """Return what the names of levels know a conclusion, or a way to one, by: `ORIENT`, or its level."""
    level = record["level"]
    assert isinstance(level, int)
    return ORIENT if record.get("outcome") == "orient" else level


def render_edition(edition: str) -> str:
    """Return an edition as it is named: « édition novembre 2026 »."""
    return f"édition {edition}" if edition else "sans édition"


def render_check(check: CheckRecord) -> str:
    """Return when somebody checked, and who: « le 1er mars 2026, par la préfecture » as it was written."""
    from fs_triage.text.days import render_written_day  # few contacts are dated

    return f"le {render_written_day(check['on'])}, par {check['by']}"


def render_pages(pages: list[int], edition: str = "") -> str:
    """Return the pages of the booklet as a reference: « Livret, pages 2 et 3 », with its edition where one is given."""
    booklet = f"Livret, {render_edition(edition)}" if edition else "Livret"
    if not pages:
        return f"{booklet}, sans page"
    *first, last = map(str, pages)
    return f"{booklet}, pages {', '.join(first)} et {last}" if first else f"{booklet}, page {last}"


def render_reference(conclusion: Conclusion, edition: str = "") -> str:
    """Return where a conclusion was taken from: pages of the booklet, else what its layer says."""
    return render_pages(conclusion["pages"], edition) if conclusion["pages"] else conclusion["source"]
