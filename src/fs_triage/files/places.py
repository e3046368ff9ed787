"""Where things are: the rules to use, the compiled livrets, the user's cache and config folders.

On Linux and Windows the two folders are worked out here, by the XDG base directory rules and by LOCALAPPDATA, as a
lookup cannot pay for the import of platformdirs; elsewhere platformdirs says. A test holds both against each other.
"""

from __future__ import annotations

import os
import sys
from binascii import crc32

from fs_triage import __version__
from fs_triage.contract import RULES_UNUSABLE, WRONG_CALL, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

APPLICATION = "fs-triage"
BOOKLET = "livret.yaml"
DEFAULT_LIVRET = "jura"
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SETTINGS = ("regles", "livret")
"""What `config.toml` may set."""
PATIENCE = 1.2  # seconds that a share that hangs may cost, twice in a lookup
LONG_PATIENCE = 15.0  # the same when no earlier index can answer

LARGEST = 65_536  # bytes of a configuration
_LONGEST = 40  # characters of a livret's name in the name of its index


class Silent(Exception):
    """The disk did not answer in time."""


def within(look: Callable[[], T], seconds: float = PATIENCE) -> T:
    """Return what `look` returns; raises what it raises, and `Silent` when it takes longer than `seconds`.

    A share that hangs holds a system call for minutes: it is made in a thread, which is left behind.
    """
    import _thread

    done = _thread.allocate_lock()
    done.acquire()
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(look())
        except BaseException as error:
            errors.append(error)
        finally:
            done.release()

    try:
        _thread.start_new_thread(run, ())
    except RuntimeError:  # no more threads for this user
        return look()
    if not done.acquire(timeout=seconds):
        raise Silent
    if errors:
        raise errors[0]
    return results[0]


def path_as_text(path: str) -> str:
    """Return `path` as text that can be kept: the name of a file need not be UTF-8."""
    return os.fsencode(path).decode("latin-1")


def is_text(path: str) -> bool:
    """Return whether `path` is text throughout: SQLite takes no other."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _user_folder(variable: str, default: str, asked: str, below: str) -> str | None:
    """Return a folder of the user's, None when there is no home to hold it.

    On Linux `variable` of the environment names what holds it, else it is at `default`; on Windows it is `below` our
    folder; elsewhere platformdirs is `asked`.
    """
    if sys.platform.startswith("linux") and os.name != "nt":
        base = os.environ.get(variable, "")
        if not base.startswith("/"):
            base = os.path.expanduser(default) if os.environ.get("HOME", "/") else ""
        return f"{base}/{APPLICATION}" if base.startswith("/") and is_text(base) else None
    base = os.environ.get("LOCALAPPDATA", "")
    if os.name == "nt" and os.path.isabs(base):
        return (
            os.path.join(os.path.normpath(base), APPLICATION, below).rstrip(os.sep) if is_text(base) else None
        )
    import platformdirs

    return str(getattr(platformdirs, asked)(APPLICATION, appauthor=False))


def cache_folder() -> str | None:
    """Return the folder of compiled livrets; None when the user has no home."""
    return _user_folder("XDG_CACHE_HOME", "~/.cache", "user_cache_dir", "Cache")


def config_file() -> str | None:
    """Return the path of the user's `config.toml`, which need not exist; None without a home."""
    folder = _user_folder("XDG_CONFIG_HOME", "~/.config", "user_config_dir", "")
    return folder and os.path.join(folder, "config.toml")


def index_path(folder: str) -> str | None:
    """Return where the index of the livret at `folder` is kept; None when the user has no cache folder."""
    cache = cache_folder()
    if cache is None:
        return None
    folder = os.path.abspath(folder)
    key = crc32(os.fsencode(f"{folder}\x1f{PACKAGE}\x1f{__version__}"))
    return os.path.join(cache, f"{os.path.basename(folder)[:_LONGEST]}-{key:08x}.sqlite")


def own_rules() -> str:
    """Return the folder of the livrets that come with the program: inside the wheel, or beside `src/`."""
    packed = os.path.join(PACKAGE, "livrets")
    if os.path.isdir(packed):
        return packed
    return os.path.join(os.path.dirname(os.path.dirname(PACKAGE)), "rules")


def _config() -> dict[str, object]:
    path = config_file()
    table: dict[str, object] | dict[str, str] | None = None
    if path is None:
        return {}
    try:
        os.lstat(path)
        if os.path.isfile(path):
            with open(path, "rb") as stream:
                content = stream.read(LARGEST + 1)
            table = plain_toml(content.decode("utf-8-sig")) if len(content) <= LARGEST else None
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError):  # `configuration` says why
        pass
    if table is None:
        from fs_triage.files import configuration

        table = configuration.read(path)
    for key, value in table.items():
        if key not in SETTINGS or not isinstance(value, str):
            from fs_triage.files import configuration

            raise configuration.wrong(path, key)
    return dict(table)


