"""The commands by which a livret is published and received: the options of a call as arguments."""

from __future__ import annotations

from fs_triage.contract import WRONG_CALL, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.cli.commands import Call


def run_publier(call: Call) -> int:
    """Publish a livret, or make the key that signs it."""
    from fs_triage.delivery import publish

    key = call.find_value("--cle")
    if call.has_flag("--nouvelle-cle"):
        if call.words or call.find_value("--sortie") is not None:
            raise Failure(WRONG_CALL, "--nouvelle-cle ne publie rien ; publiez ensuite, sans elle.")
        return publish.run_new_key(key)
    target = call.find_value("--sortie")
    if not call.words or target is None:
        message = "Il faut le dossier du livret et celui où publier, comme"
        raise Failure(WRONG_CALL, f"{message} « fs-triage publier rules/jura -o publication ».")
    return publish.run_publier(call.words[0], target, key)


def run_maj(call: Call) -> int:
    """Receive the last edition, or put the one before in service again."""
    from fs_triage.delivery import update

    if call.has_flag("--revenir"):
        if call.has_flag("--regarder"):
            raise Failure(WRONG_CALL, "--revenir et --regarder ne vont pas ensemble ; gardez l’une des deux.")
        return update.run_revenir()
    return update.run_maj(only_look=call.has_flag("--regarder"))
