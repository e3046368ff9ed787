"""Answers go to standard output, everything else to standard error; screens are drawn by `desk`, `render`.

What another program reads as a format (JSON, Mermaid, DOT, Markdown, annotations, lists with tabs, scripts) is
UTF-8 with line feeds, on every system and in every locale. Plain text is in the encoding of its console, in the
one that `PYTHONIOENCODING` names, or in that of the locale (POSIX); piped or redirected on Windows, where the
locale is a code page that few programs still write, it is UTF-8 with line feeds as well.
"""

from __future__ import annotations

import os
import sys

from fs_triage.contract import OK, OUTPUT_LOST, Failure, describe_os_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

_ASCII_SUBSTITUTES = {
    "’": "'",
    "\u00a0": " ",
    "\u202f": " ",
    "–": "-",
    "—": "-",
    "«": '"',
    "»": '"',
    "›": ">",
    "←": "<",
    "→": "->",
    "…": "...",
    "☐": "[ ]",
    "œ": "oe",
    "Œ": "OE",
    "æ": "ae",
    "°": "o",
    "€": "euros",
}
_PLAIN = bytes(range(0x20, 0x7F))  # the printable characters of ASCII
_COLUMNS = 80  # of a terminal that does not say it
_MOMENT = 0.3  # seconds of work after which a line says what is done
_LONGEST_MESSAGE, _SHOWN_BEGINNING, _SHOWN_END = 1000, 500, 300  # characters


def prepare_streams() -> None:
    """Set the encoding and the line ends of the standard streams.

    What an encoding lacks is shown by what it has: `é` as `e`, `’` as `'`, the rest as `?`.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        if sys.platform == "win32" and not stream.isatty():
            _set_utf8(stream)
        if stream.encoding.lower().replace("-", "") != "utf8":
            import codecs

            codecs.register_error("fs-triage", _replace_unencodable)
            stream.reconfigure(errors="fs-triage")  # type: ignore[union-attr]


def _set_utf8(stream: TextIO) -> None:
    """Make a stream of Windows that is no console write UTF-8 and line feeds, in the encoding asked for if any.

    Git Bash takes a carriage return for a part of the last word, and all that reads lines on Windows (`cmd`,
    PowerShell, Notepad since 2018) takes a line feed for their end.
    """
    asked = os.environ.get("PYTHONIOENCODING", "").partition(":")[0]
    encoding = stream.encoding if asked else "utf-8"
    stream.reconfigure(encoding=encoding, errors=stream.errors, newline="\n")  # type: ignore[attr-defined]


def _replace_unencodable(error: UnicodeError) -> tuple[str, int]:
    import unicodedata

    assert isinstance(error, UnicodeEncodeError)
    shown = ""
    for character in error.object[error.start : error.end]:
        base = _ASCII_SUBSTITUTES.get(character) or unicodedata.normalize("NFKD", character)[0]
        shown += base if base.isascii() else "?"
    return shown, error.end


def is_terminal() -> bool:
    """Return whether a person is there to answer: standard input and output are both terminals."""
    streams = (sys.stdin, sys.stdout)
    return all(stream is not None and not stream.closed and stream.isatty() for stream in streams)


def is_shown() -> bool:
    """Return whether a person reads standard output as it comes: it is a terminal."""
    return sys.stdout is not None and not sys.stdout.closed and sys.stdout.isatty()


def can_draw(accessible: bool = False) -> bool:
    """Return whether standard output is a terminal that may be drawn on: boxes, bold, a moving cursor.

    `accessible` is what the call asked for; `ACCESSIBLE=1` and a terminal without escape sequences say the same.
    """
    return sys.stdout is not None and sys.stdout.isatty() and not is_plain(accessible)


def is_plain(accessible: bool = False) -> bool:
    """Return whether everything must be plain lines, for a screen reader or a terminal that knows no more."""
    asked = accessible or os.environ.get("ACCESSIBLE", "") not in ("", "0")
    unset = "console" if os.name == "nt" else ""  # the consoles of Windows name themselves nowhere
    return asked or (os.environ.get("TERM") or unset) in ("", "dumb", "unknown")


def print_answer(text: str) -> None:
    """Print an answer on standard output; raises `Failure` when it cannot be written."""
    if sys.stdout is not None:
        text = make_printable(text, "\n\t")
        try:
            sys.stdout.write(text + "\n")
        except OSError as error:
            raise _build_output_failure(error) from error


def print_coloured(line: str, colour: str) -> None:
    """Print a line of an answer on a terminal that can be drawn on, in the `colour` of an escape sequence."""
    if sys.stdout is not None:
        try:
            sys.stdout.write(f"{colour}{make_printable(line)}\x1b[0m\n")
        except OSError as error:
            raise _build_output_failure(error) from error


def print_wrapped_answer(text: str) -> None:
    """Print an answer as `print_answer` does; on a terminal, lines longer than it are broken between words.

    A terminal that is only written to, and what reads it aloud, would cut a word or an address in two. The lines
    of one that begins with a number stand under its text.
    """
    if sys.stdout is not None and sys.stdout.isatty():
        from fs_triage.text.wrap import wrap_text

        columns = get_columns()
        lines: list[str] = []
        for line in text.split("\n"):
            indent = line[: len(line) - len(line.lstrip(" "))]
            number, dot, _ = line.lstrip(" ").partition(". ")
            if dot and number.isascii() and number.isdigit():
                indent += number + dot
            lines += [line] if len(line) < columns else wrap_text(line[len(indent) :], columns - 1, indent)
        text = "\n".join(lines)
    print_answer(text)


def get_columns() -> int:
    """Return how wide the terminal of standard output is."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or _COLUMNS
    except OSError:  # NUL of Windows says that it is a terminal, and has no size
        return _COLUMNS


