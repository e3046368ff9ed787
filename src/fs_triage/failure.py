"""How a call ends: the exit codes that scripts rely on, and the one exception that carries a message."""

OK = 0
NOTHING_FOUND = 1
PROBLEMS = 1
WRONG_CALL = 2
RULES_UNUSABLE = 3
BUG = 70
OUTPUT_LOST = 74  # EX_IOERR of sysexits.h: the answer could not be written (full disk)
INTERRUPTED = 130  # 128 + SIGINT


class Failure(Exception):
    """An expected failure: one French sentence that says what to do next, and the exit code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def reason(error: OSError) -> str:
    """Return why the system refused, in French."""
    import errno

    known = {
        errno.EACCES: "accès refusé",
        errno.EDQUOT: "quota de disque atteint",
        errno.EEXIST: "existe déjà",
        errno.EFBIG: "fichier trop gros",
        errno.EIO: "erreur du disque",
        errno.EISDIR: "c’est un dossier",
        errno.ELOOP: "lien symbolique sans fin",
        errno.ENAMETOOLONG: "nom trop long",
        errno.ENOENT: "n’existe pas",
        errno.ENOSPC: "disque plein",
        errno.ENOTDIR: "n’est pas un dossier",
        errno.EPERM: "opération refusée",
        errno.EROFS: "disque en lecture seule",
    }
    return known.get(error.errno or 0, f"erreur n° {error.errno or 0} du système")
