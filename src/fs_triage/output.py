"""Writing: answers to standard output, everything else to standard error, never a broken character."""

from __future__ import annotations

import os
import sys

from fs_triage.failure import OK, OUTPUT_LOST

_PLAINER = {
    "’": "'",
    "\u00a0": " ",
    "\u202f": " ",
    "–": "-",
    "—": "-",
    "«": '"',
    "»": '"',
    "›": ">",
    "…": "...",
}


def prepare() -> None:
    """Let a terminal of another encoding show what it can: `é` as `e`, `’` as `'`, the rest as `?`."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and stream.encoding.lower().replace("-", "") != "utf8":
            import codecs

            codecs.register_error("fs-triage", _nearest)
            stream.reconfigure(errors="fs-triage")  # type: ignore[union-attr]


def _nearest(error: UnicodeError) -> tuple[str, int]:
    import unicodedata

    assert isinstance(error, UnicodeEncodeError)
    shown = ""
    for character in error.object[error.start : error.end]:
        base = _PLAINER.get(character) or unicodedata.normalize("NFKD", character)[0]
        shown += base if base.isascii() else "?"
    return shown, error.end


def is_terminal() -> bool:
    """Return whether a person is there to answer: standard input and output are both terminals."""
    streams = (sys.stdin, sys.stdout)
    return all(stream is not None and not stream.closed and stream.isatty() for stream in streams)


def answer(text: str) -> None:
    """Print an answer on standard output."""
    if sys.stdout is not None:
        sys.stdout.write(text + "\n")


def answer_json(text: str) -> None:
    """Print a JSON answer, in UTF-8 whatever the terminal's encoding (RFC 8259)."""
    if sys.stdout is not None:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")


def tell(*lines: str) -> None:
    """Print lines on standard error."""
    if sys.stderr is not None:
        for line in lines:
            sys.stderr.write(line + "\n")


def finish(code: int) -> int:
    """Flush standard output; returns `code`, or another one when the answer could not be written."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        silence()
        return OK
    except OSError as error:
        silence()
        tell(
            f"La réponse n’a pas pu être écrite ({os.strerror(error.errno or 0)}) ; libérez de la place et recommencez."
        )
        return OUTPUT_LOST
    return code


def silence() -> None:
    """Point standard output at nothing, so that the interpreter's last flush cannot fail."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
