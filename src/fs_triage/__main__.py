"""The front door: quick commands are answered from the index at once, everything else goes to `cli`."""

from __future__ import annotations

import os
import sys

from fs_triage import output
from fs_triage.failure import BUG, INTERRUPTED, OK, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def start() -> NoReturn:
    """Run `fs-triage` and end the process.

    It ends without taking the interpreter down piece by piece, a fifth of the time of a lookup, and without
    waiting for a share that hangs.
    """
    code = main()
    output.flush()
    os._exit(code)


def main() -> int:
    """Run `fs-triage` with the arguments of the process; returns the exit code."""
    try:
        output.prepare()
        code = _run(sys.argv[1:])
    except Failure as failure:
        output.tell(failure.message)
        code = failure.code
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        code = OK  # whoever read the answer has had enough of it
    except Exception as error:
        output.tell(_bug(error))
        code = BUG
    return output.finish(code)


def _run(arguments: list[str]) -> int:
    from fs_triage import calls

    if arguments[:1] == [calls.COMPLETE]:
        from fs_triage import completion

        return completion.answer(arguments[1:])
    if arguments[:1] == [calls.INSTALL]:
        from fs_triage import install

        return install.run(arguments[1:])
    call = calls.read(arguments)
    if call is not None:
        from fs_triage import answers

        return answers.answer(call)
    from fs_triage import cli

    return cli.run(arguments)


def _bug(error: Exception) -> str:
    """Return the sentence for an unexpected error: its kind and its place, no values."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    code = place.tb_frame.f_code if place else None
    where = f", {code.co_filename.rsplit('/', 1)[-1]} ligne {place.tb_lineno}" if place and code else ""
    return (
        f"Erreur interne de fs-triage ({type(error).__name__}{where}) ; signalez-la avec la commande tapée."
    )


if __name__ == "__main__":
    start()
