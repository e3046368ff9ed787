"""Entry point: a call is answered by the table of commands; one that is wrong, or asks for help, by Typer."""

from __future__ import annotations

import gc
import os
import sys

from fs_triage import output
from fs_triage.contract import BUG, OK, RULES_UNUSABLE, SIGINT_EXIT, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

_SHORT_OF_MEMORY = (
    "Mémoire insuffisante sur ce poste ; fermez d’autres programmes, puis relancez la commande."
)
_COLLECTION_THRESHOLD = 20_000
"""How many objects are made before the garbage collector looks for rings of them: more than a lookup or a search makes,
of whose time that would take a twentieth or a tenth."""
_LITTLE_MEMORY = 1 << 26  # bytes
_SIGNS_OF_LITTLE_MEMORY = (
    "allocate memory",
    "can't start new thread",
    "failed to map segment",
    "no space available for static thread local storage",
    "out of memory",
    "paging file",
)
"""What loaders of libraries and threads say of a want of memory, for which they have no error of their own."""


def start() -> NoReturn:
    """Run `fs-triage` and end the process.

    It ends without taking the interpreter down piece by piece, a fifth of the time of a lookup, and without
    waiting for a share that hangs.
    """
    gc.set_threshold(_COLLECTION_THRESHOLD)
    code = main()
    output.flush_stderr()
    os._exit(code)


def main() -> int:
    """Run `fs-triage` with the arguments of the process; returns the exit code."""
    try:
        output.prepare_streams()
        code = _run_call(sys.argv[1:])
    except Failure as failure:
        output.print_message(failure.message)
        code = failure.code
    except KeyboardInterrupt:
        code = SIGINT_EXIT
    except BrokenPipeError:
        code = OK  # the reader closed the pipe
    except Exception as error:
        short = _is_short_of_memory(error)
        output.print_message(_SHORT_OF_MEMORY if short else _describe_bug(error))
        code = RULES_UNUSABLE if short else BUG
    return output.flush_stdout(code)


def _run_call(arguments: list[str]) -> int:
    from fs_triage.cli import commands

    if arguments[:1] == [commands.COMPLETE_OPTION]:
        from fs_triage.cli import completion

        return completion.print_proposals(arguments[1:])
    if arguments[:1] == [commands.INSTALL_OPTION]:
        from fs_triage.cli import install_completion

        return install_completion.run_install_completion(arguments[1:])
    call = commands.parse_call(arguments)
    if call is not None:
        return commands.run_call(call)
    from fs_triage.cli import app

    return app.run_typer(arguments)


def _is_short_of_memory(error: BaseException | None) -> bool:
    """Return whether an error, or one that it came of, is a want of memory, or there is little of it left."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        said = str(error).lower()
        if isinstance(error, MemoryError) or any(sign in said for sign in _SIGNS_OF_LITTLE_MEMORY):
            return True
        error = error.__cause__ or error.__context__
    try:
        bytearray(_LITTLE_MEMORY)
    except MemoryError:  # then what failed may say anything
        return True
    return False


def _describe_bug(error: Exception) -> str:
    """Return the sentence for an unexpected error: its kind and its place, no values."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    file = os.path.basename(place.tb_frame.f_code.co_filename) if place else ""  # noqa: PTH119 - no import here
    where = f", {file} ligne {place.tb_lineno}" if place else ""
    return (
        f"Erreur interne de fs-triage ({type(error).__name__}{where}) ; signalez-la avec la commande tapée."
    )


if __name__ == "__main__":
    start()
