"""How a call ends: the exit codes that scripts rely on, and the one exception that carries a message."""

OK = 0
NOTHING_FOUND = 1
PROBLEMS = 1
WRONG_CALL = 2
RULES_UNUSABLE = 3
BUG = 70
OUTPUT_LOST = 74  # EX_IOERR of sysexits.h: the answer could not be written (full disk)
SIGINT_EXIT = 130  # 128 + SIGINT


COMMAND_NAMES = (
    "fiche",
    "liste",
    "contacts",
    "chercher",
    "arbre",
    "verifier",
    "schema",
    "comparer",
    "relecture",
    "nouveau",
    "livrets",
)
"""Every command: no partner, keyword or alias may be called so."""


class Failure(Exception):
    """An expected failure: one French sentence that says what to do next, and the exit code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def describe_os_error(error: OSError) -> str:
    """Return why the system refused, in French."""
    from fs_triage import system_errors  # only a message pays for it

    return system_errors.reason(error)
