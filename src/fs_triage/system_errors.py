"""Why a system refuses, in French: by the names of POSIX errors, and by the numbers of Windows where it gives one.

Windows tells more by its own number than by the errno that Python makes of it: a file that another program holds
and one that the user may not touch are both EACCES.
"""

from __future__ import annotations

import errno

_REASONS: dict[str, tuple[str | int, ...]] = {
    "accès refusé": ("EACCES", 65, 395, 1920),
    # what replaces a file that is open is told 5 as well
    "accès refusé, ou ouvert dans un autre programme": (5,),
    "bloqué par l’antivirus": (225, 226),
    "c’est un dossier": ("EISDIR", 336),
    "ce nom contient un signe interdit": ("EILSEQ", 123, 161),
    "ce qui doit être lu ou écrit ne le permet pas": ("EBADF", 6),
    "disque abîmé": ("EUCLEAN", 26, 1005, 1006, 1392, 1393),
    "disque en lecture seule": ("EROFS", 19),
    "disque plein": ("ENOSPC", 39, 112),
    "dossier non vide": ("ENOTEMPTY", 145),
    "en cours de suppression": (303,),
    "erreur du disque": ("EIO", "EREMOTEIO", 23, 25, 27, 29, 30, 31, 1117),
    "existe déjà": ("EEXIST", 80, 183),
    "fichier chiffré, clé absente": ("ENOKEY", "EKEYEXPIRED", "EKEYREVOKED", "EKEYREJECTED"),
    "fichier hors ligne": (4350,),
    "fichier trop gros": ("EFBIG", "EOVERFLOW", 223),
    "impossible à cet endroit": ("ENOSYS", "ENOTSUP", "EOPNOTSUPP", "ENOTTY", "ESPIPE", 1, 50),
    "le réseau ne répond pas": ("ETIMEDOUT", 54, 121),
    "lecteur absent ou pas prêt": ("ENODEV", "ENXIO", "ENOMEDIUM", 15, 20, 21, 1167),
    "lien symbolique sans fin": ("ELOOP", 1921),
    "mémoire pleine": ("ENOMEM", "ENOBUFS", 8, 14, 1450),
    "mot de passe du partage réseau refusé": (86, 1219, 1326),
    "n’est pas un dossier": ("ENOTDIR", 267),
    "n’existe pas": ("ENOENT", 2, 3),
    "ne peut pas être créé": (82,),
    "ne peut pas être ouvert": (110,),
    "nom ou opération refusés par le système": ("EINVAL", 87),
    "nom trop long": ("ENAMETOOLONG", 111, 206),
    "occupé": ("EBUSY", "EAGAIN", 148, 170),
    "OneDrive est arrêté": (362, 404),
    "OneDrive est hors ligne": (388,),
    "OneDrive ne répond pas": (426,),
    "opération annulée": ("ECANCELED",),
    "opération interrompue": ("EINTR",),
    "opération refusée": ("EPERM", 1314),
    "ouvert dans un autre programme": ("ETXTBSY", 32, 391, 1224),
    "partage réseau coupé": (
        *("ESTALE", "ENOLINK", "ECONNRESET", "ECONNABORTED", "ENETRESET", "ENOTCONN", "ESHUTDOWN"),
        *(55, 58, 59, 64, 70, 88, 240, 1236),
    ),
    "partage réseau introuvable": (52, 53, 67, 1203),
    "plus personne ne lit": ("EPIPE", 109, 232),
    "quota de disque atteint": ("EDQUOT", 1295, 1816),
    "réseau injoignable": (
        *("ENETDOWN", "ENETUNREACH", "EHOSTDOWN", "EHOSTUNREACH", "ECONNREFUSED", "ENONET"),
        *(51, 1222, 1231, 1232),
    ),
    "sur un autre disque": ("EXDEV", 17),
    "trop de fichiers ouverts": ("EMFILE", "ENFILE", 4, 36),
    "trop de liens": ("EMLINK",),
    "trop de postes sur ce partage réseau": (71,),
    "verrouillé par un autre programme": ("ENOLCK", "EDEADLK", 33, 108, 212),
}
"""Each reason with the errors that have it: the names of POSIX, some of which a system may lack, and the numbers of
Windows (`winerror`, the System Error Codes of Microsoft)."""


def reason(error: OSError) -> str:
    """Return why the system refused."""
    number = getattr(error, "winerror", None)
    for said, errors in _REASONS.items():
        if number is not None and number in errors:
            return said
    for said, errors in _REASONS.items():
        if any(isinstance(name, str) and getattr(errno, name, -1) == error.errno for name in errors):
            return said
    return f"erreur n° {number or error.errno or 0} du système"