def plain_toml(text: str) -> dict[str, str] | None:
    """Return the table that `text` is, None when it takes tomllib to read it, which costs a whole start.

    Read here are lines of `key = "value"` without escapes, empty lines and comments. A Windows path is taken as it
    was typed, though TOML sees escapes in it.
    """
    table: dict[str, str] = {}
    for line in text.replace("\r\n", "\n").split("\n"):
        line = line.strip(" \t")
        if not line.isprintable():
            return None
        if not line or line.startswith("#"):
            continue
        key, _, value = (part.strip(" ") for part in line.partition("="))
        plain = key.isidentifier() and key.isascii() and key not in table and len(value) > 1
        if not plain or value[0] != value[-1] or value[0] not in "\"'" or value.count(value[0]) != 2:
            return None
        quote, value = value[0], value[1:-1]
        if quote == '"' and "\\" in value and not is_windows_path(value):
            return None
        table[key] = value
    return table


def is_windows_path(value: str) -> bool:
    """Return whether `value`, typed between double quotes, is a path of Windows typed as it is: `C:\\...`, `\\\\...`.

    Not one whose backslashes are all doubled, as TOML wants them.
    """
    starts = value[1:3] == ":\\" or (value.startswith("\\\\") and value[2:3] != "\\")
    return starts and "\\" in value.replace("\\\\", "")


def livret_folder(regles: str | None = None, livret: str | None = None) -> str:
    """Return the folder of the livret to use.

    `regles` (the option) goes before `FS_TRIAGE_REGLES`, then the `regles` of `config.toml`, then the livrets
    that come with the program. Any of them may name a livret or a folder of livrets, where `livret` (or the
    `livret` of `config.toml`) chooses. A folder that is away is still returned when an index of it was kept.
    Raises `Failure` when there is none.
    """
    if regles == "" or livret == "":
        raise Failure(WRONG_CALL, "--regles et --livret attendent un nom ; celui qui est donné est vide.")
    config = _config()
    root = regles or os.environ.get("FS_TRIAGE_REGLES") or _text(config, "regles") or own_rules()
    name = livret or _text(config, "livret")
    if not is_text(root):
        raise Failure(
            RULES_UNUSABLE,
            f"Le nom du dossier de règles « {root} » n’est pas en UTF-8 ; renommez-le, ou passez en LANG=C.UTF-8.",
        )
    known = None
    try:
        folder = within(lambda: _look(root, name))
    except Silent:
        known = _known(root, name)
        folder = known or _look_longer(root, name)
    folder = folder or known or _known(root, name)
    if folder is not None:
        own = os.path.basename(os.path.abspath(root))
        if livret and folder == root and own != livret:
            message = f"« {root} » est le livret « {own} » : « --livret {livret} » n’y choisit rien"
            hint = "retirez --livret, ou donnez avec --regles le dossier qui contient les livrets"
            raise Failure(WRONG_CALL, f"{message} ; {hint}.")
        return folder
    if os.path.isfile(root):
        message = f"Le dossier de règles « {root} » est un fichier ; donnez le dossier qui le contient"
        raise Failure(RULES_UNUSABLE, f"{message}, « {os.path.dirname(root) or '.'} ».")
    if os.path.isdir(root):
        raise Failure(RULES_UNUSABLE, f"Aucun livret dans « {root} » : il y manque un fichier {BOOKLET}.")
    raise Failure(RULES_UNUSABLE, f"Le dossier de règles « {root} » n’existe pas ; vérifiez son nom.")


def _text(config: dict[str, object], key: str) -> str | None:
    value = config.get(key)
    return value if isinstance(value, str) and value else None


def _look(root: str, name: str | None) -> str | None:
    """Return the folder of the livret `name` at or in `root`; None when there is no livret at all."""
    if os.path.exists(os.path.join(root, BOOKLET)):
        return root
    names = livrets_in(root)
    if name is None and len(names) == 1:
        name = names[0]
    if name is None and DEFAULT_LIVRET in names:
        name = DEFAULT_LIVRET
    if name in names:
        return os.path.join(root, str(name))
    if name is not None and root == own_rules():
        from fs_triage.files import livrets

        brought = livrets.installed()
        if name in brought:
            return str(brought[name])
        names = sorted(brought)
    if not names:
        return None
    if name is None:
        raise Failure(WRONG_CALL, f"Plusieurs livrets ({', '.join(names)}) ; choisissez avec --livret.")
    raise Failure(WRONG_CALL, f"Livret « {name} » inconnu ; possibles : {', '.join(names)}.")


def _look_longer(root: str, name: str | None) -> str | None:
    try:
        return within(lambda: _look(root, name), LONG_PATIENCE)
    except Silent:
        message = f"Le dossier de règles « {root} » ne répond pas ; vérifiez le réseau, puis recommencez."
        raise Failure(RULES_UNUSABLE, message) from None


def _known(root: str, name: str | None) -> str | None:
    """Return the folder of the livret that was last compiled from `root`, which is away; None for none."""
    cache = cache_folder()
    kept = os.listdir(cache) if cache is not None and os.path.isdir(cache) else []
    names = {file.rpartition("-")[0] for file in kept}
    within_root = [name] if name is not None else sorted(names, key=lambda name: name != DEFAULT_LIVRET)
    for folder in (root, *(os.path.join(root, below) for below in within_root)):
        path = index_path(folder)
        if path is not None and os.path.basename(path) in kept:
            return folder
    return None


def livrets_in(root: str) -> list[str]:
    """Return the names of the livrets in the folder `root`, sorted; none when it cannot be read."""
    try:
        names = sorted(entry.name for entry in os.scandir(root) if entry.is_dir())
    except OSError:
        return []
    return [name for name in names if os.path.exists(os.path.join(root, name, BOOKLET))]
