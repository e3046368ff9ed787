"""Answers as plain text: for a pipe, a file, a screen reader. Nothing is wrapped and nothing is drawn."""

from __future__ import annotations

from fs_triage.records import Conclusion, ContactRecord

LEVEL_NAMES = {1: "1er niveau", 2: "2nd niveau"}
LEVELS = {1: "1er niveau : à faire sur place", 2: "2nd niveau : à transmettre"}
KINDS = {
    "email": "Courriel",
    "phone": "Téléphone",
    "administration-plus": "Administration+",
    "appointment": "Rendez-vous",
    "web": "Site",
    "address": "Adresse",
    "in-person": "Sur place",
}
AUDIENCES = {
    "conseiller": "réservé au conseiller, ne pas donner à l’usager",
    "usager": "utilisable par l’usager",
}
_DAYS = {
    "Mo": "lundi",
    "Tu": "mardi",
    "We": "mercredi",
    "Th": "jeudi",
    "Fr": "vendredi",
    "Sa": "samedi",
    "Su": "dimanche",
    "PH": "jours fériés",
}


def hours_in_french(hours: str) -> str:
    """Return opening hours (OpenStreetMap syntax) as a counsellor reads them.

    `Mo-Fr 08:30-19:00` gives « lundi à vendredi 8h30-19h ». What is not days and times stays as it is.
    """
    rules = [rule.strip() for rule in hours.split(";")]
    return " ; ".join(" ".join(_part(part) for part in rule.split(" ") if part) for rule in rules)


def _part(part: str) -> str:
    if part[:2] in _DAYS:
        days = [_range([_DAYS.get(day, day) for day in days.split("-")], " à ") for days in part.split(",")]
        return ", ".join(days)
    if part[:1].isdigit():
        return " et ".join("-".join(_time(time) for time in span.split("-")) for span in part.split(","))
    return {"off": "fermé", "open": "ouvert"}.get(part, part)


def _range(ends: list[str], joint: str) -> str:
    return joint.join(ends)


def _time(time: str) -> str:
    hour, _, minute = time.partition(":")
    return f"{int(hour)}h{'' if minute == '00' else minute}" if hour.isdigit() and minute.isdigit() else time


def way(conclusion: Conclusion, partner: str) -> str:
    """Return the way to a conclusion as one line, partner first."""
    return " › ".join([partner, *(step["answer"] for step in conclusion["path"])])


def contact_lines(contact: ContactRecord) -> list[str]:
    """Return a contact as lines: the value alone with its kind first, then what to know."""
    lines = [f"{KINDS[contact['kind']]} : {contact['value']}", f"  {contact['label']}"]
    lines.append(f"  {AUDIENCES[contact['audience']]}")
    if contact["when"]:
        lines.append(f"  Quand : {contact['when']}")
    if contact["hours"]:
        lines.append(f"  Horaires : {hours_in_french(contact['hours'])}")
    if contact["note"]:
        lines.append(f"  {contact['note']}")
    if contact["doubt"]:
        lines.append(f"  À vérifier : {contact['doubt']}")
    return lines


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, *(f"  {line}" for line in lines)] if lines else []


def conclusion_text(conclusion: Conclusion, partner: str, blocked: list[Conclusion]) -> str:
    """Return a conclusion as text.

    `partner` is the short name of its partner, `blocked` the conclusions to go to when it blocks.
    """
    steps = [f"{rank}. {step}" for rank, step in enumerate(conclusion["steps"], 1)]
    numbered = len(conclusion["contacts"]) > 1 and conclusion["level"] == 2
    contacts: list[str] = []
    for rank, contact in enumerate(conclusion["contacts"], 1):
        first, *others = contact_lines(contact)
        contacts += [f"{rank}. {first}" if numbered else first, *others]
    title = "À contacter, dans cet ordre :" if numbered else "À contacter :"
    lines = [way(conclusion, partner), LEVELS[conclusion["level"]]]
    lines += _section("Ne pas renseigner :", [f"- {text}" for text in conclusion["do_not"]])
    lines += _section("Étapes :", steps)
    lines += _section(title if conclusion["level"] == 2 else "Contacts utiles :", contacts)
    lines += _section("Attention :", [f"- {text}" for text in conclusion["warnings"]])
    lines += blocked_lines(conclusion, blocked)
    lines += ["", f"{pages_text(conclusion['pages'])} – {conclusion['id']}"]
    return "\n".join(lines)


def pages_text(pages: list[int]) -> str:
    """Return the pages of the booklet as a reference."""
    *first, last = map(str, pages) if pages else [""]
    return f"Livret, pages {', '.join(first)} et {last}" if first else f"Livret, page {last}"


def blocked_lines(conclusion: Conclusion, blocked: list[Conclusion]) -> list[str]:
    """Return what to do when a conclusion blocks: where to go, and its contacts when there is one place."""
    if not blocked:
        reason = conclusion["no_second_level"]
        return ["", f"Pas de 2nd niveau : {reason}"] if reason else []
    lines = []
    for target in blocked:
        lines.append(f"{target['title']} : fs-triage {target['id']}")
        if len(blocked) == 1:
            for contact in target["contacts"]:
                audience = "" if contact["audience"] == "usager" else " (réservé au conseiller)"
                lines.append(f"  {KINDS[contact['kind']]} : {contact['value']}{audience}")
    return _section("Si la démarche bloque (2nd niveau) :", lines)


def conclusion_line(conclusion: Conclusion) -> str:
    """Return a conclusion as one line of a list, its fields apart by a tab."""
    level = LEVEL_NAMES[conclusion["level"]]
    return f"{conclusion['id']}\t{level}\t{conclusion['title']}"


def contact_line(partner: str, contact: ContactRecord, conclusions: list[Conclusion]) -> str:
    """Return a contact as one line of a list, with the ids of the conclusions that use it."""
    users = " ".join(conclusion["id"] for conclusion in conclusions)
    kind, audience = KINDS[contact["kind"]], contact["audience"]
    return f"{partner}/{contact['id']}\t{kind}\t{contact['value']}\t{audience}\t{users}"
