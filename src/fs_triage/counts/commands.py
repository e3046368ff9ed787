"""What `journal` and `bilan` do: the counts of this desk, those of a département."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date

from fs_triage import livret_choice, output
from fs_triage.contract import (
    NOTHING_FOUND,
    OK,
    OUTPUT_LOST,
    WRONG_CALL,
    DiskTimeout,
    Failure,
    describe_os_error,
)
from fs_triage.counts.journal import Counted, Journal, Need, Unavailable, find_folder, find_monday
from fs_triage.counts.report import GROUPINGS, JSON_NAMES, LABELS, Report, build_report
from fs_triage.files import folders
from fs_triage.files.atomic_write import write_whole
from fs_triage.files.timeout import call_with_timeout
from fs_triage.livret import OpenLivret

_LONGEST_SENDING = 120.0  # seconds
_KEPT = """\
Le journal est en marche. Pour chaque demande, il garde quatre choses :
- la semaine (la date de son lundi) ;
- la maison : {house} ;
- la démarche, par l’identifiant de sa fiche ;
- ce qu’elle est devenue : réglée sur place, transmise, hors du livret, non comprise.
Il ne garde ni texte, ni heure, ni personne. Un besoin pour lequel rien n’est trouvé n’est gardé, avec ses mots, que si
le conseiller les relit et répond oui.
{where}
Pour voir ce qui est gardé : fs-triage journal --voir ; l’effacer : --effacer ; arrêter : --arreter."""


def switch_journal_on() -> int:
    """Begin to count, and say what is kept; raises `Failure`."""
    folder = find_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / folders.JOURNAL_ON, b"")
    except OSError as error:
        message = f"Le journal ne peut pas être tenu dans « {folder} » ({describe_os_error(error)})"
        raise Failure(OUTPUT_LOST, f"{message} ; vérifiez le disque et les droits d’accès.") from error
    house = livret_choice.find_house()
    named = f"« {house} »" if house else 'sans nom (écrivez « maison = "…" » dans config.toml)'
    where = "Tout cela reste sur ce poste."
    if livret_choice.find_counts_server():
        where = "Ces lignes et ces mots sont aussi ajoutés aux comptes du département (« comptes », dans config.toml)."
    output.print_answer(_KEPT.format(house=named, where=where))
    return OK


def switch_journal_off() -> int:
    """Count no longer; what was counted stays."""
    try:
        (find_folder() / folders.JOURNAL_ON).unlink(missing_ok=True)
    except OSError as error:
        message = f"Le journal ne s’arrête pas ({describe_os_error(error)}) ; vérifiez les droits d’accès."
        raise Failure(OUTPUT_LOST, message) from error
    output.print_answer(
        "Le journal est arrêté. Ce qu’il a gardé reste ; « fs-triage journal --effacer » l’efface."
    )
    return OK


def erase_journal() -> int:
    """Erase all that this desk has counted."""
    waiting = 0
    with _open_journal() as journal:
        with suppress(Unavailable):  # what cannot be read can be erased
            waiting = journal.count_waiting()
        journal.erase()
    lost = (
        f" Lignes qui n’étaient pas encore parties au département : {waiting}."
        if waiting and _has_server()
        else ""
    )
    sent = " Ce qui est déjà parti au département y reste." if _has_server() else ""
    output.print_answer(f"Le journal de ce poste est effacé.{lost}{sent}")
    return OK


def show_journal(as_json: bool) -> int:
    """Show all that is kept on this desk, and whether it counts."""
    is_on, house = folders.is_journal_on(), livret_choice.find_house()
    with _open_journal() as journal:
        kept, needs, waiting = journal.list_kept(), journal.list_needs(None), journal.count_waiting()
        aside = journal.list_aside()
    if as_json:
        rows = [
            {
                "week": week.isoformat(),
                "house": house,
                "demarche": demarche,
                "outcome": JSON_NAMES.get(outcome, outcome),
                "count": count,
            }
            for week, house, demarche, outcome, count in kept
        ]
        texts = [{"week": need.week.isoformat(), "house": need.house, "text": need.text} for need in needs]
        answer = {"schema_version": 1, "active": is_on, "house": house, "journal": rows, "needs": texts}
        output.print_json(json.dumps({**answer, "waiting": waiting}, ensure_ascii=False))
        return OK
    lines = [
        "Le journal est en marche."
        if is_on
        else "Le journal est arrêté ; « fs-triage journal --activer » le met en marche."
    ]
    for week, place, demarche, outcome, count in kept:
        parts = (f"semaine du {week:%d/%m/%Y}", place or "maison sans nom", demarche or "aucune démarche")
        lines.append(f"{' – '.join(parts)} – {LABELS.get(outcome, outcome)} : {count}")
    if needs:
        lines += ["", "Besoins gardés avec l’accord du conseiller :"]
        lines += [
            f"semaine du {need.week:%d/%m/%Y} – {need.house or 'maison sans nom'} – {need.text}"
            for need in needs
        ]
    if not kept and not needs:
        lines.append("Rien n’est gardé.")
    lines += [f"Un journal abîmé a été mis de côté, il n’est plus compté : {path}" for path in aside]
    if _has_server():
        lines += ["", f"À envoyer au département : {waiting}."]
    output.print_answer("\n".join(lines))
    return OK


def send_journal() -> int:
    """Send what waits to the département; raises `Failure`, and all that is not sent stays."""
    address = _find_server()
    from fs_triage.counts import server

    with _open_journal() as journal:
        try:
            count = call_with_timeout(lambda: server.send_waiting(address, journal), _LONGEST_SENDING)
        except DiskTimeout:
            raise Failure(
                WRONG_CALL, "Le serveur des comptes est trop lent ; le reste partira plus tard."
            ) from None
        except Failure as failure:
            raise Failure(failure.code, f"{failure.message} Les lignes restent sur ce poste.") from failure
    output.print_answer(f"Lignes envoyées au département : {count}.")
    return OK


def prepare_server(address: str) -> int:
    """Make the tables of a département; raises `Failure`."""
    from fs_triage.counts import server

    version = server.prepare_tables(address)
    output.print_answer(
        f"Les tables des comptes sont prêtes (version {version}). Il reste à donner à chaque poste un nom et un mot de "
        "passe qui peuvent ajouter (rôle comptes_poste), et à qui lit le bilan un nom qui peut lire (rôle "
        "comptes_lecture) : docs/comptes.md."
    )
    return OK


def read_report(livret: OpenLivret, by: str, since: date | None, of_departement: bool) -> Report:
    """Return what was counted; raises `Failure`."""
    column = GROUPINGS[by].column
    counts: list[Counted]
    if of_departement:
        address = _find_server()
        from fs_triage.counts import server

        counts = server.count_by(address, column, since)
    else:
        with _open_journal() as journal:
            counts = journal.count_by(column, since)
    return build_report(by, since, counts, lambda key: _name_key(livret, by, key))


def read_needs(since: date | None, of_departement: bool) -> list[Need]:
    """Return the needs that found nothing; raises `Failure`."""
    if of_departement:
        address = _find_server()
        from fs_triage.counts import server

        return server.list_needs(address, since)
    with _open_journal() as journal:
        return journal.list_needs(since)


def read_since(text: str | None) -> date | None:
    """Return the Monday of the day that was typed: weeks are counted whole; raises `Failure`."""
    if text is None:
        return None
    try:
        return find_monday(date.fromisoformat(text.strip()))
    except (ValueError, OverflowError):
        message = "--depuis attend une date, année d’abord, comme « 2026-09-01 »"
        raise Failure(WRONG_CALL, f"{message} ; pas « {text[:20]} ».") from None


def tell_nothing(of_departement: bool) -> int:
    """Say that nothing was counted, and what begins it; returns the exit code."""
    message = "Rien n’est compté pour ces semaines."
    if not of_departement and not folders.is_journal_on():
        message = "Rien n’est compté sur ce poste ; « fs-triage journal --activer » commence."
    output.print_message(message)
    return NOTHING_FOUND


def _name_key(livret: OpenLivret, by: str, key: str) -> str:
    """Return the name of a partner, a démarche or a week; what the livret no longer has keeps its id."""
    if by == "semaine":
        return f"{date.fromisoformat(key):%d/%m/%Y}"
    if by == "maison":
        return key
    question = livret.find_question_json(key)
    if question is not None:
        return str(json.loads(question)["title"])
    node = livret.find_node(key)
    if node is None:
        return key
    conclusion = json.loads(livret.get_conclusion_json(node.first))
    partner = json.loads(livret.get_question_json(conclusion["partner"]))["title"]
    return f"{partner} : {conclusion['title']}"


@contextmanager
def _open_journal() -> Iterator[Journal]:
    """Give the journal of this desk, then say what had to be set aside; raises `Failure`."""
    journal = Journal(find_folder())
    try:
        yield journal
    except Unavailable as error:
        raise Failure(WRONG_CALL, f"Le journal de ce poste n’est pas accessible : {error}.") from error
    finally:
        output.print_message(*journal.notices)


def _has_server() -> bool:
    return bool(livret_choice.find_counts_server())


def _find_server() -> str:
    address = livret_choice.find_counts_server()
    if not address:
        where = folders.find_config_file() or "config.toml"
        message = f"Ce poste ne sait pas où sont les comptes du département ; écrivez dans {where}"
        raise Failure(WRONG_CALL, f'{message} « comptes = "postgresql://poste@serveur/france_services" ».')
    return address