def print_format(text: str | bytes) -> None:
    """Print an answer that is in a format of files: UTF-8 and line feeds; raises `Failure` as `print_answer` does.

    On a terminal a person reads it, and it is shown as any answer. Bytes are text in UTF-8.
    """
    if sys.stdout is not None and sys.stdout.isatty():
        print_answer(text if isinstance(text, str) else text.decode())
    else:
        _print_utf8(text, "\n\t")


def print_json(text: str | bytes) -> None:
    """Print a JSON answer at once, in UTF-8 on a terminal too (RFC 8259); raises `Failure` as `print_answer` does."""
    _print_utf8(text, "\n")


def _print_utf8(text: str | bytes, kept: str) -> None:
    if sys.stdout is not None:
        content = make_printable(text, kept).encode() if isinstance(text, str) else _check_utf8(text, kept)
        try:
            sys.stdout.flush()
            sys.stdout.buffer.write(content + b"\n")
            sys.stdout.buffer.flush()
        except OSError as error:
            raise _build_output_failure(error) from error


def _check_utf8(content: bytes, kept: str) -> bytes:
    """Return the text that `content` is as `make_printable` does, in a fraction of the time that a whole list takes.

    What is left without the bytes of plain ASCII, which no other character has any of, tells whether all is printable.
    """
    special = content.translate(None, _PLAIN + kept.encode()).decode()
    if not special or make_printable(special) is special:
        return content
    return make_printable(content.decode(), kept).encode()


def print_message(*lines: str) -> None:
    """Print lines on standard error; errors of writing are ignored."""
    if sys.stderr is not None:
        try:  # noqa: SIM105 - contextlib costs an import
            sys.stderr.write("".join(_shorten_message(make_printable(line)) + "\n" for line in lines))
        except OSError:
            pass


