"""Which livret answers: by the options of the call, the environment, the configuration, else the program's own."""

from __future__ import annotations

import os

from fs_triage import output
from fs_triage.contract import RULES_UNUSABLE, WRONG_CALL, DiskTimeout, Failure
from fs_triage.files import folders


def find_livret_folder(regles: str | None = None, livret: str | None = None) -> str:
    """Return the folder of the livret to use.

    `regles` (the option) goes before `FS_TRIAGE_REGLES`, then the `regles` of `config.toml`, then the livret that
    `maj` received from the place named there, then the livrets that come with the program. Any of them may name a
    livret or a folder of livrets, where `livret` (or the `livret` of `config.toml`) chooses. A folder that is away
    is still returned when an index of it was kept.
    Raises `Failure` when there is none.
    """
    if regles == "" or livret == "":
        raise Failure(WRONG_CALL, "--regles et --livret attendent un nom ; celui qui est donné est vide.")
    settings = _read_settings()
    root = (
        regles
        or os.environ.get("FS_TRIAGE_REGLES")
        or settings.get("regles")
        or _find_received(settings)
        or folders.get_own_livrets()
    )
    name = livret or settings.get("livret") or None
    if not folders.is_text(root):
        raise Failure(
            RULES_UNUSABLE,
            f"Le nom du dossier de règles « {root} » n’est pas en UTF-8 ; renommez-le, ou passez en LANG=C.UTF-8.",
        )
    kept = None
    try:
        folder = folders.look_at(root, lambda: _find_at(root, name))
    except DiskTimeout:
        kept = _find_kept(root, name)
        folder = kept or _find_at_slow_disk(root, name)
    folder = folder or kept or _find_kept(root, name)
    if folder is not None:
        own = os.path.basename(os.path.abspath(root))
        if livret and folder == root and own != livret:
            message = f"« {root} » est le livret « {own} » : « --livret {livret} » n’y choisit rien"
            hint = "retirez --livret, ou donnez avec --regles le dossier qui contient les livrets"
            raise Failure(WRONG_CALL, f"{message} ; {hint}.")
        return folder
    if os.path.isfile(root):
        message = f"Le dossier de règles « {root} » est un fichier ; donnez le dossier qui le contient"
        above = os.path.dirname(root)
        if os.path.isfile(os.path.join(above, os.pardir, folders.BOOKLET)):  # a partner's file
            above = os.path.dirname(above)
        raise Failure(RULES_UNUSABLE, f"{message}, « {above or '.'} ».")
    if os.path.isdir(root):
        raise Failure(
            RULES_UNUSABLE, f"Aucun livret dans « {root} » : il y manque un fichier {folders.BOOKLET}."
        )
    raise Failure(RULES_UNUSABLE, f"Le dossier de règles « {root} » n’existe pas ; vérifiez son nom.")


class Delivery:
    """Where the livret is published, the fingerprint of the key that signs it, whether to look there once a day."""

    __slots__ = ("is_looked_at_daily", "key", "place")

    def __init__(self, place: str, key: str, is_looked_at_daily: bool) -> None:
        self.place = place
        self.key = key
        self.is_looked_at_daily = is_looked_at_daily


def find_delivery() -> Delivery | None:
    """Return where `config.toml` says that the livret is published, None where it says nothing; raises `Failure`."""
    settings = _read_settings()
    place = settings.get("maj", "").strip()
    daily = settings.get("maj_chaque_jour", "").strip().lower()
    return Delivery(place, settings.get("cle", "").strip(), daily == "oui") if place else None


def _find_received(settings: dict[str, str]) -> str | None:
    """Return the folder of the livret that `maj` put in service; none where `config.toml` names no place for it."""
    if not settings.get("maj"):
        return None
    from fs_triage.files import received

    return received.find_current_livret()


def find_house() -> str:
    """Return the name of the France services, by `config.toml`; empty where it says none. Raises `Failure`."""
    return _read_settings().get("maison", "").strip()


def find_counts_server() -> str:
    """Return the address of the server of the counts, by `config.toml`; empty where it says none. Raises `Failure`."""
    return _read_settings().get("comptes", "").strip()


def _read_settings() -> dict[str, str]:
    path = folders.find_config_file()
    if path is None:
        return {}
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError:
        pass  # reading says why
    from fs_triage.files import configuration

    return configuration.read_settings(path)


def _find_at(root: str, name: str | None) -> str | None:
    """Return the folder of the livret `name` at or in `root`; None when there is no livret at all."""
    if os.path.exists(os.path.join(root, folders.BOOKLET)):
        return root
    names = folders.list_livrets(root)
    if name is None and folders.DEFAULT_LIVRET in names:
        name = folders.DEFAULT_LIVRET
    elif len(names) > 1:
        names = folders.list_desk_livrets(root)
    if name is None and len(names) == 1:
        name = names[0]
    if name in names:
        return os.path.join(root, str(name))
    if name is not None and root == folders.get_own_livrets():
        from fs_triage.files.installed import find_installed

        installed = find_installed()
        output.print_once(*installed.warnings)
        if name in installed.folders:
            return str(installed.folders[name])
        names = sorted(name for name in installed.folders if name not in installed.common)
    if not names:
        return None
    if name is None:
        raise Failure(WRONG_CALL, f"Plusieurs livrets ({', '.join(names)}) ; choisissez avec --livret.")
    raise Failure(WRONG_CALL, f"Livret « {name} » inconnu ; possibles : {', '.join(names)}.")


def _find_at_slow_disk(root: str, name: str | None) -> str | None:
    from fs_triage.files import timeout

    try:
        return timeout.call_with_timeout(lambda: _find_at(root, name), timeout.LONG_TIMEOUT)
    except DiskTimeout:
        message = f"Le dossier de règles « {root} » ne répond pas ; vérifiez le réseau, puis recommencez."
        raise Failure(RULES_UNUSABLE, message) from None


def _find_kept(root: str, name: str | None) -> str | None:
    """Return the folder of the livret that was last compiled from `root`, which is away; None for none."""
    from fs_triage.files.livret_cache import LivretCache, list_compiled

    cache = folders.find_cache_folder()
    if cache is None:
        return None
    names = (
        [name]
        if name is not None
        else sorted(list_compiled(cache), key=lambda one: one != folders.DEFAULT_LIVRET)
    )
    candidates = (root, *(os.path.join(root, below) for below in names))
    return next((folder for folder in candidates if LivretCache(cache, folder).find_index()), None)