class LongWork:
    """Surround work that may last: on a terminal, a line says what is done, once it has taken a moment.

    Meanwhile keys are kept for who asks for them next, and not echoed over what is shown. Work that is part of
    another's is told with it.
    """

    _is_told = False

    def __init__(self, line: str) -> None:
        self._line = line
        self._ends: list[Callable[[], None]] = []

    def __enter__(self) -> None:
        if not LongWork._is_told and is_terminal() and sys.stderr is not None and sys.stderr.isatty():
            LongWork._is_told = True
            self._ends = [_stop_echo(), _tell_later(self._line)]

    def __exit__(self, *_: object) -> None:
        if self._ends:
            LongWork._is_told = False
        while self._ends:
            self._ends.pop()()


def _tell_later(line: str) -> Callable[[], None]:
    """Print `line` on standard error after a moment; returns what takes it away again."""
    import threading

    ended = threading.Event()

    def tell() -> None:
        if not ended.wait(_MOMENT):
            _write(line)
            ended.wait()
            _write(f"\r{' ' * len(line)}\r")  # no escape sequence: a plain terminal does this too

    def _write(text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            pass

    def end() -> None:
        ended.set()
        teller.join()

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    return end


def _stop_echo() -> Callable[[], None]:
    """Have the terminal echo no keys; returns what restores it. A console of Windows echoes only what is asked for."""
    if sys.platform == "win32":
        return lambda: None
    import termios

    try:
        before = termios.tcgetattr(sys.stdin.fileno())
        quiet = [*before]
        quiet[3] &= ~termios.ECHO
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, quiet)
    except termios.error:  # the terminal is gone
        return lambda: None

    def restore() -> None:
        try:  # noqa: SIM105 - contextlib costs an import
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, before)
        except termios.error:
            pass

    return restore


_printed_once: set[str] = set()


def print_once(*lines: str) -> None:
    """Print lines as `print_message` does, but none that this process has printed by this function."""
    new = [line for line in lines if line not in _printed_once]
    _printed_once.update(new)
    print_message(*new)


def _shorten_message(line: str) -> str:
    """Return a message without its middle when it is too long; what was typed is there, what to do is at the end."""
    return line if len(line) <= _LONGEST_MESSAGE else f"{line[:_SHOWN_BEGINNING]}…{line[-_SHOWN_END:]}"


def make_printable(text: str, kept: str = "") -> str:
    """Return `text` with control characters escaped as in JSON: a last defence, since rule files may hold none."""
    plain = text.replace("\u00a0", "")
    for character in kept:
        plain = plain.replace(character, "")
    if plain.isprintable():
        return text
    from fs_triage.text.typography import escape_controls

    return escape_controls(text, kept)


def flush_stderr() -> None:
    """Write out what standard error still holds."""
    if sys.stderr is not None:
        try:  # noqa: SIM105 - contextlib costs an import
            sys.stderr.flush()
        except OSError:
            pass


def flush_stdout(code: int) -> int:
    """Flush standard output; returns `code`, or another one when the answer could not be written."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        try:
            failure = _build_output_failure(error)
        except BrokenPipeError:
            return OK
        print_message(failure.message)
        return failure.code
    return code


def discard_stdout() -> None:
    """Point standard output at nothing, so that the interpreter's last flush cannot fail."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    if nothing != 1:
        os.close(nothing)


def _build_output_failure(error: OSError) -> Failure:
    """Return the failure to write an answer; raises `BrokenPipeError`, as nobody is left to tell."""
    closed = _is_closed_pipe(error)
    discard_stdout()
    if closed:
        raise BrokenPipeError from error
    return Failure(
        OUTPUT_LOST, f"La réponse n’a pas pu être écrite ({describe_os_error(error)}) ; recommencez ailleurs."
    )


def _is_closed_pipe(error: OSError) -> bool:
    """Return whether nobody reads standard output any more; Windows says EINVAL, as for many other faults."""
    if isinstance(error, BrokenPipeError) or sys.platform != "win32":
        return isinstance(error, BrokenPipeError)
    import errno
    import stat

    return error.errno == errno.EINVAL and stat.S_ISFIFO(os.fstat(1).st_mode)
